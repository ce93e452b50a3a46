"""Products of matrices of all layouts and sizes against NumPy's."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numba
import numpy as np
import pytest
from numba import types

from autodiff_compiler.runtime import products
from autodiff_compiler.runtime.products import add_product, put_product
from autodiff_compiler.runtime.references import turned

SIZES = (
    (3, 4, 5), (0, 3, 4), (3, 0, 4), (30, 0, 40), (3, 4, 0), (13, 300, 29), (64, 64, 64), (1, 30, 100),
    (40, 30, 1), (7, 2, 700), (9, 600, 61), (33, 5, 24), (1, 500, 1),
)  # fmt: skip


def _compiled(function: Any, kinds: tuple[int, ...]) -> Any:
    """The function for arrays of these ranks in any layout, and of both precisions."""
    made = numba.njit(error_model="numpy")(function)
    for number in (types.float64, types.float32):
        made.compile(tuple(types.Array(number, kind, "A") for kind in kinds))
    made.disable_compile()
    return made


@pytest.fixture(scope="module")
def put() -> Any:
    return _compiled(lambda out, a, b: put_product(out, a, b), (2, 2, 2))


@pytest.fixture(scope="module")
def add() -> Any:
    return _compiled(lambda out, a, b: add_product(out, a, b), (2, 2, 2))


@pytest.fixture(scope="module")
def apply() -> Any:
    return _compiled(lambda out, a, b: add_product(out, a, b), (1, 2, 1))


def _laid_out(rng: np.random.Generator, shape: tuple[int, ...], dtype: str) -> np.ndarray:
    """Normal numbers in one of four layouts."""
    numbers = rng.normal(size=shape).astype(dtype)
    match rng.integers(4):
        case 0:
            return numbers
        case 1:
            return np.asfortranarray(numbers)
        case 2:
            apart = np.zeros(tuple(2 * size for size in shape), dtype)
            view = apart[tuple(slice(None, None, 2) for _ in shape)]
            view[...] = numbers
            return view
        case _:
            return np.ascontiguousarray(numbers[::-1])[::-1]


def _check(found: np.ndarray, expected: np.ndarray, depth: int) -> None:
    tolerance = (
        (4 + depth**0.5) * np.finfo(found.dtype).eps * max(1.0, float(np.abs(expected).max(initial=0)))
    )
    np.testing.assert_allclose(found, expected, rtol=0, atol=8 * tolerance)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_products_are_those_of_numpy(dtype: str, put: Any, add: Any, apply: Any) -> None:
    rng = np.random.default_rng(3)
    for rows, depth, columns in SIZES * 12:
        a, b = _laid_out(rng, (rows, depth), dtype), _laid_out(rng, (depth, columns), dtype)
        exact = a.astype(float) @ b.astype(float)
        out = _laid_out(rng, (rows, columns), dtype)
        expected = out + exact
        add(out, a, b)
        _check(out, expected, depth)
        out[...] = np.nan
        put(out, a, b)
        _check(out, exact, depth)
        vector, out = _laid_out(rng, (depth,), dtype), _laid_out(rng, (rows,), dtype)
        expected = out + a.astype(float) @ vector.astype(float)
        apply(out, a, vector)
        _check(out, expected, depth)


def test_nothing_outside_the_result_is_written(put: Any) -> None:
    rng = np.random.default_rng(4)
    around = np.full((20, 90), 7.0)
    a, b = rng.normal(size=(11, 40)), rng.normal(size=(40, 61))
    put(around[4:15, 10:71], a, b)
    np.testing.assert_allclose(around[4:15, 10:71], a @ b)
    around[4:15, 10:71] = 7.0
    assert np.all(around == 7.0)


def test_blas_gets_large_products(put: Any) -> None:
    rng = np.random.default_rng(5)
    size = round(products.LARGE ** (1 / 3)) + 1
    a, b, out = (rng.normal(size=(size, size)) for _ in range(3))
    put(out, a.T, b)
    np.testing.assert_allclose(out, a.T @ b, atol=1e-11)


def test_infinities_and_nan_spread_as_in_numpy(put: Any) -> None:
    a, b, out = np.ones((20, 30)), np.ones((30, 40)), np.empty((20, 40))
    a[3, 4], b[5, 6] = np.inf, np.nan
    put(out, a, b)
    np.testing.assert_array_equal(out, a @ b)


def test_another_process_compiles_nothing() -> None:
    products._entry(True)
    program = """
from numba.core import event
from autodiff_compiler.runtime import products
with event.install_recorder("numba:compile") as recorder:
    products._entry(True)
print(len(recorder.buffer))
"""
    command = [sys.executable, "-c", program]
    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip() == "0"


def test_a_view_with_axes_in_another_order() -> None:
    function = numba.njit(lambda a: turned(a, 0, 2, 1))
    a = np.arange(24.0).reshape(2, 3, 4)
    view = function(a)
    np.testing.assert_array_equal(view, a.transpose(0, 2, 1))
    view[1, 2, 0] = -1.0
    assert a[1, 0, 2] == -1.0
