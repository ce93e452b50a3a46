"""What is read off each argument: its kind, how it is passed; for globals a key that tells kinds apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from autodiff_compiler.errors import TypeMismatch
from autodiff_compiler.frontend.key_codes import keys_of
from autodiff_compiler.frontend.kinds import (
    Kind,
    Record,
    Static,
    Unaccepted,
    Uniform,
    is_dict_of_equals,
    leaf_count,
    leaves,
)
from autodiff_compiler.frontend.read_kinds import HIGHEST, LOWEST, structured_kind
from autodiff_compiler.frontend.structures import item_text, taken_apart
from autodiff_compiler.parameters import Parameters

SHORT = 32  # so many items of a list, at most, a program is written out for
LAYOUT = 0x0001 | 0x0100  # NumPy's flag bits for C order without gaps, and for aligned


def key_of(value: Any) -> object:
    """A key such that values of equal keys are of equal kinds (see kind_of); runs at calls, for globals.

    It tells apart what kind_of tells apart, and classes; integers and floats of any value share a key.
    """
    kind = type(value)
    if kind is float:
        return kind
    if kind is np.ndarray:
        shape = value.shape
        axes = tuple([size == 1 for size in shape]) if 1 in shape else len(shape)
        return value.dtype, value.flags.num & LAYOUT, axes
    if kind is bool or kind is str or value is None:
        return kind, value
    if isinstance(value, int):
        return kind if LOWEST <= value <= HIGHEST else None
    return _rare_key(kind, value)


def _rare_key(kind: type, value: Any) -> object:
    if isinstance(value, np.ndarray):
        return kind, key_of(value.view(np.ndarray))
    if isinstance(value, (float, np.number, np.bool_, np.random.Generator)):
        return kind
    if kind is tuple:
        return kind, tuple([_static_key(item) for item in value])
    return kind, value


def _static_key(value: object) -> object:
    """As key_of, but integers count by value."""
    return (int, value) if type(value) is int else key_of(value)


def kind_of_argument(parameters: Parameters, position: int, value: object) -> Kind:
    """The kind of the argument of one parameter; raises TypeMismatch naming the parameter."""
    try:
        return structured_kind(value)
    except Unaccepted as unaccepted:
        reason, _, hint = str(unaccepted).partition("; ")
    message = f"the argument {parameters.names[position]!r} of {parameters.function}(): {reason}"
    raise TypeMismatch(message, suggestion=hint, location=parameters.at)


def items_of(kind: Record, value: object) -> list[Any]:
    """The items of a structure, in the order of its kind."""
    if is_dict_of_equals(kind):
        assert isinstance(value, dict)
        return [*keys_of(tuple(value)), list(value.values())]
    parts = taken_apart(value)
    assert parts is not None
    items = dict(zip(parts.keys, parts.items, strict=True))
    return [items[key] for key in kind.keys]


def with_known(kinds: Sequence[Kind], values: Sequence[object], wanted: frozenset[int]) -> tuple[Kind, ...]:
    """The kinds with some leaves static, as these values have them.

    A uniform list with such a leaf becomes a record, as each of its items counts then; what is to be known
    of those is found in a second round, when leaves have other numbers.
    """
    numbers = iter(range(leaf_count(kinds)))
    return tuple(_known(kind, value, wanted, numbers) for kind, value in zip(kinds, values, strict=True))


def _known(kind: Kind, value: Any, wanted: frozenset[int], numbers: Iterator[int]) -> Kind:
    if is_dict_of_equals(kind):
        own = [next(numbers) for _ in leaves(kind)]
        return kind if wanted.isdisjoint(own) else _written_out(value)
    match kind:
        case Record():
            pairs = zip(kind.items, items_of(kind, value), strict=True)
            return replace(kind, items=tuple(_known(item, part, wanted, numbers) for item, part in pairs))
        case Uniform(item=item):
            own = [next(numbers) for _ in leaves(item)]
            if wanted.isdisjoint(own):
                return kind
            return Record(list, tuple(range(len(value))), tuple(structured_kind(part) for part in value))
        case _:
            known = next(numbers) in wanted and not isinstance(kind, Static)
            return Static(_plain(value)) if known else kind


def _written_out(value: dict[object, object]) -> Record:
    """The kind of a dict whose items count one by one."""
    return Record(dict, tuple(value), tuple(map(structured_kind, value.values())))


def without_dicts(kinds: Sequence[Kind], values: Sequence[object]) -> tuple[Kind, ...]:
    """The kinds with dicts of many equal things taken apart."""
    return tuple(_without_dicts(kind, value) for kind, value in zip(kinds, values, strict=True))


def with_dicts(kinds: Sequence[Kind], values: Sequence[object]) -> tuple[Kind, ...]:
    """The kinds with short dicts of equal things as arrays, too."""
    return tuple(
        structured_kind(value, 1) if isinstance(kind, Record) else kind
        for kind, value in zip(kinds, values, strict=True)
    )


def _without_dicts(kind: Kind, value: Any) -> Kind:
    if is_dict_of_equals(kind):
        return _written_out(value)
    if not isinstance(kind, Record):
        return kind
    pairs = zip(kind.items, items_of(kind, value), strict=True)
    return replace(kind, items=tuple(_without_dicts(item, part) for item, part in pairs))


def without_lists(kinds: Sequence[Kind], values: Sequence[object]) -> tuple[Kind, ...]:
    """The kinds with dicts, and short lists, of equal things taken apart.

    Their length is known then, and each item's kind.
    """
    apart = without_dicts(kinds, values)
    return tuple(_taken_apart(kind, value) for kind, value in zip(apart, values, strict=True))


def _taken_apart(kind: Kind, value: Any) -> Kind:
    match kind:
        case Record():
            pairs = zip(kind.items, items_of(kind, value), strict=True)
            return replace(kind, items=tuple(_taken_apart(item, part) for item, part in pairs))
        case Uniform() if len(value) <= SHORT:
            items = tuple(_taken_apart(structured_kind(part), part) for part in value)
            return Record(list, tuple(range(len(value))), items)
        case _:
            return kind


def _plain(value: object) -> object:
    return int(value) if isinstance(value, (int, np.integer, np.ndarray)) else value


def named_leaves(name: str, kind: Kind, value: Any) -> Iterator[tuple[int, str, Any]]:
    """The leaves that a value has: which leaf of its kind, how a user writes it, and what it is.

    A leaf of a uniform list comes once for each item.
    """
    if is_dict_of_equals(kind):
        assert isinstance(kind, Record)
        held = kind.items[-1]
        assert isinstance(held, Uniform)
        for key, part in value.items():
            for number, inner, leaf in named_leaves(f"{name}[{key!r}]", held.item, part):
                yield number + 2, inner, leaf
        return
    match kind:
        case Record(cls=cls, keys=keys, items=items):
            first = 0
            for key, item, part in zip(keys, items, items_of(kind, value), strict=True):
                for number, inner, leaf in named_leaves(name + item_text(cls, key), item, part):
                    yield first + number, inner, leaf
                first += len(leaves(item))
        case Uniform(item=item):
            for position, part in enumerate(value):
                yield from named_leaves(f"{name}[{position}]", item, part)
        case _:
            yield 0, name, value


def adapter_of(value: object) -> Callable[[Any], object] | None:
    """What an argument goes through before compiled code takes it; None where it is passed as it is.

    An array without axes becomes its scalar, a subclass its base class.
    """
    if isinstance(value, np.ndarray):
        if value.ndim == 0:
            return _element
        return None if type(value) is np.ndarray else np.asarray
    if isinstance(value, (np.generic, bool, str)) or type(value) in (int, float):
        return None
    if isinstance(value, int):
        return int
    return float if isinstance(value, float) else None


def _element(value: Any) -> object:
    return value[()]
