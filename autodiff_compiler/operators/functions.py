"""The elementary functions. Outside their domains they give NumPy's answer (NaN, ∞), where `math` raises."""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from autodiff_compiler.operators.declare import scalar_function
from autodiff_compiler.operators.entry import reals
from autodiff_compiler.operators.trace import Traced, apply, where


def _sqrt(x: Traced) -> Traced:
    return apply("sqrt", x)


def _exp(x: Traced) -> Traced:
    return apply("exp", x)


# ---------------------------------------------------------------- roots

scalar_function(
    "sqrt", np.sqrt, math.sqrt, domains=(reals(0.1, 4),), cheap=True,
    partials=lambda x, y: (0.5 / y,),
    doc="y = √x;  ∂y/∂x = 1 / (2 y) (∞ at 0)",
)  # fmt: skip

scalar_function(
    "cbrt", np.cbrt, math.cbrt, special.cbrt, domains=(reals(-4, -0.2),), kernel="cbrt",
    partials=lambda x, y: (1 / (3 * y * y),),
    doc="y = ∛x;  ∂y/∂x = 1 / (3 y²) (∞ at 0)",
)  # fmt: skip


def _hypot(a: Traced, b: Traced, y: Traced) -> tuple[Traced, ...]:
    """At the origin the zero of the subdifferential."""
    length = where(y.equals(0.0), 1.0, y)
    return a / length, b / length


scalar_function(
    "hypot", np.hypot, math.hypot, domains=(reals(-3, -0.2), reals(0.2, 3)),
    partials=_hypot,
    doc="y = √(a² + b²);  ∂y/∂a = a / y,  ∂y/∂b = b / y (both 0 at the origin)",
)  # fmt: skip

# ---------------------------------------------------------------- exponentials and logarithms

scalar_function(
    "exp", np.exp, math.exp, kernel="exp",
    partials=lambda x, y: (y,),
    doc="y = eˣ;  ∂y/∂x = y",
)  # fmt: skip

scalar_function(
    "exp2", np.exp2, math.exp2, special.exp2, kernel="exp2",
    partials=lambda x, y: (math.log(2) * y,),
    doc="y = 2ˣ;  ∂y/∂x = y ln 2",
)  # fmt: skip

scalar_function(
    "expm1", np.expm1, math.expm1, special.expm1, kernel="expm1",
    partials=lambda x, y: (y + 1,),
    doc="y = eˣ − 1, accurate near 0;  ∂y/∂x = y + 1",
)  # fmt: skip

scalar_function(
    "log", np.log, math.log, domains=(reals(0.2, 4),), kernel="log",
    partials=lambda x, y: (1 / x,),
    doc="y = ln x;  ∂y/∂x = 1 / x",
)  # fmt: skip

scalar_function(
    "log2", np.log2, math.log2, domains=(reals(0.2, 4),), kernel="log2",
    partials=lambda x, y: (1 / math.log(2) / x,),
    doc="y = log₂ x;  ∂y/∂x = 1 / (x ln 2)",
)  # fmt: skip

scalar_function(
    "log10", np.log10, math.log10, domains=(reals(0.2, 4),), kernel="log10",
    partials=lambda x, y: (1 / math.log(10) / x,),
    doc="y = log₁₀ x;  ∂y/∂x = 1 / (x ln 10)",
)  # fmt: skip

scalar_function(
    "log1p", np.log1p, math.log1p, special.log1p, domains=(reals(-0.8, 3),), kernel="log1p",
    partials=lambda x, y: (1 / (1 + x),),
    doc="y = ln(1 + x), accurate near 0;  ∂y/∂x = 1 / (1 + x)",
)  # fmt: skip


def _share(weight: Traced, total: Traced) -> Traced:
    """What a term weighs in a sum whose logarithm is `total`: nothing in a sum of zeros, which stays one."""
    return where(total.equals(-math.inf), 0.0, weight)


scalar_function(
    "logaddexp", np.logaddexp, domains=(reals(), reals()), kernel="logaddexp",
    partials=lambda a, b, y: (_share(_exp(a - y), y), _share(_exp(b - y), y)),
    doc="y = ln(eᵃ + eᵇ), without overflow;  ∂y/∂a = eᵃ⁻ʸ,  ∂y/∂b = eᵇ⁻ʸ, 0 where y = −∞",
)  # fmt: skip

scalar_function(
    "logaddexp2", np.logaddexp2, domains=(reals(), reals()),
    partials=lambda a, b, y: (_share(apply("exp2", a - y), y), _share(apply("exp2", b - y), y)),
    doc="y = log₂(2ᵃ + 2ᵇ), without overflow;  ∂y/∂a = 2ᵃ⁻ʸ,  ∂y/∂b = 2ᵇ⁻ʸ, 0 where y = −∞",
)  # fmt: skip

# ---------------------------------------------------------------- angles

scalar_function(
    "sin", np.sin, math.sin, kernel="sin",
    partials=lambda x, y: (apply("cos", x),),
    doc="y = sin x;  ∂y/∂x = cos x",
)  # fmt: skip

scalar_function(
    "cos", np.cos, math.cos, kernel="cos",
    partials=lambda x, y: (-apply("sin", x),),
    doc="y = cos x;  ∂y/∂x = −sin x",
)  # fmt: skip

scalar_function(
    "tan", np.tan, math.tan, domains=(reals(-1.2, 1.2),), kernel="tan",
    partials=lambda x, y: (1 + y * y,),
    doc="y = tan x;  ∂y/∂x = 1 + y²",
)  # fmt: skip

scalar_function(
    "arcsin", np.arcsin, math.asin, domains=(reals(-0.9, 0.9),), kernel="arcsin",
    partials=lambda x, y: (1 / _sqrt((1 - x) * (1 + x)),),
    doc="y = arcsin x;  ∂y/∂x = 1 / √(1 − x²) (∞ at ±1)",
)  # fmt: skip

scalar_function(
    "arccos", np.arccos, math.acos, domains=(reals(-0.9, 0.9),), kernel="arccos",
    partials=lambda x, y: (-1 / _sqrt((1 - x) * (1 + x)),),
    doc="y = arccos x;  ∂y/∂x = −1 / √(1 − x²) (−∞ at ±1)",
)  # fmt: skip

scalar_function(
    "arctan", np.arctan, math.atan, kernel="arctan",
    partials=lambda x, y: (1 / (1 + x * x),),
    doc="y = arctan x;  ∂y/∂x = 1 / (1 + x²)",
)  # fmt: skip


def _arctan2(a: Traced, b: Traced, y: Traced) -> tuple[Traced, ...]:
    square = a * a + b * b
    return b / square, -a / square


scalar_function(
    "arctan2", np.arctan2, math.atan2, domains=(reals(-3, 3, 0), reals(-3, 3, 0)), kernel="arctan2",
    partials=_arctan2,
    doc="y = the angle of (b, a);  ∂y/∂a = b / (a² + b²),  ∂y/∂b = −a / (a² + b²) (NaN at the origin)",
)  # fmt: skip

scalar_function(
    "radians", np.radians, np.deg2rad, math.radians, domains=(reals(-180, 180),), cheap=True,
    partials=lambda x, y: (math.pi / 180,),
    doc="y = π x / 180;  ∂y/∂x = π / 180",
)  # fmt: skip

scalar_function(
    "degrees", np.degrees, np.rad2deg, math.degrees, cheap=True,
    partials=lambda x, y: (180 / math.pi,),
    doc="y = 180 x / π;  ∂y/∂x = 180 / π",
)  # fmt: skip

# ---------------------------------------------------------------- hyperbolic functions

scalar_function(
    "sinh", np.sinh, math.sinh, kernel="sinh",
    partials=lambda x, y: (apply("cosh", x),),
    doc="y = sinh x;  ∂y/∂x = cosh x",
)  # fmt: skip

scalar_function(
    "cosh", np.cosh, math.cosh, kernel="cosh",
    partials=lambda x, y: (apply("sinh", x),),
    doc="y = cosh x;  ∂y/∂x = sinh x",
)  # fmt: skip

scalar_function(
    "tanh", np.tanh, math.tanh, kernel="tanh",
    partials=lambda x, y: (1 - y * y,),
    doc="y = tanh x;  ∂y/∂x = 1 − y²",
)  # fmt: skip

scalar_function(
    "arcsinh", np.arcsinh, math.asinh,
    partials=lambda x, y: (1 / _sqrt(x * x + 1),),
    doc="y = arsinh x;  ∂y/∂x = 1 / √(x² + 1)",
)  # fmt: skip

scalar_function(
    "arccosh", np.arccosh, math.acosh, domains=(reals(1.1, 4),),
    partials=lambda x, y: (1 / _sqrt((x - 1) * (x + 1)),),
    doc="y = arcosh x;  ∂y/∂x = 1 / √(x² − 1) (∞ at 1)",
)  # fmt: skip

scalar_function(
    "arctanh", np.arctanh, math.atanh, domains=(reals(-0.9, 0.9),),
    partials=lambda x, y: (1 / ((1 - x) * (1 + x)),),
    doc="y = artanh x;  ∂y/∂x = 1 / (1 − x²)",
)  # fmt: skip
