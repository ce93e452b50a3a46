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
    choose,
    fma,
    like,
    magnitude,
    pick,
    polynomial,
    root,
    with_sign,
)
from autodiff_compiler.runtime.elementary.declare import by_precision, elementary, inlined
from autodiff_compiler.runtime.elementary.sums import fast_two_sum

TAN_EIGHTH = 0.41421356237309503  # tan(π/8)
TAN_THREE_EIGHTHS = 2.414213562373095
EIGHTH_HIGH = float.fromhex("0x1.921fb54442d00p-1")  # π/4, 42 bits: small multiples are exact
EIGHTH_LOW = float.fromhex("0x1.8469898cc5170p-49")
EIGHTH_HIGH_SINGLE = 0.78515625  # 9 bits
EIGHTH_LOW_SINGLE = 0.0002419133974483096
HALF_PI_LOW_SINGLE = -4.371139000186241e-08
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
    single=(
        -0.3333333176116852,
        0.19999540483648964,
        -0.1426395559798464,
        0.10743731490791084,
        -0.06451928208121749,
    ),
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
    single=(
        0.16666666337430908,
        0.07500094543497424,
        0.04459940152851218,
        0.03110066273549457,
        0.017149238357677253,
        0.03369084720283012,
    ),
)

# ---------------------------------------------------------------- arctan


@inlined
def eighths(m: Any, t: Any) -> Any:
    """M π/4 + arctan t."""
    total, rest = fast_two_sum(m * pick(m, EIGHTH_HIGH, EIGHTH_HIGH_SINGLE), t)
    z = t * t
    return total + (rest + fma(t * z, ATAN(z), m * pick(m, EIGHTH_LOW, EIGHTH_LOW_SINGLE)))


@elementary(np.arctan)
def arctan(x: Any) -> Any:
    """The arctangent."""
    size = magnitude(x)
    one = like(x, 1.0)
    far, middle = size > like(x, TAN_THREE_EIGHTHS), size > like(x, TAN_EIGHTH)
    above = choose(far, -one, choose(middle, size - one, size))
    below = choose(far, size, choose(middle, size + one, one))
    m = choose(far, like(x, 2.0), choose(middle, one, like(x, 0.0)))
    return with_sign(eighths(m, above / below), x)


# ---------------------------------------------------------------- arctan2


@inlined
def ratio_of(y: Any, x: Any) -> Any:
    """The angle m π/4 ± arctan t of the point (x, |y|): m, t and the sign."""
    width, height = magnitude(x), magnitude(y)
    one = like(x, 1.0)
    steep = height > width
    smaller, larger = choose(steep, width, height), choose(steep, height, width)
    endless = smaller == math.inf  # both are
    smaller, larger = choose(endless, one, smaller), choose(endless | (larger == 0.0), one, larger)
    shrunk = choose(larger < pick(x, 2.0**-900, 2.0**-80), pick(x, 2.0**100, 2.0**40), one)
    scale = choose(larger > pick(x, 2.0**1000, 2.0**100), pick(x, 2.0**-60, 2.0**-30), shrunk)
    smaller, larger = smaller * scale, larger * scale
    middle = smaller > like(x, TAN_EIGHTH) * larger
    above = choose(middle, smaller - larger, smaller)
    below = choose(middle, smaller + larger, larger)
    m = choose(middle, one, like(x, 0.0))
    m = choose(steep, like(x, 2.0) - m, m)
    left = with_sign(one, x) < 0.0
    sign = choose(steep != left, -one, one)
    return choose(left, like(x, 4.0) - m, m), above / below, sign


@inlined
def arctan2_of(y: Any, x: Any) -> Any:
    """The angle, of numbers of one precision."""
    m, t, sign = ratio_of(y, x)
    result = magnitude(eighths(m, sign * t))
    return with_sign(choose((x == x) & (y == y), result, like(x, math.nan)), y)


def _arctan2_double(y: Any, x: Any) -> Any:
    return arctan2_of(np.float64(y), np.float64(x))


def _arctan2_single(y: Any, x: Any) -> Any:
    return arctan2_of(y, x)


_arctan2 = by_precision(_arctan2_double, _arctan2_single)


@elementary(np.arctan2)
def arctan2(y: Any, x: Any) -> Any:
    """The angle of the point (x, y)."""
    return _arctan2(y, x)


# ---------------------------------------------------------------- arcsin, arccos


@inlined
def arcsin_parts(x: Any) -> Any:
    """Whether |x| > ½; s and r with arcsin |x| = s + r, or half the complement's."""
    size = magnitude(x)
    far = size > 0.5
    z = choose(far, like(x, 0.5) * (like(x, 1.0) - size), size * size)
    s = choose(far, root(z), size)
    return far, s, s * (z * ASIN(z))


@elementary(np.arcsin)
def arcsin(x: Any) -> Any:
    """The arcsine."""
    far, s, rest = arcsin_parts(x)
    half_low = pick(x, HALF_PI_LOW, HALF_PI_LOW_SINGLE)
    beyond = like(x, math.pi / 2) - (s + s + (rest + rest - half_low))
    return with_sign(choose(far, beyond, s + rest), x)


@elementary(np.arccos)
def arccos(x: Any) -> Any:
    """The arccosine."""
    far, s, rest = arcsin_parts(x)
    half_low = pick(x, HALF_PI_LOW, HALF_PI_LOW_SINGLE)
    left = x < 0.0
    near = choose(left, s, -s)
    near_rest = choose(left, rest + half_low, half_low - rest)
    beyond_left = like(x, math.pi) - (s + s + (rest + rest - (half_low + half_low)))
    beyond = choose(left, beyond_left, s + s + (rest + rest))
    return choose(far, beyond, like(x, math.pi / 2) + (near + near_rest))
