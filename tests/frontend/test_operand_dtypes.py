"""Numbers of Python that NumPy's integers have no room for, compiled or not: as NumPy, they raise."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autodiff_compiler import differentiable
from tests.composed.judge import same, written

BYTES = np.array([1, 2], np.uint8)
ROWS = (
    ("a + s", BYTES, 300),
    ("a + s", BYTES, 30),
    ("np.where(a > 1, a, s)", BYTES, 300),
    ("np.where(a > 1, a, s)", BYTES, -300),
    ("np.uint8(s)", BYTES, 300),
    ("np.uint8(s)", BYTES, np.int64(300)),
    ("np.full(3, s, np.uint8)", BYTES, -1),
    ("np.array([s, 1], np.uint8)", BYTES, 300),
    ("np.power(a.astype(int), s)", BYTES, -1),
    ("np.power(a.astype(int), s)", BYTES, np.array([-1, 2])),
    ("a.astype(int) ** s", BYTES, np.array([3, 2])),
    ("b = a.copy()\nb[0] = s\nreturn b", BYTES, 300),
    ("b = a.copy()\nb[0] = s\nreturn b", BYTES, np.int64(300)),
    ("b = a.copy()\nb[0] = s\nreturn b", BYTES, 3.7),
    ("b = a.copy()\nb[0] = s\nreturn b", BYTES, 300.5),
    ("b = a.copy()\nb[:] = s\nreturn b", BYTES, np.nan),
    ("b = a.copy()\nb[a > 1] = s\nreturn b", BYTES, np.inf),
    ("b = a.astype(int)\nb[0] = s\nreturn b", BYTES, np.float64(np.nan)),
    ("b = a.astype(int)\nb[0] = s\nreturn b", BYTES, 2.0**63),
    ("if s < 0:\n    return a + 300\nreturn a + 3", BYTES, 1),
)


@pytest.mark.parametrize(("call", "a", "s"), ROWS)
def test_uncompiled(call: str, a: Any, s: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    judge(call, a, s)


@pytest.mark.parametrize(("call", "a", "s"), ROWS[::4])
def test_compiled(call: str, a: Any, s: Any) -> None:
    judge(call, a, s)


def judge(call: str, a: Any, s: Any) -> None:
    function = written(call, ("a", "s"))
    try:
        expected = function(a, s)
    except (OverflowError, ValueError) as error:
        with pytest.raises(type(error)):
            differentiable(function)(a, s)
        return
    same(differentiable(function)(a, s), expected)


@pytest.mark.parametrize(
    "call",
    ["(np.True_ + 1) * a", "(np.bool_(s) * 2.0) * a", "(np.isfinite(s) + np.isfinite(s) + 1) * a",
     "((a > s)[0] + 1) * a", "(~np.bool_(s) + 1) * a", "((s > 0) + 1) * a", "(np.all(a > s) + 1) * a"],
)  # fmt: skip
def test_truth_values_add_up(call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    judge(call, np.ones(2, np.float32), 0.5)


@pytest.mark.parametrize("dtype", [np.uint8, np.int32])
def test_short_integers_overflow_inside_of_compiled_loops(dtype: Any) -> None:
    function = written("(a + b) // 2, (a * b > 100) * 1.5, (a ** b) // 3, a[0] * a[0] // 2", ("a", "b"))
    a, b = np.array([np.iinfo(dtype).max, 20], dtype), np.array([3, 13], dtype)
    with np.errstate(over="ignore"):
        same(differentiable(function)(a, b), function(a, b))
