"""Differentials as users call them: structures, dtypes, errors, what is kept, and what is drawn."""

from __future__ import annotations

import copy
import pickle
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pytest

from autodiff_compiler import (
    DifferentiationError,
    ShapeMismatch,
    Tangent,
    TypeMismatch,
    ZeroDerivativeWarning,
    differentiable,
    differential,
    gradient,
    value_with_differential,
    value_with_pullback,
    zero_tangent,
)


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")


@dataclass
class Body:
    place: np.ndarray
    mass: float
    name: str = "earth"


class Pair(NamedTuple):
    first: float
    second: float


def scaled(w, b, x):
    return w * x + b


def energy(body: Body, speed: float):
    return 0.5 * body.mass * speed**2 + np.sum(body.place)


def test_one_parameter_several_and_a_tuple():
    w, b, x = 2.0, 1.0, np.array([1.0, 3.0])
    value, by_w = value_with_differential(of=scaled, wrt="w")(w, b, x)
    np.testing.assert_array_equal(value, [3.0, 7.0])
    np.testing.assert_array_equal(by_w(0.5), [0.5, 1.5])
    both = differential(at=(w, b, x), of=scaled, wrt=("b", "w"))
    np.testing.assert_array_equal(both(1.0, 0.5), [1.5, 2.5])
    np.testing.assert_array_equal(both((1.0, 0.5)), [1.5, 2.5])
    np.testing.assert_array_equal(both(1.0, None), [1.0, 1.0])
    assert type(differential(at=(w, b, 2.0), of=scaled, wrt="w")(1.0)) is float


def test_methods_of_a_decorated_function():
    @differentiable
    def square(x):
        return x * x

    assert square.differential(3.0)(1.0) == 6.0
    value, df = square.value_with_differential(at=3.0)
    assert (value, df(2.0)) == (9.0, 12.0)


def test_objects_and_tuples():
    body = Body(np.array([1.0, 2.0]), 3.0)
    df = differential(at=(body, 2.0), of=energy)
    tangent = zero_tangent(body)
    tangent.mass = 1.0
    assert df(tangent, 0.0) == 2.0
    assert df(gradient(of=energy, wrt="body")(body, 2.0), 1.0) == 12.0

    def moved(body, by):
        return Body(body.place + by, body.mass * 2), {"by": by, "n": 3}, Pair(by, 1.0), "text"

    made = differential(at=(body, 0.5), of=moved)(tangent, 1.0)
    assert isinstance(made[0], Tangent)
    np.testing.assert_array_equal(made[0].place, [1.0, 1.0])
    assert made[0].mass == 2.0
    assert made[1:] == ({"by": 1.0}, Pair(1.0, 0.0), None)


def test_lists_of_any_length():
    def moved(items, by):
        return [item * by for item in items]

    df = differential(at=([1.0, 2.0, 3.0], 2.0), of=moved)
    assert df([1.0, 0.0, 1.0], 1.0) == [3.0, 2.0, 5.0]
    with pytest.raises(ShapeMismatch, match=r"`items` is a list of 3, its tangent is 2"):
        df([1.0, 0.0], 1.0)


def test_float32_stays_and_integers_have_none():
    def both(x):
        return x * 2, len(x), x[0] > 0

    moved = differential(at=np.ones(2, np.float32), of=both)(np.ones(2, np.float32))
    assert moved[0].dtype == np.float32
    assert moved[1:] == (None, None)


def test_arguments_are_left_alone_and_kept():
    def updated(x):
        x[0] *= 2.0
        return x

    x, dx = np.array([1.0, 2.0]), np.array([1.0, 1.0])
    value, df = value_with_differential(of=updated)(x)
    x[:] = 7.0
    np.testing.assert_array_equal(value, [2.0, 2.0])
    for _ in range(2):
        moved = df(dx)
        np.testing.assert_array_equal(moved, [2.0, 1.0])
        moved[:] = 0.0
    np.testing.assert_array_equal(dx, [1.0, 1.0])


def test_results_share_nothing_with_tangents():
    def twice(x):
        return x, x[1:], x

    dx = np.ones(3)
    moved = differential(at=np.zeros(3), of=twice)(dx)
    assert not any(
        np.shares_memory(one, other) for one in moved for other in (dx, *moved) if one is not other
    )


def test_numbers_are_drawn_once():
    def noisy(x, rng):
        return x * rng.normal(size=3)

    rng = np.random.default_rng(0)
    value, df = value_with_differential(of=noisy, wrt="x")(2.0, rng)
    for _ in range(2):
        np.testing.assert_allclose(df(1.0), value / 2)
    assert rng.random() == _after_three_normals()


def _after_three_normals() -> float:
    rng = np.random.default_rng(0)
    rng.normal(size=3)
    return rng.random()


def test_second_names_need_no_shadows_by_moves():
    def shared(a, b, n):
        first = a if n > 0 else b
        first[0] *= 3.0
        return np.sum(a * a) + np.sum(b)

    a, b = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    assert differential(at=(a, b, 1), of=shared)(np.ones(2), np.zeros(2)) == 22.0
    assert differential(at=(a, b, 0), of=shared)(np.zeros(2), np.ones(2)) == 4.0


def test_ties_share_evenly_in_both_modes():
    def largest(x):
        return np.max(x, axis=1), np.min(x)

    x = np.array([[1.0, 2.0, 2.0], [3.0, 1.0, 0.0]])
    (_value, pb), df = value_with_pullback(of=largest)(x), differential(at=x, of=largest)
    rng = np.random.default_rng(0)
    seed, dx = (rng.normal(size=2), rng.normal()), rng.normal(size=(2, 3))
    rows, least = df(dx)
    assert np.isclose(seed[0] @ rows + seed[1] * least, np.sum(pb(seed) * dx))
    assert np.isclose(rows[0], (dx[0, 1] + dx[0, 2]) / 2)


def test_pickled_and_copied():
    df = differential(at=(2.0, 1.0, np.array([1.0, 3.0])), of=scaled)
    for other in (pickle.loads(pickle.dumps(df)), copy.deepcopy(df)):
        np.testing.assert_array_equal(other(1.0, 0.0, np.zeros(2)), [1.0, 3.0])
    assert repr(df) == "<differential of scaled>"
    assert pickle.loads(pickle.dumps(differential(of=scaled, wrt="w")))(2.0, 1.0, 3.0)(1.0) == 3.0


@pytest.mark.parametrize(
    ("tangents", "error", "words"),
    [
        ((1.0,), TypeMismatch, r"the tangent of `x` is a float, `x` an array of shape \(2,\)"),
        ((np.ones(3),), ShapeMismatch, r"the tangent of `x` has shape \(3,\), `x` has shape \(2,\)"),
        ((np.ones(2, np.float32),), TypeMismatch, "float32"),
        ((np.ones(2), 1.0), ShapeMismatch, r"takes 1 tangents, of `x`, and was given 2"),
    ],
)
def test_wrong_tangents_are_refused(tangents: tuple, error: type[DifferentiationError], words: str):
    df = differential(at=np.ones(2), of=lambda x: x * 2)
    with pytest.raises(error, match=words) as caught:
        df(*tangents)
    assert caught.value.location is not None


def test_a_constant_result_is_warned_about():
    def constant(x, n):
        return 2.0 * n

    with pytest.warns(ZeroDerivativeWarning):
        df = differential(at=(1.0, 3), of=constant)
    assert df(1.0) == 0.0


def test_source_is_readable():
    def damped(x, rate):
        total = 0.0
        for i in range(len(x)):
            total += np.exp(-rate * x[i]) * x[i]
        return total

    source = differential(of=damped, wrt="rate").source(np.ones(3), 0.5)
    assert source.count("for i in range") == 2  # one for the value, one for the tangent
    assert "rate_dot" in source
    assert "total_dot" in source


def test_compiled(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AUTODIFF_JIT", "1")

    def relaxed(rod, rate, tolerance):
        change = 1.0
        while change > tolerance:
            change = 0.0
            for i in range(1, len(rod) - 1):
                step = rate * (rod[i - 1] - 2 * rod[i] + rod[i + 1])
                rod[i] += step
                change = max(change, abs(step))
        return np.sum(rod * rod)

    rod = np.array([0.0, 1.0, 4.0, 2.0, 1.0])
    _value, df = value_with_differential(of=relaxed, wrt=("rod", "rate"))(rod, 0.2, 0.1)
    by_rod, by_rate = gradient(of=relaxed, wrt=("rod", "rate"))(rod, 0.2, 0.1)
    dx = np.arange(5.0)
    assert np.isclose(df(dx, 2.0), by_rod @ dx + 2.0 * by_rate)
