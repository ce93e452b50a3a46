"""Running sums and products along an axis."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff_compiler.composed.axes import axis_of
from autodiff_compiler.composed.declare import known_while_compiling, stands_for
from autodiff_compiler.composed.reductions import delivered, summed_dtype


@known_while_compiling
def only_axis(rank: int, axis: int | None) -> int:
    """The axis of a scan that may be left out where there is one."""
    if axis is None and rank > 1:
        raise ValueError("For arrays which have more than one dimension ``axis`` argument is required.")
    return 0 if axis is None else axis_of(rank, axis)


def scanned(a: Any, axis: Any, dtype: Any) -> Any:
    """What a scan runs over, in the dtype in which it adds or multiplies; flat without an axis."""
    a = np.asarray(a, dtype)
    if dtype is None:
        a = np.asarray(a, summed_dtype(a.dtype))
    if np.ndim(a) == 0:
        return np.full(1, a)
    return np.ravel(a) if axis is None else a


@stands_for(np.cumsum, methods=("cumsum",))
def cumsum(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    """`np.cumsum(a, axis=None, dtype=None, out=None)`: yₖ = x₀ + … + xₖ; flat without an axis."""
    a = scanned(a, axis, dtype)
    return delivered(sums(a, 0 if axis is None else axis_of(a.ndim, axis)), out)


def sums(a: Any, axis: Any) -> Any:
    """The running sums along an axis."""
    result = np.copy(a)
    if axis == a.ndim - 1:
        rows = np.reshape(result, (result.size // max(a.shape[axis], 1), a.shape[axis]))
        for i in range(len(rows)):
            for k in range(1, rows.shape[1]):
                rows[i, k] += rows[i, k - 1]
    else:
        along = np.moveaxis(result, axis, 0)
        for k in range(1, len(along)):
            along[k] += along[k - 1]
    return result


@stands_for(np.cumprod, methods=("cumprod",))
def cumprod(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    """`np.cumprod(a, axis=None, dtype=None, out=None)`: yₖ = x₀ ⋯ xₖ, zeros or not; flat without an axis."""
    a = scanned(a, axis, dtype)
    return delivered(products(a, 0 if axis is None else axis_of(a.ndim, axis)), out)


def products(a: Any, axis: Any) -> Any:
    """The running products along an axis, one element after the other, so that none is divided by."""
    result = np.empty(a.shape, a.dtype)
    if axis == a.ndim - 1:
        shape = (result.size // max(a.shape[axis], 1), a.shape[axis])
        rows, given = np.reshape(result, shape), np.reshape(a, shape)
        for i in range(len(rows)):
            product = a.dtype.type(1)
            for k in range(rows.shape[1]):
                product = product * given[i, k]
                rows[i, k] = product
    else:
        along, given = np.moveaxis(result, axis, 0), np.moveaxis(a, axis, 0)
        if len(along) > 0:
            along[0] = given[0]
        for k in range(1, len(along)):
            along[k] = along[k - 1] * given[k]
    return result


def led_by(scan: Any, first: Any, axis: Any) -> Any:
    """A scan with the value that it starts from put before it."""
    along = np.moveaxis(scan, axis, 0)
    result = np.full((len(along) + 1, *along.shape[1:]), first, scan.dtype)
    result[1:] = along
    return np.moveaxis(result, 0, axis)


@stands_for(np.cumulative_sum)
def cumulative_sum(
    x: Any, /, *, axis: Any = None, dtype: Any = None, out: Any = None, include_initial: Any = False
) -> Any:
    """`np.cumulative_sum(x, axis=None, dtype=None, out=None, include_initial=False)`: as `cumsum`, with 0 in
    front if asked for.
    """
    x = np.asarray(x)
    axis = only_axis(np.ndim(x), axis)
    result = np.cumsum(x, axis, dtype)
    return delivered(led_by(result, 0, axis) if include_initial else result, out)


@stands_for(np.cumulative_prod)
def cumulative_prod(
    x: Any, /, *, axis: Any = None, dtype: Any = None, out: Any = None, include_initial: Any = False
) -> Any:
    """`np.cumulative_prod(x, axis=None, dtype=None, out=None, include_initial=False)`: as `cumprod`, with 1
    in front if asked for.
    """
    x = np.asarray(x)
    axis = only_axis(np.ndim(x), axis)
    result = np.cumprod(x, axis, dtype)
    return delivered(led_by(result, 1, axis) if include_initial else result, out)
