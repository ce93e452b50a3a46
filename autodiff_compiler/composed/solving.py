"""Systems of linear equations, inverses and determinants.

Rules: M. B. Giles, "Collected matrix derivative results for forward and reverse mode algorithmic
differentiation" (2008), section 2.2.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff_compiler.composed.declare import external, stands_for
from autodiff_compiler.composed.matrices import FLAG, INDEX, matrices, vectors
from autodiff_compiler.ir.types import Array, Type
from autodiff_compiler.operators.entry import Signature
from autodiff_compiler.runtime.linear_systems import linalg_lu_solve, linalg_solve

PIVOTS = Array("int64", 1)


def _solve_types(a: Type, b: Type) -> Signature:
    (a,), b = matrices(a, of=(a, b)), vectors(b, of=(a, b))
    return (a, b), (b, a, PIVOTS, INDEX)


def _solve_pullback(a: Any, b: Any, x: Any, lu: Any, pivots: Any, failed: Any, x_bar: Any) -> Any:
    """A X = B:  B̄ = A⁻ᵀ X̄,  Ā = -B̄ Xᵀ (Giles 2008, 2.3.1)."""
    b_bar = linalg_lu_solve(lu, pivots, x_bar, True)
    return _outer(-b_bar, x), b_bar


def _outer(a: Any, b: Any) -> Any:
    """A Bᵀ, of vectors as columns."""
    return a[:, None] * b if a.ndim == 1 else a @ b.T


external(
    linalg_solve, _solve_types, pullback=_solve_pullback, results=("x", "lu", "pivots", "failed"),
    doc="A X = B;  B̄ = A⁻ᵀ X̄,  Ā = -B̄ Xᵀ (Giles 2008, 2.3.1)",
)  # fmt: skip


def _lu_solve_types(lu: Type, pivots: Type, b: Type, transposed: Type) -> Signature:
    (lu,), b = matrices(lu, of=(lu, b)), vectors(b, of=(lu, b))
    return (lu, PIVOTS, b, FLAG), (b,)


external(linalg_lu_solve, _lu_solve_types, several=False, results=("x",), doc="A X = B from the factors of A")


@stands_for(np.linalg.solve)
def solve(a: Any, b: Any) -> Any:
    """`np.linalg.solve(a, b)`."""
    a = np.asarray(a)
    b = np.asarray(b)
    return _solved(a, b)


def _solved(a: Any, b: Any) -> Any:
    if a.shape[0] != a.shape[1]:
        raise np.linalg.LinAlgError("Last 2 dimensions of the array must be square")
    x, _, _, failed = linalg_solve(a, b)
    if failed > 0:
        raise np.linalg.LinAlgError("Singular matrix")
    return x
