"""A compiler from Python functions to Python functions that compute their derivatives.

It reads the source of a plain Python and NumPy function, analyses it, and writes a readable Python function
for the value and the derivative together, which Numba compiles::

    from autodiff_compiler import differentiable, gradient

    @differentiable
    def loss(w, x, y):
        return np.mean((x @ w - y) ** 2)

    gradient(of=loss, wrt="w")(w, x, y)
"""

from __future__ import annotations

from autodiff_compiler.api import (
    differentiable,
    differential,
    gradient,
    pullback,
    value_with_differential,
    value_with_gradient,
    value_with_pullback,
)
from autodiff_compiler.checking import DerivativeMismatch, check_derivative
from autodiff_compiler.errors import (
    AliasedMutation,
    AxisOutOfBounds,
    CompilerBug,
    DerivativeLostWarning,
    DerivativeNotWritten,
    DifferentiationError,
    IndexOutOfBounds,
    InvalidRequest,
    NotDifferentiable,
    ShapeMismatch,
    SourceUnavailable,
    TypeMismatch,
    UnboundVariable,
    UnknownOperator,
    UnsupportedSyntax,
    ZeroDerivativeWarning,
)
from autodiff_compiler.frontend.structures import no_derivative
from autodiff_compiler.tangents import Tangent, move, zero_tangent

__all__ = [
    "AliasedMutation",
    "AxisOutOfBounds",
    "CompilerBug",
    "DerivativeLostWarning",
    "DerivativeMismatch",
    "DerivativeNotWritten",
    "DifferentiationError",
    "IndexOutOfBounds",
    "InvalidRequest",
    "NotDifferentiable",
    "ShapeMismatch",
    "SourceUnavailable",
    "Tangent",
    "TypeMismatch",
    "UnboundVariable",
    "UnknownOperator",
    "UnsupportedSyntax",
    "ZeroDerivativeWarning",
    "check_derivative",
    "differentiable",
    "differential",
    "gradient",
    "move",
    "no_derivative",
    "pullback",
    "value_with_differential",
    "value_with_gradient",
    "value_with_pullback",
    "zero_tangent",
]
