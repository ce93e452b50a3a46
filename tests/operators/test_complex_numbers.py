"""Operators of complex numbers against NumPy, and their cotangents against differences along both parts."""

from __future__ import annotations

import numpy as np
import pytest

from autodiff_compiler.differentiate.scalar_rules import contributions
from autodiff_compiler.ir.build import Builder
from autodiff_compiler.ir.interpret import interpret
from autodiff_compiler.ir.nodes import Apply, Function, Level, Var
from autodiff_compiler.ir.types import Scalar, real_of
from autodiff_compiler.operators import Elementwise, all_entries, evaluate
from tests.operators.samples import sample

COMPLEX = [entry for entry in all_entries() if isinstance(entry, Elementwise) and entry.complex]
DIFFERENTIABLE = [entry for entry in COMPLEX if (entry.partials or entry.adjoint) and entry.name != "where"]
NUMPY = {"complex_of": lambda a, b: a + 1j * b, "magnitude": np.abs, "complex_power": np.power}
STEP = 1e-6


def numbers(entry: Elementwise, dtype: str) -> list[np.ndarray]:
    parts = [
        (sample(domain, 20, 2 * k), sample(domain, 20, 2 * k + 1)) for k, domain in enumerate(entry.domains)
    ]
    if entry.name == "complex_of":
        return [first.astype(real_of(dtype)) for first, _ in parts]
    return [(first + 1j * second).astype(dtype) for first, second in parts]


@pytest.mark.parametrize("dtype", ["complex128", "complex64"])
@pytest.mark.parametrize("entry", COMPLEX, ids=lambda entry: entry.name)
def test_values_are_those_of_numpy(entry: Elementwise, dtype: str):
    operands = (
        numbers(entry, dtype) if entry.name != "where" else [np.ones(3, bool), *[np.ones(3, dtype)] * 2]
    )
    name = entry.name.removeprefix("complex_")
    with np.errstate(all="ignore"):
        expected = (NUMPY.get(entry.name) or getattr(np, name))(*operands)
        found = [evaluate(Apply(entry.name, ()), list(point)) for point in zip(*operands, strict=True)]
    np.testing.assert_allclose(found, expected, rtol=1e-12 if dtype == "complex128" else 2e-5)


@pytest.mark.parametrize("entry", DIFFERENTIABLE, ids=lambda entry: entry.name)
def test_cotangents_against_differences(entry: Elementwise):
    operands = numbers(entry, "complex128")
    kinds = [Scalar(item.dtype.name) for item in operands]
    result = Scalar("float64" if entry.result == "real" else "complex128")
    inputs = [Var(f"x{k}", kind) for k, kind in enumerate(kinds)]
    bar = Var("bar", result)
    builder = Builder()
    value = Apply(entry.name, tuple(inputs))
    target = builder.assign(value, result)
    gained = dict(contributions(builder, target, value, bar, lambda atom: True))
    function = Function(
        "f", (*inputs, bar), builder.block(*(gained[item] for item in inputs)), Level.DERIVED, None
    )
    seed = np.complex128(0.6 - 0.8j) if result.dtype == "complex128" else np.float64(0.6)
    for point in list(zip(*operands, strict=True))[:5]:
        found = interpret(function, (*point, seed), evaluate)
        for position, cotangent in enumerate(found):
            ways = (1.0, 1j) if np.iscomplexobj(point[position]) else (1.0,)
            for way in ways:
                moved = []
                for step in (STEP, -STEP):
                    operand = [item + (step * way if k == position else 0) for k, item in enumerate(point)]
                    typed = [kind_of(kind, item) for kind, item in zip(kinds, operand, strict=True)]
                    moved.append(evaluate(value, typed))
                slope = np.real(np.conj(seed) * (moved[0] - moved[1])) / (2 * STEP)
                assert np.real(np.conj(cotangent) * way) == pytest.approx(slope, rel=1e-6, abs=1e-8)


def kind_of(kind: Scalar, number: complex) -> np.generic:
    return np.dtype(kind.dtype).type(number)
