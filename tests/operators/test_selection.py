"""Indexing with arrays and masks: values against NumPy, gradients against differences."""

from __future__ import annotations

import itertools
import linecache
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from autodiff_compiler import check_derivative, differentiable
from autodiff_compiler.errors import DifferentiationError, IndexOutOfBounds, TypeMismatch

_numbers = itertools.count()
R = np.random.default_rng(3)
V, A, T = R.standard_normal(6), R.standard_normal((4, 5)), R.standard_normal((3, 4, 5))
GIVEN: Mapping[str, Any] = {
    "x": V, "a": A, "t": T,
    "f": np.asfortranarray(T), "s": R.standard_normal((6, 8))[::2, ::-2],
    "x32": V.astype(np.float32), "e": np.empty((0, 3)), "one": np.ones((1, 3)),
    "i": np.array([2, 0, -1, 2]), "j": np.array([1, 1, -2, 0]), "p": np.array([[0, 1], [-1, 0]]),
    "col": np.array([[0], [2]]), "i32": np.array([3, 0, 3], np.int32),
    "u8": np.array([1, 0, 2, 2], np.uint8), "i8": np.array([-1, 1], np.int8),
    "u64": np.array([2, 1], np.uint64), "none": np.array([], np.int64),
    "sub": np.arange(6)[::-2], "k": 1, "m": V > 0, "ma": A > 0, "mt": T > 0,
    "mr": np.array([True, False, True, True]),
    "mc": np.array([True, False, False, True, True]), "m3": np.array([False, True, True]),
    "no": np.zeros(4, bool), "mat": T[0] > 0.2, "v": R.standard_normal(4), "w": R.standard_normal(5),
    "c": 2.5, "lots": R.integers(-6, 6, 40), "mlay": np.asfortranarray(A > 0),
}  # fmt: skip


def made(body: str, names: list[str]) -> Callable[..., Any]:
    """A function of these parameters, its source where the compiler finds it."""
    name = f"<selection {next(_numbers)}>"
    text = f"def f({', '.join(names)}):\n" + "".join(f"    {line}\n" for line in body.split("; "))
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    space: dict[str, Any] = {"np": np}
    exec(compile(text, name, "exec"), space)
    found: Callable[..., Any] = space["f"]
    return found


def judge(body: str) -> None:
    """The statements, of which the last is returned, over the values of GIVEN that they name."""
    *before, last = body.split("; ")
    code = "; ".join([*before, f"return {last}"])
    words = set(compile(body, "", "exec").co_names)
    names = [name for name in GIVEN if name in words]
    function = made(code, names)
    given = [GIVEN[name] for name in names]
    copies = [np.array(item, order="K") if isinstance(item, np.ndarray) else item for item in given]
    expected, found = function(*copies), differentiable(function)(*given)
    assert np.shape(found) == np.shape(expected)
    assert np.asarray(found).dtype == np.asarray(expected).dtype
    np.testing.assert_allclose(
        found, expected, rtol=1e-6 if np.asarray(expected).dtype == np.float32 else 1e-13
    )
    check_derivative(function, *given, directions=1)


READING = """
x[i]
x[p]
x[i32]
x[u8]
x[i8]
x[u64]
x[sub]
x[none]
x[[0, -1, 0]]
x[[[1, 2], [0, 0]]]
x[(1, 2),]
x[lots] * x[lots]
x32[i]
a[i]
a[p]
a[i, j]
a[i, 1]
a[1, i]
a[k, i]
a[:, i]
a[1:, i]
a[..., i]
a[i, ...]
a[i, 1:3]
a[::-1, p]
a[col, j]
a[i][:, j]
a[None, i]
a[i, None]
a[:, None, i]
a[[0, 1], [2, 3]]
a[(0, 1), 2]
t[i[:2], j[:2]]
t[i[:2], :, j[:2]]
t[:, i, j]
t[:, i, j[:, None]]
t[0, :, i]
t[0, i]
t[i8, 0]
t[:, 0, i]
t[i8, ..., 2]
t[..., i, 1:]
t[1, ..., p]
t[p, :, None, p]
t[None, i8, ..., i8]
t[:, :, i][..., 0]
f[i8, :, j[:2]]
f[:, i]
s[i8, 1:]
s[:, i]
e[none]
e[:, i8]
one[[0, 0, 0]]
one[:, i8]
a.T[i]
a[1:][i8]
a[i8].T[j]
x[x > 0]
x[m]
x[~m]
x[m & (x < 1)]
x32[x32 > 0]
a[ma]
a[a > 0.3]
a[mlay]
a.T[ma.T]
a[mr]
a[no]
a[mr, 1]
a[mr, :]
a[:, mc]
a[mr][:, mc]
a[mr, [0, 2, 4]]
a[[1], mc]
a[mr, 1:3]
t[mt]
t[m3]
t[:, ma]
t[:, mat]
t[0, mat]
t[0][ma]
t[:, mr]
t[..., mc]
f[mt]
f[:, ma]
f[mat[None] & mt]
s[s > 0]
np.sum(x[x > 0])
np.sum(np.log(x[x > 0]))
np.sum(x[i] * v)
np.sum(a[ma] ** 2)
q = (i, j); a[q]
q = (slice(1, 3), i); a[q]
q = (0, Ellipsis, i); t[q]
q = (None, i); x[q]
q = np.s_[1:3, i]; a[q]
q = np.s_[k:]; x[q] * a[np.index_exp[k:, 0]][0]
b = slice(k, None); x[b]
b = slice(None); a[b, i]
q = [0, 2]; a[q]
q = []; x[q]
q = []; q.append(2); q.append(0); x[q]
x[np.array([0, 1])]
x[np.nonzero(x > 0)]
a[np.nonzero(a)]
a[np.where(a > 0)]
t[np.nonzero(ma.T)[0][:2]]
x[np.flatnonzero(x > 0)]
a.ravel()[np.flatnonzero(ma)]
x[np.argwhere(x > 0)]
a[np.argwhere(ma)[:, 0], np.argwhere(ma)[:, 1]]
r, q = np.nonzero(ma); a[r, q] * a[r, 0]
""".strip().splitlines()


WRITING = """
y = x.copy(); y[i] = v; y
y = x.copy(); y[i] = 2.0; y
y = x.copy(); y[i] = c; y * x
y = x * 1; y[i] = x[i] * 2; y
y = x * 1; y[i] += v; y
y = x * 1; y[i] -= v * y[i]; y
y = x * 1; y[i] *= v; y
y = x * 1; y[i] **= 2; y
y = x * 1; y[i] = y[i[::-1]]; y
y = x * 1; y[none] = 1.0; y
y = x * 1; y[p] = 1.0; y
y = x * 1; y[p] = v[:2]; y
y = x * 1; y[i] = [1.0, 2.0, c, c]; y
y = x32 * 1; y[i] = v; y
y = a * 1; y[i] = w; y
y = a * 1; y[i] = a[::-1]; y
y = a * 1; y[:, i] = v; y
y = a * 1; y[:, i] = v[:, None]; y
y = a * 1; y[i, j] = v; y
y = a * 1; y[i, j] += v; y
y = a * 1; y[i, 1:3] = v[:, None]; y
y = a * 1; y[::-1, i] = v; y
y = a * 1; y.T[i] = v; y
y = a * 1; y[1:][i8] = w; y
y = a * 1; z = y[1:]; z[i8] = w; y
y = a * 1; z = y.T; z[j] *= 2.0; y + z.T
y = a * 1; y[[0, 1], [2, 3]] = 7.0; y
y = t * 1; y[p, :, p] = a[:2, 0, None]; y
y = t * 1; y[:2, p, p] = v[:2]; y
y = t * 1; y[p, :, p] = t[:2, :2, :4] ; y
y = t * 1; y[0, :, i] = a[:, :4]; y
y = t * 1; y[:, i, 1] = v; y
y = t * 1; y[i8, ..., k] += v; y
y = t * 1; q = (i8, slice(None), 1); y[q] = v; y
y = t * 1; y.reshape(12, 5)[i] = w; y
y = x * 1; y[y > 0] = 0.0; y
y = x * 1; y[m] = c; y
y = x * 1; y[m] += c; y
y = x * 1; y[m] *= x[m]; y
y = x * 1; y[m] = x[~m][0]; y
y = x * 1; y[m] = x[m] ** 2; y
y = x * 1; y[~m] = -y[~m]; y
y = a * 1; y[ma] = 0.0; y
y = a * 1; y[ma] = a[ma] * 2; y
y = a * 1; y[ma] += a.T[ma.T][0]; y
y = a * 1; y.T[ma.T] = np.sum(a); y
y = a * 1; y[mr] = w; y
y = a * 1; y[mr] = c; y
y = a * 1; y[:, mc] = c * c; y
y = a * 1; y[:, mc] = v[:, None]; y
y = a * 1; y[mr, 1] = v[:3]; y
y = a * 1; y[mr, 1:3] = 5.0; y
y = a * 1; y[1:][mr[1:]] = c; y
y = t * 1; y[:, ma] = 1.5; y
y = t * 1; y[:, ma] = v[0:1]; y
y = t * 1; y[m3] = a; y
y = t * 1; y[0, mat] = c; y
y = t * 1; y[..., mc] = c; y
y = t * 1; y[mt] = t[mt][::-1]; y
y = np.zeros(6); y[i] = v; y
y = np.zeros((4, 5)); y[i] = a; y
y = np.zeros(6); y[i] += v; y
y = np.zeros(6); np.add.at(y, i, v); y
y = np.zeros(6); np.add.at(y, lots, 1.0); y * x
y = np.zeros(6); np.add.at(y, lots, x[lots] ** 2); y
y = x * 1; np.subtract.at(y, i, v); y
y = x * 1; np.add.at(y, i, y[i]); y
y = x * 1; np.add.at(y, m, c); y
y = x * 1; np.add.at(y, slice(1, 3), c); y
y = x * 1; np.add.at(y, 2, c); y
y = a * 1; np.add.at(y, i, w); y
y = a * 1; np.add.at(y, (i, j), v); y
y = a * 1; np.add.at(y, (slice(None), i), v); y
y = a * 1; np.subtract.at(y, (i, slice(1, 3)), v[:, None]); y
y = np.zeros((6, 6)); np.add.at(y, (i, i), v); y
y = np.zeros((6, 6)); np.add.at(y, (i[:, None], i), v[:, None] * v); y
z = np.array([0, 1, 2, 3, 4, 5]); z[i] = [5, 4, 3, 2]; x[z]
z = np.array([0, 1, 2, 3]); z[z > 1] = 0; x[z]
z = np.array([1, 2, 0]); z[z] = z; x[z]
""".strip().splitlines()


@pytest.fixture(params=["0"])
def plain(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Numba: the generated code runs as plain Python."""
    monkeypatch.setenv("AUTODIFF_JIT", request.param)


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize("body", READING)
def test_reading(body: str) -> None:
    judge(body)


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize("body", WRITING)
def test_writing(body: str) -> None:
    judge(body)


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize(
    ("body", "given", "words"),
    [
        ("return x[i]", [0, 2], "index 2 is out of bounds for axis 0 of `x`, whose length is 2"),
        ("return x[i]", [-3, 0], "index -3 is out of bounds for axis 0 of `x`, whose length is 2"),
        ("return x[None][:, i]", [5], "index 5 is out of bounds for axis 1"),
        ("return x[i > 0]", [1, 2, 3], "a mask of length 3 along axis 0 of `x`, whose length is 2"),
    ],
)
def test_indices_out_of_range_are_errors_at_the_line(body: str, given: Any, words: str) -> None:
    function = made(body, ["x", "i"])
    with pytest.raises(IndexOutOfBounds, match=words) as caught:
        differentiable(function)(np.array([1.0, 2.0]), np.array(given))
    assert caught.value.lineno == 2
    with pytest.raises(IndexError):
        function(np.array([1.0, 2.0]), np.array(given))


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize(
    ("body", "error", "words"),
    [
        ("return x[i * 1.0]", TypeMismatch, "indexing with a 1-D float64 array, where integers"),
        ("return x[i, i]", IndexOutOfBounds, "2 indices for `x`, which is a 1-D float64 array"),
        ("return x[True]", DifferentiationError, "a boolean index is not supported"),
    ],
)
def test_what_no_index_can_be(body: str, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        differentiable(made(body, ["x", "i"]))(V, np.array([0, 1]))


COMPILED = [
    "y = x * 1; y[u8] = v; np.add.at(y, u64, x[i8]); y[i32] *= 2.0; y",
    "x[u8]; x[lots] * x[i32[0]]",
    "t[:, i, j[:, None]] + a[mr][0, 0]",
    "f[:, ma] * s[s > 0][0]",
]


@pytest.mark.parametrize("body", COMPILED)
def test_compiled(body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "1")
    judge(body)
