"""The reversal of each kind of statement, and results that are arrays."""

from __future__ import annotations

import numpy as np
import pytest

from autodiff_compiler import value_with_gradient, value_with_pullback
from tests.programs.catalogue import directional_derivative, inner, random_direction

A = np.array([0.3, -0.8, 1.1, 0.5])
B = np.array([0.9, 0.2, -0.4, 0.7])
M = np.array([[0.3, -0.8, 1.1], [0.6, 0.4, -0.5]])


def assignment(x, y):
    z = x * y
    return np.sin(z) * z


def element_read(a, x):
    return a[1] * a[-1] * x


def element_written(a, x):
    a[1] = x * a[0]
    return a[1] * a[2]


def element_written_twice(a, x):
    a[1] = x * x
    s = a[1] * a[0]
    a[1] = a[2] * s
    return a[1] * s


def element_added_to(a, x):
    a[1] += x * a[0]
    a[1] *= a[2]
    return a[1] * a[1]


def slice_written(a, b):
    a[1:] = b[:-1] * a[:-1]
    return np.sum(a * a)


def overlapping_slices(a, x):
    a[1:] = a[:-1] * x
    a[:-1] += a[1:]
    return np.sum(a * a)


def reversed_in_place(a, x):
    a[:] = a[::-1] * x
    return np.sum(a[:2] * a[1:3])


def written_through_a_view(a, x):
    b = a[1:]
    b[0] = x * b[1]
    return np.sum(a * a)


def copied(a, x):
    b = a.copy()
    a[0] = x
    return np.sum(a * b)


def filled(x, y):
    a = np.full(3, x)
    a[1] = y
    return np.sum(a * a) * a[1]


def put_together(x, y):
    a = np.array([x, y, x * y])
    return np.dot(a, a[::-1])


def transposed(m, x):
    t = m.T
    t[0] *= x
    return np.sum(m * m) + t[1, 0]


def reshaped(m, x):
    flat = m.reshape(6)
    return np.sum(flat[:3] * flat[3:]) * x


def reduced_along_an_axis(m, x):
    return np.sum(np.mean(m, axis=1) ** 2) + x * np.max(np.sum(m, axis=0))


def product(m, a):
    return np.sum((m @ a[:3]) ** 2) + np.dot(a, a)


def overwritten_after_a_product(m, a):
    v = m @ a[:3]
    m[0, 0] = v[1]
    return np.sum(v * v) * m[0, 0]


def branch(a, x):
    if x > a[0]:
        y = x * a[1]
    elif x > a[1]:
        y = a[2] ** 2
    else:
        y = a[3]
    return y * x


def branch_that_stores(a, x):
    if x > 0:
        a[0] = x * a[1]
    else:
        a[1] = x * a[0]
    return np.sum(a * a)


def counted_loop(a, x):
    for i in range(1, len(a)):
        x = np.tanh(x * a[i])
    return x


def loop_backwards(a, x):
    for i in range(len(a) - 1, 0, -2):
        x = x * a[i] + a[i - 1]
    return x * x


def ragged_loops(a, x):
    for i in range(len(a)):
        for j in range(i):
            x = np.sin(x * a[j] + a[i])
    return x


def while_loop(a, x):
    k = 0
    while k < 3 and abs(x) < 5.0:
        x = x * a[k] + 1.0
        k += 1
    return x


def loop_inside_a_while(a, x):
    k = 0
    while k < 3:
        for i in range(k + 1):
            x = np.tanh(x + a[i])
        k += 1
    return x


FUNCTIONS = (
    *((function, 0.4, -0.6) for function in (assignment, filled, put_together)),
    (slice_written, A, B),
    *((function, M, A) for function in (product, overwritten_after_a_product)),
    *((function, M, 0.7) for function in (transposed, reshaped, reduced_along_an_axis)),
    *(
        (function, A, 0.7)
        for function in (element_read, element_written, element_written_twice, element_added_to)
    ),
    *(
        (function, A, 0.7)
        for function in (overlapping_slices, reversed_in_place, written_through_a_view, copied)
    ),
    *((function, A, 0.7) for function in (counted_loop, loop_backwards, ragged_loops, while_loop)),
    (loop_inside_a_while, A, 0.7),
    *((branch, A, x) for x in (0.7, -0.1, -0.9)),
    *((branch_that_stores, A, x) for x in (0.7, -0.7)),
)


@pytest.fixture(autouse=True)
def _uncompiled(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    monkeypatch.setenv("AUTODIFF_CHECK", "1")


@pytest.mark.parametrize(("function", "one", "other"), FUNCTIONS)
def test_gradient_and_pullback(function, one, other):
    given = (one, other)
    _, gradients = value_with_gradient(of=function)(*given)
    _, pullback = value_with_pullback(of=function)(*given)
    direction = random_direction(given, np.random.default_rng(0), (True, True))
    slope = directional_derivative(function, given, direction)
    assert inner(direction, gradients) == pytest.approx(slope, rel=1e-7, abs=1e-9)
    assert inner(direction, pullback(1.0)) == pytest.approx(slope, rel=1e-7, abs=1e-9)


def updated_argument(a, x):
    a[2] -= a[3] * x
    return a


def argument_under_another_name(a, x):
    b = a
    b[0] = 0.7 * x
    return a


def number_and_array(a, x):
    a[0] *= x
    return np.sum(a), a


def view_of_an_argument(a, x):
    a[1:] *= x
    return a[::-1]


@pytest.mark.parametrize(
    "function", [updated_argument, argument_under_another_name, number_and_array, view_of_an_argument]
)
def test_pullback_of_arrays(function):
    rng = np.random.default_rng(0)

    def parts(result) -> tuple:
        return result if isinstance(result, tuple) else (result,)

    seeds = tuple(rng.normal(size=np.shape(item)) for item in parts(function(A.copy(), 0.7)))
    seeds = tuple(seed if seed.shape else float(seed) for seed in seeds)

    def seeded(a, x):
        results = parts(function(a, x))
        return sum(float(np.sum(item * seed)) for item, seed in zip(results, seeds, strict=True))

    kept = A.copy()
    value, pullback = value_with_pullback(of=function)(kept, 0.7)
    for ours, theirs in zip(parts(value), parts(function(A.copy(), 0.7)), strict=True):
        np.testing.assert_allclose(ours, theirs)
    np.testing.assert_array_equal(kept, A)
    direction = random_direction((A, 0.7), rng, (True, True))
    slope = directional_derivative(seeded, (A, 0.7), direction)
    given = tuple(np.copy(seed) if np.shape(seed) else seed for seed in seeds)
    for _ in range(2):
        cotangents = pullback(given if isinstance(value, tuple) else given[0])
        assert inner(direction, cotangents) == pytest.approx(slope, rel=1e-8)
    for one, other in zip(given, seeds, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(("function", "length"), [(copied, 1), (slice_written, 0), (reversed_in_place, 3)])
def test_shapes_of_short_arrays(function, length: int):
    a = np.ones(length)
    other = a.copy() if function is slice_written else 0.5
    _, (by_a, by_other) = value_with_gradient(of=function)(a, other)
    assert by_a.shape == a.shape
    assert np.shape(by_other) == np.shape(other)


def undefined_where_not_taken(a, x):
    s = 0.0
    for v in a:
        if v > 0:
            s += np.log(v) + x / v
        else:
            s += v * x
    return s


def undefined_in_the_other_choice(a, x):
    return np.sum(np.where(a > 0, np.log(np.where(a > 0, a, 1.0)), a)) * x


@pytest.mark.parametrize("function", [undefined_where_not_taken, undefined_in_the_other_choice])
def test_no_nan_from_what_is_not_taken(function):
    value, gradients = value_with_gradient(of=function)(np.array([0.0, -1.0, 2.0]), 0.5)
    assert np.isfinite(value)
    assert all(np.all(np.isfinite(item)) for item in gradients)
