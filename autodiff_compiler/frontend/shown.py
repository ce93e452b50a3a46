"""The arrays that a call of a library's function gets: what users call them, for what is said of the call.

A function that is composed of others checks shapes where they first do not fit, in its own terms. What is
said then is completed with the names and shapes of the arrays that the user has passed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import gast

from autodiff_compiler.errors import ShapeMismatch, TypeMismatch
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import Lowered, Reference, TupleValue
from autodiff_compiler.ir.build import Builder
from autodiff_compiler.ir.nodes import Apply, Assign, Const, Guard, Reshape, Statement, Store, Var
from autodiff_compiler.ir.types import BOOL, Array, rank_of
from autodiff_compiler.ir.walk import blocks
from autodiff_compiler.location import Location
from autodiff_compiler.wording import (
    array_text,
    item_texts,
    keyword_texts,
    operand_texts,
    quoted,
    receiver,
    shape_places,
    templated,
)


class Shown(NamedTuple):
    """An array, and what the user calls it."""

    text: str
    array: Var

    @property
    def axes(self) -> str:
        """How many axes it has, in words."""
        rank = rank_of(self.array.type)
        return f"{quoted(self.text)} has {rank} {'axis' if rank == 1 else 'axes'}"


def shown_arrays(
    scope: Scope, at: Location, arguments: Sequence[Lowered], keywords: Mapping[str, Lowered]
) -> tuple[Shown, ...]:
    """The arrays among the arguments of a call, and among the items of lists and tuples; each once."""
    method = scope.lookup(receiver(at)) is not None  # of a local array, where it has a name
    texts = operand_texts(at, len(arguments), method=method)
    if arguments and not any(texts):  # before them an array may stand, or the function that a method is of
        texts = ("", *operand_texts(at, len(arguments) - 1))
    words = keyword_texts(at) if keywords else {}
    given = [
        *zip(texts, arguments, strict=True),
        *((words.get(name, ""), keywords[name]) for name in keywords),
    ]
    found: dict[Var, str] = {}
    for text, value in given:
        for shown in _arrays(scope, text, value):
            found.setdefault(shown.array, shown.text)
    return tuple(Shown(text, array) for array, text in found.items())


@contextmanager
def told(
    scope: Scope, node: gast.AST, given: Callable[[], tuple[Sequence[Lowered], Mapping[str, Lowered]]]
) -> Iterator[None]:
    """Let a refusal of the expression say what arrays its operands are, where it does not name them."""
    try:
        yield
    except (ShapeMismatch, TypeMismatch) as error:
        at = scope.frame.at(node)
        if not at.called and error.location == at:
            arrays = [item for item in shown_arrays(scope, at, *given()) if item.text]
            if not any(quoted(item.text) in error.reason for item in arrays) and arrays:
                error.reason += f"\nwhere {', '.join(item.axes for item in arrays)}"
        raise


def _arrays(scope: Scope, text: str, value: Lowered) -> Iterator[Shown]:
    if isinstance(value, Var) and isinstance(value.type, Array):
        yield Shown(text or array_text(value.name, value.at), value)
    elif isinstance(value, (TupleValue, Reference)):
        items = scope.items(value) or ()
        texts = item_texts(text, len(items))
        for position, item in enumerate(items):
            named = text.isidentifier() and not texts[position]
            yield from _arrays(scope, f"{text}[{position}]" if named else texts[position], item)


def note_shapes(builder: Builder, begun: int, at: Location, shown: Sequence[Shown]) -> None:
    """Put the note that the guards of a call show before its statements, which start there, if any may fail.

    The note is gone where the operators on whole arrays are.
    """
    if not shown or not any(_may_fail(statement, at) for statement in builder.statements[begun:]):
        return
    note = Builder(at)
    sizes = tuple(size for item in shown for size in note.dims(item.array))
    note.add(Guard(Const(True, BOOL), with_shapes(shown), sizes, "", at))
    builder.statements[begun:begun] = note.statements


def with_shapes(shown: Sequence[Shown]) -> str:
    """The template that says what shapes the arrays have."""
    return "where " + ", ".join(
        f"{templated(quoted(item.text))} has the shape {shape_places(rank_of(item.array.type))}"
        for item in shown
    )


def _may_fail(statement: Statement, at: Location) -> bool:
    """Whether a statement of the call may find that shapes do not fit."""
    if statement.at is at:
        match statement:
            case Guard(error=error):
                return bool(error)
            case Store(value=value):
                return isinstance(value.type, Array) or bool(statement.index)
            case Assign(value=Apply(operator, operands)):
                arrays = sum(isinstance(operand.type, Array) for operand in operands)
                return arrays > 1 or (arrays == 1 and operator in _ALONE)
            case Assign(value=Reshape()):
                return True
            case _:
                pass
    return any(_may_fail(inner, at) for block in blocks(statement) for inner in block.statements)


_ALONE = ("min", "max", "argmin", "argmax", "broadcast_to")  # fail on a single array


__all__ = ["Shown", "note_shapes", "shown_arrays", "told", "with_shapes"]
