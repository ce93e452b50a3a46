"""Arrays are made, viewed and updated in lowered code as NumPy does it."""

from __future__ import annotations

import numpy as np
import pytest

from autodiff_compiler.errors import AliasedMutation, TypeMismatch
from autodiff_compiler.ir.interpret import GuardFailed
from tests.frontend.lowering import COUNTS, MATRIX, OTHER, SINGLE, VECTOR, check, lowered, run


def test_updates_in_place():
    def f(x, y):
        x += 1.0
        x[1] = 7
        x[0] += y[0]
        x[2:4] *= 2.0
        x[-1] **= 2
        y[:] = x[::-1]
        y[1:3] = 4
        x -= y * 0.5
        return x

    check(f, VECTOR, OTHER)
    check(f, SINGLE, OTHER)


def test_updates_of_rows_and_columns():
    def f(a, v):
        a[0] = a[1]
        a[:, 1] += v[:3]
        a[1:, 2:] = 1.0
        row = a[2]
        row[0] = 100.0
        b = a.T
        b[1] *= 2.0
        a[0, 0], a[0, 1] = a[0, 1], a[0, 0]
        return np.sum(a)

    check(f, MATRIX, VECTOR)


def test_rebinding_is_no_update():
    def f(x):
        x = x + 1.0
        x[0] = 100.0
        return x

    check(f, VECTOR)


@pytest.mark.parametrize(
    ("array", "other"),
    [(COUNTS, 0.5), (COUNTS, VECTOR), (COUNTS.astype("uint8"), COUNTS), (VECTOR > 0, COUNTS)],
)
def test_updates_in_place_that_numpy_refuses(array, other):
    def f(a, b):
        a += b
        return a[0]

    with pytest.raises(TypeError):
        f(array.copy(), other)
    with pytest.raises(TypeMismatch):
        lowered(f, array, other)


def test_slices_and_views():
    def f(a, i):
        b = a[1:, ::2]
        c = a[i]
        d = a[:, i : i + 1]
        e = a[..., None]
        return np.sum(b) + c[-1], d, a[-1, -2], a[None, 0], e[0, 0, 0], a[::-1], a[1:3][0], a[(0, 1)]

    check(f, MATRIX, 1)


def test_shapes():
    def f(a, v):
        n, m = a.shape
        same = a.shape == (3, 4)
        sizes = n * m, a.size, a.ndim, a.shape[1], len(a), np.shape(v)[0]
        return sizes, same, a.T, a.reshape(4, 3), a.reshape(-1), a.ravel()

    check(f, MATRIX, VECTOR)


def test_new_arrays():
    def f(x, n):
        a = np.zeros(n)
        b = np.ones((n, 2))
        c = np.full(3, x)
        d = np.array([x, 2, 3.5])
        e = np.array([[x, 1.0], [2.0, x * x]])
        for i in range(n):
            a[i] = i * x
        return a, b, c, d, e, np.zeros_like(a, dtype=np.float32), np.array([1, 2, n])

    check(f, 1.5, 3)
    check(f, np.float32(1.5), 3)


def test_unpacking_an_array():
    def f(x):
        a, b, c = x
        (d, e), g = (a, b), c
        return a * b + c + d * e - g

    made = check(f, VECTOR[:3])
    with pytest.raises(GuardFailed, match="5 values of `x` cannot be unpacked into 3 names"):
        run(made, VECTOR)


def test_a_copy_that_might_be_a_view_is_not_written():
    def f(a):
        b = a.T.reshape(-1)
        b[0] = 100.0
        return np.sum(a) + b[1]

    with pytest.raises(AliasedMutation):
        lowered(f, MATRIX)


def test_chained_assignment():
    def f(x):
        a = b = x * 2.0
        a[0] = 5.0
        return b

    check(f, VECTOR)
