"""Prints, compared as a whole: they are what people read when a pass goes wrong."""

import textwrap

from autodiff_compiler.ir.build import Builder, constant, integer
from autodiff_compiler.ir.nodes import (
    Allocate,
    Apply,
    Assign,
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
from autodiff_compiler.ir.show import show
from autodiff_compiler.ir.types import BOOL, FLOAT, INT, Array, Stack

x, w = Var("x", Array("float64", 1)), Var("w", FLOAT)


def prints(node, expected, **options):
    assert show(node, **options) == textwrap.dedent(expected).strip("\n")


def test_a_loop_with_a_carry():
    top, body = Builder(), Builder()
    i, s, out = Var("i", INT), Var("s", FLOAT), Var("out", FLOAT)
    start = top.assign(Apply("tanh", (w,)), FLOAT, "s0")
    n = top.dim(x, 0)
    element = body.load(x, (i,), "xi")
    product = body.assign(Apply("multiply", (s, element)), FLOAT, "s")
    top.add(For(i, integer(0), n, integer(1), (Carry(s, start, out),), body.block(product)))
    prints(
        Function("f", (x, w), top.block(out)),
        """
        function f(x: float64[:], w: float64) -> float64
            s0 = tanh(w)
            x_0 = x.shape[0]
            for i in 0..x_0 carry (s = s0 -> s_1 -> out):
                xi = x[i]
                s_1 = multiply(s, xi)
            return out
        """,
    )


def test_a_nest_says_what_is_new():
    i, j, n = Var("i", INT), Var("j", INT), Var("n", INT)
    grid = Array("float64", 2)
    total, best, y, z = Var("total", FLOAT), Var("best", FLOAT), Var("y", grid), Var("z", grid)
    body = Builder()
    t = body.load(z, (i, j), "t")
    writes = (
        Write(total, (), t, "add", True),
        Write(best, (), t, "max", True),
        Write(y, (i, j), t, "set", True),
        Write(z, (i, integer(0)), t, "add", False),
    )
    prints(
        Nest((i, j), (n, integer(3)), body.block(), writes),
        """
        nest i < n, j < 3:
            t = z[i, j]
            new total += t
            new best max= t
            new y[i, j] = t
            z[i, 0] += t
        """,
    )


def test_branches_and_while():
    flag, r, s, out = Var("flag", BOOL), Var("r", FLOAT), Var("s", FLOAT), Var("out", FLOAT)
    top, test, body = Builder(), Builder(), Builder()
    top.add(If(flag, Block((), (w,)), Block((), (constant(0.5, "float32"),)), (r,)))
    top.add(If(flag, Block(), Block()))
    small = test.assign(Apply("less", (s, w)), BOOL, "small")
    double = body.assign(Apply("add", (s, s)), FLOAT, "s")
    top.add(While((Carry(s, r, out),), test.block(small), body.block(double)))
    prints(
        top.block(out),
        """
        if flag -> r:
            yield w
        else:
            yield float32(0.5)
        if flag:
            pass
        while carry (s = r -> s_1 -> out):
            small = s < w
            break unless small
            s_1 = s + s
        yield out
        """,
        symbols={"add": "+", "less": "<"},
    )


def test_arrays_stacks_and_guards():
    n, stack, flag = Var("n", INT), Var("tape", Stack("float64")), Var("flag", BOOL)
    vector, grid = Array("float64", 1), Array("float64", 2)
    top = Builder()
    top.assign(NewStack("float64"), stack.type, "tape")
    top.assign(Allocate((n,), "float64", None), vector, "a")
    top.assign(Allocate((n, n), "float64", Const(0.0, FLOAT)), grid, "a")
    top.assign(View(x, (Slice(integer(1), None, None), NewAxis())), grid, "v")
    top.assign(View(x, (Slice(None, n, integer(-1)),)), vector, "v")
    top.assign(Reshape(x, (n,)), vector, "r")
    top.assign(Transpose(Var("y", grid), (1, 0)), grid, "t")
    top.add(Push(stack, x))
    top.assign(Pop(stack, (n,)), vector, "p")
    top.assign(Pop(stack), FLOAT, "p")
    top.store(x, (n,), w)
    top.store(x, (n,), w, accumulate=True)
    top.assign(Apply("sum", (x,), (("axis", 0),)), FLOAT, "total")
    top.add(Guard(flag, "got {0}", (n,)))
    prints(
        top.block(),
        """
        tape = stack(float64)
        a = empty((n,), float64)
        a_1 = full((n, n), 0.0, float64)
        v = x[1:, newaxis]
        v_1 = x[:n:-1]
        r = reshape(x, (n,))
        t = transpose(y, (1, 0))
        push(tape_1, x)
        p = pop(tape_1, (n,))
        p_1 = pop(tape_1)
        x[n] = w
        x[n] += w
        total = sum(x, axis=0)
        guard flag else ShapeMismatch('got {0}', n)
        """,
    )


def test_symbols_take_one_or_two_operands():
    symbols = {"negative": "-", "subtract": "-", "add": "+"}
    t = Var("t", FLOAT)
    assert show(Assign(t, Apply("negative", (w,))), symbols) == "t = -w"
    assert show(Assign(t, Apply("subtract", (Const(-1.0, FLOAT), w))), symbols) == "t = (-1.0) - w"


def test_a_taken_name_is_skipped():
    names = [Var(name, FLOAT) for name in ("s", "s_1", "s")]
    assert show(Block((), tuple(names))) == "yield s, s_1, s_2"


def test_a_function_that_returns_nothing():
    assert show(Function("f", (), Block())) == "function f() -> None\n    pass"
