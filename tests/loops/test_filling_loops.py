"""Loops that fill new arrays become nests, and those that might mean something else stay loops."""

from __future__ import annotations

import numpy as np
import pytest

from autodiff_compiler.ir.build import Builder, integer
from autodiff_compiler.ir.nodes import Array, Const, For, Store, Var
from autodiff_compiler.ir.types import FLOAT, INT
from autodiff_compiler.loops.filling_loops import filling_loops
from tests.optimise.building import VECTOR, apply, function, keeps_meaning, number, parameters, shown

X, Y, N = parameters(x=VECTOR, y=VECTOR, n=INT)
X3 = np.array([1.0, -2.0, 3.0])


def _filled(fill=None, stop=None, start=0, array=None, accumulate=False, shift=0, twice=False, source=X):
    """y = empty(len(x)); for i in range(len(x)): y[i] = sin(x[i])"""
    builder, body, index = Builder(), Builder(), Var("i", INT)
    length = builder.dim(X, 0)
    new = builder.allocate((length,), "float64", fill, "y") if array is None else array
    element = body.load(new if source is None else source, (index,))
    value = apply(body, "sin", element, kind=FLOAT)
    place = apply(body, "subtract", index, integer(shift), kind=INT) if shift else index
    body.add(Store(new, (place,), value, accumulate))
    if twice:
        body.add(Store(new, (index,), element))
    builder.add(For(index, integer(start), stop or length, integer(1), (), body.block()))
    return function(builder, (X, N) if array is None else (X, Y, N), new)


def test_golden():
    program = keeps_meaning(filling_loops, _filled(), X3, 3)
    assert shown(program) == [
        "x_0 = x.shape[0]",
        "nest i < x_0:",
        "    x_1 = x[i]",
        "    t = sin(x_1)",
        "    new y[i] = t",
        "return y",
    ]


@pytest.mark.parametrize("values", [X3, np.zeros(0), X3[:1]])
def test_any_length_and_a_fill_that_is_overwritten(values):
    program = keeps_meaning(filling_loops, _filled(fill=number(7.0)), values, 1)
    assert any("nest" in line for line in shown(program))


@pytest.mark.parametrize(
    "changes",
    [
        {"stop": N},  # not known to be as long as the arrays
        {"start": 1, "fill": number(0.0)},  # an element that is not set
        {"array": Y},  # an array that exists
        {"accumulate": True, "fill": number(1.0)},
        {"shift": 1},  # another element, perhaps from the end
        {"twice": True},
        {"source": None, "fill": number(1.0)},  # the array reads itself
    ],
    ids=str,
)
def test_other_loops_stay(changes):
    program = _filled(**changes)
    assert filling_loops(program) is program


def test_an_array_that_is_looked_at_before_stays():
    builder, body, index = Builder(), Builder(), Var("i", INT)
    length = builder.dim(X, 0)
    new = builder.allocate((length,), "float64", number(2.0), "y")
    before = builder.load(new, (integer(0),))
    body.add(Store(new, (index,), body.load(X, (index,))))
    builder.add(For(index, integer(0), length, integer(1), (), body.block()))
    program = function(builder, (X,), new, before)
    assert filling_loops(program) is program


def test_a_diagonal_of_a_matrix_of_other_shape_stays():
    matrix = Var("a", Array("float64", 2))
    builder, body, index = Builder(), Builder(), Var("i", INT)
    rows = builder.dim(matrix, 0)
    new = builder.allocate((rows,), "float64", None, "y")
    body.add(Store(new, (index,), body.load(matrix, (index, index))))
    builder.add(For(index, integer(0), rows, integer(1), (), body.block()))
    program = function(builder, (matrix,), new)
    assert filling_loops(program) is program


def test_a_number_of_another_type_stays():
    builder, body, index = Builder(), Builder(), Var("i", INT)
    length = builder.dim(X, 0)
    new = builder.allocate((length,), "float32", None, "y")
    body.add(Store(new, (index,), Const(1.0, FLOAT)))
    builder.add(For(index, integer(0), length, integer(1), (), body.block()))
    program = function(builder, (X,), new)
    assert filling_loops(program) is program
