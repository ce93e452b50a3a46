"""Folds over some or all axes of an array."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff_compiler.operators.entry import Reduction
from autodiff_compiler.operators.registry import register


def greatest(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The largest element, and of none the least number there is: for functions that are composed."""
    return np.max(a, axis, keepdims=keepdims, initial=bounds_of(a.dtype)[0])


def least(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The smallest element, and of none the greatest number there is: for functions that are composed."""
    return np.min(a, axis, keepdims=keepdims, initial=bounds_of(a.dtype)[1])


def bounds_of(dtype: Any) -> tuple[Any, Any]:
    """The least and the greatest number of a dtype."""
    match np.dtype(dtype).kind:
        case "f":
            return -np.inf, np.inf
        case "b":
            return False, True
        case _:
            return int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)


register(Reduction(
    "sum", (np.sum,), ("sum",), combine="add", mean=False,
    doc="y = Σ xᵢ;  ∂y/∂xᵢ = 1",
))  # fmt: skip

register(Reduction(
    "mean", (np.mean,), ("mean",), combine="add", mean=True,
    doc="y = Σ xᵢ / n;  ∂y/∂xᵢ = 1 / n",
))  # fmt: skip

register(Reduction(
    "max", (np.max, np.amax), ("max",), combine="max", mean=False, of_none=False,
    doc="y = the largest xᵢ;  ∂y/∂xᵢ = 1 for the one chosen, else 0",
))  # fmt: skip

register(Reduction(
    "min", (np.min, np.amin), ("min",), combine="min", mean=False, of_none=False,
    doc="y = the smallest xᵢ;  ∂y/∂xᵢ = 1 for the one chosen, else 0",
))  # fmt: skip

register(Reduction(
    "greatest", (greatest,), (), combine="max", mean=False,
    doc="y = the largest xᵢ, or the least number there is;  ∂y/∂xᵢ as of `max`",
))  # fmt: skip

register(Reduction(
    "least", (least,), (), combine="min", mean=False,
    doc="y = the smallest xᵢ, or the greatest number there is;  ∂y/∂xᵢ as of `min`",
))  # fmt: skip
