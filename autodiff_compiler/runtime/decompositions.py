"""Decompositions of matrices, by LAPACK, and what their derivatives divide by.

What cannot be decomposed is said by a number, so that callers can raise what NumPy raises; the results are
zeros then.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.extending import overload
from numba.np import linalg as numba_linalg

from autodiff_compiler.runtime.compiled import compiled


@compiled
def _is_usual(a: Any) -> bool:
    """Whether there is something to decompose, and all of it is finite."""
    return bool(a.size > 0 and np.isfinite(a).all())


@compiled
def _identity(a: Any, rows: int, columns: int) -> Any:
    made = np.zeros((rows, columns), a.dtype)
    for k in range(min(rows, columns)):
        made[k, k] = 1
    return made


@compiled
def linalg_qr(a: Any) -> Any:
    """Q with orthonormal columns and R, upper triangular, with Q R = A; NaN where A is not finite."""
    m, n = a.shape
    q, r = _identity(a, m, min(m, n)), np.zeros((min(m, n), n), a.dtype)
    if a.size and not np.isfinite(a).all():
        q[:] = np.nan
        for i in range(len(r)):
            r[i, i:] = np.nan
    elif a.size:
        found, upper = np.linalg.qr(a)
        q[:] = found
        r[:] = upper
    return q, r


@compiled
def linalg_svd(a: Any, full: bool) -> Any:
    """U, s and Vᵀ with U diag(s) Vᵀ = A, s falling; and what failed. With `full`, U and V are square."""
    m, n = a.shape
    k = min(m, n)
    u, s, vt = _identity(a, m, m if full else k), np.zeros(k, a.dtype), _identity(a, n if full else k, n)
    if not _is_usual(a):
        return u, s, vt, int(a.size > 0)
    left, values, right = np.linalg.svd(a, full)
    u[:] = left
    s[:] = values
    vt[:] = right
    return u, s, vt, 0


@compiled
def linalg_singular_values(a: Any) -> Any:
    """The singular values, then U and Vᵀ, reduced; and what failed."""
    u, s, vt, failed = linalg_svd(a, False)
    return s, u, vt, failed


def _symmetric(a: Any, upper: bool) -> Any:
    """NumPy's `eigh`; that of Numba only reads the lower triangle, and which one it is decides on signs."""
    return np.linalg.eigh(a, "U" if upper else "L")


@overload(_symmetric)
def _symmetric_compiled(a: Any, upper: Any) -> Any:
    names: Any = numba_linalg
    lapack = names._LAPACK().numba_ez_xxxevd(a.dtype)
    kind, vectors = ord(names.get_blas_kind(a.dtype, "eigh")), ord("V")
    lower_code, upper_code = ord("L"), ord("U")

    def compiled(a: Any, upper: Any) -> Any:
        n = a.shape[0]
        v = np.asfortranarray(a.copy())
        w = np.empty(n, a.dtype)
        triangle = upper_code if upper else lower_code
        if lapack(kind, vectors, triangle, n, v.ctypes, n, w.ctypes) != 0:
            raise ValueError("eigenvalues did not converge")
        return w, v

    return compiled


@compiled
def linalg_eigh(a: Any, upper: bool) -> Any:
    """Eigenvalues, rising, and vectors of a symmetric matrix, one triangle of which is read; failures."""
    n = a.shape[0]
    w, v = np.zeros(n, a.dtype), _identity(a, n, n)
    for i in range(n):
        for j in range(i + 1):
            if not np.isfinite(a[j, i] if upper else a[i, j]):
                return w, v, 1
    if n > 0:
        values, vectors = _symmetric(a, upper)
        w[:] = values
        v[:] = vectors
    return w, v, 0


@compiled
def linalg_eig(a: Any) -> Any:
    """Eigenvalues and eigenvectors; and what failed: 1 where A is not finite, 2 where some are not real."""
    w, v = np.zeros(a.shape[0], a.dtype), _identity(a, a.shape[0], a.shape[0])
    if not _is_usual(a):
        return w, v, int(a.size > 0)
    failed = 2
    try:  # compiled code raises where Python gives complex numbers
        values, vectors = np.linalg.eig(a)
        if np.isrealobj(values):
            w[:] = values
            v[:] = vectors
            failed = 0
    except Exception:
        failed = 2
    return w, v, failed


@compiled
def _tolerance(values: Any) -> Any:
    """How close two of these numbers are where only rounding keeps them apart."""
    largest = 0.0
    for value in values:
        largest = max(largest, abs(value))
    return 2 * len(values) * np.finfo(values.dtype).eps * largest


@compiled
def linalg_divided(numerators: Any, values: Any, squared: bool, used: Any) -> Any:
    """numerators[i, j] / (values[j] - values[i]), or over the difference of their squares.

    Where the two values are equal but for rounding, the vectors of neither may be used: NaN, as a numerator
    of zero then says nothing about the quotient. If they are not, zero where the numerator is.
    """
    made = np.zeros_like(numerators)
    close = _tolerance(values)
    for i in range(len(values)):
        for j in range(len(values)):
            if i != j and (numerators[i, j] != 0 or used[i] or used[j]):
                gap = values[j] - values[i]
                if abs(gap) <= close:
                    made[i, j] = np.nan
                elif squared:
                    made[i, j] = numerators[i, j] / (gap * (values[j] + values[i]))
                else:
                    made[i, j] = numerators[i, j] / gap
    return made


@compiled
def linalg_settled(bars: Any, values: Any, positive: bool) -> Any:
    """Cotangents of eigenvalues or, if `positive`, of singular values, where these have derivatives.

    Of equal ones only what treats them alike has: else NaN. A singular value of zero is taken to stay.
    """
    made = bars.copy()
    close = _tolerance(values)
    for i in range(len(values)):
        if positive and values[i] <= close:
            made[i] = 0
            continue
        for j in range(len(values)):
            if abs(values[i] - values[j]) <= close and bars[i] != bars[j]:
                made[i] = np.nan
    return made


@compiled
def linalg_quotients(numerators: Any, values: Any) -> Any:
    """Each column divided by its value, zero where the numerator is; NaN over zero, but for rounding."""
    made = np.zeros_like(numerators)
    close = _tolerance(values)
    for i in range(numerators.shape[0]):
        for j in range(len(values)):
            if numerators[i, j] != 0:
                made[i, j] = numerators[i, j] / values[j] if abs(values[j]) > close else np.nan
    return made


@compiled
def linalg_cofactors(a: Any) -> Any:
    """The derivative of the determinant, also of a singular matrix: det(U) det(V) U diag(Π other s) Vᵀ."""
    u, s, vt, _ = linalg_svd(a, False)
    sign = np.ones(1, a.dtype)
    if len(a):
        sign[0] = np.linalg.det(u) * np.linalg.det(vt)
    for i in range(len(s)):
        product = sign[0]
        for j in range(len(s)):
            if j != i:
                product *= s[j]
        for j in range(len(s)):
            u[j, i] *= product
    return np.dot(u, vt)


@compiled
def linalg_pinv(a: Any, cutoff: float) -> Any:
    """The pseudoinverse, without singular values up to cutoff times the largest; the rank; what failed."""
    u, s, vt, failed = linalg_svd(a, False)
    rank = 0
    limit = cutoff * s[0] if len(s) else cutoff
    for k in range(len(s)):
        if s[k] > limit:
            rank += 1
            vt[k] /= s[k]
        else:
            vt[k] = 0
    return np.ascontiguousarray(np.dot(u, vt).T), rank, failed


@compiled
def linalg_lstsq(a: Any, b: Any, cutoff: float) -> Any:
    """The shortest x that makes A x - b smallest; the pseudoinverse, the rank, and what failed."""
    inverse, rank, failed = linalg_pinv(a, cutoff)
    return np.dot(inverse, b), inverse, rank, failed


__all__ = [
    "linalg_cofactors", "linalg_divided", "linalg_eig", "linalg_eigh", "linalg_lstsq", "linalg_pinv",
    "linalg_qr", "linalg_quotients", "linalg_settled", "linalg_singular_values", "linalg_svd",
]  # fmt: skip
