"""What a Python expression can be while it is lowered: IR atoms, compile-time objects, tuples of those."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.ir.nodes import Atom, Const
from autodiff_compiler.ir.types import BOOL, INT, Array, Scalar, Type, is_bool, is_float


@dataclass(frozen=True, slots=True)
class TupleValue:
    """A tuple (or list display) of values, taken apart while compiling."""

    items: tuple[Lowered, ...]


@dataclass(frozen=True, slots=True)
class Undefined:
    """A name that has no usable value here; `reason` says why, in the user's terms."""

    reason: str = ""


Lowered: TypeAlias = Atom | Static | TupleValue | Undefined


TRUE, FALSE = Const(True, BOOL), Const(False, BOOL)


@dataclass(frozen=True, slots=True)
class Binding:
    """What a name stands for, and whether it has surely been assigned."""

    value: Lowered
    defined: Atom = TRUE


def literal(value: object) -> Lowered | None:
    """A Python constant as a value: numbers become weak constants; None where it is something else."""
    if isinstance(value, (bool, np.bool_)):
        return Const(bool(value), BOOL)
    if isinstance(value, int):
        return Const(value, INT)
    if isinstance(value, float) and type(value) is float:
        return Const(value, Scalar("float64", weak=True))
    if isinstance(value, tuple):
        items = tuple(literal(item) for item in value)
        return TupleValue(tuple(Static(v) if i is None else i for i, v in zip(items, value, strict=True)))
    return None


def describe(value: Lowered) -> str:
    """The value's kind in a user's words."""
    match value:
        case Static(value=object_):
            return "None" if object_ is None else f"a {type(object_).__name__}"
        case TupleValue():
            return "a tuple"
        case Undefined():
            return "undefined"
        case _:
            return describe_type(value.type)


def describe_type(kind: Type) -> str:
    """A type in a user's words."""
    if isinstance(kind, Array):
        return f"a {kind.rank}-D {kind.dtype} array"
    return {"float64": "a float", "int64": "an integer", "bool": "a boolean"}.get(
        kind.dtype, f"a {kind.dtype}"
    )


def join(first: Type, second: Type) -> Type | None:
    """The type of a variable that holds either, as Python would use it; None where there is none."""
    if first == second:
        return first
    if isinstance(first, Array) and isinstance(second, Array):
        if (first.dtype, first.rank) != (second.dtype, second.rank):
            return None
        units = tuple(a and b for a, b in zip(first.units, second.units, strict=True))
        return Array(first.dtype, first.rank, first.contiguous and second.contiguous, units)
    if isinstance(first, Scalar) and isinstance(second, Scalar):
        return _join_scalars(first, second)
    return None


def _join_scalars(first: Scalar, second: Scalar) -> Scalar:
    if first.dtype == second.dtype:
        return Scalar(first.dtype, first.weak and second.weak)
    for weak, strong in ((first, second), (second, first)):
        if is_bool(weak) and not is_bool(strong):
            return strong
        if weak.weak and not strong.weak and (is_float(strong) or not is_float(weak)):
            return strong
    return Scalar(np.result_type(first.dtype, second.dtype).name, first.weak and second.weak)
