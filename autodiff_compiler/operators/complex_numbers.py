"""Complex numbers: their parts, and the elementary functions of them.

The cotangent of z = a + i b is ∂L/∂a + i ∂L/∂b: a real loss falls fastest along minus it. Functions with a
complex derivative p give their operand ȳ conj(p); the others have an adjoint (Kreutz-Delgado 2009, "The
complex gradient operator and the CR-calculus", section 4).
"""

from __future__ import annotations

import cmath

import numpy as np

from autodiff_compiler.ir.types import real_of
from autodiff_compiler.operators.declare import scalar_function
from autodiff_compiler.operators.entry import Partials, reals
from autodiff_compiler.operators.trace import Traced, apply, where

# ---------------------------------------------------------------- parts


def _complex(real: Traced | float, imaginary: Traced | float, like: Traced) -> Traced:
    return apply("complex_of", real, imaginary, dtype=like.atom.type.dtype)


def _part(name: str, z: Traced) -> Traced:
    return apply(name, z, dtype=real_of(z.atom.type.dtype))


def _along(z: Traced, length: Traced, bar: Traced) -> Traced:
    """Z scaled to a length of `bar / length · |z|`: the cotangent of the magnitude, 0 at the origin."""
    zero = length.equals(0.0)
    scale = where(zero, 0.0, bar / where(zero, 1.0, length))
    return _complex(scale * _part("real", z), scale * _part("imag", z), z)


def _around(z: Traced, bar: Traced) -> Traced:
    """I z ȳ / |z|²: the cotangent of the angle."""
    real, imaginary = _part("real", z), _part("imag", z)
    scale = bar / (real * real + imaginary * imaginary)
    return _complex(-(scale * imaginary), scale * real, z)


scalar_function(
    "complex_of", complex, emit="complex({0}, {1})", result="complex", domains=(reals(), reals()), cheap=True,
    complex=True, adjoint=lambda bar, a, b, y: (_part("real", bar), _part("imag", bar)),
    doc="y = a + i b;  ∂: ā = Re ȳ, b̄ = Im ȳ",
)  # fmt: skip

scalar_function(
    "real", np.real, emit="{0}.real", result="real", cheap=True, complex=True,
    adjoint=lambda bar, z, y: (_complex(bar, 0.0, z),),
    doc="y = Re z;  ∂: z̄ = ȳ",
)  # fmt: skip

scalar_function(
    "imag", np.imag, emit="{0}.imag", result="real", cheap=True, complex=True,
    adjoint=lambda bar, z, y: (_complex(0.0, bar, z),),
    doc="y = Im z;  ∂: z̄ = i ȳ",
)  # fmt: skip

scalar_function(
    "conjugate", np.conjugate, emit="np.conj({0})", result="number", cheap=True, complex=True,
    adjoint=lambda bar, z, y: (apply("conjugate", bar),),
    doc="y = conj z;  ∂: z̄ = conj ȳ",
)  # fmt: skip

scalar_function(
    "magnitude", emit="abs({0})", result="real", domains=(reals(0.2, 3),), complex=True,
    adjoint=lambda bar, z, y: (_along(z, y, bar),),
    doc="y = the size of z, written `abs(z)`;  ∂: z̄ = ȳ z / y (0 at 0)",
)  # fmt: skip

scalar_function(
    "angle", cmath.phase, emit="np.arctan2({0}.imag, {0}.real)", result="real",
    domains=(reals(0.2, 3),), complex=True,
    adjoint=lambda bar, z, y: (_around(z, bar),),
    doc="y = the angle of z;  ∂: z̄ = i ȳ z over its squared size (NaN at 0)",
)  # fmt: skip

# ---------------------------------------------------------------- elementary functions


def _elementary(name: str, doc: str, partials: Partials, *callables: object) -> None:
    scalar_function(
        f"complex_{name}", *callables, emit=f"np.{name}({{0}})", result="complex",
        domains=(reals(0.2, 0.9),), complex=True, partials=partials, doc=f"y = {doc}, of complex numbers",
    )  # fmt: skip


def _root(z: Traced) -> Traced:
    return apply("complex_sqrt", z)


_elementary("exp", "eᶻ;  ∂y/∂z = y", lambda z, y: (y,), cmath.exp)
_elementary("log", "ln z;  ∂y/∂z = 1 / z", lambda z, y: (1 / z,))
_elementary("sqrt", "√z;  ∂y/∂z = 1 / (2 y)", lambda z, y: (0.5 / y,), cmath.sqrt)
_elementary("sin", "sin z;  ∂y/∂z = cos z", lambda z, y: (apply("complex_cos", z),), cmath.sin)
_elementary("cos", "cos z;  ∂y/∂z = −sin z", lambda z, y: (-apply("complex_sin", z),), cmath.cos)
_elementary("tan", "tan z;  ∂y/∂z = 1 + y²", lambda z, y: (1 + y * y,), cmath.tan)
_elementary("sinh", "sinh z;  ∂y/∂z = cosh z", lambda z, y: (apply("complex_cosh", z),), cmath.sinh)
_elementary("cosh", "cosh z;  ∂y/∂z = sinh z", lambda z, y: (apply("complex_sinh", z),), cmath.cosh)
_elementary("tanh", "tanh z;  ∂y/∂z = 1 − y²", lambda z, y: (1 - y * y,), cmath.tanh)
_elementary("arctan", "arctan z;  ∂y/∂z = 1 / (1 + z²)", lambda z, y: (1 / (1 + z * z),), cmath.atan)
_elementary("arcsin", "arcsin z;  ∂y/∂z = 1 / √(1 − z²)", lambda z, y: (1 / _root(1 - z * z),), cmath.asin)
_elementary("arccos", "arccos z;  ∂y/∂z = −1 / √(1 − z²)", lambda z, y: (-1 / _root(1 - z * z),), cmath.acos)

scalar_function(
    "complex_power", emit="{0} ** {1}", result="complex", domains=(reals(0.2, 3), reals()), complex=True,
    partials=lambda z, n, y: (n * apply("complex_power", z, n - 1), y * apply("complex_log", z)),
    doc="y = zⁿ, of complex numbers;  ∂y/∂z = n zⁿ⁻¹,  ∂y/∂n = y ln z (NaN at z = 0)",
)  # fmt: skip
