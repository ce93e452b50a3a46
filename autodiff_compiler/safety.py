"""Checks around calls of compiled code: shared memory, read-only arrays, guards, zero derivatives."""

from __future__ import annotations

import itertools
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import NoReturn

import numpy as np

from autodiff_compiler import errors
from autodiff_compiler.errors import AliasedMutation, NotDifferentiable, ZeroDerivativeWarning
from autodiff_compiler.ir.types import Array, is_float
from autodiff_compiler.parameters import Parameters, Values
from autodiff_compiler.pipeline import Program
from autodiff_compiler.results import is_number
from autodiff_compiler.runtime.guards import guard_arguments

_OVERLAP_WORK = 10_000  # NumPy's bound on the search for a shared element; beyond it, assume there is one


def run(program: Program, function: Callable[..., object], arguments: Values) -> Values:
    """Call a function of the program; returns its results as a tuple.

    A guard that fails at run time becomes the DifferentiationError it stands for, without inner frames.
    """
    try:
        results = function(*arguments)
    except ValueError as error:
        failure = error
    else:
        return results if type(results) is tuple else (results,)
    raise_failure(program, failure)


def raise_failure(program: Program, failure: ValueError) -> NoReturn:
    """Raise what a ValueError out of compiled code stands for: a failed guard's error, or itself."""
    failed = guard_arguments(failure)
    if failed is None:
        raise failure
    index, operands = failed
    template, name, at = program.guards[index]
    if name == RecursionError.__name__:
        raise RecursionError(template.format(*operands)) from None
    raise getattr(errors, name)(template.format(*operands), location=at) from None


def check_call(program: Program, parameters: Parameters, values: Values) -> None:
    """Refuse arguments that share memory and are written to; warn where the derivative is zero.

    Raises AliasedMutation, and NumPy's ValueError where a primal writes to a read-only array.
    """
    if program.mutated:
        _check_overlap(program, parameters, values)
        if program.request.mode == "primal":
            _check_writeable(program, values)
    if program.independent and program.request.mode != "primal":
        warnings.warn(program.zero_message, ZeroDerivativeWarning, stacklevel=_user_level())


def check_result(program: Program, parameters: Parameters) -> None:
    """Raise NotDifferentiable or InvalidRequest where the result has no derivative of the kind asked for."""
    mode, structure, types = program.request.mode, program.structure, program.result_types
    if mode == "primal":
        return
    name = parameters.function
    if not any(is_float(kind) for kind in types):
        what = "None" if structure is None else "no float"
        raise NotDifferentiable(
            f"{name}() returns {what}, so there is nothing to differentiate",
            suggestion="return the float, or float array, whose derivative is wanted",
            location=parameters.at,
        )
    if mode != "pullback" and not is_number(structure, types):
        what = "a tuple" if isinstance(structure, tuple) else f"an array with {_axes(types[0])}"
        raise parameters.invalid(
            f"a gradient is that of a single number, and {name}() returns {what}",
            "sum the result to a number, or use pullback(...) with a seed, or jacobian(...)",
        )


def _axes(kind: object) -> str:
    rank = kind.rank if isinstance(kind, Array) else 0
    return "1 axis" if rank == 1 else f"{rank} axes"


def overlap(first: np.ndarray, second: np.ndarray) -> bool:
    """Whether two arrays have an element in common; true where that is too costly to find out."""
    if not np.may_share_memory(first, second):
        return False
    try:
        return np.shares_memory(first, second, max_work=_OVERLAP_WORK)  # type: ignore[arg-type]  # any bound is accepted
    except np.exceptions.TooHardError:
        return True


def _check_overlap(program: Program, parameters: Parameters, values: Values) -> None:
    written = {parameters.names[position] for position in program.mutated}
    arrays = tuple(_named_arrays(program, parameters, values))
    for (one, first), (other, second) in itertools.combinations(arrays, 2):
        if (one in written or other in written) and overlap(first, second):
            raise AliasedMutation(
                f"{one!r} and {other!r} share memory, and {parameters.function}() "
                f"writes to {one if one in written else other}",
                suggestion=f"pass a copy, {other}.copy()",
                location=parameters.at,
            )


def _named_arrays(
    program: Program, parameters: Parameters, values: Values
) -> Iterator[tuple[str, np.ndarray]]:
    for name, value in zip(parameters.names, values, strict=True):
        if isinstance(value, np.ndarray):
            yield name, value
    for reference in program.globals:
        value = reference.read()
        if isinstance(value, np.ndarray):
            yield reference.path, value


def _check_writeable(program: Program, values: Values) -> None:
    for position in program.mutated:
        value = values[position]
        if isinstance(value, np.ndarray) and not value.flags.writeable:
            raise ValueError("assignment destination is read-only")


def _user_level() -> int:
    """The stacklevel, for a warning of the caller, of the innermost frame outside the package."""
    package = __name__.partition(".")[0]
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] == package:
        level, frame = level + 1, frame.f_back
    return level
