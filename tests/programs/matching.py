"""`match` on constants, sequences, mappings and classes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tests.programs.catalogue import at, program


def activation(x, kind, slope=0.1):
    match kind:
        case "tanh":
            return math.tanh(x)
        case "square" | "quadratic":
            return x * x
        case ("leaky", factor) if factor > 0.0:
            return x if x > 0.0 else factor * x
        case None:
            return x
        case _:
            return slope * x


@program(inputs=at(0.7))
@program(inputs=at(-0.7))
def match_on_configuration(x):
    total = activation(x, "tanh") + activation(x, "quadratic") + activation(x, ("leaky", 0.2))
    return total + activation(x, None) * activation(x, "other") + activation(x, ("leaky", -1.0))


@program(inputs=lambda rng: (rng.normal(size=8),))
def match_on_a_running_number(xs):
    total = 0.0
    for k in range(len(xs)):
        match k % 4:
            case 0:
                total += xs[k]
            case 1 | 2:
                total += xs[k] ** 2
            case n if n * xs[k] > 1.0:
                break
            case n:
                total -= n * xs[k]
    return total


@dataclass
class Point:
    x: float
    y: float = 0.0


@dataclass
class Box:
    corner: Point
    size: tuple = (1.0, 1.0)


def norm(p):
    match p:
        case (x, y):
            return x * x + y * y
        case [x, *rest, z]:
            return x * z + len(rest) + rest[0]
        case float() | int() | np.floating() as x:
            return 2.0 * x
        case other:
            raise TypeError(f"no norm of a {type(other).__name__}")


@program(inputs=at(2.0, 3.0), value=13.0 + 4.0 + 6.0 + 2.0 + 3.0, gradient=(4.0 + 2.0 + 3.0, 6.0 + 2.0 + 1.0))
def match_on_sequences(x, y):
    return norm((x, y)) + norm(x) + norm([x, y, 1.0, y])


def area(shape):
    match shape:
        case Point(0.0, 0.0):
            return 0.0
        case Point(x, y=width) if x > 1.0:
            return x * width
        case Point(x=x) | Box(corner=Point(x, _)):
            return x * x
        case Box(Point() as first, size=(a, b)):
            return first.x * a * b
    return -1.0


@program(inputs=at(2.2, 3.0))
@program(inputs=at(0.5, 3.0))
def match_on_classes(x, y):
    corner = Point(x, y)
    return area(corner) + 2.0 * area(Point(0.5 * x)) + area(Box(corner, (x, y))) + area(3.0)


def setting(options):
    match options:
        case {"kind": "line", "slope": a}:
            return a * 2.0
        case {"kind": "power", "factor": a, "exponent": 2}:
            return a * a
        case {}:
            return 1.0
    return 0.0


@program(inputs=at(2.0, 3.0))
def match_on_mappings(x, y):
    first = setting({"kind": "line", "slope": x})
    return first * setting({"kind": "power", "exponent": 2, "factor": y}) + setting({"a": x})


@program(inputs=at(0.3, 2.0, 0))
@program(inputs=at(0.3, 2.0, 5))
@program(inputs=at(-1.0, 2.0, 5))
@program(inputs=at(-1.0, 2.0, 7))
def match_on_values_inside_a_tuple(x, y, n):
    match (n, x):
        case (0, b):
            r = b * b
        case (5, a) if a > 0.0:
            r = a * y * y
        case (k, b):
            r = k * b * y
    return r


@program(inputs=at(2.0, True))
@program(inputs=at(2.0, False))
def match_on_booleans(x, flag):
    match flag:
        case True:
            return x * x
        case False:
            return x**3
    return x
