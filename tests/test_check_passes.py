"""The check between passes finds what a wrong pass breaks, and lets right ones through."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from autodiff_compiler.check_passes import Checker
from autodiff_compiler.errors import CompilerBug
from autodiff_compiler.ir.build import Builder, constant, integer
from autodiff_compiler.ir.nodes import Apply, Block, Carry, For, Function, Guard, Level, Store, Var, While
from autodiff_compiler.ir.types import BOOL, FLOAT, INT, Array, Stack
from autodiff_compiler.ir.walk import map_statements
from autodiff_compiler.optimise.simplify import simplify

VECTOR = Array("float64", 1)


@pytest.fixture
def checker(monkeypatch: pytest.MonkeyPatch) -> Checker:
    monkeypatch.setenv("AUTODIFF_CHECK", "1")
    return Checker()


def doubling(operator: str = "add") -> Function:
    """Return x[0] `operator` x[0] and put it into x[1]."""
    x, builder = Var("x", VECTOR), Builder()
    first = builder.load(x, (integer(0),))
    result = builder.assign(Apply(operator, (first, first)), FLOAT, "result")
    builder.store(x, (integer(1),), result)
    return Function("f", (x,), builder.block(result), Level.TYPED, 0)


def without_stores(function: Function) -> Function:
    body = map_statements(function.body, lambda item: () if isinstance(item, Store) else (item,))
    return replace(function, body=body)


def test_a_right_pass(checker):
    function = doubling()
    again = doubling()
    assert checker.keep(function, again, "right") is again
    assert checker.keep(function, simplify(function), "simplify") is not None


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (doubling("multiply"), "`wrong` changes result 0"),
        (without_stores(doubling()), "`wrong` changes what is left in `x`"),
        (replace(doubling(), body=Block((), (constant(1.0, "float64"),))), "`wrong` changes result 0"),
    ],
)
def test_a_wrong_pass(checker, after, words):
    with pytest.raises(CompilerBug) as caught:
        checker.keep(doubling(), after, "wrong")
    assert words in str(caught.value)
    assert "f(x: float64[:])" in str(caught.value)
    assert "please report" in str(caught.value)


def test_broken_rules(checker):
    broken = replace(doubling(), body=Block((), (Var("nowhere", FLOAT),)))
    with pytest.raises(CompilerBug, match="`wrong` has made a program that breaks its own rules"):
        checker.accept(broken, "wrong")
    with pytest.raises(CompilerBug, match="breaks its own rules"):
        checker.keep(doubling(), broken, "wrong")


def test_a_program_that_fails_only_afterwards(checker):
    x = Var("x", VECTOR)
    before = Function("f", (x,), Block((), (constant(1.0, "float64"),)), Level.TYPED, 0)
    builder = Builder()
    builder.load(x, (integer(7),))
    after = replace(before, body=builder.block(constant(1.0, "float64")))
    with pytest.raises(CompilerBug, match="after `wrong` the program fails: IndexError"):
        checker.keep(before, after, "wrong")
    assert checker.keep(after, before, "dead code") is before  # it may remove what fails


def test_refused_samples_tell_nothing(checker):
    x, builder = Var("x", FLOAT), Builder()
    builder.add(Guard(constant(False, "bool"), "never"))
    function = Function("f", (x,), builder.block(x), Level.TYPED, 0)
    other = replace(function, body=Block(function.body.statements, (constant(2.0, "float64"),)))
    assert checker.keep(function, other, "any") is other


def endless(value: float) -> Function:
    x, inside, after = Var("x", FLOAT), Var("x", FLOAT), Var("x", FLOAT)
    test, body = Builder(), Builder()
    going = test.assign(Apply("less_equal", (inside, constant(np.inf, "float64"))), BOOL, "going")
    following = body.assign(Apply("add", (inside, constant(value, "float64"))), FLOAT, "x")
    loop = While((Carry(inside, x, after),), test.block(going), body.block(following))
    return Function("f", (x,), Block((loop,), (after,)), Level.TYPED, 0)


def test_programs_that_run_too_long_are_passed_over(checker):
    assert checker.keep(endless(1.0), other := endless(2.0), "any") is other


def test_reassociation_is_allowed(checker):
    def total(backwards: bool) -> Function:
        x, i = Var("x", VECTOR), Var("i", INT)
        inside, after = Var("s", FLOAT), Var("s", FLOAT)
        body = Builder()
        following = body.assign(Apply("add", (inside, body.load(x, (i,)))), FLOAT, "s")
        bounds = (integer(2), integer(-1), integer(-1)) if backwards else (integer(0), integer(3), integer(1))
        loop = For(i, *bounds, (Carry(inside, constant(0.1, "float64"), after),), body.block(following))
        return Function("f", (x,), Block((loop,), (after,)), Level.TYPED, 0)

    checker.keep(total(False), total(True), "reversed")


def test_stacks_cannot_be_sampled(checker):
    stack = Var("s", Stack("float64"))
    first = Function("f", (stack,), Block((), (constant(1.0, "float64"),)), Level.DERIVED, 0)
    other = replace(first, body=Block((), (constant(2.0, "float64"),)))
    assert checker.keep(first, other, "any") is other


def test_strided_and_unit_axes(checker):
    x = Var("x", Array("float32", 3, False, (False, True, False)))
    builder = Builder()
    sizes = builder.dims(x)
    function = Function("f", (x,), builder.block(*sizes), Level.TYPED, (0, 1, 2))
    swapped = replace(function, body=Block(function.body.statements, sizes[::-1]))
    wrong = replace(function, body=Block(function.body.statements, (sizes[0], sizes[2], sizes[1])))
    checker.keep(function, swapped, "right")
    with pytest.raises(CompilerBug, match="changes result 1"):
        checker.keep(function, wrong, "wrong")


class TestDerived:
    def test_a_right_value(self, checker):
        checker.derived(without_stores(doubling()), without_stores(doubling()), "gradient", 1)

    def test_a_wrong_value(self, checker):
        with pytest.raises(CompilerBug, match="`gradient` changes result 0"):
            checker.derived(without_stores(doubling()), without_stores(doubling("multiply")), "gradient", 1)

    def test_a_changed_argument(self, checker):
        with pytest.raises(CompilerBug, match="`gradient` changes what is left in `x`"):
            checker.derived(doubling(), doubling(), "gradient", 0)


def test_nothing_is_checked_unless_asked(monkeypatch):
    monkeypatch.delenv("AUTODIFF_CHECK", raising=False)
    wrong = doubling("multiply")
    assert Checker().keep(doubling(), wrong, "wrong") is wrong
