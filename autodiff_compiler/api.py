"""The public functions; what they return is in `derivatives.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, overload

from autodiff_compiler.derivatives import (
    ABSENT,
    Differentiable,
    DifferentialOnly,
    DifferentialWithValue,
    Gradient,
    GradientWithValue,
    PullbackOnly,
    PullbackWithValue,
    ValueWithDifferential,
    ValueWithGradient,
    ValueWithPullback,
    evaluated,
)
from autodiff_compiler.differentials import Differential
from autodiff_compiler.parameters import Wrt
from autodiff_compiler.pipeline import check_definition
from autodiff_compiler.pullbacks import Pullback

P = ParamSpec("P")
R = TypeVar("R")


@overload
def differentiable(function: Callable[P, R], /) -> Differentiable[P, R]: ...
@overload
def differentiable(*, wrt: Wrt = None) -> Callable[[Callable[P, R]], Differentiable[P, R]]: ...
def differentiable(function: Callable[..., Any] | None = None, /, *, wrt: Wrt = None) -> Any:
    """Decorate a function: its definition is checked now, and calling it runs its compiled primal.

    `wrt` (names or positions) is what its derivatives are taken with respect to where they do not say.
    Returns a Differentiable with `python`, `gradient`, `value_with_gradient`, `pullback`,
    `value_with_pullback`, `differential`, `value_with_differential`, `source`, `stages`, `explain`.
    Raises UnsupportedSyntax, UnboundVariable and other DifferentiationErrors for a definition that cannot be
    accepted, InvalidRequest for a wrong `wrt`.
    """

    def decorate(python: Callable[P, R]) -> Differentiable[P, R]:
        result = Differentiable(python, wrt)
        check_definition(python)
        return result

    return decorate if function is None else decorate(function)


@overload
def gradient(of: Callable[P, Any], *, wrt: Wrt = None) -> Gradient[P]: ...
@overload
def gradient(of: Callable[..., Any], *, at: object, wrt: Wrt = None) -> Any: ...
def gradient(of: Callable[..., Any], *, at: object = ABSENT, wrt: Wrt = None) -> Any:
    """The gradient of a function that returns one float.

    Returns a function of the same arguments, or with `at` (a tuple is spread as arguments) its value there.
    The gradient with respect to one parameter has its shape and dtype; several come as a tuple in the order
    of `wrt` (names or positions), by default of every parameter whose argument is a float or a float array.
    Raises InvalidRequest for a wrong `wrt` or a result that is no number, other DifferentiationErrors where
    the function cannot be differentiated; warns ZeroDerivativeWarning where the result is constant.
    """
    return evaluated(Gradient(of, wrt), at)


@overload
def value_with_gradient(of: Callable[P, Any], *, wrt: Wrt = None) -> GradientWithValue[P]: ...
@overload
def value_with_gradient(of: Callable[..., Any], *, at: object, wrt: Wrt = None) -> ValueWithGradient: ...
def value_with_gradient(of: Callable[..., Any], *, at: object = ABSENT, wrt: Wrt = None) -> Any:
    """As `gradient`, with the function's result: a named tuple `(value, gradient)`."""
    return evaluated(GradientWithValue(of, wrt), at)


@overload
def pullback(of: Callable[P, Any], *, wrt: Wrt = None) -> PullbackOnly[P]: ...
@overload
def pullback(of: Callable[..., Any], *, at: object, wrt: Wrt = None) -> Pullback: ...
def pullback(of: Callable[..., Any], *, at: object = ABSENT, wrt: Wrt = None) -> Any:
    """The pullback of a function at a point: from a cotangent of the result to those of the parameters.

    Returns a function of the same arguments that returns a Pullback, or with `at` the Pullback there. It can
    be called any number of times, with seeds of the result's structure, shapes and dtypes. Any float result
    will do: a number, an array, a tuple of them. `wrt` and errors are as for `gradient`.
    """
    return evaluated(PullbackOnly(of, wrt), at)


@overload
def value_with_pullback(of: Callable[P, Any], *, wrt: Wrt = None) -> PullbackWithValue[P]: ...
@overload
def value_with_pullback(of: Callable[..., Any], *, at: object, wrt: Wrt = None) -> ValueWithPullback: ...
def value_with_pullback(of: Callable[..., Any], *, at: object = ABSENT, wrt: Wrt = None) -> Any:
    """As `pullback`, with the function's result: a named tuple `(value, pullback)`."""
    return evaluated(PullbackWithValue(of, wrt), at)


@overload
def differential(of: Callable[P, Any], *, wrt: Wrt = None) -> DifferentialOnly[P]: ...
@overload
def differential(of: Callable[..., Any], *, at: object, wrt: Wrt = None) -> Differential: ...
def differential(of: Callable[..., Any], *, at: object = ABSENT, wrt: Wrt = None) -> Any:
    """The differential of a function at a point: from tangents of the parameters to that of the result.

    Returns a function of the same arguments that returns a Differential, or with `at` the Differential there.
    It can be called any number of times, with tangents of the structures, shapes and dtypes of the
    parameters; each call runs the function with its tangents in forward mode. Any float result will do: a
    number, an array, a tuple of them. `wrt` and errors are as for `gradient`.
    """
    return evaluated(DifferentialOnly(of, wrt), at)


@overload
def value_with_differential(of: Callable[P, Any], *, wrt: Wrt = None) -> DifferentialWithValue[P]: ...
@overload
def value_with_differential(
    of: Callable[..., Any], *, at: object, wrt: Wrt = None
) -> ValueWithDifferential: ...
def value_with_differential(of: Callable[..., Any], *, at: object = ABSENT, wrt: Wrt = None) -> Any:
    """As `differential`, with the function's result: a named tuple `(value, differential)`."""
    return evaluated(DifferentialWithValue(of, wrt), at)
