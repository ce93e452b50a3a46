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
    as_bits,
    choose,
    fma,
    from_bits,
    magnitude,
    nearest,
    polynomial,
    rounded_down,
    whole,
    with_sign,
)
from autodiff_compiler.runtime.elementary.declare import by_precision, elementary, inlined
from autodiff_compiler.runtime.elementary.exponentials import (
    EXP,
    LN2_HIGH,
    LN2_LOW,
    LOG2_E,
    clamped,
    power_of_two,
    scaled,
    wide_exp,
)
from autodiff_compiler.runtime.elementary.logarithms import MAGIC, SMALLEST_NORMAL, split_any, wide_log
from autodiff_compiler.runtime.elementary.sums import fast_two_sum, two_product

THIRD_LOW = float.fromhex("0x1.5555555555555p-55")  # ⅔ less its float
CUBE_ROOT_2 = 1.2599210498948732
MANTISSA = 0x000FFFFFFFFFFFFF
ONE = 0x3FF0000000000000  # the bits of 1.0

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
    0.4271992078573546,
    1.0494919967917438,
    -0.8763453843873725,
    0.629773233237034,
    -0.3133092283040934,
    0.10019650911433674,
    -0.01850623587250941,
    0.0014999374772160568,
)
CBRT_SINGLE = polynomial(
    0.5092481335492415,
    0.7117423866025924,
    -0.2939541180848237,
    0.08307903547963541,
    -0.010102212336338642,
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
    odd = integer & (2.0 * rounded_down(0.5 * y) != y)
    size = choose(odd, with_sign(size, x), size)
    missing = (x < 0.0) & (x > -math.inf) & ~integer
    size = choose(missing, math.nan, size)
    one = (y == 0.0) | (x == 1.0) | ((x == -1.0) & (magnitude(y) == math.inf))
    return choose(one, 1.0, size)


@inlined
def log_at_limits(size: Any, high: Any) -> Any:
    """The logarithm of |x|, also where that is 0, infinite or NaN."""
    return choose(size == 0.0, -math.inf, choose(size < math.inf, high, size))


def _power_double(x: Any, y: Any) -> Any:
    size = magnitude(x)
    high, low = precise_log(size)
    high = log_at_limits(size, high)
    product, error = two_product(high, y)
    bounded = clamped(product, -746.0, 710.0)
    error = choose(bounded == product, fma(low, y, error), 0.0)
    k = nearest(bounded * LOG2_E)
    r = fma(-k, LN2_HIGH, bounded) + fma(-k, LN2_LOW, error)
    tail = fma(r * r, EXP(r), r)
    return with_special_cases(x, y, scaled(1.0 + tail, whole(k)))


def _power_single(x: Any, y: Any) -> Any:
    x, y = np.float64(x), np.float64(y)
    size = magnitude(x)
    product = y * log_at_limits(size, wide_log(size))
    return np.float32(with_special_cases(x, y, wide_exp(clamped(product, -110.0, 90.0))))


_power = by_precision(_power_double, _power_single)


@elementary(np.power)
def power(x: Any, y: Any) -> Any:
    """xʸ."""
    return _power(x, y)


# ---------------------------------------------------------------- cbrt


@inlined
def thirds(x: Any) -> Any:
    """q, m and 2 to the power rem, its cube root, of |x| = 8^q 2^rem m with rem in −1, 0, 1 and 1 ≤ m < 2."""
    bits = as_bits(x)
    exponent = from_bits((bits >> 52) + MAGIC) - (6755399441055744.0 + 1023.0)
    q = nearest(exponent * (1.0 / 3.0))
    rem = exponent - 3.0 * q
    power = choose(rem == 0.0, 1.0, choose(rem > 0.0, 2.0, 0.5))
    start = choose(rem == 0.0, 1.0, choose(rem > 0.0, CUBE_ROOT_2, 1.0 / CUBE_ROOT_2))
    return q, from_bits(bits & MANTISSA | ONE), power, start


@inlined
def halley(y: Any, m: Any) -> Any:
    """A better cube root of m."""
    rest = fma(-y * y, y, m)
    return fma(y, rest / fma(-2.0, rest, 3.0 * m), y)


def _cbrt_double(x: Any) -> Any:
    size = magnitude(x)
    denormal = size < SMALLEST_NORMAL
    q, m, power, start = thirds(choose(denormal, size * 2.0**54, size))
    q = choose(denormal, q - 18.0, q)
    result = halley(CBRT(m) * start, m * power) * power_of_two(whole(q))
    return choose((x == 0.0) | (magnitude(x) == math.inf), x, with_sign(result, x) + 0.0 * x)


def _cbrt_single(x: Any) -> Any:
    x = np.float64(x)
    q, m, power, start = thirds(magnitude(x))
    result = halley(CBRT_SINGLE(m) * start, m * power) * power_of_two(whole(q))
    return np.float32(choose((x == 0.0) | (magnitude(x) == math.inf), x, with_sign(result, x) + 0.0 * x))


_cbrt = by_precision(_cbrt_double, _cbrt_single)


@elementary(np.cbrt)
def cbrt(x: Any) -> Any:
    """The cube root."""
    return _cbrt(x)
