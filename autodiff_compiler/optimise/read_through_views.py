"""Read and write elements of views as elements of the arrays behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from autodiff_compiler.analysis.aliasing import Roots, roots
from autodiff_compiler.analysis.matrix_products import product_of
from autodiff_compiler.analysis.natural import Naturals
from autodiff_compiler.ir.build import Builder, integer
from autodiff_compiler.ir.nodes import (
    Apply,
    Assign,
    Atom,
    Block,
    Const,
    Function,
    Load,
    Nest,
    NewAxis,
    Slice,
    Statement,
    Store,
    Transpose,
    Var,
    View,
)
from autodiff_compiler.ir.types import INT, rank_of
from autodiff_compiler.ir.walk import blocks, statements, with_blocks

Index = tuple[Atom, ...]


def read_through_views(function: Function) -> Function:
    """The function with no access to an element through a view that starts at a known place.

    before:  v = x[1:, newaxis, k]; nest i < n: t = v[i, 0]
    after:   nest i < n: i_1 = i + 1; t = x[i_1, k]

    Machine code then knows the layout: a slice of an array in C order has none that Numba would know of, and
    loops over it are not vectorised. Sound because a slice from a start that is not negative, with a step
    that is positive, has its element i at `start + i * step`, for every i that is an index of the slice;
    other slices are left, and so are indices that may be negative, which count from another end.
    """
    reading = _Reading(function)
    body = reading.block(function.body)
    return function if body is function.body else replace(function, body=body)


class _Reading:
    """The views of a function, and its integers that are never negative."""

    def __init__(self, function: Function) -> None:
        self.views: dict[Var, View | Transpose] = {
            item.target: item.value
            for item in statements(function.body)
            if isinstance(item, Assign) and isinstance(item.value, View | Transpose)
        }
        self.naturals = Naturals(function)
        self.memory: Roots = roots(function)

    # ------------------------------------------------------------ statements

    def block(self, block: Block) -> Block:
        """The block with the accesses through views replaced, at any depth."""
        made: list[Statement] = []
        for item in block.statements:
            if isinstance(item, Nest):
                made.append(self._nest(item))
            else:
                made += self._statement(with_blocks(item, [self.block(inner) for inner in blocks(item)]))
        same = all(one is other for one, other in zip(made, block.statements, strict=False))
        return (
            block if same and len(made) == len(block.statements) else replace(block, statements=tuple(made))
        )

    def _statement(self, statement: Statement) -> Sequence[Statement]:
        """The statement with its own accesses through views replaced, after what computes their indices."""
        match statement:
            case Assign(value=Load(array, index)) if (found := self._through(array, index)) is not None:
                base, place, made = found
                return [*made, replace(statement, value=Load(base, place))]
            case Store(array, index) if index and (found := self._through(array, index)) is not None:
                base, place, made = found
                return [*made, replace(statement, array=base, index=place)]
        return [statement]

    def _nest(self, nest: Nest) -> Nest:
        """The nest; one that is a product of matrices, or would become one, is a call and needs its views."""
        body = [part for item in nest.body.statements for part in self._statement(item)]
        writes = []
        for write in nest.writes:
            fixed = write.fresh or not set(nest.indices) <= set(write.index)  # it may accumulate elsewhere
            found = None if fixed else self._through(write.target, write.index)
            if found is not None:
                base, place, made = found
                body += made
                write = replace(write, target=base, index=place)
            writes.append(write)
        found_all = replace(nest, body=Block(tuple(body)), writes=tuple(writes))
        if product_of(nest, self.memory) or product_of(found_all, self.memory):
            return nest
        same = tuple(body) == nest.body.statements and tuple(writes) == nest.writes
        return nest if same else found_all

    # ------------------------------------------------------------ indices

    def _through(self, array: Var, index: Index) -> tuple[Var, Index, list[Statement]] | None:
        """The array behind a view, the index in it, and what computes that; None where there is none."""
        builder = Builder()
        start = array
        while (view := self.views.get(array)) is not None:
            found = self._step(view, index, builder)
            if found is None:
                break
            array, index = view.array, found
        return None if array is start else (array, index, builder.statements)

    def _step(self, view: View | Transpose, index: Index, builder: Builder) -> Index | None:
        if isinstance(view, Transpose):
            return tuple(index[view.axes.index(axis)] for axis in range(len(index)))
        if rank_of(view.array.type) != sum(not isinstance(item, NewAxis) for item in view.index):
            return None
        given = iter(index)
        place: list[Atom] = []
        for item in view.index:
            if isinstance(item, NewAxis):
                next(given)
            elif not isinstance(item, Slice):
                place.append(item)
            elif (shifted := self._shifted(item, next(given), builder)) is not None:
                place.append(shifted)
            else:
                return None
        return tuple(place)

    def _shifted(self, item: Slice, at: Atom, builder: Builder) -> Atom | None:
        """Where the element of a slice is, along its axis."""
        if item == Slice(None, None, None):
            return at
        start = integer(0) if item.start is None else item.start
        step = integer(1) if item.step is None else item.step
        if not (
            isinstance(step, Const)
            and step.value > 0
            and self.naturals.holds(start)
            and self.naturals.holds(at)
        ):
            return None
        scaled = at if step.value == 1 else self._made(builder, "multiply", at, step)
        return scaled if start == integer(0) else self._made(builder, "add", scaled, start)

    def _made(self, builder: Builder, operator: str, left: Atom, right: Atom) -> Atom:
        if isinstance(left, Const) and isinstance(right, Const):
            values = int(left.value), int(right.value)
            return integer(values[0] * values[1] if operator == "multiply" else values[0] + values[1])
        made = builder.assign(Apply(operator, (left, right)), INT)
        self.naturals.add(made)
        return made
