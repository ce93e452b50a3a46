"""Choosing elements by functions, and writing to those chosen."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff_compiler.composed.axes import axis_of
from autodiff_compiler.composed.declare import known_while_compiling, stands_for
from autodiff_compiler.composed.dtypes import check_casting, is_of_truths
from autodiff_compiler.composed.primitives import along, places, taken

# ---------------------------------------------------------------- what is known while compiling


@known_while_compiling
def check_mode(mode: str) -> str:
    """The name of a way to treat indices out of range."""
    if mode not in ("raise", "wrap", "clip"):
        raise ValueError(f"clipmode must be one of 'clip', 'raise', or 'wrap' (got '{mode}')")
    return mode


@known_while_compiling
def check_same_rank(rank: int, other: int) -> None:
    """Refuse indices of another rank than the array's."""
    if rank != other:
        raise ValueError("`indices` and `arr` must have the same number of dimensions")


# ---------------------------------------------------------------- helpers


def within(indices: Any, length: Any, mode: Any) -> Any:
    """Indices as they count: wrapped around, clipped (negative ones to zero), or as they are."""
    if mode == "wrap":
        return indices % length
    if mode == "clip":
        return np.minimum(np.maximum(indices, 0), length - 1)
    return indices


def given_out(out: Any, value: Any) -> Any:
    """The value, in `out` where there is one."""
    if out is None:
        return value
    check_casting(value.dtype, out.dtype)
    out[...] = value
    return out


def is_weak(value: Any) -> Any:
    """Whether a value is a number of Python, whose type yields to others."""
    return type(value) is int or type(value) is float


@known_while_compiling
def chosen_dtype(dtypes: Any, weak: Any) -> Any:
    """The common dtype of choices, of which some are numbers of Python."""
    python = {"i": 0, "f": 0.0}
    given = [python[np.dtype(one).kind] if free else one for one, free in zip(dtypes, weak, strict=True)]
    return np.result_type(*given)


def repeated(values: Any, count: Any) -> Any:
    """The first `count` elements of the flattened values, repeated as often as needed."""
    values = np.ravel(values)
    return values[places((count,), 0) % max(len(values), 1)]


# ---------------------------------------------------------------- reading


@stands_for(np.take, methods=("take",))
def take(a: Any, indices: Any, axis: Any = None, out: Any = None, mode: Any = "raise") -> Any:
    """`np.take(a, indices, axis=None, out=None, mode="raise")`: all modes; ȳ of repeated indices adds up."""
    check_mode(mode)
    a = np.asarray(a)
    if axis is None or a.ndim == 0:
        axis = axis_of(1, 0 if axis is None else axis)
        a = np.ravel(a)
    axis = axis_of(a.ndim, axis)
    indices = whole(np.asarray(indices))
    if mode == "raise" and indices.ndim > 0:
        return given_out(out, taken(a, indices, axis))
    length = a.shape[axis]
    if mode != "raise" and length == 0 and a.size == 0:
        check_nothing(a, axis, np.size(indices))
    where = within(indices, length, mode)
    if indices.ndim > 0:
        return given_out(out, taken(a, where, axis, True))
    found = a[(slice(None),) * axis + (where,)]
    return given_out(out, np.copy(found) if a.ndim > 1 else found)


def check_nothing(a: Any, axis: Any, count: Any) -> None:
    """Raise where elements of an axis that has none are asked for."""
    for k in range(a.ndim):
        if k != axis:
            count = count * a.shape[k]
    if count > 0:
        raise IndexError("cannot do a non-empty take from an empty axes.")


def whole(indices: Any) -> Any:
    """Indices as integers, which truth values are here as well."""
    return indices.astype(np.int64) if is_of_truths(indices.dtype) else indices


@stands_for(np.take_along_axis)
def take_along_axis(arr: Any, indices: Any, axis: Any = -1) -> Any:
    """`np.take_along_axis(arr, indices, axis=-1)`: an index for each vector along the axis."""
    arr = np.asarray(arr)
    indices = np.asarray(indices)
    if axis is None:
        return along(np.ravel(arr), indices, 0)
    check_same_rank(arr.ndim, indices.ndim)
    return along(arr, indices, axis_of(arr.ndim, axis))


@stands_for(np.compress)
def compress(condition: Any, a: Any, axis: Any = None, out: Any = None) -> Any:
    """`np.compress(condition, a, axis=None, out=None)`: the slices along an axis where a mask is true."""
    return np.take(a, np.flatnonzero(condition), axis, out)


@stands_for(methods=("compress",))
def compress_array(self: Any, condition: Any, axis: Any = None, out: Any = None) -> Any:
    """`a.compress(condition, axis=None, out=None)`: as np.compress."""
    return np.compress(condition, self, axis, out)


@stands_for(np.extract)
def extract(condition: Any, arr: Any) -> Any:
    """`np.extract(condition, arr)`: the elements of the flattened array where the mask is not zero."""
    return np.ravel(np.asarray(arr))[np.flatnonzero(condition)]


@stands_for(np.choose)
def choose(a: Any, choices: Any, out: Any = None, mode: Any = "raise") -> Any:
    """`np.choose(a, choices, out=None, mode="raise")`: each element from the choice that `a` names."""
    check_mode(mode)
    a = within(np.asarray(a), len(choices), mode)
    if mode == "raise" and np.size(a) > 0 and (np.min(a) < 0 or np.max(a) >= len(choices)):
        raise ValueError("invalid entry in choice array")
    if isinstance(choices, np.ndarray):
        dtype = choices.dtype
    else:
        dtype = chosen_dtype([np.asarray(one).dtype for one in choices], [is_weak(one) for one in choices])
    value = np.asarray(choices[len(choices) - 1], dtype)
    for k in range(len(choices) - 2, -1, -1):
        value = np.where(a == k, np.asarray(choices[k], dtype), value)
    if len(choices) == 1:
        value = np.where(a == 0, value, value)
    return given_out(out, value)


@stands_for(methods=("choose",))
def choose_array(self: Any, choices: Any, *, out: Any = None, mode: Any = "raise") -> Any:
    """`a.choose(choices, out=None, mode="raise")`: as np.choose."""
    return np.choose(self, choices, out, mode)


@stands_for(methods=("tolist",))
def tolist(self: Any) -> Any:
    """`a.tolist()`: nested lists of Python's numbers."""
    if self.ndim == 0:
        return self.item()
    if self.ndim == 1:
        return [value.item() for value in self]
    return [row.tolist() for row in self]


@known_while_compiling
def python_kind(dtype: Any) -> str:
    """What Python number an element of the dtype becomes."""
    return {"f": "float", "b": "bool"}.get(np.dtype(dtype).kind, "int")


@stands_for(methods=("item",))
def item(self: Any, *args: Any) -> Any:
    """`a.item()`, `a.item(i)`, `a.item(i, j)`: one element, as a Python number."""
    if len(args) == 0:
        value = np.reshape(self, (1,))[0]
    elif len(args) == 1 and not isinstance(args[0], tuple):
        value = np.ravel(self)[args[0]]
    elif len(args) == 1:
        value = self[args[0]]
    else:
        value = self[args]
    kind = python_kind(self.dtype)
    if kind == "float":
        return float(value)
    return bool(value) if kind == "bool" else int(value)


# ---------------------------------------------------------------- writing


@stands_for(methods=("fill",))
def fill(self: Any, value: Any) -> None:
    """`a.fill(value)`: sets every element; the value's cotangent is Σ ā."""
    check_number(np.ndim(value))
    self[...] = value


@known_while_compiling
def check_number(rank: int) -> None:
    """Refuse an array where one number is needed."""
    if rank != 0:
        raise ValueError("setting an array element with a sequence.")


@stands_for(np.put)
def put(a: Any, ind: Any, v: Any, mode: Any = "raise") -> None:
    """`np.put(a, ind, v, mode="raise")`: sets elements by flat position; the last of repeated ones stays."""
    check_mode(mode)
    if a.size == 0 and np.size(ind) > 0:
        raise IndexError("cannot replace elements of an empty array")
    where = within(np.ravel(np.asarray(ind)), a.size, mode)
    if np.size(v) > 0:
        a.flat[where] = repeated(np.asarray(v), len(where))


@stands_for(methods=("put",))
def put_array(self: Any, indices: Any, values: Any, mode: Any = "raise") -> None:
    """`a.put(indices, values, mode="raise")`: as np.put."""
    np.put(self, indices, values, mode)


@stands_for(np.put_along_axis)
def put_along_axis(arr: Any, indices: Any, values: Any, axis: Any) -> None:
    """`np.put_along_axis(arr, indices, values, axis)`: an index for each vector along the axis."""
    indices = np.asarray(indices)
    if axis is None:
        arr.flat[indices] = values
    else:
        check_same_rank(arr.ndim, indices.ndim)
        axis = axis_of(arr.ndim, axis)
        arr[along_index(arr, indices, axis)] = values


def along_index(arr: Any, indices: Any, axis: Any) -> Any:
    """The index arrays that stand for indices along one axis."""
    parts: Any = ()
    for k in range(arr.ndim):
        if k == axis:
            parts = (*parts, indices)
        else:
            own = places((arr.shape[k],), 0)
            parts = (*parts, own[(None,) * k + (slice(None),) + (None,) * (arr.ndim - k - 1)])
    return parts


@stands_for(np.place)
def place(arr: Any, mask: Any, vals: Any) -> None:
    """`np.place(arr, mask, vals)`: sets elements where the mask is true to the values, in their order."""
    if np.ndim(vals) > 0 and not isinstance(vals, (list, tuple)):
        check_casting(np.asarray(vals).dtype, arr.dtype, "safe")
    if np.size(mask) != arr.size:
        raise ValueError("place: mask and data must be the same size")
    where = np.flatnonzero(mask)
    arr.flat[where] = repeated(np.asarray(vals), len(where))


@stands_for(np.putmask)
def putmask(a: Any, mask: Any, values: Any) -> None:
    """`np.putmask(a, mask, values)`: sets elements where the mask is true to the values at these places."""
    if np.size(mask) != a.size:
        raise ValueError("putmask: mask and data must be the same size")
    where = np.flatnonzero(mask)
    if np.ndim(values) > 0 and not isinstance(values, (list, tuple)):
        check_casting(np.asarray(values).dtype, a.dtype, "safe")
    given = np.ravel(np.asarray(values))
    a.flat[where] = given[where % max(len(given), 1)]


@stands_for(np.copyto)
def copyto(dst: Any, src: Any, casting: Any = "same_kind", where: Any = True) -> None:
    """`np.copyto(dst, src, casting="same_kind", where=True)`: src broadcast, where the mask is true."""
    if type(src) is int and is_whole(dst.dtype):
        src = dst.dtype.type(src)
    src = np.asarray(src)
    if np.ndim(src) == 0:
        src = np.full((1,), src)
    check_casting(src.dtype, dst.dtype, casting)
    if is_true(where):
        dst[...] = src
    else:
        dst[...] = np.where(where, src, dst)


@known_while_compiling
def is_whole(dtype: Any) -> bool:
    """Whether a dtype is one of whole numbers."""
    return bool(np.dtype(dtype).kind in "iu")


def is_true(where: Any) -> Any:
    """Whether a mask is the plain constant."""
    return isinstance(where, bool)
