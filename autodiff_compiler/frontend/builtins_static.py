"""Builtins about what is known while compiling: classes, attributes, text; and conversions of containers."""

from __future__ import annotations

import builtins
import operator
from collections.abc import Callable, Mapping, Sequence
from types import BuiltinMethodType, FunctionType

import gast
import numpy as np

from autodiff_compiler.composed.declare import is_known_while_compiling
from autodiff_compiler.errors import (
    DifferentiationError,
    ShapeMismatch,
    TypeMismatch,
    UnsupportedSyntax,
)
from autodiff_compiler.frontend.builtins_folds import Keywords, Lower, bound
from autodiff_compiler.frontend.iteration import iterated
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.stand_ins_dicts import STOOD_FOR
from autodiff_compiler.frontend.subscripts import read_subscript
from autodiff_compiler.frontend.values import (
    Counted,
    FunctionValue,
    Listed,
    Lowered,
    Partial,
    Reference,
    TupleValue,
    Undefined,
    describe,
    literal,
)
from autodiff_compiler.ir.build import integer
from autodiff_compiler.ir.nodes import Const, Var
from autodiff_compiler.ir.types import BOOL, Array, Scalar, is_integer

_PURE = (str, repr, ascii, format, ord, chr, issubclass, len)  # functions of what is known while compiling
_SHOWN = "text that shows numbers of the running program has no place in a numerical function"
_MESSAGES = "text only as configuration, and in the messages of exceptions"
NONE = Static(None)
GETTERS = (operator.itemgetter, operator.attrgetter)


class _NotKnown(Exception):
    """A value is only known when the program runs."""


def python_value(value: Lowered) -> object:
    """The Python object that a value is, where that is known while compiling; raises _NotKnown elsewhere."""
    match value:
        case Static(value=known):
            return known
        case Const(value=number, type=kind):
            return number if kind.weak or kind == BOOL else np.dtype(kind.dtype).type(number)
        case TupleValue(items=items, cls=cls) if cls is tuple:
            return tuple(python_value(item) for item in items)
        case _:
            raise _NotKnown


def text_of(pieces: Sequence[Lowered]) -> Lowered:
    """Pieces of text put together; with numbers of the running program among them, nothing can use it."""
    if all(isinstance(piece, Static) for piece in pieces):
        return Static("".join(str(piece.value) for piece in pieces if isinstance(piece, Static)))
    return Undefined(_SHOWN)


def formatted(scope: Scope, node: gast.FormattedValue, value: Lowered, spec: Lowered | None) -> Lowered:
    """`{value!r:spec}` of an f-string."""
    scope.frame.context.need_unrolled(value)
    try:
        known = python_value(value)
        form = "" if spec is None else str(python_value(spec))
    except _NotKnown:
        return Undefined(_SHOWN)
    conversions: dict[int, Callable[[object], str]] = {ord("s"): str, ord("r"): repr, ord("a"): ascii}
    convert = conversions.get(node.conversion)
    return Static(format(known if convert is None else convert(known), form))


def is_pure(target: object) -> bool:
    """Whether a callable makes something known while compiling of such things, and nothing else."""
    of_text = isinstance(target, BuiltinMethodType) and isinstance(target.__self__, str)
    return of_text or any(target is known for known in _PURE) or is_known_while_compiling(target)


def folded(
    scope: Scope, node: gast.AST, target: Callable[..., object], arguments: Sequence[Lowered],
    keywords: Keywords,
) -> Lowered | None:  # fmt: skip
    """The result of a pure function, or method of a string, on what is known; None for other functions."""
    if is_known_while_compiling(target):
        return _known(scope, node, target, arguments, keywords)
    if not is_pure(target):
        return None
    for argument in arguments:
        scope.frame.context.need_unrolled(argument)
    try:
        values = [python_value(argument) for argument in arguments]
        words = {name: python_value(value) for name, value in keywords.items()}
    except _NotKnown:
        if target is len or target is issubclass:
            return None
        return Undefined(_SHOWN)
    try:
        found = target(*values, **words)
    except Exception as error:
        scope.frame.refuse(TypeMismatch, node, f"this call fails: {error}")
    return as_value(found)


def _known(
    scope: Scope, node: gast.AST, target: Callable[..., object], arguments: Sequence[Lowered],
    keywords: Keywords,
) -> Lowered:  # fmt: skip
    """What a function of ours about axes and forms makes of its arguments, which must be known."""
    values = [_plain(scope, node, argument) for argument in arguments]
    words = {name: _plain(scope, node, value) for name, value in keywords.items()}
    try:
        return as_value(target(*values, **words))
    except (ValueError, IndexError) as error:
        scope.frame.refuse(ShapeMismatch, node, str(error))
    except TypeError as error:
        scope.frame.refuse(TypeMismatch, node, str(error))


def _plain(scope: Scope, node: gast.AST, value: Lowered) -> object:
    """The Python object that a value is, lists as tuples; refused where it is only known at run time."""
    items = scope.items(value)
    if items is not None:
        return tuple(_plain(scope, node, item) for item in items)
    try:
        return python_value(value)
    except _NotKnown:
        scope.frame.context.need_static(value)
        scope.frame.refuse(
            TypeMismatch,
            node,
            f"{describe(value)} is given where only a constant can be, as an axis or a mode",
            "write the number, or make it a parameter of its own",
        )


def as_value(found: object) -> Lowered:
    """A Python object that is known while compiling."""
    known = literal(found)
    if known is not None:
        return known
    if isinstance(found, list):
        return TupleValue(tuple(as_value(item) for item in found))
    return Static(found)


# ---------------------------------------------------------------- classes and attributes


def class_of(scope: Scope, node: gast.AST, value: Lowered) -> type:
    """The class of a value in Python."""
    match value:
        case Static(value=known):
            return type(known)
        case TupleValue(cls=cls):
            return cls
        case Reference(cell=cell):
            return STOOD_FOR.get(cell.cls, cell.cls)
        case FunctionValue():
            return FunctionType
        case Var(type=Array()):
            return np.ndarray
        case Var(type=Scalar() as kind) | Const(type=kind):
            if kind.dtype == "bool":
                return bool
            if not kind.weak:
                return np.dtype(kind.dtype).type
            return int if is_integer(kind) else float
    scope.frame.refuse(TypeMismatch, node, f"the class of {describe(value)} is not known while compiling")


def _type(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    if len(arguments) != 1 or keywords:
        scope.frame.refuse(UnsupportedSyntax, node, "classes are not made inside the function")
    return Static(class_of(scope, node, arguments[0]))


def _isinstance(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    value, classes = bound(scope, node, "isinstance", ("value", "classes"), arguments, keywords, 2)
    assert value is not None
    assert classes is not None
    try:
        kinds = python_value(classes)
        if isinstance(value, Static):
            return Const(isinstance(value.value, kinds), BOOL)  # type: ignore[arg-type]
        return Const(issubclass(class_of(scope, node, value), kinds), BOOL)  # type: ignore[arg-type]
    except (TypeError, _NotKnown) as error:
        if isinstance(error, DifferentiationError):
            raise
        scope.frame.refuse(TypeMismatch, node, "isinstance takes a class, or a tuple of classes")


def _callable(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    (value,) = bound(scope, node, "callable", ("value",), arguments, keywords, 1)
    match value:
        case Static(value=known):
            return Const(callable(known), BOOL)
        case FunctionValue() | Partial():
            return Const(True, BOOL)
        case Reference(cell=cell):
            return Const(hasattr(cell.cls, "__call__"), BOOL)  # noqa: B004  # the class is asked
        case _:
            return Const(False, BOOL)


# ---------------------------------------------------------------- getters


def make_getter(getter: type) -> Lower:
    """`operator.itemgetter(...)` and `operator.attrgetter(...)`: known while compiling, or not followed."""

    def lower(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
        try:
            return Static(getter(*(python_value(argument) for argument in arguments)))
        except (TypeError, _NotKnown):
            reason = f"what operator.{getter.__name__} gets must be known while compiling"
            scope.frame.refuse(TypeMismatch, node, reason, "lambda x: x[i]")

    return lower


def get(scope: Scope, node: gast.AST, getter: object, arguments: Sequence[Lowered]) -> Lowered:
    """A call of an `itemgetter` or `attrgetter`."""
    if len(arguments) != 1:
        scope.frame.refuse(TypeMismatch, node, f"{type(getter).__name__} takes one argument")
    (value,) = arguments
    names = getter.__reduce__()[1]  # what it was made from
    found = [_got(scope, node, getter, value, name) for name in names]
    return found[0] if len(found) == 1 else TupleValue(tuple(found))


def _got(scope: Scope, node: gast.AST, getter: object, value: Lowered, name: object) -> Lowered:
    if isinstance(getter, operator.attrgetter):
        for part in str(name).split("."):
            value = scope.frame.context.attribute(scope, node, value, part)
        return value
    index = gast.copy_location(
        gast.Subscript(gast.Constant(None, None), gast.Constant(None, None), None), node
    )
    return read_subscript(scope, index, value, lambda _: as_value(name))


# ---------------------------------------------------------------- containers and output


def _items(scope: Scope, node: gast.AST, name: str, arguments: list[Lowered]) -> tuple[Lowered, ...]:
    if not arguments:
        return ()
    over = iterated(scope, node, arguments[0])
    if isinstance(over, Counted):
        over = known_range(scope, over)
    if not isinstance(over, Listed):
        reason = f"how many items this {name} has is only known when the program runs"
        scope.frame.refuse(UnsupportedSyntax, node, reason, "an array, or a loop")
    return scope.items(over) or ()


def known_range(scope: Scope, over: Counted, most: int = 64) -> Listed | Counted:
    """The items of a short range that is known while compiling, each by itself."""
    bounds = [item.value if isinstance(item, Const) else None for item in (over.start, over.stop, over.step)]
    if None in bounds:
        return over
    positions = range(*(int(item) for item in bounds if item is not None))
    if len(positions) > most:
        return over
    return Listed(
        lambda inner: len(positions), lambda inner, position: over.item(inner, integer(positions[position]))
    )


def _tuple(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    bound(scope, node, "tuple", ("iterable",), arguments, keywords, 0)
    return TupleValue(_items(scope, node, "tuple", arguments))


def _print(
    scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Mapping[str, Lowered]
) -> Lowered:
    """A `print` that is not called by its name: it prints nothing (printing.py has the others)."""
    return NONE


STATIC: dict[object, Lower] = {
    builtins.type: _type,
    builtins.isinstance: _isinstance,
    builtins.callable: _callable,
    builtins.tuple: _tuple,
    builtins.print: _print,
    operator.itemgetter: make_getter(operator.itemgetter),
    operator.attrgetter: make_getter(operator.attrgetter),
}

__all__ = [
    "GETTERS",
    "STATIC",
    "as_value",
    "class_of",
    "folded",
    "formatted",
    "get",
    "is_pure",
    "known_range",
    "python_value",
    "text_of",
]
