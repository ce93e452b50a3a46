"""Logarithms, ln(1 + x), and the logarithms of sums of exponentials.

x = 2ᵏ m with √½ ≤ m < √2, f = m − 1, s = f / (2 + f): ln m = 2 artanh s = f − f²/2 + s (f²/2 + s²
R(s²)), where f is exact and the rest is small (the scheme of Tang and of Sun's fdlibm); in float32
f³ P(f) is added to f − f²/2. R and P are Chebyshev interpolants (scripts/fit_polynomials.py). Other
bases multiply the sum of two floats by the reciprocal of their logarithm.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import special

from autodiff_compiler.runtime.elementary.bits import (
    choose,
    fma,
    like,
    magnitude,
    parts_of,
    pick,
    polynomial,
    two_to,
    whole,
)
from autodiff_compiler.runtime.elementary.declare import by_precision, elementary, inlined
from autodiff_compiler.runtime.elementary.exponentials import (
    LN2_HIGH,
    LN2_HIGH_SINGLE,
    LN2_LOW,
    LN2_LOW_SINGLE,
    LOG2_E,
    clamped,
    exp_parts,
    power_of_two,
    wide_exp,
)
from autodiff_compiler.runtime.elementary.sums import fast_two_sum, two_product, two_sum

LOG2_E_LOW = float.fromhex("0x1.777d0ffda0d24p-56")
LOG10_E = float.fromhex("0x1.bcb7b1526e50ep-2")
LOG10_E_LOW = float.fromhex("0x1.95355baaafad3p-57")
LOG10_2_HIGH = float.fromhex("0x1.34413509f0000p-2")  # 38 bits
LOG10_2_LOW = float.fromhex("0x1.e7fbcc47c4acdp-40")
SMALLEST_NORMAL = 2.0**-1022

# the same for float32, where products with k are exact if the first part has 14 bits
LOG2_E_LOW_SINGLE = 1.9259629911266175e-08
LOG10_E_LOW_SINGLE = -1.0103050052231683e-08
LOG10_2_HIGH_SINGLE = 0.301025390625
LOG10_2_LOW_SINGLE = 4.605038981195214e-06
SMALLEST_NORMAL_SINGLE = 2.0**-126

LOG = polynomial(
    0.666666666666667,
    0.39999999999899505,
    0.28571428625975487,
    0.2222221113479508,
    0.18182889125261723,
    0.15331721600556042,
    0.14616449685043406,
    single=(
        0.6666666655449709,
        0.40000121839806124,
        0.28550820815960665,
        0.23330467216303835,
    ),
)
LOG_SINGLE = polynomial(  # of (ln(1 + f) − f + f²/2) / f³
    single=(
        0.33333330728190674,
        -0.25000306422569796,
        0.2000104509416068,
        -0.16641281463106394,
        0.14214495923947962,
        -0.1299818376365153,
        0.12622319849228378,
        -0.0790274377239344,
    )
)
WIDE_LOG = polynomial(
    0.6666666655449709,
    0.40000121839806124,
    0.28550820815960665,
    0.23330467216303835,
)


@inlined
def split_any(x: Any) -> Any:
    """K and m of x = 2ᵏ m, √½ ≤ m < √2, for positive x, denormal ones too."""
    denormal = x < pick(x, SMALLEST_NORMAL, SMALLEST_NORMAL_SINGLE)
    k, m = parts_of(choose(denormal, x * pick(x, 2.0**54, 2.0**25), x))
    return choose(denormal, k - pick(x, 54.0, 25.0), k), m


@inlined
def at_limits(x: Any, result: Any) -> Any:
    """The result, and the logarithm where x is 0, negative, infinite or NaN."""
    result = choose(x < math.inf, result, x)
    at_zero = choose(x == 0.0, like(x, -math.inf), like(x, math.nan))
    return choose(x > 0.0, result, at_zero)


def _log_rest_double(f: Any) -> Any:
    s = f / (2.0 + f)
    z = s * s
    half_square = 0.5 * f * f
    return half_square, s * fma(z, LOG(z), half_square), 1.0 - 2.0 * s * (1.0 - s)


def _log_rest_single(f: Any) -> Any:
    square, one = f * f, like(f, 1.0)
    return like(f, 0.5) * square, f * square * LOG_SINGLE(f), fma(square, one - f, one - f)


# f²/2, and what is added to f − f²/2 for ln(1 + f); and 1 / (1 + f), roughly
log_rest = by_precision(_log_rest_double, _log_rest_single)


@inlined
def log_parts(f: Any) -> Any:
    """ln(1 + f) = high + low for √½ ≤ 1 + f < √2."""
    half_square, rest, _ = log_rest(f)
    high, low = fast_two_sum(f, -half_square)
    return high, rest + low


@inlined
def log_of_parts(k: Any, f: Any, lost: Any) -> Any:
    """K ln 2 + ln(1 + f), and a small number."""
    half_square, rest, _ = log_rest(f)
    rest = fma(k, pick(f, LN2_LOW, LN2_LOW_SINGLE), rest + lost)
    return fma(k, pick(f, LN2_HIGH, LN2_HIGH_SINGLE), f - (half_square - rest))


@inlined
def log_sum(k: Any, f: Any) -> Any:
    """K ln 2 + ln(1 + f) = high + low."""
    high, low = log_parts(f)
    total, error = fast_two_sum(k * pick(f, LN2_HIGH, LN2_HIGH_SINGLE), high)
    return total, error + fma(k, pick(f, LN2_LOW, LN2_LOW_SINGLE), low)


@inlined
def wide_log(x: Any) -> Any:
    """The logarithm of a normal positive float64 to 29 bits."""
    k, m = parts_of(x)
    s = (m - 1.0) / (m + 1.0)
    z = s * s
    return fma(k, 0.6931471805599453, fma(s * z, WIDE_LOG(z), s + s))


# ---------------------------------------------------------------- log, log2, log10


@elementary(np.log)
def log(x: Any) -> Any:
    """The natural logarithm."""
    k, m = split_any(x)
    f = m - like(x, 1.0)
    half_square, rest, _ = log_rest(f)
    rest = fma(k, pick(x, LN2_LOW, LN2_LOW_SINGLE), rest)
    return at_limits(x, fma(k, pick(x, LN2_HIGH, LN2_HIGH_SINGLE), f - (half_square - rest)))


@elementary(np.log2)
def log2(x: Any) -> Any:
    """The logarithm to base 2."""
    k, m = split_any(x)
    high, low = log_parts(m - like(x, 1.0))
    factor = like(x, LOG2_E)
    product, error = two_product(high, factor)
    error = fma(low, factor, fma(high, pick(x, LOG2_E_LOW, LOG2_E_LOW_SINGLE), error))
    return at_limits(x, k + (product + error))


@elementary(np.log10)
def log10(x: Any) -> Any:
    """The logarithm to base 10."""
    k, m = split_any(x)
    high, low = log_parts(m - like(x, 1.0))
    factor = like(x, LOG10_E)
    product, error = two_product(high, factor)
    error = fma(low, factor, fma(high, pick(x, LOG10_E_LOW, LOG10_E_LOW_SINGLE), error))
    rest = product + fma(k, pick(x, LOG10_2_LOW, LOG10_2_LOW_SINGLE), error)
    return at_limits(x, fma(k, pick(x, LOG10_2_HIGH, LOG10_2_HIGH_SINGLE), rest))


# ---------------------------------------------------------------- log1p


@inlined
def split_one_and(x: Any) -> Any:
    """K, f and what was lost of 1 + x = 2ᵏ (1 + f + lost)."""
    one = like(x, 1.0)
    total, lost = two_sum(one, x)
    k, m = parts_of(total)
    same = k == 0.0
    f = choose(same, x, m - one)
    nothing = same | (x > pick(x, 1e17, 1e9))
    lost = choose(nothing, like(x, 0.0), lost * two_to(choose(nothing, like(x, 0.0), -k)))
    return k, f, lost


@elementary(np.log1p)
def log1p(x: Any) -> Any:
    """ln(1 + x): of the rounded 1 + x, with what was lost added to first order."""
    k, f, lost = split_one_and(x)
    half_square, rest, inverse = log_rest(f)
    rest = fma(k, pick(x, LN2_LOW, LN2_LOW_SINGLE), rest) + lost * inverse
    result = fma(k, pick(x, LN2_HIGH, LN2_HIGH_SINGLE), f - (half_square - rest))
    result = choose(magnitude(x) < pick(x, 1e-17, 1e-9), x, result)
    result = choose(x < math.inf, result, x)
    at_end = choose(x == -1.0, like(x, -math.inf), like(x, math.nan))
    return choose(x > -1.0, result, at_end)


@inlined
def wide_log1p(x: Any) -> Any:
    """ln(1 + x) to 29 bits, for x > −1: by the series where 1 + x has lost too much of x."""
    return choose(magnitude(x) < 1e-4, x * fma(x, fma(x, 1.0 / 3.0, -0.5), 1.0), wide_log(1.0 + x))


# ---------------------------------------------------------------- softplus, logaddexp


@inlined
def log1p_exp(x: Any, correction: Any) -> Any:
    """ln(1 + eˣ) = high + low for x ≤ 0; the correction is what rounding took from x."""
    k, high, low = exp_parts(clamped(x, -746.0, 0.0))
    exponent = whole(k)
    half = exponent >> 1
    first, second = power_of_two(half), power_of_two(exponent - half)
    z, z_low = high * first * second, fma(high, correction, low) * first * second
    total, lost = fast_two_sum(1.0, z)
    halved = total > 1.414
    f = choose(halved, fma(0.5, total, -1.0), z)
    lost = choose(halved, 0.5 * (lost + z_low), z_low)
    half_square, rest, inverse = log_rest(f)
    rest = fma(lost, inverse, rest)
    high, low = fast_two_sum(f, -half_square)
    _, error = two_product(f, f)
    total, lost = fast_two_sum(choose(halved, LN2_HIGH, 0.0), high)
    return total, lost + (low - 0.5 * error + (rest + choose(halved, LN2_LOW, 0.0)))


def _softplus_double(x: Any) -> Any:
    high, low = log1p_exp(-magnitude(x), 0.0)
    total, error = two_sum(choose(x <= 0.0, 0.0, x), high)
    return choose(x < math.inf, total + (error + low), x)


def _softplus_single(x: Any) -> Any:
    x = np.float64(x)
    rest = wide_log1p(wide_exp(clamped(-magnitude(x), -110.0, 0.0)))
    return np.float32(choose(x <= 0.0, 0.0, x) + rest)


_softplus = by_precision(_softplus_double, _softplus_single)


def _plain_softplus(x: Any) -> Any:
    return np.logaddexp(x * 0 if np.isfinite(x) else x.dtype.type(0), x)


@elementary(_plain_softplus)
def softplus(x: Any) -> Any:
    """ln(1 + eˣ)."""
    return _softplus(x)


@elementary(special.log_expit)
def log_expit(x: Any) -> Any:
    """ln(1 / (1 + e⁻ˣ))."""
    return -_softplus(-x)


def _logaddexp_double(a: Any, b: Any) -> Any:
    a, b = np.float64(a), np.float64(b)
    upper, lower = choose(a > b, a, b), choose(a > b, b, a)
    difference, lost = two_sum(lower, -upper)
    finite = magnitude(difference) < math.inf
    high, low = log1p_exp(difference, choose(finite, lost, 0.0))
    total, error = two_sum(upper, high)
    result = choose(finite, total + (error + low), upper + 0.0)
    return choose(difference <= 0.0, result, choose(a == b, a, a + b))  # equal infinities, or NaN


def _logaddexp_single(a: Any, b: Any) -> Any:
    a, b = np.float64(a), np.float64(b)
    upper, lower = choose(a > b, a, b), choose(a > b, b, a)
    difference = lower - upper
    result = upper + wide_log1p(wide_exp(clamped(difference, -200.0, 0.0)))
    return np.float32(choose(difference <= 0.0, result, choose(a == b, a, a + b)))


_logaddexp = by_precision(_logaddexp_double, _logaddexp_single)


@elementary(np.logaddexp)
def logaddexp(a: Any, b: Any) -> Any:
    """ln(eᵃ + eᵇ)."""
    return _logaddexp(a, b)
