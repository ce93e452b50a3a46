"""arctan, arctan2, arcsin, arccos.

The arctangent is reduced to |t| ≤ tan(π/8) by t = (x − 1) / (x + 1) or −1 / x, with one division
for all three cases; then arctan t = t + t³ P(t²). The arcsine is x + x³ P(x²) up to ½ and from
there π/2 − 2 arcsin √((1 − |x|) / 2). Multiples of π/4 are sums of two floats. P is a Chebyshev
interpolant (scripts/fit_polynomials.py).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autodiff_compiler.runtime.elementary.bits import (
    as_bits,
    choose,
    fma,
    magnitude,
    polynomial,
    root,
    with_sign,
)
from autodiff_compiler.runtime.elementary.declare import by_precision, elementary, inlined

TAN_EIGHTH = 0.41421356237309503  # tan(π/8)
TAN_THREE_EIGHTHS = 2.414213562373095
EIGHTH_HIGH = float.fromhex("0x1.921fb54442d00p-1")  # π/4, 42 bits: small multiples are exact
EIGHTH_LOW = float.fromhex("0x1.8469898cc5170p-49")
HALF_PI_LOW = float.fromhex("0x1.1a62633145c07p-54")  # π/2 less its float

ATAN = polynomial(
    -0.3333333333333333,
    0.1999999999999552,
    -0.14285714284666542,
    0.11111111015256361,
    -0.09090904578123903,
    0.07692183190826087,
    -0.06664511447381948,
    0.0585814891280221,
    -0.05085449737940259,
    0.039231658295587175,
    -0.01917688711906224,
)
ATAN_SINGLE = polynomial(
    -0.3333333176116852,
    0.19999540483648964,
    -0.1426395559798464,
    0.10743731490791084,
    -0.06451928208121749,
)
ASIN = polynomial(
    0.16666666666666666,
    0.07500000000000118,
    0.044642857142551895,
    0.03038194447553234,
    0.02237215744350722,
    0.017352816540325496,
    0.01396378001220357,
    0.011566459612121669,
    0.009621842970100282,
    0.009319560794767446,
    0.0030448799094556773,
    0.019554513336123378,
    -0.01924167174674304,
    0.02961201126495512,
)
ASIN_SINGLE = polynomial(
    0.16666666337430908,
    0.07500094543497424,
    0.04459940152851218,
    0.03110066273549457,
    0.017149238357677253,
    0.03369084720283012,
)

# ---------------------------------------------------------------- arctan


@inlined
def reduced(x: Any) -> Any:
    """M and t of arctan x = m π/4 + arctan t, for x ≥ 0."""
    far, middle = x > TAN_THREE_EIGHTHS, x > TAN_EIGHTH
    above = choose(far, -1.0, choose(middle, x - 1.0, x))
    below = choose(far, x, choose(middle, x + 1.0, 1.0))
    return choose(far, 2.0, choose(middle, 1.0, 0.0)), above / below


def _arctan_double(x: Any) -> Any:
    m, t = reduced(magnitude(x))
    z = t * t
    return with_sign(fma(m, EIGHTH_HIGH, t + fma(t * z, ATAN(z), m * EIGHTH_LOW)), x)


def _arctan_single(x: Any) -> Any:
    x = np.float64(x)
    m, t = reduced(magnitude(x))
    z = t * t
    return np.float32(with_sign(fma(m, math.pi / 4, fma(t * z, ATAN_SINGLE(z), t)), x))


_arctan = by_precision(_arctan_double, _arctan_single)


@elementary(np.arctan)
def arctan(x: Any) -> Any:
    """The arctangent."""
    return _arctan(x)


# ---------------------------------------------------------------- arctan2


@inlined
def ratio_of(y: Any, x: Any) -> Any:
    """The angle m π/4 ± arctan t of the point (x, |y|): m, t and the sign."""
    width, height = magnitude(x), magnitude(y)
    steep = height > width
    smaller, larger = choose(steep, width, height), choose(steep, height, width)
    endless = smaller == math.inf  # both are
    smaller, larger = choose(endless, 1.0, smaller), choose(endless | (larger == 0.0), 1.0, larger)
    scale = choose(larger > 2.0**1000, 2.0**-60, choose(larger < 2.0**-900, 2.0**100, 1.0))
    smaller, larger = smaller * scale, larger * scale
    middle = smaller > TAN_EIGHTH * larger
    above = choose(middle, smaller - larger, smaller)
    below = choose(middle, smaller + larger, larger)
    m = choose(middle, 1.0, 0.0)
    m = choose(steep, 2.0 - m, m)
    left = as_bits(x) < 0
    sign = choose(steep != left, -1.0, 1.0)
    return choose(left, 4.0 - m, m), above / below, sign


def _arctan2_double(y: Any, x: Any) -> Any:
    m, t, sign = ratio_of(y, x)
    z = t * t
    rest = fma(t * z, ATAN(z), m * (sign * EIGHTH_LOW))
    result = magnitude(fma(m, EIGHTH_HIGH, sign * (t + rest)))
    return with_sign(choose((x == x) & (y == y), result, math.nan), y)


def _arctan2_single(y: Any, x: Any) -> Any:
    y, x = np.float64(y), np.float64(x)
    m, t, sign = ratio_of(y, x)
    z = t * t
    result = magnitude(fma(m, math.pi / 4, sign * fma(t * z, ATAN_SINGLE(z), t)))
    return np.float32(with_sign(choose((x == x) & (y == y), result, math.nan), y))


_arctan2 = by_precision(_arctan2_double, _arctan2_single)


@elementary(np.arctan2)
def arctan2(y: Any, x: Any) -> Any:
    """The angle of the point (x, y)."""
    return _arctan2(y, x)


# ---------------------------------------------------------------- arcsin, arccos


@inlined
def arcsin_parts(x: Any) -> Any:
    """Whether |x| > ½; s and z = s² whose arcsine is that of |x|, or half that of its complement."""
    size = magnitude(x)
    far = size > 0.5
    z = choose(far, 0.5 * (1.0 - size), size * size)
    return far, choose(far, root(z), size), z


def _arcsin_double(x: Any) -> Any:
    far, s, z = arcsin_parts(x)
    rest = s * (z * ASIN(z))
    result = choose(far, math.pi / 2 - (2.0 * s + (2.0 * rest - HALF_PI_LOW)), s + rest)
    return with_sign(result, x)


def _arcsin_single(x: Any) -> Any:
    x = np.float64(x)
    far, s, z = arcsin_parts(x)
    result = fma(s * z, ASIN_SINGLE(z), s)
    return np.float32(with_sign(choose(far, fma(-2.0, result, math.pi / 2), result), x))


_arcsin = by_precision(_arcsin_double, _arcsin_single)


@elementary(np.arcsin)
def arcsin(x: Any) -> Any:
    """The arcsine."""
    return _arcsin(x)


def _arccos_double(x: Any) -> Any:
    far, s, z = arcsin_parts(x)
    rest = s * (z * ASIN(z))
    left = x < 0.0
    near = choose(left, s, -s)
    near_rest = choose(left, rest + HALF_PI_LOW, HALF_PI_LOW - rest)
    beyond = choose(left, math.pi - (2.0 * s + (2.0 * rest - 2.0 * HALF_PI_LOW)), 2.0 * (s + rest))
    return choose(far, beyond, math.pi / 2 + (near + near_rest))


def _arccos_single(x: Any) -> Any:
    x = np.float64(x)
    far, s, z = arcsin_parts(x)
    result = fma(s * z, ASIN_SINGLE(z), s)
    left = x < 0.0
    beyond = choose(left, fma(-2.0, result, math.pi), 2.0 * result)
    return np.float32(choose(far, beyond, math.pi / 2 + choose(left, result, -result)))


_arccos = by_precision(_arccos_double, _arccos_single)


@elementary(np.arccos)
def arccos(x: Any) -> Any:
    """The arccosine."""
    return _arccos(x)
