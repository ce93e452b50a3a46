"""Functions that are not inlined: those that call themselves, and large ones that are called again.

A *unit* is a function of the program, made for the kinds of its arguments: the numbers and arrays in them, by
type, and everything else by value. It takes and returns numbers and arrays only; structures are taken apart
at the call (unit_arguments.py), and what it leaves in the caller's objects comes back with the result
(unit_results.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NoReturn

import gast

from autodiff_compiler.analysis.summaries import called, opaque, reachable, summarise
from autodiff_compiler.errors import DifferentiationError, UnsupportedSyntax
from autodiff_compiler.frontend.check_appended import check_appended
from autodiff_compiler.frontend.context import Frame
from autodiff_compiler.frontend.forms import need_growing
from autodiff_compiler.frontend.make_room import make_room
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.unit_arguments import Arguments, Inside
from autodiff_compiler.frontend.unit_results import Outcome, Reader, Receiver
from autodiff_compiler.frontend.unknown import ResultUnknown
from autodiff_compiler.frontend.unreachable import Unreachable
from autodiff_compiler.frontend.values import Cell, Contents, Lowered
from autodiff_compiler.ir.build import Builder
from autodiff_compiler.ir.nodes import Atom, Block, Call, Function, Level, Var
from autodiff_compiler.ir.walk import statements
from autodiff_compiler.location import Location

LARGE = 200  # statements from which a function that is called again is not inlined again
SMALL = 50  # the same once MOST statements have been inlined
MOST = 2_000
DEEP = 12  # calls inlined in each other, from which nothing more is inlined
KINDS = 20  # of arguments that one recursive function may be called with
FORMS = 300  # where they are objects, as the nodes of a tree of known form

Values = dict[str, Lowered]
LowerBody = Callable[[Builder, Values, Inside], tuple[Scope, Lowered]]


@dataclass(eq=False)
class Unit:
    """A function of the program, finished or in the making."""

    name: str
    code: object
    at: Location
    parameters: tuple[Var, ...]
    cells: dict[Cell, int]  # the objects that it is given, by number
    heap: dict[Cell, Contents]  # and what they hold at first
    outcome: Outcome | None = None  # what it gives back, as far as it is known
    function: Function | None = None  # where it is finished
    recursive: bool = False  # called while in the making
    plain: bool | None = None  # only reads its arguments, so that they may overlap; None: not known yet


@dataclass
class Units:
    """The units of one program, by function and kinds of arguments; and what has been inlined so far."""

    known: dict[object, Unit] = field(default_factory=dict)
    sizes: dict[object, int] = field(default_factory=dict)  # code -> statements that inlining it has made
    total: int = 0
    names: set[str] = field(default_factory=set)

    def inlined(self, code: object, made: int) -> None:
        """Note how many statements a function has become."""
        self.sizes[code] = made
        self.total += made

    def limit(self) -> int:
        """How many statements a function may become that is inlined again."""
        return LARGE if self.total <= MOST else SMALL

    def large(self, code: object) -> bool:
        """Whether a function that has been inlined should not be inlined once more."""
        return self.sizes.get(code, 0) > self.limit()


def caught_classes(frame: Frame) -> tuple[type[BaseException], ...]:
    """The classes of exceptions that some `try` around has a handler for."""
    return tuple(dict.fromkeys(cls for group in frame.handlers for cls in group))


@dataclass(frozen=True)
class Target:
    """A function that is called as a unit, and how its body is lowered for other values."""

    name: str
    code: object
    lower: LowerBody


def call_unit(
    scope: Scope, node: gast.AST, target: Target, values: Values, *, needed: bool
) -> tuple[Lowered, Atom] | None:
    """The result of a call that is not inlined, and the exception on its way after it (0: none).

    None if the call has to be inlined, which is an error where it is `needed`. `values` are what the
    parameters are bound to. What can change is only passed where it is needed.
    """
    failed: list[DifferentiationError] = []
    for integers in (False, True):  # whole numbers that are constants are arguments, unless that cannot be
        taken = Arguments(scope, node, integers=integers, objects=needed)
        try:
            parts = tuple(taken.key(name, value) for name, value in values.items())
            unit = _unit(
                (target.code, frozenset(caught_classes(scope.frame)), parts),
                scope,
                node,
                target,
                values,
                taken,
            )
            if not needed and (_is_small(scope, unit) or not _is_plain(scope, unit)):
                return None
            return _called(scope, node, unit, taken)
        except DifferentiationError as error:
            failed.append(error)
            if not taken.constants:
                break
    if needed:
        raise failed[0]
    return None


def _is_small(scope: Scope, unit: Unit) -> bool:
    """Whether the unit is small because what it calls is not inlined in it: then it may be inlined."""
    if unit.function is None:
        return False
    units, size = scope.frame.context.units, count(unit.function.body)
    if size <= units.limit():
        units.sizes[unit.code] = size
    return bool(size <= units.limit())


def count(block: Block) -> int:
    """The number of statements in a block, at any depth."""
    return sum(1 for _ in statements(block))


def _is_plain(scope: Scope, unit: Unit) -> bool:
    """Whether the unit only reads its arguments, so that they may overlap."""
    if unit.plain is None and unit.function is not None:
        functions = made(scope.frame.context.units)
        if any(name not in functions for name in called(unit.function)):
            return True  # part of a recursion
        summary = summarise(reachable(functions, unit.function) | {unit.name: unit.function})[unit.name]
        unit.plain = not any(how in ("add", "write") for how in summary.access) and not any(summary.sources)
    return unit.plain is not False


# ---------------------------------------------------------------- lowering a unit


def _unit(
    key: object, scope: Scope, node: gast.AST, target: Target, values: Values, taken: Arguments
) -> Unit:
    """The unit of this key, lowered if it is new; in the making if this is a recursive call of it."""
    units = scope.frame.context.units
    if key in units.known:
        unit: Unit = units.known[key]
        unit.recursive = unit.recursive or unit.function is None
        return unit
    same = [unit for unit in units.known.values() if unit.code is target.code]
    if len(same) >= (KINDS if not taken.cells else FORMS):
        _refuse_kinds(scope, node, target)
    _grow_lists(scope, node, [unit for unit in same if unit.function is None], taken)
    values, inside = taken.inside(values)
    name = free_name(units, target.name)
    unit = Unit(
        name, target.code, scope.frame.at(node), tuple(inside.parameters), taken.cells, dict(inside.heap)
    )
    units.known[key] = unit
    try:
        _lower(units, unit, lambda builder: target.lower(builder, values, inside), scope, node)
    except BaseException as error:
        for later in list(units.known)[list(units.known).index(key) :]:
            units.names.discard(units.known.pop(later).name)
        if isinstance(error, RecursionError):
            _refuse_kinds(scope, node, target)
        raise
    return unit


def _refuse_kinds(scope: Scope, node: gast.AST, target: Target) -> NoReturn:
    scope.frame.refuse(
        UnsupportedSyntax, node, f"`{target.name}` is called with ever other kinds of arguments",
        "a loop, or arguments that keep their kinds",
    )  # fmt: skip


def _grow_lists(scope: Scope, node: gast.AST, unfinished: Sequence[Unit], taken: Arguments) -> None:
    """A list whose length has changed since a call of the same function began can have any length."""
    for unit in unfinished:
        for cell, number in taken.cells.items():
            other = next((item for item, known in unit.cells.items() if known == number), None)
            if other is None or cell.cls is not list or other.cls is not list or cell.item is not None:
                continue
            begun, now = unit.heap[other], scope.heap[cell]
            if other.item is None and len(begun.items) != len(now.items) and cell.site is not None:
                need_growing(scope, node, cell, now if now.items else begun)


def _lower(
    units: Units, unit: Unit, lower: Callable[[Builder], tuple[Scope, Lowered]], scope: Scope, node: gast.AST
) -> None:
    """Lower the body until what it gives back is what its recursive calls were supposed to give back."""
    before = len(units.known)
    while True:
        for key in list(units.known)[before:]:  # they relied on what was supposed
            units.names.discard(units.known.pop(key).name)
        builder, exceptions = Builder(), len(scope.frame.context.exceptions)
        try:
            inner, result = lower(builder)
        except Unreachable:
            if any(other is not unit and _is_awaited(other) for other in units.known.values()):
                raise ResultUnknown from None
            if not unit.recursive:
                raise
            scope.frame.refuse(
                UnsupportedSyntax, node, f"`{unit.name}` calls itself on every path, so that it never ends",
                "a path that returns without calling it",
            )  # fmt: skip
        outcome = Reader(inner, node, unit).outcome(result, unit.outcome)
        settled = outcome == unit.outcome and exceptions == len(scope.frame.context.exceptions)
        if settled or not unit.recursive:
            unit.outcome = outcome
            yields = Reader(inner, node, unit).yields(builder, outcome, result)
            made = Function(unit.name, unit.parameters, builder.block(*yields), Level.TYPED, None, unit.at)
            made = make_room(made)
            context = scope.frame.context
            check_appended(made, context.appending, context.item_writes, alone=False)
            unit.function = made
            return
        unit.outcome = outcome


def _is_awaited(unit: Unit) -> bool:
    """Whether the unit has been called, and it is not known yet what it returns."""
    return unit.recursive and unit.outcome is None


def free_name(units: Units, name: str) -> str:
    """A name for a function of the program, like this one, that no other has."""
    base = name if name.isidentifier() else "function"
    found, number = base, 0
    while found in units.names:
        number += 1
        found = f"{base}_{number}"
    units.names.add(found)
    return found


# ---------------------------------------------------------------- calls


def _called(scope: Scope, node: gast.AST, unit: Unit, taken: Arguments) -> tuple[Lowered, Atom]:
    """Append the call; its result as a value, and the exception on its way."""
    if unit.outcome is None:
        raise ResultUnknown
    receiver = Receiver(scope, taken.atoms, taken.cells)
    value = receiver.receive(unit.outcome)
    results = tuple(receiver.results)
    stub = opaque(unit.name, Function(unit.name, unit.parameters, Block((), results)))
    scope.builder.add(Call(stub, tuple(taken.atoms), results, scope.frame.at(node)))
    return value, receiver.raised


def made(units: Units) -> Mapping[str, Function]:
    """The finished functions, by name."""
    return {unit.name: unit.function for unit in units.known.values() if unit.function is not None}
