"""Polynomials as arrays of coefficients, the highest power first, and windows of signal processing."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from autodiff_compiler.composed.declare import stands_for
from autodiff_compiler.composed.dtypes import common_dtype
from autodiff_compiler.composed.elementwise import as_floats


@stands_for(np.polyval)
def polyval(p: Any, x: Any) -> Any:
    """`np.polyval(p, x)`: y = Σ pₖ xⁿ⁻ᵏ by Horner's rule; ∂y/∂pₖ = xⁿ⁻ᵏ."""
    p = np.asarray(p)
    x = np.asarray(x)
    y = np.zeros_like(x, dtype=common_dtype((p.dtype, x.dtype)))
    for k in range(len(p)):
        y = y * x + p[k]
    return y


@stands_for(np.polyder)
def polyder(p: Any, m: Any = 1) -> Any:
    """`np.polyder(p, m=1)`: the coefficients of the m-th derivative."""
    p = np.asarray(p)
    if m < 0:
        raise ValueError("Order of derivative must be positive (see polyint)")
    for _ in range(m):
        n = len(p) - 1
        p = p[:-1] * np.arange(n, 0, -1)
    return p


@stands_for(np.polyadd)
def polyadd(a1: Any, a2: Any) -> Any:
    """`np.polyadd(a1, a2)`: the coefficients of the sum."""
    a1, a2 = np.atleast_1d(a1), np.atleast_1d(a2)
    longer = max(len(a1), len(a2))
    result = np.zeros(longer, dtype=common_dtype((a1.dtype, a2.dtype)))
    result[longer - len(a1) :] += a1
    result[longer - len(a2) :] += a2
    return result


@stands_for(np.polysub)
def polysub(a1: Any, a2: Any) -> Any:
    """`np.polysub(a1, a2)`: the coefficients of the difference."""
    return polyadd(a1, np.negative(a2))


@stands_for(np.hanning)
def hanning(M: Any) -> Any:
    """`np.hanning(M)`: a window of M numbers, which are constants."""
    n = 1.0 - M + 2.0 * np.arange(M)
    return np.where(M == 1, 1.0, 0.5 + 0.5 * np.cos(np.pi * n / max(M - 1, 1)))


@stands_for(np.hamming)
def hamming(M: Any) -> Any:
    """`np.hamming(M)`: a window of M numbers, which are constants."""
    n = 1.0 - M + 2.0 * np.arange(M)
    return np.where(M == 1, 1.0, 0.54 + 0.46 * np.cos(np.pi * n / max(M - 1, 1)))


@stands_for(np.blackman)
def blackman(M: Any) -> Any:
    """`np.blackman(M)`: a window of M numbers, which are constants."""
    angle = np.pi * (1.0 - M + 2.0 * np.arange(M)) / max(M - 1, 1)
    return np.where(M == 1, 1.0, 0.42 + 0.5 * np.cos(angle) + 0.08 * np.cos(2.0 * angle))


@stands_for(np.bartlett)
def bartlett(M: Any) -> Any:
    """`np.bartlett(M)`: a window of M numbers, which are constants."""
    n = 1.0 - M + 2.0 * np.arange(M)
    last = max(M - 1, 1)
    return np.where(M == 1, 1.0, np.where(n <= 0, 1 + n / last, 1 - n / last))


@stands_for(np.kaiser)
def kaiser(M: Any, beta: Any) -> Any:
    """`np.kaiser(M, beta)`: y = I₀(β √(1 − t²)) / I₀(β); differentiable in β."""
    half = 0.5 * max(M - 1, 1)
    t = (np.arange(M) - half) / half
    beta = as_floats(beta)
    return np.where(M == 1, 1.0, special.i0(beta * np.sqrt(np.maximum(0.0, 1 - t * t))) / special.i0(beta))
