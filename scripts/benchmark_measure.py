"""Timing of the benchmark's kernels: contenders take turns in one process, and medians are compared."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import numpy as np
from benchmark_by_hand import weighted_sum_loops
from benchmark_kernels import Arguments, Kernel, weighted_sum
from benchmark_report import Call, Row, Scale

from autodiff_compiler import DifferentiationError, differentiable, value_with_gradient

Function = Callable[..., Any]
Run = Callable[[], Any]
Contender = Callable[[], Run]  # prepares a call outside the clock


def measure(kernel: Kernel, budget: float, *, with_python: bool, with_jax: bool) -> Row:
    """Check a kernel's answers against its adjoint by hand, and time its contenders for `budget` seconds."""
    row = Row(kernel.name, kernel.size, kernel.bar)
    arguments = kernel.arguments(np.random.default_rng(0), kernel.size)
    if with_python:
        row.python = _timed(_contender(kernel.function, arguments, fresh=True)(), 1)
    functions = {"loops": kernel.loops, "adjoint": kernel.adjoint}
    try:
        primal = differentiable(kernel.function)
        gradient = value_with_gradient(of=kernel.function, wrt=kernel.wrt)
        row.failure = _disagreement(kernel, primal, gradient, arguments)
        functions |= {"primal": primal, "gradient": gradient}
    except DifferentiationError as error:
        row.failure = f"refused: {str(error).splitlines()[0]}"
    updating = ("loops", "primal") if kernel.updates_arguments else ()
    contenders = {name: _contender(f, arguments, fresh=name in updating) for name, f in functions.items()}
    if with_jax:
        contenders |= _jax_contenders(kernel, arguments)
    return replace(row, **_medians(contenders, budget))


def call_overhead(budget: float) -> list[Call]:
    """What calls cost that have next to nothing to compute."""
    functions = {
        "hand-written @njit": weighted_sum_loops,
        "compiled primal": differentiable(weighted_sum),
        "value and gradient of the float": value_with_gradient(of=weighted_sum, wrt="w"),
        "value and gradient of both": value_with_gradient(of=weighted_sum, wrt=("x", "w")),
    }
    arguments = (np.ones(1), 0.3)
    times = _medians({name: _contender(f, arguments, fresh=False) for name, f in functions.items()}, budget)
    return [Call(name, seconds) for name, seconds in times.items()]


def scaling(budget: float) -> list[Scale]:
    """What an element costs in loops over ever more of them."""
    primal, gradient = differentiable(weighted_sum), value_with_gradient(of=weighted_sum, wrt=("x", "w"))
    sizes = (10_000, 100_000, 1_000_000)
    contenders = {}
    for n in sizes:
        arguments = (np.random.default_rng(0).normal(size=n), 0.3)
        contenders[f"primal {n}"] = _contender(primal, arguments, fresh=False)
        contenders[f"gradient {n}"] = _contender(gradient, arguments, fresh=False)
    times = _medians(contenders, budget)
    return [Scale(n, times[f"primal {n}"] / n, times[f"gradient {n}"] / n) for n in sizes]


def _medians(contenders: dict[str, Contender], budget: float) -> dict[str, float]:
    """Median seconds by contender, called in turn until the budget is spent and at least five times."""
    for prepare in contenders.values():
        prepare()()  # compiles
    batches = {name: _batch_size(prepare) for name, prepare in contenders.items()}
    times: dict[str, list[float]] = {name: [] for name in contenders}
    rounds = 0
    until = time.perf_counter() + budget
    while rounds < 5 or time.perf_counter() < until:
        rounds += 1
        for name, prepare in contenders.items():
            times[name].append(_timed(prepare(), batches[name]))
    return {name: statistics.median(measured) for name, measured in times.items()}


def _batch_size(prepare: Contender) -> int:
    """How many calls take about a fifth of a millisecond."""
    return max(1, min(1000, math.ceil(2e-4 / _timed(prepare(), 1))))


def _timed(call: Run, repetitions: int) -> float:
    start = time.perf_counter()
    for _ in range(repetitions):
        call()
    return (time.perf_counter() - start) / repetitions


def _contender(function: Function, arguments: Arguments, *, fresh: bool) -> Contender:
    """The function at those arguments, or at fresh copies of them where it updates them."""

    def prepare() -> Run:
        values = _copied(arguments) if fresh else arguments
        return lambda: function(*values)

    return prepare


def _copied(arguments: Iterable[Any]) -> Arguments:
    return tuple(value.copy() if isinstance(value, np.ndarray) else value for value in arguments)


def _jax_contenders(kernel: Kernel, arguments: Arguments) -> dict[str, Contender]:
    import benchmark_jax  # only where it was asked for, as few have JAX

    function = getattr(benchmark_jax, kernel.function.__name__, None)
    if function is None:
        return {}
    primal, gradient = benchmark_jax.primal_and_gradient(function, kernel.wrt, arguments)
    return {"jax_primal": lambda: primal, "jax_gradient": lambda: gradient}


def _disagreement(kernel: Kernel, primal: Function, gradient: Function, arguments: Arguments) -> str | None:
    """What differs from the adjoint by hand, or None."""
    value, answer = gradient(*_copied(arguments))
    gradients = answer if isinstance(answer, tuple) else (answer,)
    found = (primal(*_copied(arguments)), value, *gradients)
    by_hand = kernel.adjoint(*_copied(arguments))
    names = ("primal", "value", *kernel.wrt)
    for name, ours, theirs in zip(names, found, (by_hand[0], *by_hand), strict=True):
        if not np.max(np.abs(np.asarray(ours) - theirs)) <= 1e-8 * np.max(np.abs(theirs)):
            return f"WRONG: {name}"
    return None
