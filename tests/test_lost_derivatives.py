"""What is said where a number loses its derivative on its way into the result."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from autodiff_compiler import DerivativeLostWarning, NotDifferentiable, gradient


def rounded(x):
    return 0.5 * round(x) * x


def rounded_to_digits(x):
    return x + round(x, 2)


def through_an_integer(x):
    n = int(x)
    return x + n / 3


def comparison_added(x):
    return x + (x > 0)


def count_of_an_array(a):
    hits = 0
    for v in a:
        if v > 0:
            hits += int(v)
    return np.sum(a) + hits


def summed(a):
    return a[0] + sum([int(v) for v in a])


def whole(k, x):
    return int(x) if k == 0 else whole(k - 1, x)


def through_a_recursion(x):
    return x + whole(3, x)


def inside_a_recursion(x, k=3):
    return x if k == 0 else inside_a_recursion(x, k - 1) + (x > k)


class Counted:
    def __init__(self, x):
        self.n = round(x)


def attribute_and_item(a):
    held = {"n": Counted(a[0]).n}
    return a[1] + held["n"]


@pytest.mark.parametrize(
    ("function", "argument", "through"),
    [
        (summed, np.array([1.5, 2.5]), "an integer"),
        (through_a_recursion, 2.7, "an integer"),
        (inside_a_recursion, 2.7, "a comparison"),
        (attribute_and_item, np.array([1.6, 2.6]), "an integer"),
        (rounded, 2.7, "an integer"),
        (rounded_to_digits, 2.7, "rounding"),
        (through_an_integer, 2.7, "an integer"),
        (comparison_added, 2.7, "a comparison"),
        (count_of_an_array, np.array([1.5, 2.5]), "an integer"),
    ],
)
def test_warned(function, argument, through, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    with pytest.warns(DerivativeLostWarning, match=through) as caught:
        gradient(of=function)(argument)
    assert len(caught) == 1
    assert "test_lost_derivatives.py:" in str(caught[0].message)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        gradient(of=function)(argument)


def factor(x):
    return float(x > 0) * x + (x < 5) * x * x


def counted(x):
    total = 0.0
    for k in range(int(x)):
        total += x * k
    return total if round(x) > 0 else x


def indexed(a, x):
    return a[int(x)] * x


def depth(x, k):
    return k if x < 1.0 else depth(x / 2, k + 1)


def counted_in_a_recursion(x):
    return x * depth(x, 0)


def of_a_constant(x, y):
    return x * round(y)


@pytest.mark.parametrize(
    ("function", "arguments", "wrt"),
    [
        (factor, (2.5,), None),
        (counted, (2.5,), None),
        (counted_in_a_recursion, (5.0,), None),
        (indexed, (np.array([1.0, 2.0, 3.0]), 1.5), None),
        (of_a_constant, (2.0, 2.7), "x"),
    ],
)
def test_silent(function, arguments, wrt, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        gradient(of=function, wrt=wrt)(*arguments)


def round_trip(x):
    return float(int(x)) + 2 * x


def test_the_direct_round_trip_is_refused():
    with pytest.raises(NotDifferentiable, match="through an integer and back") as caught:
        gradient(of=round_trip)(2.5)
    assert caught.value.lineno == round_trip.__code__.co_firstlineno + 1
    assert "int(x)" in caught.value.suggestion
    assert gradient(of=lambda x, y: float(int(y)) * x, wrt="x")(3.0, 2.5) == 2.0
