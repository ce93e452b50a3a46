"""Which loops may run their reversal in any order or in the same pass, and what the others save."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from autodiff_compiler import value_with_gradient

X = np.linspace(0.1, 0.9, 4)
ONE_PASS = "both sweeps run in one pass"
ANY = "the iterations run in any order"
BACKWARDS = "the iterations run from the last to the first"


def sum_of_squares(x):
    s = 0.0
    for v in x:
        s += v * v
    return s


def sums_under_a_branch(x):
    s = 0.0
    for v in x:
        if v > 0.5:
            s += v * v
        else:
            s -= np.sin(v)
    return s


def weight_used_in_every_iteration(x):
    s = 0.0
    for i in range(1, len(x)):
        s += x[i] * x[0]
    return s


def squared_sum(x):
    s = 0.0
    for v in x:
        s += v * v
    return s * s


def element_by_element(x):
    y = np.zeros(len(x) + 1)  # with one element more than the loop sets
    for i in range(len(x)):
        y[i] = np.sin(x[i])
    return np.sum(y * y)


def scattered(x):
    y = np.zeros(2)
    for i in range(len(x)):
        y[i % 2] += x[i] * x[i]
    return np.sum(y * y)


def upper_triangle(x):
    y = np.zeros((len(x), len(x)))
    for i in range(len(x)):
        for j in range(i + 1, len(x)):
            y[i, j] = x[i] * x[j]
    return np.sum(y * y)


def one_place_overwritten(x):
    y = np.zeros(2)
    for i in range(len(x)):
        y[0] = x[i] * x[i]
    return np.sum(y * y)


def prefix_products(x):
    for i in range(1, len(x)):
        x[i] *= x[i - 1]
    return np.sum(x)


def recurrence(x):
    s = 1.0
    for v in x:
        s = np.sin(s * v)
    return s


def places_met_twice(x):
    y = np.zeros(3)
    for i in range(-2, 2):
        y[i] = x[i + 2] * x[0]
    return np.sum(y * y)


@pytest.mark.parametrize(
    ("function", "order"),
    [
        (sum_of_squares, ONE_PASS),
        (sums_under_a_branch, ONE_PASS),
        (weight_used_in_every_iteration, ONE_PASS),
        (squared_sum, ANY),  # the seed is twice the sum: known only after the loop
        (element_by_element, ANY),
        (scattered, ANY),
        (upper_triangle, ANY),
        (one_place_overwritten, BACKWARDS),
        (prefix_products, BACKWARDS),
        (recurrence, BACKWARDS),
        (places_met_twice, BACKWARDS),  # -2 and 1 are one place
    ],
)
def test_order(function: Callable, order: str):
    told = value_with_gradient(of=function).explain(X)
    found = [text for text in (ONE_PASS, ANY, BACKWARDS) if text in told]
    assert found == [order]


def view_added_to(w, m):
    for _ in range(3):
        w[1:] += m
    return w[3]


def test_cotangent_added_through_another_view_keeps_the_sweeps_apart():
    question = value_with_gradient(of=view_added_to)
    assert ONE_PASS not in question.explain(X, 2.0)
    np.testing.assert_array_equal(question(X, 2.0).gradient[0], [0.0, 0.0, 0.0, 1.0])
    assert question(X, 2.0).gradient[1] == 3.0


def recurrence_by_weight(x, w):
    s = 0.0
    for v in x:
        s = np.tanh(w * s + v)
    return s


def saved(text: str) -> list[str]:
    return [line for line in text.splitlines() if "_saved" in line and ("np.empty" in line or "copy" in line)]


def test_recurrence_saves_one_number_for_each_iteration():
    lines = saved(value_with_gradient(of=recurrence_by_weight).source(X, 0.5))
    assert len(lines) == 1
    assert "np.empty" in lines[0]


def ragged(x):
    s = 1.0
    for i in range(len(x)):
        for j in range(i):
            s = np.sin(s * x[j])
    return s


def test_trips_that_depend_on_an_outer_loop_use_a_stack():
    assert "on a stack" in value_with_gradient(of=ragged).explain(X)


def read_twice(x):
    return np.sum(x * x) + x[0] * x[1]


def test_straight_line_saves_nothing():
    assert not saved(value_with_gradient(of=read_twice).source(X))
