"""Loops that can be vectorised call our elementary functions and add up in any order; others do not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autodiff_compiler import value_with_gradient


def summed(x: Any) -> Any:
    total = 0.0
    for i in range(len(x)):
        total += np.exp(-x[i]) * x[i]
    return total


def scaled(x: Any) -> Any:
    y = np.zeros(len(x))
    for i in range(len(x)):
        y[i] = np.tanh(x[i]) if x[i] > 0 else x[i]
    return y @ y


def recurrent(x: Any) -> Any:
    state = 1.0
    for i in range(len(x)):
        state = np.exp(-state) + x[i]
    return state


def through_memory(x: Any) -> Any:
    y = x.copy()
    for i in range(1, len(x)):
        y[i] += np.exp(-y[i - 1])
    return y[-1]


def compensated(x: Any) -> Any:
    total, lost = 0.0, 0.0
    for i in range(len(x)):
        part = np.exp(x[i]) - lost
        following = total + part
        lost = (following - total) - part
        total = following
    return total


@pytest.mark.parametrize(
    ("function", "kernel", "in_any_order"),
    [
        (summed, "exp", True),
        (scaled, "tanh", False),
        (recurrent, "", False),
        (through_memory, "", False),
        (compensated, "", False),
    ],
)
def test_what_a_loop_is_written_with(
    monkeypatch: pytest.MonkeyPatch, function: Any, kernel: str, in_any_order: bool
) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    x = np.linspace(-0.5, 1, 5)
    derivative = value_with_gradient(of=function)
    source = derivative.source(x)
    assert (f"import {kernel}\n" in source) if kernel else ("runtime" not in source)
    assert not in_any_order or "total = plus(total, " in source
    value, slopes = derivative(x)
    assert value == pytest.approx(function(x), rel=1e-14)
    step = 1e-6 * np.cos(np.arange(5))
    assert (function(x + step) - function(x - step)) / 2 == pytest.approx(slopes @ step, rel=1e-7)
