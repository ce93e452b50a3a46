"""Sorting and searching: against NumPy, by table; ties, NaN and infinities included."""

from __future__ import annotations

import numpy as np
import pytest

from autodiff_compiler import InvalidRequest, ShapeMismatch, value_with_gradient, value_with_pullback
from tests.composed.judge import judge, written

R = np.random.default_rng(0)
v, a, t = (R.normal(size=shape) for shape in (21, (4, 5), (3, 4, 2)))
w, nan = np.array([3.0, 1.0, 2.0, 1.0]), np.array([2.0, np.nan, 1.0, np.inf, -np.inf, np.nan])
ints, edges = np.array([3, 1, 2, 1, 9, -4]), np.array([-1.0, 0.0, 0.5, 2.0])

SMOOTH: list[tuple[str, dict[str, object]]] = [
    ("np.sort(x)", {"x": v}),
    ("np.sort(x)", {"x": a}),
    ("np.sort(x, axis=0)", {"x": a}),
    ("np.sort(x, axis=None)", {"x": a}),
    ('np.sort(x, axis=1, kind="stable")', {"x": t}),
    ("np.sort(x.T) * 1", {"x": a}),
    ("y = x * 2.0\ny.sort(axis=0)\nreturn y * y", {"x": a}),
    ("np.sort(x)", {"x": v.astype(np.float32)}),
    ("np.sort(x > 0) * x", {"x": v}),
    ("np.sum(y[np.argsort(x)] * np.arange(21))", {"x": v, "y": v[::-1].copy()}),
    ("np.sort([x, 1.0, 0.5])", {"x": 0.7}),
    ("np.sort(x)", {"x": np.zeros(0)}),
    ("np.sort(x, axis=1)", {"x": np.ones((3, 1))}),
    ("np.partition(x, 3)[3]", {"x": v}),
    ("x[np.argpartition(x, 5)[5]]", {"x": v}),
    ("x[np.searchsorted(x, 0.2)] * 2", {"x": edges}),
    ("np.digitize(x, [0.0, 1.0]) * x", {"x": 0.5}),
]

# integers, and arrays with NaN, of which there are no differences
FLAT: list[tuple[str, dict[str, object]]] = [
    ("np.argsort(x)", {"x": v}),
    ("x.argsort(axis=0)", {"x": a}),
    ('np.argsort(x, kind="stable")', {"x": w}),
    ("np.sort(x)", {"x": nan}),
    ('np.argsort(x, kind="stable")', {"x": nan}),
    ("np.sort(x)", {"x": ints}),
    ("np.lexsort((x, y))", {"x": v, "y": np.round(v[::-1])}),
    ("np.searchsorted(x, [0.0, 0.5, -3])", {"x": edges}),
    ('np.searchsorted(x, y, side="right")', {"x": edges, "y": a}),
    ("np.searchsorted(x, y, sorter=np.argsort(x))", {"x": w, "y": v}),
    ("x.searchsorted(0.5)", {"x": edges}),
    ("np.isin(x, y)", {"x": a, "y": edges}),
    ("np.isin(x[0], [], invert=True)", {"x": v}),
    ("np.searchsorted(x, 2)", {"x": edges}),
    ("np.digitize(x, b)", {"x": v, "b": edges}),
    ("np.digitize(x, b, right=True)", {"x": np.append(v, edges), "b": edges}),
    ("np.digitize(x, b[::-1])", {"x": np.append(v, edges), "b": edges}),
]


def test_call_compiled() -> None:
    def sorted_and_searched(x: np.ndarray, y: np.ndarray) -> float:
        rows = np.sort(x, axis=0)
        return np.sum(rows * y) + np.sum(np.searchsorted(rows[:, 0], y[0]) * y[0])

    x, y = R.normal(size=(30, 3)), R.normal(size=(30, 3))
    value, (to_x, _) = value_with_gradient(of=sorted_and_searched)(x, y)
    order = np.argsort(x, axis=0)
    expected = np.zeros_like(x)
    np.put_along_axis(expected, order, y, 0)
    np.testing.assert_allclose(value, sorted_and_searched(x, y), rtol=1e-12)
    np.testing.assert_allclose(to_x, expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("call", "arguments", "derivative"), [*((*row, True) for row in SMOOTH), *((*row, False) for row in FLAT)]
)
def test_call(
    call: str, arguments: dict[str, object], derivative: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    judge(call, arguments, derivative=derivative)


REFUSED: list[tuple[str, type[Exception], str]] = [
    ("np.sort(x, kind='bogo')", InvalidRequest, "sort kind"),
    ("np.sort(x, axis=2)", ShapeMismatch, "out of bounds"),
    ("np.searchsorted(x[0], 1.0, side='middle') * x[0]", InvalidRequest, "side must be"),
    ("np.digitize(0.5, [0.0, 2.0, 1.0]) * x", ValueError, "monotonically"),
]


@pytest.mark.parametrize(("call", "error", "words"), REFUSED)
def test_refusal(call: str, error: type[Exception], words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    with pytest.raises(error) as caught:
        value_with_pullback(at=(a,), of=written(call, ("x",)))
    assert words in str(caught.value)
