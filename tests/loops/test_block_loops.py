"""Loops over nests go block by block over the rows, where these do not touch each other; values stay."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autodiff_compiler import differentiable, errors, gradient
from autodiff_compiler.checking import check_derivative
from autodiff_compiler.loops import block_loops

X = np.linspace(-1, 1.5, 30).reshape(5, 6)
K = np.linspace(0.5, 2, 4).reshape(2, 2)


def stencil(x: Any, k: Any) -> Any:
    rows, columns = x.shape[0] - 1, x.shape[1] - 1
    out = np.zeros((rows, columns))
    for i in range(k.shape[0]):
        for j in range(k.shape[1]):
            out += k[i, j] * x[i : i + rows, j : j + columns]
    return np.sum(out * out)


def filtered(x: Any, k: Any) -> Any:
    signal, taps = x.reshape(-1), k.reshape(-1)
    n = len(signal) - len(taps) + 1
    y = np.zeros(n)
    for tap in range(len(taps)):
        y += taps[tap] * signal[tap : tap + n]
    return np.sum(y**3)


def polynomial(x: Any, k: Any) -> Any:
    y = np.zeros(x.shape)
    for coefficient in k.reshape(-1):
        y = y * x + coefficient
    return np.sum(y * y)


def backwards(x: Any, k: Any) -> Any:
    out = x * 0.5
    for i in range(1, -1, -1):
        out[1:] += k[i, 0] * x[1 - i : 5 - i]
    return np.sum(out * out)


def in_place(x: Any, k: Any) -> Any:
    for i in range(2):
        x[:, 1:] = np.sin(x[:, 1:]) * k[i, 1]
    return np.sum(x)


def sums_by_iteration(x: Any, k: Any) -> Any:
    y, total, found = x * 1.5, 0.0, np.zeros(2)
    for i in range(2):
        y *= k[i, 0]
        found[i] = np.sum(y * x)
        total = total * 0.5 + np.sum(y)
    return total * found[0] + found[1] ** 2


def counted(x: Any, k: Any) -> Any:
    y, weight, n = x + 1.0, k[0, 0], 0
    for _ in range(3):
        y = y * weight
        weight, n = weight * 0.9, n + 1
    return np.sum(y) * weight + n


def no_iteration(x: Any, k: Any) -> Any:
    y, weight = x + 1.0, k[0, 0]
    for _ in range(k.shape[0] - 2):
        y = y * weight
        weight = weight * 0.9
    return np.sum(y) * weight


BY_BLOCKS = [
    stencil, filtered, polynomial, backwards, in_place, sums_by_iteration, counted, no_iteration,
]  # fmt: skip


def time_steps(x: Any, k: Any) -> Any:
    for _ in range(3):
        x[1:-1] = x[1:-1] + k[0, 0] * (x[2:] - 2 * x[1:-1] + x[:-2])
    return np.sum(x * x)


def shifted(x: Any, k: Any) -> Any:
    for i in range(3):
        x[i + 1] = x[i] * k[0, 0] + x[i + 1]
    return np.sum(x)


def transposed(x: Any, k: Any) -> Any:
    y = x[:, :5] * 1.0
    for i in range(2):
        y += k[i, 0] * y.T
    return np.sum(y * y)


def normalised(x: Any, k: Any) -> Any:
    for i in range(2):
        x *= k[i, 0] / np.sum(x * x)
    return np.sum(x)


def read_by_the_loop(x: Any, k: Any) -> Any:
    for i in range(2):
        x *= k[i, 0] + x[2, 2]
    return np.sum(x)


def sorted_out(x: Any, k: Any) -> Any:
    place = np.array([1, 0, 1, 3, 2])
    for i in range(2):
        x[place] = x * k[i, 0]
    return np.sum(x * x)


AS_THEY_ARE = [time_steps, shifted, transposed, normalised, read_by_the_loop, sorted_out]


@pytest.mark.parametrize("function", BY_BLOCKS + AS_THEY_ARE)
@pytest.mark.parametrize("elements", [1, 7, 12])
def test_values_and_derivatives(monkeypatch: pytest.MonkeyPatch, function: Any, elements: int) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    monkeypatch.setenv("AUTODIFF_CHECK", "1")
    monkeypatch.setattr(block_loops, "BLOCK", elements)
    found = differentiable(function)(X.copy(), K.copy())
    assert found == pytest.approx(function(X.copy(), K.copy()), rel=1e-12)
    assert check_derivative(function, X, K)
    assert ("for first" in differentiable(function).stages(X, K)["planned"]) is (function in BY_BLOCKS)


def test_what_raises_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    with pytest.raises(errors.ShapeMismatch, match="cannot assign"):
        differentiable(stencil)(X, np.ones((3, 2)))


def test_no_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    for shape in ((1, 6), (5, 1)):
        assert differentiable(stencil)(np.ones(shape), K) == 0
        np.testing.assert_array_equal(gradient(of=stencil, wrt="k")(np.ones(shape), K), np.zeros((2, 2)))


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_compiled(dtype: str) -> None:
    rng = np.random.default_rng(1)
    image, weights = rng.normal(size=(70, 90)).astype(dtype), rng.normal(size=(3, 2)).astype(dtype)

    def loss(x: Any, k: Any) -> Any:
        rows, columns = x.shape[0] - 2, x.shape[1] - 1
        out = np.zeros((rows, columns), x.dtype)
        for i in range(3):
            for j in range(2):
                out = out + k[i, j] * x[i : i + rows, j : j + columns]
        return np.sum(out * out)

    found = gradient(of=loss)(image, weights)
    out = sum(weights[i, j] * image[i : i + 68, j : j + 89] for i in range(3) for j in range(2))
    slopes = [[np.sum(2.0 * out * image[i : i + 68, j : j + 89]) for j in range(2)] for i in range(3)]
    np.testing.assert_allclose(found[1], slopes, rtol=1e-10 if dtype == "float64" else 1e-4)


def test_explain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    told = "does all its iterations on some rows, then on the next ones"
    assert told in differentiable(stencil).explain(X, K)
    assert told not in differentiable(time_steps).explain(X, K)
