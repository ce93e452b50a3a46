"""The whole grammar of the intermediate representation, on one page.

Programs are structured (no jumps), assign-once, and in A-normal form: operands are variables or constants.
Nodes are immutable; a pass builds new ones. Arrays are references to memory, as in NumPy: `Store`, `Nest`
writes with `fresh=False`, `Push`, `Pop` and what a `Call` says it does are the only effects.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from autodiff_compiler.ir.types import Array, Scalar, Type
from autodiff_compiler.location import Location

# ---------------------------------------------------------------- atoms


@dataclass(frozen=True, slots=True, eq=False)
class Var:
    """A variable, assigned in exactly one place. Its identity is the object; the name is for people."""

    name: str
    type: Type
    at: Location | None = None


@dataclass(frozen=True, slots=True)
class Const:
    """A number, boolean or NaN/infinity known while compiling."""

    value: float | int | bool  # or a complex number, by the type: too rare for every reader to ask
    type: Scalar


Atom: TypeAlias = Var | Const

# ---------------------------------------------------------------- values (right-hand sides)


@dataclass(frozen=True, slots=True)
class Apply:
    """An operator of the registry on scalars or arrays; `attributes` are static (axis, dtype, ...)."""

    operator: str
    operands: tuple[Atom, ...]
    attributes: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Load:
    """One element: `array[index]`, as many integer atoms as the array has axes."""

    array: Var
    index: tuple[Atom, ...]


@dataclass(frozen=True, slots=True)
class Slice:
    """`start:stop:step` of one axis, with Python's meaning; None is an absent bound."""

    start: Atom | None
    stop: Atom | None
    step: Atom | None


@dataclass(frozen=True, slots=True)
class NewAxis:
    """`np.newaxis`."""


@dataclass(frozen=True, slots=True)
class View:
    """Basic indexing that gives an array sharing memory: an integer or slice for each axis, and new axes."""

    array: Var
    index: tuple[Atom | Slice | NewAxis, ...]


@dataclass(frozen=True, slots=True)
class Transpose:
    """The same memory with the axes in another order."""

    array: Var
    axes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Reshape:
    """The same memory of a contiguous array under another shape (sizes already agree; no -1)."""

    array: Var
    shape: tuple[Atom, ...]


@dataclass(frozen=True, slots=True)
class Dim:
    """The length of one axis."""

    array: Var
    axis: int


@dataclass(frozen=True, slots=True)
class Allocate:
    """A fresh contiguous array; `fill` None leaves it uninitialised (np.empty)."""

    shape: tuple[Atom, ...]
    dtype: str
    fill: Atom | None


@dataclass(frozen=True, slots=True)
class NewStack:
    """An empty stack of the given dtype."""

    dtype: str


@dataclass(frozen=True, slots=True)
class Pop:
    """The value pushed last; with a `shape`, the array pushed last (valid until the next push)."""

    stack: Var
    shape: tuple[Atom, ...] | None = None


Value: TypeAlias = Apply | Load | View | Transpose | Reshape | Dim | Allocate | NewStack | Pop

# ---------------------------------------------------------------- statements


@dataclass(frozen=True, slots=True)
class Block:
    """Statements in order, and what the block yields to the statement around it."""

    statements: tuple[Statement, ...] = ()
    yields: tuple[Atom, ...] = ()


@dataclass(frozen=True, slots=True)
class Assign:
    """`target = value`; the only place where target is assigned."""

    target: Var
    value: Value
    at: Location | None = None


@dataclass(frozen=True, slots=True)
class Store:
    """`array[index] = value`, or `array[index] += value` when `accumulate`; a full integer index.

    At TYPED, an empty index means all elements, and one with `axes` those that index arrays, broadcast
    together, name on these axes, the others taken whole. The value broadcasts; the axes of the index arrays
    stand where the first of `axes` is. Elements named several times are set in order, or added to each time.
    """

    array: Var
    index: tuple[Atom, ...]
    value: Atom
    accumulate: bool = False
    at: Location | None = None
    axes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class If:
    """Each branch yields one atom per result."""

    condition: Atom
    then: Block
    orelse: Block
    results: tuple[Var, ...] = ()
    at: Location | None = None


@dataclass(frozen=True, slots=True)
class Carry:
    """A value that changes from iteration to iteration.

    `inside` starts as `start`; the body yields the next one; `after` is the last one.
    """

    inside: Var
    start: Atom
    after: Var


@dataclass(frozen=True, slots=True)
class For:
    """`for index in range(start, stop, step)`; the body yields the next value of each carry."""

    index: Var
    start: Atom
    stop: Atom
    step: Atom
    carries: tuple[Carry, ...]
    body: Block
    at: Location | None = None


@dataclass(frozen=True, slots=True)
class While:
    """Before each iteration `test` (which sees the carries' `inside`) yields one boolean."""

    carries: tuple[Carry, ...]
    test: Block
    body: Block
    at: Location | None = None


@dataclass(frozen=True, slots=True)
class Write:
    """What a nest writes at each point: `target[index] combine= value`.

    fresh=True: target is defined by the nest: a scalar where `index` is empty, else a new contiguous array
    whose axis k has the extent of index[k] (length one for a constant 0). "add", "max", "min" start from 0,
    -inf, inf; "set" needs every nest index in `index`. fresh=False: target is an existing array.
    """

    target: Var
    index: tuple[Atom, ...]
    value: Atom
    combine: str  # "set" | "add" | "max" | "min"
    fresh: bool


@dataclass(frozen=True, slots=True)
class Nest:
    """A perfect loop nest over 0..extent for each index, outermost first; the body is scalar assignments.

    The points come in order, or in the reverse order. That matters where an array that exists is set at a
    computed place, perhaps several times.
    """

    indices: tuple[Var, ...]
    extents: tuple[Atom, ...]
    body: Block  # yields nothing
    writes: tuple[Write, ...]
    at: Location | None = None
    backwards: bool = False


@dataclass(frozen=True, slots=True)
class Guard:
    """Raise `error` unless `condition`; `operands` are shown in the message, or `make` makes it of them."""

    condition: Atom
    message: str  # str.format template over the operands
    operands: tuple[Atom, ...] = ()
    error: str = "ShapeMismatch"  # "" for a note, of what the guards at its place say besides
    at: Location | None = None
    make: Callable[..., BaseException] | None = None
    lesson: tuple[object, ...] = ()  # what a failure teaches (lessons.py)


@dataclass(frozen=True, slots=True)
class Push:
    """Put a scalar, or all elements of an array, on a stack."""

    stack: Var
    value: Atom
    at: Location | None = None


@dataclass(frozen=True, slots=True)
class External:
    """That a callee is a function of the runtime, which is called and not seen into.

    Its rule, a function of the program, takes the operands and results as they were. In reverse mode it maps
    cotangents of the results `seeded` to those of the operands `pulled`; in forward mode, tangents back.
    """

    rule: str | None = None  # its name; None where no derivative is wanted, or it is zero, or not written
    pulled: tuple[int, ...] = ()
    seeded: tuple[int, ...] = ()
    text: str = ""  # its first argument, where that is a constant: of `show`, what is printed


@dataclass(frozen=True, slots=True)
class Callee:
    """What a caller knows of a function; `analysis/summaries.py` finds it for those of the program."""

    name: str
    parameters: tuple[Type, ...]
    results: tuple[Type, ...]
    access: tuple[str, ...]  # to the elements of each parameter: "" | "read" | "add" | "write", which is all
    sources: tuple[tuple[int, ...], ...]  # of each result: the parameters whose memory it may be
    flows: tuple[tuple[int, ...], ...]  # to each result, then parameter: parameters whose change changes it
    raises: bool  # may raise, or run for ever
    effects: bool = False  # does what no result shows, as drawing random numbers: each call, once, in order
    external: External | None = None  # of the runtime; None for a function of the program


@dataclass(frozen=True, slots=True)
class Call:
    """`results = callee(operands)`: a function that is not inlined; arrays by reference."""

    callee: Callee
    operands: tuple[Atom, ...]
    results: tuple[Var, ...]
    at: Location | None = None


Statement: TypeAlias = Assign | Store | If | For | While | Nest | Guard | Push | Call

# ---------------------------------------------------------------- functions


class Level(enum.IntEnum):
    """What can still appear: operators on whole arrays in TYPED; nests and library calls from LOOPS on."""

    TYPED = 1
    LOOPS = 2
    DERIVED = 3
    PLANNED = 4


@dataclass(frozen=True, slots=True)
class Made:
    """A NamedTuple, list, dict or object: its class, what its items are called, how each is arranged."""

    cls: type
    keys: tuple[object, ...]
    items: tuple[Structure, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of any length: what each item is made of is an array with the items along its first axis.

    `plain` are those whose elements are Python numbers; `length` says how many count, where not all do.
    """

    item: Structure
    plain: frozenset[int] = frozenset()
    length: int | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """A part of the result that was known while compiling: a string, a truth value, a function."""

    value: object


@dataclass(frozen=True, slots=True)
class Given:
    """The very object that the caller has passed: the parameter's position, then the keys that lead to it."""

    path: tuple[object, ...]


# How the caller gets the results: the position of one yield; a tuple of several; None.
Structure: TypeAlias = "int | tuple[Structure, ...] | Made | Listed | Known | Given | None"


EACH = "each item"  # in a path: all items of a uniform list
IDENTITY = "identity"  # at the end of a path: the object itself, compared by `is`


@dataclass(frozen=True, slots=True)
class Rebound:
    """What the caller's objects hold after a call: the value at `path` is now another one.

    A path is the position of a parameter, then the keys and attributes that lead to what was rebound. With
    EACH in it, the structure is that of a list, with one value for each item. `in_place`: a list or dict
    whose contents changed, rather than what holds it. `condition`: the result that says whether.
    """

    path: tuple[object, ...]
    structure: Structure
    in_place: bool = False
    condition: int | None = None


@dataclass(frozen=True, slots=True)
class Function:
    """A function: parameters, body (which yields the results), and how they are arranged for the caller."""

    name: str
    parameters: tuple[Var, ...]
    body: Block
    level: Level = Level.TYPED
    structure: Structure = None
    at: Location | None = None
    notes: tuple[str, ...] = field(default=(), compare=False)  # what `explain` shows


__all__ = [
    "IDENTITY", "Allocate", "Apply", "Array", "Assign", "Atom", "Block", "Call", "Callee", "Carry", "Const",
    "Dim", "External", "For",
    "Function", "Given", "Guard", "If", "Known", "Level", "Listed", "Load", "Made", "Nest", "NewAxis",
    "NewStack", "Pop", "Push", "Rebound", "Reshape", "Scalar", "Slice", "Statement", "Store", "Structure",
    "Transpose", "Value", "Var", "View", "While", "Write",
]  # fmt: skip
