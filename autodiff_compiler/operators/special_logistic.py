"""Functions of `scipy.special` of statistics: logistic and error functions, entropies, losses, Box-Cox."""

from __future__ import annotations

import math

from scipy import special

from autodiff_compiler.operators.declare import scalar_function, special_function
from autodiff_compiler.operators.entry import reals
from autodiff_compiler.operators.trace import Traced, apply, where

_TWO = (reals(0.2, 3), reals(0.2, 3))
_ROOT = math.sqrt(math.pi)
_ROOT_OF_2 = math.sqrt(2)
_ROOT_OF_2PI = math.sqrt(2 * math.pi)


def _exp(x: Traced) -> Traced:
    return apply("exp", x)


# ---------------------------------------------------------------- logistic functions

special_function(
    "expit", kernel="sigmoid",
    partials=lambda x, y: (y * (1 - y),),
    doc="y = 1 / (1 + e⁻ˣ);  ∂y/∂x = y (1 − y)",
)  # fmt: skip

special_function(
    "log_expit",
    kernel="log_expit",
    partials=lambda x, y: (apply("expit", -x),),
    doc="y = ln(1 / (1 + e⁻ˣ));  ∂y/∂x = 1 / (1 + eˣ)",
)

special_function(
    "logit", kernel="logit", domains=(reals(0.1, 0.9),),
    partials=lambda x, y: (1 / (x * (1 - x)),),
    doc="y = ln(x / (1 − x));  ∂y/∂x = 1 / (x (1 − x))",
)  # fmt: skip

# ---------------------------------------------------------------- error functions

_SLOPE = 2 / _ROOT

scalar_function(
    "erf", math.erf, special.erf, emit="math.erf({0})", kernel="erf",
    partials=lambda x, y: (_SLOPE * _exp(-(x * x)),),
    doc="y = erf x;  ∂y/∂x = 2 e^(−x²) / √π",
)  # fmt: skip

scalar_function(
    "erfc", math.erfc, special.erfc, emit="math.erfc({0})", kernel="erfc",
    partials=lambda x, y: (-_SLOPE * _exp(-(x * x)),),
    doc="y = 1 − erf x, accurate for large x;  ∂y/∂x = −2 e^(−x²) / √π",
)  # fmt: skip

special_function(
    "erfcx",
    kernel="erfcx",
    partials=lambda x, y: (2 * x * y - _SLOPE,),
    doc="y = e^(x²) erfc x;  ∂y/∂x = 2 x y − 2 / √π",
)

special_function(
    "erfi", domains=(reals(-2, 2),),
    partials=lambda x, y: (_SLOPE * _exp(x * x),),
    doc="y = −i erf(i x);  ∂y/∂x = 2 e^(x²) / √π",
)  # fmt: skip

special_function(
    "erfinv", domains=(reals(-0.95, 0.95),),
    partials=lambda x, y: (_ROOT / 2 * _exp(y * y),),
    doc="y = the solution of erf y = x;  ∂y/∂x = √π e^(y²) / 2",
)  # fmt: skip

special_function(
    "erfcinv", domains=(reals(0.05, 1.95),),
    partials=lambda x, y: (-_ROOT / 2 * _exp(y * y),),
    doc="y = the solution of erfc y = x;  ∂y/∂x = −√π e^(y²) / 2",
)  # fmt: skip

special_function(
    "dawsn",
    partials=lambda x, y: (1 - 2 * x * y,),
    doc="y = e^(−x²) ∫ e^(t²) dt from 0 to x;  ∂y/∂x = 1 − 2 x y",
)

# ---------------------------------------------------------------- the normal distribution

special_function(
    "ndtr",
    kernel="ndtr",
    partials=lambda x, y: (1 / _ROOT_OF_2PI * _exp(-0.5 * x * x),),
    doc="y = Φ(x);  ∂y/∂x = φ(x)",
)

special_function(
    "log_ndtr",
    kernel="log_ndtr",
    partials=lambda x, y: (math.sqrt(2 / math.pi) / apply("erfcx", x * (-1 / _ROOT_OF_2)),),
    doc="y = ln Φ(x);  ∂y/∂x = φ(x) / Φ(x)",
)

special_function(
    "ndtri", domains=(reals(0.1, 0.9),),
    partials=lambda x, y: (_ROOT_OF_2PI * _exp(0.5 * y * y),),
    doc="y = the solution of Φ(y) = x;  ∂y/∂x = 1 / φ(y)",
)  # fmt: skip

special_function(
    "ndtri_exp", domains=(reals(-3, -0.1),),
    partials=lambda x, y: (math.sqrt(math.pi / 2) * apply("erfcx", y * (-1 / _ROOT_OF_2)),),
    doc="y = the solution of Φ(y) = eˣ;  ∂y/∂x = Φ(y) / φ(y)",
)  # fmt: skip


def _owens_t(h: Traced, a: Traced, y: Traced) -> tuple[Traced, ...]:
    square = 1 + a * a
    by_h = (-0.5 / _ROOT_OF_2PI) * _exp(-0.5 * h * h) * apply("erf", a * h * (1 / _ROOT_OF_2))
    return by_h, (0.5 / math.pi) * _exp(-0.5 * h * h * square) / square


special_function(
    "owens_t", domains=(reals(), reals()),
    partials=_owens_t,
    doc="y = Owen's T(h, a);  ∂y/∂h = −φ(h) erf(a h / √2) / 2,  ∂y/∂a = e^(−h² (1 + a²) / 2) / (2π (1 + a²))",
)  # fmt: skip

# ---------------------------------------------------------------- entropies


def _xlogy(x: Traced, y: Traced, z: Traced) -> tuple[Traced, ...]:
    return apply("log", y), where(x.equals(0.0), 0.0 * z, x / y)


def _xlog1py(x: Traced, y: Traced, z: Traced) -> tuple[Traced, ...]:
    return apply("log1p", y), where(x.equals(0.0), 0.0 * z, x / (1 + y))


special_function(
    "xlogy", kernel="xlogy", domains=_TWO,
    partials=_xlogy,
    doc="y = a ln b, 0 where a = 0;  ∂y/∂a = ln b,  ∂y/∂b = a / b (0 where a = 0)",
)  # fmt: skip

special_function(
    "xlog1py", kernel="xlog1py", domains=_TWO,
    partials=_xlog1py,
    doc="y = a ln(1 + b), 0 where a = 0;  ∂y/∂a = ln(1 + b),  ∂y/∂b = a / (1 + b) (0 where a = 0)",
)  # fmt: skip

special_function(
    "entr", kernel="entr", domains=(reals(0.2, 3),),
    partials=lambda x, y: (-apply("log", x) - 1,),
    doc="y = −x ln x;  ∂y/∂x = −ln x − 1 (∞ at 0)",
)  # fmt: skip

special_function(
    "rel_entr", kernel="rel_entr", domains=_TWO,
    partials=lambda a, b, y: (apply("log", a / b) + 1, -a / b),
    doc="y = a ln(a / b);  ∂y/∂a = ln(a / b) + 1 (−∞ at 0),  ∂y/∂b = −a / b",
)  # fmt: skip

special_function(
    "kl_div", kernel="kl_div", domains=_TWO,
    partials=lambda a, b, y: (apply("log", a / b), 1 - a / b),
    doc="y = a ln(a / b) − a + b;  ∂y/∂a = ln(a / b) (−∞ at 0),  ∂y/∂b = 1 − a / b",
)  # fmt: skip

# ---------------------------------------------------------------- losses


def _huber(delta: Traced, r: Traced, y: Traced) -> tuple[Traced, ...]:
    size = apply("absolute", r)
    outside = size > delta
    return where(outside, size - delta, 0.0 * y), where(outside, delta * apply("sign", r), r)


def _pseudo_huber(delta: Traced, r: Traced, y: Traced) -> tuple[Traced, ...]:
    ratio = r / delta
    root = apply("sqrt", 1 + ratio * ratio)
    return 2 * y / delta - r * ratio / root, r / root


special_function(
    "huber", domains=(reals(0.2, 3), reals()),
    partials=_huber,
    doc="y = x² / 2 where |x| ≤ a, else a (|x| − a / 2);  ∂y/∂a = |x| − a or 0,  ∂y/∂x = x or a sign x",
)  # fmt: skip

special_function(
    "pseudo_huber", domains=(reals(0.2, 3), reals()),
    partials=_pseudo_huber,
    doc="y = a² (s − 1), s = √(1 + (x / a)²);  ∂y/∂a = 2 y / a − x² / (a s),  ∂y/∂x = x / s",
)  # fmt: skip

# ---------------------------------------------------------------- Box-Cox, and (eˣ − 1) / x

_NEAR = 0.1  # to zero, where the series below are exact to double precision
_GROWTH = tuple((k + 1) / math.factorial(k + 2) for k in range(11))
_RETURN = tuple(-((-1) ** k) * (1 - 1 / (k + 2)) for k in range(15))


def _series(u: Traced, terms: tuple[float, ...], elsewhere: Traced) -> Traced:
    """Σ terms uᵏ near zero; `elsewhere` must only be finite there."""
    total = u * terms[-1] + terms[-2]
    for term in reversed(terms[:-2]):
        total = total * u + term
    return where(apply("absolute", u) < _NEAR, total, elsewhere)


def _off_zero(u: Traced) -> Traced:
    return where(u.equals(0.0), 1.0, u)


def _growth(u: Traced) -> Traced:
    """The derivative of (eᵘ − 1) / u."""
    safe = _off_zero(u)
    return _series(u, _GROWTH, (safe * _exp(safe) - apply("expm1", safe)) / (safe * safe))


def _return(v: Traced) -> Traced:
    """(v / (1 + v) − ln(1 + v)) / v²."""
    safe = _off_zero(v)
    return _series(v, _RETURN, (safe / (1 + safe) - apply("log1p", safe)) / (safe * safe))


def _boxcox(x: Traced, power: Traced, y: Traced) -> tuple[Traced, ...]:
    log = apply("log", x)
    return x ** (power - 1), log * log * _growth(power * log)


def _boxcox1p(x: Traced, power: Traced, y: Traced) -> tuple[Traced, ...]:
    log = apply("log1p", x)
    return _exp((power - 1) * log), log * log * _growth(power * log)


def _inv_boxcox(y: Traced, power: Traced, x: Traced) -> tuple[Traced, ...]:
    return x ** (1 - power), x * y * y * _return(power * y)


def _inv_boxcox1p(y: Traced, power: Traced, x: Traced) -> tuple[Traced, ...]:
    return (1 + x) ** (1 - power), (1 + x) * y * y * _return(power * y)


_POWER = reals(-2, 2)

special_function(
    "boxcox", domains=(reals(0.2, 3), _POWER),
    partials=_boxcox,
    doc="y = (xᵖ − 1) / p, ln x where p = 0;  ∂y/∂x = xᵖ⁻¹,  ∂y/∂p = (xᵖ ln x − y) / p",
)  # fmt: skip

special_function(
    "boxcox1p", domains=(reals(-0.8, 2), _POWER),
    partials=_boxcox1p,
    doc="y = ((1 + x)ᵖ − 1) / p, ln(1 + x) where p = 0;  ∂y/∂x = (1 + x)ᵖ⁻¹,  ∂y/∂p as of boxcox",
)  # fmt: skip

special_function(
    "inv_boxcox", domains=(reals(0.1, 0.9), reals(-0.9, 2)),
    partials=_inv_boxcox,
    doc="y = (p x + 1)^(1/p), eˣ where p = 0;  ∂y/∂x = y¹⁻ᵖ,  ∂y/∂p = (x y¹⁻ᵖ − y ln y) / p",
)  # fmt: skip

special_function(
    "inv_boxcox1p", domains=(reals(0.1, 0.9), reals(-0.9, 2)),
    partials=_inv_boxcox1p,
    doc="y = (p x + 1)^(1/p) − 1;  ∂y/∂x and ∂y/∂p as of inv_boxcox",
)  # fmt: skip

special_function(
    "exprel",
    partials=lambda x, y: (_growth(x),),
    doc="y = (eˣ − 1) / x, 1 at 0;  ∂y/∂x = (eˣ − y) / x (1/2 at 0)",
)

# ---------------------------------------------------------------- variants of elementary functions

special_function(
    "exp10", domains=(reals(-2, 1),),
    partials=lambda x, y: (math.log(10) * y,),
    doc="y = 10ˣ;  ∂y/∂x = y ln 10",
)  # fmt: skip

special_function(
    "cosm1",
    partials=lambda x, y: (-apply("sin", x),),
    doc="y = cos x − 1, accurate near 0;  ∂y/∂x = −sin x",
)

special_function(
    "powm1", domains=(reals(0.2, 3), reals()),
    partials=lambda x, n, y: (n * x ** (n - 1), (y + 1) * apply("log", x)),
    doc="y = xⁿ − 1, accurate near 0;  ∂y/∂x = n xⁿ⁻¹,  ∂y/∂n = xⁿ ln x",
)  # fmt: skip

_DEGREE = math.pi / 180

special_function(
    "sindg", domains=(reals(-180, 180),),
    partials=lambda x, y: (_DEGREE * apply("cosdg", x),),
    doc="y = sin of x degrees;  ∂y/∂x = π cos x / 180",
)  # fmt: skip

special_function(
    "cosdg", domains=(reals(-180, 180),),
    partials=lambda x, y: (-_DEGREE * apply("sindg", x),),
    doc="y = cos of x degrees;  ∂y/∂x = −π sin x / 180",
)  # fmt: skip

special_function(
    "tandg", domains=(reals(-80, 80),),
    partials=lambda x, y: (_DEGREE * (1 + y * y),),
    doc="y = tan of x degrees;  ∂y/∂x = π (1 + y²) / 180",
)  # fmt: skip

special_function(
    "cotdg", domains=(reals(20, 160),),
    partials=lambda x, y: (-_DEGREE * (1 + y * y),),
    doc="y = cot of x degrees;  ∂y/∂x = −π (1 + y²) / 180",
)  # fmt: skip

special_function(
    "radian", domains=(reals(-180, 180), reals(0, 60), reals(0, 60)),
    partials=lambda d, m, s, y: (_DEGREE, _DEGREE / 60, _DEGREE / 3600),
    doc="y = π (d + m / 60 + s / 3600) / 180;  ∂y/∂d = π / 180,  ∂y/∂m = π / 10800,  ∂y/∂s = π / 648000",
)  # fmt: skip

special_function(
    "wrightomega",
    partials=lambda x, y: (y / (1 + y),),
    doc="y = the solution of y + ln y = x;  ∂y/∂x = y / (1 + y)",
)
