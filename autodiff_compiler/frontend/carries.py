"""What a loop carries: names, and slots of objects, that change from iteration to iteration.

A loop is lowered in attempts: each finds out more about what its body changes and of which types that is,
until an attempt learns nothing new. What is found is kept in the context, so that the attempts of an outer
loop do not repeat those of the loops inside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import gast

from autodiff_compiler.errors import AliasedMutation
from autodiff_compiler.frontend.candidates import candidates, chosen
from autodiff_compiler.frontend.carried_choices import Choices, Flag
from autodiff_compiler.frontend.forms import filled, need_uniform, unite_lists
from autodiff_compiler.frontend.heap import VALUE
from autodiff_compiler.frontend.merging import convert
from autodiff_compiler.frontend.moved import check_moved, shared_objects
from autodiff_compiler.frontend.optional import HELD, PRESENT, as_either, is_known, learn_first, two_forms
from autodiff_compiler.frontend.places import Facts, Path, Place, Slot, differs, is_item, name_of, read, write
from autodiff_compiler.frontend.reach import freeze, may_be, reachable
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import (
    FALSE,
    TRUE,
    Binding,
    Cell,
    Contents,
    Either,
    Lowered,
    Reference,
    TupleValue,
    Undefined,
    join,
)
from autodiff_compiler.ir.nodes import Atom, Const, Var
from autodiff_compiler.ir.types import BOOL


class Carries:
    """The carries of one attempt at a loop."""

    def __init__(self, scope: Scope, body: Scope, node: gast.AST, names: Sequence[str], facts: Facts) -> None:
        self.scope = scope
        self.node = node
        self.facts = facts
        self.join = (node, scope.frame.calls)
        self.choices = Choices(scope, node, facts)
        self.slots: list[Slot] = []
        self.entry: dict[Place, Binding] = {}
        self.sources: dict[Cell, list[Cell]] = {}  # the objects before the loop -> what stands for them
        self.kept: list[Cell] = []  # objects before the loop that have another name too
        self.opened: dict[Path, Cell] = {}  # references that stand for another object in each iteration
        facts.optional = {k: forms for k, forms in facts.optional.items() if is_known(scope, forms)}
        cells = scope.frame.cells
        places: dict[Place, None] = {(cells[n], VALUE) if n in cells else n: None for n in names}
        places |= facts.places
        self.body = body
        for place in places:
            if not isinstance(place, str) and place[0] not in scope.heap:
                continue  # of an object that an earlier attempt has made
            defined = (binding := read(scope, place)).defined
            first = self._first(place) if isinstance(binding.value, Undefined) else None
            if first is not None:
                defined, binding = FALSE, Binding(first)
            elif isinstance(binding.value, Undefined) and place in facts.made:
                defined = FALSE
                made = facts.made[place]
                binding = Binding(filled(scope, made, lambda kind: scope.builder.placeholder(kind, "unused")))
                body.heap.update((cell, held) for cell, held in scope.heap.items() if cell not in body.heap)
            if place in facts.lost:
                binding, defined = Binding(Undefined(facts.lost[place])), TRUE
            if binding == Binding(Undefined()) and not isinstance(place, str) and place[1] != VALUE:
                self.entry[place] = Binding(Undefined(), FALSE)  # a slot that is made in the body
                continue
            value = self._open((place,), self._either(scope, place, binding.value), name_of(place))
            entry = Binding(value, self._flag(place, name_of(place), defined))
            self.entry[place] = entry
            write(body, place, entry)
        for cell, held in scope.heap.items():  # with the placeholders made just now
            body.heap.setdefault(cell, held)
        self.start = dict(body.heap)

    def _first(self, place: Place) -> Lowered | None:
        """What stands for the missing value of a name that will be one of several things."""
        return self.choices.first((place,)) or self.facts.optional.get(place, (None,))[0]

    def _open(self, path: Path, value: Lowered, name: str) -> Lowered:
        flags = self.choices.open(path, value)
        if flags is not None:
            slots = [
                Slot((*path, Flag(k)), start, Var(f"{name}_is_{k}", BOOL, self.scope.builder.at))
                for k, start in enumerate(flags)
            ]
            self.slots += slots
            return chosen([slot.inside for slot in slots], self.choices.among[path])
        match value:
            case TupleValue(items=items, cls=cls):
                opened = (self._open((*path, k), item, name) for k, item in enumerate(items))
                return TupleValue(tuple(opened), cls)
            case Reference() if path in self.facts.rebound:
                return self._open_object(path, value)
            case Either(condition=condition, then=then, orelse=orelse) if path[0] in self.facts.optional:
                present = self._open((*path, PRESENT), condition, f"{name}_present")
                assert isinstance(present, (Var, Const))
                return Either(present, self._open((*path, HELD), then, name), orelse)
            case Var() | Const():
                kind = self.facts.types.get(path, value.type)
                start = convert(self.scope.builder, value, kind)
                slot = Slot(path, start, Var(name, kind, self.scope.builder.at))
                self.slots.append(slot)
                return self.scope.frame.context.one_of(slot.inside, (value,))
            case _:
                return value

    def _either(self, scope: Scope, place: Place, value: Lowered) -> Lowered:
        """The value in both its forms, where it is known to have two."""
        forms = self.facts.optional.get(place)
        if forms is None or isinstance(value, Undefined):
            return value
        return as_either(scope, self.node, value, *forms)

    def _open_object(self, path: Path, value: Reference) -> Reference:
        """An object that stands for a different one in each iteration: what it holds is carried."""
        cell = value.cell
        self.opened[path] = made = replace(cell)
        held, items = self.scope.heap[cell], {}
        for key, item in held.items.items():
            items[key] = Binding(self._open((*path, key), item.value, name_of((cell, key))), item.defined)
        self.body.heap[made] = replace(held, items=items)
        rest = self.scope.nested()
        place = path[0]
        write(rest, place, Binding(Undefined()))  # type: ignore[arg-type]  # a path starts with a place
        if cell in reachable(rest, rest.live()) or cell in self.sources:
            freeze(self.body, self.join, (made, cell, *self.sources.get(cell, ())))
            self.kept.append(cell)
        if path in self.facts.shared:
            freeze(self.body, self.join, (made,))
        self.sources.setdefault(cell, []).append(made)
        return Reference(made)

    def _flag(self, place: Place, name: str, defined: Atom) -> Atom:
        if defined == TRUE:
            return TRUE
        slot = Slot((place, "assigned"), defined, Var(f"{name}_assigned", BOOL, self.scope.builder.at))
        self.slots.append(slot)
        return slot.inside

    # ------------------------------------------------------------ after the body

    def close(self, node: gast.AST) -> tuple[list[Atom], bool]:
        """What the body yields for each slot, and whether the attempt has learnt nothing new."""
        yields: list[Atom] = []
        for place in self.entry:
            last = read(self.body, place)
            if place in self.facts.optional and not isinstance(last.value, Undefined):
                either = self._either(self.body, place, last.value)
                write(self.body, place, Binding(either, last.defined))
        agreed = self._learn_choices() & self._learn_places(node) & self._learn_made() & self._learn_rebound()
        agreed &= self._learn_lost(node) & self._learn_shared()
        for slot in self.slots:
            value = self._follow(slot.path)
            if not isinstance(value, (Var, Const)):
                yields.append(slot.inside)  # a name without a usable value after the body: see `after`
                continue
            kind = join(slot.inside.type, value.type)
            if kind is not None and kind != slot.inside.type:
                self.facts.types[slot.path] = kind
                agreed = False
            same = agreed and kind is not None
            yields.append(convert(self.body.builder, value, slot.inside.type) if same else slot.inside)
        return yields, agreed

    def _learn_places(self, node: gast.AST) -> bool:
        """Slots of objects that the body has changed are carried."""
        agreed = True
        for cell, before in self.scope.heap.items():
            begun, now = self.start[cell], self.body.heap[cell]
            if begun is now:
                continue
            if begun.place != now.place:
                reason = f"the same object, `{cell.name}`, is put into a list in every iteration"
                self.scope.frame.refuse(AliasedMutation, node, reason, "a new object in each iteration")
            if cell.cls is list and cell.item is None and tuple(before.items) != tuple(now.items):
                need_uniform(self.body, node, cell, now)
            for key, item in now.items.items():
                changed = key not in begun.items or item.value is not begun.items[key].value
                if changed and (cell, key) not in self.entry:
                    self.facts.places.setdefault((cell, key))
                    agreed = False
        return agreed

    def _learn_choices(self) -> bool:
        """References that mean one of several objects from before the loop."""
        agreed = True
        for place, entry in self.entry.items():
            last = read(self.body, place).value
            agreed &= self.choices.learn(self.body, (place,), entry.value, last, self._fields)
        return agreed

    def _fields(
        self, path: Path, entry: Reference, last: Reference
    ) -> Iterator[tuple[object, Lowered, Lowered]]:
        """What an object that stands for another in each iteration holds before the body and after it."""
        if path in self.opened and self._alike(entry, last):
            now = self.body.heap[last.cell].items
            for key, item in self.body.heap[entry.cell].items.items():
                yield key, item.value, now[key].value

    def _learn_made(self) -> bool:
        """Places first assigned in the body need a carry too, to be read after the loop."""
        agreed = True
        for place, entry in self.entry.items():
            value = read(self.body, place).value
            if not isinstance(entry.value, Undefined) or isinstance(value, Undefined):
                continue
            if not is_item(self.body, value) and (place,) not in self.choices:
                agreed &= learn_first(self.facts, self.scope, self.body, place, value)
        return agreed

    def _learn_rebound(self) -> bool:
        """References that mean another object after the body than before it."""
        agreed = True
        for place, entry in self.entry.items():
            for path, first, last in self._references((place,), entry.value, read(self.body, place).value):
                if first.cell is not last.cell and path not in self.opened and self._alike(first, last):
                    self.facts.rebound.setdefault(path)
                    agreed = False
        return agreed

    def _learn_shared(self) -> bool:
        """References that get, for the next iteration, an object that another name may mean."""
        agreed = True
        for path, cell in self._last_objects().items():
            if self.body.heap[cell].frozen and not self.body.heap[self.opened[path]].frozen:
                agreed &= path in self.facts.shared
                self.facts.shared.setdefault(path)
        return agreed

    def _learn_lost(self, node: gast.AST) -> bool:
        """Values that change into what no carry can hold: they must not be read before they are assigned."""
        agreed = True
        for place, entry in self.entry.items():
            last = read(self.body, place).value
            if isinstance(entry.value, Undefined) or self._holds((place,), entry.value, last):
                continue
            forms = two_forms(self.scope, self.body, entry.value, last)
            agreed = False
            plain = candidates(entry.value, last) or () if forms is None else ()
            if any(isinstance(item, Reference) for item in plain):
                self.scope.frame.context.keep_apart([self.join])
            if forms is not None and place not in self.facts.optional:
                self.facts.optional[place] = forms
                continue
            if not is_item(self.body, entry.value) | is_item(self.body, last):
                unite_lists(self.body, node, entry.value, last)
            self.facts.lost[place] = differs(place, entry.value, last)
        return agreed

    def _holds(
        self, path: Path, entry: Lowered, last: Lowered, around: tuple[tuple[Cell, Cell], ...] = ()
    ) -> bool:
        """Whether what follows the entry in the next iteration has the same form.

        An object that leads back to itself has no form that ends: `around` are the pairs it is inside of.
        """
        if path in self.choices:
            return self.choices.holds(path, last)
        match entry, last:
            case (Var() | Const(), Var() | Const()):
                return join(entry.type, last.type) is not None
            case (TupleValue(items=first), TupleValue(items=second)) if len(first) == len(second):
                both = enumerate(zip(first, second, strict=True))
                return entry.cls is last.cls and all(
                    self._holds((*path, k), *pair, around) for k, pair in both
                )
            case (Either(), Either()) if path[0] in self.facts.optional:
                held = self._holds((*path, HELD), entry.then, last.then, around)
                return held and entry.orelse == last.orelse
            case (Reference(), Reference()) if entry != last and self._alike(entry, last):
                if (entry.cell, last.cell) in around:
                    return False
                around = (*around, (entry.cell, last.cell))
                begun = self.start.get(entry.cell, self.body.heap[entry.cell]).items
                now = self.body.heap[last.cell].items
                return all(self._holds((*path, k), begun[k].value, now[k].value, around) for k in begun)
        return entry == last

    def _references(
        self, path: Path, first: Lowered, last: Lowered
    ) -> list[tuple[Path, Reference, Reference]]:
        """The references at the same path of what was there before and after the body."""
        if path in self.choices:
            return []
        if isinstance(first, Reference) and isinstance(last, Reference):
            found = [(path, first, last)]
            for key, before, after in self._fields(path, first, last):
                found += self._references((*path, key), before, after)
            return found
        if isinstance(first, Either) and isinstance(last, Either) and path[0] in self.facts.optional:
            return self._references((*path, HELD), first.then, last.then)
        if isinstance(first, TupleValue) and isinstance(last, TupleValue):
            both = enumerate(zip(first.items, last.items, strict=False))
            return [item for k, pair in both for item in self._references((*path, k), *pair)]
        return []

    def _alike(self, first: Reference, last: Reference) -> bool:
        one, other = self.body.heap[first.cell], self.body.heap[last.cell]
        same = first.cell.cls is last.cell.cls and first.cell.item == last.cell.item
        return same and tuple(one.items) == tuple(other.items) and one.place == other.place

    def _last_objects(self) -> dict[Path, Cell]:
        """For each reference that is another object each time: the object that the next iteration gets."""
        found = {}
        for place, entry in self.entry.items():
            for path, _, last in self._references((place,), entry.value, read(self.body, place).value):
                if path in self.opened:
                    found[path] = last.cell
        return found

    def check_moved(self, node: gast.AST) -> None:
        """Refuse a change of objects that the next iteration knows under two names."""
        check_moved(self.scope, self.body, node, self.opened, self._last_objects(), self.start)

    def _follow(self, path: Path) -> Lowered:
        place, *parts = path
        binding = read(self.body, place)  # type: ignore[arg-type]  # a path starts with a place
        value = binding.value
        for part in parts:
            if part == "assigned" and part is parts[-1] and not isinstance(value, Reference):
                return FALSE if isinstance(value, Undefined) else binding.defined
            if isinstance(part, Flag):
                return self.choices.flag(self.body, path[:-1], part.number, value)
            if isinstance(value, TupleValue) and isinstance(part, int) and part < len(value.items):
                value = value.items[part]
            elif isinstance(value, Either) and part in (PRESENT, HELD):
                value = value.condition if part == PRESENT else value.then
            elif isinstance(value, Reference) and part in self.body.heap[value.cell].items:
                value = self.body.heap[value.cell].items[part].value
            else:
                return FALSE if part == "assigned" else Undefined()
        return value

    # ------------------------------------------------------------ after the loop

    def after(self, results: dict[Path, Atom]) -> None:
        """Bind the places to what they hold after the loop."""
        made: dict[Path, Cell] = {}
        for place, entry in self.entry.items():
            last = read(self.body, place).value
            value = self._after_value((place,), entry.value, last, results, made)
            write(self.scope, place, Binding(value, results.get((place, "assigned"), TRUE)))
        freeze(self.scope, self.join, self.kept)
        last_objects = self._last_objects()
        for path in shared_objects(self.scope, self.body, self.opened, last_objects):
            same = [made[other] for other, cell in last_objects.items() if cell is last_objects[path]]
            freeze(self.scope, self.join, (*same, last_objects[path]))

    def _after_value(
        self, path: Path, entry: Lowered, last: Lowered, results: dict[Path, Atom], made: dict[Path, Cell]
    ) -> Lowered:
        if path in results:
            if isinstance(last, (Var, Const)) and join(results[path].type, last.type) is not None:
                return results[path]
            return Undefined(differs(path[0], results[path], last))
        if path in self.choices.among:
            one = self.choices.holds(path, last)
            return self.choices.after(path, results) if one else Undefined(differs(path[0], entry, last))
        match entry, last:
            case (TupleValue(items=first), TupleValue(items=second)) if len(first) == len(second):
                pairs = enumerate(zip(first, second, strict=True))
                return TupleValue(
                    tuple(self._after_value((*path, k), *pair, results, made) for k, pair in pairs), entry.cls
                )
            case (Either(), Either()) if path[0] in self.facts.optional:
                present = self._after_value((*path, PRESENT), entry.condition, last.condition, results, made)
                assert isinstance(present, (Var, Const))
                held = self._after_value((*path, HELD), entry.then, last.then, results, made)
                return Either(present, held, entry.orelse)
            case (Reference(), Reference()) if path in self.opened and self._alike(entry, last):
                return self._after_object(path, entry, last, results, made)
        return entry if entry == last else Undefined(differs(path[0], entry, last))

    def _after_object(
        self, path: Path, entry: Reference, last: Reference, results: dict[Path, Atom], made: dict[Path, Cell]
    ) -> Reference:
        cell = entry.cell
        begun, now = self.start[cell], self.body.heap[last.cell]
        items = {
            key: Binding(self._after_value((*path, key), item.value, now.items[key].value, results, made))
            for key, item in begun.items.items()
        }
        after = made[path] = replace(cell)
        maybe = may_be(self.scope, self.body, cell, begun, now)
        self.scope.heap[after] = Contents(items, begun.frozen or now.frozen, begun.place, maybe)
        return Reference(after)
