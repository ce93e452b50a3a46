"""Derivatives compared with finite differences of the plain Python function, and with each other."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from typing import Any

import numpy as np

from autodiff_compiler.derivatives import DifferentialWithValue, PullbackWithValue
from autodiff_compiler.errors import TypeMismatch
from autodiff_compiler.parameters import Values, Wrt
from autodiff_compiler.tangents import random_tangent, rebuilt, tangent_leaves, zero_tangent

_STEPS = (1e-2, 1e-3, 1e-4, 1e-5)  # relative to the size of each parameter
_PARTS = 200  # so many parts of a structure are compared one by one


class DerivativeMismatch(AssertionError):
    """The compiled value or derivative is not that of the Python function; `report` holds the numbers."""

    def __init__(self, report: Report) -> None:
        super().__init__(str(report))
        self.report = report


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison: its relative error, what is tolerated, and a remark where no number says it."""

    name: str
    error: float
    tolerance: float
    remark: str = ""

    @property
    def passed(self) -> bool:
        """Whether the error is tolerable (NaN is not) and nothing else is wrong."""
        return not self.remark and self.error <= self.tolerance


@dataclass(frozen=True, slots=True)
class Report:
    """What check_derivative found; prints as a table."""

    function: str
    rows: tuple[Row, ...]

    @property
    def passed(self) -> bool:
        """Whether every comparison passed."""
        return all(row.passed for row in self.rows)

    def __str__(self) -> str:
        width = max(len(row.name) for row in self.rows)
        lines = [f"derivative of {self.function}(): {'agrees' if self.passed else 'DIFFERS'}"]
        for row in self.rows:
            verdict = "ok" if row.passed else row.remark or "differs"
            lines.append(
                f"  {row.name:{width}}  {row.error:8.1e}  (tolerated {row.tolerance:.0e})  {verdict}"
            )
        return "\n".join(lines)


def check_derivative(
    f: Callable[..., Any],
    *args: Any,
    wrt: Wrt = None,
    directions: int = 3,
    rtol: float | None = None,
    seed: int = 0,
    forward: bool = True,
) -> Report:
    """Compare value and pullback of f at `args` with the plain Python function and its central differences.

    Along random directions of each parameter (of all floats in a structure), and of all together, the
    pullback of a random seed is compared with differences of several steps, computed in float64, of which
    the closest counts. `rtol` is relative, by default 1e-6, or 2e-3 where float32 takes part. Where a
    structure is off, its parts are compared one by one. The arguments are never changed. Unless `forward` is
    false, the differential is compared with the pullback: seed times tangent is gradient times direction.
    Returns the Report; raises DerivativeMismatch (an AssertionError that holds the report) where something is
    off, DifferentiationError where f cannot be differentiated. Global arrays that f updates are put back.
    """
    question = PullbackWithValue(f, wrt)
    random = np.random.default_rng(seed)
    given = _copies(args)
    value, pullback = question(*given)
    values, chosen = question.resolved(*args)
    python = _without_traces(question.python, question.global_arrays(*args))
    expected = python(*_copies(values))
    low = any(dtype == np.float32 for dtype in _dtypes((*values, expected)))
    rows = [_compare_values(value, expected, 1e-4 if low else 1e-9), _compare_arguments(given, args)]
    cotangent = random_tangent(expected, lambda leaf: random.standard_normal(leaf.shape))
    found = pullback(cotangent)
    probe = _Probe(
        python, values, chosen, found if len(chosen) > 1 or question.in_tuple else (found,), cotangent
    )
    tolerance = rtol if rtol is not None else 2e-3 if low else 1e-6
    for index, position in enumerate(chosen):
        rows += probe.compare_parameter(question.names[position], index, random, directions, tolerance)
    rows.append(probe.compare("together", range(len(chosen)), random, directions, tolerance))
    if forward:
        rows += _compare_modes(DifferentialWithValue(f, wrt), args, probe, expected, random)
    report = Report(question.python.__name__, tuple(rows))
    if not report.passed:
        raise DerivativeMismatch(report)
    return report


def _without_traces(python: Callable[..., Any], arrays: Sequence[np.ndarray]) -> Callable[..., Any]:
    """The function, with the global arrays it may update put back after each call."""

    def call(*arguments: Any) -> Any:
        before = [array.copy() for array in arrays]
        try:
            return python(*arguments)
        finally:
            for array, kept in zip(arrays, before, strict=True):
                if array.flags.writeable:
                    array[...] = kept

    return call


@dataclass(frozen=True, slots=True)
class _Probe:
    """The function of one real variable along a direction: seed times result, of the plain function."""

    python: Callable[..., Any]
    values: Values
    chosen: Sequence[int]
    gradients: Sequence[Any]
    cotangent: object

    def compare_parameter(
        self, name: str, index: int, random: np.random.Generator, directions: int, tolerance: float
    ) -> list[Row]:
        """The row of one parameter; where that of a structure fails, those of its parts that do."""
        row = self.compare(name, (index,), random, directions, tolerance)
        value = self.values[self.chosen[index]]
        names = [part for part, _, _ in tangent_leaves(value, zero_tangent(value), name)]
        if row.passed or row.remark or names == [name]:
            return [row]
        parts = [
            self.compare(part, (index,), random, directions, tolerance, only)
            for only, part in enumerate(names[:_PARTS])
        ]
        return [row, *(part for part in parts if not part.passed)]

    def compare(
        self,
        name: str,
        indices: Sequence[int],
        random: np.random.Generator,
        directions: int,
        tolerance: float,
        only: int | None = None,
    ) -> Row:
        """The largest error over random directions that move the chosen parameters of these indices.

        `only` is the number of the one part that moves.
        """
        remarks = [remark for index in indices if (remark := self._misfit(index))]
        if remarks:
            return Row(name, np.nan, tolerance, remarks[0])
        return Row(name, max(self._error(indices, random, only) for _ in range(directions)), tolerance)

    def _misfit(self, index: int) -> str:
        value = self.values[self.chosen[index]]
        try:
            pairs = tangent_leaves(value, self.gradients[index], "")
        except TypeMismatch as error:
            return f"a gradient of another structure: {error.reason}"
        if len(pairs) != len(tangent_leaves(value, zero_tangent(value), "")):
            return "a gradient that lacks a part"
        for name, leaf, part in pairs:
            one, other = np.asarray(part), np.asarray(leaf)
            if (one.shape, one.dtype) != (other.shape, other.dtype):
                place = f" at {name}" if name else ""
                return f"a gradient {one.dtype}{list(one.shape)} of a {other.dtype}{list(other.shape)}{place}"
        return ""

    def _error(self, indices: Sequence[int], random: np.random.Generator, only: int | None) -> float:
        """The error relative to the sum of the terms' sizes; zero where it is below rounding noise."""
        steps = {self.chosen[i]: _direction(self.values[self.chosen[i]], random, only) for i in indices}
        terms = [term for i in indices for term in self.terms(i, steps[self.chosen[i]])]
        derivative = sum(float(np.sum(term)) for term in terms)
        size = sum(float(np.sum(np.abs(term))) for term in terms)
        return min(self._error_at(step, steps, derivative, size) for step in _STEPS)

    def terms(self, index: int, direction: Any) -> list[np.ndarray]:
        """Gradient times direction, for each part of a parameter."""
        value = self.values[self.chosen[index]]
        gradients = tangent_leaves(value, self.gradients[index], "")
        ways = tangent_leaves(value, direction, "")
        return [
            np.asarray(part, np.float64) * np.asarray(way, np.float64)
            for (_, _, part), (_, _, way) in zip(gradients, ways, strict=True)
        ]

    def _error_at(self, step: float, steps: dict[int, Any], derivative: float, size: float) -> float:
        try:
            with np.errstate(all="ignore"):
                above, noise = self._along(step, steps)
                below, _ = self._along(-step, steps)
        except (ArithmeticError, ValueError):  # the step has left the domain
            return np.inf
        difference = (above - below) / (2 * step)
        error = abs(difference - derivative)
        if not np.isfinite(error):
            return np.inf
        if error <= 8 * noise / step:
            return 0.0
        return error / max(size, abs(difference))

    def _along(self, step: float, steps: dict[int, Any]) -> tuple[float, float]:
        """The seed times the result after a step, and how far rounding may have moved that."""
        moved = [
            rebuilt(value, steps.get(p), partial(_wide, step=step), "")
            for p, value in enumerate(_copies(self.values))
        ]
        total = noise = 0.0
        for _, result, seed in tangent_leaves(self.python(*moved), self.cotangent, "the result"):
            terms = np.asarray(seed, np.float64) * np.asarray(result)
            total += float(np.sum(terms))
            noise += float(np.sum(np.abs(terms))) * float(np.finfo(np.asarray(result).dtype).eps)
        return total, noise


def _compare_modes(
    question: DifferentialWithValue[...], args: Values, probe: _Probe, expected: object,
    random: np.random.Generator,
) -> list[Row]:  # fmt: skip
    """Forward mode along a random direction against the pullback of the seed, and its value."""
    low = any(dtype == np.float32 for dtype in _dtypes((*probe.values, expected)))
    tolerance = 1e-4 if low else 1e-9
    given = _copies(args)
    value, differential = question(*given)
    rows = [_compare_values(value, expected, tolerance), _compare_arguments(given, args)]
    directions = [_direction(probe.values[position], random, None) for position in probe.chosen]
    with np.errstate(all="ignore"):
        moved = differential(*directions)
        rows.append(_compare_sums(moved, expected, directions, probe, 1e-3 if low else 1e-8))
    return [replace(row, name="forward") for row in rows if not row.passed] or [
        replace(rows[-1], name="forward")
    ]


def _compare_sums(
    moved: Any, expected: object, directions: Sequence[Any], probe: _Probe, tolerance: float
) -> Row:
    """The seed times a tangent of the result against gradients times directions."""
    try:
        tangents = tangent_leaves(expected, moved, "")
    except TypeMismatch as error:
        return Row("", np.nan, tolerance, f"a tangent of another structure: {error.reason}")
    seeds = tangent_leaves(expected, probe.cotangent, "")
    if len(tangents) != len(seeds):
        return Row("", np.nan, tolerance, "a tangent that lacks a part")
    for _, leaf, part in tangents:
        one, other = np.asarray(part), np.asarray(leaf)
        if (one.shape, one.dtype) != (other.shape, other.dtype):
            remark = f"a tangent {one.dtype}{list(one.shape)} of a {other.dtype}{list(other.shape)}"
            return Row("", np.nan, tolerance, remark)
    ahead = [
        np.asarray(part, np.float64) * np.asarray(seed, np.float64)
        for (_, _, part), (_, _, seed) in zip(tangents, seeds, strict=True)
    ]
    back = [term for index, way in enumerate(directions) for term in probe.terms(index, way)]
    found, wanted = (float(sum(np.sum(term) for term in terms)) for terms in (ahead, back))
    if found == wanted or (np.isnan(found) and np.isnan(wanted)):
        return Row("", 0.0, tolerance)
    size = max(sum(float(np.sum(np.abs(term))) for term in terms) for terms in (ahead, back))
    gap = abs(found - wanted) / max(size, float(np.finfo(float).tiny))
    return Row("", gap if np.isfinite(gap) else np.inf, tolerance)


def _direction(value: object, random: np.random.Generator, only: int | None) -> Any:
    """A random direction of the size of the value, for each of its parts or for only one."""
    numbers = count()

    def draw(leaf: np.ndarray) -> np.ndarray:
        wide = np.asarray(leaf, np.float64)
        if only is not None and next(numbers) != only:
            return np.zeros_like(wide)
        size = float(np.sqrt(np.mean(wide**2))) if wide.size else 1.0
        return np.asarray(random.standard_normal(wide.shape) * (size or 1.0))

    return random_tangent(value, draw)


def _wide(value: object, way: Any, _: str, step: float) -> object:
    """A float value in float64, moved by a step; other values as they are."""
    if isinstance(value, np.random.Generator):
        return copy.deepcopy(value)  # each evaluation draws the same numbers
    moved = 0.0 if way is None else step * np.asarray(way, np.float64)
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return np.asarray(value.astype(np.float64) + moved)
    if isinstance(value, np.floating):
        return np.float64(float(value) + moved)
    return float(value + moved) if isinstance(value, float) else value


def _copies(values: Sequence[object]) -> Values:
    """Copies of arrays and structures, with gaps between elements where the originals are not contiguous."""
    return tuple(rebuilt(value, None, lambda leaf, *_: _copy(leaf), "") for value in values)


def _copy(value: Any) -> Any:
    if isinstance(value, np.random.Generator):
        return copy.deepcopy(value)
    if not isinstance(value, np.ndarray):
        return value
    fresh = np.empty_like(value, order="C", subok=False)
    if not value.flags.c_contiguous:
        fresh = np.empty((*value.shape, 2), value.dtype)[..., 0]
    fresh[...] = value
    return fresh


def _leaves(value: object) -> list[Any]:
    """All parts of a value that are no structures."""
    found: list[Any] = []

    def note(leaf: Any, _: object, __: str) -> Any:
        found.append(leaf)
        return leaf

    rebuilt(value, None, note, "")
    return found


def _dtypes(value: object) -> list[np.dtype]:
    return [np.asarray(leaf).dtype for leaf in _leaves(value)]


def _compare_values(value: object, expected: object, tolerance: float) -> Row:
    leaves, wanted = _leaves(value), _leaves(expected)
    if len(leaves) != len(wanted):
        return Row("value", np.nan, tolerance, f"{len(leaves)} results instead of {len(wanted)}")
    error = 0.0
    for leaf, want in zip(leaves, wanted, strict=True):
        found, right = np.asarray(leaf), np.asarray(want)
        if (found.shape, found.dtype) != (right.shape, right.dtype):
            remark = f"{found.dtype}{list(found.shape)} instead of {right.dtype}{list(right.shape)}"
            return Row("value", np.nan, tolerance, remark)
        if not np.array_equal(found, right, equal_nan=right.dtype.kind == "f"):
            if right.dtype.kind not in "fiub":
                return Row("value", np.nan, tolerance, f"{leaf!r} instead of {want!r}")
            error = max(error, _relative(found.astype(np.float64), right.astype(np.float64)))
    return Row("value", error, tolerance)


def _relative(found: np.ndarray, right: np.ndarray) -> float:
    with np.errstate(all="ignore"):
        same = (found == right) | (np.isnan(found) & np.isnan(right))
        error = np.max(np.where(same, 0.0, np.abs(found - right))) / np.max(np.abs(right))
    return float(error) if np.isfinite(error) else np.inf


def _compare_arguments(given: Values, values: Values) -> Row:
    ours, theirs = _leaves(list(given)), _leaves(list(values))
    changed = len(ours) != len(theirs) or any(
        not np.array_equal(one, other, equal_nan=np.asarray(one).dtype.kind == "f")
        for one, other in zip(ours, theirs, strict=True)
        if isinstance(one, (float, np.ndarray, np.floating))
    )
    return Row("arguments", 0.0, 0.0, "changed by the derivative" if changed else "")
