"""xʸ and the cube root.

xʸ = 2^(y log₂ |x|), where the logarithm needs 11 bits more than a float has: with s = (m − 1) / (m +
1) as a sum of two floats, ln m = 2 s + ⅔ s³ + s⁵ R(s²), of which the last is below 2⁻¹² of the
first. In float32 it is s (2 + s² P(s²)), where the sum in parentheses is one of two floats and P
is below 1, so that its rounding is as small. The cube root starts from a polynomial in the mantissa
that is right to 25 bits, and takes one step of Halley's; in float32 from a guess g of x^(−⅓)
and y = x g², and is y (1 − w)^(−⅔) with w = 1 − y g. Polynomials are
Chebyshev interpolants (scripts/fit_polynomials.py).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autodiff_compiler.runtime.elementary.bits import (
    choose,
    fma,
    inverse_root_guess,
    less_product,
    like,
    magnitude,
    nearest,
    parts_of,
    pick,
    polynomial,
    product_error,
    rounded_down,
    scaled,
    two_to,
    with_sign,
)
from autodiff_compiler.runtime.elementary.declare import by_precision, elementary, inlined, of_pairs
from autodiff_compiler.runtime.elementary.exponentials import EXP2, clamped
from autodiff_compiler.runtime.elementary.logarithms import (
    SMALLEST_NORMAL,
    SMALLEST_NORMAL_SINGLE,
    split_any,
)
from autodiff_compiler.runtime.elementary.sums import fast_two_sum, two_product

# 2 / ln 2 and a third of it, and what is left of them
FACTOR = float.fromhex("0x1.71547652b82fep+1")
FACTOR_LOW = float.fromhex("0x1.777d0ffda0d24p-55")
FACTOR_LOW_SINGLE = 3.851925982253235e-08
THIRD = float.fromhex("0x1.ec709dc3a03fdp-1")
THIRD_LOW = float.fromhex("0x1.d27f05548af0cp-55")
CUBE_ROOT_2 = 1.2599210498948732

POWER = polynomial(
    0.5770780163555858,
    0.4121985831098338,
    0.3205988986801571,
    0.2623080459898803,
    0.22196692033039642,
    0.19167599099455052,
    0.1863023673611604,
)
POWER_SINGLE = polynomial(
    single=(
        0.9617966923077107,
        0.5770797741324262,
        0.41190127604495835,
        0.33658749354584083,
    )
)
INVERSE_SINGLE = polynomial(  # of 1 / ((1 + s) ln 2)
    single=(
        1.4426950408889634,
        -1.475265870253265,
        1.475265870253265,
    )
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
)
CBRT_SINGLE = polynomial(  # of ((1 − w)^(−⅔) − 1) / w
    single=(
        0.6666666811028401,
        0.5555555693919974,
        0.49380270589693637,
        0.4526514585666786,
        0.4286178156053438,
        0.4048912977785646,
    )
)

# ---------------------------------------------------------------- power


def _log2_double(s: Any, z: Any, remainder: Any) -> Any:
    cubic, z_low = z * THIRD, product_error(s, s, z)
    rest = fma(z_low, THIRD, fma(z, THIRD_LOW, product_error(z, THIRD, cubic)))
    rest = fma(z * z, POWER(z), rest)
    cubic, cubic_low = two_product(s, cubic)
    first, first_low = two_product(s, FACTOR)
    half = 1.0 - s
    low = fma(s, rest, cubic_low) + fma(s, FACTOR_LOW, first_low)
    low = fma(remainder * fma(half, z, half), FACTOR / 2.0, low)
    high, error = fast_two_sum(first, cubic)
    return fast_two_sum(high, error + low)


def _log2_single(s: Any, z: Any, remainder: Any) -> Any:
    """S times a sum of two floats."""
    factor, rest = like(s, FACTOR), POWER_SINGLE(z)
    slope = fma(z, rest, factor)
    slope_low = fma(z, rest, factor - slope)
    slope_low += fma(product_error(s, s, z), like(s, THIRD), like(s, FACTOR_LOW_SINGLE))
    high = s * slope
    low = fma(s, slope_low, product_error(s, slope, high))
    return high, fma(remainder, INVERSE_SINGLE(s), low)


_log2_of_mantissa = by_precision(_log2_double, _log2_single)


@inlined
def log2_sum(x: Any, broken: Any) -> Any:
    """log₂ x = high + low for x ≥ 0, to 64 bits, of float32 to 32; NaN where a finite x is `broken`. The
    remainder r of s = f / (m + 1) is f − 2 s − s f; it adds r / ((m + 1) (1 − s²)) to artanh s, where 2 /
    (m + 1) is 1 − s.
    """
    k, m = split_any(x)
    one, zero = like(x, 1.0), like(x, 0.0)
    k = choose(broken, like(x, math.nan), k)
    k = choose(x == zero, like(x, -math.inf), choose(x < like(x, math.inf), k, x))
    f = m - one
    s = f / (m + one)
    remainder = less_product(fma(like(x, -2.0), s, f), s, f)
    first, low = _log2_of_mantissa(s, s * s, remainder)
    high, error = fast_two_sum(k, first)
    return high, error + low


def _power_of(x: Any, y: Any) -> Any:
    """2ʳ 2ⁿ with n + r = y log₂ |x|; 1 where |x| is 1 or y is 0, whatever the other is."""
    size, zero, one = magnitude(x), like(x, 0.0), like(x, 1.0)
    integer, half = rounded_down(y) == y, like(y, 0.5) * y
    odd = integer & (half != rounded_down(half))
    high, low = log2_sum(size, (x < zero) & ~integer)
    exponent = choose(size == one, zero, y)
    product = high * exponent
    bounded = clamped(product, pick(x, -1080.0, -160.0), pick(x, 1030.0, 130.0))
    n = nearest(bounded)
    r = fma(low, exponent, -less_product(n, high, exponent))
    r = choose((bounded < product) | (bounded > product), zero, r)
    result = choose(y == zero, one, scaled(fma(r, EXP2(r), one), n))
    return with_sign(result, choose(odd, x, one))


_power = of_pairs(_power_of)


@elementary(np.power)
def power(x: Any, y: Any) -> Any:
    """xʸ."""
    return _power(x, y)


# ---------------------------------------------------------------- cbrt


def _cbrt_double(x: Any) -> Any:
    size = magnitude(x)
    denormal = size < SMALLEST_NORMAL
    k, m = parts_of(choose(denormal, size * 2.0**54, size))
    q = nearest(k * (1.0 / 3.0))
    rest = k - 3.0 * q  # -1, 0 or 1
    first = choose(rest > 0.0, CUBE_ROOT_2, 1.0 / CUBE_ROOT_2)
    y = CBRT(m) * choose(rest == 0.0, 1.0, first)
    m = m * two_to(rest)
    rest = fma(-y * y, y, m)
    y = fma(y, rest / fma(-2.0, rest, 3.0 * m), y)
    q = choose(denormal, q - 18.0, q)
    result = with_sign(y * two_to(q), x)
    return choose((x == 0.0) | ~(size < math.inf), x, result)


def _cbrt_single(x: Any) -> Any:
    size, one = magnitude(x), like(x, 1.0)
    denormal = size < like(x, SMALLEST_NORMAL_SINGLE)
    m = choose(denormal, size * like(x, 2.0**27), size)
    guess = inverse_root_guess(m)
    y = m * (guess * guess)
    w = fma(-y, guess, one)
    y = fma(y * w, CBRT_SINGLE(w), y) * choose(denormal, like(x, 2.0**-9), one)
    return choose((x == like(x, 0.0)) | ~(size < like(x, math.inf)), x, with_sign(y, x))


_cbrt = by_precision(_cbrt_double, _cbrt_single)


@elementary(np.cbrt)
def cbrt(x: Any) -> Any:
    """The cube root."""
    return _cbrt(x)
