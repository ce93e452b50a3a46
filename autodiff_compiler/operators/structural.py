"""Creation, shape, selection and casts. The frontend lowers each to IR nodes, whose derivatives are known."""

from __future__ import annotations

import numpy as np

from autodiff_compiler.operators.entry import Structural
from autodiff_compiler.operators.registry import register


def _structural(name: str, *callables: object, doc: str, methods: tuple[str, ...] = ()) -> None:
    register(Structural(name, callables, methods, doc))


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
_structural(
    "transpose",
    np.transpose,
    np.permute_dims,
    methods=("transpose", "T", "mT"),
    doc="`x.T`, `x.transpose(axes)`: x̄ = ȳᵀ",
)

_structural(
    "squeeze",
    np.squeeze,
    methods=("squeeze",),
    doc="`np.squeeze(x, axis=None)`: a view without axes of length one",
)
_structural(
    "broadcast_to", np.broadcast_to, doc="`np.broadcast_to(x, shape)`: to read; x̄ = Σ ȳ over what is repeated"
)
_structural(
    "places", doc="the place of each element along an axis, which `np.arange` and other grids are made of"
)

# ---------------------------------------------------------------- selection; written as subscripts

_structural(
    "gather",
    doc="`a[i, :, k]` with arrays of integers: the elements chosen; ā gets ȳ there, repeated ones add up",
)
_structural(
    "nonzero", np.nonzero, np.flatnonzero, np.argwhere,
    doc="`np.nonzero(a)`, `np.flatnonzero(a)`, `np.argwhere(a)`: where the elements are that are not zero",
)  # fmt: skip
_structural(
    "add_at", np.add.at, np.subtract.at,
    doc="`np.add.at(a, i, b)`, `np.subtract.at(a, i, b)`: repeated elements count each time; b̄ = ±ā there",
)  # fmt: skip
_structural(
    "ndindex", np.ndindex, np.ndenumerate,
    doc="`for i, j in np.ndindex(a.shape)`, `for (i, j), e in np.ndenumerate(a)`: in a loop",
)  # fmt: skip
_structural("flat", methods=("flat",), doc="`a.flat[i]`, `for e in a.flat`: the elements in C order")
_structural("lowest", doc="the smallest of some integers, the largest there is where there are none")
_structural("highest", doc="the largest of some integers, the smallest there is where there are none")
_structural("positions", doc="`a[mask]`: where the flattened mask is true, in order")

# ---------------------------------------------------------------- casts

_structural(
    "cast",
    float, int, bool, np.complex128, np.complex64, np.float64, np.float32, np.bool_,
    np.int64, np.int32, np.int16, np.int8, np.uint64, np.uint32, np.uint16, np.uint8,
    methods=("astype",),
    doc="`float(x)`, `np.float32(x)`, `x.astype(dtype)`: x̄ = ȳ cast back between floats, 0 through integers",
)  # fmt: skip

# ---------------------------------------------------------------- iteration

_structural("range", range, doc="`for i in range(start, stop, step)`: the integers of a loop")
