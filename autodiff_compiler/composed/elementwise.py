"""Elementwise functions that are made of others: rounding, parts of numbers, bounds, choices."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autodiff_compiler.composed.declare import known_while_compiling, stands_for
from autodiff_compiler.composed.dtypes import is_of_floats, precision_of
from autodiff_compiler.composed.ufuncs import written
from autodiff_compiler.operators.arithmetic import (
    constant,
    exponent_of,
    mantissa_of,
    scaled_by_power,
    truncated_remainder,
)


@known_while_compiling
def only(value: object, accepted: object, name: str) -> None:
    """Refuse an argument that is not supported."""
    if type(value) is not type(accepted) or value != accepted:
        raise TypeError(f"`{name}={value}` is not supported")


@known_while_compiling
def largest(dtype: Any) -> float:
    """The largest number of a dtype of floats."""
    return float(np.finfo(dtype).max)


@known_while_compiling
def float_like(dtype: Any) -> np.dtype[Any]:
    """The dtype of floats that numbers of a dtype are computed with."""
    return np.dtype(dtype if np.dtype(dtype).kind in "fc" else "float64")


@known_while_compiling
def check_rounded(dtype: Any, decimals: int) -> None:
    """Refuse truth values, and tens of whole numbers."""
    if decimals < 0:
        raise TypeError("np.round of whole numbers to decimals below 0 is not supported")
    if np.dtype(dtype) == np.bool_:
        raise TypeError("np.round of truth values gives NumPy's half precision (float16)")


@known_while_compiling
def ten_to(decimals: int) -> float:
    """10 to the size of a number of digits."""
    if abs(decimals) > 22:
        raise ValueError("more than 22 decimals are not supported")
    return float(10 ** abs(int(decimals)))


def kind_of(x: Any) -> Any:
    """The dtype; of a number of Python, which yields to that of others, its class."""
    return type(x) if type(x) is float or type(x) is int else np.asarray(x).dtype


def as_floats(x: Any) -> Any:
    """An array or number as it is, if it is of floats; of whole numbers in double precision."""
    x = np.asarray(x)
    return np.asarray(x, dtype=float_like(x.dtype))


# ---------------------------------------------------------------- rounding and parts


@stands_for(np.round, np.around, methods=("round",))
def round_(a: Any, decimals: Any = 0, out: Any = None) -> Any:
    """`np.round(a, decimals=0, out=None)`: to so many decimals, halves to even; the derivative is zero."""
    a = np.asarray(a)
    if is_of_floats(a.dtype):
        if decimals == 0:
            result = np.rint(a)
        elif decimals > 0:
            result = np.rint(a * ten_to(decimals)) / ten_to(decimals)
        else:
            result = np.rint(a / ten_to(decimals)) * ten_to(decimals)
    else:
        check_rounded(a.dtype, decimals)
        result = np.array(a)
    if out is not None:
        return written(out, result, "unsafe")
    return result


@stands_for(np.fix)
def fix(x: Any, out: Any = None) -> Any:
    """`np.fix(x, out=None)`: towards zero; the derivative is zero."""
    return np.trunc(x, out=out)


@stands_for(np.divmod)
def divmod_(x1: Any, x2: Any) -> Any:
    """`np.divmod(x1, x2)`: ⌊a / b⌋ and a − b ⌊a / b⌋, whose partials are 1 and −⌊a / b⌋."""
    return np.floor_divide(x1, x2), np.remainder(x1, x2)


@stands_for(np.modf)
def modf(x: Any) -> Any:
    """`np.modf(x)`: the fraction, ∂y/∂x = 1, and what is before the point, both with the sign of x."""
    x = np.asarray(x, dtype=precision_of(np.modf, np.asarray(x).dtype))
    return np.where(np.isinf(x), np.copysign(0.0, x), np.fmod(x, 1.0)), np.trunc(x)


@stands_for(np.frexp)
def frexp(x: Any) -> Any:
    """`np.frexp(x)`: m and e with x = m 2ᵉ, m from ½ to 1 in size; ∂m/∂x = 2⁻ᵉ."""
    x = np.asarray(x, dtype=precision_of(np.frexp, np.asarray(x).dtype))
    return mantissa_of(x), np.asarray(exponent_of(constant(x)), dtype=np.int32)


@stands_for(np.ldexp)
def ldexp(x1: Any, x2: Any) -> Any:
    """`np.ldexp(x1, x2)`: y = x 2ⁿ; ∂y/∂x = 2ⁿ."""
    x1 = np.asarray(x1, dtype=precision_of(np.ldexp, np.asarray(x1).dtype))
    return scaled_by_power(x1, np.asarray(x2, dtype=x1.dtype))


@stands_for(np.float_power)
def float_power_(x1: Any, x2: Any) -> Any:
    """`np.float_power(x1, x2)`: y = xⁿ in double precision; the partials are those of power."""
    return np.power(np.asarray(x1, dtype=np.float64), np.asarray(x2, dtype=np.float64))


@stands_for(np.fmod)
def fmod_(x1: Any, x2: Any) -> Any:
    """`np.fmod(x1, x2)`: y = a − b trunc(a / b), with the sign of a, of integers 0 where b = 0; ∂y/∂a = 1,
    ∂y/∂b = −trunc(a / b).
    """
    if is_of_floats(np.result_type(x1, x2)):
        return truncated_remainder(x1, x2)
    rest = x1 % x2
    return np.where((rest != 0) & ((x1 < 0) != (x2 < 0)), rest - x2, rest)


@stands_for(np.heaviside)
def heaviside(x1: Any, x2: Any) -> Any:
    """`np.heaviside(x1, x2)`: 0 below 0, b at 0, 1 above, NaN where a is; ∂y/∂b = 1 where a = 0, else 0."""
    x1 = constant(np.asarray(x1, dtype=precision_of(np.heaviside, kind_of(x1), kind_of(x2))))
    return np.where(x1 < 0, 0.0, np.where(x1 > 0, 1.0, np.where(x1 == 0, x2, x1)))


@stands_for(np.sinc)
def sinc_(x: Any) -> Any:
    """`np.sinc(x)`: y = sin(πx) / (πx), 1 at 0; ∂y/∂x = (cos(πx) − y) / x (0 at 0)."""
    return sine_over_argument(np.pi * as_floats(x))


def sine_over_argument(x: Any) -> Any:
    """The quotient; near 0 its series, whose derivative does not cancel."""
    near = np.abs(x) < 0.25
    square = np.where(near, x * x, 0.0)
    series = 1 - square / 6 * (1 - square / 20 * (1 - square / 42 * (1 - square / 72 * (1 - square / 110))))
    safe = np.where(near, 1.0, x)
    return np.where(near, series, np.sin(safe) / safe)


# ---------------------------------------------------------------- replacements


@stands_for(np.nan_to_num)
def nan_to_num(x: Any, copy: Any = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    """`np.nan_to_num(x, copy=True, nan=0.0, posinf=None, neginf=None)`: ∂y/∂x = 1 where x is finite, else 0;
    without a copy, x itself is changed.
    """
    x = np.asarray(x)
    if not is_of_floats(x.dtype):
        return np.array(x) if copy else x
    most = largest(x.dtype) if posinf is None else posinf
    least = -largest(x.dtype) if neginf is None else neginf
    result = np.where(np.isnan(x), nan, np.where(x == np.inf, most, np.where(x == -np.inf, least, x)))
    if copy or np.ndim(x) == 0:
        return result
    x[...] = result
    return x


@stands_for(np.select)
def select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    """`np.select(condlist, choicelist, default=0)`: the choice of the first condition that holds."""
    dtype = np.result_type(*choicelist, default)
    result = np.asarray(default, dtype=dtype) if np.ndim(default) > 0 else dtype.type(default)
    for k in range(len(condlist) - 1, -1, -1):
        result = np.where(condlist[k], choicelist[k], result)
    return result


@stands_for(np.piecewise)
def piecewise(x: Any, condlist: Any, funclist: Any, *args: Any, **kw: Any) -> Any:
    """`np.piecewise(x, condlist, funclist, *args, **kw)`: each function at the elements where its condition
    holds, and only there; numbers are constant functions.
    """
    x = np.asarray(x)
    if not isinstance(condlist, (list, tuple)):
        condlist = [condlist]
    result = np.zeros_like(x)
    if len(funclist) == len(condlist) + 1:
        none = ~condlist[0]
        for k in range(1, len(condlist)):
            none = none & ~condlist[k]
        condlist = [*condlist, none]
    for k in range(len(condlist)):
        function, condition = funclist[k], condlist[k]
        if callable(function):
            result[condition] = function(x[condition], *args, **kw)
        else:
            result[condition] = function
    return result


# ---------------------------------------------------------------- questions


@stands_for(np.isposinf)
def isposinf(x: Any, out: Any = None) -> Any:
    """`np.isposinf(x)`: y = (x = ∞)."""
    return np.equal(x, np.inf, out=out)


@stands_for(np.isneginf)
def isneginf(x: Any, out: Any = None) -> Any:
    """`np.isneginf(x)`: y = (x = −∞)."""
    return np.equal(x, -np.inf, out=out)


@stands_for(np.isclose)
def isclose(a: Any, b: Any, rtol: Any = 1e-05, atol: Any = 1e-08, equal_nan: Any = False) -> Any:
    """`np.isclose(a, b, rtol=1e-05, atol=1e-08, equal_nan=False)`: whether the difference is at most
    atol + rtol times the size of b, or both are equal.
    """
    a, b = np.multiply(a, 1.0), np.multiply(b, 1.0)
    near = np.abs(a - b) <= atol + rtol * np.abs(b)
    found = np.logical_or(np.logical_and(near, np.isfinite(b)), a == b)
    if equal_nan:
        return np.logical_or(found, np.logical_and(np.isnan(a), np.isnan(b)))
    return found


def every(found: Any) -> Any:
    """Whether all truth values hold."""
    return np.sum(np.logical_not(found)) == 0


@stands_for(np.allclose)
def allclose(a: Any, b: Any, rtol: Any = 1e-05, atol: Any = 1e-08, equal_nan: Any = False) -> Any:
    """`np.allclose(a, b, rtol=1e-05, atol=1e-08, equal_nan=False)`: whether all of isclose holds."""
    return every(isclose(a, b, rtol, atol, equal_nan))


@stands_for(np.array_equal)
def array_equal(a1: Any, a2: Any, equal_nan: Any = False) -> Any:
    """`np.array_equal(a1, a2, equal_nan=False)`: whether shapes and all elements are equal."""
    a1, a2 = np.asarray(a1), np.asarray(a2)
    if np.ndim(a1) != np.ndim(a2):
        return False
    if np.shape(a1) != np.shape(a2):
        return False
    if equal_nan:
        return every(np.logical_or(a1 == a2, np.logical_and(np.isnan(a1), np.isnan(a2))))
    return every(a1 == a2)


@stands_for(np.array_equiv)
def array_equiv(a1: Any, a2: Any) -> Any:
    """`np.array_equiv(a1, a2)`: whether both are equal where broadcast, and can be."""
    a1, a2 = np.asarray(a1), np.asarray(a2)
    if fit(np.shape(a1), np.shape(a2)):
        return every(a1 == a2)
    return False


def fit(first: Any, second: Any) -> Any:
    """Whether shapes can be broadcast."""
    for k in range(1, min(len(first), len(second)) + 1):
        if first[-k] != second[-k] and first[-k] != 1 and second[-k] != 1:
            return False
    return True


# ---------------------------------------------------------------- functions of `math`


@stands_for(math.frexp)
def math_frexp(x: Any) -> Any:
    """`math.frexp(x)`: as np.frexp, of one number."""
    x = float(x)
    return float(mantissa_of(x)), int(exponent_of(constant(x)))


@stands_for(math.ulp)
def ulp(x: Any) -> Any:
    """`math.ulp(x)`: the distance from the size of x to the next larger float; the derivative is zero."""
    return float(np.spacing(abs(float(x))))


# ---------------------------------------------------------------- angles


@stands_for(np.angle)
def angle_(z: Any, deg: Any = False) -> Any:
    """`np.angle(z, deg=False)`: the angle of a complex number, of a real one 0 or π; z̄ = i ȳ z over its
    squared size (NaN at 0).
    """
    z = np.asarray(z)
    found = np.arctan2(np.imag(z), np.real(z)) if np.iscomplexobj(z) else np.arctan2(0.0, z)
    return found * (180 / np.pi) if deg else found


@stands_for(np.unwrap)
def unwrap(p: Any, discont: Any = None, axis: Any = -1, *, period: Any = 2 * math.pi) -> Any:
    """`np.unwrap(p, discont=None, axis=-1, period=2π)`: jumps of more than half a period are taken off;
    ∂y/∂p = 1.
    """
    p = as_floats(p)
    half = period / 2
    least = half if discont is None else discont
    result = np.copy(p)
    rows, given = np.moveaxis(result, axis, 0), np.moveaxis(p, axis, 0)
    steps = constant(given[1:] - given[:-1])
    rest = np.mod(steps + half, period) - half
    rest = np.where((rest == -half) & (steps > 0), half, rest)
    turns = np.where(np.abs(steps) < least, 0.0, rest - steps)
    rows[1:] += np.cumsum(turns, axis=0)
    return result


# ---------------------------------------------------------------- real and complex


@stands_for(np.isreal)
def isreal(x: Any) -> Any:
    """`np.isreal(x)`: y = (Im x = 0)."""
    return np.equal(np.imag(x), 0)


@stands_for(np.iscomplex)
def iscomplex(x: Any) -> Any:
    """`np.iscomplex(x)`: y = (Im x ≠ 0)."""
    return np.not_equal(np.imag(x), 0)
