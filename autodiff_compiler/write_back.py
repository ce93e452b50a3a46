"""What a primal has changed reaches the caller: items of lists, attributes of objects, entries of dicts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from autodiff_compiler.arguments import items_of
from autodiff_compiler.frontend.kinds import (
    Kind,
    Record,
    Uniform,
    first_leaves,
    is_dict_of_equals,
    is_passed,
    leaves,
)
from autodiff_compiler.frontend.structures import part_at
from autodiff_compiler.ir.nodes import EACH
from autodiff_compiler.parameters import Values
from autodiff_compiler.pipeline import Program
from autodiff_compiler.results import arrange


def write_back(program: Program, values: Values, given: Values, results: Sequence[Any]) -> None:
    """Bring the caller's structures to where the program has left them.

    Lists of equal things were passed as arrays, the `given`: what was written there goes into the items.
    What the program has rebound is among its results, in their forms.
    """
    kinds = program.request.kinds
    passed = iter(given)
    for first, kind, value in zip(first_leaves(kinds), kinds, values, strict=True):
        arrays = {first + k: next(passed) for k, leaf in enumerate(leaves(kind)) if is_passed(leaf)}
        if any(number in program.mutated for number in arrays):
            _restore(kind, value, first, {k: arrays[k] for k in program.mutated & arrays.keys()})
    changes = [item for item in program.written_back if item.condition is None or results[item.condition]]
    arranged = [arrange(item.structure, results, values) for item in changes]  # before any is assigned
    for item, value in zip(changes, arranged, strict=True):
        _assign(part_at(values, item.path[:1]), item.path[1:], value, item.in_place)


# ---------------------------------------------------------------- lists that were passed as arrays


def _restore(kind: Kind, value: Any, first: int, written: dict[int, np.ndarray]) -> None:
    """Copy written arrays into the uniform lists that they stand for; `first` is the number of a leaf."""
    if is_dict_of_equals(kind):
        assert isinstance(kind, Record)
        _restore(kind.items[-1], value, first + 2, written)
    elif isinstance(kind, Record):
        for item, part in zip(kind.items, items_of(kind, value), strict=True):
            _restore(item, part, first, written)
            first += len(leaves(item))
    elif isinstance(kind, Uniform):
        for offset, (path, is_array) in enumerate(_places(kind.item)):
            if first + offset in written:
                _scatter(value, path, is_array, written[first + offset])


def _places(kind: Kind) -> Iterator[tuple[tuple[object, ...], bool]]:
    """For each leaf the keys that lead to it, and whether it is an array."""
    match kind:
        case Record(keys=keys, items=items):
            for key, item in zip(keys, items, strict=True):
                yield from (((key, *path), is_array) for path, is_array in _places(item))
        case Uniform(item=item):
            yield from (((EACH, *path), is_array) for path, is_array in _places(item))
        case _:
            yield (), hasattr(kind, "rank")


def _scatter(items: Any, path: tuple[object, ...], is_array: bool, column: np.ndarray) -> None:
    pairs = [*items.items()] if isinstance(items, dict) else enumerate(items)
    for number, (position, item) in enumerate(pairs):
        if path:
            _scatter_into(item, path, is_array, column[number])
        elif is_array:
            item[...] = column[number]
        else:
            items[position] = type(item)(column[number])


def _scatter_into(holder: Any, path: tuple[object, ...], is_array: bool, value: Any) -> None:
    key, *rest = path
    if key is EACH:
        _scatter(holder, tuple(rest), is_array, value)
    elif rest:
        _scatter_into(part_at(holder, (key,)), tuple(rest), is_array, value)
    elif is_array:
        part_at(holder, (key,))[...] = value
    else:
        _set(holder, key, type(part_at(holder, (key,)))(value))


# ---------------------------------------------------------------- what was rebound


def _assign(holder: Any, path: tuple[object, ...], value: Any, in_place: bool) -> None:
    if not path:
        assert in_place, "a parameter itself is the function's own name"
        _refill(holder, value)
        return
    key, *rest = path
    if key is EACH:
        places = holder if isinstance(holder, dict) else range(len(holder))
        for position, item in zip([*places], value, strict=True):
            if _is_same(part_at(holder[position], rest), item):
                continue  # it stays the very same object
            if rest:
                _assign(holder[position], tuple(rest), item, in_place)
            else:
                _assign(holder, (position,), item, in_place)
    elif rest or in_place:
        _assign(part_at(holder, (key,)), tuple(rest), value, in_place)
    else:
        _set(holder, key, value)


def _is_same(old: Any, new: Any) -> bool:
    """Whether what an item has, numbers, arrays or tuples of them, is what it had."""
    if isinstance(new, tuple):
        return all(_is_same(*pair) for pair in zip(old, new, strict=True))
    if isinstance(new, np.ndarray):
        return bool(old.dtype == new.dtype and old.tobytes() == new.tobytes())
    return bool(old == new)


def _refill(holder: Any, value: Any) -> None:
    """The same list, dict or object with the contents of another."""
    if isinstance(holder, list):
        holder[:] = value
    else:
        holder.clear()
        holder.update(value)


def _set(holder: Any, key: Any, value: Any) -> None:
    if isinstance(holder, (list, dict)):
        holder[key] = value
    else:
        setattr(holder, key, value)
