"""Comparisons, logic, and the functions that choose between values."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autodiff_compiler.operators.declare import choose, scalar_function
from autodiff_compiler.operators.entry import integers, reals
from autodiff_compiler.operators.trace import Traced, apply

_TWO = (reals(), reals())
_TRUTH = integers(0, 1)

# ---------------------------------------------------------------- comparisons

for _name, _function, _symbol, _written in (
    ("less", np.less, "<", "<"),
    ("less_equal", np.less_equal, "<=", "≤"),
    ("greater", np.greater, ">", ">"),
    ("greater_equal", np.greater_equal, ">=", "≥"),
    ("equal", np.equal, "==", "="),
    ("not_equal", np.not_equal, "!=", "≠"),
):
    scalar_function(
        _name, _function, symbol=_symbol, result="bool", domains=_TWO, cheap=True,
        complex=_name in ("equal", "not_equal"),
        doc=f"y = (a {_written} b);  a truth value has no derivative",
    )  # fmt: skip

for _name, _functions, _property in (
    ("isnan", (np.isnan, math.isnan), "is not a number"),
    ("isinf", (np.isinf, math.isinf), "is infinite"),
    ("isfinite", (np.isfinite, math.isfinite), "is neither infinite nor NaN"),
    ("signbit", (np.signbit,), "has the sign −, as −0 does"),
):
    scalar_function(
        _name, *_functions, result="bool", cheap=True, complex=_name != "signbit",
        doc=f"y = (x {_property});  a truth value has no derivative",
    )  # fmt: skip

# ---------------------------------------------------------------- logic

for _name, _connective, _phrase in (
    ("logical_and", np.logical_and, "a and b"),
    ("logical_or", np.logical_or, "a or b"),
    ("logical_xor", np.logical_xor, "exactly one of a and b"),
):
    scalar_function(
        _name, _connective, result="bool", domains=(_TRUTH, _TRUTH), cheap=True,
        doc=f"y = {_phrase}, any nonzero number being true;  a truth value has no derivative",
    )  # fmt: skip

scalar_function(
    "logical_not", np.logical_not, result="bool", domains=(_TRUTH,), cheap=True,
    doc="y = (x = 0);  a truth value has no derivative",
)  # fmt: skip

# ---------------------------------------------------------------- choices

_Choice = tuple[Traced | float | None, ...]


def _either(first: Traced, like: Traced) -> _Choice:
    """Partials of a choice between two operands: exactly 1 for the one taken and 0 for the other."""
    return choose(first, 1.0, 0.0, like), choose(first, 0.0, 1.0, like)


def _is_nan(x: Traced) -> Traced:
    return apply("isnan", x, boolean=True)


def _any(left: Traced, right: Traced) -> Traced:
    return apply("logical_or", left, right, boolean=True)


def _all(left: Traced, right: Traced) -> Traced:
    return apply("logical_and", left, right, boolean=True)


scalar_function(
    "where", np.where, emit="{1} if {0} else {2}", result="number", cheap=True, complex=True,
    domains=(_TRUTH, reals(), reals()),
    partials=lambda condition, a, b, y: (None, *_either(condition, y)),
    doc="y = a where the condition holds, else b;  ∂y/∂a = 1 or 0,  ∂y/∂b = 0 or 1",
)  # fmt: skip

scalar_function(
    "maximum", np.maximum, result="number", domains=_TWO, cheap=True,
    partials=lambda a, b, y: _either(a >= b, y),
    doc="y = the larger, NaN if one is;  ∂y/∂a = 1 where a ≥ b, ∂y/∂b = 1 elsewhere (a tie goes to a)",
)  # fmt: skip

scalar_function(
    "minimum", np.minimum, result="number", domains=_TWO, cheap=True,
    partials=lambda a, b, y: _either(a <= b, y),
    doc="y = the smaller, NaN if one is;  ∂y/∂a = 1 where a ≤ b, ∂y/∂b = 1 elsewhere (a tie goes to a)",
)  # fmt: skip

scalar_function(
    "fmax", np.fmax, result="number", domains=_TWO, cheap=True,
    partials=lambda a, b, y: _either(_any(a >= b, _is_nan(b)), y),
    doc="y = the larger, NaN if both are;  ∂y/∂a = 1 where a ≥ b or b is NaN, ∂y/∂b = 1 elsewhere",
)  # fmt: skip

scalar_function(
    "fmin", np.fmin, result="number", domains=_TWO, cheap=True,
    partials=lambda a, b, y: _either(_any(a <= b, _is_nan(b)), y),
    doc="y = the smaller, NaN if both are;  ∂y/∂a = 1 where a ≤ b or b is NaN, ∂y/∂b = 1 elsewhere",
)  # fmt: skip


def _clip(x: Traced, low: Traced, high: Traced, y: Traced) -> _Choice:
    """As NumPy clips: first to at least low, then to at most high, so that high wins where low > high."""
    return (
        choose(_all(x >= low, x <= high), 1.0, 0.0, y),
        choose(_all(x < low, low <= high), 1.0, 0.0, y),
        choose(_any(x > high, low > high), 1.0, 0.0, y),
    )


def clipped(x: Any, low: Any, high: Any) -> Any:
    """`np.clip` with both bounds."""
    return np.clip(x, low, high)


scalar_function(
    "clip", clipped, emit="np.minimum(np.maximum({0}, {1}), {2})", result="number", cheap=True,
    domains=(reals(-3, 3, -1, 1), reals(-1.04, -0.96), reals(0.96, 1.04)),
    partials=_clip,
    doc="y = min(max(x, low), high);  the partial is 1 for the operand taken (at a tie x), else 0",
)  # fmt: skip
