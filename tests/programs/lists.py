"""Lists whose length is only known when the function runs, and lists of known length."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from tests.programs.catalogue import at, program

FOUR = at([1.0, 2.0, -3.0, 0.5])


@dataclass
class Particle:
    x: float
    v: float


class Point(NamedTuple):
    x: float
    y: float


class Body:
    def __init__(self, position, mass):
        self.position = position
        self.mass = mass

    def push(self, force):
        self.position = self.position + force / self.mass


@program(inputs=at([1.0, 2.0, 3.0]), value=10.0, gradient=[2.0, 0.0, 6.0])
def appended_then_indexed(xs):
    r = []
    for v in xs:
        r.append(v * v)
    return r[0] + r[2]


@program(inputs=at([1.0, 2.0], [3.0, 4.0]), value=11.0, gradient=([3.0, 4.0], [1.0, 2.0]))
def enumerate_and_zip(xs, ys):
    total = 0.0
    for i, v in enumerate(xs):
        total += 0.0 * i * v
    for v, w in zip(xs, ys):
        total += v * w
    return total


@program(inputs=FOUR)
def appended_under_a_condition(xs):
    r = []
    for v in xs:
        if v > 0.0:
            r.append(v * v)
    return sum(r) * len(r)


@program(inputs=at(1.0))
@program(inputs=at(20.0))
def appended_in_a_while_loop(x):
    r = [x]
    while r[-1] < 10.0:
        r.append(r[-1] * 1.5)
    return sum(r) + max(r) * r[0]


@program(inputs=lambda rng: (rng.normal(size=3), rng.normal(size=4)))
def appended_in_two_loops(xs, ys):
    r = []
    for v in xs:
        for w in ys:
            r.append(v * w)
    return r[5] * r[-1] + np.sum(r) + np.mean(np.array(r) ** 2)


@program(inputs=FOUR)
def appended_in_a_triangle(xs):
    r = []
    for i in range(len(xs)):
        for j in range(i):
            r.append(xs[i] * xs[j])
    return sum(r) * r[2] + len(r)


@program(inputs=FOUR)
def particles(xs):
    ps = []
    for v in xs:
        ps.append(Particle(v, 2.0 * v))
    for p in ps:
        p.x += p.v * 0.1
    for p in ps:
        p.v = p.x * p.v
    return sum([p.v for p in ps])


@program(inputs=FOUR)
def particle_changed_after_it_was_appended(xs):
    ps = []
    for v in xs:
        p = Particle(v, 0.0)
        ps.append(p)
        p.v = v * 3.0
    return ps[0].v + ps[-1].v * ps[1].x


@program(inputs=FOUR)
def integers_become_floats(xs):
    ps = [Particle(v, 0) for v in xs]
    for p in ps:
        p.v += 0.5 * p.x
    counts = [0, 0, 0]
    for i in range(3):
        counts[i] += xs[i]
    return sum(p.v * p.x for p in ps) * counts[2]


@program(inputs=FOUR)
def tuples(xs):
    pairs = [(v, v * v) for v in xs]
    s = 0.0
    for a, b in pairs:
        s += a * b
    return s + pairs[-1][1] * np.array(pairs)[1, 1]


@program(inputs=FOUR)
def named_tuples(xs):
    points = [Point(v, np.sin(v)) for v in xs]
    return sum(p.x * p.y for p in points) * points[1].y


@program(inputs=lambda rng: (rng.normal(size=(2, 3)),))
def rows(m):
    made = []
    for r in m:
        made.append(r * 2.0)
    return np.sum(np.array(made)) * made[0][1] + sum(np.sum(r * r) for r in made)


@program(inputs=FOUR)
def best_of_the_particles(xs):
    ps = [Particle(v, v * v) for v in xs]
    top = ps[0]
    for p in ps:
        if p.v > top.v:
            top = p
    return top.x * top.v


@program(inputs=at([1.0, 2.0, -3.0, 0.5], 3))
def repeated_as_often_as_asked(xs, n):
    acc = [0.0] * n
    for i in range(n):
        acc[i] += xs[i] * i
        acc[i] *= 2.0
    return sum(acc) + acc[-1] * acc[n - 2]


@program(inputs=at(1.3, 4))
def stack_machine(x, n):
    stack = [x]
    for i in range(n):
        stack.append(stack[-1] * x + i)
    while len(stack) > 2:
        a = stack.pop()
        b = stack.pop()
        stack.append(a * b * 0.1)
    return sum(stack)


@program(inputs=FOUR)
def grid_of_lists(xs):
    grid = []
    for v in xs:
        row = []
        for w in xs:
            row.append(v * w)
        grid.append(row)
    return grid[1][2] * np.sum(np.array(grid)) + sum(sum(r) for r in grid) + len(grid[0])


@program(inputs=FOUR)
def methods_of_growing_lists(xs):
    a = [v * 2 for v in xs]
    b = [v for v in xs if v > 0]
    c = a + b
    c.extend(c[1:4])
    c.insert(0, xs[0])
    c.reverse()
    first = c.pop(0)
    return sum(c) * first + max(c) - min(c) + c[2] * len(c)


@program(inputs=at([1.0, 2.0, -3.0], 2))
def index_of_the_running_program(xs, k):
    items = [xs[0], xs[1] * 2, xs[2]]
    fixed = (xs[0], xs[1] * 3, xs[2])
    return items[k] * fixed[k - 1]


@program(inputs=lambda rng: (rng.normal(size=(2, 3)),))
def arrays_of_known_number(m):
    layers = [m[0], m[1] * 2]
    s = 0.0
    for a in layers:
        s += np.sum(a * a)
    for i in range(len(layers)):
        s += layers[i][0]
    return s


@program(inputs=FOUR)
def bodies_with_arrays(xs):
    bodies = [Body(np.array([v, v * v]), 2.0) for v in xs]
    for _ in range(3):
        for b in bodies:
            b.push(0.1 * b.position)
    return sum(np.sum(b.position * b.position) for b in bodies)


@program(inputs=FOUR)
def length_differs_between_branches(xs):
    r = []
    x = xs[0]
    if x > 0:
        r.append(x * x)
    if xs[2] > 0:
        r.append(x)
    else:
        r.extend([x * 3, x * 4])
    return sum(r) * len(r)


@program(inputs=FOUR)
def history_of_arrays(xs):
    x = xs.copy()
    history = []
    for _ in range(3):
        x = x * 1.1 + 0.1
        history.append(x)
    return np.sum(history[0] * history[2]) + sum(np.sum(a) for a in history)


@program(inputs=FOUR)
def copies_of_an_array_that_changes(xs):
    x = xs.copy()
    history = []
    for k in range(4):
        x[k] *= 2.0
        history.append(x.copy())
    return np.sum(history[0] * history[3]) + history[2][1]


@program(inputs=FOUR)
def joined_in_a_loop(xs):
    q = [xs[0]]
    for v in xs:
        q = q + [v * 2]
    return sum(q) + q[2] * q[-1]


@program(inputs=FOUR)
def list_in_an_object(xs):
    class_free = {"values": [], "scale": 2.0}
    for v in xs:
        class_free["values"].append(v * class_free["scale"])
    return sum(class_free["values"]) * class_free["values"][1]


@program(inputs=at(2.0))
def methods_of_known_lists(x):
    r = [x, 2.0 * x]
    r.insert(1, x * x)
    r += [1.0, x]
    r[1:3] = [x * 3, x * 4, x * 5]
    last = r.pop()
    r.reverse()
    s = r[1:]
    s.extend((x, 2.0))
    return sum(a * i for i, a in enumerate(s)) + last * len(r) + r[-1] * r[0]


@program(inputs=at(2.0))
def nested_lists_indexed_by_counters(x):
    m = [[x, 2 * x], [3.0, x * x]]
    s = 0.0
    for i in range(2):
        for j in range(2):
            s += m[i][j] * (i + j + 1)
    return s


def collect(values, limit):
    found = []
    for v in values:
        if v < limit:
            found.append(v)
    return found


@program(inputs=FOUR)
def list_made_by_a_helper(xs):
    small, large = collect(xs, 0.7), collect(xs, 1.5)
    return sum(small) * sum(large) + len(large)


@program(inputs=FOUR)
def member(xs):
    r = [1, 2]
    for i in range(3):
        r.append(i * i)
    return xs[0] * (4 in r) + xs[1] * (7 in r) + xs[3] * r.count(1)


@program(inputs=FOUR)
def element_by_element(xs):
    r = list(xs)
    for i in range(1, len(r)):
        r[i] += 0.5 * r[i - 1]
        r[i] = r[i] * r[i]
    return r[-1] + sum(reversed(r)) + sum(xs)


@program(inputs=lambda rng: (1.3, rng.normal(size=2)))
@program(inputs=lambda rng: (-1.3, rng.normal(size=2)))
def list_sorted_in_place(x, a):
    items = [x, a[0], a[1] * x]
    other = items
    items.sort(key=lambda v: -v * v)
    first = other[0]
    other.sort(reverse=True)
    return first * 2.0 + other[0] - items[2] * x


@program(inputs=lambda rng: (rng.normal(size=5), 0.7))
def array_filled_then_changed(a, x):
    out = np.empty(len(a))
    for i in range(len(a)):
        out[i] = np.exp(a[i] * x)
    total = 0.0
    for i in range(len(out)):
        total += out[i] * out[0]
    out[0] = 3.0 * x
    return total + out.sum()


@program(inputs=lambda rng: (rng.normal(size=5), 0.7))
def two_lists_filled_in_one_loop(a, x):
    kept, also = [], []
    for v in a:
        kept.append(v * x)
        also.append(np.sin(v))
    kept.append(x)
    kept[0] = x * x
    return sum(kept) + sum(also) * kept[1]


@program(inputs=lambda rng: (rng.uniform(0.5, 2.0, size=3), 3))
def rows_changed_while_the_list_grows(xs, n):
    rows = [[x * j for j in range(n)] for x in xs]
    s = 0.0
    for i in range(n):
        rows.append([x * i for x in xs])
        rows[0][0] += xs[1]
        rows[-1][1] *= xs[0]
        s += rows[0][0]
    for row in rows:
        row[1] += s
        for j in range(len(row)):
            row[j] *= xs[j]
    return s + sum(sum(row) for row in rows)


@program(inputs=lambda rng: (rng.uniform(0.5, 2.0, size=3), 3))
def elimination_on_a_list_of_rows(xs, n):
    m = [[xs[i] * xs[j] + (3.0 if i == j else 0.0) for j in range(n)] + [xs[i]] for i in range(n)]
    for i in range(n):
        p = m[i][i]
        for j in range(n + 1):
            m[i][j] /= p
        for k in range(n):
            if k != i:
                f = m[k][i]
                for j in range(n + 1):
                    m[k][j] -= f * m[i][j]
    return sum(row[n] ** 2 for row in m)
