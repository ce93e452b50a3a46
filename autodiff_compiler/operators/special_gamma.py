"""The gamma function and its relatives, and distributions that are incomplete gamma and beta functions."""

from __future__ import annotations

import math
from typing import Any

from scipy import special

from autodiff_compiler.operators.declare import scalar_function, special_function
from autodiff_compiler.operators.entry import Unwritten, integers, reals
from autodiff_compiler.operators.trace import Traced, apply, where

_SHAPE = reals(0.5, 4)
_PART = reals(0.05, 0.95)


def _exp(x: Traced) -> Traced:
    return apply("exp", x)


def _psi(x: Traced) -> Traced:
    return apply("psi", x)


def _log_gamma(x: Traced) -> Traced:
    return apply("lgamma", x)


# ---------------------------------------------------------------- the gamma function

scalar_function(
    "gamma", math.gamma, special.gamma, emit="special.gamma({0})", domains=(reals(0.3, 5),),
    partials=lambda x, y: (y * _psi(x),),
    doc="y = Γ(x);  ∂y/∂x = Γ(x) ψ(x)",
)  # fmt: skip

scalar_function(
    "lgamma", math.lgamma, special.gammaln, emit="special.gammaln({0})", domains=(reals(0.3, 5),),
    partials=lambda x, y: (_psi(x),),
    doc="y = the logarithm of the size of Γ(x);  ∂y/∂x = ψ(x)",
)  # fmt: skip

special_function(
    "loggamma", domains=(reals(0.3, 5),),
    partials=lambda x, y: (_psi(where(x < 0.0, y, x)),),
    doc="y = ln Γ(x), NaN below 0;  ∂y/∂x = ψ(x)",
)  # fmt: skip

special_function(
    "rgamma", domains=(reals(0.3, 5),),
    partials=lambda x, y: (-y * _psi(x),),
    doc="y = 1 / Γ(x);  ∂y/∂x = −y ψ(x) (NaN at 0, −1, …)",
)  # fmt: skip

special_function(
    "gammasgn", domains=(reals(0.3, 5),),
    doc="y = the sign of Γ(x);  the derivative is zero",
)  # fmt: skip

special_function(
    "psi", domains=(reals(0.3, 5),),
    partials=lambda x, y: (apply("zeta", 2.0, x),),
    doc="y = ψ(x), the derivative of ln Γ;  ∂y/∂x = ζ(2, x)",
)  # fmt: skip

special_function(
    "beta", domains=(_SHAPE, _SHAPE),
    partials=lambda a, b, y: (y * (_psi(a) - _psi(a + b)), y * (_psi(b) - _psi(a + b))),
    doc="y = Γ(a) Γ(b) / Γ(a + b);  ∂y/∂a = y (ψ(a) − ψ(a + b)),  ∂y/∂b = y (ψ(b) − ψ(a + b))",
)  # fmt: skip

special_function(
    "betaln", domains=(_SHAPE, _SHAPE),
    partials=lambda a, b, y: (_psi(a) - _psi(a + b), _psi(b) - _psi(a + b)),
    doc="y = ln B(a, b);  ∂y/∂a = ψ(a) − ψ(a + b),  ∂y/∂b = ψ(b) − ψ(a + b)",
)  # fmt: skip


def _binom(n: Traced, k: Traced, y: Traced) -> tuple[Traced, ...]:
    rest = _psi(n - k + 1)
    return y * (_psi(n + 1) - rest), y * (rest - _psi(k + 1))


special_function(
    "binom", domains=(reals(4, 6), reals(0.5, 3)),
    partials=_binom,
    doc="y = Γ(n + 1) / (Γ(k + 1) Γ(n − k + 1));  ∂y/∂n = y (ψ(n + 1) − ψ(n − k + 1)),  "
    "∂y/∂k = y (ψ(n − k + 1) − ψ(k + 1))",
)  # fmt: skip

special_function(
    "poch", domains=(_SHAPE, _SHAPE),
    partials=lambda z, m, y: (y * (_psi(z + m) - _psi(z)), y * _psi(z + m)),
    doc="y = Γ(z + m) / Γ(z);  ∂y/∂z = y (ψ(z + m) − ψ(z)),  ∂y/∂m = y ψ(z + m)",
)  # fmt: skip

# ---------------------------------------------------------------- incomplete gamma functions

_GAMMA_SHAPE = Unwritten("shape")


def gamma_density(a: Traced, x: Traced) -> Traced:
    """xᵃ⁻¹ e⁻ˣ / Γ(a)."""
    return _exp(apply("xlogy", a - 1, x) - x - _log_gamma(a))


special_function(
    "gammainc", domains=(_SHAPE, _SHAPE),
    partials=lambda a, x, y: (_GAMMA_SHAPE, gamma_density(a, x)),
    doc="y = P(a, x);  ∂y/∂x = xᵃ⁻¹ e⁻ˣ / Γ(a),  ∂y/∂a is refused",
)  # fmt: skip

special_function(
    "gammaincc", domains=(_SHAPE, _SHAPE),
    partials=lambda a, x, y: (_GAMMA_SHAPE, -gamma_density(a, x)),
    doc="y = 1 − P(a, x);  ∂y/∂x = −xᵃ⁻¹ e⁻ˣ / Γ(a),  ∂y/∂a is refused",
)  # fmt: skip

special_function(
    "gammaincinv", domains=(_SHAPE, _PART),
    partials=lambda a, p, x: (_GAMMA_SHAPE, 1 / gamma_density(a, x)),
    doc="y = the solution of P(a, y) = p;  ∂y/∂p = Γ(a) eʸ y¹⁻ᵃ,  ∂y/∂a is refused",
)  # fmt: skip

special_function(
    "gammainccinv", domains=(_SHAPE, _PART),
    partials=lambda a, p, x: (_GAMMA_SHAPE, -1 / gamma_density(a, x)),
    doc="y = the solution of P(a, y) = 1 − p;  ∂y/∂p = −Γ(a) eʸ y¹⁻ᵃ,  ∂y/∂a is refused",
)  # fmt: skip


def chi_density(v: Traced, x: Traced) -> Traced:
    """The density of the χ² distribution."""
    return 0.5 * gamma_density(0.5 * v, 0.5 * x)


special_function(
    "chdtr", domains=(_SHAPE, _SHAPE),
    partials=lambda v, x, y: (Unwritten("degrees of freedom"), chi_density(v, x)),
    doc="y = the χ² distribution function;  ∂y/∂x is its density,  ∂y/∂v is refused",
)  # fmt: skip

special_function(
    "chdtrc", domains=(_SHAPE, _SHAPE),
    partials=lambda v, x, y: (Unwritten("degrees of freedom"), -chi_density(v, x)),
    doc="y = 1 − the χ² distribution function;  ∂y/∂x is minus the density,  ∂y/∂v is refused",
)  # fmt: skip

special_function(
    "chdtri", domains=(_SHAPE, _PART),
    partials=lambda v, p, x: (Unwritten("degrees of freedom"), -1 / chi_density(v, x)),
    doc="y = the solution of chdtrc(v, y) = p;  ∂y/∂p = −1 / the density at y,  ∂y/∂v is refused",
)  # fmt: skip


def _gdtr(a: Traced, b: Traced, x: Traced, sign: float) -> tuple[Traced | Unwritten, ...]:
    density = sign * gamma_density(b, a * x)
    return x * density, _GAMMA_SHAPE, a * density


special_function(
    "gdtr", domains=(_SHAPE, _SHAPE, _SHAPE),
    partials=lambda a, b, x, y: _gdtr(a, b, x, 1.0),
    doc="y = P(b, a x);  ∂y/∂a = x p,  ∂y/∂x = a p, p the density,  ∂y/∂b is refused",
)  # fmt: skip

special_function(
    "gdtrc", domains=(_SHAPE, _SHAPE, _SHAPE),
    partials=lambda a, b, x, y: _gdtr(a, b, x, -1.0),
    doc="y = 1 − P(b, a x);  ∂y/∂a = −x p,  ∂y/∂x = −a p, p the density,  ∂y/∂b is refused",
)  # fmt: skip


def poisson_weight(k: Traced, m: Traced) -> Traced:
    """e⁻ᵐ mᵏ / k!."""
    return gamma_density(apply("floor", k) + 1, m)


special_function(
    "pdtr", domains=(integers(0, 5), _SHAPE),
    partials=lambda k, m, y: (None, -poisson_weight(k, m)),
    doc="y = Σ e⁻ᵐ mʲ / j! for j ≤ k;  ∂y/∂m = −e⁻ᵐ mᵏ / k!,  ∂y/∂k = 0",
)  # fmt: skip

special_function(
    "pdtrc", domains=(integers(0, 5), _SHAPE),
    partials=lambda k, m, y: (None, poisson_weight(k, m)),
    doc="y = Σ e⁻ᵐ mʲ / j! for j > k;  ∂y/∂m = e⁻ᵐ mᵏ / k!,  ∂y/∂k = 0",
)  # fmt: skip

# ---------------------------------------------------------------- incomplete beta functions

_BETA_SHAPES = (Unwritten("first shape"), Unwritten("second shape"))
_FREEDOMS = (Unwritten("first degrees of freedom"), Unwritten("second degrees of freedom"))


def beta_density(a: Traced, b: Traced, x: Traced) -> Traced:
    """xᵃ⁻¹ (1 − x)ᵇ⁻¹ / B(a, b)."""
    return _exp(apply("xlogy", a - 1, x) + apply("xlog1py", b - 1, -x) - apply("betaln", a, b))


special_function(
    "betainc", domains=(_SHAPE, _SHAPE, _PART),
    partials=lambda a, b, x, y: (*_BETA_SHAPES, beta_density(a, b, x)),
    doc="y = I(a, b; x);  ∂y/∂x = xᵃ⁻¹ (1 − x)ᵇ⁻¹ / B(a, b),  ∂y/∂a and ∂y/∂b are refused",
)  # fmt: skip

special_function(
    "betaincc", domains=(_SHAPE, _SHAPE, _PART),
    partials=lambda a, b, x, y: (*_BETA_SHAPES, -beta_density(a, b, x)),
    doc="y = 1 − I(a, b; x);  ∂y/∂x = −xᵃ⁻¹ (1 − x)ᵇ⁻¹ / B(a, b),  ∂y/∂a and ∂y/∂b are refused",
)  # fmt: skip

special_function(
    "betaincinv", domains=(_SHAPE, _SHAPE, _PART),
    partials=lambda a, b, p, x: (*_BETA_SHAPES, 1 / beta_density(a, b, x)),
    doc="y = the solution of I(a, b; y) = p;  ∂y/∂p = 1 / the density at y,  ∂y/∂a and ∂y/∂b are refused",
)  # fmt: skip

special_function(
    "betainccinv", domains=(_SHAPE, _SHAPE, _PART),
    partials=lambda a, b, p, x: (*_BETA_SHAPES, -1 / beta_density(a, b, x)),
    doc="y = the root of I(a, b; y) = 1 − p;  ∂y/∂p = −1 / the density at y,  ∂y/∂a and ∂y/∂b are refused",
)  # fmt: skip


def _student(df: Traced, t: Traced) -> Traced:
    """The density of Student's distribution."""
    power = -0.5 * (df + 1) * apply("log1p", t * t / df)
    return _exp(power - apply("betaln", 0.5 * df, 0.5)) / apply("sqrt", df)


special_function(
    "stdtr", domains=(_SHAPE, reals()),
    partials=lambda df, t, y: (Unwritten("degrees of freedom"), _student(df, t)),
    doc="y = Student's distribution function;  ∂y/∂t is its density,  ∂y/∂df is refused",
)  # fmt: skip

special_function(
    "stdtrit", domains=(reals(1.5, 4), reals(0.1, 0.9)),
    partials=lambda df, p, t: (Unwritten("degrees of freedom"), 1 / _student(df, t)),
    doc="y = the solution of stdtr(df, y) = p;  ∂y/∂p = 1 / the density at y,  ∂y/∂df is refused",
)  # fmt: skip


def _fisher(a: Traced, b: Traced, x: Traced) -> Traced:
    """The density of the F distribution."""
    bottom = a * x + b
    return beta_density(0.5 * a, 0.5 * b, a * x / bottom) * a * b / (bottom * bottom)


special_function(
    "fdtr", domains=(reals(2, 5), reals(2, 5), _SHAPE),
    partials=lambda a, b, x, y: (*_FREEDOMS, _fisher(a, b, x)),
    doc="y = the F distribution function;  ∂y/∂x is its density,  its other partials are refused",
)  # fmt: skip

special_function(
    "fdtrc", domains=(reals(2, 5), reals(2, 5), _SHAPE),
    partials=lambda a, b, x, y: (*_FREEDOMS, -_fisher(a, b, x)),
    doc="y = 1 − the F distribution function;  ∂y/∂x is minus the density,  its other partials are refused",
)  # fmt: skip

special_function(
    "fdtri", domains=(reals(2, 5), reals(2, 5), reals(0.1, 0.9)),
    partials=lambda a, b, p, x: (*_FREEDOMS, 1 / _fisher(a, b, x)),
    doc="y = the root of fdtr(a, b, y) = p;  ∂y/∂p = 1 / the density at y,  its other partials are refused",
)  # fmt: skip

# ---------------------------------------------------------------- draws


def drawn_by_shape(drawn: Any, shape: Any) -> Any:
    """A number that was drawn from a distribution of this shape, by which it is not differentiated."""
    return drawn


scalar_function(
    "drawn_by_shape", drawn_by_shape, emit="({0}, {1})[0]", result="number", cheap=True,
    domains=(reals(), _SHAPE),
    partials=lambda drawn, shape, y: (1.0, Unwritten("distribution's shape", of="a random draw")),
    doc="y = a, drawn from a distribution of the shape b;  ∂y/∂a = 1,  ∂y/∂b is refused",
)  # fmt: skip
