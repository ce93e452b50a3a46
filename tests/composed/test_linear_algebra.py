"""Linear algebra of NumPy and SciPy: values against theirs, derivatives against differences, and refusals."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg

from autodiff_compiler import (
    DifferentiationError,
    differentiable,
    differential,
    gradient,
    value_with_pullback,
)
from tests.composed.judge import judge, written

_rng = np.random.default_rng(1)
A = _rng.normal(size=(4, 4))
S = _rng.normal(size=(2, 3, 3))
TALL = _rng.normal(size=(5, 3))
WIDE = TALL.T.copy()
STACK = _rng.normal(size=(2, 4, 3))
V = _rng.normal(size=4)
B = _rng.normal(size=(4, 2))
DEFINITE = A @ A.T + 2 * np.eye(4)
DEFINITES = S @ np.swapaxes(S, 1, 2) + np.eye(3)
SINGULAR = np.array([[2.0, 1, 1], [1, 1, 1], [1, 1, 1]])
REAL = np.linalg.inv(A) @ np.diag([1.0, 2, 3, -1]) @ A  # its eigenvalues
TRIANGLE = "scipy.linalg.solve_triangular(a, b, "

SYSTEMS = [
    ("np.linalg.solve(a, b)", {"a": S, "b": _rng.normal(size=(3, 2))}),
    ("np.linalg.solve(a, b)", {"a": S, "b": V[:3]}),
    ("np.linalg.solve(a, b)", {"a": S[0], "b": S}),
    ("np.linalg.solve(a, b)", {"a": A[::2, ::2], "b": V[::2]}),
    ("np.linalg.solve(a, b)", {"a": A.astype("f"), "b": V.astype("f")}),
    ("np.linalg.inv(a)", {"a": A.T}),
    ("np.linalg.inv(a)", {"a": S}),
    ("np.linalg.det(a)", {"a": A}),
    ("np.linalg.det(a)", {"a": SINGULAR}),
    ("np.linalg.det(a)", {"a": S}),
    ("np.linalg.slogdet(a)", {"a": A}),
    ("np.linalg.slogdet(a)", {"a": S}),
    ("np.linalg.matrix_power(a, n)", {"a": A, "n": 3}),
    ("np.linalg.matrix_power(a, -2)", {"a": A}),
    ("np.linalg.tensorinv(a, 1)", {"a": _rng.normal(size=(6, 2, 3))}),
    ("np.linalg.tensorsolve(a, b)", {"a": _rng.normal(size=(2, 3, 6)), "b": WIDE[:2, :3]}),
    ("scipy.linalg.solve(a, b, transposed=True)", {"a": A, "b": B}),
    ("scipy.linalg.inv(a) * scipy.linalg.det(a)", {"a": A}),
    ("scipy.linalg.expm(a)", {"a": A}),
    ("scipy.linalg.expm(a)", {"a": 20 * S}),
]
FACTORS = [
    ("np.linalg.cholesky(a)", {"a": DEFINITE}),
    ("np.linalg.cholesky(a, upper=True)", {"a": DEFINITE}),
    ("np.linalg.cholesky(a)", {"a": DEFINITES}),
    ("np.linalg.cholesky(a)", {"a": DEFINITE.astype("f")}),
    ("scipy.linalg.cholesky(a)", {"a": DEFINITE}),
    ("scipy.linalg.cholesky(a, lower=True)", {"a": np.tril(DEFINITE)}),
    (TRIANGLE + "lower=True)", {"a": DEFINITE, "b": B}),
    (TRIANGLE + "trans=1)", {"a": DEFINITE, "b": V}),
    (TRIANGLE + "trans='T', lower=True, unit_diagonal=True)", {"a": A, "b": V}),
    ("scipy.linalg.cho_solve(scipy.linalg.cho_factor(a), b)", {"a": DEFINITE, "b": V}),
    ("scipy.linalg.cho_factor(a, lower=True)[0]", {"a": DEFINITE}),
    ("scipy.linalg.cho_solve((c, True), b)", {"c": np.tril(DEFINITE), "b": B}),
    ("scipy.linalg.lu_factor(a)", {"a": A}),
    ("scipy.linalg.lu_solve(scipy.linalg.lu_factor(a), b)", {"a": A, "b": V}),
    ("scipy.linalg.lu_solve(scipy.linalg.lu_factor(a), b, trans=1)", {"a": A, "b": B}),
]
SPECTRA = [
    *[("np.linalg.qr(a)", {"a": item}) for item in (A, TALL, WIDE, STACK)],
    ("np.linalg.qr(a, mode='r')", {"a": TALL}),
    ("np.linalg.qr(a, 'complete')", {"a": WIDE}),
    *[("np.linalg.svd(a, full_matrices=False)", {"a": item}) for item in (A, TALL, WIDE, STACK)],
    ("np.linalg.svd(a)", {"a": A}),
    ("np.linalg.svd(a)[1]", {"a": TALL}),
    ("np.linalg.svd(a, compute_uv=False)", {"a": STACK}),
    ("np.linalg.svd(a, False)", {"a": TALL.astype("f")}),
    ("np.linalg.svdvals(a)", {"a": TALL}),
    ("np.linalg.eigh(a)", {"a": DEFINITE}),
    ("np.linalg.eigh(a, 'U')", {"a": A}),
    ("np.linalg.eigh(a)", {"a": DEFINITES}),
    ("np.linalg.eigvalsh(a, UPLO='U')", {"a": DEFINITES}),
    ("scipy.linalg.eigvalsh(a)", {"a": DEFINITE}),
    ("np.linalg.eig(a)", {"a": REAL}),
    ("np.linalg.eigvals(a)", {"a": REAL}),
    ("np.linalg.pinv(a)", {"a": TALL}),
    ("np.linalg.pinv(a, rcond=1e-10)", {"a": WIDE}),
    ("np.linalg.pinv(a)", {"a": STACK}),
    ("np.linalg.lstsq(a, b)", {"a": TALL, "b": np.arange(5.0)}),
    ("np.linalg.lstsq(a, b)", {"a": TALL, "b": _rng.normal(size=(5, 2))}),
    ("np.linalg.lstsq(a, b)[0]", {"a": WIDE, "b": _rng.normal(size=(3, 2))}),
]
NORMS = [
    *[("np.linalg.norm(x)", {"x": item}) for item in (V, TALL, STACK, V.astype("f"), A.T)],
    *[(f"np.linalg.norm(x, {order})", {"x": V}) for order in ("1", "np.inf", "-np.inf", "3", "-1", "0.5")],
    *[
        (f"np.linalg.norm(x, {order})", {"x": TALL})
        for order in ("2", "-2", "1", "-1", "np.inf", "-np.inf", "'fro'", "'nuc'")
    ],
    ("np.linalg.norm(x, axis=-1, keepdims=True)", {"x": STACK}),
    ("np.linalg.norm(x, 1, axis=0)", {"x": STACK}),
    ("np.linalg.norm(x, axis=(0, 2))", {"x": STACK}),
    ("np.linalg.norm(x, 1, axis=(2, 0), keepdims=True)", {"x": STACK}),
    ("np.linalg.norm(x, np.inf, axis=(0, 1))", {"x": STACK}),
    ("np.linalg.norm(x, 2, axis=(1, 2), keepdims=True)", {"x": STACK}),
    ("np.linalg.norm(x, 'nuc', axis=(2, 0))", {"x": STACK}),
    ("np.linalg.vector_norm(x, axis=(0, 1), ord=3)", {"x": STACK}),
    ("np.linalg.matrix_norm(x, ord=2)", {"x": STACK}),
    ("np.linalg.cond(x)", {"x": STACK}),
    ("np.linalg.cond(x, 1)", {"x": A}),
    ("np.linalg.cond(x, 'fro')", {"x": S}),
]
CONSTANT = [
    ("np.linalg.matrix_rank(a)", {"a": SINGULAR}),
    ("np.linalg.matrix_rank(a)", {"a": STACK}),
    ("np.linalg.solve(a, b)", {"a": np.array([[2, 1], [1, 3]]), "b": np.arange(2)}),
    ("np.linalg.inv(a)", {"a": np.zeros((0, 0))}),
    ("np.linalg.inv(a)", {"a": np.zeros((0, 3, 3))}),
    ("np.linalg.det(a)", {"a": np.zeros((0, 0))}),
    ("np.linalg.det(a)", {"a": A * np.nan}),
    ("np.linalg.slogdet(a)", {"a": 0 * A}),
    ("np.linalg.svd(a)[1]", {"a": np.zeros((0, 3))}),
    ("np.linalg.eigh(a)", {"a": np.zeros((0, 0))}),
    ("np.linalg.qr(a)", {"a": A * np.nan}),
    ("np.linalg.cond(a)", {"a": np.zeros((2, 2))}),
    ("np.linalg.cond(a, 1)", {"a": np.stack([np.eye(2), np.ones((2, 2))])}),
    ("np.linalg.matrix_power(a, 3)", {"a": np.array([[1.0, np.inf], [2.0, 3.0]])}),
    ("np.linalg.norm(x)", {"x": np.zeros(3)}),
    ("np.linalg.norm(x, 0)", {"x": np.array([0.0, 2.0])}),
    ("np.linalg.norm(x)", {"x": np.array([np.nan, 1.0])}),
    ("np.linalg.norm(x, 1)", {"x": np.arange(6).reshape(2, 3)}),
]


@pytest.mark.parametrize(("call", "arguments"), [*SYSTEMS, *FACTORS, *SPECTRA, *NORMS])
def test_against_numpy(call, arguments, monkeypatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    judge(call, arguments, scipy=scipy)


@pytest.mark.parametrize(("call", "arguments"), CONSTANT)
def test_values(call, arguments, monkeypatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    judge(call, arguments, derivative=False)


@pytest.mark.parametrize(("call", "error", "words"), [
    ("np.linalg.inv(0 * a)", np.linalg.LinAlgError, "Singular matrix"),
    ("np.linalg.cholesky(-a)", np.linalg.LinAlgError, "not positive definite"),
    ("np.linalg.svd(a * np.nan)", np.linalg.LinAlgError, "did not converge"),
    ("np.linalg.eigh(a * np.nan)", np.linalg.LinAlgError, "did not converge"),
    ("np.linalg.eigvals(a - 5 * a.T)", ValueError, "complex"),
    ("scipy.linalg.solve_triangular(a * 0, a)", np.linalg.LinAlgError, "resolution failed at diagonal"),
    ("np.linalg.lstsq(a, a[:2])", np.linalg.LinAlgError, "Incompatible"),
    ("np.linalg.solve(a, a[:2])", ValueError, "rows"),
    ("np.linalg.det(a[:2])", np.linalg.LinAlgError, "square"),
    ("np.linalg.cond(a[:0])", np.linalg.LinAlgError, "empty"),
    ("scipy.linalg.inv(a * np.inf)", ValueError, "infs or NaNs"),
])  # fmt: skip
def test_errors(call, error, words, monkeypatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    with pytest.raises(error, match=words):
        differentiable(written(call, ("a",), scipy=scipy))(DEFINITE + np.triu(A))


@pytest.mark.parametrize(("call", "words"), [
    ("np.linalg.qr(a, 'raw')", "modes"),
    ("np.linalg.norm(a, 'frob')", "norm order"),
    ("np.linalg.inv(a[0])", "two-dimensional"),
    ("scipy.linalg.solve(a, a, assume_a='pos')", "assume_a"),
    ("np.linalg.tensorsolve(a, a, axes=(0,))", "moveaxis"),
])  # fmt: skip
def test_refused(call, words, monkeypatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    with pytest.raises(DifferentiationError, match=words) as raised:
        differentiable(written(call, ("a",), scipy=scipy))(A)
    assert raised.value.lineno == 2


@pytest.mark.parametrize(("call", "at"), [
    ("np.linalg.eigvalsh(a)[0]", np.eye(3)),  # which of equal ones
    ("np.linalg.eigh(a)[1][0, 1]", np.eye(3)),
    ("np.linalg.svd(a)[0][0, 1]", np.eye(3)),
    ("np.linalg.norm(a, 2)", np.eye(3)),
    ("np.linalg.svd(a)[0][0, 3]", np.ones((4, 2)) + np.eye(4, 2)),  # beyond the singular values: any
    ("np.sum(np.linalg.pinv(a))", np.ones((3, 2))),  # below full rank
    ("np.sum(np.linalg.lstsq(a, a[:, 0])[0])", np.ones((3, 2))),
    ("np.sum(np.linalg.qr(a)[0])", np.zeros((3, 2))),
    ("np.sum(np.linalg.qr(a)[0])", np.arange(9.0).reshape(3, 3)),  # below full rank, but for rounding
    ("np.linalg.cond(a)", np.ones((2, 2))),
    ("np.linalg.cond(a)", np.arange(9.0).reshape(3, 3)),
    ("np.linalg.cond(a, 1)", np.ones((2, 2))),
    ("np.linalg.cond(a, 'fro')", np.zeros((2, 2))),
    ("np.linalg.slogdet(a)[1]", np.zeros((2, 2))),
    ("np.linalg.norm(a)", np.zeros(3)),
])  # fmt: skip
def test_where_no_derivative_exists_it_is_not_a_number(call, at, monkeypatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    assert not np.isfinite(gradient(of=written(call, ("a",)))(at)).all()


@pytest.mark.parametrize("call", [
    "np.linalg.eigh(a)[1]",
    "np.linalg.eigh(a)[1] * np.exp(np.linalg.eigh(a)[0]) @ np.linalg.eigh(a)[1].T",  # of any basis the same
    "np.linalg.eig(a)[1]",
    "np.linalg.svd(a)[0]",
    "np.linalg.svd(a)[2]",
])  # fmt: skip
@pytest.mark.parametrize("at", [np.eye(3), np.diag([1.0, 1.0, 2.0]), np.zeros((2, 2))], ids=str)
def test_vectors_of_equal_values_have_no_derivative_in_either_mode(call, at, monkeypatch):
    """Not even where their cotangents or the direction seem not to tell the vectors apart."""
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    function = written(call, ("a",))
    _, pullback = value_with_pullback(at=(at,), of=function)
    assert np.isnan(pullback(np.ones_like(at))).any()
    tangent = differential(at=(at,), of=function)(np.ones_like(at))
    assert np.isnan(tangent).any()


@pytest.mark.parametrize("size", [1e-8, 1.0, 1e12])
def test_exponentials_are_differentiated_along_steps_of_any_size(size, monkeypatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    function = written("scipy.linalg.expm(a)", ("a",), scipy=scipy)
    expected = scipy.linalg.expm_frechet(A, A[::-1], compute_expm=False)
    found = differential(at=(A,), of=function)(size * A[::-1])
    np.testing.assert_allclose(found / size, expected, rtol=1e-13)
    _, pullback = value_with_pullback(at=(A,), of=function)
    expected = scipy.linalg.expm_frechet(A.T, A[::-1], compute_expm=False)
    np.testing.assert_allclose(pullback(size * A[::-1]) / size, expected, rtol=1e-13)


@pytest.mark.parametrize(("call", "at", "expected"), [
    ("np.sum(np.linalg.eigvalsh(a))", np.eye(3), np.eye(3)),  # what treats equal ones alike
    ("np.linalg.norm(a, 'nuc')", np.eye(3), np.eye(3)),
    ("np.linalg.norm(a, 'nuc')", np.diag([2.0, 0.0]), np.diag([1.0, 0.0])),
])  # fmt: skip
def test_where_one_exists_it_is_right(call, at, expected, monkeypatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    np.testing.assert_allclose(gradient(of=written(call, ("a",)))(at), expected, atol=1e-12)


@pytest.mark.parametrize(("call", "arguments"), [
    ("np.linalg.inv(a) * np.linalg.det(a)", {"a": A}),
    ("scipy.linalg.lu_solve(scipy.linalg.lu_factor(a), b)", {"a": A, "b": V}),
    ("np.linalg.cholesky(a)", {"a": DEFINITES}),
    ("np.linalg.svd(a, full_matrices=False)[1]", {"a": TALL}),
    ("np.linalg.eigvalsh(a, 'U')", {"a": DEFINITE}),
    ("np.linalg.norm(np.linalg.pinv(a), axis=0)", {"a": TALL}),
])  # fmt: skip
def test_compiled(call, arguments):
    judge(call, arguments, scipy=scipy)
