"""Keywords of NumPy's functions that most calls leave out, against NumPy and against differences."""

from __future__ import annotations

import numpy as np
import pytest

from autodiff_compiler.coverage import MODULES, coverage
from tests.composed.judge import judge

RNG = np.random.default_rng(29)
A = RNG.uniform(0.4, 1.8, (3, 4))
SYMMETRIC = np.diag([1.0, -2.5, 4.0]) + 0.3 * np.ones((3, 3))

ROWS = [
    "np.exp(a, order='F') + np.multiply(a, a, order='C', subok=True, casting='safe')",
    "np.divmod(a, 0.7, out=(np.zeros((3, 4)), None))[0] * a",
    "np.modf(a, where=a > 1, out=(np.ones((3, 4)), np.ones((3, 4))))[0]",
    "a.astype(np.float64, order='C', casting='safe', copy=True) * np.astype(a, float, copy=False)",
    "np.copy(a, 'F', subok=True) * a.copy(order='K')",
    "np.reshape(a, (4, 3), copy=True) * np.reshape(a, (4, 3), 'F', copy=None)",
    "np.asarray(a, None, 'F') * np.asarray(a, copy=True, device='cpu', like=None)",
    "np.nan_to_num(a * a, copy=False)",
    "np.matmul(a, a, axes=[(0, 1), (1, 0), (1, 0)], casting='same_kind')",
    "np.vecdot(a, a, axes=[(0,), (0,), ()]) + np.vecdot(a, a, axis=0, out=np.zeros(4))",
    "np.matvec(a, a[0], np.zeros(3), order='K') * np.vecmat(a[:, 0], a, dtype=float)[0]",
    "np.einsum('ij,ij->i', a, a, dtype=np.float64, casting='safe', order='K')",
    "np.trace(a, dtype=float) + np.linalg.trace(a, dtype=np.float64)",
    "np.linalg.multi_dot([a, a.T, a], out=np.zeros((3, 4)))",
    "np.real(np.fft.fft(a, out=np.zeros((3, 4), complex))) + np.fft.irfft(a, 4, out=np.zeros((3, 4)))",
    "np.logspace(0.0, a[0], 3, base=a[1], axis=1)",
    "np.clip(a, 0.5, 1.1, out=np.zeros((3, 4)), where=a > 0.7, dtype=float)",
    "np.prod(a, initial=None) * np.sum(a, axis=0, keepdims=np._NoValue)",
    "np.pad(a, {0: 1, -1: (0, 2)}, constant_values=2.0)",
    "np.quantile(a, 0.41, axis=1, weights=[1, 2, 0.5, 1], method='inverted_cdf')",
    "np.unstack(a, axis=1)[1] * a.view()[:, 0]",
    "np.histogramdd([a[0], a[1]], bins=[2, 3], weights=a[2])[0]",
    "np.linalg.pinv(s + 0 * a[0, 0], hermitian=True)",
    "np.linalg.svd(s * a[0, 0], hermitian=True)[1]",
]


@pytest.mark.parametrize("call", ROWS)
def test_keywords(call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    judge(call, {"a": A, "s": SYMMETRIC})


VALUES = [
    "np.eye(3, dtype=None), np.tri(2, dtype=None, like=None), np.bitwise_count(np.arange(-3, 9))",
    "np.histogram(a, 'auto')[0], np.histogram_bin_edges(a, 'doane'), np.issubdtype(arg1=int, arg2=float)",
    "np.linalg.matrix_rank(s, hermitian=True), np.real(val=a), np.array(a, ndmax=0, like=None)",
]


@pytest.mark.parametrize("call", VALUES)
def test_values(call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    judge(call, {"a": A, "s": SYMMETRIC}, derivative=False)


def test_compiled() -> None:
    calls = "np.quantile(a, 0.3, 0, weights=a, method='inverted_cdf')", "np.histogram(a, 'auto')[0][0] * a[0]"
    judge(" + ".join(calls), {"a": A})


def test_every_accepted_function_takes_its_documented_parameters() -> None:
    assert {module: coverage(module).parameters_missing for module in MODULES} == {key: {} for key in MODULES}
