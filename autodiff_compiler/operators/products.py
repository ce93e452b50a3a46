"""Products of whole arrays: sums of products over shared axes."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff_compiler.operators.entry import Product
from autodiff_compiler.operators.registry import register

Labels = tuple[int, ...]  # what the axes of an array are called


def contract(inputs: tuple[Labels, ...], output: Labels, *operands: Any) -> Any:
    """The product of arrays, summed over the axes whose label is not in the output.

    Axes of one label are one index; a label twice in one operand is its diagonal.
    """
    pairs = [item for pair in zip(operands, map(list, inputs), strict=True) for item in pair]
    return np.einsum(*pairs, list(output))


register(Product(
    "matmul", (np.matmul, np.dot), ("dot",),
    doc="Y = A B, `A @ B`;  Ā = Ȳ Bᵀ,  B̄ = Aᵀ Ȳ (Giles 2008, section 2.2.2)",
))  # fmt: skip

register(Product(
    "contract", (contract,), (),
    doc="an index equation, which `einsum` and its relatives are made of;  Ȳ takes the place of each factor",
))  # fmt: skip
