"""What an expression can be while it is lowered: numbers, arrays, static objects, structures of those."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from autodiff_compiler.frontend.kinds import Kind, Ragged, Record, Static
from autodiff_compiler.frontend.stand_ins_dicts import STOOD_FOR
from autodiff_compiler.ir.build import complex_constant
from autodiff_compiler.ir.nodes import Atom, Const
from autodiff_compiler.ir.types import BOOL, INT, Array, Handle, Scalar, Type, is_bool

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import gast

    from autodiff_compiler.frontend.context import Frame
    from autodiff_compiler.frontend.scope import Scope


@dataclass(frozen=True, slots=True)
class TupleValue:
    """A tuple of values, taken apart while compiling; `cls` is a NamedTuple's class where it is one."""

    items: tuple[Lowered, ...]
    cls: type = tuple


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """The identity of something that can change: a list, a dict, an object, a variable of inner functions.

    What it holds at a point of the program is in the scope (`Contents`). A list of unknown length has the
    kind of its items in `item`; `site` is the place in the source that makes it.
    """

    cls: type
    name: str = ""
    site: object = None
    item: Kind | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference to a list, a dict or an object: names that hold equal ones share what they change."""

    cell: Cell


@dataclass(frozen=True, slots=True)
class FunctionValue:
    """A function defined inside the one being lowered; `defaults` were evaluated where it was defined."""

    node: gast.FunctionDef  # for a lambda too
    frame: Frame  # where it was defined: its free variables are looked up there
    defaults: tuple[tuple[str, Lowered], ...] = ()


@dataclass(frozen=True, slots=True)
class Partial:
    """A callable with leading and keyword arguments already given: a bound method, a `functools.partial`."""

    function: Lowered
    arguments: tuple[Lowered, ...]
    keywords: tuple[tuple[str, Lowered], ...] = ()


@dataclass(frozen=True, slots=True)
class Either:
    """One of two values that have no type in common, chosen by a condition of the running program."""

    condition: Atom
    then: Lowered
    orelse: Lowered


@dataclass(frozen=True, slots=True)
class Listed:
    """What a loop can run over, item by item, their number known while compiling: the loop is unrolled.

    `length` and `item` say what there is at the present point of the program: a list may change in the loop.
    """

    length: Callable[[Scope], int]
    item: Callable[[Scope, int], Lowered]
    cells: tuple[Cell, ...] = ()  # what it is read from, if that may change
    settled: bool = False  # Python refuses a change of its length while a loop runs over it
    once: bool = False  # an iterator of Python, empty after the first loop over it
    eager: bool = (
        False  # its items are computed where it is made, and in Python one by one where they are used
    )
    reads: tuple[tuple[str, Lowered | None], ...] = ()  # names and values that these were computed from

    @classmethod
    def of(cls, items: Sequence[Lowered]) -> Listed:
        """These items, whatever happens."""
        return cls(lambda scope: len(items), lambda scope, position: items[position])


@dataclass(frozen=True, slots=True)
class Counted:
    """What a loop can run over by position: `item` makes what is at each `range(start, stop, step)`."""

    start: Atom
    stop: Atom
    step: Atom
    item: Callable[[Scope, Atom], Lowered]
    once: bool = False
    eager: bool = False
    reads: tuple[tuple[str, Lowered | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Range(Counted):
    """A `range` itself, which NumPy takes as an array of its numbers."""


class Iteration:
    """The class of an iterator that has a name: an object that holds what is run over, and how far it is."""

    OVER = "over"  # a Listed or Counted, or a Generator
    POSITION = "position"  # the number of items that have been taken
    EAGER = "an iterator that computes its items is kept here: in Python it computes them when they are used"

    @staticmethod
    def start(over: Listed | Counted | Generator) -> dict[object, Lowered]:
        """What the object holds before an item is taken; those of a generator are taken all at once."""
        kept = over if isinstance(over, Generator) else replace(over, once=False)
        return {Iteration.OVER: kept, Iteration.POSITION: Const(0, INT)}


@dataclass(frozen=True, slots=True, eq=False)
class Generator:
    """A generator expression: lowered where it is used up; what it runs over is found where it is written."""

    node: gast.GeneratorExp
    frame: Frame
    first: Lowered
    names: Mapping[str, Binding] | None = None  # of the stand-in that has made it, and has returned since


@dataclass(frozen=True, slots=True)
class Undefined:
    """A name that has no usable value here; `reason` says why, `instead` what to write."""

    reason: str = ""
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Text(Undefined):
    """Text with values of the running program in it: only messages and what is printed can use it.

    `expression` is Python that writes it, with names p0, p1, ... for the parts.
    """

    parts: tuple[Lowered, ...] = ()
    expression: str = ""


Lowered: TypeAlias = (
    "Atom | Static | TupleValue | Reference | FunctionValue | Partial | Either | Listed | Counted"
    " | Generator | Undefined"
)


TRUE, FALSE = Const(True, BOOL), Const(False, BOOL)


@dataclass(frozen=True, slots=True)
class Binding:
    """What a name stands for, and whether it has surely been assigned."""

    value: Lowered
    defined: Atom = TRUE


@dataclass(frozen=True, slots=True)
class Place:
    """Where what an object holds is kept: in arrays of a list, from the array with number `first` on."""

    of: Cell
    first: int
    kind: Record | Ragged


@dataclass(frozen=True, slots=True)
class Contents:
    """What a cell holds: a binding for each attribute, key or position, in order.

    `frozen` says why it must not change any more: two names may or may not mean the same object.
    `joins` are the branches and loops for which it is frozen: where references that stay apart would help.
    `maybe` are objects that it may be, of which it holds what they held: it is lost when one of them changes.
    What is an item of a list of unknown length holds its position; `place` says of which list.
    """

    items: Mapping[object, Binding] = field(default_factory=dict)
    frozen: str = ""
    place: Place | None = None
    maybe: frozenset[Cell] = frozenset()
    joins: frozenset[object] = frozenset()

    def with_item(self, key: object, binding: Binding) -> Contents:
        """The same with one binding replaced or added."""
        return replace(self, items={**self.items, key: binding})

    def without(self, key: object) -> Contents:
        """The same with one binding removed."""
        return replace(self, items={k: v for k, v in self.items.items() if k != key})


def buffer_key(number: int) -> tuple[str, int]:
    """The key of one of the arrays that a list of unknown length is kept in."""
    return ("items", number)


def literal(value: object) -> Lowered | None:
    """A Python constant as a value: numbers become weak constants; None where it is something else."""
    if isinstance(value, np.bool_):  # a constant that equals Python's; it adds up differently
        return Const(value, BOOL)  # type: ignore[arg-type]
    if isinstance(value, bool):
        return Const(value, BOOL)
    if isinstance(value, int):
        return Const(value, INT)
    if isinstance(value, float) and type(value) is float:
        return Const(value, Scalar("float64", weak=True))
    if isinstance(value, complex) and type(value) is complex:
        return complex_constant(value, Scalar("complex128", weak=True))
    if isinstance(value, tuple):
        items = tuple(literal(item) for item in value)
        return TupleValue(tuple(Static(v) if i is None else i for i, v in zip(items, value, strict=True)))
    return None


def describe(value: Lowered) -> str:
    """The value's kind in a user's words."""
    match value:
        case Static(value=object_):
            return "None" if object_ is None else f"a {type(object_).__name__}"
        case TupleValue(cls=cls):
            return "a tuple" if cls is tuple else f"a {cls.__name__}"
        case Reference(cell=cell) if cell.cls is Iteration:
            return "an iterator"
        case Reference(cell=cell) if cell.cls in STOOD_FOR:
            return f"a {STOOD_FOR[cell.cls].__name__}"
        case Reference(cell=cell):
            return f"{'an' if cell.cls.__name__[0] in 'aeiouAEIOU' else 'a'} {cell.cls.__name__}"
        case FunctionValue() | Partial():
            return "a function"
        case Listed() | Counted() | Generator():
            return "an iterator"
        case Either(then=then, orelse=orelse):
            return f"{describe(then)} or {describe(orelse)}"
        case Undefined():
            return "undefined"
        case _:
            return describe_type(value.type)


def describe_type(kind: Type) -> str:
    """A type in a user's words."""
    if isinstance(kind, Array):
        return f"a {kind.rank}-D {kind.dtype} array"
    if isinstance(kind, Handle):
        return f"a random {kind}"
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


def _category(kind: Scalar) -> int:
    """Truth values come before integers, these before real floats, these before complex ones."""
    return "bifc".index(np.dtype(kind.dtype).kind.replace("u", "i"))


def _join_scalars(first: Scalar, second: Scalar) -> Scalar:
    if first.dtype == second.dtype:
        return Scalar(first.dtype, first.weak and second.weak)
    for weak, strong in ((first, second), (second, first)):
        if is_bool(weak) and not is_bool(strong):
            return strong
        if weak.weak and not strong.weak and _category(weak) <= _category(strong):
            return strong
    return Scalar(np.result_type(first.dtype, second.dtype).name, first.weak and second.weak)
