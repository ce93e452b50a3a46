"""Copies that stand for views: refused where what was copied changes later, which a view would show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from autodiff_compiler.analysis.aliasing import Roots, roots
from autodiff_compiler.errors import AliasedMutation
from autodiff_compiler.ir.nodes import (
    Apply,
    Assign,
    Atom,
    Block,
    Call,
    Carry,
    For,
    Function,
    If,
    Statement,
    Store,
    Var,
    While,
)
from autodiff_compiler.ir.types import Array
from autodiff_compiler.ir.walk import blocks, reads
from autodiff_compiler.location import Location

Loops = tuple[int, ...]


@dataclass(frozen=True)
class _Point:
    """A place in the program: its number in the order of the text, and the loops around it."""

    order: int
    loops: Loops

    def may_follow(self, other: _Point, own: Set[int]) -> bool:
        """Whether it may be reached after the other; iterations of the loops `own` begin with new memory."""
        return self.order > other.order or bool(set(self.loops) & set(other.loops) - own)


def check_copies(
    function: Function, unwritable: Mapping[Var, str], copied: Mapping[Var, Var],
    appending: Set[Location] = frozenset(),
) -> None:  # fmt: skip
    """Refuse a change of an array of which a copy is used on, where NumPy has, or may have, a view.

    `unwritable` are such copies, and why; `copied` says of what, where the program does not say so itself;
    `appending` are the places where arrays are put into lists, which changes no array.
    """
    if not unwritable:
        return
    found = _Uses(function, unwritable, copied, appending)
    for _, at, changed in found.writes:
        for root in changed:
            if root in unwritable and not (at is not None and at == found.made.get(root)):
                raise AliasedMutation(unwritable[root], suggestion="a copy: b = a.copy()", location=at)
    for point, target, source in found.copies:
        own = frozenset(point.loops)
        kept = found.memory.get(source, frozenset((source,)))
        for write, at, changed in found.writes:
            if kept.isdisjoint(changed) or not write.may_follow(point, own):
                continue
            if any(use.may_follow(write, own) for use in found.uses.get(target, ())):
                reason = f"`{source.name}` is changed here, and what was made of it is used on"
                suggestion = "a copy of it before the change: b = a.copy()"
                raise AliasedMutation(f"{reason}: {unwritable[target]}", suggestion=suggestion, location=at)


class _Uses:
    """Where arrays are copied, used and written; names that are handed on and never read are no uses."""

    def __init__(
        self, function: Function, unwritable: Mapping[Var, str], copied: Mapping[Var, Var],
        appending: Set[Location],
    ) -> None:  # fmt: skip
        self.memory: Roots = roots(function)
        self.copies: list[tuple[_Point, Var, Var]] = []
        self.uses: dict[Var, list[_Point]] = {}
        self.writes: list[tuple[_Point, Location | None, frozenset[Var]]] = []
        self.made: dict[Var, Location | None] = {}  # the call that makes and fills what is not to be changed
        self._unwritable, self._copied, self._appending = unwritable, copied, appending
        self._order = 0
        self._read: set[Atom] = set()
        self._handed: list[tuple[Atom, tuple[Var, ...], _Point]] = []
        self._block(function.body, ())
        self._use(function.body.yields, self._here(()))
        self._hand_on()

    def _here(self, loops: Loops) -> _Point:
        self._order += 1
        return _Point(self._order, loops)

    def _block(self, block: Block, loops: Loops) -> None:
        for statement in block.statements:
            self._statement(statement, loops)

    def _statement(self, statement: Statement, loops: Loops) -> None:
        here = self._here(loops)
        match statement:
            case If(condition=condition, results=results):
                self._use((condition,), here)
                for arm in blocks(statement):
                    self._block(arm, loops)
                    self._hand(arm.yields, [(result,) for result in results], self._here(loops))
            case For() | While():
                self._loop(statement, here)
            case _:
                self._use(reads(statement), here)
                self._note(statement, here)

    def _loop(self, loop: For | While, here: _Point) -> None:
        if isinstance(loop, For):
            self._use((loop.start, loop.stop, loop.step), here)
        inside = (*here.loops, here.order)
        receivers = [_receivers(carry) for carry in loop.carries]
        self._hand([carry.start for carry in loop.carries], receivers, here)
        for block in blocks(loop):
            self._block(block, inside)
            if block is loop.body:
                self._hand(block.yields, receivers, self._here(inside))
            else:
                self._use(block.yields, self._here(inside))

    def _note(self, statement: Statement, here: _Point) -> None:
        """Note what a statement makes, copies and writes."""
        if isinstance(statement, Assign) and statement.target in self._unwritable:
            self.made[statement.target] = statement.at
        match statement:
            case Assign(target) if target in self._copied:
                self.copies.append((here, target, self._copied[target]))
            case Assign(target, Apply(operands=(Var() as source, *_))) if target in self._unwritable:
                self.copies.append((here, target, source))
            case Store(array) if not (statement.at in self._appending and not statement.index):
                self.writes.append((here, statement.at, frozenset(self.memory.get(array, (array,)))))
            case Call(callee, operands):
                self.writes += [
                    (here, statement.at, self.memory.get(atom, frozenset((atom,))))
                    for atom, access in zip(operands, callee.access, strict=True)
                    if access in ("add", "write") and isinstance(atom, Var)
                ]

    # ------------------------------------------------------------ uses

    def _use(self, atoms: Sequence[Atom], point: _Point) -> None:
        for atom in atoms:
            self._read.add(atom)
            if isinstance(atom, Var) and isinstance(atom.type, Array):
                for root in self.memory.get(atom, (atom,)):
                    self.uses.setdefault(root, []).append(point)

    def _hand(self, atoms: Sequence[Atom], receivers: Sequence[tuple[Var, ...]], point: _Point) -> None:
        """Note that values get other names, which is a use if one of these is read."""
        self._handed += [(atom, names, point) for atom, names in zip(atoms, receivers, strict=True)]

    def _hand_on(self) -> None:
        waiting = self._handed
        while waiting:
            wanted = [item for item in waiting if not self._read.isdisjoint(item[1])]
            if not wanted:
                return
            waiting = [item for item in waiting if self._read.isdisjoint(item[1])]
            for atom, _, point in wanted:
                self._use((atom,), point)


def _receivers(carry: Carry) -> tuple[Var, ...]:
    return carry.inside, carry.after


__all__ = ["check_copies"]
