"""How flat cotangents of leaves become gradients of the structure of their parameters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np

from autodiff_compiler.arguments import items_of
from autodiff_compiler.frontend.kinds import (
    Kind,
    Opaque,
    Record,
    Static,
    Uniform,
    differentiable_leaves,
    first_leaves,
    is_dict_of_equals,
    leaves,
)
from autodiff_compiler.frontend.structures import constants_of, is_named_tuple
from autodiff_compiler.ir.types import Scalar, is_float
from autodiff_compiler.layouts import Text
from autodiff_compiler.results import form_of, unchanged
from autodiff_compiler.tangents import tangent_class


def chosen_leaves(kinds: Sequence[Kind], positions: Sequence[int]) -> tuple[int, ...]:
    """The numbers of the leaves to differentiate for the parameters at these positions, in their order."""
    first = first_leaves(kinds)
    return tuple(
        first[position] + offset
        for position in positions
        for offset, yes in enumerate(differentiable_leaves(kinds[position]))
        if yes
    )


def points_of(kinds: Sequence[Kind], values: Sequence[object]) -> frozenset[int]:
    """The numbers of the leaves that are arrays without axes, which compiled code takes as numbers."""
    found: list[bool] = []
    for kind, value in zip(kinds, values, strict=True):
        found += _points(kind, value)
    return frozenset(number for number, yes in enumerate(found) if yes)


def _points(kind: Kind, value: Any) -> list[bool]:
    if isinstance(kind, Record):
        pairs = zip(kind.items, items_of(kind, value), strict=True)
        return [yes for item, part in pairs for yes in _points(item, part)]
    if isinstance(kind, Uniform):
        return [False] * len(leaves(kind))
    return [isinstance(value, np.ndarray) and value.ndim == 0]


@dataclass(frozen=True)
class Grouping:
    """Makes gradients of flat cotangents, which come in the order of `chosen_leaves(kinds, positions)`.

    A gradient has the structure of its parameter: tuples, lists and NamedTuples with None for what has no
    derivative, dicts of what has one, a Tangent for an object. `alone` gives that of the only parameter.
    """

    kinds: tuple[Kind, ...]
    positions: tuple[int, ...]
    points: frozenset[int]
    alone: bool

    @cached_property
    def apply(self) -> Callable[..., Any]:
        """The gradient, or the tuple of gradients, of flat cotangents.

        Then come the keys of all dicts of many equal things, as `key_lister_of` lists them.
        """
        writer = _Writer(self.points)
        first, parts = first_leaves(self.kinds), []
        for position in self.positions:
            writer.leaf = first[position]
            writer.dicts = sum(map(count_dicts, self.kinds[:position]))
            parts.append(writer.whole(self.kinds[position], True))
        text = parts[0] if self.alone else f"({''.join(f'{part}, ' for part in parts)})"
        writer.text.add(f"return {text}")
        return writer.text.function(["f", "keys=()"])

    def __reduce__(self) -> tuple[object, ...]:
        return Grouping, (self.kinds, self.positions, self.points, self.alone)


class _Writer:
    """Writes expressions over `f`, the flat cotangents, and `keys`; counts leaves, dicts, what it takes."""

    def __init__(self, points: frozenset[int]) -> None:
        self.text = Text()
        self.points = points
        self.leaf = 0
        self.taken = 0
        self.dicts = 0

    def whole(self, kind: Kind, active: bool) -> str | None:
        """The gradient of a value of this kind; None where it has none."""
        match kind:
            case Record() if is_dict_of_equals(kind):
                self.dicts += 1
                number = self.dicts - 1
                self.leaf += 2
                listed = self.whole(kind.items[-1], active)
                return None if listed is None else f"dict(zip(keys[{number}], {listed}))"
            case Record():
                return self._record(kind, [self.whole(*part) for part in _items(kind, active)])
            case Uniform(item=item):
                return self._list(item, active)
            case Static() | Opaque():
                self.leaf += 1
                return None
        self.leaf += 1
        if not (active and is_float(kind)):
            return None
        self.taken += 1
        taken = f"f[{self.taken - 1}]"
        if self.leaf - 1 in self.points:
            return f"{self.text.refer(partial(np.array, dtype=kind.dtype))}({taken})"
        form = form_of(kind)
        return taken if form is unchanged else f"{self.text.refer(form)}({taken})"

    def _record(self, kind: Record, parts: Sequence[str | None]) -> str | None:
        pairs = [(key, part) for key, part in zip(kind.keys, parts, strict=True) if part is not None]
        if not pairs:
            return None
        cls, listed = kind.cls, "".join(f"{part}, " for part in parts)
        if issubclass(cls, tuple):
            make = self.text.refer(cls._make) if is_named_tuple(cls) else ""  # type: ignore[attr-defined]
            return f"{make}(({listed}))"
        if issubclass(cls, list):
            return f"[{listed}]"
        if issubclass(cls, dict):
            return f"{{{''.join(f'{self.text.refer(key)}: {part}, ' for key, part in pairs)}}}"
        made = self.text.refer(tangent_class(cls, tuple(str(key) for key, _ in pairs)))
        return f"{made}({''.join(f'{part}, ' for _, part in pairs)})"

    def _list(self, item: Kind, active: bool) -> str | None:
        """The list of the gradients of its items, from one array for each leaf of them."""
        columns: list[tuple[str, str]] = []  # what holds the leaf over all items, its name for one of them
        each = self._each(item, active, columns)
        if each is None:
            return None
        for position, (_, name) in enumerate(columns):
            columns[position] = (f"f[{self.taken}]", name)
            self.taken += 1
        return _comprehension(each, columns, _weak(item, active))

    def _each(self, item: Kind, active: bool, columns: list[tuple[str, str]]) -> str | None:
        """The gradient of one item, over names for its leaves that are added to `columns`."""
        match item:
            case Record():
                return self._record(item, [self._each(*part, columns) for part in _items(item, active)])
            case Uniform(item=inner):
                own: list[tuple[str, str]] = []
                each = self._each(inner, active, own)
                if each is None:
                    return None
                outer = [(self.text.fresh(), name) for _, name in own]
                columns += [("", name) for name, _ in outer]
                return _comprehension(each, outer, _weak(inner, active))
            case Static() | Opaque():
                self.leaf += 1
                return None
        self.leaf += 1
        if not (active and is_float(item)):
            return None
        name = self.text.fresh()
        columns.append(("", name))
        return name


def count_dicts(kind: Kind) -> int:
    """How many dicts of many equal things there are in an argument."""
    if is_dict_of_equals(kind):
        return 1
    return sum(map(count_dicts, kind.items)) if isinstance(kind, Record) else 0


def _items(kind: Record, active: bool) -> list[tuple[Kind, bool]]:
    constant = constants_of(kind.cls)
    return [(item, active and key not in constant) for key, item in zip(kind.keys, kind.items, strict=True)]


def _weak(kind: Kind, active: bool) -> list[bool]:
    """For each differentiable leaf of a list's items, whether it is a Python number in this very list."""
    match kind:
        case Record():
            return [weak for part in _items(kind, active) for weak in _weak(*part)]
        case Uniform(item=item):
            return [False] * len(_weak(item, active))
        case Static() | Opaque():
            return []
    return [isinstance(kind, Scalar) and kind.weak] if active and is_float(kind) else []


def _comprehension(each: str, columns: Sequence[tuple[str, str]], weak: Sequence[bool]) -> str:
    given = [f"{place}.tolist()" if yes else place for (place, _), yes in zip(columns, weak, strict=True)]
    names = [name for _, name in columns]
    if len(columns) == 1:
        plain = given[0] if weak[0] else f"list({given[0]})"
        return plain if each == names[0] else f"[{each} for {names[0]} in {given[0]}]"
    return f"[{each} for {', '.join(names)} in zip({', '.join(given)})]"
