"""Arrays that are items of lists, changed in place; for test_list_arguments.py."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass
class Body:
    mass: float
    position: np.ndarray

    def move(self, step):
        self.position += step / self.mass
        self.position[1] *= 1.1


def arrays(n):
    return [0.7 * np.arange(3.0) + k + 0.3 for k in range(n)]


def bodies(n):
    return [Body(1.0 + k, array) for k, array in enumerate(arrays(n))]


def matrix():
    return np.random.default_rng(0).normal(size=(4, 3))


def folded(xs):
    return sum(x[0] * x[1] + x[2] for x in xs)


def scale(row, factor):
    row *= factor
    row[1] = row[0] * row[2]


def items_of_an_argument(xs):
    for i in range(len(xs)):
        xs[i] *= 0.5
        scale(xs[-1], 0.9)
    xs[2][1:] += xs[0][:-1]
    return folded(xs)


def fields_of_objects(crowd, step):
    for p in crowd:
        p.move(step)
        for q in crowd:
            if q is not p:
                p.position -= 0.01 * (p.position - q.position)
    return sum(p.mass * p.position[0] * p.position[1] for p in crowd)


def two_lists(xs, ys):
    for x, y in zip(xs, ys):
        x[:] = y * x
        y[0] += x[1]
    return folded(xs) + folded(ys)


def lists_in_a_list(table):
    for xs in table:
        for x in xs:
            x[0] = x[1] * x[0]
    return sum(folded(xs) for xs in table)


def one_of_two(xs, c):
    row = xs[1] if c > 0.0 else xs[2]
    row[0] = 5.0 * row[1]
    best = xs[0]
    for x in xs:
        best = x if x[0] > best[0] else best
        best[1] += 0.1 * best[0]
    return folded(xs)


def recursive(xs, depth):
    if depth == 0:
        return 1.0
    xs[0][0] = xs[0][1] * 2.0
    return recursive(xs, depth - 1) * xs[0][0] + xs[1][1]


def until_large(crowd, n):
    i = 0
    while i < n:
        place = crowd[i].position
        if place[0] > 2.05:
            place -= 0.5
            i += 1
        else:
            place += 1.5
            if place[1] > 9.05:
                break
    return sum(p.position[0] * p.position[1] for p in crowd)


def made_and_changed(m, n):
    xs, total = [], np.zeros(3)
    for i in range(n):
        x = m[i] * (i + 1.0)
        xs.append(x)
        total += x
        xs[-1][0] = 4.0 * x[1]
    for x in xs:
        x *= total
    crowd = [Body(1.0 + i, xs[i] * 2.0) for i in range(n)]
    for body in crowd:
        body.move(0.5)
    return folded(xs) + sum(body.position[0] * body.position[1] for body in crowd)


def filled_by_element(m, n):
    rows = [np.zeros(3) for i in range(n)]
    for i in range(n):
        for k in range(3):
            rows[i][k] = m[i, k] * i + rows[i - 1][k]
    return folded(rows)


PROGRAMS = [
    (items_of_an_argument, lambda: (arrays(5),)),
    (fields_of_objects, lambda: (bodies(4), 0.3)),
    (two_lists, lambda: (arrays(3), arrays(3))),
    (lists_in_a_list, lambda: ([arrays(3) for _ in range(2)],)),
    (one_of_two, lambda: (arrays(4), 1.0)),
    (recursive, lambda: (arrays(3), 4)),
    (until_large, lambda: (bodies(5), 4)),
    (made_and_changed, lambda: (matrix(), 3)),
    (filled_by_element, lambda: (matrix(), 4)),
]


def replaced_too(xs):
    xs[0] = xs[0] * 2.0
    xs[1][0] = 5.0


def replaced_too_by_another_name(xs, c):
    xs[0] = xs[0] * 2.0
    row = xs[1] if c > 0.0 else xs[2]
    row[0] = 5.0
    return folded(xs)


def copied_list(xs):
    ys = list(xs)
    for x in xs:
        x[0] = 3.0 * x[1]
    return folded(ys)


def rows_of_a_matrix(m):
    xs = list(m)
    xs[0][0] = 5.0
    return np.sum(m)


def one_array_for_all(m, n):
    row = m[0] * 2.0
    xs = [row for i in range(n)]
    for x in xs:
        x += 1.0
    return folded(xs)


def named_before(m, n):
    row = m[0] * 2.0
    xs = [m[i] * 1.0 for i in range(n)]
    xs.append(row)
    xs[-1][0] = 3.0
    return folded(xs) + row[0]


def left_by_the_list(m, n):
    xs = [m[i] * 1.0 for i in range(n)]
    row = xs[0] if n > 3 else xs[1]
    xs.append(m[0] * 7.0)
    row[0] = 5.0
    return folded(xs)


def in_both_lists(m, n):
    xs = [m[i] * 1.0 for i in range(n)]
    crowd = [Body(1.0, x) for x in xs]
    for body in crowd:
        body.move(0.5)
    return folded(xs)


REFUSED = [
    (copied_list, lambda: (arrays(40),), "the items of both lists are the same arrays"),
    (rows_of_a_matrix, lambda: (matrix(),), "the items of the list are rows of the array"),
    (one_array_for_all, lambda: (matrix(), 3), "has another name"),
    (named_before, lambda: (matrix(), 3), "has another name"),
    (left_by_the_list, lambda: (matrix(), 4), "changed in place"),
    (in_both_lists, lambda: (matrix(), 3), "has another name"),
]
