"""Products of arrays of any rank, as index equations: `tensordot`, `inner`, `outer`, `kron`, `multi_dot`."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff_compiler.composed.axes import axis_of
from autodiff_compiler.composed.declare import known_while_compiling, stands_for
from autodiff_compiler.composed.reductions import delivered, summed_dtype
from autodiff_compiler.operators.products import contract

Labels = tuple[int, ...]

# ---------------------------------------------------------------- two factors


@known_while_compiling
def grouped(left: Labels, right: Labels, output: Labels) -> tuple[Labels, Labels, Labels, Labels]:
    """The labels of both factors and the output; of the left one only; of the right one only; summed."""
    both = tuple(label for label in left if label in right)
    rows = tuple(label for label in left if label not in right and label in output)
    columns = tuple(label for label in right if label not in left and label in output)
    return (
        tuple(label for label in both if label in output), rows, columns,
        tuple(label for label in both if label not in output),
    )  # fmt: skip


@known_while_compiling
def is_direct(left: Labels, right: Labels, output: Labels) -> bool:
    """Whether the product is no matrix product, or one without axes to be put together."""
    batch, *groups = grouped(left, right, output)
    apart = len({*batch, *groups[0], *groups[1], *groups[2]}) < len(set(left + right))
    repeated = any(len(set(labels)) < len(labels) for labels in (left, right))
    return repeated or apart or not all(groups) or all(len(group) == 1 for group in groups)


@known_while_compiling
def order_of(labels: Labels, *wanted: Labels) -> tuple[int, ...]:
    """Where the axes of the groups of labels are among the labels."""
    return tuple(labels.index(label) for group in wanted for label in group)


def joined(a: Any, first: int, second: int) -> Any:
    """The array with the axes before `first` as they are, those up to `second` as one, the rest as one."""
    rows, columns = 1, 1
    for size in a.shape[first:second]:
        rows *= size
    for size in a.shape[second:]:
        columns *= size
    return np.reshape(a, (*a.shape[:first], rows, columns))


def pair(left: Any, right: Any, output: Any, a: Any, b: Any) -> Any:
    """The index equation of two factors: as a matrix product where it is one."""
    if is_direct(left, right, output):
        return contract((left, right), output, a, b)
    batch, rows, columns, inner = grouped(left, right, output)
    many = len(batch)
    a = np.transpose(a, order_of(left, batch, rows, inner))
    b = np.transpose(b, order_of(right, batch, inner, columns))
    shape = (*a.shape[: many + len(rows)], *b.shape[many + len(inner) :])
    if len(rows) != 1 or len(inner) != 1:
        a = joined(a, many, many + len(rows))
    if len(inner) != 1 or len(columns) != 1:
        b = joined(b, many, many + len(inner))
    product = np.reshape(np.matmul(a, b), shape)
    return np.transpose(product, order_of(batch + rows + columns, output))


@known_while_compiling
def contracted(rank: int, other: int, axes: Any) -> tuple[Labels, Labels, Labels]:
    """The labels of `tensordot`: of both factors and the result."""
    if isinstance(axes, int):
        axes = (tuple(range(rank - axes, rank)), tuple(range(axes)))
    pairs = [(each,) if isinstance(each, int) else tuple(each) for each in axes]
    if len(pairs) != 2 or len(pairs[0]) != len(pairs[1]):
        raise ValueError("shape-mismatch for sum: `axes` of the two arrays must be as many")
    of_left = [axis_of(rank, axis) for axis in pairs[0]]
    of_right = [axis_of(other, axis) for axis in pairs[1]]
    left = tuple(range(rank))
    right = tuple(of_left[of_right.index(k)] if k in of_right else rank + k for k in range(other))
    free = [label for label in left if label not in of_left] + [label for label in right if label >= rank]
    return left, right, tuple(free)


def summed_over(a: Any, b: Any, axes: Any) -> Any:
    """The meaning of `tensordot` for arrays."""
    left, right, output = contracted(a.ndim, b.ndim, axes)
    return pair(left, right, output, a, b)


@stands_for(np.tensordot, np.linalg.tensordot)
def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    """`np.tensordot(a, b, axes=2)`: summed over the last and first axes, or over pairs of axes."""
    return summed_over(np.asarray(a), np.asarray(b), axes)


@stands_for(np.inner)
def inner(a: Any, b: Any) -> Any:
    """`np.inner(a, b)`: summed over the last axes of both; a product where one is a number."""
    a = np.asarray(a)
    b = np.asarray(b)
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return np.multiply(a, b)
    return summed_over(a, b, (np.ndim(a) - 1, np.ndim(b) - 1))


@stands_for(np.vdot)
def vdot(a: Any, b: Any) -> Any:
    """`np.vdot(a, b)`: Σ aᵢ bᵢ of the flattened arrays."""
    return np.dot(np.conj(np.ravel(np.asarray(a))), np.ravel(np.asarray(b)))


@known_while_compiling
def require_out(result: Any, place: Any, ranks: tuple[int, int]) -> None:
    """TypeError where `out` has another dtype or rank than the result."""
    if np.dtype(result) != np.dtype(place) or ranks[0] != ranks[1]:
        raise TypeError(f"`out` is {place} of rank {ranks[1]}, and the result {result} of rank {ranks[0]}")


def into(result: Any, out: Any) -> Any:
    """The result, written to `out` where that is given."""
    if out is None:
        return result
    require_out(result.dtype, out.dtype, (np.ndim(result), np.ndim(out)))
    out[...] = result
    return out


@stands_for(np.outer)
def outer(a: Any, b: Any, out: Any = None) -> Any:
    """`np.outer(a, b, out=None)`: yᵢⱼ = aᵢ bⱼ of the flattened arrays."""
    a = np.ravel(np.asarray(a))
    b = np.ravel(np.asarray(b))
    return into(contract(((0,), (1,)), (0, 1), a, b), out)


@known_while_compiling
def require_rank(rank: int, wanted: int, what: str) -> None:
    """ValueError where an argument has another rank."""
    if rank != wanted:
        raise ValueError(f"{what} takes arrays of rank {wanted}, and gets one of rank {rank}")


@stands_for(np.linalg.outer)
def linalg_outer(x1: Any, x2: Any) -> Any:
    """`np.linalg.outer(x1, x2)`: yᵢⱼ = aᵢ bⱼ of two vectors."""
    a = np.asarray(x1)
    b = np.asarray(x2)
    require_rank(a.ndim, 1, "np.linalg.outer")
    require_rank(b.ndim, 1, "np.linalg.outer")
    return np.outer(a, b)


@known_while_compiling
def interleaved(rank: int, other: int) -> tuple[Labels, Labels, Labels]:
    """The labels of `kron`: of both factors, and of the result before its axes are put together."""
    most = max(rank, other)
    left = tuple(range(most - rank, most))
    right = tuple(range(2 * most - other, 2 * most))
    output = tuple(label for k in range(most) for label in (k, most + k) if label in left + right)
    return left, right, output


@known_while_compiling
def missing(rank: int, other: int) -> tuple[int, ...]:
    """The lengths of the axes that an array lacks."""
    return (1,) * max(other - rank, 0)


@stands_for(np.kron)
def kron(a: Any, b: Any) -> Any:
    """`np.kron(a, b)`: the blocks aᵢⱼ b."""
    a = np.asarray(a)
    b = np.asarray(b)
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return np.multiply(a, b)
    left, right, output = interleaved(a.ndim, b.ndim)
    shape_a = (*missing(a.ndim, b.ndim), *a.shape)
    shape_b = (*missing(b.ndim, a.ndim), *b.shape)
    shape = [shape_a[k] * shape_b[k] for k in range(len(shape_a))]
    return np.reshape(contract((left, right), output, a, b), shape)


# ---------------------------------------------------------------- vectors and matrices in stacks


@known_while_compiling
def stacked(rank: int, other: int, of_left: Labels, of_right: Labels, output: Labels) -> Any:
    """The labels of a product of stacks: the last ones are given, leading axes broadcast."""
    for found, wanted in ((rank, len(of_left)), (other, len(of_right))):
        if found < wanted:
            raise ValueError(f"an array of rank {found} does not have enough dimensions ({wanted})")
    first, second = rank - len(of_left), other - len(of_right)
    batch = max(first, second)
    leading = tuple(range(10, 10 + batch))
    return (
        leading[batch - first :] + of_left, leading[batch - second :] + of_right, leading + output,
    )  # fmt: skip


def summed_last(a: Any, b: Any) -> Any:
    """Σ ā b over the last axis, leading axes broadcast."""
    a = np.conj(a)
    left, right, output = stacked(a.ndim, b.ndim, (0,), (0,), ())
    return contract((left, right), output, a, b)


@stands_for(np.linalg.vecdot)
def linalg_vecdot(x1: Any, x2: Any, /, *, axis: Any = -1) -> Any:
    """`np.linalg.vecdot(x1, x2, axis=-1)`: as `np.vecdot`."""
    return summed_last(np.moveaxis(np.asarray(x1), axis, -1), np.moveaxis(np.asarray(x2), axis, -1))


@stands_for(np.linalg.matmul)
def linalg_matmul(x1: Any, x2: Any, /) -> Any:
    """`np.linalg.matmul(x1, x2)`: as `np.matmul`."""
    return np.matmul(x1, x2)


@stands_for(np.linalg.trace)
def linalg_trace(x: Any, /, *, offset: Any = 0, dtype: Any = None) -> Any:
    """`np.linalg.trace(x, offset=0, dtype=None)`: the sum of a diagonal of the last two axes."""
    x = np.asarray(x)
    square = corner(np.asarray(x, summed_dtype(x.dtype) if dtype is None else dtype), offset)
    (labels,) = same_last(x.ndim)
    return contract((labels,), labels[:-2], square)


@stands_for(np.linalg.diagonal)
def linalg_diagonal(x: Any, /, *, offset: Any = 0) -> Any:
    """`np.linalg.diagonal(x, offset=0)`: a diagonal of the last two axes, as an array of its own."""
    x = np.asarray(x)
    square = corner(x, offset)
    (labels,) = same_last(x.ndim)
    return contract((labels,), labels[:-1], square)


@known_while_compiling
def same_last(rank: int) -> tuple[Labels]:
    """Labels of which the last two are one."""
    if rank < 2:
        raise ValueError(f"an array of rank {rank} has no diagonal of its last two axes")
    return ((*range(rank - 1), rank - 2),)


def corner(x: Any, offset: Any) -> Any:
    """The square part of the last two axes along whose diagonal the wanted one runs."""
    x = x[..., max(-offset, 0) :, max(offset, 0) :]
    length = min(x.shape[-2], x.shape[-1])
    return x[..., :length, :length]


# ---------------------------------------------------------------- several factors


@known_while_compiling
def require_chain(ranks: tuple[int, ...]) -> None:
    """ValueError where these are no factors of `multi_dot`."""
    if len(ranks) < 2:
        raise ValueError("np.linalg.multi_dot takes at least two arrays")
    for position, rank in enumerate(ranks):
        if rank != 2 and (rank != 1 or 0 < position < len(ranks) - 1):
            raise ValueError(f"array {position} of np.linalg.multi_dot has rank {rank}: a matrix is needed")


@stands_for(np.linalg.multi_dot)
def multi_dot(arrays: Any, *, out: Any = None) -> Any:
    """`np.linalg.multi_dot([a, b, …], out=None)`: matrices, at the ends vectors.

    Three matrices are multiplied in the cheaper order, others from the side that has a vector, or the left.
    """
    return delivered(chained(arrays), out)


def chained(arrays: Any) -> Any:
    """The product of all of them."""
    factors = [np.asarray(array) for array in arrays]
    require_chain(tuple([np.ndim(factor) for factor in factors]))
    first = factors[0]
    last = factors[-1]
    if len(factors) == 3 and np.ndim(first) == 2 and np.ndim(last) == 2:
        middle = factors[1]
        from_left = first.shape[0] * middle.shape[1] * (first.shape[1] + last.shape[1])
        from_right = last.shape[1] * middle.shape[0] * (middle.shape[1] + first.shape[0])
        if from_left < from_right:
            return np.dot(np.dot(first, middle), last)
        return np.dot(first, np.dot(middle, last))
    if np.ndim(last) == 1 and np.ndim(first) == 2:
        for factor in factors[-2::-1]:
            last = np.dot(factor, last)
        return last
    for factor in factors[1:]:
        first = np.dot(first, factor)
    return first


@stands_for(np.cross)
def cross(a: Any, b: Any, axisa: Any = -1, axisb: Any = -1, axisc: Any = -1, axis: Any = None) -> Any:
    """`np.cross(a, b, axisa=-1, axisb=-1, axisc=-1, axis=None)`: of vectors with three components.

    The other axes broadcast.
    """
    if axis is not None:
        axisa = axis
        axisb = axis
        axisc = axis
    a = np.moveaxis(np.asarray(a), axisa, -1)
    b = np.moveaxis(np.asarray(b), axisb, -1)
    if a.shape[-1] != 3 or b.shape[-1] != 3:
        raise ValueError("np.cross takes vectors with three components; of two: a[0] * b[1] - a[1] * b[0]")
    x = a[..., 1] * b[..., 2] - a[..., 2] * b[..., 1]
    y = a[..., 2] * b[..., 0] - a[..., 0] * b[..., 2]
    z = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    like = a[..., :1] * b[..., :1]
    out = np.empty((*like.shape[:-1], 3), like.dtype)
    out[..., 0] = x
    out[..., 1] = y
    out[..., 2] = z
    return np.moveaxis(out, -1, axisc)


@stands_for(np.linalg.cross)
def linalg_cross(x1: Any, x2: Any, axis: Any = -1) -> Any:
    """`np.linalg.cross(x1, x2, axis=-1)`: as `np.cross`."""
    return np.cross(x1, x2, axis=axis)
