"""Creation, shape, selection and casts. The frontend lowers each to IR nodes, whose derivatives are known."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff_compiler.operators.entry import Structural
from autodiff_compiler.operators.registry import register


def _structural(name: str, *callables: object, doc: str, methods: tuple[str, ...] = ()) -> None:
    register(Structural(name, callables, methods, doc))


def position_along(a: Any, axis: int) -> Any:
    """The index along the axis, at each element of the array: for functions that are composed."""
    shape = [-1 if k == axis else 1 for k in range(np.ndim(a))]
    return np.broadcast_to(np.arange(np.shape(a)[axis]).reshape(shape), np.shape(a)).copy()


# ---------------------------------------------------------------- creation

_structural("zeros", np.zeros, doc="`np.zeros(shape, dtype=float)`: a new array of zeros")
_structural("ones", np.ones, doc="`np.ones(shape, dtype=float)`: a new array of ones")
_structural("empty", np.empty, doc="`np.empty(shape, dtype=float)`: a new array, written before it is read")
_structural("full", np.full, doc="`np.full(shape, value, dtype=None)`: the value's cotangent is Σ ȳ")
_structural("zeros_like", np.zeros_like, doc="`np.zeros_like(x, dtype=None)`: zeros in the shape of x")
_structural("ones_like", np.ones_like, doc="`np.ones_like(x, dtype=None)`: ones in the shape of x")
_structural("empty_like", np.empty_like, doc="`np.empty_like(x, dtype=None)`: as `empty`, in the shape of x")
_structural("full_like", np.full_like, doc="`np.full_like(x, value)`: as `full`, in the shape of x")
_structural("array", np.array, np.asarray, doc="`np.array([a, b])`: scalars put together, or an array copied")
_structural("copy", np.copy, methods=("copy",), doc="`x.copy()`, `np.copy(x)`: a new array; x̄ = ȳ")
_structural("position", position_along, doc="the index along an axis at each element: int64, no derivative")

# ---------------------------------------------------------------- shape

_structural("shape", np.shape, methods=("shape",), doc="`x.shape`, `np.shape(x)`: a tuple of integers")
_structural("len", len, doc="`len(x)`: the length of the first axis")
_structural("ndim", np.ndim, methods=("ndim",), doc="`x.ndim`: the number of axes, known while compiling")
_structural("size", np.size, methods=("size",), doc="`x.size`: the number of elements")
_structural("dtype", methods=("dtype",), doc="`x.dtype`, for the argument `dtype=`")
_structural("reshape", np.reshape, methods=("reshape",), doc="`x.reshape(shape)`, one length may be −1")
_structural("ravel", np.ravel, methods=("ravel",), doc="`x.ravel()`: one axis, sharing memory if it can")
_structural("flatten", methods=("flatten",), doc="`x.flatten()`: one axis, always a new array")
_structural("expand_dims", np.expand_dims, doc="`np.expand_dims(x, axis)`: one more axis, of length one")
_structural("transpose", np.transpose, methods=("transpose", "T"), doc="`x.T`, `x.transpose(axes)`: x̄ = ȳᵀ")

# ---------------------------------------------------------------- casts

_structural(
    "cast",
    float, int, bool, np.float64, np.float32, np.bool_,
    np.int64, np.int32, np.int16, np.int8, np.uint64, np.uint32, np.uint16, np.uint8,
    methods=("astype",),
    doc="`float(x)`, `np.float32(x)`, `x.astype(dtype)`: x̄ = ȳ cast back between floats, 0 through integers",
)  # fmt: skip

# ---------------------------------------------------------------- iteration

_structural("range", range, doc="`for i in range(start, stop, step)`: the integers of a loop")
