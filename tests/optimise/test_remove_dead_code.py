"""Dead code goes, live code stays."""

from __future__ import annotations

import numpy as np

from autodiff_compiler.ir.build import Builder, integer
from autodiff_compiler.ir.nodes import (
    Array,
    Carry,
    For,
    Guard,
    If,
    Level,
    Nest,
    NewStack,
    Pop,
    Push,
    Slice,
    Var,
    View,
    While,
    Write,
)
from autodiff_compiler.ir.types import BOOL, INT, Stack
from autodiff_compiler.ir.walk import statements
from autodiff_compiler.optimise.remove_dead_code import remove_dead_code
from tests.optimise.building import FLOAT, VECTOR, apply, function, keeps_meaning, number, parameters, shown

STRIDED = Array("float64", 1, contiguous=False)
X, W, C = parameters(x=VECTOR, w=FLOAT, c=BOOL)
X3 = np.array([1.0, -2.0, 3.0])


def _count(program):
    return sum(1 for _ in statements(program.body))


def _loop(carries, body, count=3):
    return For(Var("i", INT), integer(0), integer(count), integer(1), tuple(carries), body)


def test_golden():
    builder, inner = Builder(), Builder()
    dead = builder.allocate((integer(3),), "float64", number(0), "dead")
    carry = Carry(Var("s", FLOAT), number(0), Var("s_after", FLOAT))
    inner.store(dead, (integer(0),), W)
    builder.add(_loop([carry], inner.block(apply(inner, "add", carry.inside, W))))
    program = function(builder, (W,), apply(builder, "multiply", W, W, name="y"))
    assert shown(keeps_meaning(remove_dead_code, program, 2.0)) == ["y = multiply(w, w)", "return y"]


def test_a_carry_that_only_feeds_itself_goes_and_the_other_stays():
    builder, inner = Builder(), Builder()
    dead, live = (
        Carry(Var(name, FLOAT), number(1), Var(f"{name}_after", FLOAT)) for name in ("dead", "live")
    )
    mixed = apply(inner, "multiply", dead.inside, live.inside)
    builder.add(_loop([dead, live], inner.block(mixed, apply(inner, "add", live.inside, W))))
    program = keeps_meaning(remove_dead_code, function(builder, (W,), live.after), 2.0)
    (loop,) = program.body.statements
    assert loop.carries == (live,)
    assert len(loop.body.statements) == 1


def test_carries_that_feed_a_live_one_stay():
    builder, inner = Builder(), Builder()
    a, b, c = (Carry(Var(name, FLOAT), W, Var(f"{name}_after", FLOAT)) for name in "abc")
    builder.add(_loop([a, b, c], inner.block(apply(inner, "sin", a.inside), a.inside, b.inside)))
    program = function(builder, (W,), c.after)
    assert keeps_meaning(remove_dead_code, program, 2.0) is program


def test_a_dead_while_goes_and_the_condition_of_a_live_one_stays():
    for results in (1, 0):
        builder, test, body = Builder(), Builder(), Builder()
        count = Carry(Var("k", FLOAT), W, Var("k_after", FLOAT))
        check = test.block(apply(test, "less", count.inside, number(10)))
        builder.add(While((count,), check, body.block(apply(body, "add", count.inside, number(1)))))
        program = function(builder, (W,), *[count.after][:results], W)
        assert bool(_count(keeps_meaning(remove_dead_code, program, 2.0))) == bool(results)


def test_results_of_a_branch_go_one_by_one():
    builder, then, orelse = Builder(), Builder(), Builder()
    blocks = [block.block(apply(block, "sin", W), apply(block, "cos", W)) for block in (then, orelse)]
    results = Var("p", FLOAT), Var("q", FLOAT)
    builder.add(If(C, *blocks, results))
    program = keeps_meaning(remove_dead_code, function(builder, (W, C), results[1]), 2.0, True)
    (branch,) = program.body.statements
    assert branch.results == results[1:]
    assert len(branch.then.statements) == 1


def test_writes_to_parameters_and_their_views_stay():
    builder = Builder()
    view = builder.assign(View(X, (Slice(integer(1), None, None),)), STRIDED)
    builder.store(view, (integer(0),), W)
    program = function(builder, (X, W))
    assert keeps_meaning(remove_dead_code, program, X3, 2.0) is program


def test_a_write_through_a_view_is_live_if_the_array_is_read():
    builder = Builder()
    copy = apply(builder, "copy", X)
    view = builder.assign(View(copy, (Slice(None, None, integer(-1)),)), STRIDED)
    builder.store(view, (integer(0),), W)
    program = function(builder, (X, W), builder.load(copy, (integer(2),)))
    assert keeps_meaning(remove_dead_code, program, X3, 2.0) is program


def test_writes_to_memory_that_a_branch_may_hand_on_stay():
    builder = Builder()
    one, other = apply(builder, "copy", X), apply(builder, "copy", X)
    either = Var("either", VECTOR)
    builder.add(If(C, Builder().block(one), Builder().block(other), (either,)))
    builder.store(one, (integer(0),), W)
    program = function(builder, (X, W, C), either)
    assert keeps_meaning(remove_dead_code, program, X3, 2.0, True) is program


def test_arrays_that_are_only_written_go():
    builder = Builder()
    copy = apply(builder, "copy", X)
    builder.store(copy, (integer(0),), builder.load(copy, (integer(1),)), accumulate=True)
    assert _count(keeps_meaning(remove_dead_code, function(builder, (X,), W and X), X3)) == 0


def test_arrays_that_only_feed_each_other_go():
    builder = Builder()
    one, other = apply(builder, "copy", X), apply(builder, "copy", X)
    builder.store(one, (integer(0),), builder.load(other, (integer(0),)))
    builder.store(other, (integer(0),), builder.load(one, (integer(0),)))
    assert _count(keeps_meaning(remove_dead_code, function(builder, (X,), X), X3)) == 0


def test_dead_writes_of_a_nest_go():
    index, body, builder = Var("i", INT), Builder(), Builder()
    value = body.load(X, (index,))
    dead, live = Var("dead", VECTOR), Var("live", FLOAT)
    writes = (
        Write(dead, (index,), apply(body, "sin", value), "set", True),
        Write(live, (), value, "add", True),
    )
    builder.add(Nest((index,), (integer(3),), body.block(), writes))
    program = keeps_meaning(remove_dead_code, function(builder, (X,), live, level=Level.LOOPS), X3)
    (nest,) = program.body.statements
    assert nest.writes == writes[1:]
    assert len(nest.body.statements) == 1


def _stacked(*, read):
    builder, forward, backward = Builder(), Builder(), Builder()
    stack = builder.assign(NewStack("float64"), Stack("float64"), "stack")
    forward.add(Push(stack, apply(forward, "sin", W)))
    builder.add(_loop([], forward.block()))
    carry = Carry(Var("s", FLOAT), number(0), Var("s_after", FLOAT))
    popped = backward.assign(Pop(stack), FLOAT, "popped")
    builder.add(_loop([carry], backward.block(apply(backward, "add", carry.inside, popped))))
    return function(builder, (W,), carry.after if read else W)


def test_stacks_go_only_if_nothing_popped_is_used():
    program = _stacked(read=True)
    assert keeps_meaning(remove_dead_code, program, 2.0) is program
    assert _count(keeps_meaning(remove_dead_code, _stacked(read=False), 2.0)) == 0


def test_a_pop_of_no_interest_stays_while_others_follow():
    builder = Builder()
    stack = builder.assign(NewStack("float64"), Stack("float64"), "stack")
    for value in (1, 2):
        builder.add(Push(stack, number(value)))
    builder.assign(Pop(stack), FLOAT, "ignored")
    program = function(builder, (W,), builder.assign(Pop(stack), FLOAT, "used"))
    assert keeps_meaning(remove_dead_code, program, 2.0) is program


def test_guards_and_what_they_check_stay():
    builder, inner = Builder(), Builder()
    carry = Carry(Var("k", FLOAT), W, Var("k_after", FLOAT))
    inner.add(Guard(apply(inner, "less", carry.inside, number(3)), "too much"))
    builder.add(_loop([carry], inner.block(apply(inner, "add", carry.inside, number(1)))))
    program = function(builder, (W,), W)
    assert keeps_meaning(remove_dead_code, program, 1.0) is program
    keeps_meaning(remove_dead_code, program, 0.0)
