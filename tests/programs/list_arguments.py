"""Lists of equal things as arguments, of any length: arrays of what their items are made of, real loops."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from tests.programs.catalogue import program

LENGTHS = (2, 3, 40)


@dataclass
class Particle:
    """Its `kind` is known while compiling, as it is that of all."""

    x: float
    v: float
    mass: float
    kind: str = "free"

    def drift(self, dt):
        self.x += dt * self.v

    def kick(self, force, dt):
        self.v += dt * force / self.mass

    def energy(self):
        return 0.5 * self.mass * self.v**2


@dataclass
class Body:
    position: np.ndarray
    velocity: np.ndarray


@dataclass
class Molecule:
    """Objects in objects, and a tuple."""

    atom: Particle
    bond: tuple


class Layer(NamedTuple):
    weights: np.ndarray
    bias: np.ndarray


def particles(rng, count):
    return [Particle(float(x), float(v), 1.0 + float(rng.random())) for x, v in rng.normal(size=(count, 2))]


def floats(rng, count):
    return [float(x) for x in rng.normal(size=count)]


def layers(rng, count):
    return [Layer(0.5 * rng.normal(size=(3, 3)), rng.normal(size=3)) for _ in range(count)]


@program(inputs=lambda rng: (particles(rng, 2), 0.1))
@program(inputs=lambda rng: (particles(rng, 3), 0.1))
@program(inputs=lambda rng: (particles(rng, 40), 0.1))
def attracted_particles(crowd, dt):
    for _ in range(3):
        for i in range(len(crowd)):
            for j in range(i + 1, len(crowd)):
                d = crowd[j].x - crowd[i].x
                force = d / (1.0 + d * d)
                crowd[i].kick(force, dt)
                crowd[j].kick(-force, dt)
        for p in crowd:
            p.drift(dt)
    return sum(p.energy() for p in crowd)


@program(inputs=lambda rng: (layers(rng, 2), rng.normal(size=(4, 3))), wrt="network")
@program(inputs=lambda rng: (layers(rng, 3), rng.normal(size=(4, 3))), wrt="network")
def equal_layers(network, x):
    for layer in network:
        x = np.tanh(x @ layer.weights + layer.bias)
    return np.sum(x * x)


@program(inputs=lambda rng: ([(w, b) for w, b in layers(rng, 3)], rng.normal(size=3)))
def pairs_of_arrays(network, x):
    for weights, bias in network:
        x = np.tanh(weights @ x + bias)
    return np.sum(x * x)


@program(inputs=lambda rng: (floats(rng, 2),))
@program(inputs=lambda rng: (floats(rng, 3),))
@program(inputs=lambda rng: (floats(rng, 40),))
def smooth_differences(xs):
    total = 0.0
    for before, after in zip(xs, xs[1:], strict=False):
        total += math.sin(after - before) * after
    return total + xs[-1] * xs[0]


@program(inputs=lambda rng: ([0.3, 0.7, 1.1],))
def entries_change(xs):
    for i in range(1, len(xs)):
        xs[i] += math.sin(xs[i - 1])
    return xs[-1]


@program(inputs=lambda rng: ([0.3, 0.7, 1.1],))
def an_argument_grows(xs):
    for i in range(3):
        xs.append(xs[i] * xs[i + 1])
    return sum(xs)


@program(inputs=lambda rng: ([0.3, 0.7, 1.1],))
def an_argument_shrinks(xs):
    last = xs.pop()
    return sum(x * x for x in xs) * last


@program(inputs=lambda rng: ([(0.3, 0.7), (1.1, 0.2), (0.5, -0.4)],))
def pairs_are_replaced(pairs):
    for i in range(len(pairs)):
        a, b = pairs[i]
        pairs[i] = (a * b, b)
    return sum(a * a + b for a, b in pairs)


@program(inputs=lambda rng: ([[0.3, 0.7], [1.1, 0.2], [0.5, -0.4]],))
def rows_change(rows):
    for row in rows:
        row[1] = row[0] * row[1]
    return sum(x * x for row in rows for x in row)


@program(inputs=lambda rng: ([Body(rng.normal(size=2), rng.normal(size=2)) for _ in range(4)], 0.1))
def positions_are_replaced(bodies, dt):
    for _ in range(3):
        for body in bodies:
            body.velocity = body.velocity - dt * np.sin(body.position)
        for body in bodies:
            body.position = body.position + dt * body.velocity
    return sum(np.sum(body.position**2) for body in bodies)


@program(inputs=lambda rng: ([Body(rng.normal(size=2), rng.normal(size=2)) for _ in range(4)], 0.1))
def positions_change_in_place(bodies, dt):
    for body in bodies:
        body.position += dt * body.velocity
    return sum(np.sum(body.position**2) for body in bodies)


@program(inputs=lambda rng: ([Molecule(p, (0.5, p.x)) for p in particles(rng, 3)],))
def molecules(crowd):
    for m in crowd:
        strength, length = m.bond
        m.atom.x -= strength * (m.atom.x - length)
        m.bond = (strength * m.atom.v, length)
    return sum(m.atom.x * m.bond[0] for m in crowd)


@program(inputs=lambda rng: ([Particle(0, 0, 1.0), Particle(1, 2, 2.0), Particle(3, 1, 1.5)], 0.1))
def whole_numbers_become_floats(crowd, dt):
    for p in crowd:
        p.kick(dt * p.mass, dt)
        p.drift(dt)
    return sum(p.x * p.mass for p in crowd)


@program(inputs=lambda rng: (particles(rng, 3), floats(rng, 3)))
def on_some_paths(crowd, limits):
    for p, limit in zip(crowd, limits, strict=False):
        if p.x > limit:
            p.v = -p.v
            p.x = limit
    return sum(p.x * p.v for p in crowd)


@program(inputs=lambda rng: ({"inner": [floats(rng, 3), floats(rng, 3)], "scale": 0.5},))
def lists_in_a_dict(settings):
    return settings["scale"] * sum(max(row) for row in settings["inner"])


@program(inputs=lambda rng: ([0.3, 0.7, 1.1], 2.0))
def one_line_for_each(xs, y):
    a, b, c = xs
    return a * b * c * y
