"""Differences, gradients of sampled functions and their integrals."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff_compiler.composed.axes import axis_of
from autodiff_compiler.composed.declare import known_while_compiling, stands_for
from autodiff_compiler.composed.joining import check_shapes
from autodiff_compiler.composed.primitives import part
from autodiff_compiler.composed.reductions import averaged_dtype, axes_of


@known_while_compiling
def common_dtype(*dtypes: Any) -> Any:
    """The dtype of arrays put together."""
    return np.result_type(*dtypes).type


@known_while_compiling
def check_times(n: int, rank: int) -> None:
    """Refuse differences of a number, and less than none."""
    if n < 0:
        raise ValueError(f"order must be non-negative but got {n}")
    if rank == 0:
        raise ValueError("diff requires input that is at least one dimensional")


@known_while_compiling
def check_joined(rank: int, other: int) -> None:
    """Refuse to join arrays that differ in the number of axes."""
    if rank != other:
        raise ValueError(f"arrays that are joined have one number of axes, not {rank} and {other}")


def part_as(a: Any, values: Any, axis: Any) -> Any:
    """Values to be put before or after an array along the axis: a number once for each row."""
    values = np.asarray(values)
    if np.ndim(values) > 0:
        check_joined(np.ndim(values), np.ndim(a))
        check_shapes(a.shape, values.shape, axis)
        return values
    return np.full(tuple(1 if k == axis else a.shape[k] for k in range(a.ndim)), values)


def joined(first: Any, second: Any, axis: Any) -> Any:
    """Two arrays, one after the other along the axis."""
    length = first.shape[axis] + second.shape[axis]
    sizes = tuple(length if k == axis else first.shape[k] for k in range(first.ndim))
    both = np.empty(sizes, common_dtype(first.dtype, second.dtype))
    part(both, axis, None, first.shape[axis])[...] = first
    part(both, axis, first.shape[axis], None)[...] = second
    return both


@stands_for(np.diff)
def diff(a: Any, n: Any = 1, axis: Any = -1, prepend: Any = None, append: Any = None) -> Any:
    """`np.diff(a, n=1, axis=-1, prepend, append)`: yₖ = xₖ₊₁ − xₖ, n times; of truth values, ≠."""
    check_times(n, np.ndim(a))
    a = np.asarray(a)
    axis = axis_of(a.ndim, axis)
    if n == 0:
        return a
    if prepend is not None:
        a = joined(part_as(a, prepend, axis), a, axis)
    if append is not None:
        a = joined(a, part_as(a, append, axis), axis)
    for _ in range(n):
        later, earlier = part(a, axis, 1, None), part(a, axis, None, -1)
        a = later != earlier if a.dtype == np.bool_ else later - earlier
    return a


@stands_for(np.ediff1d)
def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    """`np.ediff1d(ary, to_end=None, to_begin=None)`: the differences of the flat array, with these around."""
    flat = np.ravel(np.asarray(ary))
    result = flat[1:] - flat[:-1]
    if to_begin is not None:
        result = joined(np.ravel(part_as(result, to_begin, 0)).astype(flat.dtype), result, 0)
    if to_end is not None:
        result = joined(result, np.ravel(part_as(result, to_end, 0)).astype(flat.dtype), 0)
    return result


@known_while_compiling
def check_gradient(spacings: int, axes: int, edge_order: int) -> None:
    """Refuse spacings that do not fit the axes."""
    if spacings not in (0, 1, axes):
        raise TypeError("invalid number of arguments")
    if edge_order > 2:
        raise ValueError("'edge_order' greater than 2 not supported")


@stands_for(np.gradient)
def gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: Any = 1) -> Any:
    """`np.gradient(f, *spacings, axis=None, edge_order=1)`: central differences, a tuple for several axes;
    spacings are numbers or coordinates, and differentiated, too.
    """
    f = np.asarray(f)
    check_differences(f.dtype)
    f = np.asarray(f, averaged_dtype(f.dtype))
    axes = axes_of(f.ndim, axis) if axis is None else tuple(axis_of(f.ndim, k) for k in listed(axis))
    check_gradient(len(varargs), len(axes), edge_order)
    if len(varargs) == 0:
        spacings = tuple(1.0 for _ in axes)
    elif len(varargs) == 1 and np.ndim(varargs[0]) == 0:
        spacings = tuple(varargs[0] for _ in axes)
    else:
        spacings = varargs
    if len(spacings) != len(axes):
        raise TypeError("invalid number of arguments")
    slopes = tuple(slope(f, axes[k], spacings[k], edge_order) for k in range(len(axes)))
    return slopes[0] if len(slopes) == 1 else slopes


@known_while_compiling
def check_differences(dtype: Any) -> None:
    """Refuse truth values, which NumPy does not subtract."""
    if np.dtype(dtype) == np.bool_:
        raise TypeError("numpy boolean subtract, the `-` operator, is not supported")


@known_while_compiling
def listed(axis: Any) -> tuple[int, ...]:
    """One axis or several, as several."""
    return axis if isinstance(axis, tuple) else (axis,)


def slope(f: Any, axis: Any, spacing: Any, edge_order: Any) -> Any:
    """The differences along one axis, divided by those of the coordinates."""
    if f.shape[axis] < edge_order + 1:
        raise ValueError(
            "Shape of array too small to calculate a numerical gradient, "
            "at least (edge_order + 1) elements are required."
        )
    out = np.empty(f.shape, f.dtype)
    inside = part(out, axis, 1, -1)
    left, middle, right = part(f, axis, None, -2), part(f, axis, 1, -1), part(f, axis, 2, None)
    along, result = np.moveaxis(f, axis, 0), np.moveaxis(out, axis, 0)
    if np.ndim(spacing) == 0:
        inside[...] = (right - left) / (2.0 * spacing)
        first, last = uniform_edges(along, spacing, edge_order)
    else:
        steps = np.diff(coordinates(spacing, f.shape[axis]))
        before, after = steps[:-1], steps[1:]
        a = -after / (before * (before + after))
        b = (after - before) / (before * after)
        c = before / (after * (before + after))
        trailing = f.ndim - 1 - axis
        inside[...] = spread(a, trailing) * left + spread(b, trailing) * middle + spread(c, trailing) * right
        first, last = other_edges(along, steps, edge_order)
    result[0] = first
    result[-1] = last
    return out


def coordinates(x: Any, length: Any) -> Any:
    """Coordinates of the samples, as floats."""
    x = np.asarray(x)
    check_coordinates(x.ndim)
    if len(x) != length:
        raise ValueError("when 1d, distances must match the length of the corresponding dimension")
    return np.asarray(x, averaged_dtype(x.dtype))


@known_while_compiling
def check_coordinates(rank: int) -> None:
    """Refuse coordinates of more than one axis."""
    if rank != 1:
        raise ValueError("distances must be either scalars or 1d")


def spread(values: Any, trailing: Any) -> Any:
    """Values along an axis that so many other axes follow."""
    for _ in range(trailing):
        values = values[..., None]
    return values


def uniform_edges(f: Any, step: Any, edge_order: Any) -> Any:
    """The one-sided differences at both ends of the first axis, all steps being alike."""
    if edge_order == 1:
        return (f[1] - f[0]) / step, (f[-1] - f[-2]) / step
    first = -1.5 / step * f[0] + 2.0 / step * f[1] + -0.5 / step * f[2]
    return first, 0.5 / step * f[-3] + -2.0 / step * f[-2] + 1.5 / step * f[-1]


def other_edges(f: Any, steps: Any, edge_order: Any) -> Any:
    """The one-sided differences at both ends of the first axis."""
    if edge_order == 1:
        return (f[1] - f[0]) / steps[0], (f[-1] - f[-2]) / steps[-1]
    p, q = steps[0], steps[1]
    first = -(2.0 * p + q) / (p * (p + q)) * f[0] + (p + q) / (p * q) * f[1] - p / (q * (p + q)) * f[2]
    p, q = steps[-2], steps[-1]
    last = q / (p * (p + q)) * f[-3] - (q + p) / (p * q) * f[-2] + (2.0 * q + p) / (q * (p + q)) * f[-1]
    return first, last


@stands_for(np.trapezoid, *([np.trapz] if hasattr(np, "trapz") else []))
def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: Any = -1) -> Any:
    """`np.trapezoid(y, x=None, dx=1.0, axis=-1)`: Σ (xₖ₊₁ − xₖ)(yₖ₊₁ + yₖ) / 2; differentiated by x, too."""
    y = np.asarray(y)
    axis = axis_of(y.ndim, axis)
    pairs = part(y, axis, 1, None) + part(y, axis, None, -1)
    if x is None:
        return np.sum(dx * pairs / 2.0, axis)
    x = np.asarray(x)
    if x.ndim == 1:
        return np.sum(spread(np.diff(x), y.ndim - 1 - axis) * pairs / 2.0, axis)
    return np.sum(np.diff(x, axis=axis) * pairs / 2.0, axis)
