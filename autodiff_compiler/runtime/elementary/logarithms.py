"""Logarithms, ln(1 + x), and the logarithms of sums of exponentials.

x = 2ᵏ m with √½ ≤ m < √2, f = m − 1, s = f / (2 + f): ln m = 2 artanh s = f − f²/2 + s (f²/2 + s²
R(s²)), where f is exact and the rest is small (the scheme of Tang and of Sun's fdlibm). R is a
Chebyshev interpolant (scripts/fit_polynomials.py). Other bases multiply the sum of two floats by
the reciprocal of their logarithm.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autodiff_compiler.runtime.elementary.bits import as_bits, choose, fma, from_bits, magnitude, polynomial
from autodiff_compiler.runtime.elementary.declare import by_precision, elementary, inlined
from autodiff_compiler.runtime.elementary.exponentials import (
    LN2_HIGH,
    LN2_LOW,
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
ROOT_HALF = 0x3FE6A09E667F3BCD  # the bits of √½
MAGIC = 0x4338000000000000  # the bits of 1.5 · 2⁵²
SMALLEST_NORMAL = 2.0**-1022

LOG = polynomial(
    0.666666666666667,
    0.39999999999899505,
    0.28571428625975487,
    0.2222221113479508,
    0.18182889125261723,
    0.15331721600556042,
    0.14616449685043406,
)
LOG_SINGLE = polynomial(
    0.6666666655449709,
    0.40000121839806124,
    0.28550820815960665,
    0.23330467216303835,
)


@inlined
def split(x: Any) -> Any:
    """K (float and integer) and m of x = 2ᵏ m, √½ ≤ m < √2, for normal positive x."""
    bits = as_bits(x)
    exponent = (bits - ROOT_HALF) >> 52
    k = from_bits(exponent + MAGIC) - 6755399441055744.0
    return k, exponent, from_bits(bits - (exponent << 52))


@inlined
def split_any(x: Any) -> Any:
    """K and m for denormal x, too."""
    denormal = x < SMALLEST_NORMAL
    k, _, m = split(choose(denormal, x * 2.0**54, x))
    return choose(denormal, k - 54.0, k), m


@inlined
def at_limits(x: Any, result: Any) -> Any:
    """The result, and the logarithm where x is 0, negative, infinite or NaN."""
    result = choose(x < math.inf, result, x)
    return choose(x > 0.0, result, choose(x == 0.0, -math.inf, math.nan))


@inlined
def log_rest(f: Any) -> Any:
    """f²/2, and what is added to f − f²/2."""
    s = f / (2.0 + f)
    z = s * s
    half_square = 0.5 * f * f
    return half_square, s * fma(z, LOG(z), half_square), s


@inlined
def log_parts(f: Any) -> Any:
    """ln(1 + f) = high + low for √½ ≤ 1 + f < √2."""
    half_square, rest, _ = log_rest(f)
    high, low = fast_two_sum(f, -half_square)
    _, error = two_product(f, f)
    return high, rest + (low - 0.5 * error)


@inlined
def wide_log(x: Any) -> Any:
    """Ln x to 29 bits, for positive normal x."""
    k, _, m = split(x)
    s = (m - 1.0) / (m + 1.0)
    z = s * s
    return fma(k, 0.6931471805599453, fma(s * z, LOG_SINGLE(z), s + s))


# ---------------------------------------------------------------- log, log2, log10


def _log_double(x: Any) -> Any:
    k, m = split_any(x)
    f = m - 1.0
    half_square, rest, _ = log_rest(f)
    return at_limits(x, fma(k, LN2_HIGH, f - (half_square - fma(k, LN2_LOW, rest))))


def _log_single(x: Any) -> Any:
    x = np.float64(x)
    return np.float32(at_limits(x, wide_log(x)))


_log = by_precision(_log_double, _log_single)


@elementary(np.log)
def log(x: Any) -> Any:
    """The natural logarithm."""
    return _log(x)


def _log2_double(x: Any) -> Any:
    k, m = split_any(x)
    high, low = log_parts(m - 1.0)
    product, error = two_product(high, LOG2_E)
    error = fma(low, LOG2_E, fma(high, LOG2_E_LOW, error))
    total, rest = fast_two_sum(k, product)
    return at_limits(x, total + (rest + error))


def _log2_single(x: Any) -> Any:
    x = np.float64(x)
    k, _, m = split(x)
    s = (m - 1.0) / (m + 1.0)
    z = s * s
    return np.float32(at_limits(x, fma(fma(s * z, LOG_SINGLE(z), s + s), LOG2_E, k)))


_log2 = by_precision(_log2_double, _log2_single)


@elementary(np.log2)
def log2(x: Any) -> Any:
    """The logarithm to base 2."""
    return _log2(x)


def _log10_double(x: Any) -> Any:
    k, m = split_any(x)
    high, low = log_parts(m - 1.0)
    product, error = two_product(high, LOG10_E)
    error = fma(low, LOG10_E, fma(high, LOG10_E_LOW, error))
    total, rest = fast_two_sum(k * LOG10_2_HIGH, product)
    return at_limits(x, total + (rest + fma(k, LOG10_2_LOW, error)))


def _log10_single(x: Any) -> Any:
    x = np.float64(x)
    return np.float32(at_limits(x, wide_log(x) * LOG10_E))


_log10 = by_precision(_log10_double, _log10_single)


@elementary(np.log10)
def log10(x: Any) -> Any:
    """The logarithm to base 10."""
    return _log10(x)


# ---------------------------------------------------------------- log1p


@inlined
def log1p_finite(x: Any) -> Any:
    """ln(1 + x) for x > −1: of the rounded 1 + x, with what was lost added to first order."""
    total, lost = two_sum(1.0, x)
    k, exponent, m = split(total)
    same = exponent == 0
    f = choose(same, x, m - 1.0)
    lost = choose(same | (x > 1e17), 0.0, lost * from_bits((1023 - exponent) << 52))
    half_square, rest, s = log_rest(f)
    rest = fma(k, LN2_LOW, rest) + lost * (1.0 - 2.0 * s * (1.0 - s))
    return fma(k, LN2_HIGH, f - (half_square - rest))


def _log1p_double(x: Any) -> Any:
    result = choose(magnitude(x) < 1e-17, x, log1p_finite(x))
    result = choose(x < math.inf, result, x)
    return choose(x > -1.0, result, choose(x == -1.0, -math.inf, math.nan))


@inlined
def wide_log1p(x: Any) -> Any:
    """ln(1 + x) to 29 bits, for x > −1: by the series where 1 + x has lost too much of x."""
    return choose(magnitude(x) < 1e-4, x * fma(x, fma(x, 1.0 / 3.0, -0.5), 1.0), wide_log(1.0 + x))


def _log1p_single(x: Any) -> Any:
    x = np.float64(x)
    result = choose(x < math.inf, wide_log1p(x), x)
    return np.float32(choose(x > -1.0, result, choose(x == -1.0, -math.inf, math.nan)))


_log1p = by_precision(_log1p_double, _log1p_single)


@elementary(np.log1p)
def log1p(x: Any) -> Any:
    """ln(1 + x)."""
    return _log1p(x)


# ---------------------------------------------------------------- softplus, logaddexp


@inlined
def log1p_exp(x: Any, correction: Any) -> Any:
    """ln(1 + eˣ) = high + low for x ≤ 0; the correction is what rounding took from x."""
    k, high, low = exp_parts(clamped(x, -746.0, 0.0))
    half = k >> 1
    first, second = power_of_two(half), power_of_two(k - half)
    z, z_low = high * first * second, fma(high, correction, low) * first * second
    total, lost = fast_two_sum(1.0, z)
    halved = total > 1.414
    f = choose(halved, fma(0.5, total, -1.0), z)
    lost = choose(halved, 0.5 * (lost + z_low), z_low)
    half_square, rest, s = log_rest(f)
    rest = fma(lost, 1.0 - 2.0 * s * (1.0 - s), rest)
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


def _logaddexp_double(a: Any, b: Any) -> Any:
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
