"""Calls of functions of the runtime: everywhere in a program, reversed, caught, removed or kept."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from autodiff_compiler import check_derivative, differentiable, gradient
from autodiff_compiler.ir.build import Builder
from autodiff_compiler.ir.nodes import Call, Callee, External, Function, Var
from autodiff_compiler.ir.types import FLOAT, Array
from autodiff_compiler.ir.walk import statements
from autodiff_compiler.optimise.remove_dead_code import remove_dead_code

A = np.array([[3.0, 1.0, 0.5], [-1.0, 2.0, 0.3], [0.2, 0.4, -1.5]])
B = np.array([1.0, -2.0, 0.7])


def in_a_loop(a, b, n):
    s = 0.0
    for _ in range(n):
        b = np.linalg.solve(a, b) + b
        if s < 100.0:
            c = np.linalg.solve(a.T, b)
            s += c[0] * b[1]
        a[0, 0] += 0.1 * s
    return s + np.sum(b)


def in_a_while(a, b, n):
    count = 0
    while count < n:
        b = np.linalg.solve(a, b)
        count += 1
    return b.sum()


def in_a_recursion(a, b, n):
    if n == 0:
        return np.sum(b * b)
    x = np.linalg.solve(a, b)
    return in_a_recursion(a, x, n - 1) + x[0]


def of_itself(a, b, n):
    return np.linalg.solve(a, a[:, :n] * b[0])


def overwritten(a, b, n):
    x = np.linalg.solve(a, b)
    s = np.sum(x * x)
    x[0] = s
    a[0, 0] = 0.0
    b[:] = x
    return s * n + np.sum(a) + np.sum(b * x)


def caught(a, b, n):
    try:
        x = np.linalg.solve(a * (n - 2), b)
    except np.linalg.LinAlgError:
        x = 2.0 * b
    return x.sum()


@pytest.mark.parametrize(
    "function",
    [in_a_loop, in_a_while, in_a_recursion, of_itself, overwritten, caught],
    ids=lambda f: f.__name__,
)
@pytest.mark.parametrize("n", [2, 3])
def test_derivatives(function, n, monkeypatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    monkeypatch.setenv("AUTODIFF_CHECK", "1")
    check_derivative(function, A, B, n)


def test_compiled():
    check_derivative(in_a_loop, A, B, 2)


def test_what_the_rule_does_not_read_is_not_computed(monkeypatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")

    def solved(a, b):
        return np.sum(np.linalg.solve(a, b))

    source = gradient(of=solved, wrt="b").source(A, B)
    assert source.count("linalg_lu_solve(") == 1
    assert "x[" not in source.partition("# reverse")[2]


def test_errors_are_those_of_numpy(monkeypatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")

    @differentiable
    def solved(a, b):
        return np.linalg.solve(a, b)

    with pytest.raises(np.linalg.LinAlgError, match="Singular matrix"):
        solved(0 * A, B)
    with pytest.raises(np.linalg.LinAlgError, match="square"):
        solved(A[:2], B)


@pytest.mark.parametrize("effects", [False, True])
def test_calls_with_effects_stay(effects):
    kind = Array("float64", 1)
    x, y = Var("x", kind), Var("y", kind)
    callee = Callee("f", (kind,), (kind,), ("read",), ((),), ((), ()), False, effects, External())
    builder = Builder()
    builder.add(Call(callee, (x,), (y,)))
    number = Var("n", FLOAT)
    program = Function("program", (x, number), builder.block(number))
    kept = list(statements(remove_dead_code(program).body))
    assert len(kept) == effects
    assert replace(program) == program


def linalg_solve(a, b):
    return np.sum(np.linalg.solve(a, b))


def test_a_function_may_be_called_as_one_of_the_runtime(monkeypatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    assert differentiable(linalg_solve)(A, B) == pytest.approx(linalg_solve(A, B))
    check_derivative(linalg_solve, A, B)
