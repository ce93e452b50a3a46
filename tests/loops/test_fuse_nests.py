"""Nests over one domain are fused where that keeps the meaning, and only there."""

from __future__ import annotations

import numpy as np
import pytest

from autodiff_compiler.ir.build import Builder, integer
from autodiff_compiler.ir.nodes import Array, For, Level, Nest, Slice, Transpose, Var, View, Write
from autodiff_compiler.ir.types import INT
from autodiff_compiler.ir.walk import statements
from autodiff_compiler.loops.expand_operators import expand_operators
from autodiff_compiler.loops.fuse_nests import fuse_nests
from autodiff_compiler.optimise.remove_dead_code import remove_dead_code
from tests.optimise.building import (
    FLOAT,
    MATRIX,
    VECTOR,
    apply,
    function,
    keeps_meaning,
    number,
    parameters,
    run,
    shown,
    total,
)

MESSAGE = "cannot combine `p` of shape ({},) with `y` of shape ({},)"
STRIDED = Array("float64", 1, contiguous=False)
X3, Y3 = np.array([1.0, -2.0, 3.0]), np.array([4.0, 5.0, 6.0])
X, Y, W = parameters(x=VECTOR, y=VECTOR, w=FLOAT)


def _nests(program):
    return [statement for statement in statements(program.body) if isinstance(statement, Nest)]


def _fused(builder, inputs, *yields, values, level=Level.TYPED):
    """The program with its operators expanded, fused, and known to mean what it meant."""
    program = expand_operators(function(builder, inputs, *yields, level=level))
    return keeps_meaning(fuse_nests, program, *values, exact=False)


def _accumulating(array, source, *, combine="add"):
    """nest i < 3: array[i] combine= source[i]"""
    index, body = Var("i", INT), Builder()
    value = body.load(source, (index,))
    return Nest((index,), (integer(3),), body.block(), (Write(array, (index,), value, combine, False),))


def test_golden():
    builder = Builder()
    difference = apply(builder, "subtract", apply(builder, "multiply", X, W, name="p"), Y, name="d")
    program = _fused(builder, (X, Y, W), total(builder, apply(builder, "square", difference, name="q")),
                     values=(X3, Y3, 2.0))  # fmt: skip
    assert shown(program) == [
        "x_0 = x.shape[0]",
        "y_0 = y.shape[0]",
        "same = equal(x_0, y_0)",
        f"guard same else ShapeMismatch({MESSAGE!r}, x_0, y_0)",
        "nest i < x_0:",
        "    x_1 = x[i]",
        "    p = multiply(x_1, w)",
        "    y_1 = y[i]",
        "    d = subtract(p, y_1)",
        "    q = square(d)",
        "    new s += q",
        "return s",
    ]


def test_a_nest_waits_for_a_guard_of_what_it_reads():
    builder = Builder()
    difference = apply(builder, "subtract", apply(builder, "multiply", X, W), Y)
    program = _fused(builder, (X, Y, W), difference, values=(X3, Y3[:2], 2.0))
    assert len(_nests(program)) == 1


def test_an_array_that_is_used_elsewhere_is_still_made():
    builder = Builder()
    product = apply(builder, "multiply", X, W)
    program = _fused(builder, (X, W), total(builder, product), product, values=(X3, 2.0))
    (nest,) = _nests(program)
    assert [write.combine for write in nest.writes] == ["set", "add"]


def test_statements_between_move_out_of_the_way():
    builder = Builder()
    first = apply(builder, "multiply", X, W)
    number_read = builder.load(first, (integer(0),))  # needs the first nest, the second does not need it
    scale = apply(builder, "sin", W)  # the second nest needs it
    second = apply(builder, "multiply", first, scale)
    program = _fused(builder, (X, W), total(builder, second), number_read, values=(X3, 2.0))
    assert len(_nests(program)) == 1


def test_what_needs_the_first_and_is_needed_by_the_second_keeps_them_apart():
    builder = Builder()
    mean = apply(builder, "mean", X, kind=FLOAT, axis=(0,), keepdims=False)
    program = _fused(builder, (X,), apply(builder, "subtract", X, mean), values=(X3,))
    assert len(_nests(program)) == 2


def test_a_sum_is_not_complete_inside_its_nest():
    index, other = Var("i", INT), Var("j", INT)
    builder, first, second = Builder(), Builder(), Builder()
    total_, scaled = Var("s", FLOAT), Var("z", VECTOR)
    element = first.load(X, (index,))
    builder.add(Nest((index,), (integer(3),), first.block(), (Write(total_, (), element, "add", True),)))
    product = apply(second, "multiply", second.load(X, (other,)), total_)
    builder.add(
        Nest((other,), (integer(3),), second.block(), (Write(scaled, (other,), product, "set", True),))
    )
    program = function(builder, (X,), scaled, level=Level.LOOPS)
    assert keeps_meaning(fuse_nests, program, X3) is program


def test_row_sums_read_across_the_matrix_are_not_complete():
    (a,) = parameters(a=Array("float64", 2))
    builder = Builder()
    sums = apply(builder, "sum", a, kind=VECTOR, axis=(0,), keepdims=False)
    program = _fused(builder, (a,), apply(builder, "divide", a, sums), values=(np.arange(6.0).reshape(2, 3),))
    assert len(_nests(program)) == 2


def test_reductions_of_one_array_run_together():
    builder = Builder()
    both = total(builder, X), apply(builder, "max", X, kind=FLOAT, axis=(0,), keepdims=False)
    assert len(_nests(_fused(builder, (X,), *both, values=(X3,)))) == 1


def test_unrelated_nests_stay_apart():
    builder = Builder()
    n = builder.dim(X, 0)
    for array in (X, Y):
        builder.add(_accumulating(apply(builder, "copy", array), array))
    program = function(builder, (X, Y), n, level=Level.LOOPS)
    assert fuse_nests(program) is program


def test_other_extents_stay_apart():
    builder = Builder()
    part = builder.assign(View(X, (Slice(integer(1), None, None),)), STRIDED)
    results = (
        total(builder, apply(builder, "sin", X)),
        total(builder, apply(builder, "sin", part, kind=VECTOR)),
    )
    assert len(_nests(_fused(builder, (X,), *results, values=(X3,)))) == 2


# ---------------------------------------------------------------- memory


def test_a_store_between_keeps_reads_on_their_sides():
    builder = Builder()
    copy = apply(builder, "copy", X)
    before = total(builder, copy)
    builder.store(copy, (integer(0),), number(5))
    after = total(builder, copy)
    assert len(_nests(_fused(builder, (X,), before, after, values=(X3,)))) == 2


def test_a_value_stored_is_handed_over_to_a_read_of_the_same_element():
    builder = Builder()
    builder.store(X, (), apply(builder, "sin", X), accumulate=True)
    builder.store(X, (), apply(builder, "multiply", X, X))
    program = _fused(builder, (X,), total(builder, X), values=(X3,))
    assert len(_nests(program)) == 1
    assert len(_nests(program)[0].writes) == 2


@pytest.mark.parametrize("view_first", [False, True])
def test_a_view_of_what_is_written_keeps_nests_apart(view_first):
    builder = Builder()
    backwards = builder.assign(View(X, (Slice(None, None, integer(-1)),)), STRIDED)
    written, read = (backwards, X) if view_first else (X, backwards)
    builder.add(_accumulating(written, Y))
    builder.add(_accumulating(Y, read))
    program = function(builder, (X, Y), level=Level.LOOPS)
    assert keeps_meaning(fuse_nests, program, X3, Y3) is program


def test_a_read_before_a_write_through_a_view_keeps_nests_apart():
    builder = Builder()
    backwards = builder.assign(View(X, (Slice(None, None, integer(-1)),)), STRIDED)
    builder.add(_accumulating(Y, X))
    builder.add(_accumulating(backwards, Y, combine="set"))
    program = function(builder, (X, Y), level=Level.LOOPS)
    assert keeps_meaning(fuse_nests, program, X3, Y3) is program


def test_the_transposed_element_is_another_one():
    (a,) = parameters(a=MATRIX)
    builder = Builder()
    square = apply(builder, "multiply", a, a)
    turned = builder.assign(Transpose(square, (1, 0)), Array("float64", 2, contiguous=False))
    program = _fused(
        builder, (a,), apply(builder, "subtract", square, turned), values=(np.arange(9.0).reshape(3, 3),)
    )
    assert len(_nests(program)) == 2


def test_additions_to_overlapping_memory_may_run_together():
    builder = Builder()
    backwards = builder.assign(View(X, (Slice(None, None, integer(-1)),)), STRIDED)
    builder.add(_accumulating(X, Y))
    builder.add(_accumulating(backwards, Y))
    program = keeps_meaning(fuse_nests, function(builder, (X, Y), level=Level.LOOPS), X3, Y3, exact=False)
    assert len(_nests(program)) == 1


def test_additions_to_one_element_become_one():
    builder = Builder()
    builder.add(_accumulating(X, Y))
    builder.add(_accumulating(X, Y))
    program = keeps_meaning(fuse_nests, function(builder, (X, Y), level=Level.LOOPS), X3, Y3, exact=False)
    (nest,) = _nests(program)
    assert len(nest.writes) == 1


def test_an_allocation_that_is_only_added_to_becomes_a_definition():
    builder = Builder()
    shadow = builder.allocate((integer(3),), "float64", number(0), "shadow")
    builder.add(_accumulating(shadow, X))
    builder.add(_accumulating(shadow, Y))
    program = keeps_meaning(fuse_nests, function(builder, (X, Y), shadow, level=Level.LOOPS), X3, Y3)
    assert shown(program) == [
        "nest i < 3:",
        "    x_1 = x[i]",
        "    y_1 = y[i]",
        "    sum = add(x_1, y_1)",
        "    new shadow[i] = sum",
        "return shadow",
    ]


def test_an_allocation_that_was_seen_through_a_view_stays():
    builder = Builder()
    shadow = builder.allocate((integer(3),), "float64", number(0), "shadow")
    backwards = builder.assign(View(shadow, (Slice(None, None, integer(-1)),)), STRIDED)
    builder.add(_accumulating(backwards, X))
    builder.add(_accumulating(shadow, Y))
    program = function(builder, (X, Y), shadow, level=Level.LOOPS)
    assert keeps_meaning(fuse_nests, program, X3, Y3) is program


def test_nests_inside_loops_are_fused():
    builder, inner = Builder(), Builder()
    inner.store(X, (), apply(inner, "multiply", apply(inner, "sin", X), W))
    builder.add(For(Var("i", INT), integer(0), integer(3), integer(1), (), inner.block()))
    assert len(_nests(_fused(builder, (X, W), values=(X3, 2.0)))) == 1


def test_a_guard_that_fails_fails_after_fusion():
    builder = Builder()
    result = apply(builder, "add", apply(builder, "sin", X), apply(builder, "sin", Y))
    program = expand_operators(function(builder, (X, Y), total(builder, result)))
    after = remove_dead_code(fuse_nests(program))
    assert run(after, X3, Y3[:2]) == run(program, X3, Y3[:2])
    assert len(_nests(after)) == 1


def test_nothing_to_fuse_gives_the_same_function():
    builder = Builder()
    program = expand_operators(function(builder, (X,), apply(builder, "sin", X)))
    assert fuse_nests(program) is program
