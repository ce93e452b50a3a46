"""Where the arrays of lists of unknown length become larger.

`grow(array, length, ...)` stands for an array of at least that length that begins with the same elements.
Where a `for` loop appends, the room for all its iterations is made before it, if it can be known there how
much that is (loop_room.py); then the loop only stores. Elsewhere a full array gives way to one twice as long.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace

from autodiff_compiler.frontend.loop_room import GROW, Reservation, Rooms, Unknown, is_grow
from autodiff_compiler.ir.build import Builder, array_type, integer
from autodiff_compiler.ir.nodes import (
    Allocate,
    Apply,
    Assign,
    Atom,
    Block,
    Carry,
    Const,
    For,
    Function,
    Guard,
    Slice,
    Statement,
    Store,
    Var,
    View,
    While,
)
from autodiff_compiler.ir.types import BOOL, INT, Array
from autodiff_compiler.ir.walk import blocks, statements, substitute, with_blocks


def make_room(function: Function) -> Function:
    """The function without `grow`."""
    if not any(is_grow(statement) for statement in statements(function.body)):
        return function
    body = _Rooms().block(function.body)
    body = _expanded(body, in_loop=False)
    return replace(function, body=body)


DIFFERENT = "the items of this list have different shapes: an axis has {} elements, and here {}"


class _Rooms:
    """Room for the iterations of loops is made before them, innermost loops first."""

    def __init__(self) -> None:
        self.facts = Rooms()

    def block(self, block: Block) -> Block:
        made: list[Statement] = []
        for original in block.statements:
            statement = substitute(original, self.facts.names)
            inner = with_blocks(statement, [self.block(item) for item in blocks(statement)])
            if isinstance(inner, Assign):
                self.facts.values[inner.target] = inner.value
            if isinstance(inner, For):
                made += self.loop(inner)
            else:
                made.append(inner)
        return substitute(Block(tuple(made), block.yields), self.facts.names)

    def loop(self, loop: For) -> list[Statement]:
        """The loop, with growth of the arrays that it carries before it."""
        before = Builder(loop.at)
        for carry in loop.carries:
            if isinstance(carry.inside.type, Array):
                attempt = Builder(loop.at)
                try:
                    changed = Reservation(self.facts, loop, attempt).of(carry.inside)
                except Unknown:
                    continue
                if changed is not None:
                    loop = changed
                    before.statements += attempt.statements
        for position, carry in enumerate(loop.carries):
            if carry.inside.type == INT:
                self._note_length(loop, position, before)
        for statement in before.statements:
            if isinstance(statement, Assign):
                self.facts.values[statement.target] = statement.value
        return [*before.statements, loop]

    def _note_length(self, loop: For, position: int, before: Builder) -> None:
        """Remember by how much a loop makes a length longer."""
        carry = loop.carries[position]
        attempt = Builder(loop.at)
        reservation = Reservation(self.facts, loop, attempt)
        try:
            grown = reservation.bound(loop.body.yields[position])
            if grown.base is carry.inside:
                each = reservation.hoisted(grown.extra)
                more = reservation.times(each)
                self.facts.after[carry.after] = carry.start, more
                if isinstance(each, Const) and self._adds(
                    loop, carry.inside, loop.body.yields[position], each
                ):
                    self.facts.exact[carry.after] = carry.start, more
                before.statements += attempt.statements
        except Unknown:
            pass

    def _adds(self, loop: For, before: Var, after: Atom, each: Const) -> bool:
        """Whether every iteration makes a length longer by exactly so much."""
        total = 0
        while isinstance(after, Var) and after is not before:
            match self.facts.values.get(after):
                case Apply("add", (first, Const(value=value))) if value >= 0:
                    after, total = first, total + int(value)
                case _:
                    return False
        return after is before and total == each.value


# ---------------------------------------------------------------- what remains


def _expanded(block: Block, *, in_loop: bool) -> Block:
    """Growth as ordinary statements."""
    made: list[Statement] = []
    fresh: set[Var] = set()  # arrays of no elements, which nothing has to be copied from
    for statement in block.statements:
        match statement:
            case Assign(target, Allocate(shape)) if shape[:1] == (integer(0),):
                fresh.add(target)
        if is_grow(statement) and isinstance(statement, Assign) and isinstance(statement.value, Apply):
            builder = Builder(statement.at)
            ragged = dict(statement.value.attributes).get("ragged", ())
            assert isinstance(ragged, tuple)
            growth = _Growth(builder, statement.target, statement.value.operands, ragged)
            growth.write(fresh, in_loop=in_loop)
            made += builder.statements
        else:
            deeper = in_loop or isinstance(statement, (For, While))
            made.append(
                with_blocks(statement, [_expanded(item, in_loop=deeper) for item in blocks(statement)])
            )
    return Block(tuple(made), block.yields)


@dataclass
class _Growth:
    """An array that becomes longer; along its `ragged` axes it becomes as long as is wanted, or stays."""

    builder: Builder
    target: Var
    operands: Sequence[Atom]
    ragged: tuple[int, ...]

    def write(self, fresh: Set[Var], *, in_loop: bool) -> None:
        """What there is in place of `grow`."""
        array, *wanted = self.operands
        assert isinstance(array, Var)
        builder, target = self.builder, self.target
        dtype = target.type.dtype
        if array in fresh:
            builder.add(Assign(target, Allocate(tuple(wanted), dtype, None), builder.at))
            return
        axes = (0, *self.ragged)
        held = {axis: builder.dim(array, axis) for axis in axes}
        if not in_loop:
            self._check(builder, held)
            for axis in axes:
                wanted[axis] = builder.assign(Apply("maximum", (held[axis], wanted[axis])), INT)
            builder.add(Assign(target, Allocate(tuple(wanted), dtype, None), builder.at))
            _copy(builder, array, target)
            return
        # a loop of one iteration or none: going back, the shadow of what a branch passes on is copied
        lacking = [builder.assign(Apply("greater", (wanted[axis], held[axis])), BOOL) for axis in axes]
        full = lacking[0]
        for other in lacking[1:]:
            full = builder.assign(Apply("logical_or", (full, other)), BOOL)
        times = builder.assign(Apply("cast", (full,), (("dtype", "int64"),)), INT)
        carry = Carry(Var(array.name, target.type, builder.at), array, target)
        larger = Builder(builder.at)
        self._check(larger, held)
        for axis, lacks in zip(axes, lacking, strict=True):
            twice = larger.assign(Apply("multiply", (held[axis], integer(2))), INT)
            size = larger.assign(Apply("maximum", (twice, wanted[axis])), INT)
            if self.ragged:
                size = larger.assign(Apply("where", (lacks, size, held[axis])), INT)
            wanted[axis] = size
        made = larger.assign(Allocate(tuple(wanted), dtype, None), target.type, target.name)
        _copy(larger, carry.inside, made)
        index = Var("k", INT, builder.at)
        builder.add(For(index, integer(0), times, integer(1), (carry,), larger.block(made), builder.at))

    def _check(self, builder: Builder, held: Mapping[int, Atom]) -> None:
        """Items of one shape are as large as those that are there, if there are any."""
        array, *wanted = self.operands
        assert isinstance(array, Var)
        none: Atom = Const(False, BOOL)
        for size in held.values():
            empty = builder.assign(Apply("equal", (size, integer(0))), BOOL)
            none = builder.assign(Apply("logical_or", (none, empty)), BOOL)
        for axis in range(1, len(wanted)):
            if axis not in self.ragged:
                there = builder.dim(array, axis)
                alike = builder.assign(Apply("equal", (there, wanted[axis])), BOOL)
                fits = builder.assign(Apply("logical_or", (none, alike)), BOOL)
                builder.add(Guard(fits, DIFFERENT, (there, wanted[axis]), "ShapeMismatch", builder.at))


def _copy(builder: Builder, array: Var, target: Var) -> None:
    """The first elements of the target are those of the array."""
    sizes = builder.dims(array)
    part = builder.assign(
        View(target, tuple(Slice(None, size, None) for size in sizes)),
        replace(array_type(target), contiguous=len(sizes) == 1), target.name,
    )  # fmt: skip
    builder.add(Store(part, (), array))  # nothing of the user's: no place of it is an append


__all__ = ["GROW", "make_room"]
