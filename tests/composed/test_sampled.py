"""Functions at sampled shapes, layouts, axes and dtypes: NumPy's answer or refusal, and slopes."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autodiff_compiler import check_derivative, differentiable
from tests.composed.judge import same, written

ELEMENTWISE = (
    "sin", "cos", "tan", "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sqrt", "cbrt",
    "square", "reciprocal", "arctan", "arcsinh", "sinh", "cosh", "tanh", "abs", "negative", "positive",
    "floor", "ceil", "trunc", "rint", "sign", "isnan", "isfinite", "deg2rad", "rad2deg", "sinc", "i0",
    "nan_to_num", "signbit",
)  # fmt: skip
BINARY = (
    "add", "subtract", "multiply", "divide", "power", "maximum", "minimum", "fmax", "fmin", "hypot",
    "arctan2", "logaddexp", "copysign", "fmod", "remainder", "floor_divide", "less", "equal",
    "heaviside",
)  # fmt: skip
ALONG = (
    "np.sum({x}, axis={axis})", "np.mean({x}, axis={axis}, keepdims=True)", "np.prod({x}, axis={axis})",
    "np.max({x}, axis={axis})", "np.min({x}, axis={axis}, keepdims=True)", "np.var({x}, axis={axis})",
    "np.std({x}, axis={axis}, ddof=1)", "np.ptp({x}, axis={axis})", "np.median({x}, axis={axis})",
    "np.argmax({x}, axis={axis})", "np.any({x} > 1, axis={axis})",
    "np.count_nonzero({x} > 1, axis={axis})", "np.cumsum({x}, axis={axis})",
    "np.cumprod({x}, axis={axis})", "np.diff({x}, axis={axis})", "np.flip({x}, axis={axis})",
    "np.roll({x}, 2, axis={axis})", "np.sort({x}, axis={axis})",
    "np.argsort({x}, axis={axis}, kind='stable')", "np.repeat({x}, 2, axis={axis})",
    "np.concatenate([{x}, {x}], axis={axis})", "np.stack([{x}, {x} * 2], axis={axis})",
    "np.expand_dims({x}, {axis})", "np.swapaxes({x}, {axis}, 0)", "np.moveaxis({x}, {axis}, -1)",
    "np.take({x}, [0, -1, 0], axis={axis})", "np.nansum({x}, axis={axis})",
    "np.trapezoid({x}, axis={axis})", "np.quantile({x}, 0.3, axis={axis})",
    "np.average({x}, axis={axis})", "np.logaddexp.reduce({x}, axis={axis})",
    "np.maximum.accumulate({x}, axis={axis})", "np.array_split({x}, 2, axis={axis})[0]",
    "np.delete({x}, 0, axis={axis})", "np.insert({x}, 0, 1.5, axis={axis})",
    "np.linalg.norm({x}, axis={axis})", "np.fft.fft({x}, axis={axis}).real",
)  # fmt: skip
WHOLE = (
    "np.ravel({x})", "{x}.reshape(-1)", "{x}.T", "np.atleast_2d({x})", "np.squeeze({x})",
    "np.pad({x}, 1)", "np.tile({x}, 2)", "np.clip({x}, 0.7, 1.2)", "np.where({x} > 1, {x}, 0)",
    "{x}[{x} > 1]", "np.copy({x})", "{x}[..., None] * {x}[None]", "np.sum({x} * {x})", "np.max({x})",
    "np.outer({x}, {x})", "np.zeros_like({x})", "np.triu(np.atleast_2d({x}))",
    "np.broadcast_to({x}, (2, *{x}.shape))", "{x}.astype(np.float32)", "{x}.mean()", "np.cumsum({x})",
    "np.sort({x}, axis=None)",
)  # fmt: skip
DTYPES = ("float64", "float64", "float32")
LAYOUTS = ("C", "F", "strided", "reversed")
REFUSALS = (ValueError, IndexError, TypeError, ZeroDivisionError)


def array(shape: tuple[int, ...], layout: str, dtype: str, seed: int) -> np.ndarray:
    """Distinct numbers between 0.3 and 2, away from kinks and ties."""
    random = np.random.default_rng(seed)
    size = int(np.prod(shape))
    numbers = np.linspace(0.31, 1.93, size) if size else np.zeros(0)
    made = random.permutation(numbers).reshape(shape).astype(dtype)
    if layout == "F":
        return np.asfortranarray(made)
    if layout == "reversed":
        return made[tuple(slice(None, None, -1) for _ in shape)]
    if layout == "strided":
        wide = np.zeros((*shape, 2), dtype)
        wide[..., 0] = made
        return wide[..., 0]
    return made


shapes = st.lists(st.sampled_from([0, 1, 2, 3, 4]), min_size=1, max_size=3).map(tuple)
arrays = st.builds(
    array,
    shapes,
    st.sampled_from(LAYOUTS),
    st.sampled_from(["float64", "float64", "float32"]),
    st.integers(0, 9),
)
sampled = settings(
    max_examples=60, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")


def hold(call: str, *arguments: np.ndarray) -> None:
    """What NumPy refuses is refused; else value, dtype and shape are its, and slopes those of differences."""
    function = written(call, ("x", "y")[: len(arguments)])
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            expected = function(*(item.copy(order="K") for item in arguments))
        except REFUSALS:
            with pytest.raises(Exception) as caught:
                differentiable(function)(*arguments)
            assert isinstance(caught.value, REFUSALS)
            return
        same(differentiable(function)(*arguments), expected)
        result = np.asarray(expected)
        if result.dtype.kind == "f" and result.size and all(item.size for item in arguments):
            check_derivative(function, *arguments, directions=1)


@sampled
@given(st.sampled_from(ELEMENTWISE), arrays)
def test_elementwise(name: str, x: np.ndarray):
    hold(f"np.{name}(x)", x)


@sampled
@given(st.sampled_from(BINARY), arrays, st.integers(0, 9), st.booleans())
def test_binary_with_broadcasting(name: str, x: np.ndarray, seed: int, leading: bool):
    y = array(x.shape[1:] if leading and x.ndim > 1 else (*x.shape[:-1], 1), "C", x.dtype.name, seed)
    hold(f"np.{name}(x, y * 0.77)", x, y)


@sampled
@given(st.sampled_from(ALONG), arrays, st.integers(-3, 2))
def test_along_an_axis(call: str, x: np.ndarray, axis: int):
    hold(call.format(x="x", axis=axis % x.ndim - x.ndim * (axis < 0)), x)


@sampled
@given(st.sampled_from(WHOLE), arrays)
def test_of_whole_arrays(call: str, x: np.ndarray):
    hold(call.format(x="x"), x)
