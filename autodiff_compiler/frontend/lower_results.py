"""What a function leaves behind: how its result is arranged, and what it has changed in its arguments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

import gast

from autodiff_compiler.errors import AliasedMutation, TypeMismatch, UnsupportedSyntax
from autodiff_compiler.frontend.reach import reachable
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import (
    TRUE,
    Binding,
    Cell,
    Contents,
    Lowered,
    Reference,
    TupleValue,
    Undefined,
    describe,
)
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.ir.nodes import Atom, Const, Known, Made, Rebound, Structure, Var

Path: TypeAlias = tuple[object, ...]  # as in Rebound


@dataclass
class Results:
    """The yields of a function in the making."""

    scope: Scope
    node: gast.AST  # where the function returns
    yields: list[Atom] = field(default_factory=list)

    def structure(self, value: Lowered | None, within: tuple[Cell, ...] = ()) -> Structure:
        """How a value is arranged for the caller: each number and array in it becomes a yield."""
        match value:
            case Var() | Const():
                self.yields.append(value)
                return len(self.yields) - 1
            case TupleValue(items=items, cls=cls):
                parts = tuple(self.structure(item, within) for item in items)
                return parts if cls is tuple else Made(cls, tuple(getattr(cls, "_fields", ())), parts)
            case Reference(cell=cell) if cell.item is None:
                return self._made(value, within)
            case Static(value=known):
                return None if known is None else Known(known)
            case Undefined(reason=reason):
                self._refuse(f"the result has no one type: {reason}" if reason else "the result has no value")
            case _:
                self._refuse(f"the function returns {'nothing' if value is None else describe(value)}")

    def _made(self, value: Reference, within: tuple[Cell, ...]) -> Structure:
        cell = value.cell
        if cell in within:
            self._refuse(f"the function returns a {cell.cls.__name__} that holds itself")
        held = self.scope.contents(value).items
        for key, binding in held.items():
            if binding.defined != TRUE:
                self._refuse(f"whether `{key}` of the result is assigned is only known when the program runs")
        parts = tuple(self.structure(binding.value, (*within, cell)) for binding in held.values())
        return Made(cell.cls, tuple(held), parts)

    def _refuse(self, reason: str) -> None:
        instead = "numbers, arrays, or tuples, lists, dicts and objects of them"
        self.scope.frame.refuse(TypeMismatch, self.node, reason, instead)


@dataclass(frozen=True)
class Arguments:
    """The lists, dicts and objects that the caller has passed, as they were at the entry."""

    entry: dict[Cell, tuple[Path, Contents]]

    def changed(self, scope: Scope) -> Iterator[tuple[Cell, Path, tuple[object, ...]]]:
        """Those that hold something else in the end: where they are, and which keys they hold it under."""
        for cell, (path, before) in self.entry.items():
            after = scope.heap[cell].items
            keys = [key for key, item in after.items() if not _same(item, before.items.get(key))]
            gone = tuple(key for key in before.items if key not in after)
            if keys or gone:
                yield cell, path, (*keys, *gone)


def _same(binding: Binding, before: Binding | None) -> bool:
    return before is not None and binding.value is before.value


def arguments_of(scope: Scope, values: Iterable[Lowered]) -> Arguments:
    """The lists, dicts and objects among parameters, given in the order of the signature."""
    found: dict[Cell, tuple[Path, Contents]] = {}

    def note(path: Path, value: Lowered) -> None:
        if isinstance(value, TupleValue):
            names = getattr(value.cls, "_fields", range(len(value.items)))
            for key, item in zip(names, value.items, strict=True):
                note((*path, key), item)
        elif isinstance(value, Reference):
            held = found[value.cell] = (path, scope.contents(value))
            for key, binding in held[1].items.items():
                note((*path, key), binding.value)

    for position, value in enumerate(values):
        note((position,), value)
    return Arguments(found)


def rebound_paths(scope: Scope, arguments: Arguments) -> tuple[Path, ...]:
    """What the program assigns in the caller's lists, dicts and objects."""
    paths: list[Path] = []
    for cell, path, keys in arguments.changed(scope):
        whole = set(keys) - set(scope.heap[cell].items)
        paths += [path] if whole else [(*path, key) for key in keys]
    return tuple(paths)


def written_back(results: Results, arguments: Arguments) -> tuple[Rebound, ...]:
    """What the caller's objects hold after a call, as further results."""
    scope, found = results.scope, []
    for cell, path, keys in arguments.changed(scope):
        held = scope.heap[cell].items
        for key in keys:
            if key in held:
                _check_writable(results, arguments, cell, key, held[key])
        if cell.cls in (list, dict) and set(held) != set(arguments.entry[cell][1].items):
            for key, binding in held.items():
                _check_writable(results, arguments, cell, key, binding)
            found.append(Rebound(path, results.structure(Reference(cell)), in_place=True))
            continue
        for key in keys:
            found.append(Rebound((*path, key), results.structure(held[key].value)))
    return tuple(found)


def _check_writable(results: Results, arguments: Arguments, cell: Cell, key: object, item: Binding) -> None:
    """Refuse what cannot be brought back to the caller: other objects of theirs, what may not be assigned."""
    what = f"`{key}` of the {cell.cls.__name__} that the caller passed"
    refuse = results.scope.frame.refuse
    if item.defined != TRUE or isinstance(item.value, Undefined):
        reason = f"{what} is assigned on some paths only"
        refuse(UnsupportedSyntax, results.node, reason, "assign it on every path, or return the new value")
    if reachable(results.scope, [item.value]) & arguments.entry.keys():
        reason = f"{what} becomes another object of the caller's"
        refuse(AliasedMutation, results.node, reason, "return the new arrangement")


__all__ = ["Arguments", "Results", "arguments_of", "rebound_paths", "written_back"]
