"""Scalar algebra, and control flow that is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from autodiff_compiler.ir.build import Builder, constant, integer
from autodiff_compiler.ir.nodes import Apply, Carry, Const, For, Guard, If, Scalar, Slice, Var, View
from autodiff_compiler.ir.types import BOOL, INT
from autodiff_compiler.optimise.remove_dead_code import remove_dead_code
from autodiff_compiler.optimise.simplify import simplify
from tests.optimise.building import (
    FLOAT,
    VECTOR,
    apply,
    function,
    keeps_meaning,
    number,
    parameters,
    run,
    shown,
)

W, N, C = parameters(w=FLOAT, n=INT, c=BOOL)
SAMPLES = (2.5, -0.75, 0.0, math.inf, -math.inf, math.nan, 1e300)


def _expression(*steps):
    """The function of w that applies operators in turn; "_" is the last value, w at first."""
    builder, last = Builder(), W
    for operator, *operands in steps:
        atoms = [last if item == "_" else W if item == "w" else number(item) for item in operands]
        last = apply(builder, operator, *atoms, kind=FLOAT)
    return function(builder, (W,), last)


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([("multiply", "_", 1)], "return w"),
        ([("multiply", 1, "_")], "return w"),
        ([("divide", "_", 1)], "return w"),
        ([("subtract", "_", 0)], "return w"),
        ([("add", 0, "_")], "return w"),
        ([("negative", "_"), ("negative", "_")], "return w"),
        ([("positive", "_")], "return w"),
        ([("power", "_", 1)], "return w"),
        ([("power", "_", 0)], "return 1.0"),
        ([("maximum", "_", "_")], "return w"),
        ([("multiply", "_", -1)], "t = negative(w)"),
        ([("divide", "_", -1)], "t = negative(w)"),
        ([("divide", "_", 4)], "t = multiply(w, 0.25)"),
        ([("divide", "_", 3)], "t = divide(w, 3.0)"),
        ([("multiply", "_", 0)], "t = multiply(w, 0.0)"),
        ([("subtract", "_", "_")], "t = subtract(w, w)"),
        ([("power", "_", 2)], "t = multiply(w, w)"),
        ([("square", "_")], "t = multiply(w, w)"),
        ([("power", "_", -1)], "t = divide(1.0, w)"),
        ([("power", "_", 0.5)], "t = power(w, 0.5)"),
        ([("negative", "_"), ("add", "w", "_")], "t = subtract(w, w)"),
        ([("negative", "_"), ("add", "_", "w")], "t = subtract(w, w)"),
        ([("negative", "_"), ("subtract", "w", "_")], "t = add(w, w)"),
        ([("negative", "_"), ("multiply", "_", "_")], "t = multiply(w, w)"),
    ],
)
@pytest.mark.parametrize("sample", SAMPLES)
def test_identities_hold_for_every_float(steps, expected, sample):
    program = keeps_meaning(simplify, _expression(*steps), sample)
    assert shown(remove_dead_code(program))[0] == expected


def test_a_cube_is_two_products():
    program = simplify(_expression(("power", "_", 3)))
    assert shown(program) == ["multiply = multiply(w, w)", "t = multiply(multiply, w)", "return t"]


@pytest.mark.parametrize(
    ("operator", "operands", "value"),
    [
        ("add", (2, 3), 5), ("multiply", (2, 3), 6), ("divide", (1, 0), math.inf), ("subtract", (2, 3), -1),
        ("sqrt", (4,), 2), ("maximum", (2, 3), 3), ("negative", (0,), -0.0),
    ],
)  # fmt: skip
def test_constants_fold(operator, operands, value):
    builder = Builder()
    result = apply(builder, operator, *map(number, operands), kind=FLOAT)
    assert repr(simplify(function(builder, (), result)).body.yields) == repr((number(value),))


def test_integer_offsets_meet():
    builder = Builder()
    shifted = apply(builder, "subtract", apply(builder, "add", N, integer(1)), integer(1))
    offset = apply(builder, "add", apply(builder, "subtract", N, integer(1)), integer(3))
    nothing = apply(builder, "multiply", apply(builder, "subtract", N, N), N)
    program = remove_dead_code(keeps_meaning(simplify, function(builder, (N,), shifted, offset, nothing), 5))
    assert shown(program) == ["t = add(n, 2)", "return n, t, 0"]


def test_casts_that_change_nothing_go():
    (narrow,) = parameters(narrow=Scalar("float32"))
    builder = Builder()
    wide = apply(builder, "cast", narrow, kind=FLOAT, dtype="float64")
    back = apply(builder, "cast", wide, kind=Scalar("float32"), dtype="float32")
    lossy = apply(builder, "cast", W, kind=Scalar("float32"), dtype="float32")
    kept = apply(builder, "cast", lossy, kind=FLOAT, dtype="float64")
    program = simplify(function(builder, (narrow, W), back, kept))
    assert program.body.yields == (narrow, kept)


def test_logic_with_constants():
    builder = Builder()
    yes, no = constant(True, "bool"), constant(False, "bool")
    results = [
        apply(builder, operator, C, other, kind=BOOL)
        for operator in ("logical_and", "logical_or")
        for other in (yes, no)
    ]
    twice = apply(builder, "logical_not", apply(builder, "logical_not", C, kind=BOOL), kind=BOOL)
    program = keeps_meaning(simplify, function(builder, (C,), *results, twice), True)
    assert program.body.yields == (C, no, yes, C, C)


def test_a_known_branch_replaces_its_if():
    builder, then, orelse = Builder(), Builder(), Builder()
    result = Var("r", FLOAT)
    blocks = then.block(apply(then, "sin", W)), orelse.block(apply(orelse, "cos", W))
    condition = apply(builder, "less", number(1), number(2))
    builder.add(If(condition, *blocks, (result,)))
    program = keeps_meaning(
        simplify, function(builder, (W,), apply(builder, "multiply", result, result)), 2.0
    )
    assert shown(program) == ["t = sin(w)", "t_1 = multiply(t, t)", "return t_1"]


def test_results_equal_on_both_sides_leave_the_branch():
    builder = Builder()
    same, zero = Var("same", FLOAT), Var("zero", FLOAT)
    builder.add(If(C, Builder().block(W, number(0.0)), Builder().block(W, number(-0.0)), (same, zero)))
    program = keeps_meaning(simplify, function(builder, (W, C), same, zero), 2.0, False)
    assert program.body.yields == (W, zero)


def test_carries_that_stay_what_they_are_leave_the_loop():
    builder, inner = Builder(), Builder()
    still, moving = (Carry(Var(name, FLOAT), W, Var(f"{name}_after", FLOAT)) for name in ("still", "moving"))
    following = apply(inner, "multiply", moving.inside, still.inside)
    index = Var("i", INT)
    carried = (still, moving)
    builder.add(For(index, integer(0), integer(3), integer(1), carried, inner.block(still.inside, following)))
    program = keeps_meaning(simplify, function(builder, (W,), still.after, moving.after), 2.0)
    (loop,) = program.body.statements
    assert loop.carries == (moving,)
    assert program.body.yields == (W, moving.after)


def test_known_lengths_replace_measuring():
    (x,) = parameters(x=VECTOR)
    builder = Builder()
    n = builder.dim(x, 0)
    made = builder.allocate((n,), "float64", number(0), "made")
    program = keeps_meaning(
        simplify, function(builder, (x,), builder.dim(made, 0), builder.dim(x, 0)), np.ones(3)
    )
    assert program.body.yields == (n, n)


def test_guards_known_to_hold_go_and_others_stay():
    builder = Builder()
    builder.add(Guard(apply(builder, "equal", N, N), "never"))
    builder.add(Guard(constant(False, "bool"), "always"))
    program = simplify(function(builder, (N,), N))
    assert run(program, 1) == ("always",)
    assert len(program.body.statements) == 1


def test_nothing_to_simplify_gives_the_same_function():
    program = _expression(("sin", "_"))
    assert simplify(program) is program


def test_types_that_differ_are_left_alone():
    builder = Builder()
    result = builder.assign(Apply("multiply", (N, Const(1.0, FLOAT))), FLOAT)
    program = function(builder, (N,), result)
    assert simplify(program) is program


def test_a_length_is_not_negative_and_the_whole_of_a_new_array_is_the_array():
    (x,) = parameters(x=VECTOR)
    builder = Builder()
    n = builder.dim(x, 0)
    made = builder.allocate((n,), "float64", number(3), "made")
    stop = apply(builder, "maximum", n, integer(0), kind=INT)
    whole = builder.assign(View(made, (Slice(None, stop, None),)), VECTOR)
    part = builder.assign(View(made, (Slice(integer(1), stop, None),)), VECTOR)
    program = keeps_meaning(simplify, function(builder, (x,), stop, whole, part), np.ones(3))
    assert program.body.yields == (n, made, part)
