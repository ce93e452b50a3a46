"""Structures, objects, closures and recursion, with the values and gradients that are known for them."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Annotated

import numpy as np

from autodiff_compiler import no_derivative
from tests.programs.catalogue import at, program


@program(inputs=at(5.0), value=120.0, gradient=154.0)
def factorial(x):
    return 1.0 if x < 1.5 else x * factorial(x - 1)


@program(inputs=at(2.0, 3), value=16.0, gradient=32.0)
def even(x, n):
    return x if n == 0 else x * odd(x, n - 1)


def odd(x, n):
    return x if n == 0 else x * even(x, n - 1)


@dataclass
class Triple:
    a: float
    b: float
    c: float

    @property
    def product(self):
        return self.b * self.c


@program(inputs=at(2.0), value=24.0, gradient=36.0)
def property_of_a_triple(x):
    p = Triple(x, x, x)
    return p.a * p.product * 3.0


@dataclass
class Two:
    a: float
    b: float


@program(inputs=at(3.0), value=243.0, gradient=405.0)
def fields_assigned(x):
    p = Two(x, x)
    p.a = p.a * x
    p.b = p.a * x
    return p.a * p.b


@program(inputs=at(4.0), value=8.0, gradient=2.0)
def nested_tuple_rebuilt(x):
    t = (0.0, (x, x))
    if x > 0:
        t = (t[0], (t[1][1], t[1][0]))
    else:
        t = (t[0], (x, 0.0))
    return t[1][0] + t[1][1]


@dataclass
class Model:
    x: float
    c: Annotated[float, no_derivative] = 3.0


@program(inputs=at(Model(2.0), 10.0), wrt="x", value=60.0, gradient=6.0)
def constant_field(m, x):
    return m.c * m.x * x


class Counter:
    def __init__(self, x):
        self.x = x

    def square(self):
        self.x *= self.x


def square_it(c):
    c.x *= c.x


@program(inputs=at(10.0), value=100.0, gradient=20.0)
def squared_by_a_method(x):
    c = Counter(x)
    c.square()
    return c.x


@program(inputs=at(10.0), value=100.0, gradient=20.0)
def squared_by_a_helper(x):
    c = Counter(x)
    square_it(c)
    return c.x


class Scaled:
    def __init__(self, x):
        self.x = x

    @property
    def doubled(self):
        return 2.0 * self.x

    @doubled.setter
    def doubled(self, value):
        self.x = value / 2.0


@program(inputs=at(3.0), value=12.0, gradient=4.0)
def getter_and_setter(x):
    s = Scaled(x)
    s.doubled = s.doubled * 2.0
    return s.doubled


class Shape:
    def measure(self, x):
        return 2.0 * x


class Wide(Shape):
    def measure(self, x):
        return 3.0 * x


@program(inputs=at(1.0), value=23.0, gradient=23.0)
def by_the_class_at_run_time(x):
    return 10.0 * Shape().measure(x) + Wide().measure(x)


@program(inputs=at(1.0), value=10.0, gradient=10.0)
def changed_after_it_was_read(x):
    c = Counter(10.0 * x)
    kept = c.x
    c.x += x
    return kept


class Leaf:
    def __init__(self, value):
        self.value = value


class Fork:
    def __init__(self, left, right):
        self.left = left
        self.right = right


def sum_of_squares(tree):
    if isinstance(tree, Leaf):
        return tree.value * tree.value
    return tree.left + tree.right


@program(inputs=at(2.0, 3.0), value=17.0, gradient=(8.0, 6.0))
def tagged_tree(x, y):
    left = sum_of_squares(Leaf(x))
    return sum_of_squares(Fork(left, sum_of_squares(Leaf(y)))) + sum_of_squares(Leaf(x))


@program(inputs=at(3.0), value=27.0, gradient=27.0)
def captured_active_value(x):
    k = x * x
    return (lambda q: q * k)(x)


@program(inputs=at(3.0), value=9.0, gradient=6.0)
def late_binding(x):
    k = 1.0
    g = lambda q: q * k  # noqa: E731
    k = x
    return g(x)


@program(inputs=at(3.0, 4.0), value=12.0, gradient=(4.0, 3.0))
def returned_closure(x, y):
    def add(a):
        return lambda b: a * b

    return add(x)(y)


@program(inputs=at(3.0), value=9.0, gradient=6.0)
def nonlocal_active_value(x):
    total = x

    def scale(by):
        nonlocal total
        total = total * by

    scale(x)
    return total


@program(inputs=at(3.0, abs), value=6.0, gradient=2.0)
def function_as_an_argument(x, f):
    return f(x) + f(-x)


@program(inputs=at([1.0, 2.0, 3.0]), value=13.0, gradient=[0.0, 4.0, 6.0])
def squares_of_the_larger(xs):
    return sum([v * v for v in xs if v > 1.5])


@program(inputs=at([1.0, 2.0, 3.0, 4.0, 5.0]), value=120.0, gradient=[120.0, 60.0, 40.0, 30.0, 24.0])
def reduced(xs):
    return functools.reduce(lambda a, b: a * b, xs, 1.0)


BASE = 30.0


@program(inputs=at(0.0), value=0.0, gradient=30.0)
def constant_of_the_module(x):
    return BASE * np.sin(x)
