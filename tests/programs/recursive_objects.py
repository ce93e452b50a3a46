"""Recursion that takes, changes and returns objects and lists, of inner functions, and inside `try`."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tests.programs.catalogue import at, program


@program(inputs=at(0.1, 2.0))
def adaptive_quadrature(a, b):
    def f(x):
        return math.exp(-x * x) * math.sin(3 * x)

    def simpson(a, fa, b, fb):
        m = 0.5 * (a + b)
        fm = f(m)
        return m, fm, (b - a) / 6 * (fa + 4 * fm + fb)

    def refined(a, fa, b, fb, eps, whole, m, fm):
        lm, flm, left = simpson(a, fa, m, fm)
        rm, frm, right = simpson(m, fm, b, fb)
        delta = left + right - whole
        if abs(delta) <= 15 * eps:
            return left + right + delta / 15
        first = refined(a, fa, m, fm, eps / 2, left, lm, flm)
        return first + refined(m, fm, b, fb, eps / 2, right, rm, frm)

    fa, fb = f(a), f(b)
    m, fm, whole = simpson(a, fa, b, fb)
    return refined(a, fa, b, fb, 1e-4, whole, m, fm)


@program(inputs=at(0.8, 4))
def inner_function_with_a_closure(x, n):
    def go(k):
        if k == 0:
            return x
        return math.sin(go(k - 1)) + 0.1 * k

    return go(n)


@program(inputs=at(0.8, 4))
def variable_around_changed_by_recursion(x, n):
    total = 0

    def go(k):
        nonlocal total
        if k == 0:
            return
        total += x**k
        go(k - 1)

    go(n)
    return total


class Counter:
    """What recursive calls change."""

    def __init__(self):
        self.n = 0
        self.s = 0.0


@program(inputs=at(0.8, 4))
def object_changed_by_recursion(x, n):
    def walk(counter, k):
        counter.n += 1
        counter.s = counter.s + x * counter.n
        if k > 0:
            walk(counter, k - 1)

    counter = Counter()
    walk(counter, n)
    return counter.s * counter.n


@dataclass
class Node:
    """A node of a binary tree."""

    value: float
    left: object = None
    right: object = None


def grown(x):
    return Node(1.0, Node(x, Node(3.0)), Node(2.0, None, Node(x)))


def total(node, x):
    if node is None:
        return 0.0
    return node.value * x + total(node.left, x * 0.5) + total(node.right, x * x)


def scale(node, k):
    if node is None:
        return
    node.value *= k
    scale(node.left, k)
    scale(node.right, k * 0.5)


def collect(node, out):
    if node is None:
        return
    collect(node.left, out)
    out.append(node.value)
    collect(node.right, out)


@program(inputs=at(1.3))
def tree_of_objects(x):
    return total(grown(x), x)


@program(inputs=at(1.3))
def tree_changed_by_recursion(x):
    tree = grown(x)
    scale(tree, x)
    return total(tree, 0.5)


@program(inputs=at(1.3))
def list_filled_by_recursion_over_a_tree(x):
    out = []
    collect(grown(x), out)
    return sum(o * (i + 1) for i, o in enumerate(out))


@program(inputs=lambda rng: (Node(0.5, Node(1.5), Node(-1.0, Node(2.0))), 0.7))
def tree_as_an_argument(tree, x):
    return total(tree, x)


def fill(out, k, x):
    if k == 0:
        return
    out.append(x * k)
    fill(out, k - 1, x)


@program(inputs=at(0.8, 4))
def list_filled_by_recursion(x, n):
    out = []
    fill(out, n, x)
    return sum(o * o for o in out) + len(out)


def built(k, x):
    if k == 0:
        return [x]
    xs = built(k - 1, math.sin(x))
    xs.append(x * k)
    return xs


@program(inputs=at(0.8, 4), float64_only="math.sin gives Python's floats, so the items are of two types")
def list_returned_by_recursion(x, n):
    return sum(v * (i + 1) for i, v in enumerate(built(n, x)))


def soft_largest(xs):
    if len(xs) == 1:
        return xs[0]
    m = len(xs) // 2
    a, b = soft_largest(xs[:m]), soft_largest(xs[m:])
    return max(a, b) + 0.1 * min(a, b)


@program(inputs=at([0.3, -1.0, 2.0, 0.1, 0.7]))
def list_halved_by_recursion(v):
    return soft_largest(list(v))


@dataclass
class Point:
    """Two numbers."""

    x: float
    y: float


def spun(p, k):
    if k == 0:
        return p
    return spun(Point(p.x * 0.9 - p.y, p.y + p.x * 0.1), k - 1)


@program(inputs=at(0.8, 4))
def object_given_or_made_is_returned(x, n):
    p = spun(Point(x, 1.0), n)
    return p.x * p.y


def risky(k, x):
    if k == 0:
        if x > 1.0:
            raise ValueError("too large")
        return x
    return risky(k - 1, x * 1.1) + 0.5


@program(inputs=at(0.8, 4))
@program(inputs=at(0.3, 4))
def exception_out_of_a_recursion(x, n):
    try:
        y = risky(n, x)
    except ValueError:
        y = -x
    return y * x


def guarded(k, x):
    if x > 2.0:
        raise ValueError("too large")
    if k == 0:
        return x
    try:
        y = guarded(k - 1, x * 1.5)
    except ValueError:
        y = x * x
    return y + 0.1


@program(inputs=at(0.8, 4))
@program(inputs=at(0.1, 3))
def exception_caught_inside_a_recursion(x, n):
    return guarded(n, x)


class Model:
    """A recursive method."""

    def __init__(self, a):
        self.a = a

    def power(self, k):
        if k == 0:
            return 1.0
        return self.a * self.power(k - 1)


@program(inputs=at(0.8, 4))
def recursive_method(x, n):
    return Model(x).power(n)


@program(inputs=lambda rng: (rng.normal(size=4),))
def array_changed_by_an_inner_recursion(v):
    def smooth(k):
        if k == len(v):
            return 0.0
        v[k] = 0.5 * (v[k] + v[k - 1])
        return v[k] * k + smooth(k + 1)

    return smooth(1) + np.sum(v)
