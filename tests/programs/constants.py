"""Numbers and arrays of the module around a function; they are constants."""

from __future__ import annotations

import math

import numpy as np

from tests.programs import helpers
from tests.programs.catalogue import at, program

GRAVITY = 9.81
STEPS = 4
NODES = np.array([-0.7745966692414834, 0.0, 0.7745966692414834])
WEIGHTS = np.array([5.0, 8.0, 5.0]) / 9.0
MIXING = np.array([[0.8, 0.2], [0.3, 0.7]])
ORDER = np.array([2, 0, 1])


@program(inputs=at(30.0, 0.6))
def range_of_a_throw(speed, angle):
    return speed * speed * math.sin(2 * angle) / GRAVITY


@program(inputs=at(0.5, 2.0))
def gauss_quadrature(low, high):
    middle = 0.5 * (low + high)
    half = 0.5 * (high - low)
    total = 0.0
    for i in range(len(NODES)):
        total += WEIGHTS[i] * math.exp(-((middle + half * NODES[i]) ** 2))
    return total * half


@program(inputs=at([1.0, 0.5]), float64_only="the product with a float64 array widens the variable")
def repeated_mixing(v):
    for _ in range(STEPS):
        v = MIXING @ v
        v = v * v
    return np.sum(v)


@program(inputs=at([1.0, 0.5, -2.0]))
def permutation_held_by_the_module(v):
    total = 0.0
    for i in range(3):
        total += v[i] * v[ORDER[i]] * (i + 1)
    return total * math.pi + np.e


@program(inputs=at(-0.4))
def constant_of_another_module(x):
    return x * x * helpers.SLOPE + helpers.leaky(x) * STEPS
