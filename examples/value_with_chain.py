"""A value and the chain back: what a pullback is, told by the source that is generated for one.

    python examples/value_with_chain.py

A derivative needs the function twice: once forwards for the value, once backwards for the slopes. What is
generated are those two halves. The forward one returns the value together with what the backward one will
read; the backward one takes that and a seed, the slope of whatever comes after. So the function itself runs
once, however often its pullback is called.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from types import FrameType
from typing import Any, NamedTuple
from unittest import mock

import numpy as np

from autodiff_compiler import value_with_pullback

GENERATED = "autodiff_compiler_generated"  # how the modules of generated functions are called


class Result(NamedTuple):
    """The value, its gradient, how the pullback scales with its seed, and how often the primal ran."""

    value: float
    gradient: np.ndarray
    gradient_of_tenfold: np.ndarray
    primal_runs: int


def square(x):
    """Each element times itself."""
    return x * x


def mean_of_squares(x):
    """One number."""
    return np.mean(square(x))


class Runs:
    """While it is entered: how often each generated function runs, in the order of their first run."""

    def __init__(self) -> None:
        self.of: Counter[str] = Counter()

    def __enter__(self) -> Counter[str]:
        sys.setprofile(self._count)
        return self.of

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def _count(self, frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and frame.f_globals.get("__name__", "").startswith(GENERATED):
            self.of[frame.f_code.co_name] += 1


@mock.patch.dict(
    os.environ, AUTODIFF_JIT="0"
)  # the generated code as plain Python, whose calls can be counted
def main() -> Result:
    """Show both halves, then run them one after the other and count."""
    x = np.array([1.0, 2.0, 3.0, 4.0])
    chained = value_with_pullback(of=mean_of_squares)
    print(chained.source(x))
    with Runs() as runs:
        value, pullback = chained(x)
        gradient = pullback(1.0)
        tenfold = pullback(10.0)
    print(f"value             {value}\npullback of 1     {gradient}\npullback of 10    {tenfold}\n")
    for name, times in runs.items():
        print(f"{name} ran {'once' if times == 1 else f'{times} times'}")
    primal = next(iter(runs))
    return Result(value, gradient, tenfold, runs[primal])


if __name__ == "__main__":
    main()
