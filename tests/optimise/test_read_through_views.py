"""Accesses through views become accesses to what is behind them, with the same answers."""

from __future__ import annotations

import numpy as np
import pytest

from autodiff_compiler import check_derivative, differentiable, gradient


def stencil(u):
    return np.sum((u[1:, :-1] - u[:-1, 1:]) ** 2)


def every_second(u):
    return np.sum(u[::2, 1::3] ** 3)


def turned(u):
    v = u.T[1:, None, :2]
    return np.sum(v * v[::-1])


def from_the_end(u):
    return np.sum(u[-2:, :-1][-1] ** 2) + u[:-1][-1, 0] ** 3


def written(u):
    v = u.copy()
    inner = v[1:-1, 1:]
    for i in range(inner.shape[0]):
        for j in range(inner.shape[1]):
            inner[i, j] *= u[i, j + 1]
    inner += 1.0
    v[2:][-1, -1] = 2.0 * u[0, 0]
    return np.sum(v * v)


def moving(u):
    total = 0.0
    for k in range(u.shape[0] - 1):
        total += np.sum(u[k : k + 2] ** 2) * u[k:][0, 1]
    return total


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    monkeypatch.setenv("AUTODIFF_CHECK", "1")


@pytest.mark.parametrize("function", [stencil, every_second, turned, from_the_end, written, moving])
def test_answers_are_kept(function):
    u = np.random.default_rng(0).normal(size=(4, 5))
    check_derivative(function, u)
    check_derivative(function, u[::-1, ::-1])


def test_a_stencil_has_offsets_and_no_slices():
    source = gradient(of=stencil).source(np.ones((4, 5)))
    assert "u_bar[t, j] += " in source  # t = i + 1


def test_indices_that_count_from_the_end_stay_with_their_slice():
    assert "[-1" in differentiable(from_the_end).source(np.ones((4, 5)))
