"""Tuples, NamedTuples, lists, dicts and objects as parameters, nested, with constants among the floats."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, NamedTuple

import numpy as np

from autodiff_compiler import no_derivative
from tests.programs.catalogue import at, program


class Spring(NamedTuple):
    """Has a constant, an integer and a string next to what is differentiated."""

    stiffness: float
    length: float
    steps: int
    kind: str
    rest: Annotated[float, no_derivative]


@dataclass
class Line:
    slope: float
    shift: float
    power: int = 2
    weight: Annotated[float, no_derivative] = 0.5
    name: str = "line"

    def at(self, x):
        return self.slope * x + self.shift

    @property
    def size(self):
        return self.slope * self.slope


@dataclass
class Body:
    position: np.ndarray
    velocity: np.ndarray
    mass: float

    def drift(self, dt):
        self.position = self.position + dt * self.velocity

    def kick(self, force, dt):
        self.velocity += dt * force / self.mass


@dataclass
class World:
    bodies: list
    forces: dict = field(default_factory=dict)
    time: float = 0.0


class Dense:
    def __init__(self, weights, bias):
        self.weights = weights
        self.bias = bias

    def __call__(self, x):
        return np.tanh(x @ self.weights + self.bias)


class Tree:
    def __init__(self, value, *children):
        self.value = value
        self.children = list(children)
        self.parent = None
        for child in children:
            child.parent = self


class Layer(NamedTuple):
    weights: np.ndarray
    bias: np.ndarray


@program(inputs=at((3.0, 2.0)), value=11.0, gradient=(6.0, 1.0))
def pair(p):
    x, y = p
    return x * x + y


@program(inputs=at((3.0, 2.0)), value=8.0, gradient=(2.0, 4.0))
def items_of_a_pair(p):
    return p[0] * p[1] + p[-1]


@program(inputs=lambda rng: ((0.5, (rng.normal(size=3), (2.0, rng.normal(size=(2, 3))))),))
def nested(tree):
    scale, (bias, (power, weights)) = tree
    total = 0.0
    for row in weights:
        total += np.sum(np.abs(row + scale * bias) ** power)
    return total


@program(inputs=lambda rng: ((rng.normal(size=4), 3, True), 0.5))
def constants_among_floats(settings, x):
    values, count, doubled = settings
    for i in range(count):
        x = x * values[i] + 1.0
    return 2.0 * x if doubled else x


@program(inputs=at(Spring(2.0, 1.5, 3, "hard", 0.25), 0.5))
def named_with_constants(spring, x):
    stiffness, length, steps, kind, rest = spring
    for _ in range(steps):
        x = x - 0.1 * stiffness * (x - length * rest)
    return x * x if kind == "hard" else x


@program(
    inputs=lambda rng: (
        (
            Layer(rng.normal(size=(3, 4)), rng.normal(size=4)),
            Layer(rng.normal(size=(4, 2)), rng.normal(size=2)),
        ),
        rng.normal(size=(5, 3)),
    ),
    wrt="layers",
)
def layers_of_a_network(layers, x):
    for weights, bias in layers:
        x = np.tanh(x @ weights + bias)
    return np.mean(x * x)


@program(inputs=lambda rng: ((2, 3), rng.normal(size=3)), wrt="x")
def shape_given_as_a_tuple(shape, x):
    a = np.zeros(shape)
    a[0] = x
    a[1] = x * x
    return np.sum(a * a)


@program(inputs=lambda rng: ((0, 2), rng.normal(size=(2, 3, 2))), wrt="x")
def axes_given_as_a_tuple(axes, x):
    return np.sum(np.sum(x, axis=axes) ** 2)


@program(inputs=lambda rng: ((rng.normal(size=3), rng.normal(size=3)), 4))
def carried_through_a_loop(state, steps):
    for _ in range(steps):
        position, velocity = state
        state = (position + 0.1 * velocity, velocity - 0.1 * np.sin(position))
    return np.sum(state[0] * state[1])


@program(inputs=lambda rng: ((rng.normal(size=3), rng.normal(size=3)),))
def written_in_place(pair):
    pair[0][1] = 2.0 * pair[1][0]
    pair[1][0] *= pair[0][2]
    return np.sum(pair[0] * pair[1])


def _energy(p, q):
    return 0.5 * p[0] * p[0] + q[1] * q[0]


@program(inputs=at((0.3, 0.7)))
def the_same_tuple_twice(p):
    return _energy(p, p)


@program(inputs=at((1.0, 2.0), (3.0, 4.0)), wrt="b", value=11.0, gradient=(1.0, 2.0))
def one_of_two_tuples(a, b):
    return a[0] * b[0] + a[1] * b[1]


@program(inputs=lambda rng: ((0.5, 1.5), rng.normal(size=3)), wrt=("x", "p"))
def in_the_order_asked_for(p, x):
    return np.sum(x**2) * p[0] + p[1]


def arrays(rng, *shapes):
    return [rng.normal(size=shape) for shape in shapes]


def body(rng):
    return Body(rng.normal(size=3), rng.normal(size=3), 1.0 + rng.random())


def world(rng):
    return World([body(rng), body(rng)], {"pull": 0.3, "drag": 0.1})


@program(inputs=lambda rng: (Line(1.5, 0.5), rng.normal(size=4)))
def method_of_an_object(line, x):
    return line.weight * np.sum(line.at(x) ** line.power) + line.size


@program(inputs=lambda rng: (body(rng), 0.1))
def attributes_are_assigned(b, dt):
    for _ in range(3):
        b.kick(-b.position, dt)
        b.drift(dt)
    return np.sum(b.position * b.velocity)


@program(inputs=lambda rng: (world(rng), 0.05))
def objects_in_a_list(w, dt):
    for _ in range(2):
        for b in w.bodies:
            b.kick(-w.forces["pull"] * b.position - w.forces["drag"] * b.velocity, dt)
        for b in w.bodies:
            b.drift(dt)
        w.time += dt
    first, second = w.bodies
    return np.sum((first.position - second.position) ** 2) + w.time


@program(inputs=at(Line(1.5, 0.5), 0.7))
@program(inputs=at(Line(1.5, 0.5), -0.7))
def assigned_on_one_path(line, x):
    if x > 0.0:
        line.shift = x * line.slope
    return line.at(x) * line.shift


@program(
    inputs=lambda rng: ({"scale": 0.5, "w": rng.normal(size=3), "n": 2, "kind": "sum"}, rng.normal(size=3))
)
def entries_of_a_dict(settings, x):
    y = settings["scale"] * settings["w"] * x
    settings["last"] = settings["n"] * settings["scale"]
    settings["scale"] = 2.0
    return (np.sum(y) if settings["kind"] == "sum" else np.max(y)) * settings["last"]


@program(
    inputs=lambda rng: (
        [
            Dense(rng.normal(size=(3, 4)), rng.normal(size=4)),
            Dense(rng.normal(size=(4, 2)), rng.normal(size=2)),
        ],
        rng.normal(size=(5, 3)),
    ),
    wrt="layers",
)
def callable_objects(layers, x):
    for layer in layers:
        x = layer(x)
    return np.sum(x * x)


@program(inputs=lambda rng: ([rng.normal(size=2), rng.normal(size=3)], [0.5, 1.5]))
def lists_of_arrays_and_numbers(arrays, factors):
    total = 0.0
    for a, f in zip(arrays, factors):
        a *= f
        total += np.sum(a * a)
    factors[0] = 3.0 * factors[1]
    return total * factors[0]


@program(inputs=at(Tree(1.0, Tree(2.0), Tree(3.0, Tree(4.0)))))
def object_tree(tree):
    total = tree.value
    for child in tree.children:
        total += child.value**2
        for grandchild in child.children:
            total *= grandchild.value
    return total


@program(inputs=at({"a": [Line(1.0, 2.0), (3.0, [4.0])], 7: 5.0}, 0.5))
def nested_in_all_ways(d, x):
    line, (power, values) = d["a"]
    return line.at(x) ** power * values[0] + d[7]
