"""What statements tell about integers."""

from __future__ import annotations

import pytest

from autodiff_compiler.analysis.affine import Affine
from autodiff_compiler.analysis.integers import Integers
from autodiff_compiler.ir.build import Builder, integer
from autodiff_compiler.ir.nodes import Block, Carry, Const, For, Guard, If, Level, Scalar, Var, While
from autodiff_compiler.ir.types import BOOL, INT
from autodiff_compiler.ir.walk import blocks
from tests.optimise.building import VECTOR, apply, function, parameters

N, K, X, Y = parameters(n=INT, k=INT, x=VECTOR, y=VECTOR)
TRUE, FALSE = Const(True, BOOL), Const(False, BOOL)


def _after(builder: Builder) -> Integers:
    known = Integers(function(builder, (N, K, X, Y), level=Level.LOOPS))
    for statement in builder.statements:
        known.observe(statement)
        if isinstance(statement, If):
            arms = known.inner(), known.inner()
            for arm, block in zip(arms, blocks(statement), strict=True):
                for inner in block.statements:
                    arm.observe(inner)
            known.join(statement, *arms)
    return known


def _number(builder: Builder, operator: str, *operands) -> Var:
    return apply(builder, operator, *operands, kind=INT)


def test_sums_are_expressions_of_what_they_are_made_of():
    builder = Builder()
    double = _number(builder, "multiply", integer(2), _number(builder, "add", N, integer(1)))
    less = _number(builder, "subtract", double, K)
    turned = _number(builder, "negative", less)
    assert _after(builder).form(turned) == Affine.of(K) - Affine.of(N) * 2 - 2


def test_narrow_integers_wrap_around_so_nothing_is_known_of_their_sums():
    builder, short = Builder(), Scalar("int32")
    total = apply(builder, "add", Var("s", short), integer(1), kind=short)
    assert _after(builder).form(total) == Affine.of(total)


def test_a_length_is_at_least_zero_whether_measured_or_not():
    builder = Builder()
    measured = builder.dim(X, 0)
    known = _after(builder)
    assert known.length(X, 0) == known.form(measured)
    assert known.facts.proves(known.length(X, 0) + known.length(Y, 0))
    assert not known.facts.proves(Affine.of(N))


def test_guards_and_conditions():
    builder = Builder()
    fits = apply(builder, "less", N, K, kind=BOOL)
    positive = apply(builder, "greater", N, integer(0), kind=BOOL)
    builder.add(Guard(apply(builder, "logical_and", fits, positive, kind=BOOL), "no"))
    known = _after(builder)
    assert known.facts.proves(Affine.of(K) - 2)
    inner = known.inner()
    inner.assume(fits, False)
    assert inner.facts.proves(Affine.of(N) - Affine.of(K))


@pytest.mark.parametrize("orelse", ["false", "condition"])
def test_conditions_joined_by_a_branch(orelse):
    builder, then = Builder(), Builder()
    first = apply(builder, "greater_equal", N, integer(0), kind=BOOL)
    second = apply(then, "less", N, K, kind=BOOL)
    both = Var("both", BOOL)
    builder.add(If(first, then.block(second), Block((), (FALSE if orelse == "false" else first,)), (both,)))
    inner = _after(builder).inner()
    inner.assume(both, True)
    assert inner.facts.proves(Affine.of(K) - 1)


@pytest.mark.parametrize(
    ("operator", "operands", "least", "most"),
    [
        ("remainder", (K, integer(4)), 0, 3),
        ("absolute", (K,), 0, None),
        ("maximum", (K, integer(2)), 2, None),
        ("minimum", (K, integer(2)), None, 2),
        ("floor_divide", (integer(9), integer(2)), 4, 4),
    ],
)
def test_operators_with_bounds(operator, operands, least, most):
    builder = Builder()
    made = Affine.of(_number(builder, operator, *operands))
    facts = _after(builder).facts
    assert least is None or facts.proves(made - least)
    assert most is None or facts.proves(-made + most)


def test_the_remainder_of_what_may_be_zero_or_negative_has_no_bounds():
    builder = Builder()
    made = Affine.of(_number(builder, "remainder", K, builder.dim(X, 0)))
    assert not _after(builder).facts.proves(made)


def _loop(step: int, carried: int) -> tuple[For, Carry, Builder]:
    builder, body = Builder(), Builder()
    carry = Carry(Var("c", INT), N, Var("c", INT))
    following = _number(body, "add", carry.inside, integer(carried))
    loop = For(Var("i", INT), integer(0), K, integer(step), (carry,), body.block(following))
    builder.add(loop)
    return loop, carry, builder


def test_a_counter_is_an_expression_of_the_loop_index():
    loop, carry, builder = _loop(1, 2)
    known = Integers(function(builder, (N, K), level=Level.LOOPS))
    known.enter(loop)
    assert known.form(carry.inside) == Affine.of(N) + Affine.of(loop.index) * 2
    assert known.facts.proves(Affine.of(K) - 1)  # the loop runs


def test_a_range_whose_direction_is_unknown():
    builder = Builder()
    loop = For(Var("i", INT), integer(0), integer(5), K, (), Block())
    builder.add(loop)
    known = Integers(function(builder, (N, K), level=Level.LOOPS))
    known.enter(loop)
    assert known.facts.proves(-Affine.of(loop.index) + 4)


def test_a_counter_that_sometimes_goes_up_never_goes_below_its_start():
    builder, body, then = Builder(), Builder(), Builder()
    inside, after, chosen = Var("c", INT), Var("c", INT), Var("c", INT)
    found = apply(body, "less", N, K, kind=BOOL)
    up = _number(then, "add", inside, integer(1))
    body.add(If(found, then.block(up), Block((), (inside,)), (chosen,)))
    loop = While((Carry(inside, integer(3), after),), Block((), (TRUE,)), body.block(chosen))
    builder.add(loop)
    known = Integers(function(builder, (N, K), level=Level.LOOPS))
    known.enter(loop)
    assert known.facts.proves(Affine.of(inside) - 3)
    assert not known.facts.proves(-Affine.of(inside) + 4)


def test_quotients():
    known = Integers(function(Builder(), (N, K), level=Level.LOOPS))
    assert known.quotient(Affine(7), 2) == Affine(3)
    half = known.quotient(Affine.of(N), 2)
    assert known.facts.proves(Affine.of(N) - half * 2)
