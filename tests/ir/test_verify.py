"""The verifier passes what is right and names what is wrong."""

import pytest

from autodiff_compiler.ir.build import Builder, constant, integer
from autodiff_compiler.ir.nodes import (
    Allocate,
    Apply,
    Assign,
    Block,
    Carry,
    Const,
    Dim,
    For,
    Function,
    Guard,
    If,
    Level,
    Load,
    Nest,
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
from autodiff_compiler.ir.verify import IRError, verify
from autodiff_compiler.location import Location

VECTOR, GRID = Array("float64", 1), Array("float64", 2)
SINGLE = Scalar("float32")
x, y = Var("x", VECTOR), Var("y", GRID)
a, n, flag, half = Var("a", FLOAT), Var("n", INT), Var("flag", BOOL), Var("half", SINGLE)
strided = Var("strided", Array("float64", 1, False))
PARAMETERS = (x, y, a, n, flag, half, strided)
zero, one = integer(0), integer(1)


def check(*statements, yields=(), level=Level.TYPED, **options):
    verify(Function("f", PARAMETERS, Block(statements, yields), level), **options)


def refused(message, *statements, **options):
    with pytest.raises(IRError) as caught:
        check(*statements, **options)
    assert message in str(caught.value)


def assigned(value, kind=FLOAT):
    return Assign(Var("t", kind), value)


def loop(start=zero, stop=n, step=one, initial=a, yields=None, after=FLOAT):
    i, s, out = Var("i", INT), Var("s", FLOAT), Var("out", after)
    body = Builder()
    t = body.assign(Apply("add", (s, a)), FLOAT, "t")
    return For(
        i, start, stop, step, (Carry(s, initial, out),), body.block(*((t,) if yields is None else yields))
    )


def test_a_right_program_passes():
    total, i, s, out = Var("total", FLOAT), Var("i", INT), Var("s", FLOAT), Var("out", FLOAT)
    first, test, body, inner = loop(), Builder(), Builder(), Builder()
    small = test.assign(Apply("less", (s, a)), BOOL, "small")
    twice = body.assign(Apply("add", (s, s)), FLOAT, "twice")
    t = inner.load(x, (i,), "t")
    stack = Var("stack", Stack("float64"))
    check(
        first,
        While((Carry(s, first.carries[0].after, out),), test.block(small), body.block(twice)),
        Nest(
            (i,),
            (n,),
            inner.block(),
            (Write(total, (), t, "add", True), Write(y, (i, zero), t, "set", False)),
        ),
        Assign(stack, NewStack("float64")),
        Push(stack, x),
        assigned(Pop(stack, (n,)), VECTOR),
        assigned(View(y, (zero, Slice(None, n, None))), VECTOR),
        assigned(Dim(y, 1), INT),
        Guard(flag, "n is {0}", (n,)),
        yields=(out, total),
    )


# ---------------------------------------------------------------- names and scopes


def test_a_variable_does_not_leak_out_of_a_loop():
    statement = loop()
    refused("t is used out of its scope", statement, yields=(statement.body.yields[0],))


def test_a_variable_does_not_leak_out_of_a_branch():
    inside = assigned(Apply("exp", (a,)))
    refused("t is used out of its scope", If(flag, Block((inside,)), Block()), yields=(inside.target,))


def test_the_body_of_a_while_does_not_see_what_its_test_defines():
    s, out = Var("s", FLOAT), Var("out", FLOAT)
    test = Builder()
    small = test.assign(Apply("less", (s, a)), BOOL, "small")
    guard = Guard(small, "")
    statement = While((Carry(s, a, out),), test.block(small), Block((guard,), (s,)))
    refused("small is used out of its scope", statement)


def test_a_use_comes_after_the_definition():
    first = assigned(Apply("exp", (a,)))
    refused("t is used out of its scope", assigned(Apply("sin", (first.target,))), first)


def test_an_extent_does_not_see_the_indices_of_its_nest():
    i, j = Var("i", INT), Var("j", INT)
    refused("i is used out of its scope", Nest((i, j), (n, i), Block(), ()))


def test_a_variable_is_assigned_once():
    statement = assigned(Apply("exp", (a,)))
    refused("t is assigned twice", statement, statement)
    refused("t is assigned twice", If(flag, Block((statement,)), Block((statement,))))


# ---------------------------------------------------------------- yields and types


def test_the_number_of_yields():
    refused("a block yields 0 values where 1 are expected", loop(yields=()))
    refused("a block yields 0 values", If(flag, Block((), (a,)), Block(), (Var("r", FLOAT),)))


def test_the_types_of_yields_and_carries():
    refused("float32 is given where float64 is expected", loop(initial=half))
    refused("float64 is given where float32 is expected", loop(after=SINGLE))
    refused("int64~ is given where float64", If(flag, Block((), (n,)), Block((), (a,)), (Var("r", FLOAT),)))
    refused("float64[:, :] is given", If(flag, Block((), (y,)), Block((), (x,)), (Var("r", VECTOR),)))


def test_a_result_claims_no_layout_its_yield_lacks():
    branches = If(flag, Block((), (x,)), Block((), (strided,)), (Var("r", VECTOR),))
    refused("float64[:] claims more than float64[:] strided", branches)


def test_operands_are_of_one_float_type():
    refused("the operands are float32 and float64", assigned(Apply("add", (a, half))))


def test_elements_have_the_dtype_of_their_array():
    top = Builder()
    top.store(x, (zero,), half)
    refused("float32 is given where float64 is expected", *top.statements)
    refused("float64 is given where float32 is expected", assigned(Load(x, (zero,)), SINGLE))


def test_an_index_counts_and_is_whole():
    refused("y: float64[:, :] has not 1 axes", assigned(Load(y, (zero,))))
    refused("a: float64 stands where an integer is needed", assigned(Load(x, (a,))))
    refused(
        "a: float64 stands where an integer is needed", assigned(View(x, (Slice(a, None, None),)), VECTOR)
    )
    refused("a: float64 stands where an integer is needed", loop(stop=a))
    refused("the step is zero", loop(step=zero))


def test_conditions_are_truth_values():
    refused("n: int64~ stands where a condition is needed", Guard(n, ""))
    refused("a: float64 stands where a condition is needed", If(a, Block(), Block()))
    refused("the test yields 0 values", While((), Block(), Block()))


@pytest.mark.parametrize(
    ("value", "kind", "message"),
    [
        (View(y, (zero, Slice(None, None, None))), GRID, "is declared for an array of float64 with 1 axes"),
        (Transpose(y, (0, 0)), GRID, "(0, 0) is no order of the axes"),
        (Reshape(strided, (n, n)), GRID, "is reshaped but not contiguous"),
        (Dim(x, 1), INT, "float64[:] has no axis 1"),
        (Allocate((n,), "float32", None), VECTOR, "is declared for an array of float32"),
        (Allocate((n,), "float64", x), VECTOR, "filled with something other than a scalar"),
        (Pop(x), FLOAT, "x is no stack"),
        (NewStack("float32"), Stack("float64"), "stack of float32 is given"),
    ],
)
def test_values_and_their_declared_types(value, kind, message):
    refused(message, assigned(value, kind))


def test_results_are_in_range():
    with pytest.raises(IRError, match="result 1 of 1"):
        verify(Function("f", (a,), Block((), (a,)), structure=(0, (1,))))


# ---------------------------------------------------------------- nests


def nest(write, *body, indices=2):
    i, j = Var("i", INT), Var("j", INT)
    return Nest((i, j)[:indices], (n, n)[:indices], Block(body), (write(i, j),))


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (lambda i, j: Write(Var("new", VECTOR), (i,), a, "set", True), "is set, but not once by each point"),
        (lambda i, j: Write(Var("new", GRID), (i, i), a, "set", True), "is set, but not once by each point"),
        (lambda i, j: Write(Var("new", FLOAT), (), a, "set", True), "is set, but not once by each point"),
        (lambda i, j: Write(Var("new", VECTOR), (n,), a, "add", True), "neither an index of the nest nor 0"),
        (lambda i, j: Write(Var("new", SINGLE), (), a, "add", True), "float64 is given where float32"),
        (lambda i, j: Write(Var("new", GRID), (i,), a, "add", True), "has not 1 axes"),
        (lambda i, j: Write(strided, (i,), half, "add", False), "float32 is given where float64"),
        (lambda i, j: Write(a, (), a, "add", False), "a: float64 has not 0 axes"),
        (lambda i, j: Write(x, (i,), a, "multiply", False), "'multiply' is no way to combine"),
        (lambda i, j: Write(Var("new", Array("float64", 1, False)), (i,), a, "add", True), "is contiguous"),
        (lambda i, j: Write(Var("old", VECTOR), (i,), a, "add", False), "old is used out of its scope"),
    ],
)
def test_writes_of_a_nest(write, message):
    refused(message, nest(write))


def test_writes_that_are_right():
    check(
        nest(lambda i, j: Write(Var("new", GRID), (j, i), a, "set", True)),
        nest(
            lambda i, j: Write(
                Var("new", Array("float64", 2, True, (True, False))), (zero, j), a, "max", True
            )
        ),
        nest(lambda i, j: Write(x, (n,), a, "add", False)),
    )


def test_a_nest_holds_scalar_assignments_only():
    def write(i, j):
        return Write(Var("total", FLOAT), (), a, "add", True)

    refused("a nest holds `guard flag", nest(write, Guard(flag, "")))
    refused("a nest holds `t = sum(x)`", nest(write, assigned(Apply("sum", (x,)))))
    refused("a nest holds `t = x[:]`", nest(write, assigned(View(x, (Slice(None, None, None),)), VECTOR)))


def test_whole_array_arithmetic_ends_at_the_loops_level():
    statement = assigned(Apply("add", (x, x)), VECTOR)
    check(statement, elementwise=lambda name: name == "add")
    check(statement, level=Level.LOOPS)
    check(assigned(Apply("matmul", (y, y)), GRID), level=Level.LOOPS, elementwise=lambda name: name == "add")
    refused(
        "add works on whole arrays outside a nest",
        statement,
        level=Level.LOOPS,
        elementwise=lambda name: True,
    )


# ---------------------------------------------------------------- the report


def test_all_offences_are_listed_with_their_place():
    first = Assign(Var("t", FLOAT), Apply("add", (a, half)), Location("f.py", 7, 0))
    second = Assign(Var("u", FLOAT), Load(x, (a,)))
    with pytest.raises(IRError) as caught:
        check(first, second)
    assert str(caught.value).splitlines() == [
        "in f:",
        "  f.py:7: `t = add(a, half)`: the operands are float32 and float64",
        "  no location: `u = x[a]`: a: float64 stands where an integer is needed",
    ]


def test_constants_have_types_too():
    refused("2.0: float64 stands where an integer", assigned(Load(x, (Const(2.0, FLOAT),))))
    refused("the operands are float32 and float64", assigned(Apply("add", (a, constant(1.0, "float32")))))
