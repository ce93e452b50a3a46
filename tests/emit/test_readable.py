"""Generated code reads as a careful person would have written it."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence

import numpy as np
import pytest

from autodiff_compiler.emit.load import load
from autodiff_compiler.emit.module import module_source
from autodiff_compiler.emit.to_python import to_python
from autodiff_compiler.ir.build import Builder, constant, integer
from autodiff_compiler.ir.nodes import (
    Allocate,
    Apply,
    Atom,
    Block,
    Carry,
    Const,
    For,
    Function,
    Guard,
    If,
    Level,
    Nest,
    NewAxis,
    NewStack,
    Pop,
    Push,
    Reshape,
    Slice,
    Statement,
    Transpose,
    Var,
    View,
    While,
    Write,
)
from autodiff_compiler.ir.types import BOOL, FLOAT, INT, Array, Scalar, Stack
from autodiff_compiler.location import Location
from autodiff_compiler.runtime.guards import guard_arguments

VECTOR, MATRIX = Array("float64", 1), Array("float64", 2)
SINGLE = Scalar("float32")
TRUE, FALSE = Const(True, BOOL), Const(False, BOOL)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTODIFF_CACHE_DIR", str(tmp_path_factory.getbasetemp() / "cache"))


def emitted(parameters: Sequence[Var], body: Block) -> str:
    """The module of a function `f`."""
    return module_source([to_python(Function("f", tuple(parameters), body, Level.PLANNED)).definition])


def body_of(source: str) -> str:
    """The lines of the function, without its head and indentation."""
    return textwrap.dedent(source[source.index("def f(") :].split("\n", 1)[1])


def same_both_ways(source: str, *arguments: object) -> object:
    """What the function gives, plain and compiled."""
    copies = [
        [np.copy(item) if isinstance(item, np.ndarray) else item for item in arguments] for _ in range(2)
    ]
    plain, compiled = (load(source, ["f"], "", jit=jit)["f"](*copies[jit]) for jit in (False, True))
    for one, other in zip((plain, *copies[0]), (compiled, *copies[1]), strict=True):
        for left, right in zip(as_tuple(one), as_tuple(other), strict=True):
            np.testing.assert_allclose(left, right, rtol=1e-6)
    return compiled


def as_tuple(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else (value,)


def test_single_uses_are_folded_and_parenthesised() -> None:
    x, y, builder = Var("x", FLOAT), Var("y", FLOAT), Builder()
    total = builder.assign(Apply("add", (x, y)), FLOAT)
    product = builder.assign(Apply("multiply", (total, Const(-2.0, FLOAT))), FLOAT)
    power = builder.assign(Apply("power", (Const(-2.0, FLOAT), product)), FLOAT)
    assert body_of(emitted((x, y), builder.block(power))) == "return (-2.0) ** ((x + y) * -2.0)\n"


def test_what_the_user_named_keeps_its_line() -> None:
    x = Var("x", FLOAT)
    builder = Builder(Location("user.py", 2, 4, text="    speed = np.sin(x)"))
    speed = builder.assign(Apply("sin", (x,)), FLOAT, "speed")
    result = builder.assign(Apply("add", (speed, x)), FLOAT)
    assert body_of(emitted((x,), builder.block(result))) == "speed = np.sin(x)\nreturn speed + x\n"


def test_a_load_does_not_move_past_a_store_that_may_change_it() -> None:
    a, b, builder = Var("a", VECTOR), Var("b", VECTOR), Builder()
    before, other = builder.load(a, (integer(0),), "before"), builder.load(b, (integer(0),), "other")
    builder.store(a, (integer(0),), constant(1.0, "float64"))
    result = builder.assign(Apply("add", (before, other)), FLOAT)
    expected = "before = a[0]\na[0] = 1.0\nreturn before + b[0]\n"
    assert body_of(emitted((a, b), builder.block(result))) == expected


def test_a_long_expression_is_divided() -> None:
    x, builder = Var("x", FLOAT), Builder()
    total: Atom = x
    for _ in range(40):
        total = builder.assign(Apply("sin", (builder.assign(Apply("add", (total, x)), FLOAT),)), FLOAT)
    source = emitted((x,), builder.block(total))
    assert max(map(len, source.splitlines())) <= 100
    assert len(source.splitlines()) < 20


def test_carries_share_a_name_and_swap() -> None:
    u, v, n = Var("u", VECTOR), Var("v", VECTOR), Var("n", INT)
    one, two = (Carry(Var(item.name, VECTOR), item, Var(item.name, VECTOR)) for item in (u, v))
    loop = For(Var("k", INT), integer(0), n, integer(1), (one, two), Block((), (two.inside, one.inside)))
    source = emitted((u, v, n), Block((loop,), (one.after, two.after)))
    assert body_of(source) == "for k in range(n):\n    u, v = v, u\nreturn u, v\n"
    first, _ = same_both_ways(source, np.zeros(2), np.ones(2), 3)
    assert first[0] == 1


def test_a_start_that_is_needed_later_is_not_overwritten() -> None:
    x, carry, body, builder = (
        Var("x", FLOAT),
        Carry(Var("x", FLOAT), Var("x", FLOAT), Var("x", FLOAT)),
        Builder(),
        Builder(),
    )
    carry = Carry(carry.inside, x, carry.after)
    following = body.assign(Apply("multiply", (carry.inside, x)), FLOAT, "x")
    builder.add(For(Var("k", INT), integer(3), integer(0), integer(-1), (carry,), body.block(following)))
    result = builder.assign(Apply("subtract", (carry.after, x)), FLOAT)
    source = emitted((x,), builder.block(result))
    assert body_of(source) == "x_1 = x\nfor k in range(3, 0, -1):\n    x_1 *= x\nreturn x_1 - x\n"
    assert same_both_ways(source, 2.0) == 14.0


def choice(
    builder: Builder, condition: Atom, then: Block, orelse: Block, kind: Scalar = FLOAT, name: str = "y"
) -> Var:
    result = Var(name, kind)
    builder.add(If(condition, then, orelse, (result,)))
    return result


def test_choices_are_expressions_where_they_are_short() -> None:
    x, builder, arm = Var("x", FLOAT), Builder(), Builder()
    small = builder.assign(Apply("less", (x, constant(1.0, "float64"))), BOOL)
    square = arm.assign(Apply("multiply", (x, x)), FLOAT)
    result = choice(builder, small, arm.block(square), Block((), (constant(0.0, "float64"),)))
    source = emitted((x,), builder.block(result))
    assert body_of(source) == "return x * x if x < 1.0 else 0.0\n"


def test_an_update_in_one_branch_has_no_else() -> None:
    x, builder, arm = Var("x", FLOAT), Builder(), Builder()
    small = builder.assign(Apply("less", (x, constant(1.0, "float64"))), BOOL)
    changed = arm.assign(Apply("add", (x, constant(5.0, "float64"))), FLOAT)
    result = choice(builder, small, Block((), (x,)), arm.block(changed), name="x")
    assert body_of(emitted((x,), builder.block(result))) == "if not x < 1.0:\n    x += 5.0\nreturn x\n"


@pytest.mark.parametrize("spelling", ["False", "the condition"])
def test_a_loop_with_a_condition_of_two_parts(spelling: str) -> None:
    a, n, test, other = Var("a", VECTOR), Var("n", INT), Builder(), Builder()
    carry = Carry(Var("i", INT), integer(0), Var("i", INT))
    within = test.assign(Apply("less", (carry.inside, n)), BOOL)
    positive = other.assign(Apply("less", (constant(0.0, "float64"), other.load(a, (carry.inside,)))), BOOL)
    known = FALSE if spelling == "False" else within
    both = choice(test, within, other.block(positive), Block((), (known,)), BOOL, "both")
    body = Builder()
    following = body.assign(Apply("add", (carry.inside, integer(1))), INT, "i")
    loop = While((carry,), test.block(both), body.block(following))
    source = emitted((a, n), Block((loop,), (carry.after,)))
    assert body_of(source) == "i = 0\nwhile i < n and 0.0 < a[i]:\n    i += 1\nreturn i\n"
    assert same_both_ways(source, np.array([1.0, 2.0, -1.0]), 3) == 2


def nest(
    parameters: Sequence[Var], indices: Sequence[Var], extents: Sequence[Atom], body: Builder, *writes: Write
) -> str:
    results = [write.target for write in writes if write.fresh]
    whole = Nest(tuple(indices), tuple(extents), body.block(), writes)
    return emitted(parameters, Block((whole,), tuple(results)))


def test_a_result_of_the_outer_loop_accumulates_in_a_variable() -> None:
    a, total, n, m = Var("a", MATRIX), Var("total", VECTOR), Var("n", INT), Var("m", INT)
    i, j, body = Var("i", INT), Var("j", INT), Builder()
    value = body.load(a, (i, j))
    source = nest((a, n, m), (i, j), (n, m), body, Write(total, (i,), value, "add", True))
    assert body_of(source) == textwrap.dedent("""\
        total = np.empty(n)
        for i in range(n):
            total_i = 0.0
            for j in range(m):
                total_i = plus(total_i, a[i, j])
            total[i] = total_i
        return total
    """)
    np.testing.assert_allclose(same_both_ways(source, np.ones((2, 3)), 2, 3), [3, 3])


def test_a_sum_over_several_loops_is_added_up_by_rows() -> None:
    a, total, n, m = Var("a", MATRIX), Var("total", FLOAT), Var("n", INT), Var("m", INT)
    i, j, body = Var("i", INT), Var("j", INT), Builder()
    value = body.load(a, (i, j))
    source = nest((a, n, m), (i, j), (n, m), body, Write(total, (), value, "add", True))
    assert body_of(source) == textwrap.dedent("""\
        total = 0.0
        for i in range(n):
            total_row = 0.0
            for j in range(m):
                total_row = plus(total_row, a[i, j])
            total += total_row
        return total
    """)
    assert same_both_ways(source, np.ones((2, 3)), 2, 3) == 6


def test_an_existing_array_is_updated_through_memory_where_the_nest_may_read_it() -> None:
    a, b, n = Var("a", MATRIX), Var("b", VECTOR), Var("n", INT)
    i, j, body = Var("i", INT), Var("j", INT), Builder()
    value = body.load(b, (j,))
    source = nest((a, b, n), (i, j), (n, n), body, Write(b, (i,), value, "add", False))
    assert "        b[i] += b[j]\n" in source
    other = Builder()
    source = nest((a, b, n), (i, j), (n, n), other, Write(b, (i,), other.load(a, (i, j)), "add", False))
    assert "        b_i = plus(b_i, a[i, j])\n    b[i] += b_i\n" in body_of(source)


@pytest.mark.parametrize("combine", ["max", "min"])
@pytest.mark.parametrize("dtype", ["float64", "float32", "int64", "bool"])
def test_extrema(combine: str, dtype: str) -> None:
    a, n, m = Var("a", Array(dtype, 2)), Var("n", INT), Var("m", INT)
    i, j, body = Var("i", INT), Var("j", INT), Builder()
    value = body.load(a, (i, j))
    whole, rows, columns = (Var("top", kind) for kind in (Scalar(dtype), Array(dtype, 1), Array(dtype, 1)))
    writes = [Write(whole, (), value, combine, True), Write(rows, (i,), value, combine, True)]
    source = nest((a, n, m), (i, j), (n, m), body, *writes, Write(columns, (j,), value, combine, True))
    data = np.array([[3, 1, 2], [5, 0, 4]]).astype(dtype)
    if dtype.startswith("float"):
        data[1, 1] = math.nan
    fold = np.max if combine == "max" else np.min
    got = same_both_ways(source, data, 2, 3)
    for one, axis in zip(got, (None, 1, 0), strict=True):
        np.testing.assert_array_equal(one, fold(data, axis=axis))
    assert got[1].dtype == dtype


def test_constants_and_casts_keep_single_precision() -> None:
    a, i, k = Var("a", Array("float32", 1)), Var("i", INT), Var("k", INT)
    builder = Builder()
    count = builder.assign(Apply("cast", (k,), (("dtype", "float32"),)), SINGLE)
    half = builder.assign(Apply("multiply", (builder.load(a, (i,)), constant(0.5, "float32"))), SINGLE)
    builder.store(a, (i,), builder.assign(Apply("add", (half, count)), SINGLE))
    wide = builder.assign(Apply("cast", (k,), (("dtype", "float64"),)), FLOAT)
    wider = builder.assign(Apply("multiply", (wide, constant(2.0, "float64"))), FLOAT)
    exact = builder.assign(Apply("cast", (wider,), (("dtype", "int64"),)), INT)
    source = emitted((a, i, k), builder.block(wider, exact))
    assert "a[i] = a[i] * np.float32(0.5) + np.float32(k)" in source
    assert "= k * 2.0" in source
    assert "np.int64(" in source
    same_both_ways(source, np.ones(2, np.float32), 1, 3)


def _product_nest(left: Var, right: Var, target: Var, extents: tuple[Atom, ...]) -> Nest:
    """The nest of `target = left @ right`."""
    i, j, k = indices = (Var("i", INT), Var("j", INT), Var("k", INT))
    body = Builder()
    factors = (body.load(left, (i, j)), body.load(right, (j, k)))
    value = body.assign(Apply("multiply", factors), FLOAT)
    return Nest(indices, extents, body.block(), (Write(target, (i, k), value, "add", True),))


def test_views_shapes_and_products() -> None:
    a, builder = Var("a", MATRIX), Builder()
    row = builder.assign(View(a, (integer(-1), Slice(None, None, None))), VECTOR, "row")
    turned = builder.assign(Transpose(a, (1, 0)), Array("float64", 2, False))
    sizes = builder.dims(a)
    product = Var("product", MATRIX)
    builder.add(_product_nest(turned, a, product, (sizes[1], sizes[0], sizes[1])))
    wide = builder.assign(Reshape(a, (sizes[1], sizes[0])), MATRIX, "wide")
    lifted = builder.assign(View(row, (NewAxis(), Slice(integer(1), None, None))), MATRIX, "lifted")
    single = builder.assign(View(a, (integer(1), integer(-1))), Array("float64", 0), "single")
    builder.store(single, (), constant(9.0, "float64"), accumulate=True)
    filled = builder.assign(
        Allocate(sizes, "float32", constant(2.0, "float32")), Array("float32", 2), "filled"
    )
    copied = builder.assign(Apply("copy", (turned,)), MATRIX)
    source = emitted((a,), builder.block(product, wide, lifted, filled, copied))
    for part in (
        "row = a[-1]",
        "product_1 = product(",
        "a.reshape((a_1, a_0))",
        "[np.newaxis, 1:]",
        "single[()] += 9.0",
        "np.float32)",
    ):
        assert part in source, source
    data = np.arange(6.0).reshape(2, 3)
    got = same_both_ways(source, data)
    np.testing.assert_allclose(got[0], data.T @ data)


def test_guards_tell_which_one_failed() -> None:
    a, b, builder = Var("a", VECTOR), Var("b", VECTOR), Builder()
    n, m = builder.dim(a, 0), builder.dim(b, 0)
    at = Location("user.py", 3, 4, text="a + b")
    builder.add(Guard(TRUE, "never"))
    builder.add(
        Guard(builder.assign(Apply("equal", (n, m)), BOOL), "{0} and {1}", (n, m), "ShapeMismatch", at)
    )
    emitted_function = to_python(Function("f", (a, b), builder.block(n), Level.LOOPS))
    assert emitted_function.guards[1][:4] == ("{0} and {1}", "ShapeMismatch", at, None)
    source = module_source([emitted_function.definition])
    assert "if a_0 != b_0:" in source
    for jit in (False, True):
        with pytest.raises(ValueError, match="check") as caught:
            load(source, ["f"], "", jit=jit)["f"](np.ones(2), np.ones(3))
        assert guard_arguments(caught.value) == (1, (2, 3))
    assert guard_arguments(ValueError("other")) is None


def test_stacks_travel_as_a_pair() -> None:
    saved, x, forward = Var("saved", Stack("float64")), Var("x", FLOAT), Builder()
    made = forward.assign(NewStack("float64"), Stack("float64"), "saved")
    forward.add(Push(made, x))
    first = emitted((x,), forward.block(made))
    backward = Builder()
    popped = backward.assign(Pop(saved), FLOAT)
    second = emitted((saved,), backward.block(popped))
    assert "return saved, saved_top" in first
    assert "def f(saved, saved_top):" in second
    for jit in (False, True):
        data, top = load(first, ["f"], "", jit=jit)["f"](7.0)
        assert load(second, ["f"], "", jit=jit)["f"](data, top) == 7.0


def test_a_reversed_line_is_named_once() -> None:
    x, v = Var("x", VECTOR), Var("v", FLOAT)
    builder = Builder(Location("user.py", 12, 4, text="    s = s * x[i]", reverse=True))
    statements: list[Statement] = []
    builder.store(x, (integer(0),), v, accumulate=True)
    builder.store(x, (integer(1),), v)
    statements.extend(builder.statements)
    source = emitted((x, v), Block(tuple(statements), ()))
    assert body_of(source) == "# reverse of line 12: s = s * x[i]\nx[0] += v\nx[1] = v\n"


def test_names_that_python_or_the_code_itself_needs_are_avoided() -> None:
    parameters = [Var(name, FLOAT) for name in ("np", "range", "f", "lambda", "x", "x")]
    source = emitted(parameters, Block((), tuple(parameters)))
    assert "def f(np_1, range_1, f_1, lambda_1, x, x_1):" in source
