"""Functions that call themselves: depth, tape, results that may be arguments, pullbacks taken twice."""

from __future__ import annotations

import pickle
import sys

import numpy as np
import pytest

from autodiff_compiler import (
    DifferentiationError,
    differentiable,
    gradient,
    value_with_gradient,
    value_with_pullback,
)


def countdown(x, n):
    if n == 0:
        return x
    return countdown(x * 1.0001, n - 1) + 0.001 * x


def total(leaves, low, high):
    if high - low == 1:
        return leaves[low]
    middle = (low + high) // 2
    return total(leaves, low, middle) + total(leaves, middle, high)


def product(leaves, low, high):
    if high - low == 1:
        return leaves[low]
    middle = (low + high) // 2
    return product(leaves, low, middle) * product(leaves, middle, high)


def itself_or_new(a, n):
    if n == 0:
        return a
    if n > 3:
        return a * 2.0
    return itself_or_new(a, n - 1)


def changed_afterwards(a, n):
    b = a * 1.5
    c = itself_or_new(b, n)
    b[0] = 3.0
    return np.sum(c * c)


@pytest.mark.parametrize("jit", ["1", "0"])
@pytest.mark.parametrize("of", [differentiable, lambda f: gradient(of=f, wrt="x")])
def test_too_deep_is_a_recursion_error(of, jit: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AUTODIFF_JIT", jit)
    with pytest.raises(RecursionError, match="maximum recursion depth exceeded"):
        of(countdown)(1.0, 1_000_000)


def test_as_deep_as_python_allows():
    before = sys.getrecursionlimit()
    try:
        sys.setrecursionlimit(9_000)
        value, slope = value_with_gradient(of=countdown, wrt="x")(1.0, 8_000)
    finally:
        sys.setrecursionlimit(before)
    assert value == pytest.approx(slope)  # it is linear in x


def test_a_sum_saves_nothing_and_a_product_its_factors():
    arguments = np.ones(4), 0, 4
    assert "save(" not in gradient(of=total).source(*arguments)
    assert gradient(of=product).source(*arguments).count("save(") == 2


def test_units_are_written_once():
    source = gradient(of=total).source(np.ones(4), 0, 4)
    assert source.count("def ") == 3  # both sweeps of the unit, and the entry


def test_a_pullback_can_be_taken_again_and_pickled():
    leaves = np.array([2.0, 3.0, 5.0, 7.0])
    value, pullback = value_with_pullback(at=(leaves, 0, 4), of=product)
    assert value == 210.0
    for taken in (pullback, pullback, pickle.loads(pickle.dumps(pullback))):
        np.testing.assert_allclose(taken(1.0), 210.0 / leaves)
        np.testing.assert_allclose(taken(-2.0), -420.0 / leaves)


def test_a_result_that_may_be_an_argument_written_later_is_refused():
    with pytest.raises(DifferentiationError, match="may be one of its arguments"):
        gradient(of=changed_afterwards)(np.ones(3), 2)


def test_stages_and_explanation_show_units():
    derivative = gradient(of=product)
    arguments = np.ones(4), 0, 4
    assert "call product_1(" in derivative.stages(*arguments)["typed"]
    assert "call product_1_reverse(" in derivative.stages(*arguments)["planned"]
    assert (
        "2 values on the tape, 16 bytes, where a call of `product_1_forward` comes by"
        in derivative.explain(*arguments)
    )
