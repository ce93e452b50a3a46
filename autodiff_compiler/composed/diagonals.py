"""Diagonals, triangles and the matrices that they make."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff_compiler.composed.axes import axis_of
from autodiff_compiler.composed.declare import known_while_compiling, stands_for
from autodiff_compiler.composed.dtypes import check_device, common_dtype
from autodiff_compiler.composed.primitives import is_contiguous, part, places, to_read
from autodiff_compiler.composed.reductions import delivered

SEEN = "what np.diagonal and np.diag give of a matrix can only be read"


@known_while_compiling
def last_two(rank: int, axis1: int, axis2: int) -> tuple[int, ...]:
    """The order of the axes with two of them last."""
    first, second = axis_of(rank, axis1), axis_of(rank, axis2)
    if first == second:
        raise ValueError("axis1 and axis2 cannot be the same")
    return (*(axis for axis in range(rank) if axis not in (first, second)), first, second)


@known_while_compiling
def is_order(axes: tuple[int, ...]) -> bool:
    """Whether the axes stay where they are."""
    return axes == tuple(range(len(axes)))


def length_of(rows: Any, columns: Any, offset: Any) -> Any:
    """How long a diagonal is."""
    return max(min(rows + min(offset, 0), columns - max(offset, 0)), 0)


@stands_for(np.diagonal, methods=("diagonal",))
def diagonal(a: Any, offset: Any = 0, axis1: Any = 0, axis2: Any = 1) -> Any:
    """`np.diagonal(a, offset=0, axis1=0, axis2=1)`: to read; ȳ goes to the diagonal of x̄."""
    a = np.asarray(a)
    axes = last_two(a.ndim, axis1, axis2)
    turned = np.transpose(a, axes)
    rows, columns = turned.shape[-2], turned.shape[-1]
    length = length_of(rows, columns, offset)
    if is_contiguous(a) and is_order(axes):
        flat = np.reshape(turned, (*turned.shape[:-2], rows * columns))
        start = max(offset, 0) - min(offset, 0) * columns
        return to_read(part(flat, turned.ndim - 2, start, start + length * (columns + 1), columns + 1), SEEN)
    out = np.empty((*turned.shape[:-2], length), a.dtype)
    for k in range(length):
        out[..., k] = turned[..., k - min(offset, 0), k + max(offset, 0)]
    return to_read(out, SEEN, a)


@stands_for(np.trace, methods=("trace",))
def trace(a: Any, offset: Any = 0, axis1: Any = 0, axis2: Any = 1, dtype: Any = None, out: Any = None) -> Any:
    """`np.trace(a, offset=0, axis1=0, axis2=1, dtype=None, out=None)`: the sum of a diagonal."""
    a = np.asarray(a)
    turned = np.transpose(a, last_two(a.ndim, axis1, axis2))
    kind = sum_dtype(a.dtype, dtype)
    total = np.zeros(turned.shape[:-2], kind) if a.ndim > 2 else np.zeros(1, kind)[0]
    for k in range(length_of(turned.shape[-2], turned.shape[-1], offset)):
        total = total + np.asarray(turned[..., k - min(offset, 0), k + max(offset, 0)], kind)
    return delivered(total, out)


@known_while_compiling
def sum_dtype(given: Any, dtype: Any) -> Any:
    """The dtype of a sum of these."""
    return np.dtype(dtype) if dtype is not None else np.sum(np.zeros(1, given)).dtype


@stands_for(np.diag)
def diag(v: Any, k: Any = 0) -> Any:
    """`np.diag(v, k=0)`: a vector on a diagonal of zeros, or the diagonal of a matrix, to read."""
    v = np.asarray(v)
    if v.ndim == 2:
        return np.diagonal(v, k)
    return on_diagonal(v, k)


@stands_for(np.diagflat)
def diagflat(v: Any, k: Any = 0) -> Any:
    """`np.diagflat(v, k=0)`: the flattened array on a diagonal of zeros."""
    return on_diagonal(np.ravel(v), k)


def on_diagonal(v: Any, k: Any) -> Any:
    """A square matrix of zeros with the vector on a diagonal."""
    check_vector(v.ndim)
    size = len(v) + abs(k)
    out = np.zeros((size, size), v.dtype)
    for i in range(len(v)):
        out[i - min(k, 0), i + max(k, 0)] = v[i]
    return out


@known_while_compiling
def check_vector(rank: int) -> None:
    """Refuse what is no vector."""
    if rank != 1:
        raise ValueError("Input must be 1- or 2-d.")


@stands_for(np.fill_diagonal)
def fill_diagonal(a: Any, val: Any, wrap: Any = False) -> None:
    """`np.fill_diagonal(a, value, wrap=False)`: in place, with a number or, over and over, the elements of a
    vector; in a tall matrix the diagonal may begin anew.
    """
    check_fill(a.ndim)
    if a.ndim > 2:
        for length in a.shape:
            if not length == a.shape[0]:
                raise ValueError("All dimensions of input must be of equal length")
    values = np.ravel(val)
    if len(values) == 0:
        return
    if wrap and a.ndim == 2:
        columns = a.shape[1]
        for k in range((a.shape[0] * columns + columns) // (columns + 1)):
            place = k * (columns + 1)
            a[place // columns, place % columns] = values[k % len(values)]
        return
    index = (0,) * a.ndim
    for k in range(min(a.shape[0], a.shape[1])):
        a[tuple([k for _ in index])] = values[k % len(values)]


@known_while_compiling
def check_fill(rank: int) -> None:
    """Refuse vectors."""
    if rank < 2:
        raise ValueError("array must be at least 2-d")


# ---------------------------------------------------------------- triangles


@stands_for(np.tril)
def tril(m: Any, k: Any = 0) -> Any:
    """`np.tril(a, k=0)`: zeros above a diagonal of the last two axes, where x̄ is zero."""
    return triangle(square(np.asarray(m)), k, True)


@stands_for(np.triu)
def triu(m: Any, k: Any = 0) -> Any:
    """`np.triu(a, k=0)`: zeros below a diagonal of the last two axes, where x̄ is zero."""
    return triangle(square(np.asarray(m)), k, False)


def square(m: Any) -> Any:
    """A vector as the rows of a square matrix."""
    return np.broadcast_to(m, (len(m), len(m))) if m.ndim == 1 else m


def triangle(m: Any, k: Any, lower: Any) -> Any:
    """The array with zeros on one side of a diagonal."""
    shape = m.shape[-2:]
    ahead = places(shape, 1) - places(shape, 0)
    return np.where(ahead <= k, m, zero_of(m.dtype)) if lower else np.where(ahead >= k, m, zero_of(m.dtype))


@known_while_compiling
def zero_of(dtype: Any) -> Any:
    """Zero that promotes to any dtype."""
    return False


@stands_for(np.tri)
def tri(N: Any, M: Any = None, k: Any = 0, dtype: Any = float, *, like: Any = None) -> Any:
    """`np.tri(n, m=None, k=0, dtype=float)`: ones on and below a diagonal."""
    shape = (N, N if M is None else M)
    return (places(shape, 1) - places(shape, 0) <= k).astype(float if dtype is None else dtype)


@stands_for(np.eye)
def eye(
    N: Any, M: Any = None, k: Any = 0, dtype: Any = float, order: Any = "C", *, device: Any = None,
    like: Any = None,
) -> Any:  # fmt: skip
    """`np.eye(n, m=None, k=0, dtype=float, order="C")`: ones on a diagonal."""
    check_device(device)
    shape = (N, N if M is None else M)
    return (places(shape, 1) - places(shape, 0) == k).astype(float if dtype is None else dtype)


@stands_for(np.identity)
def identity(n: Any, dtype: Any = None, *, like: Any = None) -> Any:
    """`np.identity(n, dtype=float)`: ones on the diagonal."""
    return np.eye(n, n, 0, dtype)


@stands_for(np.vander)
def vander(x: Any, N: Any = None, increasing: Any = False) -> Any:
    """`np.vander(x, n=None, increasing=False)`: the powers of each element as a row."""
    x = np.asarray(x)
    count = len(x) if N is None else N
    out = np.ones((len(x), count), common_dtype([x.dtype, int]))
    powers = out if increasing else np.fliplr(out)
    for k in range(1, count):
        powers[:, k] = powers[:, k - 1] * x
    return out
