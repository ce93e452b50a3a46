"""Dicts whose keys the running program computes, as the Python that is followed in their place.

Such a dict is a list of its keys and one of its values, in the order in which they came, and an array of
integers that finds a key: a hash table with open addressing. Keys are integers and tuples of those.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff_compiler.frontend.stand_ins_dicts import STOOD_FOR, viewed

# ruff: noqa: SIM110  # a loop says what is meant where a comprehension would make a list


def key_of_table(key: Any) -> Any:
    """The key, if it is an integer or a tuple of those: known to the compiler, never followed."""
    raise NotImplementedError


def scattered(key: Any) -> Any:
    """A number from 0 to 2**24 - 1 that is the same for equal keys."""
    if isinstance(key, tuple):
        code = 0
        for part in key:
            code = (code * 1000003 + scattered(part)) & 16777215
        return code
    return (key ^ (key >> 24)) * 40503 + (key >> 11) & 16777215


class Table:
    """A dict whose keys are only known when the program runs."""

    def __init__(self) -> None:
        self.known: Any = []
        self.held: Any = []
        self.slots = np.full(8, -1)

    def position(self, key: Any) -> Any:
        """Where the value of a key is; -1 where there is none."""
        wanted = key_of_table(key)
        if len(self.known) == 0:
            return -1
        mask = len(self.slots) - 1
        slot = scattered(wanted) & mask
        while self.slots[slot] >= 0 and self.known[self.slots[slot]] != wanted:
            slot = (slot + 1) & mask
        return self.slots[slot]

    def place(self, key: Any) -> Any:
        """Where the value of a key surely is."""
        found = self.position(key)
        if found < 0:
            raise KeyError(key)
        return found

    def enter(self, position: Any) -> None:
        """Let the key at a position be found."""
        mask = len(self.slots) - 1
        slot = scattered(self.known[position]) & mask
        while self.slots[slot] >= 0:
            slot = (slot + 1) & mask
        self.slots[slot] = position

    def enter_all(self, size: Any) -> None:
        """Let all keys be found, in an array of so many places."""
        self.slots = np.full(size, -1)
        for position in range(len(self.known)):
            self.enter(position)

    def __len__(self) -> Any:
        return len(self.held)

    def __contains__(self, key: Any) -> Any:
        return self.position(key) >= 0

    def __getitem__(self, key: Any) -> Any:
        return self.held[self.place(key)]

    def __setitem__(self, key: Any, value: Any) -> None:
        found = self.position(key)
        if found >= 0:
            self.held[found] = value
        else:
            self.known.append(key_of_table(key))
            self.held.append(value)
            if 2 * len(self.known) > len(self.slots):
                self.enter_all(2 * len(self.slots))
            else:
                self.enter(len(self.known) - 1)

    def __delitem__(self, key: Any) -> None:
        self.pop(key)

    def __iter__(self) -> Any:
        return iter(self.known)

    def __reversed__(self) -> Any:
        return reversed(self.known)

    def __eq__(self, other: Any) -> Any:
        """Whether the other has the same keys with equal values."""
        if len(self) != len(other):
            return False
        for key, value in self.items():
            if key not in other or other[key] != value:
                return False
        return True

    def __or__(self, other: Any) -> Any:
        made = self.copy()
        made.update(other)
        return made

    def __ror__(self, other: Any) -> Any:
        made = Table()
        made.update(other)
        made.update(self)
        return made

    def __ior__(self, other: Any) -> Any:
        self.update(other)
        return self

    def get(self, key: Any, default: Any = None) -> Any:
        """`dict.get`."""
        found = self.position(key)
        if found < 0:
            return default
        return self.held[found]

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """`dict.setdefault`."""
        if self.position(key) < 0:
            self[key] = default
        return self[key]

    def pop(self, key: Any, *default: Any) -> Any:
        """`dict.pop`: keys and values behind it move up."""
        found = self.position(key)
        if found < 0:
            if len(default) == 0:
                raise KeyError(key)
            return default[0]
        value = self.held.pop(found)
        self.known.pop(found)
        self.enter_all(len(self.slots))
        return value

    def popitem(self) -> Any:
        """`dict.popitem`: the last one."""
        if len(self.known) == 0:
            raise KeyError("popitem(): dictionary is empty")
        key = self.known[-1]
        return key, self.pop(key)

    def update(self, other: Any = ()) -> None:
        """`dict.update`, of a dict or of pairs."""
        if isinstance(other, dict):
            for key, value in other.items():
                self[key] = value
        else:
            for key, value in other:
                self[key] = value

    def enter_keys(self, keys: Any, value: Any) -> None:
        """What `dict.fromkeys` does."""
        for key in keys:
            self[key] = value

    def clear(self) -> None:
        """`dict.clear`."""
        self.known.clear()
        self.held.clear()
        self.slots = np.full(8, -1)

    def copy(self) -> Any:
        """`dict.copy`."""
        made = Table()
        made.known = list(self.known)
        made.held = list(self.held)
        made.slots = np.copy(self.slots)
        return made

    def keys(self) -> Any:
        """`dict.keys`."""
        return viewed(iter(self.known))

    def values(self) -> Any:
        """`dict.values`."""
        return viewed(iter(self.held))

    def items(self) -> Any:
        """`dict.items`."""
        return viewed(zip(self.known, self.held))  # noqa: B905


STOOD_FOR[Table] = dict
