"""Lists of lists of different lengths, as results, in programs that cannot run twice, and where refused."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from autodiff_compiler import (
    ShapeMismatch,
    TypeMismatch,
    check_derivative,
    differentiable,
    differential,
    gradient,
    value_with_gradient,
    value_with_pullback,
)
from tests.programs.ragged_lists import PLAIN

X = np.array([1.0, 2.0, 3.0, 4.0])


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")


@pytest.mark.parametrize(("function", "inputs"), PLAIN, ids=lambda item: getattr(item, "__name__", ""))
def test_programs(function, inputs):
    given, expected = (inputs(np.random.default_rng(0)) for _ in range(2))
    assert np.isclose(differentiable(function)(*given), function(*expected), rtol=1e-12)
    check_derivative(function, *inputs(np.random.default_rng(0)), forward=True)


def dealt(xs, n):
    rows = [[] for _ in range(n)]
    for i in range(len(xs)):
        rows[i % n].append((i, xs[i]))
    return rows, len(rows)


def triangle(xs):
    rows = []
    for i in range(len(xs)):
        rows.append([xs[j] * xs[i] for j in range(i)])
    return sum(sum(row) for row in rows) * xs


def test_results_are_lists_of_their_own_lengths():
    assert differentiable(dealt)(X, 3) == dealt(X, 3)


def test_of_such_results_there_is_no_pullback():
    with pytest.raises(TypeMismatch, match="lists of different lengths") as caught:
        value_with_pullback(of=dealt)(X, 3)
    assert caught.value.location.text.strip() == "return rows, len(rows)"
    assert "where each part begins" in str(caught.value)


@pytest.mark.parametrize("ways", ["gradient", "value_with_gradient", "pullback", "differential"])
def test_every_derivative_finds_out_for_itself(ways):
    def total(xs):
        rows = []
        for i in range(len(xs)):
            rows.append([xs[j] * xs[i] for j in range(i)])
        return sum(sum(row) for row in rows)

    expected = np.sum(X) - X
    if ways == "gradient":
        assert np.allclose(gradient(of=total)(X), expected)
    elif ways == "value_with_gradient":
        assert np.allclose(value_with_gradient(of=total)(X).gradient, expected)
    elif ways == "pullback":
        assert np.allclose(value_with_pullback(of=total)(X).pullback(1.0), expected)
    else:
        assert np.isclose(differential(of=total)(X)(np.ones(4)), np.sum(expected))


def test_pullbacks_are_pickled_with_what_was_found_out():
    pullback = value_with_pullback(of=triangle)(X).pullback
    assert np.allclose(pickle.loads(pickle.dumps(pullback))(X), pullback(X))


def test_what_cannot_run_twice_runs_once(capsys):
    def drawn(xs, rng):
        print("drawing")
        rows = []
        for i in range(3):
            rows.append([xs[j] * rng.normal() for j in range(i)])
        xs[0] += 1.0
        return sum(sum(row) for row in rows)

    mine, theirs = X.copy(), X.copy()
    value = differentiable(drawn)(mine, np.random.default_rng(1))
    assert value == drawn(theirs, np.random.default_rng(1))
    assert mine[0] == theirs[0] == 2.0
    assert capsys.readouterr().out == "drawing\n" * 2


def test_arrays_cannot_be_made_of_them():
    def made(xs):
        rows = []
        for i in range(len(xs)):
            rows.append([xs[j] for j in range(i)])
        return np.sum(np.array(rows))

    with pytest.raises(ValueError, match="lists of different lengths"):
        differentiable(made)(X)


def test_what_needs_one_length_says_so():
    def made(xs):
        rows = []
        for i in range(1, len(xs)):
            rows.append(xs[:i])
        return np.sum(np.stack(rows))

    with pytest.raises(ValueError, match="lists of different lengths"):
        differentiable(made)(X)


def test_what_cannot_be_had_with_different_lengths_says_that_they_differ():
    def made(xs):
        rows = []
        for i in range(1, len(xs)):
            rows.append(xs[:i] * 2)
        rows[1][0] = 7.0
        return sum(np.sum(row) for row in rows)

    with pytest.raises(ShapeMismatch, match="different shapes: an axis has 1 elements, and here 2") as caught:
        differentiable(made)(X)
    assert "that they may differ is not supported here: in line" in str(caught.value)


def test_what_else_must_be_known_then_is_asked_for():
    def made(xs, k):
        rows = []
        for i in range(1, len(xs)):
            rows.append([xs[:2] * j for j in range(i)])
        return np.sum(np.sum(xs.reshape(2, 2), axis=k)) + sum(len(row) for row in rows)

    assert differentiable(made)(X, 1) == made(X, 1)
