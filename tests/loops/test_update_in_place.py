"""Loops update the arrays that they carry in place, where nobody can tell."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autodiff_compiler import differentiable, gradient
from autodiff_compiler.checking import check_derivative

X = np.linspace(-1, 1.5, 6).reshape(2, 3)


def weighted(x: Any) -> Any:
    out = np.zeros((2, 2))
    for i in range(2):
        out = out + (i + 0.5) * x[:, i : i + 2]
    return np.sum(out * out)


def in_two_loops(x: Any) -> Any:
    out = np.zeros((2, 2))
    for i in range(2):
        for j in range(2):
            out = out + x[i, j] * x[:, i : i + 2]
    return np.sum(out * out)


def curved(x: Any) -> Any:
    y = x + 0.5
    for _ in range(3):
        y = np.sin(y) * x
    return np.sum(y)


def read_after_the_loop(x: Any) -> Any:
    start = np.zeros((2, 3))
    y = start
    for _ in range(3):
        y = y + x
    return np.sum(y * start) + np.sum(y)


def given(x: Any) -> Any:
    y = x
    for _ in range(3):
        y = y * x
    return np.sum(y)


def of_the_one_before(x: Any) -> Any:
    y, before = np.ones((2, 3)), np.zeros((2, 3))
    for _ in range(4):
        y, before = y + 0.5 * before * x, y
    return np.sum(y * before)


def neighbours(x: Any) -> Any:
    y = x * 1.5
    for _ in range(3):
        y = y + 0.1 * np.roll(y, 1, axis=1) * x
    return np.sum(y)


def transposed(x: Any) -> Any:
    y = x @ x.T
    for _ in range(3):
        y = y.T + y * 0.5
    return np.sum(y * y)


def kept_in_a_list(x: Any) -> Any:
    y = x + 1.0
    found = []
    for _ in range(3):
        y = y * x
        found.append(y)
    return np.sum(found[0] * found[2])


def old_one_after(x: Any) -> Any:
    y, total = x + 1.0, 0.0
    for _ in range(3):
        new = y * x
        total = total + np.sum(new * y)
        y = new
    return total


IN_PLACE = [weighted, in_two_loops, curved]
ELSEWHERE = [
    read_after_the_loop, given, of_the_one_before, neighbours, transposed, kept_in_a_list, old_one_after,
]  # fmt: skip


@pytest.mark.parametrize("function", IN_PLACE + ELSEWHERE)
def test_values_and_derivatives(monkeypatch: pytest.MonkeyPatch, function: Any) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    monkeypatch.setenv("AUTODIFF_CHECK", "1")
    given_ = X.copy()
    assert differentiable(function)(given_) == pytest.approx(function(X.copy()), rel=1e-12)
    np.testing.assert_array_equal(given_, X)
    assert check_derivative(function, X)


def test_what_is_updated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    for function in IN_PLACE:
        assert " carry (" not in differentiable(function).stages(X)["planned"].split("function")[1]
    for function in (read_after_the_loop, given, of_the_one_before):
        assert " carry (" in differentiable(function).stages(X)["planned"]


def test_gradient_of_a_loop_that_needs_what_it_overwrites(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    y, slope = X + 0.5, np.ones((2, 3))
    values = [y]
    for _ in range(3):
        values.append(np.sin(values[-1]) * X)
    bar, total = np.ones((2, 3)), np.zeros((2, 3))
    for before in values[2::-1]:
        total += bar * np.sin(before)
        bar = bar * np.cos(before) * X
    np.testing.assert_allclose(gradient(of=curved)(X), total + bar * slope, rtol=1e-12)
