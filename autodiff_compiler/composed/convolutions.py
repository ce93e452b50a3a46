"""Convolutions of vectors."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff_compiler.composed.declare import known_while_compiling, stands_for
from autodiff_compiler.composed.dtypes import common_dtype
from autodiff_compiler.composed.products import require_rank


@known_while_compiling
def mode_of(mode: Any) -> int:
    """The mode by number: 0 valid, 1 same, 2 full."""
    modes = ("valid", "same", "full")
    if mode in (0, 1, 2) and not isinstance(mode, bool):
        return int(mode)
    if mode not in modes:
        raise ValueError(f"the mode of a convolution is one of {', '.join(modes)}, not {mode!r}")
    return modes.index(mode)


def window(a: Any, v: Any, first: Any, length: Any) -> Any:
    """`length` elements of the full convolution of two vectors, from `first` on."""
    out = np.zeros(length, common_dtype((a.dtype, v.dtype)))
    for k in range(len(v)):
        start = max(k - first, 0)
        stop = min(len(a) + k - first, length)
        if start < stop:
            out[start:stop] += v[k] * a[start + first - k : stop + first - k]
    return out


def require_some(a: Any, v: Any) -> None:
    """ValueError where there is nothing to convolve."""
    if len(a) == 0:
        raise ValueError("a cannot be empty")
    if len(v) == 0:
        raise ValueError("v cannot be empty")


@stands_for(np.convolve)
def convolve(a: Any, v: Any, mode: Any = "full") -> Any:
    """`np.convolve(a, v, mode="full")`: yₙ = Σ aₖ vₙ₋ₖ; also "same" and "valid"."""
    a = np.atleast_1d(a)
    v = np.atleast_1d(v)
    require_rank(a.ndim, 1, "np.convolve")
    require_rank(v.ndim, 1, "np.convolve")
    require_some(a, v)
    number = mode_of(mode)
    short = min(len(a), len(v))
    long = max(len(a), len(v))
    if number == 2:
        return window(a, v, 0, long + short - 1)
    if number == 1:
        return window(a, v, (short - 1) // 2, long)
    return window(a, v, short - 1, long - short + 1)


@stands_for(np.correlate)
def correlate(a: Any, v: Any, mode: Any = "valid") -> Any:
    """`np.correlate(a, v, mode="valid")`: yₙ = Σ aₖ₊ₙ v̄ₖ; also "same" and "full"."""
    a = np.asarray(a)
    v = np.asarray(v)
    require_rank(a.ndim, 1, "np.correlate")
    require_rank(v.ndim, 1, "np.correlate")
    require_some(a, v)
    number = mode_of(mode)
    turned = np.conj(v)[::-1]
    short = min(len(a), len(v))
    long = max(len(a), len(v))
    if number == 2:
        return window(a, turned, 0, long + short - 1)
    if number == 1:
        middle = short // 2 if len(a) < len(v) else (short - 1) // 2
        return window(a, turned, middle, long)
    return window(a, turned, short - 1, long - short + 1)


@stands_for(np.polymul)
def polymul(a1: Any, a2: Any) -> Any:
    """`np.polymul(a1, a2)`: the coefficients of a product, highest power first."""
    return np.convolve(coefficients(a1), coefficients(a2))


def coefficients(a: Any) -> Any:
    """The coefficients from the first that is not zero on, one zero if there is none."""
    a = np.trim_zeros(np.atleast_1d(a), "f")
    return a if len(a) > 0 else np.zeros(1, a.dtype)
