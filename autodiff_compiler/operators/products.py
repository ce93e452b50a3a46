"""Library calls on whole arrays."""

from __future__ import annotations

import numpy as np

from autodiff_compiler.operators.entry import Product
from autodiff_compiler.operators.registry import register

register(Product(
    "matmul", (np.matmul, np.dot), ("dot",), emit="np.dot({0}, {1})",
    doc="Y = A B, `A @ B`;  Ā = Ȳ Bᵀ,  B̄ = Aᵀ Ȳ (Giles 2008, section 2.2.2)",
))  # fmt: skip
