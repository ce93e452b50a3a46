"""Joining what two branches leave in names, and in the lists, dicts and objects that both can see."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import gast

from autodiff_compiler.frontend.arms import MISSING, changed_cells, changed_names, is_missing
from autodiff_compiler.frontend.candidates import (
    candidates,
    chosen,
    current_place,
    is_one,
    leaves,
    position_among,
    present_part,
)
from autodiff_compiler.frontend.context import NeedsGrowing
from autodiff_compiler.frontend.forms import need_growing, placeholder
from autodiff_compiler.frontend.kinds import Record, Static, Uniform
from autodiff_compiler.frontend.known import SHOWN
from autodiff_compiler.frontend.reach import freeze_shared
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.stacking import item_at
from autodiff_compiler.frontend.unreachable import absorb, lower_arm
from autodiff_compiler.frontend.value_kinds import common_kind, form_of
from autodiff_compiler.frontend.values import (
    FALSE,
    TRUE,
    Binding,
    Cell,
    Contents,
    Either,
    FunctionValue,
    Lowered,
    Partial,
    Place,
    Reference,
    Text,
    TupleValue,
    Undefined,
    describe,
    join,
)
from autodiff_compiler.ir.build import Builder
from autodiff_compiler.ir.nodes import Atom, Const, If, Var
from autodiff_compiler.ir.types import BOOL, INT, Scalar, Type

_FUNCTIONS = (FunctionValue, Partial)


def join_arms(
    scope: Scope,
    node: gast.AST,
    condition: Atom,
    arms: tuple[Scope, Scope],
    values: Sequence[tuple[Lowered, Lowered]] = (),
) -> list[Lowered]:
    """Append `if condition` over the two arms' statements; what each (then, else) of `values` is afterwards.

    Names and objects that an arm has changed are changed in `scope`.
    """
    alive = absorb(scope, node, condition, arms)
    if alive is not None:
        return [both[alive] for both in values]
    state = _Join(scope, node, condition, arms)
    changed = changed_cells(scope, arms)
    named, one_sided = changed_names(arms), []
    for name, both in named:
        if any(is_missing(side.value) for side in both):
            one_sided.append((name, both))  # the last, as they may mean what stands for an object already
    names = {name: state.binding(name, *both) for name, both in named if (name, both) not in one_sided}
    cells = {cell: state.contents(cell, *both) for cell, both in changed}
    joined = [state.value("", *both) for both in values]
    names |= {name: state.binding(name, *both) for name, both in one_sided}
    scope.heap.update(cells)
    for name, binding in names.items():
        scope.names[name] = binding
    freeze_shared(scope, node, state.pairs, joined)
    then, orelse = (arm.builder.block(*atoms) for arm, atoms in zip(arms, state.yields, strict=True))
    scope.builder.add(If(condition, then, orelse, tuple(state.results), scope.frame.at(node)))
    return joined


def branch(
    scope: Scope,
    node: gast.AST,
    condition: Atom,
    then: Callable[[Scope], object],
    orelse: Callable[[Scope], object],
) -> None:
    """Lower one of two arms, or both and join what they leave in names and objects."""
    if isinstance(condition, Const):
        (then if condition.value else orelse)(scope)
        return
    arms = scope.nested(condition, True), scope.nested(condition, False)
    for arm, lower in zip(arms, (then, orelse), strict=True):
        lower_arm(arm, lower)
    join_arms(scope, node, condition, arms)


@dataclass
class _Join:
    """The results of an If in the making: what each branch yields for each."""

    scope: Scope
    node: gast.AST
    condition: Atom
    arms: tuple[Scope, Scope]
    results: list[Var] = field(default_factory=list)
    yields: tuple[list[Atom], list[Atom]] = field(default_factory=lambda: ([], []))
    pairs: dict[tuple[Cell, Cell], Cell] = field(default_factory=dict)
    copying: bool = False
    made: dict[Cell, Reference] = field(default_factory=dict)  # what an arm has made -> its name outside

    def result(self, name: str, kind: Type, then: Atom, orelse: Atom) -> Var:
        variable = self.scope.frame.context.one_of(Var(name, kind, self.scope.builder.at), (then, orelse))
        self.results.append(variable)
        self.scope.frame.context.derive(variable, (self.condition, then, orelse))
        for arm, atoms, atom in zip(self.arms, self.yields, (then, orelse), strict=True):
            atoms.append(convert(arm.builder, atom, kind))
        return variable

    # ------------------------------------------------------------ bindings

    def binding(self, name: str, then: Binding, orelse: Binding) -> Binding:
        value = self.value(name, then.value, orelse.value)
        then_defined = FALSE if is_missing(then.value) else then.defined
        else_defined = FALSE if is_missing(orelse.value) else orelse.defined
        if isinstance(value, Undefined):
            return Binding(value)
        return Binding(value, self._defined(name, then_defined, else_defined))

    def _defined(self, name: str, then: Atom, orelse: Atom) -> Atom:
        return then if then == orelse else self.result(f"{name}_assigned", BOOL, then, orelse)

    def contents(self, cell: Cell, then: Contents, orelse: Contents) -> Contents:
        """What an object holds after both arms."""
        if cell.cls is list and cell.item is None and tuple(then.items) != tuple(orelse.items):
            self._grow(cell, then, orelse)
        keys = dict.fromkeys((*then.items, *orelse.items))
        items = {
            key: self._item(cell, key, then.items.get(key, MISSING), orelse.items.get(key, MISSING))
            for key in keys
        }
        if then.place != orelse.place:
            reason = "whether this object is an item of a list is only known when the program runs"
            items = dict.fromkeys(keys, Binding(Undefined(reason)))
        frozen, joins = then.frozen or orelse.frozen, then.joins | orelse.joins
        return Contents(items, frozen, then.place, then.maybe | orelse.maybe, joins)

    def _item(self, cell: Cell, key: object, then: Binding, orelse: Binding) -> Binding:
        name = key if isinstance(key, str) and cell.name != key else cell.name
        return then if then is orelse else self.binding(str(name), then, orelse)

    def _grow(self, cell: Cell, then: Contents, orelse: Contents) -> None:
        """Ask for a list that can have any length, as its length differs here."""
        self.scope.frame.context.leave_undecided(self.condition)
        longer = 0 if len(then.items) >= len(orelse.items) else 1
        need_growing(self.arms[longer], self.node, cell, (then, orelse)[longer])

    def _grow_either(self, then: Reference, orelse: Reference) -> None:
        """Lists of different lengths become one that can have any length, where their items are alike."""
        self.scope.frame.context.leave_undecided(self.condition)
        forms = [form_of(arm, item) for arm, item in zip(self.arms, (then, orelse), strict=True)]
        item = None
        for form in forms:
            kinds = (
                (form.item,) if isinstance(form, Uniform) else form.items if isinstance(form, Record) else ()
            )
            for kind in kinds:
                item = kind if item is None else common_kind(item, kind)
        if item is None:
            return
        for one in (then, orelse):
            if one.cell.site is not None and one.cell.item != item:
                raise NeedsGrowing(one.cell.site, item)

    # ------------------------------------------------------------ values

    def value(self, name: str, then: Lowered, orelse: Lowered) -> Lowered:
        if then is orelse or (then == orelse and not isinstance(then, _FUNCTIONS)):
            return then
        if isinstance(then, Text) or isinstance(orelse, Text):
            return self._text(name, then, orelse)
        if isinstance(then, Undefined) or isinstance(orelse, Undefined):
            return self._one_undefined(name, then, orelse)
        match then, orelse:
            case (Var() | Const(), Var() | Const()):
                kind = join(then.type, orelse.type)
                if kind is not None:
                    return self.result(name, kind, then, orelse)
                self.scope.frame.context.leave_undecided(self.condition)
                return Undefined(_no_common(name, then, orelse))
            case (TupleValue(items=first), TupleValue(items=second)):
                if len(first) == len(second) and then.cls is orelse.cls:
                    both = zip(first, second, strict=True)
                    return TupleValue(tuple(self.value(name, *pair) for pair in both), then.cls)
            case (Reference(), Reference()) if self._stay_apart(then, orelse):
                return self._either(name, then, orelse)
            case (Reference(), Reference()) if self._alike(then, orelse):
                return self._reference(then, orelse)
            case (Reference(), Reference()) if then.cell.cls is list is orelse.cell.cls:
                self._grow_either(then, orelse)
            case (FunctionValue(), FunctionValue()) if then.node is orelse.node:
                return self._function(then, orelse)
            case (Partial(), Partial()) if (made := self._partial(name, then, orelse)) is not None:
                return made
        return self._either(name, then, orelse)

    def _text(self, name: str, then: Lowered, orelse: Lowered) -> Lowered:
        """Text on one side at least: what it shows is known on both."""
        sides: list[Lowered] = []
        for arm, side in enumerate((then, orelse)):
            if isinstance(side, Text):
                sides.append(replace(side, parts=tuple(self._everywhere(name, arm, p) for p in side.parts)))
            elif isinstance(side, Undefined):
                return Undefined(side.reason or SHOWN, side.instead)
            else:
                sides.append(self._everywhere(name, arm, side))
        return Either(self.condition, *sides)

    def _one_undefined(self, name: str, then: Lowered, orelse: Lowered) -> Lowered:
        """A name without a value on one side: nothing reads it there, so that any value will do."""
        for side in (then, orelse):
            if isinstance(side, Undefined) and side.reason:
                return side
        first = isinstance(orelse, Undefined)
        value = then if first else orelse
        if isinstance(value, Reference):
            for (one, other), made in self.pairs.items():
                if (one if first else other) is value.cell:
                    return Reference(made)  # control has come from this side wherever the name is read
        if not first:
            return self.value(name, placeholder(self.arms[0], orelse, self.arms[1].heap), orelse)
        return self.value(name, then, placeholder(self.arms[1], then, self.arms[0].heap))

    def _stay_apart(self, then: Reference, orelse: Reference) -> bool:
        """Whether one of the objects is changed later, so that no copy may stand for either."""
        level = self.scope.frame.context.apart.get((self.node, self.scope.frame.calls), 0)
        if level == 0 or self.copying or self.arms[0].heap[then.cell].place is not None:
            return False
        return level > 1 or any(item.cell in self.scope.heap for item in (then, orelse))

    def _alike(self, then: Reference, orelse: Reference) -> bool:
        held = [arm.heap[item.cell] for arm, item in zip(self.arms, (then, orelse), strict=True)]
        same = then.cell.cls is orelse.cell.cls and then.cell.item == orelse.cell.item
        return same and tuple(held[0].items) == tuple(held[1].items) and held[0].place == held[1].place

    def _reference(self, then: Reference, orelse: Reference) -> Reference:
        """A new object that stands for one of two."""
        return Reference(self._cell(then.cell, orelse.cell))

    def _cell(self, then: Cell, orelse: Cell) -> Cell:
        if then is orelse and then in self.scope.heap:
            return then
        if (then, orelse) not in self.pairs:
            made = self.pairs[then, orelse] = replace(then)
            self.scope.heap[made] = self.contents(made, self.arms[0].heap[then], self.arms[1].heap[orelse])
        return self.pairs[then, orelse]

    def _function(self, then: FunctionValue, orelse: FunctionValue) -> Lowered:
        """The same function defined in either arm: its free variables are those of one of them."""
        first, second = self._with_cells(0, then), self._with_cells(1, orelse)
        defaults = tuple(
            (name, self.value(name, value, dict(orelse.defaults)[name])) for name, value in then.defaults
        )
        cells = {
            name: self._cell(first.frame.cells[name], second.frame.cells[name]) for name in first.frame.cells
        }
        return FunctionValue(then.node, replace(then.frame, cells=cells), defaults)

    def _with_cells(self, arm: int, function: FunctionValue) -> FunctionValue:
        """The function with cells that this arm knows."""
        heap, other = self.arms[arm].heap, self.arms[1 - arm].heap
        cells = {}
        for name, cell in function.frame.cells.items():
            found = cell
            if cell not in heap:
                copy = placeholder(self.arms[arm], Reference(cell), other)
                assert isinstance(copy, Reference)
                found = copy.cell
            cells[name] = found
        return replace(function, frame=replace(function.frame, cells=cells))

    def _partial(self, name: str, then: Partial, orelse: Partial) -> Lowered | None:
        keys = [key for key, _ in then.keywords]
        same = len(then.arguments) == len(orelse.arguments) and keys == [key for key, _ in orelse.keywords]
        if not same:
            return None
        pairs = zip(then.arguments, orelse.arguments, strict=True)
        words = zip(then.keywords, orelse.keywords, strict=True)
        return Partial(
            self.value(name, then.function, orelse.function),
            tuple(self.value(name, *pair) for pair in pairs),
            tuple((key, self.value(key, first, second)) for (key, first), (_, second) in words),
        )

    def _either(self, name: str, then: Lowered, orelse: Lowered) -> Lowered:
        """Both values, of which the condition will choose one wherever it is used."""
        self.scope.frame.context.leave_undecided(self.condition)
        if isinstance(then, Either) or isinstance(orelse, Either):
            made = self._one_of(then, orelse) or self._present_or(name, then, orelse)
            if made is not None:
                return made
        first = self._everywhere(name, 0, then)
        second = self._everywhere(name, 1, orelse)
        return Either(self.condition, first, second)

    def _present_or(self, name: str, then: Lowered, orelse: Lowered) -> Lowered | None:
        """A value that may be missing in either arm (None), with one flag that says whether it is there."""
        absent = {leaf for side in (then, orelse) for leaf in leaves(side) if isinstance(leaf, Static)}
        parts = [present_part(arm, side, absent) for arm, side in zip(self.arms, (then, orelse), strict=True)]
        first, second = parts
        if len(absent) != 1 or first is None or second is None:
            return None
        value = self.value(name, first[1], second[1])
        return Either(self._defined("present", first[0], second[0]), value, absent.pop())

    def _one_of(self, then: Lowered, orelse: Lowered) -> Lowered | None:
        """One of several objects, each mentioned once, though either side may be some of the same."""
        if candidates(then, orelse) is None:
            return None
        sides = (then, orelse)
        items = self._items(sides)
        outer = [
            {leaf: items.get(leaf) or self._everywhere("", arm, leaf) for leaf in leaves(side)}
            for arm, side in enumerate(sides)
        ]
        among = list(dict.fromkeys((*outer[0].values(), *outer[1].values())))
        flags = []
        for candidate in among[:-1]:
            atoms = [
                is_one(arm, side, candidate, names)
                for arm, side, names in zip(self.arms, sides, outer, strict=True)
            ]
            flags.append(self._defined("which", *atoms))
        return chosen(flags, among)

    def _items(self, sides: tuple[Lowered, Lowered]) -> dict[Lowered, Reference]:
        """For the items of one list: one that stands for them all, at the position of the right one."""
        found: dict[Place, list[Lowered]] = {}
        for arm, side in zip(self.arms, sides, strict=True):
            for leaf in leaves(side):
                if isinstance(leaf, Reference) and (place := current_place(arm, leaf)) is not None:
                    found.setdefault(place, []).append(leaf)
        made: dict[Lowered, Reference] = {}
        for place, group in found.items():
            if len(group) > 1 and place.of in self.scope.heap:
                positions = [
                    position_among(arm, side, place) for arm, side in zip(self.arms, sides, strict=True)
                ]
                position = self.result("position", INT, *positions)
                made |= dict.fromkeys(group, item_at(self.scope, place, position))
        return made

    def _counterpart(self, arm: int, value: Reference) -> Reference:
        """An object made in one arm, with the one that stands for it where control comes from the other."""
        known = self.made.get(value.cell)
        if known is None:
            other = placeholder(self.arms[1 - arm], value, self.arms[arm].heap)
            assert isinstance(other, Reference)
            before, self.copying = self.copying, True
            known = self.made[value.cell] = self._reference(*((value, other) if arm == 0 else (other, value)))
            self.copying = before
        return known

    def _everywhere(self, name: str, arm: int, value: Lowered) -> Lowered:
        """A value made in one arm, known outside it too."""
        if isinstance(value, Reference):
            return value if value.cell in self.scope.heap else self._counterpart(arm, value)
        if isinstance(value, Either):
            then = self._everywhere(name, arm, value.then)
            orelse = self._everywhere(name, arm, value.orelse)
            condition = self._everywhere(name, arm, value.condition)
            assert isinstance(condition, (Var, Const))
            return Either(condition, then, orelse)
        other = placeholder(self.arms[1 - arm], value, self.arms[arm].heap)
        return self.value(name, *((value, other) if arm == 0 else (other, value)))


def _no_common(name: str, first: Lowered, second: Lowered) -> str:
    subject = f"`{name}`" if name else "the expression"
    return f"{subject} is {describe(first)} on one path and {describe(second)} on another"


def convert(builder: Builder, atom: Atom, kind: Type) -> Atom:
    """The atom in the joined type: numbers are cast, arrays are the same reference."""
    return builder.cast(atom, kind) if isinstance(kind, Scalar) else atom


__all__ = ["TRUE", "convert", "join_arms"]
