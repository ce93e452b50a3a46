"""The forward rule of each entry: against differences along a direction, and against its reverse rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from autodiff_compiler.differentiate.forward_rules import dot_type, tangent
from autodiff_compiler.differentiate.scalar_rules import bar_type, contributions
from autodiff_compiler.errors import DerivativeNotWritten
from autodiff_compiler.ir.build import Builder
from autodiff_compiler.ir.interpret import interpret
from autodiff_compiler.ir.nodes import Apply, Atom, Const, Function, Level, Var
from autodiff_compiler.ir.types import Scalar, is_inexact
from autodiff_compiler.operators import Elementwise, evaluate
from tests.operators.samples import DIFFERENTIABLE, operands_of
from tests.operators.test_complex_numbers import DIFFERENTIABLE as COMPLEX
from tests.operators.test_complex_numbers import numbers
from tests.operators.test_partials import apply_entry, is_next_to_a_jump

POINTS = 4
CLOSE = {"float64": 1e-10, "complex128": 1e-10, "float32": 1e-4, "complex64": 1e-4}
RealPart = Callable[[object, object], float]


def points(entry: Elementwise, dtype: str) -> list[tuple]:
    """Some points of the entry's domain, floats in this dtype."""
    operands = operands_of(entry, POINTS) if not entry.complex or dtype.startswith("f") else None
    columns = operands if operands is not None else numbers(entry, dtype)
    floats = [column.astype(dtype) if column.dtype.kind == "f" and operands is not None else column
              for column in columns]  # fmt: skip
    found = list(zip(*floats, strict=True))[:POINTS]
    return [p for p in found if entry.name not in ("remainder", "fmod") or not is_next_to_a_jump(*p)]


def rules(entry: Elementwise, point: Sequence[object]) -> tuple[object, list[object], object, list[object]]:
    """A seed, the cotangents it gives the operands; the tangent of the result, those of the operands."""
    rng = np.random.default_rng(1)
    kinds = [Scalar(np.asarray(value).dtype.name) for value in point]
    result = Scalar(np.asarray(apply_entry(entry, point)).dtype.name)
    inputs = [Var(f"x{k}", kind) for k, kind in enumerate(kinds)]
    moving = [item for item, yes in zip(inputs, moves(entry, point), strict=True) if yes]
    dots = {item: Var(f"{item.name}_dot", dot_type(item.type)) for item in moving}
    bar, builder = Var("bar", bar_type(result)), Builder()
    value = Apply(entry.name, tuple(inputs))
    target = builder.assign(value, result)
    moved = tangent(builder, target, value, lambda atom: dots.get(atom, Const(0.0, Scalar(atom.type.dtype))))
    gained: dict[Atom, Atom] = {}
    for operand, share in contributions(builder, target, value, bar, lambda atom: atom in dots):
        gained[operand] = share
    bars = [gained.get(item, Const(0.0, Scalar(item.type.dtype))) for item in moving]
    body = builder.block(moved, *bars)
    function = Function("f", (*inputs, *dots.values(), bar), body, Level.DERIVED, None)
    ways, seed = [drawn(rng, item.type.dtype) for item in moving], drawn(rng, result.dtype)
    found = interpret(function, (*point, *ways, seed), evaluate)
    assert np.asarray(found[0]).dtype == result.dtype
    return seed, list(found[1:]), found[0], ways


def moves(entry: Elementwise, point: Sequence[object]) -> list[bool]:
    """Which operands have tangents: those that are no whole numbers."""
    kinds = [Scalar(np.asarray(value).dtype.name) for value in point]
    return [
        is_inexact(kind) and not domain.integer for kind, domain in zip(kinds, entry.domains, strict=True)
    ]


def drawn(rng: np.random.Generator, dtype: str) -> object:
    number = rng.normal() + (1j * rng.normal() if dtype.startswith("complex") else 0)
    return np.dtype(dtype).type(number)


def inner(one: object, other: object) -> float:
    """Re(conj(one) other)."""
    return float(np.real(np.conj(one) * other))


def assert_modes_agree(entry: Elementwise, dtype: str) -> None:
    for point in points(entry, dtype):
        try:
            with np.errstate(all="ignore"):
                seed, bars, moved, ways = rules(entry, point)
        except DerivativeNotWritten:
            return
        terms = [inner(bar, way) for bar, way in zip(bars, ways, strict=True)]
        size = 1.0 + sum(map(abs, terms)) + abs(inner(seed, moved))
        assert abs(inner(seed, moved) - sum(terms)) <= CLOSE[dtype] * size, point


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("entry", DIFFERENTIABLE, ids=lambda entry: entry.name)
def test_both_modes_agree(entry: Elementwise, dtype: str):
    assert_modes_agree(entry, dtype)


@pytest.mark.parametrize("dtype", ["complex128", "complex64"])
@pytest.mark.parametrize("entry", COMPLEX, ids=lambda entry: entry.name)
def test_both_modes_agree_on_complex_numbers(entry: Elementwise, dtype: str):
    assert_modes_agree(entry, dtype)


@pytest.mark.parametrize("entry", DIFFERENTIABLE, ids=lambda entry: entry.name)
def test_tangents_are_differences(entry: Elementwise):
    step = 1e-4
    for point in points(entry, "float64"):
        try:
            _, _, moved, ways = rules(entry, point)
        except DerivativeNotWritten:
            return
        remaining = iter(ways)
        along = [next(remaining) if yes else None for yes in moves(entry, point)]

        def value(factor: float, point: tuple = point, along: list = along) -> float:
            shifted = [
                x if way is None else x + factor * step * way for x, way in zip(point, along, strict=True)
            ]
            return float(apply_entry(entry, shifted))  # type: ignore[arg-type]

        slope = (8 * (value(1) - value(-1)) - (value(2) - value(-2))) / (12 * step)
        assert float(moved) == pytest.approx(slope, rel=1e-6, abs=1e-6), point  # type: ignore[arg-type]
