"""Fuse loop nests over one domain: the same points are visited once, and values stay in registers."""

from __future__ import annotations

from dataclasses import replace

from autodiff_compiler.analysis.aliasing import Roots, roots, roots_inside
from autodiff_compiler.analysis.effects import depends, footprint
from autodiff_compiler.analysis.sizes import Sizes
from autodiff_compiler.analysis.uses import uses
from autodiff_compiler.ir.nodes import Block, For, Function, Nest, Statement, While
from autodiff_compiler.ir.walk import blocks, map_statements, with_blocks
from autodiff_compiler.loops.merge_nests import as_nest, merge, touched


def fuse_nests(function: Function) -> Function:
    """The function with nests over equal extents fused wherever the statements between them allow it.

    before:  nest i < n: y[i] = x[i] * x[i]            after:  nest i < n: t = x[i] * x[i]; s += t
             nest i < n: s += y[i]

    Two nests become one if they touch a common array, and either may be moved to the other past the
    statements between them. Values that the first writes and the second reads at the same point are handed
    over in registers; arrays that nobody else reads are not made at all. An allocation with a fill counts as
    a nest that writes the fill. Sound because the statements between keep their order relative to all that
    they depend on, and because a point of the fused nest touches no memory that another point of it writes
    (`merge_nests` has the conditions).
    """
    body = _fused_block(function.body, Sizes(), roots(function))
    if body is function.body:
        return function
    return _without_unread(replace(function, body=body))


def _fused_block(block: Block, sizes: Sizes, memory: Roots) -> Block:
    """The block with its nests fused, those in nested blocks too; `sizes` is what is known before it."""
    line = _Line(block.statements, sizes, memory)
    while line.advance():
        pass
    unchanged = len(line.statements) == len(block.statements) and not line.changed
    return block if unchanged else Block(tuple(line.statements), block.yields)


class _Line:
    """The statements of one block, and how far fusion has come."""

    def __init__(self, statements: tuple[Statement, ...], sizes: Sizes, memory: Roots) -> None:
        self.statements = list(statements)
        self.outer = sizes
        self.memory = memory
        self.footprints = [footprint(statement, memory) for statement in statements]
        self.position = 0
        self.sizes = sizes.inner()
        self.changed = False

    def advance(self) -> bool:
        """Fuse the statement at the position with an earlier one, or else step over it; False at the end."""
        if self.position == len(self.statements):
            return False
        statement = self.statements[self.position]
        if isinstance(statement, Nest):
            for earlier in reversed(range(self.position)):
                if self._fuse(earlier, statement):
                    return True
        else:
            self._replace(self.position, self._fused_inside(statement))
        self.sizes.observe(self.statements[self.position])
        self.position += 1
        return True

    def _fused_inside(self, statement: Statement) -> Statement:
        memory = roots_inside(self.memory, statement) if isinstance(statement, For | While) else self.memory
        inner = [_fused_block(block, self.sizes.inner(), memory) for block in blocks(statement)]
        return with_blocks(statement, inner)

    def _fuse(self, earlier: int, second: Nest) -> bool:
        first = as_nest(self.statements[earlier])
        if (
            first is None
            or not self._same_domain(first, second)
            or touched(first).isdisjoint(touched(second))
        ):
            return False
        delayed = self._delayed(earlier)
        if delayed is None:
            return False
        merged = merge(first, second, self.memory)
        if merged is None:
            return False
        moved_up = [k for k in range(earlier + 1, self.position) if k not in delayed]
        order = [
            *range(earlier),
            *moved_up,
            self.position,
            *delayed,
            *range(self.position + 1, len(self.statements)),
        ]
        self._replace(self.position, merged)
        self.statements = [self.statements[k] for k in order]
        self.footprints = [self.footprints[k] for k in order]
        self._restart(earlier + len(moved_up))
        return True

    def _delayed(self, earlier: int) -> list[int] | None:
        """The statements between that must stay after the earlier nest; None if the later nest needs one."""
        delayed: list[int] = []
        for between in range(earlier + 1, self.position + 1):
            held_by = delayed if between == self.position else [earlier, *delayed]
            if any(depends(self.footprints[between], self.footprints[k]) for k in held_by):
                if between == self.position:
                    return None
                delayed.append(between)
        return delayed

    def _same_domain(self, first: Nest, second: Nest) -> bool:
        return tuple(map(self.sizes.canonical, first.extents)) == tuple(
            map(self.sizes.canonical, second.extents)
        )

    def _replace(self, position: int, statement: Statement) -> None:
        if statement is not self.statements[position]:
            self.statements[position] = statement
            self.footprints[position] = footprint(statement, self.memory)
            self.changed = True

    def _restart(self, position: int) -> None:
        """Look at the position again, knowing about sizes only what the statements before it tell."""
        self.position = position
        self.sizes = self.outer.inner()
        for statement in self.statements[:position]:
            self.sizes.observe(statement)


def _without_unread(function: Function) -> Function:
    """The function without fresh arrays of nests that nothing reads, and without nests that write nothing."""
    counted = uses(function)

    def needed(statement: Statement) -> tuple[Statement, ...]:
        if not isinstance(statement, Nest):
            return (statement,)
        kept = tuple(write for write in statement.writes if not write.fresh or counted[write.target])
        if len(kept) == len(statement.writes):
            return (statement,)
        return (replace(statement, writes=kept),) if kept else ()

    return replace(function, body=map_statements(function.body, needed))
