"""Programs as people of different fields write them: classes, lists that change their types, and closures."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from tests.programs.catalogue import at, program


class Vector(NamedTuple):
    """A vector whose operators are not those of tuples."""

    x: float
    y: float
    z: float

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y, self.z + other.z)

    def __sub__(self, other):
        return Vector(self.x - other.x, self.y - other.y, self.z - other.z)

    def __mul__(self, factor):
        return Vector(self.x * factor, self.y * factor, self.z * factor)

    __rmul__ = __mul__

    def dot(self, other):
        return self.x * other.x + self.y * other.y + self.z * other.z

    @property
    def norm(self):
        return math.sqrt(self.dot(self))


@dataclass
class Body:
    """A point with a mass."""

    position: Vector
    velocity: Vector
    mass: float


@program(inputs=at([1.0, 0.5, 0.3], 3, 0.01))
def planets(masses, steps, dt):
    bodies = []
    for i, m in enumerate(masses):
        angle = 2 * math.pi * i / len(masses)
        velocity = Vector(-math.sin(angle), math.cos(angle), 0.0)
        bodies.append(Body(Vector(math.cos(angle), math.sin(angle), 0.1 * i), velocity, m))
    for _ in range(steps):
        accelerations = []
        for i, b in enumerate(bodies):
            a = Vector(0.0, 0.0, 0.0)
            for j, c in enumerate(bodies):
                if i == j:
                    continue
                r = c.position - b.position
                a = a + r * (c.mass / (r.norm + 0.01) ** 3)
            accelerations.append(a)
        for b, a in zip(bodies, accelerations):
            b.velocity = b.velocity + a * dt
            b.position = b.position + b.velocity * dt
    return sum(0.5 * b.mass * b.velocity.dot(b.velocity) for b in bodies) + bodies[0].position.norm


@program(inputs=at(1.3, 0.4))
def operators_of_a_named_tuple(x, y):
    a = Vector(x, y, 1.0) + 2.0 * Vector(y, x * y, x)
    a += Vector(x, x, x)
    return a[0] * a[1] + a[2] + len(a)


@program(inputs=lambda rng: (rng.normal(size=5), rng.normal(size=4)))
def time_warping(a, b):
    n, m = len(a), len(b)
    table = [[float("inf")] * (m + 1) for _ in range(n + 1)]
    table[0][0] = 0.0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            cost = (a[i - 1] - b[j - 1]) ** 2
            table[i][j] = cost + min(table[i - 1][j], table[i][j - 1], table[i - 1][j - 1])
    return table[n][m]


@program(inputs=lambda rng: (rng.normal(size=4), 4))
def whole_numbers_become_floats_in_a_list(a, n):
    xs = [0] * n
    for i in range(n):
        xs[i] = xs[i - 1] + a[i] * i
    return sum(xs)


@program(inputs=lambda rng: (rng.normal(size=4), 4))
def lists_that_are_empty_at_first_side_by_side(a, n):
    steps, rates = [], []
    t, q = 0.0, a.copy()
    for i in range(n):
        for s, rate in reversed(list(zip(steps, rates))):
            t += np.sum(s) * rate
            q -= 0.1 * t * s
        steps.append(a * i)
        rates.append(1.0 / np.dot(a, a))
        if len(steps) > 2:
            steps.pop(0)
            rates.pop(0)
    return t + np.sum(q * q)
