"""Convolutions against NumPy, their pullbacks against differences."""

from __future__ import annotations

import numpy as np
import pytest

from autodiff_compiler import DifferentiationError, differentiable
from tests.composed.judge import judge, written

RANDOM = np.random.default_rng(0)
LONG, SHORT, EVEN = (RANDOM.normal(size=size) for size in (7, 3, 4))

ROWS = [
    (f"np.{name}(a, b, {mode!r})", pair)
    for name in ("convolve", "correlate")
    for mode in ("full", "same", "valid")
    for pair in ((LONG, SHORT), (SHORT, LONG), (LONG, EVEN), (EVEN, LONG), (SHORT, SHORT))
]
ROWS += [
    ("np.convolve(a, b)", (LONG, SHORT)),
    ("np.convolve(a, b)", (LONG.astype("float32"), SHORT.astype("float32"))),
    ("np.convolve(a[::-2], [0.5, 1.0], mode='same')", (LONG,)),
    ("np.correlate(a, b)", (LONG, SHORT)),
    ("np.polymul(a, b)", (LONG, SHORT)),
]


@pytest.mark.parametrize(("call", "arguments"), ROWS)
def test_value_and_derivative(call, arguments, monkeypatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    judge(call, dict(zip("ab", arguments, strict=False)))


def test_whole_numbers(monkeypatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    judge("np.convolve(a, b)", {"a": np.arange(5), "b": np.arange(3)}, derivative=False)


def test_compiled():
    judge("np.convolve(a, b, 'same') * np.correlate(a, b, 'same')", {"a": LONG, "b": EVEN})


@pytest.mark.parametrize(
    ("call", "words"),
    [("np.convolve(a, a, 'half')", "one of valid, same, full"), ("np.convolve(a, a[:0])", "cannot be empty")],
)
def test_refused(call, words, monkeypatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    with pytest.raises((DifferentiationError, ValueError), match=words):
        differentiable(written(call, ("a",)))(LONG)
