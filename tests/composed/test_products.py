"""Products of arrays against NumPy, their pullbacks against differences."""

from __future__ import annotations

import numpy as np
import pytest

from autodiff_compiler import DifferentiationError, differentiable, gradient
from tests.composed.judge import judge, written

RANDOM = np.random.default_rng(0)


def some(*shape, dtype="float64"):
    return (RANDOM.normal(size=shape) * (5 if np.dtype(dtype).kind == "i" else 1)).astype(dtype)


A, B, X = some(3, 4), some(4, 5), some(4)
STACK, OTHER = some(2, 3, 4), some(2, 4, 3)
INTS, TRUTHS = some(3, 4, dtype="int64"), A > 0

PRODUCTS = [
    ("a @ b", (A, B)),
    ("a @ b", (A, X)),
    ("a @ b", (X, B)),
    ("a @ b", (X, X)),
    ("a @ b", (A.astype("float32"), B.astype("float32"))),
    ("a @ b", (A.astype("float32"), B)),
    ("a @ b", (A[::-1, ::2], B[::2].T[::-1].T)),
    ("a @ b", (some(0, 4), B)),
    ("a @ b", (some(3, 0), some(0, 2))),
    ("a @ b", (some(3, 1), some(1, 2))),
    ("a @ b", (STACK, OTHER)),
    ("a @ b", (STACK, B)),
    ("a @ b", (STACK[:, ::2], B)),
    ("a @ b", (STACK, X)),
    ("a @ b", (X, OTHER)),
    ("a @ b", (A, OTHER)),
    ("a @ b", (STACK, some(5, 1, 4, 2))),
    ("a @ b", (INTS, B)),
    ("np.matmul(a, b)", (A, B)),
    ("np.matmul(a, [[1.0, 2.0], [0.5, 1.0], [1.0, 1.0], [3.0, 1.0]])", (A,)),
    ("np.linalg.matmul(a, b)", (STACK, OTHER)),
    ("out = np.zeros((3, 5))\nnp.matmul(a, b, out=out)\nreturn out * out", (A, B)),
    ("out = np.zeros((3, 5))\nreturn np.dot(a, b, out=out) + out", (A, B)),
    ("np.dot(a, b)", (A, B)),
    ("np.dot(a, b)", (A, 2.0)),
    ("np.dot(a, b)", (STACK, X)),
    ("np.dot(a, b)", (STACK, OTHER)),
    ("a.dot(b)", (A, B)),
    ("np.vdot(a, b)", (A, A[::-1])),
    ("np.inner(a, b)", (A, STACK)),
    ("np.inner(a, 2.0)", (A,)),
    ("np.outer(a, b)", (A, X)),
    ("out = np.empty((4, 4))\nreturn np.outer(a, a, out=out)", (X,)),
    ("np.linalg.outer(a, b)", (X, X)),
    ("np.tensordot(a, b, 1)", (STACK, B)),
    ("np.tensordot(a, b)", (STACK, some(3, 4, 2))),
    ("np.tensordot(a, b, 0)", (X, X)),
    ("np.tensordot(a, b, axes=([0, 1], [0, 2]))", (STACK, some(2, 5, 3))),
    ("np.tensordot(a, b, axes=(-1, 0))", (STACK, B)),
    ("np.linalg.tensordot(a, b, axes=1)", (STACK, B)),
    ("np.kron(a, b)", (A, B)),
    ("np.kron(a, b)", (X, STACK)),
    ("np.kron(a, 3.0)", (X,)),
    ("np.linalg.multi_dot([a, b, c])", (A, B, some(5, 2))),
    ("np.linalg.multi_dot([a, b, c])", (some(6, 2), some(2, 9), some(9, 1))),
    ("np.linalg.multi_dot((a, b, c))", (A, B, some(5))),
    ("np.linalg.multi_dot([a, b, c, d])", (X, B, some(5, 2), some(2, 2))),
    ("np.vecdot(a, b)", (STACK, X)),
    ("np.vecdot(a, b, axis=0)", (A, A)),
    ("np.vecdot(a, b, keepdims=True)", (A, A)),
    ("np.linalg.vecdot(a, b, axis=-1)", (A, A)),
    ("np.matvec(a, b)", (STACK, some(2, 4))),
    ("np.vecmat(a, b)", (some(2, 3), STACK)),
    ("np.cross(a, b)", (some(5, 3), some(3))),
    ("np.cross(a, b, axis=0)", (some(3, 5), some(3, 5))),
    ("np.cross(a, b, axisa=0, axisb=1, axisc=0)", (some(3, 5), some(5, 3))),
    ("np.linalg.cross(a, b)", (some(3), some(3))),
    ("np.linalg.trace(a, offset=1)", (STACK,)),
    ("np.linalg.diagonal(a, offset=-1)", (STACK,)),
]

EINSUMS = [
    ("'ij,jk->ik'", (A, B)),
    ("'ij,jk'", (A, B)),
    ("'ij,kj->ki'", (A, some(5, 4))),
    ("'ij->ji'", (A,)),
    ("'ij->'", (A,)),
    ("'ij->j'", (A,)),
    ("'ii'", (some(3, 3),)),
    ("'ii->i'", (some(3, 3),)),
    ("'iij->j'", (some(3, 3, 2),)),
    ("'...ii->...i'", (some(2, 3, 3),)),
    ("'i,i->'", (X, X)),
    ("'i,j->ij'", (X, X)),
    ("'bij,bjk->bik'", (STACK, OTHER)),
    ("'bij,kj->bik'", (STACK, some(5, 4))),
    ("'bhid,bhjd->bhij'", (some(2, 2, 3, 4), some(2, 2, 5, 4))),
    ("'...ij,...jk->...ik'", (STACK, some(5, 1, 4, 2))),
    ("'...j,j'", (STACK, X)),
    ("'ijk,jil->kl'", (STACK, some(3, 2, 5))),
    ("'ijk,jkl->il'", (STACK, some(3, 4, 5))),
    ("'ij,jk,kl->il'", (A, B, some(5, 2))),
    ("'i,ij,j'", (some(3), A, X)),
    ("'ij,ij,ij->i'", (A, A, A)),
    ("'ij,k->i'", (A, X)),
    ("'ab,cd->'", (A, B)),
    (" i j , j -> i ", (A, X)),
]  # fmt: skip


@pytest.mark.parametrize(("call", "arguments"), PRODUCTS, ids=[call for call, _ in PRODUCTS])
def test_product(call, arguments, monkeypatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    judge(call, dict(zip("abcd", arguments, strict=False)))


@pytest.mark.parametrize(("text", "arguments"), EINSUMS, ids=[text for text, _ in EINSUMS])
def test_einsum(text, arguments, monkeypatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    names = "abcd"[: len(arguments)]
    text = text if text.startswith("'") else repr(text)
    judge(f"np.einsum({text}, {', '.join(names)})", dict(zip(names, arguments, strict=True)))


FORMS = [
    ("np.einsum(a, [0, 1], b, [1, 2], [0, 2])", (A, B)),
    ("np.einsum(a, [0, 1], b, [1, 2])", (A, B)),
    ("np.einsum(a, [Ellipsis, 0], [Ellipsis])", (A,)),
    ("np.einsum('ij,jk->ik', a, b, optimize=True)", (A, B)),
    ("np.einsum('ij,jk->ik', a, b, optimize='greedy')", (A, B)),
    ("np.einsum('ij,ij->j', a, a[0:1])", (A,)),
    ("out = np.empty((3, 5))\nnp.einsum('ij,jk->ik', a, b, out=out)\nreturn out", (A, B)),
    ("b = np.zeros((4, 3))\nnp.einsum('ij->ji', b)[...] = a\nreturn b * b", (A,)),
]


@pytest.mark.parametrize(("call", "arguments"), FORMS, ids=[call for call, _ in FORMS])
def test_forms_of_einsum(call, arguments, monkeypatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    judge(call, dict(zip("ab", arguments, strict=False)))


@pytest.mark.parametrize(
    ("call", "arguments"),
    [
        ("a @ b", (INTS, INTS.T)),
        ("a @ b", (TRUTHS, TRUTHS.T)),
        ("a @ b", (TRUTHS, INTS.T)),
        ("np.dot(a, b)", (TRUTHS[0], TRUTHS[1])),
        ("np.einsum('ij,kj->ik', a, b)", (INTS, TRUTHS)),
        ("np.einsum('ij,kl->', b, a)", (INTS, TRUTHS)),  # the truth values are counted
        ("np.einsum(',ij->', 1.5, b)", (INTS, TRUTHS)),
        ("np.tensordot(a, b, ((0, 1), (0, 1)))", (INTS, INTS)),
        ("np.outer(a, b)", (INTS[0], TRUTHS[0])),
    ],
)
def test_whole_numbers_and_truth_values(call, arguments, monkeypatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    judge(call, dict(zip("ab", arguments, strict=True)), derivative=False)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("size", [3, 40])
def test_compiled(dtype, size):
    """Small products run as loops, larger ones by blocks; layouts as they come."""
    a, b, v = some(size, size, dtype=dtype), some(size, 2 * size, dtype=dtype), some(size, dtype=dtype)
    call = "np.sum(a @ b[:, ::2] @ a.T[::-1], axis=0) + a @ v[::-1] + v @ b[:, 1::2]"
    judge(call, {"a": a, "b": b, "v": v})


def test_compiled_stacks():
    q, k = some(2, 20, 8), some(2, 20, 8)
    judge("np.einsum('bij,bkj->bik', q, k) @ k + q[0][None, :, ::-1] @ k[0].T @ q[1]", {"q": q, "k": k})


def test_products_are_calls_in_the_value_and_the_gradient():
    function = written("np.sum(np.einsum('bij,bkj->bik', q, k) ** 2)", ("q", "k"))
    source = gradient(of=function).source(STACK, STACK)
    assert source.count("product(") == 3, source


@pytest.mark.parametrize(
    ("call", "arguments", "words"),
    [
        ("np.einsum('ij,jk', a)", (A,), "2 terms, and 1 operands"),
        ("np.einsum('ijk', a)", (A,), "an operand of rank 2 has 3 subscripts"),
        ("np.einsum('ij->ik', a)", (A,), "a subscript that no operand has"),
        ("np.einsum('ij,jk->ik', a, b)", (A, A), "cannot"),
        ("a @ b", (A, A), "cannot multiply `a` of shape (3, 4) by `b` of shape (3, 4)"),
        ("a @ 2.0", (A,), "an operand of @ is"),
        ("np.cross(a, b)", (some(2), some(2)), "vectors with three components"),
        ("np.linalg.multi_dot([a])", (A,), "at least two arrays"),
        ("np.tensordot(a, b, ((0, 1), (0,)))", (A, A), "shape-mismatch"),
        ("np.einsum('ii->i', a)[...] = 1.0", (some(3, 3),), "a view of a diagonal"),
    ],
)
def test_refused(call, arguments, words, monkeypatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    names = "ab"[: len(arguments)]
    body = f"{call}\nreturn a" if "] =" in call else call
    with pytest.raises((DifferentiationError, ValueError)) as caught:
        differentiable(written(body, tuple(names)))(*arguments)
    assert words in str(caught.value)
