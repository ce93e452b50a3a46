"""Where shadows can follow arrays through branches and loops without copies.

A name that a branch or loop may bind to different arrays gets a shadow of its own, which takes over the
shadow of whatever it was bound to. That is right if the array is not used under its old name any more (it
*moves*, as in `u, v = v, u`), or if its memory is not written from then on. The shadows of what remains are
found by their places, see `places.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autodiff_compiler.analysis.activity import Activity
from autodiff_compiler.analysis.aliasing import Roots
from autodiff_compiler.analysis.effects import effects
from autodiff_compiler.differentiate.cotangents import Families
from autodiff_compiler.differentiate.places import shared_with
from autodiff_compiler.ir.nodes import (
    Assign,
    Atom,
    Block,
    Dim,
    For,
    Function,
    If,
    Reshape,
    Statement,
    Transpose,
    Var,
    View,
    While,
)
from autodiff_compiler.ir.types import Array
from autodiff_compiler.ir.walk import blocks, defined, reads


@dataclass(frozen=True)
class _Point:
    """A place in the program: its number in the order of the text, and the loops around it."""

    order: int
    loops: tuple[int, ...]

    def may_follow(self, other: _Point, own: tuple[int, ...] = ()) -> bool:
        """Whether it may be reached after the other, in a later iteration perhaps.

        Iterations of the loops `own` begin with new values, so that nothing is handed on to later ones.
        """
        return self.order > other.order or bool(set(self.loops) & set(other.loops) - set(own))


@dataclass(frozen=True)
class _Edge:
    """An array (by its family's root) gets another name."""

    source: Var
    target: Var
    point: _Point
    shared: bool  # another name gets the same array there
    ends: bool  # the old name ends there, with the block it belongs to


def shared_arrays(function: Function, activity: Activity, roots: Roots, families: Families) -> frozenset[Var]:
    """The arrays whose shadows need places: those that may get the names of one with two live names.

    They are roots of families. An array counts if its memory is written while it has both names.
    """
    names = _Names(function, roots, families)
    found = [
        edge.target
        for edge in names.edges
        if activity.is_active(edge.target) and names.written_after(edge) and not names.moves(edge)
    ]
    return shared_with(function, found, families) if found else frozenset()


def _only_looks(statement: Statement) -> bool:
    """Whether the statement reads no element: a view is the same name, and a length is no memory."""
    return isinstance(statement, Assign) and isinstance(statement.value, View | Transpose | Reshape | Dim)


class _Names:
    """Where arrays get second names, and where each name is used and its memory written."""

    def __init__(self, function: Function, roots: Roots, families: Families) -> None:
        self.families = families
        self.edges: list[_Edge] = []
        self._roots = roots
        self._homes: dict[Var, tuple[int, ...]] = {}  # the loops around what defines a name
        self._uses: dict[Var, list[_Point]] = {}
        self._writes: dict[Var, list[_Point]] = {}
        self._order = 0
        self._block(function.body, ())
        self._use(function.body.yields, self._here(()))

    def moves(self, edge: _Edge) -> bool:
        """Whether the array is not used under its old name after it has got the new one."""
        if edge.shared or edge.ends:
            return not edge.shared
        own = self._homes.get(edge.source, ())
        if set(edge.point.loops) - set(own):
            return False  # the next iteration uses the old name again
        return not any(use.may_follow(edge.point, own) for use in self._uses.get(edge.source, ()))

    def written_after(self, edge: _Edge) -> bool:
        """Whether the array's memory may be written while it has both names."""
        memory = self._roots.get(edge.source, frozenset((edge.source,)))
        return any(write.may_follow(edge.point) for root in memory for write in self._writes.get(root, ()))

    # ------------------------------------------------------------ collecting

    def _here(self, loops: tuple[int, ...]) -> _Point:
        self._order += 1
        return _Point(self._order, loops)

    def _block(self, block: Block, loops: tuple[int, ...]) -> None:
        for statement in block.statements:
            self._statement(statement, loops)

    def _statement(self, statement: Statement, loops: tuple[int, ...]) -> None:
        here = self._here(loops)
        if not _only_looks(statement):
            self._use(reads(statement), here)
        match statement:
            case If():
                self._branch(statement, loops)
            case For() | While():
                self._loop(statement, here)
            case _:
                for body in blocks(statement):  # of a nest
                    self._block(body, loops)
                for array in effects(statement).writes:
                    for root in self._roots.get(array, (array,)):
                        self._writes.setdefault(root, []).append(here)
        self._homes.update(dict.fromkeys(defined(statement), loops))

    def _branch(self, statement: If, loops: tuple[int, ...]) -> None:
        for arm in blocks(statement):
            self._block(arm, loops)
            self._use(arm.yields, self._here(loops))
        end = self._here(loops)
        for arm in blocks(statement):
            self._bind(arm.yields, statement.results, statement, end, arm)

    def _loop(self, statement: For | While, here: _Point) -> None:
        inside = (*here.loops, here.order)
        names = [carry.inside for carry in statement.carries]
        self._homes.update(dict.fromkeys(names, inside))
        self._bind([carry.start for carry in statement.carries], names, statement, here, None)
        for block in blocks(statement):
            self._block(block, inside)
        end = self._here(inside)
        self._use(statement.body.yields, end)
        self._bind(statement.body.yields, names, statement, end, statement.body)

    def _use(self, atoms: Sequence[Atom], point: _Point) -> None:
        for atom in atoms:
            if isinstance(atom, Var) and isinstance(atom.type, Array):
                self._uses.setdefault(self.families.root(atom), []).append(point)

    def _bind(
        self,
        sources: Sequence[Atom],
        targets: Sequence[Var],
        statement: If | For | While,
        point: _Point,
        block: Block | None,
    ) -> None:
        """Note that the targets become names of the sources, where these are arrays."""
        found = [
            (self.families.root(source), target) for source, target in zip(sources, targets, strict=True)
            if isinstance(source, Var) and isinstance(source.type, Array)
        ]  # fmt: skip
        own = {variable for item in (block.statements if block else ()) for variable in defined(item)}
        if block is not None and not isinstance(statement, If):
            own |= {carry.inside for carry in statement.carries}
        for source, target in found:
            shared = sum(root is source for root, _ in found) > 1
            self.edges.append(_Edge(source, target, point, shared, source in own))
