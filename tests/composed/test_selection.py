"""Functions that choose elements and write to them, and those that make arrays of indices."""

from __future__ import annotations

import numpy as np
import pytest

from autodiff_compiler import differentiable
from autodiff_compiler.errors import InvalidRequest, ShapeMismatch, TypeMismatch
from tests.composed.judge import judge, written

r = np.random.default_rng(5)
x, a, t = r.standard_normal(6), r.standard_normal((4, 5)), r.standard_normal((2, 3, 4))
i, p = np.array([2, 0, -1, 2]), np.array([[0, 1], [-1, 0]])
far = np.array([7, -9, 2, 0])
along = np.array([[0, 1, 0, -1, 3], [2, 2, 1, 0, 0]])
v, m = r.standard_normal(4), r.standard_normal((4, 5)) > 0

READING: list[tuple[str, dict[str, object]]] = [
    ("np.take(x, i)", {"x": x, "i": i}),
    ("x.take(i)", {"x": a, "i": i}),
    ("np.take(x, i, axis=1)", {"x": a, "i": p}),
    ("np.take(x, i, axis=-2)", {"x": a, "i": i}),
    ("np.take(x, 2)", {"x": x}),
    ("np.take(x, 1, axis=0)", {"x": a}),
    ("np.take(x, [0, 2])", {"x": x}),
    ('np.take(x, i, mode="wrap")', {"x": x, "i": far}),
    ('np.take(x, i, 1, mode="clip")', {"x": a, "i": far}),
    ("o = np.empty(4)\nnp.take(x, i, out=o)\nreturn o * 2", {"x": x, "i": i}),
    ("np.take(x, i)", {"x": x.astype(np.float32), "i": i}),
    ("np.take(x, i)", {"x": a.T, "i": i}),
    ("np.take_along_axis(x, i, 0)", {"x": a, "i": along}),
    ("np.take_along_axis(x, i, 1)", {"x": a, "i": along.T[:4]}),
    ("np.take_along_axis(x, i)", {"x": t, "i": np.array([[[0, -1], [2, 2], [1, 0]]] * 2)}),
    ("np.take_along_axis(x, i, 1)", {"x": a, "i": np.array([[0], [1], [-1], [2]])}),
    ("np.take_along_axis(x, i[None], 1)", {"x": a, "i": np.array([0, 2, 2])}),
    ("np.take_along_axis(x, i, None)", {"x": a, "i": i}),
    ("np.compress(c, x)", {"x": x, "c": x > 0}),
    ("np.compress([True, False, True], x, axis=0)", {"x": a}),
    ("x.compress(c, axis=1)", {"x": a, "c": np.array([0, 1, 1, 0, 2])}),
    ("np.extract(c, x)", {"x": a, "c": m}),
    ("np.choose(i, [x, 2 * x, x * x])", {"x": v, "i": np.array([0, 2, 1, 0])}),
    ("np.choose(i, (x, y))", {"x": a, "y": 2.5, "i": np.array([[0], [1], [1], [0]])}),
    ("i.choose([x, -x])", {"x": v, "i": np.array([0, 1, 1, 0])}),
    ('np.choose(i, [x, -x, 3 * x], mode="wrap")', {"x": v, "i": far}),
    ('np.choose(i, [x, -x, 3 * x], mode="clip")', {"x": v, "i": far}),
    ("x[np.ix_(i, j)]", {"x": a, "i": np.array([2, 0, 0]), "j": np.array([1, -1])}),
    ("x[np.ix_([0, 1], c, [3, 0])]", {"x": t, "c": np.array([True, False, True])}),
    ("x[x.nonzero()]", {"x": a}),
    ("x[np.tril_indices(4, -1)]", {"x": a}),
    ("x[np.triu_indices(4, 1, 5)]", {"x": a}),
    ("x[np.triu_indices_from(x)]", {"x": a}),
    ("x[np.tril_indices_from(x, 2)]", {"x": a}),
    ("x[np.diag_indices(4)]", {"x": a}),
    ("x[:, :4][np.diag_indices_from(x[:, :4])]", {"x": a}),
    ("x[np.unravel_index(i, x.shape)]", {"x": a, "i": np.array([[3, 19], [0, 7]])}),
    ('x[np.unravel_index(i, (4, 5), order="F")]', {"x": a, "i": np.array([3, 19])}),
    ("x.ravel()[np.ravel_multi_index((i, i), x.shape)]", {"x": a, "i": np.array([2, 0])}),
    ('x.ravel()[np.ravel_multi_index((i, i), (4, 5), mode=("clip", "wrap"))]', {"x": a, "i": far}),
    ("x.flat[7] * x", {"x": a}),
    ("x.T.flat[7] * x.T.flat[-1] * x", {"x": a}),
    ("x.flat[i]", {"x": a, "i": i}),
    ("x.T.flat[i]", {"x": a, "i": i}),
    ("x.flat[1:9:2]", {"x": a}),
    ("x[1::2].flat[-1] * x[::2].flat[1:]", {"x": x}),
    ("x.item(3) * x.item((1, 2)) * x.item(-1) * x[:1, :1].item() * x", {"x": a}),
    ("s = 0.0\nfor e in x.flat:\n    s = s * 0.5 + e\nreturn s", {"x": a}),
    ("s = 0.0\nfor e in x.T.flat:\n    s = s * 0.5 + e\nreturn s", {"x": a}),
    ("s = 0.0\nfor i, j in np.ndindex(4, 3):\n    s = s * 0.5 + x[i, j] * j\nreturn s", {"x": a}),
    ("s = 0.0\nfor k in np.ndindex(x.shape):\n    s = s * 0.5 + x[k]\nreturn s", {"x": t}),
    ("s = 0.0\nfor (i, j), e in np.ndenumerate(x):\n    s = s * i + e * j\nreturn s", {"x": a}),
]

WRITING: list[tuple[str, dict[str, object]]] = [
    ("np.put(y, i, v)", {"i": i, "v": v}),
    ("np.put(y, i, v)", {"i": np.array([19, 0, 7, 3, 1]), "v": v[:2]}),
    ('y.put(i, v, mode="wrap")', {"i": far * 9, "v": 2.5}),
    ('np.put(y, i, [1.0, v], mode="clip")', {"i": far * 9, "v": 2.5}),
    ("np.put(y.T, i, v)", {"i": i, "v": v}),
    ("np.put_along_axis(y, i, v, 0)", {"i": along, "v": a[:2] ** 2}),
    ("np.put_along_axis(y, i, 0.0, axis=1)", {"i": np.array([[0], [3], [-1], [3]])}),
    ("np.put_along_axis(y, i, v, 1)", {"i": np.array([[0], [3], [-1], [3]]), "v": v[:, None]}),
    ("np.place(y, c, v)", {"c": m, "v": v}),
    ("np.putmask(y, c, v)", {"c": m, "v": v}),
    ("np.putmask(y, c, y * v)", {"c": m, "v": a}),
    ("np.putmask(y.T, c.T, v)", {"c": m, "v": v}),
    ("np.copyto(y, v, where=c)", {"c": m, "v": a[0]}),
    ("np.copyto(y, v)", {"v": a[0]}),
    ("np.copyto(y, v, where=c)", {"c": m, "v": 2.5}),
    ("np.multiply.at(y, (i, i), v)", {"i": i, "v": v}),
    ("np.multiply.at(y, i, v)", {"i": i, "v": 2.5}),
    ("np.divide.at(y.T, i, v)", {"i": i, "v": v}),
    ("np.maximum.at(y, (slice(None), i), v)", {"i": i, "v": v[:, None]}),
    ("np.minimum.at(y, c, v)", {"c": m, "v": 0.3}),
    ("np.maximum.at(y, (0, 1), v)", {"v": 2.5}),
    ("y.flat[7] = v", {"v": 2.5}),
    ("y.T.flat[7] *= v", {"v": 2.5}),
    ("y.flat[i] = v", {"i": i, "v": v}),
    ("y.T.flat[i] += v", {"i": i, "v": v}),
    ("y.flat[3:7] = v", {"v": v}),
    ("y[np.diag_indices(4)] = v", {"v": v}),
    ("y[np.ix_([0, 2], [1, 3])] *= v", {"v": 2.5}),
    ("y[np.triu_indices(4, 1)] = 0.0", {}),
    ("y[np.unravel_index(7, y.shape)] = v", {"v": 2.5}),
]


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Numba: the generated code runs as plain Python."""
    monkeypatch.setenv("AUTODIFF_JIT", "0")


def name_of(item: object) -> str:
    """What a row is called."""
    return item if isinstance(item, str) else "-"


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize(("call", "arguments"), READING, ids=name_of)
def test_reading(call: str, arguments: dict[str, object]) -> None:
    judge(call, arguments)


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize(("call", "arguments"), WRITING, ids=name_of)
def test_writing(call: str, arguments: dict[str, object]) -> None:
    judge(f"y = x * 1.0\n{call}\nreturn y", {"x": a, **arguments})


COMPILED = [
    "y = np.take_along_axis(x, i, 0) * 1.0\nnp.put(y, [3, 3, 0], x.T.flat[i[0]])\nreturn y",
    "s = 0.0\nfor (p, q), e in np.ndenumerate(x):\n    s = s * p + e * q\n"
    "return s * x[np.ix_([0], x[0] > 0)]",
    "return np.choose(i % 2, [x[:2], x.item(3)]) * x.compress(x[0] > 0, axis=1)[0, 0]",
]


@pytest.mark.parametrize("body", COMPILED)
def test_compiled(body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "1")
    judge(body if "\n" in body else body.removeprefix("return "), {"x": a, "i": along})


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        ("np.take(x, [0, 6])", IndexError, "index 6 is out of bounds for axis 0"),
        ("np.choose([0, 2], [x[:2], x[2:4]])", ValueError, "invalid entry in choice array"),
        ("x[None][np.unravel_index([6], (2, 3))]", ValueError, "index is out of bounds for the array's size"),
        ("x[np.ravel_multi_index(([2], [0]), (2, 3))]", ValueError, "invalid entry in coordinates array"),
        ('np.take(x, [0], mode="ring")', InvalidRequest, "clipmode must be one of"),
        ("np.take_along_axis(x[None], [0], 1)", ShapeMismatch, "must have the same number of dimensions"),
        ("x[None, ::2].T.flat[None]", TypeMismatch, "not with new axes"),
        ("np.sum(x.flat)", TypeMismatch, "is a flatiter, not a number or array"),
    ],
)
def test_refusals(call: str, error: type[Exception], words: str) -> None:
    function = written(call, ("x",))
    with pytest.raises(error, match=words):
        differentiable(function)(x)


def test_fill() -> None:
    judge("y = x.copy()\ny[1:3].fill(x[0, 1])\ny.T[0] += 1\nreturn y", {"x": a})


def test_places_in_anything_but_a_vector_are_refused() -> None:
    for call in ("np.searchsorted(x, 0.5)", "np.digitize(x, x)"):
        with pytest.raises(ShapeMismatch, match="look into vectors"):
            differentiable(written(call, ("x",)))(a)
