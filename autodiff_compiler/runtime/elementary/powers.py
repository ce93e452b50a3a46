"""xʸ and the cube root.

xʸ = exp(y ln |x|), where the logarithm needs 11 bits more than a float has: with s = (m − 1) / (m +
1) as a sum of two floats, ln m = 2 s + ⅔ s³ + s⁵ R(s²), of which the last is below 2⁻¹² of the
first. The cube root starts from a polynomial in the mantissa that is right to 25 bits, and takes
one step of Halley's. Polynomials are Chebyshev interpolants (scripts/fit_polynomials.py).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autodiff_compiler.runtime.elementary.bits import (
    choose,
    fma,
    like,
    magnitude,
    nearest,
    parts_of,
    pick,
    polynomial,
    rounded_down,
    scaled,
    two_to,
    with_sign,
)
from autodiff_compiler.runtime.elementary.declare import by_precision, elementary, inlined
from autodiff_compiler.runtime.elementary.exponentials import (
    EXP,
    LN2_HIGH,
    LN2_LOW,
    LOG2_E,
    clamped,
    wide_exp,
)
from autodiff_compiler.runtime.elementary.logarithms import (
    SMALLEST_NORMAL,
    SMALLEST_NORMAL_SINGLE,
    split_any,
    wide_log,
)
from autodiff_compiler.runtime.elementary.sums import fast_two_sum, two_product

THIRD_LOW = float.fromhex("0x1.5555555555555p-55")  # ⅔ less its float
CUBE_ROOT_2 = 1.2599210498948732

POWER = polynomial(
    0.40000000000000024,
    0.2857142857133856,
    0.2222222227107745,
    0.18181808251607398,
    0.1538557450045883,
    0.13285967273890614,
    0.1291349606680315,
)
CBRT = polynomial(
    0.3805912266706856,
    1.3222770584541206,
    -1.561469959197826,
    1.5869291064313855,
    -1.116507159510623,
    0.5049587638365455,
    -0.1318974545313712,
    0.015118422408565774,
    single=(
        0.49515345405776395,
        0.7317953965293592,
        -0.2827043645567611,
        0.05581122472051606,
    ),
)

# ---------------------------------------------------------------- power


@inlined
def precise_log(x: Any) -> Any:
    """Ln x = high + low to 64 bits, for finite x > 0."""
    k, m = split_any(x)
    f = m - 1.0
    below, below_low = fast_two_sum(2.0, f)
    reciprocal = 1.0 / below
    s = f * reciprocal
    product, error = two_product(s, below)
    s_low = ((f - product) - error - s * below_low) * reciprocal
    z, z_low = two_product(s, s)
    z_low = fma(2.0 * s, s_low, z_low)
    cube, cube_low = two_product(s, z)
    cube_low = fma(s, z_low, fma(s_low, z, cube_low))
    third, third_low = two_product(cube, 2.0 / 3.0)
    third_low = fma(cube, THIRD_LOW, fma(cube_low, 2.0 / 3.0, third_low))
    rest = fma(cube * z, POWER(z), fma(2.0, s_low, third_low))
    first, first_low = fast_two_sum(2.0 * s, third)
    total, total_low = fast_two_sum(k * LN2_HIGH, first)
    return fast_two_sum(total, total_low + (first_low + fma(k, LN2_LOW, rest)))


@inlined
def with_special_cases(x: Any, y: Any, size: Any) -> Any:
    """|x|ʸ with C's sign, and C's answers where the formula has none."""
    integer = rounded_down(y) == y
    half = like(y, 0.5) * y
    odd = integer & (half != rounded_down(half))
    size = choose(odd, with_sign(size, x), size)
    missing = (x < 0.0) & (x > -math.inf) & ~integer
    size = choose(missing, like(x, math.nan), size)
    one = (y == 0.0) | (x == 1.0) | ((x == -1.0) & (magnitude(y) == math.inf))
    return choose(one, like(x, 1.0), size)


@inlined
def log_at_limits(size: Any, high: Any) -> Any:
    """The logarithm of |x|, also where that is 0, infinite or NaN."""
    return choose(size == 0.0, -math.inf, choose(size < math.inf, high, size))


def _power_double(x: Any, y: Any) -> Any:
    x, y = np.float64(x), np.float64(y)
    size = magnitude(x)
    high, low = precise_log(size)
    high = log_at_limits(size, high)
    product, error = two_product(high, y)
    bounded = clamped(product, -746.0, 710.0)
    error = choose(bounded == product, fma(low, y, error), 0.0)
    k = nearest(bounded * LOG2_E)
    r = fma(-k, LN2_HIGH, bounded) + fma(-k, LN2_LOW, error)
    tail = fma(r * r, EXP(r), r)
    return with_special_cases(x, y, scaled(1.0 + tail, k))


def _power_single(x: Any, y: Any) -> Any:
    size = np.float64(magnitude(x))
    product = np.float64(y) * log_at_limits(size, wide_log(size))
    return with_special_cases(x, y, np.float32(wide_exp(clamped(product, -110.0, 90.0))))


_power = by_precision(_power_double, _power_single)


@elementary(np.power)
def power(x: Any, y: Any) -> Any:
    """xʸ."""
    return _power(x, y)


# ---------------------------------------------------------------- cbrt


@elementary(np.cbrt)
def cbrt(x: Any) -> Any:
    """The cube root."""
    size = magnitude(x)
    denormal = size < pick(x, SMALLEST_NORMAL, SMALLEST_NORMAL_SINGLE)
    k, m = parts_of(choose(denormal, size * pick(x, 2.0**54, 2.0**27), size))
    q = nearest(k * like(x, 1.0 / 3.0))
    rest = k - like(x, 3.0) * q  # -1, 0 or 1
    one = like(x, 1.0)
    first = choose(rest > 0.0, like(x, CUBE_ROOT_2), like(x, 1.0 / CUBE_ROOT_2))
    y = CBRT(m) * choose(rest == 0.0, one, first)
    m = m * two_to(rest)
    rest = fma(-y * y, y, m)
    y = fma(y, rest / fma(like(x, -2.0), rest, like(x, 3.0) * m), y)
    q = choose(denormal, q - pick(x, 18.0, 9.0), q)
    result = with_sign(y * two_to(q), x)
    return choose((x == 0.0) | ~(size < math.inf), x, result)
