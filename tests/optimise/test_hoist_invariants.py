"""What does not change moves out of loops; what might fail or changes does not."""

from __future__ import annotations

import numpy as np

from autodiff_compiler.ir.build import Builder, integer
from autodiff_compiler.ir.nodes import Array, Carry, For, Level, Nest, Slice, Var, View, Write
from autodiff_compiler.ir.types import INT
from autodiff_compiler.optimise.hoist_invariants import hoist_invariants
from tests.optimise.building import FLOAT, VECTOR, apply, function, keeps_meaning, number, parameters, shown

X, W, N = parameters(x=VECTOR, w=FLOAT, n=INT)
X3 = np.array([1.0, -2.0, 3.0])


def _loop(body, *, carries=(), stop=None, name="i"):
    return For(Var(name, INT), integer(0), integer(3) if stop is None else stop, integer(1), carries, body)


def test_golden():
    builder, middle, inner = Builder(), Builder(), Builder()
    carry = Carry(Var("s", FLOAT), number(0), Var("s_out", FLOAT))
    outer = Carry(Var("r", FLOAT), number(0), Var("r_out", FLOAT))
    rate = apply(inner, "exp", W, name="rate")
    twice = apply(inner, "add", rate, outer.inside, name="twice")
    inner.dim(X, 0)
    following = apply(inner, "multiply", apply(inner, "add", carry.inside, twice), rate)
    middle.add(_loop(inner.block(following), carries=(carry,), name="j"))
    builder.add(_loop(middle.block(carry.after), carries=(outer,)))
    program = keeps_meaning(hoist_invariants, function(builder, (X, W), outer.after), X3, 0.5)
    assert [line.strip() for line in shown(program)][:6] == [
        "rate = exp(w)",
        "x_0 = x.shape[0]",
        "for i in 0..3 carry (r = 0.0 -> s_out -> r_out):",
        "twice = add(rate, r)",
        "for j in 0..3 carry (s = 0.0 -> t -> s_out):",
        "t_1 = add(s, twice)",
    ]


def _hoisted(inner, *inputs):
    builder = Builder()
    builder.add(_loop(inner.block()))
    return len(hoist_invariants(function(builder, inputs)).body.statements) - 1


def test_elements_and_new_arrays_stay():
    inner = Builder()
    inner.load(X, (integer(0),))
    inner.allocate((integer(3),), "float64", number(0), "made")
    apply(inner, "copy", X)
    assert _hoisted(inner, X) == 0


def test_views_by_slices_move_and_views_by_index_stay():
    inner = Builder()
    view = inner.assign(View(X, (Slice(integer(1), None, None),)), Array("float64", 1, contiguous=False))
    inner.assign(View(view, (integer(0),)), Array("float64", 0, contiguous=False))
    assert _hoisted(inner, X) == 1


def test_integer_division_moves_only_if_it_cannot_fail():
    inner = Builder()
    apply(inner, "floor_divide", integer(7), N, kind=INT)
    apply(inner, "floor_divide", N, integer(2), kind=INT)
    assert _hoisted(inner, N) == 1


def test_a_loop_without_iterations_does_no_harm():
    builder, inner = Builder(), Builder()
    inner.store(X, (integer(0),), apply(inner, "log", W))
    builder.add(_loop(inner.block(), stop=integer(0)))
    keeps_meaning(hoist_invariants, function(builder, (X, W)), X3, -1.0)


def test_invariants_leave_nests():
    index, body, builder = Var("i", INT), Builder(), Builder()
    value = apply(body, "multiply", body.load(X, (index,)), apply(body, "exp", W))
    builder.add(
        Nest((index,), (integer(3),), body.block(), (Write(Var("y", VECTOR), (index,), value, "set", True),))
    )
    program = function(builder, (X, W), builder.statements[0].writes[0].target, level=Level.LOOPS)
    after = keeps_meaning(hoist_invariants, program, X3, 0.5)
    assert len(after.body.statements) == 2
    assert hoist_invariants(after) is after
