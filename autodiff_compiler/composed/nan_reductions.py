"""Reductions and scans that leave NaN out: masks, so that what is left out has derivative 0."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff_compiler.composed.declare import known_while_compiling, stands_for
from autodiff_compiler.composed.moments import check_no_axis, degrees, varied_where
from autodiff_compiler.composed.reductions import averaged_dtype, bound, check_averaged, delivered, how_many


@known_while_compiling
def is_float(dtype: Any) -> bool:
    """Whether there can be NaN among numbers of the dtype."""
    return bool(np.dtype(dtype).kind in "fc")


def filled(a: Any, value: Any) -> Any:
    """The array with a value where it is NaN."""
    return np.where(np.isnan(a), value, a) if is_float(a.dtype) else a


def present(a: Any, where: Any) -> Any:
    """Which elements are chosen and no NaN."""
    return ~np.isnan(a) if where is True else ~np.isnan(a) & where


@stands_for(np.nansum)
def nansum(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False, initial: Any = None,
    where: Any = True,
) -> Any:  # fmt: skip
    """`np.nansum(a, axis=None, dtype=None, out=None, keepdims=False, initial=0, where=True)`: as `sum`, NaN
    being 0 and getting 0.
    """
    return np.sum(filled(np.asarray(a), 0), axis, dtype, out, keepdims, initial, where)


@stands_for(np.nanprod)
def nanprod(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False, initial: Any = 1,
    where: Any = True,
) -> Any:  # fmt: skip
    """`np.nanprod(a, axis=None, dtype=None, out=None, keepdims=False, initial=1, where=True)`: as `prod`, NaN
    being 1 and getting 0.
    """
    return np.prod(filled(np.asarray(a), 1), axis, dtype, out, keepdims, initial, where)


@stands_for(np.nanmean)
def nanmean(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False, *, where: Any = True
) -> Any:
    """`np.nanmean(a, axis=None, dtype=None, out=None, keepdims=False, where=True)`: the mean of what is no
    NaN; NaN gets 0.
    """
    a = np.asarray(a)
    return np.mean(a, axis, dtype, out, keepdims, where=present(a, where))


@stands_for(np.nanvar)
def nanvar(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0, keepdims: Any = False, *,
    where: Any = True, mean: Any = None, correction: Any = None,
) -> Any:  # fmt: skip
    """`np.nanvar(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, where=True, mean=None,
    correction=None)`: the variance of what is no NaN; NaN gets 0.
    """
    return delivered(
        varied_present(a, axis, dtype, degrees(np.asarray(a).dtype, ddof, correction), keepdims, where, mean),
        out,
    )


@stands_for(np.nanstd)
def nanstd(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0, keepdims: Any = False, *,
    where: Any = True, mean: Any = None, correction: Any = None,
) -> Any:  # fmt: skip
    """`np.nanstd(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, where=True, mean=None,
    correction=None)`: √nanvar; at 0 the derivative is infinite or NaN.
    """
    variance = varied_present(
        a, axis, dtype, degrees(np.asarray(a).dtype, ddof, correction), keepdims, where, mean
    )
    return delivered(np.sqrt(variance), out)


def varied_present(a: Any, axis: Any, dtype: Any, ddof: Any, keepdims: Any, where: Any, mean: Any) -> Any:
    """The variance of what is no NaN; NaN where that is too few, which then gets no derivative."""
    check_averaged(dtype)
    a = np.asarray(a, dtype)
    a = np.asarray(a, averaged_dtype(a.dtype))
    if np.ndim(a) == 0:
        check_no_axis(axis)
    chosen = present(a, where)
    variance = varied_where(a, axis, ddof, keepdims, chosen, mean)
    return np.where(how_many(chosen, axis, keepdims, a.dtype) <= ddof, np.nan, variance)


@stands_for(np.nanmax)
def nanmax(
    a: Any, axis: Any = None, out: Any = None, keepdims: Any = False, initial: Any = None, where: Any = True
) -> Any:
    """`np.nanmax(a, axis=None, out=None, keepdims=False, initial=None, where=True)`: as `max` of what is no
    NaN; NaN where that is nothing.
    """
    a = np.asarray(a)
    largest = np.max(filled(a, bound(a.dtype, 0)), axis, None, keepdims, initial, where)
    return delivered(or_nan(largest, a, axis, keepdims, initial), out)


@stands_for(np.nanmin)
def nanmin(
    a: Any, axis: Any = None, out: Any = None, keepdims: Any = False, initial: Any = None, where: Any = True
) -> Any:
    """`np.nanmin(a, axis=None, out=None, keepdims=False, initial=None, where=True)`: as `min` of what is no
    NaN; NaN where that is nothing.
    """
    a = np.asarray(a)
    smallest = np.min(filled(a, bound(a.dtype, 1)), axis, None, keepdims, initial, where)
    return delivered(or_nan(smallest, a, axis, keepdims, initial), out)


def or_nan(extreme: Any, a: Any, axis: Any, keepdims: Any, initial: Any) -> Any:
    """The extremes, NaN where all elements are."""
    if initial is not None or not is_float(a.dtype):
        return extreme
    return np.where(np.all(np.isnan(a), axis, keepdims=keepdims), np.nan, extreme)


@stands_for(np.nanargmax)
def nanargmax(a: Any, axis: Any = None, out: Any = None, *, keepdims: Any = False) -> Any:
    """`np.nanargmax(a, axis=None, out=None, keepdims=False)`: no derivative; ValueError where all are NaN."""
    a = np.asarray(a)
    check_some(a, axis)
    return np.argmax(filled(a, bound(a.dtype, 0)), axis, out, keepdims=keepdims)


@stands_for(np.nanargmin)
def nanargmin(a: Any, axis: Any = None, out: Any = None, *, keepdims: Any = False) -> Any:
    """`np.nanargmin(a, axis=None, out=None, keepdims=False)`: no derivative; ValueError where all are NaN."""
    a = np.asarray(a)
    check_some(a, axis)
    return np.argmin(filled(a, bound(a.dtype, 1)), axis, out, keepdims=keepdims)


def check_some(a: Any, axis: Any) -> None:
    """Raise where all elements are NaN."""
    if is_float(a.dtype) and np.any(np.all(np.isnan(a), axis)):
        raise ValueError("All-NaN slice encountered")


@stands_for(np.nancumsum)
def nancumsum(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    """`np.nancumsum(a, axis=None, dtype=None, out=None)`: as `cumsum`, NaN being 0 and getting 0."""
    return np.cumsum(filled(np.asarray(a), 0), axis, dtype, out)


@stands_for(np.nancumprod)
def nancumprod(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    """`np.nancumprod(a, axis=None, dtype=None, out=None)`: as `cumprod`, NaN being 1 and getting 0."""
    return np.cumprod(filled(np.asarray(a), 1), axis, dtype, out)
