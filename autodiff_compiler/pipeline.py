"""The one list of stages: from a Python function and the kinds of its arguments to compiled callables."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import gast

from autodiff_compiler import config
from autodiff_compiler.analysis.arguments import check_arguments
from autodiff_compiler.analysis.lost_derivatives import lost_derivatives
from autodiff_compiler.analysis.summaries import without_rules
from autodiff_compiler.check_passes import Checker
from autodiff_compiler.differentiate.differential import differential_functions
from autodiff_compiler.differentiate.gradient import Derived, gradient_function, pullback_functions
from autodiff_compiler.differentiate.prepare import written_parameters
from autodiff_compiler.emit.load import load
from autodiff_compiler.emit.module import module_source
from autodiff_compiler.emit.print_source import print_source
from autodiff_compiler.emit.to_python import Emitted, GuardText, to_python
from autodiff_compiler.errors import DifferentiationError, NotDifferentiable, raise_all
from autodiff_compiler.explain import explain
from autodiff_compiler.frontend.check_names import check_names
from autodiff_compiler.frontend.check_syntax import check_syntax
from autodiff_compiler.frontend.context import NeedsStatic
from autodiff_compiler.frontend.kinds import Kind, leaves
from autodiff_compiler.frontend.lower import Lowering, lower_function
from autodiff_compiler.frontend.make_room import DIFFERENT
from autodiff_compiler.frontend.outside import GlobalReference
from autodiff_compiler.frontend.source import read_source, signature_of
from autodiff_compiler.ir.nodes import Function, Level, Rebound, Structure, Var
from autodiff_compiler.ir.types import GENERATOR, Scalar, Type, is_float
from autodiff_compiler.linked import Linked
from autodiff_compiler.loops.block_loops import block_loops
from autodiff_compiler.loops.expand_operators import expand_operators
from autodiff_compiler.loops.fill_by_rows import fill_by_rows
from autodiff_compiler.loops.filling_loops import filling_loops
from autodiff_compiler.loops.fuse_nests import fuse_nests
from autodiff_compiler.loops.guard_indices import guard_indices
from autodiff_compiler.loops.share_outer_loops import share_outer_loops
from autodiff_compiler.loops.split_accumulations import split_accumulations
from autodiff_compiler.loops.split_products import split_products
from autodiff_compiler.loops.split_stencils import split_stencils
from autodiff_compiler.loops.turn_nests import turn_nests
from autodiff_compiler.loops.update_in_place import update_in_place
from autodiff_compiler.optimise.closed_forms import closed_forms
from autodiff_compiler.optimise.hoist_invariants import hoist_invariants
from autodiff_compiler.optimise.read_through_views import read_through_views
from autodiff_compiler.optimise.remove_dead_code import remove_dead_code
from autodiff_compiler.optimise.share_expressions import share_expressions
from autodiff_compiler.optimise.share_lengths import share_lengths
from autodiff_compiler.optimise.simplify import simplify

Pass = Callable[[Function], Function]

# What happens before differentiation, ...
TYPED_PASSES: tuple[Pass, ...] = (
    simplify, share_lengths, hoist_invariants, closed_forms, share_expressions, remove_dead_code,
)  # fmt: skip
LOOP_PASSES: tuple[Pass, ...] = (
    expand_operators, simplify, hoist_invariants, share_expressions, filling_loops, fuse_nests,
    remove_dead_code, guard_indices,
)  # fmt: skip
PRIMAL_PASSES: tuple[Pass, ...] = (hoist_invariants, remove_dead_code, split_products)
# Once all is fused: nests over the same rows get one outer loop, and what that brings together is fused.
ROW_PASSES: tuple[Pass, ...] = (
    fuse_nests, hoist_invariants, simplify, share_expressions, remove_dead_code, split_products,
)  # fmt: skip
# ... and what happens after it.
DERIVED_PASSES: tuple[Pass, ...] = (
    simplify, share_expressions, remove_dead_code, fuse_nests, hoist_invariants, simplify, share_expressions,
    remove_dead_code, split_products, turn_nests,
)  # fmt: skip


# What is read through views is read from the arrays behind them, last of all: until then a view is one thing.
# Then neighbours that a nest adds to are known as such.
VIEW_PASSES: tuple[Pass, ...] = (
    read_through_views, share_expressions, remove_dead_code, update_in_place, block_loops, remove_dead_code,
    split_stencils, fill_by_rows,
)  # fmt: skip


Line = tuple[str, int]  # of a file; as a lesson: it puts lists of different lengths into one
Lesson = tuple[object, ...]  # such a line, or what a guard says of slices and lengths (ir/nodes.py)


@dataclass(frozen=True)
class Request:
    """What is to be compiled: a plain function for kinds of arguments, and which derivative of it."""

    function: Callable[..., Any]  # a plain one, as `target_of` finds it
    kinds: tuple[Kind, ...]  # one per parameter, in the order of the signature
    wrt: tuple[int, ...] = ()  # the leaves differentiated, by number; empty for the primal
    mode: str = "primal"  # "primal" | "gradient" | "value_with_gradient" | "pullback" | "differential"
    lessons: frozenset[Lesson] = frozenset()  # what calls have taught, whose guards failed


@dataclass(frozen=True)
class PullbackCalls:
    """forward(*arguments) -> results and tape; reverse(*tape, *seeds) -> cotangents."""

    forward: Callable[..., Any]
    reverse: Callable[..., Any]
    yield_count: int


@dataclass(frozen=True)
class DifferentialCalls:
    """value(*arguments) -> results; moved(*arguments, *tangents) -> tangents of the float results."""

    value: Callable[..., Any]
    moved: Callable[..., Any]


@dataclass(frozen=True)
class Program:
    """A compiled request, and everything a person may want to see of it."""

    request: Request
    source: str
    stages: dict[str, str]
    explained: Callable[[], str]  # worked out when it is asked for
    needs_static: frozenset[int]  # leaves, by number
    globals: tuple[GlobalReference, ...]
    structure: Structure
    result_types: tuple[Type, ...]
    mutated: frozenset[int]  # the leaves whose memory is written
    independent: bool
    zero_message: str
    guards: tuple[GuardText, ...]
    calls: Any
    rebound: tuple[tuple[object, ...], ...] = ()  # paths of what is assigned in the caller's objects
    written_back: tuple[Rebound, ...] = ()  # of that, what a primal returns after its own results
    lost: tuple[str, ...] = ()  # warnings about derivatives that are lost on the way
    printed: bool = False  # whether it prints

    def uneven_lines(self) -> frozenset[Line]:
        """The lines that put lists into a list, where the program needs them to have one length."""
        places = (guard.at for guard in self.guards if guard.message == DIFFERENT)
        return frozenset((at.filename, at.line) for at in places if at is not None)

    def can_run_again(self) -> bool:
        """Whether it leaves nothing behind where it stops half-way."""
        leaves_ = [leaf for kind in self.request.kinds for leaf in leaves(kind)]
        changes = self.request.mode == "primal" and (self.mutated or self.written_back or self.printed)
        return not changes and GENERATOR not in leaves_


def check_definition(function: Callable[..., Any], mode: str = "primal") -> None:
    """Raise all that can be found wrong with a function before it is called; a primal may return nothing.

    What the functions that it calls contain is refused where it is reached: not all of it need be.
    """
    source = read_source(function)
    own = [error for error in check_names(source) if error.location is None or error.location.caller is None]
    raise_all([*check_syntax(source, procedure=mode == "primal"), *own])


def compile_request(request: Request) -> Program:
    """Compile; raises DifferentiationError, or NeedsStatic where the value of a parameter must be known."""
    paths: frozenset[str] = frozenset()
    while True:
        try:
            return _Compilation(request).run(paths)
        except NeedsStatic as needed:
            if needed.positions:
                raise
            paths |= needed.paths


@dataclass
class _Compilation:
    request: Request
    stages: dict[str, str] = field(default_factory=dict)
    checker: Checker = field(default_factory=Checker)
    lost: tuple[str, ...] = ()

    def run(self, static_globals: frozenset[str]) -> Program:
        request = self.request
        lowering = self._lower(static_globals)
        self.lost = self._lost(lowering)
        self._stage("surface", print_source(lowering.tree))
        typed = self._rewritten(Linked((lowering.function,), lowering.units), TYPED_PASSES)
        self._stage("typed", typed.shown())
        loops = self._rewritten(typed, LOOP_PASSES)
        self._stage("loops", loops.shown())
        for function in loops.all():
            check_arguments(function)
        (entry,) = loops.entries
        derived = self._derive(loops, lowering)
        if derived:
            linked = Linked(derived.functions, derived.callees).mapped(without_rules).renewed()
            self._stage("derived", linked.shown())
            returned = 0 if request.mode == "gradient" else len(entry.body.yields)
            self.checker.callees = {**loops.callees, **linked.callees}
            self.checker.derived(entry, linked.entries[0], request.mode, returned)
            linked = self._rewritten(linked, DERIVED_PASSES)
        else:
            linked = self._rewritten(loops, PRIMAL_PASSES)
        linked = linked.mapped(self._by_rows).renewed()
        fused = linked
        if derived:
            linked = linked.mapped(lambda function: self._plan(function, derived.unordered))
        linked = linked.mapped(lambda function: self._passes(function, VIEW_PASSES))
        told = [replace(old, notes=new.notes) for old, new in zip(fused.all(), linked.all(), strict=True)]
        explained = partial(explain, lowering.sources, typed.all(), derived, told)
        self._stage("planned", linked.shown())
        emitted, inner = _emitted(linked)
        source = self._source([item.definition for item in (*inner, *emitted)])
        self._stage("source", source)
        return self._program(lowering, entry, derived, (emitted, inner), source, explained)

    # ------------------------------------------------------------ stages

    def _lower(self, static_globals: frozenset[str]) -> Lowering:
        """The typed function; where it is refused, all else that is wrong is said along with it."""
        request = self.request
        primal = request.mode == "primal"
        raise_all(check_syntax(read_source(request.function), procedure=primal))
        try:
            forward = request.mode == "differential"
            return lower_function(
                request.function, request.kinds, static_globals, primal, forward, request.lessons
            )
        except DifferentiationError as error:
            found = check_names(read_source(request.function))
            if any(other.location == error.location for other in found):
                raise_all(found)
            raise

    def _rewritten(self, linked: Linked, passes: Sequence[Pass]) -> Linked:
        self.checker.callees = linked.callees
        return linked.mapped(lambda function: self._passes(function, passes)).renewed()

    def _passes(self, function: Function, passes: Sequence[Pass]) -> Function:
        self.checker.accept(function, "lowering")
        for rewrite in passes:
            function = self.checker.keep(function, rewrite(function), rewrite.__name__)
        return function

    def _by_rows(self, function: Function) -> Function:
        shared = self.checker.keep(function, share_outer_loops(function), "share_outer_loops")
        return function if shared is function else self._passes(shared, ROW_PASSES)

    def _stage(self, name: str, text: str) -> None:
        self.stages[name] = text
        dump = config.current().dump
        if name in dump or "all" in dump:
            print(f"# ---- {name}: {self.request.function.__qualname__}\n{text}\n", file=sys.stderr)

    def _lost(self, lowering: Lowering) -> tuple[str, ...]:
        """What is to be said about numbers that lose their derivative; `float(int(x))` is refused."""
        chosen = [lowering.parameters[position] for position in self.request.wrt]
        variables = [variable for variable in chosen if variable is not None]
        messages: dict[str, None] = {}
        for lost in lost_derivatives(lowering.function, variables, lowering.rounded, lowering.units):
            if lost.variable in lowering.round_trips:
                raise NotDifferentiable(
                    "a number that the result depends on goes through an integer and back: its slope is zero",
                    suggestion="x itself, or x - int(x) for the fraction; int(x) alone counts and indexes",
                    location=lost.at,
                )
            where = f"{lost.at}: {lost.at.text.strip()}\n" if lost.at is not None else ""
            messages[f"{where}the derivative is lost: a number of the result comes from {lost.through}"] = (
                None
            )
        return tuple(messages)

    def _derive(self, linked: Linked, lowering: Lowering) -> Derived | None:
        if self.request.mode == "primal":
            return None
        wrt = [lowering.parameters[position] for position in self.request.wrt]
        chosen = [variable for variable in wrt if variable is not None]
        (loops,) = linked.entries
        if self.request.mode == "pullback":
            return pullback_functions(loops, chosen, linked.callees)
        if self.request.mode == "differential":
            return differential_functions(loops, chosen, linked.callees)
        if not _is_scalar_float(loops):
            return None  # the caller says so, with the accepted spelling
        with_value = self.request.mode == "value_with_gradient"
        return gradient_function(loops, chosen, linked.callees, with_value=with_value)

    def _plan(self, function: Function, unordered: frozenset[Var]) -> Function:
        split = split_accumulations(function, unordered)
        function = self.checker.keep(function, split, "split_accumulations")
        self.checker.always(function, "differentiation")
        return replace(function, level=Level.PLANNED)

    def _source(self, definitions: Sequence[gast.FunctionDef]) -> str:
        function = self.request.function
        kinds = ", ".join(str(kind) for kind in self.request.kinds)
        header = f"{self.request.mode} of {function.__qualname__} ({function.__module__})\narguments: {kinds}"
        return module_source(definitions, header)

    # ------------------------------------------------------------ the result

    def _program(
        self, lowering: Lowering, loops: Function, derived: Derived | None,
        parts: tuple[Sequence[Emitted], Sequence[Emitted]], source: str, explained: Callable[[], str],
    ) -> Program:  # fmt: skip
        request = self.request
        emitted, inner = parts
        key = "\n".join((repr(request.mode), *("".join(item.lines) for item in lowering.sources)))
        names = [item.definition.name for item in emitted]
        loaded = load(source, names, key, config.current().jit)
        calls: Any = loaded[names[0]]
        count = len(loops.body.yields)
        if request.mode == "pullback":
            calls = PullbackCalls(loaded[names[0]], loaded[names[1]], count)
        if request.mode == "differential":
            calls = DifferentialCalls(loaded[names[0]], loaded[names[1]])
        positions = {variable: k for k, variable in enumerate(lowering.parameters) if variable is not None}
        mutated = frozenset(positions[v] for v in written_parameters(loops) if v in positions)
        return Program(
            request, source, self.stages, explained, frozenset(),
            lowering.globals, loops.structure, _result_types(lowering.function, loops), mutated,
            bool(derived and derived.independent), self._zero_message(),
            tuple(guard for item in (*inner, *emitted) for guard in item.guards), calls,
            lowering.rebound, lowering.written_back, self.lost, lowering.printed,
        )  # fmt: skip

    def _zero_message(self) -> str:
        names = self._chosen_parameters()
        listed = ", ".join(f"`{name}`" for name in names)
        result = f"the result of {self.request.function.__qualname__}"
        return f"{result} does not depend on {listed}: the derivative is zero"

    def _chosen_parameters(self) -> list[str]:
        names = signature_of(self.request.function).parameters
        of_leaf = [name for name, kind in zip(names, self.request.kinds, strict=True) for _ in leaves(kind)]
        return list(dict.fromkeys(of_leaf[leaf] for leaf in self.request.wrt))


def _emitted(linked: Linked) -> tuple[list[Emitted], list[Emitted]]:
    """The entries and the functions that they call, as Python; guards are numbered through, callees first."""
    names = [function.name for function in linked.all()]
    found: list[Emitted] = []
    for function in (*linked.callees.values(), *linked.entries):
        guarded = sum(len(item.guards) for item in found)
        inner = function.name in linked.callees
        found.append(to_python(function, taken=names, guarded=guarded, inner=inner))
    return found[len(linked.callees) :], found[: len(linked.callees)]


def _result_types(written: Function, rewritten: Function) -> tuple[Type, ...]:
    """The types of the results; whether numbers are Python's or NumPy's is as the function was written."""
    pairs = zip(written.body.yields, rewritten.body.yields, strict=True)
    return tuple([one.type if isinstance(one.type, Scalar) else other.type for one, other in pairs])


def _is_scalar_float(function: Function) -> bool:
    yields = function.body.yields
    return function.structure == 0 and isinstance(yields[0].type, Scalar) and is_float(yields[0].type)


__all__ = [
    "DifferentialCalls",
    "NeedsStatic",
    "Program",
    "PullbackCalls",
    "Request",
    "check_definition",
    "compile_request",
]
