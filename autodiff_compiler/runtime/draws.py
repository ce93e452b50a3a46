"""Draws from a random generator, in the order and with the bits of `numpy.random.Generator`."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff_compiler.runtime.compiled import compiled


@compiled
def draw_normal(rng: Any) -> float:
    """A number of the standard normal distribution."""
    return rng.standard_normal()  # type: ignore[no-any-return]


@compiled
def draw_normals(rng: Any, count: int) -> Any:
    """As many numbers of the standard normal distribution."""
    return rng.standard_normal(count)


@compiled
def draw_uniform(rng: Any) -> float:
    """A number of the uniform distribution over [0, 1)."""
    return rng.random()  # type: ignore[no-any-return]


@compiled
def draw_uniforms(rng: Any, count: int) -> Any:
    """As many numbers of the uniform distribution over [0, 1)."""
    return rng.random(count)


@compiled
def draw_exponential(rng: Any) -> float:
    """A number of the standard exponential distribution."""
    return rng.standard_exponential()  # type: ignore[no-any-return]


@compiled
def draw_exponentials(rng: Any, count: int) -> Any:
    """As many numbers of the standard exponential distribution."""
    return rng.standard_exponential(count)


@compiled
def draw_single_normals(rng: Any, count: int) -> Any:
    """As many numbers of the standard normal distribution, in single precision."""
    return rng.standard_normal(count, np.float32)


@compiled
def draw_single_uniforms(rng: Any, count: int) -> Any:
    """As many numbers of the uniform distribution over [0, 1), in single precision."""
    return rng.random(count, np.float32)


@compiled
def draw_single_exponentials(rng: Any, count: int) -> Any:
    """As many numbers of the standard exponential distribution, in single precision."""
    return rng.standard_exponential(count, np.float32)


@compiled
def draw_distinct(rng: Any, below: int, count: int, in_order: bool) -> Any:
    """Different numbers from 0 to below - 1: of many a shuffled tail, of few by Floyd's algorithm."""
    if below > 10000 and count * 50 > below:
        order = np.arange(below)
        for i in range(below - 1, max(below - count, 1) - 1, -1):
            j = rng.integers(0, i + 1)
            order[i], order[j] = order[j], order[i]
        return order[below - count :].copy()
    chosen = np.empty(count, np.int64)
    seen = {-1}
    for k in range(count):
        last = below - count + k
        number = int(rng.integers(0, last + 1))
        if number in seen:
            number = last
        seen.add(number)
        chosen[k] = number
    if in_order:
        return chosen
    for i in range(count - 1, 0, -1):
        j = rng.integers(0, i + 1)
        chosen[i], chosen[j] = chosen[j], chosen[i]
    return chosen


@compiled
def draw_distinct_weighted(rng: Any, weights: Any, count: int) -> Any:
    """Positions of different weights, with chances proportional to these; -1 if too few are not 0."""
    left = weights.copy()
    chosen = np.empty(count, np.int64)
    if np.sum(left > 0) < count:
        chosen[:] = -1
        return chosen
    found = 0
    while found < count:
        limits = np.cumsum(left)
        limits = limits / limits[-1]
        places = np.searchsorted(limits, rng.random(count - found), side="right")
        for place in places:
            if left[place] > 0:
                chosen[found] = place
                found += 1
                left[place] = 0.0
    return chosen


@compiled
def draw_integers(rng: Any, low: int, high: int, count: int) -> Any:
    """As many integers from low to below high."""
    return rng.integers(low, high, count)


@compiled
def draw_order(rng: Any, count: int) -> Any:
    """The numbers 0 to count - 1 in a random order."""
    order = np.arange(count)
    rng.shuffle(order)
    return order


@compiled
def draw_gammas(rng: Any, shapes: Any) -> Any:
    """A number of the standard gamma distribution of each shape."""
    drawn = np.empty(len(shapes))
    for k in range(len(shapes)):
        drawn[k] = rng.standard_gamma(shapes[k])
    return drawn


@compiled
def draw_betas(rng: Any, first: Any, second: Any) -> Any:
    """A number of the beta distribution of each pair of shapes."""
    drawn = np.empty(len(first))
    for k in range(len(first)):
        drawn[k] = rng.beta(first[k], second[k])
    return drawn


@compiled
def draw_poissons(rng: Any, means: Any) -> Any:
    """A number of the Poisson distribution of each mean."""
    drawn = np.empty(len(means), np.int64)
    for k in range(len(means)):
        drawn[k] = rng.poisson(means[k])
    return drawn


@compiled
def draw_binomials(rng: Any, counts: Any, chances: Any) -> Any:
    """A number of successes for each number of trials and chance of one."""
    drawn = np.empty(len(counts), np.int64)
    for k in range(len(counts)):
        drawn[k] = rng.binomial(counts[k], chances[k])
    return drawn


@compiled
def draw_geometrics(rng: Any, chances: Any) -> Any:
    """A number of trials until the first success, for each chance of one."""
    drawn = np.empty(len(chances), np.int64)
    for k in range(len(chances)):
        drawn[k] = rng.geometric(chances[k])
    return drawn


__all__ = [
    "draw_betas", "draw_binomials", "draw_distinct", "draw_distinct_weighted", "draw_exponential",
    "draw_exponentials", "draw_gammas", "draw_geometrics", "draw_integers", "draw_normal", "draw_normals",
    "draw_order", "draw_poissons", "draw_single_exponentials", "draw_single_normals", "draw_single_uniforms",
    "draw_uniform", "draw_uniforms",
]  # fmt: skip
