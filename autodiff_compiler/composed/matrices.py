"""What functions of the runtime take and give where they work on matrices; stacks of matrices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff_compiler.composed.declare import known_while_compiling
from autodiff_compiler.composed.dtypes import is_of_floats
from autodiff_compiler.ir.types import Array, Scalar, Type, rank_of

INDEX = Scalar("int64", True)
FLAG = Scalar("bool")


def common(*kinds: Type) -> str:
    """The dtype in which NumPy's linear algebra computes: float64 unless all is float32."""
    return "float32" if all(kind.dtype == "float32" for kind in kinds) else "float64"


def matrices(*kinds: Type, of: Sequence[Type] = ()) -> Sequence[Array]:
    """Matrices of one dtype, that of all of the operands `of`; TypeError where something else is given."""
    for kind in kinds:
        if rank_of(kind) != 2:
            raise TypeError(f"{rank_of(kind)}-dimensional array given where a matrix is needed")
    return [Array(common(*(of or kinds)), 2)] * len(kinds)


def vectors(kind: Type, of: Sequence[Type] = ()) -> Array:
    """A vector or a matrix, whose columns are vectors, of the dtype of the operands `of`; else TypeError."""
    if rank_of(kind) not in (1, 2):
        raise TypeError(f"{rank_of(kind)}-dimensional array given where a vector or a matrix is needed")
    return Array(common(*(of or (kind,))), rank_of(kind))


def numbers(kind: Type) -> Array:
    """A vector of numbers of the dtype of an operand."""
    return Array(kind.dtype, 1)


# ---------------------------------------------------------------- in the accepted language


@known_while_compiling
def check_matrices(rank: int) -> None:
    """Refuse what is no stack of matrices."""
    if rank < 2:
        raise ValueError(f"{rank}-dimensional array given. Array must be at least two-dimensional")


@known_while_compiling
def computed_in(*dtypes: Any) -> Any:
    """The dtype in which NumPy's linear algebra computes with these."""
    if any(np.dtype(dtype).kind not in "fiub" or np.dtype(dtype).name == "float16" for dtype in dtypes):
        raise TypeError("array type is unsupported in linalg")
    return np.dtype(np.float32 if all(dtype == np.float32 for dtype in dtypes) else np.float64)


@known_while_compiling
def computed_by(function: Any, *dtypes: Any) -> Any:
    """The dtype in which a function of SciPy computes with matrices of these: what it answers itself."""
    computed_in(*dtypes)
    found = function(*[np.eye(1, dtype=dtype) for dtype in dtypes])
    return np.asarray(found[0] if isinstance(found, tuple) else found).dtype


def finite(a: Any, check_finite: Any) -> Any:
    """An array-like as an array; ValueError where SciPy is to look for numbers that are not finite."""
    a = np.asarray(a)
    if check_finite and is_of_floats(a.dtype) and not np.all(np.isfinite(a)):
        raise ValueError("array must not contain infs or NaNs")
    return a


def square(a: Any) -> Any:
    """A stack of square matrices, as an array; LinAlgError where they are not."""
    a = np.asarray(a)
    check_matrices(a.ndim)
    if a.shape[-1] != a.shape[-2]:
        raise np.linalg.LinAlgError("Last 2 dimensions of the array must be square")
    return a


def rectangular(a: Any) -> Any:
    """A stack of matrices, as an array."""
    a = np.asarray(a)
    check_matrices(a.ndim)
    return a


def count_of(shape: Any) -> Any:
    """How many matrices a stack has."""
    total = 1
    for size in shape:
        total *= size
    return total


def each(function: Any, a: Any, shape: Any) -> Any:
    """A function of matrices applied to each of a stack; `shape` is that of what it gives."""
    if a.ndim == 2:
        return function(a)
    stack = np.reshape(a, (count_of(a.shape[:-2]), *a.shape[-2:]))
    out = np.empty((len(stack), *shape), computed_in(a.dtype))
    for k in range(len(stack)):
        out[k] = function(stack[k])
    return np.reshape(out, (*a.shape[:-2], *shape))


def each_pair(function: Any, a: Any, shape: Any, also: Any) -> Any:
    """As `each`, for a function that gives two results, of these shapes."""
    if a.ndim == 2:
        return function(a)
    stack = np.reshape(a, (count_of(a.shape[:-2]), *a.shape[-2:]))
    first = np.empty((len(stack), *shape), computed_in(a.dtype))
    second = np.empty((len(stack), *also), computed_in(a.dtype))
    for k in range(len(stack)):
        one, other = function(stack[k])
        first[k] = one
        second[k] = other
    return np.reshape(first, (*a.shape[:-2], *shape)), np.reshape(second, (*a.shape[:-2], *also))
