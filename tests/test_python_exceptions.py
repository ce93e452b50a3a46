"""Exceptions that Python's integers raise, raised by compiled code too."""

from __future__ import annotations

import pytest

from autodiff_compiler import TypeMismatch, gradient


def divided(x, n):
    return x * (7 // n)


def remainder(x, n):
    return x * (5 % n)


def shifted(x, n):
    return x * (1 << n)


def raised(x, n):
    return x * 2**n


@pytest.mark.parametrize(
    ("function", "good", "bad", "error"),
    [
        (divided, 2, 0, ZeroDivisionError),
        (remainder, 3, 0, ZeroDivisionError),
        (shifted, 3, -1, ValueError),
        (shifted, 3, 70, OverflowError),
    ],
)
def test_exceptions_of_integers(function, good, bad, error):
    assert gradient(of=function)(1.5, good) == function(1.0, good)
    with pytest.raises(error) as caught:
        gradient(of=function)(1.5, bad)
    assert function.__name__ in str(caught.value.__notes__) or "return" in str(caught.value.__notes__)


def test_an_integer_to_a_negative_power_is_refused_where_it_runs():
    assert gradient(of=raised)(1.5, 3) == 8.0
    with pytest.raises(TypeMismatch, match="negative power"):
        gradient(of=raised)(1.5, -1)
