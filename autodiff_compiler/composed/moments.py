"""Variances, averages with weights, and covariances: two passes, as NumPy computes them."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff_compiler.composed.declare import is_unit, known_while_compiling, stands_for
from autodiff_compiler.composed.reductions import (
    averaged_dtype,
    axes_of,
    check_averaged,
    check_masked,
    counted,
    delivered,
    how_many,
    multiplied_dtype,
    others,
)


@known_while_compiling
def degrees(dtype: Any, ddof: Any, correction: Any) -> Any:
    """What is subtracted from the count, by either of its two names."""
    if np.dtype(dtype).kind == "c":
        raise TypeError("the variance of complex numbers is not supported: take those of real and imag")
    if correction is None:
        return ddof
    if ddof != 0:
        raise ValueError("ddof and correction can't be provided simultaneously.")
    return correction


@stands_for(np.var, methods=("var",))
def var(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0, keepdims: Any = False, *,
    where: Any = True, mean: Any = None, correction: Any = None,
) -> Any:  # fmt: skip
    """`np.var(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, where=True, mean=None,
    correction=None)`: Σ (xᵢ − x̄)² / (n − ddof); a `mean` that is given is a parameter of its own.
    """
    check_averaged(dtype)
    a = np.asarray(a, dtype)
    a = np.asarray(a, averaged_dtype(a.dtype))
    return delivered(varied(a, axis, degrees(a.dtype, ddof, correction), keepdims, where, mean), out)


@stands_for(np.std, methods=("std",))
def std(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0, keepdims: Any = False, *,
    where: Any = True, mean: Any = None, correction: Any = None,
) -> Any:  # fmt: skip
    """`np.std(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, where=True, mean=None,
    correction=None)`: √var; at 0 the derivative is infinite or NaN.
    """
    check_averaged(dtype)
    a = np.asarray(a, dtype)
    a = np.asarray(a, averaged_dtype(a.dtype))
    return delivered(np.sqrt(varied(a, axis, degrees(a.dtype, ddof, correction), keepdims, where, mean)), out)


@known_while_compiling
def check_no_axis(axis: Any) -> None:
    """Refuse axes of numbers."""
    if axis is not None and axis != ():
        raise ValueError(f"axis {axis} is out of bounds for array of dimension 0")


def varied(a: Any, axis: Any, ddof: Any, keepdims: Any, where: Any, mean: Any) -> Any:
    """The variance of floats, of the chosen ones if there is a mask."""
    if np.ndim(a) == 0:
        check_no_axis(axis)
        if where is True:
            return (a - a) / a.dtype.type(max(1 - ddof, 0))
    if where is not True:
        return varied_where(a, axis, ddof, keepdims, where, mean)
    if mean is None:
        mean = np.mean(a, axis, keepdims=True)
    centred = a - mean
    total = np.sum(centred * centred, axis, keepdims=keepdims)
    return total / at_least_zero(counted(a, axes_of(a.ndim, axis)) - ddof, a.dtype)


def at_least_zero(count: Any, dtype: Any) -> Any:
    """A number of degrees of freedom as a float: too few make the variance infinite or NaN, as in NumPy."""
    return dtype.type(max(count, 0))


def varied_where(a: Any, axis: Any, ddof: Any, keepdims: Any, where: Any, mean: Any) -> Any:
    """The variance of the elements that a mask chooses."""
    check_masked("add", np.ndim(a), np.ndim(where), True)
    chosen = np.where(where, True, np.zeros_like(a, bool))
    if mean is None:
        mean = np.sum(np.where(chosen, a, 0), axis, keepdims=True) / how_many(chosen, axis, True, a.dtype)
    centred = np.where(chosen, a - mean, 0)
    total = np.sum(centred * centred, axis, keepdims=keepdims)
    return total / np.maximum(how_many(chosen, axis, keepdims, a.dtype) - ddof, 0)


@known_while_compiling
def weights_axes(rank: int, weights: int, axis: Any) -> tuple[int, ...]:
    """The axes along which weights of a lower rank lie."""
    if axis is None:
        raise TypeError("Axis must be specified when shapes of a and weights differ.")
    given = axis if isinstance(axis, tuple) else (axis,)
    axes = axes_of(rank, axis)
    if weights != len(axes):
        raise ValueError("Shape of weights must be consistent with shape of a along specified axis.")
    order = tuple(item % rank for item in given)
    return tuple(order.index(item) for item in axes)


@stands_for(np.average)
def average(
    a: Any, axis: Any = None, weights: Any = None, returned: Any = False, *, keepdims: Any = False
) -> Any:
    """`np.average(a, axis=None, weights=None, returned=False, keepdims=False)`: Σ wᵢ xᵢ / Σ wᵢ, with both
    differentiated; weights of the array's rank, or along the axes; ZeroDivisionError where they sum to 0.
    """
    a = np.asarray(a)
    if weights is None:
        mean = np.mean(a, axis, keepdims=keepdims)
        if np.size(mean) == 0:
            raise ZeroDivisionError("no averages: NumPy divides the size of the array by their number")
        if returned:
            count = counted(a, axes_of(a.ndim, axis))
            return mean, np.full_like(mean, count) if np.ndim(mean) > 0 else mean.dtype.type(count)
        return mean
    weights = weights_along(a, weights, axis)
    dtype = multiplied_dtype(a.dtype, weights.dtype)
    scale = np.sum(weights, axis, keepdims=keepdims, dtype=dtype)
    if np.any(scale == 0.0):
        raise ZeroDivisionError("Weights sum to zero, can't be normalized")
    mean = np.sum(a * weights, axis, keepdims=keepdims, dtype=dtype) / scale
    if returned:
        return mean, scale + np.zeros_like(mean) if np.ndim(mean) > 0 else scale
    return mean


def weights_along(a: Any, weights: Any, axis: Any) -> Any:
    """Weights of the array's rank, or along the axes alone, as they broadcast with the array."""
    weights = np.asarray(weights)
    if a.ndim == 0:
        check_no_axis(axis)
    if weights.ndim != a.ndim:
        weights = np.transpose(weights, weights_axes(a.ndim, weights.ndim, axis))
        for k in others(a.ndim, axes_of(a.ndim, axis)):
            weights = np.expand_dims(weights, k)
        check_fits(a, weights, axes_of(a.ndim, axis))
    elif axis is None and weights.shape != a.shape:
        raise TypeError("Axis must be specified when shapes of a and weights differ.")
    else:
        check_fits(a, weights, axes_of(a.ndim, None))
    return weights


def check_fits(a: Any, weights: Any, axes: Any) -> None:
    """Raise as NumPy does where weights have other lengths than the array."""
    for k in axes:
        if weights.shape[k] != a.shape[k]:
            raise ValueError("Shape of weights must be consistent with shape of a along specified axis.")


@stands_for(np.cov)
def cov(
    m: Any, y: Any = None, rowvar: Any = True, bias: Any = False, ddof: Any = None, fweights: Any = None,
    aweights: Any = None, *, dtype: Any = None,
) -> Any:  # fmt: skip
    """`np.cov(m, y=None, rowvar=True, bias=False, ddof=None, fweights=None, aweights=None, dtype=None)`:
    Σ wₖ (xᵢₖ − x̄ᵢ)(xⱼₖ − x̄ⱼ) / f; differentiated by `aweights`, too.
    """
    m = np.asarray(m)
    if dtype is None:
        dtype = multiplied_dtype(m.dtype, np.float64)
    rows = as_rows(np.asarray(m, dtype), rowvar or m.ndim == 1)
    if y is not None:
        other = as_rows(np.asarray(y, dtype), True)
        other = other if rowvar or is_unit(other.shape[0]) else other.T
        rows = stacked(rows, other if len(rows) > 0 else other[:0])  # of no variables there are no others
    if ddof is None:
        ddof = 0 if bias else 1
    if fweights is None and aweights is None:
        freedom = at_least_zero(rows.shape[1] - ddof, rows.dtype)
        centred = rows - np.mean(rows, axis=1, keepdims=True)
        return squeezed(centred @ centred.T * (1 / freedom))
    if len(rows) == 0:
        return np.zeros((0, 0), rows.dtype)
    weights = np.ones(rows.shape[1])
    if fweights is not None:
        weights = weights * np.asarray(fweights)
        check_counts(np.asarray(fweights).dtype)
        check_weights(np.asarray(fweights), rows, "fweights")
    if aweights is not None:
        weights = weights * np.asarray(aweights)
        check_weights(np.asarray(aweights), rows, "aweights")
    total = np.sum(weights)
    freedom = total - ddof
    if aweights is not None and ddof != 0:
        freedom = total - ddof * np.sum(weights * np.asarray(aweights)) / total
    centred = rows - np.average(rows, axis=1, weights=weights, keepdims=True)
    return squeezed(centred @ (centred * weights).T * (1 / np.maximum(freedom, 0.0)))


@known_while_compiling
def check_counts(dtype: Any) -> None:
    """Refuse counts that are no whole numbers."""
    if np.dtype(dtype).kind not in "iu":
        raise TypeError("fweights must be integer")


def check_weights(weights: Any, rows: Any, name: Any) -> None:
    """Refuse weights that are not one for each observation, or negative."""
    if weights.shape[0] != rows.shape[1]:
        raise RuntimeError(f"incompatible numbers of samples and {name}")
    if np.any(weights < 0):
        raise ValueError(f"{name} cannot be negative")


@known_while_compiling
def check_matrix(rank: int) -> None:
    """Refuse observations of more than two axes."""
    if rank > 2:
        raise ValueError("the observations have more than 2 dimensions")


def as_rows(m: Any, rowvar: Any) -> Any:
    """Observations as a matrix with a row for each variable."""
    check_matrix(np.ndim(m))
    if m.ndim == 1:
        return m[None, :]
    return m if rowvar else m.T


def stacked(first: Any, second: Any) -> Any:
    """Two matrices of as many columns, one above the other."""
    both = np.empty((len(first) + len(second), first.shape[1]), first.dtype)
    both[: len(first)] = first
    both[len(first) :] = second
    return both


def squeezed(matrix: Any) -> Any:
    """The matrix, or its number where it is known to have only one."""
    if is_unit(matrix.shape[0]):
        return matrix[0, 0]
    if len(matrix) == 1:
        raise ValueError("covariances of one variable, a number for NumPy: pass the variable as a vector")
    return matrix


@stands_for(np.corrcoef)
def corrcoef(x: Any, y: Any = None, rowvar: Any = True, *, dtype: Any = None) -> Any:
    """`np.corrcoef(x, y=None, rowvar=True, dtype=None)`: cᵢⱼ / √(cᵢᵢ cⱼⱼ) of covariances, clipped to ±1."""
    c = np.cov(x, y, rowvar, dtype=dtype)
    if np.ndim(c) == 0:
        return c / c
    deviations = np.empty(len(c), c.dtype)
    for i in range(len(c)):
        deviations[i] = np.sqrt(c[i, i])
    return np.clip(c / deviations[:, None] / deviations[None, :], -1, 1)
