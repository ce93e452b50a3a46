"""Arrays as sets: their distinct elements, in order, which are gathered from where they stand first."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib import _arraysetops_impl as results

from autodiff_compiler.composed.axes import axis_of
from autodiff_compiler.composed.declare import known_while_compiling, stands_for
from autodiff_compiler.composed.dtypes import is_of_floats
from autodiff_compiler.composed.primitives import places
from autodiff_compiler.runtime.sorting import sorted_order

# ---------------------------------------------------------------- the order, and where groups begin


def order_of(values: Any) -> Any:
    """The stable order of a vector."""
    return sorted_order(np.reshape(values, (1, len(values))))[0]


def begins(ordered: Any, equal_nan: Any) -> Any:
    """Where a sorted vector, or matrix of sorted rows, has another element than before."""
    new = np.ones(len(ordered), dtype=bool)
    if ordered.ndim == 2:
        new[1:] = np.any(ordered[1:] != ordered[:-1], axis=1)
    elif equal_nan and is_of_floats(ordered.dtype):
        both = np.isnan(ordered[1:]) & np.isnan(ordered[:-1])
        new[1:] = (ordered[1:] != ordered[:-1]) & ~both
    else:
        new[1:] = ordered[1:] != ordered[:-1]
    return new


def rows_in_order(rows: Any) -> Any:
    """The order of rows by their first element, of those equal in it by the second, and so on."""
    order = places((len(rows),))
    for k in range(rows.shape[1] - 1, -1, -1):
        order = order[order_of(rows[order, k])]
    return order


def groups(order: Any, new: Any) -> Any:
    """Of sorted elements: where each group begins, to which one each belongs, and their sizes."""
    starts = np.flatnonzero(new)
    inverse = np.empty(len(order), dtype=np.int64)
    inverse[order] = np.cumsum(new) - 1
    counts = np.empty(len(starts), dtype=np.int64)
    for k in range(len(starts)):
        after = len(order)
        if k + 1 < len(starts):
            after = starts[k + 1]
        counts[k] = after - starts[k]
    return order[starts], inverse, counts


# ---------------------------------------------------------------- unique


@stands_for(np.unique)
def unique(
    ar: Any, return_index: Any = False, return_inverse: Any = False, return_counts: Any = False,
    axis: Any = None, *, equal_nan: Any = True, sorted: Any = True,
) -> Any:  # fmt: skip
    """`np.unique(ar, return_index=False, return_inverse=False, return_counts=False, axis=None,
    equal_nan=True)`: sorted; ȳ goes to the first of equal elements.
    """
    ar = np.asarray(ar)
    if axis is None:
        flat = np.ravel(ar)
        order = order_of(flat)
        first, inverse, counts = groups(order, begins(flat[order], equal_nan))
        values = flat[first]
        inverse = np.reshape(inverse, np.shape(ar))
    else:
        axis = axis_of(ar.ndim, axis)
        moved = np.moveaxis(ar, axis, 0)
        width = 1
        for length in moved.shape[1:]:
            width = width * length
        rows = np.reshape(moved, (len(moved), width))
        order = rows_in_order(rows)
        first, inverse, counts = groups(order, begins(rows[order], False))
        values = np.take(ar, first, axis)
    parts: Any = (values,)
    if return_index:
        parts = (*parts, first)
    if return_inverse:
        parts = (*parts, inverse)
    if return_counts:
        parts = (*parts, counts)
    return parts if len(parts) > 1 else values


@stands_for(np.unique_values)
def unique_values(x: Any) -> Any:
    """`np.unique_values(x)`: as `unique`, each NaN for itself; sorted, where NumPy from 2.3 on has the order
    of a hash table.
    """
    return unique(x, equal_nan=False)


@stands_for(np.unique_counts)
def unique_counts(x: Any) -> Any:
    """`np.unique_counts(x)`: the values, and how many there are of each."""
    values, counts = unique(x, return_counts=True, equal_nan=False)
    return results.UniqueCountsResult(values, counts)


@stands_for(np.unique_inverse)
def unique_inverse(x: Any) -> Any:
    """`np.unique_inverse(x)`: the values, and for each element which one it is."""
    values, inverse = unique(x, return_inverse=True, equal_nan=False)
    return results.UniqueInverseResult(values, inverse)


@stands_for(np.unique_all)
def unique_all(x: Any) -> Any:
    """`np.unique_all(x)`: the values, their first places, for each element which one it is, how many."""
    values, first, inverse, counts = unique(x, True, True, True, equal_nan=False)
    return results.UniqueAllResult(values, first, inverse, counts)


# ---------------------------------------------------------------- two sets


def joined(ar1: Any, ar2: Any) -> Any:
    """The elements of both, flat."""
    return np.concatenate((np.ravel(ar1), np.ravel(ar2)))


@stands_for(np.union1d)
def union1d(ar1: Any, ar2: Any) -> Any:
    """`np.union1d(ar1, ar2)`: what is in one or both, sorted; ȳ goes to the first of equal elements."""
    return unique(joined(ar1, ar2))


@stands_for(np.intersect1d)
def intersect1d(ar1: Any, ar2: Any, assume_unique: Any = False, return_indices: Any = False) -> Any:
    """`np.intersect1d(ar1, ar2, return_indices=False)`: what is in both; ȳ goes to the first."""
    one, other = np.ravel(ar1), np.ravel(ar2)
    _, first = unique(one, return_index=True)
    _, second = unique(other, return_index=True)
    both = np.concatenate((one[first], other[second]))
    order = order_of(both)
    ordered = both[order]
    twice = np.flatnonzero(ordered[1:] == ordered[:-1])
    values = ordered[twice]
    if return_indices:
        return values, first[order[twice]], second[order[twice + 1] - len(first)]
    return values


@stands_for(np.setdiff1d)
def setdiff1d(ar1: Any, ar2: Any, assume_unique: Any = False) -> Any:
    """`np.setdiff1d(ar1, ar2, assume_unique=False)`: what is in the first alone."""
    one = np.ravel(ar1) if assume_unique else unique(ar1)
    return one[np.isin(one, ar2, invert=True)]


@stands_for(np.setxor1d)
def setxor1d(ar1: Any, ar2: Any, assume_unique: Any = False) -> Any:
    """`np.setxor1d(ar1, ar2)`: what is in exactly one of both, sorted."""
    both = np.concatenate((unique(ar1), unique(ar2)))
    ordered = both[order_of(both)]
    alone = np.ones(len(ordered) + 1, dtype=bool)
    alone[1:-1] = ordered[1:] != ordered[:-1]
    return ordered[alone[1:] & alone[:-1]]


@known_while_compiling
def complex_of(dtype: Any) -> np.dtype[Any]:
    """The complex dtype that `np.sort_complex` makes of a real one."""
    return np.dtype(np.complex64 if np.dtype(dtype).name in SHORT else np.complex128)


SHORT = ("int8", "uint8", "int16", "uint16")


@stands_for(np.sort_complex)
def sort_complex(a: Any) -> Any:
    """`np.sort_complex(a)`: real numbers in order, as complex ones."""
    a = np.asarray(a)
    return np.sort(a).astype(complex_of(a.dtype))
