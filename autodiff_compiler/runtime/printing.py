"""Printing out of compiled code: a call of Python, with the interpreter's lock held."""

from __future__ import annotations

import builtins
import functools
import sys
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, overload


@functools.cache
def _function(text: str) -> Callable[..., object]:
    names = {
        **vars(builtins), "np": np, "sys": sys, "warn": warnings.warn, "warning_class": _warning_class,
    }  # fmt: skip
    found: Callable[..., object] = eval(text, names)  # the text is part of generated code, which runs too
    return found


def _warning_class(module: str, name: str) -> type[Warning]:
    """A class of warnings by its place; UserWarning where nothing is found there."""
    found: Any = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    return found if isinstance(found, type) and issubclass(found, Warning) else UserWarning


def show(text: str, *values: Any) -> None:
    """Call the function that a text says, a lambda that prints, with Python's numbers and with arrays."""
    given = (value.item() if isinstance(value, np.generic) else value for value in values)
    _function(text)(*given)


@intrinsic(prefer_literal=True)
def _call_show(typing_context: Any, text: Any, values: Any) -> Any:
    """The call of `show` in compiled code."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Sequence[Any]) -> Any:
        python = context.get_python_api(builder)
        lock = python.gil_ensure()
        environment = context.get_env_manager(builder)
        load = getattr(python, "import_module", None) or python.import_module_noblock
        module = load(context.insert_const_string(builder.module, __name__))
        function = python.object_getattr_string(module, "show")
        given = [python.string_from_string(context.insert_const_string(builder.module, text.literal_value))]
        shown = cgutils.unpack_tuple(builder, arguments[1])  # type: ignore[no-untyped-call]
        for kind, value in zip(values, shown, strict=True):
            context.nrt.incref(builder, kind, value)
            given.append(python.from_native_value(kind, value, environment))
        result = python.call_function_objargs(function, given)
        failed = cgutils.is_null(builder, result)  # type: ignore[no-untyped-call]
        with builder.if_then(failed):
            python.err_clear()  # printing changes nothing: nor does it fail
        with builder.if_then(builder.not_(failed)):
            python.decref(result)
        for item in (*given, function, module):
            python.decref(item)
        python.gil_release(lock)
        return context.get_dummy_value()

    return types.void(text, values), generate


@overload(show, prefer_literal=True)
def _show_compiled(text: Any, *values: Any) -> Callable[..., None]:
    def call(text: Any, *values: Any) -> None:
        _call_show(text, values)  # type: ignore[call-arg]

    return call


__all__ = ["show"]
