"""The judge of composed functions: a call, written as text, against NumPy and against differences.

A row of a table is an expression over named arguments. It becomes a function with source, which the compiler
reads as it reads a user's.
"""

from __future__ import annotations

import itertools
import linecache
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autodiff_compiler import check_derivative, config, differentiable

_numbers = itertools.count()
_rows = itertools.count()
FORWARD = 3  # of so many rows that are not compiled, one is tried in forward mode too
TOLERANCE = {"float64": 1e-11, "float32": 2e-5, "complex128": 1e-11, "complex64": 2e-5}


def written(call: str, names: tuple[str, ...], **globals_: object) -> Callable[..., Any]:
    """A function with these parameters that returns the expression, or whose body these statements are."""
    lines = call.split("\n") if "\n" in call else [f"return {call}"]
    source = f"def row({', '.join(names)}):\n" + "".join(f"    {line}\n" for line in lines)
    name = f"<row {next(_numbers)}>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    scope: dict[str, Any] = {"np": np, "__name__": __name__, **globals_}
    exec(compile(source, name, "exec"), scope)
    function: Callable[..., Any] = scope["row"]
    return function


def judge(
    call: str, arguments: Mapping[str, object], *, derivative: bool = True, rtol: float | None = None,
    **globals_: object,
) -> None:  # fmt: skip
    """Hold value, dtype and shape of a call against NumPy's, and its pullback against differences."""
    function = written(call, tuple(arguments), **globals_)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = function(*_copied(arguments))
    found = differentiable(function)(*_copied(arguments))
    same(found, expected)
    if derivative:
        forward = not config.current().jit and next(_rows) % FORWARD == 0
        check_derivative(function, *_copied(arguments), rtol=rtol, forward=forward)


def same(found: Any, expected: Any, *, low: bool = False) -> None:
    """Assert that two results are alike: structure, shape, dtype, numbers (NaN is NaN).

    With `low` all numbers are known in single precision alone.
    """
    if isinstance(expected, (tuple, list)):
        assert type(found) is type(expected)
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            same(one, other, low=low)
        return
    assert np.shape(found) == np.shape(expected), (np.shape(found), np.shape(expected))
    one, other = np.asarray(found), np.asarray(expected)
    assert one.dtype == other.dtype, (one.dtype, other.dtype)
    tolerance = TOLERANCE.get(other.dtype.name, 0)
    tolerance = max(tolerance, TOLERANCE["float32"]) if low and tolerance else tolerance
    # sums that cancel are known to the precision of their terms, which the largest element stands for
    largest = np.max(np.abs(other), initial=1, where=np.isfinite(other)) if tolerance else 0
    np.testing.assert_allclose(one, other, rtol=tolerance, atol=tolerance * largest)


def _copied(arguments: Mapping[str, object]) -> list[Any]:
    return [
        value.copy(order="K") if isinstance(value, np.ndarray) and value.flags.forc else value
        for value in arguments.values()
    ]
