"""Interpolation between samples, counting and adding up by bins."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff_compiler.composed.declare import known_while_compiling, stands_for
from autodiff_compiler.composed.sorting import check_rising


@stands_for(np.interp)
def interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None) -> Any:
    """`np.interp(x, xp, fp, left=None, right=None, period=None)`: linear between samples;
    exact in x, xp and fp, at a sample from the right.
    """
    x, xp, fp = np.asarray(x, np.float64), np.asarray(xp, np.float64), np.asarray(fp, np.float64)
    check_vectors(xp.ndim, fp.ndim)
    if not len(xp) == len(fp):  # the negation that becomes a guard
        raise ValueError("fp and xp are not of the same length.")
    if len(xp) == 0:
        raise ValueError("array of sample points is empty")
    if period is not None:
        if period == 0:
            raise ValueError("period must be a non-zero value")
        length = abs(period)
        x, xp = x % length, xp % length
        order = np.argsort(xp)
        xp, fp = xp[order], fp[order]
        last = len(xp) - 1
        xp = np.concatenate([xp[last:] - length, xp, xp[:1] + length])
        fp = np.concatenate([fp[last:], fp, fp[:1]])
        left, right = None, None
    points = np.ravel(x)
    last = len(xp) - 1
    place = np.minimum(np.maximum(np.searchsorted(xp, points, "right") - 1, 0), max(last - 1, 0))
    following = np.minimum(place + 1, last)
    gap = xp[following] - xp[place]
    slope = (fp[following] - fp[place]) / np.where(gap == 0.0, 1.0, gap)
    value = between(points, slope, xp[place], fp[place], xp[following], fp[following])
    value = np.where(points == xp[last], fp[last], value)
    value = np.where(points > xp[last], fp[last] if right is None else right, value)
    value = np.where(points < xp[0], fp[0] if left is None else left, value)
    value = np.where(np.isnan(points) & (last > 0), np.nan, value)
    return value[0] if np.ndim(x) == 0 else np.reshape(value, x.shape)


def between(points: Any, slope: Any, left: Any, start: Any, right: Any, end: Any) -> Any:
    """The values on the lines from left samples to right ones, at which some numbers may be infinite."""
    value = slope * (points - left) + start
    other = slope * (points - right) + end
    other = np.where(np.isnan(other) & (start == end), start, other)
    return np.where(np.isnan(value), np.where(points == left, start, other), value)


@known_while_compiling
def check_vectors(one: int, other: int) -> None:
    """Refuse samples that are no vectors."""
    if one != 1 or other != 1:
        raise ValueError("Data points must be 1-D sequences")


@known_while_compiling
def check_integers(dtype: Any, rank: int) -> None:
    """Refuse what cannot be counted."""
    if rank != 1:
        raise ValueError(
            "object of too small depth for desired array"
            if rank == 0
            else "object too deep for desired array"
        )
    if np.dtype(dtype).kind not in "iub":
        raise TypeError(f"Cannot cast array data from {dtype} to dtype('int64') according to the rule 'safe'")


@stands_for(np.bincount)
def bincount(x: Any, /, weights: Any = None, minlength: Any = 0) -> Any:
    """`np.bincount(x, weights=None, minlength=0)`: sums of weights for each integer; w̄ₖ = ȳ of its bin."""
    x = np.asarray(x)
    check_integers(x.dtype, x.ndim)
    x = np.asarray(x, np.int64)
    size = 0
    for k in range(len(x)):
        if x[k] < 0:
            raise ValueError("'list' argument must have no negative elements")
        size = max(size, int(x[k]) + 1)
    size = max(size, minlength)
    if weights is None:
        counts = np.zeros(size, np.int64)
        for k in range(len(x)):
            counts[x[k]] += 1
        return counts
    given = np.asarray(weights, np.float64)
    if not len(given) == len(x):
        raise ValueError("The weights and list don't have the same length.")
    sums = np.zeros(size, np.float64)
    for k in range(len(x)):
        sums[x[k]] += given[k]
    return sums


def edges_of(a: Any, bins: Any, range: Any) -> Any:  # NumPy's name
    """The edges of bins, given or evenly spaced over the range of the data."""
    if not isinstance(bins, str) and np.ndim(bins) > 0:
        edges = np.asarray(bins)
        check_rising(edges)
        return edges
    first, last = ends_of(a, range)
    count = estimated(a, bins, first, last, range is not None) if isinstance(bins, str) else bins
    if count < 1:
        raise ValueError("`bins` must be positive, when an integer")
    return np.linspace(first, last, count + 1)


def ends_of(a: Any, range: Any) -> Any:  # NumPy's name
    """The outer edges of bins of equal widths."""
    if range is None:
        first, last = (np.min(a) * 1.0, np.max(a) * 1.0) if np.size(a) > 0 else (0.0, 1.0)
    else:
        first, last = range[0] * 1.0, range[1] * 1.0
        if first > last:
            raise ValueError("max must be larger than min in range parameter.")
    if not (abs(first) < np.inf and abs(last) < np.inf):
        raise ValueError("the range of the bins is not finite")
    if first == last:
        first, last = first - 0.5, last + 0.5
    return first, last


@known_while_compiling
def check_estimator(name: str, weighted: bool) -> None:
    """Refuse rules that there are not, and weights, for which there are none."""
    if name not in ("auto", "doane", "fd", "rice", "scott", "sqrt", "sturges"):
        raise ValueError(f"{name!r} is not a supported estimator for `bins`")
    if weighted:
        raise TypeError("Automated estimation of the number of bins is not supported for weighted data")


@known_while_compiling
def limits_auto() -> bool:
    """Whether this NumPy has "auto" make at most twice as many bins as "sqrt"."""
    close = np.concatenate([[0.0], np.linspace(0.5, 0.5001, 98), [1.0]])
    return len(np.histogram_bin_edges(close, "auto")) < 100


@known_while_compiling
def is_whole(dtype: Any) -> bool:
    """Whether a dtype is one of integers."""
    return bool(np.dtype(dtype).kind in "iu")


def estimated(a: Any, name: Any, first: Any, last: Any, within: Any) -> Any:
    """The number of bins that a rule finds for the data between the ends."""
    check_estimator(name, False)
    chosen = a[(a >= first) & (a <= last)] if within else a
    width = width_of(chosen, name) if chosen.size > 0 else 0.0
    if width == 0.0:
        return 1
    if is_whole(a.dtype):
        width = max(width, 1.0)
    return int(np.ceil((last - first) / width))


def width_of(a: Any, name: Any) -> Any:
    """The width of bins by a rule, 0 where it finds none."""
    spread, count = np.max(a) * 1.0 - np.min(a) * 1.0, a.size
    if name == "sqrt":
        return spread / np.sqrt(count)
    if name == "sturges":
        return spread / (np.log2(count) + 1.0)
    if name == "rice":
        return spread / (2.0 * count ** (1.0 / 3))
    if name == "scott":
        return (24.0 * np.pi**0.5 / count) ** (1.0 / 3.0) * np.std(a)
    if name == "doane":
        return width_by_skewness(a, spread, count)
    upper, lower = np.percentile(a, 75), np.percentile(a, 25)
    close = 2.0 * (upper - lower) * count ** (-1.0 / 3.0)
    if name == "fd":
        return close
    coarse = width_of(a, "sturges")
    if limits_auto():
        return min(max(close, width_of(a, "sqrt") / 2), coarse)
    return min(close, coarse) if close > 0 else coarse


def width_by_skewness(a: Any, spread: Any, count: Any) -> Any:
    """The width of bins by Doane's rule."""
    deviation = np.std(a)
    if count <= 2 or deviation == 0.0:
        return 0.0
    skewness = np.mean(((a - np.mean(a)) / deviation) ** 3)
    scale = np.sqrt(6.0 * (count - 2) / ((count + 1.0) * (count + 3)))
    return spread / (1.0 + np.log2(count) + np.log2(1.0 + np.abs(skewness) / scale))


def bin_of(value: Any, places: Any, last: Any, edges: Any) -> Any:
    """The bin of a value, which may lie on the last edge; -1 outside."""
    if value == edges[last]:
        return last - 1
    return places - 1 if places <= last else -1


@stands_for(np.histogram_bin_edges)
def histogram_bin_edges(a: Any, bins: Any = 10, range: Any = None, weights: Any = None) -> Any:
    """`np.histogram_bin_edges(a, bins=10, range=None, weights=None)`: bins are a number, a rule ("auto",
    "doane", "fd", "rice", "scott", "sqrt", "sturges") or edges.
    """
    if isinstance(bins, str):
        check_estimator(bins, weights is not None)
    return edges_of(np.ravel(a), bins, range)


@stands_for(np.histogram)
def histogram(a: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None) -> Any:
    """`np.histogram(a, bins=10, range=None, density=None, weights=None)`: bins are a number, a rule or edges;
    w̄ₖ = ȳ of its bin, nothing through the data but to edges.
    """
    if isinstance(bins, str):
        check_estimator(bins, weights is not None)
    a = np.ravel(a)
    edges = edges_of(a, bins, range)
    last = len(edges) - 1
    found = np.searchsorted(edges, a, "right")
    if weights is None:
        counts: Any = np.zeros(last, np.int64)
        for k, value in enumerate(a):
            place = bin_of(value, found[k], last, edges)
            if place >= 0:
                counts[place] += 1
    else:
        given = np.ravel(weights)
        if not len(given) == len(a):
            raise ValueError("weights should have the same shape as a.")
        counts = np.zeros(last, given.dtype)
        for k, value in enumerate(a):
            place = bin_of(value, found[k], last, edges)
            if place >= 0:
                counts[place] += given[k]
    if density:
        return counts / (edges[1:] - edges[:last]) / np.sum(counts), edges
    return counts, edges


@stands_for(np.histogram2d)
def histogram2d(
    x: Any, y: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None
) -> Any:
    """`np.histogram2d(x, y, bins=10, range=None, density=None, weights=None)`: bins are a number or edges,
    or a pair of them; w̄ₖ = ȳ of its bin.
    """
    x, y = np.ravel(x), np.ravel(y)
    if not len(x) == len(y):  # the negation that becomes a guard
        raise ValueError("x and y must have the same length.")
    by_x, by_y = bins if is_pair(bins) else (bins, bins)
    ranges = (None, None) if range is None else range
    x_edges, y_edges = edges_of(x, by_x, ranges[0]), edges_of(y, by_y, ranges[1])
    last_x, last_y = len(x_edges) - 1, len(y_edges) - 1
    columns, rows = np.searchsorted(x_edges, x, "right"), np.searchsorted(y_edges, y, "right")
    given = np.ones(len(x)) if weights is None else np.ravel(weights)
    counts = np.zeros((last_x, last_y))
    for k, value in enumerate(x):
        i = bin_of(value, columns[k], last_x, x_edges)
        j = bin_of(y[k], rows[k], last_y, y_edges)
        if i >= 0 and j >= 0:
            counts[i, j] += given[k]
    if density:
        counts = counts / (np.diff(x_edges)[:, None] * np.diff(y_edges)) / np.sum(counts)
    return counts, x_edges, y_edges


def is_pair(bins: Any) -> Any:
    """Whether there are bins for each axis: a pair, which is no array."""
    return isinstance(bins, (list, tuple)) and len(bins) == 2


@stands_for(np.histogramdd)
def histogramdd(
    sample: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None
) -> Any:
    """`np.histogramdd(sample, bins=10, range=None, density=None, weights=None)`: of a list of vectors, or
    of a matrix where `bins` or `range` is a list with an item for each column; w̄ₖ = ȳ of its bin.
    """
    if isinstance(sample, (list, tuple)):
        columns = [np.ravel(column) for column in sample]
    else:
        named = bins if isinstance(bins, (list, tuple)) else range
        check_columns(isinstance(named, (list, tuple)))
        if not sample.shape[1] == len(named):
            raise ValueError("The dimension of bins must be equal to the dimension of the sample x.")
        columns = [sample[:, k] for k, _ in enumerate(named)]
    by_axis = bins if isinstance(bins, (list, tuple)) else [bins for _ in columns]
    ranges = [None for _ in columns] if range is None else range
    edges = [edges_of(column, by_axis[k], ranges[k]) for k, column in enumerate(columns)]
    found = [np.searchsorted(edges[k], column, "right") for k, column in enumerate(columns)]
    lengths = [len(each) - 1 for each in edges]
    size = 1
    for length in lengths:
        size = size * length
    given = np.ones(len(columns[0])) if weights is None else np.ravel(weights)
    counts = np.zeros(size)
    for n in counted_to(len(columns[0])):
        place, inside = 0, True
        for k, column in enumerate(columns):
            bin = bin_of(column[n], found[k][n], lengths[k], edges[k])
            inside = inside and bin >= 0
            place = place * lengths[k] + bin
        if inside:
            counts[place] += given[n]
    result = np.reshape(counts, tuple(lengths))
    if density:
        total = np.sum(counts)
        for k, each in enumerate(edges):
            result = result / np.reshape(np.diff(each), ones_around(len(columns), k))
        result = result / total
    return result, edges


def counted_to(count: Any) -> Any:
    """The numbers below a count, where `range` is an argument."""
    return range(count)


@known_while_compiling
def ones_around(rank: int, axis: int) -> tuple[int, ...]:
    """A shape that lays a vector along an axis."""
    return (1,) * axis + (-1,) + (1,) * (rank - 1 - axis)


@known_while_compiling
def check_columns(known: bool) -> None:
    """Refuse a matrix of which nothing says how many columns it has."""
    if not known:
        raise TypeError(
            "how many columns the sample has is only known at run time: give the columns as a list, or `bins`"
            " as a list with an item for each"
        )
