"""Calls that cannot work are found at the definition, all at once, and only those."""

from __future__ import annotations

import functools
import math
import time
import types

import numpy as np
import pytest

from autodiff_compiler.errors import SourceUnavailable, UnknownOperator
from autodiff_compiler.frontend.check_names import check_names
from autodiff_compiler.frontend.source import read_source

special = types.SimpleNamespace(zeta=time.time, square=lambda x: x * x)
array = np.arange(3.0)
namespace: dict = {}
exec("def textless(x): return x", namespace)
textless = namespace["textless"]


def found(function) -> list:
    return check_names(read_source(function))


def messages(function) -> str:
    return "\n".join(str(error) for error in found(function))


def unknown_operators(x):
    y = np.savetxt(x)
    z = time.time(x) + special.zeta(y)
    return packed(z) + bytes("file")


packed = np.packbits


def test_all_offences_at_once():
    errors = found(unknown_operators)
    assert all(type(error) is UnknownOperator for error in errors)
    assert [error.lineno - unknown_operators.__code__.co_firstlineno for error in errors] == [1, 2, 2, 3, 3]
    names = ["np.savetxt", "time.time", "special.zeta", "packed", "bytes"]
    for name, error in zip(names, errors, strict=True):
        assert f"`{name}` has no derivative rule" in error.reason
        assert error.suggestion


def test_misspelt_names_of_libraries():
    def f(x):
        return np.tahn(x) + math.sqr(x) * np.linalg.nrm(x)

    errors = found(f)
    assert [error.reason for error in errors] == [
        "numpy has no attribute `tahn`",
        "math has no attribute `sqr`",
        "numpy.linalg has no attribute `nrm`",
    ]
    assert "np.tanh" in errors[0].suggestion
    assert "np.sqrt" in errors[1].suggestion


def test_printing():
    def f(x):
        print(x)
        return x

    assert messages(f) == ""


def accepted(x, saved=np.savetxt, *, open=None):
    """Parameters, locals, methods, loops, casts and helpers; names may be defined later."""
    print = helper
    total = print(x) + open(x) + saved(x)
    for i, (a, b) in enumerate(zip(x, x)):  # noqa: B905
        total += a * b + float(i) + np.float32(a)
    for v in reversed(x):
        total += v
    total += special.square(total) + defined_later(total) + later.function(total)  # noqa: F821
    total += np.sum(np.full(3, x)) + np.where(x > 0, x, 1)
    total += x.unknown_method() + array.tolist() + helper.__call__(x)
    return max(total, sum(x), len(x), abs(total), tuple((1, 2)), isinstance(x, float))


def helper(x):
    return cached(x) * 2


@functools.lru_cache
def cached(x):
    return np.sin(x)


def test_what_may_work_is_accepted():
    assert "__call__" in messages(accepted)
    assert len(found(accepted)) == 1


def inner(x):
    return time.time(x)


def middle(x):
    return inner(x) + inner(2 * x) + middle(x - 1)


def outer(x):
    return middle(x) + inner(x)


def test_offences_of_callees_once_each_with_their_calls():
    (error,) = found(outer)
    assert error.location.function == "inner"
    assert "called from" in str(error)
    assert "return middle(x) + inner(x)" in str(error)


def test_callee_without_source():
    def f(x):
        return textless(x)

    (error,) = found(f)
    assert type(error) is SourceUnavailable
    assert error.lineno == f.__code__.co_firstlineno + 1


def test_closures():
    saved, late = np.savetxt, 0

    def f(x):
        return saved(x) + late(x)  # noqa: F821

    assert len(found(f)) == 1
    del late
    assert len(found(f)) == 1


@pytest.mark.parametrize("name", ["bytes", "bytearray", "np.float16"])
def test_builtins_that_are_no_operators(name, tmp_path):
    path = tmp_path / "module.py"
    text = f"import numpy as np\ndef f(x):\n    y = {name}(x)\n    return y\n"
    path.write_text(text)
    made: dict = {}
    exec(compile(text, str(path), "exec"), made)
    assert f"`{name}` has no derivative rule" in messages(made["f"])


def test_definitions_are_left_to_the_syntax_check():
    def f(x):
        g = lambda open: open(x)  # noqa: E731
        return g(1) + sum(open(v) for v in x)

    assert found(f) == []
