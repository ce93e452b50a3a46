"""Functions that apply a function of the user's to parts of arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff_compiler.composed.axes import axis_of
from autodiff_compiler.composed.declare import known_while_compiling, stands_for


@known_while_compiling
def around(rank: int, axis: int, made: int) -> tuple[int, ...]:
    """The order of axes in which what is made of vectors stands where their axis stood.

    Of an array whose leading axes are those beside the vectors, and the last ones those that are made.
    """
    return (*range(axis), *range(rank - 1, rank - 1 + made), *range(axis, rank - 1))


@known_while_compiling
def each_axis(rank: int, axes: Any) -> tuple[int, ...]:
    """The axes, counted from the front."""
    named = axes if isinstance(axes, tuple) else (axes,)
    if not all(-rank <= axis < rank for axis in named):
        raise np.exceptions.AxisError(f"axis {axes} is out of bounds for array of dimension {rank}")
    return tuple(int(axis) % rank for axis in named)


@stands_for(np.apply_along_axis)
def apply_along_axis(func1d: Any, axis: Any, arr: Any, *args: Any, **kwargs: Any) -> Any:
    """`np.apply_along_axis(func1d, axis, arr, *args, **kwargs)`: func1d of each vector along an axis, all
    results of one shape and dtype.
    """
    arr = np.asarray(arr)
    axis = axis_of(arr.ndim, axis)
    moved = np.moveaxis(arr, axis, -1)
    count = 1
    for length in moved.shape[:-1]:
        count = count * length
    if count == 0:
        raise ValueError("Cannot apply_along_axis when any iteration dimensions are 0")
    rows = np.reshape(moved, (count, moved.shape[-1]))
    first = np.asarray(func1d(rows[0], *args, **kwargs))
    made = np.empty((count, *np.shape(first)), dtype=first.dtype)
    made[0] = first
    for k in range(1, count):
        made[k] = func1d(rows[k], *args, **kwargs)
    result = np.reshape(made, (*moved.shape[:-1], *np.shape(first)))
    return np.transpose(result, around(arr.ndim, axis, np.ndim(first)))


@stands_for(np.apply_over_axes)
def apply_over_axes(func: Any, a: Any, axes: Any) -> Any:
    """`np.apply_over_axes(func, a, axes)`: a reduction over one axis after the other, which stay as ones."""
    a = np.asarray(a)
    for axis in each_axis(a.ndim, axes):
        made = func(a, axis)
        a = made if np.ndim(made) == a.ndim else np.expand_dims(made, axis)
    return a


@stands_for(np.fromiter)
def fromiter(iter: Any, dtype: Any, count: Any = -1, *, like: Any = None) -> Any:
    """`np.fromiter(iter, dtype, count=-1)`: the items, all or the first `count` of them."""
    found = np.array(list(iter), dtype)
    if count < 0:
        return found
    if len(found) < count:
        raise ValueError(f"iterator too short: Expected {count} but iterator had only {len(found)} items.")
    return found[:count].copy()


@stands_for(np.mask_indices)
def mask_indices(n: Any, mask_func: Any, k: Any = 0) -> Any:
    """`np.mask_indices(n, mask_func, k=0)`: the places where `np.triu` or its like leaves ones."""
    return np.nonzero(mask_func(np.ones((n, n), dtype=int), k) != 0)
