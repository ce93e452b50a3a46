"""sin, cos, tan.

x = k π/2 + r with |r| ≤ π/4: π/2 is the sum of three floats; x less the first multiple is exact, as
it is a multiple of the last bit of π/2 and below 1 (Cody and Waite; with what rounding takes from
the second). Then the Taylor series less its leading terms, as Chebyshev interpolants in r²
(scripts/fit_polynomials.py). From 2³⁰ on the C library's function is called, for these elements
only.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff_compiler.runtime.elementary.bits import (
    as_bits,
    choose,
    fma,
    from_bits,
    less_product,
    magnitude,
    nearest,
    polynomial,
    product_error,
    whole,
)
from autodiff_compiler.runtime.elementary.declare import by_precision, elementary, inlined
from autodiff_compiler.runtime.elementary.rare import beyond
from autodiff_compiler.runtime.elementary.sums import quotient, two_sum

TWO_OVER_PI = 0.6366197723675814
QUARTER_HIGH = float.fromhex("0x1.921fb54442d18p+0")  # π/2 in three parts
QUARTER_MIDDLE = float.fromhex("0x1.1a62633145c07p-54")
QUARTER_LOW = float.fromhex("-0x1.f1976b7ed8fbcp-110")

SIN = polynomial(
    -0.16666666666666666,
    0.008333333333330948,
    -0.00019841269836758574,
    2.755731610255244e-06,
    -2.5051131845003624e-08,
    1.5918129294866608e-10,
)
SIN_SINGLE = polynomial(
    -0.1666666666385529,
    0.008333331874710208,
    -0.00019840086735384846,
    2.724992580305979e-06,
)
COS = polynomial(
    0.041666666666666664,
    -0.0013888888888887398,
    2.480158729876569e-05,
    -2.7557317271729793e-07,
    2.08761462684032e-09,
    -1.1382632425521717e-11,
)
COS_SINGLE = polynomial(
    0.04166666465950221,
    -0.0013888303035894866,
    2.4547942085071572e-05,
)


@inlined
def reduced(x: Any) -> Any:
    """The integer k and r = high + low of x = k π/2 + r, for |x| < 2³⁰."""
    k = nearest(x * TWO_OVER_PI)
    first = less_product(x, k, QUARTER_HIGH)
    product = k * QUARTER_MIDDLE
    high, low = two_sum(first, -product)
    return whole(k), high, (low - product_error(k, QUARTER_MIDDLE, product)) - k * QUARTER_LOW


@inlined
def sin_and_cos(r: Any, low: Any) -> Any:
    """Both of r + low."""
    z = r * r
    half = 0.5 * z
    sine = r + fma(r * z, SIN(z), low * (1.0 - half))
    one = 1.0 - half
    cosine = one + (((1.0 - one) - half) + fma(z * z, COS(z), -r * low))
    return sine, cosine


@inlined
def wide_reduced(x: Any) -> Any:
    """K and r to 45 bits, for |x| < 2³⁰."""
    k = nearest(x * TWO_OVER_PI)
    return whole(k), fma(-k, QUARTER_MIDDLE, less_product(x, k, QUARTER_HIGH))


@inlined
def wide_sin_and_cos(r: Any) -> Any:
    """Both, to 29 bits."""
    z = r * r
    return fma(r * z, SIN_SINGLE(z), r), fma(z * z, COS_SINGLE(z), fma(-0.5, z, 1.0))


@inlined
def of_quadrant(k: Any, sine: Any, cosine: Any) -> Any:
    """The sine of r + k π/2: one of the two, negative in the third and fourth quadrant."""
    return from_bits(as_bits(choose(k & 1 == 0, sine, cosine)) ^ ((k & 2) << 62))


# ---------------------------------------------------------------- sin and cos


def _sin_double(x: Any) -> Any:
    k, r, low = reduced(x)
    sine, cosine = sin_and_cos(r, low)
    result = choose(magnitude(x) < 1e-9, x, of_quadrant(k, sine, cosine))
    return beyond_sin(x, result)


def _sin_single(x: Any) -> Any:
    x = np.float64(x)
    k, r = wide_reduced(x)
    sine, cosine = wide_sin_and_cos(r)
    return np.float32(beyond_sin(x, choose(x == 0.0, x, of_quadrant(k, sine, cosine))))


beyond_sin = beyond("sin")
_sin = by_precision(_sin_double, _sin_single)


@elementary(np.sin)
def sin(x: Any) -> Any:
    """The sine."""
    return _sin(x)


def _cos_double(x: Any) -> Any:
    k, r, low = reduced(x)
    sine, cosine = sin_and_cos(r, low)
    return beyond_cos(x, of_quadrant(k + 1, sine, cosine))


def _cos_single(x: Any) -> Any:
    x = np.float64(x)
    k, r = wide_reduced(x)
    sine, cosine = wide_sin_and_cos(r)
    return np.float32(beyond_cos(x, of_quadrant(k + 1, sine, cosine)))


beyond_cos = beyond("cos")
_cos = by_precision(_cos_double, _cos_single)


@elementary(np.cos)
def cos(x: Any) -> Any:
    """The cosine."""
    return _cos(x)


# ---------------------------------------------------------------- tan


def _tan_double(x: Any) -> Any:
    """The quotient of both as sums of two floats."""
    k, r, low = reduced(x)
    z = r * r
    half = 0.5 * z
    sine, cosine = sin_and_cos(r, low)
    one = 1.0 - half
    sine_low = (r - sine) + fma(r * z, SIN(z), low * (1.0 - half))
    cosine_low = (one - cosine) + (((1.0 - one) - half) + fma(z * z, COS(z), -r * low))
    even = k & 1 == 0
    above, above_low = choose(even, sine, -cosine), choose(even, sine_low, -cosine_low)
    below, below_low = choose(even, cosine, sine), choose(even, cosine_low, sine_low)
    result = quotient(above, above_low, below, below_low)
    return beyond_tan(x, choose(magnitude(x) < 1e-9, x, result))


def _tan_single(x: Any) -> Any:
    x = np.float64(x)
    k, r = wide_reduced(x)
    sine, cosine = wide_sin_and_cos(r)
    even = k & 1 == 0
    result = choose(even, sine, -cosine) / choose(even, cosine, sine)
    return np.float32(beyond_tan(x, choose(x == 0.0, x, result)))


beyond_tan = beyond("tan")
_tan = by_precision(_tan_double, _tan_single)


@elementary(np.tan)
def tan(x: Any) -> Any:
    """The tangent."""
    return _tan(x)
