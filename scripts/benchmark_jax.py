"""The benchmark's kernels as JAX programs: whole arrays where that is how one writes them, `lax` loops else.

The in-place sweeps have no fair equivalent: each of their updates would copy the array.
"""

# ruff: noqa: D103 (they are the functions of the same names in benchmark_kernels)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

jax.config.update("jax_enable_x64", True)


def chain(x):
    return jnp.sum(jnp.tanh(jnp.log(jnp.sqrt(jnp.exp(jnp.sin(x * x)) + 1.0))))


def recurrence(w, x):
    return lax.scan(lambda s, item: (jnp.tanh(w * s + item), None), 0.0, x)[0]


def dense(w1, b1, w2, b2, x, labels):
    hidden = jnp.maximum(x @ w1 + b1, 0.0)
    scores = jax.nn.log_softmax(hidden @ w2 + b2)
    return -jnp.mean(scores[jnp.arange(labels.shape[0]), labels])


def appended(x):
    return jnp.sum(jnp.sin(x) * x)


def pairwise(x):
    differences = x[:, None, :] - x[None, :, :]
    return jnp.sum(jnp.sqrt(jnp.sum(differences * differences, axis=2) + 1e-12))


pairwise_stored = pairwise


def weighted_sum(x, w):
    return jnp.sum(x * w)


def stencil(u, v, c, steps):
    def step(carried, _):
        u, v = carried
        around = u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:]
        inner = u[1:-1, 1:-1]
        return (v.at[1:-1, 1:-1].set(inner + c * (around - 4.0 * inner)), u), None

    (u, _), _ = lax.scan(step, (u, v), None, length=steps)
    return jnp.sum(u * u)


def primal_and_gradient(
    function: Callable[..., Any], wrt: tuple[str, ...], arguments: tuple[Any, ...]
) -> tuple[Callable[[], Any], Callable[[], Any]]:
    """Compiled calls of a function and of its value with gradients, which wait for the answer."""
    positions = tuple(function.__code__.co_varnames.index(name) for name in wrt)
    static = tuple(p for p, value in enumerate(arguments) if isinstance(value, int))
    on_device = tuple(value if p in static else jnp.asarray(value) for p, value in enumerate(arguments))
    primal = jax.jit(function, static_argnums=static)
    gradient = jax.jit(jax.value_and_grad(function, argnums=positions), static_argnums=static)
    return (
        lambda: jax.block_until_ready(primal(*on_device)),
        lambda: jax.block_until_ready(gradient(*on_device)),
    )
