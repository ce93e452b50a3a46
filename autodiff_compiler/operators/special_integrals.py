"""Exponential, elliptic and hypergeometric integrals and functions, and orthogonal polynomials."""

from __future__ import annotations

import math

from autodiff_compiler.operators.declare import special_function
from autodiff_compiler.operators.entry import Partial, Unwritten, integers, reals
from autodiff_compiler.operators.trace import Traced, apply, where

_POSITIVE = reals(0.3, 4)


def _exp(x: Traced) -> Traced:
    return apply("exp", x)


# ---------------------------------------------------------------- exponential integrals

special_function(
    "expi", domains=(_POSITIVE,),
    partials=lambda x, y: (_exp(x) / x,),
    doc="y = Ei(x);  ∂y/∂x = eˣ / x",
)  # fmt: skip

special_function(
    "exp1", domains=(_POSITIVE,),
    partials=lambda x, y: (-_exp(-x) / x,),
    doc="y = E₁(x);  ∂y/∂x = −e⁻ˣ / x",
)  # fmt: skip


def _expn(n: Traced, x: Traced, y: Traced) -> tuple[Traced | None, ...]:
    """E₀ is e⁻ˣ / x, whose derivative is written out, as there is no E₋₁ in SciPy."""
    first = n < 1.0
    below = apply("expn", where(first, 1.0, n) - 1, x)
    return None, where(first, -y * (1 + x) / x, -below)


special_function(
    "expn", domains=(integers(0, 4), _POSITIVE),
    partials=_expn,
    doc="y = Eₙ(x), n an integer;  ∂y/∂x = −Eₙ₋₁(x),  ∂y/∂n = 0",
)  # fmt: skip


def _spence(x: Traced, y: Traced) -> tuple[Traced, ...]:
    one = x.equals(1.0)
    return (where(one, -1.0, apply("log", x) / (1 - where(one, 0.0, x))),)


special_function(
    "spence", domains=(_POSITIVE,),
    partials=_spence,
    doc="y = ∫ ln t / (1 − t) dt from 1 to x;  ∂y/∂x = ln x / (1 − x) (−1 at 1)",
)  # fmt: skip

# ---------------------------------------------------------------- elliptic integrals (DLMF, chapter 19)

_MODULUS = reals(-2, 0.9)

special_function(
    "elliprd", domains=(_POSITIVE, _POSITIVE, _POSITIVE),
    partials=lambda x, y, z, r: tuple(Unwritten(f"{name} argument") for name in ("first", "second", "third")),
    doc="y = Carlson's R_D(x, y, z);  its partials ∂y/∂x, ∂y/∂y and ∂y/∂z are refused",
)  # fmt: skip

special_function(
    "elliprf", domains=(_POSITIVE, _POSITIVE, _POSITIVE),
    partials=lambda x, y, z, r: tuple(
        apply("elliprd", *order) * (-1 / 6) for order in ((y, z, x), (z, x, y), (x, y, z))
    ),
    doc="y = Carlson's R_F(x, y, z);  ∂y/∂x = −R_D(y, z, x) / 6, and so on in turn",
)  # fmt: skip


special_function(
    "elliprg", domains=(_POSITIVE, _POSITIVE, _POSITIVE),
    partials=lambda x, y, z, r: tuple(
        0.25 * (apply("elliprf", x, y, z) - first * apply("elliprd", *rest, first) * (1 / 3))
        for first, *rest in ((x, y, z), (y, z, x), (z, x, y))
    ),
    doc="y = Carlson's R_G(x, y, z);  ∂y/∂x = (R_F(x, y, z) − x R_D(y, z, x) / 3) / 4, and so on in turn",
)  # fmt: skip

special_function(
    "elliprc", domains=(_POSITIVE, _POSITIVE),
    partials=lambda x, y, r: (apply("elliprd", y, y, x) * (-1 / 6), apply("elliprd", x, y, y) * (-1 / 3)),
    doc="y = Carlson's R_C(a, b);  ∂y/∂a = −R_D(b, b, a) / 6,  ∂y/∂b = −R_D(a, b, b) / 3",
)  # fmt: skip


def _agm(a: Traced, b: Traced, y: Traced) -> tuple[Traced, ...]:
    """By y = π (a + b) / (4 K(m)), m the square of (a − b) / (a + b)."""
    total = a + b
    ratio = (a - b) / total
    rest = 4 * a * b / (total * total)  # 1 − m
    slope = apply("elliprd", 0.0, 1.0, rest) * y * y * (8 / (3 * math.pi)) * ratio / (total * total * total)
    return y / total - b * slope, y / total + a * slope


special_function(
    "agm", domains=(_POSITIVE, _POSITIVE),
    partials=_agm,
    doc="y = the arithmetic-geometric mean;  ∂y/∂a and ∂y/∂b by y = π (a + b) / (4 K(m))",
)  # fmt: skip

special_function(
    "ellipk", domains=(_MODULUS,),
    partials=lambda m, y: (apply("elliprd", 0.0, 1.0, 1 - m) * (1 / 6),),
    doc="y = K(m);  ∂y/∂m = R_D(0, 1, 1 − m) / 6 = (E(m) − (1 − m) K(m)) / (2 m (1 − m))",
)  # fmt: skip

special_function(
    "ellipkm1", domains=(reals(0.1, 3),),
    partials=lambda p, y: (apply("elliprd", 0.0, 1.0, p) * (-1 / 6),),
    doc="y = K(1 − p), accurate near p = 0;  ∂y/∂p = −R_D(0, 1, p) / 6",
)  # fmt: skip

special_function(
    "ellipe", domains=(_MODULUS,),
    partials=lambda m, y: (apply("elliprd", 0.0, 1 - m, 1.0) * (-1 / 6),),
    doc="y = E(m);  ∂y/∂m = −R_D(0, 1 − m, 1) / 6 = (E(m) − K(m)) / (2 m)",
)  # fmt: skip


def _within_a_quarter(angle: Traced) -> tuple[Traced, Traced, Traced]:
    """How many half turns are taken off the angle, and sine and squared cosine of what is left."""
    turns = apply("rint", angle * (1 / math.pi))
    rest = angle - turns * math.pi
    sine, cosine = apply("sin", rest), apply("cos", rest)
    return turns, sine, cosine * cosine


def _ellipkinc(angle: Traced, m: Traced, y: Traced) -> tuple[Traced, ...]:
    turns, sine, square = _within_a_quarter(angle)
    rest = 1 - m * sine * sine
    whole = apply("elliprd", 0.0, 1.0, 1 - m)
    part = sine * sine * sine * apply("elliprd", square, 1.0, rest)
    return 1 / apply("sqrt", rest), (part + 2 * turns * whole) * (1 / 6)


def _ellipeinc(angle: Traced, m: Traced, y: Traced) -> tuple[Traced, ...]:
    turns, sine, square = _within_a_quarter(angle)
    rest = 1 - m * sine * sine
    whole = apply("elliprd", 0.0, 1 - m, 1.0)
    part = sine * sine * sine * apply("elliprd", square, rest, 1.0)
    return apply("sqrt", rest), (part + 2 * turns * whole) * (-1 / 6)


special_function(
    "ellipkinc", domains=(reals(-4, 4), _MODULUS),
    partials=_ellipkinc,
    doc="y = F(φ, m);  ∂y/∂φ = 1 / √(1 − m sin²φ),  ∂y/∂m = ∫ sin² / (2 (1 − m sin²)^1.5) dφ, by R_D",
)  # fmt: skip

special_function(
    "ellipeinc", domains=(reals(-4, 4), _MODULUS),
    partials=_ellipeinc,
    doc="y = E(φ, m);  ∂y/∂φ = √(1 − m sin²φ),  ∂y/∂m = −∫ sin² / (2 √(1 − m sin²)) dφ, by R_D",
)  # fmt: skip

# ---------------------------------------------------------------- hypergeometric functions

_PARAMETER = reals(0.5, 3)
_PARAMETERS = tuple(Unwritten(f"{name} parameter") for name in ("first", "second", "third"))

special_function(
    "hyp0f1", domains=(_PARAMETER, reals(-2, 2)),
    partials=lambda b, x, y: (_PARAMETERS[0], apply("hyp0f1", b + 1, x) / b),
    doc="y = ₀F₁(b; x);  ∂y/∂x = ₀F₁(b + 1; x) / b,  ∂y/∂b is refused",
)  # fmt: skip

special_function(
    "hyp1f1", domains=(_PARAMETER, _PARAMETER, reals(-2, 2)),
    partials=lambda a, b, x, y: (*_PARAMETERS[:2], apply("hyp1f1", a + 1, b + 1, x) * a / b),
    doc="y = ₁F₁(a; b; x);  ∂y/∂x = a ₁F₁(a + 1; b + 1; x) / b,  its other partials are refused",
)  # fmt: skip

special_function(
    "hyp2f1", domains=(_PARAMETER, _PARAMETER, _PARAMETER, reals(-0.9, 0.8)),
    partials=lambda a, b, c, x, y: (*_PARAMETERS, apply("hyp2f1", a + 1, b + 1, c + 1, x) * a * b / c),
    doc="y = ₂F₁(a, b; c; x);  ∂y/∂x = a b ₂F₁(a + 1, b + 1; c + 1; x) / c,  its other partials are refused",
)  # fmt: skip

special_function(
    "hyperu", domains=(_PARAMETER, _PARAMETER, _POSITIVE),
    partials=lambda a, b, x, y: (*_PARAMETERS[:2], -a * apply("hyperu", a + 1, b + 1, x)),
    doc="y = U(a, b, x);  ∂y/∂x = −a U(a + 1, b + 1, x),  its other partials are refused",
)  # fmt: skip

special_function(
    "wright_bessel", domains=(_PARAMETER, _PARAMETER, reals(0.1, 2)),
    partials=lambda a, b, x, y: (*_PARAMETERS[:2], apply("wright_bessel", a, a + b, x)),
    doc="y = Φ(a, b; x);  ∂y/∂x = Φ(a, a + b; x),  its other partials are refused",
)  # fmt: skip

special_function(
    "log_wright_bessel", domains=(_PARAMETER, _PARAMETER, reals(0.1, 2)),
    partials=lambda a, b, x, y: (*_PARAMETERS[:2], _exp(apply("log_wright_bessel", a, a + b, x) - y)),
    doc="y = ln Φ(a, b; x);  ∂y/∂x = Φ(a, a + b; x) / Φ(a, b; x),  its other partials are refused",
)  # fmt: skip

# ---------------------------------------------------------------- orthogonal polynomials

_DEGREE = Unwritten("degree")


def _lower(n: Traced, factor: Traced | float, name: str, *arguments: Traced | float) -> Traced:
    """The factor times a polynomial of degree n − 1, zero for degree 0."""
    zero = n.equals(0.0)
    *parameters, x = arguments
    below = apply(name, where(zero, 1.0, n) - 1, *parameters, x)
    return where(zero, 0.0 * below, factor * below)


_INSIDE = reals(-0.9, 0.9)

special_function(
    "eval_chebyt", domains=(integers(0, 5), _INSIDE),
    partials=lambda n, x, y: (_DEGREE, _lower(n, n, "eval_chebyu", x)),
    doc="y = Tₙ(x);  ∂y/∂x = n Uₙ₋₁(x),  ∂y/∂n is refused",
)  # fmt: skip

special_function(
    "eval_chebyu", domains=(integers(0, 5), _INSIDE),
    partials=lambda n, x, y: (_DEGREE, _lower(n, 2.0, "eval_gegenbauer", 2.0, x)),
    doc="y = Uₙ(x);  ∂y/∂x = 2 C²ₙ₋₁(x),  ∂y/∂n is refused",
)  # fmt: skip

special_function(
    "eval_legendre", domains=(integers(0, 5), _INSIDE),
    partials=lambda n, x, y: (_DEGREE, _lower(n, 1.0, "eval_gegenbauer", 1.5, x)),
    doc="y = Pₙ(x);  ∂y/∂x = C^(3/2)ₙ₋₁(x),  ∂y/∂n is refused",
)  # fmt: skip

special_function(
    "eval_sh_legendre", domains=(integers(0, 5), reals(0.05, 0.95)),
    partials=lambda n, x, y: (_DEGREE, _lower(n, 2.0, "eval_gegenbauer", 1.5, 2 * x - 1)),
    doc="y = Pₙ(2x − 1);  ∂y/∂x = 2 C^(3/2)ₙ₋₁(2x − 1),  ∂y/∂n is refused",
)  # fmt: skip

special_function(
    "eval_gegenbauer", domains=(integers(0, 5), _PARAMETER, _INSIDE),
    partials=lambda n, a, x, y: (_DEGREE, _PARAMETERS[0], _lower(n, 2 * a, "eval_gegenbauer", a + 1, x)),
    doc="y = Cᵃₙ(x);  ∂y/∂x = 2 a Cᵃ⁺¹ₙ₋₁(x),  its other partials are refused",
)  # fmt: skip

special_function(
    "eval_jacobi", domains=(integers(0, 5), _PARAMETER, _PARAMETER, _INSIDE),
    partials=lambda n, a, b, x, y: (
        _DEGREE, *_PARAMETERS[:2], _lower(n, 0.5 * (n + a + b + 1), "eval_jacobi", a + 1, b + 1, x),
    ),
    doc="y = Pₙ(a, b; x);  ∂y/∂x = (n + a + b + 1) Pₙ₋₁(a + 1, b + 1; x) / 2,  the others are refused",
)  # fmt: skip


def _shifted_jacobi(n: Traced, p: Traced, q: Traced, x: Traced, y: Traced) -> tuple[Partial, ...]:
    """Gₙ is Pₙ(p − q, q − 1; 2x − 1) / C(2n + p − 1, n)."""
    factor = (n + p) / apply("binom", 2 * n + p - 1, n)
    return _DEGREE, *_PARAMETERS[:2], _lower(n, factor, "eval_jacobi", p - q + 1, q, 2 * x - 1)


special_function(
    "eval_sh_jacobi", domains=(integers(0, 5), reals(2, 3), _PARAMETER, reals(0.05, 0.95)),
    partials=_shifted_jacobi,
    doc="y = Gₙ(p, q, x);  ∂y/∂x = (n + p) Pₙ₋₁(p − q + 1, q; 2x − 1) / C(2n + p − 1, n),  others refused",
)  # fmt: skip

special_function(
    "eval_laguerre", domains=(integers(0, 5), _POSITIVE),
    partials=lambda n, x, y: (_DEGREE, _lower(n, -1.0, "eval_genlaguerre", 1.0, x)),
    doc="y = Lₙ(x);  ∂y/∂x = −L¹ₙ₋₁(x),  ∂y/∂n is refused",
)  # fmt: skip

special_function(
    "eval_genlaguerre", domains=(integers(0, 5), _PARAMETER, _POSITIVE),
    partials=lambda n, a, x, y: (_DEGREE, _PARAMETERS[0], _lower(n, -1.0, "eval_genlaguerre", a + 1, x)),
    doc="y = Lᵃₙ(x);  ∂y/∂x = −Lᵃ⁺¹ₙ₋₁(x),  its other partials are refused",
)  # fmt: skip

special_function(
    "eval_chebyc", domains=(integers(0, 5), _INSIDE),
    partials=lambda n, x, y: (_DEGREE, _lower(n, n, "eval_chebyu", 0.5 * x)),
    doc="y = 2 Tₙ(x / 2);  ∂y/∂x = n Uₙ₋₁(x / 2),  ∂y/∂n is refused",
)  # fmt: skip

special_function(
    "eval_chebys", domains=(integers(0, 5), _INSIDE),
    partials=lambda n, x, y: (_DEGREE, _lower(n, 1.0, "eval_gegenbauer", 2.0, 0.5 * x)),
    doc="y = Uₙ(x / 2);  ∂y/∂x = C²ₙ₋₁(x / 2),  ∂y/∂n is refused",
)  # fmt: skip

special_function(
    "eval_sh_chebyt", domains=(integers(0, 5), reals(0.05, 0.95)),
    partials=lambda n, x, y: (_DEGREE, _lower(n, 2 * n, "eval_chebyu", 2 * x - 1)),
    doc="y = Tₙ(2x − 1);  ∂y/∂x = 2 n Uₙ₋₁(2x − 1),  ∂y/∂n is refused",
)  # fmt: skip

special_function(
    "eval_sh_chebyu", domains=(integers(0, 5), reals(0.05, 0.95)),
    partials=lambda n, x, y: (_DEGREE, _lower(n, 4.0, "eval_gegenbauer", 2.0, 2 * x - 1)),
    doc="y = Uₙ(2x − 1);  ∂y/∂x = 4 C²ₙ₋₁(2x − 1),  ∂y/∂n is refused",
)  # fmt: skip
