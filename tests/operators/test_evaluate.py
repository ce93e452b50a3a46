"""What applications mean on NumPy values."""

from __future__ import annotations

import numpy as np
import pytest

from autodiff_compiler.ir.nodes import Apply
from autodiff_compiler.operators import evaluate


def run(operator: str, *arguments: object, **attributes: object) -> object:
    return evaluate(Apply(operator, (), tuple(attributes.items())), list(arguments))


def test_elementwise_broadcasts_and_keeps_the_dtype() -> None:
    x = np.linspace(-1, 1, 6, dtype="float32").reshape(3, 2)
    y = np.array([2.0, 3.0], "float32")
    found = run("multiply", x, y)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, x * y)


def test_functions_of_math_keep_float32() -> None:
    assert run("erf", np.float32(0.5)).dtype == np.float32
    assert run("erf", np.array([0.5], "float32")).dtype == np.float32


@pytest.mark.parametrize(
    ("operator", "arguments", "dtype"),
    [
        ("divide", (np.int64(1), np.int64(2)), "float64"),
        ("add", (np.float32(1), 2.0), "float32"),
        ("less", (np.float32(1), np.float32(2)), "bool"),
        ("where", (np.True_, np.float32(1), np.float32(2)), "float32"),
        ("bitwise_and", (np.True_, np.False_), "bool"),
        ("floor", (np.int64(3),), "int64"),
        ("exp", (1,), "float64"),
    ],
)
def test_scalars_promote_as_in_numpy(operator: str, arguments: tuple[object, ...], dtype: str) -> None:
    assert run(operator, *arguments).dtype == dtype


def test_python_numbers_divide_as_numpy_does() -> None:
    assert run("divide", 1.0, 0.0) == np.inf


def test_empty_arrays_and_arrays_without_axes_stay_arrays() -> None:
    assert run("sin", np.zeros((0, 3), "float32")).shape == (0, 3)
    found = run("sin", np.array(0.5))
    assert isinstance(found, np.ndarray)
    assert found.shape == ()


def test_casts_give_the_dtype_asked_for() -> None:
    assert run("cast", np.float64(2.9), dtype="int64") == 2
    found = run("cast", np.arange(6.0).reshape(2, 3).T, dtype="float32")
    assert found.dtype == np.float32
    assert found.flags.c_contiguous


def test_copies_are_contiguous_and_share_nothing() -> None:
    x = np.arange(6.0).reshape(2, 3).T
    found = run("copy", x)
    np.testing.assert_array_equal(found, x)
    assert found.flags.c_contiguous
    assert not np.shares_memory(found, x)


def test_reductions_take_axes() -> None:
    x = np.arange(24.0).reshape(2, 3, 4)
    np.testing.assert_array_equal(run("sum", x, axis=(0, 2), keepdims=True), x.sum((0, 2), keepdims=True))
    np.testing.assert_array_equal(run("max", x, axis=(1,), keepdims=False), x.max(axis=1))
    assert run("mean", x.astype("float32"), axis=(0, 1, 2), keepdims=False).dtype == np.float32


def test_products_are_numpys() -> None:
    a, b = np.arange(6.0).reshape(2, 3), np.arange(3.0)
    np.testing.assert_array_equal(run("matmul", a, b), a @ b)


def test_what_the_frontend_lowers_is_never_applied() -> None:
    with pytest.raises(ValueError, match="zeros is never applied"):
        run("zeros", 3)
