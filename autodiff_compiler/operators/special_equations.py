"""Functions of `scipy.special` that solve differential equations: parabolic cylinder, Airy, Legendre.

Each comes with its slope, whose derivative the equation gives.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autodiff_compiler.operators.declare import special_function
from autodiff_compiler.operators.entry import Domain, Partial, Partials, Unwritten, integers, reals
from autodiff_compiler.operators.special_several import parts
from autodiff_compiler.operators.trace import Traced, apply, where

Equation = Callable[..., Traced]  # of the operands, the value and the slope


def _with_slope(
    name: str, domains: tuple[Domain, ...], others: tuple[Partial, ...], second: Equation, doc: str
) -> Any:
    """A function and its slope, by the last operand; `second` is the slope of the slope."""

    def value(*operands: Traced) -> tuple[Partial, ...]:
        *given, _ = operands
        return (*others, apply(f"{name}_slope", *given))

    def slope(*operands: Traced) -> tuple[Partial, ...]:
        *given, y = operands
        return (*others, second(*given, apply(f"{name}_value", *given), y))

    return parts(
        name, domains,
        (f"{name}_value", value, f"y = {doc};  ∂y/∂x is its slope, its other partials are 0 or refused"),
        (f"{name}_slope", slope, f"y = the slope of {doc};  ∂y/∂x by the equation, others as of the value"),
    )  # fmt: skip


# ---------------------------------------------------------------- parabolic cylinders (DLMF 12.2.4, 12.14.1)

_ORDER = (Unwritten("order"),)
_ORDERED = (reals(0.5, 3), reals(-2, 2))


def _cylinder(v: Traced, x: Traced, value: Traced, slope: Traced) -> Traced:
    return (0.25 * x * x - v - 0.5) * value


PBDV = _with_slope("pbdv", _ORDERED, _ORDER, _cylinder, "Dᵥ(x)")
PBVV = _with_slope("pbvv", _ORDERED, _ORDER, _cylinder, "Vᵥ(x)")
PBWA = _with_slope(
    "pbwa", _ORDERED, _ORDER, lambda a, x, value, slope: (a - 0.25 * x * x) * value, "W(a, x)",
)  # fmt: skip

# ---------------------------------------------------------------- Airy functions


def _scaled(name: str) -> Partials:
    """The partial of a scaled Airy function: `name` is the other one of its pair."""
    growing = name.startswith("airye_bi")

    def partials(x: Traced, y: Traced) -> tuple[Traced]:
        root = apply("sqrt", where(x > 0.0, x, 0.0))
        other = apply(name, x) if name.endswith("slope") else x * apply(name, x)
        return (other - root * y if growing else other + root * y,)

    return partials


AIRYE = parts(
    "airye", (reals(0.3, 4),),
    ("airye_ai", _scaled("airye_ai_slope"), "y = Ai(x) exp(2 x^1.5 / 3), NaN below 0;  ∂y/∂x = y[1] + √x y"),
    ("airye_ai_slope", _scaled("airye_ai"), "y = Ai′(x) exp(2 x^1.5 / 3);  ∂y/∂x = x y[0] + √x y"),
    ("airye_bi", _scaled("airye_bi_slope"), "y = Bi(x) exp(−2 x^1.5 / 3);  ∂y/∂x = y[3] − √x y"),
    ("airye_bi_slope", _scaled("airye_bi"), "y = Bi′(x) exp(−2 x^1.5 / 3);  ∂y/∂x = x y[2] − √x y"),
)  # fmt: skip

# ---------------------------------------------------------------- Legendre functions, and a Bessel integral


def _legendre(m: Traced, v: Traced, x: Traced, y: Traced) -> tuple[Partial, ...]:
    above = apply("lpmv", m, v + 1, x)
    return None, Unwritten("degree"), ((m - v - 1) * above + (v + 1) * x * y) / (1 - x * x)


special_function(
    "lpmv", domains=(integers(0, 2), reals(2.1, 4), reals(-0.9, 0.9)),
    partials=_legendre,
    doc="y = Pᵐᵥ(x);  ∂y/∂x = ((m − v − 1) Pᵐᵥ₊₁ + (v + 1) x y) / (1 − x²) (NaN at ±1),  ∂y/∂m = 0,  "
    "∂y/∂v is refused",
)  # fmt: skip

special_function(
    "besselpoly", domains=(reals(0.3, 2), reals(0.5, 2), reals(0.5, 2)),
    partials=lambda a, power, order, y: (
        (apply("jv", order, 2 * a) - (power + 1) * y) / a, Unwritten("power"), Unwritten("order"),
    ),
    doc="y = ∫ xˡ Jᵥ(2 a x) from 0 to 1;  ∂y/∂a = (Jᵥ(2 a) − (l + 1) y) / a,  its other partials are refused",
)  # fmt: skip
