"""How kernels are compiled: each once, for the precision of its arguments, and in line where it is called."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import numpy as np
from numba.core import types
from numba.extending import overload

Function = Callable[..., Any]

# In line always: LLVM would leave the longer kernels as calls, and not vectorise a loop that calls.
_OPTIONS: Any = {"error_model": "numpy", "nogil": True, "forceinline": True}

_VERSION = hashlib.sha256(b"".join(file.read_bytes() for file in sorted(Path(__file__).parent.glob("*.py"))))


def inlined(function: Function) -> Function:
    """A part of kernels."""
    compiled: Function = numba.njit(**_OPTIONS)(function)
    return compiled


def elementary(plain: Function) -> Callable[[Function], Function]:
    """A function that generated code calls: kept on disk, and the plain one in code that is not compiled.

    The hash of all kernels is in its name, as Numba's cache does not look at what a function calls.
    """

    def declare(function: Function) -> Function:
        function.__qualname__ = f"{function.__name__}_{_VERSION.hexdigest()[:8]}"
        compiled: Any = numba.njit(cache=True, **_OPTIONS)(function)
        compiled.plain = plain
        return compiled  # type: ignore[no-any-return]

    return declare


def by_precision(double: Function, single: Function) -> Function:
    """One name for two kernels: that of float32 where all arguments are of it, else that of float64."""
    kernels = {True: inlined(single), False: inlined(double)}

    def chosen(*arguments: Any) -> Any:
        raise NotImplementedError("kernels run compiled only")

    @overload(chosen, jit_options=_OPTIONS)
    def choose_kernel(*arguments):  # type: ignore[no-untyped-def]  # the signature must be that of the lambda
        kernel = kernels[all(kind == types.float32 for kind in arguments)]
        return lambda *arguments: kernel(*arguments)

    return chosen


def of_pairs(function: Function) -> Function:
    """A kernel of two numbers for both precisions; numbers of different ones are float64."""
    part = inlined(function)

    def double(a: Any, b: Any) -> Any:
        return part(np.float64(a), np.float64(b))

    return by_precision(double, function)
