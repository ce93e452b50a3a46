"""Programs on whole arrays, as users write them for NumPy; JAX runs the same text with its own `np`.

Each is a real loss. Next to it stand the loops that a person would write for Numba.
"""

# ruff: noqa: D103 (the programs are named for what they compute)

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
from scipy import special

Make = Callable[[np.random.Generator, int], tuple[Any, ...]]


@dataclass(frozen=True)
class ArrayKernel:
    """A program, the loops it is compared with, and its arguments in two sizes."""

    function: Callable[..., Any]
    loops: Callable[..., Any]
    wrt: tuple[str, ...]
    arguments: Make
    sizes: tuple[int, int]

    @property
    def name(self) -> str:
        """What the program computes."""
        return self.function.__name__.replace("_", " ")


jit = numba.njit(error_model="numpy", nogil=True)

# ---------------------------------------------------------------- softmax cross-entropy over rows


def softmax_cross_entropy(scores, labels):
    shifted = scores - np.max(scores, axis=1, keepdims=True)
    sums = np.sum(np.exp(shifted), axis=1)
    return np.mean(np.log(sums) - shifted[np.arange(labels.shape[0]), labels])


@jit
def softmax_cross_entropy_loops(scores, labels):
    total = 0.0
    for i in range(scores.shape[0]):
        largest = scores[i, 0]
        for j in range(1, scores.shape[1]):
            largest = max(largest, scores[i, j])
        exponentials = 0.0
        for j in range(scores.shape[1]):
            exponentials += np.exp(scores[i, j] - largest)
        total += math.log(exponentials) - (scores[i, labels[i]] - largest)
    return total / scores.shape[0]


# ---------------------------------------------------------------- layer normalisation


def layer_normalisation(x, gain, bias, weights):
    mean = np.mean(x, axis=-1, keepdims=True)
    variance = np.var(x, axis=-1, keepdims=True)
    y = (x - mean) / np.sqrt(variance + 1e-5) * gain + bias
    return np.sum(y * y * weights)


@jit
def layer_normalisation_loops(x, gain, bias, weights):
    total = 0.0
    for i in range(x.shape[0]):
        mean = 0.0
        for j in range(x.shape[1]):
            mean += x[i, j]
        mean /= x.shape[1]
        variance = 0.0
        for j in range(x.shape[1]):
            variance += (x[i, j] - mean) ** 2
        scale = 1.0 / math.sqrt(variance / x.shape[1] + 1e-5)
        for j in range(x.shape[1]):
            y = (x[i, j] - mean) * scale * gain[j] + bias[j]
            total += y * y * weights[j]
    return total


# ---------------------------------------------------------------- batched attention


def attention(q, k, v):
    scores = q @ np.swapaxes(k, -1, -2) / q.shape[-1] ** 0.5
    exponentials = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    shares = exponentials / np.sum(exponentials, axis=-1, keepdims=True)
    out = shares @ v
    return np.sum(out * out)


@jit
def attention_loops(q, k, v):
    total, scale = 0.0, 1.0 / math.sqrt(q.shape[2])
    for b in range(q.shape[0]):
        scores = np.dot(q[b], k[b].T)
        for i in range(scores.shape[0]):
            largest = scores[i, 0]
            for j in range(1, scores.shape[1]):
                largest = max(largest, scores[i, j])
            exponentials = 0.0
            for j in range(scores.shape[1]):
                scores[i, j] = np.exp((scores[i, j] - largest) * scale)
                exponentials += scores[i, j]
            for j in range(scores.shape[1]):
                scores[i, j] /= exponentials
        out = np.dot(scores, v[b])
        for i in range(out.shape[0]):
            for j in range(out.shape[1]):
                total += out[i, j] * out[i, j]
    return total


# ---------------------------------------------------------------- an MLP with GELU


def gelu_mlp(w1, b1, w2, b2, x):
    h = x @ w1 + b1
    a = 0.5 * h * (1 + special.erf(h * 0.7071067811865476))
    y = a @ w2 + b2
    return np.mean(y * y)


@jit
def gelu_mlp_loops(w1, b1, w2, b2, x):
    h = np.dot(x, w1)
    for i in range(h.shape[0]):
        for j in range(h.shape[1]):
            z = h[i, j] + b1[j]
            h[i, j] = 0.5 * z * (1 + math.erf(z * 0.7071067811865476))
    y, total = np.dot(h, w2), 0.0
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            total += (y[i, j] + b2[j]) ** 2
    return total / (y.shape[0] * y.shape[1])


# ---------------------------------------------------------------- Black-Scholes


def black_scholes(spot, strike, time, volatility, rate):
    deviation = volatility * np.sqrt(time)
    d1 = (np.log(spot / strike) + (rate + 0.5 * volatility * volatility) * time) / deviation
    discounted = strike * np.exp(-rate * time)
    return np.sum(spot * special.ndtr(d1) - discounted * special.ndtr(d1 - deviation))


@jit
def black_scholes_loops(spot, strike, time, volatility, rate):
    total = 0.0
    for i in range(spot.shape[0]):
        deviation = volatility[i] * math.sqrt(time[i])
        drift = (rate + 0.5 * volatility[i] * volatility[i]) * time[i]
        d1 = (np.log(spot[i] / strike[i]) + drift) / deviation
        discounted = strike[i] * np.exp(-rate * time[i])
        total += spot[i] * 0.5 * math.erfc(-d1 * 0.7071067811865476)
        total -= discounted * 0.5 * math.erfc(-(d1 - deviation) * 0.7071067811865476)
    return total


# ---------------------------------------------------------------- the kernel matrix of points


def kernel_matrix(x, scale, weights):
    differences = (x[:, None, :] - x[None, :, :]) * scale
    kernel = np.exp(-0.5 * np.sum(differences * differences, axis=-1))
    return np.sum(weights[:, None] * kernel * weights)


@jit
def kernel_matrix_loops(x, scale, weights):
    total = 0.0
    for i in range(x.shape[0]):
        for j in range(x.shape[0]):
            square = 0.0
            for k in range(x.shape[1]):
                difference = (x[i, k] - x[j, k]) * scale[k]
                square += difference * difference
            total += weights[i] * np.exp(-0.5 * square) * weights[j]
    return total


# ---------------------------------------------------------------- a convolution by slices


def convolution(image, weights):
    height, width = image.shape[0] - 4, image.shape[1] - 4
    out = np.zeros((height, width), image.dtype)
    for i in range(5):
        for j in range(5):
            out = out + weights[i, j] * image[i : i + height, j : j + width]
    return np.sum(out * out)


@jit
def convolution_loops(image, weights):
    total = 0.0
    for i in range(image.shape[0] - 4):
        for j in range(image.shape[1] - 4):
            out = image.dtype.type(0)
            for k in range(5):
                for m in range(5):
                    out += weights[k, m] * image[i + k, j + m]
            total += out * out
    return total


# ---------------------------------------------------------------- total variation


def total_variation(image):
    down = image[1:, :-1] - image[:-1, :-1]
    right = image[:-1, 1:] - image[:-1, :-1]
    return np.sum(np.sqrt(down * down + right * right + 1e-6))


@jit
def total_variation_loops(image):
    total = 0.0
    for i in range(image.shape[0] - 1):
        for j in range(image.shape[1] - 1):
            down = image[i + 1, j] - image[i, j]
            right = image[i, j + 1] - image[i, j]
            total += np.sqrt(down * down + right * right + 1e-6)
    return total


# ---------------------------------------------------------------- the list


def _points(rng: np.random.Generator, n: int) -> tuple[Any, ...]:
    return rng.normal(size=(n, 8)), rng.uniform(0.5, 1.5, 8), rng.normal(size=n)


def _options(rng: np.random.Generator, n: int) -> tuple[Any, ...]:
    columns = (rng.uniform(*bounds, n) for bounds in ((80, 120), (80, 120), (0.2, 2), (0.1, 0.5)))
    return (*columns, 0.03)


def _mlp(rng: np.random.Generator, n: int) -> tuple[Any, ...]:
    shapes = ((n, 4 * n), (4 * n,), (4 * n, n), (n,), (2 * n, n))
    return tuple(rng.normal(size=shape) / math.sqrt(n) for shape in shapes)


KERNELS = (
    ArrayKernel(
        softmax_cross_entropy, softmax_cross_entropy_loops, ("scores",),
        lambda rng, n: (rng.normal(size=(n, 256)), rng.integers(0, 256, n)), (256, 4096),
    ),
    ArrayKernel(
        layer_normalisation, layer_normalisation_loops, ("x", "gain", "bias"),
        lambda rng, n: (rng.normal(size=(n, 256)), *rng.normal(size=(3, 256))), (256, 4096),
    ),
    ArrayKernel(
        attention, attention_loops, ("q", "k", "v"),
        lambda rng, n: tuple(rng.normal(size=(8, n, 64)) for _ in range(3)), (64, 256),
    ),
    ArrayKernel(gelu_mlp, gelu_mlp_loops, ("w1", "b1", "w2", "b2"), _mlp, (64, 256)),
    ArrayKernel(
        black_scholes, black_scholes_loops, ("spot", "strike", "time", "volatility"), _options,
        (10_000, 1_000_000),
    ),
    ArrayKernel(kernel_matrix, kernel_matrix_loops, ("x", "scale"), _points, (200, 1000)),
    ArrayKernel(
        convolution, convolution_loops, ("image", "weights"),
        lambda rng, n: (rng.normal(size=(n, n)), rng.normal(size=(5, 5))), (128, 1024),
    ),
    ArrayKernel(
        total_variation, total_variation_loops, ("image",), lambda rng, n: (rng.normal(size=(n, n)),),
        (128, 1024),
    ),
)  # fmt: skip
