"""Checks around calls of compiled code: shared memory, read-only arrays, guards, zero derivatives."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import numpy as np
from numpy.lib.array_utils import byte_bounds

from autodiff_compiler import errors
from autodiff_compiler.arguments import items_of, named_leaves
from autodiff_compiler.emit.to_python import GuardText
from autodiff_compiler.errors import (
    AliasedMutation,
    DerivativeLostWarning,
    DifferentiationError,
    NotDifferentiable,
    ShapeMismatch,
    ZeroDerivativeWarning,
)
from autodiff_compiler.frontend.kinds import Kind, Record, Static, Uniform, first_leaves, is_dict_of_equals
from autodiff_compiler.frontend.make_room import DIFFERENT
from autodiff_compiler.frontend.outside import Same
from autodiff_compiler.frontend.structures import item_text
from autodiff_compiler.ir.nodes import EACH, IDENTITY, Listed, Made, Structure
from autodiff_compiler.ir.types import Array, Scalar, is_complex, is_inexact
from autodiff_compiler.parameters import Parameters, Values
from autodiff_compiler.pipeline import Program
from autodiff_compiler.results import is_number
from autodiff_compiler.runtime.guards import guard_arguments

_NOWHERE = (None,)  # the path of what is no argument
_OVERLAP_WORK = 10_000  # NumPy's bound on the search for a shared element; beyond it, assume there is one


class LengthsDiffer(ShapeMismatch):
    """Lengths are others than the program was compiled for: of lists in a list, or along an axis.

    Of an axis, `lesson` says what to compile it for, or is ("no",) where it is compiled for too much.
    """

    lesson: tuple[object, ...] = ()
    error: type[DifferentiationError] = ShapeMismatch  # what it is if there is nothing to compile


def run(program: Program, function: Callable[..., object], arguments: Values) -> Values:
    """Call a function of the program; returns its results as a tuple.

    A guard that fails at run time becomes the DifferentiationError it stands for, without inner frames;
    LengthsDiffer is for the caller of this, who may compile the function anew.
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
    guard = program.guards[index]
    if guard.error == RecursionError.__name__:
        raise RecursionError(guard.message.format(*operands)) from None
    if guard.make is not None:
        raise guard.make(*operands) from None
    if guard.message == DIFFERENT:
        raise LengthsDiffer(guard.message.format(*operands), location=guard.at) from None
    lesson = _lesson(guard, operands)
    if lesson and program.can_run_again():
        learned = LengthsDiffer(guard.message.format(*operands), location=guard.at)
        learned.lesson, learned.error = lesson, getattr(errors, guard.error)
        raise learned from None
    raise getattr(errors, guard.error)(guard.message.format(*operands), location=guard.at) from None


def _lesson(guard: GuardText, operands: tuple[object, ...]) -> tuple[object, ...]:
    """What a guard that has failed teaches; nothing where arrays do not fit for NumPy either."""
    match guard.lesson:
        case ("one", operator, axis, operand, other, int(i), int(j)):
            found = operand if operands[i] == 1 else other if operands[j] == 1 else None
            return () if found is None else ("one", guard.at, operator, axis, found)
        case lesson:
            return lesson


def check_call(program: Program, parameters: Parameters, values: Values) -> None:
    """Refuse arguments that share memory and are written to; warn where the derivative is zero.

    Objects and lists count as memory: one that the program changes must not come twice.
    Raises AliasedMutation, and NumPy's ValueError where a primal writes to a read-only array.
    """
    if program.rebound:
        _check_shared_objects(program, parameters, values)
    if program.mutated:
        _check_overlap(program, parameters, values)
        if program.request.mode == "primal":
            _check_writeable(program, values)
    if program.independent and program.request.mode != "primal":
        warnings.warn(program.zero_message, ZeroDerivativeWarning, stacklevel=_user_level())


def check_result(program: Program, parameters: Parameters) -> None:
    """Raise NotDifferentiable or InvalidRequest where the result has no derivative of the kind asked for."""
    for message in program.lost:
        warnings.warn(message, DerivativeLostWarning, stacklevel=_user_level())
    mode, structure, types = program.request.mode, program.structure, program.result_types
    if mode == "primal":
        return
    name = parameters.function
    if not any(is_inexact(kind) for kind in types):
        what = "None" if structure is None else "no float"
        raise NotDifferentiable(
            f"{name}() returns {what}, so there is nothing to differentiate",
            suggestion="return the float, or float array, whose derivative is wanted",
            location=parameters.at,
        )
    if any(is_complex(kind) for kind in types):
        raise NotDifferentiable(
            f"{name}() returns complex numbers: the derivative is that of real ones",
            suggestion="return np.abs(z), z.real or z.imag",
            location=parameters.at,
        )
    if mode not in ("pullback", "differential") and not is_number(structure, types):
        what = (
            f"an array with {_axes(types[0])}" if isinstance(structure, int) else _structure_name(structure)
        )
        raise parameters.invalid(
            f"a gradient is that of a single number, and {name}() returns {what}",
            "sum the result to a number, or use pullback(...) with a seed, or differential(...)",
        )


def _structure_name(structure: Structure) -> str:
    match structure:
        case Made(cls=cls):
            return f"a {cls.__name__}"
        case Listed():
            return "a list"
    return "a tuple"


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
    """Refuse two arrays with an element in common of which one is written."""
    arrays = [*_arrays(program, parameters, values)]
    spans = sorted((*byte_bounds(array), number) for number, (_, _, array) in enumerate(arrays) if array.size)
    pairs, open_spans = [], list[tuple[int, int]]()
    for start, end, number in spans:  # by start: an earlier one reaches into this one, or no later one either
        open_spans = [(stop, other) for stop, other in open_spans if stop > start]
        pairs += [(min(number, other), max(number, other)) for _, other in open_spans]
        open_spans.append((end, number))
    for first, second in sorted(pairs):
        (written, one, array), (also, other, other_array) = arrays[first], arrays[second]
        if (written or also) and overlap(array, other_array):
            raise AliasedMutation(
                f"{one!r} and {other!r} share memory, and {parameters.function}() "
                f"writes to {one if written else other}",
                suggestion=f"pass a copy, {other}.copy()",
                location=parameters.at,
            )


def _arrays(
    program: Program, parameters: Parameters, values: Values
) -> Iterator[tuple[bool, str, np.ndarray]]:
    """All arrays that the program sees: whether it writes to them, what users call them, the arrays."""
    kinds = program.request.kinds
    for first, name, kind, value in zip(first_leaves(kinds), parameters.names, kinds, values, strict=True):
        if not _may_hold_arrays(kind):
            continue
        for number, inner, leaf in named_leaves(name, kind, value):
            if isinstance(leaf, np.ndarray):
                yield first + number in program.mutated, inner, leaf
    for reference in program.globals:
        value = reference.read()
        if isinstance(value, np.ndarray):
            yield False, reference.path, value


def _check_shared_objects(program: Program, parameters: Parameters, values: Values) -> None:
    """Refuse an object, list or dict that is changed and comes twice: among the arguments, or as a global."""
    seen: dict[int, tuple[str, tuple[object, ...]]] = {}
    for reference in program.globals:  # what a program follows further is known by its identity
        if isinstance(reference.kind, Static):
            known = reference.kind.value
            seen[id(known.value if isinstance(known, Same) else known)] = reference.path, _NOWHERE
    for position, (name, kind, value) in enumerate(
        zip(parameters.names, program.request.kinds, values, strict=True)
    ):
        for inner, path, held in _holders(name, (position,), kind, value):
            one, other_path = seen.setdefault(id(held), (inner, path))
            if one == inner:
                continue
            matters = [
                item for item in program.rebound if _is_inside(item, path) or _is_inside(item, other_path)
            ]
            if matters:
                told = all(item[-1] is IDENTITY for item in matters)
                raise AliasedMutation(
                    f"{one!r} and {inner!r} are the same {type(held).__name__}, and {parameters.function}() "
                    + ("takes them for different ones in a comparison by `is`" if told else "changes it"),
                    suggestion=f"pass a copy, copy.copy({inner})",
                    location=parameters.at,
                )


def _is_inside(path: tuple[object, ...], holder: tuple[object, ...]) -> bool:
    return len(path) > len(holder) and path[: len(holder)] == holder


def _holders(
    name: str, path: tuple[object, ...], kind: Kind, value: Any
) -> Iterator[tuple[str, tuple[object, ...], object]]:
    """The objects, lists and dicts in a value: what users call them, their paths, themselves."""
    match kind:
        case Record(items=(_, _, Uniform(item=item))) if is_dict_of_equals(kind):
            yield name, path, value
            for key, part in value.items():
                yield from _holders(f"{name}[{key!r}]", (*path, EACH), item, part)
        case Record(cls=cls, keys=keys, items=items):
            if not issubclass(cls, tuple):
                yield name, path, value
            if not any(isinstance(item, (Record, Uniform)) for item in items):
                return
            for key, item, part in zip(keys, items, items_of(kind, value), strict=True):
                yield from _holders(name + item_text(cls, key), (*path, key), item, part)
        case Uniform(item=item):
            yield name, path, value
            for position, part in enumerate(value):
                yield from _holders(f"{name}[{position}]", (*path, EACH), item, part)


def _may_hold_arrays(kind: Kind) -> bool:
    """Whether there are arrays in values of a kind: of lists of Python's numbers nothing is to be checked."""
    match kind:
        case Record(items=items):
            return any(map(_may_hold_arrays, items))
        case Uniform(item=item):
            return _may_hold_arrays(item)
        case Scalar(weak=weak):
            return not weak  # perhaps an array without axes
    return isinstance(kind, Array)


def _check_writeable(program: Program, values: Values) -> None:
    kinds = program.request.kinds
    for first, kind, value in zip(first_leaves(kinds), kinds, values, strict=True):
        for number, _, leaf in named_leaves("", kind, value) if _may_hold_arrays(kind) else ():
            written = first + number in program.mutated
            if written and isinstance(leaf, np.ndarray) and not leaf.flags.writeable:
                raise ValueError("assignment destination is read-only")


def _user_level() -> int:
    """The stacklevel, for a warning of the caller, of the innermost frame outside the package."""
    package = __name__.partition(".")[0]
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] == package:
        level, frame = level + 1, frame.f_back
    return level
