"""The partial derivatives of each entry: against finite differences, in float32, and at kinks."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from autodiff_compiler.ir.build import Builder
from autodiff_compiler.ir.nodes import Apply, Assign, Atom, Const, Var
from autodiff_compiler.ir.types import Scalar
from autodiff_compiler.operators import Elementwise, Traced, Unwritten, elementwise, evaluate
from tests.operators.samples import DIFFERENTIABLE, operands_of

STEP = 2e-3
SIXTH_ORDER = {1: 45 / 60, 2: -9 / 60, 3: 1 / 60}  # central differences, error STEP⁶ f⁽⁷⁾ / 140
INF, NAN = math.inf, math.nan


def apply_entry(entry: Elementwise, values: Sequence[object]) -> object:
    return evaluate(Apply(entry.name, ()), list(values))


def partials(entry: Elementwise, values: Sequence[object], atoms: Sequence[Atom] = ()) -> list[object]:
    """The entry's partials at a point, found by running the statements its rule writes; None stays None."""
    assert entry.partials is not None
    result = np.asarray(apply_entry(entry, values))[()]
    atoms = atoms or [Var("x", Scalar(np.asarray(value).dtype.name)) for value in values]
    y = Var("y", Scalar(result.dtype.name))
    builder = Builder()
    written = entry.partials(*(Traced(builder, atom) for atom in (*atoms, y)))
    known: dict[Atom, object] = dict(zip((*atoms, y), (*values, result), strict=True))
    for statement in builder.statements:
        assert isinstance(statement, Assign)
        assert isinstance(statement.value, Apply)
        target, arguments = statement.target, [read(known, item) for item in statement.value.operands]
        known[target] = evaluate(statement.value, arguments)
        assert np.asarray(known[target]).dtype == target.type.dtype, statement
    return [read(known, item.atom) if isinstance(item, Traced) else item for item in written]


def read(known: dict[Atom, object], atom: Atom) -> object:
    return np.dtype(atom.type.dtype).type(atom.value) if isinstance(atom, Const) else known[atom]


def difference(entry: Elementwise, point: Sequence[object], position: int) -> float:
    """∂y/∂(operand at that position) by central differences of sixth order."""
    total = 0.0
    for steps, weight in SIXTH_ORDER.items():
        for sign in (1, -1):
            moved = list(point)
            moved[position] = point[position] + np.float64(sign * steps * STEP)  # type: ignore[operator]
            total += sign * weight * float(apply_entry(entry, moved))  # type: ignore[arg-type]
    return total / STEP


def is_next_to_a_jump(a: float, b: float) -> bool:
    return abs(a / b - round(a / b)) < 0.05


@pytest.mark.parametrize("entry", DIFFERENTIABLE, ids=lambda entry: entry.name)
def test_partials_are_finite_differences(entry: Elementwise) -> None:
    for point in zip(*operands_of(entry), strict=True):
        if entry.name in ("remainder", "fmod") and is_next_to_a_jump(*point):
            continue
        found = partials(entry, point)
        assert len(found) == entry.arity
        for position, value in enumerate(found):
            if isinstance(point[position], np.bool_):
                assert value is None
            if isinstance(value, Unwritten) or entry.domains[position].integer:
                continue
            expected = difference(entry, point, position)
            assert float(value or 0.0) == pytest.approx(expected, rel=1e-8, abs=1e-9), (point, position)


@pytest.mark.parametrize("entry", DIFFERENTIABLE, ids=lambda entry: entry.name)
def test_partials_of_float32_are_float32(entry: Elementwise) -> None:
    for point in zip(*operands_of(entry, 5), strict=True):
        narrow = [value if isinstance(value, np.bool_) else np.float32(value) for value in point]
        wide = [value if isinstance(value, np.bool_) else np.float64(value) for value in narrow]
        for found, expected in zip(partials(entry, narrow), partials(entry, wide), strict=True):
            if isinstance(found, Unwritten):
                continue
            assert expected is None or found == pytest.approx(float(expected), rel=2e-5, abs=2e-6)
            assert found is None or type(found) in (float, np.float32)  # a Python number yields to float32


KINKS = [
    ("absolute", (0.0,), (0,)),
    ("fabs", (0.0,), (0,)),
    ("sqrt", (0.0,), (INF,)),
    ("cbrt", (0.0,), (INF,)),
    ("hypot", (0.0, 0.0), (0, 0)),
    ("arctan2", (0.0, 0.0), (NAN, NAN)),
    ("arcsin", (1.0,), (INF,)),
    ("arccos", (-1.0,), (-INF,)),
    ("arccosh", (1.0,), (INF,)),
    ("log", (0.0,), (INF,)),
    ("copysign", (0.0, -2.0), (0, None)),
    ("maximum", (2.0, 2.0), (1, 0)),
    ("minimum", (2.0, 2.0), (1, 0)),
    ("fmax", (2.0, 2.0), (1, 0)),
    ("fmin", (2.0, 2.0), (1, 0)),
    ("fmax", (NAN, 2.0), (0, 1)),
    ("fmin", (2.0, NAN), (1, 0)),
    ("where", (np.True_, 3.0, INF), (None, 1, 0)),
    ("where", (np.False_, NAN, 3.0), (None, 0, 1)),
    ("clip", (-1.0, -1.0, 1.0), (1, 0, 0)),
    ("clip", (1.0, -1.0, 1.0), (1, 0, 0)),
    ("clip", (5.0, -1.0, 1.0), (0, 0, 1)),
    ("clip", (-5.0, -1.0, 1.0), (0, 1, 0)),
    ("clip", (0.0, 3.0, 1.0), (0, 0, 1)),
    ("power", (0.0, 0.0), (0, 0)),
    ("power", (0.0, 1.0), (1, 0)),
    ("power", (0.0, 2.5), (0, 0)),
    ("power", (0.0, 0.5), (INF, 0)),
    ("power", (-2.0, 3.0), (12, NAN)),
    ("power", (-2.0, 0.0), (0, NAN)),
    ("power", (3.0, -1.0), (-1 / 9, math.log(3) / 3)),
]


@pytest.mark.parametrize(("name", "point", "expected"), KINKS, ids=lambda item: str(item).replace(" ", ""))
def test_conventions_at_kinks(
    name: str, point: tuple[float, ...], expected: tuple[float | None, ...]
) -> None:
    found = partials(elementwise(name), [np.asarray(value)[()] for value in point])
    assert [None if item is None else float(item) for item in found] == [
        None if item is None else pytest.approx(item, nan_ok=True) for item in expected
    ]


@pytest.mark.parametrize(
    ("exponent", "derivative", "operators"),
    [
        (0.0, 0.0, []),
        (1.0, 1.0, []),
        (2.0, -6.0, ["multiply"]),
        (3.0, 27.0, ["multiply", "multiply"]),
        (-1.0, -1 / 9, ["power", "multiply"]),
        (4.0, -108.0, ["power", "multiply"]),
    ],
)
def test_power_with_a_literal_exponent_has_no_logarithm(
    exponent: float, derivative: float, operators: list[str]
) -> None:
    x, literal = Var("x", Scalar("float64")), Const(exponent, Scalar("float64"))
    power = elementwise("power")
    found = partials(power, [np.float64(-3.0), np.float64(exponent)], [x, literal])
    assert found[0] == pytest.approx(derivative)
    assert found[1] is None
    assert written(power, x, literal) == operators


def written(entry: Elementwise, *atoms: Atom) -> list[str]:
    """The operators a rule's statements apply, in order."""
    assert entry.partials is not None
    builder = Builder()
    entry.partials(*(Traced(builder, atom) for atom in (*atoms, Var("y", Scalar("float64")))))
    return [statement.value.operator for statement in builder.statements]  # type: ignore[union-attr]
