"""What the compiler specialises on: the kind of each argument and global, found from its value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import MethodType
from typing import TypeAlias

import numpy as np

from autodiff_compiler.frontend.stand_ins_dicts import IntegerDict
from autodiff_compiler.frontend.structures import constants_of, item_text, remembered
from autodiff_compiler.ir.types import GENERATOR, INT, Array, Scalar, Type, is_float

# Static values that equal ones can stand in for; all others are themselves alone.
BY_VALUE = (bool, str, bytes, tuple, frozenset, range, np.dtype, np.generic, MethodType)


@dataclass(frozen=True, slots=True, eq=False)
class Static:
    """A value that shapes the program and is known while compiling: None, a bool, a string, a callable."""

    value: object

    def __eq__(self, other: object) -> bool:
        """Whether both are the same value, or equal constants of one class: True is not 1."""
        if not isinstance(other, Static):
            return NotImplemented
        if self.value is other.value:
            return True
        constant = isinstance(self.value, (int, float, *BY_VALUE)) and type(self.value) is type(other.value)
        return constant and bool(self.value == other.value)

    def __hash__(self) -> int:
        return hash(self.value)

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


@dataclass(frozen=True, slots=True)
class Ragged(Uniform):
    """A list of equal things that is an item of another list, where each such list has its own length.

    Its leaves are the length, then those of `Uniform`, of which only the first so many elements count.
    """


@dataclass(frozen=True, slots=True)
class Parted(Uniform):
    """An array that is an item of a list where each has its own number of rows, which are each `item`.

    Its leaves are that number, then the array, of which only the first so many rows count.
    """


def list_kind(item: Kind) -> Uniform:
    """The kind of lists of such items in a list: with lengths of their own if the items have some."""
    return Ragged(item) if has_own_lengths(item) else Uniform(item)


def has_own_lengths(kind: Kind) -> bool:
    """Whether there are lists in a kind that have lengths of their own."""
    match kind:
        case Record(items=items):
            return any(map(has_own_lengths, items))
        case Uniform(item=item):
            return isinstance(kind, (Ragged, Parted)) or has_own_lengths(item)
        case _:
            return False


def all_own_lengths(kind: Kind) -> Kind:
    """The kind in which every list has a length of its own."""
    match kind:
        case Record(cls=cls, keys=keys, items=items):
            return Record(cls, keys, tuple(map(all_own_lengths, items)))
        case Parted():
            return kind
        case Uniform(item=item):
            return Ragged(all_own_lengths(item))
        case Array(dtype=dtype, rank=rank):
            return Parted(Scalar(dtype) if rank == 1 else Array(dtype, rank - 1))
        case _:
            return kind


def with_own_lengths(kind: Kind) -> Kind:
    """The kind in which lists of lists that have lengths of their own have such lengths too."""
    match kind:
        case Record(cls=cls, keys=keys, items=items):
            return Record(cls, keys, tuple(map(with_own_lengths, items)))
        case Parted():
            return kind
        case Ragged(item=item):
            return Ragged(with_own_lengths(item))
        case Uniform(item=item):
            return list_kind(with_own_lengths(item))
        case _:
            return kind


_KEYS = Array("int64", 1)


def dict_of_equals(cls: type, item: Kind) -> Record:
    """The kind of a dict of many equal things, any number of them: arrays of its keys and of its values."""
    return Record(cls, ("codes", "order", "held"), (_KEYS, _KEYS, Uniform(item)))


def is_dict_of_equals(kind: Kind) -> bool:
    """Whether a kind is that of a dict of many equal things."""
    return isinstance(kind, Record) and issubclass(kind.cls, IntegerDict)


@dataclass(frozen=True, slots=True)
class Opaque:
    """A part of a structure that the compiler has no kind for: refused, for this reason, where it is used."""

    reason: str

    def __str__(self) -> str:
        return "opaque"


LONG = ("longdouble", "float128", "longcomplex", "clongdouble", "complex256")  # dtypes without machine code


class Unaccepted(TypeError):
    """A value the compiler has no kind for; the message says why and what to pass instead."""


Kind: TypeAlias = "Type | Static | Opaque | Record | Uniform"
Leaf: TypeAlias = Type | Static | Opaque


def leaves(kind: Kind) -> list[Leaf]:
    """The kinds of what a value is taken apart into, in order: one for each number, array or static value."""
    match kind:
        case Record(items=items):
            return [leaf for item in items for leaf in leaves(item)]
        case Uniform(item=item):
            length = [INT] if isinstance(kind, (Ragged, Parted)) else []
            return [*length, *(_stacked(leaf) for leaf in leaves(item))]
        case _:
            return [kind]


def is_passed(leaf: Leaf) -> bool:
    """Whether compiled code takes the leaf as an argument: it is neither static nor opaque."""
    return not isinstance(leaf, (Static, Opaque))


def leaf_count(kinds: Sequence[Kind]) -> int:
    """How many leaves the arguments of these kinds have together."""
    return sum(len(leaves(kind)) for kind in kinds)


def first_leaves(kinds: Sequence[Kind]) -> list[int]:
    """For each kind the number of its first leaf, counted over all."""
    counts = [len(leaves(kind)) for kind in kinds]
    return [sum(counts[:position]) for position in range(len(counts))]


def differentiable_leaves(kind: Kind) -> list[bool]:
    """For each leaf, whether derivatives are taken with respect to it: a float in no constant field."""
    match kind:
        case Record(cls=cls, keys=keys, items=items):
            constant = constants_of(cls)
            return [
                yes and key not in constant
                for key, item in zip(keys, items, strict=True)
                for yes in differentiable_leaves(item)
            ]
        case Uniform(item=item):
            return differentiable_leaves(item)
        case Static() | Opaque():
            return [False]
        case _:
            return [is_float(kind)]


def leaf_names(name: str, kind: Kind) -> list[str]:
    """How a user writes each leaf of a parameter: `model.w`, `rates[0]`; `[...]` for all items of a list."""
    match kind:
        case Record(cls=cls, keys=keys, items=items):
            inner = zip(keys, items, strict=True)
            return [leaf for key, item in inner for leaf in leaf_names(name + item_text(cls, key), item)]
        case Uniform(item=item):
            return leaf_names(f"{name}[...]", item)
        case _:
            return [name]


def _stacked(leaf: Leaf) -> Leaf:
    """The array that holds one leaf of every item of a list."""
    if isinstance(leaf, Scalar):
        return Array(leaf.dtype, 1)
    if isinstance(leaf, Array):
        return Array(leaf.dtype, leaf.rank + 1, True, (False, *leaf.units))
    return leaf


_ARITHMETIC = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "neg", "abs", "eq", "lt", "float")


@remembered
def _computes_plainly(cls: type) -> bool:
    """Whether a class of numbers computes as Python's or NumPy's own that it derives from."""
    base = next(
        one for one in cls.__mro__ if one in (bool, int, float, complex) or issubclass(one, np.generic)
    )
    names = (f"__{prefix}{name}__" for name in _ARITHMETIC for prefix in ("", "r"))
    return all(getattr(cls, name, None) is getattr(base, name, None) for name in names)


def kind_of(value: object) -> Type | Static:
    """The kind of a global, or of an argument that is no structure.

    Python floats and ints are weak scalars, NumPy scalars strong ones, arrays keep dtype, rank, contiguity
    and the axes of length one. None, bools, strings, dtypes, tuples of those and ints, and callables are
    static. Anything else raises Unaccepted.
    """
    if isinstance(value, np.random.Generator):
        return GENERATOR
    if value is None or isinstance(value, (bool, str, np.dtype, type)) or callable(value):
        return Static(value)
    if isinstance(value, np.ndarray):
        if type(value) not in (np.ndarray, np.memmap):
            raise Unaccepted(f"a {type(value).__name__} is not supported; pass np.asarray(...)")
        return _array_kind(value)
    if isinstance(value, (float, complex, int)) and not _computes_plainly(type(value)):
        raise Unaccepted(f"a {type(value).__name__} computes in its own way; pass float(...)")
    if isinstance(value, np.generic):
        if value.dtype.kind in "fciub" and value.dtype.name not in ("float16", *LONG):
            return Scalar(value.dtype.name)
        raise Unaccepted(f"a NumPy scalar of dtype {value.dtype} is not supported; use float64 or float32")
    if isinstance(value, int):
        return INT
    if isinstance(value, float):
        return Scalar("float64", weak=True)
    if isinstance(value, complex):
        return Scalar("complex128", weak=True)
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
    if value.dtype.kind not in "fciub" or value.dtype.name in ("float16", *LONG):
        raise Unaccepted(
            f"an array of dtype {value.dtype} is not supported; use float64, float32, integers or bools"
        )
    if not value.dtype.isnative or not value.flags.aligned:
        raise Unaccepted(
            "a byte-swapped or unaligned array is not supported; pass np.ascontiguousarray(a, dtype=...)"
        )
    units = tuple(size == 1 for size in value.shape)
    return Array(value.dtype.name, value.ndim, value.flags.c_contiguous, units)
