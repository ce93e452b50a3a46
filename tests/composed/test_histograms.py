"""Interpolation, counting and histograms: against NumPy, by table."""

from __future__ import annotations

import numpy as np
import pytest

from autodiff_compiler import ShapeMismatch, TypeMismatch, gradient, value_with_pullback
from tests.composed.judge import judge, written

R = np.random.default_rng(0)
v, a, u = (R.normal(size=shape) for shape in (21, (4, 5), 6))
xp, fp = np.array([-1.0, 0.0, 0.7, 2.0]), np.array([1.0, 3.0, -2.0, 0.5])
n, at = np.array([3, 1, 2, 1, 5, 1]), np.array([-1.0, 2.0, 5.0, -3.0, 0.7, np.nan])

CALLS: list[tuple[str, dict[str, object]]] = [
    ("np.interp(x, p, f)", {"x": v, "p": xp, "f": fp}),
    ("np.interp(x, p, f)", {"x": a, "p": xp, "f": fp}),
    ("np.interp(x, p, f)", {"x": 0.3, "p": xp, "f": fp}),
    ("np.interp(x, p, f, left=l, right=9)", {"x": v, "p": xp, "f": fp, "l": 2.5}),
    ("np.interp(x, p, f, period=3.2)", {"x": v, "p": xp, "f": fp}),
    ("np.interp(x, p, f)", {"x": at, "p": xp, "f": fp}),
    ("np.interp(x, [0, 1, 2], [3.0, 1.0, 2.0])", {"x": 0.3}),
    ("np.interp(x, [0.0], f)", {"x": v, "f": fp[:1]}),
    ("np.interp(x, [0.0, 1.0], f)", {"x": v.astype(np.float32), "f": fp[:2].astype(np.float32)}),
    ("np.bincount(n, weights=w)", {"n": n, "w": u}),
    ("np.bincount(n, w, minlength=9)", {"n": n, "w": u}),
    ("np.bincount(n)", {"n": n}),
    ("np.bincount(n, minlength=2)", {"n": np.zeros(0, int)}),
    ("np.histogram(x)[0]", {"x": v}),
    ("np.histogram(x, 5)[1]", {"x": v}),
    ("np.histogram(x, bins=4, weights=w)[0]", {"x": u, "w": u[::-1].copy()}),
    ("np.histogram(x, bins=4, range=(-1, 1), weights=w)[0]", {"x": u, "w": u[::-1].copy()}),
    ("np.histogram(x, bins=[-1.0, 0.0, 0.5, 2.0], weights=w)[0]", {"x": u, "w": u[::-1].copy()}),
    ("np.histogram(x, bins=4, weights=w, density=True)[0]", {"x": u, "w": np.abs(u[::-1])}),
    ("np.histogram(x, bins=[0, 1, 2, 3])", {"x": np.array([0.0, 1.0, 3.0, 2.5, 3.1, np.nan])}),
    ("np.histogram_bin_edges(x, 3)", {"x": u}),
    ("np.histogram(x, 3)", {"x": np.zeros(0)}),
    ("np.histogram2d(x, y, 3)[0]", {"x": u, "y": u[::-1].copy()}),
    ("np.histogram2d(x, x * y, [2, 3], weights=y)", {"x": u, "y": u[::-1].copy()}),
    ("np.histogram2d(x, y, 3, [[-1, 1], [-2, 2]], True, y * y)[0]", {"x": u, "y": u[::-1].copy()}),
    ("np.histogram2d(x, y, (np.array([-1.0, 0.0, 1.5]), 2))", {"x": u, "y": u[::-1].copy()}),
    ("np.histogram(x, 3)", {"x": n}),
]


@pytest.mark.parametrize(("call", "arguments"), CALLS)
def test_call(call: str, arguments: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    first = arguments.get("x", arguments.get("n"))
    differs = first is not at and (("w" in arguments) or "interp" in call or "[1]" in call or "edges" in call)
    judge(call, arguments, derivative=differs)


def test_weights_and_samples_compiled() -> None:
    def counted(w: np.ndarray, f: np.ndarray) -> float:
        sums = np.bincount(n, weights=w * w)
        heights, edges = np.histogram(u, bins=3, weights=w, density=True)
        return np.sum(sums * sums) + np.sum(np.interp(edges, xp, f) * heights[0])

    w = np.abs(u)
    to_w, to_f = gradient(of=counted)(w, fp)
    step = 1e-6
    for k in range(2):
        moved = w + step * (np.arange(6) == k), w - step * (np.arange(6) == k)
        expected = (counted(moved[0], fp) - counted(moved[1], fp)) / (2 * step)
        np.testing.assert_allclose(to_w[k], expected, rtol=1e-6)
    moved = fp + step * (np.arange(4) == 1), fp - step * (np.arange(4) == 1)
    np.testing.assert_allclose(to_f[1], (counted(w, moved[0]) - counted(w, moved[1])) / (2 * step), rtol=1e-6)


REFUSED: list[tuple[str, type[Exception], str]] = [
    ("np.interp(x, [0.0, 1.0], [1.0])", ValueError, "same length"),
    ("np.bincount(np.arange(3) - 1, x[0, :3])", ValueError, "negative"),
    ("np.bincount(x[0], x[0])", TypeMismatch, "safe"),
    ("np.histogram(x[0], [0.0, 2.0, 1.0], weights=x[0])[0]", ValueError, "monotonically"),
    ("np.histogram(x[0], 3, (x[0, 0] + 9.0, 0.0), None, x[0])[0]", ValueError, "max must be larger"),
    ("np.interp(x, [[0.0, 1.0]], [1.0])", ShapeMismatch, "1-D"),
]


@pytest.mark.parametrize(("call", "error", "words"), REFUSED)
def test_refusal(call: str, error: type[Exception], words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    with pytest.raises(error) as caught:
        value_with_pullback(at=(a,), of=written(call, ("x",)))
    assert words in str(caught.value)


def test_the_slope_at_a_sample_is_that_to_its_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    interpolated = written("np.sum(np.interp(x, p, f))", ("x", "p", "f"))
    x, p, f = np.array([0.0, 1.0, 2.0]), np.array([0.0, 1.0, 2.0]), np.array([1.0, 3.0, 4.0])
    np.testing.assert_allclose(gradient(of=interpolated, wrt="x")(x, p, f), [2.0, 1.0, 0.0])
