"""How flat results of compiled code become the values a user sees, and seeds become flat arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, assert_never

import numpy as np

from autodiff_compiler.errors import ShapeMismatch, TypeMismatch
from autodiff_compiler.frontend.structures import constants_of, item_text, part_at, put_together
from autodiff_compiler.ir.nodes import Given, Known, Listed, Made, Structure
from autodiff_compiler.ir.types import Array, Scalar, Type, is_inexact
from autodiff_compiler.ir.walk import result_positions
from autodiff_compiler.location import Location
from autodiff_compiler.tangents import Tangent, tangent_class

Form: TypeAlias = Callable[[Any], object]  # makes a flat result look as Python and NumPy would have it


def unchanged(value: object) -> object:
    """The form of an array."""
    return value


def form_of(kind: Type) -> Form:
    """The form of a result: Python numbers where the type is weak, NumPy scalars of its dtype else."""
    if not isinstance(kind, Scalar):
        return unchanged
    if kind.dtype == "bool":
        return bool
    if kind.weak:
        return {"f": float, "c": complex}.get(np.dtype(kind.dtype).kind, int)
    return np.dtype(kind.dtype).type


def arrange(
    structure: Structure, values: Sequence[Any] | Mapping[int, Any], arguments: Sequence[Any] = ()
) -> object:
    """The result that a structure describes; `values` are the results in their forms."""
    match structure:
        case int():
            return values[structure]
        case tuple():
            return tuple([arrange(item, values, arguments) for item in structure])
        case Made(cls=cls, keys=keys, items=items):
            return put_together(cls, keys, tuple([arrange(item, values, arguments) for item in items]))
        case Listed(item=item, plain=plain, length=length):
            if length is not None:
                values = {p: values[p][: values[length]] for p in dict.fromkeys(result_positions(item))}
            used = dict.fromkeys(result_positions(item))
            columns = [values[p].tolist() if p in plain else list(values[p]) for p in used]
            rows = [dict(zip(used, row, strict=True)) for row in zip(*columns, strict=True)]
            return [arrange(item, row, arguments) for row in rows]
        case Known(value=value):
            return value
        case Given(path=path):
            return part_at(arguments, path)
        case None:
            return None
        case _:
            assert_never(structure)


def tangent_of(structure: Structure, values: Mapping[int, Any]) -> Any:
    """The tangent of the result that a structure describes; `values` are those of the float results.

    None for what has none, as in the gradient of a parameter of that structure.
    """
    match structure:
        case int():
            return values.get(structure)
        case tuple():
            return tuple([tangent_of(item, values) for item in structure])
        case Made(cls=cls, keys=keys, items=items):
            constant = constants_of(cls)
            pairs = zip(keys, items, strict=True)
            parts = {key: None if key in constant else tangent_of(item, values) for key, item in pairs}
            present = {key: part for key, part in parts.items() if part is not None}
            if not present:
                return None
            if issubclass(cls, (tuple, list)):
                return put_together(cls, keys, tuple(parts.values()))
            if issubclass(cls, dict):
                return present
            return tangent_class(cls, tuple(map(str, present)))(*present.values())
        case Listed(item=item, plain=plain):
            used = [position for position in dict.fromkeys(result_positions(item)) if position in values]
            if not used:
                return None
            columns = [values[p].tolist() if p in plain else list(values[p]) for p in used]
            rows = [dict(zip(used, row, strict=True)) for row in zip(*columns, strict=True)]
            return [tangent_of(item, row) for row in rows]
        case _:
            return None


def is_number(structure: Structure, types: Sequence[Type]) -> bool:
    """Whether the result is one number rather than an array, a tuple or None."""
    kind = types[structure] if isinstance(structure, int) else None
    return isinstance(kind, Scalar) or (isinstance(kind, Array) and kind.rank == 0)


def flatten_seeds(
    structure: Structure,
    types: Sequence[Type],
    shapes: Sequence[tuple[int, ...]],
    seed: object,
    at: Location,
) -> list[object]:
    """One fresh seed per float result, in order, from a seed of the result's structure.

    A seed has the shape and dtype of its result; numbers serve for numbers, a tangent vector for an object.
    What is given for results that are no floats is ignored. Raises ShapeMismatch, TypeMismatch.
    """
    flat: dict[int, Any] = {}
    for position, value in _Seeds(types, shapes, at).pairs(structure, seed):
        flat[position] = value if position not in flat else flat[position] + value
    return [flat[position] for position in sorted(flat)]


@dataclass(frozen=True, slots=True)
class _Seeds:
    """Pairs the parts of a seed with the float results they belong to."""

    types: Sequence[Type]
    shapes: Sequence[tuple[int, ...]]
    at: Location

    def pairs(self, structure: Structure, seed: Any) -> Iterator[tuple[int, object]]:
        match structure:
            case int():
                if is_inexact(self.types[structure]):
                    yield structure, _fresh_seed(self.types[structure], self.shapes[structure], seed, self.at)
            case tuple():
                yield from self._sequence(structure, seed, "tuple")
            case Made(cls=cls, keys=keys, items=items):
                if not any(map(self._is_active, items)):
                    return
                if issubclass(cls, (tuple, list)):
                    yield from self._sequence(items, seed, cls.__name__)
                    return
                for key, item in zip(keys, items, strict=True):
                    if key in constants_of(cls):
                        yield from self._zeros(item)
                    elif self._is_active(item):
                        yield from self.pairs(item, self._part(cls, key, seed))
            case Listed(item=item):
                if self._is_active(item):
                    yield from self._stacked(item, seed)

    def _zeros(self, structure: Structure) -> Iterator[tuple[int, object]]:
        """The seeds of a constant field."""
        for position in result_positions(structure):
            kind = self.types[position]
            if is_inexact(kind):
                yield position, form_of(kind)(np.zeros(self.shapes[position], kind.dtype))

    def _is_active(self, structure: Structure) -> bool:
        return any(is_inexact(self.types[position]) for position in result_positions(structure))

    def _sequence(self, items: Sequence[Structure], seed: Any, what: str) -> Iterator[tuple[int, object]]:
        self._check_length(seed, len(items), what)
        for inner, value in zip(items, seed, strict=True):
            yield from self.pairs(inner, value)

    def _check_length(self, seed: Any, count: int, what: str) -> None:
        if not isinstance(seed, (tuple, list)) or len(seed) != count:
            given = f"{len(seed)}" if isinstance(seed, (tuple, list)) else f"a {type(seed).__name__}"
            raise ShapeMismatch(
                f"the result is a {what} of {count}, its seed is {given}",
                suggestion=f"pass a {what} with one seed per result (None for a result that is no float)",
                location=self.at,
            )

    def _part(self, cls: type, key: object, seed: Any) -> Any:
        if issubclass(cls, dict):
            if isinstance(seed, dict) and key in seed:
                return seed[key]
        elif isinstance(seed, (Tangent, cls)) and hasattr(seed, str(key)):
            return getattr(seed, str(key))
        raise TypeMismatch(
            f"the result is a {cls.__name__} with {item_text(cls, key)}, its seed is a {type(seed).__name__}",
            suggestion="pass a seed of the result's structure, as zero_tangent(result)",
            location=self.at,
        )

    def _stacked(self, item: Structure, seed: Any) -> Iterator[tuple[int, object]]:
        """The seeds of a list: for each of its results one array, over the items."""
        active = [
            position for position in dict.fromkeys(result_positions(item)) if is_inexact(self.types[position])
        ]
        count = self.shapes[active[0]][0]
        self._check_length(seed, count, "list")
        inner = _Seeds(
            [_item_type(kind) for kind in self.types], [shape[1:] for shape in self.shapes], self.at
        )
        rows = [dict(inner.pairs(item, value)) for value in seed]
        for position in active:
            column = np.zeros(self.shapes[position], self.types[position].dtype)
            for row, values in enumerate(rows):
                column[row] = values[position]
            yield position, column


def _item_type(kind: Type) -> Type:
    """The type of the items of an array, along its first axis."""
    if not isinstance(kind, Array):
        return kind
    return Array(kind.dtype, kind.rank - 1) if kind.rank > 1 else Scalar(kind.dtype)


def _fresh_seed(kind: Type, shape: tuple[int, ...], seed: object, at: Location) -> object:
    wanted = np.dtype(kind.dtype)
    if isinstance(kind, Scalar):
        if isinstance(seed, np.ndarray) and seed.shape != ():
            raise ShapeMismatch(f"the seed has shape {seed.shape}, the result is a number", location=at)
        if not isinstance(seed, (int, float, np.bool_, np.integer, np.floating, np.ndarray)):
            raise TypeMismatch(f"the seed is a {type(seed).__name__}, the result a number", location=at)
        return wanted.type(seed) if not kind.weak else float(seed)
    if not isinstance(seed, np.ndarray):
        raise TypeMismatch(
            f"the seed is a {type(seed).__name__}, the result an array of shape {shape}",
            suggestion="pass an array of the result's shape, as np.ones_like(result)",
            location=at,
        )
    if seed.shape != shape:
        raise ShapeMismatch(f"the seed has shape {seed.shape}, the result has shape {shape}", location=at)
    if seed.dtype != wanted:
        raise TypeMismatch(
            f"the seed has dtype {seed.dtype}, the result has dtype {wanted}",
            suggestion=f"pass seed.astype(np.{wanted.name})",
            location=at,
        )
    return np.array(seed, order="C")  # the reverse code may accumulate into it
