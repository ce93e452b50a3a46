"""Shapes that do not fit, in functions of NumPy: which line, which arrays, which shapes."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg

from autodiff_compiler import ShapeMismatch, differentiable

MATRIX, VECTOR = np.ones((3, 4)), np.ones(3)


@pytest.fixture(autouse=True)
def _uncompiled(monkeypatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")


def joined_below(x, v):
    y = 2.0 * x
    return np.sum(np.vstack([y, v[:2]]))  # <- here


def solved(x, v):
    return np.sum(np.linalg.solve(x, v))  # <- here


def inverse(x, v):
    return np.sum(np.linalg.inv(x))  # <- here


def factored(x, v):
    return np.sum(np.linalg.cholesky(x)) + v[0]  # <- here


def triangular(x, v):
    return np.sum(scipy.linalg.solve_triangular(x, v))  # <- here


def split(x, v):
    return np.sum(np.split(v, 2)[0])  # <- here


def looked_up(x, v):
    return np.sum(np.interp(v, v, x[0]))  # <- here


def averaged(x, v):
    return np.sum(np.average(x, axis=1, weights=v))  # <- here


def counted(x, v):
    return np.sum(np.bincount(np.arange(4), weights=v))  # <- here


def in_a_callee(x, v):
    def helper(left, right):
        return np.stack([left, right])  # <- here

    return np.sum(helper(x[0], v))


RUNNING = {
    joined_below: ("`y` has the shape (3, 4)", "`v[:2]` has the shape (2,)"),
    solved: ("`x` has the shape (3, 4)", "`v` has the shape (3,)"),
    inverse: ("`x` has the shape (3, 4)",),
    factored: ("`x` has the shape (3, 4)",),
    triangular: ("`x` has the shape (3, 4)",),
    split: ("`v` has the shape (3,)",),
    looked_up: ("`v` has the shape (3,)", "`x[0]` has the shape (4,)"),
    averaged: ("`x` has the shape (3, 4)", "`v` has the shape (3,)"),
    counted: ("(4,)", "(3,)"),
    in_a_callee: ("`left` has the shape (4,)", "`right` has the shape (3,)"),
}


@pytest.mark.parametrize("function", RUNNING, ids=lambda function: function.__name__)
def test_shapes_that_are_known_when_the_function_runs(function):
    with pytest.raises(Exception) as caught:
        differentiable(function)(MATRIX, VECTOR)
    with pytest.raises(Exception) as expected:
        function(MATRIX, VECTOR)
    assert isinstance(caught.value, type(expected.value))
    said = "\n".join([str(caught.value), *getattr(caught.value, "__notes__", [])])
    assert "# <- here" in said
    for words in RUNNING[function]:
        assert words in said


def joined(x, v):
    return np.sum(np.concatenate([x, v]))


def test_axes_that_are_known_while_compiling():
    with pytest.raises(ShapeMismatch, match=r"`x` has 2 axes, `v` has 1 axis"):
        differentiable(joined)(MATRIX, VECTOR)
