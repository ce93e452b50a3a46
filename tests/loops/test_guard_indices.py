"""Indices are guarded exactly where Python would raise IndexError, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest

from autodiff_compiler.ir.build import Builder, integer
from autodiff_compiler.ir.interpret import GuardFailed, interpret
from autodiff_compiler.ir.nodes import (
    Array,
    Block,
    Carry,
    Const,
    For,
    Function,
    Guard,
    If,
    Level,
    Load,
    Scalar,
    Slice,
    Var,
    View,
    While,
)
from autodiff_compiler.ir.types import BOOL, INT
from autodiff_compiler.ir.walk import statements
from autodiff_compiler.loops.guard_indices import guard_indices
from autodiff_compiler.operators import evaluate
from autodiff_compiler.optimise.hoist_invariants import hoist_invariants
from autodiff_compiler.optimise.remove_dead_code import remove_dead_code
from autodiff_compiler.optimise.simplify import simplify
from tests.loops.random_indices import arguments, random_function
from tests.optimise.building import MATRIX, VECTOR, apply, checked, function, number, parameters, shown

A, X, Y, N, K = parameters(a=MATRIX, x=VECTOR, y=VECTOR, n=INT, k=INT)
MESSAGE = "'index {} is out of bounds for axis 0 of `y`, whose length is {}'"
INDICES = Var("indices", Array("int64", 1))


def _guarded(builder: Builder) -> Function:
    program = function(builder, (A, X, Y, N, K, INDICES), level=Level.LOOPS)
    return checked(guard_indices(checked(program)))


def _guards(program: Function) -> list[Guard]:
    return [item for item in statements(program.body) if isinstance(item, Guard)]


def _outside_loops(program: Function) -> list[Guard]:
    return [item for item in program.body.statements if isinstance(item, Guard)]


def _loop(builder: Builder, start, stop, body, step: int = 1) -> None:
    """for i in start..stop: body(inner builder, i)"""
    index, inner = Var("i", INT), Builder()
    body(inner, index)
    builder.add(For(index, start, stop, integer(step), (), inner.block()))


def _plus(builder: Builder, atom, offset: int):
    return apply(builder, "add", atom, integer(offset), kind=INT)


def _set(inner: Builder, array: Var, *index) -> None:
    inner.store(array, index, number(1.0))


# ---------------------------------------------------------------- what is proved


def test_a_stencil_over_its_own_array_needs_no_guard():
    builder = Builder()
    rows, columns = builder.dims(A)

    def row(outer: Builder, i: Var) -> None:
        def point(inner: Builder, j: Var) -> None:
            for offset in (-1, 0, 1):
                _set(inner, A, _plus(inner, i, offset), j)
                _set(inner, A, i, _plus(inner, j, offset))

        _loop(outer, integer(1), _plus(outer, columns, -1), point)

    _loop(builder, integer(1), _plus(builder, rows, -1), row)
    assert not _guards(_guarded(builder))


@pytest.mark.parametrize(("step", "start", "stop"), [(-1, -1, None), (2, None, 0), (1, None, 0)])
def test_ranges_in_both_directions(step, start, stop):
    builder = Builder()
    length = builder.dim(X, 0)
    first = integer(0) if start is None else _plus(builder, length, -1)
    last = integer(-1) if stop is None else length
    _loop(builder, first, last, lambda inner, i: _set(inner, X, i), step)
    assert not _guards(_guarded(builder))


def test_negative_indices_within_the_length_wrap():
    builder = Builder()
    length = builder.dim(X, 0)
    _loop(builder, integer(0), length, lambda inner, i: _set(inner, X, _plus(inner, i, -1)))
    assert not _guards(_guarded(builder))


def test_lengths_that_a_guard_found_equal():
    builder = Builder()
    one, other = builder.dim(X, 0), builder.dim(Y, 0)
    builder.add(Guard(apply(builder, "equal", one, other, kind=BOOL), "differ"))
    _loop(builder, integer(0), other, lambda inner, i: _set(inner, X, i))
    assert len(_guards(_guarded(builder))) == 1


def test_conditions_around_an_access():
    builder = Builder()
    length = builder.dim(X, 0)
    inner, then = Builder(), Builder()
    low = apply(builder, "less_equal", integer(0), K, kind=BOOL)
    _set(then, X, K)
    high = apply(inner, "less", K, length, kind=BOOL)
    inner.add(If(high, then.block(), Block()))
    builder.add(If(low, inner.block(), Block()))
    assert not _guards(_guarded(builder))


def test_swapped_arrays_of_one_shape_keep_it():
    builder, body = Builder(), Builder()
    length = builder.dim(X, 0)
    other = builder.allocate((length,), "float64", number(0.0), "z")
    one, two = Carry(Var("p", VECTOR), X, Var("p", VECTOR)), Carry(Var("q", VECTOR), other, Var("q", VECTOR))
    _loop(body, integer(0), length, lambda inner, i: _set(inner, two.inside, i))
    builder.add(For(Var("t", INT), integer(0), N, integer(1), (one, two), body.block(two.inside, one.inside)))
    assert not _guards(_guarded(builder))


def test_a_row_has_the_length_of_its_axis():
    builder = Builder()
    rows, columns = builder.dims(A)

    def body(outer: Builder, i: Var) -> None:
        row = outer.assign(View(A, (i, Slice(None, None, None))), VECTOR, "row")
        _loop(outer, integer(0), columns, lambda inner, j: _set(inner, row, j))

    _loop(builder, integer(0), rows, body)
    assert not _guards(_guarded(builder))


# ---------------------------------------------------------------- what is checked before the loop


def test_one_guard_before_the_loop():
    builder = Builder()
    length = builder.dim(X, 0)

    def body(inner: Builder, i: Var) -> None:
        _set(inner, Y, i)
        _set(inner, Y, _plus(inner, i, 1))

    _loop(builder, integer(0), length, body)
    assert shown(_guarded(builder)) == [
        "x_0 = x.shape[0]",
        "y_0 = y.shape[0]",
        "t = less(x_0, y_0)",
        "if t -> t_1:",
        "    yield True",
        "else:",
        "    t_2 = less_equal(x_0, 0)",
        "    yield t_2",
        f"guard t_1 else IndexOutOfBounds({MESSAGE}, x_0, y_0)",
        "for i in 0..x_0:",
        "    y[i] = 1.0",
        "    t_3 = add(i, 1)",
        "    y[t_3] = 1.0",
    ]


def test_the_simplest_guard():
    builder = Builder()
    _loop(builder, integer(0), builder.dim(X, 0), lambda inner, i: _set(inner, Y, i))
    assert shown(_guarded(builder))[1:5] == [
        "y_0 = y.shape[0]",
        "t = less_equal(x_0, y_0)",
        "t_1 = subtract(x_0, 1)",
        f"guard t else IndexOutOfBounds({MESSAGE}, t_1, y_0)",
    ]


def test_a_triangle_is_checked_once():
    builder = Builder()

    def row(outer: Builder, i: Var) -> None:
        _loop(outer, integer(0), i, lambda inner, j: _set(inner, X, j))

    _loop(builder, integer(0), N, row)
    program = _guarded(builder)
    assert len(_guards(program)) == len(_outside_loops(program)) == 1


def test_what_one_loop_has_checked_holds_for_the_next():
    builder = Builder()
    for _ in range(2):
        _loop(builder, integer(0), N, lambda inner, i: _set(inner, X, i))
    assert len(_guards(_guarded(builder))) == 1


def test_constant_indices_share_the_guard_of_the_largest():
    builder = Builder()
    for k in (0, 2, 1):
        _set(builder, X, integer(k))
    (guard,) = _guards(_guarded(builder))
    assert guard.operands[0] == integer(2)


def test_a_guard_before_a_dead_loop_does_not_keep_it():
    builder, body = Builder(), Builder()
    index = Var("i", INT)
    body.load(X, (index,))
    builder.add(For(index, integer(0), N, integer(1), (), body.block()))
    program = remove_dead_code(_guarded(builder))
    assert len(_guards(program)) == 1
    assert not any(isinstance(item, For) for item in statements(program.body))


# ---------------------------------------------------------------- what is checked at the access


def test_an_index_that_is_data_is_checked_where_it_is_used():
    builder = Builder()

    def body(inner: Builder, i: Var) -> None:
        found = inner.assign(Load(INDICES, (i,)), Scalar("int64"), "found")
        _set(inner, X, found)
        inner.store(X, (found,), number(2.0))

    _loop(builder, integer(0), builder.dim(INDICES, 0), body)
    program = _guarded(builder)
    assert len(_guards(program)) == 1
    assert not _outside_loops(program)


def test_an_access_under_a_condition_is_not_checked_before_it():
    builder, then = Builder(), Builder()
    _set(then, X, integer(1))
    chosen = apply(builder, "greater", N, integer(0), kind=BOOL)
    builder.add(If(chosen, then.block(), Block()))
    program = _guarded(builder)
    assert len(_guards(program)) == 1
    assert not _outside_loops(program)


def test_the_first_check_holds_until_the_end_of_its_block():
    builder, then = Builder(), Builder()
    _set(builder, X, K)
    _set(then, X, K)
    builder.add(If(apply(builder, "greater", N, integer(0), kind=BOOL), then.block(), Block()))
    assert len(_guards(_guarded(builder))) == 1


def test_a_while_loop_checks_its_counter_from_above_only():
    builder, test, body = Builder(), Builder(), Builder()
    counter = Carry(Var("c", INT), integer(0), Var("c", INT))
    going = apply(test, "less", counter.inside, N, kind=BOOL)
    _set(body, X, counter.inside)
    builder.add(While((counter,), test.block(going), body.block(_plus(body, counter.inside, 1))))
    (guard,) = _guards(_guarded(builder))
    assert isinstance(guard.condition, Var)


def test_an_index_that_is_never_right():
    builder = Builder()
    array = builder.allocate((integer(3),), "float64", number(0.0), "z")
    _set(builder, array, integer(-4))
    (guard,) = _guards(_guarded(builder))
    assert guard.condition == Const(False, BOOL)
    assert guard.error == "IndexOutOfBounds"


# ---------------------------------------------------------------- random programs


RAISED, GUARDED = "IndexError", "IndexOutOfBounds"


def _outcome(program: Function, values: tuple) -> object:
    """What the arrays are afterwards, or how it was refused; None where the program cannot be judged."""
    left = 20_000

    def counted(value, operands):
        nonlocal left
        left -= 1
        if left < 0:
            raise TimeoutError
        return evaluate(value, operands)

    copies = [np.array(item) if isinstance(item, np.ndarray) else item for item in values]
    try:
        interpret(program, copies, counted)
    except IndexError:
        return RAISED
    except GuardFailed as failed:
        return GUARDED if failed.error == "IndexOutOfBounds" else None
    except (TimeoutError, ValueError, TypeError):  # runs too long, has a step of zero or a negative size
        return None
    return [item.tolist() for item in copies if isinstance(item, np.ndarray)]


@pytest.mark.parametrize("seed", range(60))
def test_random_programs_raise_where_python_does(seed):
    rng = np.random.default_rng(seed)
    program = hoist_invariants(simplify(checked(random_function(rng))))
    guarded = checked(guard_indices(program))
    later = checked(remove_dead_code(hoist_invariants(simplify(guarded))))
    for _ in range(10):
        values = arguments(rng)
        wanted = _outcome(program, values)
        if wanted is None:
            continue
        for made in (guarded, later):
            assert _outcome(made, values) in (GUARDED if wanted == RAISED else wanted, None)
