"""Norms of vectors and matrices, and condition numbers.

At the zero vector a Euclidean norm has no derivative: NaN. Largest elements that tie share the cotangent, and
|x| has slope zero at zero.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg

from autodiff_compiler.composed.axes import axis_of
from autodiff_compiler.composed.declare import known_while_compiling, stands_for
from autodiff_compiler.composed.matrices import computed_in, each, finite, rectangular, square
from autodiff_compiler.composed.spectra import accuracy, singular_values
from autodiff_compiler.runtime.linear_systems import linalg_solve


@known_while_compiling
def kind_of_norm(rank: int, order: Any, axis: Any) -> str:
    """Whether all elements are one vector ("all"), or some axes are vectors or matrices."""
    if axis is None:
        if order is None or (order in ("f", "fro") and rank == 2) or (order == 2 and rank == 1):
            return "all"
        if rank > 2 or rank == 0:
            raise ValueError("Improper number of dimensions to norm.")
        return "vector" if rank == 1 else "matrix"
    if isinstance(axis, tuple) and len(axis) > 2:
        raise ValueError("Improper number of dimensions to norm.")
    return "matrix" if isinstance(axis, tuple) and len(axis) == 2 else "vector"


@known_while_compiling
def axes_of(rank: int, axis: Any) -> tuple[int, ...]:
    """The axes of the vectors or matrices."""
    given = tuple(range(rank)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    found = tuple(axis_of(rank, item) for item in given)
    if len(set(found)) < len(found):
        raise ValueError("Duplicate axes given.")
    return found


@known_while_compiling
def vector_order(order: Any) -> str:
    """The name of an order for vectors; "any" for a number without one."""
    names = {None: "2", 0: "0", 1: "1", 2: "2", np.inf: "max", -np.inf: "min"}
    if isinstance(order, str):
        raise ValueError(f"Invalid norm order '{order}' for vectors")
    return names.get(order, "any")


@known_while_compiling
def matrix_order(order: Any) -> str:
    """The name of an order for matrices."""
    names = {
        None: "fro", "f": "fro", "fro": "fro", "nuc": "nuc", 1: "1", -1: "-1", 2: "2", -2: "-2",
        np.inf: "max", -np.inf: "min",
    }  # fmt: skip
    if order not in names:
        raise ValueError("Invalid norm order for matrices.")
    return names[order]


@known_while_compiling
def rest_first(rank: int, axes: tuple[int, ...]) -> tuple[int, ...]:
    """The order of the axes with those of the matrices last."""
    return (*(axis for axis in range(rank) if axis not in axes), *axes)


@known_while_compiling
def reduced_after(rank: int, first: int, second: int) -> tuple[int, int]:
    """The axis that is added over, and where the other one is then."""
    return first, second - (first < second)


@stands_for(np.linalg.norm)
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: Any = False) -> Any:
    """`np.linalg.norm(x, ord=None, axis=None, keepdims=False)`: every order; NaN at zero where 2, "fro"."""
    x = np.asarray(x)
    x = x.astype(computed_in(x.dtype))
    kind = kind_of_norm(x.ndim, ord, axis)
    if kind == "matrix":
        return of_matrices(x, matrix_order(ord), axes_of(x.ndim, axis), keepdims)
    return of_vectors(x, "2" if kind == "all" else vector_order(ord), ord, axes_of(x.ndim, axis), keepdims)


@stands_for(scipy.linalg.norm)
def scipy_norm(
    a: Any, ord: Any = None, axis: Any = None, keepdims: Any = False, check_finite: Any = True
) -> Any:
    """`scipy.linalg.norm(a, ord=None, axis=None, keepdims=False)`: as `np.linalg.norm`."""
    a = finite(a, check_finite)
    found = norm(a, ord, axis, keepdims)
    return float(found) if is_by_blas(a.ndim, a.dtype, ord, axis, keepdims) else found


@known_while_compiling
def is_by_blas(rank: int, dtype: Any, order: Any, axis: Any, keepdims: Any) -> bool:
    """Whether SciPy has BLAS compute the norm, which gives a number of Python."""
    return rank == 1 and np.dtype(dtype).kind == "f" and order in (None, 2) and axis is None and not keepdims


def of_vectors(x: Any, name: Any, order: Any, axes: Any, keepdims: Any) -> Any:
    """Norms of vectors, along some axes."""
    if name == "2":
        return np.sqrt(np.sum(x * x, axis=axes, keepdims=keepdims))
    if name == "1":
        return np.sum(np.abs(x), axis=axes, keepdims=keepdims)
    if name == "0":
        return np.sum((x != 0).astype(x.dtype), axis=axes, keepdims=keepdims)
    if name == "max":
        return np.max(np.abs(x), axis=axes, keepdims=keepdims, initial=0)
    if name == "min":
        return np.min(np.abs(x), axis=axes, keepdims=keepdims)
    return np.sum(np.abs(x) ** order, axis=axes, keepdims=keepdims) ** reciprocal(order, x.dtype)


@known_while_compiling
def reciprocal(order: Any, dtype: Any) -> float:
    """The power that undoes another one, as NumPy has it in this dtype."""
    return float(np.reciprocal(order, dtype=dtype))


def of_matrices(x: Any, name: Any, axes: Any, keepdims: Any) -> Any:
    """Norms of matrices, in two axes."""
    if name == "fro":
        return np.sqrt(np.sum(x * x, axis=axes, keepdims=keepdims))
    if name in ("1", "-1", "max", "min"):
        rows, columns = axes
        first, second = rows, columns
        if name in ("max", "min"):
            first, second = columns, rows
        along, rest = reduced_after(x.ndim, first, second)
        sums = np.sum(np.abs(x), axis=along)
        found = np.max(sums, axis=rest, initial=0) if name in ("1", "max") else np.min(sums, axis=rest)
    else:
        found = of_spectrum(np.transpose(x, rest_first(x.ndim, axes)), name)
    return with_ones(found, x.ndim, axes) if keepdims else found


def of_spectrum(x: Any, name: Any) -> Any:
    """Norms that are made of singular values."""
    s = each(singular_values, x, (min(x.shape[-2], x.shape[-1]),))
    if name == "nuc" or (name == "2" and s.shape[-1] == 0):
        return np.sum(s, axis=-1)
    return s[..., 0] if name == "2" else s[..., -1]


def with_ones(found: Any, rank: Any, axes: Any) -> Any:
    """The norms with axes of length one where the matrices had theirs."""
    if rank == 2:
        return np.full((1, 1), found)
    for axis in sorted_axes(axes):
        found = np.expand_dims(found, axis)
    return found


@known_while_compiling
def sorted_axes(axes: tuple[int, ...]) -> tuple[int, ...]:
    """The axes from the front."""
    return tuple(sorted(axes))


@stands_for(np.linalg.vector_norm)
def vector_norm(x: Any, /, *, axis: Any = None, keepdims: Any = False, ord: Any = 2) -> Any:
    """`np.linalg.vector_norm(x, axis=None, keepdims=False, ord=2)`: NaN at zero where the order is 2."""
    x = np.asarray(x)
    x = x.astype(computed_in(x.dtype))
    return of_vectors(x, vector_order(ord), ord, axes_of(x.ndim, axis), keepdims)


@stands_for(np.linalg.matrix_norm)
def matrix_norm(x: Any, /, *, keepdims: Any = False, ord: Any = "fro") -> Any:
    """`np.linalg.matrix_norm(x, keepdims=False, ord="fro")`: NaN at zero where the order is "fro"."""
    x = rectangular(x)
    return of_matrices(x.astype(computed_in(x.dtype)), matrix_order(ord), last_axes(x.ndim), keepdims)


@known_while_compiling
def last_axes(rank: int) -> tuple[int, int]:
    """The axes of stacked matrices."""
    return rank - 2, rank - 1


@stands_for(np.linalg.cond)
def cond(x: Any, p: Any = None) -> Any:
    """`np.linalg.cond(x, p=None)`: the largest over the smallest singular value, or ‖A‖ ‖A⁻¹‖;
    its derivative is NaN where A is singular.
    """
    x = rectangular(x)
    x = x.astype(computed_in(x.dtype))
    if x.shape[-1] * x.shape[-2] == 0:
        raise np.linalg.LinAlgError("cond is not defined on empty arrays")
    name = "2" if p is None else matrix_order(p)
    if name not in ("2", "-2"):
        x = square(x)
    return each(lambda a: condition(a, name, p), x, ())


def condition(a: Any, name: Any, order: Any) -> Any:
    """The condition number of one matrix."""
    if name in ("2", "-2"):
        s = singular_values(a)
        found = s[0] / s[-1] if name == "2" else s[-1] / s[0]
        singular = s[-1] <= 2 * len(s) * accuracy(s.dtype) * s[0]
    else:
        inverse, _, _, failed = linalg_solve(a, np.identity(len(a), a.dtype))
        singular = failed > 0
        if singular:
            inverse = inverse + np.nan
        found = np.linalg.matrix_norm(a, ord=order) * np.linalg.matrix_norm(inverse, ord=order)
    if np.isnan(found) and not np.any(np.isnan(a)):
        found = np.inf
    return found + zero_without_slope(a) if singular else found


def zero_without_slope(a: Any) -> Any:
    """Zero, the derivative being NaN."""
    size = np.sum(np.abs(np.where(np.isfinite(a), a, 0.0)))
    return np.sqrt(size - size)  # sums of infinite slopes of both signs
