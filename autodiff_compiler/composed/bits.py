"""The bits of integers."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff_compiler.composed.declare import known_while_compiling, stands_for


@stands_for(*([np.bitwise_count] if hasattr(np, "bitwise_count") else []))
def bitwise_count(x: Any) -> Any:
    """`np.bitwise_count(x)`: how many bits of the size of an integer are set; no derivative."""
    check_whole(np.asarray(x).dtype)
    bits: Any = np.asarray(np.abs(np.asarray(x, np.int64)), np.uint64)
    bits = bits - ((bits >> 1) & 0x5555555555555555)
    bits = (bits & 0x3333333333333333) + ((bits >> 2) & 0x3333333333333333)
    bits = (bits + (bits >> 4)) & 0x0F0F0F0F0F0F0F0F
    bits = bits + (bits >> 8)
    bits = bits + (bits >> 16)
    return np.asarray((bits + (bits >> 32)) & 0x7F, np.uint8)


@known_while_compiling
def check_whole(dtype: Any) -> None:
    """Refuse floats, and integers that have no sign and as many bits as any."""
    if np.dtype(dtype).kind not in "iub" or np.dtype(dtype).name == "uint64":
        raise TypeError(f"ufunc 'bitwise_count' of {np.dtype(dtype)} is not supported")
