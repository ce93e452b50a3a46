"""Arrays of indices: of triangles and diagonals, of open meshes, from flat positions and back."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff_compiler.composed.declare import known_while_compiling, stands_for
from autodiff_compiler.composed.primitives import places
from autodiff_compiler.composed.selection import check_mode, within


@stands_for(methods=("nonzero",))
def nonzero_array(self: Any) -> Any:
    """`a.nonzero()`: as np.nonzero."""
    return np.nonzero(self)


@stands_for(np.ix_)
def ix_(*args: Any) -> Any:
    """`np.ix_(rows, columns, ...)`: index arrays, or masks, of an open mesh."""
    found: Any = ()
    for k in range(len(args)):
        part = np.asarray(args[k])
        check_one_axis(part.ndim)
        if is_mask(part.dtype):
            part = np.flatnonzero(part)
        found = (*found, part[(None,) * k + (slice(None),) + (None,) * (len(args) - k - 1)])
    return found


@known_while_compiling
def check_one_axis(rank: int) -> None:
    """Refuse what has no single axis."""
    if rank != 1:
        raise ValueError("Cross index must be 1 dimensional")


@known_while_compiling
def is_mask(dtype: Any) -> bool:
    """Whether an array of the dtype is a mask."""
    return bool(np.dtype(dtype).kind == "b")


@known_while_compiling
def check_order(order: str) -> bool:
    """Whether positions are counted with the last axis fastest."""
    if order not in ("C", "F"):
        raise ValueError("only 'C' or 'F' order is permitted")
    return order == "C"


@stands_for(np.unravel_index)
def unravel_index(indices: Any, shape: Any, order: Any = "C") -> Any:
    """`np.unravel_index(indices, shape, order="C")`: for each axis, where a flat position lies."""
    sizes = shape if isinstance(shape, tuple) else (shape,)
    last_first = check_order(order)
    rest = np.asarray(indices)
    check_flat(rest, sizes)
    found: Any = ()
    for k in range(len(sizes)):
        size = sizes[len(sizes) - 1 - k] if last_first else sizes[k]
        part = rest % size
        rest = rest // size
        found = (part, *found) if last_first else (*found, part)
    return found


def check_flat(indices: Any, sizes: Any) -> None:
    """Refuse positions beyond the shape, as NumPy does."""
    total = 1
    for size in sizes:
        total = total * size
    if np.size(indices) > 0 and (np.min(indices) < 0 or np.max(indices) >= total):
        raise ValueError("index is out of bounds for the array's size")


@known_while_compiling
def mode_of(mode: str | tuple[str, ...], axis: int) -> str:
    """How indices of one axis out of range are treated."""
    return check_mode(mode if isinstance(mode, str) else mode[axis])


@stands_for(np.ravel_multi_index)
def ravel_multi_index(multi_index: Any, dims: Any, mode: Any = "raise", order: Any = "C") -> Any:
    """`np.ravel_multi_index(multi_index, dims, mode="raise", order="C")`: the flat positions of indices."""
    sizes = dims if isinstance(dims, tuple) else (dims,)
    first_first = check_order(order)
    total = np.asarray(0)
    for step in range(len(sizes)):
        k = step if first_first else len(sizes) - 1 - step
        way = mode_of(mode, k)
        part = within(np.asarray(multi_index[k]), sizes[k], way)
        if way == "raise" and np.size(part) > 0 and (np.min(part) < 0 or np.max(part) >= sizes[k]):
            raise ValueError("invalid entry in coordinates array")
        total = total * sizes[k] + part
    return total


@stands_for(np.tril_indices)
def tril_indices(n: Any, k: Any = 0, m: Any = None) -> Any:
    """`np.tril_indices(n, k=0, m=None)`: the places of a lower triangle."""
    shape = (n, n if m is None else m)
    return np.nonzero(places(shape, 1) - places(shape, 0) <= k)


@stands_for(np.triu_indices)
def triu_indices(n: Any, k: Any = 0, m: Any = None) -> Any:
    """`np.triu_indices(n, k=0, m=None)`: the places of an upper triangle."""
    shape = (n, n if m is None else m)
    return np.nonzero(places(shape, 1) - places(shape, 0) >= k)


@stands_for(np.tril_indices_from)
def tril_indices_from(arr: Any, k: Any = 0) -> Any:
    """`np.tril_indices_from(arr, k=0)`: the places of the array's lower triangle."""
    return np.tril_indices(arr.shape[0], k, arr.shape[1])


@stands_for(np.triu_indices_from)
def triu_indices_from(arr: Any, k: Any = 0) -> Any:
    """`np.triu_indices_from(arr, k=0)`: the places of the array's upper triangle."""
    return np.triu_indices(arr.shape[0], k, arr.shape[1])


@stands_for(np.diag_indices)
def diag_indices(n: Any, ndim: Any = 2) -> Any:
    """`np.diag_indices(n, ndim=2)`: the places of a diagonal."""
    return (places((n,), 0),) * ndim


@stands_for(np.diag_indices_from)
def diag_indices_from(arr: Any) -> Any:
    """`np.diag_indices_from(arr)`: the places of the array's diagonal, its axes of one length."""
    check_square(arr)
    return np.diag_indices(arr.shape[0], arr.ndim)


def check_square(arr: Any) -> None:
    """Refuse axes of several lengths, as NumPy does."""
    for size in arr.shape:
        if size != arr.shape[0]:
            raise ValueError("All dimensions of input must be of equal length")
