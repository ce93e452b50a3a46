"""sin, cos, tan.

x = k π/2 + r with |r| ≤ π/4: π/2 is the sum of three floats; x less the first multiple is exact, as
it is a multiple of the last bit of π/2 and below 1 (Cody and Waite; with what rounding takes from
the second). Then the Taylor series less its leading terms, as Chebyshev interpolants in r²
(scripts/fit_polynomials.py). From 2³⁰ on, 2¹⁷ in float32, the C library's function is called, for
these elements only.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff_compiler.runtime.elementary.bits import (
    choose,
    fma,
    is_odd,
    less_product,
    like,
    magnitude,
    nearest,
    pick,
    polynomial,
    product_error,
    sign_by_half,
)
from autodiff_compiler.runtime.elementary.declare import by_precision, elementary, inlined
from autodiff_compiler.runtime.elementary.rare import beyond
from autodiff_compiler.runtime.elementary.sums import quotient, two_sum

TWO_OVER_PI = 0.6366197723675814
QUARTER_HIGH = float.fromhex("0x1.921fb54442d18p+0")  # π/2 in three parts
QUARTER_MIDDLE = float.fromhex("0x1.1a62633145c07p-54")
QUARTER_LOW = float.fromhex("-0x1.f1976b7ed8fbcp-110")
QUARTER_MIDDLE_SINGLE = -4.371138828673793e-08  # the same for float32
QUARTER_LOW_SINGLE = -1.7151245100058819e-15

SIN = polynomial(
    -0.16666666666666666,
    0.008333333333330948,
    -0.00019841269836758574,
    2.755731610255244e-06,
    -2.5051131845003624e-08,
    1.5918129294866608e-10,
    single=(
        -0.1666666666385529,
        0.008333331874710208,
        -0.00019840086735384846,
        2.724992580305979e-06,
    ),
)
COS = polynomial(
    0.041666666666666664,
    -0.0013888888888887398,
    2.480158729876569e-05,
    -2.7557317271729793e-07,
    2.08761462684032e-09,
    -1.1382632425521717e-11,
    single=(
        0.04166666465950221,
        -0.0013888303035894866,
        2.4547942085071572e-05,
    ),
)
TAN_SINGLE = polynomial(
    single=(
        0.33333333979455765,
        0.13333230944682223,
        0.053994464722099254,
        0.021621127411513202,
        0.009962146998843518,
        0.0011853216520677668,
        0.003843139779255221,
    )
)


@inlined
def reduced(x: Any) -> Any:
    """The whole number k and r = high + low of x = k π/2 + r, for |x| < 2³⁰ (2¹⁷ in float32)."""
    k = nearest(x * like(x, TWO_OVER_PI))
    middle = pick(x, QUARTER_MIDDLE, QUARTER_MIDDLE_SINGLE)
    first = less_product(x, k, like(x, QUARTER_HIGH))
    product = k * middle
    high, low = two_sum(first, -product)
    low = low - product_error(k, middle, product)
    return k, high, fma(-k, pick(x, QUARTER_LOW, QUARTER_LOW_SINGLE), low)


@inlined
def sine(r: Any, low: Any) -> Any:
    """Sin(r + low) = high + low."""
    z, half = r * r, like(r, 0.5)
    rest = fma(r * z, SIN(z), fma(-half * z, low, low))
    high = r + rest
    return high, (r - high) + rest


@inlined
def cosine(r: Any, low: Any) -> Any:
    """Cos(r + low) = high + low."""
    z = r * r
    half = like(r, 0.5) * z
    one = like(r, 1.0) - half
    rest = ((like(r, 1.0) - one) - half) + fma(z * z, COS(z), -r * low)
    high = one + rest
    return high, (one - high) + rest


@inlined
def of_quadrant(k: Any, sine: Any, cosine: Any) -> Any:
    """The sine of r + k π/2: one of the two, negative in the third and fourth quadrant."""
    return sign_by_half(choose(is_odd(k), cosine, sine), k)


# ---------------------------------------------------------------- sin, cos, tan


beyond_sin, beyond_cos, beyond_tan = beyond("sin"), beyond("cos"), beyond("tan")


@elementary(np.sin)
def sin(x: Any) -> Any:
    """The sine."""
    k, r, low = reduced(x)
    result = of_quadrant(k, sine(r, low)[0], cosine(r, low)[0])
    return beyond_sin(x, choose(magnitude(x) < pick(x, 1e-9, 1e-5), x, result))


@elementary(np.cos)
def cos(x: Any) -> Any:
    """The cosine."""
    k, r, low = reduced(x)
    return beyond_cos(x, of_quadrant(k + like(x, 1.0), sine(r, low)[0], cosine(r, low)[0]))


def _tan_double(x: Any) -> Any:
    """The quotient of sine and cosine as sums of two floats."""
    k, r, low = reduced(x)
    above, above_low = sine(r, low)
    below, below_low = cosine(r, low)
    odd = is_odd(k)
    result = quotient(
        choose(odd, below, above),
        choose(odd, below_low, above_low),
        choose(odd, above, below),
        choose(odd, above_low, below_low),
    )
    return choose(odd, -result, result)


def _tan_single(x: Any) -> Any:
    """Tan r as a sum of two floats, or minus one divided by it, with what remains of the division."""
    k, r, low = reduced(x)
    z = r * r
    rest = fma(r * z, TAN_SINGLE(z), fma(z, low, low))
    high = r + rest
    low = (r - high) + rest
    inverse = like(x, -1.0) / high
    remainder = fma(low, inverse, fma(high, inverse, like(x, 1.0)))
    return choose(is_odd(k), fma(inverse, remainder, inverse), high)


_tan = by_precision(_tan_double, _tan_single)


@elementary(np.tan)
def tan(x: Any) -> Any:
    """The tangent."""
    return beyond_tan(x, choose(magnitude(x) < pick(x, 1e-9, 1e-5), x, _tan(x)))
