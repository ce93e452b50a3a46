"""The code of each elementwise entry computes what NumPy does, plainly and under Numba, in its dtype."""

from __future__ import annotations

import functools
import math

import numba
import numpy as np
import pytest

from autodiff_compiler.operators import Elementwise, template
from tests.operators.samples import ELEMENTWISE, special_operands

FLOAT_DTYPES = ("float64", "float32")
ACCEPTS = {  # which results an entry may promise to be tried on operands of the dtype
    "float64": ("float", "number", "bool"),
    "float32": ("float", "number", "bool"),
    "int64": ("number", "integer", "bool"),
    "bool": ("integer", "bool"),
}
NOT_BELOW_ZERO = {"power", "left_shift", "right_shift"}  # second operands NumPy or C accept for integers
ULPS = 8
ALONE = {  # what NumPy does not have
    "float_power": np.power,
    **{name: np.vectorize(getattr(math, name)) for name in ("erf", "erfc")},
}


def cases() -> list[tuple[Elementwise, str]]:
    """Every entry with every dtype it takes; without SciPy's, and shifts of booleans."""
    return [
        (entry, dtype)
        for dtype, results in ACCEPTS.items()
        for entry in ELEMENTWISE
        if entry.result in results
        and not (dtype == "bool" and entry.name.endswith(("shift", "gcd", "lcm")))
        and not entry.emit.startswith("special.")
    ]


def operands(entry: Elementwise, dtype: str) -> list[np.ndarray]:
    first, second, third = special_operands(dtype)
    if entry.name == "where":
        return [first != 0, second, third]
    if entry.name == "scaled_by_power":
        second = np.trunc(np.nan_to_num(second, posinf=40, neginf=-40))
    if dtype == "int64" and entry.name in NOT_BELOW_ZERO:
        second = np.abs(second)
    return [first, second, third][: entry.arity]


def reference(entry: Elementwise, arrays: list[np.ndarray]) -> np.ndarray:
    """NumPy's answer, or what `math` has alone."""
    function = ALONE.get(entry.name, entry.callables[0])
    with np.errstate(all="ignore"):
        result = np.asarray(function(*arrays))
    return result.astype(arrays[0].dtype) if entry.name in ALONE else result


def result_dtype(entry: Elementwise, dtype: str) -> str:
    return "bool" if entry.result == "bool" else dtype


def assert_same(
    found: np.ndarray, expected: np.ndarray, entry: Elementwise, arrays: list[np.ndarray]
) -> None:
    assert found.dtype == expected.dtype
    same = np.ones(found.shape, bool)
    if entry.name in ("power", "float_power"):  # NumPy's pow takes the root of −∞ to be NaN, C's to be ∞
        same = ~(np.isneginf(arrays[0]) & (arrays[1] == 0.5)) if found.dtype.kind == "f" else same
    tolerance = ULPS * np.finfo(found.dtype).eps if found.dtype.kind == "f" else 0
    np.testing.assert_allclose(found[same], expected[same], rtol=tolerance, atol=0, equal_nan=True)


@functools.cache
def compiled(dtype: str) -> dict[str, np.ndarray]:
    """The results of all entries at the special points, from one function with one loop."""
    entries = [entry for entry, tried in cases() if tried == dtype]
    columns = {array.tobytes(): array for entry in entries for array in operands(entry, dtype)}
    names = {key: f"x{position}" for position, key in enumerate(columns)}
    lines = [f"def run({', '.join(names.values())}, values, truths):", " for i in range(values.shape[1]):"]
    for row, entry in enumerate(entries):
        elements = [f"{names[array.tobytes()]}[i]" for array in operands(entry, dtype)]
        lines.append(f"  y{row} = {template(entry, result_dtype(entry, dtype)).format(*elements)}")
        lines.append(f"  {_table(entry)}[{row}, i] = y{row}")
    namespace = {"np": np, "math": math}
    exec("\n".join(lines), namespace)
    run = numba.njit(error_model="numpy")(namespace["run"])
    shape = len(entries), len(next(iter(columns.values())))
    tables = {"values": np.zeros(shape, dtype), "truths": np.zeros(shape, bool)}
    run(*columns.values(), **tables)
    (overload,) = run.overloads.values()
    types = {name.split(".")[0]: str(kind) for name, kind in overload.type_annotation.typemap.items()}
    for row, entry in enumerate(entries):
        assert types[f"y{row}"] == result_dtype(entry, dtype), f"{entry.name} of {dtype}: {types[f'y{row}']}"
    return {entry.name: tables[_table(entry)][row] for row, entry in enumerate(entries)}


def _table(entry: Elementwise) -> str:
    return "truths" if entry.result == "bool" else "values"


@pytest.mark.parametrize(("entry", "dtype"), cases(), ids=lambda item: getattr(item, "name", item))
def test_plain_code_computes_what_numpy_does(entry: Elementwise, dtype: str) -> None:
    arrays = operands(entry, dtype)
    code = template(entry, result_dtype(entry, dtype)).format("a", "b", "c")
    function = eval(f"lambda a, b=None, c=None: {code}", {"np": np, "math": math})
    with np.errstate(all="ignore"):
        results = [function(*point) for point in zip(*arrays, strict=True)]
    assert {np.asarray(result).dtype.name for result in results} == {result_dtype(entry, dtype)}
    assert_same(np.array(results), reference(entry, arrays), entry, arrays)


@pytest.mark.parametrize(("entry", "dtype"), cases(), ids=lambda item: getattr(item, "name", item))
def test_compiled_code_computes_what_numpy_does(entry: Elementwise, dtype: str) -> None:
    arrays = operands(entry, dtype)
    assert_same(compiled(dtype)[entry.name], reference(entry, arrays), entry, arrays)
