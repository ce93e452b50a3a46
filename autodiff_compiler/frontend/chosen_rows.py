"""One of several known lists of numbers that have different lengths, at an index of the running program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import gast

from autodiff_compiler.frontend import growing
from autodiff_compiler.frontend.kinds import Ragged
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.value_kinds import form_of
from autodiff_compiler.frontend.values import Lowered, Reference, describe
from autodiff_compiler.ir.nodes import Const, Var
from autodiff_compiler.ir.types import Array


def rows_of_numbers(scope: Scope, items: Sequence[Lowered]) -> list[tuple[Lowered, ...]] | None:
    """The items of lists of numbers of different lengths; None where something else is among them."""
    found = []
    for item in items:
        inner = scope.items(item) if isinstance(item, Reference) and item.cell.cls is list else None
        if inner is None or not all(isinstance(number, (Var, Const)) for number in inner):
            return None
        found.append(inner)
    alike = len({len(row) for row in found}) < 2 or not any(found)
    return None if alike or any(isinstance(form_of(scope, x), Array) for row in found for x in row) else found


def chosen_row(
    scope: Scope, node: gast.AST, base: Lowered, rows: Sequence[tuple[Lowered, ...]], key: Lowered
) -> Lowered:  # fmt: skip
    """One of several lists of different lengths, read off a copy of them all, which nothing may change."""
    made = [
        growing.of_known(scope, node, (node, "row", number, scope.frame.calls), row, rows)
        for number, row in enumerate(rows)
    ]
    item = made[0].cell.item
    assert item is not None
    whole = growing.make(scope, node, (node, "rows", scope.frame.calls), Ragged(item), made)
    found = growing.get(scope, node, whole, key)
    assert isinstance(found, Reference)
    reason = f"a list that is one of those in {describe(base)}, chosen by an index, is changed here"
    scope.heap[found.cell] = replace(scope.heap[found.cell], frozen=reason)
    return found


__all__ = ["chosen_row", "rows_of_numbers"]
