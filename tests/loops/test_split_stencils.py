"""Nests that add to neighbours: one loop for each direction, and the same derivative."""

from __future__ import annotations

import platform
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autodiff_compiler import gradient, value_with_gradient
from autodiff_compiler.checking import check_derivative
from autodiff_compiler.loops import split_stencils


def variation(x: Any) -> Any:
    down = x[1:, :-1] - x[:-1, :-1]
    right = x[:-1, 1:] - x[:-1, :-1]
    return np.sum(np.sqrt(down * down + right * right + 1e-3))


def neighbours(x: Any) -> Any:
    steps = x[1:] - x[:-1]
    return np.sum(np.tanh(steps) * x[1:])


def cheap_neighbours(x: Any) -> Any:
    return np.sum((x[:, 1:] - x[:, :-1]) ** 2)


def neighbours_in_a_vector(x: Any) -> Any:
    return np.sum(np.sqrt(1 + (x[1:] - x[:-1]) ** 2))


def with_its_transpose(x: Any) -> Any:
    return np.sum(np.tanh(x + x.T) * x)


def three_axes(x: Any) -> Any:
    return np.sum(np.exp(x[1:, 1:, 1:] - x[:-1, 1:, :-1]) * x[1:, :-1, 1:], axis=2).mean()


def from_the_end(x: Any) -> Any:
    return np.sum(np.sin(x[-3:] - x[:3]) * x[-3:])


def every_second(x: Any) -> Any:
    return np.sum(np.sqrt(1 + (x[::2] - x[1::2]) ** 2))


def channels_last(x: Any) -> Any:
    return np.sum(np.exp(x[1:, :] - x[:-1, :]))


def steps_of_heat(x: Any, rate: Any) -> Any:
    for _ in range(3):
        x[1:-1] = x[1:-1] + rate * np.sin(x[2:] - 2 * x[1:-1] + x[:-2])
    return np.sum(x * x)


def with_sums_and_rows(x: Any, gain: Any) -> Any:
    steps = np.exp(x[:, 1:] - x[:, :-1]) * gain
    return np.sum(np.sqrt(np.sum(steps, axis=1))) + np.max(steps)


def looked_up(x: Any, places: Any) -> Any:
    return np.sum(np.exp(x[places] - x[1:]) * x[:-1])


STENCILS: list[tuple[Callable[..., Any], tuple[int, ...], tuple[Any, ...]]] = [
    (variation, (5, 6), ()),
    (neighbours, (7,), ()),
    (cheap_neighbours, (3, 4), ()),
    (neighbours_in_a_vector, (7,), ()),
    (with_its_transpose, (4, 4), ()),
    (three_axes, (3, 4, 5), ()),
    (from_the_end, (6,), ()),
    (every_second, (8,), ()),
    (channels_last, (5, 3), ()),
    (steps_of_heat, (8,), (0.3,)),
    (with_sums_and_rows, (3, 5), (np.linspace(0.5, 1, 4),)),
    (looked_up, (6,), (np.array([0, 3, 3, 1, 5]),)),
]


@pytest.mark.parametrize(("function", "shape", "others"), STENCILS)
def test_derivatives(
    monkeypatch: pytest.MonkeyPatch, function: Any, shape: tuple[int, ...], others: tuple[Any, ...]
) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    monkeypatch.setenv("AUTODIFF_CHECK", "1")
    x = np.random.default_rng(3).normal(size=shape)
    assert check_derivative(function, x, *others)
    if not others:
        assert check_derivative(function, np.asfortranarray(x))


def defined(text: str, folder: Path) -> Any:
    """The function `f` of a text, with a file that it can be read from."""
    file = folder / "written.py"
    file.write_text(text)
    space: dict[str, Any] = {"np": np}
    exec(compile(text, str(file), "exec"), space)
    return space["f"]


FUNCTIONS = ("np.tanh({0})", "{0}", "np.sqrt(1 + {0} * {0})", "0.5 * {0}")


def _random_stencil(rng: np.random.Generator) -> tuple[str, tuple[int, ...]]:
    """The text of a sum over products of functions of shifted slices, and the shape of what it takes."""
    rank = int(rng.integers(1, 4))
    terms = []
    for _ in range(rng.integers(2, 5)):
        starts = rng.integers(0, 3, rank)
        part = "x[" + ", ".join(f"{start}:x.shape[{k}] - {2 - start}" for k, start in enumerate(starts)) + "]"
        terms.append(str(rng.choice(FUNCTIONS)).format(part))
    joined = terms[0]
    for term in terms[1:]:
        joined = f"({joined}) {rng.choice(['*', '+', '-'])} {term}"
    return f"def f(x):\n    y = {joined}\n    return np.sum(y * y)\n", tuple(
        map(int, rng.integers(2, 6, rank))
    )


@pytest.mark.parametrize("seed", range(8))
def test_random_stencils(monkeypatch: pytest.MonkeyPatch, tmp_path: Any, seed: int) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    monkeypatch.setenv("AUTODIFF_CHECK", "1")
    monkeypatch.setattr(split_stencils, "STRIP", 2)
    rng = np.random.default_rng(seed)
    text, shape = _random_stencil(rng)
    assert check_derivative(defined(text, tmp_path), rng.normal(size=shape))


def test_a_row_is_kept_or_computed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    source = gradient(of=variation).source(np.ones((3, 3)))
    assert source.count("+= row") == 2
    source = gradient(of=cheap_neighbours).source(np.ones((3, 3)))
    assert "row" not in source
    assert source.count("x_bar[") == source.count("for j ") == 2
    assert gradient(of=channels_last).source(np.ones((3, 3))).count("for ") == 2


def test_vectors_are_done_by_strips(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    source = gradient(of=neighbours_in_a_vector).source(np.ones(3))
    assert "for first in range(0, x_0_1, 1024)" in source
    assert source.count("for i in range(count)") == 2
    assert source.count("+= row[i]") == 1


def last_and_largest(x: Any) -> Any:
    return np.max(x[1:] - x[:-1]) * np.sum((x[1:] - x[:-1]) ** 3)


@pytest.mark.parametrize("function", [neighbours_in_a_vector, steps_of_heat, from_the_end, last_and_largest])
def test_strips_that_end_inside_a_vector(monkeypatch: pytest.MonkeyPatch, function: Any) -> None:
    monkeypatch.setattr(split_stencils, "STRIP", 2)
    monkeypatch.setattr(split_stencils, "SHORT", 0)
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    others = (0.3,) if function is steps_of_heat else ()
    for size in (3, 4, 7, 8):
        assert check_derivative(function, np.random.default_rng(size).normal(size=size), *others)


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="reads x86 instructions")
@pytest.mark.parametrize(("dtype", "packed"), [("float64", "v?sqrtpd"), ("float32", "v?sqrtps")])
def test_loops_are_vectorised(dtype: str, packed: str) -> None:
    def compiled(x: Any) -> Any:
        right = x[:, 1:] - x[:, :-1]
        return np.sum(np.sqrt(right * right + 1e-3))

    x = np.random.default_rng(0).normal(size=(40, 50))
    derivative = value_with_gradient(of=compiled)
    found = derivative(x.astype(dtype))
    steps = 1e-6 * np.cos(np.arange(2000)).reshape(40, 50)
    difference = (compiled(x + steps) - compiled(x - steps)) / 2
    assert np.sum(found.gradient * steps) == pytest.approx(
        difference, rel=1e-6 if dtype == "float64" else 1e-3
    )
    program = derivative._prepare((x.astype(dtype),), {})[0].program
    (assembly,) = program.calls.inspect_asm().values()
    assert re.search(rf"\t{packed}\t.*%[xyz]mm", assembly)
