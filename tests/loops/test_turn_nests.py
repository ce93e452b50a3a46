"""Nests over pairs of points: the loop over the second point is innermost, and the derivative is the same."""

from __future__ import annotations

import platform
import re
from typing import Any

import numpy as np
import pytest

from autodiff_compiler import gradient
from autodiff_compiler.checking import check_derivative
from tests.loops.test_split_stencils import defined


def kernel(x: Any) -> Any:
    differences = x[:, None, :] - x[None, :, :]
    return np.sum(np.exp(-np.sum(differences**2, axis=-1)))


def scaled_kernel(x: Any, scale: Any, weights: Any) -> Any:
    differences = (x[:, None, :] - x[None, :, :]) * scale
    return np.sum(weights[:, None] * np.exp(-0.5 * np.sum(differences * differences, axis=-1)) * weights)


def attraction(x: Any) -> Any:
    differences = x[:, None] - x
    return np.sum(1 / np.sqrt(np.sum(differences * differences, axis=2) + 0.1))


def in_batches(x: Any) -> Any:
    return np.sum(np.tanh(np.sum(np.abs(x[:, :, None] - x[:, None, :]) ** 3, axis=-1)))


def points_in_columns(x: Any) -> Any:
    return np.sum(np.exp(-np.sum((x[:, :, None] - x[:, None, :]) ** 2, axis=0)))


def part_of_the_points(x: Any) -> Any:
    return np.sum(np.sqrt(1 + np.sum((x[1:, None] - x[None, :-1]) ** 2, axis=-1)))


def in_a_loop(x: Any) -> Any:
    for _ in range(2):
        x = x + 0.1 * np.sum(np.tanh(x[:, None, :] - x[None, :, :]), axis=1)
    return np.sum(x * x)


def triples(x: Any) -> Any:
    return np.sum(np.sin(x[:, None, None, :] * x[None, :, None, :] - x[None, None, :, :]))


OTHERS = {"scaled_kernel": (np.array([0.5, 1.0, 1.5]), np.linspace(-1, 1, 4))}
ALL = [
    kernel,
    scaled_kernel,
    attraction,
    in_batches,
    points_in_columns,
    part_of_the_points,
    in_a_loop,
    triples,
]


@pytest.mark.parametrize("function", ALL)
def test_derivatives(monkeypatch: pytest.MonkeyPatch, function: Any) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    monkeypatch.setenv("AUTODIFF_CHECK", "1")
    x = np.random.default_rng(1).normal(size=(2, 4, 3) if function is in_batches else (4, 3))
    others = OTHERS.get(function.__name__, ())
    assert check_derivative(function, x, *others)
    assert check_derivative(function, np.asfortranarray(x), *others)
    if not others:
        assert gradient(of=function)(x[:, :0]).shape == x[:, :0].shape
        assert gradient(of=function)(x[:0]).shape == x[:0].shape


def _random_pairs(rng: np.random.Generator) -> str:
    """The text of a sum over two or three points, and their coordinates, of an expression of these."""
    points = ["x[:, None, :]", "x[None, :, :]", "y[None, :, :]", "y[:, None, :]", "w"]
    joined = str(rng.choice(points[:2]))
    for _ in range(rng.integers(2, 5)):
        joined = f"({joined} {rng.choice(['*', '+', '-'])} {rng.choice(points)})"
    inner = str(rng.choice(["np.sum({0}, axis=-1)", "np.tanh({0})", "np.sum({0}, axis=1)", "{0}"])).format(
        joined
    )
    return f"def f(x, y, w):\n    t = {inner}\n    return np.sum(t * np.cos(t))\n"


@pytest.mark.parametrize("seed", range(8))
def test_random_pairs(monkeypatch: pytest.MonkeyPatch, tmp_path: Any, seed: int) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    monkeypatch.setenv("AUTODIFF_CHECK", "1")
    rng = np.random.default_rng(seed)
    function = defined(_random_pairs(rng), tmp_path)
    assert check_derivative(function, *rng.normal(size=(2, 3, 2)), rng.normal(size=2))


def test_the_loop_over_points_is_innermost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    source = gradient(of=kernel).source(np.ones((3, 2)))
    assert re.search(r"x_bar_turned\[.*k, j\] \+= ", source)
    assert "x_i_k = plus(" in re.sub(r"bar_\d_", "", source).replace("x_bar_i_k", "x_i_k")
    assert "import exp\n" in source  # in a loop of its own
    single = gradient(of=lambda x: np.sum(np.exp(x[:, None] - x))).source(np.ones(3))
    assert "turned" not in single


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="reads x86 instructions")
def test_pairs_are_vectorised() -> None:
    def compiled(x: Any) -> Any:
        return np.sum(np.exp(-np.sum((x[:, None, :] - x[None, :, :]) ** 2, axis=-1)))

    x = np.random.default_rng(0).normal(size=(20, 3))
    derivative = gradient(of=compiled)
    steps = 1e-6 * np.cos(np.arange(60)).reshape(20, 3)
    difference = (kernel(x + steps) - kernel(x - steps)) / 2
    assert np.sum(derivative(x) * steps) == pytest.approx(difference, rel=1e-6)
    program = derivative._prepare((x,), {})[0].program
    (assembly,) = program.calls.inspect_asm().values()
    assert len(re.findall(r"\tv?f?(mul|n?madd\d+|sub)pd\t.*%[xyz]mm", assembly)) > 10
