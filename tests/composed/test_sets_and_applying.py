"""Arrays as sets, functions applied to parts of arrays, open and dense grids, changes in place by ufuncs."""

from __future__ import annotations

import numpy as np
import pytest

from autodiff_compiler import differentiable
from autodiff_compiler.errors import UnsupportedSyntax
from tests.composed.judge import judge, written

r = np.random.default_rng(11)
v, w, x, t = (r.standard_normal(shape) for shape in (5, 5, (3, 4), (2, 3, 4)))
i, b = np.array([1, 4, 0, 2, 2]), r.standard_normal((2, 3, 3))
whole = r.integers(-3, 4, (3, 4))
given = {"v": v, "w": w, "x": x, "t": t, "i": i, "b": b, "whole": whole}

SETS = [
    "np.unique(v[i])", "np.unique([0.5, v[0], 0.5])",
    "np.unique(v[i], return_index=True, return_inverse=True, return_counts=True)",
    "np.unique(x[[0, 1, 0, 2]], axis=0, return_inverse=True)", "np.unique(t[:, [2, 0, 2]], axis=-2)",
    "np.unique(x[:0])", "np.unique(v[i].astype(np.float32))",
    "np.unique_all(v[i])", "np.unique_inverse(v[i]).values",
    "np.union1d(v, w[:2])", "np.intersect1d(v, v[i], return_indices=True)", "np.setdiff1d(v, v[:2])",
    "np.setdiff1d(v[i], v[:2], assume_unique=True)", "np.setxor1d(v, v[:2])", "np.sort_complex(v).real",
]  # fmt: skip
APPLIED = [
    "np.apply_along_axis(lambda row: row * row[0], 1, x)", "np.apply_along_axis(np.sum, 0, x)",
    "np.apply_along_axis(np.outer, 1, t, v[:2])", "np.apply_along_axis(np.diff, -1, t, n=2)",
    "np.apply_along_axis(np.max, 0, v)", "np.apply_over_axes(np.sum, t, (0, -1))",
    "np.fromiter((e * e for e in v), dtype=float)", 'np.require(t[0].T, None, ["C"]) * 2',
]  # fmt: skip
GRIDS = [
    "np.mgrid[0:v[0]:3j, 0:2] * v[1]",
]  # fmt: skip
CONSTANTS = [
    "np.unique(whole, return_counts=True)", "np.unique(x > 0)", "np.unique_counts(whole)",
    "np.mask_indices(3, np.tril, 1)", "np.row_stack([v, w])", "np.mgrid[0:3, 0:4]", "np.mgrid[0:1:5j]",
    "np.mgrid[-1:1:3j, 0:2:0.5]", "np.ogrid[0:3, 0:1:3j]", "np.ogrid[2:8:2]",
    "np.logical_or.reduce(x > 0, axis=0, where=x > -1, keepdims=True)",
]  # fmt: skip
IN_PLACE = [
    "np.power.at(a, i, 2)", "np.negative.at(a, [0, 1, 1])", "np.logaddexp.at(a, i, w)", "np.exp.at(a, i)",
    "np.hypot.at(a, i, w)", "np.fmax.at(a, slice(0, 3), 0.1)", "np.multiply.at(a, a > 0, 3)",
]  # fmt: skip
POLYNOMIALS = [
    "np.poly(v)", "np.poly(b[0] + b[0].T)", "np.roots([1.0, -3.0, v[0] ** 2 / 9])",
    "np.roots(np.array([0.0, 2.0, -3.0, 0.3 + v[0] / 9, 0.0]))", "np.polydiv(v, w[:3])",
    "np.polydiv(v[:2], w[:3])", "np.trim_zeros(np.array([0.0, 1.0, v[0], 0.0]), 'f')",
    "np.polyfit(v, w, 1, full=True)", "np.polyfit(v, w, 1, cov=True)",
    "np.polyfit(v, x.T[[0, 1, 2, 3, 0]], 1, cov=True)",
    "np.linalg.matrix_power(b, 3)", "np.linalg.matrix_power(b, -2)",
]  # fmt: skip
COMPILED = [SETS[4], APPLIED[2], GRIDS[0], "a = v.copy()\nnp.hypot.at(a, i, w)\nreturn a"]


@pytest.mark.parametrize("call", SETS + APPLIED + GRIDS + POLYNOMIALS)
def test_values_and_derivatives(call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    judge(call, given)


@pytest.mark.parametrize("call", CONSTANTS)
def test_values_of_constants(call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    judge(call, given, derivative=False)


@pytest.mark.parametrize("statement", IN_PLACE)
def test_in_place(statement: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    judge(f"a = v.copy()\n{statement}\nreturn a", {"v": v, "w": w, "i": i})


@pytest.mark.parametrize("call", COMPILED)
def test_compiled(call: str) -> None:
    judge(call, given)


def test_a_grid_of_points_is_refused() -> None:
    with pytest.raises(UnsupportedSyntax, match="is to be slices"):
        differentiable(written("np.mgrid[0:2, v]", ("v",)))(v)
