"""The order of numbers, and where numbers belong in it; NaN comes last, as in NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff_compiler.runtime.compiled import compiled

RUN = 8  # so many elements are put in order one by one, before runs are merged


@compiled
def _comes_before(x: Any, y: Any) -> bool:
    """Whether x comes before y."""
    return bool(x < y or (y != y and x == x))  # only NaN differs from itself


@compiled
def _sort_runs(keys: Any, order: Any) -> None:
    """Put each short run in order."""
    for first in range(0, len(keys), RUN):
        for k in range(first + 1, min(first + RUN, len(keys))):
            key, place = keys[k], order[k]
            j = k
            while j > first and _comes_before(key, keys[j - 1]):
                keys[j], order[j] = keys[j - 1], order[j - 1]
                j -= 1
            keys[j], order[j] = key, place


@compiled
def _merge(keys: Any, order: Any, to_keys: Any, to_order: Any, width: int) -> None:
    """Merge neighbouring runs of a width: of equal ones the left comes first."""
    n = len(keys)
    for first in range(0, n, 2 * width):
        middle, last = min(first + width, n), min(first + 2 * width, n)
        left, right = first, middle
        for k in range(first, last):
            if left < middle and (right >= last or not _comes_before(keys[right], keys[left])):
                to_keys[k], to_order[k] = keys[left], order[left]
                left += 1
            else:
                to_keys[k], to_order[k] = keys[right], order[right]
                right += 1


@compiled
def sorted_order(a: Any) -> Any:
    """For each row of a matrix, the places of its elements in rising order; equal ones keep their order."""
    rows, n = a.shape
    found = np.empty((rows, n), np.int64)
    keys, spare = np.empty(n, a.dtype), np.empty(n, a.dtype)
    order, other = np.empty(n, np.int64), np.empty(n, np.int64)
    for row in range(rows):
        for k in range(n):
            keys[k] = a[row, k]
            order[k] = k
        _sort_runs(keys, order)
        width = RUN
        while width < n:
            _merge(keys, order, spare, other, width)
            keys, spare = spare, keys
            order, other = other, order
            width *= 2
        for k in range(n):
            found[row, k] = order[k]
    return found


@compiled
def _lies_before(x: Any, y: Any, equals: bool) -> bool:
    """Whether x comes before y, or before all behind y."""
    return not _comes_before(y, x) if equals else _comes_before(x, y)


@compiled
def insertion_places(a: Any, values: Any, after: bool) -> Any:
    """Where each value belongs in a vector in rising order: before its equals, or after them.

    A search begins where the last one has ended, which NumPy's does too: so the places are the same even in
    a vector that is not in order, as one with NaN in its middle.
    """
    found = np.empty(len(values), np.int64)
    low, high = 0, len(a)
    for k in range(len(values)):
        value = values[k]
        if k > 0 and _lies_before(values[k - 1], value, after):
            high = len(a)
        else:
            low, high = 0, min(high + 1, len(a))
        while low < high:
            middle = (low + high) // 2
            if _lies_before(a[middle], value, after):
                low = middle + 1
            else:
                high = middle
        found[k] = low
    return found


__all__ = ["insertion_places", "sorted_order"]
