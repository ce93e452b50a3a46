"""What composed functions are written with beyond NumPy: the compiler knows these by name.

Their bodies say what they mean, and are never followed.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def part(a: Any, axis: int, start: Any = None, stop: Any = None, step: Any = None) -> Any:
    """A view of the slice `start:stop:step` of one axis, known while compiling."""
    return a[(slice(None),) * axis + (slice(start, stop, step),)]


def item(a: Any, axis: int, position: Any) -> Any:
    """What is at a position of one axis, known while compiling: a view, or the element of a vector."""
    return a[(slice(None),) * axis + (position,)]


def places(shape: tuple[Any, ...], axis: int = 0) -> Any:
    """The position of each element of a shape along one axis, as integers: fused, where it is used once."""
    return np.indices(shape)[axis]


def spread(a: Any, shape: tuple[Any, ...]) -> Any:
    """A number or array broadcast to a shape: a new array, fused where it is used once."""
    return np.array(np.broadcast_to(a, shape))


def along(a: Any, indices: Any, axis: int) -> Any:
    """The elements that an index for each vector along an axis names, of arrays of one rank."""
    return np.take_along_axis(a, indices, axis)


def taken(a: Any, indices: Any, axis: int, inside: bool = False) -> Any:
    """The elements that an array of indices names along an axis, `inside` if it names no others.

    As in NumPy, the indices may be anything where the axes before have no elements.
    """
    return np.take(a, indices, axis)


def to_read(a: Any, why: str, source: Any = None) -> Any:
    """The array, not to be written to because of `why`: a copy (of the source) where NumPy has a view."""
    return a


def is_contiguous(a: Any) -> bool:
    """Whether the array is known, while compiling, to be in C order without gaps."""
    return bool(a.flags.c_contiguous)
