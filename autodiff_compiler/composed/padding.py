"""Arrays with margins, and with parts put in or taken out."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff_compiler.composed.axes import axis_of
from autodiff_compiler.composed.declare import known_while_compiling, stands_for
from autodiff_compiler.composed.dtypes import is_of_floats, is_of_integers
from autodiff_compiler.composed.primitives import item, part

STATISTICS = ("maximum", "minimum", "mean", "median")
MODES = ("constant", "edge", "reflect", "symmetric", "wrap", "linear_ramp", *STATISTICS, "empty")
OPTIONS = {"constant": "constant_values", "linear_ramp": "end_values", "reflect": "reflect_type"}


@known_while_compiling
def check_mode(mode: str, names: tuple[str, ...], style: str, dtype: Any) -> None:
    """Refuse modes that there are not, and options of other modes."""
    if mode not in MODES:
        raise ValueError(f"mode '{mode}' is not supported; {', '.join(MODES)} are")
    allowed = OPTIONS.get(mode, "stat_length" if mode in STATISTICS else "")
    for name in names:
        if name != allowed and not (name == "reflect_type" and mode == "symmetric"):
            raise ValueError(f"unsupported keyword arguments for mode '{mode}': {name}")
    if style not in ("even", "odd"):
        raise ValueError(f"reflect_type '{style}' is neither 'even' nor 'odd'")
    if style == "odd" and np.dtype(dtype).kind == "b":
        raise TypeError("odd reflections of truth values are not supported; of integers: a.astype(int)")


@stands_for(np.pad)
def pad(array: Any, pad_width: Any, mode: Any = "constant", **kwargs: Any) -> Any:
    """`np.pad(a, width, mode)`: all modes with their options;
    x̄ gathers from the margins what they were copied from.
    """
    array = np.asarray(array)
    style = kwargs.get("reflect_type", "even")
    check_mode(mode, tuple(kwargs), style, array.dtype)
    rank = array.ndim
    if rank == 0:
        return array
    widths = both_sides(of_axes(pad_width, rank), rank)
    shape = tuple([before + n + after for (before, after), n in zip(widths, array.shape)])  # noqa: B905
    for before, after in widths:
        if before < 0 or after < 0:
            raise ValueError("index can't contain negative values")
    out = np.empty(shape, array.dtype)
    whole = np.expand_dims(out, rank)  # what is at a position is an array, for a vector too
    center = whole
    for axis, (before, _) in enumerate(widths):
        center = part(center, axis, before, before + array.shape[axis])
    center[...] = np.expand_dims(array, rank)
    if mode == "empty":
        return out
    constants = both_sides(kwargs.get("constant_values", kwargs.get("end_values", 0)), rank)
    lengths = both_sides(kwargs.get("stat_length"), rank)
    for axis, (before, after) in enumerate(widths):
        region = whole
        for later, (start, _) in enumerate(widths):
            if later > axis:
                region = part(region, later, start, start + array.shape[later])
        n = array.shape[axis]
        if mode != "constant" and n == 0 and before + after > 0:
            raise ValueError("can't extend an empty axis using modes other than 'constant' or 'empty'")
        if mode == "constant":
            part(region, axis, 0, before)[...] = constants[axis][0]
            part(region, axis, before + n, before + n + after)[...] = constants[axis][1]
        elif mode in ("maximum", "minimum", "mean", "median") and before + after > 0:
            inner = part(region, axis, before, before + n)
            left, right = lengths[axis]
            part(region, axis, 0, before)[...] = statistic(part(inner, axis, 0, left), axis, mode)
            start = None if right is None else n - min(right, n)
            found = statistic(part(inner, axis, start), axis, mode)
            part(region, axis, before + n, before + n + after)[...] = found
        elif before + after > 0:
            extend(region, axis, before, n, after, mode, constants[axis], style == "odd")
    return out


def statistic(inner: Any, axis: Any, mode: Any) -> Any:
    """The largest, smallest, mean or median along an axis, which stays; those of integers are rounded."""
    if mode == "maximum":
        return np.max(inner, axis=axis, keepdims=True)
    if mode == "minimum":
        return np.min(inner, axis=axis, keepdims=True)
    if mode == "median":
        mean = np.median(inner, axis=axis, keepdims=True)
    else:
        mean = np.mean(inner, axis=axis, keepdims=True)
    return mean if is_of_floats(inner.dtype) else np.rint(mean)


def extend(
    region: Any, axis: Any, before: Any, n: Any, after: Any, mode: Any, ends: Any, odd: Any
) -> Any:  # fmt: skip
    """Fill the margins along an axis from the n elements between them."""
    for k in range(before):
        if mode == "linear_ramp":
            edge = item(region, axis, before)
            item(region, axis, k)[...] = ramp(ends[0], edge, k / before)
        else:
            item(region, axis, k)[...] = extended(region, axis, before, n, k - before, mode, odd)
    for k in range(after):
        if mode == "linear_ramp":
            edge = item(region, axis, before + n - 1)
            item(region, axis, before + n + k)[...] = ramp(ends[1], edge, (after - 1 - k) / after)
        else:
            item(region, axis, before + n + k)[...] = extended(region, axis, before, n, n + k, mode, odd)
    return None


def extended(region: Any, axis: Any, before: Any, n: Any, k: Any, mode: Any, odd: Any) -> Any:
    """What stands at position k outside of n elements. Odd reflections are those through points:
    turned around the end, and from one period to the next higher by twice the rise.
    """
    found = item(region, axis, before + source_of(k, n, mode))
    if not odd:
        return found
    first, last = item(region, axis, before), item(region, axis, before + n - 1)
    period = max(2 * (n - 1), 1) if mode == "reflect" else 2 * n
    turned = 2 * last - found if k % period >= n else found * 1
    turns, rise = k // period * 2, last - first
    return turned + turns * rise if turns >= 0 else turned - (-turns) * rise  # of unsigned integers, too


def ramp(end: Any, edge: Any, share: Any) -> Any:
    """A number on the way from the end to the edge."""
    value = end + (edge * 1.0 - end) * share  # unsigned integers have no negative differences
    return np.floor(value) if is_of_integers(edge.dtype) else value


def source_of(k: Any, n: Any, mode: Any) -> Any:
    """Which of n elements stands at position k, inside or outside."""
    if mode == "edge":
        return min(max(k, 0), n - 1)
    if mode == "wrap":
        return k % n
    if mode == "symmetric":
        place = k % (2 * n)
        return place if place < n else 2 * n - 1 - place
    period = max(2 * (n - 1), 1)
    place = k % period
    return place if place < n else period - place


def of_axes(given: Any, rank: Any) -> Any:
    """What is given, a dict by axis as a pair for each."""
    if isinstance(given, dict):
        found = tuple([given.get(axis, given.get(axis - rank, 0)) for axis in range(rank)])
        return tuple([width if isinstance(width, tuple) else (width, width) for width in found])
    return given


def both_sides(given: Any, rank: Any) -> Any:
    """What is given for both sides of each axis, of all axes, or once."""
    check_sides(np.ndim(given) if isinstance(given, np.ndarray) else 0, isinstance(given, dict))
    if not isinstance(given, (list, tuple)):
        return ((given, given),) * rank
    rows = tuple([tuple(row) if isinstance(row, (list, tuple)) else row for row in given])
    if is_nested(rows_of(rows), rank):
        pairs = tuple([(row[0], row[-1]) for row in rows])
        return pairs * rank if len(pairs) == 1 else pairs
    return ((rows[0], rows[-1]),) * rank


@known_while_compiling
def check_sides(rank: int, is_dict: bool) -> None:
    """Refuse arrays, and dicts where they name no margins."""
    if rank > 0 or is_dict:
        raise TypeError("np.pad takes a number, a pair, or a tuple or list with a pair for each axis")


def rows_of(rows: Any) -> Any:
    """How long each row is, 0 for a number."""
    return [len(row) if isinstance(row, tuple) else 0 for row in rows]


@known_while_compiling
def is_nested(lengths: tuple[int, ...], rank: int) -> bool:
    """Whether there is a row for each axis, or one for all."""
    nested = bool(lengths) and all(lengths)
    fits = len(lengths) in (1, rank) and max(lengths) <= 2 if nested else len(lengths) in (1, 2)
    if not fits or (not nested and any(lengths)):
        raise ValueError(f"{rank} axes need a number, a pair, or a pair for each")
    return nested


# ---------------------------------------------------------------- parts put in and taken out


@stands_for(np.delete)
def delete(arr: Any, obj: Any, axis: Any = None) -> Any:
    """`np.delete(a, index, axis=None)`: the index a number, a slice, several, or a mask."""
    arr = np.asarray(arr)
    if axis is None:
        arr, axis = np.ravel(arr), 0
    axis = axis_of(arr.ndim, axis)
    length = arr.shape[axis]
    if isinstance(obj, slice):
        kept_beside = np.ones(length, bool)
        kept_beside[obj] = False
        return np.copy(np.moveaxis(np.moveaxis(arr, axis, 0)[np.flatnonzero(kept_beside)], 0, axis))
    if np.ndim(obj) == 0:
        start = placed(obj, length)
        return np.concatenate([part(arr, axis, 0, start), part(arr, axis, start + 1, length)], axis)
    chosen = np.ravel(obj)
    kept = np.ones(length, bool)
    if is_mask(chosen.dtype):
        if not len(chosen) == length:  # the negation that becomes a guard
            raise ValueError("a mask of what to delete must be as long as the axis")
        kept = ~chosen
    else:
        for k in range(len(chosen)):
            kept[placed(chosen[k], length)] = False
    return np.copy(np.moveaxis(np.moveaxis(arr, axis, 0)[np.flatnonzero(kept)], 0, axis))


@known_while_compiling
def is_mask(dtype: Any) -> bool:
    """Whether a dtype is that of truth values."""
    return bool(np.dtype(dtype).kind == "b")


def placed(index: Any, length: Any) -> Any:
    """An index counted from the front, inside the axis."""
    if index < -length or index >= length:
        raise IndexError("an index is out of bounds for the axis")
    return index + length if index < 0 else index


@stands_for(np.insert)
def insert(arr: Any, obj: Any, values: Any, axis: Any = None) -> Any:
    """`np.insert(a, index, values, axis=None)`: the index a number, a slice, or a list, tuple or
    array of them.
    """
    arr = np.asarray(arr)
    if axis is None:
        arr, axis = np.ravel(arr), 0
    axis = axis_of(arr.ndim, axis)
    length = arr.shape[axis]
    new = np.array(values, dtype=arr.dtype, ndmin=arr.ndim)
    if isinstance(obj, slice):
        return inserted(arr, np.arange(length)[obj], new, axis)
    if np.ndim(obj) == 0:
        start = before(obj, length)
        new = np.moveaxis(new, 0, axis)
    elif np.size(obj) == 1:
        start = before(np.ravel(obj)[0], length)
    else:
        return inserted(arr, np.ravel(obj), new, axis)
    count = new.shape[axis]
    shape = (*arr.shape[:axis], length + count, *arr.shape[axis + 1 :])
    out = np.empty(shape, arr.dtype)
    part(out, axis, 0, start)[...] = part(arr, axis, 0, start)
    part(out, axis, start, start + count)[...] = new
    part(out, axis, start + count, length + count)[...] = part(arr, axis, start, length)
    return out


def before(index: Any, length: Any) -> Any:
    """Before which element an index puts something in."""
    if index < -length or index > length:
        raise IndexError("an index is out of bounds for the axis")
    return index + length if index < 0 else index


def inserted(arr: Any, indices: Any, new: Any, axis: Any) -> Any:
    """The array with something put in before several elements, each counted in the array as it was."""
    length, count = arr.shape[axis], len(indices)
    starts = np.empty(count, np.int64)
    for k in range(count):
        starts[k] = before(indices[k], length)
    order = np.argsort(starts)
    places_of_new = np.empty(count, np.int64)
    kept = np.ones(length + count, bool)
    for k in range(count):
        places_of_new[order[k]] = starts[order[k]] + k
        kept[starts[order[k]] + k] = False
    out = np.empty((*arr.shape[:axis], length + count, *arr.shape[axis + 1 :]), arr.dtype)
    rows = np.moveaxis(out, axis, 0)
    rows[places_of_new] = np.moveaxis(new, axis, 0)
    rows[np.flatnonzero(kept)] = np.moveaxis(arr, axis, 0)
    return out
