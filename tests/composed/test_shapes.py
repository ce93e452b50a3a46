"""Functions that give arrays another shape, join, split and repeat them: against NumPy, by table."""

from __future__ import annotations

import numpy as np
import pytest

from autodiff_compiler import AliasedMutation, ShapeMismatch, UnsupportedSyntax, value_with_pullback
from tests.composed.judge import judge, written

R = np.random.default_rng(0)
v, w, six, a, b, c = (R.normal(size=shape) for shape in (4, 3, 6, (2, 3), (4, 3), (2, 5)))
t, col, square, tall, cube = (
    R.normal(size=shape) for shape in ((2, 3, 4), (3, 1), (3, 3), (5, 3), (3, 3, 3))
)
row = R.normal(size=(1, 3, 1))
f32, ints = a.astype(np.float32), np.arange(6).reshape(2, 3)

WRITTEN_THROUGH = """y = x * 1.0
f = np.flip(y, 0)
f[0] = 7.0
np.squeeze(np.expand_dims(y, 0))[1] = 3 * f[2]
np.swapaxes(y[:, None], 0, 1)[0, 2] = 5.0
return y"""

SHAPED: list[tuple[str, dict[str, object]]] = [
    *((f"np.rot90(x, {k})", {"x": a}) for k in range(-1, 4)),
    ("np.concatenate([x, y])", {"x": v, "y": w}),
    ("np.concatenate((x, y), axis=0)", {"x": a, "y": b}),
    ("np.concatenate((x, y), axis=-1)", {"x": a, "y": c}),
    ("np.concatenate((x, y), axis=None)", {"x": a, "y": c}),
    ("np.concatenate([x * k for k in range(3)])", {"x": v}),
    ("np.concatenate([x, [1, 2], y])", {"x": v, "y": w}),
    ("np.array([[1, 2, y], x])", {"x": np.arange(3.0), "y": 1.5}),
    ("np.copy([[x, 1], [2, 3]])", {"x": 1.5}),
    ("np.pad(x, ((1, 0), (0, 0)), 'linear_ramp')", {"x": np.array([[True, False, True]])}),
    ("np.pad(x, 2, 'linear_ramp', end_values=2)", {"x": np.array([0, 3], np.uint8)}),
    ("np.linspace(x, y, 3)", {"x": f32, "y": f32 > 0}),
    ("np.concatenate([x, y])", {"x": f32, "y": ints}),
    ("np.concatenate([x, y], dtype=np.float32)", {"x": v, "y": w}),
    ("out = np.zeros(7)\nnp.concatenate((x, y), out=out)\nreturn out * 2", {"x": v, "y": w}),
    ("l = []\nfor k in range(n):\n    l.append(x * k)\nreturn np.concatenate(l)", {"x": v, "n": 3}),
    ("l = []\nfor k in range(n):\n    l.append(x * k)\nreturn np.concatenate(l)", {"x": a, "n": 3}),
    ("l = []\nfor k in range(n):\n    l.append(x * k)\nreturn np.concatenate(l, axis=1)", {"x": a, "n": 3}),
    ("l = []\nfor k in range(n):\n    l.append(x * k)\nreturn np.stack(l, axis=-1)", {"x": a, "n": 3}),
    ("np.concatenate(x)", {"x": t}),
    ("np.concatenate(x, axis=1)", {"x": t}),
    ("np.stack([x, y])", {"x": v, "y": 2 * v}),
    ("np.stack((x, y), axis=1)", {"x": a, "y": 2 * a}),
    ("np.stack((x, y), axis=-1)", {"x": a, "y": 2 * a}),
    ("np.stack([x, y])", {"x": 1.5, "y": 2.5}),
    ("np.vstack([x, y])", {"x": w, "y": a}),
    ("np.vstack([x, y])", {"x": w, "y": 2 * w}),
    ("np.hstack([x, y])", {"x": w, "y": v}),
    ("np.hstack([x, y])", {"x": a, "y": c}),
    ("np.hstack([x, y, 1.0])", {"x": w, "y": 2.5}),
    ("np.dstack([x, y])", {"x": a, "y": 2 * a}),
    ("np.dstack([x, y])", {"x": v, "y": 2 * v}),
    ("np.column_stack([x, y])", {"x": w, "y": 2 * w}),
    ("np.column_stack([x, y])", {"x": w, "y": b.T.copy()}),
    ("np.block([[x, y], [y, x]])", {"x": a, "y": 2 * a}),
    ("np.block([x, y, 1.0])", {"x": v, "y": w}),
    ("np.block([[x, np.zeros((2, 2))], [np.ones((1, 3)), np.full((1, 2), y)]])", {"x": a, "y": 2.5}),
    ("np.append(x, y)", {"x": a, "y": v}),
    ("np.append(x, y, axis=1)", {"x": a, "y": c}),
    ("np.append(x, y)", {"x": v, "y": 2.5}),
    ("np.flip(x)", {"x": a}),
    ("np.flip(x, 1)", {"x": a}),
    ("np.flip(x, (0, 2))", {"x": t}),
    ("np.fliplr(x)", {"x": a}),
    ("np.flipud(x)", {"x": a}),
    ("np.rot90(x, 1, (1, 2))", {"x": t}),
    ("np.rollaxis(x, 2)", {"x": t}),
    ("np.rollaxis(x, 0, 2)", {"x": t}),
    ("np.rollaxis(x, -1, 1)", {"x": t}),
    ("x.mT * 1", {"x": t}),
    ("np.matrix_transpose(x)", {"x": t}),
    ("np.permute_dims(x, (2, 0, 1))", {"x": t}),
    ("np.atleast_1d(x)", {"x": 2.0}),
    ("np.atleast_1d(x, y)", {"x": 2.0, "y": v}),
    ("np.atleast_2d(x)", {"x": v}),
    ("np.atleast_3d(x)", {"x": v}),
    ("np.atleast_3d(x)", {"x": a}),
    ('np.reshape(x, (3, 2), order="F")', {"x": a}),
    ('x.reshape(2, 2, order="F")', {"x": v}),
    ('x.ravel(order="F")', {"x": a}),
    ('x.flatten("F")', {"x": a}),
    ("np.ravel(x)", {"x": a}),
    ("np.expand_dims(x, (0, 2))", {"x": v}),
    ("np.expand_dims(x, 0)", {"x": 2.0}),
    ("np.squeeze(x)", {"x": col}),
    ("x.squeeze(axis=1)", {"x": col}),
    ("x.squeeze((0, 2))", {"x": row}),
    ("np.squeeze(x)", {"x": np.ones((1, 1))}),
    ("np.broadcast_to(x, (2, 4))", {"x": v}),
    ("np.broadcast_to(x, (5, 3, 2))", {"x": col}),
    ("np.broadcast_to(x, (2, 3))", {"x": 2.0}),
    ("np.broadcast_arrays(x, y)", {"x": col, "y": v}),
    ("x * np.zeros(np.broadcast_shapes(x.shape, y.shape))", {"x": col, "y": v}),
    ("np.ascontiguousarray(x.T) * 1", {"x": a}),
    ("np.asfortranarray(x) * 2", {"x": a}),
    (WRITTEN_THROUGH, {"x": v}),
]

REPEATED: list[tuple[str, dict[str, object]]] = [
    ("np.split(x, 3)", {"x": six}),
    ("np.split(x, [1, 2], axis=1)", {"x": a}),
    ("np.split(x, (2, 4))", {"x": six}),
    ("np.array_split(x, 4)", {"x": six}),
    ("np.hsplit(x, 3)", {"x": a}),
    ("np.vsplit(x, 2)", {"x": a}),
    ("np.dsplit(x, 2)", {"x": t}),
    ("np.hsplit(x, 2)", {"x": v}),
    ("y = x * 1.0\np, q = np.split(y, 2)\np[0] = 5 * q[1]\nreturn y", {"x": six}),
    ("sum((p[0] * 2 for p in np.split(x, 3)))", {"x": six}),
    ("np.tile(x, 3)", {"x": v}),
    ("np.tile(x, (2, 3))", {"x": a}),
    ("np.tile(x, (2, 1, 3))", {"x": v}),
    ("np.tile(x, 2)", {"x": a}),
    ("np.tile(x, (n, 1))", {"x": a, "n": 3}),
    ("np.tile(x, 3)", {"x": 2.0}),
    ("np.tile(x, (1, 1))", {"x": a}),
    ("np.repeat(x, 3)", {"x": v}),
    ("x.repeat(2, axis=1)", {"x": a}),
    ("np.repeat(x, 2, axis=0)", {"x": a}),
    ("np.repeat(x, 2)", {"x": a}),
    ("np.repeat(x, n, axis=0)", {"x": tall, "n": np.array([1, 0, 3, 2, 1])}),
    ("np.repeat(x, [1, 2, 0], axis=1)", {"x": a}),
    ("np.repeat(x, 4)", {"x": 2.0}),
    ("np.roll(x, 2)", {"x": six}),
    ("np.roll(x, -1)", {"x": six}),
    ("np.roll(x, 1)", {"x": a}),
    ("np.roll(x, 1, axis=1)", {"x": a}),
    ("np.roll(x, (1, 2), axis=(0, 1))", {"x": a}),
    ("np.roll(x, 1, axis=(0, 1))", {"x": a}),
    ("np.roll(x, n, 0)", {"x": six, "n": -8}),
    ("np.resize(x, (3, 4))", {"x": a}),
    ("np.resize(x, 3)", {"x": a}),
    ("np.diagonal(x)", {"x": a}),
    ("x.diagonal(1)", {"x": a}),
    ("x.diagonal(-1)", {"x": tall}),
    ("x.diagonal(9)", {"x": tall}),
    ("x.T.diagonal(1)", {"x": tall}),
    ("np.diagonal(x, 1, 1, 2)", {"x": t}),
    ("np.diagonal(x)", {"x": t}),
    ("np.diagonal(x, -1, 2, 0)", {"x": t}),
    ("np.trace(x)", {"x": square}),
    ("x.trace(1)", {"x": a}),
    ("np.trace(x, 0, 1, 2)", {"x": t}),
    ("np.trace(x)", {"x": ints}),
    ("np.trace(x)", {"x": square.astype(np.float32)}),
    ("np.diag(x)", {"x": v}),
    ("np.diag(x, 2)", {"x": v}),
    ("np.diag(x, -1)", {"x": v}),
    ("np.diag(x.T)", {"x": a}),
    ("np.diag(np.exp(x.T), 1) * 2", {"x": a}),
    ("np.diag(x)", {"x": square}),
    ("np.diag(x, 1)", {"x": square}),
    ("np.diag([x, y, 1.0])", {"x": 2.0, "y": 3.0}),
    ("np.diagflat(x, 1)", {"x": a}),
    ("y = x * 1.0\nnp.fill_diagonal(y, val)\nreturn y * 2", {"x": square, "val": 2.5}),
    ("y = x * 1.0\nnp.fill_diagonal(y, val)\nreturn y * 2", {"x": tall, "val": 2.5}),
    ("y = x * 1.0\nnp.fill_diagonal(y, val)\nreturn y * 2", {"x": square, "val": w}),
    ("y = x * 1.0\nnp.fill_diagonal(y, val)\nreturn y * 2", {"x": cube, "val": 1.5}),
    ("y = x * 1.0\nnp.fill_diagonal(y, val, wrap=True)\nreturn y * 2", {"x": tall, "val": w}),
    ("y = x * 1.0\nnp.fill_diagonal(y, val, wrap=True)\nreturn y * 2", {"x": square, "val": 2.5}),
    ("np.linalg.matrix_transpose(x)", {"x": cube}),
    ("np.tril(x)", {"x": square}),
    ("np.triu(x, 1)", {"x": square}),
    ("np.tril(x, -1)", {"x": t}),
    ("np.triu(x)", {"x": v}),
    ("np.tril(x)", {"x": ints}),
    ("np.tril(x)", {"x": square.astype(np.float32)}),
    ("np.tril(x > 0) * x", {"x": square}),
    ("np.tri(n, 3, 1)", {"n": 4}),
    ("np.tri(n, dtype=int)", {"n": 4}),
    ("np.eye(n)", {"n": 4}),
    ("np.eye(n, 3, -1, dtype=np.float32)", {"n": 4}),
    ("np.identity(n)", {"n": 3}),
    ("x + 2 * np.eye(3)", {"x": square}),
    ("np.vander(x)", {"x": v}),
    ("np.vander(x, 3, increasing=True)", {"x": v}),
]

IN_FLOAT32: list[tuple[str, dict[str, object]]] = [
    ("np.concatenate([x[::2], y])", {"x": v.astype(np.float32), "y": f32[0]}),
    ("np.stack([x[:, ::2], y[:, ::2]], axis=1)", {"x": f32, "y": f32}),
    ("np.tile(x[::-1, ::2], (2, 2))", {"x": f32}),
    ("np.roll(x.T, 1, axis=0)", {"x": f32}),
    ("np.diag(x[0, ::2], 1)", {"x": f32}),
    ("np.triu(x.T)", {"x": f32}),
    ("np.repeat(x.T, 2, axis=1)", {"x": f32}),
    ("np.diagonal(x[:, ::-1])", {"x": f32}),
]

EMPTY: list[tuple[str, dict[str, object]]] = [
    ("np.concatenate([x, y])", {"x": np.zeros(0), "y": v}),
    ("np.roll(x, 3)", {"x": np.zeros(0)}),
    ("np.tile(x, 0)", {"x": v}),
    ("np.repeat(x, 0)", {"x": v}),
    ("np.split(x, [0, 9])", {"x": v}),
    ("np.diag(x)", {"x": np.zeros((0, 3))}),
    ("np.resize(x, (2, 2))", {"x": np.zeros(0)}),
    ("np.vstack([x, y])", {"x": np.zeros((0, 3)), "y": a}),
]


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")


@pytest.mark.parametrize(("call", "arguments"), [*SHAPED, *REPEATED, *IN_FLOAT32, *EMPTY])
def test_call(call: str, arguments: dict[str, object]) -> None:
    floats = any(np.asarray(value).dtype.kind == "f" for value in arguments.values())
    judge(call, arguments, derivative=floats)


REFUSED: list[tuple[str, type[Exception], str]] = [
    ("np.concatenate([x, x[:, :2]])", ValueError, "must match exactly"),
    ("np.concatenate([x, x[0]])", ShapeMismatch, "dimensions must match"),
    ("np.concatenate([1.0, 2.0])", ShapeMismatch, "zero-dimensional"),
    ("np.stack([x, x.T])", ValueError, "must match exactly"),
    ("np.split(x, 2, axis=1)", ValueError, "equal division"),
    ("np.flip(x, 2)", ShapeMismatch, "out of bounds"),
    ("np.squeeze(x, 0)", ShapeMismatch, "not one"),
    ("np.broadcast_to(x, (2, 2))", ShapeMismatch, "cannot broadcast `x`"),
    ('np.reshape(x, 6, order="A") + x.T.ravel(order="K")', UnsupportedSyntax, "order"),
    ("y = x * 1.0\nb = np.broadcast_to(y, (4, 2, 3))\nb[0] = 1.0\nreturn b", AliasedMutation, "only be read"),
    ("y = x * 1.0\nb = np.diag(y.T)\ny[0, 0] = 1.0\nreturn b", AliasedMutation, "`y` is changed here"),
    ("y = x * 1.0\nb = y.T.ravel()\ny[0, 0] = 1.0\nreturn b", AliasedMutation, "`y` is changed here"),
]


@pytest.mark.parametrize(("call", "error", "words"), REFUSED)
def test_refusal(call: str, error: type[Exception], words: str) -> None:
    with pytest.raises(error) as caught:
        value_with_pullback(at=(a,), of=written(call, ("x",)))
    assert words in str(caught.value)


def test_copies_made_anew_in_each_iteration_may_be_of_what_changes() -> None:
    judge(
        "y = x * 1.0\ntotal = 0.0\nfor k in range(3):\n    b = np.broadcast_to(y, (2, 4))\n"
        "    total += np.sum(b * b)\n    y[k] = 0.1 * total\nreturn total",
        {"x": v},
    )
