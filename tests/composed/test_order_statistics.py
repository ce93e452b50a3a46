"""Medians and quantiles, in all their forms, against NumPy and against differences."""

from __future__ import annotations

import numpy as np
import pytest

from autodiff_compiler import differentiable
from autodiff_compiler.errors import DifferentiationError
from tests.composed.judge import judge, written

RNG = np.random.default_rng(13)
A = RNG.normal(size=(3, 4))
B = RNG.normal(size=(2, 3, 4))
V = RNG.normal(size=7)
N = np.array([[1.0, np.nan, 3.0, 0.5], [np.nan] * 4, [2.0, -1.0, 5.0, 7.0]])
INTS = np.array([[3, 1, 2], [0, 5, 1]], np.int32)

ROWS: list[tuple[str, dict[str, object]]] = [
    ("np.median(a)", {"a": A}), ("np.median(a, axis=0)", {"a": A}), ("np.median(a)", {"a": V}),
    ("np.median(a, axis=(0, 2), keepdims=True)", {"a": B}), ("np.median(a)", {"a": V.astype(np.float32)}),
    ("np.quantile(a, 0.3)", {"a": V}), ("np.quantile(a, q, axis=1)", {"a": A, "q": 0.37}),
    ("np.quantile(a, [0.1, 0.8], axis=0)", {"a": A}),
    ("np.quantile(a, q, keepdims=True)", {"a": A, "q": np.array([[0.1, 0.45], [0.6, 0.97]])}),
    ("np.percentile(a, 30)", {"a": A}), ("np.percentile(a, [25.0, 60.0], axis=-1, keepdims=True)", {"a": A}),
    *((f"np.quantile(a, [0.0, 0.25, 0.3, 0.5, 1.0], method='{method}')", {"a": V}) for method in (
        "inverted_cdf", "averaged_inverted_cdf", "closest_observation"
    )),
    *((f"np.quantile(a, 0.3, axis=1, method='{method}')", {"a": A}) for method in (
        "lower", "higher", "nearest", "midpoint", "hazen", "weibull", "median_unbiased",
    )),
    ("np.nanmedian(a, axis=1)", {"a": A}), ("np.nanquantile(a, 0.4, axis=0)", {"a": A}),
]  # fmt: skip

VALUES: list[tuple[str, dict[str, object]]] = [
    *((call, {"a": a}) for a in (N, INTS, N.astype(np.float32), A[:0].T) for call in (
        "np.median(a, axis=1)", "np.nanmedian(a, axis=1)",
    )),
    *((call, {"a": a}) for a in (N, INTS, N.astype(np.float32)) for call in (
        "np.quantile(a, 0.25, axis=1)", "np.nanpercentile(a, 40, axis=1)",
        "np.percentile(a, [20.0, 50.0], axis=0)", "np.quantile(a, 1.0, axis=1, method='nearest')",
    )),
]  # fmt: skip


@pytest.mark.parametrize(("call", "arguments"), ROWS, ids=[call for call, _ in ROWS])
def test_derivatives(call: str, arguments: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    judge(call, arguments)


@pytest.mark.parametrize(("call", "arguments"), VALUES, ids=[call for call, _ in VALUES])
def test_values(call: str, arguments: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    judge(call, arguments, derivative=False)


def test_compiled() -> None:
    judge("np.median(a, axis=1) + np.quantile(a, 0.3, axis=1)", {"a": A})


@pytest.mark.parametrize(("call", "error", "words"), [
    ("np.quantile(a, 1.5)", ValueError, "Quantiles must be in the range"),
    ("np.quantile(a, 0.5, method='middle')", DifferentiationError, "'middle' is not supported"),
    ("np.quantile(a, 0.5, weights=a)", DifferentiationError, "'inverted_cdf' supports weights"),
    ("np.quantile(a, 0.5, weights=-a, method='inverted_cdf')", ValueError, "Weights must be non-negative"),
    ("np.quantile(a, 0.5, weights=0 * a, method='inverted_cdf')", ValueError, "or were all zero"),
])  # fmt: skip
def test_refused(call: str, error: type, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    with pytest.raises(error, match=words):
        differentiable(written(call, ("a",)))(A)
