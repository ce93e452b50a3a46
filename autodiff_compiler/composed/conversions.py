"""Arrays in another dtype or order, or as other objects of the same memory."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff_compiler.composed.declare import known_while_compiling, stands_for
from autodiff_compiler.composed.dtypes import check_device, is_of_complex
from autodiff_compiler.composed.elementwise import only


@stands_for(np.real_if_close)
def real_if_close(a: Any, tol: Any = 100) -> Any:
    """`np.real_if_close(a)`: real numbers as they are; the type of others would depend on values."""
    a = np.asarray(a)
    only(is_of_complex(a.dtype), False, "real_if_close of complex numbers")
    return a


@stands_for(*([np.astype] if hasattr(np, "astype") else []))
def astype(x: Any, dtype: Any, /, *, copy: Any = True, device: Any = None) -> Any:
    """`np.astype(x, dtype, copy=True)`: in another dtype; between floats the derivative goes through."""
    check_device(device)
    return x.astype(dtype, copy=copy)


@stands_for(np.asarray_chkfinite)
def asarray_chkfinite(a: Any, dtype: Any = None, order: Any = None) -> Any:
    """`np.asarray_chkfinite(a, dtype=None, order=None)`: the array; ValueError for infinities and NaN."""
    a = np.asarray(a, dtype, order)
    if not np.all(np.isfinite(a)):
        raise ValueError("array must not contain infs or NaNs")
    return a


@known_while_compiling
def check_same_dtype(given: Any, wanted: Any, type: Any) -> None:
    """Refuse views of the bytes of an array, and as another class."""
    if wanted is not None and np.dtype(wanted) != given:
        raise TypeError(f"a view of {given} as {np.dtype(wanted)} reads bytes as other numbers: use astype")
    if type is not None:
        raise TypeError("a view as an array of another class is not supported")


@stands_for(methods=("view",))
def view(self: Any, dtype: Any = None, type: Any = None) -> Any:
    """`a.view()`: the same memory."""
    check_same_dtype(self.dtype, dtype, type)
    return self[...]
