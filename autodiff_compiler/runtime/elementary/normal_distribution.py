"""The distribution function Φ of the normal distribution, and its logarithm.

Up to 0.6, Φ(x) = ½ + x / √2π + x³ P(x²); beyond, Φ(−y) = exp(−y²/2) T(t) / (2 + 2 √2 y) with the T of the
error function at t = (y − 4 √2) / (y + 4 √2). As y² is a sum of two floats, nothing is lost far out, where ½
erfc(y / √2) would multiply the rounding of its argument by y².
"""

from __future__ import annotations

import math
from typing import Any

from scipy import special

from autodiff_compiler.runtime.elementary.bits import (
    choose,
    fma,
    like,
    magnitude,
    parts_of,
    pick,
    polynomial,
    scaled,
)
from autodiff_compiler.runtime.elementary.declare import elementary, inlined
from autodiff_compiler.runtime.elementary.error_function import product_of_sums, tail_over
from autodiff_compiler.runtime.elementary.exponentials import clamped, exp_parts
from autodiff_compiler.runtime.elementary.logarithms import log_of_parts
from autodiff_compiler.runtime.elementary.sums import fast_two_sum, two_product

NEAR = 0.6
ROOT_8 = float.fromhex("0x1.6a09e667f3bcdp+1")  # 2 √2, and what is left of it
ROOT_8_LOW = float.fromhex("-0x1.bdd3413b26456p-53")
ROOT_8_LOW_SINGLE = 4.840646994352937e-08
FAR = 1e9  # where ln Φ(−y) is −y²/2 to the last bit

DENSITY = 0.3989422804014327  # 1 / √2π
CENTER = polynomial(
    -0.06649038006690544,
    0.009973557010035492,
    -0.001187328215461529,
    0.00011543468719505557,
    -9.44465165441305e-06,
    6.659419663080979e-07,
    -4.113621544407642e-08,
    2.1169178569779276e-09,
    single=(
        -0.0664903788886137,
        0.00997345218939385,
        -0.0011858660982119128,
        0.00010886576854484251,
    ),
)


@inlined
def center(x: Any) -> Any:
    """Φ(x) = high + low for |x| ≤ 0.6; NaN stays."""
    x = clamped(x, -NEAR, NEAR)
    z = x * x
    return fast_two_sum(like(x, 0.5), fma(x, like(x, DENSITY), x * z * CENTER(z)))


@inlined
def ratio_of(y: Any) -> Any:
    """Exp(y²/2) Φ(−y) = high + low for y ≥ 0.6."""
    factor, pole = like(y, ROOT_8), like(y, 2.0 * ROOT_8)
    product, error = two_product(y, factor)
    below, below_low = fast_two_sum(product, like(y, 2.0))
    below_low = below_low + fma(y, pick(y, ROOT_8_LOW, ROOT_8_LOW_SINGLE), error)
    return tail_over((y - pole) / (y + pole), below, below_low)


@inlined
def tail(y: Any, ratio: Any, ratio_low: Any) -> Any:
    """Φ(−y) = 2ᵏ (high + low) of y and its ratio."""
    half = like(y, 0.5)
    square, square_low = two_product(y, y)
    k, power, power_low = exp_parts(-half * square)
    power_low = fma(-power, half * square_low, power_low)
    high, low = product_of_sums(power, power_low, ratio, ratio_low)
    return k, *fast_two_sum(high, low)


@elementary(special.ndtr)
def ndtr(x: Any) -> Any:
    """Φ(x)."""
    size = magnitude(x)
    y = clamped(size, NEAR, pick(x, 39.0, 15.0))
    ratio, ratio_low = ratio_of(y)
    k, lower, _ = tail(y, ratio, ratio_low)
    lower = scaled(lower, k)
    outside = choose(x > like(x, 0.0), like(x, 1.0) - lower, lower)
    high, low = center(x)
    return choose(size > like(x, NEAR), outside, high + low)


@elementary(special.log_ndtr)
def log_ndtr(x: Any) -> Any:
    """Ln Φ(x): of 1 − Φ(−x) on the right, and −x²/2 + ln(exp(x²/2) Φ(x)) on the left."""
    size, zero, one = magnitude(x), like(x, 0.0), like(x, 1.0)
    left, right = x < like(x, -NEAR), x > like(x, NEAR)
    y = clamped(size, NEAR, FAR)
    ratio, ratio_low = ratio_of(y)
    k, lower, lower_low = tail(clamped(y, NEAR, pick(x, 39.0, 15.0)), ratio, ratio_low)
    lower, lower_low = scaled(lower, k), scaled(lower_low, k)
    high, low = center(x)
    high = choose(left, ratio, choose(right, one - lower, high))
    low = choose(left, ratio_low, choose(right, -lower_low, low))
    k, m = parts_of(high)
    result = log_of_parts(k, choose(right, -lower, m - one), low / high)
    half = like(x, 0.5)
    square, square_low = two_product(y, y)
    halved = choose(size > like(x, FAR), half * size * size, half * square)
    result = choose(left, (result - half * square_low) - halved, result)
    result = choose(right & (lower < pick(x, 1e-17, 1e-9)), -lower, result)
    return choose(magnitude(x) < like(x, math.inf), result, choose(x > zero, -zero, -(x * x)))
