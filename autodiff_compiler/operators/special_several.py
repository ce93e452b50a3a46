"""Functions of `scipy.special` with several results, one operator for each; and ζ(x, q), which has two forms.

SciPy has no callables for these alone, so functions here stand for them in `composed/`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special

from autodiff_compiler.operators.declare import scalar_function
from autodiff_compiler.operators.entry import Domain, Partials, Unwritten, integers, reals
from autodiff_compiler.operators.trace import Traced, apply, where

_POSITIVE = reals(0.3, 4)


def _part(function: Callable[..., Any], position: int) -> Callable[..., Any]:
    """One result of a function."""

    def part(*arguments: Any) -> Any:
        return function(*arguments)[position]

    part.__module__, part.__name__ = "scipy.special", f"{function.__name__}[{position}]"
    return part


def parts(name: str, domains: tuple[Domain, ...], *results: tuple[str, Partials, str]) -> tuple[Any, ...]:
    """Register each result of a function; returns what stands for them."""
    operands = ", ".join(f"{{{k}}}" for k in range(len(domains)))
    made = []
    for position, (result, partials, doc) in enumerate(results):
        made.append(_part(getattr(special, name), position))
        scalar_function(
            result, made[-1], emit=f"special.{name}({operands})[{position}]", domains=domains,
            partials=partials, doc=doc,
        )  # fmt: skip
    return tuple(made)


def _over(numerator: Callable[[Traced], Traced], x: Traced) -> Traced:
    """`numerator(x) / x`, 1 at 0."""
    zero = x.equals(0.0)
    return where(zero, 1.0, numerator(x) / where(zero, 1.0, x))


def _function(name: str) -> Callable[[Traced], Traced]:
    return lambda x: apply(name, x)


SICI = parts(
    "sici", (_POSITIVE,),
    ("sine_integral", lambda x, y: (_over(_function("sin"), x),),
     "y = Si(x);  ∂y/∂x = sin x / x (1 at 0)"),
    ("cosine_integral", lambda x, y: (apply("cos", x) / x,),
     "y = Ci(x);  ∂y/∂x = cos x / x"),
)  # fmt: skip

SHICHI = parts(
    "shichi", (_POSITIVE,),
    ("sinh_integral", lambda x, y: (_over(_function("sinh"), x),),
     "y = Shi(x);  ∂y/∂x = sinh x / x (1 at 0)"),
    ("cosh_integral", lambda x, y: (apply("cosh", x) / x,),
     "y = Chi(x);  ∂y/∂x = cosh x / x"),
)  # fmt: skip

FRESNEL = parts(
    "fresnel", (_POSITIVE,),
    ("fresnel_sine", lambda x, y: (apply("sin", (0.5 * math.pi) * x * x),),
     "y = S(x);  ∂y/∂x = sin(π x² / 2)"),
    ("fresnel_cosine", lambda x, y: (apply("cos", (0.5 * math.pi) * x * x),),
     "y = C(x);  ∂y/∂x = cos(π x² / 2)"),
)  # fmt: skip

AIRY = parts(
    "airy", (reals(-4, 2),),
    ("airy_ai", lambda x, y: (apply("airy_ai_slope", x),), "y = Ai(x);  ∂y/∂x = Ai′(x)"),
    ("airy_ai_slope", lambda x, y: (x * apply("airy_ai", x),), "y = Ai′(x);  ∂y/∂x = x Ai(x)"),
    ("airy_bi", lambda x, y: (apply("airy_bi_slope", x),), "y = Bi(x);  ∂y/∂x = Bi′(x)"),
    ("airy_bi_slope", lambda x, y: (x * apply("airy_bi", x),), "y = Bi′(x);  ∂y/∂x = x Bi(x)"),
)  # fmt: skip

_MODULUS = Unwritten("parameter")


def _jacobi(name: str, u: Traced, m: Traced) -> Traced:
    return apply(f"jacobi_{name}", u, m)


ELLIPJ = parts(
    "ellipj", (reals(), reals(0.1, 0.9)),
    ("jacobi_sn", lambda u, m, y: (_jacobi("cn", u, m) * _jacobi("dn", u, m), _MODULUS),
     "y = sn(u, m);  ∂y/∂u = cn dn,  ∂y/∂m is refused"),
    ("jacobi_cn", lambda u, m, y: (-_jacobi("sn", u, m) * _jacobi("dn", u, m), _MODULUS),
     "y = cn(u, m);  ∂y/∂u = −sn dn,  ∂y/∂m is refused"),
    ("jacobi_dn", lambda u, m, y: (-m * _jacobi("sn", u, m) * _jacobi("cn", u, m), _MODULUS),
     "y = dn(u, m);  ∂y/∂u = −m sn cn,  ∂y/∂m is refused"),
    ("jacobi_amplitude", lambda u, m, y: (_jacobi("dn", u, m), _MODULUS),
     "y = the amplitude of u;  ∂y/∂u = dn,  ∂y/∂m is refused"),
)  # fmt: skip


def _integrals(name: str, first: str, second: str) -> tuple[Any, ...]:
    """The integrals of two Bessel functions from 0 to x."""
    doc = "y = ∫ {0} from 0 to x;  ∂y/∂x = {0}(x)"
    return parts(
        name, (_POSITIVE,),
        (f"{name}_{first}", lambda x, y: (apply(first, x),), doc.format(first)),
        (f"{name}_{second}", lambda x, y: (apply(second, x),), doc.format(second)),
    )  # fmt: skip


ITI0K0 = _integrals("iti0k0", "i0", "k0")
ITJ0Y0 = _integrals("itj0y0", "j0", "y0")

IT2I0K0 = parts(
    "it2i0k0", (_POSITIVE,),
    ("it2i0k0_i0", lambda x, y: ((apply("i0", x) - 1) / x,),
     "y = ∫ (I₀(t) − 1) / t from 0 to x;  ∂y/∂x = (I₀(x) − 1) / x"),
    ("it2i0k0_k0", lambda x, y: (-apply("k0", x) / x,), "y = ∫ K₀(t) / t from x on;  ∂y/∂x = −K₀(x) / x"),
)  # fmt: skip

IT2J0Y0 = parts(
    "it2j0y0", (_POSITIVE,),
    ("it2j0y0_j0", lambda x, y: ((1 - apply("j0", x)) / x,),
     "y = ∫ (1 − J₀(t)) / t from 0 to x;  ∂y/∂x = (1 − J₀(x)) / x"),
    ("it2j0y0_y0", lambda x, y: (-apply("y0", x) / x,), "y = ∫ Y₀(t) / t from x on;  ∂y/∂x = −Y₀(x) / x"),
)  # fmt: skip


def hurwitz_zeta(x: Any, q: Any) -> Any:
    """`special.zeta` with two arguments."""
    return special.zeta(x, q)


scalar_function(
    "zeta", hurwitz_zeta, emit="special.zeta({0}, {1})", domains=(reals(1.5, 5), reals(0.5, 4)),
    partials=lambda x, q, y: (Unwritten("first argument"), -x * apply("zeta", x + 1, q)),
    doc="y = Σ (k + q)⁻ˣ;  ∂y/∂q = −x ζ(x + 1, q),  ∂y/∂x is refused",
)  # fmt: skip

scalar_function(
    "zetac", special.zetac, emit="special.zetac({0})", domains=(reals(1.5, 5),),
    partials=lambda x, y: (Unwritten("argument"),),
    doc="y = ζ(x) − 1;  ∂y/∂x is refused",
)  # fmt: skip
hurwitz_zeta.__module__ = "scipy.special"

# ---------------------------------------------------------------- functions of an integer degree


def _of_degree(name: str, domain: Domain, slope: Callable[[Traced, Traced, Traced], Traced], doc: str) -> Any:
    """Register a function of a degree and a number; returns what stands for it with a degree of any dtype."""
    function = getattr(special, name)

    def stand_in(n: Any, x: Any) -> Any:
        return function(np.asarray(n).astype(np.int64), x)

    stand_in.__module__, stand_in.__name__ = "scipy.special", f"{name}[n]"
    scalar_function(
        f"{name}_value", stand_in, emit=f"special.{name}(np.int64({{0}}), {{1}})",
        domains=(integers(0, 4), domain), partials=lambda n, x, y: (None, slope(n, x, y)), doc=doc,
    )  # fmt: skip
    return stand_in


def _hermite(name: str, factor: float) -> Any:
    def slope(n: Traced, x: Traced, y: Traced) -> Traced:
        zero = n.equals(0.0)
        return where(zero, 0.0, factor * n * apply(f"{name}_value", where(zero, 1.0, n) - 1, x))

    letter, number = ("H", "2 ") if factor == 2.0 else ("He", "")
    doc = f"y = {letter}ₙ(x);  ∂y/∂x = {number}n {letter}ₙ₋₁(x) (DLMF 18.9.25, 18.9.27)"
    return _of_degree(name, reals(-2, 2), slope, doc)


HERMITE, HERMITENORM = _hermite("eval_hermite", 2.0), _hermite("eval_hermitenorm", 1.0)


def _spherical(name: str, sign: float, doc: str) -> Any:
    def slope(n: Traced, x: Traced, y: Traced) -> Traced:
        above = sign * apply(f"{name}_value", n + 1, x)
        if name not in ("spherical_jn", "spherical_in"):
            return n * y / x + above
        zero = x.equals(0.0)
        return where(zero, where(n.equals(1.0), 1 / 3, 0.0), n * y / where(zero, 1.0, x) + above)

    return _of_degree(
        name, reals(0.3, 4), slope, f"y = {doc}ₙ(x);  ∂y/∂x = n y / x {'−' if sign < 0 else '+'} {doc}ₙ₊₁(x)"
    )


SPHERICAL_JN = _spherical("spherical_jn", -1.0, "j")
SPHERICAL_YN = _spherical("spherical_yn", -1.0, "y")
SPHERICAL_IN = _spherical("spherical_in", 1.0, "i")
SPHERICAL_KN = _spherical("spherical_kn", -1.0, "k")
