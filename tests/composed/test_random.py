"""Draws from a generator that is passed as an argument: NumPy's numbers, drawn once, differentiated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from autodiff_compiler import (
    DifferentiationError,
    check_derivative,
    differentiable,
    gradient,
    value_with_gradient,
    value_with_pullback,
)
from tests.composed.judge import written

X = np.array([0.5, 1.5, -0.3, 2.0])
ROWS = np.arange(6.0).reshape(3, 2)
CALLS = [
    "rng.standard_normal() * np.sum(x)",
    "rng.standard_normal((2, 4)) * x",
    "rng.random() + x",
    "rng.random(4) * x",
    "rng.standard_exponential((4,)) * x",
    "rng.normal(x[0], x[1])",
    "rng.normal(x, 0.5)",
    "rng.normal(x[0], x[1], size=(2, 3))",
    "rng.normal(x, x[1] * np.ones((3, 1)), (3, 4))",
    "rng.normal(size=3) * x[0]",
    "rng.lognormal(x[2], 0.3, 5)",
    "rng.uniform(x[2], x[3], 5)",
    "rng.uniform(-1, 1) * x",
    "rng.exponential(x[1], (2, 2))",
    "rng.exponential(np.abs(x))",
    "x[rng.integers(4)] + x[rng.integers(1, 3)] + rng.integers(0, 5, endpoint=True)",
    "x[rng.integers(0, 4, size=7)]",
    "rng.permutation(x) * x",
    "x[rng.permutation(4)] * x",
    "rng.permutation(x[:, None] * x, axis=1)",
    "rng.choice(x, 5)",
    "rng.choice(x) * x[rng.choice(4)]",
    "rng.choice(x[:, None] * x, 2, axis=1)",
    "x[rng.choice(4, 3, replace=False)] * x[:3]",
    "rng.choice(x, (2, 2), replace=False)",
    "rng.choice(x, 2, replace=False, shuffle=False)",
    "rng.choice(x, 3, replace=False, p=[0.1, 0.2, 0.3, 0.4])",
    "rng.choice(x[:, None] * x, 2, replace=False, axis=1)",
    "np.sum(rng.choice(30000, 900, replace=False) * x[0])",
    "np.sum(rng.choice(30000, 90, replace=False) * x[0])",
    "rng.standard_normal(5, np.float32) * x[0]",
    "rng.random((2, 3), dtype=np.float32) * x[0]",
    "rng.standard_exponential(size=7, dtype=np.float32) * x[0]",
    "rng.laplace(x[2], x[1], 5)",
    "rng.logistic(x, np.abs(x))",
    "rng.gumbel(x[0], x[1])",
    "rng.rayleigh(x[1], (2, 2)) + rng.weibull(x[0]) * rng.pareto(np.abs(x), (3, 4))[:2, :2]",
    "rng.power(x[1]) * rng.standard_cauchy(3)",
    "rng.triangular(x[2], x[0], x[3], 6)",
    "rng.gamma(2.5, x[1], 3) * rng.gamma(0.5, np.abs(x))[:3] + rng.chisquare(3)",
    "rng.standard_gamma([0.5, 2, 9]) * x[:3]",
    "rng.beta(0.5, 2.0, (3, 1)) * x",
    "(rng.poisson(3.0, 4) + rng.poisson(30.0) + rng.geometric(0.3, 4)) * x",
    "(rng.binomial(7, 0.4, 4) + rng.binomial([100, 3, 0, 1], 0.3)) * x",
    "rng.shuffle(x)\nreturn x * np.array([1.0, 2.0, 3.0, 4.0])",
]


def generator() -> np.random.Generator:
    return np.random.default_rng(12)


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest):
    if "compiled" not in request.node.name:
        monkeypatch.setenv("AUTODIFF_JIT", "0")


@pytest.mark.parametrize("call", CALLS)
def test_draws_are_those_of_numpy(call: str):
    function = written(call, ("rng", "x"))
    ours, theirs = generator(), generator()
    np.testing.assert_allclose(
        differentiable(function)(ours, X.copy()), function(theirs, X.copy()), rtol=1e-14, atol=1e-15
    )
    assert ours.random() == theirs.random()  # as many have been drawn
    check_derivative(function, generator(), X)


def walk(rng, mu, sigma, steps):
    price, total = 1.0, 0.0
    for _ in range(steps):
        price *= np.exp(mu + sigma * rng.standard_normal())
        if price > 1.0:
            total += price * rng.random()
    return total


def test_one_forward_sweep_draws_compiled():
    first, second, third = generator(), generator(), generator()
    value, _ = value_with_gradient(of=walk)(first, 0.01, 0.2, 30)
    assert value == pytest.approx(walk(second, 0.01, 0.2, 30))
    assert first.random() == second.random()
    check_derivative(walk, generator(), 0.01, 0.2, 30)
    kept, pull = value_with_pullback(of=walk)(third, 0.01, 0.2, 30)
    assert kept == value
    state = third.bit_generator.state
    assert pull(1.0) == pull(1.0)
    assert third.bit_generator.state == state


def test_minibatches_compiled():
    def loss(w, rng, x, y):
        total = 0.0
        for _ in range(4):
            rows = rng.permutation(len(y))[:3]
            total += np.mean((x[rows] @ w - y[rows]) ** 2)
        return total

    random = np.random.default_rng(0)
    check_derivative(
        loss, random.normal(size=2), generator(), random.normal(size=(6, 2)), random.normal(size=6)
    )


@dataclass
class Simulation:
    rng: np.random.Generator
    volatility: float

    def step(self, x):
        return x + self.volatility * self.rng.normal()


def test_a_generator_in_an_object():
    def path(simulation, x):
        for _ in range(5):
            x = simulation.step(x) * 1.1
        return x

    assert path(Simulation(generator(), 0.3), 1.0) == pytest.approx(
        differentiable(path)(Simulation(generator(), 0.3), 1.0)
    )
    by_simulation = gradient(of=path, wrt="simulation")(Simulation(generator(), 0.3), 1.0)
    numbers = generator().standard_normal(5)
    assert by_simulation.volatility == pytest.approx(np.sum(numbers * 1.1 ** np.arange(5, 0, -1)))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("rng + x", "a random generator"),
        ("rng.gamma(x)", "gamma"),
        ("rng.random(dtype=np.float32) * x[0]", "one number in single precision"),
        ("rng.random(3, dtype=np.int64) * x[0]", "Unsupported dtype int64"),
        ("np.random.normal(size=4) * x", "np.random.normal"),
    ],
)
def test_refusals(call: str, words: str):
    with pytest.raises(DifferentiationError, match=words):
        gradient(of=written(f"np.sum({call})", ("rng", "x")))(generator(), X)


def test_errors_of_numpy():
    with pytest.raises(ValueError, match="scale < 0"):
        differentiable(written("rng.normal(0.0, x[2])", ("rng", "x")))(generator(), X)
    with pytest.raises(ValueError, match="low >= high"):
        differentiable(written("rng.integers(3, 3)", ("rng", "x")))(generator(), X)


def test_draws_by_rejection_are_not_differentiated_by_shape():
    for call in ("rng.gamma(x, 1.0)", "rng.beta(x[0], 2.0)", "rng.chisquare(np.abs(x))"):
        with pytest.raises(DifferentiationError, match="draw by its distribution's shape"):
            gradient(of=written(f"np.sum({call})", ("rng", "x")))(generator(), np.abs(X))
