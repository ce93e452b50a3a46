"""The interpreter against plain Python and NumPy."""

import numpy as np
import pytest

from autodiff_compiler.ir.build import Builder, constant, integer
from autodiff_compiler.ir.interpret import GuardFailed, interpret
from autodiff_compiler.ir.nodes import (
    Allocate,
    Apply,
    Block,
    Carry,
    Const,
    For,
    Function,
    Guard,
    If,
    Nest,
    NewAxis,
    NewStack,
    Pop,
    Push,
    Reshape,
    Slice,
    Transpose,
    Var,
    View,
    While,
    Write,
)
from autodiff_compiler.ir.types import BOOL, FLOAT, INT, Array, Scalar, Stack
from autodiff_compiler.ir.verify import verify
from autodiff_compiler.location import Location

VECTOR, GRID = Array("float64", 1), Array("float64", 2)
STRIDED = Array("float64", 1, False)
zero, one = integer(0), integer(1)


def evaluate(value, operands):
    return getattr(np, value.operator)(*operands)


def run(parameters, block, *arguments):
    function = Function("f", tuple(parameters), block)
    verify(function)
    return interpret(function, arguments, evaluate)


def test_a_loop_carries_its_value_in_the_right_dtype():
    x, w = Var("x", Array("float32", 1)), Var("w", Scalar("float32"))
    i, s, out = Var("i", INT), Var("s", w.type), Var("out", w.type)
    top, body = Builder(), Builder()
    element = body.load(x, (i,))
    product = body.assign(Apply("multiply", (s, element)), w.type)
    top.add(For(i, zero, top.dim(x, 0), one, (Carry(s, w, out),), body.block(product)))
    data = np.array([2, 3, 4], "float32")
    (result,) = run((x, w), top.block(out), data, 0.5)
    assert result == 12
    assert type(result) is np.float32
    assert run((x, w), top.block(out), data[:0], 0.5) == (0.5,)


def test_a_loop_runs_backwards_and_its_index_is_an_integer():
    i, last, out = Var("i", INT), Var("last", INT), Var("out", INT)
    count = For(i, integer(5), zero, integer(-2), (Carry(last, zero, out),), Block((), (i,)))
    (result,) = run((), Block((count,), (out,)))
    assert result == 1
    assert type(result) is np.int64


def test_carries_are_exchanged_at_once():
    i, a, b, c, d = Var("i", INT), Var("a", FLOAT), Var("b", FLOAT), Var("c", FLOAT), Var("d", FLOAT)
    carries = (Carry(a, Const(1.0, FLOAT), c), Carry(b, Const(2.0, FLOAT), d))
    swap = For(i, zero, integer(3), one, carries, Block((), (b, a)))
    assert run((), Block((swap,), (c, d))) == (2, 1)


def test_branches():
    flag, result = Var("flag", BOOL), Var("result", FLOAT)
    branch = If(flag, Block((), (Const(1.0, FLOAT),)), Block((), (Const(2.0, FLOAT),)), (result,))
    block = Block((branch,), (result,))
    assert run((flag,), block, True) == (1,)
    assert run((flag,), block, False) == (2,)


def test_while_tests_before_each_iteration():
    s, out, limit = Var("s", FLOAT), Var("out", FLOAT), Var("limit", FLOAT)
    test, body = Builder(), Builder()
    small = test.assign(Apply("less", (s, limit)), BOOL)
    double = body.assign(Apply("add", (s, s)), FLOAT)
    block = Block(
        (While((Carry(s, Const(1.0, FLOAT), out),), test.block(small), body.block(double)),), (out,)
    )
    assert run((limit,), block, 10.0) == (16,)
    assert run((limit,), block, 0.5) == (1,)


def test_stores_reach_the_caller_through_views():
    x = Var("x", GRID)
    top = Builder()
    row = top.assign(View(x, (one, Slice(None, None, integer(-1)))), STRIDED)
    top.store(row, (zero,), Const(7.0, FLOAT))
    top.store(row, (zero,), Const(1.0, FLOAT), accumulate=True)
    flipped = top.assign(Transpose(x, (1, 0)), Array("float64", 2, False))
    top.store(flipped, (zero, zero), Const(5.0, FLOAT))
    data = np.zeros((2, 3))
    (result,) = run((x,), top.block(x), data)
    assert result is data
    assert data.tolist() == [[5, 0, 0], [0, 0, 8]]


def test_views_share_memory_even_at_rank_zero():
    x = Var("x", VECTOR)
    top = Builder()
    point = top.assign(View(x, (one,)), Array("float64", 0))
    column = top.assign(
        View(x, (Slice(None, None, None), NewAxis())), Array("float64", 2, True, (False, True))
    )
    flat = top.assign(Reshape(column, (integer(3),)), VECTOR)
    top.store(point, (), Const(9.0, FLOAT))
    data = np.zeros(3)
    results = run((x,), top.block(point, column, flat), data)
    assert [item.shape for item in results] == [(), (3, 1), (3,)]
    assert all(np.shares_memory(item, data) for item in results)
    assert data.tolist() == [0, 9, 0]


def test_a_nest_writes_and_reduces():
    x, seen = Var("x", GRID), Var("seen", VECTOR)
    i, j = Var("i", INT), Var("j", INT)
    total, low, rows, columns, copy = (
        Var("total", FLOAT), Var("low", FLOAT), Var("rows", Array("float64", 2, True, (False, True))),
        Var("columns", VECTOR), Var("copy", GRID),
    )  # fmt: skip
    top, body = Builder(), Builder()
    n, m = top.dims(x)
    t = body.load(x, (i, j))
    writes = (
        Write(total, (), t, "add", True),
        Write(low, (), t, "min", True),
        Write(rows, (i, zero), t, "add", True),
        Write(columns, (j,), t, "max", True),
        Write(copy, (j, i), t, "set", True),
        Write(seen, (i,), t, "add", False),
    )
    top.add(Nest((i, j), (n, m), body.block(), writes))
    data, counts = np.array([[1.0, -2.0, 3.0], [4.0, 5.0, 6.0]]), np.ones(2)
    results = run((x, seen), top.block(total, low, rows, columns, copy), data, counts)
    assert results[:2] == (17, -2)
    np.testing.assert_array_equal(results[2], data.sum(axis=1, keepdims=True))
    np.testing.assert_array_equal(results[3], data.max(axis=0))
    np.testing.assert_array_equal(results[4], data.T)
    np.testing.assert_array_equal(counts, 1 + data.sum(axis=1))
    assert run((x, seen), top.block(total, low), np.zeros((0, 3)), np.ones(0)) == (0, np.inf)


def test_extremes_of_nothing_and_of_nan():
    x, i = Var("x", Array("int64", 1)), Var("i", INT)
    top, body, best = Builder(), Builder(), Var("best", Scalar("int64"))
    t = body.load(x, (i,))
    top.add(Nest((i,), (top.dim(x, 0),), body.block(), (Write(best, (), t, "max", True),)))
    assert run((x,), top.block(best), np.zeros(0, "int64")) == (np.iinfo("int64").min,)

    y, top, body, best = Var("y", VECTOR), Builder(), Builder(), Var("best", FLOAT)
    t = body.load(y, (i,))
    top.add(Nest((i,), (top.dim(y, 0),), body.block(), (Write(best, (), t, "max", True),)))
    assert np.isnan(run((y,), top.block(best), np.array([1.0, np.nan, 2.0]))[0])


def test_stacks_give_back_what_was_pushed_last():
    x, stack = Var("x", VECTOR), None
    top = Builder()
    stack = top.assign(NewStack("float64"), Stack("float64"), "stack")
    top.add(Push(stack, Const(3.0, FLOAT)))
    top.add(Push(stack, x))
    top.store(x, (zero,), Const(0.0, FLOAT))
    array = top.assign(Pop(stack, (top.dim(x, 0),)), VECTOR)
    number = top.assign(Pop(stack), FLOAT)
    kept, scalar = run((x,), top.block(array, number), np.array([1.0, 2.0]))
    assert kept.tolist() == [1, 2]
    assert scalar == 3


def test_what_is_popped_has_the_shape_that_was_pushed():
    top = Builder()
    stack = top.assign(NewStack("float64"), Stack("float64"), "stack")
    top.add(Push(stack, Const(3.0, FLOAT)))
    top.assign(Pop(stack, (one,)), VECTOR)
    with pytest.raises(TypeError, match="popped"):
        run((), top.block())


def test_a_guard_raises_with_its_message():
    n, flag, here = Var("n", INT), Var("flag", BOOL), Location("f.py", 3, 0)
    block = Block((Guard(flag, "got {0} rows", (n,), "ShapeMismatch", here),), (n,))
    assert run((n, flag), block, 4, True) == (4,)
    with pytest.raises(GuardFailed, match="got 4 rows") as caught:
        run((n, flag), block, 4, False)
    assert (caught.value.error, caught.value.at) == ("ShapeMismatch", here)


def test_memory_never_written_is_not_a_number():
    top = Builder()
    filled = top.allocate((integer(2),), "float32", constant(0.5, "float32"), "filled")
    empty = top.assign(Allocate((integer(2),), "float64", None), VECTOR)
    half, poison = run((), top.block(filled, empty))
    assert half.tolist() == [0.5, 0.5]
    assert half.dtype == "float32"
    assert np.isnan(poison).all()


@pytest.mark.parametrize(
    ("kind", "argument"),
    [
        (VECTOR, np.zeros((2, 2))),
        (VECTOR, np.zeros(2, "float32")),
        (VECTOR, np.zeros(6)[::2]),
        (VECTOR, [1.0, 2.0]),
        (VECTOR, 1.0),
        (Array("float64", 1, True, (True,)), np.zeros(2)),
        (FLOAT, np.zeros(2)),
        (INT, 2.5),
    ],
)
def test_a_value_that_belies_its_type_is_refused(kind, argument):
    parameter = Var("p", kind)
    with pytest.raises(TypeError, match="p: "):
        run((parameter,), Block((), (parameter,)), argument)


def test_division_by_zero_is_silent():
    top = Builder()
    ratio = top.assign(Apply("divide", (Const(1.0, FLOAT), Const(0.0, FLOAT))), FLOAT)
    assert run((), top.block(ratio)) == (np.inf,)
