"""What is passed to a function that is not inlined: values taken apart, with the objects they lead to."""

from __future__ import annotations

from collections.abc import Mapping

import gast

from autodiff_compiler.errors import TypeMismatch, UnsupportedSyntax
from autodiff_compiler.frontend.heap import VALUE
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import (
    Binding,
    Cell,
    Contents,
    Either,
    FunctionValue,
    Lowered,
    Partial,
    Reference,
    TupleValue,
    Undefined,
    describe,
)
from autodiff_compiler.frontend.variables import free_names
from autodiff_compiler.ir.nodes import Atom, Const, Var
from autodiff_compiler.ir.types import Array, Type, is_bool


class Arguments:
    """The arguments of a call, taken apart: `atoms` are passed, all else is part of what the unit is.

    `cells` are the lists, dicts, objects and shared variables that the arguments lead to, in the order in
    which they are found: the unit knows them by their number.
    """

    def __init__(self, scope: Scope, node: gast.AST, *, integers: bool, objects: bool) -> None:
        self.scope = scope
        self.node = node
        self.integers = integers  # constant whole numbers are part of it, too
        self.objects = objects  # whether it takes what can change
        self.atoms: list[Atom] = []
        self.names: list[str] = []
        self.cells: dict[Cell, int] = {}
        self.constants = False  # whether there are such numbers

    def key(self, name: str, value: Lowered) -> object:
        """What of the value the unit depends on."""
        match value:
            case Const() if self._is_part(value):
                return "constant", value.type, value.value
            case Var() | Const():
                self.constants = self.constants or (isinstance(value, Const) and isinstance(value.value, int))
                self.atoms.append(value)
                self.names.append(name)
                return value.type, value in self.scope.frame.context.item_views
            case TupleValue(items, cls):
                return cls, tuple(self.key(name, item) for item in items)
            case Partial(function, arguments, keywords):
                given = (function, *arguments, *(item for _, item in keywords))
                names = tuple(key for key, _ in keywords)
                return Partial, names, tuple(self.key(name, item) for item in given)
            case Static(value=known):
                return type(known), known if _is_hashable(known) else id(known)
            case Either(condition, then, orelse) if self.objects:
                return Either, *(self.key(name, part) for part in (condition, then, orelse))
            case Reference(cell) if self.objects:
                return self._cell(name, cell)
            case FunctionValue(node, _, defaults) if self.objects:
                held = tuple((key, self.key(key, item)) for key, item in defaults)
                return node, held, tuple((key, self._cell(key, cell)) for key, cell in _shared(value))
            case Undefined(reason=reason):
                what = reason or f"`{name}` has no value here"
                self.scope.frame.refuse(TypeMismatch, self.node, what)
        self.scope.frame.refuse(
            UnsupportedSyntax, self.node,
            f"`{name}` is {describe(value)}, which a recursive call does not take",
            "pass numbers, arrays, lists, objects or functions",
        )  # fmt: skip

    def _is_part(self, value: Const) -> bool:
        return is_bool(value.type) or (self.integers and isinstance(value.value, int))

    def _cell(self, name: str, cell: Cell) -> object:
        context, heap = self.scope.frame.context, self.scope.heap
        if cell in context.outside:
            return "outside", next(path for path, known in context.outside_cells.items() if known is cell)
        if cell in self.cells:
            return "again", self.cells[cell]
        self.cells[cell] = len(self.cells)
        context.touched.add(cell)
        held = heap[cell]
        place = None
        if held.place is not None:
            place = self._cell(name, held.place.of), held.place.first, held.place.kind
        items = tuple((key, self._binding(_named(name, key), item)) for key, item in held.items.items())
        return cell.cls, cell.item, cell.site, held.frozen, place, items

    def _binding(self, name: str, binding: Binding) -> object:
        if isinstance(binding.value, Undefined):
            return "undefined", binding.value.reason
        return self.key(name, binding.value), self.key(name, binding.defined)

    # ------------------------------------------------------------ inside the unit

    def inside(self, values: Mapping[str, Lowered]) -> tuple[dict[str, Lowered], Inside]:
        """The arguments as the unit sees them: with parameters in place of what is passed."""
        numbers = (value.type if isinstance(value, (Var, Const)) else None for value in values.values())
        made = Inside(self, tuple(numbers))
        return {name: made.value(value) for name, value in values.items()}, made


class Inside:
    """The parameters of a unit, and what the objects it is given hold at first.

    `key` tells calls apart, in the places where lists are made, by the types of numbers and arrays alone.
    """

    def __init__(self, given: Arguments, key: tuple[Type | None, ...]) -> None:
        self.given = given
        self.key = key
        self.parameters: list[Var] = []
        self.heap: dict[Cell, Contents] = {}

    def value(self, value: Lowered) -> Lowered:
        """A value with parameters in place of what is passed."""
        match value:
            case Const() if self.given._is_part(value):
                return value
            case Var() | Const():
                return self._parameter(value)
            case TupleValue(items, cls):
                return TupleValue(tuple(self.value(item) for item in items), cls)
            case Partial(function, arguments, keywords):
                inner = self.value(function)
                given = tuple(self.value(item) for item in arguments)
                return Partial(inner, given, tuple((key, self.value(item)) for key, item in keywords))
            case Either(condition, then, orelse):
                test = self.value(condition)
                assert isinstance(test, (Var, Const))
                return Either(test, self.value(then), self.value(orelse))
            case Reference(cell):
                self._fill(cell)
            case FunctionValue(node, frame, defaults):
                held = tuple((key, self.value(item)) for key, item in defaults)
                for _, cell in _shared(value):
                    self._fill(cell)
                for cell in frame.cells.values():
                    self.heap.setdefault(cell, Contents())
                return FunctionValue(node, frame, held) if held else value
        return value

    def _parameter(self, atom: Atom) -> Var:
        context = self.given.scope.frame.context
        made = Var(self.given.names[len(self.parameters)], atom.type)
        self.parameters.append(made)
        if isinstance(atom, Var) and isinstance(atom.type, Array) and atom in context.item_views:
            context.item_views[made] = context.item_views[atom]
        return made

    def _fill(self, cell: Cell) -> None:
        if cell not in self.given.cells or (cell in self.heap and self.heap[cell].items):
            return
        held = self.given.scope.heap[cell]
        self.heap[cell] = Contents(dict.fromkeys(held.items, Binding(Undefined())), held.frozen, held.place)
        if held.place is not None:
            self._fill(held.place.of)
        items = {}
        for key, binding in held.items.items():
            value = self.value(binding.value)
            defined = binding.defined if isinstance(value, Undefined) else self.value(binding.defined)
            assert isinstance(defined, (Var, Const))
            items[key] = Binding(value, defined)
        self.heap[cell] = Contents(items, held.frozen, held.place)


def _shared(function: FunctionValue) -> list[tuple[str, Cell]]:
    """The variables around an inner function that it reads or writes."""
    cells = function.frame.cells
    return [(name, cells[name]) for name in sorted(free_names(function.node)) if name in cells]


def _named(name: str, key: object) -> str:
    return f"{name}_{key}" if isinstance(key, str) and key.isidentifier() and key != VALUE else name


def _is_hashable(value: object) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


__all__ = ["Arguments", "Inside"]
