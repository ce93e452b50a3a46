"""Arrays that a loop saves for the reverse sweep: in one array where the room is known, or on a stack."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autodiff_compiler import value_with_gradient, value_with_pullback
from autodiff_compiler.checking import check_derivative

X = np.linspace(-0.4, 0.9, 12).reshape(3, 4)


def powers(x: Any) -> Any:
    y = x + 0.5
    for _ in range(3):
        y = y * y * x
    return np.sum(y)


def powers_in_two_loops(x: Any) -> Any:
    total = 0.0
    for i in range(2, 0, -1):
        y = x + 0.5 * i
        for _ in range(2):
            y = y * y * x
            if x[0, 0] < 0:
                y = y * np.sin(y)
        total += np.sum(y * y)
    return total


def heat(x: Any) -> Any:
    u, rate = x.reshape(-1).copy(), x[2, 3]
    for _ in range(3):
        u[1:-1] = u[1:-1] + rate * np.sin(u[2:] - 2 * u[1:-1] + u[:-2])
    return np.sum(u * u)


def heat_in_two_dimensions(x: Any) -> Any:
    u = x.copy()
    for _ in range(2):
        u[1:, 1:] = u[1:, 1:] * u[:-1, 1:] + u[1:, :-1] * u[:-1, :-1]
    return np.sum(u * u)


def rows_of_one(x: Any) -> Any:
    y = x[:, :1] + 0.5
    for _ in range(3):
        y = y * y * x[:, 1:2]
    return np.sum(y)


def single(x: Any) -> Any:
    y = x[:1, :1] + 0.5
    for _ in range(3):
        y = y * y * x[:1, 1:2]
    return np.sum(y)


def shrinking(x: Any) -> Any:
    total = 0.0
    for i in range(1, 3):
        y = x[i:, :i] * 2.0
        y = y * y
        total += np.sum(y * y) * total + np.sum(y)
    return total


def until_small(x: Any) -> Any:
    y = x + 0.5
    while np.sum(y * y) > 0.1:
        y = np.sin(y) * y * x * 0.5
    return np.sum(y)


STACKED = [until_small]
SIZED = [powers, powers_in_two_loops, heat, heat_in_two_dimensions, rows_of_one, single, shrinking]


@pytest.mark.parametrize("function", SIZED + STACKED)
def test_derivatives(monkeypatch: pytest.MonkeyPatch, function: Any) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    monkeypatch.setenv("AUTODIFF_CHECK", "1")
    assert check_derivative(function, X)
    planned = value_with_gradient(of=function).stages(X)["planned"]
    assert ("push(" in planned) is (function in STACKED)
    value, pullback = value_with_pullback(at=X, of=function)
    gradient = value_with_gradient(of=function)(X)
    assert value == pytest.approx(gradient.value, rel=1e-12)
    np.testing.assert_allclose(pullback(2.0), 2.0 * gradient.gradient, rtol=1e-12)


def test_slices_are_saved_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    for function in (heat, heat_in_two_dimensions):
        planned = value_with_gradient(of=function).stages(X)["planned"]
        assert planned.count("_saved = empty(") == 1
        assert "copy(" not in planned.split("for ")[1]


def test_no_iterations_and_no_elements(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")

    def repeated(x: Any, n: Any) -> Any:
        y = x * 2.0
        for _ in range(n):
            y = y * y * x
        return np.sum(y)

    for n in (-1, 0, 1):
        found = value_with_gradient(of=repeated, wrt="x")(X, n)
        expected = np.full(X.shape, 2.0) if n < 1 else 12.0 * X * X
        np.testing.assert_allclose(found.gradient, expected, rtol=1e-12)
    assert value_with_gradient(of=repeated, wrt="x")(np.ones((0, 4)), 2).gradient.shape == (0, 4)


def test_compiled() -> None:
    rng = np.random.default_rng(0)
    x, rate = rng.normal(size=40), 0.1

    def steps(u: Any, k: Any) -> Any:
        for _ in range(5):
            u[1:-1] = u[1:-1] + k * (u[2:] - 2 * u[1:-1] + u[:-2])
        return np.sum(u * u)

    found = value_with_gradient(of=steps)(x, rate)
    width = 1e-6
    slope = (steps(x.copy(), rate + width) - steps(x.copy(), rate - width)) / (2 * width)
    assert found.gradient[1] == pytest.approx(slope, rel=1e-6)
