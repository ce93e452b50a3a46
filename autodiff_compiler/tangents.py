"""Tangent vectors: what gradients of structures are, and how values move along them."""

from __future__ import annotations

import copy
import operator
from collections.abc import Callable
from typing import Any, ClassVar, TypeAlias

import numpy as np

from autodiff_compiler.errors import ShapeMismatch, TypeMismatch
from autodiff_compiler.frontend.structures import (
    constants_of,
    is_named_tuple,
    item_text,
    object_of,
    put_together,
    remembered,
    taken_apart,
)


class Tangent:
    """The tangent vector of an object: its differentiable fields under their names, the others absent.

    The gradient with respect to an object is one. It has a class of its own for each class and choice of
    fields. Tangents are added, subtracted, negated, compared, multiplied and divided by numbers.
    """

    __slots__: ClassVar[tuple[str, ...]] = ()
    __tangent_of__: ClassVar[type]
    __array_ufunc__ = None  # a NumPy number on the left leaves multiplying to us
    __hash__ = None  # type: ignore[assignment]  # it can change

    def __add__(self, other: object) -> Any:
        return combined(operator.add, self, other) if type(other) is type(self) else NotImplemented

    def __sub__(self, other: object) -> Any:
        return combined(operator.sub, self, other) if type(other) is type(self) else NotImplemented

    def __neg__(self) -> Any:
        return mapped(operator.neg, self)

    def __mul__(self, factor: object) -> Any:
        return mapped(lambda leaf: leaf * factor, self) if _is_number(factor) else NotImplemented

    def __rmul__(self, factor: object) -> Any:
        return mapped(lambda leaf: factor * leaf, self) if _is_number(factor) else NotImplemented

    def __truediv__(self, divisor: object) -> Any:
        return mapped(lambda leaf: leaf / divisor, self) if _is_number(divisor) else NotImplemented

    def __eq__(self, other: object) -> bool:
        return same(self, other) if isinstance(other, Tangent) else NotImplemented

    def __repr__(self) -> str:
        inside = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__slots__)
        return f"{type(self).__qualname__}({inside})"

    def __reduce__(self) -> tuple[object, ...]:
        values = tuple([getattr(self, name) for name in self.__slots__])
        return _restore, (self.__tangent_of__, tuple(self.__slots__), values)

    def __copy__(self) -> Any:
        return type(self)(*[getattr(self, name) for name in self.__slots__])


@remembered
def tangent_class(cls: type, names: tuple[str, ...]) -> type[Tangent]:
    """The class of tangent vectors of objects of this class with these differentiable fields."""
    space = {
        "__slots__": names,
        "__tangent_of__": cls,
        "__module__": cls.__module__,
        "__qualname__": f"{cls.__name__}Tangent",
        "__match_args__": names,
        "__doc__": f"The tangent vector of a {cls.__name__}: {', '.join(names) or 'no field'}.",
    }
    given = "".join(f", _{position}" for position in range(len(names)))
    body = [f"    self.{name} = _{position}" for position, name in enumerate(names)] or ["    pass"]
    lines = [f"def __init__(self{given}):", *body]
    exec("\n".join(lines), {}, space)  # written out, as gradients make one at each call
    return type(f"{cls.__name__}Tangent", (Tangent,), space)


def _restore(cls: type, names: tuple[str, ...], values: tuple[Any, ...]) -> Tangent:
    return tangent_class(cls, names)(*values)


# ---------------------------------------------------------------- tangents of any structure


def mapped(function: Callable[[Any], Any], tangent: Any) -> Any:
    """The tangent with the function applied to each number and array; None stays."""
    return combined(lambda leaf, _: function(leaf), tangent, tangent)


def combined(function: Callable[[Any, Any], Any], first: Any, second: Any) -> Any:
    """Two tangents of one structure, joined number by number and array by array; None stays.

    Raises TypeMismatch where the structures differ.
    """
    if first is None and second is None:
        return None
    if isinstance(first, (Tangent, tuple, list, dict)) or isinstance(second, (Tangent, tuple, list, dict)):
        if not _alike(first, second):
            raise TypeMismatch(f"a {_name(first)} and a {_name(second)} are tangents of different structures")
        if isinstance(first, Tangent):
            parts = [(getattr(first, name), getattr(second, name)) for name in first.__slots__]
            return type(first)(*[combined(function, *both) for both in parts])
        if isinstance(first, dict):
            return {key: combined(function, item, second[key]) for key, item in first.items()}
        items = [combined(function, *both) for both in zip(first, second, strict=True)]
        return put_together(type(first), (), tuple(items))
    if first is None or second is None:
        raise TypeMismatch("one of two tangents has no part where the other has one")
    return function(first, second)


def _alike(first: Any, second: Any) -> bool:
    if type(first) is not type(second):
        return False
    if isinstance(first, dict):
        return bool(first.keys() == second.keys())
    return isinstance(first, Tangent) or bool(len(first) == len(second))


def same(first: Any, second: Any) -> bool:
    """Whether two tangents are of one structure, with equal numbers and arrays everywhere."""
    equal: list[bool] = []
    try:
        combined(lambda one, other: equal.append(bool(np.array_equal(one, other))), first, second)
    except TypeMismatch:
        return False
    return all(equal)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float, np.generic)) or (isinstance(value, np.ndarray) and value.ndim == 0)


def _name(value: object) -> str:
    return type(value).__name__


# ---------------------------------------------------------------- public: zero and move


def zero_tangent(value: object) -> Any:
    """The tangent vector of a value that is zero everywhere: the structure that its gradients have.

    A number for a float, an array for a float array; tuples, lists and dicts of those, None for what has no
    derivative (absent from dicts); a Tangent for an object. Raises TypeMismatch where nothing has one.
    """
    zero = _tangent(value, np.zeros_like, ())
    if zero is None:
        raise TypeMismatch(f"a {_name(value)} without floats has no tangent vector")
    return zero


def random_tangent(value: object, draw: Callable[[np.ndarray], np.ndarray]) -> Any:
    """A tangent vector of a value whose arrays and numbers are drawn, each for the leaf it belongs to.

    None where the value has no float.
    """
    return _tangent(value, draw, ())


def tangent_leaves(value: object, tangent: Any, name: str) -> list[tuple[str, Any, Any]]:
    """The floats and float arrays of a value: what users call them, themselves, their parts of a tangent.

    Raises TypeMismatch where the tangent is of another structure.
    """
    found: list[tuple[str, Any, Any]] = []

    def note(leaf: Any, part: Any, name: str) -> Any:
        if part is not None:
            found.append((name, leaf, part))
        return leaf

    rebuilt(value, tangent, note, name)
    return found


def _tangent(value: Any, make: Callable[[Any], Any], within: tuple[object, ...]) -> Any:
    parts = _parts(value)
    if parts is None:
        return _leaf_tangent(value, make)
    if any(value is outer for outer in within):
        return None
    cls, constant = type(value), constants_of(type(value))
    items = {
        key: None if key in constant else _tangent(item, make, (*within, value))
        for key, item in zip(parts.keys, parts.items, strict=True)
    }
    present = {key: item for key, item in items.items() if item is not None}
    if not present:
        return None
    if isinstance(value, (tuple, list)):
        return put_together(cls, parts.keys, tuple(items.values()))
    if isinstance(value, dict):
        return present
    return tangent_class(cls, tuple(map(str, present)))(*present.values())


def _parts(value: Any) -> Any:
    leaf = value is None or isinstance(value, (int, float, str, np.ndarray, np.generic))
    return None if leaf else taken_apart(value)


def _is_float(value: object) -> bool:
    if isinstance(value, (np.ndarray, np.floating)):
        return value.dtype.name in ("float64", "float32")
    return isinstance(value, float)


def _leaf_tangent(value: Any, make: Callable[[Any], Any]) -> Any:
    if not _is_float(value):
        return None
    made = np.asarray(make(np.asarray(value)))
    if isinstance(value, np.ndarray):
        return made.astype(value.dtype)
    return value.dtype.type(made) if isinstance(value, np.floating) else float(made)


def move(value: Any, by: Any) -> Any:
    """A new value of the same structure and classes, moved along a tangent vector: `value + by`.

    `move(model, by=-0.1 * gradient)` is a step of gradient descent. Arrays are not shared with `value`;
    what has no derivative is kept. Objects, frozen ones too, are made without calling `__init__`. Raises
    TypeMismatch or ShapeMismatch where `by` is not of the structure and shapes of `value`.
    """
    return rebuilt(value, by, _moved_leaf, "the value")


Leaf: TypeAlias = Callable[[Any, Any, str], Any]  # a leaf, its part of the tangent or None, its name


def rebuilt(
    value: Any, by: Any, leaf: Leaf, name: str, within: tuple[tuple[object, object], ...] = ()
) -> Any:
    """A new value of the same structure and classes, of what `leaf` makes of each part that is no structure.

    Raises TypeMismatch where the tangent `by`, if there is one, is of another structure.
    """
    parts = _parts(value)
    if parts is None:
        return leaf(value, by, name)
    for outer, made in within:
        if outer is value:
            return made
    ways = _ways(value, parts.keys, by, name)
    if isinstance(value, tuple):
        return put_together(type(value), parts.keys, _items(value, parts, ways, leaf, name, within))
    made = [] if isinstance(value, list) else copy.copy(value) if isinstance(value, dict) else None
    if made is None:
        made = object_of(type(value), (), ())
    items = _items(value, parts, ways, leaf, name, (*within, (value, made)))
    if isinstance(made, list):
        made.extend(items)
    elif isinstance(made, dict):
        made.update(zip(parts.keys, items, strict=True))
    else:
        for key, item in zip(parts.keys, items, strict=True):
            object.__setattr__(made, str(key), item)
    return made


def _items(
    value: Any,
    parts: Any,
    ways: list[Any],
    leaf: Leaf,
    name: str,
    within: tuple[tuple[object, object], ...],
) -> tuple[Any, ...]:
    return tuple(
        rebuilt(item, way, leaf, name + item_text(type(value), key), within)
        for key, item, way in zip(parts.keys, parts.items, ways, strict=True)
    )


def _ways(value: Any, keys: tuple[object, ...], by: Any, name: str) -> list[Any]:
    """The tangent of each item; raises TypeMismatch where `by` is of another structure."""
    if by is None:
        return [None] * len(keys)
    if isinstance(value, (tuple, list)):
        named = is_named_tuple(type(value)) and type(by) is not type(value)
        if isinstance(by, (tuple, list)) and len(by) == len(keys) and not named:
            return list(by)
    elif isinstance(value, dict):
        if isinstance(by, dict) and by.keys() <= value.keys():
            return [by.get(key) for key in keys]
    elif isinstance(by, Tangent) and by.__tangent_of__ is type(value) and {*by.__slots__} <= {*keys}:
        return [getattr(by, str(key)) if key in by.__slots__ else None for key in keys]
    raise TypeMismatch(
        f"{name} is a {_name(value)}, and moves by a {_name(by)}",
        suggestion="move it by a gradient of it, or by zero_tangent(value) with its parts set",
    )


def _moved_leaf(value: Any, by: Any, name: str) -> Any:
    if by is None:
        return value.copy() if isinstance(value, np.ndarray) else value
    if not _is_float(value):
        raise TypeMismatch(f"{name} is a {_name(value)}, which has no derivative to move along")
    if not isinstance(by, (int, float, np.generic, np.ndarray)):
        raise TypeMismatch(f"{name} is a {_name(value)}, and moves by a {_name(by)}")
    if np.shape(by) != np.shape(value):
        raise ShapeMismatch(f"{name} has shape {np.shape(value)}, what it moves by has {np.shape(by)}")
    moved = np.asarray(value + by)
    if isinstance(value, np.ndarray):
        return moved.astype(value.dtype)
    return value.dtype.type(moved) if isinstance(value, np.floating) else type(value)(moved)
