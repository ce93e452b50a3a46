"""Polynomials as arrays of coefficients, the highest power first, and windows of signal processing."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from autodiff_compiler.composed.declare import known_while_compiling, stands_for
from autodiff_compiler.composed.dtypes import common_dtype
from autodiff_compiler.composed.elementwise import as_floats, only
from autodiff_compiler.composed.spectra import accuracy


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


@stands_for(np.polyint)
def polyint(p: Any, m: Any = 1, k: Any = None) -> Any:
    """`np.polyint(p, m=1, k=None)`: the coefficients of the m-th integral; k are its constants, the first
    one integrated most often.
    """
    p = np.asarray(p)
    if m < 0:
        raise ValueError("Order of integral must be positive (see polyder)")
    constants = np.zeros(m) if k is None else np.atleast_1d(k) * np.ones(m if np.size(k) == 1 else np.size(k))
    if len(constants) < m:
        raise ValueError("k must be a scalar or a rank-1 array of length 1 or >m.")
    for step in range(m):
        p = np.concatenate((p / np.arange(len(p), 0, -1), constants[step : step + 1]))
    return p


@stands_for(np.polyfit)
def polyfit(
    x: Any, y: Any, deg: Any, rcond: Any = None, full: Any = False, w: Any = None, cov: Any = False
) -> Any:
    """`np.polyfit(x, y, deg, rcond=None, w=None)`: the coefficients of least squares, differentiated as
    `np.linalg.lstsq`; without the numbers of full=True and cov=True.
    """
    only(full, False, "full")
    only(cov, False, "cov")
    x = np.asarray(x) + 0.0
    y = np.asarray(y) + 0.0
    check_fit(x.ndim, y.ndim)
    if deg < 0:
        raise ValueError("expected deg >= 0")
    if len(x) == 0:
        raise TypeError("expected non-empty vector for x")
    if not len(x) == len(y):  # the negation that becomes a guard
        raise TypeError("expected x and y to have same length")
    powers = np.vander(x, deg + 1)
    if w is not None:
        weights = np.asarray(w) + 0.0
        powers = powers * weights[:, None]
        y = (y.T * weights).T
    scale = np.sqrt(np.sum(powers * powers, axis=0))
    cut = len(x) * accuracy(x.dtype) if rcond is None else rcond
    found, _, _, _ = np.linalg.lstsq(powers / scale, y, cut)
    return (found.T / scale).T


@known_while_compiling
def check_fit(rank: int, rank_of_values: int) -> None:
    """Refuse points that are no vector, and values that are no vector or matrix."""
    if rank != 1:
        raise TypeError("expected 1D vector for x")
    if rank_of_values not in (1, 2):
        raise TypeError("expected 1D or 2D array for y")


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
