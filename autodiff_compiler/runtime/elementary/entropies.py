"""x ln y, x ln(1 + y), entropies, and the logarithm of odds.

Logarithms are sums of two floats, so that the product with x is rounded once. That of a ratio a / b is
taken from the mantissas m and n of both, as 2 artanh((m − n) / (m + n)), with one division: nothing is
lost where a and b are close, and the ratio may be beyond the range.
"""

from __future__ import annotations

import math
from typing import Any

from scipy import special

from autodiff_compiler.runtime.elementary.bits import choose, fma, like, magnitude, pick
from autodiff_compiler.runtime.elementary.declare import elementary, inlined, of_pairs
from autodiff_compiler.runtime.elementary.exponentials import (
    LN2_HIGH,
    LN2_HIGH_SINGLE,
    LN2_LOW,
    LN2_LOW_SINGLE,
)
from autodiff_compiler.runtime.elementary.logarithms import LOG, log_sum, split_any, split_one_and
from autodiff_compiler.runtime.elementary.sums import fast_two_sum, quotient_parts, two_product, two_sum

ROOT_2 = 1.4142135


@inlined
def same(x: Any) -> Any:
    """Whether x is a number."""
    return x == x


@inlined
def log_ratio(e: Any, m: Any, n: Any, n_low: Any) -> Any:
    """E ln 2 + ln(m / (n + n_low)) = high + low, for m and n between √½ and √2."""
    zero, one, two, root = like(m, 0.0), like(m, 1.0), like(m, 2.0), like(m, ROOT_2)
    above, under = m > root * n, n > root * m
    factor = choose(above, two, one)
    m, n, n_low = choose(under, two * m, m), factor * n, factor * n_low
    e = e + choose(above, one, choose(under, -one, zero))
    below, below_low = two_sum(m, n)
    s, s_low = quotient_parts(m - n, -n_low, below, below_low + n_low)
    z = s * s
    high, low = fast_two_sum(e * pick(m, LN2_HIGH, LN2_HIGH_SINGLE), s + s)
    rest = fma(s * z, LOG(z), s_low + s_low)
    return high, low + fma(e, pick(m, LN2_LOW, LN2_LOW_SINGLE), rest)


@inlined
def log_quotient(a: Any, b: Any) -> Any:
    """Ln(a / b) = high + low for positive a and b; infinite ones too."""
    infinite, zero = like(a, math.inf), like(a, 0.0)
    k, m = split_any(a)
    j, n = split_any(b)
    high, low = log_ratio(k - j, m, n, zero)
    at_limit = choose(a < infinite, -infinite, choose(b < infinite, infinite, like(a, math.nan)))
    finite = (a < infinite) & (b < infinite)
    return choose(finite, high, at_limit), choose(finite, low, zero)


@inlined
def times_log(x: Any, y: Any, low: Any, high: Any, bottom: Any) -> Any:
    """X times a logarithm of y: 0 where x is, and that of limits where y is the bottom, less, or infinite."""
    infinite, zero = like(x, math.inf), like(x, 0.0)
    finite = (y > bottom) & (y < infinite)
    at_end = choose(y == bottom, -infinite, choose(y > bottom, infinite, like(x, math.nan)))
    product = x * choose(finite, high, at_end)
    summed = finite & (magnitude(x) < infinite) & (high != zero)  # whose sign the sum would lose
    result = choose(summed, fma(x, high, x * low), product)
    return choose((x == zero) & same(y), zero, result)


# ---------------------------------------------------------------- x ln y


def _xlogy_of(x: Any, y: Any) -> Any:
    k, m = split_any(y)
    high, low = log_sum(k, m - like(y, 1.0))
    return times_log(x, y, low, high, like(y, 0.0))


_xlogy = of_pairs(_xlogy_of)


@elementary(special.xlogy)
def xlogy(x: Any, y: Any) -> Any:
    """X ln y, 0 where x = 0."""
    return _xlogy(x, y)


def _xlog1py_of(x: Any, y: Any) -> Any:
    k, f, lost = split_one_and(y)
    high, low = log_sum(k, f)
    one = like(y, 1.0)
    low = low + lost / (one + f)
    return times_log(x, y, low, choose(y == like(y, 0.0), y, high), -one)


_xlog1py = of_pairs(_xlog1py_of)


@elementary(special.xlog1py)
def xlog1py(x: Any, y: Any) -> Any:
    """X ln(1 + y), 0 where x = 0."""
    return _xlog1py(x, y)


# ---------------------------------------------------------------- entropies


@elementary(special.entr)
def entr(x: Any) -> Any:
    """−x ln x; −∞ for negative x."""
    return choose(x < like(x, 0.0), like(x, -math.inf), _xlogy(-x, x))


@inlined
def _rel_entr_of(x: Any, y: Any) -> Any:
    """The product, and its error."""
    high, low = log_quotient(x, y)
    product, error = two_product(x, high)
    finite = magnitude(product) < like(x, math.inf)
    return product, choose(finite, fma(x, low, error), like(x, 0.0))


@inlined
def _where_positive(x: Any, y: Any, inside: Any, at_zero: Any) -> Any:
    zero = like(x, 0.0)
    outside = choose((x == zero) & (y >= zero), at_zero, like(x, math.inf))
    outside = choose(same(x) & same(y), outside, like(x, math.nan))
    return choose((x > zero) & (y > zero), inside, outside)


def _rel_entr_one(x: Any, y: Any) -> Any:
    product, error = _rel_entr_of(x, y)
    return _where_positive(x, y, product + error, like(x, 0.0))


_rel_entr = of_pairs(_rel_entr_one)


@elementary(special.rel_entr)
def rel_entr(x: Any, y: Any) -> Any:
    """X ln(x / y); 0 where x = 0, ∞ where one is negative."""
    return _rel_entr(x, y)


def _kl_div_one(x: Any, y: Any) -> Any:
    large = x > pick(x, 1e300, 1e30)  # where the product may overflow, and the result may not
    unit, other = choose(large, like(x, 0.25), like(x, 1.0)), choose(large, like(x, 4.0), like(x, 1.0))
    x, y = unit * x, unit * y
    product, error = _rel_entr_of(x, y)
    difference, lost = two_sum(y, -x)
    total, rest = two_sum(product, difference)
    finite = magnitude(total) < like(x, math.inf)
    return other * _where_positive(x, y, choose(finite, total + (rest + (lost + error)), total), y)


_kl_div = of_pairs(_kl_div_one)


@elementary(special.kl_div)
def kl_div(x: Any, y: Any) -> Any:
    """X ln(x / y) − x + y."""
    return _kl_div(x, y)


# ---------------------------------------------------------------- the logarithm of odds


@elementary(special.logit)
def logit(x: Any) -> Any:
    """Ln(x / (1 − x)), where 1 − x is a sum of two floats."""
    zero, one = like(x, 0.0), like(x, 1.0)
    other, other_low = fast_two_sum(one, -x)
    k, m = split_any(x)
    j, n = split_any(other)
    high, low = log_ratio(k - j, m, n, other_low * choose(j == zero, one, like(x, 2.0)))
    at_end = choose(x == zero, like(x, -math.inf), like(x, math.nan))
    at_end = choose(x == one, like(x, math.inf), at_end)
    return choose((x > zero) & (x < one), high + low, at_end)
