"""Every program of the catalogue against plain Python and finite differences, in both precisions."""

from __future__ import annotations

import operator
from functools import partial
from types import FunctionType

import numpy as np
import pytest

from autodiff_compiler import (
    differentiable,
    value_with_differential,
    value_with_gradient,
    value_with_pullback,
    zero_tangent,
)
from autodiff_compiler.tangents import mapped
from tests.programs.catalogue import (
    Program,
    all_programs,
    copied,
    directional_derivative,
    inner,
    is_differentiable,
    numbers,
    plain_value,
    products,
    random_direction,
)

CLOSE = {"float64": 1e-9, "float32": 1e-4}  # between two ways to compute the same, relative to the largest
ALONG_A_LINE = 1e-7  # between a gradient and finite differences, both in float64
EVERY = 5  # of this many programs, one also tries its pullback
FORWARD = 4  # of this many programs, one tries forward mode without compilation ...
COMPILED = 150  # ... and of this many compiled
SINGLE = 3  # of this many programs, one is compiled for float32 too; the gradients of the others run plain


def cases(every: int = 1, single: int = 1) -> list:
    """Programs in both precisions; one function stays in one process, where it is compiled once."""
    return [
        pytest.param(
            program, dtype, id=f"{program.name}-{dtype}", marks=pytest.mark.xdist_group(_family(program))
        )
        for number, program in enumerate(all_programs()[::every])
        for dtype in ("float64", "float32")
        if dtype == "float64" or (not program.float64_only and number % single == 0)
    ]


def _is_compiled_single(program: Program) -> bool:
    return all_programs().index(program) % SINGLE == 0


def _family(program: Program) -> str:
    return program.name.split("#")[0]


@pytest.mark.parametrize(("program", "dtype"), cases(single=SINGLE))
def test_primal_is_the_python_function(program: Program, dtype: str):
    given, expected = program.arguments(dtype), program.arguments(dtype)
    compiled = differentiable(program.function)(*given)
    python = program.function(*expected)
    assert_close(compiled, python, CLOSE[dtype] * program.looseness)
    for ours, theirs in zip(given, expected, strict=True):  # updated in place alike
        assert_close(ours, theirs, CLOSE[dtype] * program.looseness)


@pytest.mark.parametrize(("program", "dtype"), cases())
def test_gradient(program: Program, dtype: str, monkeypatch: pytest.MonkeyPatch):
    arguments, function = program.arguments(dtype), program.function
    if dtype == "float32" and not _is_compiled_single(program):
        function = twin(function)
        monkeypatch.setenv("AUTODIFF_JIT", "0")
    value, gradients = value_and_gradients(program, arguments, function)
    assert_close(value, plain_value(program.function, arguments), CLOSE[dtype] * program.looseness)
    for argument, gradient in zip(selected(program, arguments), gradients, strict=True):
        wanted, found = numbers(zero_tangent(argument)), numbers(gradient)
        assert [np.shape(item) for item in found] == [np.shape(item) for item in wanted]
        assert [np.asarray(item).dtype for item in found] == [np.asarray(item).dtype for item in wanted]
    if program.value is not None:
        assert_close(value, program.value, CLOSE[dtype] * program.looseness)
    if program.gradient is not None:
        known = as_tuple(program, arguments, program.gradient)
        assert_all_close(gradients, known, CLOSE[dtype] * program.looseness)
    if dtype == "float64":
        assert_slopes_agree(program, arguments, gradients)
    else:
        wide = value_and_gradients(program, program.arguments(), function)[1]
        assert_all_close(gradients, wide, CLOSE[dtype] * program.looseness)


@pytest.mark.parametrize(("program", "dtype"), cases(single=SINGLE))
def test_generated_code_without_compilation(program: Program, dtype: str, monkeypatch: pytest.MonkeyPatch):
    arguments = program.arguments(dtype)
    value, gradients = value_and_gradients(program, arguments)
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    with np.errstate(all="ignore"):
        plain, plain_gradients = value_and_gradients(program, arguments, twin(program.function))
    assert_close(plain, value, CLOSE[dtype] * program.looseness)
    assert_all_close(plain_gradients, gradients, CLOSE[dtype] * program.looseness)


@pytest.mark.parametrize(("program", "dtype"), cases(single=SINGLE))
def test_callers_arrays_are_kept(program: Program, dtype: str):
    arguments = program.arguments(dtype)
    untouched = copied(arguments)
    value_and_gradients(program, arguments)
    for argument, before in zip(numbers(arguments), numbers(untouched), strict=True):
        np.testing.assert_array_equal(argument, before)


@pytest.mark.parametrize(("program", "dtype"), cases(EVERY, SINGLE))
def test_pullback_is_seed_times_gradient(program: Program, dtype: str):
    arguments = program.arguments(dtype)
    _, gradients = value_and_gradients(program, arguments)
    value, pullback = value_with_pullback(of=program.function, wrt=program.wrt)(*arguments)
    assert_close(value, plain_value(program.function, arguments), CLOSE[dtype] * program.looseness)
    for seed in (1.0, np.random.default_rng(1).normal()):
        cotangents = as_tuple(program, arguments, pullback(seed))
        expected = mapped(partial(operator.mul, seed), gradients)
        assert_all_close(cotangents, expected, CLOSE[dtype] * program.looseness)


@pytest.mark.parametrize(("program", "dtype"), cases(FORWARD, SINGLE))
def test_differential_is_the_gradient_along_a_line(
    program: Program, dtype: str, monkeypatch: pytest.MonkeyPatch
):
    _, gradients = value_and_gradients(program, program.arguments(dtype))
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    assert_forward_agrees(program, dtype, gradients, twin(program.function))


@pytest.mark.parametrize(("program", "dtype"), cases(COMPILED, COMPILED))
def test_compiled_differential_is_the_gradient_along_a_line(program: Program, dtype: str):
    _, gradients = value_and_gradients(program, program.arguments(dtype))
    assert_forward_agrees(program, dtype, gradients, program.function)


# ---------------------------------------------------------------- what the tests are written with


def value_and_gradients(program: Program, arguments: tuple, function: object = None) -> tuple[object, tuple]:
    """The value, and the gradient by each parameter asked for, always as a tuple."""
    value, gradients = value_with_gradient(of=function or program.function, wrt=program.wrt)(*arguments)
    return value, as_tuple(program, arguments, gradients)


def as_tuple(program: Program, arguments: tuple, gradients: object) -> tuple:
    """The gradients as a tuple, also where there is only one, which may be a tuple by itself."""
    alone = isinstance(program.wrt, str) or (program.wrt is None and len(positions(program, arguments)) == 1)
    return (gradients,) if alone else gradients


def twin(function: FunctionType) -> FunctionType:
    """The same function as another object, so that nothing compiled for the first is used."""
    return FunctionType(
        function.__code__,
        function.__globals__,
        function.__name__,
        function.__defaults__,
        function.__closure__,
    )


def positions(program: Program, arguments: tuple) -> list[int]:
    """Which parameters the gradients belong to, in their order."""
    if program.wrt is None:
        return [position for position, item in enumerate(arguments) if is_differentiable(item)]
    names = program.function.__code__.co_varnames
    return [names.index(name) for name in ((program.wrt,) if isinstance(program.wrt, str) else program.wrt)]


def selected(program: Program, arguments: tuple) -> list:
    return [arguments[position] for position in positions(program, arguments)]


def assert_slopes_agree(program: Program, arguments: tuple, gradients: tuple) -> None:
    """Gradient times direction is the slope that finite differences see, for directions over all inputs."""
    rng = np.random.default_rng(7)
    chosen = positions(program, arguments)
    for _ in range(3):
        direction = random_direction(arguments, rng, tuple(p in chosen for p in range(len(arguments))))
        expected = directional_derivative(program.function, arguments, direction)
        found = inner(tuple(direction[position] for position in chosen), gradients)
        terms = products(tuple(direction[position] for position in chosen), gradients)
        scale = 1.0 + sum(float(np.sum(np.abs(term))) for term in terms)
        assert abs(found - expected) <= ALONG_A_LINE * program.looseness * scale


def assert_forward_agrees(program: Program, dtype: str, gradients: tuple, function: FunctionType) -> None:
    """Forward mode along a random direction over all inputs is the gradient times that direction."""
    arguments = program.arguments(dtype)
    untouched, tolerance = copied(arguments), CLOSE[dtype] * program.looseness
    with np.errstate(all="ignore"):
        value, differential = value_with_differential(of=function, wrt=program.wrt)(*arguments)
        assert_close(numbers(arguments), numbers(untouched), 0.0)
        chosen = positions(program, arguments)
        directions = random_direction(
            arguments, np.random.default_rng(3), tuple(p in chosen for p in range(len(arguments)))
        )
        along = tuple(directions[position] for position in chosen)
        found = differential(*along)
    assert np.asarray(found).dtype == np.asarray(value).dtype
    scale = 1.0 + sum(float(np.sum(np.abs(term))) for term in products(along, gradients))
    assert abs(float(found) - inner(along, gradients)) <= tolerance * scale


def assert_close(found: object, expected: object, tolerance: float) -> None:
    """Equal up to a tolerance relative to the largest element, or to one; structures part by part."""
    if isinstance(expected, str) or expected is None:
        assert found == expected
        return
    if isinstance(expected, (tuple, list, dict)):
        assert type(found) is type(expected)
    ours, theirs = numbers(found), numbers(expected)
    assert len(ours) == len(theirs)
    for one, other in zip(ours, theirs, strict=True):
        size = max(1.0, float(np.max(np.abs(np.asarray(other)), initial=0.0)))
        np.testing.assert_allclose(one, other, rtol=0, atol=tolerance * size)


def assert_all_close(found: tuple, expected: tuple, tolerance: float) -> None:
    for ours, theirs in zip(found, expected, strict=True):
        as_given = isinstance(ours, np.ndarray) and isinstance(theirs, list)
        assert_close(ours, np.asarray(theirs) if as_given else theirs, tolerance)
