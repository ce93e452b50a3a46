"""Operators on whole arrays become nests that mean what NumPy means."""

from __future__ import annotations

import numpy as np
import pytest

from autodiff_compiler.ir.build import Builder, integer
from autodiff_compiler.ir.nodes import Apply, Array, Carry, For, Guard, If, Nest, Slice, Transpose, Var, View
from autodiff_compiler.ir.types import BOOL, INT, Scalar
from autodiff_compiler.ir.walk import statements
from autodiff_compiler.loops.expand_operators import expand_operators
from tests.optimise.building import (
    FLOAT,
    MATRIX,
    VECTOR,
    apply,
    assert_same_meaning,
    checked,
    function,
    keeps_meaning,
    number,
    parameters,
    run,
    shown,
    total,
)

ROW = Array("float64", 2, True, (True, False))
COLUMN = Array("float64", 2, True, (False, True))
POINT = Array("float64", 2, True, (True, True))
MESSAGE = "cannot combine `p` of shape ({},) with `y` of shape ({},)"
STRIDED = Array("float64", 1, contiguous=False)
X3, Y3, A34 = np.array([1.0, -2.0, 3.0]), np.array([4.0, 5.0, 6.0]), np.arange(12.0).reshape(3, 4)


def _guards(program):
    return [statement for statement in statements(program.body) if isinstance(statement, Guard)]


def _nests(program):
    return [statement for statement in statements(program.body) if isinstance(statement, Nest)]


def test_golden():
    x, y, w = parameters(x=VECTOR, y=VECTOR, w=FLOAT)
    builder = Builder()
    product = apply(builder, "multiply", x, w, name="p")
    program = function(builder, (x, y, w), total(builder, apply(builder, "subtract", product, y, name="d")))
    assert shown(keeps_meaning(expand_operators, program, X3, Y3, 2.0)) == [
        "x_0 = x.shape[0]",
        "nest i < x_0:",
        "    x_1 = x[i]",
        "    p = multiply(x_1, w)",
        "    new p_1[i] = p",
        "y_0 = y.shape[0]",
        "same = equal(x_0, y_0)",
        f"guard same else ShapeMismatch({MESSAGE!r}, x_0, y_0)",
        "nest i_1 < x_0:",
        "    p_2 = p_1[i_1]",
        "    y_1 = y[i_1]",
        "    d = subtract(p_2, y_1)",
        "    new d_1[i_1] = d",
        "nest i_2 < x_0:",
        "    d_2 = d_1[i_2]",
        "    new s += d_2",
        "return s",
    ]


@pytest.mark.parametrize(
    ("kinds", "result", "shapes"),
    [
        ((MATRIX, VECTOR), MATRIX, ((3, 4), (4,))),
        ((VECTOR, MATRIX), MATRIX, ((4,), (3, 4))),
        ((ROW, COLUMN), MATRIX, ((1, 4), (3, 1))),
        ((COLUMN, VECTOR), MATRIX, ((3, 1), (4,))),
        ((ROW, ROW), ROW, ((1, 4), (1, 4))),
        ((MATRIX, MATRIX), MATRIX, ((3, 0), (3, 0))),
        ((MATRIX, Array("float64", 0)), MATRIX, ((3, 4), ())),
        (
            (Array("float64", 2, True, (True, True)),) * 2,
            Array("float64", 2, True, (True, True)),
            ((1, 1), (1, 1)),
        ),
        ((Array("float64", 0), Array("float64", 0)), FLOAT, ((), ())),
        ((Array("float64", 0), Array("float64", 0)), Array("float64", 0), ((), ())),
    ],
)
def test_operands_broadcast_as_in_numpy(kinds, result, shapes):
    a, b = parameters(a=kinds[0], b=kinds[1])
    builder = Builder()
    program = checked(function(builder, (a, b), apply(builder, "multiply", a, b, kind=result)))
    arrays = [np.random.default_rng(1).normal(size=shape) for shape in shapes]
    expanded = checked(expand_operators(program))
    (got, *_), expected = run(expanded, *arrays), arrays[0] * arrays[1]
    np.testing.assert_array_equal(got, expected)
    assert np.shape(got) == expected.shape


def test_unequal_lengths_are_refused_with_the_shapes():
    x, y = parameters(x=VECTOR, y=VECTOR)
    builder = Builder()
    program = expand_operators(function(builder, (x, y), apply(builder, "add", x, y)))
    assert run(program, np.ones(3), np.ones(2)) == (
        "cannot combine `x` of shape (3,) with `y` of shape (2,)",
    )
    assert run(program, np.ones(3), np.ones(1)) == (
        "cannot combine `x` of shape (3,) with `y` of shape (1,)",
    )


def test_lengths_are_compared_once():
    x, y = parameters(x=VECTOR, y=VECTOR)
    builder = Builder()
    first = apply(builder, "add", x, y)
    second = apply(builder, "multiply", y, first)
    program = expand_operators(function(builder, (x, y), apply(builder, "add", second, x)))
    assert len(_guards(program)) == 1
    assert len({nest.extents for nest in _nests(program)}) == 1


def test_an_array_carried_around_a_loop_keeps_its_length():
    x, y = parameters(x=VECTOR, y=VECTOR)
    builder, inner = Builder(), Builder()
    carry = Carry(Var("v", VECTOR), x, Var("last", VECTOR))
    following = apply(inner, "add", carry.inside, x)
    builder.add(For(Var("i", INT), integer(0), integer(3), integer(1), (carry,), inner.block(following)))
    program = function(builder, (x, y), apply(builder, "multiply", carry.after, x))
    assert not _guards(keeps_meaning(expand_operators, program, X3, Y3))


def test_an_array_that_changes_its_length_in_a_loop_is_compared_each_time():
    x, y = parameters(x=VECTOR, y=VECTOR)
    builder, inner = Builder(), Builder()
    carry = Carry(Var("v", STRIDED), x, Var("last", STRIDED))
    shorter = inner.assign(View(carry.inside, (Slice(integer(1), None, None),)), STRIDED)
    apply(inner, "add", carry.inside, x, kind=VECTOR)
    builder.add(For(Var("i", INT), integer(0), integer(2), integer(1), (carry,), inner.block(shorter)))
    program = expand_operators(checked(function(builder, (x, y), carry.after)))
    assert run(program, X3, Y3) == ("cannot combine `v` of shape (2,) with `x` of shape (3,)",)


def test_branches_that_agree_on_a_length_need_no_comparison():
    x, c = parameters(x=VECTOR, c=BOOL)
    builder = Builder()
    either = Var("either", VECTOR)
    length = builder.dim(x, 0)
    builder.add(If(c, _branch("sin", x), _branch("negative", x), (either,)))
    program = function(builder, (x, c), apply(builder, "add", either, x), length)
    assert not _guards(keeps_meaning(expand_operators, program, X3, True))


def _branch(operator, x):
    writer = Builder()
    return writer.block(apply(writer, operator, x))


# ---------------------------------------------------------------- reductions


@pytest.mark.parametrize("operator", ["sum", "mean", "max", "min"])
@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("axis", [(0,), (1,), (0, 1)])
@pytest.mark.parametrize(("kind", "shape"), [(MATRIX, (3, 4)), (COLUMN, (3, 1)), (ROW, (1, 4))])
def test_reductions(operator, axis, keepdims, kind, shape):
    (a,) = parameters(a=kind)
    units = tuple(True if k in axis else kind.units[k] for k in range(2) if keepdims or k not in axis)
    result = Array("float64", len(units), True, units) if units else FLOAT
    builder = Builder()
    program = function(builder, (a,), apply(builder, operator, a, kind=result, axis=axis, keepdims=keepdims))
    values = np.random.default_rng(2).normal(size=shape)
    expanded = keeps_meaning(expand_operators, program, values, exact=False)
    (got, _) = run(expanded, values)
    expected = getattr(np, operator)(values, axis=axis, keepdims=keepdims)
    np.testing.assert_allclose(got, expected)
    assert np.shape(got) == np.shape(expected)


@pytest.mark.parametrize(("dtype", "result"), [("bool", "int64"), ("int32", "int64"), ("float32", "float32")])
def test_sums_have_numpys_dtype(dtype, result):
    (x,) = parameters(x=Array(dtype, 1))
    builder = Builder()
    program = function(
        builder, (x,), apply(builder, "sum", x, kind=Scalar(result), axis=(0,), keepdims=False)
    )
    keeps_meaning(expand_operators, program, np.array([1, 0, 1, 1], dtype))


def test_float32_is_summed_without_losing_digits():
    (x,) = parameters(x=Array("float32", 1))
    builder = Builder()
    program = expand_operators(function(builder, (x,), total(builder, x)))
    values = np.full(20000, 0.1, "float32")
    assert run(program, values)[0] == np.float32(values.astype("float64").sum())


@pytest.mark.parametrize("operator", ["max", "min"])
def test_the_extreme_of_nothing_is_refused(operator):
    (a,) = parameters(a=MATRIX)
    builder = Builder()
    program = function(builder, (a,), apply(builder, operator, a, kind=VECTOR, axis=(0,), keepdims=False))
    expanded = expand_operators(program)
    message = f"zero-size array to reduction operation {operator}imum which has no identity"
    assert run(expanded, np.ones((0, 3))) == (f"{message}: `a` of shape (0, 3)",)
    assert run(expanded, np.ones((3, 0)))[0].shape == (0,)


# ---------------------------------------------------------------- products


@pytest.mark.parametrize("ranks", [(2, 2), (2, 1), (1, 2), (1, 1)])
def test_products(ranks):
    kinds = {1: VECTOR, 2: MATRIX}
    a, b = parameters(a=kinds[ranks[0]], b=kinds[ranks[1]])
    rank = sum(ranks) - 2
    builder = Builder()
    product = apply(builder, "matmul", a, b, kind=kinds[rank] if rank else FLOAT)
    program = function(builder, (a, b), product)
    shapes = (2, 3)[2 - ranks[0] :], (3, 4)[: ranks[1]]
    values = [np.random.default_rng(3).normal(size=shape) for shape in shapes]
    expanded = keeps_meaning(expand_operators, program, *values, exact=False)
    assert len(_nests(expanded)) == 1
    (message,) = run(expanded, values[0], values[1][:2])
    assert message.startswith("cannot multiply `a` of shape (")


def test_the_shape_of_a_product_is_known():
    a, b = parameters(a=MATRIX, b=MATRIX)
    builder = Builder()
    product = apply(builder, "matmul", a, b)
    program = expand_operators(function(builder, (a, b), apply(builder, "add", product, product)))
    assert len(_guards(program)) == 1
    np.testing.assert_array_equal(run(program, A34, A34.T.copy())[0], 2 * A34 @ A34.T)


# ---------------------------------------------------------------- whole-array assignment


def _assigned(kind, value_kind, accumulate=False):
    target, value = parameters(target=kind, value=value_kind)
    builder = Builder()
    builder.store(target, (), value, accumulate=accumulate)
    return function(builder, (target, value))


@pytest.mark.parametrize("accumulate", [False, True])
@pytest.mark.parametrize(
    ("kind", "value"),
    [(FLOAT, 2.0), (VECTOR, A34[1]), (MATRIX, A34 * 2), (ROW, A34[:1]), (COLUMN, A34[:, :1])],
)
def test_assignment_broadcasts_the_value(kind, value, accumulate):
    expanded = keeps_meaning(expand_operators, _assigned(MATRIX, kind, accumulate), A34, value)
    assert len(_nests(expanded)) == 1


def test_a_value_that_does_not_fit_is_refused():
    program = expand_operators(_assigned(MATRIX, VECTOR))
    message = "cannot assign `value` of shape (3,) to `target` of shape (3, 4)"
    assert run(program, A34, X3) == (message,)


def test_leading_axes_of_the_value_must_be_one():
    program = expand_operators(_assigned(VECTOR, MATRIX))
    np.testing.assert_array_equal(run(program, np.zeros(4), A34[:1])[0], A34[0])
    assert run(program, np.zeros(4), A34) == (
        "cannot assign `value` of shape (3, 4) to `target` of shape (4,)",
    )


@pytest.mark.parametrize("accumulate", [False, True])
def test_assignment_from_overlapping_memory_reads_first(accumulate):
    (x,) = parameters(x=VECTOR)
    builder = Builder()
    ahead = builder.assign(View(x, (Slice(integer(1), None, None),)), STRIDED)
    behind = builder.assign(View(x, (Slice(None, integer(-1), None),)), STRIDED)
    builder.store(ahead, (), behind, accumulate=accumulate)
    program = function(builder, (x,))
    keeps_meaning(expand_operators, program, np.arange(6.0) ** 2)


def test_adding_a_transposed_array_to_itself_reads_first():
    (a,) = parameters(a=MATRIX)
    builder = Builder()
    turned = builder.assign(Transpose(a, (1, 0)), Array("float64", 2, contiguous=False))
    builder.store(a, (), turned, accumulate=True)
    keeps_meaning(expand_operators, function(builder, (a,)), A34[:, :3])


def test_assignment_of_an_array_to_itself_needs_no_copy():
    (x,) = parameters(x=VECTOR)
    builder = Builder()
    builder.store(x, (), x, accumulate=True)
    expanded = keeps_meaning(expand_operators, function(builder, (x,)), X3)
    assert not any(line.startswith("x_copy") or "copy(" in line for line in shown(expanded))


def test_casts_of_arrays_are_expanded_and_copies_kept():
    (x,) = parameters(x=VECTOR)
    builder = Builder()
    narrow = apply(builder, "cast", x, kind=Array("float32", 1), dtype="float32")
    program = function(builder, (x,), narrow, apply(builder, "copy", x))
    expanded = keeps_meaning(expand_operators, program, X3)
    assert [statement.value.operator for statement in expanded.body.statements if _applies(statement)] == [
        "copy"
    ]


def _applies(statement):
    return isinstance(getattr(statement, "value", None), Apply)


def test_numbers_are_left_alone():
    (w,) = parameters(w=FLOAT)
    builder = Builder()
    program = function(builder, (w,), apply(builder, "add", w, number(1)))
    assert expand_operators(program).body == program.body
    assert_same_meaning(program, expand_operators(program), 2.0)
