"""Reductions over axes, in all their forms, against NumPy and against differences."""

from __future__ import annotations

import numpy as np
import pytest

from tests.composed.judge import judge

RNG = np.random.default_rng(5)
A = RNG.normal(size=(3, 4))
B = RNG.normal(size=(2, 3, 4))
V = RNG.normal(size=7)
Z = np.array([[1.5, 0.0, 2.0], [0.0, 3.0, 0.0], [2.0, -1.0, 0.5]])
N = np.array([[1.0, np.nan, 3.0], [np.nan, np.nan, np.nan], [2.0, -1.0, 5.0]])
MASK = np.array([[True, False, True, True], [False, False, True, False], [True, True, True, True]])
ROW = np.array([True, False, True, True])
INTS = np.array([[3, 1, 2], [0, 5, 1]], np.int32)
BOOLS = np.array([[True, False], [False, False]])

FLOATS = [
    (call, {"a": a})
    for a, calls in (
        (A, (
            "np.sum(a, axis=-1)", "np.sum(a, 0, keepdims=True)", "a.sum(axis=(0, 1))", "np.sum(a, axis=())",
            "np.sum(a, initial=2.5)", "np.sum(a, 1, None)", "np.sum(a, dtype=np.float64)",
            "np.mean(a, axis=1)", "a.mean(0)", "np.mean(a, axis=(0, -1), keepdims=True)",
            "np.max(a, axis=1)", "a.max(axis=0, initial=0.3)", "np.amax(a, keepdims=True)",
            "np.min(a, 1, None, True)", "a.min(initial=-5.0)",
            "np.prod(a, axis=1)", "a.prod()", "np.prod(a, axis=0, keepdims=True, initial=2.0)",
            "np.ptp(a, axis=0)", "np.ptp(a)",
        )),
        (B, (
            "np.sum(a, axis=(0, 2))", "np.mean(a, axis=(2, 0), keepdims=True)", "np.max(a, axis=(1, 2))",
            "np.prod(a, axis=(0, 2))", "np.prod(a, axis=1, keepdims=True)",
        )),
        (V, ("np.prod(a)", "np.sum(a)", "np.mean(a, keepdims=True)")),
        (Z[2:], ("np.prod(a)",)),
        (Z, ("np.prod(a, axis=0)", "np.prod(a, axis=1)")),
    )
    for call in calls
]  # fmt: skip

MASKED = [
    "np.sum(a, where=m)", "np.sum(a, axis=1, where=m, initial=1.0)", "np.mean(a, axis=1, where=m)",
    "np.max(a, axis=1, where=m, initial=-9.0)", "a.min(axis=0, where=m, initial=9.0)",
    "np.prod(a, axis=1, where=m)", "np.sum(a, where=a > 0.0)",
]  # fmt: skip

COUNTS = [
    "np.argmax(a)", "np.argmin(a)", "a.argmax(axis=1)", "np.argmin(a, axis=0, keepdims=True)",
    "np.argmax(a, keepdims=True)", "np.any(a)", "np.any(a, axis=1)", "a.all(axis=0, keepdims=True)",
    "np.all(a)", "np.count_nonzero(a)", "np.count_nonzero(a, axis=1, keepdims=True)",
    "np.any(a > 1, axis=1, where=a > 2)", "np.all(a > 1, where=a > 2)", "a.any()",
    "np.max(a, axis=1)", "np.min(a)", "np.sum(a)", "np.sum(a, axis=1)", "np.mean(a)", "np.mean(a, axis=0)",
    "np.prod(a)", "np.prod(a, axis=0)", "np.sum(a, axis=0, dtype=np.float32)",
]  # fmt: skip


@pytest.mark.parametrize(("call", "arguments"), FLOATS, ids=[f"{c} {a['a'].shape}" for c, a in FLOATS])
def test_of_floats(call: str, arguments: dict[str, np.ndarray], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    judge(call, arguments)


@pytest.mark.parametrize("mask", [MASK, ROW], ids=["full", "row"])
@pytest.mark.parametrize("call", MASKED)
def test_where(call: str, mask: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    judge(call, {"a": A, "m": mask})


@pytest.mark.parametrize("a", [A, N, Z, INTS, BOOLS], ids=["floats", "nan", "zeros", "ints", "bools"])
@pytest.mark.parametrize("call", COUNTS)
def test_values_of_all_dtypes(call: str, a: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    judge(call, {"a": a}, derivative=False)
