"""Elementwise functions and the keywords and methods of ufuncs, as users write them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from autodiff_compiler import ShapeMismatch, TypeMismatch, UnsupportedSyntax, gradient
from tests.composed.judge import judge, written

RANDOM = np.random.default_rng(0)
X = np.array([-2.7, -0.43, 0.31, 1.52, 2.51, 12.347])
Y = np.array([1.3, 0.2, -0.7, 2.2, 0.9, -3.3])
ODD = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0])
B = RANDOM.uniform(0.2, 1, (3, 4))
FUNCTIONS = [
    "np.round(x, 1) * y", "x.round(2) + x", "np.around(x, -1) * y", "np.round(x) * y", "np.fix(x) * y",
    "np.divmod(x, y)",
    "np.modf(x)", "np.frexp(x)", "np.ldexp(x, 3)", "np.float_power(x * x, y)", "np.heaviside(x, y)",
    "np.sinc(x)", "np.clip(x, -1, 1)", "x.clip(min=0)", "np.clip(x, None, y)", "np.clip(x, max=1, min=y)",
    "np.clip(x, -1, 1, out=np.zeros_like(x))", "np.nan_to_num(x)", "np.nan_to_num(x, nan=1.0, posinf=3.0)",
    "np.select([x < 0, x < 1], [x, x * x], default=3 * x)", "np.select([x < 0, x < 1], [x, x * x])",
    "np.piecewise(x, [x < 0, x > 1], [lambda t: -t, lambda t: t * t])",
    "np.piecewise(x, [x < 0, x > 1], [lambda t: -t, 3.0, lambda t: t * t])", "np.isneginf(x) * x",
    "np.isclose(x, x, equal_nan=True) * x", "np.unwrap(x)", "np.unwrap(np.stack([x, 3 * y]), axis=0)",
    "np.unwrap(x * 3.1, period=2)", "np.nextafter(x, y)", "np.spacing(x) * y", "np.signbit(x) * y",
    "x * np.allclose(x, y) + np.array_equal(x, x)", "np.asarray_chkfinite(x) * y",
    *(["np.astype(x, np.float64) * y"] if hasattr(np, "astype") else []),
]  # fmt: skip
SPECIAL = [
    "np.round(x, 1)", "np.modf(x)", "np.frexp(x)", "np.ldexp(x, 3)", "np.heaviside(x, 0.5)", "np.sinc(x)",
    "np.clip(x, -1, 1)", "np.clip(x, None, 1)", "np.nan_to_num(x)", "np.isposinf(x)", "np.isclose(x, x)",
    "np.isclose(x, x, equal_nan=True)", "np.signbit(x)", "np.spacing(x)",
]  # fmt: skip
WHOLE = [
    "np.round(n) * x", "np.clip(n, 0, 3) * x", "np.sinc(n) * x", "np.modf(n)", "np.heaviside(n, 1) * x",
    "np.gcd(n, 6) * x", "np.lcm(n, np.array([1, 2, 3, 4])) * x", "np.nan_to_num(n) * x",
    "np.clip(n, 0.5, 2) * x", "np.ldexp(x, n)", "np.float_power(n, 2) * x",
]  # fmt: skip
NUMBERS = [
    "np.round(x, 1) + x", "np.modf(x)", "np.frexp(x)", "np.clip(x, 0, 1)", "np.sinc(x)", "np.divmod(x, 0.3)",
    "math.frexp(x)", "math.nextafter(x, 1.0)", "x * math.ulp(x)", "x * np.array_equiv([x, x], x)",
    "np.isclose(x, x + 1e-12) * x", "np.allclose([x, 1.0], [x, 1.0]) * x", "np.nan_to_num(x)",
    "np.add([x, 2], [1.0, x])",
]  # fmt: skip
KEYWORDS = [
    "np.add(x, y, out=np.zeros((3, 4)))", "np.add(x, y, np.zeros((3, 4)))", "np.exp(x, dtype=np.float32)",
    "np.add(x, 1, dtype=np.float32)", "np.log(x, out=np.zeros((3, 4)), where=y > 0.4)",
    "np.log(x - 0.5, out=np.ones((3, 4)), where=x > 0.5)",
    "np.multiply(x, y, out=np.zeros((3, 4), np.float32))",
    "np.divide(x, y, out=np.zeros_like(x), where=y != 0, casting='same_kind', order='K', subok=True)",
    "np.sqrt(x, np.zeros((2, 3, 4)))", "np.add(x, y, out=(np.zeros((3, 4)),))", "np.sin(x, out=None)",
]  # fmt: skip
METHODS = [
    "np.add.reduce(x)", "np.add.reduce(x, axis=None)", "np.add.reduce(x, axis=(0, 1), keepdims=True)",
    "np.maximum.reduce(x, axis=1)", "np.logaddexp.reduce(x, axis=1)", "np.logaddexp.reduce(x, axis=None)",
    "np.hypot.reduce(x)", "np.subtract.reduce(x, axis=1)", "np.fmax.reduce(x, axis=(0, 1), keepdims=True)",
    "np.logaddexp.reduce(x[:, 0])", "np.hypot.reduce(x, axis=1, initial=3.0)", "np.add.accumulate(x, axis=1)",
    "np.logaddexp.accumulate(x, axis=1)", "np.maximum.accumulate(x)", "np.multiply.outer(x[0], y)",
    "np.subtract.outer(x[0], 2.0)", "np.add.reduceat(x, np.array([0, 2, 1]))",
    "np.add.reduceat(x[0], [0, 2, 1])",
    "np.logaddexp.reduceat(x, [0, 2], axis=1)", "np.bitwise_or.reduce(np.array([1, 2, 4])) * x",
    "np.fmin.reduce(x, axis=1, initial=0.3)",
    "np.logaddexp.reduce(x, axis=0, where=[[True], [False], [True]])",
]  # fmt: skip
STATEMENTS = """y = x.copy()
np.exp(x[1:3], out=y[1:3])
z = np.add(y, x, out=y)
z[0] = x[0] * x[0]
np.multiply(y, y, y)
np.copyto(y[2:], x[2:], where=x[2:] > 2)
return y"""


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")


@pytest.mark.filterwarnings("ignore::autodiff_compiler.DerivativeLostWarning")
@pytest.mark.parametrize("call", FUNCTIONS)
def test_functions(call: str) -> None:
    judge(call, {"x": X, "y": Y})
    judge(call, {"x": X.astype("float32"), "y": Y.astype("float32")}, derivative=False)


@pytest.mark.parametrize("call", SPECIAL)
def test_infinities_nan_and_signed_zeros(call: str) -> None:
    judge(call, {"x": ODD}, derivative=False)


@pytest.mark.filterwarnings("ignore::autodiff_compiler.DerivativeLostWarning")
@pytest.mark.parametrize("call", WHOLE)
def test_whole_numbers(call: str) -> None:
    judge(
        call,
        {"n": np.array([-3, 0, 2, 5]), "x": np.array([1.0, 2.0, 3.0, 4.0])},
        derivative="modf" not in call,
    )


@pytest.mark.filterwarnings("ignore::autodiff_compiler.DerivativeLostWarning")
@pytest.mark.parametrize("call", NUMBERS)
def test_numbers_and_lists(call: str) -> None:
    judge(call, {"x": 0.37}, math=math)


@pytest.mark.parametrize("call", KEYWORDS)
def test_keywords_of_ufuncs(call: str) -> None:
    judge(call, {"x": B, "y": B.T.copy().T - 0.3}, rtol=1e-4)


@pytest.mark.parametrize("call", METHODS)
def test_methods_of_ufuncs(call: str) -> None:
    judge(call, {"x": B, "y": B.T.copy().T - 0.3})


def test_out_is_the_array_itself() -> None:
    judge(STATEMENTS, {"x": np.array([0.5, 1.5, 2.5, 3.5])})


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        ("np.add(x, x, out=np.zeros(2, int))", TypeMismatch, "cannot cast array data from float64 to int64"),
        ("np.exp(x, where=x > 0)", UnsupportedSyntax, "leaves elements uninitialised"),
        ("np.exp(x, dtype=int)", TypeMismatch, "np.exp does not compute in int64"),
        ("np.exp(x, signature='d->d')", UnsupportedSyntax, "the argument `signature` of np.exp"),
        ("np.exp(x, order='Q')", UnsupportedSyntax, "the argument `order` is to be one of"),
        ("np.sqrt(x > 1)", TypeMismatch, "half precision"),
        ("np.add(x)", TypeMismatch, "np.add takes 2 arguments, and gets 1"),
        ("np.divide.reduce(x[:, None] * x, axis=(0, 1))", ShapeMismatch, "not reorderable"),
        ("np.fmax.reduce(x[:0]) + x", ValueError, "zero-size array"),
        ("np.clip(x, 0, 1, where=x > 0)", TypeMismatch, "leaves elements uninitialised"),
        ("x.astype(int, casting='safe')", TypeMismatch, "does not cast float64 to int64 by the rule 'safe'"),
        ("np.mean(x, dtype=int)", TypeMismatch, "which has no fractions"),
        ("np.sum(x, out=np.zeros(()))", TypeMismatch, "`out` without axes is a number"),
        ("np.zeros_like(x, device='gpu')", TypeMismatch, "the only `device` of NumPy"),
        ("np.reshape(x[::2], (1, 1), copy=False)", UnsupportedSyntax, "reshaped without a copy"),
        ("np.histogramdd(x[:, None])[0]", TypeMismatch, "how many columns the sample has"),
        ("np.logaddexp.reduce(x, axis=1)", ShapeMismatch, "axis 1 is out of bounds"),
    ],
)
def test_refusals(call: str, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        gradient(of=written(f"np.sum({call})", ("x",)))(np.array([0.5, 1.5]))


SHORT = np.array([1, 100, -100, 127], np.int8)
PROMOTED = [
    "np.select([x > 1, x > 0], [x * 2, 3])", "np.angle(x) + np.angle(x, deg=True)", "np.fmod(x, 0.7)",
    "np.subtract.outer(x, 2.0)", "np.add.reduce(x, out=np.zeros(4))", "np.max(x[:0], 0, initial=0.5) * x",
    "np.fmod(i, 3) * x", "np.sqrt(i.astype(np.int16) ** 2) * x",
    "a = np.array([1, 200, 255, 3], np.uint8)\na -= 5\na[0] -= 1\nreturn a * x",
    "a = x.copy()\na[:, 1:3] = [[1, 2], [x[0, 0], 3], [4, 5]]\na[0] = [1.5, 2, 3, 4]\nreturn a",
]  # fmt: skip


@pytest.mark.parametrize("call", PROMOTED)
def test_dtypes_are_those_of_numpy(call: str) -> None:
    judge(call, {"x": B, "i": SHORT})
    judge(call, {"x": B.astype(np.float32), "i": SHORT}, derivative=False)


def test_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AUTODIFF_JIT")
    call = "np.log(x - 0.5, out=np.ones((3, 4)), where=x > 0.5) + np.clip(x, 0.3, None) * np.modf(9 * x)[0]"
    judge(call + " + np.ldexp(np.frexp(x)[0], 2) + np.sinc(x)", {"x": B})
