"""Functions of the runtime that decompose matrices, and their rules.

QR: Walter and Lehmann, "Algorithmic differentiation of linear algebra functions with application in optimum
experimental design" (2010), wide matrices as Roberts and Roberts (2020). SVD and eigenvectors: Giles 2008,
J. Townsend, "Differentiating the singular value decomposition" (2016), and Boeddeker et al., "On the
computation of complex-valued gradients" (2017). Pseudoinverse: Golub and Pereyra (1973), at constant rank.

Vectors are differentiated as they are returned. Where singular values or eigenvalues are equal, what tells
them or their vectors apart has no derivative: NaN.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff_compiler.composed.declare import external
from autodiff_compiler.composed.factoring import in_lower_triangle
from autodiff_compiler.composed.matrices import FLAG, INDEX, matrices, numbers, vectors
from autodiff_compiler.composed.solving import outer
from autodiff_compiler.composed.spectra import accuracy
from autodiff_compiler.ir.types import Array, Scalar, Type
from autodiff_compiler.operators.entry import Signature
from autodiff_compiler.runtime.decompositions import (
    linalg_divided,
    linalg_eig,
    linalg_eigh,
    linalg_lstsq,
    linalg_pinv,
    linalg_qr,
    linalg_quotients,
    linalg_settled,
    linalg_singular_values,
    linalg_svd,
)
from autodiff_compiler.runtime.linear_systems import linalg_solve, linalg_triangular


def _pair_types(a: Type) -> Signature:
    (a,) = matrices(a)
    return (a,), (a, a)


# ---------------------------------------------------------------- what rules divide by


def _divided_types(numerators: Type, values: Type, squared: Type, used: Type) -> Signature:
    (matrix,) = matrices(numerators)
    return (matrix, numbers(matrix), FLAG, Array("bool", 1)), (matrix,)


def _settled_types(bars: Type, values: Type, positive: Type) -> Signature:
    return (numbers(bars), numbers(bars), FLAG), (numbers(bars),)


def _quotient_types(numerators: Type, values: Type) -> Signature:
    (matrix,) = matrices(numerators)
    return (matrix, numbers(matrix)), (matrix,)


external(linalg_divided, _divided_types, several=False, doc="xᵢⱼ / (wⱼ - wᵢ), NaN where wⱼ = wᵢ")
external(linalg_settled, _settled_types, several=False, doc="w̄, NaN where equal wᵢ are told apart")
external(linalg_quotients, _quotient_types, several=False, doc="xᵢⱼ / wⱼ, NaN where wⱼ = 0")


def used(bars: Any) -> Any:
    """Which columns have a cotangent."""
    return np.any(bars != 0, axis=0)


def moving(a_dot: Any, values: Any) -> Any:
    """Whether the matrix moves at all, for each of its values: vectors of equal ones jump then."""
    return np.full(len(values), np.any(a_dot != 0))


def unmoved(values: Any) -> Any:
    """That the vectors do not matter, for each of the values."""
    return np.zeros(len(values), bool)


# ---------------------------------------------------------------- QR


def _qr_pullback(a: Any, q: Any, r: Any, q_bar: Any, r_bar: Any) -> Any:
    """A = Q R:  Ā = (Q̄ + Q copyltu(M)) R⁻ᵀ, M = R R̄ᵀ - Q̄ᵀ Q; of [X Y] = Q [U V]: X̄ with Q̄ + Y V̄ᵀ, Ȳ = Q V̄."""
    k = q.shape[1]
    u, u_bar, v_bar = r[:, :k], np.triu(r_bar[:, :k]), r_bar[:, k:]
    seed = q_bar + a[:, k:] @ v_bar.T
    m = np.tril(u @ u_bar.T - seed.T @ q)
    inner = seed + q @ (m + np.tril(m, -1).T)
    x_bar, failed = linalg_triangular(u, inner.T, False, False, False)
    a_bar = np.empty_like(a)
    a_bar[:, :k] = x_bar.T
    a_bar[:, k:] = q @ v_bar
    if failed > 0 or is_deficient(u):
        a_bar[:] = np.nan
    return (a_bar,)


def is_deficient(u: Any) -> Any:
    """Whether a column of an upper triangle is spanned by those before it, but for rounding."""
    close = 2 * len(u) * accuracy(u.dtype) * np.max(np.abs(u), axis=0, initial=0)
    return np.any(np.abs(np.diag(u)) <= close)


def _qr_differential(a: Any, q: Any, r: Any, a_dot: Any) -> Any:
    """A = Q R:  C = Ȧ R⁻¹, Ω = tril(QᵀC, -1) - its transpose, Ṙ = (QᵀC - Ω) R, Q̇ = C - Q (QᵀC - Ω).

    Of [X Y] = Q [U V] that is so for X and U; V̇ = Qᵀ Ẏ + Q̇ᵀ Y.
    """
    k = q.shape[1]
    u = r[:, :k]
    c_transposed, failed = linalg_triangular(u, a_dot[:, :k].T, False, True, False)
    c = c_transposed.T
    m = q.T @ c
    low = np.tril(m, -1)
    upper = m - low + low.T
    q_dot = c - q @ upper
    r_dot = np.empty_like(r)
    r_dot[:, :k] = np.triu(upper @ u)
    r_dot[:, k:] = q.T @ a_dot[:, k:] + q_dot.T @ a[:, k:]
    if failed > 0 or is_deficient(u):
        q_dot[:] = np.nan
        r_dot[:] = np.nan
    return q_dot, r_dot


external(
    linalg_qr, _pair_types, pullback=_qr_pullback, differential=_qr_differential,
    seeded=(0, 1), results=("q", "r"),
    doc="A = Q R;  Ā = (Q̄ + Q copyltu(R R̄ᵀ - Q̄ᵀ Q)) R⁻ᵀ (Walter and Lehmann 2010), NaN where R is singular",
)  # fmt: skip

# ---------------------------------------------------------------- singular values


def _svd_types(a: Type, full: Type) -> Signature:
    (a,) = matrices(a)
    return (a, FLAG), (a, numbers(a), a, INDEX)


def _svd_pullback(
    a: Any, full: Any, u: Any, s: Any, vt: Any, failed: Any, u_bar: Any, s_bar: Any, vt_bar: Any
) -> Any:
    """Ā = U (F∘(UᵀŪ - ŪᵀU) S + S F∘(VᵀV̄ - V̄ᵀV) + S̄) Vᵀ + (I - UUᵀ) Ū S⁻¹ Vᵀ + U S⁻¹ V̄ᵀ (I - VVᵀ).

    Fᵢⱼ = 1 / (sⱼ² - sᵢ²) (Townsend 2016). Vectors beyond those of the singular values are any: NaN.
    """
    k = len(s)
    left, left_bar, right, right_bar = u[:, :k], u_bar[:, :k], vt[:k].T, vt_bar[:k].T
    x, y = left.T @ left_bar, right.T @ right_bar
    told = used(left_bar) | used(right_bar)
    inner = linalg_divided(x - x.T, s, True, told) * s + s[:, None] * linalg_divided(y - y.T, s, True, told)
    settled = linalg_settled(s_bar, s, True)
    for i in range(k):
        inner[i, i] += settled[i]
    a_bar = left @ inner @ right.T
    if a.shape[0] > k:
        a_bar += linalg_quotients(left_bar - left @ x, s) @ right.T
    if a.shape[1] > k:
        a_bar += left @ linalg_quotients(right_bar - right @ y, s).T
    if np.sum(np.abs(u_bar[:, k:])) + np.sum(np.abs(vt_bar[k:])) != 0:
        a_bar[:] = np.nan
    return a_bar, None


def _svd_differential(a: Any, full: Any, u: Any, s: Any, vt: Any, failed: Any, a_dot: Any) -> Any:
    """D = UᵀȦV, ṡ its diagonal, U̇ = U (F∘(D S + S Dᵀ)) + (I - UUᵀ) Ȧ V S⁻¹, V̇ = V (F∘(S D + Dᵀ S)) + ...

    Fᵢⱼ = 1 / (sⱼ² - sᵢ²) (Townsend 2016). Vectors beyond those of the singular values are any: NaN.
    """
    k = len(s)
    left, right = u[:, :k], vt[:k].T
    d = left.T @ a_dot @ right
    told = moving(a_dot, s)
    one = linalg_divided(d * s + s[:, None] * d.T, s, True, told)
    other = linalg_divided(s[:, None] * d + d.T * s, s, True, told)
    u_dot, vt_dot = np.full_like(u, np.nan), np.full_like(vt, np.nan)
    u_dot[:, :k] = left @ one
    vt_dot[:k] = (right @ other).T
    if a.shape[0] > k:
        u_dot[:, :k] += linalg_quotients(a_dot @ right - left @ d, s)
    if a.shape[1] > k:
        vt_dot[:k] += linalg_quotients(a_dot.T @ left - right @ d.T, s).T
    parted = linalg_divided(d * s + s[:, None] * d.T, s, True, unmoved(s))
    return u_dot, linalg_settled(np.diag(d) + 0.0 * np.sum(parted, axis=1), s, True), vt_dot


external(
    linalg_svd, _svd_types, pullback=_svd_pullback, differential=_svd_differential,
    seeded=(0, 1, 2), results=("u", "s", "vt", "failed"),
    doc="A = U diag(s) Vᵀ (Townsend 2016); NaN where equal singular values or their vectors are told apart",
)  # fmt: skip


def _singular_types(a: Type) -> Signature:
    (a,) = matrices(a)
    return (a,), (numbers(a), a, a, INDEX)


def _singular_pullback(a: Any, s: Any, u: Any, vt: Any, failed: Any, s_bar: Any) -> Any:
    """Ā = U diag(s̄) Vᵀ (Giles 2008, 3.2); a value of zero is taken to stay."""
    return ((u * linalg_settled(s_bar, s, True)) @ vt,)


def _singular_differential(a: Any, s: Any, u: Any, vt: Any, failed: Any, a_dot: Any) -> Any:
    """Ṡ = diag(Uᵀ Ȧ V) (Giles 2008, 3.2), NaN where equal values part; a value of zero is taken to stay."""
    d = u.T @ a_dot @ vt.T
    parted = linalg_divided(d * s + s[:, None] * d.T, s, True, unmoved(s))
    return (linalg_settled(np.diag(d) + 0.0 * np.sum(parted, axis=1), s, True),)


external(
    linalg_singular_values, _singular_types, pullback=_singular_pullback, differential=_singular_differential,
    results=("s", "u", "vt", "failed"),
    doc="Ā = U diag(s̄) Vᵀ (Giles 2008, 3.2), nothing for sᵢ = 0, NaN where equal ones are told apart",
)  # fmt: skip

# ---------------------------------------------------------------- eigenvalues


def _eigen_types(a: Type) -> Signature:
    (a,) = matrices(a)
    return (a,), (numbers(a), a, INDEX)


def _eigh_types(a: Type, upper: Type) -> Signature:
    (a,) = matrices(a)
    return (a, FLAG), (numbers(a), a, INDEX)


def _eigh_pullback(a: Any, upper: Any, w: Any, v: Any, failed: Any, w_bar: Any, v_bar: Any) -> Any:
    """S̄ = V (diag(w̄) + F∘(VᵀV̄)) Vᵀ, Fᵢⱼ = 1 / (wⱼ - wᵢ) (Giles 2008, 3.1), put into one triangle."""
    x = v.T @ v_bar
    inner = 0.5 * linalg_divided(x - x.T, w, False, used(v_bar))
    settled = linalg_settled(w_bar, w, False)
    for i in range(len(w)):
        inner[i, i] += settled[i]
    lower = in_lower_triangle(v @ inner @ v.T)
    return lower.T.copy() if upper else lower, None


def _eigh_differential(a: Any, upper: Any, w: Any, v: Any, failed: Any, a_dot: Any) -> Any:
    """D = Vᵀ Ṡ V, ẇ its diagonal, V̇ = V (F∘D), Fᵢⱼ = 1 / (wⱼ - wᵢ) (Giles 2008, 3.1), else NaN."""
    lower = a_dot.T.copy() if upper else a_dot
    d = v.T @ (np.tril(lower) + np.tril(lower, -1).T) @ v
    turned = linalg_divided(d, w, False, moving(a_dot, w))
    parted = linalg_divided(d, w, False, unmoved(w))
    return linalg_settled(np.diag(d) + 0.0 * np.sum(parted, axis=1), w, False), v @ turned


external(
    linalg_eigh, _eigh_types, pullback=_eigh_pullback, differential=_eigh_differential,
    seeded=(0, 1), results=("w", "v", "failed"),
    doc="A V = V diag(w);  S̄ = V (diag(w̄) + F∘(VᵀV̄)) Vᵀ (Giles 2008, 3.1), Ā the triangle that is read",
)  # fmt: skip


def _eig_pullback(a: Any, w: Any, v: Any, failed: Any, w_bar: Any, v_bar: Any) -> Any:
    """Ā = V⁻ᵀ (diag(w̄) + F∘(VᵀV̄ - VᵀV diag(VᵀV̄))) Vᵀ, columns of length one (Boeddeker et al. 2017)."""
    x = v.T @ v_bar
    inner = linalg_divided(x - (v.T @ v) * np.diag(x), w, False, used(v_bar))
    settled = linalg_settled(w_bar, w, False)
    for i in range(len(w)):
        inner[i, i] += settled[i]
    a_bar, _, _, singular = linalg_solve(v.T, inner @ v.T)
    if singular > 0:
        a_bar[:] = np.nan
    return (a_bar,)


def _eig_differential(a: Any, w: Any, v: Any, failed: Any, a_dot: Any) -> Any:
    """D = V⁻¹ Ȧ V, ẇ its diagonal, V̇ = X - V diag(Vᵀ X), X = V (F∘D), F as for `eigh` (Giles 2008, 3.1)."""
    d, _, _, singular = linalg_solve(v, a_dot @ v)
    turned = linalg_divided(d, w, False, moving(a_dot, w))
    parted = linalg_divided(d, w, False, unmoved(w))
    w_dot = linalg_settled(np.diag(d) + 0.0 * np.sum(parted, axis=1), w, False)
    x = v @ turned
    v_dot = x - v * np.sum(v * x, axis=0)
    if singular > 0:
        w_dot[:] = np.nan
        v_dot[:] = np.nan
    return w_dot, v_dot


external(
    linalg_eig, _eigen_types, pullback=_eig_pullback, differential=_eig_differential,
    seeded=(0, 1), results=("w", "v", "failed"),
    doc="A V = V diag(w), real;  Ā = V⁻ᵀ (diag(w̄) + F∘(VᵀV̄ - VᵀV diag(VᵀV̄))) Vᵀ (Boeddeker et al. 2017)",
)  # fmt: skip

# ---------------------------------------------------------------- least squares


def _pinv_types(a: Type, cutoff: Type) -> Signature:
    (a,) = matrices(a)
    return (a, Scalar("float64")), (a, INDEX, INDEX)


def _pinv_pullback(a: Any, cutoff: Any, p: Any, rank: Any, failed: Any, p_bar: Any) -> Any:
    """Ā = -Pᵀ P̄ Pᵀ + (I - AP) P̄ᵀ P Pᵀ + Pᵀ P P̄ᵀ (I - PA) (Golub and Pereyra 1973)."""
    pt = p.T
    third = pt @ (p @ p_bar.T)
    second = p_bar.T @ p
    a_bar = (second - a @ (p @ second)) @ pt + third - (third @ p) @ a - pt @ p_bar @ pt
    if rank < min(a.shape[0], a.shape[1]):
        a_bar[:] = np.nan
    return a_bar, None


def _pinv_differential(a: Any, cutoff: Any, p: Any, rank: Any, failed: Any, a_dot: Any) -> Any:
    """P = A⁺:  Ṗ = -P Ȧ P + P Pᵀ Ȧᵀ (I - A P) + (I - P A) Ȧᵀ Pᵀ P (Golub and Pereyra 1973)."""
    t = a_dot.T
    p_dot = p @ (p.T @ (t - (t @ a) @ p) - a_dot @ p) + ((t - p @ (a @ t)) @ p.T) @ p
    if rank < min(a.shape[0], a.shape[1]):
        p_dot[:] = np.nan
    return (p_dot,)


external(
    linalg_pinv, _pinv_types, pullback=_pinv_pullback, differential=_pinv_differential,
    results=("p", "rank", "failed"),
    doc="P = A⁺;  Ā = -Pᵀ P̄ Pᵀ + (I - AP) P̄ᵀ P Pᵀ + Pᵀ P P̄ᵀ (I - PA) (1973), NaN below full rank",
)  # fmt: skip


def _lstsq_types(a: Type, b: Type, cutoff: Type) -> Signature:
    (a,), b = matrices(a, of=(a, b)), vectors(b, of=(a, b))
    return (a, b, Scalar("float64")), (b, a, INDEX, INDEX)


def _lstsq_pullback(a: Any, b: Any, cutoff: Any, x: Any, p: Any, rank: Any, failed: Any, x_bar: Any) -> Any:
    """B̄ = Pᵀ X̄,  Ā = -B̄ Xᵀ + (B - AX) (P B̄)ᵀ + Pᵀ X (X̄ - PA X̄)ᵀ: that of the pseudoinverse times B."""
    b_bar = p.T @ x_bar
    a_bar = outer(b - a @ x, p @ b_bar) - outer(b_bar, x) + outer(p.T @ x, x_bar - p @ (a @ x_bar))
    if rank < min(a.shape[0], a.shape[1]):
        a_bar[:] = np.nan
    return a_bar, b_bar, None


def _lstsq_differential(
    a: Any, b: Any, cutoff: Any, x: Any, p: Any, rank: Any, failed: Any, a_dot: Any, b_dot: Any
) -> Any:
    """X = A⁺ B:  Ẋ = P (Ḃ - Ȧ X + Pᵀ Ȧᵀ (B - A X)) + (I - P A) Ȧᵀ Pᵀ X: that of the pseudoinverse."""
    t, back = a_dot.T, p.T @ x
    turned = t @ back
    x_dot = p @ (b_dot - a_dot @ x + p.T @ (t @ (b - a @ x))) + turned - p @ (a @ turned)
    if rank < min(a.shape[0], a.shape[1]):
        x_dot[:] = np.nan
    return (x_dot,)


external(
    linalg_lstsq, _lstsq_types, pullback=_lstsq_pullback, differential=_lstsq_differential,
    results=("x", "p", "rank", "failed"),
    doc="X = A⁺ B;  B̄ = A⁺ᵀ X̄, Ā by the rule of A⁺ (Golub and Pereyra 1973), NaN below full rank",
)  # fmt: skip
