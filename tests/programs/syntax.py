"""Statements and expressions of ordinary Python: `else` of loops, walrus, starred targets, `del`."""

from __future__ import annotations

import math

import numpy as np

from tests.programs.catalogue import at, program

SCALE = 1.5
# ---------------------------------------------------------------- loops


@program(inputs=at(2.0), value=9.0, gradient=4.0)
def else_of_a_for_loop(x):
    r = x
    for _ in range(2):
        r = r * 1.0
    else:
        r = r * r + 5.0
    return r


@program(inputs=lambda rng: (rng.uniform(0.1, 1.0, size=6), 0.9))
@program(inputs=lambda rng: (rng.uniform(0.1, 1.0, size=6), 9.0))
def else_is_skipped_by_break(xs, limit):
    total = 0.0
    for v in xs:
        if total + v > limit:
            total *= 2.0
            break
        total += v * v
    else:
        total = total * total
    return total


@program(inputs=at(0.7, 3), value=None)
@program(inputs=at(0.7, 30))
def else_of_a_while_loop(x, n):
    k = 0
    r = 1.0
    while k < n:
        if k == 10:
            r = r + x
            break
        r = r * x + 1.0
        k += 1
    else:
        r = r - 3.0 * x
    return r * x


@program(inputs=lambda rng: (rng.normal(size=(4, 5)), 1.3))
@program(inputs=lambda rng: (rng.normal(size=(4, 5)), 50.0))
def nested_loops_with_else(a, limit):
    total = 0.0
    for row in a:
        for v in row:
            if v > limit:
                break
            total += v * v
        else:
            continue
        total = total * 0.5
        break
    else:
        total = total + limit * limit
    return total


@program(inputs=lambda rng: (rng.uniform(0.1, 1.0, size=6), 1.5))
@program(inputs=lambda rng: (rng.uniform(0.1, 1.0, size=6), 100.0))
def return_from_the_else(xs, limit):
    s = 1.0
    for v in xs:
        s *= 1.0 + v
        if s > limit * 2.0:
            break
    else:
        return s * s
    return s * limit


@program(inputs=at([1.0, 2.0], 0), value=6.0)
@program(inputs=at([1.0, 2.0], 2))
def loops_that_run_no_time(xs, n):
    s = 2.0 * xs[0]
    for i in range(n):
        s = s * xs[i]
    else:
        s += 2.0 * xs[1]
    while n < 0:
        s = s * s
    return s


@program(inputs=lambda rng: (rng.normal(size=4), rng.normal(size=3)))
def elements_as_loop_targets(xs, ys):
    last = np.zeros(2)
    total = 0.0
    for last[0] in xs:
        total += last[0] ** 2
    for k, last[1] in enumerate(ys):
        total += k * last[1]
    return total * last[0] + last[1]


@program(inputs=lambda rng: (rng.normal(size=(4, 2)), rng.normal(size=4)))
def tuples_as_loop_targets(points, weights):
    total = 0.0
    for k, ((x, y), w) in enumerate(zip(points, weights, strict=False)):
        total += w * x * math.sin(y) + k * x
    return total


@program(inputs=lambda rng: (rng.normal(size=4), rng.normal(size=4), rng.normal(size=4)))
def starred_loop_target(a, b, c):
    total = 0.0
    for first, *others in zip(a, b, c):
        total += first * others[0] * others[1] + len(others)
    return total


@program(inputs=at(9.0))
def endless_loop_with_two_ways_out(x):
    k = 0
    while True:
        if x < 1.0:
            break
        x = 0.5 * x
        k += 1
        if k > 20:
            return x
    return x * k


# ---------------------------------------------------------------- assignments inside expressions


@program(inputs=at(3.0), value=81.0, gradient=108.0)
def walrus_in_a_condition(x):
    if (y := x * x) > 1.0:
        return y * y
    return y


@program(inputs=at(9.0))
def walrus_in_a_while(x):
    total = 0.0
    while (half := 0.5 * x) > 1.0:
        total += half * half
        x = half
    return total + half


@program(inputs=at(9.0))
@program(inputs=at(0.5))
def walrus_in_a_while_with_else(x):
    total = x
    k = 0
    while (y := math.sqrt(x)) > 1.2:
        x = y
        k += 1
        if k > 50:
            break
    else:
        total += y * y
    return total * y


@program(inputs=at(2.0), value=12.0, gradient=16.0)
def walrus_in_an_expression(x):
    return (y := x * x) * x + y - (z := 3.0) + z - y + (w := y)


@program(inputs=at(2.0))
@program(inputs=at(-2.0))
def walrus_behind_a_short_circuit(x):
    y = 1.0
    if x > 0.0 and (y := x * x) > 1.0:
        return y * x
    return y + x


@program(inputs=at(2.0))
@program(inputs=at(-2.0))
def walrus_in_an_arm(x):
    z = x
    y = (z := x * x * x) if x > 0.0 else (w := x * x)
    return y * z if x > 0.0 else y * w


@program(inputs=lambda rng: (rng.normal(size=7),))
def walrus_in_a_loop(xs):
    best = 0.0
    for v in xs:
        if (s := v * v) > best:
            best = s
    return best + s


# ---------------------------------------------------------------- targets and displays


@program(inputs=at(2.0, 3.0), value=None)
def starred_targets(x, y):
    first, *middle, last = x, y, x * y, x + y
    *start, end = middle
    (a, *b), c = (last, first), end
    total = 0.0
    for part in (first, last, end, a, c):
        total += part
    return total * len(start) + b[0] * start[0]


@program(inputs=at(2.0, 3.0))
def starred_displays(x, y):
    pair = (x, y)
    three = [*pair, x * y]
    four = (*three, *(1.0,), *())
    a, b, c, d = four
    return a * b + c * d + len(four)


def weighted(first, *others, scale=1.0):
    total = first
    for k in range(len(others)):
        total += 0.0 * k
    if len(others) == 0:
        return scale * total
    return scale * (total + others[0] * others[-1])


@program(inputs=at(2.0, 3.0))
def starred_arguments(x, y):
    pair = (x, y)
    return weighted(x) + weighted(*pair) + weighted(y, *pair, scale=SCALE) + max(*pair)


@program(inputs=at(2.0, 3.0))
def chained_targets(x, y):
    a = b = x * y
    c = (d, e) = a, y
    a += 1.0
    return a * b + c[0] * d + e


# ---------------------------------------------------------------- other statements


@program(inputs=lambda rng: (rng.normal(size=4),))
def deleted_names(xs):
    square = xs * xs
    y = np.sum(square)
    del square
    for v in xs:
        t = v * y
        y = y + t
        del t, v
    square = y * 2.0
    return square


@program(inputs=at(2.0))
def import_inside(x):
    import cmath
    import os.path as path
    from math import pi
    from math import sin as sine

    assert path is not None
    return sine(x) * pi + cmath.pi * x


counter = 3.0


@program(inputs=at(2.0), value=12.0, gradient=12.0)
def global_that_is_read(x):
    global counter
    return counter * x * x


@program(inputs=lambda rng: (rng.uniform(0.5, 2.0, size=5),))
def quiet_context(xs):
    with np.errstate(divide="ignore", invalid="ignore"):
        y = 1.0 / xs
        if y[0] > 100.0:
            return y[0]
    return np.sum(y * y)


@program(inputs=lambda rng: (rng.normal(size=(3, 3)), rng.normal(size=(3, 3))))
def product_in_place(a, b):
    c = a.copy()
    c @= b
    c @= b
    return np.sum(c * a)


@program(inputs=at(2.0))
def small_statements(x):
    """Documented."""
    total: float
    total = x + x * x
    total
    x > 1.0
    ...
    pass
    "a string"
    return total


@program(inputs=at(2.0, 3.0))
@program(inputs=at(-2.0, 3.0))
def deleted_on_one_path(x, y):
    r = x * y
    if x > 0.0:
        s = r * r
        del r
    else:
        s = r
    r = s * 2.0
    return r
