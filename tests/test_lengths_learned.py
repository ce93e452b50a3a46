"""Lengths that turn out to be one, or none, when a program runs: NumPy broadcasts, and so do we."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autodiff_compiler import (
    IndexOutOfBounds,
    ShapeMismatch,
    check_derivative,
    differentiable,
    differential,
    gradient,
    value_with_pullback,
)

A = np.arange(6.0).reshape(2, 3) + 1


@pytest.fixture(autouse=True)
def uncompiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")


def first_columns(a: Any, n: Any) -> Any:
    return np.sum(a[:, :n] * a**2)


def one_column_each(a: Any) -> Any:
    total = 0.0
    for k in range(a.shape[1]):
        total = total + np.sum(a[:, k : k + 1] * a[-1:])
    return total


def where_they_are(a: Any) -> Any:
    return np.sum(np.where(a > 2.5, a[:, -1:], a[:1]) * a)


def stored(a: Any) -> Any:
    b = np.zeros_like(a)
    b[:, :] = a[:, ::3]
    b[1:] += a[:1] * 2
    b[[0, 1]] *= a[:, 2:]
    return np.sum(b * a)


def picked(a: Any) -> Any:
    rows = np.flatnonzero(a[:, 0] > 2)
    return np.sum(a[rows, [0, 1, 2]] ** 2)


def spread(a: Any) -> Any:
    return np.sum(np.broadcast_to(a[:1], (4, 3)) * np.arange(12.0).reshape(4, 3))


def perspective(a: Any) -> Any:
    left, right = np.hsplit(a, [2])
    return np.sum((a[:, :2] / a[:, 2:]) ** 2) + np.sum(np.maximum(left, right))


def grown(a: Any) -> Any:
    b = a[:1]
    for i in range(1, len(a)):
        b = np.concatenate([b * 0.9, a[i : i + 1] * b[-1:], a[i - 1 : i]])
    return np.sum(b**2)


PROGRAMS = [one_column_each, where_they_are, stored, picked, spread, perspective, grown]


@pytest.mark.parametrize("function", PROGRAMS, ids=lambda function: function.__name__)
def test_axes_of_length_one_are_broadcast(function: Callable[[Any], Any]) -> None:
    np.testing.assert_allclose(differentiable(function)(A), function(A))
    check_derivative(function, A, forward=True)


def test_each_call_has_the_program_for_its_lengths() -> None:
    call, slope = differentiable(first_columns), gradient(of=first_columns, wrt="a")
    for n in (1, 3, 1, 3):
        np.testing.assert_allclose(call(A, n), first_columns(A, n))
        expected = A**2 * (np.arange(3) < n) + 2 * A * A[:, :n] if n == 3 else None
        if expected is not None:
            np.testing.assert_allclose(slope(A, n), expected)
    check_derivative(lambda a: first_columns(a, 1), A)


def test_what_numpy_does_not_broadcast_is_refused_as_before() -> None:
    with pytest.raises(ShapeMismatch, match=r"cannot combine `a\[:, :n\]` of shape \(2, 2\)"):
        differentiable(first_columns)(A, 2)

    def index(a: Any, rows: Any) -> Any:
        return a[rows, [0, 1, 2]]

    call = differentiable(index)
    np.testing.assert_allclose(call(A, np.array([1])), A[[1], [0, 1, 2]])
    with pytest.raises(IndexOutOfBounds, match="cannot combine"):
        call(A, np.array([1, 0]))


def test_slices_without_elements() -> None:
    def tail(a: Any) -> Any:
        return np.sum(a[3:4] ** 2) + np.sum(a[0:1] * a)

    for n in (3, 5, 0, 4):
        a = np.arange(2.0 * n).reshape(n, 2)
        np.testing.assert_allclose(differentiable(tail)(a), tail(a))
        assert gradient(of=tail)(a).shape == a.shape
    assert differentiable(lambda a: a[3:4])(np.ones((3, 2))).shape == (0, 2)


def test_a_program_that_leaves_something_behind_does_not_run_twice() -> None:
    def counted(a: Any, calls: Any) -> Any:
        calls[0] += 1
        return a[:, 2:] * a if calls[0] < 5 else a[:, :1] * a

    calls = np.zeros(1)
    with pytest.raises(ShapeMismatch, match="cannot combine"):
        differentiable(counted)(A, calls)
    np.testing.assert_allclose(differentiable(counted)(A, calls * 0 + 7), A[:, :1] * A)


def test_pullbacks_and_differentials_of_such_programs() -> None:
    value, pullback = value_with_pullback(at=(A,), of=where_they_are)
    assert value == where_they_are(A)
    again = pickle.loads(pickle.dumps(pullback))
    way = np.cos(A)
    slope = differential(at=(A,), of=where_they_are)(way)
    np.testing.assert_allclose(np.sum(again(1.0) * way), slope)
    step = 1e-6
    difference = (where_they_are(A + step * way) - where_they_are(A - step * way)) / (2 * step)
    np.testing.assert_allclose(slope, difference, rtol=1e-7)
