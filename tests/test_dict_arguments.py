"""Dicts of many equal things as arguments: one program for all keys, gradients of their structure."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

from autodiff_compiler import (
    UnsupportedSyntax,
    check_derivative,
    differentiable,
    gradient,
    value_with_gradient,
    value_with_pullback,
)
from autodiff_compiler.calling import Caller
from autodiff_compiler.frontend.key_codes import text_code
from tests.programs import equal_dicts
from tests.programs.equal_dicts import PROGRAMS, numbers, scattered

FEW, MANY = 31, 40


@pytest.fixture(autouse=True)
def _uncompiled(monkeypatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")


def same(one, other):
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[k], other[k]) for k in one)
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    if hasattr(one, "__dict__"):
        return same(vars(one), vars(other))
    if isinstance(one, str):
        return one == other
    return type(one) is type(other) and np.allclose(one, other)


@pytest.mark.parametrize(("function", "make"), PROGRAMS)
def test_values_changes_and_gradients_are_those_of_python(function, make):
    given, changed = make(MANY), make(MANY)
    expected = function(*given)
    assert same(differentiable(function)(*changed), expected)
    assert same(changed, given)
    value, slopes = value_with_gradient(of=function, wrt=(0,))(*make(MANY))
    assert np.allclose(value, expected)
    if isinstance(changed[0], dict):
        assert list(slopes[0]) == list(changed[0])
    check_derivative(function, *make(MANY))


@pytest.mark.parametrize(("function", "make"), PROGRAMS)
def test_one_program_for_all_keys(function, make):
    caller = Caller(function, "primal", None)
    found = caller.specialise(make(MANY))
    assert "Dict(codes" in found.program.source
    assert caller.specialise(make(MANY + 30)) is found
    assert caller.specialise(make(FEW)) is found


@pytest.mark.parametrize(("function", "make"), PROGRAMS)
def test_few_things(function, make):
    assert same(differentiable(function)(*make(FEW)), function(*make(FEW)))


def test_what_arrays_cannot_do_is_written_out():
    given, changed = (numbers(MANY),), (numbers(MANY),)
    assert same(differentiable(equal_dicts.taken_apart)(*changed), equal_dicts.taken_apart(*given))
    assert same(changed, given)
    check_derivative(equal_dicts.taken_apart, numbers(MANY))


def test_compiled(monkeypatch):
    monkeypatch.setenv("AUTODIFF_JIT", "1")
    check_derivative(equal_dicts.other_dict, numbers(MANY), dict(reversed(numbers(MANY).items())))
    check_derivative(equal_dicts.looked_up, scattered(MANY), 90)


def returned(d, x):
    e = d.copy()
    for k in d:
        e[k] = d[k] * x
    return d, e, list(d)


def scaled(d, x):
    for k in d:
        d[k] = d[k] * x
    return d, [k for k in d], x


def test_results():
    given, changed = numbers(MANY), numbers(MANY)
    found, expected = differentiable(scaled)(changed, 2.0), scaled(given, 2.0)
    assert found[0] is changed
    assert same(found, expected)
    assert same(differentiable(returned)(numbers(MANY), 2.0), returned(numbers(MANY), 2.0))
    value, back = value_with_pullback(of=scaled)(numbers(MANY), 2.0)
    seed = (value[0], None, 1.0)
    assert same(pickle.loads(pickle.dumps(back))(seed), back(seed))
    assert list(back(seed)[0]) == list(given)


def missing_number(d):
    return d[5000] * 2.0


def missing_text(d):
    return d["none"] * 2.0


def missing_in_other(d, e):
    return sum(e[k] for k in d)


def new_key(d, n):
    for k in range(n):
        d[k] = 2.0 * k
    return sum(d.values())


def test_keys_that_there_are_not():
    for function, given in (
        (missing_number, (scattered(MANY),)), (missing_text, (numbers(MANY),)),
        (missing_in_other, (numbers(MANY), numbers(MANY, lambda k: f"j{k}"))),
    ):  # fmt: skip
        with pytest.raises(KeyError):
            differentiable(function)(*copy.deepcopy(given))
        with pytest.raises(KeyError):
            gradient(of=function)(*given)
    with pytest.raises(UnsupportedSyntax, match="a key that the dict has not had"):
        gradient(of=new_key)(scattered(MANY), 90)


def missing_pair(d, i):
    return d[i, 1] * 2.0


def test_keys_that_are_tuples():
    d = {(k, 1): 0.5 * k for k in range(MANY)}
    assert differentiable(missing_pair)(d, 3) == missing_pair(d, 3)
    for i in (MANY, -1, 2**40):
        with pytest.raises(KeyError, match=rf"\({i}, 1\)"):
            differentiable(missing_pair)(d, i)
    mixed = {(0, "a"): 1.0, (1, 1): 2.0}  # written out, as many others are
    assert gradient(of=missing_pair)(mixed, 1) == {(0, "a"): 0.0, (1, 1): 2.0}
    far = {(k, 2**50 * k): 1.0 for k in range(MANY)} | {(0, 1): 3.0}
    assert differentiable(missing_pair)(far, 0) == 6.0


def test_codes_of_text_do_not_depend_on_the_process():
    assert text_code("layer0") == text_code("layer" + str(0)) == 5287645991070526585
