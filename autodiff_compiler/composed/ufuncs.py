"""Methods of all ufuncs with two operands, and what their keyword `out` does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff_compiler.composed.declare import known_while_compiling
from autodiff_compiler.composed.dtypes import check_casting
from autodiff_compiler.composed.primitives import places, spread

_REDUCTIONS: dict[object, Callable[..., Any]] = {
    np.add: np.sum, np.multiply: np.prod, np.maximum: np.max, np.minimum: np.min,
    np.logical_and: np.all, np.logical_or: np.any,
}  # fmt: skip
_SCANS: dict[object, Callable[..., Any]] = {np.add: np.cumsum, np.multiply: np.cumprod}
_COMPARISONS = (np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal)
_ORDERED = (np.subtract, np.divide, np.floor_divide, np.remainder, np.fmod, np.power, np.float_power)


@known_while_compiling
def reduction_of(ufunc: Any) -> Callable[..., Any] | None:
    """The reduction that NumPy has for a ufunc under a name of its own."""
    return _REDUCTIONS.get(ufunc)


@known_while_compiling
def scan_of(ufunc: Any) -> Callable[..., Any] | None:
    """The running sum or product."""
    return _SCANS.get(ufunc)


@known_while_compiling
def is_logical(ufunc: Any, dtype: Any) -> bool:
    """Whether the reduction is `np.all` or `np.any`, which have no dtype and no start."""
    logical = ufunc in (np.logical_and, np.logical_or)
    if logical and dtype is not None and np.dtype(dtype) != np.bool_:
        raise TypeError(f"'{ufunc.__name__}' reduces to truth values, not to {np.dtype(dtype)}")
    return logical


@known_while_compiling
def dtype_of_fold(ufunc: Any, dtype: Any, wanted: Any) -> np.dtype[Any]:
    """The dtype that a ufunc folds elements of a dtype in; sums and products have at least 64 bits."""
    if ufunc in _COMPARISONS and np.dtype(wanted or dtype) != np.bool_:
        raise TypeError(f"'{ufunc.__name__}' folds truth values only, not elements of {np.dtype(dtype)}")
    if wanted is None and ufunc in _SCANS:
        summed: np.dtype[Any] = ufunc.reduce(np.zeros(1, dtype)).dtype
        return summed
    made: np.dtype[Any] = ufunc.resolve_dtypes((np.dtype(wanted or dtype), np.dtype(wanted or dtype), None))[
        -1
    ]
    return made


@known_while_compiling
def folded_axes(ufunc: Any, rank: int, axis: Any) -> tuple[int, ...]:
    """The axes of a reduction, counted from the front, last first."""
    named = range(rank) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    axes = [int(item) for item in named]
    if not all(-rank <= item < rank for item in axes):
        raise np.exceptions.AxisError(f"axis {axis} is out of bounds for array of dimension {rank}")
    if len(axes) > 1 and ufunc in _ORDERED:
        raise ValueError(f"reduction operation '{ufunc.__name__}' is not reorderable, so at most one axis")
    return tuple(sorted((item % rank for item in axes), reverse=True))


@known_while_compiling
def identity_of(ufunc: Any) -> Any:
    """What a reduction of no elements is, None if it has none."""
    return ufunc.identity


@known_while_compiling
def starts_of_nothing(ufunc: Any) -> bool:
    """Whether a reduction starts from its identity, which changes a single element: its size for `hypot`."""
    return bool(ufunc is np.hypot)


@known_while_compiling
def check_accumulated(rank: int) -> None:
    """Refuse numbers."""
    if rank == 0:
        raise TypeError("cannot accumulate on a scalar")


@known_while_compiling
def ones(count: int) -> tuple[int, ...]:
    """So many ones."""
    return (1,) * count


def written(out: Any, value: Any, casting: Any = "same_kind", where: Any = True) -> Any:
    """The array `out` with the value in it, where `where` holds."""
    check_casting(np.asarray(value).dtype, out.dtype, casting)
    if where is True:
        out[...] = value
    else:
        out[...] = np.where(where, value, out)
    return out


def filled(rows: Any, start: Any) -> Any:
    """A row, or number, in which each element is `start`."""
    if rows.ndim == 1:
        return np.asarray(start, dtype=rows.dtype)
    return np.full(rows.shape[1:], start, dtype=rows.dtype)


def folded(ufunc: Any, array: Any, axis: Any, start: Any) -> Any:
    """All elements along an axis put together, from the first on."""
    rows = np.moveaxis(array, axis, 0)
    if start is None and identity_of(ufunc) is None and len(rows) == 0:
        raise ValueError("zero-size array to reduction operation which has no identity")
    if start is None and starts_of_nothing(ufunc):
        start = identity_of(ufunc)
    if start is not None:
        result = filled(rows, start)
        for k in range(len(rows)):
            result = ufunc(result, rows[k])
    elif identity_of(ufunc) is None or len(rows) > 0:
        result = np.array(rows[0])
        for k in range(1, len(rows)):
            result = ufunc(result, rows[k])
    else:
        result = filled(rows, identity_of(ufunc))
    return result


def folded_where(ufunc: Any, array: Any, axis: Any, start: Any, where: Any) -> Any:
    """The elements along an axis put together that are chosen."""
    rows = np.moveaxis(array, axis, 0)
    chosen = np.moveaxis(np.broadcast_to(where, np.shape(array)), axis, 0)
    result = filled(rows, start)
    for k in range(len(rows)):
        result = np.where(chosen[k], ufunc(result, rows[k]), result)
    return result


@known_while_compiling
def start_of(ufunc: Any, initial: Any) -> Any:
    """What a reduction of chosen elements starts from."""
    if initial is None and ufunc.identity is None:
        raise ValueError(f"'{ufunc.__name__}' has no identity: `where` needs `initial`")
    return ufunc.identity if initial is None else initial


def reduce(
    ufunc: Any, array: Any, axis: Any = 0, dtype: Any = None, out: Any = None, keepdims: Any = False,
    initial: Any = None, where: Any = True,
) -> Any:  # fmt: skip
    """`np.add.reduce(array, axis=0, dtype=None, out=None, keepdims=False, initial, where)`."""
    named = reduction_of(ufunc)
    if named is not None and is_logical(ufunc, dtype):
        if where is True:
            return named(array, axis=axis, out=out, keepdims=keepdims)
        return named(array, axis=axis, out=out, keepdims=keepdims, where=where)
    if out is not None and dtype is None:
        dtype = out.dtype
    if named is not None:
        if initial is None and where is True:
            return named(array, axis=axis, dtype=dtype, out=out, keepdims=keepdims)
        if initial is None:
            return named(array, axis=axis, dtype=dtype, out=out, keepdims=keepdims, where=where)
        return named(array, axis=axis, dtype=dtype, out=out, keepdims=keepdims, initial=initial, where=where)
    array = np.asarray(array)
    result = np.asarray(array, dtype=dtype_of_fold(ufunc, array.dtype, dtype))
    for one in folded_axes(ufunc, array.ndim, axis):
        if where is True:
            result = folded(ufunc, result, one, initial)
        else:
            result = folded_where(ufunc, result, one, start_of(ufunc, initial), where)
            where = True
        initial = None
        if keepdims:
            result = np.expand_dims(result, one)
    if out is not None:
        return written(out, result)
    return result


def accumulate(ufunc: Any, array: Any, axis: Any = 0, dtype: Any = None, out: Any = None) -> Any:
    """`np.add.accumulate(array, axis=0, dtype=None, out=None)`."""
    array = np.asarray(array)
    check_accumulated(array.ndim)
    if out is not None and dtype is None:
        dtype = out.dtype
    named = scan_of(ufunc)
    if named is not None and dtype is None and out is None:
        return named(array, axis=axis)
    result = np.array(array, dtype=dtype_of_fold(ufunc, array.dtype, dtype))
    rows = np.moveaxis(result, axis, 0)
    for k in range(1, len(rows)):
        rows[k] = ufunc(rows[k - 1], rows[k])
    if out is not None:
        return written(out, result)
    return result


def outer(ufunc: Any, A: Any, B: Any, **keywords: Any) -> Any:
    """`np.multiply.outer(A, B)`: every element of A with every one of B."""
    A, B = np.asarray(A), np.asarray(B)
    if np.ndim(A) > 0 and np.ndim(B) > 0:
        A = np.reshape(A, (*np.shape(A), *ones(np.ndim(B))))
    return ufunc(A, B, **keywords)


def reduceat(ufunc: Any, array: Any, indices: Any, axis: Any = 0, dtype: Any = None, out: Any = None) -> Any:
    """`np.add.reduceat(array, indices, axis=0)`: reductions of the parts that begin at these places."""
    array = np.asarray(array)
    indices = np.asarray(indices)
    rows = np.moveaxis(np.asarray(array, dtype=dtype_of_fold(ufunc, array.dtype, dtype)), axis, 0)
    made = np.empty((len(indices), *rows.shape[1:]), dtype=rows.dtype)
    for i in range(len(indices)):
        stop = len(rows)
        if i + 1 < len(indices):
            stop = indices[i + 1]
        made[i] = rows[indices[i]]
        for k in range(indices[i] + 1, stop):
            made[i] = ufunc(made[i], rows[k])
    result = np.moveaxis(made, 0, axis)
    if out is not None:
        return written(out, result)
    return result


# ---------------------------------------------------------------- powers of integers


def raises_to_powers(base: Any, exponent: Any) -> Any:
    """Whether no exponent is negative, unless there is no base."""
    return np.size(base) == 0 or np.sum(exponent < 0) == 0


# ---------------------------------------------------------------- changes in place


def flat_places(a: Any, indices: Any) -> Any:
    """The flat positions of what an index selects."""
    return np.atleast_1d(np.reshape(places((a.size,), 0), a.shape)[indices])


def at(ufunc: Any, a: Any, indices: Any) -> None:
    """`np.negative.at(a, indices)`: elements that are named several times are changed each time."""
    where = np.ravel(flat_places(a, indices))
    for k in range(len(where)):
        a.flat[where[k]] = kept_in(ufunc(a.flat[where[k]]), a)


def at_with(ufunc: Any, a: Any, indices: Any, b: Any) -> None:
    """`np.multiply.at(a, indices, b)`: elements that are named several times are changed each time."""
    where = flat_places(a, indices)
    values = np.ravel(spread(np.asarray(b), where.shape))
    where = np.ravel(where)
    for k in range(len(where)):
        a.flat[where[k]] = kept_in(ufunc(a.flat[where[k]], values[k]), a)


def kept_in(value: Any, a: Any) -> Any:
    """The value, of a dtype that NumPy casts to that of the array."""
    check_casting(np.asarray(value).dtype, a.dtype)
    return value
