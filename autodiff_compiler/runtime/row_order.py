"""The order of the elements of each row."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff_compiler.runtime.compiled import compiled


@compiled
def row_order(rows: Any) -> Any:
    """The columns of each row in the order of what they hold; of equals the first first, NaN last."""
    order = np.empty(rows.shape, np.int64)
    for i in range(rows.shape[0]):
        order[i] = np.argsort(rows[i], kind="mergesort")
    return order


__all__ = ["row_order"]
