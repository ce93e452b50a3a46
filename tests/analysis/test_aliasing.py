"""Which arrays may share memory."""

from __future__ import annotations

from autodiff_compiler.analysis.aliasing import may_alias, roots
from autodiff_compiler.ir.build import Builder, constant, integer
from autodiff_compiler.ir.nodes import (
    Carry,
    For,
    If,
    NewStack,
    Pop,
    Push,
    Reshape,
    Slice,
    Transpose,
    Var,
    View,
)
from autodiff_compiler.ir.types import INT, Stack
from tests.optimise.building import FLOAT, MATRIX, VECTOR, apply, function, parameters

A, X, Y = parameters(a=MATRIX, x=VECTOR, y=VECTOR)


def test_views_share_memory_with_what_they_view():
    builder = Builder()
    row = builder.assign(View(A, (integer(0), Slice(None, None, None))), VECTOR)
    turned = builder.assign(Transpose(A, (1, 0)), MATRIX)
    flat = builder.assign(Reshape(A, (integer(6),)), VECTOR)
    found = roots(function(builder, (A, X)))
    assert all(
        may_alias(found, array, other) for array in (row, turned, flat) for other in (A, row, turned, flat)
    )
    assert not may_alias(found, row, X)


def test_results_of_operators_are_memory_of_their_own():
    builder = Builder()
    copy, product = apply(builder, "copy", X), apply(builder, "multiply", X, Y)
    found = roots(function(builder, (X, Y)))
    assert not may_alias(found, copy, X)
    assert not may_alias(found, copy, product)


def test_a_branch_may_yield_either_array():
    builder = Builder()
    then, orelse = Builder().block(X), Builder().block(Y)
    either = Var("either", VECTOR)
    builder.add(If(constant(True, "bool"), then, orelse, (either,)))
    assert roots(function(builder, (X, Y)))[either] == {X, Y}


def test_arrays_that_swap_places_in_a_loop_may_be_each_other():
    builder = Builder()
    one, other = (Carry(Var("p", VECTOR), start, Var("q", VECTOR)) for start in (X, Y))
    body = Builder().block(other.inside, one.inside)
    builder.add(For(Var("i", INT), integer(0), integer(3), integer(1), (one, other), body))
    found = roots(function(builder, (X, Y)))
    assert found[one.inside] == found[one.after] == found[other.inside] == {X, Y}


def test_what_a_loop_makes_reaches_the_start_of_the_next_iteration():
    builder, inner = Builder(), Builder()
    carry = Carry(Var("p", VECTOR), X, Var("q", VECTOR))
    view = inner.assign(View(carry.inside, (Slice(None, None, None),)), VECTOR, "view")
    made = apply(inner, "copy", carry.inside)
    builder.add(For(Var("i", INT), integer(0), integer(3), integer(1), (carry,), inner.block(made)))
    assert roots(function(builder, (X,)))[view] == {X, made}


def test_an_array_popped_is_memory_of_its_stack():
    builder = Builder()
    stack = builder.assign(NewStack("float64"), Stack("float64"), "stack")
    builder.add(Push(stack, X))
    popped = builder.assign(Pop(stack, (integer(3),)), VECTOR)
    found = roots(function(builder, (X,)))
    assert found[popped] == {stack}
    assert not may_alias(found, popped, X)


def test_scalars_have_no_memory():
    builder = Builder()
    scalar = builder.load(X, (integer(0),))
    assert scalar not in roots(function(builder, (X,)))
    assert scalar.type == FLOAT
