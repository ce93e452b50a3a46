"""Functions of matrices."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg

from autodiff_compiler.composed.declare import external, stands_for
from autodiff_compiler.composed.matrices import each, matrices, square
from autodiff_compiler.ir.types import Type
from autodiff_compiler.operators.arithmetic import constant
from autodiff_compiler.operators.entry import Signature
from autodiff_compiler.runtime.exponentials import linalg_expm


def _expm_types(a: Type) -> Signature:
    (a,) = matrices(a)
    return (a,), (a,)


def _expm_pullback(a: Any, e: Any, e_bar: Any) -> Any:
    """Ā is the upper right block of exp([[Aᵀ, Ē], [0, Aᵀ]]) (Najfeld and Havel 1995; Higham 2008, 3.2)."""
    return (sheared(a.T, e_bar),)


def _expm_differential(a: Any, e: Any, a_dot: Any) -> Any:
    """Ė is the upper right block of exp([[A, Ȧ], [0, A]]) (Najfeld and Havel 1995; Higham 2008, 3.2)."""
    return (sheared(a, a_dot),)


def sheared(a: Any, beside: Any) -> Any:
    """The upper right block of exp([[A, B], [0, A]]). It is linear in B, which is made small: the squarings
    that a large one asks for would cost the digits of A.
    """
    n = len(a)
    size = constant(np.max(np.abs(beside), initial=0)) * n
    if not size > 0:
        size = size + 1  # nothing to be made small, or NaN
    both = np.zeros((2 * n, 2 * n), a.dtype)
    both[:n, :n] = a
    both[n:, n:] = a
    both[:n, n:] = beside / size
    return linalg_expm(both)[:n, n:] * size


external(
    linalg_expm, _expm_types, several=False, pullback=_expm_pullback, differential=_expm_differential,
    doc="E = exp(A);  Ā is the upper right block of exp([[Aᵀ, Ē], [0, Aᵀ]]) (Higham 2008, 3.2)",
)  # fmt: skip


@stands_for(scipy.linalg.expm)
def expm(A: Any) -> Any:
    """`scipy.linalg.expm(a)`: Ā is the upper right block of exp([[Aᵀ, Ē], [0, Aᵀ]])."""
    A = square(A)
    return each(linalg_expm, A, A.shape[-2:])
