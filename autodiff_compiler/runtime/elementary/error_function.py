"""erf and erfc.

Up to 1, erf x = 2/√π x + x³ P(x²). From 0.45 on, erfc x = exp(−x²) T(t) / (1 + 2 x) with t = (x −
4) / (x + 4): T is between 1 and 1.3 and smooth, as exp(x²) erfc x decays as 1 / x (the variable is
Shepherd and Laframboise's, 1981). x² and all factors are sums of two floats. P and T are Chebyshev
interpolants (scripts/fit_polynomials.py).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autodiff_compiler.runtime.elementary.bits import choose, fma, magnitude, polynomial, with_sign
from autodiff_compiler.runtime.elementary.declare import by_precision, elementary, inlined
from autodiff_compiler.runtime.elementary.exponentials import clamped, exp_parts, scaled, wide_exp
from autodiff_compiler.runtime.elementary.sums import fast_two_sum, two_product

SLOPE = float.fromhex("0x1.20dd750429b6dp+0")  # 2/√π, and what is left of it
SLOPE_LOW = float.fromhex("0x1.1ae3a914fed80p-56")

ERF = polynomial(
    -0.37612638903183754,
    0.11283791670955125,
    -0.026866170645131082,
    0.005223977625438469,
    -0.0008548327023024696,
    0.0001205533295270044,
    -1.4925649082364785e-05,
    1.6462076794793434e-06,
    -1.6365085592632062e-07,
    1.4796618901290416e-08,
    -1.219035624032117e-09,
    8.800680090460203e-11,
    -4.374621450325064e-12,
)
ERF_SINGLE = polynomial(
    1.1283791658483509,
    -0.37612626666720334,
    0.11283594715160218,
    -0.026854212010626412,
    0.005189087423433974,
    -0.000801686428716587,
    7.875875062685488e-05,
)
TAIL_START = 1.2329951186255526
TAIL = polynomial(  # of T(t) / t less the constant term
    -0.13962111684056255,
    0.015379652102619098,
    0.06809705425469749,
    -0.10103906603625828,
    0.09373283499818684,
    -0.06633036581349587,
    0.037167515539911176,
    -0.016197734039638548,
    0.005031969959410359,
    -0.000757773439017777,
    -0.0001992566217694988,
    0.00015062245399856283,
    -2.4399309113143734e-05,
    -1.122462445098893e-05,
    5.70937204107749e-06,
    2.9938795233219766e-07,
    -8.235624390130805e-07,
    6.717226326433025e-08,
    1.06452649653259e-07,
    -1.2278425705830675e-08,
    -1.073184671014993e-08,
)
TAIL_SINGLE = polynomial(
    1.2329951186649113,
    -0.13962111524093557,
    0.015379648149035644,
    0.06809697485671319,
    -0.101039015289078,
    0.09373397312185495,
    -0.06633039576037343,
    0.037160427903911816,
    -0.016199664884302856,
    0.0050539176876511676,
    -0.0007482508294014016,
    -0.0002335572301828759,
    0.00013332021022128721,
)


@inlined
def near(x: Any) -> Any:
    """Erf x = high + low for |x| ≤ 1."""
    z = x * x
    product, error = two_product(x, SLOPE)
    high, low = fast_two_sum(product, x * z * ERF(z))
    return high, low + fma(x, SLOPE_LOW, error)


@inlined
def far(x: Any) -> Any:
    """Erfc x for x ≥ 0.45."""
    x = clamped(x, 0.45, 28.0)
    square, square_low = two_product(x, x)
    k, power, power_low = exp_parts(-square)
    power_low = fma(-power, square_low, power_low)
    t = (x - 4.0) / (x + 4.0)
    above, above_low = fast_two_sum(TAIL_START, t * TAIL(t))
    below, below_low = fast_two_sum(2.0 * x, 1.0)
    reciprocal = 1.0 / below
    ratio = above * reciprocal
    product, error = two_product(ratio, below)
    ratio_low = ((above - product) - error + fma(-ratio, below_low, above_low)) * reciprocal
    result, error = two_product(power, ratio)
    return scaled(result + (error + fma(power_low, ratio, power * ratio_low)), k)


@inlined
def wide_far(x: Any) -> Any:
    """Erfc x to 29 bits, for x ≥ 0.45."""
    x = clamped(x, 0.45, 11.0)
    t = (x - 4.0) / (x + 4.0)
    return wide_exp(-x * x) * TAIL_SINGLE(t) / fma(2.0, x, 1.0)


def _erf_double(x: Any) -> Any:
    size = magnitude(x)
    high, low = near(choose(size > 1.0, 1.0, size))
    return with_sign(choose(size > 1.0, 1.0 - far(size), high + low), x)


def _erf_single(x: Any) -> Any:
    x = np.float64(x)
    size = magnitude(x)
    return np.float32(with_sign(choose(size > 1.0, 1.0 - wide_far(size), size * ERF_SINGLE(size * size)), x))


_erf = by_precision(_erf_double, _erf_single)


@elementary(math.erf)
def erf(x: Any) -> Any:
    """The error function, 2/√π times the integral of exp(−t²) from 0 to x."""
    return _erf(x)


def _erfc_double(x: Any) -> Any:
    size = magnitude(x)
    high, low = near(clamped(x, -1.0, 1.0))
    total, error = fast_two_sum(1.0, -high)
    tail = far(size)
    return choose(size > 0.45, choose(x > 0.0, tail, 2.0 - tail), total + (error - low))


def _erfc_single(x: Any) -> Any:
    x = np.float64(x)
    size = magnitude(x)
    tail = wide_far(size)
    center = fma(-x, ERF_SINGLE(clamped(x * x, 0.0, 1.0)), 1.0)
    return np.float32(choose(size > 0.45, choose(x > 0.0, tail, 2.0 - tail), center))


_erfc = by_precision(_erfc_double, _erfc_single)


@elementary(math.erfc)
def erfc(x: Any) -> Any:
    """1 − erf x."""
    return _erfc(x)
