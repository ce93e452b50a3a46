"""Functions of `scipy.special`: values, dtypes and derivatives, as users write them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special

from autodiff_compiler import TypeMismatch, gradient
from tests.composed.judge import judge

RANDOM = np.random.default_rng(0)
A = RANDOM.normal(size=(3, 4))
V = RANDOM.uniform(2.1, 4.5, 5)
SOFT = [
    "special.logsumexp(x)", "special.logsumexp(x, axis=0)", "special.logsumexp(x, axis=(0, 1))",
    "special.logsumexp(x, axis=-1, keepdims=True)", "special.logsumexp(x, b=np.abs(x), axis=1)",
    "special.logsumexp(x, 0, np.cos(x), return_sign=True)", "special.softmax(x)",
    "special.softmax(x.T, axis=1)", "special.log_softmax(x)", "special.log_softmax(x[::2], axis=0)",
]  # fmt: skip
NUMBERS = [
    "special.polygamma(0, x)", "special.polygamma(2, x)", "special.zeta(2, x)", "special.multigammaln(x, 3)",
    "special.comb(9.5, x)", "special.comb(x, 2)", "special.comb(x, 2, repetition=True)", "special.perm(x, 2)",
    "special.factorial(x)", "special.jvp(1, x)", "special.yvp(0.5, x, 2)", "special.ivp(1, x)",
    "special.kvp(1, x, 2)", "special.sici(x)", "special.shichi(x)", "special.fresnel(x)", "special.airy(x)",
    "special.ellipj(x, 0.4)", "special.iti0k0(x)", "special.itj0y0(x)",
    "special.it2i0k0(x)", "special.it2j0y0(x)", "special.agm(x, 2.0)", "special.gammaln(x)",
    "special.expit(x)", "special.jv(2, x)",
    "special.xlogy(x, x)", "special.erf(x)", "special.gammainc(2, x)", "np.i0(x)", "special.kn(2, x)",
    "special.eval_legendre(3, x)", "special.round(x) * x",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")


@pytest.mark.parametrize("call", SOFT)
def test_softmax_and_its_kin(call: str) -> None:
    judge(call, {"x": A}, special=special)
    judge(call, {"x": A.astype("float32")}, special=special, derivative=False)


@pytest.mark.parametrize("call", NUMBERS)
def test_functions_of_numbers(call: str) -> None:
    judge(call, {"x": V}, special=special)


@pytest.mark.parametrize("call", ["special.polygamma(1, x)", "special.kn(2, x)", "special.expit(x)"])
def test_float32_is_kept_where_scipy_keeps_it(call: str) -> None:
    judge(call, {"x": V.astype("float32")}, special=special, derivative=False)


@pytest.mark.parametrize("items", [(-np.inf, 1.0), (-np.inf, -np.inf), (np.inf, 1.0), (np.nan, 1.0)])
def test_infinities_and_nan(items: tuple[float, ...]) -> None:
    for name in ("logsumexp", "log_softmax", "softmax"):
        judge(f"special.{name}(x)", {"x": np.array(items)}, special=special, derivative=False)


@pytest.mark.parametrize(
    "call",
    [
        "special.logsumexp([1.0, x, 3]) + special.logsumexp(x)",
        "special.polygamma(np.array([0, 1, 2]), np.array([x, 1.0, 2.0]))",
        "special.comb(np.array([3, 4, -1]), np.array([5, 2, 1])) * x + special.comb(5, 2)",
        "special.factorial(np.array([3, 4, -1])) * x + special.factorial(4)",
    ],
)
def test_numbers_lists_and_whole_numbers(call: str) -> None:
    judge(call, {"x": 2.0}, special=special)


def exact_count(x):
    return special.comb(5, 2, exact=True) * x


def test_what_is_not_supported_is_refused() -> None:
    with pytest.raises(TypeMismatch, match="`exact=True` is not supported"):
        gradient(of=exact_count)(2.0)


def test_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AUTODIFF_JIT")
    judge("special.softmax(x, axis=1) * special.gammaln(2 + x * x) + special.sici(1 + x * x)[0]",
          {"x": A}, special=special)  # fmt: skip
