"""The operators: one entry each, found by name, by Python callable and by method.

Importing this package fills the registry.
"""

from __future__ import annotations

from autodiff_compiler.operators import (  # noqa: F401  (imported for what they register)
    arithmetic,
    comparisons,
    complex_numbers,
    functions,
    products,
    reductions,
    special_bessel,
    special_distributions,
    special_equations,
    special_gamma,
    special_integrals,
    special_logistic,
    special_several,
    structural,
)
from autodiff_compiler.operators.declare import scalar_function
from autodiff_compiler.operators.entry import (
    Composed,
    Domain,
    Elementwise,
    Entry,
    External,
    Product,
    Reduction,
    Structural,
    Unwritten,
    integers,
    reals,
)
from autodiff_compiler.operators.evaluate import evaluate, template
from autodiff_compiler.operators.promotion import promote
from autodiff_compiler.operators.registry import (
    all_entries,
    by_callable,
    by_method,
    by_name,
    elementwise,
    nearest,
    register,
    spelled,
)
from autodiff_compiler.operators.trace import Traced, apply, where

__all__ = [
    "Composed", "Domain", "Elementwise", "Entry", "External", "Product", "Reduction", "Structural", "Traced",
    "Unwritten", "all_entries", "apply", "by_callable", "by_method", "by_name", "elementwise", "evaluate",
    "integers", "nearest", "promote", "reals", "register", "scalar_function", "spelled", "template", "where",
]  # fmt: skip
