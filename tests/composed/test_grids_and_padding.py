"""Creation, grids, padding, inserting and deleting: against NumPy, by table."""

from __future__ import annotations

import numpy as np
import pytest

from autodiff_compiler import InvalidRequest, ShapeMismatch, TypeMismatch, value_with_pullback
from tests.composed.judge import judge, written

R = np.random.default_rng(0)
v, w, a, t = (R.normal(size=shape) for shape in (4, 3, (2, 3), (2, 3, 2)))
ints = np.arange(6).reshape(2, 3)

CALLS: list[tuple[str, dict[str, object]]] = [
    ("np.array([x, y])", {"x": w, "y": 2 * w}),
    ("np.array([[x, 2 * x], [x, x]])", {"x": w}),
    ("np.asarray([x, x * 2.0])", {"x": w}),
    ("l = []\nfor k in range(n):\n    l.append(x * k)\nreturn np.array(l)", {"x": a, "n": 3}),
    ("np.array(x, ndmin=3)", {"x": w}),
    ("np.array(x, ndmin=2)", {"x": 2.5}),
    ('np.array(x, order="F")', {"x": a}),
    ("np.array([[x, 1], [2, 3]])", {"x": 2.5}),
    ("np.full((2, 3), x)", {"x": w}),
    ("np.full_like(x, 2, shape=(4,)) * x[0, 0]", {"x": a}),
    ("np.zeros_like(x, shape=(2, 2)) + x[0, 0]", {"x": a}),
    ('np.ones((2, 3), order="F") * x', {"x": a}),
    ("np.ones_like([1.0, x]) * x", {"x": 2.0}),
    ("np.full((2,), x, dtype=np.float32)", {"x": 2.5}),
    ("np.zeros(()) + x", {"x": 2.5}),
    ("np.ones(n, bool)", {"n": 3}),
    ("np.zeros(n, np.int8)", {"n": 3}),
    ('np.full((2, 3), x, order="F")', {"x": 2.5}),
    ("np.arange(n)", {"n": 5}),
    ("np.arange(2, n)", {"n": 5}),
    ("np.arange(n, 1, -2)", {"n": 9}),
    ("np.arange(x)", {"x": 4.5}),
    ("np.arange(x, 3.0, y)", {"x": 0.5, "y": 0.3}),
    ("np.arange(n, dtype=np.float32)", {"n": 5}),
    ("np.arange(start=1, stop=n)", {"n": 5}),
    ("np.arange(n)", {"n": -2}),
    ("np.arange(x)", {"x": np.float32(3.5)}),
    ("np.arange(x, -1.9, -0.5)", {"x": 1.0}),
    ("np.arange(0.5, n, dtype=int)", {"n": 4}),
    ("np.linspace(x, y, 5)", {"x": 0.5, "y": 2.0}),
    ("np.linspace(x, y, 1)", {"x": 0.5, "y": 2.0}),
    ("np.linspace(x, y, 0)", {"x": 0.5, "y": 2.0}),
    ("np.linspace(x, y, 5, endpoint=False)", {"x": 0.5, "y": 2.0}),
    ("np.linspace(x, y, 5, retstep=True)", {"x": 0.5, "y": 2.0}),
    ("np.linspace(x, y, 4)", {"x": w, "y": 2.0}),
    ("np.linspace(x, y, 4, axis=1)", {"x": w, "y": 2 * w}),
    ("np.linspace(0, x, n)", {"x": 2.0, "n": 7}),
    ("np.linspace(0, 10, n, dtype=int)", {"n": 4}),
    ("np.linspace(x, 2, 5)", {"x": np.float32(0.5)}),
    ("np.logspace(0, x, 4)", {"x": 2.0}),
    ("np.logspace(0, 2, 4, base=x)", {"x": 2.0}),
    ("np.geomspace(x, y, 4)", {"x": 1.0, "y": 8.0}),
    ("np.geomspace(x, y, 4)", {"x": -1.0, "y": -8.0}),
    ("np.geomspace(x, y, 4, endpoint=False)", {"x": 1.0, "y": 8.0}),
    ("np.meshgrid(x, y)", {"x": v, "y": w}),
    ('np.meshgrid(x, y, indexing="ij")', {"x": v, "y": w}),
    ("np.meshgrid(x, y, sparse=True)", {"x": v, "y": w}),
    ("np.meshgrid(x, y, x)", {"x": v, "y": w}),
    ("np.meshgrid(x)", {"x": v}),
    ("np.meshgrid(x, np.arange(3))", {"x": v}),
    ("sum((g * g for g in np.meshgrid(x, y)))", {"x": v, "y": w}),
    ("np.indices((n, 3))", {"n": 2}),
    ("np.indices((n, 3), sparse=True)", {"n": 2}),
    ("np.fromfunction(lambda i, j: x * i + j, (3, 2))", {"x": 2.0}),
    ("np.sum(np.arange(len(x)) * x)", {"x": v}),
    ("np.pad(x, 2)", {"x": v}),
    ("np.pad(x, (1, 2), constant_values=3.5)", {"x": a}),
    ("np.pad(x, ((1, 0), (0, 2)), constant_values=((c, 1), (2, 3)))", {"x": a, "c": 2.5}),
    ('np.pad(x, ((1,), (2,)), "edge")', {"x": a}),
    ('np.pad(x, (1, 2), mode="edge")', {"x": v}),
    ('np.pad(x, 2, mode="reflect")', {"x": v}),
    ('np.pad(x, ((1, 1), (2, 2)), mode="reflect")', {"x": a}),
    ('np.pad(x, 7, mode="reflect")', {"x": v}),
    ('np.pad(x, ((1, 2), (2, 2)), mode="symmetric")', {"x": a}),
    ('np.pad(x, 9, mode="symmetric")', {"x": v}),
    ('np.pad(x, ((1, 2), (2, 4)), mode="wrap")', {"x": a}),
    ('np.pad(x, (2, 3), mode="linear_ramp", end_values=(e, 1))', {"x": v, "e": 0.5}),
    ('np.pad(x, 1, mode="maximum")', {"x": a}),
    ('np.pad(x, 1, mode="mean", stat_length=2)', {"x": a}),
    ('np.pad(x, (1, 2), mode="minimum")', {"x": a}),
    ('np.pad(x, 1, mode="edge")', {"x": t}),
    ('np.pad(x, 1, mode="mean")', {"x": ints}),
    ("np.pad(x, ((0, 0), (n, n)))", {"x": a, "n": 2}),
    ('np.pad(x, 2, mode="reflect")', {"x": np.array([2.0])}),
    ('np.pad(x, 2, mode="linear_ramp")', {"x": ints}),
    ("np.delete(x, 1)", {"x": v}),
    ("np.delete(x, -1, axis=1)", {"x": a}),
    ("np.delete(x, [0, 2])", {"x": v}),
    ("np.delete(x, i, axis=1)", {"x": a, "i": np.array([0, -1])}),
    ("np.delete(x, x > 0)", {"x": v}),
    ("np.delete(x, 3)", {"x": a}),
    ("np.insert(x, 1, y)", {"x": v, "y": 2.5}),
    ("np.insert(x, 1, y, axis=1)", {"x": a, "y": 2.5}),
    ("np.insert(x, 0, y, axis=0)", {"x": a, "y": w}),
    ("np.insert(x, -1, y, axis=1)", {"x": a, "y": a[:, 0].copy()}),
    ("np.insert(x, [1], y)", {"x": v, "y": 2.5}),
    ("np.insert(x, 2, y)", {"x": a, "y": w}),
    ("np.repeat(x, [1, 0, 2, 1])", {"x": v}),
    ("np.insert(x, [1, 3], y)", {"x": v, "y": 2.5}),
    ("np.insert(x, [3, 1, 1], y)", {"x": v, "y": w}),
    ("np.insert(x, [0, 2], y, axis=1)", {"x": a, "y": 2.5}),
    ("np.insert(x, i, y)", {"x": v, "i": np.array([4, 0]), "y": w[:2]}),
    ("np.repeat(x, n)", {"x": v, "n": np.array([1, 0, 2, 1])}),
    ("np.pad(x, 2, mode='edge')", {"x": v.astype(np.float32)[::2]}),
    ("np.pad(x.T, ((1, 0), (0, 1)), mode='wrap')", {"x": a}),
    ("np.pad(x, ((0, 0), (1, 1)))", {"x": np.zeros((0, 2))}),
    ("np.delete(x.T, 1, axis=0)", {"x": a}),
    ("np.pad(x, 2, 'median')", {"x": v}),
    ("np.pad(x, ((1, 2), (2, 1)), 'median', stat_length=2)", {"x": a}),
    ("np.pad(x, 2, 'median')", {"x": ints}),
    ("np.pad(x, 9, 'reflect', reflect_type='odd')", {"x": v}),
    ("np.pad(x, (11, 14), 'symmetric', reflect_type='odd')", {"x": v}),
    ("np.pad(x, ((1, 2), (3, 1)), mode='reflect', reflect_type='odd')", {"x": a}),
    ("np.pad(x, 6, 'reflect', reflect_type='odd')", {"x": ints}),
    ("np.pad(x, 2, 'reflect', reflect_type='odd')", {"x": v[:1]}),
    ("np.delete(x, slice(1, 3))", {"x": v}),
    ("np.delete(x, np.s_[::2], axis=1)", {"x": a}),
    ("np.insert(x, slice(1, 3), y)", {"x": v, "y": w[:2]}),
    ("np.insert(x, np.s_[:2], 5.0, axis=1)", {"x": a}),
]


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")


@pytest.mark.parametrize(("call", "arguments"), CALLS)
def test_call(call: str, arguments: dict[str, object]) -> None:
    floats = any(np.asarray(value).dtype.kind == "f" for value in arguments.values())
    integral = "np.arange(x)" in call or ("linear_ramp" in call and "ints" in call)
    judge(call, arguments, derivative=floats and not integral)


REFUSED: list[tuple[str, type[Exception], str]] = [
    ("np.array([x, x[:1]])", ShapeMismatch, "differ in length"),
    ("np.array([x, x[0]])", ShapeMismatch, "different numbers of axes"),
    ("np.pad(x, 1, mode='mode')", InvalidRequest, "is not supported"),
    ("np.pad(x, 1, mode='reflect', reflect_type='other')", InvalidRequest, "neither 'even' nor 'odd'"),
    ("np.pad(x, 1, mode='edge', constant_values=3)", InvalidRequest, "constant_values"),
    ("np.pad(x, -1)", ValueError, "negative"),
    ("np.delete(x, 7)", IndexError, "out of bounds"),
    ("np.insert(x, [1, 7], 0.0)", IndexError, "out of bounds"),
    ("np.arange(0.0, x[0, 0], 0.0) * x[0, 0]", ZeroDivisionError, "division by zero"),
    ("np.meshgrid(x[0], x[1], indexing='yx')[0] * x[0, 0]", ShapeMismatch, "indexing"),
    ("np.zeros(3, dtype='U3') * x[0]", TypeMismatch, "dtype"),
]


@pytest.mark.parametrize(("call", "error", "words"), REFUSED)
def test_refusal(call: str, error: type[Exception], words: str) -> None:
    with pytest.raises(error) as caught:
        value_with_pullback(at=(a,), of=written(call, ("x",)))
    assert words in str(caught.value)
