"""Running sums and products along an axis."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff_compiler.composed.declare import stands_for


@stands_for(np.cumsum, methods=("cumsum",))
def cumsum(a: Any, axis: Any = None) -> Any:
    """`np.cumsum(a, axis=None)`: yₖ = x₀ + … + xₖ; without an axis, of the flattened array."""
    a = np.asarray(a)
    if axis is None:
        a = np.ravel(a)
        axis = 0
    out = np.copy(a)
    along = np.moveaxis(out, axis, 0)
    for k in range(1, len(along)):
        along[k] += along[k - 1]
    return out
