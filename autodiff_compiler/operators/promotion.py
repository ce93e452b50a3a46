"""NumPy's type promotion (NEP 50), with Python numbers weak."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff_compiler.ir.types import BOOL, Scalar, Type

_WEAK = {"i": 0, "f": 0.0}


def promote(kinds: Sequence[Type], rule: str) -> Scalar:
    """The dtype an elementwise operator computes in, for operands of these types.

    "number": promotion alone, booleans counting as Python integers where all are scalars;
    "integer": promotion alone;
    "float": at least a float (integers become float64); "bool" also computes in the promoted type.
    """
    weak = all(isinstance(kind, Scalar) and (kind.weak or kind == BOOL) for kind in kinds)
    if weak:
        dtype = "float64" if any(kind.dtype == "float64" for kind in kinds) else "int64"
        if all(kind == BOOL for kind in kinds) and rule in ("bool", "integer"):
            return BOOL
    else:
        dtype = np.result_type(*(_exemplar(kind) for kind in kinds)).name
    if rule == "float" and np.dtype(dtype).kind != "f":
        dtype = "float64"
    return Scalar(dtype, weak)


def _exemplar(kind: Type) -> Any:
    if isinstance(kind, Scalar) and kind.weak:
        return _WEAK[np.dtype(kind.dtype).kind]
    return np.dtype(kind.dtype)
