"""Discrete Fourier transforms along the last axis of a matrix.

Stockham's autosort algorithm, pass by pass over the factors of the length (Van Loan 1992, "Computational
Frameworks for the Fast Fourier Transform", section 1.7), so nothing is reordered at the end. Lengths with a
large prime factor are transformed as a convolution of a power of two (Bluestein 1970).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autodiff_compiler.runtime.compiled import compiled

LARGE = 64  # prime factors beyond it go by convolution: a pass costs as many operations for each element


@compiled
def _root(k: int, n: int) -> complex:
    """exp(-2πi k / n) for 0 <= k < n, from an angle of at most π/4, whose rounding matters least."""
    eighth, rest = (8 * k) // n, (8 * k) % n
    angle = math.pi / 4 * rest / n
    if eighth % 2 == 1:
        angle = math.pi / 4 * (n - rest) / n
    c, s = math.cos(angle), math.sin(angle)
    if eighth in (1, 2, 5, 6):
        c, s = s, c
    if eighth in (2, 3, 4, 5):
        c = -c
    if eighth >= 4:
        s = -s
    return complex(c, -s)


@compiled
def _roots(n: int, like: Any) -> Any:
    """All n roots of unity, in the precision of an array."""
    found = np.empty(n, like.dtype)
    for k in range(n):
        found[k] = _root(k, n)
    return found


@compiled
def _largest_factor(n: int) -> int:
    factor, rest = 1, n
    for p in range(2, n + 1):
        if p * p > rest:
            break
        while rest % p == 0:
            factor, rest = p, rest // p
    return max(factor, rest)


@compiled
def _next_factor(n: int) -> int:
    if n % 4 == 0:
        return 4
    for p in range(2, n + 1):
        if n % p == 0:
            return p
    return n


@compiled
def _pass_by_four(x: Any, y: Any, length: int, stride: int, roots: Any) -> None:
    """One pass of radix four: four interleaved transforms of a quarter of the length are left to do."""
    quarter = length // 4
    for q in range(quarter):
        w1 = roots[q * stride]
        w2, w3 = w1 * w1, w1 * w1 * w1
        for k in range(stride):
            a, b = x[stride * q + k], x[stride * (q + quarter) + k]
            c, d = x[stride * (q + 2 * quarter) + k], x[stride * (q + 3 * quarter) + k]
            even, odd, cross = a + c, b + d, b - d
            turned = complex(cross.imag, -cross.real)  # -i (b - d)
            y[stride * 4 * q + k] = even + odd
            y[stride * (4 * q + 1) + k] = (a - c + turned) * w1
            y[stride * (4 * q + 2) + k] = (even - odd) * w2
            y[stride * (4 * q + 3) + k] = (a - c - turned) * w3


@compiled
def _pass(x: Any, y: Any, length: int, factor: int, stride: int, roots: Any) -> None:
    """One pass of any radix."""
    part, n = length // factor, len(roots)
    weights = np.empty((factor, factor), x.dtype)
    for r in range(factor):
        for j in range(factor):
            weights[r, j] = roots[(j * r % factor) * (n // factor)]
    for q in range(part):
        for r in range(factor):
            twiddle = roots[q * r * stride]
            for k in range(stride):
                total = x[stride * q + k]
                for j in range(1, factor):
                    total += x[stride * (q + part * j) + k] * weights[r, j]
                y[stride * (factor * q + r) + k] = total * twiddle


@compiled
def _transform(x: Any, y: Any, roots: Any) -> Any:
    """The transform of the vector x, whose memory is used; y is room for as many numbers."""
    length, stride = len(x), 1
    while length > 1:
        factor = _next_factor(length)
        if factor == 4:
            _pass_by_four(x, y, length, stride, roots)
        else:
            _pass(x, y, length, factor, stride, roots)
        x, y = y, x
        length //= factor
        stride *= factor
    return x


@compiled
def _by_convolution(rows: Any) -> Any:
    """The transforms of all rows, of any length: k j = (k² + j² - (k - j)²) / 2 makes a convolution of it."""
    count, n = rows.shape
    size = 1
    while size < 2 * n - 1:
        size *= 2
    chirp = np.empty(n, rows.dtype)
    for k in range(n):
        chirp[k] = _root(k * k % (2 * n), 2 * n)
    roots = _roots(size, rows)
    kernel, room = np.zeros(size, rows.dtype), np.empty(size, rows.dtype)
    for k in range(n):
        kernel[k] = np.conj(chirp[k])
        kernel[(size - k) % size] = np.conj(chirp[k])
    kernel = _transform(kernel, room, roots).copy()
    out = np.empty_like(rows)
    for row in range(count):
        work = np.zeros(size, rows.dtype)
        for k in range(n):
            work[k] = rows[row, k] * chirp[k]
        work = _transform(work, room.copy(), roots)
        for k in range(size):  # conj before and after: the inverse transform
            work[k] = np.conj(work[k] * kernel[k])
        work = _transform(work, room.copy(), roots)
        for k in range(n):
            out[row, k] = np.conj(work[k]) * chirp[k] / size
    return out


@compiled
def fourier(rows: Any, inverse: bool) -> Any:
    """Σⱼ xⱼ exp(∓2πi j k / n) of each row, not divided by anything; with the other sign where `inverse`."""
    count, n = rows.shape
    x = np.conj(rows) if inverse else rows.copy()
    if n > 1 and _largest_factor(n) > LARGE:
        x = _by_convolution(x)
    elif n > 1:
        roots, room = _roots(n, x), np.empty(n, x.dtype)
        for row in range(count):
            x[row] = _transform(x[row].copy(), room, roots)
    return np.conj(x) if inverse else x


__all__ = ["fourier"]
