"""Scans, differences, gradients of samples and integrals, against NumPy and against differences."""

from __future__ import annotations

import numpy as np
import pytest

from tests.composed.judge import judge

RNG = np.random.default_rng(11)
A = RNG.normal(size=(3, 4))
B = RNG.normal(size=(2, 4, 3))
V = RNG.normal(size=6)
X = np.cumsum(RNG.uniform(0.5, 1.5, size=6))
N = np.array([[1.0, np.nan, 3.0], [np.nan, np.nan, np.nan], [2.0, -1.0, 5.0]])
INTS = np.array([[3, 1, 2], [0, 5, 1]], np.int32)
BOOLS = np.array([[True, False, True], [False, False, True]])

ROWS: list[tuple[str, dict[str, object]]] = [
    *((f"np.{name}({form}", {"a": a}) for name in ("cumsum", "cumprod") for form, a in (
        ("a)", V), ("a)", A), ("a, axis=0)", A), ("a, -1)", A), ("a, axis=1)", B), ("a, axis=2)", B),
        ("a)", V.astype(np.float32)), ("a[::2])", V), ("a.T, axis=1)", A),
    )),
    ("a.cumsum(axis=0)", {"a": A}), ("a.cumprod()", {"a": A}),
    ("np.cumprod(a)", {"a": np.array([1.5, 0.0, 2.0, -1.0, 0.0, 3.0])}),
    ("np.cumulative_sum(a)", {"a": V}), ("np.cumulative_sum(a, axis=1, include_initial=True)", {"a": A}),
    ("np.cumulative_prod(a, axis=0, include_initial=True)", {"a": A}),
    ("np.diff(a)", {"a": V}), ("np.diff(a, 2)", {"a": A}), ("np.diff(a, axis=0)", {"a": A}),
    ("np.diff(a, axis=1)", {"a": B}), ("np.diff(a, n=0)", {"a": A}),
    ("np.diff(a, prepend=0.5, append=b)", {"a": A, "b": A[:, :2]}),
    ("np.diff(a, axis=0, prepend=b)", {"a": A, "b": A[:1] * 2.0}),
    ("np.diff(a, axis=1, append=1.0, n=2)", {"a": B}),
    ("np.ediff1d(a)", {"a": A}), ("np.ediff1d(a, to_begin=b, to_end=[1.0, 2.0])", {"a": V, "b": 0.5}),
    ("np.gradient(a)", {"a": V}), ("np.gradient(a, 0.5)", {"a": V}),
    ("np.gradient(a, h)", {"a": V, "h": 0.3}),
    ("np.gradient(a, x)", {"a": V, "x": X}), ("np.gradient(a, x, edge_order=2)", {"a": V, "x": X}),
    ("np.gradient(a, edge_order=2)", {"a": V}), ("np.gradient(a)", {"a": A}),
    ("np.gradient(a, 0.5, x)", {"a": A, "x": X[:4]}), ("np.gradient(a, axis=1)", {"a": B}),
    ("np.gradient(a, x, axis=1, edge_order=2)", {"a": B, "x": X[:4]}),
    ("np.gradient(a, 2.0, axis=(1, 0))", {"a": A}),
    ("np.trapezoid(a)", {"a": V}), ("np.trapezoid(a, x)", {"a": V, "x": X}),
    ("np.trapezoid(a, dx=h, axis=0)", {"a": A, "h": 0.5}),
    ("np.trapezoid(a, x, axis=1)", {"a": B, "x": X[:4]}),
    ("np.trapezoid(a, x)", {"a": A, "x": np.cumsum(np.abs(A), axis=1)}),
]  # fmt: skip

VALUES: list[tuple[str, dict[str, object]]] = [
    *((call, {"a": a}) for a in (INTS, BOOLS, N) for call in (
        "np.cumsum(a)", "np.cumsum(a, axis=0)", "np.cumprod(a, axis=1)", "np.cumsum(a, dtype=np.float32)",
        "np.diff(a)", "np.nancumsum(a, axis=1)", "np.nancumprod(a)",
    )),
    ("np.gradient(a)", {"a": INTS}), ("np.trapezoid(a)", {"a": INTS}), ("np.cumsum(a)", {"a": np.zeros(0)}),
    ("np.cumprod(a, axis=1)", {"a": np.zeros((0, 3))}), ("np.cumsum(a, axis=1)", {"a": np.zeros((3, 0))}),
    ("np.cumprod(a, axis=0)", {"a": np.zeros((0, 3))}), ("np.diff(a)", {"a": np.zeros(1)}),
    ("out = np.empty(6)\nr = np.cumsum(a, out=out)\nr[0] = 9.0\nreturn out", {"a": V}),
]  # fmt: skip


@pytest.mark.parametrize(("call", "arguments"), ROWS, ids=[call for call, _ in ROWS])
def test_derivatives(call: str, arguments: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    judge(call, arguments)


@pytest.mark.parametrize(("call", "arguments"), VALUES, ids=[call for call, _ in VALUES])
def test_values(call: str, arguments: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    judge(call, arguments, derivative=False)
