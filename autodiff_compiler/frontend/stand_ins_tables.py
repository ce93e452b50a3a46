"""Dicts whose keys the running program computes, as the Python that is followed in their place.

Such a dict is a list of its keys and one of its values, in the order in which they came, and an array of
integers that finds a key, a hash table with open addressing. A key is an integer, or a tuple of some, kept as
the bits of one integer.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff_compiler.frontend.stand_ins_dicts import STOOD_FOR, viewed

# ruff: noqa: SIM110  # a loop says what is meant where a comprehension would make a list


def key_code(key: Any, parts: Any) -> Any:
    """The integer that a key is kept as: known to the compiler, never followed."""
    raise NotImplementedError


def key_behind(code: Any, parts: Any) -> Any:
    """The key that is kept as an integer: known to the compiler, never followed."""
    raise NotImplementedError


def no_codes() -> Any:
    """A list of integers that can have any length: known to the compiler, never followed."""
    raise NotImplementedError


def slot_for(slots: Any, codes: Any, code: Any) -> Any:
    """The slot of a key, or a free one: known to the compiler, never followed."""
    raise NotImplementedError


def slots_for(codes: Any, size: Any) -> Any:
    """Slots for all keys: known to the compiler, never followed."""
    raise NotImplementedError


class Table:
    """A dict whose keys are only known when the program runs: integers, or tuples of so many `parts`."""

    def __init__(self, parts: Any) -> None:
        self.parts = parts
        self.codes = no_codes()
        self.held: Any = []
        self.slots = np.full(8, -1)

    def position(self, key: Any) -> Any:
        """Where the value of a key is; -1 where there is none."""
        code = key_code(key, self.parts)
        if len(self.held) == 0:  # which is known before there is a value that says of which type they are
            return -1
        return self.slots[slot_for(self.slots, self.codes, code)]

    def place(self, key: Any) -> Any:
        """Where the value of a key surely is."""
        found = self.position(key)
        if found < 0:
            raise KeyError(key)
        return found

    def __len__(self) -> Any:
        return len(self.held)

    def __contains__(self, key: Any) -> Any:
        return self.position(key) >= 0

    def __getitem__(self, key: Any) -> Any:
        return self.held[self.place(key)]

    def __setitem__(self, key: Any, value: Any) -> None:
        code = key_code(key, self.parts)
        slot = slot_for(self.slots, self.codes, code)
        found = self.slots[slot] if len(self.held) > 0 else -1
        if found >= 0:
            self.held[found] = value
        else:
            self.slots[slot] = len(self.codes)
            self.codes.append(code)
            self.held.append(value)
            if 2 * len(self.codes) > len(self.slots):
                self.slots = slots_for(self.codes, 2 * len(self.slots))

    def __delitem__(self, key: Any) -> None:
        self.pop(key)

    def __iter__(self) -> Any:
        return self.keys()

    def __reversed__(self) -> Any:
        return reversed(self.keys())

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
        made = Table(self.parts)
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
        self.codes.pop(found)
        self.slots = slots_for(self.codes, len(self.slots))
        return value

    def popitem(self) -> Any:
        """`dict.popitem`: the last one."""
        if len(self.codes) == 0:
            raise KeyError("popitem(): dictionary is empty")
        key = key_behind(self.codes[-1], self.parts)
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
        self.codes.clear()
        self.held.clear()
        self.slots = np.full(8, -1)

    def copy(self) -> Any:
        """`dict.copy`."""
        made = Table(self.parts)
        made.codes = list(self.codes)
        made.held = list(self.held)
        made.slots = np.copy(self.slots)
        return made

    def keys(self) -> Any:
        """`dict.keys`."""
        return viewed(map(lambda code: key_behind(code, self.parts), self.codes))

    def values(self) -> Any:
        """`dict.values`."""
        return viewed(iter(self.held))

    def items(self) -> Any:
        """`dict.items`."""
        return viewed(zip(self.keys(), self.held))  # noqa: B905


STOOD_FOR[Table] = dict
