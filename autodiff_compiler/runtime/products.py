"""Products of matrices: small ones by loops, as a call of BLAS costs more than they do, others by BLAS.

Each function takes two matrices, or a matrix and a vector, of one float dtype and of any layout.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types
from numba.extending import overload

from autodiff_compiler.runtime.compiled import compiled
from autodiff_compiler.runtime.references import strided

SMALL_MATRICES = 200  # multiplications up to which loops are faster than the call, measured
SMALL_VECTOR = 128

_ONE = {np.dtype(kind): np.ones(1, kind) for kind in ("float32", "float64")}
_ONE32, _ONE64 = _ONE[np.dtype("float32")], _ONE[np.dtype("float64")]
_ZERO32, _ZERO64 = np.zeros(1, "float32"), np.zeros(1, "float64")


def product(a: np.ndarray, b: np.ndarray) -> Any:
    """A new array, `a @ b`."""
    return np.dot(a, b)


def put_product(out: np.ndarray, a: np.ndarray, b: np.ndarray) -> None:
    """`out[...] = a @ b`."""
    out[...] = np.dot(a, b)


def add_product(out: np.ndarray, a: np.ndarray, b: np.ndarray) -> None:
    """`out += a @ b`."""
    out += np.dot(a, b)


# ---------------------------------------------------------------- BLAS


def _gemm_of(dtype: Any) -> Any:
    """Numba's own entry to BLAS: C = αAB + βC of matrices in Fortran's order."""
    pointer: Any = types.CPointer(dtype)  # type: ignore[no-untyped-call]  # Numba carries no types
    return types.ExternalFunction(
        "numba_xxgemm",
        types.intc(
            types.char,
            types.char,
            types.char,
            types.intp,
            types.intp,
            types.intp,
            pointer,
            pointer,
            types.intp,
            pointer,
            types.intp,
            pointer,
            pointer,
            types.intp,
        ),
    )


def _gemv_of(dtype: Any) -> Any:
    """Numba's own entry to BLAS: y = αAx + βy of a matrix in Fortran's order."""
    pointer: Any = types.CPointer(dtype)  # type: ignore[no-untyped-call]  # Numba carries no types
    return types.ExternalFunction(
        "numba_xxgemv",
        types.intc(
            types.char,
            types.char,
            types.intp,
            types.intp,
            pointer,
            pointer,
            types.intp,
            pointer,
            pointer,
            pointer,
        ),
    )


_GEMM32, _GEMM64 = _gemm_of(types.float32), _gemm_of(types.float64)
_GEMV32, _GEMV64 = _gemv_of(types.float32), _gemv_of(types.float64)


def _gemm(beta: int, m: int, n: int, k: int, flags: Any, arrays: Any, steps: Any) -> None:
    raise NotImplementedError  # only compiled code calls it


def _gemv(beta: int, m: int, n: int, flag: int, arrays: Any, step: int) -> None:
    raise NotImplementedError  # only compiled code calls it


@overload(_gemm)
def _call_gemm(beta: Any, m: Any, n: Any, k: Any, flags: Any, arrays: Any, steps: Any) -> Any:
    double = arrays[0].dtype == types.float64
    xxgemm, kind = (_GEMM64, ord("d")) if double else (_GEMM32, ord("s"))
    one, zero = (_ONE64, _ZERO64) if double else (_ONE32, _ZERO32)

    def call(beta: Any, m: Any, n: Any, k: Any, flags: Any, arrays: Any, steps: Any) -> None:
        scale = one if beta else zero
        xxgemm(
            kind, flags[0], flags[1], m, n, k, one.ctypes, arrays[0].ctypes, steps[0],
            arrays[1].ctypes, steps[1], scale.ctypes, arrays[2].ctypes, steps[2],
        )  # fmt: skip

    return call


@overload(_gemv)
def _call_gemv(beta: Any, m: Any, n: Any, flag: Any, arrays: Any, step: Any) -> Any:
    double = arrays[0].dtype == types.float64
    xxgemv, kind = (_GEMV64, ord("d")) if double else (_GEMV32, ord("s"))
    one, zero = (_ONE64, _ZERO64) if double else (_ONE32, _ZERO32)

    def call(beta: Any, m: Any, n: Any, flag: Any, arrays: Any, step: Any) -> None:
        scale = one if beta else zero
        xxgemv(
            kind, flag, m, n, one.ctypes, arrays[0].ctypes, step, arrays[1].ctypes, scale.ctypes,
            arrays[2].ctypes,
        )  # fmt: skip

    return call


_PLAIN, _TURNED = ord("n"), ord("t")


@compiled
def _step(a: Any) -> Any:
    """The distance between the rows of a matrix, negative that between its columns; 0 if neither is whole."""
    size = a.itemsize
    rows, columns = a.shape
    down, across = a.strides
    if (across == size or columns == 1) and (down >= columns * size or rows == 1):
        return max(down // size, columns) if rows > 1 else max(columns, 1)
    if (down == size or rows == 1) and (across >= rows * size or columns == 1):
        return -(max(across // size, rows) if columns > 1 else max(rows, 1))
    return 0


@compiled
def _move(out: Any, place: Any, beta: int) -> None:
    """`out = place + beta * out`."""
    if beta:
        out += place
    else:
        out[...] = place


@compiled
def _multiply(out: Any, a: Any, b: Any, beta: int) -> None:
    """`out = a @ b + beta * out` of matrices of any layout."""
    m, k = a.shape
    n = b.shape[1]
    if m * n * k <= SMALL_MATRICES:
        for i in range(m):
            if not beta:
                for j in range(n):
                    out[i, j] = 0
            for l in range(k):  # noqa: E741
                factor = a[i, l]
                for j in range(n):
                    out[i, j] += factor * b[l, j]
        return
    step_out = _step(out)
    direct = step_out > 0
    place = out if direct else strided(np.zeros((m, n), out.dtype))
    step_out = step_out if direct else max(n, 1)
    step_a, step_b = _step(a), _step(b)
    if step_a == 0:
        a = strided(np.ascontiguousarray(a))
        step_a = _step(a)
    if step_b == 0:
        b = strided(np.ascontiguousarray(b))
        step_b = _step(b)
    flags = (_PLAIN if step_b > 0 else _TURNED, _PLAIN if step_a > 0 else _TURNED)
    _gemm(beta and direct, n, m, k, flags, (b, a, place), (abs(step_b), abs(step_a), step_out))
    if not direct:
        _move(out, place, beta)


@compiled
def _apply(out: Any, a: Any, b: Any, beta: int) -> None:
    """`out = a @ b + beta * out` of a matrix and a vector of any layout."""
    m, k = a.shape
    if m * k <= SMALL_VECTOR:
        for i in range(m):
            total = out[i] if beta else out.dtype.type(0)
            for l in range(k):  # noqa: E741
                total += a[i, l] * b[l]
            out[i] = total
        return
    direct = out.strides[0] == out.itemsize
    place = out if direct else strided(np.zeros(m, out.dtype))
    step = _step(a)
    if step == 0:
        a = strided(np.ascontiguousarray(a))
        step = _step(a)
    if b.strides[0] != b.itemsize:
        b = strided(np.ascontiguousarray(b))
    if step > 0:
        _gemv(beta and direct, k, m, _TURNED, (a, b, place), step)
    else:
        _gemv(beta and direct, m, k, _PLAIN, (a, b, place), -step)
    if not direct:
        _move(out, place, beta)


@overload(product)
def _product(a: Any, b: Any) -> Any:
    if b.ndim == 1:

        def vector(a: Any, b: Any) -> Any:
            out = np.empty(a.shape[0], a.dtype)
            _apply(strided(out), strided(a), strided(b), 0)
            return out

        return vector

    def matrix(a: Any, b: Any) -> Any:
        out = np.empty((a.shape[0], b.shape[1]), a.dtype)
        _multiply(strided(out), strided(a), strided(b), 0)
        return out

    return matrix


def _combined(beta: int) -> Any:
    def typed(out: Any, a: Any, b: Any) -> Any:
        if b.ndim == 1:

            def vector(out: Any, a: Any, b: Any) -> None:
                _apply(strided(out), strided(a), strided(b), beta)

            return vector

        def matrix(out: Any, a: Any, b: Any) -> None:
            _multiply(strided(out), strided(a), strided(b), beta)

        return matrix

    return typed


overload(put_product)(_combined(0))
overload(add_product)(_combined(1))

__all__ = ["add_product", "product", "put_product"]
