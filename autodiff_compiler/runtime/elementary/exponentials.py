"""eˣ, 2ˣ, eˣ − 1, the hyperbolic functions and the logistic function.

x = k ln 2 + r with |r| ≤ ln 2 / 2 (k ln 2 in two parts, so that r is exact to its last bit), and eʳ
= 1 + r + r² P(r). The power 2ᵏ is put into the exponent of a float. What follows from eˣ − 1 works
on it as an unevaluated sum of two floats, with one division whose remainder is put back in.

P is a Chebyshev interpolant (scripts/fit_polynomials.py). In float32 the same is done in float64
arithmetic, with shorter polynomials; nothing can overflow there and one rounding is left.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff_compiler.runtime.elementary.bits import (
    choose,
    fma,
    from_bits,
    like,
    magnitude,
    nearest,
    pick,
    polynomial,
    scaled,
    two_to,
    whole,
    with_sign,
)
from autodiff_compiler.runtime.elementary.declare import by_precision, elementary, inlined
from autodiff_compiler.runtime.elementary.sums import fast_two_sum, quotient, two_sum

LOG2_E = float.fromhex("0x1.71547652b82fep+0")
LN2_HIGH = float.fromhex("0x1.62e42fefa0000p-1")  # 38 bits: its product with k is exact
LN2_HIGH_SINGLE = 0.693115234375  # 14 bits
LN2_LOW_SINGLE = 3.1946184945309415e-05
LN2_LOW = float.fromhex("0x1.cf79abc9e3b3ap-40")

EXP = polynomial(
    0.5,
    0.1666666666666667,
    0.04166666666666667,
    0.008333333333326141,
    0.0013888888888883752,
    0.00019841269874800493,
    2.4801587325533363e-05,
    2.7557255425746435e-06,
    2.7557273661348637e-07,
    2.510520637395701e-08,
    2.0914679376583935e-09,
    single=(
        0.5000000013457727,
        0.16666666681614256,
        0.04166646500604005,
        0.008333310934448869,
        0.0013933641031986701,
        0.00019890980869750327,
    ),
)
SINH_SINGLE = polynomial(
    single=(
        0.1666667539661167,
        0.008331762733679637,
        0.0002025888490300197,
    )
)
TANH_SINGLE = polynomial(
    single=(
        -0.3333333200797698,
        0.1333311372902087,
        -0.05390942882746055,
        0.021309388664443474,
        -0.006610227831114734,
    )
)
EXP_SINGLE = polynomial(
    0.5000000013457727,
    0.16666666681614256,
    0.04166646500604005,
    0.008333310934448869,
    0.0013933641031986701,
    0.00019890980869750327,
)
EXP2 = polynomial(
    0.6931471805599453,
    0.24022650695910097,
    0.0555041086648216,
    0.009618129107606888,
    0.0013333558146416936,
    0.0001540353044173605,
    1.525273382983612e-05,
    1.321544258792169e-06,
    1.0178062445845774e-07,
    7.072585949269223e-09,
    4.4549605981865186e-10,
    single=(
        0.6931471880262288,
        0.24022650760568126,
        0.05550357114219078,
        0.009618082557277852,
        0.0013390863364671234,
        0.0001545316294512069,
    ),
)
EXP2_SINGLE = polynomial(
    0.6931471805599453,
    0.24022650922288757,
    0.055504108839096185,
    0.009618056678524637,
    0.001333350238616277,
    0.0001546144469856913,
    1.5297323760701075e-05,
)


@inlined
def power_of_two(k: Any) -> Any:
    """2ᵏ for −1022 ≤ k ≤ 1023."""
    return from_bits((k + 1023) << 52)


@inlined
def clamped(x: Any, low: Any, high: Any) -> Any:
    """X between two numbers; NaN stays."""
    low, high = like(x, low), like(x, high)
    x = choose(x < low, low, x)
    return choose(x > high, high, x)


@inlined
def clamped_to(x: Any, high: Any) -> Any:
    """The smaller one of x and a constant; NaN stays."""
    high = like(x, high)
    return choose(x > high, high, x)


@inlined
def reduced(x: Any) -> Any:
    """K and r of x = k ln 2 + r."""
    k = nearest(x * like(x, LOG2_E))
    r = fma(-k, pick(x, LN2_HIGH, LN2_HIGH_SINGLE), x)
    return k, fma(-k, pick(x, LN2_LOW, LN2_LOW_SINGLE), r)


@inlined
def exp_parts(x: Any) -> Any:
    """eˣ = 2ᵏ (high + low)."""
    k, r = reduced(x)
    tail = fma(r * r, EXP(r), r)
    high, low = fast_two_sum(like(x, 1.0), tail)
    return k, high, low


@inlined
def expm1_parts(x: Any) -> Any:
    """(eˣ − 1) / 4 = high + low for −40 ≤ x ≤ 710.6; the quarter keeps it in range."""
    k, r = reduced(x)
    s = power_of_two(whole(k) - 2)
    high, low = fast_two_sum(s - 0.25, s * r)
    return fast_two_sum(high, fma(s, r * r * EXP(r), low))


@inlined
def expm1_single(x: Any) -> Any:
    """eˣ − 1 to 29 bits, for |x| ≤ 700."""
    k, r = reduced(x)
    s = power_of_two(whole(k))
    return fma(s, fma(r * r, EXP_SINGLE(r), r), s - 1.0)


@inlined
def wide_exp(x: Any) -> Any:
    """eˣ to 29 bits, for |x| ≤ 700."""
    k, r = reduced(x)
    return (1.0 + fma(r * r, EXP_SINGLE(r), r)) * power_of_two(whole(k))


@inlined
def narrow_exp(x: Any) -> Any:
    """A quarter of the exponential of a float32 below 89.5, in float32."""
    k, r = reduced(x)
    return (like(x, 1.0) + fma(r * r, EXP(r), r)) * two_to(k - like(x, 2.0))


# ---------------------------------------------------------------- exp


def _exp_double(x: Any) -> Any:
    x = clamped(x, -746.0, 710.0)
    k, r = reduced(x)
    return scaled(1.0 + fma(r * r, EXP(r), r), k)


def _exp_single(x: Any) -> Any:
    return np.float32(wide_exp(clamped(np.float64(x), -110.0, 90.0)))


_exp = by_precision(_exp_double, _exp_single)


@elementary(np.exp)
def exp(x: Any) -> Any:
    """eˣ."""
    return _exp(x)


# ---------------------------------------------------------------- exp2


def _exp2_double(x: Any) -> Any:
    x = clamped(x, -1080.0, 1025.0)
    k = nearest(x)
    r = x - k
    return scaled(fma(r, EXP2(r), 1.0), k)


def _exp2_single(x: Any) -> Any:
    x = clamped(np.float64(x), -160.0, 130.0)
    k = nearest(x)
    r = x - k
    return np.float32(fma(r, EXP2_SINGLE(r), 1.0) * power_of_two(whole(k)))


_exp2 = by_precision(_exp2_double, _exp2_single)


@elementary(np.exp2)
def exp2(x: Any) -> Any:
    """2ˣ."""
    return _exp2(x)


# ---------------------------------------------------------------- expm1


def _expm1_double(x: Any) -> Any:
    high, low = expm1_parts(clamped(x, -40.0, 710.0))
    return choose(magnitude(x) < 1e-17, x, 4.0 * (high + low))


def _expm1_single(x: Any) -> Any:
    x = np.float64(x)
    return np.float32(choose(x == 0.0, x, expm1_single(clamped(x, -40.0, 90.0))))


_expm1 = by_precision(_expm1_double, _expm1_single)


@elementary(np.expm1)
def expm1(x: Any) -> Any:
    """eˣ − 1."""
    return _expm1(x)


# ---------------------------------------------------------------- sinh, cosh, tanh


def _sinh_double(x: Any) -> Any:
    """With e = e^|x| − 1: (e + e / (e + 1)) / 2."""
    high, low = expm1_parts(clamped(magnitude(x), 0.0, 710.6))
    other = high / fma(4.0, high, 1.0)
    total, error = fast_two_sum(high, other)
    return choose(magnitude(x) < 1e-9, x, with_sign(2.0 * (total + (error + low)), x))


def _sinh_single(x: Any) -> Any:
    size = magnitude(x)
    square = size * size
    near = fma(size * square, SINH_SINGLE(square), size)
    quarter = narrow_exp(clamped_to(size, 90.0))
    far = quarter - like(x, 0.0625) / quarter
    return with_sign(choose(size < 1.0, near, far + far), x)


_sinh = by_precision(_sinh_double, _sinh_single)


@elementary(np.sinh)
def sinh(x: Any) -> Any:
    """The hyperbolic sine, (eˣ − e⁻ˣ) / 2."""
    return _sinh(x)


def _cosh_double(x: Any) -> Any:
    k, r = reduced(clamped(magnitude(x), 0.0, 710.6))
    quarter = (1.0 + fma(r * r, EXP(r), r)) * power_of_two(whole(k) - 2)
    return 2.0 * (quarter + 0.0625 / quarter)


def _cosh_single(x: Any) -> Any:
    quarter = narrow_exp(clamped_to(magnitude(x), 90.0))
    half = quarter + like(x, 0.0625) / quarter
    return half + half


_cosh = by_precision(_cosh_double, _cosh_single)


@elementary(np.cosh)
def cosh(x: Any) -> Any:
    """The hyperbolic cosine, (eˣ + e⁻ˣ) / 2."""
    return _cosh(x)


def _tanh_double(x: Any) -> Any:
    """With e = e^(2 |x|) − 1: e / (e + 2)."""
    high, low = expm1_parts(clamped(2.0 * magnitude(x), 0.0, 44.0))
    below, rest = two_sum(0.5, high)
    return choose(magnitude(x) < 1e-9, x, with_sign(quotient(high, low, below, rest + low), x))


def _tanh_single(x: Any) -> Any:
    size = magnitude(x)
    square = size * size
    near = fma(size * square, TANH_SINGLE(square), size)
    quarter = narrow_exp(clamped_to(size + size, 20.0))
    far = like(x, 1.0) - like(x, 0.5) / (quarter + like(x, 0.25))
    return with_sign(choose(size < like(x, 0.55), near, far), x)


_tanh = by_precision(_tanh_double, _tanh_single)


@elementary(np.tanh)
def tanh(x: Any) -> Any:
    """The hyperbolic tangent."""
    return _tanh(x)


# ---------------------------------------------------------------- sigmoid


def _sigmoid_double(x: Any) -> Any:
    """With z = e^(−|x|): 1 / (1 + z), or z / (1 + z) where x < 0; 2ᵏ comes last, as z may be denormal."""
    k, high, low = exp_parts(clamped(-magnitude(x), -746.0, 0.0))
    exponent = whole(k)
    half = exponent >> 1
    first, second = power_of_two(half), power_of_two(exponent - half)
    z, z_low = high * first * second, low * first * second
    below, rest = fast_two_sum(1.0, z)
    upper = x > 0.0
    ratio = quotient(choose(upper, 1.0, high), choose(upper, 0.0, low), below, rest + z_low)
    return choose(upper, ratio, ratio * first * second)


def _sigmoid_single(x: Any) -> Any:
    return np.float32(1.0 / (1.0 + wide_exp(clamped(-np.float64(x), -88.0, 110.0))))


_sigmoid = by_precision(_sigmoid_double, _sigmoid_single)


def _plain_sigmoid(x: Any) -> Any:
    z = np.exp(-np.abs(x))
    return np.where(x > 0, 1 / (1 + z), z / (1 + z)).astype(z.dtype)[()]


@elementary(_plain_sigmoid)
def sigmoid(x: Any) -> Any:
    """The logistic function, 1 / (1 + e⁻ˣ)."""
    return _sigmoid(x)
