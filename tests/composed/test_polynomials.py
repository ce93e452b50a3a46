"""Polynomials as arrays of coefficients, and windows."""

from __future__ import annotations

import numpy as np
import pytest

from tests.composed.judge import judge

P = np.array([0.5, -1.2, 2.0, 0.3])
X = np.array([[-1.5, 0.2], [0.7, 2.1]])
POLYNOMIALS = [
    "np.polyval(p, x)", "np.polyval(p, x[0, 0])", "np.polyval([1, 2.5, p[0]], x)", "np.polyder(p)",
    "np.polyder(p, 2)", "np.polyadd(p, x[0])", "np.polysub(x[0], p)",
    "np.polyint(p)", "np.polyint(p, 2, k=x[0])", "np.polyint(p, 3, 2.5)", "np.polyint(p, 0)",
]  # fmt: skip
WINDOWS = ["np.hanning(7) * x", "np.hamming(7) * x", "np.blackman(7) * x", "np.bartlett(7) * x",
           "np.kaiser(7, 2.0 + x[0]) * x", "np.hanning(1) * x", "np.kaiser(1, 14.0) * x"]  # fmt: skip


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")


@pytest.mark.parametrize("call", POLYNOMIALS)
def test_polynomials(call: str) -> None:
    judge(call, {"p": P, "x": X})
    judge(call, {"p": P.astype("float32"), "x": X.astype("float32")}, derivative=False)


FITS = [
    "np.polyfit(x, y, 2)", "np.polyfit(x, y, 1, w=np.abs(x) + 0.5)",
    "np.polyfit(x, np.stack([y, y * y], 1), 3)", "np.polyfit(np.arange(9), y, 1)",
]  # fmt: skip


@pytest.mark.parametrize("call", FITS)
def test_fits(call: str) -> None:
    generator = np.random.default_rng(0)
    judge(call, {"x": generator.normal(size=9), "y": generator.normal(size=9)})


@pytest.mark.parametrize("call", WINDOWS)
def test_windows(call: str) -> None:
    judge(call, {"x": np.linspace(0.1, 1, 7)})
