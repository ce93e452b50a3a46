"""Compilation of the runtime's own functions, callable from compiled and from plain generated code."""

from __future__ import annotations

import builtins
import functools
from collections.abc import Callable
from types import FunctionType
from typing import Any

import numba
from numba.core.dispatcher import Dispatcher


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function compiled on first use; `plain` gives the plain one."""
    return numba.njit(cache=True, error_model="numpy", nogil=True)(function)


def plain(value: Any) -> Any:
    """The Python function behind a compiled one, which calls only such; anything else is given back.

    Functions of `elementary/` have one of NumPy's in their place.
    """
    if not isinstance(value, Dispatcher):
        return value
    return getattr(value, "plain", None) or _plain(value)


@functools.cache
def _plain(dispatcher: Any) -> FunctionType:
    function = dispatcher.py_func
    names = {**vars(builtins), **function.__globals__}
    used = {
        name: names[name] for name in function.__code__.co_names
        if isinstance(names.get(name), Dispatcher) and names[name] is not dispatcher
    }  # fmt: skip
    if not used:
        return function  # type: ignore[no-any-return]
    inner = {name: plain(value) for name, value in used.items()}
    made = FunctionType(
        function.__code__, {**function.__globals__, **inner}, function.__name__, function.__defaults__,
        function.__closure__,
    )  # fmt: skip
    return functools.update_wrapper(made, function)  # type: ignore[return-value]
