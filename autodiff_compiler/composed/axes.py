"""Axes in another order: views."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff_compiler.composed.declare import known_while_compiling, stands_for
from autodiff_compiler.composed.primitives import is_contiguous, part, to_read


@known_while_compiling
def exchanged(rank: int, first: int, second: int) -> tuple[int, ...]:
    """The order of the axes with two of them exchanged."""
    order = list(range(rank))
    first, second = axis_of(rank, first), axis_of(rank, second)
    order[first], order[second] = order[second], order[first]
    return tuple(order)


@known_while_compiling
def axis_of(rank: int, axis: int) -> int:
    """An axis counted from the front."""
    if not -rank <= axis < rank:
        raise np.exceptions.AxisError(f"axis {axis} is out of bounds for array of dimension {rank}")
    return int(axis) % rank


@known_while_compiling
def axes_of(rank: int, axis: Any, *, repeated: bool = False) -> tuple[int, ...]:
    """Axes counted from the front; none twice, unless they may be `repeated`."""
    found = tuple(axis_of(rank, item) for item in (axis if isinstance(axis, tuple) else (axis,)))
    if len(set(found)) < len(found) and not repeated:
        raise ValueError("repeated axis")
    return found


_UTILITIES: Any = getattr(np.lib, "array_utils", None)  # from NumPy 2 on


@stands_for(*([_UTILITIES.normalize_axis_index] if _UTILITIES else []))
def normalize_axis_index(axis: Any, ndim: Any, msg_prefix: Any = None) -> Any:
    """`np.lib.array_utils.normalize_axis_index(axis, ndim)`: known while compiling."""
    return axis_of(ndim, axis)


@stands_for(*([_UTILITIES.normalize_axis_tuple] if _UTILITIES else []))
def normalize_axis_tuple(axis: Any, ndim: Any, argname: Any = None, allow_duplicate: Any = False) -> Any:
    """`np.lib.array_utils.normalize_axis_tuple(axis, ndim)`: known while compiling."""
    return axes_of(ndim, axis, repeated=allow_duplicate)


@known_while_compiling
def moved(rank: int, source: int | tuple[int, ...], destination: int | tuple[int, ...]) -> tuple[int, ...]:
    """The order of the axes with those of `source` moved to `destination`."""
    sources = source if isinstance(source, tuple) else (source,)
    destinations = destination if isinstance(destination, tuple) else (destination,)
    if len(sources) != len(destinations):
        raise ValueError("`source` and `destination` arguments must have the same number of elements")
    taken = [axis_of(rank, axis) for axis in sources]
    order = [axis for axis in range(rank) if axis not in taken]
    for place, axis in sorted(zip((axis_of(rank, axis) for axis in destinations), taken, strict=True)):
        order.insert(place, axis)
    return tuple(order)


@stands_for(np.swapaxes, methods=("swapaxes",))
def swapaxes(a: Any, axis1: Any, axis2: Any) -> Any:
    """`np.swapaxes(a, axis1, axis2)`: a view with two axes exchanged."""
    a = np.asarray(a)
    return np.transpose(a, exchanged(a.ndim, axis1, axis2))


@stands_for(np.moveaxis)
def moveaxis(a: Any, source: Any, destination: Any) -> Any:
    """`np.moveaxis(a, source, destination)`: a view with axes moved, the others in their order."""
    a = np.asarray(a)
    return np.transpose(a, moved(a.ndim, source, destination))


@stands_for(np.rollaxis)
def rollaxis(a: Any, axis: Any, start: Any = 0) -> Any:
    """`np.rollaxis(a, axis, start=0)`: a view with an axis moved before another one."""
    return np.transpose(a, rolled(a.ndim, axis, start))


@known_while_compiling
def rolled(rank: int, axis: int, start: int) -> tuple[int, ...]:
    """The order of the axes with one moved before `start`."""
    if not -rank <= start <= rank:
        raise ValueError(f"`start` must be between {-rank} and {rank}, not {start}")
    axis, start = axis_of(rank, axis), start + rank if start < 0 else start
    order = [place for place in range(rank) if place != axis]
    order.insert(start - (axis < start), axis)
    return tuple(order)


@stands_for(np.matrix_transpose, np.linalg.matrix_transpose)
def matrix_transpose(x: Any, /) -> Any:
    """`np.matrix_transpose(x)`, `x.mT`: a view with the last two axes exchanged."""
    return np.swapaxes(x, -1, -2)


@stands_for(np.atleast_1d)
def atleast_1d(*arys: Any) -> Any:
    """`np.atleast_1d(a, ...)`: numbers as vectors of one element, all else as it is."""
    return of_each(with_axis, arys)


@stands_for(np.atleast_2d)
def atleast_2d(*arys: Any) -> Any:
    """`np.atleast_2d(a, ...)`: vectors as rows."""
    return of_each(with_two_axes, arys)


@stands_for(np.atleast_3d)
def atleast_3d(*arys: Any) -> Any:
    """`np.atleast_3d(a, ...)`: vectors as shape (1, n, 1), matrices as (n, m, 1)."""
    return of_each(with_three_axes, arys)


def of_each(function: Any, arrays: Any) -> Any:
    """What a function gives for the only array, or for each of several."""
    return function(arrays[0]) if len(arrays) == 1 else tuple([function(a) for a in arrays])


def with_axis(a: Any) -> Any:
    """One axis at least."""
    a = np.asarray(a)
    return np.reshape(a, (1,)) if np.ndim(a) == 0 else a


def with_two_axes(a: Any) -> Any:
    """Two axes at least."""
    a = with_axis(a)
    return np.expand_dims(a, 0) if a.ndim == 1 else a


def with_three_axes(a: Any) -> Any:
    """Three axes at least."""
    a = with_axis(a)
    if a.ndim == 1:
        return np.expand_dims(a, (0, 2))
    return np.expand_dims(a, 2) if a.ndim == 2 else a


@stands_for(np.flip)
def flip(m: Any, axis: Any = None) -> Any:
    """`np.flip(a, axis=None)`: a view backwards along an axis, several or all."""
    m = np.asarray(m)
    for place in several_axes(np.ndim(m), axis):
        m = part(m, place, None, None, -1)
    return m


@known_while_compiling
def several_axes(rank: int, axis: int | tuple[int, ...] | None) -> tuple[int, ...]:
    """An axis, several or (None) all, counted from the front."""
    if axis is None:
        return tuple(range(rank))
    axes = tuple(axis_of(rank, item) for item in (axis if isinstance(axis, tuple) else (axis,)))
    if len(set(axes)) != len(axes):
        raise ValueError("repeated axis")
    return axes


@stands_for(np.fliplr)
def fliplr(m: Any) -> Any:
    """`np.fliplr(a)`: a view with the second axis backwards."""
    return part(np.asarray(m), 1, None, None, -1)


@stands_for(np.flipud)
def flipud(m: Any) -> Any:
    """`np.flipud(a)`: a view with the first axis backwards."""
    return part(np.asarray(m), 0, None, None, -1)


@stands_for(np.rot90)
def rot90(m: Any, k: Any = 1, axes: Any = (0, 1)) -> Any:
    """`np.rot90(a, k=1, axes=(0, 1))`: a view turned by k right angles, known while compiling."""
    m = np.asarray(m)
    first, second, turns = quarter_turns(m.ndim, k, axes)
    if turns == 0:
        return m
    if turns == 2:
        return part(part(m, first, None, None, -1), second, None, None, -1)
    if turns == 1:
        return np.swapaxes(part(m, second, None, None, -1), first, second)
    return part(np.swapaxes(m, first, second), second, None, None, -1)


@known_while_compiling
def quarter_turns(rank: int, k: int, axes: tuple[int, int]) -> tuple[int, int, int]:
    """Two different axes counted from the front, and k modulo 4."""
    if len(axes) != 2 or axis_of(rank, axes[0]) == axis_of(rank, axes[1]):
        raise ValueError("Axes must be two different ones.")
    return axis_of(rank, axes[0]), axis_of(rank, axes[1]), k % 4


@stands_for(np.broadcast_arrays)
def broadcast_arrays(*args: Any, subok: Any = False) -> Any:
    """`np.broadcast_arrays(a, b, ...)`: to read, each in the common shape."""
    shape = np.broadcast_shapes(*[np.shape(a) for a in args])
    return tuple([np.broadcast_to(a, shape) for a in args])


@stands_for(np.broadcast_shapes)
def broadcast_shapes(*args: Any) -> Any:
    """`np.broadcast_shapes((n, 1), (m,), ...)`: the common shape."""
    common: tuple[Any, ...] = ()
    for given in args:
        shape = given if isinstance(given, tuple) else (given,)
        rank = max(len(common), len(shape))
        common = tuple([
            common_length(one, two)
            for one, two in zip((1,) * (rank - len(common)) + common, (1,) * (rank - len(shape)) + shape)  # noqa: B905
        ])  # fmt: skip
    return common


def common_length(one: Any, two: Any) -> Any:
    """The length that two axes broadcast to."""
    if one == 1:
        return two
    if two != 1 and one != two:
        raise ValueError("shape mismatch: objects cannot be broadcast to a single shape")
    return one


@stands_for(np.ascontiguousarray)
def ascontiguousarray(a: Any, dtype: Any = None, *, like: Any = None) -> Any:
    """`np.ascontiguousarray(a, dtype=None)`: itself, or a copy not to be written to."""
    a = with_axis(np.asarray(a, dtype))
    return a if is_contiguous(a) else to_read(np.copy(a), MAY_BE_ITSELF)


@stands_for(np.asfortranarray)
def asfortranarray(a: Any, dtype: Any = None, *, like: Any = None) -> Any:
    """`np.asfortranarray(a, dtype=None)`: the first axis closest in memory; not to be written to."""
    a = with_axis(np.asarray(a, dtype))
    if a.ndim == 1:
        return np.ascontiguousarray(a)
    return np.transpose(to_read(np.copy(np.transpose(a)), MAY_BE_ITSELF))


def laid_out(a: Any, order: Any) -> Any:
    """An array of this order, "C" or "F": itself, or a copy not to be written to."""
    if a.ndim == 0:
        return a
    return np.ascontiguousarray(a) if order == "C" else np.asfortranarray(a)


@known_while_compiling
def order_wanted(requirements: Any) -> str:
    """The order of axes that flags of `np.require` ask for, in a letter; "" for any."""
    flags = [str(flag).upper() for flag in requirements or ()]
    if any(flag in ("F", "F_CONTIGUOUS", "FORTRAN") for flag in flags):
        return "F"
    return "C" if any(flag in ("C", "C_CONTIGUOUS", "CONTIGUOUS") for flag in flags) else ""


@stands_for(np.require)
def require(a: Any, dtype: Any = None, requirements: Any = None, *, like: Any = None) -> Any:
    """`np.require(a, dtype=None, requirements=None)`: itself, or a copy in the order asked for."""
    order = order_wanted(requirements)
    a = np.asarray(a, dtype)
    if order == "F":
        return a if a.ndim == 0 else np.asfortranarray(a)
    return np.ascontiguousarray(a) if order == "C" and a.ndim > 0 else a


MAY_BE_ITSELF = "whether this is the same memory or a copy is only known at run time"


def length_along(a: Any, axis: Any) -> Any:
    """`np.size(a, axis)`: how many elements there are along an axis, or several."""
    count = 1
    for k in axes_named(a.ndim, axis):
        count = count * a.shape[k]
    return count


@known_while_compiling
def axes_named(rank: int, axis: Any) -> tuple[int, ...]:
    """The axes that one number or several name, all for None."""
    if axis is None:
        return tuple(range(rank))
    return tuple(axis_of(rank, item) for item in (axis if isinstance(axis, tuple) else (axis,)))
