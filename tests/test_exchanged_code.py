"""What a program was made from may change between calls: the next call sees it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autodiff_compiler import DifferentiationError, gradient


@pytest.fixture(autouse=True)
def _uncompiled(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")


def helper(x, factor=2.0, *, offset=0.0):
    return x * factor + offset * x


def calls_helper(x):
    return helper(x)


class Scaled:
    rate = 2.0

    def __init__(self, a):
        self.a = a

    def __mul__(self, other):
        return Scaled(self.a * other)

    @property
    def doubled(self):
        return 2 * self.a

    def method(self):
        return self.a * self.rate


def uses_class(x):
    scaled = Scaled(x) * 3.0
    return scaled.doubled + scaled.method()


def uses_argument(scaled):
    return scaled.doubled + scaled.method()


def test_code_and_defaults_of_a_function(monkeypatch):
    derivative = gradient(of=calls_helper)
    assert derivative(1.0) == 2.0
    monkeypatch.setattr(helper, "__defaults__", (5.0,))
    assert derivative(1.0) == 5.0
    monkeypatch.setitem(helper.__kwdefaults__, "offset", 1.0)
    assert derivative(1.0) == 6.0
    monkeypatch.setattr(helper, "__code__", (lambda x, factor, *, offset: x * factor * 10).__code__)
    assert derivative(1.0) == 50.0


def test_defaults_of_the_function_itself(monkeypatch):
    derivative = gradient(of=helper, wrt="x")
    assert derivative(1.0) == 2.0
    monkeypatch.setattr(helper, "__defaults__", (7.0,))
    assert derivative(1.0) == 7.0


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("__mul__", lambda self, other: Scaled(self.a * other * 10), 120.0),
        ("__init__", lambda self, a: setattr(self, "a", a * 2), 48.0),
        ("doubled", property(lambda self: 5 * self.a), 21.0),
        ("method", lambda self: self.a, 9.0),
        ("rate", 3.0, 15.0),
    ],
)
def test_what_a_class_has(monkeypatch, name: str, value: object, expected: float):
    derivative = gradient(of=uses_class)
    assert derivative(1.0) == 12.0
    monkeypatch.setattr(Scaled, name, value)
    assert derivative(1.0) == expected


def test_what_the_class_of_an_argument_has(monkeypatch):
    derivative = gradient(of=uses_argument, wrt="scaled")
    assert derivative(Scaled(1.0)).a == 4.0
    monkeypatch.setattr(Scaled, "doubled", property(lambda self: 7 * self.a))
    assert derivative(Scaled(1.0)).a == 9.0


HELD: Any = (2.0, 3.0)


def reads_a_tuple(x):
    return x * HELD[0] * HELD[-1]


def test_a_global_tuple_gets_shorter(monkeypatch):
    derivative = gradient(of=reads_a_tuple)
    assert derivative(1.0) == 6.0
    monkeypatch.setattr("tests.test_exchanged_code.HELD", (5.0,))
    assert derivative(1.0) == 25.0


class Odd(float):
    def __mul__(self, other):
        return 1000.0


def product(x):
    return x * 2.0


MASKED = np.ma.array([1.0, 2.0], mask=[True, False])


def sum_of_masked(x):
    return x * np.sum(MASKED)


@pytest.mark.parametrize(
    ("function", "argument", "words"),
    [(product, Odd(2.0), "in its own way"), (sum_of_masked, 1.0, "MaskedArray")],
)
def test_numbers_that_compute_otherwise_are_refused(function: Callable, argument: float, words: str):
    with pytest.raises(DifferentiationError, match=words):
        gradient(of=function)(argument)
