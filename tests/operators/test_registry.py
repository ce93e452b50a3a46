"""The registry is complete, unambiguous, documented, and helps with misspelt names."""

from __future__ import annotations

import math
import runpy
from pathlib import Path

import numpy as np
import pytest

from autodiff_compiler.ir.nodes import Var
from autodiff_compiler.ir.types import Scalar
from autodiff_compiler.operators import (
    Elementwise,
    Structural,
    all_entries,
    by_callable,
    by_method,
    by_name,
    elementwise,
    nearest,
    register,
    spelled,
)
from autodiff_compiler.operators.entry import Entry
from tests.operators.samples import ELEMENTWISE
from tests.operators.test_partials import written

ROOT = Path(__file__).resolve().parents[2]
FORMULA = ";  "  # between what an operator computes and its derivative
NO_DERIVATIVE = ("the derivative is zero", "have no derivative", "has no derivative")


@pytest.mark.parametrize("entry", all_entries(), ids=lambda entry: entry.name)
def test_entries_are_found_by_all_they_stand_for(entry: Entry) -> None:
    assert by_name(entry.name) is entry
    assert all(by_callable(function) is entry for function in entry.callables)
    assert all(by_method(method) is entry for method in getattr(entry, "methods", ()))


@pytest.mark.parametrize("entry", ELEMENTWISE, ids=lambda entry: entry.name)
def test_elementwise_entries_say_everything(entry: Elementwise) -> None:
    assert entry.callables
    assert entry.domains
    assert all(domain.low < domain.high for domain in entry.domains)
    assert all(f"{{{position}}}" in entry.emit for position in range(entry.arity))
    assert entry.result in ("float", "number", "bool", "integer")
    value, derivative = entry.doc.split(FORMULA, 1)
    assert value.startswith("y = ")
    assert ("∂" in derivative or entry.name == "clip") == (entry.partials is not None)
    assert entry.partials is not None or derivative.endswith(NO_DERIVATIVE)


@pytest.mark.parametrize("entry", all_entries(), ids=lambda entry: entry.name)
def test_documentation_is_one_line(entry: Entry) -> None:
    assert entry.doc
    assert "\n" not in entry.doc
    assert "|" not in entry.doc.replace("|x|", "").replace("|a|", "")


def test_every_function_of_numpy_that_math_has_too_is_one_operator() -> None:
    for name in ("sin", "exp", "floor", "isnan", "hypot", "log1p", "copysign"):
        assert by_callable(getattr(np, name)) is by_callable(getattr(math, name)) is not None


def test_builtins_stand_for_operators() -> None:
    assert by_callable(abs) is by_name("absolute")
    assert by_callable(pow) is by_name("power")
    assert by_callable(float) is by_name("cast")


def test_what_is_unknown_is_none() -> None:
    assert by_callable(np.savetxt) is None
    assert by_callable([1.0]) is None  # a list cannot be looked up
    assert by_method("tofile") is None


@pytest.mark.parametrize(
    ("misspelt", "meant"),
    [("np.tahn", "np.tanh"), ("squrt", "np.sqrt"), ("transpos", "np.transpose"), ("math.erff", "math.erf")],
)
def test_nearest_offers_what_was_meant(misspelt: str, meant: str) -> None:
    assert meant in nearest(misspelt)


def test_nearest_offers_nothing_for_what_looks_like_nothing() -> None:
    assert nearest("qqqqqq") == []


def test_callables_are_spelled_as_users_write_them() -> None:
    assert [spelled(item) for item in (np.sin, math.sin, abs)] == ["np.sin", "math.sin", "abs"]


def test_a_name_or_a_callable_is_registered_once() -> None:
    with pytest.raises(ValueError, match="registered twice"):
        register(elementwise("sin"))
    with pytest.raises(ValueError, match="already belongs to 'sin'"):
        register(Structural("another_sine", (np.sin,), (), "never registered"))
    with pytest.raises(KeyError):
        by_name("another_sine")


@pytest.mark.parametrize(
    ("name", "operators"),
    [
        ("add", []),
        ("multiply", []),
        ("exp", []),
        ("sin", ["cos"]),
        ("tanh", ["multiply", "subtract"]),
        ("maximum", ["greater_equal", "where", "where"]),
    ],
)
def test_rules_write_few_operations(name: str, operators: list[str]) -> None:
    entry = elementwise(name)
    assert written(entry, *(Var("x", Scalar("float64")) for _ in entry.domains)) == operators


def test_the_page_of_operators_is_current() -> None:
    page = runpy.run_path(str(ROOT / "scripts" / "write_tables.py"))["operators_page"]()
    assert (ROOT / "docs" / "operators.md").read_text(encoding="utf-8") == page, "run scripts/write_tables.py"


def test_the_example_of_the_guide_is_an_entry() -> None:
    guide = (ROOT / "docs" / "add_an_operator.md").read_text(encoding="utf-8")
    table = (ROOT / "autodiff_compiler" / "operators" / "functions.py").read_text(encoding="utf-8")
    shown = guide.split("```python\n", 1)[1].split("```", 1)[0]
    assert shown in table
