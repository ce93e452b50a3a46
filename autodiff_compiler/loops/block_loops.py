"""Loops that change large arrays again and again do all their iterations on some rows, then on the next ones.

`out += w[k] * image[k : k + n]`, in a loop, goes over all of `out` in each iteration. If that is larger than
the caches, each iteration waits for memory.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from autodiff_compiler.analysis.aliasing import Roots, roots
from autodiff_compiler.analysis.natural import Naturals
from autodiff_compiler.analysis.sizes import Sizes
from autodiff_compiler.ir.build import Builder, integer, neutral
from autodiff_compiler.ir.nodes import (
    Apply,
    Assign,
    Atom,
    Block,
    Const,
    For,
    Function,
    Guard,
    Load,
    Nest,
    Statement,
    Store,
    Var,
    Write,
)
from autodiff_compiler.ir.types import INT
from autodiff_compiler.ir.walk import (
    blocks,
    bound,
    free_variables,
    fresh_statement,
    looked_up,
    substitute,
    with_blocks,
)
from autodiff_compiler.loops.nest_parts import with_unsigned
from autodiff_compiler.loops.row_blocks import RowLoop, loops_to, row_loop

BLOCK = 2048  # elements of an array that all iterations are done on: they stay in the first cache

Rewrite = Callable[[Statement], Sequence[Statement]]


def block_loops(function: Function) -> Function:
    """The function with loops over nests that go over the same rows turned inside out, block by block.

    before:  for k in 0..m:                          after:  for k in 0..m: guard g(k)
                 guard g(k)                                  for first in 0..n step b:
                 w = weights[k]                                  for k in 0..m:
                 nest i < n, j < p:                                  w = weights[k]
                     t = w * x[i + k, j]                             nest i < min(n - first, b), j < p:
                     a[i, j] += t                                        t = w * x[first + i + k, j]
                     new s += t                                          a[first + i, j] += t
                 c[k] += s                                               new s += t
                                                                     sums[k] += s
                                                             for k in 0..m: s = sums[k]; c[k] += s

    Sound because what one iteration writes, others touch in the same row only, or only add to: then rows may
    be done in any order. `row_blocks` has the conditions. What may raise is done first, before anything is
    changed; what depends on sums over all rows is done last.
    """
    rewriting = _Rewriting(roots(function), Naturals(function))
    body = rewriting.block(function.body, Sizes())
    notes = rewriting.notes
    return (
        function if body is function.body else replace(function, body=body, notes=(*function.notes, *notes))
    )


@dataclass
class _Rewriting:
    """Finds the loops of a function, and puts others in their places."""

    memory: Roots
    naturals: Naturals
    notes: list[str] = field(default_factory=list)

    def block(self, block: Block, sizes: Sizes) -> Block:
        """The block with its loops changed, at any depth; `sizes` is what is known before it."""
        known = sizes.inner()
        made: list[Statement] = []
        renamed: dict[Var, Atom] = {}
        for old in block.statements:
            statement = substitute(old, renamed)
            turned = self._turning(statement, known) if isinstance(statement, For) else None
            if turned is not None:
                made += turned.statements()
                renamed |= turned.results
                where = f" of line {statement.at.line}" if statement.at is not None else ""
                self.notes.append(
                    f"the loop{where} does all its iterations on some rows, then on the next ones"
                )
            else:
                made.append(with_blocks(statement, [self.block(part, known) for part in blocks(statement)]))
            known.observe(old)
        yields = tuple(looked_up(atom, renamed) for atom in block.yields)
        same = len(made) == len(block.statements) and all(map(operator.is_, made, block.statements))
        return block if same else Block(tuple(made), yields)

    def _turning(self, loop: For, sizes: Sizes) -> _Turning | None:
        found = row_loop(loop, sizes, self.memory)
        turned = _Turning(found, self.naturals) if found is not None and _may_be_large(found) else None
        return turned if turned is not None and turned.is_counted() else None


def _may_be_large(found: RowLoop) -> bool:
    """Whether the nests are not known to fit into one block."""
    extents = [[looked_up(atom, found.extents) for atom in nest.extents] for nest in found.nests]
    return not all(
        all(isinstance(atom, Const) for atom in atoms)
        and math.prod(int(atom.value) for atom in atoms if isinstance(atom, Const)) <= BLOCK
        for atoms in extents
    )


@dataclass
class _Turning:
    """Writes the loops that one loop becomes."""

    found: RowLoop
    naturals: Naturals
    results: dict[Var, Atom] = field(default_factory=dict)  # what follows the loop reads instead of carries
    sums: dict[Var, tuple[Var, tuple[For, ...]]] = field(default_factory=dict)  # where each is added up

    def is_counted(self) -> bool:
        """Whether it is known before the loop how many sums there are."""
        inside = set(bound(self.found.loop))
        return all(
            loop.step in (integer(1), integer(-1)) and inside.isdisjoint((loop.start, loop.stop))
            for nest in self.found.nests
            if any(write.fresh for write in nest.writes)
            for loop in self._around(nest)
        )

    def statements(self) -> list[Statement]:
        """What stands in place of the loop."""
        loop = self.found.loop
        builder = Builder(loop.at)
        limits = self._limits(builder)
        rewrite = self._checked if limits is None else lambda item: self._measured(item, limits)
        builder.add(self._copy(loop, rewrite, late=False))
        rows, size = self._extent(builder, limits)
        self._allocate_sums(builder)
        self._add_blocks(builder, rows, size)
        if self.found.late:
            builder.add(self._copy(loop, self._after, late=True))
        return builder.statements

    def _around(self, nest: Nest) -> tuple[For, ...]:
        return (self.found.loop, *(loops_to(self.found.loop.body, nest) or ()))

    # ------------------------------------------------------------ copies of the loop

    def _copy(self, loop: For, rewrite: Rewrite, *, late: bool) -> For:
        """The loop, under new names, with its statements rewritten; without what is late, unless wanted."""
        mapping: dict[Var, Atom] = {}
        copied = fresh_statement(self._rewritten(loop, rewrite, late=late), mapping)
        assert isinstance(copied, For)
        for carry in loop.carries:
            if carry.after in mapping and carry.after not in self.results:  # the first copy that has it
                self.results[carry.after] = mapping[carry.after]
        return copied

    def _rewritten(self, loop: For, rewrite: Rewrite, *, late: bool) -> For:
        inner: list[Statement] = []
        for statement in loop.body.statements:
            if isinstance(statement, For):
                inner.append(self._rewritten(statement, rewrite, late=late))
            elif late or not self._is_late(statement):
                inner += rewrite(statement)
        kept = [
            (carry, following)
            for carry, following in zip(loop.carries, loop.body.yields, strict=True)
            if late or carry.inside not in self.found.late
        ]
        carries, yields = tuple(carry for carry, _ in kept), tuple(following for _, following in kept)
        return replace(loop, carries=carries, body=Block(tuple(inner), yields))

    def _is_late(self, statement: Statement) -> bool:
        late = self.found.late
        return not isinstance(statement, Nest) and not late.isdisjoint(
            (*free_variables(statement), *bound(statement))
        )

    def _checked(self, statement: Statement) -> Sequence[Statement]:
        """What is done before all nests."""
        return () if isinstance(statement, Nest) else (statement,)

    def _after(self, statement: Statement) -> Sequence[Statement]:
        """What is done when all sums are there."""
        if isinstance(statement, Nest):
            builder = Builder(statement.at)
            for write in statement.writes:
                if write.fresh:
                    total, loops = self.sums[write.target]
                    builder.add(Assign(write.target, Load(total, _places(loops, builder)), statement.at))
            return builder.statements
        early = isinstance(statement, Guard) or (
            isinstance(statement, Store) and not self._is_late(statement)
        )
        return () if early else (statement,)

    # ------------------------------------------------------------ how large the nests are

    def _limits(self, builder: Builder) -> Var | None:
        """Where the largest extents are put, if they are not known before the loop."""
        known = self.found.extents
        if all(
            isinstance(atom, Const) or atom in known for nest in self.found.nests for atom in nest.extents
        ):
            return None
        return builder.allocate((integer(2),), INT.dtype, integer(0), "largest")

    def _measured(self, statement: Statement, limits: Var) -> Sequence[Statement]:
        if not isinstance(statement, Nest):
            return (statement,)
        builder = Builder(statement.at)
        for place, extent in enumerate((statement.extents[0], _product(builder, statement.extents[1:]))):
            held = builder.load(limits, (integer(place),))
            builder.store(limits, (integer(place),), _int(builder, "maximum", held, extent))
        return builder.statements

    def _extent(self, builder: Builder, limits: Var | None) -> tuple[Atom, Atom]:
        """How many rows there are, and of how many elements, at most."""
        if limits is not None:
            return builder.load(limits, (integer(0),)), builder.load(limits, (integer(1),))
        rows: dict[Atom, None] = {}
        sizes: dict[tuple[Atom, ...], None] = {}
        for nest in self.found.nests:
            outer, *inner = self._known(nest)
            rows[outer] = None
            sizes[tuple(inner)] = None
        products = [_product(builder, inner) for inner in sizes]
        return _largest(builder, list(rows)), _largest(builder, products)

    def _known(self, nest: Nest) -> tuple[Atom, ...]:
        """The extents of a nest, as they are known before the loop where they are."""
        return tuple(looked_up(atom, self.found.extents) for atom in nest.extents)

    # ------------------------------------------------------------ sums

    def _allocate_sums(self, builder: Builder) -> None:
        for nest in self.found.nests:
            loops = self._around(nest)
            for write in nest.writes:
                if write.fresh:
                    dtype = write.target.type.dtype
                    shape = tuple(_count(loop, builder) for loop in loops)
                    total = builder.allocate(shape, dtype, neutral("add", dtype), f"{write.target.name}_sums")
                    self.sums[write.target] = total, loops

    # ------------------------------------------------------------ the blocks

    def _add_blocks(self, builder: Builder, rows: Atom, size: Atom) -> None:
        many = _int(builder, "maximum", size, integer(1))
        step = _int(builder, "maximum", _int(builder, "floor_divide", integer(BLOCK), many), integer(1))
        first = Var("first", INT)
        body = self._copy(self.found.loop, lambda item: self._part(item, first, step), late=False)
        loop = For(first, integer(0), rows, step, (), Block((body,)), self.found.loop.at)
        builder.add(loop)

    def _part(self, statement: Statement, first: Var, step: Atom) -> Sequence[Statement]:
        """What is done for the rows of a block."""
        if not isinstance(statement, Nest):
            return () if isinstance(statement, Guard | Store) else (statement,)
        builder = Builder(statement.at)
        extents = self._known(statement)
        rest = _int(builder, "subtract", extents[0], first)
        count = _int(builder, "maximum", _int(builder, "minimum", rest, step), integer(0))
        index = statement.indices[0]
        inner = Builder(statement.at)
        row = inner.assign(Apply("add", (index, first)), INT, index.name)
        moved: dict[Var, Atom] = {index: row}
        body = Block((*inner.statements, *substitute(statement.body, moved).statements))
        parts: dict[Var, Var] = {}
        writes = tuple(self._partial(write, moved, parts) for write in statement.writes)
        part = replace(statement, extents=(count, *extents[1:]), body=body, writes=writes)
        builder.add(with_unsigned(part, row, self.naturals) if len(part.indices) == 1 else part)
        for target, added in parts.items():
            total, loops = self.sums[target]
            builder.store(total, _places(loops, builder), added, accumulate=True)
        return builder.statements

    def _partial(self, write: Write, moved: dict[Var, Atom], parts: dict[Var, Var]) -> Write:
        target = write.target
        if write.fresh:
            target = Var(target.name, target.type, target.at)
            parts[write.target] = target
        index = tuple(looked_up(atom, moved) for atom in write.index)
        return replace(write, target=target, index=index, value=looked_up(write.value, moved))


def _places(loops: Sequence[For], builder: Builder) -> tuple[Atom, ...]:
    """How many iterations of each loop are over."""
    return tuple(
        _int(builder, "subtract", loop.index, loop.start) if loop.step == integer(1)
        else _int(builder, "subtract", loop.start, loop.index)
        for loop in loops
    )  # fmt: skip


def _count(loop: For, builder: Builder) -> Atom:
    """How many iterations a loop has."""
    ends = (loop.stop, loop.start) if loop.step == integer(1) else (loop.start, loop.stop)
    return _int(builder, "maximum", _int(builder, "subtract", *ends), integer(0))


def _largest(builder: Builder, atoms: Sequence[Atom]) -> Atom:
    total, *others = atoms
    for other in others:
        total = _int(builder, "maximum", total, other)
    return total


def _product(builder: Builder, atoms: Sequence[Atom]) -> Atom:
    total: Atom = integer(1)
    for atom in atoms:
        total = _int(builder, "multiply", total, atom)
    return total


_FOLDED: dict[str, Callable[[int, int], int]] = {
    "maximum": max, "minimum": min, "subtract": int.__sub__, "multiply": int.__mul__,
    "floor_divide": int.__floordiv__,
}  # fmt: skip


def _int(builder: Builder, name: str, one: Atom, other: Atom) -> Atom:
    """What an operator gives of two integers, here and now where both are known."""
    if isinstance(one, Const) and isinstance(other, Const):
        return integer(_FOLDED[name](int(one.value), int(other.value)))
    if (name, other) == ("subtract", integer(0)) or (name, one) == ("multiply", integer(1)):
        return one if name == "subtract" else other
    return builder.assign(Apply(name, (one, other)), INT)
