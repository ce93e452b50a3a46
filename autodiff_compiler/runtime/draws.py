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
def draw_integers(rng: Any, low: int, high: int, count: int) -> Any:
    """As many integers from low to below high."""
    return rng.integers(low, high, count)


@compiled
def draw_order(rng: Any, count: int) -> Any:
    """The numbers 0 to count - 1 in a random order."""
    order = np.arange(count)
    rng.shuffle(order)
    return order


__all__ = [
    "draw_exponential", "draw_exponentials", "draw_integers", "draw_normal", "draw_normals", "draw_order",
    "draw_uniform", "draw_uniforms",
]  # fmt: skip
