"""Axes in another order: views."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff_compiler.composed.declare import known_while_compiling, stands_for


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
        raise ValueError(f"axis {axis} is out of bounds for array of dimension {rank}")
    return int(axis) % rank


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
