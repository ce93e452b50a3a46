"""Sums, products, extremes and counts over axes, with everything that NumPy's functions take."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff_compiler.composed.axes import axis_of
from autodiff_compiler.composed.declare import generalises, known_while_compiling, stands_for
from autodiff_compiler.composed.primitives import places
from autodiff_compiler.operators.reductions import bounds_of, greatest, least


@known_while_compiling
def axes_of(rank: int, axis: int | tuple[int, ...] | None) -> tuple[int, ...]:
    """The axes that an argument `axis` names, counted from the front; a number counts as having one."""
    if axis is None:
        return tuple(range(rank))
    given = axis if isinstance(axis, tuple) else (axis,)
    found = [axis_of(max(rank, 1), item) for item in given]
    if len(set(found)) < len(found):
        raise ValueError("duplicate value in 'axis'")
    return tuple(sorted(found)) if rank else ()


@known_while_compiling
def others(rank: int, axes: tuple[int, ...]) -> tuple[int, ...]:
    """The axes that are not among these."""
    return tuple(axis for axis in range(rank) if axis not in axes)


@known_while_compiling
def check_masked(name: str, rank: int, mask: int, starts: bool) -> None:
    """Refuse a mask with more axes than the array, and one that may leave an extreme of nothing."""
    if mask > rank:
        raise ValueError("`where` has more axes than the array")
    if not starts:
        raise ValueError(
            f"reduction operation '{name}' does not have an identity, so `where` needs `initial`"
        )


@known_while_compiling
def check_rank(result: int, out: int) -> None:
    """Refuse an `out` of another rank, and one without axes."""
    if out == 0:
        raise TypeError("`out` without axes is a number here, which cannot be written to: use the result")
    if result != out:
        raise ValueError(f"`out` has {out} axes, and the result {result}")


@known_while_compiling
def bound(dtype: Any, which: int) -> Any:
    """The least number of a dtype, or the greatest."""
    return bounds_of(dtype)[which]


@known_while_compiling
def summed_dtype(dtype: Any) -> Any:
    """The dtype in which NumPy adds and multiplies: at least 64 bits for whole numbers."""
    return np.add.reduce(np.zeros(1, dtype)).dtype.type


@known_while_compiling
def averaged_dtype(dtype: Any) -> Any:
    """The dtype of a mean."""
    return np.dtype(dtype).type if np.dtype(dtype).kind in "fc" else np.float64


@known_while_compiling
def check_averaged(dtype: Any) -> None:
    """Refuse means in whole numbers."""
    if dtype is not None and np.dtype(dtype).kind not in "fc":
        raise TypeError(f"a mean or variance in {np.dtype(dtype)}, which has no fractions, is not supported")


@known_while_compiling
def multiplied_dtype(first: Any, second: Any) -> Any:
    """The dtype of an average with weights."""
    whole = np.dtype(first).kind in "biu"
    return np.result_type(first, second, np.float64 if whole else first).type


def delivered(result: Any, out: Any) -> Any:
    """The result, in `out` if that is given."""
    if out is None:
        return result
    check_rank(np.ndim(result), np.ndim(out))
    out[...] = result
    return out


def counted(a: Any, axis: Any) -> Any:
    """How many elements of the array each result takes in."""
    count = 1
    for k in axes_of(a.ndim, axis):
        count = count * a.shape[k]
    return count


@generalises("sum")
def general_sum(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False, initial: Any = None,
    where: Any = True,
) -> Any:  # fmt: skip
    """`np.sum` with all that it takes; whole numbers are added in 64 bits, and then have the dtype."""
    a = np.asarray(a, dtype)
    if where is not True:
        check_masked("add", np.ndim(a), np.ndim(where), True)
        a = np.where(where, a, 0)
    result = np.sum(a, axis, keepdims=keepdims)
    if dtype is not None:
        result = np.asarray(result, dtype)
    if initial is not None:
        result = result + result.dtype.type(initial)
    return delivered(result, out)


@generalises("mean")
def general_mean(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False, *, where: Any = True
) -> Any:
    """`np.mean` with all that it takes."""
    check_averaged(dtype)
    a = np.asarray(a, dtype)
    if where is True:
        return delivered(np.mean(a, axis, keepdims=keepdims), out)
    a = np.asarray(a, averaged_dtype(a.dtype))
    check_masked("add", np.ndim(a), np.ndim(where), True)
    chosen = np.where(where, True, np.zeros_like(a, bool))
    total = np.sum(np.where(chosen, a, 0), axis, keepdims=keepdims)
    return delivered(total / how_many(chosen, axis, keepdims, a.dtype), out)


def how_many(chosen: Any, axis: Any, keepdims: Any, dtype: Any) -> Any:
    """How many elements are chosen, as a float."""
    return np.sum(np.where(chosen, dtype.type(1), dtype.type(0)), axis, keepdims=keepdims)


@generalises("max")
def general_max(
    a: Any, axis: Any = None, out: Any = None, keepdims: Any = False, initial: Any = None, where: Any = True
) -> Any:
    """`np.max` with all that it takes."""
    a = np.asarray(a)
    if where is not True:
        check_masked("maximum", np.ndim(a), np.ndim(where), initial is not None)
        a = np.where(where, a, bound(a.dtype, 0))
    if initial is None:
        return delivered(np.max(a, axis, keepdims=keepdims), out)
    return delivered(np.maximum(greatest(a, axis, keepdims), a.dtype.type(initial)), out)


@generalises("min")
def general_min(
    a: Any, axis: Any = None, out: Any = None, keepdims: Any = False, initial: Any = None, where: Any = True
) -> Any:
    """`np.min` with all that it takes."""
    a = np.asarray(a)
    if where is not True:
        check_masked("minimum", np.ndim(a), np.ndim(where), initial is not None)
        a = np.where(where, a, bound(a.dtype, 1))
    if initial is None:
        return delivered(np.min(a, axis, keepdims=keepdims), out)
    return delivered(np.minimum(least(a, axis, keepdims), a.dtype.type(initial)), out)


@stands_for(np.prod, methods=("prod",))
def prod(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False, initial: Any = 1,
    where: Any = True,
) -> Any:  # fmt: skip
    """`np.prod(a, axis=None, dtype=None, out=None, keepdims=False, initial=1, where=True)`: Π xᵢ; xᵢ gets the
    product of the others, zeros or not.
    """
    a = np.asarray(a, dtype)
    if dtype is None:
        a = np.asarray(a, summed_dtype(a.dtype))
    if initial is None:
        if a.size == 0:
            raise ValueError("zero-size array to reduction operation multiply which has no identity")
        initial = 1
    if where is not True:
        check_masked("multiply", np.ndim(a), np.ndim(where), True)
        a = np.where(where, a, 1)
    return delivered(multiplied(a, axis, keepdims, a.dtype.type(initial)), out)


def multiplied(a: Any, axis: Any, keepdims: Any, initial: Any) -> Any:
    """The products over axes, one element after the other, so that none is divided by."""
    if np.ndim(a) == 0:
        axes_of(0, axis)
        return a * initial
    rows = rows_of(a, axis)
    products = np.full(len(rows), initial, a.dtype)
    for i in range(len(rows)):
        product = initial
        for k in range(rows.shape[1]):
            product = product * rows[i, k]
        products[i] = product
    return in_shape(products, a, axis, keepdims)


def rows_of(a: Any, axis: Any) -> Any:
    """The array as a matrix, with a row for each result of a reduction."""
    axes = axes_of(a.ndim, axis)
    kept = others(a.ndim, axes)
    moved = np.transpose(a, kept + axes)
    return np.reshape(moved, (counted(a, kept), counted(a, axes)))


def in_shape(results: Any, a: Any, axis: Any, keepdims: Any) -> Any:
    """Results of the rows in the shape that a reduction over the axes gives them."""
    axes = axes_of(a.ndim, axis)
    if not keepdims and len(axes) == a.ndim:
        return results[0]
    sizes = tuple(1 if k in axes else a.shape[k] for k in range(a.ndim) if keepdims or k not in axes)
    return np.reshape(results, sizes)


@stands_for(np.count_nonzero)
def count_nonzero(a: Any, axis: Any = None, *, keepdims: Any = False) -> Any:
    """`np.count_nonzero(a, axis=None, keepdims=False)`: an integer, which has no derivative."""
    return np.sum(np.asarray(a) != 0, axis, keepdims=keepdims)


@stands_for(np.any, methods=("any",))
def any(a: Any, axis: Any = None, out: Any = None, keepdims: Any = False, *, where: Any = True) -> Any:
    """`np.any(a, axis=None, out=None, keepdims=False, where=True)`: whether one is not 0; no derivative."""
    a = np.asarray(a) != 0
    if where is not True:
        check_masked("logical_or", np.ndim(a), np.ndim(where), True)
        a = np.where(where, a, False)
    return delivered(np.sum(a, axis, keepdims=keepdims) > 0, out)


@stands_for(np.all, methods=("all",))
def all(a: Any, axis: Any = None, out: Any = None, keepdims: Any = False, *, where: Any = True) -> Any:
    """`np.all(a, axis=None, out=None, keepdims=False, where=True)`: whether none is 0; no derivative."""
    a = np.asarray(a) == 0
    if where is not True:
        check_masked("logical_and", np.ndim(a), np.ndim(where), True)
        a = np.where(where, a, False)
    return delivered(np.sum(a, axis, keepdims=keepdims) == 0, out)


@stands_for(np.ptp)
def ptp(a: Any, axis: Any = None, out: Any = None, keepdims: Any = False) -> Any:
    """`np.ptp(a, axis=None, out=None, keepdims=False)`: max − min, with the derivatives of these."""
    a = np.asarray(a)
    return delivered(np.max(a, axis, keepdims=keepdims) - np.min(a, axis, keepdims=keepdims), out)


@stands_for(np.argmax, methods=("argmax",))
def argmax(a: Any, axis: Any = None, out: Any = None, *, keepdims: Any = False) -> Any:
    """`np.argmax(a, axis=None, out=None, keepdims=False)`: the first of the largest; no derivative."""
    a = np.asarray(a)
    return delivered(first_equal(a, axis, keepdims, np.max), out)


@stands_for(np.argmin, methods=("argmin",))
def argmin(a: Any, axis: Any = None, out: Any = None, *, keepdims: Any = False) -> Any:
    """`np.argmin(a, axis=None, out=None, keepdims=False)`: the first of the smallest; no derivative."""
    a = np.asarray(a)
    return delivered(first_equal(a, axis, keepdims, np.min), out)


def first_equal(a: Any, axis: Any, keepdims: Any, extreme: Any) -> Any:
    """Where along the axis, or in the flat array, the first extreme or NaN is."""
    if np.ndim(a) == 0:
        axes_of(0, axis)
        return 0
    if axis is None:
        found = least(np.where(is_extreme(np.ravel(a), 0, extreme), places((a.size,)), a.size))
        return np.full((1,) * a.ndim, found) if keepdims else found
    k = axis_of(a.ndim, axis)
    return least(np.where(is_extreme(a, k, extreme), places(a.shape, k), a.shape[k]), k, keepdims)


def is_extreme(a: Any, axis: Any, extreme: Any) -> Any:
    """At each element whether it is the extreme along the axis, or NaN."""
    return (a == extreme(a, axis, keepdims=True)) | (a != a)
