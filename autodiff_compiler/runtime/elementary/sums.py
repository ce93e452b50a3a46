"""Unevaluated sums of two floats, the second within the rounding of the first: about 106 bits."""

from __future__ import annotations

from typing import Any

from autodiff_compiler.runtime.elementary.bits import fma, less_product, like, product_error
from autodiff_compiler.runtime.elementary.declare import inlined


@inlined
def fast_two_sum(a: Any, b: Any) -> Any:
    """A + b exactly, where |a| ≥ |b| or a is 0 (Dekker)."""
    total = a + b
    return total, b - (total - a)


@inlined
def two_sum(a: Any, b: Any) -> Any:
    """A + b exactly (Knuth)."""
    total = a + b
    part = total - a
    return total, (a - (total - part)) + (b - part)


@inlined
def two_product(a: Any, b: Any) -> Any:
    """A b exactly."""
    product = a * b
    return product, product_error(a, b, product)


@inlined
def quotient_parts(above: Any, above_low: Any, below: Any, below_low: Any) -> Any:
    """(above + above_low) / (below + below_low) as a sum of two floats: the remainder is divided, too."""
    reciprocal = like(below, 1.0) / below
    first = above * reciprocal
    remainder = less_product(above, first, below) + fma(-first, below_low, above_low)
    return first, remainder * reciprocal


@inlined
def quotient(above: Any, above_low: Any, below: Any, below_low: Any) -> Any:
    """(above + above_low) / (below + below_low), almost correctly rounded."""
    reciprocal = like(below, 1.0) / below
    first = above * reciprocal
    remainder = less_product(above, first, below) + fma(-first, below_low, above_low)
    return fma(remainder, reciprocal, first)
