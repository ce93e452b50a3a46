"""Dtypes and shapes that composed functions compute while compiling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff_compiler.composed.declare import known_while_compiling


@known_while_compiling
def common_dtype(dtypes: Sequence[Any], wanted: Any = None) -> np.dtype[Any]:
    """The dtype that arrays of these are joined in, unless another one is wanted."""
    return np.dtype(wanted) if wanted is not None else np.result_type(*dtypes)


@known_while_compiling
def check_casting(given: Any, wanted: Any, casting: str = "same_kind") -> None:
    """Refuse what NumPy does not put into an array of another dtype."""
    if not np.can_cast(given, wanted, casting):  # type: ignore[arg-type]  # any text
        raise TypeError(f"cannot cast array data from {given} to {wanted} according to the rule '{casting}'")


@known_while_compiling
def is_of_floats(dtype: Any) -> bool:
    """Whether a dtype is one of floats."""
    return bool(np.dtype(dtype).kind == "f")


@known_while_compiling
def is_of_integers(dtype: Any) -> bool:
    """Whether a dtype is one of integers."""
    return np.dtype(dtype).kind in "iu"


@known_while_compiling
def is_of_complex(dtype: Any) -> bool:
    """Whether a dtype is one of complex numbers."""
    return bool(np.dtype(dtype).kind == "c")


@known_while_compiling
def is_of_truths(dtype: Any) -> bool:
    """Whether a dtype is that of truth values."""
    return bool(np.dtype(dtype).kind == "b")


@known_while_compiling
def precision_of(ufunc: Any, *kinds: Any) -> np.dtype[Any]:
    """The dtype of floats that a ufunc computes in, of operands of these dtypes, or of Python's int or float.

    TypeError for half precision: floats of truth values and integers of 8 bits.
    """
    given = [kind if kind in (int, float) else np.dtype(kind) for kind in kinds]
    made = ufunc.resolve_dtypes((*given, *[int] * (ufunc.nin - len(given)), *[None] * ufunc.nout))
    if np.float16 in made:
        raise TypeError(
            f"np.{ufunc.__name__} of truth values or 8-bit integers gives NumPy's half precision (float16)"
        )
    first: np.dtype[Any] = made[0]
    return first


@known_while_compiling
def check_device(device: str | None) -> None:
    """Refuse other devices than NumPy's."""
    if device not in (None, "cpu"):
        raise ValueError(f'Device not understood. Only "cpu" is allowed, but received: {device}')
