"""Polynomials as arrays of coefficients, the highest power first, and windows of signal processing."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from autodiff_compiler.composed.declare import known_while_compiling, stands_for
from autodiff_compiler.composed.dtypes import common_dtype
from autodiff_compiler.composed.elementwise import as_floats
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
    """`np.polyfit(x, y, deg, rcond=None, full=False, w=None, cov=False)`: the coefficients of least squares,
    differentiated as `np.linalg.lstsq`; their covariance, too.
    """
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
    powers = powers / scale
    found, residuals, rank, values = np.linalg.lstsq(powers, y, cut)
    found = (found.T / scale).T
    if full:
        return found, residuals, rank, values, cut
    if not cov:
        return found
    inverse = np.linalg.inv(powers.T @ powers) / np.outer(scale, scale)
    if cov == "unscaled":
        return found, inverse if y.ndim == 1 else inverse[:, :, None] * np.ones(1)
    if len(x) <= deg + 1:
        raise ValueError("the number of data points must exceed order to scale the covariance matrix")
    if rank < deg + 1:
        raise ValueError("the covariance of a fit below full rank is not known")
    factors = residuals / (len(x) - deg - 1)
    return found, inverse * factors[0] if y.ndim == 1 else inverse[:, :, None] * factors


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
    result = of_degree_of_both(a1, a2)
    result[len(result) - len(a2) :] += a2
    return result


def of_degree_of_both(a1: Any, a2: Any) -> Any:
    """The first polynomial with as many coefficients as the longer one has, in the dtype of both."""
    longer = max(len(a1), len(a2))
    result = np.zeros(longer, dtype=common_dtype((a1.dtype, a2.dtype)))
    result[longer - len(a1) :] = a1
    return result


@stands_for(np.polysub)
def polysub(a1: Any, a2: Any) -> Any:
    """`np.polysub(a1, a2)`: the coefficients of the difference."""
    a1, a2 = np.atleast_1d(a1), np.atleast_1d(a2)
    result = of_degree_of_both(a1, a2)
    result[len(result) - len(a2) :] -= a2
    return result


@stands_for(np.polydiv)
def polydiv(u: Any, v: Any) -> Any:
    """`np.polydiv(u, v)`: the coefficients of quotient and remainder."""
    u, v = np.atleast_1d(u) + 0.0, np.atleast_1d(v) + 0.0
    rest = u.astype(common_dtype((u.dtype, v.dtype)))
    least = len(v) - 1
    steps = len(u) - least
    quotient = np.zeros(max(steps, 1), dtype=rest.dtype)
    for k in range(steps):
        quotient[k] = rest[k] * (1.0 / v[0])
        rest[k : k + least + 1] -= quotient[k] * v
    first = 0
    while first < len(rest) - 1 and abs(rest[first]) <= 1e-8:
        first += 1
    return quotient, rest[first:]


@stands_for(np.poly)
def poly(seq_of_zeros: Any) -> Any:
    """`np.poly(seq_of_zeros)`: the coefficients of the polynomial with these zeros, or of the characteristic
    polynomial of a matrix, whose eigenvalues are real.
    """
    zeros = np.atleast_1d(seq_of_zeros)
    if zeros.ndim == 2:
        if len(zeros) == 0:
            raise ValueError("input must be 1d or non-empty square 2d array.")
        zeros = np.linalg.eigvals(zeros)
    zeros = zeros + 0.0
    made = np.zeros(len(zeros) + 1, dtype=zeros.dtype)
    made[0] = 1.0
    for k in range(len(zeros)):
        for j in range(k + 1, 0, -1):
            made[j] -= zeros[k] * made[j - 1]
    return made


@stands_for(np.roots)
def roots(p: Any) -> Any:
    """`np.roots(p)`: the zeros of a polynomial, where all are real, else an error; NaN where equal ones
    are told apart.
    """
    p = np.atleast_1d(p) + 0.0
    there = np.flatnonzero(p)
    first, last = 0, -1
    if len(there) > 0:
        first, last = there[0], there[-1]
    degree = max(last - first, 0)
    at_zero = len(p) - 1 - last if len(there) > 0 else 0
    found = np.zeros(degree + at_zero, dtype=p.dtype)
    if degree > 0:
        companion = np.zeros((degree, degree), dtype=p.dtype)
        companion[0] = -p[first + 1 : last + 1] / p[first]
        for k in range(1, degree):
            companion[k, k - 1] = 1.0
        found[:degree] = np.linalg.eigvals(companion)
    return found


@stands_for(np.trim_zeros)
def trim_zeros(filt: Any, trim: Any = "fb", axis: Any = None) -> Any:
    """`np.trim_zeros(filt, trim="fb", axis=None)`: a view of a vector without zeros at its ends."""
    check_trimmed(np.ndim(filt), isinstance(filt, (list, tuple)))
    ends = trimmed_ends(trim)
    there = np.flatnonzero(filt)
    start, stop = 0, 0
    if len(there) > 0:
        start, stop = there[0] if "f" in ends else 0, there[-1] + 1 if "b" in ends else len(filt)
    return filt[start:stop]


@known_while_compiling
def check_trimmed(rank: int, is_list: bool) -> None:
    """Refuse what is no vector."""
    if is_list:
        raise TypeError("np.trim_zeros of a list is not supported; np.array(...) around it")
    if rank != 1:
        raise TypeError("np.trim_zeros of arrays with several axes is not supported")


@known_while_compiling
def trimmed_ends(trim: str) -> str:
    """Which ends are trimmed, in small letters."""
    if trim.lower() not in ("fb", "bf", "f", "b"):
        raise ValueError(f"unexpected character(s) in `trim`: {trim!r}")
    return trim.lower()


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
