"""Matrices of zeros that a loop adds to are filled row by row, and hold the same in the end."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autodiff_compiler import differentiable, gradient
from autodiff_compiler.ir.build import Builder, constant, integer
from autodiff_compiler.ir.nodes import For, Function, Nest, Var, Write
from autodiff_compiler.ir.types import INT
from autodiff_compiler.loops.fill_by_rows import fill_by_rows
from tests.optimise.building import MATRIX, apply, function, keeps_meaning, parameters, shown


def variation(x: Any) -> Any:
    down = x[1:, :-1] - x[:-1, :-1]
    right = x[:-1, 1:] - x[:-1, :-1]
    return np.sum(np.sqrt(down * down + right * right + 1e-3))


def by_hand(x: Any) -> Any:
    down, right = x[1:, :-1] - x[:-1, :-1], x[:-1, 1:] - x[:-1, :-1]
    length = np.sqrt(down * down + right * right + 1e-3)
    found = np.zeros(x.shape)
    found[1:, :-1] += down / length
    found[:-1, 1:] += right / length
    found[:-1, :-1] -= (down + right) / length
    return found


@pytest.mark.parametrize("shape", [(5, 4), (1, 3), (2, 1), (3, 1), (2, 2), (1, 1)])
def test_rows_beyond_those_of_the_loop(monkeypatch: pytest.MonkeyPatch, shape: tuple[int, int]) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    x = np.random.default_rng(0).normal(size=shape)
    derivative = gradient(of=variation)
    np.testing.assert_allclose(derivative(x), by_hand(x), rtol=0, atol=1e-13)
    assert "x_bar = np.empty(" in derivative.source(x)


def _program(reach: int, rows: int, count: int, *, read: bool = False, start: int = 0) -> Function:
    """Zeros of some rows, of which the loop adds to row i and to row i + reach."""
    (a,) = parameters(a=MATRIX)
    builder = Builder()
    width = builder.dim(a, 1)
    made = builder.allocate((integer(rows), width), "float64", constant(0.0, "float64"), "made")
    if read:
        builder.load(made, (integer(0), integer(0)))
    body = Builder()
    i, j = Var("i", INT), Var("j", INT)
    later = apply(body, "add", i, integer(reach), kind=INT)
    inner = Builder()
    value = inner.load(a, (i, j))
    writes = tuple(Write(made, (row, j), value, "add", False) for row in (i, later))
    body.add(Nest((j,), (width,), inner.block(), writes))
    builder.add(For(i, integer(start), integer(count), integer(1), (), body.block()))
    return function(builder, (a,), made)


A = np.arange(12.0).reshape(4, 3)


@pytest.mark.parametrize(("reach", "rows", "count"), [(1, 5, 4), (2, 9, 3), (3, 3, 0), (2, 1, 0), (1, 4, -1)])
def test_all_rows_are_filled_once(reach: int, rows: int, count: int) -> None:
    program = keeps_meaning(fill_by_rows, _program(reach, rows, count), A)
    assert any("empty" in line for line in shown(program))


def test_what_is_looked_at_before_is_filled_before() -> None:
    for program in (_program(1, 5, 4, read=True), _program(1, 5, 4, start=1), _program(0, 4, 4)):
        assert fill_by_rows(program) is program


def test_other_uses_in_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    def read_again(x: Any) -> Any:
        y = np.zeros((4, 3))
        for i in range(3):
            for j in range(3):
                y[i + 1, j] += x[i, j] * y[i, j] + x[i, j]
        return np.sum(y * y)

    monkeypatch.setenv("AUTODIFF_JIT", "0")
    assert differentiable(read_again)(A) == pytest.approx(read_again(A))
    assert "np.zeros((4, 3))" in differentiable(read_again).source(A)
