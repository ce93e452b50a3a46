"""Elementary functions: within 2 units in the last place, NumPy's at special points, packed instructions."""

from __future__ import annotations

import math
import platform
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import special

from autodiff_compiler import value_with_gradient
from autodiff_compiler.runtime import elementary
from scripts.measure_accuracy import NAMES, PAIRS, measured, samples

DTYPES = ("float64", "float32")
SPECIAL = [
    0.0,
    -0.0,
    np.inf,
    -np.inf,
    np.nan,
    1.0,
    -1.0,
    0.5,
    -0.5,
    2.0,
    -2.0,
    3.0,
    -3.0,
    1e30,
    -1e30,
    1e-40,
    -1e-40,
]


def numpy_sigmoid(x: Any) -> Any:
    return np.where(np.isnan(x), x, 1 / (1 + np.exp(-x.astype("float64")))).astype(x.dtype)


NUMPY: dict[str, Callable[..., Any]] = {
    "sigmoid": numpy_sigmoid,
    "softplus": lambda x: np.logaddexp(x.dtype.type(0), x),
}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", NAMES)
def test_within_two_units_in_the_last_place(name: str, dtype: str) -> None:
    worst, where = measured(name, samples(name, dtype, 300, seed=1), count=100)
    assert worst <= 2, where


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", NAMES)
def test_special_points_are_numpys(name: str, dtype: str) -> None:
    points = np.array(SPECIAL, dtype)
    operands = [grid.ravel() for grid in np.meshgrid(points, points)] if name in PAIRS else [points]
    if name == "power":  # NumPy has √−∞ = NaN and √−0 = −0 here, C has ∞ and 0
        kept = ~((operands[0] == 0) | np.isinf(operands[0])) | (np.abs(operands[1]) != 0.5)
        operands = [operand[kept] for operand in operands]
    function, plain = getattr(elementary, name), getattr(elementary, name).plain
    with np.errstate(all="ignore"):
        original = NUMPY.get(name) or getattr(np, name, None) or getattr(special, name)
        expected = np.asarray(original(*operands)).astype(dtype)
    for compute in (function, plain):
        with np.errstate(all="ignore"):
            found = np.array([compute(*point) for point in zip(*operands, strict=True)], dtype)
        units = 32 if name in ("ndtr", "log_ndtr") else 4  # SciPy's are less accurate than ours
        tiny = 4 * np.finfo(dtype).smallest_subnormal
        np.testing.assert_allclose(found, expected, rtol=units * np.finfo(dtype).eps, atol=tiny)
        zero = expected == 0
        np.testing.assert_array_equal(np.signbit(found[zero]), np.signbit(expected[zero]))


def test_results_have_the_precision_of_the_operands() -> None:
    assert type(elementary.exp.plain(np.float32(1))) is np.float32
    assert elementary.exp(np.float32(1)) == np.float32(math.e)
    assert elementary.power(np.float32(2), 0.5) == pytest.approx(math.sqrt(2), rel=1e-15)


def test_far_elements_of_a_vector_are_the_librarys() -> None:
    def sines(x: Any) -> Any:
        return np.sum(np.sin(x) * x / x)

    x = np.array([1.0, 1e22, -2.0, 5e300, 3.0, -1e10, 0.1, np.inf, 4.0] * 3)
    _, slopes = value_with_gradient(of=sines)(x)
    with np.errstate(invalid="ignore"):
        np.testing.assert_allclose(slopes, np.cos(x), rtol=1e-15)


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="reads x86 instructions")
@pytest.mark.parametrize(
    ("dtype", "packed"), [("float64", r"v?f?(mul|madd\d+)pd"), ("float32", r"v?f?(mul|madd\d+)p[sd]")]
)
def test_a_gradient_is_computed_in_packed_instructions(dtype: str, packed: str) -> None:
    def energy(x: Any, rate: Any) -> Any:
        return np.sum(np.exp(-rate * x * x) * np.sin(x))

    derivative = value_with_gradient(of=energy)
    arguments = np.ones(8, dtype), np.dtype(dtype).type(0.5)
    derivative(*arguments)
    program = derivative._prepare(arguments, {})[0].program
    (assembly,) = program.calls.inspect_asm().values()
    wide = re.findall(rf"\t{packed}\t.*%[xyz]mm", assembly)
    assert len(wide) > 10
