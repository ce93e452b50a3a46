"""An index out of range is a located error wherever plain Python raises IndexError, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest

from autodiff_compiler import IndexOutOfBounds, differentiable, gradient, value_with_pullback

X3, X4, X5 = np.arange(1.0, 4.0), np.arange(1.0, 5.0), np.arange(1.0, 6.0)
SQUARE = np.arange(16.0).reshape(4, 4)


def dot(x, y):
    total = 0.0
    for i in range(len(x)):
        total += x[i] * y[i]
    return total


def differences(x):
    total = 0.0
    for i in range(len(x)):
        total += (x[i + 1] - x[i]) ** 2
    return total


def element(x, k):
    return 2.0 * x[k]


def gather(x, indices):
    total = 0.0
    for i in range(len(indices)):
        total += x[indices[i]] ** 2
    return total


def set_element(x, k):
    y = x * x
    y[k] = 3.0 * x[0]
    return np.sum(y)


def row_sum(a, k):
    return np.sum(a[k] * a[k])


def smoothed(a, n, m):
    total = 0.0
    for i in range(1, n - 1):
        for j in range(1, m - 1):
            total += a[i - 1, j] * a[i + 1, j] + a[i, j - 1] * a[i, j + 1]
    return total


def every_second(x, n):
    total = 0.0
    for i in range(0, n, 2):
        total += x[i + 1] * x[i]
    return total


def downwards(x, n):
    total = 0.0
    for i in range(n, -1, -1):
        total = 0.5 * total + x[i]
    return total


def triangle(x, n):
    total = 0.0
    for i in range(n):
        for j in range(i):
            total += x[j] * x[j]
    return total


def triangle_from_above(x, n, m):
    total = 0.0
    for i in range(n):
        for _ in range(i, m):
            total += x[i] * x[i]
    return total


def while_counting(x, n):
    total = 0.0
    k = 0
    while k < n:
        total += x[k] * x[k]
        k += 1
    return total


def until_large(x, limit):
    total = 0.0
    for i in range(10):
        if total > limit:
            break
        total += x[i]
    return total


def guarded_by_the_user(x, k):
    if k >= 0 and k < len(x):
        return x[k] ** 2
    return np.sum(x)


def only_where_positive(x, y):
    total = 0.0
    for i in range(len(x)):
        if x[i] > 0.0:
            total += x[i] * y[i]
    return total


def steps_between_two(u, v, steps):
    for _ in range(steps):
        for i in range(1, len(u) - 1):
            v[i] = u[i - 1] + u[i + 1]
        u, v = v, u
    return np.sum(u * u)


def wrapped(x, n):
    total = 0.0
    for i in range(n):
        total += x[(i + 1) % n] * x[i - 1]
    return total


CASES = [
    (dot, (X3, X3)),
    (dot, (X3, X4)),
    (dot, (X4, X3)),
    (dot, (X3[:0], X3[:0])),
    (differences, (X4,)),
    (differences, (X4[:0],)),
    *((element, (X3, k)) for k in (0, 2, 3, -1, -3, -4, 10**9, -(10**9))),
    (gather, (X3, np.array([0, 2, -3, -1]))),
    (gather, (X3, np.array([0, 3]))),
    (gather, (X3, np.array([-4, 0]))),
    (gather, (X3, np.array([2, 1], dtype=np.uint64))),
    (gather, (X3, np.array([2, 3], dtype=np.uint64))),
    (gather, (X3, np.array([2, -3], dtype=np.int8))),
    (gather, (X3[:0], np.array([], dtype=np.int64))),
    *((set_element, (X3, k)) for k in (0, -3, 2, 3, -4)),
    *((row_sum, (SQUARE, k)) for k in (3, -4, 4, -5)),
    (smoothed, (SQUARE, 4, 4)),
    (smoothed, (SQUARE, 5, 4)),
    (smoothed, (SQUARE, 4, 5)),
    (smoothed, (SQUARE, 9, 2)),
    (smoothed, (SQUARE, -1, 9)),
    *((every_second, (X5, n)) for n in (-3, 0, 3, 4, 5, 6)),
    *((downwards, (X3, n)) for n in (-1, 0, 2, 3)),
    *((triangle, (X3, n)) for n in (0, 3, 4, 5)),
    *((triangle_from_above, (X3, *counts)) for counts in ((3, 3), (9, 3), (4, 4), (9, 0), (2, 9))),
    *((while_counting, (X3, n)) for n in (-1, 0, 3, 4)),
    *((until_large, (X3, limit)) for limit in (2.5, 5.5, 100.0)),
    *((guarded_by_the_user, (X3, k)) for k in (2, 3, -1)),
    (only_where_positive, (np.array([1.0, -1.0]), X3[:1])),
    (only_where_positive, (np.array([1.0, 1.0]), X3[:1])),
    (steps_between_two, (X4, X5, 1)),
    (steps_between_two, (X4, X5, 3)),
    (steps_between_two, (X4, X3, 1)),
    (steps_between_two, (X4, X3, 2)),
    (steps_between_two, (X4, X3, 0)),
    *((wrapped, (X3, n)) for n in (0, 1, 3, 4)),
]


def _fresh(arguments: tuple) -> tuple:
    return tuple(np.array(item) if isinstance(item, np.ndarray) else item for item in arguments)


def _name(item: object) -> str:
    if callable(item):
        return item.__name__
    return "-".join(str(part.shape if isinstance(part, np.ndarray) else part) for part in item)


@pytest.mark.parametrize(("function", "arguments"), CASES, ids=_name)
def test_raises_where_python_does(function, arguments):
    try:
        value = function(*_fresh(arguments))
    except IndexError:
        value = None
    compiled, derivative = differentiable(function), gradient(of=function)
    if value is None:
        for call in (compiled, derivative):
            with pytest.raises(IndexOutOfBounds) as raised:
                call(*_fresh(arguments))
            first = function.__code__.co_firstlineno
            assert raised.value.filename == __file__
            assert first < raised.value.lineno < first + 8
        return
    np.testing.assert_allclose(compiled(*_fresh(arguments)), value, rtol=1e-12)
    derivative(*_fresh(arguments))


def test_the_pullback_raises_going_forward():
    with pytest.raises(IndexOutOfBounds):
        value_with_pullback(at=(X4, X3), of=dot)


def test_the_message_says_which_index_axis_and_array():
    message = "index 3 is out of bounds for axis 0 of `y`, whose length is 3"
    with pytest.raises(IndexError, match=message) as raised:
        gradient(of=dot)(X4, X3)
    assert "total += x[i] * y[i]" in str(raised.value)
    with pytest.raises(IndexError, match=r"index 4 is out of bounds for axis 1 of `a`, whose length is 4"):
        gradient(of=smoothed)(SQUARE, 4, 5)
    with pytest.raises(IndexError, match=r"index -4 is out of bounds for axis 0 of `x`, whose length is 3"):
        gradient(of=element)(X3, -4)


def test_what_moves_before_a_merged_loop_takes_its_check_along():
    def scaled(x, y, k):
        total = 0.0
        for i in range(len(x)):
            total += np.sin(x[i])
        return total * y[k]

    derivative = gradient(of=scaled)
    source = derivative.source(X3, X4, 1)
    assert source.index("raise ") < source.index("y[k]") < source.index("np.sin")
    with pytest.raises(IndexOutOfBounds):
        derivative(X3, X4, 10**12)

    def scaled_by_product(x, y, z):
        total = 0.0
        for i in range(len(x)):
            total += np.sin(x[i])
        return total * np.dot(y, z)

    source = gradient(of=scaled_by_product).source(X3, X4, X4.copy())
    assert source.index("raise ") < source.index("y[i]") < source.index("np.sin")


def test_a_size_that_is_negative_does_not_count_as_a_length():
    def after_allocating(x, n):
        room = np.zeros(n)
        for i in range(n):
            room[i] = 2.0
        return x[n - 1] * x[0]

    for call in (differentiable(after_allocating), gradient(of=after_allocating)):
        assert np.ndim(call(X3, 3)) < 2
        with pytest.raises((IndexError, ValueError)):
            call(X3, -(10**12))


def test_without_numba_too(monkeypatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")

    def last(x, k):
        return x[k] * x[k]

    with pytest.raises(IndexOutOfBounds):
        gradient(of=last)(X3, 3)


def test_loops_over_arrays_of_one_length_have_one_check():
    source = gradient(of=dot).source(X3, X3)
    assert source.count("raise ") == 1
    assert gradient(of=steps_between_two).source(X4, X4.copy(), 2).count("raise ") == 1
    assert "raise " not in gradient(of=guarded_by_the_user).source(X3, 1)
