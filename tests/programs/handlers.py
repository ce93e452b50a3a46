"""Handlers around closures, methods, loops and other handlers."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tests.programs.catalogue import at, program


def squared(x):
    if x < 0.0:
        raise ValueError(f"{x} is negative")
    return x * x


@program(inputs=at(0.3))
@program(inputs=at(0.7))
@program(inputs=at(1.9))
def raised_in_a_closure(x):
    def inner(v):
        if v > 1.0:
            raise KeyError("large")
        return v * v

    r = 5.0 * x
    try:
        r = inner(x) + inner(2.0 * x)
    except KeyError:
        r = r + x
    return r


@dataclass
class Tank:
    level: float

    def fill(self, v):
        self.level = self.level + v
        if self.level > 2.0:
            raise OverflowError("full")
        return self.level


@program(inputs=at(0.3))
@program(inputs=at(1.7))
@program(inputs=at(4.4))
def raised_in_a_method(x):
    tank = Tank(x)
    n = 0.0
    for v in (0.5 * x, x, 2.0 * x):
        try:
            n = n + tank.fill(v)
        except OverflowError:
            tank.level = tank.level * 0.25
            if x > 3.0:
                break
    else:
        n = n * 2.0
    return n * tank.level


@program(inputs=at(0.3))
@program(inputs=at(1.9))
@program(inputs=at(-1.7))
@program(inputs=at(9.3))
def return_from_nested_handlers(x):
    for i in range(4):
        for j in range(3):
            try:
                try:
                    y = squared(x - i)
                    if y < j:
                        return y * j
                finally:
                    x = x * 1.1
            except ValueError:
                if j == 2:
                    return x * 7.0
                x = x + 0.3
    else:
        x = x * x
    return x


@program(inputs=at(0.7))
@program(inputs=at(2.3))
@program(inputs=at(-2.3))
def try_inside_a_case(x):
    match squared(abs(x)):
        case y if y > 2.0:
            try:
                z = squared(x)
            except ValueError:
                return -y
            else:
                return z * y
        case y:
            return y * 3.0


@program(inputs=at(4.4))
@program(inputs=at(9.3))
def endless_loop_left_by_a_handler(x):
    n = 0
    while True:
        n += 1
        try:
            x = x - 1.0
            r = squared(x)
            if n > 8:
                break
        except ValueError:
            return x * n
        else:
            if r > 50.0:
                continue
            x = x - 0.5
    return r


@program(inputs=at(0.3))
@program(inputs=at(0.9))
@program(inputs=at(4.4))
def operands_before_a_call_that_changes_them(x):
    a = np.array([x, 1.0])

    def bump(k):
        a[0] = a[0] * k
        if a[0] > 5.0:
            raise ValueError("large")
        return a[0]

    try:
        r = a[0] * bump(2.0) + a[0] * bump(3.0) + a[0]
    except ValueError:
        r = a[0]
    return r * x


@program(inputs=at(3.0, 2.0))
@program(inputs=at(3.0, 0.0), wrt="x", float64_only="numbers of NumPy give infinity")
def division_by_zero_caught(x, y):
    try:
        r = (x * 2.0) / (y * y) + x
    except ZeroDivisionError:
        r = -x
    return r * x


@program(inputs=lambda rng: (rng.normal(size=5), 3))
@program(inputs=lambda rng: (rng.normal(size=5), 5))
@program(inputs=lambda rng: (rng.normal(size=5), -6))
@program(inputs=lambda rng: (rng.normal(size=5), -5))
def index_out_of_bounds_caught(xs, k):
    try:
        r = xs[0] * xs[k]
    except IndexError:
        r = xs[1] ** 2
    return r + xs[2]


@program(inputs=lambda rng: (rng.normal(size=(3, 4)), 2.0, 0))
def anything_caught(a, x, n):
    total = 0.0
    for k in range(5):
        try:
            total += x * a[k, k] + 1.0 / (3 - k - n)
        except Exception:
            total -= x
    return total


@program(inputs=lambda rng: (rng.normal(size=5),))
def loops_inside_a_try_for_anything(xs):
    total = 0.0
    try:
        for v in xs:
            total += v * v
        for k, v in enumerate(xs):
            if v > 3.0:
                break
            total += k * v
    except Exception:
        total = -1.0
    return total


def scaled_logarithm(xs, k):
    return math.log(xs[k]) / (k - 1)


@program(inputs=lambda rng: (rng.uniform(-0.5, 2.0, size=6),))
def errors_of_python_in_a_callee(xs):
    total = 0.0
    for k in range(8):
        try:
            total += scaled_logarithm(xs, k)
        except ZeroDivisionError:
            total *= 2.0
        except ValueError:
            total -= xs[k] ** 2
        except IndexError:
            break
    else:
        total = 0.0
    return total
