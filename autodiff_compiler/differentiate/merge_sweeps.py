"""Sweep merging: running a loop and its reversal in one pass over the iterations, or a branch with its own.

That is right where the cotangents that the reversal starts from are known before the forward statement runs
(a loss that adds up over the iterations, say), and, for a loop, the order of the reverse iterations does not
matter.
"""

from __future__ import annotations

from dataclasses import dataclass

from autodiff_compiler.analysis.aliasing import Roots
from autodiff_compiler.analysis.effects import effects, footprint, is_pure
from autodiff_compiler.differentiate.order import plain
from autodiff_compiler.differentiate.pairs import BranchPair, Item, LoopPair
from autodiff_compiler.ir.nodes import Guard, Statement, Var
from autodiff_compiler.ir.types import TAPE
from autodiff_compiler.ir.walk import bound, defined, free_variables


@dataclass(eq=False)
class Unit:
    """An item of a block and the statements it stands for in one sweep."""

    item: Item | None
    statements: list[Statement]


def plan_merge(unit: Unit, forward: list[Unit], backward: list[Unit], roots: Roots) -> list[Unit] | None:
    """What has to be moved before a loop or branch so that its reversal can run in it; None if it cannot.

    Units between the two on which the reversal depends are moved if they are pure and do not depend on the
    forward statement; so are the guards before those that touch arrays. What is left between may write no
    memory that the reversal uses, and read none that it writes.
    `roots` knows the memory of the arrays and of their shadows.
    """
    pair = unit.item
    assert isinstance(pair, LoopPair | BranchPair)
    after = forward[forward.index(unit) + 1 :]
    where = next((k for k, other in enumerate(backward) if other.item is pair), None)
    if where is None:
        return None
    between = [*after, *backward[:where]]
    reversal = plain(pair)
    results = {variable for statement in unit.statements for variable in defined(statement)}
    needed = set(free_variables(reversal)) - (set(bound(pair.forward)) - results)
    made = {variable for statement in unit.statements for variable in bound(statement)}
    changed = {root for other in (unit, *between) for root in _memory(other, roots)[1]}
    moved: list[Unit] = []
    for other in reversed(between):
        defines = any(variable in needed for statement in other.statements for variable in defined(statement))
        checks = all(isinstance(statement, Guard) for statement in other.statements) and _rely(moved, roots)
        if not defines and not checks:
            continue
        if (not checks and not all(map(is_pure, other.statements))) or _memory(other, roots)[0] & changed:
            return None
        moved.insert(0, other)
        for statement in other.statements:
            needed |= set(free_variables(statement))
    if needed & (results | made):
        return None
    used, updated = _memory(Unit(None, [reversal]), roots)
    for other in between:
        reads, writes = _memory(other, roots)
        if other not in moved and (writes & (used | updated) or reads & updated):
            return None
    return moved


def _rely(moved: list[Unit], roots: Roots) -> bool:
    """Whether some of the statements may only run after the guards before them."""
    found = (footprint(statement, roots) for unit in moved for statement in unit.statements)
    return any(item.guarded or item.indexed for item in found)


def _memory(unit: Unit, roots: Roots) -> tuple[set[Var], set[Var]]:
    """The memory, of arrays and of shadows, that the statements read and write."""
    found = [effects(statement) for statement in unit.statements]
    reads = {root for item in found for array in item.reads for root in roots.get(array, (array,))}
    writes = {root for item in found for array in item.writes for root in roots.get(array, (array,))}
    tapes = {array for item in found for array in item.writes if array.type == TAPE}
    return reads - tapes, writes - tapes  # a pair leaves a tape as it was, wherever both run together
