"""Equal expressions are computed once, equal-looking ones are not confused."""

from __future__ import annotations

import numpy as np

from autodiff_compiler.ir.build import Builder, integer
from autodiff_compiler.ir.nodes import Array, For, If, Level, Nest, Slice, Var, View, Write
from autodiff_compiler.ir.types import BOOL, INT
from autodiff_compiler.ir.walk import statements
from autodiff_compiler.optimise.share_expressions import share_expressions
from tests.optimise.building import FLOAT, VECTOR, apply, function, keeps_meaning, number, parameters, shown

STRIDED = Array("float64", 1, contiguous=False)
X, Y, W, C = parameters(x=VECTOR, y=VECTOR, w=FLOAT, c=BOOL)
X3, Y3 = np.array([1.0, -2.0, 3.0]), np.array([4.0, 5.0, 6.0])
FIRST = (integer(0),)


def test_golden():
    builder = Builder()
    results = [apply(builder, "add", apply(builder, "sin", W), builder.load(X, FIRST, "e")) for _ in range(2)]
    program = keeps_meaning(share_expressions, function(builder, (X, W), *results), X3, 2.0)
    assert shown(program) == ["t = sin(w)", "e = x[0]", "t_1 = add(t, e)", "return t_1, t_1"]


def test_elements_are_read_again_after_a_write_that_may_be_theirs():
    builder = Builder()
    view = builder.assign(View(X, (Slice(None, None, integer(-1)),)), STRIDED)
    before = builder.load(X, FIRST)
    builder.store(view, (integer(2),), number(9))
    builder.store(Y, FIRST, number(9))
    after = builder.load(X, FIRST)
    again = builder.load(X, FIRST)
    program = keeps_meaning(share_expressions, function(builder, (X, Y), before, after, again), X3, Y3)
    assert program.body.yields[0] is not program.body.yields[1]
    assert program.body.yields[1] is program.body.yields[2]


def test_a_stored_value_is_known_until_the_next_write():
    builder = Builder()
    builder.store(X, FIRST, W)
    known = builder.load(X, FIRST)
    builder.store(X, (integer(1),), number(3))
    unknown = builder.load(X, FIRST)
    program = keeps_meaning(share_expressions, function(builder, (X, W), known, unknown), X3, 2.0)
    assert program.body.yields == (W, unknown)


def test_a_loop_that_writes_makes_elements_unknown_in_it_and_after_it():
    builder, inner = Builder(), Builder()
    total = builder.allocate((integer(1),), "float64", number(0), "total")
    before = builder.load(X, FIRST)
    inner.store(total, FIRST, inner.load(X, FIRST), accumulate=True)
    inner.store(X, FIRST, number(7))
    builder.add(For(Var("i", INT), integer(0), integer(2), integer(1), (), inner.block()))
    results = before, builder.load(X, FIRST), builder.load(total, FIRST)
    program = function(builder, (X,), *results)
    assert keeps_meaning(share_expressions, program, X3) is program


def test_a_branch_that_writes_makes_elements_unknown_after_it():
    builder, then = Builder(), Builder()
    before = builder.load(X, FIRST)
    then.store(X, FIRST, number(7))
    builder.add(If(C, then.block(), Builder().block()))
    program = function(builder, (X, C), before, builder.load(X, FIRST))
    assert keeps_meaning(share_expressions, program, X3, True) is program


def test_outer_expressions_serve_inner_blocks_and_not_the_reverse():
    builder, then, orelse = Builder(), Builder(), Builder()
    outer = apply(builder, "sin", W)
    result = Var("r", FLOAT)
    blocks = then.block(apply(then, "sin", W)), orelse.block(apply(orelse, "cos", W))
    builder.add(If(C, *blocks, (result,)))
    program = function(builder, (W, C), outer, result, apply(builder, "cos", W))
    after = keeps_meaning(share_expressions, program, 2.0, True)
    assert len(list(statements(program.body))) - len(list(statements(after.body))) == 1


def test_the_reads_of_a_point_come_before_its_writes():
    index, body, builder = Var("i", INT), Builder(), Builder()
    value = apply(body, "add", body.load(X, (index,)), body.load(X, (index,)))
    builder.add(Nest((index,), (integer(3),), body.block(), (Write(X, (index,), value, "set", False),)))
    after = keeps_meaning(share_expressions, function(builder, (X,), level=Level.LOOPS), X3)
    assert len(after.body.statements[0].body.statements) == 2


def test_zeros_of_different_sign_are_different():
    builder = Builder()
    results = [apply(builder, "copysign", W, number(zero)) for zero in (0.0, -0.0)]
    program = function(builder, (W,), *results)
    assert keeps_meaning(share_expressions, program, 2.0) is program


def test_new_arrays_are_never_shared():
    builder = Builder()
    results = apply(builder, "copy", X), apply(builder, "copy", X)
    builder.store(results[0], FIRST, number(5))
    program = function(builder, (X,), *results)
    assert keeps_meaning(share_expressions, program, X3) is program
