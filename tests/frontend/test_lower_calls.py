"""Functions called by a lowered function become part of it."""

from __future__ import annotations

import numpy as np
import pytest

from autodiff_compiler.errors import DifferentiationError, SourceUnavailable, TypeMismatch, UnsupportedSyntax
from tests.frontend.lowering import VECTOR, check, lowered


def combine(a, b=2.0, *, c=1):
    return a * b + c


def fill(target, value):
    """Returns nothing."""
    for i in range(len(target)):
        target[i] = value * i


def fill_until(target, limit):
    for i in range(len(target)):
        if i == limit:
            return
        target[i] = 0.0


def test_calls_with_keywords_and_defaults():
    def f(x, y):
        return combine(x), combine(x, y), combine(b=x, a=y), combine(x, c=y), combine(c=x, b=y, a=1)

    check(f, 1.5, 2.5)


def test_arguments_that_do_not_fit():
    def f(x):
        return combine(x, 1, 2)

    with pytest.raises(TypeMismatch, match="takes 2 positional arguments, and gets 3"):
        lowered(f, 1.0)


def test_calls_of_procedures():
    def f(x, n):
        fill(x, 2.0)
        fill_until(x, n)
        return x

    for n in (0, 2, 10):
        check(f, VECTOR, n)


def test_a_procedure_alone():
    check(fill, VECTOR, 1.5)


def test_procedures_have_no_value():
    def f(x):
        y = fill(x, 2.0)
        return y + 1.0

    with pytest.raises(TypeMismatch, match="None"):
        lowered(f, VECTOR)


def test_functions_as_arguments():
    def f(function, x):
        return function(x) + function(2 * x)

    check(f, combine, 1.5)
    check(f, np.sin, VECTOR)


def test_a_callee_without_source_is_refused_where_it_is_called():
    namespace: dict = {}
    exec("def textless(x): return x", namespace)
    textless = namespace["textless"]

    def f(x):
        return textless(x)

    with pytest.raises(SourceUnavailable) as caught:
        lowered(f, 1.0)
    assert caught.value.lineno == f.__code__.co_firstlineno + 1


def bad(x):
    yield x


def test_syntax_of_a_callee_is_reported_with_the_call():
    def f(x):
        return bad(x)

    with pytest.raises(UnsupportedSyntax) as caught:
        lowered(f, VECTOR)
    assert caught.value.location.caller.line == f.__code__.co_firstlineno + 1


@pytest.mark.parametrize("value", [{"a": 1.0}, [1.0, 2.0], object()])
def test_objects_cannot_be_called(value):
    def f(x):
        return value(x)

    with pytest.raises(DifferentiationError, match="called as a function"):
        lowered(f, 1.0)
