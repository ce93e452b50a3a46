"""The kind of any value: structures are taken apart, lists of equal things found."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from numbers import Number
from typing import Any, TypeAlias

import numpy as np

from autodiff_compiler.frontend.key_codes import are_tuples
from autodiff_compiler.frontend.kinds import (
    Kind,
    Opaque,
    Record,
    Static,
    Unaccepted,
    Uniform,
    dict_of_equals,
    is_passed,
    kind_of,
    leaves,
)
from autodiff_compiler.frontend.stand_ins_dicts import WIDTHS, IntegerDict, TextDict
from autodiff_compiler.frontend.structures import taken_apart
from autodiff_compiler.ir.types import BOOL, INT, Handle

LOWEST, HIGHEST = -(2**63), 2**63 - 1
MAX_LEAVES, MAX_DEPTH = 5_000, 60  # of one argument
MANY = 32  # so many items of a dict, at most, a program is written out for
DICTS: dict[frozenset[type], type] = {frozenset((int,)): IntegerDict, frozenset((str,)): TextDict}

Sizes: TypeAlias = "tuple[object, ...]"  # class and shape of a leaf; for structures those of the items


def structured_kind(value: object, many: int = MANY) -> Kind:
    """The kind of an argument: of a number, an array, a static value, or a structure of any nesting.

    Two or more equal things in a list, with arrays of equal shapes, make a uniform list. Parts that have no
    kind are opaque: they are refused where the program uses them. Raises Unaccepted where the value itself
    has no kind, or where there are too many parts to compile a program for each. Dicts of more than `many`
    equal things are arrays of these.
    """
    kind = _Reader(many).read(value, ())[0]
    if isinstance(kind, Opaque):
        raise Unaccepted(kind.reason)
    return kind


class _Reader:
    """Reads one argument, and counts its leaves."""

    def __init__(self, many: int) -> None:
        self.count = 0
        self.many = many

    def read(self, value: object, within: tuple[object, ...]) -> tuple[Kind, Sizes]:
        """The kind and the sizes of a value that is part of the structures `within`."""
        parts = None if _is_leaf(value) else taken_apart(value)
        if parts is None:
            self.count += 1
            return _leaf(value), (type(value), np.shape(value) if isinstance(value, np.ndarray) else ())
        if any(value is outer for outer in within):
            return Opaque(f"a {type(value).__name__} that holds itself is not supported; pass a tree"), ()
        if len(within) >= MAX_DEPTH:
            raise Unaccepted(f"more than {MAX_DEPTH} structures inside each other are not supported")
        inner = (*within, value)
        if type(value) is list and len(value) > 1:
            return self._list(value, inner)
        if self._is_many(value) and not any(map(self._repeats, within)):
            assert isinstance(value, dict)
            found = self._dict(value, inner)
            if found is not None:
                return found
        read = [self.read(item, inner) for item in parts.items]
        self._check_count()
        return _record(type(value), parts.keys, read)

    def _is_many(self, value: object) -> bool:
        return type(value) is dict and len(value) > self.many

    def _repeats(self, outer: object) -> bool:
        """Whether the parts of a structure may be read as equal things."""
        return (type(outer) is list and len(outer) > 1) or self._is_many(outer)

    def _list(self, value: list[object], within: tuple[object, ...]) -> tuple[Kind, Sizes]:
        before = self.count
        read = [self.read(value[0], within)]
        first, equal = self.count, 0
        for item in value[1:]:
            read.append(self.read(item, within))
            if read[-1] == read[0]:
                self.count, equal = first, equal + 1
        item = _common([kind for kind, _ in read])
        if item is not None and all(sizes == read[0][1] for _, sizes in read):
            self.count = before + len(leaves(item))
            return Uniform(item), (len(value), read[0][1])
        self.count += equal * (first - before)
        self._check_count()
        return _record(list, tuple(range(len(value))), read)

    def _dict(self, value: dict[Any, object], within: tuple[object, ...]) -> tuple[Kind, Sizes] | None:
        """The kind of a dict of many equal things; None where they are not, or its keys differ in type."""
        cls = _class_of(value)
        if cls is None:
            return None
        before = self.count
        kind, sizes = self._list(list(value.values()), within)
        if isinstance(kind, Uniform):
            return dict_of_equals(cls, kind.item), sizes
        self.count = before
        return None

    def _check_count(self) -> None:
        if self.count > MAX_LEAVES:
            raise Unaccepted(
                f"a structure of more than {MAX_LEAVES} numbers and arrays is not supported; "
                "pass arrays, or lists of equal things"
            )


def _class_of(value: dict[Any, object]) -> type | None:
    """The stand-in for a dict with these keys; None where there is none."""
    cls = DICTS.get(frozenset(map(type, value)))
    if cls is IntegerDict and not LOWEST <= min(value) <= max(value) <= HIGHEST:
        return None
    return cls or next((tuples for tuples, width in WIDTHS.items() if are_tuples(value, width)), None)


def _record(cls: type, keys: tuple[object, ...], read: Sequence[tuple[Kind, Sizes]]) -> tuple[Kind, Sizes]:
    return Record(cls, keys, tuple(kind for kind, _ in read)), tuple(sizes for _, sizes in read)


def _common(kinds: Sequence[Kind]) -> Kind | None:
    """The kind of the items of a uniform list; None where they differ, or hold nothing that is passed."""
    first = kinds[0]
    for kind in kinds[1:]:
        if kind is not first and kind != first:
            joined = _joined(first, kind)
            if joined is None:
                return None
            first = joined
    parts = leaves(first)
    together = any(map(is_passed, parts)) and not any(isinstance(part, Handle) for part in parts)
    return first if together else None


def _joined(first: Kind, second: Kind) -> Kind | None:
    """The kind of either of two items: truth values that differ are known when the program runs."""
    if first == second:
        return first
    if _is_truth(first) and _is_truth(second):
        return BOOL
    if (
        not isinstance(first, Record)
        or not isinstance(second, Record)
        or (first.cls, first.keys) != (second.cls, second.keys)
    ):
        return None
    items = [_joined(*both) for both in zip(first.items, second.items, strict=True)]
    return None if None in items else Record(first.cls, first.keys, tuple(i for i in items if i is not None))


def _is_truth(kind: Kind) -> bool:
    return kind == BOOL or (isinstance(kind, Static) and isinstance(kind.value, bool))


def _is_leaf(value: object) -> bool:
    return value is None or isinstance(
        value, (bool, int, float, complex, str, np.ndarray, np.generic, np.random.Generator, Enum, type)
    )


def _leaf(value: object) -> Kind:
    """The kind of what is no structure; opaque where it has none."""
    try:
        _require_plain(value)
        if isinstance(value, Enum) and not isinstance(value, int):
            return Static(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return INT
        kind = kind_of(value[()] if isinstance(value, np.ndarray) and value.ndim == 0 else value)
        hash(kind)
        return kind
    except Unaccepted as unaccepted:
        reason = str(unaccepted)
    except TypeError:
        return Opaque(f"a {type(value).__name__} that cannot be hashed is not supported")
    if isinstance(value, (Number, np.ndarray, np.generic, tuple, list, dict)):
        return Opaque(reason)
    try:
        hash(value)
    except TypeError:
        return Opaque(reason)
    return Static(value)


def _require_plain(value: object) -> None:
    """Refuse integers that machine code has no room for."""
    if isinstance(value, int) and not LOWEST <= value <= HIGHEST:
        raise Unaccepted("an integer of more than 64 bits is not supported; pass a float")


__all__ = ["HIGHEST", "LOWEST", "structured_kind"]
