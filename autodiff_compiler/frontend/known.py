"""Values that are known while compiling as Python's own, and text that is known or not."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

import numpy as np

from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.values import Lowered, Text, TupleValue, Undefined, literal
from autodiff_compiler.ir.nodes import Const
from autodiff_compiler.ir.types import BOOL

SHOWN = "text that shows numbers of the running program has no place in a numerical function"
MESSAGES = "numbers; text as configuration, and in the messages of exceptions"


class NotKnown(Exception):
    """A value is only known when the program runs."""


def python_value(value: Lowered) -> object:
    """The Python object that a value is, where that is known while compiling; raises NotKnown elsewhere."""
    match value:
        case Static(value=known):
            return known
        case Const(value=number, type=kind):
            return number if kind.weak or kind == BOOL else np.dtype(kind.dtype).type(number)
        case TupleValue(items=items, cls=cls) if cls is tuple:
            return tuple(python_value(item) for item in items)
        case _:
            raise NotKnown


def as_value(found: object) -> Lowered:
    """A Python object that is known while compiling."""
    known = literal(found)
    if known is not None:
        return known
    if isinstance(found, list):
        return TupleValue(tuple(as_value(item) for item in found))
    return Static(found)


def text_of(pieces: Sequence[Lowered]) -> Lowered:
    """Pieces of text put together; with numbers of the running program among them, nothing can use it."""
    if all(isinstance(piece, Static) for piece in pieces):
        return Static("".join(str(piece.value) for piece in pieces if isinstance(piece, Static)))
    if any(isinstance(piece, Undefined) and not isinstance(piece, Text) for piece in pieces):
        return Undefined(SHOWN, MESSAGES)
    return shown(tuple(pieces), " + ".join(f"str(p{k})" for k in range(len(pieces))))


def shown(parts: tuple[Lowered, ...], expression: str) -> Text:
    """Text that an expression writes of its parts when the program runs."""
    return Text(SHOWN, MESSAGES, parts, expression)


@functools.cache
def writer(expression: str, count: int) -> Callable[..., str]:
    """The function of so many parts that writes a text."""
    names = ", ".join(f"p{k}" for k in range(count))
    made: Callable[..., str] = eval(f"lambda {names}: {expression}")  # one of the few made in this package
    return made


def is_text(value: Lowered) -> bool:
    """Whether a value is text, known while compiling or not."""
    return isinstance(value, Text) or (isinstance(value, Static) and isinstance(value.value, str))


def filled(template: Static, given: Lowered) -> Lowered:
    """`template % given`."""
    try:
        return Static(str(template.value) % python_value(given))
    except NotKnown:
        return shown((template, given), "p0 % p1")


__all__ = [
    "MESSAGES",
    "SHOWN",
    "NotKnown",
    "as_value",
    "filled",
    "is_text",
    "python_value",
    "shown",
    "text_of",
    "writer",
]
