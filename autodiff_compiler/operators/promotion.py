"""NumPy's type promotion (NEP 50), with Python numbers weak."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import special

from autodiff_compiler.ir.types import BOOL, Array, Scalar, Type, real_of
from autodiff_compiler.operators.entry import Elementwise

_WEAK = {"i": 0, "f": 0.0, "c": 0j}


def promote(kinds: Sequence[Type], rule: str, *, of_numpy: bool = False) -> Scalar:
    """The dtype an elementwise operator computes in, for operands of these types.

    "number": promotion alone, booleans counting as integers where all are Python's, unless they are given
    to a function `of_numpy`;
    "integer": promotion alone;
    "float": at least a float (integers become float64); "bool" also computes in the promoted type;
    "complex" and "real": at least a complex number, of float32 in single precision.
    """
    weak = not of_numpy and all(isinstance(kind, Scalar) and (kind.weak or kind == BOOL) for kind in kinds)
    if weak:
        dtypes = {kind.dtype for kind in kinds}
        dtype = next((name for name in ("complex128", "float64") if name in dtypes), "int64")
        if all(kind == BOOL for kind in kinds) and rule in ("bool", "integer"):
            return BOOL
    else:
        dtype = np.result_type(*(_exemplar(kind) for kind in kinds)).name
    if rule == "bool" and np.dtype(dtype).kind in "iu" and any(_is_whole(kind) for kind in kinds):
        dtype = dtype if dtype == "uint64" else "int64"  # NumPy compares with numbers that are out of range
    if rule == "float" and np.dtype(dtype).kind not in "fc":
        dtype = "float64"
    if rule in ("complex", "real") and np.dtype(dtype).kind != "c":
        dtype = "complex64" if dtype == "float32" else "complex128"
    return Scalar(dtype, weak)


def computed_in(entry: Elementwise, kinds: Sequence[Type], *, of_numpy: bool = False) -> Scalar:
    """The dtype that an operator computes in for operands of these types; SciPy's have their own rules."""
    prefix, _, name = entry.emit.partition("(")[0].partition(".")
    own = getattr(special, name, None) if prefix == "special" else None
    if entry.result == "float" and any(_is_short(kind) for kind in kinds):
        own = next((function for function in entry.callables if isinstance(function, np.ufunc)), own)
    found = of_ufunc(own, kinds) if isinstance(own, np.ufunc) else None
    return found or promote(kinds, entry.result, of_numpy=of_numpy)


def makes_bytes(entry: Elementwise, kinds: Sequence[Type]) -> bool:
    """Whether NumPy's function computes with truth values as with integers of 8 bits, or not at all."""
    function = entry.callables[0] if entry.callables else None
    if entry.result not in ("number", "integer") or not isinstance(function, np.ufunc):
        return False
    if len(kinds) != function.nin or any(kind.dtype != "bool" for kind in kinds):
        return False
    found = of_ufunc(function, kinds)
    return found is None or found.dtype == "int8"


def _is_whole(kind: Type) -> bool:
    """Whether this is an integer of Python."""
    return isinstance(kind, Scalar) and kind.weak and kind.dtype == "int64"


def _is_short(kind: Type) -> bool:
    """Whether functions of numbers of this type may give a float of less than double precision."""
    return kind.dtype in ("bool", "int8", "uint8", "int16", "uint16")


def result_of(entry: Elementwise, common: Scalar) -> Scalar:
    """The type of the result of an operator that computes in this one."""
    if entry.result == "bool":
        return Scalar("bool")
    return Scalar(real_of(common.dtype), common.weak) if entry.result == "real" else common


def of_ufunc(function: np.ufunc, kinds: Sequence[Type]) -> Scalar | None:
    """What a ufunc gives by its own table of types; None if that has none for these."""
    weak = {"int64": int, "float64": float}
    given = [
        weak[kind.dtype] if isinstance(kind, Scalar) and kind.weak else np.dtype(kind.dtype) for kind in kinds
    ]
    try:
        return Scalar(function.resolve_dtypes((*given, *[None] * function.nout))[-1].name)
    except TypeError:
        return None


def _exemplar(kind: Type) -> Any:
    if isinstance(kind, Scalar) and kind.weak:
        return _WEAK[np.dtype(kind.dtype).kind]
    return np.dtype(kind.dtype)


def broadcast(dtype: str, kinds: Sequence[Array]) -> Array:
    """The type of an elementwise result of these arrays."""
    rank = max(kind.rank for kind in kinds)
    units = [True] * rank
    for kind in kinds:
        for axis, unit in enumerate(kind.units):
            units[rank - kind.rank + axis] &= unit
    return Array(dtype, rank, True, tuple(units))
