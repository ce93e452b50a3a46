"""Finds the position of a key among the keys of a dict that is kept in arrays.

The keys of a dict that was passed have an order; those of a dict that grows have slots: a hash table with
open addressing, whose length is a power of two and more than the number of keys, -1 where a slot is free.
"""

from __future__ import annotations

from typing import Any

import numpy as np

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


@compiled
def first_slot(key: int, size: int) -> int:
    """Where a key belongs in a table of so many slots."""
    low = key & 0x7FFFFFFF
    high = (key >> 31) & 0x7FFFFFFF
    mixed = (low * 40503 + high * 69069) & 0x7FFFFFFF
    return (mixed ^ (mixed >> 15)) & (size - 1)


@compiled
def slot_of(slots: Any, keys: Any, key: int) -> int:
    """The slot that has the position of a key among these keys, or the free one where it belongs."""
    slot = first_slot(key, len(slots))
    while slots[slot] >= 0 and keys[slots[slot]] != key:
        slot = (slot + 1) & (len(slots) - 1)
    return int(slot)


@compiled
def slots_of(keys: Any, size: int) -> Any:
    """A table with so many slots for the positions of all these keys."""
    slots = np.full(size, -1)
    for position in range(len(keys)):
        slots[slot_of(slots, keys, keys[position])] = position
    return slots


__all__ = ["key_position", "slot_of", "slots_of"]
