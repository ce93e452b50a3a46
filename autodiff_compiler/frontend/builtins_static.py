"""Builtins about what is known while compiling: classes, attributes, text; and conversions of containers."""

from __future__ import annotations

import builtins
import operator
import warnings
from collections.abc import Callable, Mapping, Sequence
from enum import EnumType
from types import BuiltinMethodType, FunctionType

import gast
import numpy as np

from autodiff_compiler.composed.declare import is_known_while_compiling
from autodiff_compiler.errors import (
    AxisOutOfBounds,
    DifferentiationError,
    IndexOutOfBounds,
    InvalidRequest,
    ShapeMismatch,
    TypeMismatch,
    UnsupportedSyntax,
)
from autodiff_compiler.frontend.builtins_folds import Keywords, Lower, bound
from autodiff_compiler.frontend.iteration import iterated
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.known import (
    MESSAGES,
    SHOWN,
    NotKnown,
    as_value,
    python_value,
    shown,
    text_of,
    writer,
)
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
)
from autodiff_compiler.ir.build import integer
from autodiff_compiler.ir.nodes import Const, Var
from autodiff_compiler.ir.types import BOOL, Array, Handle, Scalar, is_integer

# Functions of what is known while compiling.
_PURE = (
    *(str, repr, ascii, format, ord, chr, issubclass, len, np.finfo, np.iinfo, np.dtype),
    *(np.promote_types, np.result_type, np.can_cast, np.common_type, np.min_scalar_type),
)
_OF_DTYPES = (np.result_type, np.can_cast, np.common_type)  # of arrays they ask only the dtype
_WRITERS = (str, repr, ascii, format)
NONE = Static(None)
GETTERS = (operator.itemgetter, operator.attrgetter)


def formatted(scope: Scope, node: gast.FormattedValue, value: Lowered, spec: Lowered | None) -> Lowered:
    """`{value!r:spec}` of an f-string."""
    scope.frame.context.need_unrolled(value)
    given = Static("") if spec is None else spec
    convert = {ord("s"): "str", ord("r"): "repr", ord("a"): "ascii"}.get(node.conversion, "")
    expression = f"format({convert}(p0), p1)"
    try:
        return Static(writer(expression, 2)(python_value(value), python_value(given)))
    except NotKnown:
        return shown((value, given), expression)


def _written(target: Callable[..., object], arguments: Sequence[Lowered], keywords: Keywords) -> Undefined:
    """What `str(x)`, `format(x, "g")` or `"...".format(x)` write of numbers of the running program."""
    of_text = isinstance(target, BuiltinMethodType)
    if not (of_text and target.__name__ == "format") and not any(target is known for known in _WRITERS):
        return Undefined(SHOWN, MESSAGES)
    if any(isinstance(item, Undefined) for item in (*arguments, *keywords.values())):
        return Undefined(SHOWN, MESSAGES)
    first: list[Lowered] = [Static(target.__self__)] if isinstance(target, BuiltinMethodType) else []
    parts = (*first, *arguments, *keywords.values())
    names = [f"p{k}" for k in range(len(first), len(first) + len(arguments))]
    names += [f"{word}=p{len(first) + len(arguments) + k}" for k, word in enumerate(keywords)]
    return shown(parts, f"{'p0.format' if first else target.__name__}({', '.join(names)})")


def _of_dtype(value: Lowered) -> object:
    """What stands for a value where only its dtype counts."""
    if not isinstance(value, Var) or isinstance(value.type, Handle):
        return python_value(value)
    if not isinstance(value.type, Scalar) or not value.type.weak:
        return np.empty(0, value.type.dtype)
    return {"int64": 0, "float64": 0.0, "complex128": 0j}.get(value.type.dtype, False)


def is_pure(target: object) -> bool:
    """Whether a callable makes something known while compiling of such things, and nothing else."""
    of_text = isinstance(target, BuiltinMethodType) and isinstance(target.__self__, str)
    known = any(target is item for item in _PURE) or isinstance(target, EnumType)
    return of_text or known or is_known_while_compiling(target)


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
        read = _of_dtype if any(target is known for known in _OF_DTYPES) else python_value
        values = [read(argument) for argument in arguments]
        words = {name: python_value(value) for name, value in keywords.items()}
    except NotKnown:
        if target is len or target is issubclass:
            return None
        if isinstance(target, EnumType):
            reason = f"which {target.__name__} this is, is only known when the program runs"
            scope.frame.refuse(TypeMismatch, node, reason, "a member by its name, or a condition")
        return _written(target, arguments, keywords)
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
        texts = [value for value in (*values, *words.values()) if isinstance(value, str)]
        scope.frame.refuse(_class_of(error, texts), node, str(error))
    except TypeError as error:
        scope.frame.refuse(TypeMismatch, node, str(error))


def _class_of(error: ValueError | IndexError, texts: Sequence[str]) -> type[DifferentiationError]:
    """The class of what is said where NumPy raises the exception; `texts` are modes and the like."""
    if any(repr(text) in str(error) for text in texts):
        return InvalidRequest
    if isinstance(error, np.exceptions.AxisError):
        return AxisOutOfBounds
    return IndexOutOfBounds if isinstance(error, IndexError) else ShapeMismatch


def _plain(scope: Scope, node: gast.AST, value: Lowered) -> object:
    """The Python object that a value is, lists as tuples; refused where it is only known at run time."""
    items = scope.items(value)
    if items is not None:
        return tuple(_plain(scope, node, item) for item in items)
    try:
        return python_value(value)
    except NotKnown:
        scope.frame.context.need_static(value)
        scope.frame.refuse(
            TypeMismatch,
            node,
            f"{describe(value)} is given where only a constant can be, as an axis or a mode",
            "write the number, or make it a parameter of its own",
        )


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
    except (TypeError, NotKnown) as error:
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
        except (TypeError, NotKnown):
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
    """A `print` or `warn` that is not called by its name: it shows nothing (printing.py has the others)."""
    return NONE


STATIC: dict[object, Lower] = {
    builtins.type: _type,
    builtins.isinstance: _isinstance,
    builtins.callable: _callable,
    builtins.tuple: _tuple,
    builtins.print: _print,
    warnings.warn: _print,
    operator.itemgetter: make_getter(operator.itemgetter),
    operator.attrgetter: make_getter(operator.attrgetter),
}

__all__ = [
    "GETTERS",
    "SHOWN",
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
