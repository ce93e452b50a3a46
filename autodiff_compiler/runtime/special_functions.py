"""Functions of `scipy.special` in compiled code: calls of the C functions behind them.

Generated code calls `special.gammaln(x)`, which is SciPy's in plain Python. Numba is told here that it is a
C function of `scipy.special.cython_special`. Machine code refers to that by a name, which gets its address
when this module is imported, so that what Numba keeps on disk is right in every process.
"""

# mypy: disable-error-code="no-untyped-call"
# (of Numba, a part is typed)

from __future__ import annotations

import ctypes
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from llvmlite import binding, ir
from numba import types
from numba.core import cgutils
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import lower_builtin, overload
from scipy import special
from scipy.special import cython_special

from autodiff_compiler.runtime.compiled import compiled

_ONE = re.compile(r"double \(((?:double, )+)int __pyx_skip_dispatch\)")  # the type of one with one result
_SEVERAL = re.compile(r"void \((double(?:, double)*)((?:, double \*)+)\)")
_OF_DEGREE = re.compile(
    r"double \(Py_ssize_t, double, int __pyx_skip_dispatch(, struct \w+ \*__pyx_optional_args)?\)"
)
_VARIANT = re.compile(r"^__pyx_fuse_[0-9_]*")  # before the name of a function that exists for several types
_DOUBLE, _FLOAT, _INT = ir.DoubleType(), ir.FloatType(), ir.IntType(32)
_POINTER = ir.IntType(8).as_pointer()

_name_of = ctypes.pythonapi.PyCapsule_GetName
_name_of.restype, _name_of.argtypes = ctypes.c_char_p, [ctypes.py_object]
_address_of = ctypes.pythonapi.PyCapsule_GetPointer
_address_of.restype, _address_of.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]


def _offer_all() -> None:
    """Let compiled code call every function of `scipy.special` that is one of real numbers in C."""
    for key, capsule in cython_special.__pyx_capi__.items():
        text = _name_of(capsule)
        one, several = _ONE.fullmatch(text.decode()), _SEVERAL.fullmatch(text.decode())
        name = _VARIANT.sub("", key)
        function = getattr(special, name, None)
        if (degree := _OF_DEGREE.fullmatch(text.decode())) and function is not None:
            symbol = f"scipy_special_{name}"
            binding.add_symbol(symbol, _address_of(capsule, text))
            _offer_degree(function, symbol, optional=degree[1] is not None)
            continue
        if not (one or several) or not isinstance(function, np.ufunc):
            continue
        symbol = f"scipy_special_{name}"
        binding.add_symbol(symbol, _address_of(capsule, text))
        _offer(function, symbol)


def _offer(function: np.ufunc, symbol: str) -> None:
    """Give a function its types, those of float32 where all arguments are, and its code."""
    arity, results = function.nin, function.nout

    class Typed(AbstractTemplate):
        key = function

        def generic(self, arguments: Any, keywords: Any) -> Any:
            if len(arguments) != arity or keywords:
                return None
            number = types.float32 if all(kind == types.float32 for kind in arguments) else types.float64
            made = number if results == 1 else types.UniTuple(number, results)
            return signature(made, *[number] * arity)

    def generate(context: Any, builder: Any, sig: Any, arguments: Any) -> Any:
        narrow = sig.args[0] == types.float32
        wide = [builder.fpext(item, _DOUBLE) for item in arguments] if narrow else list(arguments)
        found = _one(builder, symbol, wide) if results == 1 else _several(builder, symbol, wide, results)
        values = [builder.fptrunc(value, _FLOAT) for value in found] if narrow else found
        return values[0] if results == 1 else context.make_tuple(builder, sig.return_type, values)

    infer_global(function, types.Function(Typed))
    for number in (types.float64, types.float32):
        lower_builtin(function, *[number] * arity)(generate)


def _offer_degree(function: Any, symbol: str, *, optional: bool) -> None:
    """Give a function of an integer and a number its types and its code; options have their defaults."""

    class Typed(AbstractTemplate):
        key = function

        def generic(self, arguments: Any, keywords: Any) -> Any:
            if len(arguments) != 2 or keywords or not isinstance(arguments[0], types.Integer):
                return None
            number = types.float32 if arguments[1] == types.float32 else types.float64
            return signature(number, types.int64, number)

    def generate(context: Any, builder: Any, sig: Any, arguments: Any) -> Any:
        degree, x = arguments
        narrow = sig.return_type == types.float32
        given = [degree, builder.fpext(x, _DOUBLE) if narrow else x, ir.Constant(_INT, 0)]
        if optional:
            given.append(ir.Constant(_POINTER, None))
        kind = ir.FunctionType(_DOUBLE, [item.type for item in given])
        called = cgutils.get_or_insert_function(builder.module, kind, symbol)
        found = builder.call(called, given)
        return builder.fptrunc(found, _FLOAT) if narrow else found

    infer_global(function, types.Function(Typed))
    for number in (types.float64, types.float32):
        lower_builtin(function, types.int64, number)(generate)


def _one(builder: Any, symbol: str, arguments: Sequence[Any]) -> list[Any]:
    """The result of a C function, whose last argument is one of Cython's."""
    kind = ir.FunctionType(_DOUBLE, [*[_DOUBLE] * len(arguments), _INT])
    called = cgutils.get_or_insert_function(builder.module, kind, symbol)
    return [builder.call(called, [*arguments, ir.Constant(_INT, 0)])]


def _several(builder: Any, symbol: str, arguments: Sequence[Any], results: int) -> list[Any]:
    """What a C function writes through the pointers that it gets."""
    pointers = [cgutils.alloca_once(builder, _DOUBLE) for _ in range(results)]
    kind = ir.FunctionType(ir.VoidType(), [*[_DOUBLE] * len(arguments), *[_DOUBLE.as_pointer()] * results])
    called = cgutils.get_or_insert_function(builder.module, kind, symbol)
    builder.call(called, [*arguments, *pointers])
    return [builder.load(pointer) for pointer in pointers]


# ---------------------------------------------------------------- ζ(x, q), which SciPy has not in C

_TERMS = 9  # that are added one by one, before the Euler-Maclaurin series
_FACTORS = (
    12.0, -720.0, 30240.0, -1209600.0, 47900160.0, -1.8924375803183791606e9, 7.47242496e10,
    -2.950130727918164224e12, 1.1646782814350067249e14, -4.5979787224074726105e15,
    1.8152105401943546773e17, -7.1661652561756670113e18,
)  # fmt: skip  # (2k)! / B₂ₖ
_EPSILON = 1.1102230246251565e-16


@compiled
def hurwitz_zeta(x: float, q: float) -> Any:
    """The sum of (k + q)⁻ˣ over k ≥ 0, by the Euler-Maclaurin formula, as in Cephes (S. L. Moshier, 1989)."""
    if x == 1.0:
        return np.inf
    if not x >= 1.0 or np.isnan(q):
        return np.nan
    if q <= 0.0:
        if q == np.floor(q):
            return np.inf
        if x != np.floor(x):
            return np.nan
    if q > 1e8:
        return (1.0 / (x - 1.0) + 1.0 / (2.0 * q)) * q ** (1.0 - x)
    total = q**-x
    a, term, k = q, 0.0, 0
    while k < _TERMS or a <= 9.0:
        k += 1
        a += 1.0
        term = a**-x
        total += term
        if abs(term / total) < _EPSILON:
            return total
    total += term * a / (x - 1.0) - 0.5 * term
    factor, k = 1.0, 0
    for divisor in _FACTORS:
        factor *= x + k
        term /= a
        step = factor * term / divisor
        total += step
        if abs(step / total) < _EPSILON:
            break
        k += 1
        factor *= x + k
        term /= a
        k += 1
    return total


@overload(special.zeta)
def _zeta(x: Any, q: Any) -> Any:
    def wide(x: Any, q: Any) -> Any:
        return hurwitz_zeta(x, q)

    def narrow(x: Any, q: Any) -> Any:
        return np.float32(hurwitz_zeta(np.float64(x), np.float64(q)))

    return narrow if x == types.float32 and q == types.float32 else wide


_offer_all()

__all__ = ["special"]
