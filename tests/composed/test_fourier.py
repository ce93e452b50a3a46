"""Fourier transforms against NumPy, and derivatives of real losses of them."""

from __future__ import annotations

import numpy as np
import pytest

from autodiff_compiler import DifferentiationError, gradient
from autodiff_compiler.runtime.fourier import fourier
from tests.composed.judge import judge, written

RNG = np.random.default_rng(0)
SIGNAL = RNG.normal(size=6)
ODD = RNG.normal(size=5)
ROWS = RNG.normal(size=(3, 4))
LOSS = "np.sum(np.abs({call}) ** 2 * 0.5) + np.sum({call}.real * 0.3 - {call}.imag ** 2)"
COMPLEX = [
    ("np.fft.fft(x)", SIGNAL),
    ("np.fft.fft(x)", ODD),
    ("np.fft.fft(x, 4)", SIGNAL),
    ("np.fft.fft(x, n=9, norm='ortho')", SIGNAL),
    ("np.fft.fft(x, axis=0)", ROWS),
    ("np.fft.ifft(x * (1 + 2j), norm='forward')", ROWS),
    ("np.fft.ifft(x, 7)", ODD),
    ("np.fft.rfft(x)", SIGNAL),
    ("np.fft.rfft(x, norm='ortho')", ODD),
    ("np.fft.rfft(x, 8, axis=0)", ROWS),
    ("np.fft.ihfft(x)", SIGNAL),
    ("np.fft.fft2(x)", ROWS),
    ("np.fft.fftn(x, s=(2, 5), axes=(0, 1))", ROWS),
    ("np.fft.ifft2(x + 1j * x ** 2)", ROWS),
    ("np.fft.ifftn(x, axes=(0,))", ROWS),
    ("np.fft.rfft2(x)", ROWS),
    ("np.fft.rfftn(x, axes=(1, 0))", ROWS),
    ("np.fft.fftshift(np.fft.fft(x, axis=1), axes=1)", ROWS),
]
REAL = [
    ("np.fft.irfft(x + 1j * x ** 2)", SIGNAL),
    ("np.fft.irfft(x + 1j * x ** 2, 7)", ODD),
    ("np.fft.irfft(x, 4, norm='ortho')", ODD),
    ("np.fft.hfft(x * (1 - 1j))", ODD),
    ("np.fft.irfft2(x * (2 + 1j))", ROWS),
    ("np.fft.irfftn(np.fft.rfftn(x) * 1j, s=x.shape, axes=(0, 1))", ROWS),
    ("np.fft.ifft(np.fft.fft(x) * np.exp(-np.fft.fftfreq(len(x)) ** 2)).real", SIGNAL),
    ("np.fft.irfft(np.fft.rfft(x) * np.fft.rfftfreq(6, d=0.5), n=6)", SIGNAL),
    ("np.fft.ifftshift(np.fft.fftshift(x) * x)", ROWS),
]


@pytest.mark.parametrize(("call", "x"), COMPLEX, ids=lambda item: item if isinstance(item, str) else "")
def test_transforms(call: str, x: np.ndarray, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    judge(call, {"x": x}, derivative=False)
    judge(LOSS.format(call=call), {"x": x})


@pytest.mark.parametrize(("call", "x"), REAL, ids=lambda item: item if isinstance(item, str) else "")
def test_real_results(call: str, x: np.ndarray, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    judge(call, {"x": x})


def test_single_precision(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    judge("np.fft.fft(x)", {"x": SIGNAL.astype(np.float32)}, derivative=False)
    judge("np.fft.irfft(np.fft.rfft(x) ** 2)", {"x": SIGNAL.astype(np.float32)})


def test_compiled():
    judge("np.abs(np.fft.fft(np.fft.rfft(x, axis=0)))", {"x": ROWS})


@pytest.mark.parametrize("n", [1, 2, 3, 8, 12, 25, 49, 60, 67, 128, 131, 202])
def test_the_kernel_at_lengths_of_all_kinds(n: int):
    x = RNG.normal(size=(2, n)) + 1j * RNG.normal(size=(2, n))
    for inverse, expected in ((False, np.fft.fft(x)), (True, np.fft.ifft(x) * n)):
        np.testing.assert_allclose(fourier(x, inverse), expected, atol=1e-14 * np.abs(expected).max())


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("np.fft.fft(x, norm='half').real.sum()", "Invalid norm value half"),
        ("np.fft.fft(x, axis=3).real.sum()", "axis 3 is out of bounds"),
        ("np.fft.fftn(x, s=(2, 2), axes=(0,)).real.sum()", "different lengths"),
    ],
)
def test_refusals(call: str, words: str):
    with pytest.raises(DifferentiationError, match=words):
        gradient(of=written(call, ("x",)))(ROWS)
