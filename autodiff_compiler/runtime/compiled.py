"""Compilation of the runtime's own functions, callable from compiled and from plain generated code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function compiled on first use; `.py_func` is the plain one."""
    return numba.njit(cache=True, error_model="numpy", nogil=True)(function)
