"""Reductions that leave NaN out: values against NumPy, derivatives against differences over the rest."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from autodiff_compiler import differentiable, value_with_gradient
from tests.composed.judge import judge, written

N = np.array([[1.0, np.nan, 3.0, 0.5], [np.nan] * 4, [2.0, -1.0, 5.0, np.nan], [np.nan, np.nan, 0.5, np.nan]])
CLEAN = np.random.default_rng(3).normal(size=(3, 4))
INTS = np.array([[3, 1, 2], [0, 5, 1]], np.int32)
MASK = np.array([[True, True, False, True]])

FORMS = [
    f"np.{name}({form})"
    for name in ("nansum", "nanprod", "nanmean", "nanvar", "nanstd", "nanmax", "nanmin")
    for form in ("a", "a, axis=1", "a, axis=0, keepdims=True")
] + [
    "np.nanvar(a, axis=1, ddof=1)", "np.nanstd(a, axis=0, correction=1)", "np.nansum(a, axis=1, initial=2.0)",
    "np.nanmax(a, axis=1, initial=0.0)", "np.nanmin(a, axis=1, initial=9.0, where=a > 0)",
    "np.nancumsum(a, axis=1)", "np.nancumprod(a, axis=0)",
]  # fmt: skip


@pytest.mark.parametrize("a", [N, N.astype(np.float32), INTS], ids=["float64", "float32", "ints"])
@pytest.mark.parametrize("call", [*FORMS, "np.nanargmax(a[:, 2:3], axis=0)"])
def test_values(call: str, a: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    judge(call, {"a": a}, derivative=False)


@pytest.mark.parametrize(
    "call", [*FORMS, "np.nanmean(a, axis=1, where=m)", "np.nanvar(a, axis=0, where=m.T[:3])"]
)
def test_without_nan_the_derivative_is_that_of_the_plain_function(
    call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    judge(call, {"a": CLEAN, "m": MASK})


@pytest.mark.parametrize("call", FORMS)
def test_nan_gets_zero_and_the_rest_its_difference(call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    loss = f"return np.nansum(np.sin({call}))"
    function = written(f"pass\n{loss}", ("a",))
    a = N.copy()
    a[3, 0] = 0.25  # a spread in the last row, so that its root has a derivative
    a[1, 1] = 0.75
    a[1, 3] = -0.5
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        value, gradient = value_with_gradient(of=function)(a)
        np.testing.assert_allclose(value, function(a), rtol=1e-12)
        for index in np.ndindex(a.shape):
            if np.isnan(a[index]):
                assert gradient[index] == 0.0
                continue
            up, down = a.copy(), a.copy()
            up[index] += 1e-6
            down[index] -= 1e-6
            expected = (function(up) - function(down)) / 2e-6
            np.testing.assert_allclose(gradient[index], expected, rtol=1e-5, atol=1e-7)


def test_all_nan_has_no_place_of_an_extreme(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    function = written("np.nanargmax(a, axis=1)", ("a",))
    with pytest.raises(ValueError, match="All-NaN slice"):
        differentiable(function)(N)
