"""Distributions of `scipy.special`: of counts, noncentral ones, of Kolmogorov and Tukey; and their inverses.

An inverse has the partials of the solution y of F(y, c) = p: 1 / f for p, −∂F/∂c / f for a parameter c.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from autodiff_compiler.operators.declare import special_function
from autodiff_compiler.operators.entry import Partial, Unwritten, integers, reals
from autodiff_compiler.operators.special_gamma import (
    beta_density,
    chi_density,
    gamma_density,
    poisson_weight,
)
from autodiff_compiler.operators.trace import Traced, apply, where

_SHAPE, _PART, _FREEDOM = reals(0.5, 4), reals(0.05, 0.95), reals(2, 5)
_FREEDOMS = Unwritten("degrees of freedom")


def _exp(x: Traced) -> Traced:
    return apply("exp", x)


def _sqrt(x: Traced) -> Traced:
    return apply("sqrt", x)


# ---------------------------------------------------------------- counts (DLMF 8.17.24)


_COUNTS = (integers(0, 3), integers(4, 6), _PART)


def _negative_binomial(k: Traced, n: Traced, p: Traced) -> Traced:
    """pⁿ⁻¹ (1 − p)ᵏ / B(n, k + 1)."""
    return beta_density(n, apply("floor", k) + 1, p)


special_function(
    "nbdtr", domains=_COUNTS,
    partials=lambda k, n, p, y: (None, None, _negative_binomial(k, n, p)),
    doc="y = Σ C(n + j − 1, j) pⁿ (1 − p)ʲ for j ≤ k;  ∂y/∂p = pⁿ⁻¹ (1 − p)ᵏ / B(n, k + 1), of counts 0",
)  # fmt: skip

special_function(
    "nbdtrc", domains=_COUNTS,
    partials=lambda k, n, p, y: (None, None, -_negative_binomial(k, n, p)),
    doc="y = 1 − nbdtr(k, n, p);  ∂y/∂p = −pⁿ⁻¹ (1 − p)ᵏ / B(n, k + 1), of counts 0",
)  # fmt: skip

special_function(
    "nbdtri", domains=_COUNTS,
    partials=lambda k, n, q, p: (None, None, 1 / _negative_binomial(k, n, p)),
    doc="y = the solution of nbdtr(k, n, y) = q;  ∂y/∂q = B(n, k + 1) y¹⁻ⁿ (1 − y)⁻ᵏ, of counts 0",
)  # fmt: skip

special_function(
    "pdtri", domains=(integers(0, 5), _PART),
    partials=lambda k, p, m: (None, -1 / poisson_weight(k, m)),
    doc="y = the solution of pdtr(k, y) = p;  ∂y/∂p = −k! eʸ y⁻ᵏ, of the count 0",
)  # fmt: skip

# ---------------------------------------------------------------- inverses in closed form, or nearly

_GAMMA_SHAPE = Unwritten("shape")

special_function(
    "gdtrix", domains=(_SHAPE, _SHAPE, _PART),
    partials=lambda a, b, p, x: (-x / a, _GAMMA_SHAPE, 1 / (a * gamma_density(b, a * x))),
    doc="y = the solution of gdtr(a, b, y) = p;  ∂y/∂p = 1 / the density,  ∂y/∂a = −y / a,  ∂y/∂b is refused",
)  # fmt: skip

special_function(
    "gdtria", domains=(_PART, _SHAPE, _SHAPE),
    partials=lambda p, b, x, a: (1 / (x * gamma_density(b, a * x)), _GAMMA_SHAPE, -a / x),
    doc="y = the solution of gdtr(y, b, x) = p;  ∂y/∂p = 1 / (x density),  ∂y/∂x = −y / x,  ∂y/∂b is refused",
)  # fmt: skip


def _normal_mean(p: Traced, deviation: Traced, x: Traced, y: Traced) -> tuple[Traced | float, ...]:
    z = (x - y) / deviation
    return -deviation * math.sqrt(2 * math.pi) * _exp(0.5 * z * z), -z, 1.0


def _normal_deviation(mean: Traced, p: Traced, x: Traced, y: Traced) -> tuple[Traced, ...]:
    z = (x - mean) / y
    return -1 / z, -y / z * math.sqrt(2 * math.pi) * _exp(0.5 * z * z), 1 / z


special_function(
    "nrdtrimn", domains=(reals(0.25, 0.75), reals(0.5, 2), reals()),
    partials=_normal_mean,
    doc="y = x − s z, z = Φ⁻¹(p), the mean of x;  ∂y/∂p = −s / φ(z),  ∂y/∂s = −z,  ∂y/∂x = 1",
)  # fmt: skip

special_function(
    "nrdtrisd", domains=(reals(-2, -1), reals(0.6, 0.95), reals(1, 3)),
    partials=_normal_deviation,
    doc="y = (x − m) / z, z = Φ⁻¹(p), the deviation;  ∂y/∂p = −y / (z φ(z)),  ∂y/∂x = −∂y/∂m = 1 / z",
)  # fmt: skip

# ---------------------------------------------------------------- noncentral distributions


def _chi_by_x(x: Traced, df: Traced, nc: Traced) -> Traced:
    """The density of the noncentral χ² distribution, by a Bessel function."""
    central, positive = nc.equals(0.0), x > 0.0
    safe_x, safe_nc = where(positive, x, 1.0), where(central, 1.0, nc)
    root, other = _sqrt(safe_x), _sqrt(safe_nc)
    gap = root - other
    bessel = apply("ive", 0.5 * df - 1, root * other)
    found = 0.5 * _exp(-0.5 * gap * gap) * (safe_x / safe_nc) ** (0.25 * (df - 2)) * bessel
    return where(positive, where(central, chi_density(df, safe_x), found), 0.0)


def _chi_by_nc(x: Traced, df: Traced, nc: Traced, y: Traced | None = None) -> Traced:
    here = apply("chndtr", x, df, nc) if y is None else y
    return 0.5 * (apply("chndtr", x, df + 2, nc) - here)


special_function(
    "chndtr", domains=(_SHAPE, _FREEDOM, _SHAPE),
    partials=lambda x, df, nc, y: (_chi_by_x(x, df, nc), _FREEDOMS, _chi_by_nc(x, df, nc, y)),
    doc="y = the noncentral χ² distribution function F;  ∂y/∂x is its density,  "
    "∂y/∂nc = (F(x, df + 2, nc) − y) / 2,  ∂y/∂df is refused",
)  # fmt: skip


def _chi_quantile(p: Traced, df: Traced, nc: Traced, x: Traced) -> tuple[Partial, ...]:
    density = _chi_by_x(x, df, nc)
    return 1 / density, _FREEDOMS, -_chi_by_nc(x, df, nc) / density


def _chi_noncentrality(x: Traced, df: Traced, p: Traced, nc: Traced) -> tuple[Partial, ...]:
    slope = _chi_by_nc(x, df, nc)
    return -_chi_by_x(x, df, nc) / slope, _FREEDOMS, 1 / slope


special_function(
    "chndtrix", domains=(_PART, _FREEDOM, _SHAPE),
    partials=_chi_quantile,
    doc="y = the solution of chndtr(y, df, nc) = p;  ∂y/∂p = 1 / the density,  ∂y/∂nc,  ∂y/∂df is refused",
)  # fmt: skip

special_function(
    "chndtrinc", domains=(reals(5, 7), _FREEDOM, reals(0.2, 0.5)),
    partials=_chi_noncentrality,
    doc="y = the solution of chndtr(x, df, y) = p;  ∂y/∂p = 1 / ∂F/∂nc,  ∂y/∂x,  ∂y/∂df is refused",
)  # fmt: skip


def _t_moment(power: int, df: Traced, nc: Traced, t: Traced) -> Traced:
    """The mean of Sᵏ φ(t S − nc), S² being χ² over its degrees of freedom (DLMF 13.4.4)."""
    width, half, reach = df + t * t, 0.5 * (df + power), t * nc
    ratio, argument = 2 / width, reach * reach / (2 * width)
    logarithm = 0.5 * df * apply("log", 0.5 * df) - apply("lgamma", 0.5 * df) - 0.5 * nc * nc
    scale = _exp(logarithm + half * apply("log", ratio)) * (1 / math.sqrt(2 * math.pi))
    even = apply("gamma", half) * apply("hyp1f1", half, 0.5, argument)
    odd = reach * _sqrt(ratio) * apply("gamma", half + 0.5) * apply("hyp1f1", half + 0.5, 1.5, argument)
    return scale * (even + odd)


special_function(
    "nctdtr", domains=(_FREEDOM, reals(-1, 1), reals(-2, 2)),
    partials=lambda df, nc, t, y: (_FREEDOMS, -_t_moment(0, df, nc, t), _t_moment(1, df, nc, t)),
    doc="y = E Φ(t S − nc), the noncentral t distribution function;  ∂y/∂t = E S φ(t S − nc),  "
    "∂y/∂nc = −E φ(t S − nc),  ∂y/∂df is refused",
)  # fmt: skip


def _t_quantile(df: Traced, nc: Traced, p: Traced, t: Traced) -> tuple[Partial, ...]:
    density = _t_moment(1, df, nc, t)
    return _FREEDOMS, _t_moment(0, df, nc, t) / density, 1 / density


special_function(
    "nctdtrit", domains=(_FREEDOM, reals(-1, 1), reals(0.2, 0.8)),
    partials=_t_quantile,
    doc="y = the solution of nctdtr(df, nc, y) = p;  ∂y/∂p = 1 / the density,  ∂y/∂nc,  ∂y/∂df is refused",
)  # fmt: skip

# ---------------------------------------------------------------- Kolmogorov, Tukey


def _total(term: Callable[[int], Traced]) -> Traced:
    return term(1) + term(2) + term(3) + term(4)


def _kolmogorov(x: Traced) -> Traced:
    """The slope, by either of two series, of which four terms count."""
    small = x < 0.05  # where it is less than the least number
    safe = where(small, 1.0, x)
    square = safe * safe
    above = _total(lambda k: _exp((-2.0 * k * k) * square) * ((-1.0) ** k * 8 * k * k)) * safe
    odd = [(2 * k - 1) ** 2 * math.pi**2 / 4 for k in range(1, 5)]
    below = _total(
        lambda k: _exp((-0.5 * odd[k - 1]) / square) * (1 - odd[k - 1] / square)
    ) * (math.sqrt(2 * math.pi)) / square  # fmt: skip
    return where(small, 0.0, where(safe < 1.0, below, above))


special_function(
    "kolmogorov", domains=(reals(0.3, 2),),
    partials=lambda x, y: (_kolmogorov(x),),
    doc="y = 2 Σ (−1)ᵏ⁻¹ exp(−2 k² x²), 1 below 0;  ∂y/∂x = −8 x Σ (−1)ᵏ⁻¹ k² exp(−2 k² x²)",
)  # fmt: skip

special_function(
    "kolmogi", domains=(reals(0.3, 0.7),),
    partials=lambda p, x: (1 / _kolmogorov(x),),
    doc="y = the solution of kolmogorov(y) = p;  ∂y/∂p = 1 / the slope of kolmogorov",
)  # fmt: skip


def _tukey(x: Traced, shape: Traced, y: Traced) -> tuple[Partial, ...]:
    inside = apply("logical_and", y > 0.0, y < 1.0, boolean=True)
    p = where(inside, y, 0.5)
    return where(inside, 1 / (p ** (shape - 1) + (1 - p) ** (shape - 1)), 0.0), Unwritten("shape")


special_function(
    "tklmbda", domains=(reals(-0.5, 0.5), reals(-0.9, 1.5)),
    partials=_tukey,
    doc="y = the solution of (yˢ − (1 − y)ˢ) / s = x;  ∂y/∂x = 1 / (yˢ⁻¹ + (1 − y)ˢ⁻¹),  ∂y/∂s is refused",
)  # fmt: skip
