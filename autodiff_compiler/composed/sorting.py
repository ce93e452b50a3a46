"""Sorting: the order, which has no derivative, and the elements in that order."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff_compiler.composed.axes import axis_of
from autodiff_compiler.composed.declare import external, known_while_compiling, stands_for
from autodiff_compiler.composed.primitives import along, places
from autodiff_compiler.ir.types import Array, Scalar, Type
from autodiff_compiler.operators.entry import Signature
from autodiff_compiler.operators.promotion import promote
from autodiff_compiler.runtime.sorting import insertion_places, sorted_order


def _order_types(a: Type) -> Signature:
    return (Array(a.dtype, 2),), (Array("int64", 2),)


def _places_types(a: Type, values: Type, after: Type) -> Signature:
    dtype = promote([Scalar(a.dtype), Scalar(values.dtype)], "number").dtype
    return (Array(dtype, 1), Array(dtype, 1), Scalar("bool")), (Array("int64", 1),)


external(
    sorted_order, _order_types, several=False, results=("order",),
    doc="the order of each row of a matrix: stable, NaN last",
)  # fmt: skip
external(
    insertion_places, _places_types, several=False, results=("found",),
    doc="where values belong in a sorted vector",
)  # fmt: skip


@known_while_compiling
def check_kind(kind: Any, order: Any = None) -> None:
    """Refuse kinds of sorting that there are not; all are stable here."""
    if kind not in (None, "quicksort", "mergesort", "heapsort", "stable"):
        raise ValueError(f"sort kind must be one of 'quick', 'heap', or 'stable' (got '{kind}')")
    if order is not None:
        raise ValueError("Cannot specify order when the array has no fields.")


def order_along(a: Any, axis: Any) -> Any:
    """The order of the elements along an axis."""
    moved = np.moveaxis(a, axis, -1)
    rows = 1
    for length in moved.shape[:-1]:
        rows = rows * length
    found = sorted_order(np.reshape(moved, (rows, moved.shape[-1])))
    return np.moveaxis(np.reshape(found, moved.shape), -1, axis)


@stands_for(np.argsort, methods=("argsort",))
def argsort(a: Any, axis: Any = -1, kind: Any = None, order: Any = None, *, stable: Any = None) -> Any:
    """`np.argsort(a, axis=-1, kind=None, stable=None)`: integers; always stable, NaN last."""
    check_kind(kind, order)
    a = np.asarray(a)
    if axis is None:
        return order_along(np.ravel(a), 0)
    axis = axis_of(max(a.ndim, 1), axis)
    return order_along(np.ravel(a) if a.ndim == 0 else a, axis)


@stands_for(np.sort)
def sort(a: Any, axis: Any = -1, kind: Any = None, order: Any = None, *, stable: Any = None) -> Any:
    """`np.sort(a, axis=-1, kind=None, stable=None)`: NaN last; ȳ goes where the elements came from, of equal
    ones in their order.
    """
    check_kind(kind, order)
    a = np.asarray(a)
    if axis is None:
        a, axis = np.ravel(a), 0
    axis = axis_of(a.ndim, axis)
    return along(a, order_along(a, axis), axis)


@stands_for(methods=("sort",))
def sort_in_place(
    self: Any, axis: Any = -1, kind: Any = None, order: Any = None, *, stable: Any = None
) -> None:
    """`a.sort(axis=-1, kind=None, stable=None)`: in place, as np.sort."""
    self[...] = sort(self, axis, kind, order)


def check_places(kth: Any, a: Any, axis: Any) -> None:
    """Raise as NumPy does for a place that the sorted array does not have; one of no elements has all."""
    length = a.size if axis is None else a.shape[axis_of(a.ndim, axis)]
    if a.size == 0:
        return
    for place in np.ravel(np.asarray(kth)):
        if place < -length or place >= length:
            raise ValueError(f"kth(={place}) out of bounds ({length})")


@stands_for(np.partition)
def partition(a: Any, kth: Any, axis: Any = -1, kind: Any = "introselect", order: Any = None) -> Any:
    """`np.partition(a, kth, axis=-1)`: sorted whole, which is a partition for every kth."""
    check_places(kth, np.asarray(a), axis)
    return sort(a, axis, None, order)


@stands_for(np.argpartition, methods=("argpartition",))
def argpartition(a: Any, kth: Any, axis: Any = -1, kind: Any = "introselect", order: Any = None) -> Any:
    """`np.argpartition(a, kth, axis=-1)`: the order of np.argsort, which is a partition for every kth."""
    check_places(kth, np.asarray(a), axis)
    return argsort(a, axis, None, order)


@stands_for(methods=("partition",))
def partition_in_place(
    self: Any, kth: Any, axis: Any = -1, kind: Any = "introselect", order: Any = None
) -> None:
    """`a.partition(kth, axis=-1)`: in place, as np.partition."""
    check_places(kth, self, axis)
    self[...] = sort(self, axis, None, order)


@stands_for(np.lexsort)
def lexsort(keys: Any, axis: Any = -1) -> Any:
    """`np.lexsort((second, first), axis=-1)`: the order by several keys, of which the last counts first."""
    if len(keys) == 0:
        raise TypeError("need sequence of keys with len > 0 in lexsort")
    first = np.asarray(keys[0])
    if first.ndim == 0:
        return 0
    axis = axis_of(first.ndim, axis)
    order = places(first.shape, axis)
    for key in keys:
        order = along(order, order_along(along(np.asarray(key), order, axis), axis), axis)
    return order


@known_while_compiling
def comes_after(side: str) -> bool:
    """Whether a side is the right one."""
    if side not in ("left", "right"):
        raise ValueError(f"side must be 'left' or 'right' (got '{side}')")
    return side == "right"


@known_while_compiling
def check_sorted_vector(rank: int) -> None:
    """Refuse to look for places in anything but a vector."""
    if rank != 1:
        raise ValueError(
            f"np.searchsorted and np.digitize look into vectors, not into arrays with {rank} axes"
        )


@stands_for(np.searchsorted, methods=("searchsorted",))
def searchsorted(a: Any, v: Any, side: Any = "left", sorter: Any = None) -> Any:
    """`np.searchsorted(a, v, side="left", sorter=None)`: integers."""
    a = np.asarray(a)
    check_sorted_vector(a.ndim)
    if sorter is not None:
        a = a[np.asarray(sorter)]
    v = np.asarray(v)
    found = insertion_places(a, np.ravel(v), comes_after(side))
    return found[0] if np.ndim(v) == 0 else np.reshape(found, v.shape)


@stands_for(np.digitize)
def digitize(x: Any, bins: Any, right: Any = False) -> Any:
    """`np.digitize(x, bins, right=False)`: integers; the edges of the bins rise or fall."""
    bins = np.asarray(bins)
    check_sorted_vector(bins.ndim)
    side = "left" if right else "right"
    if not falls(bins):
        check_rising(bins)
        return searchsorted(bins, x, side)
    check_rising(bins[::-1])
    return len(bins) - searchsorted(bins[::-1], x, side)


def falls(bins: Any) -> Any:
    """Whether the first element that differs from the one before is not larger than it, or NaN."""
    first = 1
    while first < len(bins) and bins[first] == bins[first - 1]:
        first = first + 1
    return first < len(bins) and not bins[first - 1] < bins[first]


def check_rising(bins: Any) -> Any:
    """Raise ValueError where the edges of bins do not go one way."""
    for k in range(1, len(bins)):
        if bins[k - 1] > bins[k]:
            raise ValueError("bins must be monotonically increasing or decreasing")
    return None


@stands_for(np.isin)
def isin(
    element: Any, test_elements: Any, assume_unique: Any = False, invert: Any = False, *, kind: Any = None
) -> Any:
    """`np.isin(element, test_elements, invert=False)`: whether each element is one of others; a constant."""
    others = np.ravel(test_elements)
    if np.ndim(element) == 0:
        found = np.any(others == element)
    else:
        found = np.any(np.asarray(element)[..., None] == others, axis=-1)
    return np.logical_not(found) if invert else found
