"""Which array lengths are equal, as far as the statements passed so far tell.

Sizes are run-time values; yet a loop nest over `a + b` and one over `a * b` have the same domain, and to see
that each length is traced to one atom that stands for all lengths equal to it.
"""

from __future__ import annotations

from collections import ChainMap

from autodiff_compiler.ir.build import as_variable, integer
from autodiff_compiler.ir.nodes import (
    Allocate,
    Apply,
    Assign,
    Atom,
    Block,
    Carry,
    Const,
    Dim,
    For,
    Guard,
    If,
    Nest,
    NewAxis,
    Reshape,
    Slice,
    Statement,
    Transpose,
    Value,
    Var,
    View,
    While,
    Write,
)
from autodiff_compiler.ir.types import INT, Array, Scalar, rank_of

Axis = tuple[Var, int]
Less = tuple[Atom | Axis, int]  # a length, and a number that is taken off it; what is left is not negative
Pairs = tuple[tuple[Atom, Atom], ...]


class Sizes:
    """Facts about lengths that hold at one point of a block, in scope there."""

    def __init__(self, outer: Sizes | None = None) -> None:
        self._equal: ChainMap[Var, Atom] = outer._equal.new_child() if outer else ChainMap()
        self._lengths: ChainMap[Axis, Atom] = outer._lengths.new_child() if outer else ChainMap()
        self._origins: ChainMap[Axis, Axis] = outer._origins.new_child() if outer else ChainMap()
        # the first view that is a length less a number, of each; and of what axis each such view is what less
        self._shortened: ChainMap[Less, Axis] = outer._shortened.new_child() if outer else ChainMap()
        self._less: ChainMap[Axis, tuple[Axis, int]] = outer._less.new_child() if outer else ChainMap()
        self._tests: ChainMap[Var, Pairs] = outer._tests.new_child() if outer else ChainMap()

    def inner(self) -> Sizes:
        """The facts at the start of a nested block; what is learnt there stays there."""
        return Sizes(self)

    def canonical(self, atom: Atom) -> Atom:
        """The atom that stands for all sizes known to be equal to this one."""
        while isinstance(atom, Var) and atom in self._equal:
            atom = self._equal[atom]
        return Const(int(atom.value), INT) if isinstance(atom, Const) else atom

    def length(self, array: Var, axis: int) -> Atom | None:
        """The canonical length of an axis, or None if no atom in scope is known to be it."""
        origin = self.origin(array, axis)
        if isinstance(origin, tuple):
            return None
        return origin

    def origin(self, array: Var, axis: int) -> Atom | Axis:
        """The canonical length of an axis, or the axis of the array it comes from where no atom is known."""
        place = array, axis
        while True:
            kind = place[0].type
            if isinstance(kind, Array) and kind.units[place[1]]:
                return integer(1)
            if place in self._lengths:
                return self.canonical(self._lengths[place])
            if place not in self._origins:
                return place
            place = self._origins[place]

    def less(self, place: Axis) -> tuple[Axis, int] | None:
        """The axis that this one is a slice of, and how many elements it lacks; None where it is no such."""
        return self._less.get(place)

    def length_is(self, place: Axis, size: Atom) -> None:
        """Learn the length of an axis."""
        self._lengths[place] = size

    def same_shape(self, one: Var, other: Var) -> bool:
        """Whether two arrays of one rank are known to have the same shape."""
        return all(self.origin(one, axis) == self.origin(other, axis) for axis in range(rank_of(one.type)))

    def equate(self, one: Atom, other: Atom) -> None:
        """Learn that two sizes are equal; a constant, else `one`, becomes the canonical atom."""
        kept, replaced = self.canonical(one), self.canonical(other)
        if isinstance(replaced, Const):
            kept, replaced = replaced, kept
        if isinstance(replaced, Var) and kept != replaced:
            self._equal[replaced] = kept

    def shape_is(self, array: Var, shape: tuple[Atom, ...]) -> None:
        """Learn the shape of a new array."""
        for axis, size in enumerate(shape):
            self.length_is((array, axis), size)

    def shape_of(self, array: Var, source: Var) -> None:
        """Learn that a new array has the shape of another one."""
        for axis in range(rank_of(array.type)):
            self._origins[array, axis] = source, axis

    def observe(self, statement: Statement) -> None:
        """Learn what holds after the statement."""
        match statement:
            case Assign(target, value):
                self._observe_value(target, value)
            case Nest(indices, extents, _, writes):
                for write in writes:
                    if write.fresh:
                        self.shape_is(write.target, written_shape(write, indices, extents))
            case Guard(condition=Var() as condition):
                for one, other in self._tests.get(condition, ()):
                    self.equate(one, other)
            case _:
                pass

    def join(self, result: Var, choices: tuple[tuple[Sizes, Atom], ...]) -> None:
        """Learn the lengths of an array that is one of several, each known at the end of its own block."""
        for axis in range(rank_of(result.type)):
            found = {sizes.length(array, axis) for sizes, array in choices if isinstance(array, Var)}
            if len(found) == 1 and (size := found.pop()) is not None:
                self._lengths[result, axis] = size

    def _observe_value(self, target: Var, value: Value) -> None:
        match value:
            case Dim(array, axis):
                self._observe_length(target, array, axis)
            case Allocate(shape=shape) | Reshape(shape=shape):
                self.shape_is(target, shape)
            case Transpose(array, axes):
                self._origins.update({(target, new): (array, old) for new, old in enumerate(axes)})
            case View(array, index):
                self._observe_view(target, array, index)
            case Apply("places", shape) | Apply("broadcast_to", (_, *shape)):
                self.shape_is(target, tuple(shape))
            case Apply("copy" | "cast", (Var() as source,)) if isinstance(source.type, Array):
                self.shape_of(target, source)
            case Apply("matmul", (Var() as left, Var() as right)):
                kept = [(left, axis) for axis in range(rank_of(left.type) - 1)]
                kept += [(right, axis) for axis in range(1, rank_of(right.type))]
                self._origins.update({(target, axis): place for axis, place in enumerate(kept)})
            case Apply("equal", (one, other)) if isinstance(target.type, Scalar):
                self._tests[target] = ((one, other),)
            case Apply("logical_and", (Var() as one, Var() as other)):
                self._tests[target] = self._tests.get(one, ()) + self._tests.get(other, ())
            case _:
                pass

    def _observe_length(self, target: Var, array: Var, axis: int) -> None:
        origin = self.origin(array, axis)
        if isinstance(origin, tuple):
            self._lengths[origin] = target
        else:
            self.equate(origin, target)

    def _observe_view(self, target: Var, array: Var, index: tuple[Atom | Slice | NewAxis, ...]) -> None:
        new, old = 0, 0
        for item in index:
            match item:
                case NewAxis():
                    self._lengths[target, new] = integer(1)
                    new += 1
                case Slice(None, None, None):
                    self._origins[target, new] = array, old
                    new, old = new + 1, old + 1
                case Slice():
                    self._observe_slice((target, new), (array, old), item)
                    new, old = new + 1, old + 1
                case _:
                    old += 1

    def _observe_slice(self, target: Axis, source: Axis, item: Slice) -> None:
        """Learn of `a[1:-1]` that it is as long as `b[2:]`, where a is as long as b."""
        lacking = _lacking(item)
        if not lacking:
            self._origins.update({target: source} if lacking == 0 else {})
            return
        keys = (self.origin(*source), lacking), (self._first(source), lacking)
        known = [self._shortened[key] for key in keys if key in self._shortened]
        if known:
            self._origins[target] = known[0]
        else:
            self._shortened.update(dict.fromkeys(keys, target))
            self._less[target] = source, lacking

    def _first(self, place: Axis) -> Axis:
        """The axis that the length of this one comes from: it stays when an atom gets known."""
        while place in self._origins:
            place = self._origins[place]
        return place


def _lacking(item: Slice) -> int | None:
    """How many elements a slice leaves out at both ends of any axis that has as many; else it is empty."""
    first, last = (
        0 if bound is None else int(bound.value) if isinstance(bound, Const) else None
        for bound in (item.start, item.stop)
    )
    if item.step not in (None, integer(1)) or first is None or last is None:
        return None
    from_the_end = item.stop is None or last < 0
    return first - last if first >= 0 and from_the_end else None


def written_shape(write: Write, indices: tuple[Var, ...], extents: tuple[Atom, ...]) -> tuple[Atom, ...]:
    """The shape of the array that a fresh write of a nest over these indices makes."""
    extent_of = dict(zip(indices, extents, strict=True))
    return tuple(extent_of[item] if isinstance(item, Var) else integer(1) for item in write.index)


def steady_carries(loop: For | While, sizes: Sizes) -> tuple[Carry, ...]:
    """The carries of arrays that have one shape in all iterations, given the sizes known before the loop.

    Taken to be all of them until the body, observed under that assumption, says otherwise.
    """
    steady = tuple(carry for carry in loop.carries if isinstance(carry.inside.type, Array))
    while steady:
        inner = sizes.inner()
        for carry in steady:
            inner.shape_of(carry.inside, as_variable(carry.start))
        _observe_block(loop.body, inner)
        following = dict(zip(loop.carries, loop.body.yields, strict=True))
        still = tuple(
            carry for carry in steady if inner.same_shape(as_variable(following[carry]), carry.inside)
        )
        if still == steady:
            break
        steady = still
    return steady


def _observe_block(block: Block, sizes: Sizes) -> None:
    """Learn what holds at the end of a block."""
    for statement in block.statements:
        match statement:
            case If(then=then, orelse=orelse, results=results) if any(rank_of(item.type) for item in results):
                arms = sizes.inner(), sizes.inner()
                _observe_block(then, arms[0])
                _observe_block(orelse, arms[1])
                for result, one, other in zip(results, then.yields, orelse.yields, strict=True):
                    sizes.join(result, ((arms[0], one), (arms[1], other)))
            case For() | While():
                for carry in steady_carries(statement, sizes):
                    sizes.shape_of(carry.after, as_variable(carry.start))
            case _:
                sizes.observe(statement)
