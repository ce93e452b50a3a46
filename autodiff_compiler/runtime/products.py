"""Products of matrices, and of a matrix and a vector, of one float dtype and of any layout.

They are computed here, by blocks that stay in the caches; BLAS gets vectors, and what is worth its threads.
"""

# mypy: disable-error-code="no-untyped-call"
# (of Numba, a part is typed)

from __future__ import annotations

import ctypes
import functools
import hashlib
from pathlib import Path
from typing import Any

import numba
import numpy as np
from llvmlite import binding, ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, overload
from scipy.linalg import cython_blas

from autodiff_compiler.runtime import tiles
from autodiff_compiler.runtime.tiles import ROWS, VECTOR, VECTORS, keep, load, place_of, size_of, store

OPTIONS: Any = {"error_model": "numpy", "nogil": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
_VERSION = hashlib.sha256(
    b"".join(Path(__file__).with_name(name).read_bytes() for name in ("products.py", "tiles.py"))
).hexdigest()[
    :8
]  # in the name of what is kept on disk, as Numba's cache does not look at what a function calls
_INT = ir.IntType(64)

SMALL_MATRICES = 200  # multiplications up to which loops are faster than blocks, measured
LARGE = 4_000_000  # multiplications from which on the threads of BLAS are worth while
DEPTH = 256  # steps of the sum in one block
BLOCK = 262_144  # bytes of a block of the right matrix: it stays in the second cache


def product(a: np.ndarray, b: np.ndarray) -> Any:
    """A new array, `a @ b`."""
    return np.dot(a, b)


def put_product(out: np.ndarray, a: np.ndarray, b: np.ndarray) -> None:
    """`out[...] = a @ b`."""
    out[...] = np.dot(a, b)


def add_product(out: np.ndarray, a: np.ndarray, b: np.ndarray) -> None:
    """`out += a @ b`."""
    out += np.dot(a, b)


def part(function: Any) -> Any:
    """A part of what is compiled as one."""
    return numba.njit(**OPTIONS)(function)


# ---------------------------------------------------------------- BLAS


def _blas(name: str, count: int, words: int) -> Any:
    """Numba's own entry to BLAS, which takes what precision, flags, extents and addresses there are."""
    signature = types.intc(*[types.char] * count, *[types.intp] * words)
    return types.ExternalFunction(name, signature)


_gemm = _blas("numba_xxgemm", 3, 11)  # C = αAB + βC, in Fortran's order
_gemv = _blas("numba_xxgemv", 2, 8)  # y = αAx + βy, in Fortran's order
_threads: Any = types.ExternalFunction("autodiff_blas_threads", types.intc())
_PLAIN, _TURNED, _SINGLE, _DOUBLE = ord("n"), ord("t"), ord("s"), ord("d")
_COUNTERS = ("scipy_openblas_get_num_threads", "openblas_get_num_threads", "MKL_Get_Max_Threads")


# An unknown BLAS counts as one that has threads.
_unknown = ctypes.CFUNCTYPE(ctypes.c_int)(lambda: 2)


def _find_threads() -> None:
    """Let compiled code ask how many threads the BLAS behind SciPy uses."""
    library = ctypes.CDLL(cython_blas.__file__)
    found = next((getattr(library, name) for name in _COUNTERS if hasattr(library, name)), _unknown)
    binding.add_symbol("autodiff_blas_threads", ctypes.cast(found, ctypes.c_void_p).value)


_find_threads()


@part
def _leading(place: Any, rows: int, columns: int, size: int) -> int:
    """How many elements the rows of a matrix are apart, negative if columns are; 0 if BLAS cannot take it."""
    down, across = place[1], place[2]
    if across == size and down >= columns * size and down % size == 0:
        return down // size  # type: ignore[no-any-return]  # the steps are integers
    if down == size and across >= rows * size and across % size == 0:
        return -(across // size)  # type: ignore[no-any-return]  # as above
    return 0


@part
def _scales(zero: Any, add: bool) -> Any:
    """The numbers α and β."""
    numbers = np.empty(2)
    store(tiles.like(zero, 1), place_of(numbers)[0])
    store(tiles.like(zero, int(add)), place_of(numbers)[0] + size_of(zero))
    return numbers


@part
def _by_threads(zero: Any, out: Any, a: Any, b: Any, extents: Any, add: bool) -> bool:
    """Let BLAS multiply, if it has threads and can take the matrices."""
    m, k, n = extents
    size = size_of(zero)
    step_out, step_a, step_b = _leading(out, m, n, size), _leading(a, m, k, size), _leading(b, k, n, size)
    if _threads() < 2 or step_out <= 0 or step_a == 0 or step_b == 0:
        return False
    scales = _scales(zero, add)
    one = place_of(scales)[0]
    letter = _DOUBLE if size == 8 else _SINGLE
    _gemm(
        letter, _PLAIN if step_b > 0 else _TURNED, _PLAIN if step_a > 0 else _TURNED, n, m, k,
        one, b[0], abs(step_b), a[0], abs(step_a), one + size, out[0], step_out,
    )  # fmt: skip
    keep(scales)
    return True


# ---------------------------------------------------------------- a matrix and a vector


@part
def _by_loops(zero: Any, out: Any, a: Any, b: Any, extents: Any, add: bool) -> None:
    """`out = a @ b`, or added to `out`: matrices that are addresses and steps."""
    m, k, n = extents
    for i in range(m):
        for j in range(n):
            place = out[0] + i * out[1] + j * out[2]
            total = load(zero, place) if add else zero
            for l in range(k):  # noqa: E741
                left = load(zero, a[0] + i * a[1] + l * a[2])
                total += left * load(zero, b[0] + l * b[1] + j * b[2])
            store(total, place)


@part
def _gathered(zero: Any, start: int, step: int, count: int) -> Any:
    """The elements of a vector one after another, in memory of its own."""
    size = size_of(zero)
    made = np.empty((count * size + 7) // 8)
    for i in range(count):
        store(load(zero, start + i * step), place_of(made)[0] + i * size)
    return made


@part
def _apply(zero: Any, out: Any, a: Any, b: Any, m: int, k: int, add: bool) -> bool:
    """`out = a @ b`, or added to `out`, of a matrix and a column, by BLAS if it can take the matrix."""
    size = size_of(zero)
    leading = _leading(a, m, k, size)
    if leading == 0:
        return False
    vector = np.empty(0) if b[1] == size else _gathered(zero, b[0], b[1], k)
    result = np.empty(0) if out[1] == size else _gathered(zero, out[0], out[1], m)
    source = b[0] if b[1] == size else place_of(vector)[0]
    target = out[0] if out[1] == size else place_of(result)[0]
    scales = _scales(zero, add)
    one = place_of(scales)[0]
    rows, columns, turned = (k, m, _TURNED) if leading > 0 else (m, k, _PLAIN)
    letter = _DOUBLE if size == 8 else _SINGLE
    _gemv(letter, turned, rows, columns, one, a[0], abs(leading), source, one + size, target)
    if out[1] != size:
        for i in range(m):
            store(load(zero, target + i * size), out[0] + i * out[1])
    keep(scales)
    keep(vector)
    keep(result)
    return True


# ---------------------------------------------------------------- matrices


@part
def _pack(zero: Any, target: int, b: Any, rows: int, columns: int) -> None:
    """Copy a part of the right matrix, in panels as wide as tiles, row after row, whole vectors each."""
    size = size_of(zero)
    lanes = VECTOR // size
    start, down, across = b
    for first in range(0, columns, VECTORS * lanes):
        width = min(VECTORS * lanes, columns - first)
        step = (width + lanes - 1) // lanes * lanes * size
        panel, source = target + first * rows * size, start + first * across
        if across == size:
            for i in range(rows):
                for j in range(width):
                    store(load(zero, source + i * down + j * size), panel + i * step + j * size)
        else:
            for j in range(width):
                for i in range(rows):
                    store(load(zero, source + i * down + j * across), panel + i * step + j * size)
        for i in range(rows):
            for j in range(width, step // size):
                store(zero, panel + i * step + j * size)


@part
def _turned(place: Any) -> Any:
    return (place[0], place[2], place[1])


@part
def _move(zero: Any, out: Any, a: Any, m: int, n: int, add: bool) -> None:
    """`out = a`, or added to `out`."""
    for i in range(m):
        for j in range(n):
            place, value = out[0] + i * out[1] + j * out[2], load(zero, a[0] + i * a[1] + j * a[2])
            store(load(zero, place) + value if add else value, place)


def _multiply(zero: Any, out: Any, a: Any, b: Any, extents: Any, add: bool) -> None:
    """`out = a @ b`, or added to `out`: matrices that are addresses and steps."""
    m, k, n = extents
    size = size_of(zero)
    if m * k * n <= SMALL_MATRICES:
        _by_loops(zero, out, a, b, extents, add)
        return
    if m == 1 or (out[2] != size and out[1] == size):
        m, n, out, a, b = n, m, _turned(out), _turned(b), _turned(a)
    if n == 1 and _apply(zero, out, a, b, m, k, add):
        return
    if m * k * n >= LARGE and _by_threads(zero, out, a, b, (m, k, n), add):
        return
    direct = out[2] == size
    made = np.empty(1 if direct else m * n)
    whole = out if direct else (place_of(made)[0], n * size, size)
    lanes = VECTOR // size
    panel = VECTORS * VECTOR
    depth = min(k, DEPTH)
    span = max(BLOCK // (depth * panel), 1) * panel // size
    packed = np.empty((min(n, span) * size // panel + 1) * panel * depth // 8)
    memory = place_of(packed)[0]
    for first in range(0, n, span):
        columns = min(span, n - first)
        for done in range(0, k, depth):
            steps = min(depth, k - done)
            _pack(zero, memory, (b[0] + done * b[1] + first * b[2], b[1], b[2]), steps, columns)
            more = (add and direct) or done > 0
            i, height = 0, ROWS
            while i < m:
                while height > m - i:
                    height //= 2
                left = (a[0] + i * a[1] + done * a[2], a[1], a[2])
                for j in range(0, columns, VECTORS * lanes):
                    width = min(VECTORS * lanes, columns - j)
                    vectors = (width + lanes - 1) // lanes
                    right = (memory + j * steps * size, vectors * VECTOR)
                    target = (whole[0] + i * whole[1] + (first + j) * size, whole[1])
                    last = width - (vectors - 1) * lanes
                    tiles.tile(zero, height, vectors, left, right, target, steps, last, more)
                i += height
    if not direct:
        _move(zero, out, whole, m, n, add)
    keep(packed)
    keep(made)


# Not in the closure of `_entry`: Numba's cache would take it for another one in each process.
_in_line: Any = numba.njit(inline="always", **OPTIONS)(_multiply)


# ---------------------------------------------------------------- what generated code calls


@functools.cache
def _entry(double: bool) -> int:
    """The address of the function for this precision, which is compiled once and kept on disk.

    Generated code calls it by its address: what Numba links is optimised again in each caller.
    """
    zero = np.float64(0) if double else np.float32(0)

    def entry(o, o1, o2, a, a1, a2, b, b1, b2, m, k, n, add):  # type: ignore[no-untyped-def]  # 13 integers
        _in_line(zero, (o, o1, o2), (a, a1, a2), (b, b1, b2), (m, k, n), add != 0)

    entry.__qualname__ = f"products_{'double' if double else 'single'}_{_VERSION}"
    made: Any = numba.cfunc(types.void(*[types.int64] * 13), cache=True, error_model="numpy")(entry)
    return int(made.address)


_find_entry = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64)(lambda double: _entry(bool(double)))
binding.add_symbol("autodiff_products", ctypes.cast(_find_entry, ctypes.c_void_p).value)


def _call_code(typing: Any, zero: Any, out: Any, a: Any, b: Any, extents: Any, add: Any) -> Any:
    matrix = types.UniTuple(types.int64, 3)
    _entry(zero == types.float64)  # here what goes wrong is raised

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        words = [item for value in arguments[1:5] for item in cgutils.unpack_tuple(builder, value)]
        words.append(builder.zext(arguments[5], _INT))
        double = _INT(int(zero == types.float64))
        known = _known(builder.module, double.constant)
        _look_up(builder, known, double)
        kind = ir.FunctionType(ir.VoidType(), [_INT] * len(words))
        builder.call(builder.inttoptr(builder.load(known), kind.as_pointer()), words)
        return context.get_dummy_value()

    return types.void(zero, matrix, matrix, matrix, matrix, types.boolean), generate


def _look_up(builder: Any, known: Any, double: Any) -> None:
    """Ask for the address where it is not known; again, where an interrupt has come between."""
    ask, go_on = builder.append_basic_block("products.ask"), builder.append_basic_block("products.known")
    builder.cbranch(builder.icmp_signed("==", builder.load(known), _INT(0)), ask, go_on)
    builder.position_at_end(ask)
    find = cgutils.get_or_insert_function(builder.module, ir.FunctionType(_INT, [_INT]), "autodiff_products")
    found = builder.call(find, [double])
    builder.store(found, known)
    builder.cbranch(builder.icmp_signed("==", found, _INT(0)), ask, go_on)
    builder.position_at_end(go_on)


def _known(module: Any, double: int) -> Any:
    """Where a module keeps the address of the function."""
    name = f"autodiff_products_{double}"
    if name in module.globals:
        return module.globals[name]
    made = ir.GlobalVariable(module, _INT, name)
    made.linkage, made.initializer = "internal", _INT(0)
    return made


_call: Any = intrinsic(_call_code)  # calls `_multiply`


@overload(product)
def _product(a: Any, b: Any) -> Any:
    def vector(a: Any, b: Any) -> Any:
        out = np.empty(a.shape[0], a.dtype)
        put_product(out, a, b)
        return out

    def matrix(a: Any, b: Any) -> Any:
        out = np.empty((a.shape[0], b.shape[1]), a.dtype)
        put_product(out, a, b)
        return out

    return vector if b.ndim == 1 else matrix


def _combined(add: bool) -> Any:
    def typed(out: Any, a: Any, b: Any) -> Any:
        def vector(out: Any, a: Any, b: Any) -> None:
            (to, step), (at, along) = place_of(out), place_of(b)
            extents = (a.shape[0], a.shape[1], 1)
            _call(a.dtype.type(0), (to, step, a.itemsize), place_of(a), (at, along, a.itemsize), extents, add)

        def matrix(out: Any, a: Any, b: Any) -> None:
            extents = (a.shape[0], a.shape[1], b.shape[1])
            _call(a.dtype.type(0), place_of(out), place_of(a), place_of(b), extents, add)

        return vector if b.ndim == 1 else matrix

    return typed


overload(put_product)(_combined(add=False))
overload(add_product)(_combined(add=True))

__all__ = ["add_product", "product", "put_product"]
