"""What the two sweeps look like: what is merged, saved, carried, refused."""

from __future__ import annotations

import re

import numpy as np
import pytest

from autodiff_compiler import gradient, value_with_gradient, value_with_pullback

X = np.array([0.3, -0.7, 1.1, 0.4])


def source(function, *arguments) -> str:
    return value_with_gradient(of=function).source(*arguments)


def loops(text: str) -> int:
    return len(re.findall(r"^ *for ", text, re.MULTILINE))


def branches(text: str) -> int:
    return len(re.findall(r"^ *(?:el)?if ", text, re.MULTILINE))


def weighted_sum(x, w):
    s = 0.0
    for i in range(len(x)):
        s += x[i] * w
    return s


def recurrence(x, w):
    s = 0.0
    for i in range(len(x)):
        s = np.tanh(w * s + x[i])
    return s


def product_with_the_total(x):
    s = 0.0
    for i in range(len(x)):
        s += x[i] * x[i]
    return s * s


def gauss_seidel(a, sweeps):
    for _ in range(sweeps):
        for i in range(1, len(a) - 1):
            a[i] = (a[i - 1] + a[i + 1]) / 2.0
    return np.sum(a)


def swapped(u, steps):
    v = u.copy()
    for _ in range(steps):
        for i in range(1, len(u) - 1):
            v[i] = u[i] + 0.1 * (u[i - 1] - 2.0 * u[i] + u[i + 1])
        u, v = v, u
    return np.sum(u)


def newton(a):
    x = a
    while abs(x * x - a) > 1e-12:
        x = 0.5 * (x + a / x)
    return x


def table(x, a):
    v = np.zeros(len(x))
    v[0] = x[0]
    for t in range(1, len(x)):
        v[t] = x[t] * v[t - 1] * a
    return np.sum(v)


def wrapping_table(x, a):
    v = x.copy()
    for t in range(len(x)):
        v[t] = v[t - 1] * a * v[t]
    return np.sum(v)


def chain(x):
    return np.sum(np.tanh(np.sin(x) * np.exp(x)))


def guarded_branch(x):
    s = 0.0
    for i in range(len(x)):
        if x[i] > 0:
            s += np.log(x[i])
        else:
            s += 1.0 - x[i]
    return s


def test_sum_runs_both_sweeps_in_one_loop():
    assert loops(source(weighted_sum, X, 2.0)) == 1


def test_seed_that_depends_on_the_loop_keeps_the_sweeps_apart():
    assert loops(source(product_with_the_total, X)) == 2


def test_recurrence_saves_one_number_per_step():
    text = source(recurrence, X, 0.5)
    assert len(re.findall(r"_saved\w* = np\.empty", text)) == 1
    assert "grow" not in text


@pytest.mark.parametrize("function", [gauss_seidel, swapped])
def test_linear_sweeps_save_nothing(function):
    question = value_with_gradient(of=function)
    assert "_saved" not in question.source(X, 3)
    assert "nothing is saved" in question.explain(X, 3)


def test_gradient_of_a_linear_function_skips_the_primal():
    assert loops(gradient(of=gauss_seidel).source(X, 3)) == 3  # the seed of the sum, and both loops reversed


def test_while_saves_on_a_stack():
    assert "grow" in source(newton, 2.0)
    assert gradient(of=newton)(2.0) == pytest.approx(0.5 / np.sqrt(2.0))


def test_elements_written_once_are_read_again():
    assert "_saved" not in source(table, X, 0.9)


def test_index_that_wraps_is_not_taken_for_an_earlier_one():
    value, (by_x, _) = value_with_gradient(of=wrapping_table)(X, 0.9)
    step = 1e-6 * np.array([1.0, 0.5, -1.0, 2.0])
    difference = (wrapping_table(X + step, 0.9) - wrapping_table(X - step, 0.9)) / 2
    assert value == pytest.approx(wrapping_table(X, 0.9))
    assert by_x @ step == pytest.approx(difference, rel=1e-6)


def test_elementwise_chain_is_one_loop():
    assert loops(source(chain, X)) == 1


def test_branch_takes_its_reversal_in():
    assert branches(source(guarded_branch, X)) == 1


def test_pullback_can_be_called_again_and_is_linear():
    value, pullback = value_with_pullback(of=swapped)(X, 3)
    assert value == pytest.approx(swapped(X.copy(), 3))
    first = pullback(1.0)
    for _ in range(3):
        np.testing.assert_array_equal(pullback(1.0), first)
    np.testing.assert_allclose(pullback(2.5), 2.5 * first, rtol=1e-14)


@pytest.mark.parametrize("function", [weighted_sum, recurrence])
def test_zero_length(function):
    value, (by_x, by_w) = value_with_gradient(of=function)(np.zeros(0), 2.0)
    assert (value, by_x.shape, by_w) == (0.0, (0,), 0.0)


def test_untaken_branch_gives_no_nan():
    assert np.all(np.isfinite(gradient(of=guarded_branch)(np.array([0.0, -1.0, 2.0]))))
