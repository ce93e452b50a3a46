"""erf, erfc and erfcx.

Up to 1, erf x = 2/√π x + x³ P(x²). For x ≥ 0, erfc x = exp(−x²) T(t) / (1 + 2 x) with t = (x − 4) /
(x + 4): T is between 1 and 1.3 and smooth up to infinity, as exp(x²) erfc x decays as 1 / x (the
variable is Shepherd and Laframboise's, 1981). x² and all factors are sums of two floats. P and T are
Chebyshev interpolants (scripts/fit_polynomials.py).
"""

from __future__ import annotations

import math
from typing import Any

from scipy import special

from autodiff_compiler.runtime.elementary.bits import (
    choose,
    fma,
    like,
    magnitude,
    pick,
    polynomial,
    scaled,
    with_sign,
)
from autodiff_compiler.runtime.elementary.declare import elementary, inlined
from autodiff_compiler.runtime.elementary.exponentials import clamped, exp_parts
from autodiff_compiler.runtime.elementary.sums import fast_two_sum, quotient_parts, two_product, two_sum

SLOPE = float.fromhex("0x1.20dd750429b6dp+0")  # 2/√π, and what is left of it
SLOPE_LOW = float.fromhex("0x1.1ae3a914fed80p-56")
SLOPE_LOW_SINGLE = -5.8635382771399236e-08

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
    single=(
        -0.37612638376109975,
        0.1128375366163041,
        -0.026861699954947374,
        0.005204578778761909,
        -0.0008161986540033511,
        8.379755581768224e-05,
    ),
)
TAIL_START = float.fromhex("0x1.3ba5916e9fd7fp+0")  # T(0), where x = 4, and what is left of it
TAIL_START_LOW = float.fromhex("-0x1.aa9c415679e6fp-55")
TAIL_START_LOW_SINGLE = -3.384789719802624e-08
TAIL = polynomial(  # (T(t) − T(0)) / t
    -0.1396211168405625,
    0.01537965210261959,
    0.0680970542546913,
    -0.1010390660362999,
    0.0937328349984105,
    -0.06633036581219905,
    0.03716751553632399,
    -0.01619773405968329,
    0.0050319699895242515,
    -0.000757773262030915,
    -0.00019925676026410458,
    0.00015062149237837335,
    -2.43989944557621e-05,
    -1.1221292615314274e-05,
    5.709314113532492e-06,
    2.9198219084548256e-07,
    -8.25078338681245e-07,
    7.74606863568198e-08,
    1.1025271999000152e-07,
    -2.05545313698593e-08,
    -1.4806988146925795e-08,
    3.1672611119361695e-09,
    1.825695118953907e-09,
    -2.655726616312575e-10,
    -1.4311318470928162e-10,
    single=(
        -0.13962108431457343,
        0.015379683653270457,
        0.06809613205416176,
        -0.10103995084812757,
        0.09374044379277174,
        -0.06632325953594628,
        0.037139916895707926,
        -0.016222274556440326,
        0.005082809154341805,
        -0.0007163394718890914,
        -0.0002486322974476492,
        0.00011660799658166694,
    ),
)


@inlined
def near(x: Any) -> Any:
    """Erf x = high + low for |x| ≤ 1."""
    z = x * x
    slope = like(x, SLOPE)
    product, error = two_product(x, slope)
    high, low = fast_two_sum(product, x * z * ERF(z))
    return high, low + fma(x, pick(x, SLOPE_LOW, SLOPE_LOW_SINGLE), error)


@inlined
def near_one(x: Any) -> Any:
    """Erfc x = high + low for |x| ≤ 0.45."""
    high, low = near(clamped(x, -1.0, 1.0))
    total, error = fast_two_sum(like(x, 1.0), -high)
    return total, error - low


@inlined
def tail_over(t: Any, below: Any, below_low: Any) -> Any:
    """T(t) / (below + below_low) as a sum of two floats."""
    above, above_low = fast_two_sum(like(t, TAIL_START), t * TAIL(t))
    above_low = above_low + pick(t, TAIL_START_LOW, TAIL_START_LOW_SINGLE)
    return quotient_parts(above, above_low, below, below_low)


@inlined
def product_of_sums(a: Any, a_low: Any, b: Any, b_low: Any) -> Any:
    """The product of two sums, as a sum."""
    product, error = two_product(a, b)
    return product, error + fma(a_low, b, a * b_low)


@inlined
def scaled_product(k: Any, a: Any, a_low: Any, b: Any, b_low: Any) -> Any:
    """2ᵏ times the product of two sums."""
    product, rest = product_of_sums(a, a_low, b, b_low)
    return scaled(product + rest, k)


@inlined
def far(x: Any) -> Any:
    """Erfc x for x ≥ 0."""
    x = clamped(x, 0.0, pick(x, 28.0, 11.0))
    square, square_low = two_product(x, x)
    k, power, power_low = exp_parts(-square)
    power_low = fma(-power, square_low, power_low)
    four, one = like(x, 4.0), like(x, 1.0)
    below, below_low = fast_two_sum(x + x, one)
    ratio, ratio_low = tail_over((x - four) / (x + four), below, below_low)
    return scaled_product(k, power, power_low, ratio, ratio_low)


# ---------------------------------------------------------------- erf and erfc


@elementary(math.erf)
def erf(x: Any) -> Any:
    """The error function, 2/√π times the integral of exp(−t²) from 0 to x."""
    size, one = magnitude(x), like(x, 1.0)
    high, low = near(choose(size > one, one, size))
    return with_sign(choose(size > one, one - far(size), high + low), x)


@elementary(math.erfc)
def erfc(x: Any) -> Any:
    """1 − erf x."""
    tail = far(magnitude(x))
    tail = choose(x > like(x, 0.0), tail, like(x, 2.0) - tail)
    high, low = near_one(x)
    return choose(magnitude(x) > like(x, 0.45), tail, high + low)


# ---------------------------------------------------------------- erfcx


@inlined
def tail_factor(x: Any) -> Any:
    """exp(x²) erfc x = (high + low) unit for x ≥ 0; the unit is less than 1 where that would be denormal."""
    unit = choose(x > pick(x, 1e200, 1e30), pick(x, 2.0**-600, 2.0**-60), like(x, 1.0))
    four = like(x, 4.0)
    t = choose(x > pick(x, 1e200, 1e30), like(x, 1.0), (x - four) / (x + four))
    half = x * unit
    below, below_low = two_sum(half + half, unit)
    high, low = tail_over(t, below, below_low)
    return high, low, unit


@elementary(special.erfcx)
def erfcx(x: Any) -> Any:
    """exp(x²) erfc x; for x < 0 that is 2 exp(x²) − exp(x²) erfc |x|."""
    size = magnitude(x)
    ratio, ratio_low, unit = tail_factor(
        clamped(size, 0.0, pick(x, 2.0**1023 * (2.0 - 2.0**-52), 2.0**127 * (2.0 - 2.0**-23)))
    )
    bounded = clamped(size, 0.0, pick(x, 27.0, 10.0))
    square, square_low = two_product(bounded, bounded)
    k, power, power_low = exp_parts(square)
    power_low = fma(power, square_low, power_low)
    zero, one = like(x, 0.0), like(x, 1.0)
    mirrored = scaled(power, k + one) - ratio + (scaled(power_low, k + one) - ratio_low)
    result = choose(x < zero, mirrored, (ratio + ratio_low) * unit)
    high, low = near_one(x)
    result = choose(size > like(x, 0.45), result, scaled_product(k, power, power_low, high, low))
    return choose(x < like(x, math.inf), result, choose(x > zero, zero, x))
