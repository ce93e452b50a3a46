"""`break`, `continue` and `return` at any depth."""

from __future__ import annotations

import numpy as np

from tests.programs.catalogue import at, program


@program(inputs=at(2.0), value=8.0, gradient=12.0)
def loop_left_at_its_end(x):
    r = x
    i = 0
    while True:
        r = r * x
        i += 1
        if i >= 2:
            break
    return r


@program(inputs=at(3.0), value=81.0, gradient=108.0)
def break_among_arms(x):
    r = x
    for i in range(10):
        if i == 2:
            break
        if i == 0:
            r = r * x
        else:
            r = r * r
    return r


@program(inputs=at(2.0), value=64.0, gradient=192.0)
def continue_on_even_numbers(x):
    r = x
    for i in range(1, 10):
        if i % 2 == 0:
            continue
        r = r * x
    return r


@program(inputs=lambda rng: (rng.uniform(0.1, 1.0, size=8), 2.0))
def return_from_a_loop(xs, limit):
    total = 0.0
    for v in xs:
        total += v
        if total > limit:
            return total * v
    return total - limit


@program(inputs=lambda rng: (rng.uniform(0.1, 1.0, size=8), 100.0))
def return_never_reached_in_the_loop(xs, limit):
    total = 0.0
    for v in xs:
        total += v
        if total > limit:
            return total * v
    return total * total - limit


@program(inputs=lambda rng: (rng.normal(size=(3, 4)), 0.8))
def return_from_two_loops(a, limit):
    total = 0.0
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            total += a[i, j] ** 2
            if total > limit:
                return total * (i + 1) + a[i, j]
    return total


@program(inputs=lambda rng: (rng.uniform(0.5, 1.5, size=(4, 4)),))
def break_of_the_inner_loop_only(a):
    total = 0.0
    for i in range(a.shape[0]):
        partial = 1.0
        for j in range(a.shape[1]):
            if j > i:
                break
            partial *= a[i, j]
        total += partial
    return total


@program(inputs=at(1.5))
def break_continue_and_return_together(x):
    r = x
    for i in range(20):
        if i % 3 == 1:
            continue
        for j in range(5):
            if j == 1:
                continue
            if j == 3:
                break
            r = r + x / (i + j + 1)
        if r > 50:
            return r * r
        if i > 11:
            break
        r = r * 1.1
    return r * x


@program(inputs=at(0.4, 30))
def fixed_point_with_tolerance(x, most):
    y = x
    for _ in range(most):
        following = np.cos(y) * x
        if abs(following - y) < 1e-3:
            break
        y = following
    return y * y


@program(inputs=at(2.0, 1.0))
@program(inputs=at(-2.0, 1.0))
@program(inputs=at(0.5, -1.0))
def several_returns_in_a_row(x, y):
    if x > 1:
        return x * y
    if y > 0:
        if x < -1:
            return x - y * y
        return y
    return x / y


@program(inputs=lambda rng: (rng.uniform(0.5, 1.5, size=6),))
def continue_before_an_update(xs):
    out = np.zeros(len(xs))
    for i in range(len(xs)):
        out[i] = xs[i]
        if i < 2:
            continue
        out[i] *= out[i - 1] + out[i - 2]
    return np.sum(out)


@program(inputs=lambda rng: (rng.uniform(1.0, 2.0, size=5), 3.0))
def while_with_two_ways_out(xs, budget):
    i = 0
    spent = 0.0
    while i < len(xs) and spent < budget:
        if xs[i] > 1.99:
            break
        spent = spent + xs[i] * xs[i]
        i += 1
    return spent * budget


def first_above(xs, limit):
    for v in xs:
        if v < 0.0:
            return None
        if v > limit:
            return v * limit


@program(inputs=lambda rng: (rng.uniform(0.0, 3.0, size=5), 1.3))
@program(inputs=lambda rng: (rng.uniform(0.0, 3.0, size=5), 9.0))
@program(inputs=lambda rng: (rng.uniform(-3.0, 3.0, size=5), 1.3))
def some_paths_without_a_value(xs, x):
    found = first_above(xs, x)
    return x * xs[0] if found is None else found
