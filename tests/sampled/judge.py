"""The judge of sampled calls: NumPy's value or refusal, both modes against differences and each other."""

from __future__ import annotations

import cmath
import copy
import functools
import math
import statistics
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import scipy.linalg
from scipy import special, stats

from autodiff_compiler import (
    DerivativeNotWritten,
    DifferentiationError,
    config,
    differentiable,
    value_with_differential,
    value_with_pullback,
)
from autodiff_compiler.composed.late import register_late
from autodiff_compiler.tangents import random_tangent, tangent_leaves
from tests.composed.judge import same, written
from tests.sampled.draws import Case
from tests.sampled.form import Form

register_late(every=True)
STEPS = (1e-3, 1e-4, 1e-5, 1e-6)
TOLERANCE = {"float64": (1e-5, 1e-9), "float32": (3e-3, 2e-4)}  # of differences; of the dot-product test
REFUSALS = (ValueError, IndexError, TypeError, ArithmeticError, np.linalg.LinAlgError)
SCOPE = {
    "special": special,
    "linalg": scipy.linalg,
    "math": math,
    "cmath": cmath,
    "statistics": statistics,
    "stats": stats,
}
FOREIGN = ("float16", "int8", "object")  # dtypes that NumPy makes of truth values and bytes, and we do not


class Disagreement(AssertionError):
    """What we and NumPy do not agree about."""


@dataclass(frozen=True)
class Tools:
    """A call as a function, and what the compiler makes of it, once for each kind of arguments."""

    python: Callable[..., Any]
    primal: Any
    pullback: Any
    differential: Any


@functools.lru_cache(maxsize=4)
def tools(text: str, names: tuple[str, ...], wrt: tuple[str, ...] | None = None) -> Tools:
    """The function with these parameters that computes the text."""
    python = written(text.replace("; ", "\n"), names, **SCOPE)
    return Tools(
        python, differentiable(python), value_with_pullback(of=python, wrt=wrt),
        value_with_differential(of=python, wrt=wrt),
    )  # fmt: skip


def hold(form: Form, case: Case, *, full: bool = True) -> None:
    """Raise an AssertionError where the compiler and NumPy disagree about a case.

    Unless `full`, what has a derivative is judged by its pullback alone, at ordinary numbers.
    """
    call = tools(case.text, tuple(case.arguments))
    arguments = list(case.arguments.values())
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        smooth = "values" not in form.marks and not (case.repeated and "ties" in form.marks)
        sure = not full and "may refuse" not in form.marks
        if sure and smooth and _pulled_back(case, call, arguments):
            return
        expected = _value(form, call, arguments)
        if expected is not None and smooth:
            _slopes(case, arguments, expected, forward=full)
        if case.odd:
            odd = [
                item if kind.endswith("sorted") else _made_odd(item, case.odd, name in case.plain)
                for item, (name, kind) in zip(arguments, form.kinds.items(), strict=True)
            ]
            _value(form, call, odd)


def _value(form: Form, call: Tools, arguments: list[Any]) -> Any:
    """What both give, None where both refuse."""
    try:
        expected = call.python(*_copies(arguments))
    except AttributeError:
        return None  # a number of Python has no methods
    except REFUSALS as error:
        try:
            found = call.primal(*_copies(arguments))
        except (*REFUSALS, DifferentiationError):
            return None
        if isinstance(error, ArithmeticError) and _of_python(arguments) and not np.all(np.isfinite(found)):
            return None  # floats of Python give infinities and NaN here, as documented, and raise nothing
        raise Disagreement(f"NumPy raises {error!r}, we give {found!r}") from error
    given = _copies(arguments)
    try:
        found = call.primal(*given)
    except DifferentiationError:
        without_axes = "{ax" in form.text and np.ndim(arguments[0]) == 0  # NumPy may take axis 0 of a number
        if "may refuse" in form.marks or _foreign(expected) or without_axes:
            return None
        raise
    except ZeroDivisionError:
        if config.current().jit or not _of_python(arguments):
            raise
        return None  # what is not compiled divides Python's integers as Python does
    if _foreign(expected) and not _foreign(found):
        raise Disagreement(f"{found!r} instead of a refusal of {expected!r}")
    low = any(np.asarray(item).dtype == np.float32 for item in arguments)
    same(found, expected, low="loose" in form.marks or low)
    for one, other in zip(given, arguments, strict=True):
        if isinstance(one, np.ndarray):
            np.testing.assert_array_equal(one, other, "an argument was changed")
    return expected


def _of_python(arguments: list[Any]) -> bool:
    return all(type(item) in (float, int, bool) for item in arguments)


def _pulled_back(case: Case, call: Tools, arguments: list[Any]) -> bool:
    """Whether there is a pullback to judge, which is done then."""
    try:
        expected = call.python(*_copies(arguments))
    except (AttributeError, *REFUSALS):
        return False
    return not _foreign(expected) and _slopes(case, arguments, expected, forward=False)


def _foreign(value: Any) -> bool:
    if isinstance(value, (tuple, list)):
        return any(map(_foreign, value))
    return np.asarray(value).dtype.name in FOREIGN


def _slopes(case: Case, arguments: list[Any], expected: Any, *, forward: bool) -> bool:
    """Reverse and forward mode along a random direction against differences; false where none exists."""
    names = tuple(case.arguments)
    moving = [name for name, item in case.arguments.items() if _is_float(item)]
    if not any(np.size(case.arguments[name]) for name in moving) or not any(
        _is_float(leaf) and np.size(leaf) for leaf in _leaves(expected)
    ):
        return False
    while moving:
        call = tools(_real(case.text, expected), names, tuple(moving))
        try:
            value, pullback = call.pullback(*_copies(arguments))
            break
        except DerivativeNotWritten:
            moving = [name for name in moving if len(moving) > 1 and _has_rule(case, arguments, name)]
    else:
        return False
    expected = call.python(*_copies(arguments))
    low = any(np.asarray(item).dtype == np.float32 for item in (*arguments, *_leaves(expected)))
    same(value, expected, low=low)
    random = np.random.default_rng(7)
    seed = random_tangent(expected, lambda leaf: random.standard_normal(leaf.shape))
    given = [case.arguments[name] for name in moving]
    ways = [_direction(item, random) for item in given]
    found = pullback(seed)
    gradients = list(found)
    for item, gradient in zip(given, gradients, strict=True):
        _alike(gradient, item, "gradient")
    leaves, seeds = _parts(expected, seed), [part for _, _, part in tangent_leaves(expected, seed, "")]
    tolerances = TOLERANCE["float32" if low else "float64"]
    positions = [names.index(name) for name in moving]
    slopes = partial(_slopes_of, call.python, arguments, dict(zip(positions, ways, strict=True)), seed)
    back = _products(gradients, ways)
    _compare(slopes, lambda found: _gap_of_sums(_products(found, seeds), back), tolerances[0])
    if forward:
        value, differential = call.differential(*_copies(arguments))
        same(value, expected, low=low)
        moved = [part for _, _, part in tangent_leaves(expected, differential(*ways), "")]
        for leaf, part in zip(leaves, moved, strict=True):
            _alike(part, leaf, "tangent")
        _compare(slopes, lambda found: max(map(_gap, found, moved), default=0.0), tolerances[0])
        if all(np.isfinite(leaf).all() for leaf in leaves):
            gap = _gap_of_sums(_products(moved, seeds), back)
            if not gap <= tolerances[1]:
                raise Disagreement(
                    f"<seed, J way> and <J' seed, way> are apart by {gap:.1e}: {moved}, {gradients}"
                )
    return True


def _real(text: str, expected: Any) -> str:
    """The text of a real function of complex results."""
    if not any(np.asarray(leaf).dtype.kind == "c" for leaf in _leaves(expected)):
        return text
    if "; " in text:
        head, _, last = text.rpartition("return ")
        return f"{head}z = {last}; return np.real(z) + 0.7 * np.imag(z)"
    return f"z = {text}; return np.real(z) + 0.7 * np.imag(z)"


def _has_rule(case: Case, arguments: list[Any], name: str) -> bool:
    try:
        tools(case.text, tuple(case.arguments), (name,)).pullback(*_copies(arguments))
    except DerivativeNotWritten:
        return False
    return True


Slope = tuple[
    np.ndarray, np.ndarray
]  # of a result: the difference quotient, and how far rounding may move it


def _slopes_of(
    python: Any, arguments: list[Any], ways: dict[int, Any], seed: Any, step: float
) -> list[Slope]:
    """For each result, the central difference of a step in float64."""
    above, below = (_parts(python(*_stepped(arguments, ways, way)), seed) for way in (step, -step))
    found = []
    for one, other in zip(above, below, strict=True):
        noise = 8 * np.finfo(np.asarray(one).dtype).eps * np.abs(np.asarray(one, float)) / step
        found.append(((np.asarray(one, float) - np.asarray(other, float)) / (2 * step), noise))
    return found


def _compare(slopes: Any, gap: Callable[[Any], float], tolerance: float) -> None:
    """Raise where the gap is too large with every step."""
    closest: tuple[float, Any] = (np.inf, None)
    for step in STEPS:
        try:
            found = slopes(step)
        except REFUSALS:  # the step has left the domain
            continue
        closest = min(closest, (float(gap(found)), found), key=lambda item: item[0])
        if closest[0] <= tolerance:
            return
    if closest[1] is not None:
        raise Disagreement(f"off by {closest[0]:.1e} from differences {closest[1]}")


def _gap(slope: Slope, part: Any) -> float:
    """How far a tangent is from differences, relative to the largest; infinity where it is NaN alone."""
    found, noise = slope
    part = np.asarray(part, float)
    known = np.isfinite(found)
    gap = np.abs(part - found)
    gap = np.where(gap <= np.max(noise, where=known, initial=0), 0.0, gap)[known]
    size = max(np.max(np.abs(found[known]), initial=1e-3), np.max(np.abs(part[known]), initial=0))
    return np.inf if np.isnan(gap).any() else float(np.max(gap, initial=0) / size)


def _products(parts: list[Any], others: list[Any]) -> list[np.ndarray]:
    """The terms of an inner product; of differences, with their noise left out."""
    plain = [part[0] if isinstance(part, tuple) else part for part in parts]
    return [
        np.asarray(one, float) * np.asarray(other, float) for one, other in zip(plain, others, strict=True)
    ]


def _gap_of_sums(ahead: list[np.ndarray], back: list[np.ndarray]) -> float:
    """How far two inner products are apart, relative to their terms; 0 where the first is not finite."""
    one, other = (float(sum(np.sum(term) for term in terms)) for terms in (ahead, back))
    size = max(float(sum(np.sum(np.abs(term)) for term in terms)) for terms in (ahead, back))
    if not np.isfinite(one):
        return 0.0
    return abs(one - other) / (size + 1e-3) if np.isfinite(other) else np.inf


def _parts(result: Any, seed: Any) -> list[Any]:
    return [leaf for _, leaf, _ in tangent_leaves(result, seed, "")]


def _alike(part: Any, item: Any, what: str) -> None:
    one, other = np.asarray(part), np.asarray(item)
    if (one.shape, one.dtype) != (other.shape, other.dtype):
        raise Disagreement(f"a {what} {one.dtype}{one.shape} of {other.dtype}{other.shape}")


def _direction(item: Any, random: np.random.Generator) -> Any:
    way = random.standard_normal(np.shape(item))
    return way.astype(item.dtype) if isinstance(item, np.ndarray) else type(item)(way)


def _stepped(arguments: list[Any], ways: dict[int, Any], step: float) -> list[Any]:
    """The arguments in float64, moved by a step."""
    moved = []
    for position, item in enumerate(_copies(arguments)):
        if not _is_float(item):
            moved.append(item)
            continue
        wide = np.asarray(item, np.float64)
        if position in ways:
            wide = wide + step * np.asarray(ways[position], np.float64)
        moved.append(
            wide
            if isinstance(item, np.ndarray)
            else wide[()]
            if isinstance(item, np.generic)
            else float(wide)
        )
    return moved


def _is_float(item: Any) -> bool:
    return isinstance(item, float) or (isinstance(item, (np.ndarray, np.generic)) and item.dtype.kind == "f")


def _leaves(value: Any) -> list[Any]:
    return [leaf for part in value for leaf in _leaves(part)] if isinstance(value, (tuple, list)) else [value]


def _copies(arguments: list[Any]) -> list[Any]:
    """The arguments for one call: generators are copied, writable arrays too, others are as they are."""
    return [_copied(item) for item in arguments]


def _copied(item: Any) -> Any:
    if isinstance(item, np.random.Generator):
        return copy.deepcopy(item)
    if isinstance(item, np.ndarray) and item.flags.writeable and item.flags.forc:
        return item.copy(order="K")
    return item


def _made_odd(item: Any, odd: tuple[tuple[float, float], ...], plain: bool) -> Any:
    """The array with special elements in these places, with gaps between them where it is not contiguous.

    Where any numbers will do, integers become the largest and the smallest ones.
    """
    if not isinstance(item, (np.ndarray, np.generic)) or not np.size(item):
        return item
    if not (_is_float(item) or (plain and item.dtype.kind in "iu")):
        return item
    if isinstance(item, np.generic):
        return _special(odd[0][1], item.dtype)
    flat = np.array(item).reshape(-1)
    for place, number in odd:
        flat[int(place * flat.size)] = _special(number, flat.dtype)
    made = np.empty(item.shape, item.dtype)
    if not item.flags.c_contiguous:
        made = np.empty((*item.shape, 2), item.dtype)[..., 0]
    made[...] = flat.reshape(item.shape)
    return made


def _special(number: float, dtype: np.dtype) -> np.generic:
    """A special number of a dtype."""
    if dtype.kind == "f":
        return dtype.type(number)
    limits = np.iinfo(dtype)
    return dtype.type(number if number == 0 else limits.max if number > 0 else limits.min)
