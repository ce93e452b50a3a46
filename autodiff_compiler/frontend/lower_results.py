"""What a function returns, and what it leaves in the caller's objects, as yields and their arrangement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import NoReturn

import gast

from autodiff_compiler.errors import AliasedMutation, TypeMismatch
from autodiff_compiler.frontend.given_lists import part_of, replaced_places
from autodiff_compiler.frontend.kinds import Kind, Opaque, Parted, Ragged, Record, Static, Uniform
from autodiff_compiler.frontend.list_arrays import live, stacked
from autodiff_compiler.frontend.lower_parameters import Arguments
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.stand_ins_collections import OfDict
from autodiff_compiler.frontend.stand_ins_dicts import STOOD_FOR
from autodiff_compiler.frontend.value_kinds import has_objects
from autodiff_compiler.frontend.values import (
    TRUE,
    Binding,
    Cell,
    Either,
    Lowered,
    Reference,
    TupleValue,
    Undefined,
    describe,
)
from autodiff_compiler.ir.nodes import (
    EACH,
    Atom,
    Const,
    Given,
    Guard,
    Known,
    Listed,
    Made,
    Rebound,
    Structure,
    Var,
)
from autodiff_compiler.ir.types import Scalar, is_bool


@dataclass
class Results:
    """Collects yields. `kept`: the caller's objects are given back themselves, as a primal does."""

    scope: Scope
    arguments: Arguments
    kept: bool
    yields: list[Atom] = field(default_factory=list)
    exposed: list[Var] = field(default_factory=list)  # those that a user gets as they are

    def structure(
        self, node: gast.AST, value: Lowered | None, what: str, within: tuple[Cell, ...] = ()
    ) -> Structure:
        """How a value is arranged for the caller; `what` says in messages whose it is."""
        match value:
            case Var() | Const():
                self.yields.append(value)
                if isinstance(value, Var):
                    self.exposed.append(value)
                return len(self.yields) - 1
            case TupleValue(items=items, cls=cls):
                parts = tuple(self.structure(node, item, what, within) for item in items)
                return parts if cls is tuple else Made(cls, cls._fields, parts)  # type: ignore[attr-defined]
            case Reference(cell=cell) if self.kept and cell in self.arguments.cells:
                return Given(self.arguments.cells[cell])
            case Reference(cell=cell):
                self._check_own(node, cell, what)
                if cell.item is not None:
                    return self._listed(node, cell, cell.item, 0, what)
                return self._made(node, cell, what, within)
            case Static(value=None):
                return None
            case Static(value=known):
                return Known(known)
            case Undefined(reason=reason):
                self.scope.frame.refuse(TypeMismatch, node, f"{what} has no one type: {reason}")
            case Either(condition=condition, then=then, orelse=orelse) if Static(None) in (then, orelse):
                other = then if orelse == Static(None) else orelse
                holds = condition if orelse == Static(None) else self.scope.negated(condition)
                message = f"{what} is None here, where another path gives {describe(other)}"
                at = self.scope.frame.at(node)
                self.scope.builder.add(Guard(holds, message, (), "TypeMismatch", at))
                return self.structure(node, other, what, within)
            case _:
                found = "nothing" if value is None else describe(value)
                instead = "numbers, arrays, or structures of them"
                self.scope.frame.refuse(TypeMismatch, node, f"{what} is {found}", instead)

    def _check_own(self, node: gast.AST, cell: Cell, what: str) -> None:
        """Refuse objects of a list that the caller has passed: the result would be copies of them."""
        place = self.scope.heap[cell].place
        sites = [held.site for held in (place.of if place else None, cell) if held is not None]
        shared = any(isinstance(site, Given) for site in sites) or (
            cell.item is not None and has_objects(cell.item) and self._shares(cell)
        )
        if self.kept and shared:
            reason = f"{what} is an object of a list argument"
            self.scope.frame.refuse(AliasedMutation, node, reason, "its position in the list")

    def _shares(self, cell: Cell) -> bool:
        """Whether the objects of a list are also in another."""
        return cell.site in self.scope.frame.context.shared

    def _listed(self, node: gast.AST, cell: Cell, item: Kind, first: int, what: str) -> Listed:
        """A list of unknown length, or what each of its items has from the array with number `first` on."""
        plain: set[int] = set()
        structure = self._item(node, cell, item, first, what, plain)
        return Listed(structure, frozenset(plain))

    def _item(
        self, node: gast.AST, cell: Cell, kind: Kind, first: int, what: str, plain: set[int]
    ) -> Structure:
        match kind:
            case Static(value=known):
                return None if known is None else Known(known)
            case Record(cls=cls, keys=keys, items=items):
                parts = []
                for item in items:
                    parts.append(self._item(node, cell, item, first, what, plain))
                    first += len(stacked(item))
                return tuple(parts) if cls is tuple else Made(cls, keys, tuple(parts))
            case Parted():
                reason, instead = f"{what} has arrays of different lengths", "np.concatenate(...) of them"
                self.scope.frame.refuse(TypeMismatch, node, reason, instead)
            case Ragged(item=item):
                return self._ragged(node, cell, item, first, what)
            case Uniform(item=item):
                return self._listed(node, cell, item, first, what)
            case Opaque(reason=reason):
                self.scope.frame.refuse(TypeMismatch, node, f"{what} has a part that has no type: {reason}")
            case _:
                self.yields.append(live(self.scope, Reference(cell), first))
                number = len(self.yields) - 1
                if isinstance(kind, Scalar) and (kind.weak or is_bool(kind)):
                    plain.add(number)
                return number

    def _ragged(self, node: gast.AST, cell: Cell, item: Kind, first: int, what: str) -> Listed:
        """Lists of a list that have lengths of their own."""
        if not self.kept:
            reason = f"{what} has lists of different lengths"
            self.scope.frame.refuse(
                TypeMismatch, node, reason, "one list of numbers, and where each part begins"
            )
        self.yields.append(live(self.scope, Reference(cell), first))
        length = len(self.yields) - 1
        return replace(self._listed(node, cell, item, first + 1, what), length=length)

    def _list_back(
        self, node: gast.AST, cell: Cell, path: tuple[object, ...], item: Kind
    ) -> Iterator[Rebound]:
        """What comes back of a list argument; what changed in the parameters' memory is no part of that."""
        assert cell.item is not None
        before, after = self.arguments.start[cell].items, self.scope.heap[cell].items
        if all(before[key].value is binding.value for key, binding in after.items()):
            for place in replaced_places(self.scope, cell, item):
                if EACH in place:
                    reason = "a number in a list that is an item of an argument gets another type"
                    self.scope.frame.refuse(TypeMismatch, node, reason, "floats from the start")
                kind, first = part_of(cell.item, place)
                yield Rebound((*path, EACH, *place), self._listed(node, cell, kind, first, "an item"))
            return
        if has_objects(cell.item) or any(array.rank > 1 for array in stacked(cell.item)):
            reason = "a list argument of objects or arrays gets or loses items, or other ones"
            self.scope.frame.refuse(AliasedMutation, node, reason, "a new list")
        yield Rebound(path, self._listed(node, cell, cell.item, 0, "an argument's list"), in_place=True)

    def _made(self, node: gast.AST, cell: Cell, what: str, within: tuple[Cell, ...]) -> Structure:
        if cell in within:
            reason = f"{what} has a {cell.cls.__name__} that holds itself"
            self.scope.frame.refuse(TypeMismatch, node, reason, "a tree")
        if cell.cls in STOOD_FOR and not self.kept:
            self._refuse_stand_in(node, cell, what)
        held = self.scope.contents(Reference(cell)).items
        for key, binding in held.items():
            if binding.defined != TRUE:
                reason = f"{what} has a {cell.cls.__name__} whose {key!r} is only assigned on some paths"
                self.scope.frame.refuse(TypeMismatch, node, reason, "a value on every path")
        items = [self.structure(node, item.value, what, (*within, cell)) for item in held.values()]
        return Made(cell.cls, tuple(held), tuple(items))

    def _refuse_stand_in(self, node: gast.AST, cell: Cell, what: str) -> NoReturn:
        reason, instead = f"{what} is {describe(Reference(cell))}", "a list"
        if STOOD_FOR[cell.cls] is dict:
            reason += " whose keys are only known when the function runs"
        else:
            reason += ", which has no tangent vector"
            instead = "dict(...) of it" if issubclass(cell.cls, OfDict) else "a list of what it holds"
        self.scope.frame.refuse(TypeMismatch, node, reason, instead)

    def written_back(self, node: gast.AST) -> tuple[Rebound, ...]:
        """What the function has left in the caller's objects in place of what was there."""
        found: list[Rebound] = []
        for cell, path in self.arguments.cells.items():
            if cell.item is not None:
                found += self._list_back(node, cell, path, self.arguments.items[cell])
                continue
            before, after = self.arguments.start[cell].items, self.scope.heap[cell].items
            same = before.keys() == after.keys() if cell.cls is list else before.keys() <= after.keys()
            if not same:
                contents = self._made(node, cell, f"an argument's {cell.cls.__name__}", ())
                found.append(Rebound(path, contents, in_place=True))
                continue
            for key, binding in after.items():
                if key not in before or before[key].value is not binding.value:
                    found.append(self._rebound(node, (*path, key), binding))
        return tuple(found)

    def _rebound(self, node: gast.AST, path: tuple[object, ...], binding: Binding) -> Rebound:
        what = f"what is assigned to {path[-1]!r} of an argument"
        condition = None
        if binding.defined != TRUE:
            self.yields.append(binding.defined)
            condition = len(self.yields) - 1
        return Rebound(path, self.structure(node, binding.value, what), condition=condition)
