"""Generated Python means what the IR means."""

from __future__ import annotations

import ast

import gast
import numpy as np
import pytest

from autodiff_compiler.emit.load import load
from autodiff_compiler.emit.module import module_source
from autodiff_compiler.emit.print_source import print_source
from autodiff_compiler.emit.to_python import to_python
from autodiff_compiler.ir.interpret import interpret
from autodiff_compiler.ir.nodes import Function
from autodiff_compiler.ir.show import show
from autodiff_compiler.ir.verify import verify
from autodiff_compiler.operators import evaluate
from tests.emit.random_programs import LENGTH, Generator


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTODIFF_CACHE_DIR", str(tmp_path_factory.getbasetemp() / "cache"))


def arguments() -> tuple[object, ...]:
    source = np.random.default_rng(3)
    return np.float64(0.3), np.float64(-1.2), source.normal(size=LENGTH), source.normal(size=LENGTH)


def compare(function: Function, source: str, jit: bool) -> None:
    expected_inputs, inputs = arguments(), arguments()
    expected = interpret(function, expected_inputs, evaluate)
    actual = load(source, [function.name], "", jit)[function.name](*inputs)
    actual = actual if isinstance(actual, tuple) else (actual,)
    assert len(actual) == len(expected)
    for one, other in zip((*actual, *inputs), (*expected, *expected_inputs), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("seed", range(300))
def test_random_programs(seed: int) -> None:
    function = Generator(seed).function()
    verify(function)
    definition = to_python(function).definition
    source = module_source([definition])
    assert ast.dump(ast.parse(print_source(definition))) == ast.dump(without_comments(definition))
    try:
        compare(function, source, jit=False)
    except Exception as error:
        raise AssertionError(f"{show(function)}\n{source}") from error


@pytest.mark.parametrize("seed", range(300, 306))
def test_random_programs_compiled(seed: int) -> None:
    function = Generator(seed).function()
    compare(function, module_source([to_python(function).definition]), jit=True)


def without_comments(definition: gast.FunctionDef) -> ast.Module:
    return ast.Module([gast.gast_to_ast(definition)], [])
