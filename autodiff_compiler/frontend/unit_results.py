"""What a function that is not inlined gives back: its result, and what it leaves in the objects given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import gast

from autodiff_compiler.errors import AliasedMutation, TypeMismatch, UnsupportedSyntax
from autodiff_compiler.frontend.forms import need_growing
from autodiff_compiler.frontend.kinds import Kind, Ragged, Record, Static
from autodiff_compiler.frontend.merging import convert
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import (
    TRUE,
    Binding,
    Cell,
    Contents,
    Either,
    Lowered,
    Place,
    Reference,
    TupleValue,
    Undefined,
    describe,
    join,
)
from autodiff_compiler.ir.build import Builder, integer
from autodiff_compiler.ir.nodes import Apply, Atom, Const, Var
from autodiff_compiler.ir.types import INT, Array, Type

if TYPE_CHECKING:
    from autodiff_compiler.frontend.units import Unit


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


@dataclass(frozen=True)
class Choice:
    """One of two forms, by a condition."""

    condition: Form
    then: Form
    orelse: Form


@dataclass(frozen=True)
class Passed:
    """An object that was given, by its number."""

    number: int


@dataclass(frozen=True)
class Made:
    """An object, list or dict that the unit has made, with a number of its own."""

    number: int
    cls: type
    name: str
    item: Kind | None
    frozen: str
    place: tuple[Form, int, Record | Ragged] | None
    items: tuple[tuple[object, Form], ...]


@dataclass(frozen=True)
class Again:
    """An object that the unit has made, and that has been met before."""

    number: int


Form: TypeAlias = "Leaf | Same | Structure | Choice | Passed | Made | Again | Static | Undefined"
Slot: TypeAlias = tuple[int, object]  # the number of an object that was given, and the key there


@dataclass(frozen=True)
class Outcome:
    """The form of all that a unit gives back.

    `raised` is whether it says which exception is on its way to a handler; `frozen` are the objects given
    that must not change any more, with the reason.
    """

    result: Form
    changes: tuple[tuple[Slot, Form], ...] = ()
    raised: bool = False
    frozen: tuple[tuple[int, str], ...] = ()


class Reader:
    """Reads the form of what a unit leaves, and what it yields for that."""

    def __init__(self, scope: Scope, node: gast.AST, unit: Unit) -> None:
        self.scope = scope
        self.node = node
        self.unit = unit
        self.made: dict[Cell, int] = {}
        self.shared: dict[int, str] = {}  # objects given that the result may or may not be: why they stay
        self.copied: set[Lowered] = set()  # arrays of lists that neither may change any more

    def outcome(self, result: Lowered, known: Outcome | None) -> Outcome:
        """The form of the result and of what has changed, or is known to change on another path."""
        before = {} if known is None else dict(known.changes)
        slots = {**self._changed(), **before}
        found = self.form(result)
        if known is not None:
            found = self.joined(known.result, found)
        changes = []
        for slot in sorted(slots, key=lambda item: (item[0], str(item[1]))):
            form = self.form(self.at(slot))
            changes.append((slot, self.joined(before[slot], form) if slot in before else form))
        frozen = {
            number: self.scope.heap[cell].frozen
            for cell, number in self.unit.cells.items()
            if self.scope.heap[cell].frozen != self.unit.heap[cell].frozen
        }
        frozen |= self.shared if known is None else {**self.shared, **dict(known.frozen)}
        return Outcome(found, tuple(changes), bool(self.scope.frame.handlers), tuple(sorted(frozen.items())))

    def _changed(self) -> dict[Slot, None]:
        """Where the objects given hold something else now."""
        found: dict[Slot, None] = {}
        for cell, number in self.unit.cells.items():
            begun, now = self.unit.heap[cell], self.scope.heap[cell]
            if begun is now:
                continue
            if begun.place != now.place:
                reason = f"`{cell.name}` becomes an item of a list in a function that calls itself"
                self.scope.frame.refuse(AliasedMutation, self.node, reason, "a copy of it in the list")
            if cell.cls is list and cell.item is None and tuple(begun.items) != tuple(now.items):
                need_growing(self.scope, self.node, cell, now if now.items else begun)
            if not set(begun.items) <= set(now.items):
                reason = f"`{cell.name}` loses an item or attribute in a function that calls itself"
                self.scope.frame.refuse(UnsupportedSyntax, self.node, reason, "a new object")
            for key, binding in now.items.items():
                if key not in begun.items or binding is not begun.items[key]:
                    found[number, key] = None
        return found

    def at(self, slot: Slot) -> Lowered:
        """What one of the objects given holds."""
        number, key = slot
        cell = self._given(number)
        binding = self.scope.heap[cell].items.get(key, Binding(Undefined()))
        if binding.defined != TRUE:
            reason = "a name or attribute may have no value after a function that calls itself"
            self.scope.frame.refuse(UnsupportedSyntax, self.node, reason, "a value on every path")
        return binding.value

    def _given(self, number: int) -> Cell:
        return next(cell for cell, known in self.unit.cells.items() if known == number)

    # ------------------------------------------------------------ forms

    def form(self, value: Lowered) -> Form:
        """The form of a value."""
        match value:
            case Var() if value in self.unit.parameters:
                return Same(self.unit.parameters.index(value))
            case Var() | Const():
                return Leaf(value.type)
            case TupleValue(items, cls):
                return Structure(cls, tuple(self.form(item) for item in items))
            case Either(condition, then, orelse):
                return Choice(self.form(condition), self.form(then), self.form(orelse))
            case Static():
                return value
            case Reference(cell):
                return self._object(cell)
            case Undefined(reason) if not reason or self.scope.frame.handlers:
                return value
            case Undefined(reason):
                self.scope.frame.refuse(TypeMismatch, self.node, f"the result has no one type: {reason}")
        self.scope.frame.refuse(
            UnsupportedSyntax, self.node, f"`{self.unit.name}` calls itself and returns {describe(value)}",
            "numbers, arrays, objects or tuples of them",
        )  # fmt: skip

    def _object(self, cell: Cell) -> Form:
        if cell in self.unit.cells:
            return Passed(self.unit.cells[cell])
        if cell in self.scope.frame.context.outside:
            reason = f"`{self.unit.name}` calls itself and returns an object that outlives the call"
            self.scope.frame.refuse(UnsupportedSyntax, self.node, reason, "a new object")
        if cell in self.made:
            return Again(self.made[cell])
        number = self.made[cell] = len(self.made)
        return self._taken_apart(cell, number, self.scope.heap[cell].frozen)

    def _taken_apart(self, cell: Cell, number: int, frozen: str) -> Made:
        held = self.scope.heap[cell]
        place = None
        if held.place is not None:
            place = self._object(held.place.of), held.place.first, held.place.kind
        for binding in held.items.values():
            if binding.defined != TRUE and not isinstance(binding.value, Undefined):
                reason = f"`{self.unit.name}` calls itself and returns an object with parts that may be unset"
                self.scope.frame.refuse(UnsupportedSyntax, self.node, reason, "a value on every path")
        items = tuple((key, self.form(binding.value)) for key, binding in held.items.items())
        return Made(number, cell.cls, cell.name, cell.item, frozen, place, items)

    def joined(self, one: Form, other: Form) -> Form:
        """What is returned where it may be either."""
        if one == other:
            return one
        match one, other:
            case (Leaf() | Same(), Leaf() | Same()):
                kind = join(self._type(one), self._type(other))
                if kind is not None:
                    return Leaf(kind)
            case (Structure(cls, first), Structure()) if _sides(one) == _sides(other):
                pairs = zip(first, other.items, strict=True)
                return Structure(cls, tuple(self.joined(*pair) for pair in pairs))
            case (Choice(), Choice()):
                parts = zip(_parts(one), _parts(other), strict=True)
                return Choice(*(self.joined(*pair) for pair in parts))
            case (Passed() | Made(), Passed() | Made()) if not isinstance(one, Made) or not isinstance(
                other, Made
            ):
                numbers = [item.number for item in (one, other) if isinstance(item, Made)]
                number = numbers[0] if numbers else len(self.made)
                return self.joined(self._copied(one, number), self._copied(other, number))
            case (Made(), Made()) if _alike(one, other):
                items = tuple(
                    (key, self.joined(mine, theirs))
                    for (key, mine), (_, theirs) in zip(one.items, other.items, strict=True)
                )
                return replace(one, items=items, frozen=one.frozen or other.frozen)
        self.scope.frame.refuse(
            TypeMismatch, self.node,
            f"`{self.unit.name}` returns one thing on one path and something else on another",
            "the same number of results, of the same kinds, on every path",
        )  # fmt: skip

    def _copied(self, form: Passed | Made, number: int) -> Made:
        """The form of a new object that stands for one that was given: from then on neither may change."""
        if isinstance(form, Made):
            return form
        cell = self._given(form.number)
        name = f"`{cell.name}`" if cell.name else f"this {cell.cls.__name__}"
        reason = f"{name} may or may not be what `{self.unit.name}` has returned, and is changed here"
        self.shared[form.number] = reason
        return self._taken_apart(cell, number, reason)

    def _type(self, form: Leaf | Same) -> Type:
        return form.type if isinstance(form, Leaf) else self.unit.parameters[form.argument].type

    # ------------------------------------------------------------ what the unit yields

    def yields(self, builder: Builder, outcome: Outcome, result: Lowered) -> list[Atom]:
        """What the unit yields, for a result and changes of these forms."""
        found: list[Atom] = []
        self._yield(builder, outcome.result, result, found)
        for slot, form in outcome.changes:
            self._yield(builder, form, self.at(slot), found)
        if outcome.raised:
            found.append(convert(builder, self._code(), INT))
        return found

    def _code(self) -> Atom:
        value = self.scope.names[self.scope.frame.raised].value
        assert isinstance(value, (Var, Const))
        return value

    def _yield(self, builder: Builder, form: Form, value: Lowered, found: list[Atom]) -> None:
        match form, value:
            case Leaf(Array() as kind), Var() if value in self.copied:
                found.append(builder.assign(Apply("copy", (value,)), replace(kind, contiguous=True)))
            case Leaf(kind), Var() | Const():
                found.append(convert(builder, value, kind))
            case Structure(_, forms), TupleValue(items):
                for inner, item in zip(forms, items, strict=True):
                    self._yield(builder, inner, item, found)
            case Choice(), Either(condition, then, orelse):
                for inner, item in zip(_parts(form), (condition, then, orelse), strict=True):
                    self._yield(builder, inner, item, found)
            case Made(place=place), Reference(cell):
                held = self.scope.heap[cell]
                if cell.item is not None and held.frozen:  # it may be a list that was given
                    self.copied.update(item.value for item in held.items.values())
                if place is not None and held.place is not None:
                    self._yield(builder, place[0], Reference(held.place.of), found)
                for key, inner in form.items:
                    self._yield(builder, inner, held.items[key].value, found)


def _sides(form: Structure) -> tuple[type, int]:
    return form.cls, len(form.items)


def _parts(choice: Choice) -> tuple[Form, Form, Form]:
    return choice.condition, choice.then, choice.orelse


def _alike(one: Made, other: Made) -> bool:
    keys = [tuple(key for key, _ in item.items) for item in (one, other)]
    same = (one.number, one.cls, one.item, one.place) == (other.number, other.cls, other.item, other.place)
    return same and keys[0] == keys[1]


class Receiver:
    """What a caller gets from a call: the result as a value, and its objects as the unit leaves them."""

    def __init__(self, scope: Scope, atoms: list[Atom], cells: Mapping[Cell, int]) -> None:
        self.scope = scope
        self.atoms = atoms
        self.cells = {number: cell for cell, number in cells.items()}
        self.results: list[Var] = []
        self.made: dict[int, Cell] = {}
        self.raised: Atom = integer(0)

    def receive(self, outcome: Outcome) -> Lowered:
        """Take over what has changed; the result."""
        scope, context = self.scope, self.scope.frame.context
        result = self._value(outcome.result)
        for (number, key), form in outcome.changes:
            cell = self.cells[number]
            context.changes[cell, key] = None
            scope.heap[cell] = scope.heap[cell].with_item(key, Binding(self._value(form)))
        for number, reason in outcome.frozen:
            cell = self.cells[number]
            scope.heap[cell] = replace(scope.heap[cell], frozen=scope.heap[cell].frozen or reason)
        if outcome.raised:
            self.raised = self._new(INT)
        return result

    def _new(self, kind: Type) -> Var:
        self.results.append(Var("", kind, self.scope.builder.at))
        return self.results[-1]

    def _value(self, form: Form) -> Lowered:
        match form:
            case Leaf(kind):
                return self._new(kind)
            case Same(position):
                return self.atoms[position]
            case Structure(cls, forms):
                return TupleValue(tuple(self._value(item) for item in forms), cls)
            case Choice():
                condition, then, orelse = (self._value(part) for part in _parts(form))
                assert isinstance(condition, (Var, Const))
                return Either(condition, then, orelse)
            case Passed(number):
                return Reference(self.cells[number])
            case Again(number):
                return Reference(self.made[number])
            case Made():
                return self._object(form)
        return form

    def _object(self, form: Made) -> Reference:
        cell = self.made[form.number] = Cell(form.cls, form.name, None, form.item)
        self.scope.heap[cell] = Contents({key: Binding(Undefined()) for key, _ in form.items})
        place = None
        if form.place is not None:
            of, first, kind = form.place
            owner = self._value(of)
            assert isinstance(owner, Reference)
            place = Place(owner.cell, first, kind)
        items = {key: Binding(self._value(inner)) for key, inner in form.items}
        self.scope.heap[cell] = Contents(items, form.frozen, place)
        return Reference(cell)


__all__ = ["Outcome", "Reader", "Receiver"]
