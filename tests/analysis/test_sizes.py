"""Which lengths are known to be equal."""

from __future__ import annotations

from autodiff_compiler.analysis.sizes import Sizes
from autodiff_compiler.ir.build import Builder, integer
from autodiff_compiler.ir.nodes import Apply, Guard, NewAxis, Slice, Transpose, View
from autodiff_compiler.ir.types import BOOL, Array
from tests.optimise.building import MATRIX, VECTOR, parameters

A, X, Y = parameters(a=MATRIX, x=VECTOR, y=VECTOR)


def _after(builder: Builder) -> Sizes:
    sizes = Sizes()
    for statement in builder.statements:
        sizes.observe(statement)
    return sizes


def test_a_guard_makes_two_lengths_one():
    builder = Builder()
    n, m = builder.dim(X, 0), builder.dim(Y, 0)
    builder.add(Guard(builder.assign(Apply("equal", (n, m)), BOOL), "differ"))
    assert _after(builder).length(Y, 0) is n
    assert not Sizes().same_shape(X, Y)


def test_constants_stand_for_what_equals_them():
    builder = Builder()
    n = builder.dim(X, 0)
    builder.add(Guard(builder.assign(Apply("equal", (n, integer(3))), BOOL), "differ"))
    assert _after(builder).length(X, 0) == integer(3)


def test_lengths_follow_views_and_transposes():
    builder = Builder()
    rows = builder.dim(A, 0)
    turned = builder.assign(Transpose(A, (1, 0)), MATRIX)
    view = builder.assign(View(turned, (NewAxis(), integer(0), Slice(None, None, None))), Array("float64", 2))
    part = builder.assign(View(turned, (integer(0), Slice(integer(1), None, None))), VECTOR)
    sizes = _after(builder)
    assert sizes.length(turned, 1) is rows
    assert (sizes.length(view, 0), sizes.length(view, 1)) == (integer(1), rows)
    assert sizes.length(part, 0) is None


def test_what_is_learnt_in_a_block_stays_there():
    outer = Sizes()
    inner = outer.inner()
    builder = Builder()
    builder.dim(X, 0)
    inner.observe(builder.statements[0])
    assert inner.length(X, 0) is not None
    assert outer.length(X, 0) is None
