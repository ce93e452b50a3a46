"""Evenly spaced numbers, and grids of them: fused with what uses them."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff_compiler.composed.declare import is_exactly, known_while_compiling, stands_for
from autodiff_compiler.composed.dtypes import check_device, common_dtype, is_of_floats
from autodiff_compiler.composed.primitives import places, spread


@known_while_compiling
def number_of(dtype: Any) -> Any:
    """The class of the numbers of a dtype."""
    return np.dtype(dtype).type


@stands_for(np.arange)
def arange(
    start: Any = None, stop: Any = None, step: Any = 1, *, dtype: Any = None, device: Any = None,
    like: Any = None,
) -> Any:  # fmt: skip
    """`np.arange(start, stop, step, dtype=None)`: first + k·step; its length has no derivative."""
    check_device(device)
    if start is None:
        start = 0
    if stop is None:
        start, stop = 0, start
    if step is None:
        step = 1
    first, last, stride = np.asarray(start), np.asarray(stop), np.asarray(step)
    if stride == 0:
        raise ZeroDivisionError("division by zero")
    natural = common_dtype([first.dtype, last.dtype, stride.dtype])
    if is_of_floats(natural):
        count = np.ceil((last - first) / stride)
        if not abs(count) < 9007199254740992.0:
            raise ValueError("Maximum allowed size exceeded")
        length = max(int(count), 0)
    else:
        length = max(-((int(start) - int(stop)) // int(step)), 0)
    number = number_of(natural if dtype is None else dtype)
    first = number(start)
    steps = places((length,)).astype(number, copy=False)
    if not is_exactly(step, 1):
        steps = steps * (number(start + step) - first)
    return steps if is_exactly(start, 0) else first + steps


@stands_for(np.linspace)
def linspace(
    start: Any, stop: Any, num: Any = 50, endpoint: Any = True, retstep: Any = False, dtype: Any = None,
    axis: Any = 0, *, device: Any = None,
) -> Any:  # fmt: skip
    """`np.linspace(start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0)`: ends may be
    arrays; ∂yₖ/∂stop = k/(num − 1).
    """
    check_device(device)
    if num < 0:
        raise ValueError("Number of samples must be non-negative")
    if isinstance(start, (np.ndarray, np.generic)) and isinstance(stop, (np.ndarray, np.generic)):
        kind = dtype_between(start.dtype, stop.dtype)
        start, stop = np.asarray(start, kind), np.asarray(stop, kind)
    start, stop = as_numbers(start), as_numbers(stop)
    working = np.asarray(start + stop).dtype
    spaces = num - 1 if endpoint else num
    change = stop - start
    k = places((num,) + (1,) * np.ndim(change))
    values = k.astype(working) * (change / max(spaces, 1)) + start
    if endpoint:
        values = np.where(k == (num - 1 if num > 1 else -1), stop, values)
    if dtype is not None:
        values = (values if is_of_floats(dtype) else np.floor(values)).astype(dtype)
    if np.ndim(change) > 0:
        values = np.moveaxis(values, 0, axis)
    return (values, change / spaces if spaces > 0 else change * np.nan) if retstep else values


@known_while_compiling
def dtype_between(start: Any, stop: Any) -> Any:
    """The dtype of what lies between ends of these, which has changed between NumPy's versions."""
    return np.linspace(np.zeros(1, start), np.zeros(1, stop), 1).dtype


def as_numbers(end: Any) -> Any:
    """Floats of an end: a Python number stays one, whose dtype yields to the other end's."""
    return np.asarray(end) * 1.0 if isinstance(end, (list, tuple)) else end * 1.0


@stands_for(np.logspace)
def logspace(
    start: Any,
    stop: Any,
    num: Any = 50,
    endpoint: Any = True,
    base: Any = 10.0,
    dtype: Any = None,
    axis: Any = 0,
) -> Any:
    """`np.logspace(start, stop, num=50, endpoint=True, base=10.0, dtype=None, axis=0)`: the base, a number or
    an array that broadcasts with the ends, to evenly spaced powers.
    """
    base = as_numbers(base) if isinstance(base, (list, tuple)) else base
    if np.ndim(base) > 0:
        start = start + np.zeros(np.shape(base), np.asarray(start).dtype)
        base = np.expand_dims(base, axis)
    values = np.power(base, linspace(start, stop, num, endpoint, False, None, axis))
    return values if dtype is None else values.astype(dtype)


@stands_for(np.geomspace)
def geomspace(
    start: Any, stop: Any, num: Any = 50, endpoint: Any = True, dtype: Any = None, axis: Any = 0
) -> Any:
    """`np.geomspace(start, stop, num=50, endpoint=True)`: of equal ratios, between ends of one sign."""
    start, stop = np.asarray(start) * 1.0, np.asarray(stop) * 1.0
    check_ends(start, stop)
    low, high = np.log10(abs(start)), np.log10(abs(stop))
    k = places((num,) + (1,) * np.ndim(stop - start))
    values = np.sign(start) * np.power(10.0, linspace(low, high, num, endpoint))
    values = np.where(k == 0, start, values)
    if endpoint:
        values = np.where(k == (num - 1 if num > 1 else -1), stop, values)
    if np.ndim(stop - start) > 0:
        values = np.moveaxis(values, 0, axis)
    return values if dtype is None else values.astype(dtype)


def check_ends(start: Any, stop: Any) -> Any:
    """Raise ValueError where a geometric sequence does not reach from start to stop."""
    if not np.min(start * stop) > 0:
        raise ValueError("Geometric sequence cannot include zero, and its ends have one sign")
    return None


# ---------------------------------------------------------------- grids


@stands_for(np.meshgrid)
def meshgrid(*xi: Any, copy: Any = True, sparse: Any = False, indexing: Any = "xy") -> Any:
    """`np.meshgrid(x, y, ..., sparse=False, indexing="xy")`: x̄ is the sum over the other axes."""
    vectors = [np.ravel(x) for x in xi]
    order = order_of(len(vectors), indexing)
    shape = tuple([len(vectors[axis]) for axis in order])
    columns = [
        np.reshape(vector, (*ones(order.index(k)), -1, *ones(len(order) - 1 - order.index(k))))
        for k, vector in enumerate(vectors)
    ]
    if sparse:
        return tuple([np.copy(column) for column in columns] if copy else columns)
    if copy:
        return tuple([spread(column, shape) for column in columns])
    return tuple([np.broadcast_to(column, shape) for column in columns])


@known_while_compiling
def order_of(count: int, indexing: str) -> tuple[int, ...]:
    """Which vector runs along each axis."""
    if indexing not in ("xy", "ij"):
        raise ValueError("Valid values for `indexing` are 'xy' and 'ij'.")
    order = list(range(count))
    if indexing == "xy":
        order[:2] = reversed(order[:2])
    return tuple(order)


@known_while_compiling
def ones(count: int) -> tuple[int, ...]:
    """Lengths of so many axes that broadcast."""
    return (1,) * count


@stands_for(np.indices)
def indices(dimensions: Any, dtype: Any = int, sparse: Any = False) -> Any:
    """`np.indices(shape, dtype=int, sparse=False)`: the index of each element along each axis."""
    rank = len(dimensions)
    if sparse:
        return tuple([
            places((*ones(k), length, *ones(rank - 1 - k)), k).astype(dtype)
            for k, length in enumerate(dimensions)
        ])  # fmt: skip
    out = np.empty((rank, *dimensions), dtype)
    for k, _ in enumerate(dimensions):
        out[k] = places(tuple(dimensions), k)
    return out


@stands_for(np.fromfunction)
def fromfunction(function: Any, shape: Any, *, dtype: Any = float, like: Any = None, **kwargs: Any) -> Any:
    """`np.fromfunction(function, shape, dtype=float)`: a function of the indices of each element."""
    return function(*[places(tuple(shape), k).astype(dtype) for k, _ in enumerate(shape)], **kwargs)
