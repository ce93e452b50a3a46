"""Loop nests as `for` loops: where each result accumulates, and what is allocated before.

A result indexed by the outer loops alone accumulates in a variable inside the inner ones and is stored once.
A sum over several loops is added up run by run of the innermost one, so that no run waits for the one before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import gast
import numpy as np

from autodiff_compiler.analysis.aliasing import Roots, may_alias
from autodiff_compiler.analysis.indirect import by_depth
from autodiff_compiler.analysis.matrix_products import product_of
from autodiff_compiler.emit import syntax
from autodiff_compiler.emit.expressions import Expressions, constant
from autodiff_compiler.emit.name_values import unused
from autodiff_compiler.emit.products import write_product
from autodiff_compiler.ir.build import neutral
from autodiff_compiler.ir.nodes import Assign, Atom, Block, Const, Load, Nest, Var, Write
from autodiff_compiler.ir.types import INT
from autodiff_compiler.ir.walk import statements

Statements = list[gast.stmt]

_FOLDS = {"add": "plus", "max": "larger", "min": "smaller"}  # of runtime/folds.py
FOLDS = tuple(_FOLDS.values())


@dataclass(frozen=True, slots=True)
class _Plan:
    """How a write is carried out: inside `depth` loops its element is final and `accumulator` collects it."""

    write: Write
    depth: int
    once: bool  # each element is reached once at that depth
    accumulator: str | None  # None: the element is updated in memory
    row: str | None = None  # what collects the part of one innermost loop, where that is not all


class NestWriter:
    """Writes one nest; `body` writes its scalar statements."""

    def __init__(self, nest: Nest, expressions: Expressions, roots: Roots, taken: set[str]) -> None:
        self.nest = nest
        self.expressions = expressions
        self.roots = roots
        self.taken = taken  # names in use; accumulators are added
        self.read = {
            part.value.array
            for part in statements(nest.body)
            if isinstance(part, Assign) and isinstance(part.value, Load)
        }
        self.plans = [self._plan(write) for write in nest.writes]

    def write(self, body: Callable[[Block], Statements]) -> Statements:
        """The loops, with allocations and accumulators around them; `body` writes a part of the body.

        A product of matrices is a call.
        """
        found = product_of(self.nest, self.roots)
        if found is not None:
            return write_product(self.nest, found, self.expressions)
        *outer, innermost = (body(Block(group)) for group in by_depth(self.nest))
        inner = innermost
        for plan in self.plans:
            inner += self._innermost(plan)
        for depth in reversed(range(len(self.nest.indices))):
            index, extent = self.nest.indices[depth], self.nest.extents[depth]
            inner = [syntax.loop(self.expressions.names.of[index], self._bounds(extent), inner)]
            plans = [plan for plan in self.plans if plan.accumulator is not None and plan.depth == depth]
            starts = [syntax.assign(syntax.name(str(plan.accumulator)), self._start(plan)) for plan in plans]
            inner = outer[depth] + starts + inner + [part for plan in plans for part in self._flush(plan)]
            if depth == len(self.nest.indices) - 1:
                inner = self._by_rows(inner)
        return [part for plan in self.plans for part in self._allocate(plan)] + inner

    def _bounds(self, extent: Atom) -> list[gast.expr]:
        """What the `range` of a loop takes."""
        count = self.expressions.atom(extent)
        if not self.nest.backwards:
            return [count]
        last = syntax.binary(count, gast.Sub(), syntax.literal(1))
        return [last, syntax.literal(-1), syntax.literal(-1)]

    def _plan(self, write: Write) -> _Plan:
        indices = self.nest.indices
        used = [indices.index(atom) for atom in write.index if isinstance(atom, Var) and atom in indices]
        computed = {part.target for part in self.nest.body.statements if isinstance(part, Assign)}
        depth = max(used, default=-1) + 1
        if write.combine == "set" or not computed.isdisjoint(write.index) or self._watched(write):
            depth = len(indices)
        once = set(used) == set(range(depth)) and computed.isdisjoint(write.index)
        accumulator = None
        if write.fresh and not write.index:
            accumulator = self.expressions.names.of[write.target]
        elif depth < len(indices):
            accumulator = unused("_".join(self._words(write)), self.taken)
            self.taken.add(accumulator)
        row = None
        if accumulator is not None and depth < len(indices) - 1 and _is_sum(write):
            row = unused(f"{accumulator}_row", self.taken)
            self.taken.add(row)
        return _Plan(write, depth, once, accumulator, row)

    def _words(self, write: Write) -> list[str]:
        names = self.expressions.names.of
        return [
            names[write.target],
            *(names[atom] for atom in write.index if isinstance(atom, Var) and atom in names),
        ]

    def _watched(self, write: Write) -> bool:
        """Whether another part of the nest may look at the element while it is collected."""
        others = [
            other for other in self.nest.writes if other is not write and other.combine != write.combine
        ]
        seen = self.read | {other.target for other in others}
        return not write.fresh and any(may_alias(self.roots, write.target, array) for array in seen)

    def _allocate(self, plan: _Plan) -> Statements:
        write = plan.write
        if not write.fresh or not write.index:
            return []
        sizes = dict(zip(self.nest.indices, self.nest.extents, strict=True))
        shape = [sizes[atom] if isinstance(atom, Var) else Const(1, INT) for atom in write.index]
        fill = (
            None if plan.once or write.combine == "set" else neutral(write.combine, write.target.type.dtype)
        )
        value = self.expressions.allocation(shape, write.target.type.dtype, fill)
        return [syntax.rebind(self.expressions.names.of[write.target], value)]

    def _start(self, plan: _Plan) -> gast.expr:
        return constant(neutral(plan.write.combine, plan.write.target.type.dtype))

    def _innermost(self, plan: _Plan) -> Statements:
        value = self.expressions.atom(plan.write.value)
        if plan.accumulator is None:
            return self._combine(plan, self._element(plan.write), value, plan.once and plan.write.fresh)
        target = syntax.name(plan.row or plan.accumulator)
        if plan.depth < len(self.nest.indices) and plan.write.target.type.dtype.startswith("float"):
            return [
                syntax.assign(target, syntax.call(syntax.name(_FOLDS[plan.write.combine]), target, value))
            ]
        return self._combine(plan, target, value, plan.depth == len(self.nest.indices))

    def _by_rows(self, loop: Statements) -> Statements:
        """The innermost loop with sums of its own for what the outer loops add up."""
        plans = [plan for plan in self.plans if plan.row is not None]
        starts = [syntax.assign(syntax.name(str(plan.row)), self._start(plan)) for plan in plans]
        added = [
            syntax.update(syntax.name(str(plan.accumulator)), gast.Add(), syntax.name(str(plan.row)))
            for plan in plans
        ]
        return [*starts, *loop, *added]

    def _flush(self, plan: _Plan) -> Statements:
        if plan.write.fresh and not plan.write.index:
            return []
        value = syntax.name(str(plan.accumulator))
        return self._combine(plan, self._element(plan.write), value, plan.once and plan.write.fresh)

    def _combine(self, plan: _Plan, target: gast.expr, value: gast.expr, first: bool) -> Statements:
        """Put a value into an element or accumulator; the first and only value of it is just stored."""
        write = plan.write
        if first or write.combine == "set":
            return [syntax.assign(target, value)]
        if write.combine == "add":
            return [syntax.update(target, gast.Add(), value)]
        beyond = gast.Gt() if write.combine == "max" else gast.Lt()
        better: gast.expr = syntax.compare(value, beyond, target)
        if np.dtype(write.value.type.dtype).kind == "f":  # NaN wins, and then nothing is beyond it
            better = gast.BoolOp(gast.Or(), [better, syntax.compare(value, gast.NotEq(), value)])
        return syntax.branch(better, [syntax.assign(target, value)], [])

    def _element(self, write: Write) -> gast.expr:
        return syntax.item(
            syntax.name(self.expressions.names.of[write.target]), self.expressions.atoms(write.index)
        )


def _is_sum(write: Write) -> bool:
    """Whether a write adds up floats: the order of additions is free, and each takes some time."""
    return write.combine == "add" and write.target.type.dtype.startswith("float")
