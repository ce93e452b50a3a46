"""Functions of matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff_compiler.runtime.compiled import compiled
from autodiff_compiler.runtime.linear_systems import linalg_solve

BOUND = 5.371920351148152  # of the 1-norm, up to which the approximant is exact in double precision
PADE = np.array([
    64764752532480000.0, 32382376266240000.0, 7771770303897600.0, 1187353796428800.0, 129060195264000.0,
    10559470521600.0, 670442572800.0, 33522128640.0, 1323241920.0, 40840800.0, 960960.0, 16380.0, 182.0, 1.0,
])  # fmt: skip


@compiled
def linalg_expm(a: Any) -> Any:
    """The exponential of a matrix, by a Padé approximant of degree 13 and squaring (Higham 2005)."""
    n = a.shape[0]
    largest = 0.0
    for j in range(n):
        column = 0.0
        for i in range(n):
            column += abs(a[i, j])
        if column > largest or np.isnan(column):
            largest = column
    if not np.isfinite(largest):
        return np.full_like(a, np.nan)
    squarings = max(0, int(np.ceil(np.log2(largest / BOUND)))) if largest > 0 else 0
    x = a.astype(np.float64) / 2.0**squarings
    one = np.eye(n)
    x2 = np.dot(x, x)
    x4 = np.dot(x2, x2)
    x6 = np.dot(x4, x2)
    inner = PADE[13] * x6 + PADE[11] * x4 + PADE[9] * x2
    odd = np.dot(x, np.dot(x6, inner) + PADE[7] * x6 + PADE[5] * x4 + PADE[3] * x2 + PADE[1] * one)
    inner = PADE[12] * x6 + PADE[10] * x4 + PADE[8] * x2
    even = np.dot(x6, inner) + PADE[6] * x6 + PADE[4] * x4 + PADE[2] * x2 + PADE[0] * one
    made = linalg_solve(even - odd, even + odd)[0]
    for _ in range(squarings):
        made = np.dot(made, made)
    return made.astype(a.dtype)


__all__ = ["linalg_expm"]
