"""Systems of linear equations, inverses and determinants.

Rules: M. B. Giles, "Collected matrix derivative results for forward and reverse mode algorithmic
differentiation" (2008), section 2.2.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg
from numpy.linalg._linalg import SlogdetResult

from autodiff_compiler.composed.declare import external, known_while_compiling, stands_for
from autodiff_compiler.composed.matrices import (
    FLAG,
    INDEX,
    check_matrices,
    computed_by,
    computed_in,
    count_of,
    each,
    each_pair,
    finite,
    matrices,
    square,
    vectors,
)
from autodiff_compiler.ir.types import Array, Scalar, Type
from autodiff_compiler.operators.entry import Signature
from autodiff_compiler.runtime.decompositions import linalg_cofactors
from autodiff_compiler.runtime.linear_systems import (
    linalg_det,
    linalg_lu_solve,
    linalg_slogdet,
    linalg_solve,
)

PIVOTS = Array("int64", 1)


def outer(a: Any, b: Any) -> Any:
    """A Bᵀ, of vectors as columns."""
    return a[:, None] * b if a.ndim == 1 else a @ b.T


# ---------------------------------------------------------------- functions of the runtime


def _solve_types(a: Type, b: Type) -> Signature:
    (a,), b = matrices(a, of=(a, b)), vectors(b, of=(a, b))
    return (a, b), (b, a, PIVOTS, INDEX)


def _solve_pullback(a: Any, b: Any, x: Any, lu: Any, pivots: Any, failed: Any, x_bar: Any) -> Any:
    """A X = B:  B̄ = A⁻ᵀ X̄,  Ā = -B̄ Xᵀ (Giles 2008, 2.3.1)."""
    b_bar = linalg_lu_solve(lu, pivots, x_bar, True)
    return outer(-b_bar, x), b_bar


def _solve_differential(
    a: Any, b: Any, x: Any, lu: Any, pivots: Any, failed: Any, a_dot: Any, b_dot: Any
) -> Any:
    """A X = B:  Ẋ = A⁻¹ (Ḃ - Ȧ X) (Giles 2008, 2.3.1)."""
    if failed > 0:
        return (np.zeros_like(b_dot),)
    return (linalg_lu_solve(lu, pivots, b_dot - a_dot @ x, False),)


external(
    linalg_solve, _solve_types, pullback=_solve_pullback, differential=_solve_differential,
    results=("x", "lu", "pivots", "failed"),
    doc="A X = B;  B̄ = A⁻ᵀ X̄,  Ā = -B̄ Xᵀ (Giles 2008, 2.3.1)",
)  # fmt: skip


def _lu_solve_types(lu: Type, pivots: Type, b: Type, transposed: Type) -> Signature:
    (lu,), b = matrices(lu, of=(lu, b)), vectors(b, of=(lu, b))
    return (lu, PIVOTS, b, FLAG), (b,)


external(linalg_lu_solve, _lu_solve_types, several=False, results=("x",), doc="A X = B from the factors of A")


def _det_types(a: Type) -> Signature:
    (a,) = matrices(a)
    return (a,), (Scalar(a.dtype), a, PIVOTS)


def _det_pullback(a: Any, det: Any, lu: Any, pivots: Any, det_bar: Any) -> Any:
    """D = det A:  Ā = d̄ d A⁻ᵀ (Giles 2008, 2.2.4); of a singular matrix the cofactors."""
    if det == 0:
        cofactors = linalg_cofactors(a)
    else:
        cofactors = det * linalg_lu_solve(lu, pivots, np.identity(len(a), a.dtype), True)
    return (det_bar * cofactors,)


def _det_differential(a: Any, det: Any, lu: Any, pivots: Any, a_dot: Any) -> Any:
    """D = det A:  ḋ = d tr(A⁻¹ Ȧ) (Giles 2008, 2.2.4); of a singular matrix by the cofactors."""
    if det == 0:
        return (np.sum(linalg_cofactors(a) * a_dot),)
    return (det * np.trace(linalg_lu_solve(lu, pivots, a_dot, False)),)


external(
    linalg_det, _det_types, pullback=_det_pullback, differential=_det_differential,
    results=("det", "lu", "pivots"),
    doc="d = det A;  Ā = d̄ d A⁻ᵀ (Giles 2008, 2.2.4), d̄ times the cofactors where d = 0",
)  # fmt: skip


def _cofactor_types(a: Type) -> Signature:
    (a,) = matrices(a)
    return (a,), (a,)


external(linalg_cofactors, _cofactor_types, several=False, doc="∂ det A / ∂A")


def _slogdet_types(a: Type) -> Signature:
    (a,) = matrices(a)
    number = Scalar(a.dtype)
    return (a,), (number, number, a, PIVOTS)


def _slogdet_pullback(a: Any, sign: Any, logdet: Any, lu: Any, pivots: Any, logdet_bar: Any) -> Any:
    """L = log(abs(det A)):  Ā = l̄ A⁻ᵀ (Giles 2008, 2.2.4)."""
    return (logdet_bar * linalg_lu_solve(lu, pivots, np.identity(len(a), a.dtype), True),)


def _slogdet_differential(a: Any, sign: Any, logdet: Any, lu: Any, pivots: Any, a_dot: Any) -> Any:
    """L = log(abs(det A)):  L̇ = tr(A⁻¹ Ȧ) (Giles 2008, 2.2.4)."""
    return (np.trace(linalg_lu_solve(lu, pivots, a_dot, False)),)


external(
    linalg_slogdet, _slogdet_types, pullback=_slogdet_pullback, differential=_slogdet_differential,
    seeded=(1,),
    results=("sign", "logdet", "lu", "pivots"),
    doc="l = log(abs(det A));  Ā = l̄ A⁻ᵀ (Giles 2008, 2.2.4), not finite where A is singular",
)  # fmt: skip


# ---------------------------------------------------------------- NumPy's functions


@stands_for(np.linalg.solve)
def solve(a: Any, b: Any) -> Any:
    """`np.linalg.solve(a, b)`: stacks of matrices, a vector or matrices; B̄ = A⁻ᵀ X̄, Ā = -B̄ Xᵀ."""
    a = square(a)
    b = np.asarray(b)
    if b.shape[0 if b.ndim == 1 else -2] != a.shape[-1]:
        raise ValueError("solve: the right side has not as many rows as the matrix")
    if a.ndim == 2 and b.ndim <= 2:
        return solved(a, b)
    of_vector = b.ndim == 1
    shape = b.shape if of_vector else b.shape[-2:]
    lead = np.broadcast_shapes(a.shape[:-2], b.shape[: b.ndim - len(shape)])
    lefts = np.reshape(np.broadcast_to(a, (*lead, *a.shape[-2:])), (count_of(lead), *a.shape[-2:]))
    rights = np.reshape(np.broadcast_to(b, (*lead, *shape)), (count_of(lead), *shape))
    out = np.empty(rights.shape, computed_in(a.dtype, b.dtype))
    for k in range(len(out)):
        out[k] = solved(lefts[k], rights[k])
    return np.reshape(out, (*lead, *shape))


def solved(a: Any, b: Any) -> Any:
    """The solution for one matrix."""
    x, _, _, failed = linalg_solve(a, b)
    if failed > 0:
        raise np.linalg.LinAlgError("Singular matrix")
    return x


@stands_for(np.linalg.inv)
def inv(a: Any) -> Any:
    """`np.linalg.inv(a)`: X = A⁻¹; Ā = -Xᵀ X̄ Xᵀ."""
    a = square(a)
    return each(inverse, a, a.shape[-2:])


def inverse(a: Any) -> Any:
    """The inverse of one matrix."""
    return solved(a, np.identity(len(a), computed_in(a.dtype)))


@stands_for(np.linalg.det)
def det(a: Any) -> Any:
    """`np.linalg.det(a)`: Ā = d̄ d A⁻ᵀ, of a singular matrix d̄ times the cofactors."""
    a = square(a)
    return each(determinant, a, ())


def determinant(a: Any) -> Any:
    """The determinant of one matrix."""
    found, _, _ = linalg_det(a)
    return found


@stands_for(np.linalg.slogdet)
def slogdet(a: Any) -> Any:
    """`np.linalg.slogdet(a)`: sign and l = log(abs(det A)); Ā = l̄ A⁻ᵀ, not finite where A is singular."""
    a = square(a)
    sign, logabsdet = each_pair(sign_and_logarithm, a, (), ())
    return SlogdetResult(sign, logabsdet)


def sign_and_logarithm(a: Any) -> Any:
    """The same of one matrix."""
    sign, logdet, _, _ = linalg_slogdet(a)
    return sign, logdet


@stands_for(np.linalg.matrix_power)
def matrix_power(a: Any, n: Any) -> Any:
    """`np.linalg.matrix_power(a, n)`: of stacks, by squaring; n may be negative, and known late."""
    a = square(a)
    if a.ndim == 2:
        return power_of(a, n)
    stack = np.reshape(a, (count_of(a.shape[:-2]), *a.shape[-2:]))
    made = np.empty(stack.shape, a.dtype if n >= 0 else computed_in(a.dtype))
    for k in range(len(stack)):
        made[k] = power_of(stack[k], n)
    return np.reshape(made, a.shape)


def power_of(a: Any, n: Any) -> Any:
    """The power of one matrix."""
    base = a if n >= 0 else np.linalg.inv(a)
    left = abs(n)
    if left == 3:
        return (base @ base) @ base
    out = np.identity(len(a), base.dtype)
    begun = False
    while left > 0:
        if left % 2 == 1:  # the first factor is not multiplied by zeros and ones, which matters to infinities
            out = out @ base if begun else np.copy(base)
            begun = True
        left //= 2
        if left > 0:
            base = base @ base
    return out


@known_while_compiling
def check_one(rank: int) -> None:
    """Refuse stacks of matrices."""
    if rank != 2:
        raise TypeError("stacks of matrices are not supported here; write a loop over them")


@stands_for(np.linalg.tensorinv)
def tensorinv(a: Any, ind: Any = 2) -> Any:
    """`np.linalg.tensorinv(a, ind=2)`: the inverse for tensordot, as that of a matrix."""
    a = np.asarray(a)
    check_split(a.ndim, ind)
    if a.size == 0:
        raise ValueError("cannot reshape array of size 0 into a matrix")  # so does NumPy
    shape = (*a.shape[ind:], *a.shape[:ind])
    matrix = np.reshape(a, (count_of(a.shape[:ind]), count_of(a.shape[ind:])))
    return np.reshape(np.linalg.inv(matrix), shape)


@known_while_compiling
def check_split(rank: int, ind: int) -> None:
    """Refuse a number of axes that leaves none, or too many."""
    if not 0 < ind <= rank:
        raise ValueError("Invalid ind argument.")


@stands_for(np.linalg.tensorsolve)
def tensorsolve(a: Any, b: Any, axes: Any = None) -> Any:
    """`np.linalg.tensorsolve(a, b)`: tensordot(a, x) = b, as a system of a matrix; no axes."""
    check_absent(axes)
    a, b = np.asarray(a), np.asarray(b)
    shape = a.shape[b.ndim :]
    x = np.linalg.solve(np.reshape(a, (count_of(b.shape), count_of(shape))), np.ravel(b))
    return np.reshape(x, shape)


@known_while_compiling
def check_absent(axes: Any) -> None:
    """Refuse a choice of axes."""
    if axes is not None:
        raise TypeError("the argument `axes` is not supported; use np.moveaxis")


# ---------------------------------------------------------------- SciPy's


@known_while_compiling
def check_general(structure: Any) -> None:
    """Refuse other than general matrices."""
    if structure not in (None, "gen", "general"):
        raise TypeError("only assume_a='gen' is supported; symmetric matrices are solved as any other")


@stands_for(scipy.linalg.solve)
def scipy_solve(
    a: Any, b: Any, lower: Any = False, overwrite_a: Any = False, overwrite_b: Any = False,
    check_finite: Any = True, assume_a: Any = None, transposed: Any = False,
) -> Any:  # fmt: skip
    """`scipy.linalg.solve(a, b, transposed=False)`: of one general matrix, as `np.linalg.solve`."""
    check_general(assume_a)
    a = finite(a, check_finite)
    check_one(a.ndim)
    b = finite(b, check_finite)
    check_matrices(b.ndim + 1)
    kind = computed_by(scipy.linalg.solve, a.dtype, b.dtype)
    a, b = a.astype(kind), b.astype(kind)
    return np.linalg.solve(a.T if transposed else a, b)


@stands_for(scipy.linalg.inv)
def scipy_inv(
    a: Any, overwrite_a: Any = False, check_finite: Any = True, *, assume_a: Any = None, lower: Any = False
) -> Any:
    """`scipy.linalg.inv(a)`: as `np.linalg.inv`."""
    check_general(assume_a)
    a = square(finite(a, check_finite))
    a = a.astype(computed_by(scipy.linalg.inv, a.dtype))
    return each(inverse, a, a.shape[-2:])


@stands_for(scipy.linalg.det)
def scipy_det(a: Any, overwrite_a: Any = False, check_finite: Any = True) -> Any:
    """`scipy.linalg.det(a)`: as `np.linalg.det`, in double precision."""
    return np.linalg.det(np.asarray(finite(a, check_finite), np.float64))
