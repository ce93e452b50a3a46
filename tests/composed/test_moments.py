"""Variances, averages and covariances, in all their forms, against NumPy and against differences."""

from __future__ import annotations

import numpy as np
import pytest

from tests.composed.judge import judge

RNG = np.random.default_rng(7)
A = RNG.normal(size=(3, 4))
B = RNG.normal(size=(2, 3, 4))
V = RNG.normal(size=6)
W = RNG.uniform(0.5, 2.0, size=(3, 4))
MASK = np.array([[True, False, True, True], [True, False, True, False], [True, True, True, True]])
INTS = np.array([[3, 1, 2], [0, 5, 1]], np.int32)

ROWS: list[tuple[str, dict[str, object]]] = [
    *((f"np.{name}({form}", {"a": a}) for name in ("var", "std") for form, a in (
        ("a)", A), ("a, axis=0)", A), ("a, axis=-1, keepdims=True)", A), ("a, axis=(0, 2), ddof=1)", B),
        ("a, 1, None, None, 1)", A), ("a, axis=1, correction=1)", A),
        ("a, axis=1, mean=np.mean(a, axis=1, keepdims=True))", A), ("a)", A.astype(np.float32)),
    )),
    ("a.var(axis=1)", {"a": A}),
    ("a.std(ddof=1)", {"a": A.astype(np.float32)}),
    ("np.var(a, axis=1, where=m)", {"a": A, "m": MASK}),
    ("np.std(a, axis=0, where=m, keepdims=True)", {"a": A, "m": MASK[:, :1] | MASK}),
    ("np.average(a)", {"a": A}),
    ("np.average(a, axis=0)", {"a": A}),
    ("np.average(a, weights=w)", {"a": A, "w": W}),
    ("np.average(a, axis=1, weights=w, returned=True)", {"a": A, "w": W}),
    ("np.average(a, axis=0, weights=w)", {"a": A, "w": W[:, 1]}),
    ("np.average(a, axis=-1, weights=w, keepdims=True)", {"a": A, "w": W[0]}),
    ("np.average(a, axis=(0, 2), weights=w)", {"a": B, "w": W[:2]}),
    ("np.average(a, axis=(2, 0), weights=w)", {"a": B, "w": W[:2].T}),
    ("np.average(a, axis=1, returned=True)", {"a": A}),
    ("np.cov(a)", {"a": A}),
    ("np.cov(a)", {"a": V}),
    ("np.cov(a)", {"a": A[:1]}),
    ("np.cov(a, rowvar=False, bias=True)", {"a": A}),
    ("np.cov(a, b)", {"a": V, "b": V**2}),
    ("np.cov(a, b, ddof=0)", {"a": A, "b": V[:4]}),
    ("np.cov(a, aweights=w)", {"a": A, "w": W[0]}),
    ("np.cov(a, fweights=w, ddof=0)", {"a": A, "w": np.array([1, 2, 1, 3])}),
    ("np.cov(a, fweights=f, aweights=w)", {"a": A, "f": np.array([1, 2, 1, 3]), "w": W[0]}),
    ("np.corrcoef(a)", {"a": A}),
    ("np.corrcoef(a, b)", {"a": V, "b": V**2}),
    ("np.corrcoef(a, rowvar=False)", {"a": RNG.normal(size=(6, 3))}),
]  # fmt: skip

VALUES: list[tuple[str, dict[str, object]]] = [
    ("np.var(a)", {"a": INTS}), ("np.std(a, axis=0)", {"a": INTS}), ("np.average(a, axis=1)", {"a": INTS}),
    ("np.average(a, axis=1, weights=w)", {"a": INTS, "w": np.array([1, 2, 1])}),
    ("np.var(a)", {"a": np.array([1.0, np.nan])}), ("np.var(a, axis=0, ddof=2)", {"a": A[:1]}),
    ("np.var(a, axis=0)", {"a": np.zeros((0, 3))}), ("np.cov(a)", {"a": INTS}),
    ("np.std(a)", {"a": np.array([True, False, True])}), ("np.cov(a)", {"a": A.astype(np.float32)}),
    ("np.cov(a, dtype=np.float32)", {"a": A.astype(np.float32)}),
    ("np.var(a, dtype=np.float64)", {"a": A.astype(np.float32)}),
]  # fmt: skip


@pytest.mark.parametrize(("call", "arguments"), ROWS, ids=[call for call, _ in ROWS])
def test_derivatives(call: str, arguments: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    judge(call, arguments)


@pytest.mark.parametrize(("call", "arguments"), VALUES, ids=[call for call, _ in VALUES])
def test_values(call: str, arguments: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    judge(call, arguments, derivative=False)
