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


@pytest.mark.parametrize(
    ("function", "argument", "through"),
    [
        (rounded, 2.7, "an integer"),
        (rounded_to_digits, 2.7, "rounding"),
        (through_an_integer, 2.7, "an integer"),
        (comparison_added, 2.7, "a comparison"),
        (count_of_an_array, np.array([1.5, 2.5]), "an integer"),
    ],
)
def test_warned(function, argument, through):
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


def of_a_constant(x, y):
    return x * round(y)


@pytest.mark.parametrize(
    ("function", "arguments", "wrt"),
    [
        (factor, (2.5,), None),
        (counted, (2.5,), None),
        (indexed, (np.array([1.0, 2.0, 3.0]), 1.5), None),
        (of_a_constant, (2.0, 2.7), "x"),
    ],
)
def test_silent(function, arguments, wrt):
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
