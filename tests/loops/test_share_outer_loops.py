"""Nests over the same rows share their outer loop where that keeps the meaning, and only there."""

from __future__ import annotations

import numpy as np
import pytest

from autodiff_compiler import differentiable, value_with_gradient
from autodiff_compiler.ir.build import Builder, integer
from autodiff_compiler.ir.nodes import (
    Array,
    For,
    Function,
    Level,
    Nest,
    NewAxis,
    Scalar,
    Slice,
    Var,
    View,
    Write,
)
from autodiff_compiler.ir.types import INT
from autodiff_compiler.ir.walk import statements
from autodiff_compiler.loops.expand_operators import expand_operators
from autodiff_compiler.loops.fuse_nests import fuse_nests
from autodiff_compiler.loops.share_outer_loops import share_outer_loops
from autodiff_compiler.optimise.remove_dead_code import remove_dead_code
from tests.optimise.building import FLOAT, MATRIX, VECTOR, apply, function, keeps_meaning, parameters, shown

A3 = np.array([[1.0, -2.0, 3.0, 0.5], [4.0, 5.0, 6.0, 0.25], [0.5, 0.25, -1.0, 2.0]])
COLUMN = Array("float64", 2, True, (False, True))
A, B = parameters(a=MATRIX, b=MATRIX)


def _reduced(builder: Builder, name: str, array: Var, axis: int, *, keepdims: bool = True) -> Var:
    units = tuple(k == axis for k in range(array.type.rank))
    kind = Array("float64", array.type.rank, True, units) if keepdims else VECTOR
    return apply(builder, name, array, kind=kind, name=name, axis=(axis,), keepdims=keepdims)


def _shared(builder: Builder, inputs: tuple[Var, ...], *yields: Var, values: tuple[object, ...]) -> Function:
    """The program with its operators expanded and fused, rows shared, and known to mean what it meant."""
    program = remove_dead_code(fuse_nests(expand_operators(function(builder, inputs, *yields))))
    return keeps_meaning(share_outer_loops, program, *values, exact=False)


def _loops(program: Function) -> list[For]:
    return [statement for statement in statements(program.body) if isinstance(statement, For)]


def test_a_row_hands_on_numbers_and_a_buffer() -> None:
    builder = Builder()
    e = apply(builder, "exp", A, name="e")
    p = apply(builder, "divide", e, _reduced(builder, "sum", e, 1), name="p")
    assert shown(_shared(builder, (A,), p, values=(A3,))) == [
        "a_0 = a.shape[0]",
        "a_1 = a.shape[1]",
        "e = empty((a_1,), float64)",
        "p = empty((a_0, a_1), float64)",
        "for i in 0..a_0:",
        "    nest j < a_1:",
        "        a_2 = a[i, j]",
        "        e_1 = exp(a_2)",
        "        e[j] = e_1",
        "        new sum += e_1",
        "    nest j_1 < a_1:",
        "        e_2 = e[j_1]",
        "        p_1 = divide(e_2, sum)",
        "        p[i, j_1] = p_1",
        "return p",
    ]


def test_sums_and_extremes_of_all_rows_are_carried() -> None:
    builder = Builder()
    centred = apply(builder, "subtract", A, _reduced(builder, "mean", A, 1), name="centred")
    squares = apply(builder, "square", centred)
    values = [
        apply(builder, name, squares, kind=FLOAT, name=name, axis=(0, 1), keepdims=False)
        for name in ("sum", "max", "min")
    ]
    program = _shared(builder, (A,), *values, values=(A3,))
    (loop,) = _loops(program)
    assert len(loop.carries) == 3
    assert keeps_meaning(lambda same: same, program, A3[:0, :2]) is program


def test_what_is_used_later_stays_whole() -> None:
    builder = Builder()
    total = _reduced(builder, "sum", A, 1)
    p = apply(builder, "divide", A, total, name="p")
    program = _shared(builder, (A,), p, total, values=(A3,))
    assert len(_loops(program)) == 1
    assert any(line.endswith("= empty((a_0, 1), float64)") for line in shown(program))


def test_sums_over_the_rows_are_complete_only_at_the_end() -> None:
    builder = Builder()
    p = apply(builder, "divide", A, _reduced(builder, "sum", A, 0), name="p")
    assert not _loops(_shared(builder, (A,), p, values=(A3,)))


def test_columns_that_are_added_up_are_no_hindrance() -> None:
    builder = Builder()
    total = _reduced(builder, "sum", A, 1)
    p = apply(builder, "divide", A, total, name="p")
    highest = _reduced(builder, "max", p, 0, keepdims=False)
    program = _shared(builder, (A,), _reduced(builder, "sum", p, 0, keepdims=False), highest, values=(A3,))
    assert len(_loops(program)) == 1


def test_three_axes_share_two_loops() -> None:
    (a,) = parameters(a=Array("float64", 3))
    builder = Builder()
    e = apply(builder, "exp", a, name="e")
    p = apply(builder, "divide", e, _reduced(builder, "sum", e, 2), name="p")
    program = _shared(builder, (a,), p, values=(np.stack([A3, A3 + 1.0]),))
    outer, inner = _loops(program)
    assert inner in outer.body.statements


def _nest(index: Var, extents: int, builder: Builder, write: Write, *more: Var) -> Nest:
    return Nest((index, *more), (integer(extents),) * (1 + len(more)), builder.block(), (write,))


def _moved(shift: int) -> Function:
    """b[i, j] = 2 a[i, j], then a[i, j] = b[i + shift, j], over the first two rows."""
    builder = Builder()
    first, second = Builder(), Builder()
    i, j, k, m = (Var(name, INT) for name in "ijkm")
    element = first.load(A, (i, j))
    doubled = apply(first, "add", element, element)
    builder.add(_nest(i, 2, first, Write(B, (i, j), doubled, "set", False), j))
    row = apply(second, "add", k, integer(shift), kind=INT) if shift else k
    half = Var("half", Scalar("float64"))
    found = second.load(B, (row, m))
    body = apply(second, "multiply", found, found, kind=half.type)
    builder.add(_nest(k, 2, second, Write(A, (k, m), body, "set", False), m))
    return function(builder, (A, B), A, B, level=Level.LOOPS)


def test_another_row_is_not_there_yet() -> None:
    values = A3.copy(), A3.copy() + 1.0
    assert len(_loops(keeps_meaning(share_outer_loops, _moved(0), *values))) == 1
    assert not _loops(keeps_meaning(share_outer_loops, _moved(1), *values))


def test_costly_functions_of_a_number_for_each_row_stay_together() -> None:
    (w,) = parameters(w=VECTOR)
    builder = Builder()
    rows = apply(builder, "tanh", w, name="rows")
    column = builder.assign(_column(rows), COLUMN, "column")
    p = apply(builder, "multiply", A, column, kind=MATRIX, name="p")
    last = apply(builder, "exp", _reduced(builder, "sum", p, 1, keepdims=False))
    assert not _loops(_shared(builder, (A, w), last, values=(A3, A3[:, 0])))


def _column(rows: Var) -> View:
    return View(rows, (Slice(None, None, None), NewAxis()))


# ---------------------------------------------------------------- whole functions


def layer_norm(x, g, b):
    centred = x - x.mean(axis=-1, keepdims=True)
    y = centred / np.sqrt(x.var(axis=-1, keepdims=True) + 1e-5) * g + b
    return np.sum(y**3)


def cross_entropy(x, g, b):
    z = x - np.max(x, axis=1, keepdims=True)
    log_p = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    return -np.mean(np.sum(log_p * (g + b), axis=1))


def attention(x, g, b):
    scores = np.exp(x[:, None, :] * g - b)
    weights = scores / np.sum(scores, axis=2, keepdims=True)
    return np.sum(np.sum(weights * x[:, :, None], axis=2) ** 2)


@pytest.mark.parametrize("program", [layer_norm, cross_entropy, attention])
def test_no_array_of_all_rows_is_made_but_the_gradient(program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    monkeypatch.setenv("AUTODIFF_CHECK", "1")
    arguments = np.abs(A3) + 0.5, A3[0], A3[1]
    if program is attention:
        arguments = arguments[0], 1.0, 0.5
    value = program(*arguments)
    np.testing.assert_allclose(differentiable(program)(*arguments), value)
    derivative = value_with_gradient(of=program, wrt="x")
    np.testing.assert_allclose(derivative(*arguments).value, value)
    source = derivative.source(*arguments)
    made = [line for line in source.splitlines() if "np.empty((x_0" in line or "np.zeros((x_0" in line]
    assert [line.split()[0] for line in made] == ["x_bar"]
    assert "loop nests share their outer loop: line" in derivative.explain(*arguments)
