"""Exceptions that Python's integers raise, raised by compiled code too."""

from __future__ import annotations

import pytest

from autodiff_compiler import gradient


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
        (raised, 3, -1, ValueError),
    ],
)
def test_exceptions_of_integers(function, good, bad, error):
    assert gradient(of=function)(1.5, good) == function(1.0, good)
    with pytest.raises(error) as caught:
        gradient(of=function)(1.5, bad)
    assert function.__name__ in str(caught.value.__notes__) or "return" in str(caught.value.__notes__)
