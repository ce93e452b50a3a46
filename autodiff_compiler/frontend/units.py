"""Functions that are not inlined: those that call themselves, and large ones that are called again.

A *unit* is a function of the program, made for the kinds of its arguments: the numbers and arrays in them, by
type, and everything else by value. It takes and returns numbers and arrays only; structures are taken apart
at the call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import FunctionType
from typing import TypeAlias

import gast

from autodiff_compiler.analysis.summaries import called, opaque, reachable, summarise
from autodiff_compiler.errors import DifferentiationError, TypeMismatch, UnsupportedSyntax
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.merging import convert
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.unknown import ResultUnknown
from autodiff_compiler.frontend.unreachable import Unreachable
from autodiff_compiler.frontend.values import Lowered, Partial, TupleValue, Undefined, describe, join
from autodiff_compiler.ir.build import Builder
from autodiff_compiler.ir.nodes import Atom, Block, Call, Const, Function, Level, Var
from autodiff_compiler.ir.types import Type, is_bool
from autodiff_compiler.ir.walk import statements
from autodiff_compiler.location import Location

LARGE = 200  # statements from which a function that is called again is not inlined again
SMALL = 50  # the same once MOST statements have been inlined
MOST = 2_000
DEEP = 12  # calls inlined in each other, from which nothing more is inlined
KINDS = 20  # of arguments that one recursive function may be called with

Values = dict[str, Lowered]
LowerBody = Callable[[Builder, Values], tuple[Scope, Lowered]]


@dataclass(frozen=True)
class Leaf:
    """A number or array that a unit returns."""

    type: Type


@dataclass(frozen=True)
class Same:
    """A result that is one of the arguments, by its position."""

    argument: int


@dataclass(frozen=True)
class Structure:
    """A tuple of results."""

    cls: type
    items: tuple[Form, ...]


Form: TypeAlias = "Leaf | Same | Structure | Static"


@dataclass(eq=False)
class Unit:
    """A function of the program, finished or in the making."""

    name: str
    code: object
    at: Location
    parameters: tuple[Var, ...]
    form: Form | None = None  # of the result, as far as it is known
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


def call_unit(
    scope: Scope, node: gast.AST, function: FunctionType, values: Values, lower: LowerBody, *, needed: bool
) -> Lowered | None:
    """The result of a call that is not inlined; None if it has to be, which is an error where it is `needed`.

    `values` are what the parameters are bound to; `lower` lowers the function's body for other values.
    """
    failed: list[DifferentiationError] = []
    for integers in (False, True):  # whole numbers that are constants are arguments, unless that cannot be
        taken = _Arguments(integers)
        try:
            parts = tuple(taken.key(scope, node, name, value) for name, value in values.items())
            unit = _unit((function, parts), scope, node, function, values, taken, lower)
            if not needed and (_is_small(scope, unit) or not _is_plain(scope, unit)):
                return None
            return _called(scope, node, unit, taken.atoms)
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


# ---------------------------------------------------------------- arguments


class _Arguments:
    """The arguments of a call, taken apart: `atoms` are passed, all else is part of what the unit is."""

    def __init__(self, integers: bool) -> None:
        self.integers = integers  # constant whole numbers are part of it, too
        self.atoms: list[Atom] = []
        self.names: list[str] = []
        self.constants = False  # whether there are such numbers

    def key(self, scope: Scope, node: gast.AST, name: str, value: Lowered) -> object:
        """What of the value the unit depends on."""
        match value:
            case Const() if is_bool(value.type) or (self.integers and isinstance(value.value, int)):
                return "constant", value.type, value.value
            case Var() | Const():
                self.constants = self.constants or (isinstance(value, Const) and isinstance(value.value, int))
                self.atoms.append(value)
                self.names.append(name)
                return value.type
            case TupleValue(items, cls):
                return cls, tuple(self.key(scope, node, name, item) for item in items)
            case Partial(function, arguments, keywords):
                given = (function, *arguments, *(item for _, item in keywords))
                names = tuple(key for key, _ in keywords)
                return Partial, names, tuple(self.key(scope, node, name, item) for item in given)
            case Static(value=known):
                return type(known), known if _is_hashable(known) else id(known)
            case Undefined(reason):
                scope.frame.refuse(TypeMismatch, node, reason or f"`{name}` has no value here")
        scope.frame.refuse(
            UnsupportedSyntax, node, f"`{name}` is {describe(value)}, which a recursive call does not take",
            "pass numbers, arrays, tuples of those, or functions at the top of a module",
        )  # fmt: skip

    def inside(self, value: Lowered, parameters: list[Var], names: list[str]) -> Lowered:
        """The value as the unit sees it: `parameters`, which is extended, in place of what is passed."""
        match value:
            case Const() if is_bool(value.type) or (self.integers and isinstance(value.value, int)):
                return value
            case Var() | Const():
                parameters.append(Var(names[len(parameters)], value.type))
                return parameters[-1]
            case TupleValue(items, cls):
                return TupleValue(tuple(self.inside(item, parameters, names) for item in items), cls)
            case Partial(function, arguments, keywords):
                inner = self.inside(function, parameters, names)
                given = tuple(self.inside(item, parameters, names) for item in arguments)
                named = tuple((key, self.inside(item, parameters, names)) for key, item in keywords)
                return Partial(inner, given, named)
        return value


def _is_hashable(value: object) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


# ---------------------------------------------------------------- lowering a unit


def _unit(
    key: object, scope: Scope, node: gast.AST, function: FunctionType, values: Values, taken: _Arguments,
    lower: LowerBody,
) -> Unit:  # fmt: skip
    """The unit of this key, lowered if it is new; in the making if this is a recursive call of it."""
    units = scope.frame.context.units
    if key in units.known:
        unit: Unit = units.known[key]
        unit.recursive = unit.recursive or unit.function is None
        return unit
    code = function.__code__
    if sum(unit.code is code for unit in units.known.values()) >= KINDS:
        scope.frame.refuse(
            UnsupportedSyntax, node, f"`{function.__name__}` is called with ever other kinds of arguments",
            "a loop, or arguments that keep their kinds",
        )  # fmt: skip
    parameters: list[Var] = []
    inside = {name: taken.inside(value, parameters, taken.names) for name, value in values.items()}
    unit = Unit(free_name(units, function.__name__), code, scope.frame.at(node), tuple(parameters))
    units.known[key] = unit
    try:
        _lower(units, unit, inside, lower, scope, node)
    except BaseException:
        for later in list(units.known)[list(units.known).index(key) :]:
            units.names.discard(units.known.pop(later).name)
        raise
    return unit


def _lower(units: Units, unit: Unit, inside: Values, lower: LowerBody, scope: Scope, node: gast.AST) -> None:
    """Lower the body until what it returns is what its recursive calls were supposed to return."""
    before = len(units.known)
    while True:
        for key in list(units.known)[before:]:  # they relied on what was supposed
            units.names.discard(units.known.pop(key).name)
        builder = Builder()
        try:
            inner, result = lower(builder, inside)
        except Unreachable:
            if any(other is not unit and _is_awaited(other) for other in units.known.values()):
                raise ResultUnknown from None
            if not unit.recursive:
                raise
            scope.frame.refuse(
                UnsupportedSyntax, node, f"`{unit.name}` calls itself on every path, so that it never ends",
                "a path that returns without calling it",
            )  # fmt: skip
        found = _form(inner, node, unit, result)
        form = found if unit.form is None else _joined(inner, node, unit, unit.form, found)
        if form == unit.form or not unit.recursive:
            unit.form = form
            yields: list[Atom] = []
            _yield(builder, form, result, unit.parameters, yields)
            unit.function = Function(
                unit.name, unit.parameters, builder.block(*yields), Level.TYPED, None, unit.at
            )
            return
        unit.form = form


def _is_awaited(unit: Unit) -> bool:
    """Whether the unit has been called, and it is not known yet what it returns."""
    return unit.recursive and unit.form is None


def free_name(units: Units, name: str) -> str:
    """A name for a function of the program, like this one, that no other has."""
    base = name if name.isidentifier() else "function"
    found, number = base, 0
    while found in units.names:
        number += 1
        found = f"{base}_{number}"
    units.names.add(found)
    return found


# ---------------------------------------------------------------- results


def _form(scope: Scope, node: gast.AST, unit: Unit, value: Lowered) -> Form:
    match value:
        case Var() if value in unit.parameters:
            return Same(unit.parameters.index(value))
        case Var() | Const():
            return Leaf(value.type)
        case TupleValue(items, cls):
            return Structure(cls, tuple(_form(scope, node, unit, item) for item in items))
        case Static():
            return value
        case Undefined(reason):
            scope.frame.refuse(TypeMismatch, node, f"the result has no one type: {reason}")
    scope.frame.refuse(
        UnsupportedSyntax, node, f"`{unit.name}` calls itself and returns {describe(value)}",
        "numbers, arrays or tuples of them",
    )  # fmt: skip


def _joined(scope: Scope, node: gast.AST, unit: Unit, one: Form, other: Form) -> Form:
    """What is returned where it may be either."""
    if one == other:
        return one
    match one, other:
        case (Leaf() | Same(), Leaf() | Same()):
            kind = join(_type(unit, one), _type(unit, other))
            if kind is not None:
                return Leaf(kind)
        case (Structure(cls, first), Structure(also, second)) if cls is also and len(first) == len(second):
            pairs = zip(first, second, strict=True)
            return Structure(cls, tuple(_joined(scope, node, unit, *pair) for pair in pairs))
    scope.frame.refuse(
        TypeMismatch, node, f"`{unit.name}` returns one thing on one path and something else on another",
        "the same number of results, of the same kinds, on every path",
    )  # fmt: skip


def _type(unit: Unit, form: Leaf | Same) -> Type:
    return form.type if isinstance(form, Leaf) else unit.parameters[form.argument].type


def _yield(
    builder: Builder, form: Form, value: Lowered, parameters: tuple[Var, ...], yields: list[Atom]
) -> None:
    """Append what the unit yields for a result of this form."""
    match form, value:
        case Leaf(kind), Var() | Const():
            yields.append(convert(builder, value, kind))
        case Structure(_, forms), TupleValue(items):
            for inner, item in zip(forms, items, strict=True):
                _yield(builder, inner, item, parameters, yields)


def _called(scope: Scope, node: gast.AST, unit: Unit, atoms: list[Atom]) -> Lowered:
    """Append the call; its result as a value."""
    if unit.form is None:
        raise ResultUnknown
    results: list[Var] = []
    value = _result(unit.form, atoms, results, scope.builder)
    stub = opaque(unit.name, Function(unit.name, unit.parameters, Block((), tuple(results))))
    scope.builder.add(Call(stub, tuple(atoms), tuple(results), scope.frame.at(node)))
    return value


def _result(form: Form, atoms: list[Atom], results: list[Var], builder: Builder) -> Lowered:
    match form:
        case Leaf(kind):
            results.append(Var("", kind, builder.at))
            return results[-1]
        case Same(position):
            return atoms[position]
        case Structure(cls, forms):
            return TupleValue(tuple(_result(item, atoms, results, builder) for item in forms), cls)
    return form


def made(units: Units) -> Mapping[str, Function]:
    """The finished functions, by name."""
    return {unit.name: unit.function for unit in units.known.values() if unit.function is not None}
