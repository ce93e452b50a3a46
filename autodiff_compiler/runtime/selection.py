"""Where a mask is true."""

from __future__ import annotations

import numpy as np

from autodiff_compiler.runtime.compiled import compiled


@compiled
def positions(mask: np.ndarray) -> np.ndarray:
    """The places of the true elements of the mask, counted in C order; without a branch for each element."""
    count = 0
    for element in mask.flat:
        count += element
    found = np.empty(count + 1, np.int64)
    top = 0
    for place, element in enumerate(mask.flat):
        found[top] = place
        top += element
    return found[:count]


__all__ = ["positions"]
