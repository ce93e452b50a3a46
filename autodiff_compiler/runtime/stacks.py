"""Growable storage: a one-dimensional array of which the first `top` elements are in use."""

from __future__ import annotations

import numpy as np

from autodiff_compiler.runtime.compiled import compiled


@compiled
def grow(data: np.ndarray) -> np.ndarray:
    """A copy of a full stack with room for as many elements again."""
    larger = np.empty(2 * data.shape[0], data.dtype)
    larger[: data.shape[0]] = data
    return larger


@compiled
def push_array(data: np.ndarray, top: int, array: np.ndarray) -> np.ndarray:
    """The stack with all elements of the array put on it; the new top is `top + array.size`."""
    needed = top + array.size
    if needed > data.shape[0]:
        larger = np.empty(max(needed, 2 * data.shape[0]), data.dtype)
        larger[:top] = data[:top]
        data = larger
    for element in array.flat:
        data[top] = element
        top += 1
    return data


__all__ = ["grow", "push_array"]
