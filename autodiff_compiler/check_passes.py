"""AUTODIFF_CHECK=1: after every pass the function is verified, and must still compute what it computed.

Both versions are interpreted on small sampled inputs. That takes a while; inputs that the program refuses
(an index out of range, lengths that differ) and programs that run too long on them tell nothing, and are
passed over.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autodiff_compiler import config
from autodiff_compiler.errors import CompilerBug
from autodiff_compiler.ir.interpret import GuardFailed, interpret
from autodiff_compiler.ir.nodes import Apply, Function, Var
from autodiff_compiler.ir.types import Array, Handle, Scalar, Stack, real_of
from autodiff_compiler.ir.verify import IRError, verify
from autodiff_compiler.operators import registry
from autodiff_compiler.operators.entry import Elementwise
from autodiff_compiler.operators.evaluate import evaluate
from autodiff_compiler.runtime.compiled import plain

SIZE = 3  # of sampled axes
BUDGET = 3_000  # operators applied in one run
CLOSE = {
    "float64": 1e-9,
    "float32": 1e-3,
}  # relative to the largest element, or to one: passes may reassociate
INTEGERS = (SIZE, SIZE - 1)  # what integer parameters are in each sample: a length, an index


def is_elementwise(name: str) -> bool:
    """Whether an operator name is that of an elementwise entry."""
    try:
        return isinstance(registry.by_name(name), Elementwise)
    except KeyError:
        return False


class _TooLong(Exception):
    """The budget is spent."""


@dataclass(frozen=True)
class _Run:
    """What a function returned, and its arguments afterwards."""

    results: tuple[Any, ...]
    arguments: tuple[Any, ...]


class Checker:
    """Checks functions between passes where the configuration asks for it."""

    def __init__(self) -> None:
        self.on = config.current().check
        self.callees: Mapping[str, Function] = {}  # what the functions may call
        self._last: tuple[Function, list[_Run | Exception]] | None = None

    def accept(self, function: Function, made_by: str) -> None:
        """Raise CompilerBug where a function that a pass has made breaks the rules of the grammar."""
        if self.on:
            self.always(function, made_by)

    def always(self, function: Function, made_by: str) -> None:
        """As `accept`, whatever the configuration: code that breaks the rules is never run."""
        try:
            verify(function, is_elementwise)
        except IRError as error:
            raise _bug(
                function, f"`{made_by}` has made a program that breaks its own rules\n{error}"
            ) from error

    def keep(self, before: Function, after: Function, name: str) -> Function:
        """The rewritten function; raises CompilerBug where it does not compute what it computed before."""
        if self.on and after is not before:
            self.accept(after, name)
            for old, new in zip(self._runs(before), self._runs(after), strict=True):
                if isinstance(old, _Run):
                    _compare(after, name, old.results, new, old.arguments)
        return after

    def derived(self, primal: Function, derivative: Function, name: str, returned: int) -> None:
        """Raise CompilerBug where a derivative does not start with these results of the primal.

        Also where it changes its arguments. `returned` is how many results it has in common with the primal.
        """
        self.accept(derivative, name)
        if self.on:
            samples = _samples(primal.parameters)
            for given, old, new in zip(samples, self._runs(primal), self._runs(derivative), strict=True):
                if isinstance(old, _Run):
                    _compare(derivative, name, old.results[:returned], new, given)

    def _runs(self, function: Function) -> list[_Run | Exception]:
        """What the function does on each sample, kept until the next pass has changed it."""
        if self._last is None or self._last[0] is not function:
            self._last = (
                function,
                [_run(function, sample, self.callees) for sample in _samples(function.parameters)],
            )
        return self._last[1]


def _run(function: Function, arguments: tuple[Any, ...], callees: Mapping[str, Function]) -> _Run | Exception:
    left = BUDGET
    externals = {name: plain(item) for name, item in registry.externals().items()}
    externals["show"] = lambda *_: ()  # to look at the values is not to print them

    def counted(value: Apply, operands: Sequence[Any]) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            raise _TooLong
        return evaluate(value, operands)

    try:
        results = interpret(function, arguments, counted, callees, externals)
    except Exception as error:  # whatever it is, it is reported unless the version before does the same
        return error
    return _Run(copy.deepcopy(results), arguments)


# ---------------------------------------------------------------- samples


def _samples(parameters: Sequence[Var]) -> list[tuple[Any, ...]]:
    """Arguments to try: floats of both signs, then positive ones; none for types without samples."""
    kinds = [item.type for item in parameters if not isinstance(item.type, Stack | Handle)]
    if len(kinds) < len(parameters):
        return []
    rng = np.random.default_rng(0)
    return [
        tuple(_sample(kind, rng, number, positive=bool(number)) for kind in kinds)
        for number in range(len(INTEGERS))
    ]


def _sample(kind: Scalar | Array, rng: np.random.Generator, number: int, *, positive: bool) -> Any:
    dtype = np.dtype(kind.dtype)
    if isinstance(kind, Scalar) and dtype.kind in "iu":
        return dtype.type(INTEGERS[number])
    shape = () if isinstance(kind, Scalar) else tuple(1 if unit else SIZE for unit in kind.units)
    if isinstance(kind, Array) and not kind.contiguous:
        return _sample(Array(kind.dtype, kind.rank + 1), rng, number, positive=positive)[_strided(shape)]
    values: Any
    if dtype.kind in "fc":
        values = rng.uniform(0.2, 1.5, shape) if positive else rng.normal(size=shape)
        if dtype.kind == "c":
            values = values + 1j * rng.normal(size=shape)
    else:
        values = rng.integers(0, SIZE, shape) if dtype.kind in "iu" else rng.integers(0, 2, shape)
    made = np.asarray(values).astype(dtype)
    return made if isinstance(kind, Array) else made[()]


def _strided(shape: tuple[int, ...]) -> tuple[Any, ...]:
    """The index of a block of that shape, with gaps, in an array with one more axis."""
    return (*(slice(size) for size in shape), 0)


# ---------------------------------------------------------------- comparing


def _compare(
    function: Function, name: str, results: tuple[Any, ...], new: _Run | Exception, arguments: tuple[Any, ...]
) -> None:
    """Raise CompilerBug unless the run gave these results first, and left these arguments."""
    if isinstance(new, _TooLong | GuardFailed):  # a guard that the pass has added refuses: no wrong answer
        return
    if isinstance(new, Exception):
        raise _bug(function, f"after `{name}` the program fails: {type(new).__name__}: {new}") from new
    for number, (one, other) in enumerate(zip(results, new.results, strict=False)):
        if not _same(one, other):
            raise _bug(function, f"`{name}` changes result {number} from\n{one}\nto\n{other}")
    for parameter, one, other in zip(function.parameters, arguments, new.arguments, strict=True):
        if not _same(one, other):
            raise _bug(
                function, f"`{name}` changes what is left in `{parameter.name}` from\n{one}\nto\n{other}"
            )


def _same(one: Any, other: Any) -> bool:
    """Whether two results agree, wherever the first is a finite number."""
    if isinstance(one, list):
        return isinstance(other, list) and len(one) == len(other) and all(map(_same, one, other))
    one, other = np.asarray(one), np.asarray(other)
    if one.shape != other.shape or one.dtype != other.dtype:
        return False
    if one.dtype.kind not in "fc":
        return bool(np.array_equal(one, other))
    known = np.isfinite(one)
    size = max(1.0, float(np.max(np.abs(one[known]), initial=0.0)))
    return bool(np.all(np.abs(one[known] - other[known]) <= CLOSE[real_of(one.dtype.name)] * size))


def _bug(function: Function, reason: str) -> CompilerBug:
    kinds = ", ".join(f"{item.name}: {item.type}" for item in function.parameters)
    return CompilerBug(f"{reason}\nin {function.name}({kinds})", location=function.at)
