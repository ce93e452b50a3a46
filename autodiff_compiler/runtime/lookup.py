"""Finds the position of a key among the keys of a dict that is kept in arrays."""

from __future__ import annotations

from typing import Any

from autodiff_compiler.runtime.compiled import compiled


@compiled
def key_position(keys: Any, order: Any, key: int) -> int:
    """Where a key is among keys, of which `order` has the positions in rising order; -1 where it is not."""
    if 0 <= key < len(keys) and keys[key] == key:
        return key
    low, high = 0, len(order)
    while low < high:
        middle = (low + high) // 2
        if keys[order[middle]] < key:
            low = middle + 1
        else:
            high = middle
    if low < len(order) and keys[order[low]] == key:
        return int(order[low])
    return -1


__all__ = ["key_position"]
