"""Where the elements of a view lie in the memory of the array that it is a view of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from autodiff_compiler.ir.build import Builder, integer
from autodiff_compiler.ir.nodes import (
    Apply,
    Atom,
    Const,
    NewAxis,
    Reshape,
    Slice,
    Transpose,
    Var,
    View,
)
from autodiff_compiler.ir.types import BOOL, INT

WHOLE = Slice(None, None, None)
ZERO, ONE = integer(0), integer(1)


@dataclass(frozen=True)
class Spot:
    """Element (i, j, ...) lies at `at` + i * strides[0] + j * strides[1] + ..."""

    at: Atom
    strides: tuple[Atom, ...]
    lengths: tuple[Atom, ...]

    @staticmethod
    def whole(at: Atom, lengths: tuple[Atom, ...], builder: Builder) -> Spot:
        """Of an array without gaps."""
        strides: list[Atom] = []
        stride: Atom = ONE
        for length in reversed(lengths):
            strides.insert(0, stride)
            stride = _times(builder, stride, length)
        return Spot(at, tuple(strides), lengths)


def is_whole(view: View | Transpose | Reshape) -> bool:
    """Whether the view of an array without gaps surely has none either."""
    match view:
        case Reshape():
            return True
        case Transpose(_, axes):
            return len(axes) < 2
        case View(_, index):
            items = [item for item in index if not isinstance(item, NewAxis)]
            while items and not isinstance(items[0], Slice):
                del items[0]
            if items and isinstance(items[0], Slice) and items[0].step in (None, ONE):
                del items[0]
            return all(item == WHOLE for item in items)


def nearly_whole(view: View | Transpose | Reshape | None) -> View | None:
    """The view, if it leaves out but some elements at the ends of each axis of what it is a view of."""

    def whole(item: object) -> bool:
        return (
            isinstance(item, Slice)
            and item.step in (None, integer(1))
            and (item.start is None or (isinstance(item.start, Const) and item.start.value >= 0))
            and (item.stop is None or (isinstance(item.stop, Const) and item.stop.value < 0))
        )

    return view if isinstance(view, View) and all(map(whole, view.index)) else None


def at_view(base: Spot, view: View | Transpose | Reshape, target: Var, builder: Builder) -> Spot:
    """Where a view lies, given where its base does; `target` is the view."""
    lengths = builder.dims(target)
    match view:
        case Reshape():  # of memory without gaps
            return Spot.whole(base.at, lengths, builder)
        case Transpose(_, axes):
            return Spot(base.at, tuple(base.strides[axis] for axis in axes), lengths)
        case View(_, index):
            return _indexed(base, index, lengths, builder)


def _indexed(
    base: Spot, index: tuple[Atom | Slice | NewAxis, ...], lengths: tuple[Atom, ...], builder: Builder
) -> Spot:
    at = base.at
    strides: list[Atom] = []
    axes: Iterator[tuple[Atom, Atom]] = iter(zip(base.strides, base.lengths, strict=True))
    for item in index:
        if isinstance(item, NewAxis):
            strides.append(ONE)
            continue
        stride, length = next(axes)
        if isinstance(item, Slice):
            step = ONE if item.step is None else item.step
            first = _first(item, step, length, builder)
            strides.append(_times(builder, stride, step))
        else:
            first = _from_zero(item, length, builder)
        at = _plus(builder, at, _times(builder, first, stride))
    return Spot(at, tuple(strides), lengths)


def _first(item: Slice, step: Atom, length: Atom, builder: Builder) -> Atom:
    """The index where a slice starts; anything if it is empty."""
    last = _plus(builder, length, integer(-1))
    forward: Atom = ZERO
    backward: Atom = last
    if item.start is not None:
        start = _from_zero(item.start, length, builder)
        forward = start if isinstance(start, Const) else _apply(builder, "maximum", start, ZERO)
        backward = _apply(builder, "minimum", start, last)
    if isinstance(step, Const):
        return forward if step.value > 0 else backward
    ahead = builder.assign(Apply("greater", (step, ZERO)), BOOL)
    return builder.assign(Apply("where", (ahead, forward, backward)), INT)


def _from_zero(index: Atom, length: Atom, builder: Builder) -> Atom:
    """An index that may be negative, counted from the start of the axis."""
    if isinstance(index, Const):
        return index if index.value >= 0 else _plus(builder, length, index)
    below = builder.assign(Apply("less", (index, ZERO)), BOOL)
    return builder.assign(Apply("where", (below, _plus(builder, index, length), index)), INT)


def _plus(builder: Builder, one: Atom, other: Atom) -> Atom:
    if one == ZERO or other == ZERO:
        return other if one == ZERO else one
    return _apply(builder, "add", one, other)


def _times(builder: Builder, one: Atom, other: Atom) -> Atom:
    if one == ONE or other == ONE:
        return other if one == ONE else one
    return _apply(builder, "multiply", one, other)


def _apply(builder: Builder, operator: str, *operands: Atom) -> Atom:
    return builder.assign(Apply(operator, operands), INT)
