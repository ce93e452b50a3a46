"""Before reversal: what only one arm of a branch differentiates is computed inside that arm.

    before:  d = x[j] - y; near = d < c; if near: s += f(d)
    after:   d = x[j] - y; near = d < c; if near: d' = x[j] - y; s += f(d')

The reversal of `d'` then runs only where the arm has run: nothing is added to the shadow of `x` elsewhere.
Going forward, `share_expressions` finds that `d'` is `d`.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import replace

from autodiff_compiler.analysis.aliasing import Roots
from autodiff_compiler.analysis.effects import effects
from autodiff_compiler.ir.nodes import (
    Apply,
    Assign,
    Atom,
    Block,
    For,
    Function,
    Guard,
    If,
    Load,
    Var,
    While,
)
from autodiff_compiler.ir.types import Scalar, is_inexact
from autodiff_compiler.ir.walk import blocks, fresh_copy, operands, reads, statements, with_blocks

Place = tuple[int, int | None]  # the number of a statement in the block, and of the arm of a branch
END: Place = (-1, None)  # what the block yields


def sink_into_branches(function: Function, roots: Roots) -> Function:
    """The function with numbers computed inside the arms that alone use them for more than a condition."""
    body = _sunk(function.body, roots)
    return function if body is function.body else replace(function, body=body)


def _sunk(block: Block, roots: Roots) -> Block:
    branches = [k for k, item in enumerate(block.statements) if isinstance(item, If)]
    made = list(block.statements)
    if branches:
        plan = _Plan(block, roots)
        for position in branches:
            made[position] = plan.branch(position)
    made = [
        with_blocks(item, [_sunk(inner, roots) for inner in blocks(item)])
        if isinstance(item, If | For | While) else item
        for item in made
    ]  # fmt: skip
    same = all(one is other for one, other in zip(made, block.statements, strict=True))
    return block if same else replace(block, statements=tuple(made))


class _Plan:
    """Who uses the numbers of one block, and where its memory is written."""

    def __init__(self, block: Block, roots: Roots) -> None:
        self.block = block
        self.roots = roots
        self.uses: dict[Var, set[Place]] = {}
        self.defined: dict[Var, int] = {}
        self.written: dict[Var, int] = {}  # root -> the last statement before the branch that writes it
        self._seen = 0
        for number, statement in enumerate(block.statements):
            if isinstance(statement, Assign):
                self.defined[statement.target] = number
            arms = blocks(statement) if isinstance(statement, If) else ()
            for arm, inner in enumerate(arms):
                self._note(_differentiated(inner), (number, arm))
            if not arms:
                self._note(_differentiated(Block((statement,))), (number, None))
        self._note(block.yields, END)

    def _note(self, atoms: Iterable[Atom], place: Place) -> None:
        for atom in atoms:
            if isinstance(atom, Var):
                self.uses.setdefault(atom, set()).add(place)

    def branch(self, position: int) -> If:
        """The branch with what its arms alone use inside them."""
        statement = self.block.statements[position]
        assert isinstance(statement, If)
        self._pass_writes(position)
        arms = []
        for number, arm in enumerate(blocks(statement)):
            copied = [self.block.statements[k] for k in self._wanted(position, number, arm)]
            body = Block((*copied, *arm.statements), arm.yields)
            arms.append(fresh_copy(body, {}) if copied else arm)
        return replace(statement, then=arms[0], orelse=arms[1])

    def _pass_writes(self, position: int) -> None:
        for number in range(self._seen, position):
            for array in effects(self.block.statements[number]).writes:
                self.written.update(dict.fromkeys(self.roots.get(array, (array,)), number))
        self._seen = position

    def _wanted(self, position: int, number: int, arm: Block) -> list[int]:
        """The statements before the branch that only this arm differentiates, in order."""
        found: set[int] = set()
        places: set[Place] = {(position, number)}
        waiting: list[int] = []

        def offer(atoms: Iterable[Atom]) -> None:
            for atom in atoms:
                if isinstance(atom, Var) and self.defined.get(atom, position) < position:
                    heapq.heappush(waiting, -self.defined[atom])

        offer(_differentiated(arm))
        while waiting:
            candidate = -heapq.heappop(waiting)  # the last first: its users are decided
            if candidate in found or not self._movable(candidate, places):
                continue
            found.add(candidate)
            places.add((candidate, None))
            item = self.block.statements[candidate]
            assert isinstance(item, Assign)
            offer(operands(item.value))
        return sorted(found)

    def _movable(self, candidate: int, places: set[Place]) -> bool:
        item = self.block.statements[candidate]
        match item:
            case Assign(target, Load(array)) if is_inexact(target.type):
                last = max(
                    (self.written.get(root, -1) for root in self.roots.get(array, (array,))), default=-1
                )
                return last < candidate and self.uses[target] <= places
            case Assign(target, Apply()) if isinstance(target.type, Scalar) and is_inexact(target.type):
                return self.uses[target] <= places
            case _:
                return False


def _differentiated(block: Block) -> Iterator[Atom]:
    """What the block uses for more than conditions, indices and bounds."""
    for statement in statements(block):
        match statement:
            case Assign(target, value):
                if is_inexact(target.type):
                    yield from operands(value)
            case If() | Guard():
                pass
            case _:
                yield from reads(statement)
        for inner in blocks(statement):
            yield from inner.yields
    yield from block.yields
