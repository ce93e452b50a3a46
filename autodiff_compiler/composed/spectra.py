"""QR, singular values, eigenvalues, pseudoinverses and least squares, as NumPy and SciPy have them."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg
from numpy.linalg._linalg import EighResult, EigResult, QRResult, SVDResult

from autodiff_compiler.composed.declare import known_while_compiling, stands_for
from autodiff_compiler.composed.matrices import (
    computed_by,
    computed_in,
    count_of,
    each,
    each_pair,
    finite,
    rectangular,
    square,
)
from autodiff_compiler.composed.solving import check_one
from autodiff_compiler.runtime.decompositions import (
    linalg_eig,
    linalg_eigh,
    linalg_lstsq,
    linalg_pinv,
    linalg_qr,
    linalg_singular_values,
    linalg_svd,
)

# ---------------------------------------------------------------- QR


@known_while_compiling
def check_mode(mode: Any) -> None:
    """Refuse what is no mode of NumPy's, and those that give reflectors."""
    if mode not in ("reduced", "complete", "r"):
        raise TypeError("qr: the modes 'reduced', 'r' and, for matrices not higher than wide, 'complete'")


@stands_for(np.linalg.qr)
def qr(a: Any, mode: Any = "reduced") -> Any:
    """`np.linalg.qr(a, mode="reduced")`, "r", "complete" unless higher than wide; NaN below full rank."""
    check_mode(mode)
    a = rectangular(a)
    rows, columns = a.shape[-2], a.shape[-1]
    if mode == "complete" and rows > columns:
        raise NotImplementedError("qr(mode='complete') of a matrix that is higher than wide")
    least = min(rows, columns)
    q, r = each_pair(linalg_qr, a, (rows, least), (least, columns))
    return r if mode == "r" else QRResult(q, r)


# ---------------------------------------------------------------- singular values


@stands_for(np.linalg.svd)
def svd(a: Any, full_matrices: Any = True, compute_uv: Any = True, hermitian: Any = False) -> Any:
    """`np.linalg.svd(a, full_matrices=True, compute_uv=True, hermitian=False)`: NaN where equal values are
    told apart; with `hermitian`, by the eigenvalues.
    """
    if hermitian:
        return of_symmetric(square(a), compute_uv)
    a = rectangular(a)
    if not compute_uv:
        return svdvals(a)
    rows, columns = a.shape[-2], a.shape[-1]
    least = min(rows, columns)
    if a.ndim == 2:
        u, s, vt = factors(a, bool(full_matrices))
        return SVDResult(u, s, vt)
    stack = np.reshape(a, (count_of(a.shape[:-2]), rows, columns))
    lead, kind = a.shape[:-2], computed_in(a.dtype)
    us = np.empty((len(stack), rows, rows if full_matrices else least), kind)
    ss = np.empty((len(stack), least), kind)
    vts = np.empty((len(stack), columns if full_matrices else least, columns), kind)
    for k in range(len(stack)):
        u, s, vt = factors(stack[k], bool(full_matrices))
        us[k] = u
        ss[k] = s
        vts[k] = vt
    return SVDResult(
        np.reshape(us, (*lead, *us.shape[1:])), np.reshape(ss, (*lead, least)),
        np.reshape(vts, (*lead, *vts.shape[1:])),
    )  # fmt: skip


def of_symmetric(a: Any, compute_uv: Any) -> Any:
    """The singular values of symmetric matrices, which are the sizes of the eigenvalues, and the factors."""
    w, v = symmetric(a, True)
    if not compute_uv:
        return np.sort(np.abs(w))[..., ::-1]
    order = np.argsort(np.abs(w))[..., ::-1]
    w = np.take_along_axis(w, order, axis=-1)
    u = np.take_along_axis(v, np.expand_dims(order, -2), axis=-1)
    return SVDResult(u, np.abs(w), np.swapaxes(u * np.expand_dims(np.sign(w), -2), -1, -2))


def factors(a: Any, full: Any) -> Any:
    """U, s and Vᵀ of one matrix."""
    u, s, vt, failed = linalg_svd(a, full)
    if failed > 0:
        raise np.linalg.LinAlgError("SVD did not converge")
    return u, s, vt


@stands_for(np.linalg.svdvals)
def svdvals(x: Any, /) -> Any:
    """`np.linalg.svdvals(a)`: Ā = U diag(s̄) Vᵀ; nothing for sᵢ = 0, NaN where equal ones are told apart."""
    x = rectangular(x)
    return each(singular_values, x, (min(x.shape[-2], x.shape[-1]),))


def singular_values(a: Any) -> Any:
    """Those of one matrix."""
    s, _, _, failed = linalg_singular_values(a)
    if failed > 0:
        raise np.linalg.LinAlgError("SVD did not converge")
    return s


@stands_for(scipy.linalg.svdvals)
def scipy_svdvals(a: Any, overwrite_a: Any = False, check_finite: Any = True) -> Any:
    """`scipy.linalg.svdvals(a)`: as `np.linalg.svdvals`."""
    a = rectangular(finite(a, check_finite))
    check_one(a.ndim)
    return np.linalg.svdvals(a.astype(computed_by(scipy.linalg.svdvals, a.dtype)))


# ---------------------------------------------------------------- eigenvalues


@known_while_compiling
def is_lower(uplo: Any) -> bool:
    """Which triangle is read."""
    if uplo not in ("L", "U", "l", "u"):
        raise ValueError("UPLO argument must be 'L' or 'U'")
    return uplo in ("L", "l")


@stands_for(np.linalg.eigh)
def eigh(a: Any, UPLO: Any = "L") -> Any:
    """`np.linalg.eigh(a, UPLO="L")`: Ā is in the triangle that is read; NaN where equal ones differ."""
    w, v = symmetric(square(a), is_lower(UPLO))
    return EighResult(w, v)


@stands_for(np.linalg.eigvalsh)
def eigvalsh(a: Any, UPLO: Any = "L") -> Any:
    """`np.linalg.eigvalsh(a, UPLO="L")`: Ā = V diag(w̄) Vᵀ, in the triangle that is read."""
    w, _ = symmetric(square(a), is_lower(UPLO))
    return w


@stands_for(scipy.linalg.eigvalsh)
def scipy_eigvalsh(a: Any, b: Any = None, *, lower: Any = True) -> Any:
    """`scipy.linalg.eigvalsh(a, lower=True)`: as `np.linalg.eigvalsh`."""
    check_not_general(b)
    a = square(finite(a, True))
    w, _ = symmetric(a.astype(computed_by(scipy.linalg.eigvalsh, a.dtype)), bool(lower))
    return w


@known_while_compiling
def check_not_general(b: Any) -> None:
    """Refuse pencils."""
    if b is not None:
        raise TypeError("generalised eigenvalues are not supported; reduce them by a Cholesky factor")


def symmetric(a: Any, lower: Any) -> Any:
    """Eigenvalues and eigenvectors of symmetric matrices."""
    return each_pair(of_lower if lower else of_upper, a, a.shape[-1:], a.shape[-2:])


def of_lower(a: Any) -> Any:
    """Those of one matrix, whose lower triangle is read."""
    w, v, failed = linalg_eigh(a, False)
    if failed > 0:
        raise np.linalg.LinAlgError("Eigenvalues did not converge")
    return w, v


def of_upper(a: Any) -> Any:
    """Those of one matrix, whose upper triangle is read."""
    w, v, failed = linalg_eigh(a, True)
    if failed > 0:
        raise np.linalg.LinAlgError("Eigenvalues did not converge")
    return w, v


@stands_for(np.linalg.eig)
def eig(a: Any) -> Any:
    """`np.linalg.eig(a)`: where all are real, else an error; NaN where equal ones are told apart."""
    a = square(a)
    w, v = each_pair(real_eigen, a, a.shape[-1:], a.shape[-2:])
    return EigResult(w, v)


@stands_for(np.linalg.eigvals)
def eigvals(a: Any) -> Any:
    """`np.linalg.eigvals(a)`: where all are real, else an error; Ā = V⁻ᵀ diag(w̄) Vᵀ."""
    a = square(a)
    w, _ = each_pair(real_eigen, a, a.shape[-1:], a.shape[-2:])
    return w


def real_eigen(a: Any) -> Any:
    """Eigenvalues and eigenvectors of one matrix."""
    w, v, failed = linalg_eig(a)
    if failed == 1:
        raise np.linalg.LinAlgError("Array must not contain infs or NaNs")
    if failed == 2:
        raise ValueError("some eigenvalues are complex: only real spectra are supported")
    return w, v


# ---------------------------------------------------------------- pseudoinverses


@known_while_compiling
def accuracy(dtype: Any) -> float:
    """The distance from one to the next number of a dtype."""
    return float(np.finfo(dtype).eps)


@stands_for(np.linalg.pinv)
def pinv(a: Any, rcond: Any = None, hermitian: Any = False, *, rtol: Any = np._NoValue) -> Any:
    """`np.linalg.pinv(a, rcond=1e-15, hermitian=False)`: by singular values; NaN below full rank."""
    a = mirrored(square(a)) if hermitian else rectangular(a)
    kind = computed_in(a.dtype)
    if rcond is not None:
        cutoff = rcond
    elif rtol is np._NoValue:
        cutoff = 1e-15
    elif rtol is None:
        cutoff = max(a.shape[-2], a.shape[-1]) * accuracy(kind)
    else:
        cutoff = rtol
    if a.size == 0:
        return np.zeros((*a.shape[:-2], a.shape[-1], a.shape[-2]), kind)
    if a.ndim == 2:
        return pseudoinverse(a, cutoff)
    stack = np.reshape(a, (count_of(a.shape[:-2]), *a.shape[-2:]))
    out = np.empty((len(stack), a.shape[-1], a.shape[-2]), kind)
    for k in range(len(stack)):
        out[k] = pseudoinverse(stack[k], cutoff)
    return np.reshape(out, (*a.shape[:-2], *out.shape[1:]))


def mirrored(a: Any) -> Any:
    """Symmetric matrices with these lower triangles."""
    return np.tril(a) + np.swapaxes(np.tril(a, -1), -1, -2)


@stands_for(scipy.linalg.pinv)
def scipy_pinv(
    a: Any, *, atol: Any = None, rtol: Any = None, return_rank: Any = False, check_finite: Any = True
) -> Any:
    """`scipy.linalg.pinv(a, rtol=None)`: as `np.linalg.pinv`, with SciPy's default accuracy."""
    check_plain_pinv(atol, return_rank)
    a = rectangular(finite(a, check_finite))
    return pinv(a.astype(computed_by(scipy.linalg.pinv, a.dtype)), None, False, rtol=rtol)


@known_while_compiling
def check_plain_pinv(atol: Any, return_rank: Any) -> None:
    """Refuse an absolute accuracy, and to return the rank."""
    if atol is not None or return_rank:
        raise TypeError("pinv takes a relative accuracy, rtol, and returns the pseudoinverse alone")


def pseudoinverse(a: Any, cutoff: Any) -> Any:
    """That of one matrix."""
    p, _, failed = linalg_pinv(a, cutoff)
    if failed > 0:
        raise np.linalg.LinAlgError("SVD did not converge")
    return p


@stands_for(np.linalg.lstsq)
def lstsq(a: Any, b: Any, rcond: Any = None) -> Any:
    """`np.linalg.lstsq(a, b, rcond=None)`: solution, residuals, rank, singular values; NaN below it."""
    a = rectangular(a)
    check_one(a.ndim)
    b = np.asarray(b)
    if len(b) != len(a):
        raise np.linalg.LinAlgError("Incompatible dimensions")
    rows, columns = a.shape
    kind = computed_in(a.dtype, b.dtype)
    cutoff = accuracy(kind) * max(rows, columns) if rcond is None else rcond
    x, _, rank, failed = linalg_lstsq(a, b, cutoff)
    if failed > 0:
        raise np.linalg.LinAlgError("SVD did not converge in Linear Least Squares")
    kept = 1 if rank == columns and rows > columns else 0
    difference = b - a @ x
    total = np.sum(difference * difference, axis=0)
    residuals = np.empty(kept * (1 if b.ndim == 1 else b.shape[1]), kind)
    if kept == 1:
        residuals[:] = total
    return x, residuals, np.int32(rank), singular_values(a)


@stands_for(np.linalg.matrix_rank)
def matrix_rank(A: Any, tol: Any = None, hermitian: Any = False, *, rtol: Any = None) -> Any:
    """`np.linalg.matrix_rank(a, tol=None, hermitian=False, rtol=None)`: an integer, without derivative."""
    A = np.asarray(A)
    if A.ndim < 2:
        return int(np.any(A != 0))
    a = rectangular(A)
    s = np.linalg.svd(a, compute_uv=False, hermitian=hermitian)
    if tol is None:
        relative = max(a.shape[-2], a.shape[-1]) * accuracy(s.dtype) if rtol is None else rtol
        limit = np.max(s, axis=-1, keepdims=True, initial=0) * relative
        return np.sum(s > limit, axis=-1)
    return np.sum(s > tol, axis=-1)
