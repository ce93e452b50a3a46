"""`np.clip`."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff_compiler.composed.declare import known_while_compiling, stands_for
from autodiff_compiler.composed.dtypes import check_casting, is_of_integers
from autodiff_compiler.composed.ufuncs import written
from autodiff_compiler.operators.comparisons import clipped


@known_while_compiling
def limit_of(dtype: Any, upper: bool) -> int:
    """The largest or the smallest integer of a dtype."""
    limits = np.iinfo(dtype)
    return int(limits.max if upper else limits.min)


def larger(a: Any, b: Any) -> Any:
    """The larger one of two integers of Python."""
    return max(a, b)


@stands_for(np.clip, methods=("clip",))
def clip_(
    a: Any, a_min: Any = None, a_max: Any = None, out: Any = None, *, min: Any = None, max: Any = None,
    where: Any = True, casting: Any = "same_kind", order: Any = "K", dtype: Any = None, subok: Any = True,
) -> Any:  # fmt: skip
    """`np.clip(a, a_min=None, a_max=None, out=None, where=True, dtype=None)`, also as `min`, `max`:
    y = min(max(a, low), high); the partial is 1 for the operand taken (at a tie a), else 0.
    """
    low, high = a_min, a_max
    if min is not None:
        low = min
    if max is not None:
        high = max
    if dtype is not None:
        a = converted(a, dtype, casting)
        low = low if low is None else converted(low, dtype, casting)
        high = high if high is None else converted(high, dtype, casting)
    a = np.asarray(a)
    if is_of_integers(a.dtype):  # Python's integers beyond those of the dtype bound nothing
        if type(low) is int:
            low = larger(low, limit_of(a.dtype, False))
        if type(high) is int:
            high = -larger(-high, -limit_of(a.dtype, True))
    if low is not None and high is not None:
        result = clipped(a, low, high)
    elif low is not None:
        result = np.maximum(a, low)
    elif high is not None:
        result = np.minimum(a, high)
    else:
        result = np.positive(a)
    if out is not None:
        return written(out, result, casting, where)
    check_everywhere(where is True)
    return result


def converted(x: Any, dtype: Any, casting: Any) -> Any:
    """An operand in the dtype that is asked for."""
    check_casting(np.asarray(x).dtype, dtype, casting)
    return np.asarray(x, dtype)


@known_while_compiling
def check_everywhere(everywhere: bool) -> None:
    """Refuse a mask without an array for what it leaves out."""
    if not everywhere:
        raise TypeError("`where` without `out` leaves elements uninitialised")
