"""What Python does with lists in C, as the Python that is followed instead: order, search, comparison."""

from __future__ import annotations

from typing import Any

import numpy as np

# ---------------------------------------------------------------- order


def in_order(items: Any, key: Any, reverse: Any) -> Any:
    """`sorted`."""
    listed = list(items)
    return in_order_of(listed, listed if key is None else [key(item) for item in listed], reverse)


def in_order_of(items: Any, keys: Any, reverse: Any) -> Any:
    """The items in the order of their keys; where those are equal, in the order that they have."""
    return [items[k] for k in order_of(keys, reverse)]


def order_by(items: Any, key: Any, reverse: Any) -> Any:
    """The positions of the items in the order of their keys."""
    return order_of(items if key is None else [key(item) for item in items], reverse)


def order_of(keys: Any, reverse: Any) -> Any:
    """The positions of keys in their order: numbers, or tuples of them."""
    by = np.array(ordered_keys(keys))
    if by.ndim == 1:
        return stable_order(by, reverse)
    order = np.arange(len(by))
    for column in range(by.shape[1] - 1, -1, -1):
        order = order[stable_order(by[order, column], reverse)]
    return order


def ordered_keys(keys: Any) -> Any:
    """Keys that Python can put in order: known to the compiler, never followed."""
    raise NotImplementedError


def stable_order(by: Any, reverse: Any) -> Any:
    """The positions of numbers in their order; of equal ones in the order that they have."""
    if reverse:
        return len(by) - 1 - np.argsort(by[::-1], kind="stable")[::-1]
    return np.argsort(by, kind="stable")


def one_piece(parts: Any) -> Any:
    """Arrays one after the other, as the only row of an array."""
    if len(parts) == 0:
        raise ValueError("need at least one array to concatenate")
    total = 0
    for part in parts:
        total += len(part)
    first = parts[0]
    made = np.empty((1, total, *first.shape[1:]), first.dtype)
    stop = 0
    for part in parts:
        start = stop
        stop = start + len(part)
        made[0, start:stop] = part
    return made


# ---------------------------------------------------------------- search and comparison


def common_length(lengths: Any) -> Any:
    """How long lists are that an array is made of."""
    if len(lengths) == 0:
        return 0
    first = lengths[0]
    for k in range(len(lengths)):
        if lengths[k] != first:
            raise ValueError("an array cannot be made of lists of different lengths")
    return first


def position_in(items: Any, value: Any, start: Any, stop: Any) -> Any:
    """`list.index`."""
    size = len(items)
    first = max(start + size, 0) if start < 0 else start
    last = size if stop is None else stop + size if stop < 0 else min(stop, size)
    for k in range(first, last):
        if items[k] == value:
            return k
    raise ValueError("the value is not in the list")


def columns(rows: Any) -> Any:
    """What `zip(*rows)` gives, of rows of any length."""
    width = min([len(row) for row in rows]) if len(rows) > 0 else 0
    return [[row[k] for row in rows] for k in range(width)]


def column(items: Any, position: Any) -> Any:
    """What all items have at a position."""
    return [item[position] for item in items]


def remove_from(items: Any, value: Any) -> None:
    """`list.remove`: nothing is taken out where the value is not there."""
    found = items.index(value)
    items.pop(found)


def count_in(items: Any, value: Any) -> Any:
    """`list.count`."""
    result = 0
    for item in items:
        if item == value:
            result = result + 1
    return result


def equal_lists(first: Any, second: Any) -> Any:
    """`first == second` for lists."""
    if len(first) != len(second):
        return False
    for a, b in zip(first, second):  # noqa: B905, SIM110
        if a != b:
            return False
    return True


def list_before(first: Any, second: Any, equal_too: Any) -> Any:
    """`first < second` for lists, or `first <= second`."""
    for a, b in zip(first, second):  # noqa: B905
        if a != b:
            return a < b
    return len(first) < len(second) or (equal_too and len(first) == len(second))
