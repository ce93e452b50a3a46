"""Products of vectors and matrices in stacks that are ufuncs of NumPy, with the keywords that these take."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff_compiler.composed.declare import generalises, known_while_compiling, stands_for
from autodiff_compiler.composed.dtypes import check_casting
from autodiff_compiler.composed.products import stacked, summed_last
from autodiff_compiler.composed.ufuncs import written
from autodiff_compiler.operators.products import contract


@known_while_compiling
def core_axes(axes: Any, position: int, count: int) -> tuple[int, ...]:
    """The axes of an operand or the result that are no batch, by `axes`; the last ones if None."""
    if axes is None or position >= len(axes):
        return tuple(range(-count, 0))
    given = axes[position]
    found = given if isinstance(given, tuple) else (given,)
    if len(found) != count:
        raise ValueError(f"axes item {position} should be a tuple with {count} elements")
    return found


@known_while_compiling
def last(count: int) -> tuple[int, ...]:
    """The last axes."""
    return tuple(range(-count, 0))


@known_while_compiling
def check_axes(axes: Any, needed: int) -> None:
    """Refuse what does not name the axes of each operand and of the result."""
    if axes is not None and len(axes) not in (needed, 3):
        raise ValueError("axes should be a list with an entry for each input and the output")


def operand(x: Any, axes: Any, position: Any, count: Any, dtype: Any, casting: Any) -> Any:
    """An operand in the dtype that is asked for, its core axes last."""
    x = np.asarray(x)
    if dtype is not None:
        check_casting(x.dtype, dtype, casting)
        x = np.asarray(x, dtype)
    if axes is None or count == 0:
        return x
    return np.moveaxis(x, core_axes(axes, position, count), last(count))


def result(made: Any, axes: Any, count: Any, out: Any, casting: Any) -> Any:
    """The result, its core axes where they are asked for, in `out` if that is given."""
    if axes is not None and count > 0:
        made = np.moveaxis(made, last(count), core_axes(axes, 2, count))
    return made if out is None else written(out, made, casting)


@generalises("matmul")
def general_matmul(
    x1: Any, x2: Any, /, out: Any = None, *, axes: Any = None, casting: Any = "same_kind", order: Any = "K",
    dtype: Any = None, subok: Any = True,
) -> Any:  # fmt: skip
    """`np.matmul` with all that it takes."""
    check_axes(axes, 3)
    ranks = (np.ndim(x1), np.ndim(x2))
    a = operand(x1, axes, 0, min(ranks[0], 2), dtype, casting)
    b = operand(x2, axes, 1, min(ranks[1], 2), dtype, casting)
    return result(np.matmul(a, b), axes, (ranks[0] > 1) + (ranks[1] > 1), out, casting)


@stands_for(np.vecdot)
def vecdot(
    x1: Any, x2: Any, /, out: Any = None, *, axes: Any = None, axis: Any = -1, keepdims: Any = False,
    casting: Any = "same_kind", order: Any = "K", dtype: Any = None, subok: Any = True,
) -> Any:  # fmt: skip
    """`np.vecdot(x1, x2, out=None, axes=None, axis=-1, keepdims=False, dtype=None)`: Σ a b along an axis, the
    others broadcast.
    """
    check_axes(axes, 2)
    if axes is None:
        axes = (axis, axis, ())
    a = operand(x1, axes, 0, 1, dtype, casting)
    b = operand(x2, axes, 1, 1, dtype, casting)
    made = summed_last(a, b)
    if keepdims:
        made = np.expand_dims(np.asarray(made), axis)
    return made if out is None else written(out, made, casting)


@stands_for(np.matvec)
def matvec(
    x1: Any, x2: Any, /, out: Any = None, *, axes: Any = None, casting: Any = "same_kind", order: Any = "K",
    dtype: Any = None, subok: Any = True,
) -> Any:  # fmt: skip
    """`np.matvec(x1, x2, out=None, axes=None, dtype=None)`: matrices times vectors, batches broadcast."""
    check_axes(axes, 3)
    a = operand(x1, axes, 0, 2, dtype, casting)
    b = operand(x2, axes, 1, 1, dtype, casting)
    left, right, output = stacked(a.ndim, b.ndim, (0, 1), (1,), (0,))
    return result(contract((left, right), output, a, b), axes, 1, out, casting)


@stands_for(np.vecmat)
def vecmat(
    x1: Any, x2: Any, /, out: Any = None, *, axes: Any = None, casting: Any = "same_kind", order: Any = "K",
    dtype: Any = None, subok: Any = True,
) -> Any:  # fmt: skip
    """`np.vecmat(x1, x2, out=None, axes=None, dtype=None)`: vectors times matrices, batches broadcast."""
    check_axes(axes, 3)
    a = np.conj(operand(x1, axes, 0, 1, dtype, casting))
    b = operand(x2, axes, 1, 2, dtype, casting)
    left, right, output = stacked(a.ndim, b.ndim, (0,), (0, 1), (1,))
    return result(contract((left, right), output, a, b), axes, 1, out, casting)
