"""Calls of other Python functions, of this module and of another one."""

from __future__ import annotations

from functools import partial

import numpy as np

from tests.programs import helpers
from tests.programs.catalogue import at, program
from tests.programs.helpers import leaky, sum_and_difference


def cube_and_product(x, y):
    return x * x * x * y


def weighted(x, y, weight=2.0):
    return weight * x + y


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def through_two(x):
    return sigmoid(cube_and_product(x, 0.5)) * sigmoid(x)


def first_above(values, limit):
    for v in values:
        if v > limit:
            return v * v
    return limit


def add_to(target, amount):
    target[0] += amount
    target[1] *= amount


def bump(values):
    values = values + 1.0
    return values


@program(inputs=at(5.0), value=95.0, gradient=39.0)
def called_twice_with_other_constants(x):
    return cube_and_product(x, 2.0) / 5 + cube_and_product(1.0, x) * 9


@program(inputs=at(5.0, 10.0), value=-75.0, gradient=(10.0, -20.0))
def two_results(x, y):
    p, q = sum_and_difference(x, y)
    return p * q


@program(inputs=at(0.4, -0.6))
def chain_of_calls(x, y):
    return through_two(x * y) + through_two(y)


@program(inputs=at(0.7, 1.2))
def defaults_and_keywords(x, y):
    return weighted(x, y) * weighted(y=x, x=y) + weighted(x, y, weight=x)


@program(inputs=lambda rng: (rng.normal(size=6),))
def helper_of_another_module_in_a_loop(xs):
    total = 0.0
    for v in xs:
        total += leaky(v) * helpers.leaky(-v)
    return total


@program(inputs=lambda rng: (rng.normal(size=5), rng.normal(size=5)))
def helper_on_arrays(a, b):
    return np.dot(helpers.normalise(a), helpers.normalise(b))


@program(inputs=at([0.2, 0.8, 1.5], 0.5))
@program(inputs=at([0.2, 0.8, 1.5], 2.5))
def helper_with_an_early_return(xs, limit):
    return first_above(xs, limit) * xs[0]


@program(inputs=at([1.0, 2.0], 3.0), value=24.0, gradient=([6.0, 12.0], 14.0))
def helper_that_updates_its_argument(a, x):
    b = a.copy()
    add_to(b, x)
    return b[0] * b[1]


@program(inputs=lambda rng: (rng.normal(size=4), 1.5))
def helper_that_scales_a_parameter_in_place(a, factor):
    helpers.scale_in_place(a, factor)
    helpers.scale_in_place(a, factor)
    return np.sum(a * a)


@program(inputs=lambda rng: (rng.normal(size=3),))
def helper_that_rebinds_its_parameter(a):
    b = bump(a)
    return np.sum(a * b)


@program(inputs=at(0.8))
def helper_called_in_a_condition(x):
    y = x
    while sigmoid(y) < 0.95:
        y = y + x * leaky(y)
    return y if leaky(x) > 0 else -y


class Spring:
    def __init__(self, stiffness):
        self.stiffness = stiffness

    def energy(self, first, second):
        return 0.5 * self.stiffness * (second - first) ** 2

    def __call__(self, first, second):
        return self.energy(first, second) + first

    @staticmethod
    def scaled(first, second, by=2.0):
        return first * second * by


def decay(t, height, rate, floor):
    return height * np.exp(-rate * t) + floor


@program(inputs=at([0.3, 0.7, 1.2], [0.0, 1.0, 2.0], [1.5, 0.9, 0.8]))
def model_gets_a_vector_of_parameters(p, t, y):
    doubled = [2.0 * v for v in p]
    height, rate, floor = doubled
    return np.sum((y - decay(t, *p)) ** 2) + height * rate + decay(floor, *doubled)


@program(inputs=at([0.3, 0.7, 1.2]))
def callables_get_vectors(p):
    def inner(a, b, c):
        return a * b - c

    spring, shorter = Spring(p[0]), partial(inner, 2.0)
    s = (
        spring.energy(*p[:2])
        + spring(*p[1:])
        + Spring.scaled(*p[:2], by=p[0])
        + spring.scaled(*p[:2], by=1.0)
    )
    return s + inner(*p) + shorter(*p[:2]) + np.hypot(*p[1:]) + inner(1.0, *[v * v for v in p[1:]])
