"""Exceptions of the user's code reach the caller as Python would raise them: compiled, and not.

PYTEST_DONT_REWRITE: the functions' own assertions are what is looked at.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from autodiff_compiler import differentiable, value_with_gradient, value_with_pullback
from autodiff_compiler.errors import DifferentiationError


class TooLarge(ValueError):
    def __init__(self, value, limit=1.0, *, unit="m"):
        super().__init__(f"{value} {unit} is more than {limit}")
        self.value = value


NOTHING = LookupError("nothing")


def plain_class(x):
    if x < 0.0:
        raise ValueError
    return x * x


def constant_message(x):
    if x < 0.0:
        raise KeyError("negative", 3, None, (1, 2.5))
    return x * x


def formatted_number(x):
    if x < 0.0:
        raise ValueError(f"{x} is negative: {x:.3f}, {x!r:>8}, {{}} {-x:{'.2'}e} {x=}")
    return x * x


def other_formats(x):
    if x < 0.0:
        raise ValueError("%g and %d" % (x, len((1, 2))), "{:.2f}|{}".format(x, 2), "x: " + str(x))  # noqa: UP031, UP032
    return x * x


def numbers_as_arguments(x):
    if x < 0.0:
        raise ArithmeticError(x, int(x), x < 1.0, (x, "text"))
    return x * x


def own_class(x):
    if x < 0.0:
        raise TooLarge(x, limit=-x, unit="km")
    return x * x


def instance_of_the_module(x):
    if x < 0.0:
        raise NOTHING
    return x * x


def assertion(x):
    assert x > 0.0
    return x * x


def assertion_with_a_message(x):
    assert x > 0.0, f"{x:.1f}"
    return x * x


def unused_check(x):
    y = x * 2.0
    if y < 0.0:
        raise ValueError("not needed by the result")
    return x * x


def in_a_loop(x):
    s = x
    for k in range(10):
        s = s + 1.0
        if s * x < -4.0 + k:
            raise RuntimeError(f"step {k}: {s}")
    return s * x


def in_a_while(x):
    k = 0
    while True:
        x = x * 1.5
        k += 1
        if k > 5:
            return x
        if x < -3.0:
            raise OverflowError(f"{k}", x)


def from_a_helper(x):
    return math.sin(x) * plain_class(x) + constant_message(x)


def in_an_arm(x):
    y = x * x if x > 0.0 else own_class(x)
    return y


def else_of_a_loop(x):
    for k in range(5):
        if x > k:
            break
    else:
        raise LookupError("no break")
    return x * k


def first_of_two(x):
    if x < -1.0:
        raise ValueError("first")
    if x < 0.0:
        raise TypeError("second")
    return x * x


def not_the_class_that_is_caught(x):
    try:
        r = plain_class(x)
    except KeyError:
        r = x
    return r


def raised_in_a_handler(x):
    try:
        r = plain_class(x)
    except ValueError as error:
        raise RuntimeError(f"translated at {x}") from error
    else:
        r = r * 2.0
    return r


def raised_again(x):
    try:
        r = plain_class(x)
    except (KeyError, ValueError):
        r = x
        raise
    return r


def raised_again_by_name(x):
    try:
        r = constant_message(x)
    except KeyError as error:
        if x < 0.0:
            raise error
        r = x
    return r


def raised_in_else(x):
    try:
        r = x * x
    except ValueError:
        r = x
    else:
        if x < 0.0:
            raise ValueError("not caught here")
    return r


def match_without_a_case(x):
    match x > 0.0:
        case True:
            return x * x
        case _:
            raise NotImplementedError("negative")


def in_a_pattern(x):
    def inner(v):
        if v < 0.0:
            raise ValueError(f"inner {v}")
        return v * v

    check = lambda v: inner(v) * 2.0  # noqa: E731
    return check(x)


@dataclass
class Checked:
    value: float

    def __post_init__(self):
        if self.value < 0.0:
            raise ValueError(f"bad value {self.value}")


def in_a_constructor(x):
    return Checked(x).value * x


FUNCTIONS = [
    plain_class, constant_message, formatted_number, other_formats, numbers_as_arguments, own_class,
    instance_of_the_module, assertion, assertion_with_a_message, unused_check, in_a_loop, in_a_while,
    from_a_helper, in_an_arm, else_of_a_loop, first_of_two, not_the_class_that_is_caught, raised_in_a_handler,
    raised_again, raised_again_by_name, raised_in_else, match_without_a_case, in_a_pattern, in_a_constructor,
]  # fmt: skip


def failure(function: Callable, argument: object) -> BaseException:
    with pytest.raises(BaseException) as caught:
        function(argument)
    return caught.value


def call(way: str, function: Callable) -> Callable:
    match way:
        case "primal":
            return differentiable(function)
        case "gradient":
            return value_with_gradient(of=function)
        case _:
            return lambda x: value_with_pullback(of=function)(x)[0]


@pytest.mark.parametrize("jit", ["1", "0"])
@pytest.mark.parametrize("way", ["primal", "gradient", "pullback"])
@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_the_same_exception(function: Callable, way: str, jit: str, monkeypatch: pytest.MonkeyPatch):
    if (way, jit) == ("pullback", "0"):
        pytest.skip("covered by the others")
    monkeypatch.setenv("AUTODIFF_JIT", jit)
    argument = -1.75
    expected, found = failure(function, argument), failure(call(way, function), argument)
    assert type(found) is type(expected)
    assert not isinstance(found, DifferentiationError)
    assert found.args == expected.args
    assert [type(item) for item in found.args] == [type(item) for item in expected.args]
    assert str(found) == str(expected)


def test_attributes_of_an_exception():
    assert failure(differentiable(own_class), -1.75).value == -1.75


def test_the_place_is_noted():
    (note,) = failure(differentiable(plain_class), -1.0).__notes__
    assert "test_exceptions.py" in note
    assert "raise ValueError" in note


def test_numbers_keep_their_class():
    found = failure(value_with_gradient(of=numbers_as_arguments), np.float32(-1.5))
    assert type(found.args[0]) is np.float32


def configured(x, method):
    if method not in ("sin", "cos"):
        raise ValueError(f"unknown method {method!r}")
    return math.sin(x) if method == "sin" else math.cos(x)


def test_exceptions_known_while_compiling():
    for way in (differentiable(configured), value_with_gradient(of=configured)):
        with pytest.raises(ValueError, match=r"^unknown method 'tan'"):
            way(1.0, "tan")
    assert differentiable(configured)(1.0, "cos") == math.cos(1.0)


def written_before(a):
    a[0] = 2.0 * a[1]
    if a[0] > 1.0:
        raise ValueError("large")
    a[1] = 0.0
    return a[0]


def test_what_is_written_before_stays_written():
    ours, theirs = np.ones(2), np.ones(2)
    failure(differentiable(written_before), ours)
    failure(written_before, theirs)
    np.testing.assert_array_equal(ours, theirs)


def raises_one_or_the_other(x):
    s = 0.0
    for k in range(3):
        s += x * k
        if s > 5.0:
            raise TooLarge(s)
    raise KeyError(f"only {s}")


def returns_what_always_raises(x):
    return raises_one_or_the_other(2.0 * x) + x


@pytest.mark.parametrize("function", [raises_one_or_the_other, returns_what_always_raises])
@pytest.mark.parametrize("x", [0.5, 4.0])
def test_functions_that_always_raise(function, x, monkeypatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    with pytest.raises(Exception) as expected:
        function(x)
    with pytest.raises(type(expected.value)) as caught:
        differentiable(function)(x)
    assert caught.value.args == expected.value.args


@pytest.mark.filterwarnings("ignore::autodiff_compiler.ZeroDerivativeWarning")
def test_a_derivative_that_always_raises(monkeypatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    with pytest.raises(TooLarge, match=r"8.0 m is more"):
        value_with_gradient(of=returns_what_always_raises)(4.0)
