"""Draws from further distributions, of a `numpy.random.Generator` that is passed as an argument.

Those that NumPy computes from uniform, normal or exponential numbers are computed from the same ones here, so
that they are differentiated by all of their parameters, along the sample path. Draws by
rejection are not, by the shape of their distribution: that is refused. One of integers has none at all.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff_compiler.composed.declare import external, stands_for
from autodiff_compiler.composed.random import (
    Generator,
    check_not_negative,
    in_double,
    random,
    shape_of,
    standard_exponential,
    standard_normal,
)
from autodiff_compiler.ir.types import Array, Type
from autodiff_compiler.operators.entry import Signature
from autodiff_compiler.operators.special_gamma import drawn_by_shape
from autodiff_compiler.runtime.draws import (
    draw_betas,
    draw_binomials,
    draw_gammas,
    draw_geometrics,
    draw_poissons,
)

FLOATS, WHOLE = Array("float64", 1), Array("int64", 1)
LARGEST_MEAN = float(np.iinfo(np.int64).max - 10 * np.sqrt(np.iinfo(np.int64).max))  # of Poisson numbers


def _floats_of_one(rng: Type, parameters: Type) -> Signature:
    return (rng, FLOATS), (FLOATS,)


def _floats_of_two(rng: Type, first: Type, second: Type) -> Signature:
    return (rng, FLOATS, FLOATS), (FLOATS,)


def _whole_of_one(rng: Type, parameters: Type) -> Signature:
    return (rng, FLOATS), (WHOLE,)


def _whole_of_two(rng: Type, count: Type, chance: Type) -> Signature:
    return (rng, WHOLE, FLOATS), (WHOLE,)


for _kernel, _types, _drawn in (
    (draw_gammas, _floats_of_one, "numbers of standard gamma distributions of these shapes"),
    (draw_betas, _floats_of_two, "numbers of beta distributions of these shapes"),
    (draw_poissons, _whole_of_one, "numbers of Poisson distributions of these means"),
    (draw_binomials, _whole_of_two, "numbers of successes in so many trials"),
    (draw_geometrics, _whole_of_one, "numbers of trials until the first success"),
):
    external(_kernel, _types, several=False, effects=True, results=("drawn",), doc=f"draws {_drawn}")

# ---------------------------------------------------------------- helpers


def flat(parameter: Any, shape: Any) -> Any:
    """A parameter for each number that is drawn, in a vector."""
    if len(shape) == 0:
        return np.full((1,), parameter)
    return np.ravel(np.array(np.broadcast_to(parameter, shape)))


def shaped(drawn: Any, shape: Any) -> Any:
    """What was drawn, in its shape; a number where that is ()."""
    return drawn[0] if len(shape) == 0 else np.reshape(drawn, shape)


def uniforms(self: Any, shape: Any) -> Any:
    """Uniform numbers of a shape; a number where that is ()."""
    return random(self, None if len(shape) == 0 else shape)


def exponentials(self: Any, shape: Any) -> Any:
    """Standard exponential numbers of a shape; a number where that is ()."""
    return standard_exponential(self, None if len(shape) == 0 else shape)


def positive(parameter: Any, message: Any) -> Any:
    """The parameter, a number or an array, in double precision; ValueError where one is zero or below."""
    given = in_double(parameter)
    check_none(given <= 0, message)
    return given


def check_none(found: Any, message: Any) -> None:
    """Raise ValueError where a condition holds, of a number or anywhere in an array."""
    if np.sum(found) > 0:
        raise ValueError(message)


# ---------------------------------------------------------------- by all parameters


@stands_for(Generator.laplace)
def laplace(self: Any, loc: Any = 0.0, scale: Any = 1.0, size: Any = None) -> Any:
    """`rng.laplace(loc=0.0, scale=1.0, size=None)`: by location and scale."""
    check_not_negative(scale, "scale < 0")
    loc, scale = in_double(loc), in_double(scale)
    u = uniforms(self, shape_of(size, loc, scale))
    return loc + scale * np.where(u >= 0.5, -np.log(2.0 - u - u), np.log(u + u))


@stands_for(Generator.logistic)
def logistic(self: Any, loc: Any = 0.0, scale: Any = 1.0, size: Any = None) -> Any:
    """`rng.logistic(loc=0.0, scale=1.0, size=None)`: by location and scale."""
    check_not_negative(scale, "scale < 0")
    loc, scale = in_double(loc), in_double(scale)
    u = uniforms(self, shape_of(size, loc, scale))
    return loc + scale * np.log(u / (1.0 - u))


@stands_for(Generator.gumbel)
def gumbel(self: Any, loc: Any = 0.0, scale: Any = 1.0, size: Any = None) -> Any:
    """`rng.gumbel(loc=0.0, scale=1.0, size=None)`: by location and scale."""
    check_not_negative(scale, "scale < 0")
    loc, scale = in_double(loc), in_double(scale)
    u = 1.0 - uniforms(self, shape_of(size, loc, scale))
    return loc - scale * np.log(-np.log(u))


@stands_for(Generator.rayleigh)
def rayleigh(self: Any, scale: Any = 1.0, size: Any = None) -> Any:
    """`rng.rayleigh(scale=1.0, size=None)`: by the scale."""
    check_not_negative(scale, "scale < 0")
    return in_double(scale) * np.sqrt(2.0 * exponentials(self, shape_of(size, scale)))


@stands_for(Generator.weibull)
def weibull(self: Any, a: Any, size: Any = None) -> Any:
    """`rng.weibull(a, size=None)`: by the shape."""
    check_not_negative(a, "a < 0")
    a = in_double(a)
    if np.ndim(a) == 0 and size is None and a == 0:
        return 0.0
    check_none(a == 0, "a shape of 0, for which NumPy draws nothing, is supported for a single number alone")
    return np.power(exponentials(self, shape_of(size, a)), 1.0 / a)


@stands_for(Generator.pareto)
def pareto(self: Any, a: Any, size: Any = None) -> Any:
    """`rng.pareto(a, size=None)`: by the shape."""
    a = positive(a, "a <= 0")
    return np.expm1(exponentials(self, shape_of(size, a)) / a)


@stands_for(Generator.power)
def drawn_power(self: Any, a: Any, size: Any = None) -> Any:
    """`rng.power(a, size=None)`: by the exponent."""
    a = positive(a, "a <= 0")
    return np.power(-np.expm1(-exponentials(self, shape_of(size, a))), 1.0 / a)


@stands_for(Generator.triangular)
def triangular(self: Any, left: Any, mode: Any, right: Any, size: Any = None) -> Any:
    """`rng.triangular(left, mode, right, size=None)`: by its three corners."""
    left, mode, right = in_double(left), in_double(mode), in_double(right)
    check_none(left > mode, "left > mode")
    check_none(mode > right, "mode > right")
    base, rise = right - left, mode - left
    check_none(base == 0, "left == right")
    u = uniforms(self, shape_of(size, left, mode, right))
    rising = u <= rise / base
    root = np.sqrt(np.where(rising, u * (rise * base), (1.0 - u) * ((right - mode) * base)))
    return np.where(rising, left + root, right - root)


@stands_for(Generator.standard_cauchy)
def standard_cauchy(self: Any, size: Any = None) -> Any:
    """`rng.standard_cauchy(size=None)`: a normal number over another one."""
    shape = shape_of(size)
    count = 1
    for length in shape:
        count = count * length
    drawn = np.reshape(standard_normal(self, (2 * count,)), (count, 2))
    return shaped(drawn[:, 0] / drawn[:, 1], shape)


# ---------------------------------------------------------------- by some


@stands_for(Generator.standard_gamma)
def standard_gamma(self: Any, shape: Any, size: Any = None, dtype: Any = np.float64) -> Any:
    """`rng.standard_gamma(shape, size=None)`: by its shape the derivative is refused."""
    if dtype != np.float64:
        raise TypeError("gamma numbers are of float64 here: .astype(...) behind it")
    shape = in_double(shape)
    check_not_negative(shape, "shape < 0")
    wanted = shape_of(size, shape)
    return drawn_by_shape(shaped(draw_gammas(self, flat(shape, wanted)), wanted), shape)


@stands_for(Generator.gamma)
def drawn_gamma(self: Any, shape: Any, scale: Any = 1.0, size: Any = None) -> Any:
    """`rng.gamma(shape, scale=1.0, size=None)`: by the scale; by its shape the derivative is refused."""
    check_not_negative(scale, "scale < 0")
    shape = in_double(shape)
    check_not_negative(shape, "shape < 0")
    wanted = shape_of(size, shape, scale)
    return in_double(scale) * drawn_by_shape(shaped(draw_gammas(self, flat(shape, wanted)), wanted), shape)


@stands_for(Generator.chisquare)
def chisquare(self: Any, df: Any, size: Any = None) -> Any:
    """`rng.chisquare(df, size=None)`: by the degrees of freedom the derivative is refused."""
    half = positive(df, "df <= 0") / 2.0
    wanted = shape_of(size, half)
    return 2.0 * drawn_by_shape(shaped(draw_gammas(self, flat(half, wanted)), wanted), half)


@stands_for(Generator.beta)
def drawn_beta(self: Any, a: Any, b: Any, size: Any = None) -> Any:
    """`rng.beta(a, b, size=None)`: by its shapes the derivative is refused."""
    a, b = positive(a, "a <= 0"), positive(b, "b <= 0")
    wanted = shape_of(size, a, b)
    drawn = shaped(draw_betas(self, flat(a, wanted), flat(b, wanted)), wanted)
    return drawn_by_shape(drawn_by_shape(drawn, a), b)


# ---------------------------------------------------------------- integers


@stands_for(Generator.poisson)
def poisson(self: Any, lam: Any = 1.0, size: Any = None) -> Any:
    """`rng.poisson(lam=1.0, size=None)`: integers, which have no derivative."""
    lam = in_double(lam)
    check_none(np.logical_not(lam >= 0), "lam < 0 or lam contains NaNs")
    check_none(lam > LARGEST_MEAN, "lam value too large")
    wanted = shape_of(size, lam)
    return shaped(draw_poissons(self, flat(lam, wanted)), wanted)


@stands_for(Generator.binomial)
def binomial(self: Any, n: Any, p: Any, size: Any = None) -> Any:
    """`rng.binomial(n, p, size=None)`: integers, which have no derivative."""
    p = in_double(p)
    check_none(np.logical_not((p >= 0) & (p <= 1)), "p < 0, p > 1 or p contains NaNs")
    check_none(np.asarray(n) < 0, "n < 0")
    wanted = shape_of(size, n, p)
    return shaped(draw_binomials(self, flat(n, wanted), flat(p, wanted)), wanted)


@stands_for(Generator.geometric)
def geometric(self: Any, p: Any, size: Any = None) -> Any:
    """`rng.geometric(p, size=None)`: integers, which have no derivative."""
    p = in_double(p)
    check_none(np.logical_not((p > 0) & (p <= 1)), "p <= 0, p > 1 or p contains NaNs")
    wanted = shape_of(size, p)
    return shaped(draw_geometrics(self, flat(p, wanted)), wanted)
