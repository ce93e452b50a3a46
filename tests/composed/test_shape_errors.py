"""Shapes that do not fit: which line, which arrays, which shapes; in calls of NumPy and of the user's own."""

from __future__ import annotations

import linecache
from dataclasses import dataclass

import numpy as np
import pytest
import scipy.linalg
import scipy.special

from autodiff_compiler import DifferentiationError, differentiable, gradient

x, y, v, w, A = np.ones((3, 4)), np.ones((3, 4)), np.ones(5), np.ones(4), np.eye(4) + 1.0
i, j, mask = np.array([2, 0, 1, 1]), np.array([1, 4, 0]), np.array([True, False, True, False, True])
T = np.ones((2, 3, 4))
X, V, W = "`x` has the shape (3, 4)", "`v` has the shape (5,)", "`w` has the shape (4,)"


@pytest.fixture(autouse=True)
def _uncompiled(monkeypatch, request):
    if "compiled" not in request.node.name:
        monkeypatch.setenv("AUTODIFF_JIT", "0")


def written(line: str):
    """A function of the arrays above that the line reads, whose text can be read again."""
    names = [name for name in ("x", "y", "v", "w", "A", "i", "j", "mask", "T") if name in names_in(line)]
    body = line.replace("; ", "\n    ") if "return" in line else f"return {line}"
    text = f"def row({', '.join(names)}):\n    {body}\n"
    filename = f"<shapes {len(linecache.cache)}>"
    linecache.cache[filename] = len(text), None, text.splitlines(keepends=True), filename
    scope = {"np": np, "scipy": scipy, "__name__": "rows"}
    exec(compile(text, filename, "exec"), scope)
    return scope["row"], [globals()[name] for name in names], filename


def names_in(line: str) -> set[str]:
    return set(compile(line.split("; ")[0].replace("return ", ""), "", "exec").co_names) | set(
        compile(f"def f():\n    {line.replace('; ', chr(10) + '    ')}\n", "", "exec").co_consts[0].co_names
    )


OPERATORS = {
    "x + v": ("`x` of shape (3, 4)", "`v` of shape (5,)"),
    "2.0 * x - v[1:4]": ("`2.0 * x` of shape (3, 4)", "`v[1:4]` of shape (3,)"),
    "x @ v": ("`x` of shape (3, 4)", "`v` of shape (5,)"),
    "x.T.dot(w)": ("`x.T` of shape (4, 3)", "`w` of shape (4,)"),
    "np.dot(A + A, v * 2.0)": ("`A + A` of shape (4, 4)", "`v * 2.0` of shape (5,)"),
    "np.maximum(x, v)": ("`x` of shape (3, 4)", "`v` of shape (5,)"),
    "np.where(x > 0, x, v)": ("`x > 0` of shape (3, 4)", "`v` of shape (5,)"),
    "v < w": ("`v` of shape (5,)", "`w` of shape (4,)"),
    "np.tile(x, 2) + x": ("`np.tile(x, 2)` of shape (3, 8)", "`x` of shape (3, 4)"),
    "np.reshape(x, (5, 5))": ("`x` of shape (3, 4)", "(5, 5)"),
    "np.broadcast_to(x, (2, 2))": ("`x` of shape (3, 4)", "(2, 2)"),
    "np.max(v[5:])": ("`v[5:]` of shape (0,)",),
    "np.array([v, w])": ("`v` and `w`", "5 and 4"),
    "np.squeeze(x, axis=0)": ("axis 0 out of `x`", "3"),
    "np.sum(x, axis=2)": ("`x` has 2 axes",),
    "np.transpose(x, (0, 2))": ("`x` has 2 axes",),
    "x[mask]": ("length 5 along axis 0 of `x`, whose length is 3", "`mask`"),
    "v[i, j]": ("2 indices for `v`",),
    "x[i, i[1:]]": ("`i` of shape (4,)", "`i[1:]` of shape (3,)"),
    "x[i, j]": ("index 4", "axis 1 of `x`, whose length is 4", "`j`"),
    "a = x.copy(); a[1] = v; return a": ("`v` of shape (5,)", "`a[1]` of shape (4,)"),
    "a = x.copy(); a[:, 1:] += v; return a": ("`v` of shape (5,)", "`a[:, 1:]` of shape (3, 3)"),
    "a = x.copy(); a *= v; return a": ("`a`", "`v` of shape (5,)"),
    "a = x.copy(); a[x > 2.0] = v; return a": ("`v` of shape (5,)", "(0,)"),
}
CALLS = {
    "np.clip(x, v, 1.0)": (X, V),
    "np.inner(x, v)": (X, V),
    "np.vdot(x, v)": (X, V),
    "np.tensordot(x, v, 1)": (X, V),
    "np.einsum('ij,j->i', x, v)": (X, V),
    "np.cross(v, v)": (V,),
    "np.trapezoid(x, v)" if hasattr(np, "trapezoid") else "np.trapz(x, v)": (X, V),
    "np.interp(v, v, x[0])": (V, "`x[0]` has the shape (4,)"),
    "np.gradient(v, w)": (V, W),
    "np.diff(x, prepend=v)": ("`x` has 2 axes", "`v` has 1 axis"),
    "np.convolve(x, v)": ("`x` has 2 axes", "`v` has 1 axis"),
    "np.polyval(x, v)": (X, V),
    "np.polyfit(v, w, 1)": (V, W),
    "np.average(v, weights=w)": (V, W),
    "np.average(x, axis=0, weights=v)": (X, V),
    "np.cov(v, w)": (V, W),
    "np.histogram(v, weights=w)": (V, W),
    "np.bincount(i, weights=v)": ("`i` has the shape (4,)", V),
    "np.linalg.solve(A, v)": ("`A` has the shape (4, 4)", V),
    "np.linalg.inv(x)": (X,),
    "np.linalg.cholesky(x - 1.0)": ("`x - 1.0` has the shape (3, 4)",),
    "np.linalg.multi_dot([x, y])": (X, "`y` has the shape (3, 4)"),
    "np.linalg.lstsq(A, v)": ("`A` has the shape (4, 4)", V),
    "scipy.linalg.solve_triangular(A, v)": ("`A` has the shape (4, 4)", V),
    "scipy.linalg.lu_solve(scipy.linalg.lu_factor(A), v)": ("`scipy.linalg.lu_factor(A)` has", V),
    "scipy.special.logsumexp(x, b=v)": (X, V),
    "np.fft.fft(v, axis=1)": ("`v` has 1 axis",),
    "np.concatenate([x, A], axis=1)": (X, "`A` has the shape (4, 4)"),
    "np.concatenate([x, v])": ("`x` has 2 axes", "`v` has 1 axis"),
    "np.vstack([2.0 * x, v[:2]])": ("`2.0 * x` has the shape (3, 4)", "`v[:2]` has the shape (2,)"),
    "np.stack([v, w])": (V, W),
    "np.split(v, 2)": (V,),
    "np.insert(x, 1, v, axis=0)": (X, V),
    "np.roll(x, 1, axis=3)": ("`x` has 2 axes",),
    "np.take_along_axis(x, x.astype(int)[:2, :2], 0)": (X, "`x.astype(int)[:2, :2]` has the shape (2, 2)"),
    "np.take(x, 9, axis=1)": ("`x` has 2 axes", "index 9"),
    "np.select([v > 0], [x])": ("`v > 0` has the shape (5,)", X),
    "np.choose(i, [v, w])": (V, W),
    "np.piecewise(v, [w > 0], [1.0])": (V, "`w > 0` has the shape (4,)"),
    "np.partition(v, 9)": (V,),
    "np.putmask(v, w > 0, w); return v": (V, W),
    "np.add.at(v, i, w[1:]); return v": ("`w[1:]` of shape (3,)", "(4,)"),
    "np.percentile(x, 30, axis=3)": ("`x` has 2 axes",),
    "np.apply_along_axis(np.sum, 2, x)": ("`x` has 2 axes",),
    "T.trace(axis1=0, axis2=5)": ("`T` has 3 axes",),
}


def said(error: BaseException) -> str:
    return "\n".join([str(error), *getattr(error, "__notes__", [])])


@pytest.mark.parametrize("line", OPERATORS | CALLS)
def test_line_names_and_shapes(line):
    function, given, filename = written(line)
    with np.errstate(all="ignore"), pytest.raises(Exception) as expected:
        function(*(item.copy() for item in given))
    with pytest.raises(Exception) as caught:
        differentiable(function)(*(item.copy() for item in given))
    text = said(caught.value)
    assert isinstance(caught.value, type(expected.value)) or (
        isinstance(caught.value, DifferentiationError) and isinstance(caught.value, (ValueError, TypeError))
    )
    assert filename in text
    assert "^" in text
    for words in (OPERATORS | CALLS)[line]:
        assert words in text


@pytest.mark.parametrize("line", ["np.sum(x, axis=2)", "np.roll(x, 1, axis=3)", "np.fft.fft(v, axis=1)"])
def test_axes_raise_what_numpy_raises(line):
    function, given, _ = written(line)
    with pytest.raises(np.exceptions.AxisError, match="axis"):
        differentiable(function)(*given)


@dataclass
class Layer:
    weights: np.ndarray
    bias: np.ndarray

    def apply(self, x):
        return np.tanh(x @ self.weights + self.bias)  # <- here


def in_a_method(layer, x):
    return np.sum(layer.apply(x))


def in_fields(layer, x):
    return np.sum(np.inner(layer.weights, layer.bias)) + x[0, 0]  # <- here


def in_a_dict(d, x):
    return np.sum(d["w"] * x)  # <- here


def in_a_loop(rows, x):
    total = 0.0
    for row in rows:
        total += np.inner(row, x[0, 1:])  # <- here
    return total


def helper(left, right):
    return np.vstack([left, right])  # <- here


def in_a_callee(v, x):
    return np.sum(helper(x, 2.0 * v))


def over_lines(v, x):
    return np.sum(
        np.clip(  # <- here
            x * 2.0,
            v,
            3.0,
        )
    )


def called_again(v, x):
    first = np.interp(v, v, v)
    second = np.interp(v, v, x[0])  # <- here
    return np.sum(first) + np.sum(second)


PLACES = {
    in_a_method: (
        Layer(A, v),
        ("`x @ self.weights` of shape (3, 4)", "`self.bias` of shape (5,)", "called from"),
    ),
    in_fields: (Layer(A, v), ("`layer.weights` has the shape (4, 4)", "`layer.bias` has the shape (5,)")),
    in_a_dict: ({"w": v}, ('`d["w"]` of shape (5,)', "`x` of shape (3, 4)")),
    in_a_loop: (x, ("`row` has the shape (4,)", "`x[0, 1:]` has the shape (3,)")),
    in_a_callee: (v, ("`left` has the shape (3, 4)", "`right` has the shape (5,)", "helper(x, 2.0 * v)")),
    over_lines: (v, ("np.clip: cannot combine", "`x * 2.0` has the shape (3, 4)", V)),
    called_again: (v, (V, "`x[0]` has the shape (4,)")),
}


@pytest.mark.parametrize("function", PLACES, ids=lambda function: function.__name__)
def test_places(function):
    given, words = PLACES[function]
    with pytest.raises(ValueError) as caught:
        gradient(of=function, wrt="x")(given, x)
    text = said(caught.value)
    assert "# <- here" in text
    for part in words:
        assert part in text


@pytest.mark.parametrize("function", [in_a_loop, called_again], ids=lambda function: function.__name__)
def test_places_compiled(function):
    given, words = PLACES[function]
    with pytest.raises(ValueError) as caught:
        differentiable(function)(given, x)
    for part in ("# <- here", *words):
        assert part in said(caught.value)
