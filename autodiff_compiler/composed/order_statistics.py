"""Medians and quantiles: the derivative goes to the elements that are picked."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff_compiler.composed.axes import several_axes
from autodiff_compiler.composed.declare import external, known_while_compiling, stands_for
from autodiff_compiler.composed.moments import weights_along
from autodiff_compiler.composed.nan_reductions import is_float
from autodiff_compiler.composed.primitives import spread
from autodiff_compiler.composed.reductions import (
    averaged_dtype,
    axes_of,
    counted,
    delivered,
    in_shape,
    others,
    rows_of,
)
from autodiff_compiler.ir.types import Array, Type, is_complex, rank_of
from autodiff_compiler.operators.arithmetic import constant
from autodiff_compiler.operators.entry import Signature
from autodiff_compiler.runtime.row_order import row_order

_CONTINUOUS = {  # α and β of Hyndman and Fan
    "linear": (1.0, 1.0), "interpolated_inverted_cdf": (0.0, 1.0), "hazen": (0.5, 0.5), "weibull": (0.0, 0.0),
    "median_unbiased": (1 / 3, 1 / 3), "normal_unbiased": (3 / 8, 3 / 8),
}  # fmt: skip
_DISCRETE = ("lower", "higher", "nearest", "inverted_cdf", "closest_observation")


def _order_types(rows: Type) -> Signature:
    if rank_of(rows) != 2 or is_complex(rows):
        raise TypeError("only rows of real numbers are put in order")
    return (Array(rows.dtype, 2),), (Array("int64", 2),)


external(
    row_order, _order_types, several=False, results=("order",),
    doc="the columns of each row in the order of their numbers; no derivative",
)  # fmt: skip


@known_while_compiling
def check_method(method: str, weighted: bool, dtype: Any) -> None:
    """Refuse methods that there are not, and weights with those that have no use for them."""
    if weighted and method != "inverted_cdf":
        raise ValueError(f"Only method 'inverted_cdf' supports weights. Got: {method}.")
    if method not in (*_CONTINUOUS, *_DISCRETE, "midpoint", "averaged_inverted_cdf"):
        raise TypeError(f"the method {method!r} is not supported")
    if np.dtype(dtype).kind == "c":
        raise TypeError("a must be an array of real numbers")
    if np.dtype(dtype).kind == "b" and method not in _DISCRETE:
        raise TypeError(f"NumPy does not subtract truth values, as {method!r} does")


@known_while_compiling
def picks_one(method: str) -> bool:
    """Whether the method picks an element rather than a mean of two."""
    return method in _DISCRETE


@known_while_compiling
def picking(method: str, dtype: Any, q: Any) -> str:
    """The method; of whole numbers, `linear` picks one at 0 and 1, if these are whole numbers as well."""
    whole = np.dtype(dtype).kind in "iu" and np.dtype(q).kind in "iu"
    return "lower" if whole and method == "linear" else method


@known_while_compiling
def offsets(method: str) -> tuple[float, float]:
    """α and β of a continuous method."""
    return _CONTINUOUS[method]


@stands_for(np.median)
def median(
    a: Any, axis: Any = None, out: Any = None, overwrite_input: Any = False, keepdims: Any = False
) -> Any:
    """`np.median(a, axis=None, out=None, keepdims=False)`: the middle element, or the mean of the two."""
    return delivered(middles(np.asarray(a), axis, keepdims, False), out)


@stands_for(np.nanmedian)
def nanmedian(
    a: Any, axis: Any = None, out: Any = None, overwrite_input: Any = False, keepdims: Any = False
) -> Any:
    """`np.nanmedian(a, axis=None, out=None, keepdims=False)`: the median of what is no NaN; NaN gets 0."""
    return delivered(middles(np.asarray(a), axis, keepdims, True), out)


def middles(a: Any, axis: Any, keepdims: Any, skip: Any) -> Any:
    """The medians over axes, with or without NaN."""
    a = np.asarray(a, averaged_dtype(a.dtype))
    check_method("linear", False, a.dtype)
    if np.ndim(a) == 0:
        several_axes(0, axis)
        return a
    check_rows(a, axis, skip)
    rows = rows_of(a, axis)
    order = row_order(rows)
    result = np.full(len(rows), np.nan, a.dtype)
    for i in range(len(rows)):
        count = numbers_of(rows, order, i, skip)
        if count > 0:
            lower, upper = order[i, (count - 1) // 2], order[i, count // 2]
            if lower == upper:
                result[i] = rows[i, lower]
            else:
                result[i] = (rows[i, lower] + rows[i, upper]) / 2
    return in_shape(result, a, axis, keepdims)


def check_rows(a: Any, axis: Any, skip: Any) -> None:
    """Raise as NumPy does, which cannot reshape an array to have no rows and one axis for several."""
    if several_at_once(axis) and not skip and counted(a, others(a.ndim, axes_of(a.ndim, axis))) == 0:
        raise ValueError("cannot reshape array of size 0: the lengths of the axes that stay are not all > 0")


@known_while_compiling
def several_at_once(axis: Any) -> bool:
    """Whether an axis is a tuple of several, or of none."""
    return isinstance(axis, tuple) and len(axis) != 1


def numbers_of(rows: Any, order: Any, i: Any, skip: Any) -> Any:
    """How many elements of a row take part: none if it has a NaN, unless NaN is left out."""
    count = rows.shape[1]
    if skip:
        while count > 0 and np.isnan(rows[i, order[i, count - 1]]):
            count = count - 1
    elif count > 0 and np.isnan(rows[i, order[i, count - 1]]):
        count = 0
    return count


@stands_for(np.quantile)
def quantile(
    a: Any, q: Any, axis: Any = None, out: Any = None, overwrite_input: Any = False, method: Any = "linear",
    keepdims: Any = False, *, weights: Any = None,
) -> Any:  # fmt: skip
    """`np.quantile(a, q, axis=None, out=None, method="linear", keepdims=False, weights=None)`: of numbers or
    arrays q, by which it is differentiated, too; all methods, weights with "inverted_cdf".
    """
    a = np.asarray(a)
    check_method(method, weights is not None, a.dtype)
    check_range(q, 1.0, "Quantiles must be in the range [0, 1]")
    weak = type(q) is float or type(q) is int
    return delivered(quantiles(a, q, axis, keepdims, method, weak, False, weights), out)


@stands_for(np.nanquantile)
def nanquantile(
    a: Any, q: Any, axis: Any = None, out: Any = None, overwrite_input: Any = False, method: Any = "linear",
    keepdims: Any = False, *, weights: Any = None,
) -> Any:  # fmt: skip
    """`np.nanquantile(a, q, axis=None, out=None, method="linear", keepdims=False, weights=None)`: as
    `quantile`, of what is no NaN.
    """
    a = np.asarray(a)
    check_method(method, weights is not None, a.dtype)
    check_range(q, 1.0, "Quantiles must be in the range [0, 1]")
    weak = type(q) is float or type(q) is int
    return delivered(quantiles(a, q, axis, keepdims, method, weak, True, weights), out)


@stands_for(np.percentile)
def percentile(
    a: Any, q: Any, axis: Any = None, out: Any = None, overwrite_input: Any = False, method: Any = "linear",
    keepdims: Any = False, *, weights: Any = None,
) -> Any:  # fmt: skip
    """`np.percentile(a, q, axis=None, out=None, method="linear", keepdims=False, weights=None)`: as
    `quantile` at q / 100.
    """
    a = np.asarray(a)
    check_method(method, weights is not None, a.dtype)
    check_range(q, 100.0, "Percentiles must be in the range [0, 100]")
    weak = type(q) is float or type(q) is int
    return delivered(quantiles(a, hundredth(q, a.dtype), axis, keepdims, method, weak, False, weights), out)


@stands_for(np.nanpercentile)
def nanpercentile(
    a: Any, q: Any, axis: Any = None, out: Any = None, overwrite_input: Any = False, method: Any = "linear",
    keepdims: Any = False, *, weights: Any = None,
) -> Any:  # fmt: skip
    """`np.nanpercentile(a, q, axis=None, out=None, method="linear", keepdims=False, weights=None)`: as
    `nanquantile` at q / 100.
    """
    a = np.asarray(a)
    check_method(method, weights is not None, a.dtype)
    check_range(q, 100.0, "Percentiles must be in the range [0, 100]")
    weak = type(q) is float or type(q) is int
    return delivered(quantiles(a, hundredth(q, a.dtype), axis, keepdims, method, weak, True, weights), out)


@known_while_compiling
def check_axes(rank: int) -> None:
    """Refuse more than two axes of q."""
    if rank > 2:
        raise ValueError("q must be a scalar or 1d")


def check_range(q: Any, most: Any, message: Any) -> None:
    """Raise where a q is out of range or NaN, and as NumPy where there is no q in an array of two axes."""
    check_axes(np.ndim(q))
    if np.ndim(q) > 1 and np.size(q) == 0:
        raise ValueError("zero-size array to reduction operation minimum which has no identity")
    if not np.all((np.asarray(q) >= 0.0) & (np.asarray(q) <= most)):
        raise ValueError(message)


def hundredth(q: Any, dtype: Any) -> Any:
    """Percents as fractions, in the precision of the array if that has one."""
    return np.asarray(q) / (dtype.type(100) if is_float(dtype) else 100)


@known_while_compiling
def quantile_dtype(dtype: Any, q: Any, method: str, weak: bool) -> Any:
    """The dtype of quantiles: the array's where one element is picked, else that of a product with q."""
    if method in _DISCRETE or (weak and np.dtype(dtype).kind == "f"):
        return np.dtype(dtype).type
    return np.result_type(dtype, q, np.float64 if np.dtype(dtype).kind != "f" else dtype).type


def quantiles(
    a: Any, q: Any, axis: Any, keepdims: Any, method: Any, weak: Any, skip: Any, weights: Any
) -> Any:
    """The quantiles over axes: for each q first, then in the shape of a reduction."""
    q = np.asarray(q)
    method = picking(method, a.dtype, q.dtype)
    q = np.asarray(q, averaged_dtype(q.dtype))
    dtype = quantile_dtype(a.dtype, q.dtype, method, weak)
    if weights is not None:
        several_axes(a.ndim, axis)
    if np.ndim(a) == 0:
        several_axes(0, axis)
        found = a if picks_one(method) else a + (a - a)  # NaN of infinities, as between two of them
        return np.full(np.shape(q), found, dtype) if np.ndim(q) > 0 else dtype(found)
    check_rows(a, axis, skip)
    rows = rows_of(a, axis)
    if not skip and rows.shape[1] == 0:
        raise IndexError("index -1 is out of bounds for axis 0 with size 0")
    order = row_order(rows)
    if weights is not None:
        weights = rows_of(spread(constant(weights_along(a, weights, axis)), a.shape), axis)
        if np.any(weights < 0):
            raise ValueError("Weights must be non-negative.")
    if np.ndim(q) == 0:
        return in_shape(at_fraction(rows, order, q, method, dtype, skip, weights), a, axis, keepdims)
    fractions = np.ravel(q)
    result = np.empty((len(fractions), len(rows)), dtype)
    for k in range(len(fractions)):
        result[k] = at_fraction(rows, order, fractions[k], method, dtype, skip, weights)
    axes = axes_of(a.ndim, axis)
    sizes = tuple(1 if k in axes else a.shape[k] for k in range(a.ndim) if keepdims or k not in axes)
    return np.reshape(result, q.shape + sizes)


def at_fraction(rows: Any, order: Any, q: Any, method: Any, dtype: Any, skip: Any, weights: Any) -> Any:
    """The quantile of each row at one fraction."""
    result = np.empty(len(rows), dtype)
    for i in range(len(rows)):
        count = numbers_of(rows, order, i, skip)
        if count > 0:
            if weights is None:
                result[i] = of_row(rows, order, i, count, q, method)
            else:
                result[i] = rows[i, order[i, picked_by_weight(weights, order, i, count, q)]]
        elif skip and rows.shape[1] == 0:
            result[i] = nan_of(dtype)
        else:
            result[i] = rows[i, order[i, rows.shape[1] - 1]]
    return result


def nan_of(dtype: Any) -> Any:
    """NaN, where the dtype has that."""
    if not is_float(dtype):
        raise ValueError("the quantile of no elements is NaN, which is no whole number")
    return np.nan if is_float(dtype) else 0


def picked(count: Any, q: Any, method: Any) -> Any:
    """Which of so many elements in order a method picks."""
    if method == "inverted_cdf":
        return max(int(np.ceil(count * q)) - 1, 0)
    if method == "closest_observation":
        place = count * q - 1.5
        before = int(np.floor(place))
        return max(before if place == before and before % 2 == 1 else before + 1, 0)
    place = (count - 1) * q
    if method == "lower":
        return int(np.floor(place))
    return int(np.ceil(place)) if method == "higher" else int(np.rint(place))


def picked_by_weight(weights: Any, order: Any, i: Any, count: Any, q: Any) -> Any:
    """Which of so many elements in order is the first that reaches a share q of their weights."""
    total = 0.0
    for k in range(count):
        total = total + float(weights[i, order[i, k]])
    if not (total > 0 and np.isfinite(total)):
        raise ValueError("Weights included NaN, inf or were all zero.")
    below = 0.0
    for k in range(count - 1):
        below = below + float(weights[i, order[i, k]])
        share = q.dtype.type(below / total)
        if share > 0 and share >= q:
            return k
    return count - 1


def of_row(rows: Any, order: Any, i: Any, count: Any, q: Any, method: Any) -> Any:
    """The quantile of so many smallest elements of a row."""
    if picks_one(method):
        return rows[i, order[i, picked(count, q, method)]]
    if method == "midpoint":
        place = (count - 1) * q
        place = (np.floor(place) + np.ceil(place)) / 2
    elif method == "averaged_inverted_cdf":
        place = count * q - 1
    else:
        alpha, beta = offsets(method)
        place = (count - 1) * q if method == "linear" else count * q + (alpha + q * (1 - alpha - beta)) - 1
    before = int(np.floor(place))
    share = place - before
    if method == "averaged_inverted_cdf":
        share = 0.5 if share == 0 else 1.0
    if before < 0 or before >= count - 1:
        only = rows[i, order[i, 0 if before < 0 else count - 1]]
        return only + (only - only)  # NaN of infinities, as between two of them
    low, high = rows[i, order[i, before]], rows[i, order[i, before + 1]]
    if share >= 0.5:
        return high - (high - low) * (1 - share)
    return low + (high - low) * share
