"""A derivative compared with finite differences of the plain Python function."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autodiff_compiler.derivatives import PullbackWithValue
from autodiff_compiler.parameters import Values, Wrt

_STEPS = (1e-2, 1e-3, 1e-4, 1e-5)  # relative to the size of each parameter


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
) -> Report:
    """Compare value and pullback of f at `args` with the plain Python function and its central differences.

    Along random directions of each parameter, and of all together, the pullback of a random seed is compared
    with differences of several steps, computed in float64, of which the closest counts. `rtol` is relative,
    by default 1e-6, or 2e-3 where float32 takes part. The arguments are never changed.
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
    cotangent = _random_cotangent(expected, random)
    found = pullback(cotangent)
    gradients = found if isinstance(found, tuple) else (found,)
    probe = _Probe(python, values, chosen, gradients, cotangent)
    tolerance = rtol if rtol is not None else 2e-3 if low else 1e-6
    for index, position in enumerate(chosen):
        rows.append(probe.compare(question.names[position], (index,), random, directions, tolerance))
    rows.append(probe.compare("together", range(len(chosen)), random, directions, tolerance))
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

    def compare(
        self,
        name: str,
        indices: Sequence[int],
        random: np.random.Generator,
        directions: int,
        tolerance: float,
    ) -> Row:
        """The largest error over random directions that move the chosen parameters of these indices."""
        remarks = [remark for index in indices if (remark := self._misfit(index))]
        if remarks:
            return Row(name, np.nan, tolerance, remarks[0])
        return Row(name, max(self._error(indices, random) for _ in range(directions)), tolerance)

    def _misfit(self, index: int) -> str:
        value, gradient = np.asarray(self.values[self.chosen[index]]), np.asarray(self.gradients[index])
        if (value.shape, value.dtype) == (gradient.shape, gradient.dtype):
            return ""
        return f"a gradient {gradient.dtype}{list(gradient.shape)} of a {value.dtype}{list(value.shape)}"

    def _error(self, indices: Sequence[int], random: np.random.Generator) -> float:
        """The error relative to the sum of the terms' sizes; zero where it is below rounding noise."""
        steps = {self.chosen[index]: _direction(self.values[self.chosen[index]], random) for index in indices}
        terms = [np.asarray(self.gradients[i], np.float64) * steps[self.chosen[i]] for i in indices]
        derivative = sum(float(np.sum(term)) for term in terms)
        size = sum(float(np.sum(np.abs(term))) for term in terms)
        return min(self._error_at(step, steps, derivative, size) for step in _STEPS)

    def _error_at(self, step: float, steps: dict[int, np.ndarray], derivative: float, size: float) -> float:
        try:
            with np.errstate(all="ignore"):
                above, noise = self._along(step, steps)
                below, _ = self._along(-step, steps)
        except (ArithmeticError, ValueError):  # the step has left the domain
            return np.inf
        difference = (above - below) / (2 * step)
        error = abs(difference - derivative)
        if error <= 8 * noise / step:
            return 0.0
        relative = error / max(size, abs(difference))
        return relative if np.isfinite(relative) else np.inf

    def _along(self, step: float, steps: dict[int, np.ndarray]) -> tuple[float, float]:
        """The seed times the result after a step, and how far rounding may have moved that."""
        moved = [_wide(value, step * steps.get(p, 0.0)) for p, value in enumerate(_copies(self.values))]
        total = noise = 0.0
        for seed, result in zip(_leaves(self.cotangent), _leaves(self.python(*moved)), strict=True):
            if seed is not None:
                terms = np.asarray(seed, np.float64) * np.asarray(result)
                total += float(np.sum(terms))
                noise += float(np.sum(np.abs(terms))) * float(np.finfo(np.asarray(result).dtype).eps)
        return total, noise


def _is_float(value: object) -> bool:
    return np.asarray(value).dtype.kind == "f"


def _direction(value: object, random: np.random.Generator) -> np.ndarray:
    """A random direction of the size of the value."""
    wide = np.asarray(value, np.float64)
    size = float(np.sqrt(np.mean(wide**2))) if wide.size else 1.0
    return np.asarray(random.standard_normal(wide.shape) * (size or 1.0))


def _wide(value: object, step: Any) -> object:
    """A float value in float64, moved by a step; other values as they are."""
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return np.asarray(value.astype(np.float64) + step)
    if isinstance(value, np.floating):
        return np.float64(float(value) + step)
    return float(value + step) if isinstance(value, float) else value


def _copies(values: Sequence[object]) -> Values:
    """Copies of arrays, with gaps between the elements where the originals are not contiguous."""
    return tuple(_copy(value) if isinstance(value, np.ndarray) else value for value in values)


def _copy(value: np.ndarray) -> np.ndarray:
    fresh = np.empty_like(value, order="C", subok=False)
    if not value.flags.c_contiguous:
        fresh = np.empty((*value.shape, 2), value.dtype)[..., 0]
    fresh[...] = value
    return fresh


def _leaves(value: object) -> Iterator[Any]:
    if isinstance(value, (tuple, list)):
        for item in value:
            yield from _leaves(item)
    else:
        yield value


def _dtypes(value: object) -> Iterator[np.dtype]:
    return (np.asarray(leaf).dtype for leaf in _leaves(value))


def _random_cotangent(value: object, random: np.random.Generator) -> object:
    """A random seed for a result: of its structure, shapes and dtypes, None where it is no float."""
    if isinstance(value, (tuple, list)):
        return tuple(_random_cotangent(item, random) for item in value)
    if value is None or not _is_float(value):
        return None
    array = np.asarray(value)
    seed = random.standard_normal(array.shape)
    return np.asarray(seed, array.dtype) if isinstance(value, np.ndarray) and array.ndim else float(seed)


def _compare_values(value: object, expected: object, tolerance: float) -> Row:
    leaves, wanted = list(_leaves(value)), list(_leaves(expected))
    if len(leaves) != len(wanted):
        return Row("value", np.nan, tolerance, f"{len(leaves)} results instead of {len(wanted)}")
    error = 0.0
    for leaf, want in zip(leaves, wanted, strict=True):
        found, right = np.asarray(leaf), np.asarray(want)
        if (found.shape, found.dtype) != (right.shape, right.dtype):
            remark = f"{found.dtype}{list(found.shape)} instead of {right.dtype}{list(right.shape)}"
            return Row("value", np.nan, tolerance, remark)
        if not np.array_equal(found, right, equal_nan=right.dtype.kind == "f"):
            error = max(error, _relative(found.astype(np.float64), right.astype(np.float64)))
    return Row("value", error, tolerance)


def _relative(found: np.ndarray, right: np.ndarray) -> float:
    with np.errstate(all="ignore"):
        same = (found == right) | (np.isnan(found) & np.isnan(right))
        error = np.max(np.where(same, 0.0, np.abs(found - right))) / np.max(np.abs(right))
    return float(error) if np.isfinite(error) else np.inf


def _compare_arguments(given: Values, values: Values) -> Row:
    changed = any(
        isinstance(value, np.ndarray) and not np.array_equal(value, copy, equal_nan=value.dtype.kind == "f")
        for value, copy in zip(values, given, strict=True)
    )
    return Row("arguments", 0.0, 0.0, "changed by the derivative" if changed else "")
