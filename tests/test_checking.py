"""The check of a derivative: it passes what is right, finds what is wrong, and touches nothing."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

import autodiff_compiler as ad
from autodiff_compiler import calling
from autodiff_compiler.ir.types import FLOAT, INT, Array
from tests.fake_pipeline import install

VECTOR = Array("float64", 1)


@pytest.fixture
def pipeline(monkeypatch):
    return install(monkeypatch)


def square(x):
    return x * x


def pull(forward, reverse, count=1):
    return SimpleNamespace(forward=forward, reverse=reverse, yield_count=count)


SQUARE = pull(lambda x: (x * x, x), lambda x, seed: 2 * x * seed)


def test_right(pipeline):
    pipeline.add(square, "pullback", SQUARE)
    report = ad.check_derivative(square, 3.0, forward=False)
    assert report.passed
    assert [row.name for row in report.rows] == ["value", "arguments", "x", "together"]
    assert "agrees" in str(report)


def test_wrong(pipeline):
    pipeline.add(square, "pullback", pull(lambda x: (x * x, x), lambda x, seed: 2.001 * x * seed))
    with pytest.raises(ad.DerivativeMismatch, match="DIFFERS") as caught:
        ad.check_derivative(square, 3.0, forward=False)
    assert [row.name for row in caught.value.report.rows if not row.passed] == ["x", "together"]
    ad.check_derivative(square, 3.0, rtol=1e-2, forward=False)


def test_wrong_value(pipeline):
    calls = pull(lambda x: (x * x + 1, x), lambda x, seed: 2 * x * seed)
    pipeline.add(square, "pullback", calls, result_types=(VECTOR,))
    with pytest.raises(ad.DerivativeMismatch, match=r"value .* differs"):
        ad.check_derivative(square, np.ones(3), forward=False)


def test_wrong_dtype(pipeline):
    calls = pull(lambda x: (x * x, x), lambda x, seed: np.float32(2 * x * seed))
    pipeline.add(square, "pullback", calls, result_types=(VECTOR,))
    with pytest.raises(ad.DerivativeMismatch, match="a gradient float32"):
        ad.check_derivative(square, np.ones(3), forward=False)


def test_arrays_updates_and_tuples(pipeline):
    def f(x, n, y):
        x *= n
        return x, np.sum(x * y), n

    def forward(x, n, y):
        return n * x, np.sum(n * x * y), n, x.copy(), n, y

    def reverse(x, n, y, one, two):
        return n * (one + two * y), two * n * x

    calls = pull(forward, reverse, count=3)
    types = (VECTOR, FLOAT, INT)
    pipeline.add(f, "pullback", calls, structure=(0, 1, 2), result_types=types, mutated=frozenset({0}))
    x, y = np.arange(6.0)[::2], np.ones(3)
    before = x.copy()
    assert ad.check_derivative(f, x, 3, y, forward=False).passed
    assert np.array_equal(x, before)
    assert pipeline.requests[0].kinds[0] == Array("float64", 1, contiguous=False)


def test_single_precision(pipeline):
    pipeline.add(square, "pullback", SQUARE, result_types=(Array("float32", 1),))
    report = ad.check_derivative(square, np.array([0.1, 20.0, -3.0], np.float32), forward=False)
    assert report.rows[-1].tolerance == pytest.approx(2e-3)


def test_zero_is_not_noise(pipeline):
    def constant(x):
        return 1e6 + 0 * x

    pipeline.add(constant, "pullback", pull(lambda x: (1e6, x), lambda x, seed: 0.0))
    assert ad.check_derivative(constant, 3.0, forward=False).passed


def test_forward_mode_is_compared_with_the_pullback(pipeline):
    pipeline.add(square, "pullback", SQUARE)
    for factor, passes in ((2, True), (2.001, False)):
        calls = SimpleNamespace(value=lambda x: x * x, moved=lambda x, dx, k=factor: k * x * dx)
        calling.caller_for.cache_clear()
        pipeline.add(square, "differential", calls)
        if passes:
            assert ad.check_derivative(square, 3.0).rows[-1].name == "forward"
            continue
        with pytest.raises(ad.DerivativeMismatch, match=r"forward .* differs"):
            ad.check_derivative(square, 3.0)


def test_global_arrays_are_put_back():
    before = COUNTS.copy()
    assert ad.check_derivative(counting, np.array([0.5, 2.0])).passed
    np.testing.assert_array_equal(COUNTS, before)


COUNTS = np.array([1.0, 2.0])


def counting(x):
    COUNTS[0] = COUNTS[0] * x[0]
    return np.sum(COUNTS * x)
