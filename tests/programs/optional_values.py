"""Names that are None, or one of two settings, until some iteration gives them another form."""

from __future__ import annotations

import math

import numpy as np

from tests.programs.catalogue import at, program


class Score:
    """Something with a number that is compared."""

    def __init__(self, value):
        self.value = value
        self.best = None


@program(inputs=at(0.7, 0))
@program(inputs=at(0.7, 5))
def largest_or_none(x, n):
    best = None
    for i in range(n):
        v = math.sin(x + i)
        if best is None or v > best:
            best = v
    return best if best is not None else 2.0 * x


@program(inputs=at(1.3, 2))
@program(inputs=at(1.3, 7))
def set_in_few_iterations(x, n):
    found = None
    for i in range(n):
        if i % 3 == 2:
            found = x * i
    if found is None:
        return x * x
    return found * x


@program(inputs=at(0.7, 0))
@program(inputs=at(0.7, 4))
def object_or_none(x, n):
    best = None
    for i in range(n):
        score = Score(math.sin(x * i + 1.0))
        if best is None or score.value < best.value:
            best = score
    if best is None:
        return x
    return best.value * x


@program(inputs=at(0.7, 4))
def one_of_two_settings(x, n):
    mode = "slow"
    total = 0.0
    for i in range(n):
        if mode == "slow":
            total += x
        else:
            total += x * x
        mode = "fast" if i > 1 else "slow"
    return total


@program(inputs=at(0.7, 1))
@program(inputs=at(0.7, 5))
def previous_value(x, n):
    previous = None
    total = x
    for i in range(n):
        current = math.cos(x * i)
        if previous is not None:
            total += (current - previous) ** 2
        previous = current
    return total


@program(inputs=at(0.7, 5))
def none_again_and_again(x, n):
    last = None
    total = x
    i = 0
    while i < n:
        if last is None:
            last = x * i
        else:
            total += last
            last = None
        i += 1
    return total


@program(inputs=at(0.7, 1))
@program(inputs=at(0.7, 3))
def attribute_set_in_a_loop(x, n):
    score = Score(x)
    for i in range(n):
        if i == 1:
            score.best = score.value * 2.0
    return score.value if score.best is None else score.best * x


@program(inputs=at(0.7, 0))
@program(inputs=at(0.7, 3))
def array_or_none(x, n):
    total = None
    for i in range(n):
        part = np.array([x * i, x])
        total = part if total is None else total + part
    return x if total is None else np.sum(total * total)
