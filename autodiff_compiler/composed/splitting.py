"""An array taken apart: lists of views."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff_compiler.composed.axes import axis_of
from autodiff_compiler.composed.declare import known_while_compiling, stands_for
from autodiff_compiler.composed.primitives import part


@stands_for(np.split)
def split(ary: Any, indices_or_sections: Any, axis: Any = 0) -> Any:
    """`np.split(a, sections or positions, axis=0)`: views; how many is known while compiling."""
    return pieces_of(np.asarray(ary), indices_or_sections, axis, True)


@stands_for(np.array_split)
def array_split(ary: Any, indices_or_sections: Any, axis: Any = 0) -> Any:
    """`np.array_split(a, sections or positions, axis=0)`: as `split`, of nearly equal lengths."""
    return pieces_of(np.asarray(ary), indices_or_sections, axis, False)


@stands_for(np.vsplit)
def vsplit(ary: Any, indices_or_sections: Any) -> Any:
    """`np.vsplit(a, sections or positions)`: along the first of two axes or more."""
    check_rank(np.ndim(ary), 2)
    return pieces_of(np.asarray(ary), indices_or_sections, 0, True)


@stands_for(np.hsplit)
def hsplit(ary: Any, indices_or_sections: Any) -> Any:
    """`np.hsplit(a, sections or positions)`: along the second axis, or the only one."""
    check_rank(np.ndim(ary), 1)
    return pieces_of(np.asarray(ary), indices_or_sections, 1 if np.ndim(ary) > 1 else 0, True)


@stands_for(np.dsplit)
def dsplit(ary: Any, indices_or_sections: Any) -> Any:
    """`np.dsplit(a, sections or positions)`: along the third axis."""
    check_rank(np.ndim(ary), 3)
    return pieces_of(np.asarray(ary), indices_or_sections, 2, True)


@known_while_compiling
def check_rank(rank: int, least: int) -> None:
    """Refuse arrays of too few axes."""
    if rank < least:
        raise ValueError(f"only arrays of {least} or more dimensions can be split like this")


@known_while_compiling
def numbered(sections: int) -> tuple[int, ...]:
    """The numbers of the pieces."""
    if sections <= 0:
        raise ValueError("number sections must be larger than 0.")
    return tuple(range(sections))


def pieces_of(a: Any, sections: Any, axis: Any, equal: Any) -> Any:
    """The pieces between positions, or so many of equal or nearly equal length."""
    axis = axis_of(a.ndim, axis)
    if isinstance(sections, (list, tuple)):
        return [
            part(a, axis, start, stop)
            for start, stop in zip((0, *sections), (*sections, a.shape[axis]))  # noqa: B905  # `strict` is not part of the language
        ]  # fmt: skip
    numbers = numbered(sections)
    length = a.shape[axis]
    each, longer = length // len(numbers), length % len(numbers)
    if equal and not longer == 0:  # the negation that becomes a guard
        raise ValueError("array split does not result in an equal division")
    if equal:
        return [part(a, axis, k * each, (k + 1) * each) for k in numbers]
    return [part(a, axis, k * each + min(k, longer), (k + 1) * each + min(k + 1, longer)) for k in numbers]


@stands_for(*([np.unstack] if hasattr(np, "unstack") else []))
def unstack(x: Any, /, *, axis: Any = 0) -> Any:
    """`np.unstack(x, axis=0)`: the parts along an axis, as a list, how many being known at run time."""
    return list(np.moveaxis(np.asarray(x), axis, 0))
