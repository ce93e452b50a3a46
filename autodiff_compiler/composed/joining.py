"""Arrays put together along an axis: one new array, and one pass for each piece."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy.linalg

from autodiff_compiler.composed.axes import axis_of
from autodiff_compiler.composed.declare import known_while_compiling, stands_for
from autodiff_compiler.composed.dtypes import check_casting, common_dtype
from autodiff_compiler.composed.primitives import item, part


@known_while_compiling
def check_ranks(ranks: Sequence[int], least: int = 1) -> None:
    """Refuse arrays of different ranks, or of too few axes."""
    if not ranks:
        raise ValueError("need at least one array to concatenate")
    if min(ranks) < least:
        raise ValueError("zero-dimensional arrays cannot be concatenated")
    if len(set(ranks)) > 1:
        raise ValueError(
            "all the input array dimensions must match exactly, but they are " + ", ".join(map(str, ranks))
        )


ROW_STACK = getattr(np, "row_stack", None)  # an old name of vstack, which NumPy will drop
MISMATCH = "all the input array dimensions except for the concatenation axis must match exactly"


def check_shapes(shape: Any, other: Any, axis: Any) -> Any:
    """Raise ValueError where two shapes differ off the axis."""
    for place, (one, two) in enumerate(zip(shape, other)):  # noqa: B905  # `strict` is not part of the language
        if place != axis and not one == two:  # the negation that becomes a guard `one == two`
            raise ValueError(MISMATCH)
    return None


def joined(pieces: Any, axis: Any, out: Any, dtype: Any, casting: Any) -> Any:
    """The pieces, arrays of one rank, one after the other along an axis."""
    check_ranks([np.ndim(piece) for piece in pieces])
    first = pieces[0]
    axis = axis_of(first.ndim, axis)
    length = 0
    for piece in pieces:
        check_shapes(first.shape, piece.shape, axis)
        length = length + piece.shape[axis]
    if out is None:
        common = common_dtype([piece.dtype for piece in pieces], dtype)
        out = np.empty((*first.shape[:axis], length, *first.shape[axis + 1 :]), common)
    else:
        check_shapes(out.shape, first.shape, axis)
        if out.shape[axis] != length:
            raise ValueError("the output array has the wrong shape")
    stop = 0
    for piece in pieces:
        check_casting(piece.dtype, out.dtype, casting)
        start = stop
        stop = start + piece.shape[axis]
        part(out, axis, start, stop)[...] = piece
    return out


def merged(arrays: Any, axis: Any) -> Any:
    """The rows of one array, joined along an axis of theirs: it takes in the first axis."""
    axis = axis_of(arrays.ndim - 1, axis)
    turned = np.copy(np.moveaxis(arrays, 0, axis))
    return turned.reshape((*turned.shape[:axis], -1, *turned.shape[axis + 2 :]))


@stands_for(np.concatenate)
def concatenate(
    arrays: Any, axis: Any = 0, out: Any = None, dtype: Any = None, casting: Any = "same_kind"
) -> Any:
    """`np.concatenate(arrays, axis=0, out=None, dtype=None)`, also of a list of unknown length;
    x̄ₖ is its part of ȳ.
    """
    if isinstance(arrays, np.ndarray):
        if out is None and dtype is None:
            return np.ravel(np.copy(arrays)) if axis is None else merged(arrays, axis)
        return joined(
            [merged(arrays, 0 if axis is None else axis)], 0 if axis is None else axis, out, dtype, casting
        )
    if axis is None:
        return joined([np.ravel(piece) for piece in arrays], 0, out, dtype, casting)
    return joined([np.asarray(piece) for piece in arrays], axis, out, dtype, casting)


def stacked(pieces: Any, axis: Any, out: Any, dtype: Any, casting: Any) -> Any:
    """The pieces, arrays of one shape, along a new axis."""
    first = pieces[0]
    check_ranks([np.ndim(piece) for piece in pieces], 0)
    axis = axis_of(np.ndim(first) + 1, axis)
    shape = np.shape(first)
    if out is None:
        common = common_dtype([piece.dtype for piece in pieces], dtype)
        out = np.empty((*shape[:axis], len(pieces), *shape[axis:]), common)
    for k, piece in enumerate(pieces):
        check_casting(piece.dtype, out.dtype, casting)
        check_shapes(shape, piece.shape, -1)
        item(out, axis, k)[...] = piece
    return out


@stands_for(np.stack)
def stack(arrays: Any, axis: Any = 0, out: Any = None, dtype: Any = None, casting: Any = "same_kind") -> Any:
    """`np.stack(arrays, axis=0, out=None, dtype=None)`, also of any list; x̄ₖ is its part of ȳ."""
    if isinstance(arrays, np.ndarray):
        if out is None and dtype is None:
            return np.copy(np.moveaxis(arrays, 0, axis))
        return joined([np.expand_dims(np.moveaxis(arrays, 0, axis), 0)[0]], 0, out, dtype, casting)
    if np.ndim(arrays[0]) == 0:
        return joined([np.array(arrays)], axis, out, dtype, casting)
    return stacked([np.asarray(piece) for piece in arrays], axis, out, dtype, casting)


@stands_for(np.vstack, *(() if ROW_STACK is None else (ROW_STACK,)))
def vstack(tup: Any, dtype: Any = None, casting: Any = "same_kind") -> Any:
    """`np.vstack(arrays)`: one below the other, vectors as rows."""
    if isinstance(tup, np.ndarray):
        rows = np.expand_dims(tup, 1) if tup.ndim < 3 else tup
        return concatenate(rows, 0, None, dtype, casting)
    return joined([np.atleast_2d(piece) for piece in tup], 0, None, dtype, casting)


@stands_for(np.hstack)
def hstack(tup: Any, dtype: Any = None, casting: Any = "same_kind") -> Any:
    """`np.hstack(arrays)`: side by side, vectors one after the other."""
    if isinstance(tup, np.ndarray):
        return concatenate(np.atleast_2d(tup), 0 if tup.ndim < 3 else 1, None, dtype, casting)
    pieces = [np.atleast_1d(piece) for piece in tup]
    return joined(pieces, 0 if pieces[0].ndim == 1 else 1, None, dtype, casting)


@stands_for(np.dstack)
def dstack(tup: Any) -> Any:
    """`np.dstack(arrays)`: along the third axis."""
    return joined([np.atleast_3d(piece) for piece in tup], 2, None, None, "same_kind")


@stands_for(np.column_stack)
def column_stack(tup: Any) -> Any:
    """`np.column_stack(arrays)`: side by side, vectors as columns."""
    return joined([as_columns(np.atleast_1d(piece)) for piece in tup], 1, None, None, "same_kind")


def as_columns(piece: Any) -> Any:
    """A vector as a column, a matrix as it is."""
    return np.expand_dims(piece, 1) if piece.ndim == 1 else piece


@known_while_compiling
def depth_of(ranks: Any) -> int:
    """How deep the lists of blocks are nested."""
    return 1 + max(map(depth_of, ranks)) if isinstance(ranks, tuple) else 0


def ranks_of(blocks: Any) -> Any:
    """The rank of each block, nested as they are."""
    return [ranks_of(block) for block in blocks] if isinstance(blocks, list) else np.ndim(blocks)


@known_while_compiling
def most(ranks: Any) -> int:
    """The largest rank among nested ones."""
    return max(map(most, ranks)) if isinstance(ranks, tuple) else ranks


@stands_for(np.block)
def block(arrays: Any) -> Any:
    """`np.block([[a, b], [c, d]])`: nested lists of blocks; the innermost are joined along the last axis."""
    ranks = ranks_of(arrays)
    depth = depth_of(ranks)
    return joined_blocks(arrays, depth, max(depth, most(ranks)))


def joined_blocks(blocks: Any, depth: Any, rank: Any) -> Any:
    """The blocks joined along the axis of this depth, each with `rank` axes."""
    if depth == 0:
        return with_rank(np.asarray(blocks), rank)
    return joined(
        [joined_blocks(block, depth - 1, rank) for block in blocks], -depth, None, None, "same_kind"
    )


def with_rank(a: Any, rank: Any) -> Any:
    """The array with axes of length one in front."""
    missing = rank - np.ndim(a)
    return np.expand_dims(a, tuple(range(missing))) if missing > 0 else np.copy(a)


@stands_for(np.append)
def append(arr: Any, values: Any, axis: Any = None) -> Any:
    """`np.append(a, values, axis=None)`: without an axis both are flattened."""
    if axis is None:
        return joined([np.ravel(arr), np.ravel(values)], 0, None, None, "same_kind")
    return joined([np.asarray(arr), np.asarray(values)], axis, None, None, "same_kind")


@stands_for(scipy.linalg.block_diag)
def block_diag(*arrs: Any) -> Any:
    """`scipy.linalg.block_diag(a, b, ...)`: matrices along the diagonal, vectors as single rows."""
    blocks = [np.atleast_2d(block) for block in arrs]
    height = sum([len(block) for block in blocks])
    out = np.zeros((height, sum([block.shape[1] for block in blocks])), np.result_type(*blocks))
    row, column = 0, 0
    for block in blocks:
        out[row : row + len(block), column : column + block.shape[1]] = block
        row, column = row + len(block), column + block.shape[1]
    return out
