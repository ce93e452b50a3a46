"""Triangular systems, Cholesky and LU factors, kept and used.

Rules: Giles 2008; I. Murray, "Differentiation of the Cholesky decomposition" (2016). A function that reads
one triangle of a symmetric matrix has its derivative in that triangle, and zeros in the other one.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg

from autodiff_compiler.composed.declare import external, known_while_compiling, stands_for
from autodiff_compiler.composed.matrices import (
    FLAG,
    INDEX,
    computed_by,
    each,
    finite,
    matrices,
    square,
    vectors,
)
from autodiff_compiler.composed.solving import PIVOTS, check_one, outer
from autodiff_compiler.ir.types import Type
from autodiff_compiler.operators.entry import Signature
from autodiff_compiler.runtime.linear_systems import (
    linalg_cholesky,
    linalg_exchanged,
    linalg_lu,
    linalg_triangular,
)

# ---------------------------------------------------------------- triangular systems


def _triangular_types(a: Type, b: Type, lower: Type, transposed: Type, unit: Type) -> Signature:
    (a,), b = matrices(a, of=(a, b)), vectors(b, of=(a, b))
    return (a, b, FLAG, FLAG, FLAG), (b, INDEX)


def _triangular_pullback(
    a: Any, b: Any, lower: Any, transposed: Any, unit: Any, x: Any, failed: Any, x_bar: Any
) -> Any:
    """T X = B:  B̄ = T⁻ᵀ X̄,  T̄ = -B̄ Xᵀ in the triangle that is read; Tᵀ X = B: the transpose of that."""
    if failed > 0:
        b_bar = np.zeros_like(x_bar)
    else:
        b_bar, _ = linalg_triangular(a, x_bar, lower, not transposed, unit)
    whole = outer(-x, b_bar) if transposed else outer(-b_bar, x)
    part = np.tril(whole) if lower else np.triu(whole)
    if unit:
        np.fill_diagonal(part, 0.0)
    return part, b_bar, None, None, None


def _triangular_differential(
    a: Any, b: Any, lower: Any, transposed: Any, unit: Any, x: Any, failed: Any, a_dot: Any, b_dot: Any
) -> Any:
    """T X = B:  Ẋ = T⁻¹ (Ḃ - Ṫ X), Ṫ in the triangle that is read; Tᵀ X = B: with its transpose."""
    part = np.tril(a_dot) if lower else np.triu(a_dot)
    if unit:
        np.fill_diagonal(part, 0.0)
    right = b_dot - (part.T @ x if transposed else part @ x)
    if failed > 0:
        return (np.zeros_like(right),)
    x_dot, _ = linalg_triangular(a, right, lower, transposed, unit)
    return (x_dot,)


external(
    linalg_triangular, _triangular_types, pullback=_triangular_pullback,
    differential=_triangular_differential,
    results=("x", "failed"),
    doc="T X = B;  B̄ = T⁻ᵀ X̄,  T̄ = -B̄ Xᵀ in the triangle that is read (Giles 2008, 2.3.1)",
)  # fmt: skip


@known_while_compiling
def is_transposed(trans: Any) -> bool:
    """Whether a system of the transpose is meant; of real matrices, "C" is the same."""
    if trans not in (0, 1, 2, "N", "T", "C"):
        raise ValueError(f"trans is {trans!r}, not 0, 1, 2, 'N', 'T' or 'C'")
    return trans not in (0, "N")


@stands_for(scipy.linalg.solve_triangular)
def solve_triangular(
    a: Any, b: Any, trans: Any = 0, lower: Any = False, unit_diagonal: Any = False, overwrite_b: Any = False,
    check_finite: Any = True,
) -> Any:  # fmt: skip
    """`scipy.linalg.solve_triangular(a, b, trans=0, lower=False, unit_diagonal=False)`: of one matrix."""
    a = square(finite(a, check_finite))
    b = finite(b, check_finite)
    check_one(a.ndim)
    check_rows(a, b)
    kind = computed_by(scipy.linalg.solve_triangular, a.dtype, b.dtype)
    return triangular(a.astype(kind), b.astype(kind), bool(lower), is_transposed(trans), bool(unit_diagonal))


def triangular(a: Any, b: Any, lower: Any, transposed: Any, unit: Any) -> Any:
    """The solution with one triangle of a matrix."""
    x, failed = linalg_triangular(a, b, lower, transposed, unit)
    if failed > 0:
        raise np.linalg.LinAlgError(f"singular matrix: resolution failed at diagonal {failed - 1}")
    return x


def check_rows(a: Any, b: Any) -> None:
    """Refuse a right side whose length is not that of the matrix."""
    if len(b) != len(a):
        raise ValueError("the right side has not as many rows as the matrix")


# ---------------------------------------------------------------- Cholesky factors


def _cholesky_types(a: Type) -> Signature:
    (a,) = matrices(a)
    return (a,), (a, INDEX)


def _cholesky_pullback(a: Any, factor: Any, failed: Any, bar: Any) -> Any:
    """A = L Lᵀ:  S̄ = L⁻ᵀ Φ(Lᵀ L̄) L⁻¹, Φ the lower triangle with half the diagonal (Murray 2016)."""
    phi = np.tril(factor.T @ np.tril(bar))
    for k in range(len(phi)):
        phi[k, k] *= 0.5
    left, _ = linalg_triangular(factor, phi, True, True, False)
    right, _ = linalg_triangular(factor, left.T, True, True, False)
    return (in_lower_triangle(right),)


def in_lower_triangle(s: Any) -> Any:
    """What a cotangent of a symmetric matrix is for one of which only the lower triangle is read."""
    both = np.tril(s + s.T)
    for k in range(len(s)):
        both[k, k] = s[k, k]
    return both


def _cholesky_differential(a: Any, factor: Any, failed: Any, a_dot: Any) -> Any:
    """A = L Lᵀ:  L̇ = L Φ(L⁻¹ Ṡ L⁻ᵀ), Φ the lower triangle with half the diagonal (Murray 2016)."""
    s_dot = np.tril(a_dot) + np.tril(a_dot, -1).T
    left, _ = linalg_triangular(factor, s_dot, True, False, False)
    inner, _ = linalg_triangular(factor, left.T, True, False, False)
    phi = np.tril(inner)
    for k in range(len(phi)):
        phi[k, k] *= 0.5
    return (factor @ phi,)


external(
    linalg_cholesky, _cholesky_types, pullback=_cholesky_pullback, differential=_cholesky_differential,
    results=("factor", "failed"),
    doc="A = L Lᵀ;  S̄ = L⁻ᵀ Φ(Lᵀ L̄) L⁻¹, Ā its lower triangle, which is read (Murray 2016)",
)  # fmt: skip


def lower_factor(a: Any) -> Any:
    """L with L Lᵀ = A, of which the lower triangle is read."""
    factor, failed = linalg_cholesky(a)
    if failed > 0:
        raise np.linalg.LinAlgError("Matrix is not positive definite")
    return factor


def upper_factor(a: Any) -> Any:
    """U with Uᵀ U = A, of which the upper triangle is read."""
    return lower_factor(a.T).T


@stands_for(np.linalg.cholesky)
def cholesky(a: Any, /, *, upper: Any = False) -> Any:
    """`np.linalg.cholesky(a, upper=False)`: Ā is in the triangle that is read (Murray 2016)."""
    a = square(a)
    return each(upper_factor if upper else lower_factor, a, a.shape[-2:])


@stands_for(scipy.linalg.cholesky)
def scipy_cholesky(a: Any, lower: Any = False, overwrite_a: Any = False, check_finite: Any = True) -> Any:
    """`scipy.linalg.cholesky(a, lower=False)`: Uᵀ U = A unless `lower`; Ā is in the triangle that is read."""
    a = square(finite(a, check_finite))
    a = a.astype(computed_by(scipy.linalg.cholesky, a.dtype))
    return each(lower_factor if lower else upper_factor, a, a.shape[-2:])


@stands_for(scipy.linalg.cho_factor)
def cho_factor(a: Any, lower: Any = False, overwrite_a: Any = False, check_finite: Any = True) -> Any:
    """`scipy.linalg.cho_factor(a, lower=False)`: for cho_solve; the other triangle is that of `a`."""
    a = square(finite(a, check_finite))
    check_one(a.ndim)
    a = a.astype(computed_by(scipy.linalg.cho_factor, a.dtype))
    if lower:
        return lower_factor(a) + np.triu(a, 1), lower
    return upper_factor(a) + np.tril(a, -1), lower


def solved_with_triangles(c: Any, b: Any) -> Any:
    """A system of SciPy's, to see its dtype."""
    return scipy.linalg.cho_solve((c, True), b)


@stands_for(scipy.linalg.cho_solve)
def cho_solve(c_and_lower: Any, b: Any, overwrite_b: Any = False, check_finite: Any = True) -> Any:
    """`scipy.linalg.cho_solve((c, lower), b)`: two triangular systems."""
    c, lower = c_and_lower
    c = square(finite(c, check_finite))
    b = finite(b, check_finite)
    check_one(c.ndim)
    check_rows(c, b)
    kind = computed_by(solved_with_triangles, c.dtype, b.dtype)
    c, b = c.astype(kind), b.astype(kind)
    return triangular(c, triangular(c, b, bool(lower), not lower, False), bool(lower), bool(lower), False)


# ---------------------------------------------------------------- LU factors


def _lu_types(a: Type) -> Signature:
    (a,) = matrices(a)
    return (a,), (a, PIVOTS, INDEX)


def _lu_pullback(a: Any, lu: Any, pivots: Any, failed: Any, lu_bar: Any) -> Any:
    """P L U = A:  Ā = P L⁻ᵀ (tril(Lᵀ L̄, -1) + triu(Ū Uᵀ)) U⁻ᵀ."""
    lower = np.tril(lu, -1) + np.identity(len(lu), lu.dtype)
    middle = np.tril(lower.T @ np.tril(lu_bar, -1), -1) + np.triu(np.triu(lu_bar) @ np.triu(lu).T)
    left, _ = linalg_triangular(lu, middle, True, True, True)
    if failed > 0:
        return (np.full_like(a, np.nan),)
    right, _ = linalg_triangular(lu, left.T, False, False, False)
    return (linalg_exchanged(right.T, pivots, True),)


def _lu_differential(a: Any, lu: Any, pivots: Any, failed: Any, a_dot: Any) -> Any:
    """P L U = A:  L̇ = L tril(F, -1), U̇ = triu(F) U, F = L⁻¹ Pᵀ Ȧ U⁻¹."""
    if failed > 0:
        return (np.full_like(a, np.nan),)
    left, _ = linalg_triangular(lu, linalg_exchanged(a_dot, pivots, False), True, False, True)
    right, _ = linalg_triangular(lu, left.T, False, True, False)
    inner = right.T
    lower = np.tril(lu, -1) + np.identity(len(lu), lu.dtype)
    return (lower @ np.tril(inner, -1) + np.triu(inner) @ np.triu(lu),)


external(
    linalg_lu, _lu_types, pullback=_lu_pullback, differential=_lu_differential,
    results=("lu", "pivots", "failed"),
    doc="P L U = A;  Ā = P L⁻ᵀ (tril(Lᵀ L̄, -1) + triu(Ū Uᵀ)) U⁻ᵀ, NaN where A is singular",
)  # fmt: skip


def _exchange_types(x: Type, pivots: Type, back: Type) -> Signature:
    x = vectors(x)
    return (x, PIVOTS, FLAG), (x,)


def _exchange_pullback(x: Any, pivots: Any, back: Any, y: Any, y_bar: Any) -> Any:
    return linalg_exchanged(y_bar, pivots, not back), None, None


def _exchange_differential(x: Any, pivots: Any, back: Any, y: Any, x_dot: Any) -> Any:
    return (linalg_exchanged(x_dot, pivots, back),)


external(
    linalg_exchanged, _exchange_types, several=False, pullback=_exchange_pullback,
    differential=_exchange_differential,
    doc="y = P x;  x̄ = Pᵀ ȳ, P the exchanges of rows of a factorisation",
)  # fmt: skip


@stands_for(scipy.linalg.lu_factor)
def lu_factor(a: Any, overwrite_a: Any = False, check_finite: Any = True) -> Any:
    """`scipy.linalg.lu_factor(a)`: of one square matrix, for lu_solve."""
    a = square(finite(a, check_finite))
    check_one(a.ndim)
    lu, pivots, _ = linalg_lu(a.astype(computed_by(scipy.linalg.lu_factor, a.dtype)))
    return lu, pivots.astype(np.int32)


def solved_with_factors(lu: Any, b: Any) -> Any:
    """A system of SciPy's, to see its dtype."""
    return scipy.linalg.lu_solve((lu, np.zeros(1, np.int32)), b)


@stands_for(scipy.linalg.lu_solve)
def lu_solve(
    lu_and_piv: Any, b: Any, trans: Any = 0, overwrite_b: Any = False, check_finite: Any = True
) -> Any:
    """`scipy.linalg.lu_solve((lu, piv), b, trans=0)`: exchanges of rows and two triangular systems."""
    lu, pivots = lu_and_piv
    lu = square(lu)
    b = finite(b, check_finite)
    check_one(lu.ndim)
    check_rows(lu, b)
    kind = computed_by(solved_with_factors, lu.dtype, b.dtype)
    lu, b = lu.astype(kind), b.astype(kind)
    if is_transposed(trans):
        inner = triangular(lu, b, False, True, False)
        return linalg_exchanged(triangular(lu, inner, True, True, True), pivots, True)
    inner = triangular(lu, linalg_exchanged(b, pivots, False), True, False, True)
    return triangular(lu, inner, False, False, False)


__all__ = ["in_lower_triangle"]
