"""Reductions, scans and differences compiled: one program for each group; and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from autodiff_compiler import differentiable
from autodiff_compiler.errors import DifferentiationError
from tests.composed.judge import judge, written

RNG = np.random.default_rng(17)
A = RNG.normal(size=(3, 4))
X = np.cumsum(RNG.uniform(0.5, 1.5, size=4))

PROGRAMS = {
    "reductions": (
        "b = np.where(a > 0.0, a, 2.0 * a)\n"
        "s = np.sum(b, axis=1, where=b > -1.0, initial=0.5) * np.prod(b, axis=1)\n"
        "k = np.argmax(b, axis=1)\n"
        "return s * k + np.max(b, axis=1, initial=0.1) + np.any(b > 1.0, axis=1) * np.ptp(b)"
    ),
    "moments": (
        "z = (a - a.mean(axis=0)) / a.std(axis=0, ddof=1)\n"
        "return np.cov(z) * np.average(a, axis=1, weights=x) + np.corrcoef(a)"
    ),
    "without NaN": (
        "b = np.where(a > 1.0, np.nan, a)\n"
        "return np.nanmean(b, axis=1) + np.nanvar(b, axis=1) * np.nanmax(b) + np.nancumsum(b, axis=1)[:, 1]"
    ),
    "scans and differences": (
        "g = np.gradient(np.cumsum(a, axis=1), x, axis=1) + np.cumprod(a, axis=0)\n"
        "return np.trapezoid(g, x) + np.diff(a, prepend=0.0).sum(axis=1)"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PROGRAMS)
def test_compiled(name: str) -> None:
    judge(PROGRAMS[name], {"a": A, "x": X})


@pytest.mark.parametrize(("call", "words"), [
    ("np.sum(a, axis=2)", "axis 2 is out of bounds"),
    ("np.max(a, where=a > 0)", "does not have an identity"),
    ("np.sum(a, axis=0, out=np.zeros(1)[0:1][None, :])", "`out` has 2 axes, and the result 1"),
    ("np.gradient(a, 1.0, 2.0, 3.0)", "invalid number of arguments"),
    ("np.var(a, ddof=1, correction=1)", "can't be provided simultaneously"),
    ("np.average(a, weights=x)", "Axis must be specified"),
    ("np.cumulative_sum(a)", "axis"),
    ("np.var(a, axis=x)", "the axis must be a constant"),
    ("np.sum(a, 0, sparse=True)", "`sparse`"),
])  # fmt: skip
def test_refused(call: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    with pytest.raises(DifferentiationError, match=words) as found:
        differentiable(written(f"pass\nreturn {call}", ("a", "x")))(A, X)
    assert found.value.lineno == 3
