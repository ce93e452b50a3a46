"""Random numbers of a `numpy.random.Generator` that is passed as an argument.

Drawn once, going forward, in NumPy's order and with its bits; the reverse sweep reads what was drawn. A draw
of a scaled distribution is the draw of the standard one, scaled: the derivative by location and scale is that
of the sample path (Glasserman 2003, "Monte Carlo Methods in Financial Engineering", section 7.2).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff_compiler.composed.declare import external, known_while_compiling, stands_for
from autodiff_compiler.ir.types import BOOL, INT, Array, Scalar, Type
from autodiff_compiler.operators.entry import Signature
from autodiff_compiler.runtime.draws import (
    draw_distinct,
    draw_distinct_weighted,
    draw_exponential,
    draw_exponentials,
    draw_integers,
    draw_normal,
    draw_normals,
    draw_order,
    draw_single_exponentials,
    draw_single_normals,
    draw_single_uniforms,
    draw_uniform,
    draw_uniforms,
)

Generator = np.random.Generator

# ---------------------------------------------------------------- kernels


def _one(rng: Type) -> Signature:
    return (rng,), (Scalar("float64", weak=True),)


def _many(rng: Type, count: Type) -> Signature:
    return (rng, INT), (Array("float64", 1),)


def _many_single(rng: Type, count: Type) -> Signature:
    return (rng, INT), (Array("float32", 1),)


def _distinct(rng: Type, below: Type, count: Type, in_order: Type) -> Signature:
    return (rng, INT, INT, BOOL), (Array("int64", 1),)


def _distinct_weighted(rng: Type, weights: Type, count: Type) -> Signature:
    return (rng, Array("float64", 1), INT), (Array("int64", 1),)


def _whole(rng: Type, low: Type, high: Type, count: Type) -> Signature:
    return (rng, INT, INT, INT), (Array("int64", 1),)


def _order(rng: Type, count: Type) -> Signature:
    return (rng, INT), (Array("int64", 1),)


for _kernel, _types, _drawn in (
    (draw_normal, _one, "a number of the standard normal distribution"),
    (draw_normals, _many, "numbers of the standard normal distribution"),
    (draw_uniform, _one, "a number of the uniform distribution over [0, 1)"),
    (draw_uniforms, _many, "numbers of the uniform distribution over [0, 1)"),
    (draw_exponential, _one, "a number of the standard exponential distribution"),
    (draw_exponentials, _many, "numbers of the standard exponential distribution"),
    (draw_single_normals, _many_single, "numbers of the standard normal distribution, in float32"),
    (draw_single_uniforms, _many_single, "numbers of the uniform distribution over [0, 1), in float32"),
    (draw_single_exponentials, _many_single, "numbers of the standard exponential distribution, in float32"),
    (draw_distinct, _distinct, "different numbers below a bound"),
    (draw_distinct_weighted, _distinct_weighted, "positions of different weights"),
    (draw_integers, _whole, "integers between two bounds"),
    (draw_order, _order, "the numbers below a bound in random order"),
):
    external(_kernel, _types, several=False, effects=True, results=("drawn",), doc=f"draws {_drawn}")

# ---------------------------------------------------------------- shapes


def _shape(size: Any) -> Any:
    return size if isinstance(size, (tuple, list)) else (size,)


def _count(shape: Any) -> Any:
    count = 1
    for length in shape:
        count = count * length
    return count


@known_while_compiling
def _in_single(dtype: Any, several: bool) -> bool:
    """Whether numbers are drawn in single precision."""
    single = bool(np.dtype(dtype) == np.float32)
    if not single and np.dtype(dtype) != np.float64:
        raise TypeError(f"Unsupported dtype {np.dtype(dtype)} for a draw")
    if single and not several:
        raise TypeError("one number in single precision is not supported: a size of 1, and its element")
    return single


@known_while_compiling
def _check_whole(dtype: Any) -> None:
    if np.dtype(dtype) != np.int64:
        raise TypeError("random integers are of int64 here: .astype(...) behind it")


def shape_of(size: Any, *parameters: Any) -> Any:
    """The shape of what is drawn: that of the parameters together where none is given; () for a number."""
    if size is not None:
        return _shape(size)
    shape = ()
    for parameter in parameters:
        shape = np.broadcast_shapes(shape, np.shape(parameter))
    return shape


def in_double(parameter: Any) -> Any:
    """A parameter in double precision, as NumPy computes with it; a number as one of Python."""
    return float(parameter) if np.ndim(parameter) == 0 else np.asarray(parameter, np.float64)


def check_not_negative(parameter: Any, message: Any) -> None:
    """Raise ValueError where a parameter, or one of several, is below zero, or is -0.0."""
    given = in_double(parameter)
    if np.sum(np.signbit(given) & (given == given)) > 0:
        raise ValueError(message)


# ---------------------------------------------------------------- distributions


@stands_for(Generator.standard_normal)
def standard_normal(self: Any, size: Any = None, dtype: Any = np.float64) -> Any:
    """`rng.standard_normal(size=None, dtype=np.float64)`; arrays also in float32."""
    shape = () if size is None else _shape(size)
    single = _in_single(dtype, len(shape) > 0)
    if len(shape) == 0:
        return draw_normal(self)
    if single:
        return draw_single_normals(self, _count(shape)).reshape(shape)
    return draw_normals(self, _count(shape)).reshape(shape)


@stands_for(Generator.random)
def random(self: Any, size: Any = None, dtype: Any = np.float64) -> Any:
    """`rng.random(size=None, dtype=np.float64)`; arrays also in float32."""
    shape = () if size is None else _shape(size)
    single = _in_single(dtype, len(shape) > 0)
    if len(shape) == 0:
        return draw_uniform(self)
    if single:
        return draw_single_uniforms(self, _count(shape)).reshape(shape)
    return draw_uniforms(self, _count(shape)).reshape(shape)


@stands_for(Generator.standard_exponential)
def standard_exponential(self: Any, size: Any = None, dtype: Any = np.float64) -> Any:
    """`rng.standard_exponential(size=None, dtype=np.float64)`; arrays also in float32."""
    shape = () if size is None else _shape(size)
    single = _in_single(dtype, len(shape) > 0)
    if len(shape) == 0:
        return draw_exponential(self)
    if single:
        return draw_single_exponentials(self, _count(shape)).reshape(shape)
    return draw_exponentials(self, _count(shape)).reshape(shape)


@stands_for(Generator.normal)
def normal(self: Any, loc: Any = 0.0, scale: Any = 1.0, size: Any = None) -> Any:
    """`rng.normal(loc=0.0, scale=1.0, size=None)`: loc + scale z; by loc 1, by scale z."""
    check_not_negative(scale, "scale < 0")
    loc, scale = in_double(loc), in_double(scale)
    shape = shape_of(size, loc, scale)
    return loc + scale * standard_normal(self, None if len(shape) == 0 else shape)


@stands_for(Generator.lognormal)
def lognormal(self: Any, mean: Any = 0.0, sigma: Any = 1.0, size: Any = None) -> Any:
    """`rng.lognormal(mean=0.0, sigma=1.0, size=None)`: exp(mean + sigma z)."""
    check_not_negative(sigma, "sigma < 0")
    return np.exp(normal(self, mean, sigma, size))


@stands_for(Generator.uniform)
def uniform(self: Any, low: Any = 0.0, high: Any = 1.0, size: Any = None) -> Any:
    """`rng.uniform(low=0.0, high=1.0, size=None)`: low + (high - low) u."""
    low, high = in_double(low), in_double(high)
    span = high - low
    if np.sum(np.isfinite(span)) < np.size(span):
        raise OverflowError("high - low range exceeds valid bounds")
    check_not_negative(span, "high - low < 0")
    shape = shape_of(size, low, high)
    return low + (high - low) * random(self, None if len(shape) == 0 else shape)


@stands_for(Generator.exponential)
def exponential(self: Any, scale: Any = 1.0, size: Any = None) -> Any:
    """`rng.exponential(scale=1.0, size=None)`: scale e."""
    check_not_negative(scale, "scale < 0")
    scale = in_double(scale)
    shape = shape_of(size, scale)
    return scale * standard_exponential(self, None if len(shape) == 0 else shape)


# ---------------------------------------------------------------- integers and orders


@stands_for(Generator.integers)
def integers(
    self: Any, low: Any, high: Any = None, size: Any = None, dtype: Any = np.int64, endpoint: Any = False
) -> Any:
    """`rng.integers(low, high=None, size=None, endpoint=False)`, between two numbers."""
    _check_whole(dtype)
    first, last = (0, low) if high is None else (low, high)
    if endpoint:
        last = last + 1
    if first >= last:
        raise ValueError("low >= high")
    shape = () if size is None else _shape(size)
    if len(shape) == 0:
        return draw_integers(self, first, last, 1)[0]
    return draw_integers(self, first, last, _count(shape)).reshape(shape)


@stands_for(Generator.permutation)
def permutation(self: Any, x: Any, axis: Any = 0) -> Any:
    """`rng.permutation(x, axis=0)`: the rows of an array, or the numbers below x, in random order."""
    if np.ndim(x) == 0:
        return draw_order(self, x)
    x = np.asarray(x)
    return np.take(x, draw_order(self, x.shape[axis]), axis)


@stands_for(Generator.shuffle)
def shuffle(self: Any, x: Any, axis: Any = 0) -> Any:
    """`rng.shuffle(x, axis=0)`: the rows of an array, in place."""
    x[...] = np.take(x, draw_order(self, x.shape[axis]), axis)


@stands_for(Generator.choice)
def choice(
    self: Any,
    a: Any,
    size: Any = None,
    replace: Any = True,
    p: Any = None,
    axis: Any = 0,
    shuffle: Any = True,
) -> Any:
    """`rng.choice(a, size=None, replace=True, p=None, axis=0, shuffle=True)`; p is a constant."""
    count = a if np.ndim(a) == 0 else np.shape(a)[axis]
    if p is not None and len(p) != count:
        raise ValueError("a and p must have same size")
    if p is not None:
        check_probabilities(np.asarray(p))
    if not replace and size is not None:
        chosen = _without_replacement(self, count, _shape(size), p, shuffle)
    elif p is None:
        chosen = integers(self, 0, count, size)
    else:
        limits = np.cumsum(p)
        chosen = np.searchsorted(limits / limits[-1], random(self, size), side="right")
    return chosen if np.ndim(a) == 0 else np.take(a, chosen, axis)


def check_probabilities(p: Any) -> None:
    """Raise ValueError where these are none, or do not sum to one."""
    wide = np.asarray(p, np.float64)
    total = np.sum(wide)
    if np.isnan(total):
        raise ValueError("Probabilities contain NaN")
    if np.any(wide < 0):
        raise ValueError("Probabilities are not non-negative")
    if abs(total - 1) > _slack(p.dtype):
        raise ValueError("Probabilities do not sum to 1")


@known_while_compiling
def _slack(dtype: Any) -> float:
    """How far the sum of probabilities may be from one."""
    kept = np.dtype(dtype) if np.dtype(dtype).kind == "f" else np.dtype(np.float64)
    return float(max(np.sqrt(np.finfo(np.float64).eps), np.sqrt(np.finfo(kept).eps)))


def _without_replacement(self: Any, count: Any, shape: Any, p: Any, shuffle: Any) -> Any:
    """Different numbers below the count."""
    wanted = _count(shape)
    if wanted > count:
        raise ValueError("Cannot take a larger sample than population when replace is False")
    if p is None:
        return draw_distinct(self, count, wanted, not shuffle).reshape(shape)
    chosen = draw_distinct_weighted(self, np.asarray(p, np.float64), wanted)
    if wanted > 0 and chosen[0] < 0:
        raise ValueError("Fewer non-zero entries in p than size")
    return chosen.reshape(shape)
