"""What the compiler specialises on: the kind of each argument and global, found from its value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from autodiff_compiler.ir.types import INT, Array, Scalar, Type


@dataclass(frozen=True, slots=True)
class Static:
    """A value that shapes the program and is known while compiling: None, a bool, a string, a callable."""

    value: object

    def __str__(self) -> str:
        return f"static {self.value!r}"


@dataclass(frozen=True, slots=True)
class Record:
    """A structure taken apart while compiling: each item has a kind of its own.

    `keys` are the positions of a tuple or list, the field names of a NamedTuple, the keys of a dict, the
    attributes of an object of class `cls`.
    """

    cls: type
    keys: tuple[object, ...]
    items: tuple[Kind, ...]

    def __str__(self) -> str:
        parts = ", ".join(f"{key}: {item}" for key, item in zip(self.keys, self.items, strict=True))
        return f"{self.cls.__name__}({parts})"


@dataclass(frozen=True, slots=True)
class Uniform:
    """A list of equal things, any number of them: each leaf of `item` becomes an array with one more axis."""

    item: Kind

    def __str__(self) -> str:
        return f"list of {self.item}"


class Unaccepted(TypeError):
    """A value the compiler has no kind for; the message says why and what to pass instead."""


Kind: TypeAlias = "Type | Static | Record | Uniform"


def leaves(kind: Kind) -> list[Type | Static]:
    """The kinds of what a value is taken apart into, in order: one for each number, array or static value."""
    match kind:
        case Record(items=items):
            return [leaf for item in items for leaf in leaves(item)]
        case Uniform(item=item):
            return [_stacked(leaf) for leaf in leaves(item)]
        case _:
            return [kind]


def _stacked(leaf: Type | Static) -> Type | Static:
    """The array that holds one leaf of every item of a list."""
    if isinstance(leaf, Scalar):
        return Array(leaf.dtype, 1)
    if isinstance(leaf, Array):
        return Array(leaf.dtype, leaf.rank + 1, True, (False, *leaf.units))
    return leaf


def kind_of(value: object) -> Kind:
    """The kind of an argument or global.

    Python floats and ints are weak scalars, NumPy scalars strong ones, arrays keep dtype, rank, contiguity
    and the axes of length one. None, bools, strings, dtypes, tuples of those and ints, and callables are
    static. Anything else raises Unaccepted.
    """
    if value is None or isinstance(value, (bool, str, np.dtype, type)) or callable(value):
        return Static(value)
    if isinstance(value, np.ndarray):
        return _array_kind(value)
    if isinstance(value, np.generic):
        if value.dtype.kind in "fiub" and value.dtype.name not in ("float16", "longdouble", "float128"):
            return Scalar(value.dtype.name)
        raise Unaccepted(f"a NumPy scalar of dtype {value.dtype} is not supported; use float64 or float32")
    if isinstance(value, int):
        return INT
    if isinstance(value, float):
        return Scalar("float64", weak=True)
    if isinstance(value, tuple) and all(
        isinstance(kind_of(item), Static) or isinstance(item, int) for item in value
    ):
        return Static(value)
    if isinstance(value, (list, tuple)):
        raise Unaccepted(
            f"a {type(value).__name__} of numbers is not supported as an argument; pass np.array(...)"
        )
    raise Unaccepted(f"a value of type {type(value).__name__} is not supported; pass numbers or NumPy arrays")


def _array_kind(value: np.ndarray) -> Type:
    if value.dtype.kind not in "fiub" or value.dtype.name in ("float16", "longdouble", "float128"):
        raise Unaccepted(
            f"an array of dtype {value.dtype} is not supported; use float64, float32, integers or bools"
        )
    if not value.dtype.isnative or not value.flags.aligned:
        raise Unaccepted(
            "a byte-swapped or unaligned array is not supported; pass np.ascontiguousarray(a, dtype=...)"
        )
    units = tuple(size == 1 for size in value.shape)
    return Array(value.dtype.name, value.ndim, value.flags.c_contiguous, units)
