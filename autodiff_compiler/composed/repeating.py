"""Elements repeated, rolled and cut to another size."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff_compiler.composed.axes import axis_of
from autodiff_compiler.composed.declare import known_while_compiling, stands_for
from autodiff_compiler.composed.primitives import item, part, spread


@stands_for(np.tile)
def tile(A: Any, reps: Any) -> Any:
    """`np.tile(a, reps)`: reps is a number, or one for each axis; x̄ is the sum over the copies."""
    A = np.asarray(A)
    times = tuple(reps) if isinstance(reps, (tuple, list)) else (reps,)
    rank = max(np.ndim(A), len(times))
    times = (1,) * (rank - len(times)) + times
    shape = (1,) * (rank - np.ndim(A)) + np.shape(A)
    if rank == 0:
        return A
    apart = np.reshape(A, alternating((1,) * rank, shape))
    together = tuple([length * repeats for length, repeats in zip(shape, times)])  # noqa: B905
    return np.reshape(spread(apart, alternating(times, shape)), together)


def alternating(first: Any, second: Any) -> Any:
    """Two shapes interleaved."""
    both: tuple[Any, ...] = ()
    for one, two in zip(first, second):  # noqa: B905
        both = (*both, one, two)
    return both


@stands_for(np.repeat, methods=("repeat",))
def repeat(a: Any, repeats: Any, axis: Any = None) -> Any:
    """`np.repeat(a, repeats, axis=None)`: a number or one for each element; x̄ is the sum over the copies."""
    a = np.asarray(a)
    if axis is None:
        a, axis = np.ravel(a), 0
    axis = axis_of(a.ndim, axis)
    shape = a.shape
    if np.ndim(repeats) == 0:
        copies = spread(np.expand_dims(a, axis + 1), (*shape[: axis + 1], repeats, *shape[axis + 1 :]))
        return np.reshape(copies, (*shape[:axis], shape[axis] * repeats, *shape[axis + 1 :]))
    counts = np.asarray(repeats)
    if counts.shape[0] == 1:
        return repeat(a, counts[0], axis)
    if not len(counts) == shape[axis]:
        raise ValueError("operands could not be broadcast together: as many repeats are needed as elements")
    total = 0
    for k in range(len(counts)):
        total = total + counts[k]
    out = np.empty((*shape[:axis], total, *shape[axis + 1 :]), a.dtype)
    whole, given = np.expand_dims(out, out.ndim), np.expand_dims(a, a.ndim)  # so that items are arrays
    stop = 0
    for k in range(len(counts)):
        for place in range(stop, stop + counts[k]):
            item(whole, axis, place)[...] = item(given, axis, k)
        stop = stop + counts[k]
    return out


@stands_for(np.roll)
def roll(a: Any, shift: Any, axis: Any = None) -> Any:
    """`np.roll(a, shift, axis=None)`: shifts and axes may be tuples; x̄ is ȳ rolled back."""
    a = np.asarray(a)
    if axis is None:
        return np.reshape(roll(np.ravel(a), total_of(shift), 0), a.shape)
    for places, place in pairs_of(shift, axis):
        a = rolled(a, places, axis_of(a.ndim, place))
    return a


def total_of(shift: Any) -> Any:
    """The sum of shifts."""
    return sum(shift) if isinstance(shift, (tuple, list)) else shift


def pairs_of(shift: Any, axis: Any) -> Any:
    """Each shift with its axis; one of either goes with all of the other."""
    shifts = tuple(shift) if isinstance(shift, (tuple, list)) else (shift,)
    axes = tuple(axis) if isinstance(axis, (tuple, list)) else (axis,)
    count = pair_count(len(shifts), len(axes))
    if len(shifts) < count:
        shifts = shifts * count
    if len(axes) < count:
        axes = axes * count
    return zip(shifts, axes)  # noqa: B905


@known_while_compiling
def pair_count(shifts: int, axes: int) -> int:
    """How many shifts there are after broadcasting."""
    if shifts != axes and 1 not in (shifts, axes):
        raise ValueError("'shift' and 'axis' should be scalars or 1D sequences")
    return max(shifts, axes)


def rolled(a: Any, shift: Any, axis: Any) -> Any:
    """The array rolled along one axis: its end comes first."""
    length = a.shape[axis]
    by = shift % max(length, 1)
    out = np.empty(a.shape, a.dtype)
    part(out, axis, by, length)[...] = part(a, axis, 0, length - by)
    part(out, axis, 0, by)[...] = part(a, axis, length - by, length)
    return out


@stands_for(np.resize)
def resize(a: Any, new_shape: Any) -> Any:
    """`np.resize(a, shape)`: the elements in order, over and over."""
    flat = np.ravel(a)
    size = 1
    for length in new_shape if isinstance(new_shape, (tuple, list)) else (new_shape,):
        if length < 0:
            raise ValueError("all elements of `new_shape` must be non-negative")
        size = size * length
    if flat.size == 0:
        return np.zeros(new_shape, flat.dtype)
    out = np.empty(size, flat.dtype)
    for k in range(size):
        out[k] = flat[k % len(flat)]
    return np.reshape(out, new_shape)
