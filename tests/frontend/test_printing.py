"""`print` in compiled primals: what Python prints, as it prints it; derivatives print nothing."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pytest

from autodiff_compiler import differentiable, gradient


class Pair(NamedTuple):
    """Two numbers."""

    x: float
    y: float


@dataclass
class Counted:
    """A number, and how often."""

    a: float
    n: int


def plain_values(x, n, v):
    print("start", x, n, v, None, sep=" | ")
    print()
    print(x > 0.1, n % 2 == 0, -x, n * 10**6, end="!\n")
    return x * n + v[0]


def formatted_values(x, n, v):
    print(f"{x:8.3f} {n:>4d} {v[0]!r:>30} {v[1]:{n}.2f} {'text':s}")
    print("%d items of %.2e" % (n, x), "{}, {}".format(n, x), str(n) + "!", repr(x))  # noqa: UP031, UP032
    return x * n


def structures(x, n, v):
    xs = [x]
    for i in range(n):
        xs.append(x * i)
    print(xs, (x, n, (v[0] > 0.0,)), Pair(x, 1.0), Counted(x, n), {"k": [x, n]}, *xs[:2], *(1, x))
    return sum(xs)


def arrays_as_they_are_then(x, n, v):
    w = v * x
    print(w, w.shape, w[::2])
    w[0] = 7.0
    print("after", w)
    return np.sum(w)


def inside_loops_and_branches(x, n, v):
    s = 0.0
    for i in range(n):
        s += x * i
        if i % 2:
            print(f"step {i}: {s:.3f}")
    while s > 1.0:
        s = 0.5 * s
        print("halved", s)
    return s


def below(k, x):
    print("level", k, x)
    return x if k == 0 else below(k - 1, 0.5 * x)


def inside_a_recursion(x, n, v):
    return below(n, x)


FUNCTIONS = (
    plain_values, formatted_values, structures, arrays_as_they_are_then, inside_loops_and_branches,
    inside_a_recursion,
)  # fmt: skip
ARGUMENTS = (0.3, 6, np.array([1.0, 2.0, -0.5]))


@pytest.mark.parametrize("jit", ["0", "1"])
@pytest.mark.parametrize("function", FUNCTIONS)
def test_prints_what_python_prints(function, jit, monkeypatch, capsys):
    monkeypatch.setenv("AUTODIFF_JIT", jit)
    function(*ARGUMENTS)
    expected = capsys.readouterr().out
    differentiable(function)(*ARGUMENTS)
    assert capsys.readouterr().out == expected


def test_single_precision_is_printed_as_such(capsys):
    def shown(x):
        print(x, 2 * x, f"{x}", (x,))
        return x

    shown(np.float32(0.1))
    expected = capsys.readouterr().out
    differentiable(shown)(np.float32(0.1))
    assert capsys.readouterr().out == expected


def test_standard_error(monkeypatch, capsys):
    def warns(x):
        print("value", x, file=sys.stderr)
        return x

    monkeypatch.setenv("AUTODIFF_JIT", "0")
    differentiable(warns)(0.5)
    assert capsys.readouterr().err == "value 0.5\n"


def test_derivatives_print_nothing(monkeypatch, capsys):
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    gradient(of=plain_values, wrt="x")(*ARGUMENTS)
    assert capsys.readouterr().out == ""
