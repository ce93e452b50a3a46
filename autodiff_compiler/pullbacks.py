"""The pullback of a function at a point: a value that can be called many times, copied and pickled."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff_compiler.calling import Specialisation
from autodiff_compiler.frontend.kinds import Kind
from autodiff_compiler.grouping import Grouping
from autodiff_compiler.parameters import Values, parameters_of
from autodiff_compiler.pipeline import Lesson, Program, Request, compile_request
from autodiff_compiler.results import flatten_seeds
from autodiff_compiler.safety import run

# what a program is compiled from again: kinds, leaves, lessons, and the source that must come of it
Pickled = tuple[tuple[Kind, ...], tuple[int, ...], frozenset[Lesson], str]


class Pullback:
    """The linear map from a cotangent of a function's result to the cotangents of its parameters.

    `pb(seed)` takes a seed of the result's structure, shapes and dtypes (a number for a number, a tuple for
    a tuple, a tangent vector for an object, None where a result is no float) and returns one cotangent, or a
    tuple of them, of the parameters' structures, shapes and dtypes. Raises ShapeMismatch or TypeMismatch
    for any other seed.
    """

    __slots__ = ("_grouping", "_keys", "_of", "_program", "_shapes", "_tape")

    def __init__(
        self,
        of: Callable[..., object],
        program: Program,
        grouping: Grouping,
        shapes: tuple[tuple[int, ...], ...],
        tape: Values,
        keys: Values,
    ) -> None:
        self._of = of
        self._program = program
        self._grouping = grouping
        self._shapes = shapes  # of the results
        self._tape = tape
        self._keys = keys  # of dicts of many equal things among the arguments

    def __call__(self, seed: object) -> Any:
        """The cotangents of the parameters for a seed."""
        program = self._program
        at = parameters_of(program.request.function).at
        seeds = flatten_seeds(program.structure, program.result_types, self._shapes, seed, at)
        flat = run(program, program.calls.reverse, (*self._tape, *seeds))
        return self._grouping.apply(flat, self._keys)

    def __repr__(self) -> str:
        return f"<pullback of {self._program.request.function.__qualname__}>"

    def __reduce__(self) -> tuple[object, ...]:
        request = self._program.request
        made = (request.kinds, request.wrt, request.lessons, self._program.source)
        return _restore, (self._of, made, self._grouping, self._shapes, self._tape, self._keys)


def take_pullback(
    of: Callable[..., object], found: Specialisation, values: Values, alone: bool
) -> tuple[object, Pullback]:
    """Run forward at these values: the function's result, and its pullback there.

    What the pullback keeps is its own: arrays that it shares with arguments, globals or the result are
    copied, so that later updates of those in place do not reach it.
    """
    program = found.program
    arguments = found.arguments(values)
    flat = run(program, program.calls.forward, arguments)
    count = program.calls.yield_count
    results, tape = flat[:count], flat[count:]
    visible = [item for item in (*arguments, *results) if isinstance(item, np.ndarray)]
    kept = tuple([_own(item, visible) for item in tape])
    shapes = tuple([np.shape(item) for item in results])
    made = Pullback(of, program, found.groupings[alone], shapes, kept, found.keys(values))
    return found.value(results), made


def _own(item: object, visible: list[np.ndarray]) -> object:
    if isinstance(item, np.ndarray) and any(np.may_share_memory(item, other) for other in visible):
        return item.copy()
    return item


def _restore(
    of: Callable[..., object],
    made: Pickled,
    grouping: Grouping,
    shapes: tuple[tuple[int, ...], ...],
    tape: Values,
    keys: Values,
) -> Pullback:
    """A pullback from its pickle; raises UnpicklingError where the function has changed since."""
    return Pullback(of, compiled_again(of, made, "pullback"), grouping, shapes, tape, keys)


def compiled_again(of: Callable[..., object], made: Pickled, mode: str) -> Program:
    """The program of what was pickled; raises UnpicklingError where its source would be another now."""
    from autodiff_compiler.derivatives import target_of

    kinds, wrt, lessons, source = made
    program = compile_request(Request(target_of(of).function, kinds, wrt, mode, lessons))
    if program.source != source:
        name = program.request.function.__qualname__
        raise pickle.UnpicklingError(f"{name}() is not what it was when its {mode} was pickled")
    return program
