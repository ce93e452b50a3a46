"""How flat results of compiled code become the values a user sees, and seeds become flat arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from autodiff_compiler.errors import ShapeMismatch, TypeMismatch
from autodiff_compiler.frontend.kinds import Kind
from autodiff_compiler.ir.types import Array, Scalar, Type, is_float
from autodiff_compiler.location import Location

Form: TypeAlias = Callable[[Any], object]  # makes a flat result look as Python and NumPy would have it


def unchanged(value: object) -> object:
    """The form of an array result."""
    return value


def form_of(kind: Type) -> Form:
    """The form of a result: Python numbers where the type is weak, NumPy scalars of its dtype else."""
    if not isinstance(kind, Scalar):
        return unchanged
    if kind.dtype == "bool":
        return bool
    if kind.weak:
        return float if is_float(kind) else int
    return np.dtype(kind.dtype).type


def gradient_form(kind: Kind, argument: object) -> Form:
    """The form of the gradient of a parameter: that of its argument (an array without axes stays one)."""
    if isinstance(argument, np.ndarray) and argument.ndim == 0:
        return partial(np.array, dtype=argument.dtype.name)
    assert isinstance(kind, (Scalar, Array))
    return form_of(kind)


def arrange(structure: object, values: Sequence[object]) -> object:
    """The result that a structure describes: a position in `values`, None, or a tuple of structures."""
    if isinstance(structure, tuple):
        return tuple(arrange(item, values) for item in structure)
    return values[structure] if isinstance(structure, int) else None


def is_number(structure: object, types: Sequence[Type]) -> bool:
    """Whether the result is one number rather than an array, a tuple or None."""
    kind = types[structure] if isinstance(structure, int) else None
    return isinstance(kind, Scalar) or (isinstance(kind, Array) and kind.rank == 0)


def flatten_seeds(
    structure: object, types: Sequence[Type], shapes: Sequence[tuple[int, ...]], seed: object, at: Location
) -> list[object]:
    """One fresh seed per float result, in order, from a seed of the result's structure.

    A seed has the shape and dtype of its result; numbers serve for numbers. What is given for integer
    results is ignored. Raises ShapeMismatch, TypeMismatch.
    """
    flat: dict[int, Any] = {}
    for position, value in _pair(structure, seed, at):
        if is_float(types[position]):
            fresh = _fresh_seed(types[position], shapes[position], value, at)
            flat[position] = fresh if position not in flat else flat[position] + fresh
    return [flat[position] for position in sorted(flat)]


def _pair(structure: object, seed: object, at: Location) -> Iterator[tuple[int, object]]:
    if isinstance(structure, int):
        yield structure, seed
    elif isinstance(structure, tuple):
        if not isinstance(seed, (tuple, list)) or len(seed) != len(structure):
            given = f"{len(seed)}" if isinstance(seed, (tuple, list)) else f"a {type(seed).__name__}"
            raise ShapeMismatch(
                f"the result is a tuple of {len(structure)}, its seed is {given}",
                suggestion="pass a tuple with one seed per result (None for a result that is no float)",
                location=at,
            )
        for inner, value in zip(structure, seed, strict=True):
            yield from _pair(inner, value, at)


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
