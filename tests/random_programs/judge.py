"""Whether the compiler's answers for one program are right, by plain Python and finite differences."""

from __future__ import annotations

import linecache
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from autodiff_compiler import (
    DifferentiationError,
    differentiable,
    value_with_differential,
    value_with_gradient,
    value_with_pullback,
)
from autodiff_compiler.errors import CompilerBug
from tests.random_programs.writer import Written

DIRECTIONS = 2
STEPS = (2e-4, 1e-4)
STABLE = 3e-6  # between slopes of two step sizes and two sides; a program that differs by more is at a kink
CLOSE = 1e-5  # between gradient and finite differences
SAME = 1e-9  # between two computations of the same
ROUNDING = 1e-13  # a change of the arguments that must not show: a chaotic program magnifies it
LARGEST = 1e4  # values beyond this lose too many digits in differences
STAGES = ("primal", "gradient", "pullback", "differential")


@dataclass(frozen=True)
class Verdict:
    """What became of a program: "right", "refused", "skipped", "wrong" or "crashed", and why."""

    outcome: str
    cause: str = ""
    detail: str = ""
    stage: str = ""

    @property
    def failed(self) -> bool:
        """Whether the compiler has made a mistake."""
        return self.outcome in ("wrong", "crashed")


class Skip(Exception):
    """Nothing can be said about the program at this point."""


class Wrong(Exception):
    """The compiler's answer differs from the right one."""


def judge(written: Written, stages: Sequence[str] = STAGES) -> Verdict:
    """Run the checks of these stages, in their order, on a program."""
    for stage in stages:
        verdict = _judge(written, stage)
        if verdict.outcome != "right":
            return verdict
    return Verdict("right")


@dataclass(frozen=True)
class Case:
    """A program at arguments, and what plain Python gives there."""

    function: Callable
    arguments: tuple
    expected: object
    after: tuple  # the arguments after the call
    noise: float  # how much rounding changes
    rng: np.random.Generator


def _judge(written: Written, stage: str) -> Verdict:
    try:
        with _quiet():
            CHECKS[stage](_case(written))
    except Skip as reason:
        return Verdict("skipped", str(reason))
    except Wrong as reason:
        cause, _, detail = str(reason).partition(": ")
        return Verdict("wrong", cause, detail, stage)
    except CompilerBug as error:
        return Verdict("crashed", _where(error), traceback.format_exc(), stage)
    except DifferentiationError as error:
        return Verdict("refused", type(error).__name__, str(error), stage)
    except Exception as error:  # whatever else comes out is a mistake of the compiler
        return Verdict("crashed", _where(error), traceback.format_exc(), stage)
    return Verdict("right")


def _where(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    first = error.reason if isinstance(error, DifferentiationError) else str(error)
    return f"{type(error).__name__} in {frame.name}: {first[:70]}".replace("\n", " ")


@contextmanager
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def load(written: Written) -> Callable:
    """The function of the program, its text known to `linecache`."""
    return _loaded(written.seed, written.text)


@lru_cache(maxsize=1)  # so that each stage finds what those before have compiled
def _loaded(seed: int, text: str) -> Callable:
    filename = f"<random program {seed}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    namespace: dict[str, object] = {"__name__": f"random_program_{seed}"}
    exec(compile(text, filename, "exec"), namespace)
    return namespace["program"]  # type: ignore[return-value]


# ---------------------------------------------------------------- the checks


def _case(written: Written) -> Case:
    function, arguments = load(written), written.arguments()
    expected, after = _plain(function, arguments)
    changed = tuple(item * (1 + ROUNDING) if _is_float(item) else item for item in arguments)
    other, other_after = _plain(function, changed)
    pairs = zip((*_parts(expected), *after), (*_parts(other), *other_after), strict=True)
    differences = [
        np.abs(np.asarray(one, float) - two) for one, two in pairs if np.shape(one) == np.shape(two)
    ]
    noise = max(float(np.max(item, initial=0.0)) for item in differences)
    return Case(function, arguments, expected, after, noise, np.random.default_rng(written.seed + 1))


def _check_primal(case: Case) -> None:
    given = _copied(case.arguments)
    _agree("value of the primal", differentiable(case.function)(*given), case.expected, case.noise)
    _agree("arguments after the primal", given, case.after, case.noise)


def _check_gradient(case: Case) -> None:
    if isinstance(case.expected, (tuple, np.ndarray)):
        return
    given = _copied(case.arguments)
    value, gradients = value_with_gradient(of=case.function)(*given)
    _agree("value with gradient", value, case.expected, case.noise)
    _agree("arguments after the gradient", given, case.arguments)
    _shapes(_tuple(gradients), case.arguments)
    _slopes("gradient", case, _tuple(gradients), (1.0,))


def _check_pullback(case: Case) -> None:
    given = _copied(case.arguments)
    seeds = tuple(_like(item, case.rng) for item in _parts(case.expected))
    value, pullback = value_with_pullback(of=case.function)(*given)
    _agree("value with pullback", value, case.expected, case.noise)
    _agree("arguments after the pullback", given, case.arguments)
    several = isinstance(case.expected, tuple)
    pulled = _tuple(pullback(seeds if several else seeds[0]))
    _agree("pullback called again", _tuple(pullback(seeds if several else seeds[0])), pulled)
    twice = tuple(2.0 * item for item in seeds)
    doubled = tuple(2.0 * np.asarray(item) for item in pulled)
    _agree("linearity of the pullback", _tuple(pullback(twice if several else twice[0])), doubled)
    _shapes(pulled, case.arguments)
    _slopes("pullback", case, pulled, seeds)


def _check_differential(case: Case) -> None:
    """Forward mode: seeds times tangents of the results are gradients times directions."""
    given = _copied(case.arguments)
    value, differential = value_with_differential(of=case.function)(*given)
    _agree("value with differential", value, case.expected, case.noise)
    _agree("arguments after the differential", given, case.arguments)
    seeds = tuple(_like(item, case.rng) for item in _parts(case.expected))
    ways = [_like(item, case.rng) for item in case.arguments if _is_float(item)]
    moved = _parts(differential(*ways))
    ahead = [np.asarray(part) * seed for part, seed in zip(moved, seeds, strict=True)]
    _, pullback = value_with_pullback(of=case.function)(*_copied(case.arguments))
    pulled = _tuple(pullback(seeds if isinstance(case.expected, tuple) else seeds[0]))
    back = [np.asarray(part) * way for part, way in zip(pulled, ways, strict=True)]
    found, wanted = (sum(float(np.sum(term)) for term in terms) for terms in (ahead, back))
    size = 1.0 + sum(float(np.sum(np.abs(term))) for term in (*ahead, *back))
    if not abs(found - wanted) <= SAME * size * (1.0 + case.noise / ROUNDING):
        raise Wrong(f"differential: {found!r} along a direction where the pullback gives {wanted!r}")


CHECKS = {
    "primal": _check_primal,
    "gradient": _check_gradient,
    "pullback": _check_pullback,
    "differential": _check_differential,
}


def _slopes(name: str, case: Case, gradients: tuple, seeds: tuple) -> None:
    """Compare gradients with finite differences along random directions over all inputs."""
    arguments = case.arguments
    floats = [position for position, item in enumerate(arguments) if _is_float(item)]
    for _ in range(DIRECTIONS):
        direction = {position: case.rng.normal(size=np.shape(arguments[position])) for position in floats}
        terms = [direction[position] * gradient for position, gradient in zip(floats, gradients, strict=True)]
        found = sum(float(np.sum(term)) for term in terms)
        slope, scale = _slope(case.function, arguments, direction, seeds)
        size = scale + min(sum(float(np.sum(np.abs(term))) for term in terms), 10 * scale)
        if not abs(found - slope) <= CLOSE * size:
            raise Wrong(f"{name}: {found!r} along a direction where finite differences give {slope!r}")


def _slope(
    function: Callable, arguments: tuple, direction: dict[int, np.ndarray], seeds: tuple
) -> tuple[float, float]:
    """The directional derivative of the seeded result, and how large the numbers are; Skip near a kink."""

    def value(step: float) -> float:
        moved = [item + step * direction[k] if k in direction else item for k, item in enumerate(arguments)]
        result, _ = _plain(function, tuple(moved))
        parts = _parts(result)
        if [np.shape(part) for part in parts] != [np.shape(seed) for seed in seeds]:
            raise Skip("the shape of the result changes")
        return sum(float(np.sum(np.asarray(part) * seed)) for part, seed in zip(parts, seeds, strict=True))

    middle = value(0.0)
    slopes = []
    for step in STEPS:
        ahead, further, back, far_back = value(step), value(2 * step), value(-step), value(-2 * step)
        slopes.append((8 * (ahead - back) - (further - far_back)) / (12 * step))
        right = (4 * ahead - further - 3 * middle) / (2 * step)
        left = (3 * middle - 4 * back + far_back) / (2 * step)
        slopes += [left, right]
    scale = 1.0 + abs(middle) + abs(slopes[0])
    if not np.isfinite(scale) or scale > LARGEST:
        raise Skip("values or slopes are too large")
    if abs(slopes[0] - slopes[3]) > STABLE * scale or any(
        abs(s - slopes[0]) > 300 * STABLE * scale for s in slopes
    ):
        raise Skip("finite differences disagree: a kink, a jump or a steep place")
    return slopes[3], scale


def _plain(function: Callable, arguments: tuple) -> tuple[object, tuple]:
    """What plain Python gives, and the arguments after the call."""
    given = _copied(arguments)
    try:
        result = function(*given)
    except Exception as error:
        raise Skip(f"Python raises {type(error).__name__}") from error
    if not all(np.all(np.isfinite(part)) for part in _parts(result)):
        raise Skip("the value is not finite")
    return result, given


def _agree(name: str, found: object, expected: object, noise: float = 0.0) -> None:
    ours, theirs = _parts(found), _parts(expected)
    if len(ours) != len(theirs):
        raise Wrong(f"{name}: {len(ours)} results instead of {len(theirs)}")
    for one, other in zip(ours, theirs, strict=True):
        if np.shape(one) != np.shape(other):
            raise Wrong(f"{name}: shape {np.shape(one)} instead of {np.shape(other)}")
        size = max(1.0, float(np.max(np.abs(other), initial=0.0)))
        if not np.all(np.abs(np.asarray(one, float) - np.asarray(other, float)) <= SAME * size + 10 * noise):
            raise Wrong(f"{name}: {one} instead of {other}")


def _shapes(gradients: tuple, arguments: tuple) -> None:
    floats = [item for item in arguments if _is_float(item)]
    for gradient, argument in zip(gradients, floats, strict=True):
        if np.shape(gradient) != np.shape(argument):
            raise Wrong(f"shape of a gradient: {np.shape(gradient)} instead of {np.shape(argument)}")
        if not np.all(np.isfinite(gradient)):
            raise Wrong(f"finiteness of a gradient: {gradient}")


def _is_float(argument: object) -> bool:
    return np.asarray(argument).dtype.kind == "f"


def _parts(result: object) -> tuple:
    return result if isinstance(result, tuple) else (result,)


def _tuple(gradients: object) -> tuple:
    return gradients if isinstance(gradients, tuple) else (gradients,)


def _like(item: object, rng: np.random.Generator) -> object:
    return rng.normal(size=np.shape(item)) if np.shape(item) else float(rng.normal())


def _copied(arguments: tuple) -> tuple:
    return tuple(item.copy() if isinstance(item, np.ndarray) else item for item in arguments)


def summary(outcomes: Counter[tuple[str, str]]) -> str:
    """How many programs had which outcome, the largest numbers first."""
    return "\n".join(f"{count:7d}  {outcome}  {cause}" for (outcome, cause), count in outcomes.most_common())
