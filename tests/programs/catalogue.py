"""Whole functions as people write them, each declared with the arguments it is tried at.

A topic module holds plain functions under `@program(...)`; the decorator gives the function back unchanged
and notes it here. Every check of `test_programs.py` then runs on it.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from autodiff_compiler.tangents import Tangent, combined, random_tangent, rebuilt

TOPICS = (
    "straight_line",
    "conditionals",
    "loops",
    "early_exit",
    "calls",
    "recursion",
    "elements_and_stores",
    "arrays",
    "stencils",
    "lists_as_arrays",
    "shaped",
    "recurrences",
    "models",
    "solvers",
    "constants",
    "linear_algebra",
    "lists",
    "ragged_lists",
    "list_arguments",
    "dicts",
    "tables",
    "comprehensions",
    "found",
    "changed_while_iterated",
    "iterators",
    "objects",
    "special_methods",
    "aliases",
    "moved_objects",
    "chosen_objects",
    "module_objects",
    "closures",
    "syntax",
    "matching",
    "exceptions",
    "handlers",
    "structures",
    "builtins_used",
    "second_names",
    "optional_values",
    "whole_numbers",
    "swift_ideas",
    "swift_stores",
    "swift_structures",
    "foreign",
    "library_style",
    "indexed",
    "complex_values",
    "fields",
    "statistics",
    "recursive_objects",
)

Inputs = Callable[[np.random.Generator], tuple]
_programs: dict[str, Program] = {}


@dataclass(frozen=True)
class Program:
    """A function, where it is tried, and what is known about the answer there.

    `gradient` is what `gradient(of=function, wrt=wrt)` returns: one gradient, or a tuple of several.
    `looseness` multiplies the tolerances, for programs that lose digits; `float64_only` is the reason why a
    program has no float32 run.
    """

    name: str
    function: Callable[..., object]
    inputs: Inputs
    value: float | None = None
    gradient: object = None
    wrt: str | tuple[str, ...] | None = None
    looseness: float = 1.0
    float64_only: str = ""

    def arguments(self, dtype: str = "float64", seed: int = 0) -> tuple:
        """Fresh arguments, rounded to float32 in both runs, so that both see the same numbers."""
        made = self.inputs(np.random.default_rng(seed))
        return tuple(_as_float(item, "float64" if self.float64_only else "float32", dtype) for item in made)


def program(inputs: Inputs, **facts: object) -> Callable:
    """Declare the function below as a program; declared again, it is tried at other arguments too."""

    def declare(function: Callable) -> Callable:
        topic = function.__module__.rsplit(".", 1)[-1]
        name = f"{topic}.{function.__name__}"
        tries = sum(item.function is function for item in _programs.values())
        name += f"#{tries + 1}" if tries else ""
        if name in _programs:
            raise ValueError(f"two programs are called {name}")
        _programs[name] = Program(name, function, inputs, **facts)
        return function

    return declare


def at(*arguments: object) -> Inputs:
    """These very arguments; a list of floats stands for an array."""

    def make(_: np.random.Generator) -> tuple:
        return tuple(np.array(item) if isinstance(item, list) else item for item in arguments)

    return make


def all_programs() -> list[Program]:
    """Every program of every topic, in the order of the files."""
    for topic in TOPICS:
        importlib.import_module(f"tests.programs.{topic}")
    return list(_programs.values())


def is_differentiable(argument: object) -> bool:
    """Whether `gradient` differentiates by this argument when not told otherwise."""
    return random_tangent(argument, np.zeros_like) is not None


def numbers(value: object) -> list:
    """The numbers and arrays in a value or tangent vector of any structure, in order; no strings, no None."""
    found: list = []

    def note(leaf: object, *_: object) -> object:
        if isinstance(leaf, Tangent):
            for name in leaf.__slots__:
                found.extend(numbers(getattr(leaf, name)))
        elif isinstance(leaf, (bool, int, float, np.ndarray, np.generic)):
            found.append(leaf)
        return leaf

    rebuilt(value, None, note, "") if not isinstance(value, Tangent) else note(value)
    return found


def copied(arguments: tuple) -> tuple:
    """The same arguments in memory of their own."""
    return rebuilt(
        arguments, None, lambda leaf, *_: leaf.copy() if isinstance(leaf, np.ndarray) else leaf, ""
    )


def plain_value(function: Callable, arguments: tuple) -> object:
    """What Python itself computes; in-place updates stay in copies."""
    with np.errstate(all="ignore"):
        return function(*copied(arguments))


def directional_derivative(function: Callable, arguments: tuple, direction: tuple) -> float:
    """By central differences with five points, in float64; good to about eleven digits away from kinks."""
    sizes = [float(np.max(np.abs(item), initial=0.0)) for item in numbers(direction)]
    step = 3e-4 / max(1.0, *sizes, 0.0)

    def value(factor: float) -> float:
        moved = (
            item if way is None else rebuilt(item, way, partial(_moved, factor=factor * step), "")
            for item, way in zip(arguments, direction, strict=True)
        )
        return float(plain_value(function, tuple(moved)))

    return (8 * (value(1) - value(-1)) - (value(2) - value(-2))) / (12 * step)


def _moved(leaf: object, way: object, _: str, factor: float) -> object:
    return leaf if way is None else leaf + factor * way


def random_direction(arguments: tuple, rng: np.random.Generator, chosen: tuple[bool, ...]) -> tuple:
    """A standard normal change for each chosen argument, None for the others."""
    return tuple(
        random_tangent(item, lambda leaf: rng.standard_normal(leaf.shape)) if yes else None
        for item, yes in zip(arguments, chosen, strict=True)
    )


def inner(direction: tuple, gradients: tuple) -> float:
    """The sum over all arguments of direction times gradient, in float64."""
    return math.fsum(float(np.sum(term)) for term in products(direction, gradients))


def products(direction: tuple, gradients: tuple) -> list[np.ndarray]:
    """Direction times gradient, number by number and array by array; both are of one structure."""
    terms: list[np.ndarray] = []

    def note(way: object, gradient: object) -> None:
        terms.append(np.asarray(way, dtype="float64") * np.asarray(gradient, dtype="float64"))

    combined(note, tuple(direction), tuple(gradients))
    return terms


def _as_float(argument: object, through: str, dtype: str) -> object:
    def convert(leaf: object, *_: object) -> object:
        if not isinstance(leaf, (float, np.ndarray, np.floating)) or np.asarray(leaf).dtype.kind != "f":
            return leaf
        rounded = np.asarray(leaf).astype(through).astype(dtype)
        if isinstance(leaf, np.ndarray):
            return rounded
        return float(rounded) if dtype == "float64" else rounded[()]

    return rebuilt(argument, None, convert, "")
