"""Objects, lists and dicts that change under a name of which the running program decides which it means."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.programs.catalogue import at, program


@dataclass
class Body:
    x: float
    hits: int = 0

    def scale(self, v):
        self.x = self.x * v
        return self

    def __iadd__(self, v):
        self.x += v
        return self


class Growing:
    def __init__(self, x):
        self.x = x

    def step(self, v):
        self.x *= v


class Drifting:
    def __init__(self, y):
        self.y = y

    def step(self, v):
        self.y += v


class Box:
    def __init__(self, v):
        self.items = [v]
        self.array = np.array([v, 2.0 * v])
        self.named = {"a": v}


@dataclass
class Node:
    v: float
    next: Node | None = None


@dataclass
class Tree:
    v: float
    left: Tree | None = None
    right: Tree | None = None


@program(inputs=at(1.5, 2.0), value=12.0, gradient=(8.0, 4.5))
@program(inputs=at(0.5, 2.0))
def one_of_two_changed(x, v):
    a, b = Body(x), Body(2.0 * x)
    p = a if x > 1.0 else b
    p.x = p.x * v
    return a.x * 3.0 + b.x


@program(inputs=at(1.5, 2.0))
@program(inputs=at(0.5, 2.0))
def original_changed_while_chosen(x, v):
    a, b = Body(x), Body(2.0 * x)
    p = a if x > 1.0 else b
    a.x = a.x * v * v
    p += x
    return p.x + b.x * a.x if p is a else p.x * b.x


@program(inputs=at(1.5, 2.0))
@program(inputs=at(0.5, 2.0))
def lists_dicts_and_arrays_of_one_of_two(x, v):
    a, b = Box(x), Box(2.0 * x)
    p = a if x > 1.0 else b
    p.items.append(v * x)
    p.items[0] *= 2.0
    p.items += [x]
    p.array[0] *= v
    p.named["a"] += x
    inner = sum(t * k for k, t in enumerate(p.items)) + len(p.items)
    return inner + sum(a.items) + 2.0 * sum(b.items) + a.array[0] * b.array[0] + a.named["a"] * b.named["a"]


@program(inputs=lambda rng: (rng.uniform(0.4, 1.2, size=3), 1.1, 5))
def carried_from_iteration_to_iteration(xs, v, n):
    a, b, c = Body(xs[0]), Body(xs[1]), Body(xs[2])
    p, q, r = a, b, c
    current = a
    for i in range(n):
        p.x += q.x * 0.3
        p, q, r = q, r, p
        current.x = current.x * v + 0.1 * a.x
        if current.x > 1.0 + 0.1 * i:
            current = b if current is c else c
    r.x *= 2.0
    return a.x + 2.0 * b.x * p.x + 3.0 * c.x + current.x


@program(inputs=lambda rng: (np.array([0.3, 0.12, 0.9, 0.2]), 2.0))
def nearest_of_few_and_of_many(xs, v):
    few = (Body(xs[0]), Body(xs[1]), Body(xs[2]))
    best = None
    for p in few:
        if best is None or abs(p.x - 0.19) < abs(best.x - 0.19):
            best = p
    best.hits += 1
    best.x *= v
    many = [Body(x) for x in xs]
    best, last = None, Body(5.0)
    for p in many:
        if best is None or abs(p.x - 0.19) < abs(best.x - 0.19):
            best = p
        if p.x < last.x:
            last = p
    best.hits += 1
    best.x *= v
    last.scale(xs[0])
    return sum(p.x * (p.hits + 1) for p in few) + sum(p.x * (p.hits + 1) for p in many)


@program(inputs=lambda rng: (rng.uniform(0.4, 1.2, size=3), 2.0, np.array([0, 2, 1, 1, 0])))
def picked_by_position(xs, v, positions):
    bodies = [Body(xs[0]), Body(xs[1]), Body(xs[2])]
    pair = {"low": bodies[0], "high": bodies[2]}
    for i in positions:
        p = bodies[i]
        p.x *= v * xs[i]
        pair["low" if p.x < 1.0 else "high"].hits += 1
    return bodies[0].x * bodies[0].hits + 2.0 * bodies[1].x + 3.0 * bodies[2].x * bodies[2].hits


@program(inputs=lambda rng: (rng.uniform(0.4, 1.2, size=2), 2.0, 4))
def through_callees_closures_and_recursion(xs, v, n):
    def larger(p, q):
        return p if p.x > q.x else q

    def shrink():
        chosen.x = chosen.x * 0.9

    def go(p, q, k):
        if k == 0:
            return 0.0
        p.x *= 1.1
        return larger(p, q).x + go(q, p, k - 1)

    a, b = Body(xs[0]), Body(xs[1])
    larger(a, b).scale(v).hits += 1
    chosen = larger(b, a)
    shrink()
    s = sum([(a if i % 2 else b).scale(v).x for i in range(n)])
    return go(chosen, a, n) + s + a.x * (a.hits + 1) + b.x * (b.hits + 2)


@program(inputs=at(1.5, 2.0))
@program(inputs=at(0.5, 2.0))
def of_one_of_two_classes(x, v):
    a, b = Growing(x), Drifting(x)
    p = a if x > 1.0 else b
    p.step(v)
    p.step(x)
    return a.x * b.y


@program(inputs=at(1.5, 2.0))
@program(inputs=at(0.5, 2.0))
def new_in_one_branch(x, v):
    a = Body(x)
    p = a if x > 1.0 else Body(3.0 * x)
    p.x *= v
    a.x += 1.0
    if v > 1.0:
        first, second = Node(x), Node(v)
        first.next, second.next = second, first
    else:
        first = Node(v)
        first.next = first
    first.next.v *= 2.0
    first.next.next.v *= 3.0
    return p.x * a.x + first.v


@program(inputs=lambda rng: (Body(1.4), Body(2.0), {"u": Body(1.0), "w": Body(2.0)}, 2.0))
@program(inputs=lambda rng: (Body(0.4), Body(2.0), {"u": Body(3.0), "w": Body(2.0)}, 2.0))
def of_the_callers(a, b, named, v):
    p = a if a.x > 1.0 else b
    p.x = p.x * v
    (named["u"] if named["u"].x > named["w"].x else named["w"]).scale(v)
    return a.x * 3.0 + b.x + named["u"].x * named["w"].x ** 2


@program(inputs=lambda rng: (rng.uniform(0.5, 2.0, size=3),))
def lists_grown_by_choice(xs):
    low, high = [], [1.0]
    for x in xs:
        (low if x < 1.2 else high).append(x * x)
        chosen = high if x < 1.0 else low
        if len(chosen) > 0:
            chosen[0] *= x
    return sum(low) * sum(high) + len(low)


# ---------------------------------------------------------------- linked objects


@program(inputs=lambda rng: (Node(1.5, Node(2.0, Node(0.3))), 1.2))
def linked_objects_changed_on_the_way(head, v):
    node = head
    while node is not None:
        node.v *= v
        if node.next is not None:
            node.next.v += 0.1 * node.v
        node = node.next
    s, node = 0.0, head
    while node:
        s += node.v * s + node.v
        node = node.next
    return s


@program(inputs=lambda rng: (Tree(1.5, Tree(0.7, Tree(0.3), None), Tree(4.0, Tree(3.0))), 2.5))
@program(inputs=lambda rng: (Tree(1.5, Tree(0.7, Tree(0.3), None), Tree(4.0, Tree(3.0))), 0.2))
def searched_tree(tree, x):
    s = 0.0
    while tree is not None:
        s += tree.v * x
        tree.v += 0.1 * x
        tree = tree.left if x < tree.v else tree.right
    return s


@program(inputs=lambda rng: (rng.uniform(0.5, 2.0, size=3), 5))
def ring_of_objects(xs, n):
    a, b, c = Node(xs[0]), Node(xs[1]), Node(xs[2])
    a.next, b.next, c.next = b, c, a
    node = a
    for i in range(n):
        node.v *= 1.0 + 0.1 * node.next.v
        node = node.next if i != 2 else node.next.next
    return a.v * b.v + c.v * node.v
