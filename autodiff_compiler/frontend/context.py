"""What the lowering of one function call tree shares: parameters, globals, limits, and how it refuses."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence, Set
from dataclasses import dataclass, field, replace
from types import FunctionType
from typing import Any, NoReturn, TypeVar

import gast
import numpy as np

from autodiff_compiler.errors import DifferentiationError, IndexOutOfBounds, ShapeMismatch, TypeMismatch
from autodiff_compiler.frontend.kinds import Kind, Static
from autodiff_compiler.frontend.outside import GlobalReference, Outside, from_outside
from autodiff_compiler.frontend.source import Source
from autodiff_compiler.frontend.values import Cell, Counted, Listed, Lowered, Reference
from autodiff_compiler.frontend.watched import Watched
from autodiff_compiler.ir.nodes import IDENTITY, Atom, Const, Var
from autodiff_compiler.ir.types import BOOL, Scalar, is_bool, is_integer, rank_of
from autodiff_compiler.location import Location

CONDITIONS = "autodiff_compiler.frontend.domains"  # the module of conditions, which raise nothing
COMPOSED = "autodiff_compiler.composed."
Item = TypeVar("Item")
STAND_INS = (  # the modules whose functions stand for others: what happens in them happens at the call
    "autodiff_compiler.frontend.stand_ins", "autodiff_compiler.frontend.index_tricks", CONDITIONS, COMPOSED,
)  # fmt: skip


class NeedsStatic(Exception):
    """Leaves of parameters, and globals, whose values, not only their types, the program depends on."""

    def __init__(self, positions: frozenset[int], paths: frozenset[str]) -> None:
        super().__init__(positions, paths)
        self.positions = positions
        self.paths = paths


class NeedsGrowing(Exception):
    """The length of a list made at `site` is only known when the program runs; its items are of `item`."""

    def __init__(self, site: object, item: Kind) -> None:
        super().__init__(site, item)
        self.site = site
        self.item = item


class Again(Exception):
    """The lowering has found out about a list what it must know from the start; the context keeps it."""


def _not_set_up(*_: object) -> Lowered:
    raise AssertionError("set up by lower_function")


class NeedsUnrolling(Exception):
    """A loop changes what no carry can hold, for the reason given: its body has to be written out."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass
class Context:
    """Shared state of one lowering."""

    static_globals: frozenset[str] = frozenset()
    positions: dict[Var, int] = field(default_factory=dict)  # parameter variable -> number of the leaf
    references: dict[str, GlobalReference] = field(default_factory=dict)
    global_vars: dict[str, Var] = field(default_factory=dict)
    outside: dict[Cell, Outside] = field(
        default_factory=dict
    )  # lists, dicts and objects that outlive the call
    outside_cells: dict[str, Cell] = field(default_factory=dict)
    owners: dict[str, list[object]] = field(default_factory=dict)  # path -> what holds globals of that path
    sources: dict[str, Source] = field(default_factory=dict)  # every function involved, for the cache key
    surfaces: dict[str, gast.FunctionDef] = field(default_factory=dict)  # desugared, by place in the source
    unwritable: dict[Var, str] = field(
        default_factory=dict
    )  # arrays that must not be written to, as copies where NumPy gives a view, or may: why
    ordered: set[Var] = field(default_factory=set)  # with gaps, and their axes in C's order
    copied: dict[Var, Var] = field(default_factory=dict)  # of what such arrays are copies, element by element
    growing: dict[object, Kind] = field(default_factory=dict)  # lists of unknown length: site -> kind of item
    tables: dict[object, int] = field(
        default_factory=dict
    )  # sites of dicts whose keys the program computes: of how many integers each consists, or 0
    lessons: frozenset[tuple[object, ...]] = frozenset()  # what has turned out while the function ran
    printed: bool = False  # whether the program prints
    rewritten: set[object] = field(default_factory=set)  # sites of such lists whose items are replaced
    shared: dict[object, str] = field(default_factory=dict)  # sites of such lists that share objects: why
    replaced: set[tuple[object, int]] = field(
        default_factory=set
    )  # sites of list arguments, and which of their arrays hold what is replaced by new values
    changed_items: dict[tuple[object, ...], None] = field(
        default_factory=dict
    )  # paths of what is assigned in list arguments
    apart: dict[object, int] = field(
        default_factory=dict
    )  # branches and loops that leave references to one of several objects; 2: also to new ones
    # numbers that are arrays without axes in NumPy, and which of these each may be (zero_axes)
    without_axes: dict[Var, frozenset[Var]] = field(default_factory=dict)
    exact: dict[Var, Atom] = field(default_factory=dict)  # arrays of lists that are as long as the list
    natural: set[Var] = field(default_factory=set)  # integers that are never negative
    item_views: dict[Var, tuple[Cell, int, Var]] = field(
        default_factory=dict
    )  # of which list, of which of its arrays
    row_positions: dict[Var, Atom] = field(default_factory=dict)  # of these, where they are whole items
    rows: dict[Var, tuple[Cell, int]] = field(default_factory=dict)  # also those that are copies
    key_places: dict[Var, tuple[Var, Atom]] = field(
        default_factory=dict
    )  # codes of keys: of which dict's keys, and at which position
    held_in: dict[Cell, tuple[Cell, int]] = field(
        default_factory=dict
    )  # lists that have been put into another list: into which, and its array with their items
    appending: set[Location] = field(default_factory=set)  # where an array is copied into a list
    run_over: set[gast.AST] = field(default_factory=set)  # parts of lists that only a loop sees
    item_writes: set[Var] = field(default_factory=set)  # items of lists, or parts, changed in place
    counters: dict[Var, frozenset[object]] = field(default_factory=dict)  # of loops that could be unrolled
    unrolled: set[object] = field(default_factory=set)  # loops whose counter must be known
    origins: dict[Var, frozenset[int | str]] = field(
        default_factory=dict
    )  # of integers and truths that parameters and globals alone decide: leaves by number, paths
    undecided: set[int | str] = field(default_factory=set)  # origins of what decides the form of a value
    loops: dict[object, object] = field(default_factory=dict)  # what earlier attempts at a loop have found
    units: Any = None  # the functions of the program that are not inlined: a `Units`
    inner_surfaces: dict[object, gast.AST] = field(default_factory=dict)  # of inner functions and loops
    touched: set[Cell] = field(default_factory=set)  # lists, dicts and objects that were read or changed
    negations: dict[Var, Atom] = field(default_factory=dict)  # truth values that are `not` another one
    later: list[Callable[..., None]] = field(default_factory=list)  # checks, given all functions by name
    checked: set[tuple[Location, type[BaseException]]] = field(
        default_factory=set
    )  # operations whose exceptions of this class are raised by tests
    exceptions: list[Any] = field(default_factory=list)  # those that handlers catch, by number from 1
    offences: dict[tuple[str, int, int], DifferentiationError] = field(default_factory=dict)  # by place
    rounded: set[Var] = field(default_factory=set)  # floats that rounding has made
    round_trips: set[Var] = field(default_factory=set)  # what `float(int(x))` has made
    numpy_truths: set[Var] = field(default_factory=set)  # truth values that are NumPy's, not Python's
    owned: list[Cell] = field(default_factory=list)  # objects of the caller's, which outlive the call
    changes: dict[tuple[Cell, object], None] = field(default_factory=dict)  # what is assigned anywhere
    watched: Watched = field(default_factory=Watched)  # code that must stay what it is
    prints: bool = False  # whether `print` prints: in primals
    derived: bool = True  # whether the function is going to be differentiated
    forward: bool = False  # whether that is in forward mode
    rules: dict[object, Any] = field(default_factory=dict)  # functions with the derivatives of externals
    inline: Callable[..., Lowered] = field(default=_not_set_up)
    lower_alone: Callable[..., Any] = field(default=_not_set_up)
    call: Callable[..., Lowered] = field(default=_not_set_up)
    attribute: Callable[..., Lowered] = field(default=_not_set_up)
    distribute: Callable[..., Lowered] = field(default=_not_set_up)
    lower_block: Callable[..., Lowered | None] = field(default=_not_set_up)
    lower_expression: Callable[..., Lowered] = field(default=_not_set_up)
    lower_for: Callable[..., object] = field(default=_not_set_up)
    assign: Callable[..., object] = field(default=_not_set_up)
    equal: Callable[..., Lowered] = field(default=_not_set_up)
    call_method: Callable[..., Lowered] = field(default=_not_set_up)
    listed: Callable[..., Lowered] = field(default=_not_set_up)
    item_by_item: Callable[..., Listed | Counted | None] = field(default=lambda *_: None)
    reads_of_generator: Callable[..., Iterable[tuple[str, Lowered | None]]] = field(default=lambda *_: ())

    def note_offences(self, errors: Sequence[DifferentiationError]) -> None:
        """What is outside the language in a function that is called: refused where it is reached."""
        for error in errors:
            if error.location is not None:
                place = error.location
                self.offences.setdefault((place.filename, place.line, place.column), error)

    def global_value(self, path: str, owner: object, value: object, read: Callable[[], object]) -> Lowered:
        """A value from outside the function: the numbers and arrays in it become hidden parameters.

        `owner` is where it is kept (a namespace, a cell, an object): paths of different owners may be alike.
        """
        return from_outside(self, self._labelled(path, owner), value, read)

    def watch(self) -> None:
        """Let the program hold only while all code that it was made from stays the same."""
        if self.watched.functions or self.watched.lookups:
            read = self.watched.read
            self.references[" code"] = GlobalReference(" code", Static(read()), read)

    def tell_apart(self, *values: Lowered) -> None:
        """Note that the program takes these for different objects, which the call then makes sure of."""
        for value in values:
            if isinstance(value, Reference):
                self.changes[value.cell, IDENTITY] = None

    def _labelled(self, path: str, owner: object) -> str:
        """The path, with a number where another owner has one that is spelled alike."""
        owners = self.owners.setdefault(path, [])
        number = next((k for k, known in enumerate(owners) if known is owner), len(owners))
        if number == len(owners):
            owners.append(owner)
        stem, _, name = path.rpartition(".")
        return f"{stem}#{number + 1}.{name}" if number else path

    def same_memory(self, made: Var, source: Var) -> Var:
        """The array `made`, to which applies what is known of the one whose memory it shares."""
        if source in self.unwritable:
            self.unwritable[made] = self.unwritable[source]
        if source in self.copied:
            self.copied[made] = self.copied[source]
        if source in self.item_views:
            self.item_views[made] = self.item_views[source]
        return made

    def same_value(self, made: Var, source: Var) -> Var:
        """The variable `made`, to which applies what is known of the one that it is another name of."""
        if made is source:
            return made
        for known in (self.counters, self.origins, self.negations, self.exact, self.without_axes):
            if source in known:
                known[made] = known[source]  # type: ignore[assignment]  # each with its like
        for kind in (self.natural, self.rounded, self.round_trips, self.numpy_truths):
            if source in kind:
                kind.add(made)
        return self.same_memory(made, source)

    def one_of(self, made: Var, sources: Collection[object]) -> Var:
        """The variable `made`, which is one of these: an array without axes, if one of them is that."""
        which = [
            self.without_axes[item] for item in sources if isinstance(item, Var) and item in self.without_axes
        ]
        if which:
            self.without_axes[made] = frozenset().union(*which)
        if all(map(self.is_numpy_truth, sources)):
            self.numpy_truths.add(made)
        return made

    def of_numpy(self, value: Item) -> Item:
        """The value; if it is a truth value, it is noted as one of NumPy's."""
        if isinstance(value, Const) and value.type == BOOL:
            return replace(value, value=np.bool_(value.value))  # type: ignore[arg-type]  # see `literal`
        if isinstance(value, Var) and value.type == BOOL:
            self.numpy_truths.add(value)
        return value

    def is_numpy_truth(self, value: object) -> bool:
        """Whether this is surely a truth value of NumPy, which adds up differently from Python's."""
        if isinstance(value, Const):
            return isinstance(value.value, np.bool_)
        return value in self.numpy_truths

    def number_of(self, exception: Any) -> int:
        """The number of an exception that is caught; the same for the same `raise` in the same call."""
        for number, known in enumerate(self.exceptions, 1):
            if (known.at, known.cls) == (exception.at, exception.cls):
                self.exceptions[number - 1] = exception
                return number
        self.exceptions.append(exception)
        return len(self.exceptions)

    def again(self, known: Context) -> None:
        """Start anew with what another attempt has found out about lists."""
        self.surfaces, self.sources = known.surfaces, known.sources
        self.inner_surfaces = known.inner_surfaces
        self.growing, self.rewritten, self.shared = known.growing, known.rewritten, known.shared
        self.unrolled, self.replaced, self.apart = known.unrolled, known.replaced, known.apart
        self.undecided, self.tables = known.undecided, known.tables

    def keep_apart(self, joins: Iterable[object]) -> None:
        """Ask for references that mean one of several objects, where these branches and loops end."""
        fewer = [join for join in joins if self.apart.get(join, 0) < 2]
        for join in fewer:
            self.apart[join] = self.apart.get(join, 0) + 1
        if fewer:
            raise Again

    def need_unrolled(self, value: Lowered) -> None:
        """Ask for loops of few iterations to be unrolled, if this is computed from their counters."""
        if isinstance(value, Var) and value in self.counters:
            self.unrolled |= self.counters[value]
            raise Again

    def need_static(self, value: Lowered) -> None:
        """Ask for a compilation in which this parameter, global or counter is known, if it is a number."""
        self.need_unrolled(value)
        if isinstance(value, Var) and rank_of(value.type) > 0:
            return
        if isinstance(value, Var) and value in self.positions:
            raise NeedsStatic(frozenset({self.positions[value]}), frozenset())
        for path, variable in self.global_vars.items():
            if variable is value:
                raise NeedsStatic(frozenset(), frozenset({path}))
        if isinstance(value, Var):
            self._ask(self.origins.get(value, frozenset()))

    def _ask(self, origins: Set[int | str]) -> None:
        """Ask for a compilation in which these parameters and globals are known, if there are any."""
        if origins:
            positions = frozenset(item for item in origins if isinstance(item, int))
            raise NeedsStatic(positions, frozenset(item for item in origins if isinstance(item, str)))

    def origins_of(self, atom: Atom) -> frozenset[int | str] | None:
        """The integer parameters and globals that alone decide an integer or truth; None where more do."""
        if isinstance(atom, Const):
            return frozenset()
        if not isinstance(atom.type, Scalar) or not (is_integer(atom.type) or is_bool(atom.type)):
            return None
        if atom in self.positions:
            return frozenset({self.positions[atom]})
        path = next((path for path, variable in self.global_vars.items() if variable is atom), None)
        return self.origins.get(atom) if path is None else frozenset({path})

    def derive(self, made: Var, operands: Iterable[Atom]) -> None:
        """Note of which counters a number is that has these operands, and what alone decides it."""
        operands = tuple(operands)
        for operand in operands:
            if isinstance(operand, Var) and operand in self.counters:
                self.counters[made] = self.counters.get(made, frozenset()) | self.counters[operand]
        found: frozenset[int | str] = frozenset()
        for operand in operands:
            origins = self.origins_of(operand)
            if origins is None:
                return
            found |= origins
        if found:
            self.origins[made] = found

    def leave_undecided(self, atom: Atom) -> None:
        """Note that the form of a value depends on this number: if that is refused, it may be made known."""
        self.undecided |= self.origins_of(atom) or frozenset()

    def decide(self) -> None:
        """Before a refusal: ask for a compilation in which what was left undecided is known."""
        self._ask(self.undecided)


def stands_in(function: FunctionType) -> bool:
    """Whether this is a function of ours that is followed in place of one without Python source."""
    return (function.__module__ or "").startswith(STAND_INS)  # text run by `exec` may have no module


@dataclass(frozen=True, slots=True)
class Caught:
    """The exception in a handler: its name, the variable that holds its number, which numbers it may be."""

    name: str
    code: Atom
    codes: tuple[int, ...]


@dataclass
class Frame:
    """One function being lowered: its source, and the call that led to it."""

    context: Context
    source: Source
    caller: Location | None = None
    functions: tuple[object, ...] = ()  # what is being inlined, outermost first
    generated: frozenset[str] = frozenset()  # names made by desugaring
    local: frozenset[str] = frozenset()  # names that the function assigns
    cells: dict[str, Cell] = field(default_factory=dict)  # variables shared with inner or outer functions
    raised: str = ""  # the variable that holds the number of an exception on its way to a handler
    handlers: tuple[
        tuple[type[BaseException], ...], ...
    ] = ()  # what each `try` around catches, outermost first
    caught: tuple[Caught, ...] = ()  # the exceptions of the handlers around, innermost last
    given: tuple[Cell, ...] = ()  # objects that a function that is not inlined got from its caller
    calls: tuple[object, ...] = ()  # the calls that led here, outermost first: tells frames apart
    shown: tuple[Any, ...] = ()  # the arrays that the user's call of a stand-in gives it: each a `Shown`

    def at(self, node: gast.AST) -> Location:
        """Where a node stands in the user's file; that of a stand-in is where it is called."""
        if self.caller is not None and stands_in(self.source.function):
            return self.caller
        return self.source.location(node, self.caller)

    def check(self, node: gast.AST) -> None:
        """Refuse a statement or expression that is outside the language."""
        if self.context.offences:
            at = self.at(node)
            error = self.context.offences.get((at.filename, at.line, at.column))
            if error is not None:
                raise type(error)(error.reason, suggestion=error.suggestion, location=at)

    def refuse(
        self, error: type[DifferentiationError], node: gast.AST, reason: str, suggestion: str = ""
    ) -> NoReturn:
        """Raise a located error; in a stand-in it says what arrays that was called with."""
        if self.shown and issubclass(error, (ShapeMismatch, TypeMismatch, IndexOutOfBounds)):
            reason += f"\nwhere {self.at(node).given}"
        raise error(reason, suggestion=suggestion, location=self.at(node))
