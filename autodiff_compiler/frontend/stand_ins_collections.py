"""Sets, and the dicts and queues of `collections`, as the Python that is followed in their place.

Each holds a dict or a list, and does with it what the original does. Objects of these classes exist while
compiling only.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict, deque
from typing import Any

from autodiff_compiler.frontend.stand_ins_dicts import STOOD_FOR

# ruff: noqa: SIM110  # a loop says what is meant where a comprehension would make a list


def members_of(items: Any) -> Any:
    """What a set holds, in whatever order; anything else itself: known to the compiler, never followed."""
    raise NotImplementedError


def member(item: Any) -> Any:
    """What is put into a set, if it can be: known to the compiler, never followed."""
    raise NotImplementedError


class OfDict:
    """What the dicts of `collections` have in common with `dict`."""

    def __len__(self: Any) -> Any:
        return len(self.held)

    def __contains__(self: Any, key: Any) -> Any:
        return key in self.held

    def __getitem__(self: Any, key: Any) -> Any:
        return self.held[key]

    def __setitem__(self: Any, key: Any, value: Any) -> None:
        self.held[key] = value

    def __delitem__(self: Any, key: Any) -> None:
        self.held.pop(key)

    def __iter__(self: Any) -> Any:
        return self.held.keys()

    def __eq__(self: Any, other: Any) -> Any:
        return self.held == dict(other)

    def get(self: Any, key: Any, default: Any = None) -> Any:
        """`dict.get`."""
        return self.held.get(key, default)

    def setdefault(self: Any, key: Any, default: Any = None) -> Any:
        """`dict.setdefault`."""
        return self.held.setdefault(key, default)

    def pop(self: Any, key: Any, *default: Any) -> Any:
        """`dict.pop`."""
        return self.held.pop(key, *default)

    def update(self: Any, other: Any = (), **named: Any) -> None:
        """`dict.update`."""
        self.held.update(other)
        self.held.update(named)

    def clear(self: Any) -> None:
        """`dict.clear`."""
        self.held.clear()

    def keys(self: Any) -> Any:
        """`dict.keys`."""
        return self.held.keys()

    def values(self: Any) -> Any:
        """`dict.values`."""
        return self.held.values()

    def items(self: Any) -> Any:
        """`dict.items`."""
        return self.held.items()


class DefaultDict(OfDict):
    """`collections.defaultdict`."""

    def __init__(self, default_factory: Any = None, given: Any = (), **named: Any) -> None:
        self.default_factory = default_factory
        self.held: Any = {}
        self.update(given, **named)

    def __getitem__(self, key: Any) -> Any:
        if key not in self.held:
            if self.default_factory is None:
                raise KeyError(key)
            self.held[key] = self.default_factory()
        return self.held[key]

    def copy(self) -> Any:
        """`defaultdict.copy`."""
        return DefaultDict(self.default_factory, self.held)


class Tally(OfDict):
    """`collections.Counter`."""

    def __init__(self, items: Any = (), **named: Any) -> None:
        self.held: Any = {}
        self.update(items, **named)

    def __getitem__(self, key: Any) -> Any:
        return self.held.get(key, 0)

    def update(self, other: Any = (), **named: Any) -> None:
        """`Counter.update`: counts are added."""
        for key, count in named.items():
            self.held[key] = self.held.get(key, 0) + count
        if isinstance(other, dict):
            for key, count in other.items():
                self.held[key] = self.held.get(key, 0) + count
        else:
            for key in other:
                self.held[key] = self.held.get(key, 0) + 1

    def total(self) -> Any:
        """`Counter.total`."""
        return sum(self.held.values())

    def most_common(self, n: Any = None) -> Any:
        """`Counter.most_common`; those of equal counts in the order in which they came."""
        ordered = sorted(self.held.items(), key=lambda pair: -pair[1])
        return ordered if n is None else ordered[:n]

    def copy(self) -> Any:
        """`Counter.copy`."""
        return Tally(self.held)


class FrozenMembers:
    """`frozenset`: a loop over it is not followed, as its order is no part of the program."""

    def __init__(self, items: Any = ()) -> None:
        self.held: Any = {}
        for item in members_of(items):
            self.held[member(item)] = True

    def __len__(self) -> Any:
        return len(self.held)

    def __contains__(self, item: Any) -> Any:
        return item in self.held

    def __eq__(self, other: Any) -> Any:
        return len(self) == len(other) and self.issubset(other)

    def __le__(self, other: Any) -> Any:
        return self.issubset(other)

    def __lt__(self, other: Any) -> Any:
        return len(self) < len(other) and self.issubset(other)

    def __ge__(self, other: Any) -> Any:
        return self.issuperset(other)

    def __gt__(self, other: Any) -> Any:
        return len(self) > len(other) and self.issuperset(other)

    def __or__(self, other: Any) -> Any:
        return self.union(other)

    def __and__(self, other: Any) -> Any:
        return self.intersection(other)

    def __sub__(self, other: Any) -> Any:
        return self.difference(other)

    def __xor__(self, other: Any) -> Any:
        return self.symmetric_difference(other)

    def issubset(self, other: Any) -> Any:
        """Whether all of these are in the other."""
        for item in self.held:
            if item not in other:
                return False
        return True

    def issuperset(self, other: Any) -> Any:
        """Whether all of the other are here."""
        for item in members_of(other):
            if item not in self.held:
                return False
        return True

    def isdisjoint(self, other: Any) -> Any:
        """Whether none of the other is here."""
        for item in members_of(other):
            if item in self.held:
                return False
        return True

    def copy(self) -> Any:
        """`set.copy`."""
        return type(self)(self.held)

    def union(self, *others: Any) -> Any:
        """`set.union`."""
        made = self.copy()
        for other in others:
            for item in members_of(other):
                made.held[member(item)] = True
        return made

    def intersection(self, other: Any) -> Any:
        """`set.intersection`."""
        return type(self)([item for item in self.held if item in other])

    def difference(self, other: Any) -> Any:
        """`set.difference`."""
        return type(self)([item for item in self.held if item not in other])

    def symmetric_difference(self, other: Any) -> Any:
        """`set.symmetric_difference`."""
        made = self.difference(other)
        for item in members_of(other):
            if item not in self.held:
                made.held[member(item)] = True
        return made


class Members(FrozenMembers):
    """`set`."""

    def __ior__(self, other: Any) -> Any:
        self.update(other)
        return self

    def __isub__(self, other: Any) -> Any:
        self.difference_update(other)
        return self

    def add(self, item: Any) -> None:
        """`set.add`."""
        self.held[member(item)] = True

    def discard(self, item: Any) -> None:
        """`set.discard`."""
        if item in self.held:
            self.held.pop(item)

    def remove(self, item: Any) -> None:
        """`set.remove`."""
        if item not in self.held:
            raise KeyError(item)
        self.held.pop(item)

    def update(self, *others: Any) -> None:
        """`set.update`."""
        for other in others:
            for item in members_of(other):
                self.held[member(item)] = True

    def difference_update(self, other: Any) -> None:
        """`set.difference_update`."""
        for item in members_of(other):
            self.discard(item)

    def clear(self) -> None:
        """`set.clear`."""
        self.held.clear()


class Queue:
    """`collections.deque`: a list, and the position of its first item that has not been taken."""

    def __init__(self, items: Any = (), maxlen: Any = None) -> None:
        self.items: Any = []
        self.first = 0
        self.maxlen = maxlen
        self.extend(items)

    def __len__(self) -> Any:
        return len(self.items) - self.first

    def __getitem__(self, key: Any) -> Any:
        return self.items[self.position(key)]

    def __setitem__(self, key: Any, value: Any) -> None:
        self.items[self.position(key)] = value

    def __contains__(self, value: Any) -> Any:
        return value in list(self)

    def __iter__(self) -> Any:
        return (self.items[k] for k in range(self.first, len(self.items)))

    def __reversed__(self) -> Any:
        return (self.items[k] for k in range(len(self.items) - 1, self.first - 1, -1))

    def position(self, key: Any) -> Any:
        """Where in the list the item with an index is."""
        if key >= len(self) or key < -len(self):
            raise IndexError("deque index out of range")
        return self.first + key if key >= 0 else len(self.items) + key

    def append(self, value: Any) -> None:
        """`deque.append`."""
        if self.maxlen is not None and len(self) == self.maxlen:
            self.items.pop(self.first)
        self.items.append(value)

    def appendleft(self, value: Any) -> None:
        """`deque.appendleft`."""
        if self.maxlen is not None and len(self) == self.maxlen:
            self.items.pop()
        self.items.insert(self.first, value)

    def extend(self, items: Any) -> None:
        """`deque.extend`."""
        for value in items:
            self.append(value)

    def extendleft(self, items: Any) -> None:
        """`deque.extendleft`."""
        for value in items:
            self.appendleft(value)

    def pop(self) -> Any:
        """`deque.pop`."""
        if len(self) == 0:
            raise IndexError("pop from an empty deque")
        return self.items.pop()

    def popleft(self) -> Any:
        """`deque.popleft`: the item stays in the list, behind which the queue begins."""
        if len(self) == 0:
            raise IndexError("pop from an empty deque")
        value = self.items[self.first]
        self.first += 1
        return value

    def clear(self) -> None:
        """`deque.clear`."""
        self.items.clear()
        self.first = 0

    def reverse(self) -> None:
        """`deque.reverse`."""
        self.items = self.items[self.first :]
        self.items.reverse()
        self.first = 0

    def rotate(self, n: Any = 1) -> None:
        """`deque.rotate`."""
        if len(self) > 0:
            items = self.items[self.first :]
            start = len(items) - n % len(items)
            self.items = items[start:] + items[:start]
            self.first = 0

    def copy(self) -> Any:
        """`deque.copy`."""
        return Queue(self, self.maxlen)


STAND_INS: dict[type, type] = {
    defaultdict: DefaultDict, Counter: Tally, OrderedDict: dict, deque: Queue, set: Members,
    frozenset: FrozenMembers,
}  # fmt: skip
STOOD_FOR.update({cls: known for known, cls in STAND_INS.items() if cls is not dict})

__all__ = ["STAND_INS", "DefaultDict", "FrozenMembers", "Members", "OfDict", "Queue", "Tally"]
