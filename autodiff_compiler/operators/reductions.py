"""Folds over some or all axes of an array."""

from __future__ import annotations

import numpy as np

from autodiff_compiler.operators.entry import Reduction
from autodiff_compiler.operators.registry import register

register(Reduction(
    "sum", (np.sum,), ("sum",), combine="add", mean=False,
    doc="y = Σ xᵢ;  ∂y/∂xᵢ = 1",
))  # fmt: skip

register(Reduction(
    "mean", (np.mean,), ("mean",), combine="add", mean=True,
    doc="y = Σ xᵢ / n;  ∂y/∂xᵢ = 1 / n",
))  # fmt: skip

register(Reduction(
    "max", (np.max, np.amax), ("max",), combine="max", mean=False,
    doc="y = the largest xᵢ;  ∂y/∂xᵢ = 1 for the one chosen, else 0",
))  # fmt: skip

register(Reduction(
    "min", (np.min, np.amin), ("min",), combine="min", mean=False,
    doc="y = the smallest xᵢ;  ∂y/∂xᵢ = 1 for the one chosen, else 0",
))  # fmt: skip
