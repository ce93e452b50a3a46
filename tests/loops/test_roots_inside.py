"""What is known of memory within one iteration of a loop: fused where arrays are apart, and only there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autodiff_compiler import differentiable
from autodiff_compiler.checking import check_derivative


def new_each_step(u: Any, k: Any, steps: int) -> Any:
    for _ in range(steps):
        v = np.empty_like(u)
        v[0], v[-1] = u[0], u[-1]
        v[1:-1] = u[1:-1] + k * (u[2:] - 2 * u[1:-1] + u[:-2])
        u = v
    return np.sum(u * u)


def swapped(u: Any, k: Any, steps: int) -> Any:
    u, v = u.copy(), u.copy()
    for _ in range(steps):
        v[1:-1] = u[1:-1] + k * np.sin(u[2:] - 2 * u[1:-1] + u[:-2])
        u, v = v, u
    return np.sum(u * u) + np.sum(v)


def three_in_turn(u: Any, k: Any, steps: int) -> Any:
    old, u, v = 0.5 * u, u.copy(), np.zeros_like(u)
    for _ in range(steps):
        v[1:-1] = 2 * u[1:-1] - old[1:-1] + k * (u[2:] - u[:-2])
        old, u, v = u, v, old
    return np.sum(u * u) + np.sum(old * v)


def one_array_at_first(u: Any, k: Any, steps: int) -> Any:
    u = u.copy()
    v = u
    for _ in range(steps):
        w = v.copy()
        v[1:-1] = u[2:] + k * u[:-2]
        u, v = w, v
    return np.sum(u * v)


def kept_under_another_name(u: Any, k: Any, steps: int) -> Any:
    u, v = u.copy(), 2 * u
    first = u
    for _ in range(steps):
        v[1:-1] = first[2:] + k * u[:-2]
        u, v = v, u
    return np.sum(u * u) + np.sum(first)


def handed_on_twice(u: Any, k: Any, steps: int) -> Any:
    u, v = u.copy(), 2 * u
    for _ in range(steps):
        w = k * u
        v[1:-1] = u[2:] + v[:-2]
        u, v = w, w
    return np.sum(u * v)


PROGRAMS = (
    new_each_step, swapped, three_in_turn, one_array_at_first, kept_under_another_name, handed_on_twice,
)  # fmt: skip


@pytest.mark.parametrize("program", PROGRAMS)
def test_values_and_derivatives(monkeypatch: pytest.MonkeyPatch, program: Any) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    for size, steps in ((6, 3), (3, 2), (2, 1)):
        u = np.random.default_rng(size).normal(size=size)
        assert np.isclose(differentiable(program)(u, 0.3, steps), program(u, 0.3, steps))
        assert check_derivative(program, u, 0.3, steps)


@pytest.mark.parametrize(("program", "loops"), [(new_each_step, 2), (swapped, 3), (three_in_turn, 4)])
def test_a_step_is_one_loop(monkeypatch: pytest.MonkeyPatch, program: Any, loops: int) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    source = differentiable(program).source(np.ones(5), 0.3, 2)
    assert source.count("for i in") == loops
    assert "raise" not in source[source.index("in range(steps)") :]
