"""Comprehensions and generator expressions."""

from __future__ import annotations

import numpy as np

from tests.programs.catalogue import at, program

FOUR = at([1.0, 2.0, -3.0, 0.5])


@program(inputs=at([1.0, 2.0, 3.0]), value=13.0, gradient=[0.0, 4.0, 6.0])
def filtered(xs):
    return sum(v * v for v in xs if v > 1.5)


@program(inputs=at([1.0, 2.0, 3.0]), value=13.0, gradient=[0.0, 4.0, 6.0])
def filtered_list(xs):
    return sum([v * v for v in xs if v > 1.5])


@program(inputs=FOUR)
def of_known_items(xs):
    a, b = xs[0], xs[1]
    squares = [v * v for v in (a, b, 3.0)]
    return squares[0] * squares[1] + squares[-1]


@program(inputs=FOUR)
def two_loops(xs):
    products = [v * w for v in xs for w in xs if v != w]
    return sum(products) + products[0] * len(products)


@program(inputs=FOUR)
def nested(xs):
    m = [[v * w + i for v in xs] for i, w in enumerate(xs)]
    return np.sum(np.array(m)) + m[1][2] * m[3][0]


@program(inputs=FOUR)
def extremes(xs):
    return max(v * v for v in xs) * min(np.sin(v) for v in xs) + max(v for v in xs if v < 0)


@program(inputs=FOUR)
def any_and_all(xs):
    s = xs[0]
    if any(v > 1.5 for v in xs):
        s = s * xs[1]
    if all(v > -3.5 for v in xs):
        s = s + xs[2] * xs[3]
    if not all(xs[i] > xs[i + 1] for i in range(3)):
        s = s * 2.0
    return s


@program(inputs=FOUR)
def through_zip_and_enumerate(xs):
    ys = [v * 2.0 for v in xs]
    return sum(i * a * b for i, (a, b) in enumerate(zip(xs, ys))) + sum(list(v + 1.0 for v in ys))


@program(inputs=FOUR)
def targets_stay_inside(xs):
    v = xs[0]
    total = sum(v * v for v in xs)
    squares = [v * total for v in range(3)]
    return v * total + squares[2]


@program(inputs=FOUR)
def in_a_loop(xs):
    total = 0.0
    for k in range(3):
        total += sum(v * k for v in xs) * max([v + k for v in xs])
    return total


@program(inputs=FOUR)
def of_a_list_of_unknown_length(xs):
    chosen = [v for v in xs if v > 0]
    return sum([v * len(chosen) for v in chosen]) if len(chosen) else xs[0]


@program(inputs=FOUR)
def dictionary(xs):
    d = {i: xs[i] * i for i in range(4)}
    return d[1] * d[2] + d[3]


@program(inputs=FOUR)
def names_of_the_function_around(xs):
    scale = xs[1]
    weights = [scale * k for k in range(4)]
    double = lambda v: v * scale  # noqa: E731
    return sum(double(v) * w for v, w in zip(xs, weights))


@program(inputs=FOUR)
def index_of_the_smallest(xs):
    best = 0
    for i in range(1, len(xs)):
        if xs[i] < xs[best]:
            best = i
    others = [xs[i] for i in range(len(xs)) if i != best]
    return sum(others) * xs[best]


@program(inputs=FOUR)
def objects_for_points(xs):
    points = [(np.cos(v), np.sin(v)) for v in xs]
    return sum(((a - c) ** 2 + (b - d) ** 2) for (a, b), (c, d) in zip(points, points[1:]))
