"""What a function returns, and what it leaves in the caller's objects, as yields and their arrangement."""

from __future__ import annotations

from dataclasses import dataclass, field

import gast

from autodiff_compiler.errors import TypeMismatch
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.lower_parameters import Arguments
from autodiff_compiler.frontend.scope import Scope
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
from autodiff_compiler.ir.nodes import Atom, Const, Given, Guard, Known, Made, Rebound, Structure, Var


@dataclass
class Results:
    """Collects yields. `kept`: the caller's objects are given back themselves, as a primal does."""

    scope: Scope
    arguments: Arguments
    kept: bool
    yields: list[Atom] = field(default_factory=list)

    def structure(
        self, node: gast.AST, value: Lowered | None, what: str, within: tuple[Cell, ...] = ()
    ) -> Structure:
        """How a value is arranged for the caller; `what` says in messages whose it is."""
        match value:
            case Var() | Const():
                self.yields.append(value)
                return len(self.yields) - 1
            case TupleValue(items=items, cls=cls):
                parts = tuple(self.structure(node, item, what, within) for item in items)
                return parts if cls is tuple else Made(cls, cls._fields, parts)  # type: ignore[attr-defined]
            case Reference(cell=cell) if cell.item is None:
                if self.kept and cell in self.arguments.cells:
                    return Given(self.arguments.cells[cell])
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

    def _made(self, node: gast.AST, cell: Cell, what: str, within: tuple[Cell, ...]) -> Structure:
        if cell in within:
            reason = f"{what} has a {cell.cls.__name__} that holds itself"
            self.scope.frame.refuse(TypeMismatch, node, reason, "a tree")
        held = self.scope.contents(Reference(cell)).items
        for key, binding in held.items():
            if binding.defined != TRUE:
                reason = f"{what} has a {cell.cls.__name__} whose {key!r} is only assigned on some paths"
                self.scope.frame.refuse(TypeMismatch, node, reason, "a value on every path")
        items = [self.structure(node, item.value, what, (*within, cell)) for item in held.values()]
        return Made(cell.cls, tuple(held), tuple(items))

    def written_back(self, node: gast.AST) -> tuple[Rebound, ...]:
        """What the function has left in the caller's objects in place of what was there."""
        found: list[Rebound] = []
        for cell, path in self.arguments.cells.items():
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
