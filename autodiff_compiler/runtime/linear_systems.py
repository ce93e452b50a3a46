"""Systems of linear equations: factors of a matrix, and what is computed with them.

Written out rather than called in LAPACK: a system of two or three unknowns then costs a few divisions. Large
factorisations go block by block, with matrix products between. What fails is said by a number, so that
callers can raise what NumPy raises.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff_compiler.runtime.compiled import compiled

BLOCK = 48  # columns that are eliminated before the rest of the matrix is updated


@compiled
def _eliminate(lu: Any, pivots: Any, first: int, last: int) -> int:
    """Eliminate the columns first..last of all rows from `first` on; rows are exchanged as a whole.

    The number of the first column without a pivot, counted from one; 0 where all have one.
    """
    n, failed = lu.shape[0], 0
    for k in range(first, last):
        best = k
        for i in range(k + 1, n):
            if abs(lu[i, k]) > abs(lu[best, k]):
                best = i
        pivots[k] = best
        if best != k:
            for j in range(lu.shape[1]):
                other = lu[k, j]
                lu[k, j] = lu[best, j]
                lu[best, j] = other
        pivot = lu[k, k]
        if pivot == 0:
            failed = failed if failed else k + 1
            continue
        for i in range(k + 1, n):
            factor = lu[i, k] / pivot
            lu[i, k] = factor
            for j in range(k + 1, last):
                lu[i, j] -= factor * lu[k, j]
    return failed


@compiled
def _factorise(lu: Any, pivots: Any) -> int:
    """P L U in the place of a square matrix: L below the diagonal, which is one; as `_eliminate`."""
    n, failed = lu.shape[0], 0
    if n <= 2 * BLOCK:
        return int(_eliminate(lu, pivots, 0, n))
    for first in range(0, n, BLOCK):
        last = min(first + BLOCK, n)
        found = _eliminate(lu, pivots, first, last)
        failed = failed if failed else found
        for k in range(first, last):  # the rows of U right of the block
            for i in range(k + 1, last):
                factor = lu[i, k]
                for j in range(last, n):
                    lu[i, j] -= factor * lu[k, j]
        if last < n:
            below = np.ascontiguousarray(lu[last:, first:last])
            beside = np.ascontiguousarray(lu[first:last, last:])
            lu[last:, last:] -= np.dot(below, beside)
    return failed


@compiled
def _lower(a: Any, x: Any, unit: bool) -> None:
    """L⁻¹ x in the place of x; only what is below the diagonal of `a` is read, and that unless `unit`."""
    for i in range(a.shape[0]):
        for k in range(i):
            factor = a[i, k]
            for j in range(x.shape[1]):
                x[i, j] -= factor * x[k, j]
        if not unit:
            for j in range(x.shape[1]):
                x[i, j] /= a[i, i]


@compiled
def _upper(a: Any, x: Any, unit: bool) -> None:
    """U⁻¹ x in the place of x."""
    for i in range(a.shape[0] - 1, -1, -1):
        for k in range(i + 1, a.shape[0]):
            factor = a[i, k]
            for j in range(x.shape[1]):
                x[i, j] -= factor * x[k, j]
        if not unit:
            for j in range(x.shape[1]):
                x[i, j] /= a[i, i]


@compiled
def _lower_transposed(a: Any, x: Any, unit: bool) -> None:
    """L⁻ᵀ x in the place of x."""
    for i in range(a.shape[0] - 1, -1, -1):
        if not unit:
            for j in range(x.shape[1]):
                x[i, j] /= a[i, i]
        for k in range(i):
            factor = a[i, k]
            for j in range(x.shape[1]):
                x[k, j] -= factor * x[i, j]


@compiled
def _upper_transposed(a: Any, x: Any, unit: bool) -> None:
    """U⁻ᵀ x in the place of x."""
    for i in range(a.shape[0]):
        if not unit:
            for j in range(x.shape[1]):
                x[i, j] /= a[i, i]
        for k in range(i + 1, a.shape[0]):
            factor = a[i, k]
            for j in range(x.shape[1]):
                x[k, j] -= factor * x[i, j]


@compiled
def _exchange(x: Any, i: int, k: int) -> None:
    if i != k:
        for j in range(x.shape[1]):
            other = x[i, j]
            x[i, j] = x[k, j]
            x[k, j] = other


@compiled
def _columns(x: Any) -> Any:
    """A vector as a matrix of one column; a matrix as it is."""
    return x.reshape((x.shape[0], x.size // max(x.shape[0], 1)))


@compiled
def _with_factors(lu: Any, pivots: Any, vectors: Any, transposed: bool) -> None:
    """A⁻¹ x, or A⁻ᵀ x, in the place of the vector x, or of each column."""
    n, x = lu.shape[0], _columns(vectors)
    if transposed:
        _upper_transposed(lu, x, False)
        _lower_transposed(lu, x, True)
        for k in range(n - 1, -1, -1):
            _exchange(x, k, pivots[k])
    else:
        for k in range(n):
            _exchange(x, k, pivots[k])
        _lower(lu, x, True)
        _upper(lu, x, False)


@compiled
def linalg_lu(a: Any) -> Any:
    """The factors of P L U = A in one array, which row was exchanged with each, and what failed."""
    lu = a.copy()
    pivots = np.arange(a.shape[0])
    failed = _factorise(lu, pivots)
    return lu, pivots, failed


@compiled
def linalg_solve(a: Any, b: Any) -> Any:
    """X with A X = B, then the factors of A.

    Of a singular matrix, zeros and the factors of the identity: where the exception is caught, the reverse
    sweep gets a cotangent of zeros, and has to give zeros.
    """
    lu, pivots, failed = linalg_lu(a)
    x = b.copy()
    if failed:
        x[:] = 0
        lu[:] = 0
        for k in range(len(lu)):
            lu[k, k] = 1
    else:
        _with_factors(lu, pivots, x, False)
    return x, lu, pivots, failed


@compiled
def linalg_lu_solve(lu: Any, pivots: Any, b: Any, transposed: bool) -> Any:
    """X with A X = B, or Aᵀ X = B, from the factors of A."""
    x = b.copy()
    _with_factors(lu, pivots, x, transposed)
    return x


@compiled
def linalg_exchanged(x: Any, pivots: Any, back: bool) -> Any:
    """The rows of x exchanged as the factorisation has exchanged those of A; or `back`."""
    made = x.copy()
    rows = _columns(made)
    for k in range(len(pivots)):
        row = len(pivots) - 1 - k if back else k
        _exchange(rows, row, pivots[row])
    return made


@compiled
def linalg_det(a: Any) -> Any:
    """The determinant, then the factors."""
    lu, pivots, _ = linalg_lu(a)
    found = np.ones(1, a.dtype)
    for k in range(len(pivots)):
        found[0] *= lu[k, k]
        if pivots[k] != k:
            found[0] = -found[0]
    return found[0], lu, pivots


@compiled
def linalg_slogdet(a: Any) -> Any:
    """The sign of the determinant and the logarithm of its size, then the factors."""
    lu, pivots, _ = linalg_lu(a)
    found = np.zeros(2, a.dtype)
    found[0] = 1
    for k in range(len(pivots)):
        if pivots[k] != k:
            found[0] = -found[0]
        if lu[k, k] == 0:
            found[0] = 0
            found[1] = -np.inf
            break
        if lu[k, k] < 0:
            found[0] = -found[0]
        found[1] += np.log(abs(lu[k, k]))
    return found[0], found[1], lu, pivots


@compiled
def linalg_triangular(a: Any, b: Any, lower: bool, transposed: bool, unit: bool) -> Any:
    """T⁻¹ b or T⁻ᵀ b, T being one triangle of a, with ones on its diagonal if `unit`; and what failed."""
    made = b.copy()
    x, failed = _columns(made), 0
    if not unit:
        for k in range(a.shape[0] - 1, -1, -1):
            if a[k, k] == 0:
                failed = k + 1
    if failed:
        made[:] = 0
    elif lower and transposed:
        _lower_transposed(a, x, unit)
    elif lower:
        _lower(a, x, unit)
    elif transposed:
        _upper_transposed(a, x, unit)
    else:
        _upper(a, x, unit)
    return made, failed


@compiled
def _cholesky_block(rows: Any, first: int, last: int) -> int:
    """Factorise the columns first..last in place, for all rows; the number of the column that fails."""
    for j in range(first, last):
        for k in range(first, j):
            factor = rows[j, k]
            rows[j, j] -= factor * factor
        if not rows[j, j] > 0:
            return j + 1
        rows[j, j] = np.sqrt(rows[j, j])
        for i in range(j + 1, rows.shape[0]):
            found = rows[i, j]
            for k in range(first, j):
                found -= rows[i, k] * rows[j, k]
            rows[i, j] = found / rows[j, j]
    return 0


@compiled
def linalg_cholesky(a: Any) -> Any:
    """L with L Lᵀ = A, of which the lower triangle is read; and what failed: then L is the identity."""
    n, failed = a.shape[0], 0
    rows = a.copy()
    for first in range(0, n, BLOCK):
        last = min(first + BLOCK, n)
        failed = _cholesky_block(rows, first, last)
        if failed:
            rows[:] = 0
            for k in range(n):
                rows[k, k] = 1
            return rows, failed
        if last < n:
            below = np.ascontiguousarray(rows[last:, first:last])
            rows[last:, last:] -= np.dot(below, np.ascontiguousarray(below.T))
    for i in range(n):
        rows[i, i + 1 :] = 0
    return rows, failed


__all__ = [
    "linalg_cholesky", "linalg_det", "linalg_exchanged", "linalg_lu", "linalg_lu_solve", "linalg_slogdet",
    "linalg_solve", "linalg_triangular",
]  # fmt: skip
