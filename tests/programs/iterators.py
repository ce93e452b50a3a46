"""Iterators that are kept: each item is taken once, wherever it is taken."""

from __future__ import annotations

import functools
import itertools

import numpy as np

from tests.programs.catalogue import at, program


def two_arrays(rng):
    """Two arrays; the second is positive."""
    return rng.normal(size=5), np.abs(rng.normal(size=5)) + 0.1


class Reader:
    def __init__(self, a):
        self.items = iter(a)

    def get(self):
        return next(self.items)


@program(inputs=two_arrays)
def second_loop_over_nothing(a, b):
    pairs, t = zip(a, b), 0.0
    for u, v in pairs:
        t += u * v
    for u, v in pairs:
        t += 100.0 * u * v
    return t


@program(inputs=two_arrays)
def first_then_rest(a, b):
    items = iter(a)
    t = next(items)
    for v in items:
        t = t * v + b[0]
    return t + next(items, 3.0 * b[1])


@program(inputs=two_arrays)
def left_early_and_gone_on(a, b):
    items, t = iter(a), 1.0
    for v in items:
        t *= v
        if t > 0.3:
            break
    for v in items:
        t += v * v
    return t + sum(b)


@program(inputs=two_arrays)
def next_in_a_loop_over_the_same(a, b):
    items, t = iter(a), 0.0
    for v in items:
        t += v * next(items, b[0])
    return t


@program(inputs=two_arrays)
def until_it_stops(a, b):
    items, t = iter(a), 0.0
    try:
        while True:
            v = next(items)
            t += v * b[0]
    except StopIteration:
        t *= 2
    return t


@program(inputs=two_arrays)
def until_none(a, b):
    items = iter(a * b)
    v, t = next(items, None), 0.0
    while v is not None:
        t += v * v
        v = next(items, None)
    return t


@program(inputs=two_arrays)
def taken_in_a_branch(a, b):
    items, t = iter(a), 0.0
    if b[0] > b[1]:
        t += next(items)
    for k, v in enumerate(items):
        t += v**3 * k * b[2]
    return t


@program(inputs=two_arrays)
def items_that_are_known(a, b):
    items = enumerate((a[0], a[1], b[2]))
    _, t = next(items)
    for k, w in items:
        t += k * w * w
        if k == 1:
            _, u = next(items)
            t += u
    return t


@program(inputs=two_arrays)
def computed_when_it_is_taken(a, b):
    s = b[0]
    scaled = map(lambda v: v * s, a)
    t = next(scaled)
    s = b[1]
    return t + next(scaled) + sum(scaled)


@program(inputs=two_arrays)
def backwards_into_lists(a, b):
    items = reversed(a)
    t = next(items)
    first = [v * t for v in items]
    second = [v * t for v in a[:2]]
    return sum(first) + len(first) * sum(second) * b[0]


@program(inputs=two_arrays)
def iterator_under_several_names(a, b):
    items = iter(a)
    same = iter(items)
    again = items
    return next(items) + 2 * next(same) + 3 * next(again) * b[0]


@program(inputs=two_arrays)
def kept_in_a_list_and_an_object(a, b):
    both, reader, t = [iter(a), iter(b)], Reader(a), 0.0
    for _ in range(3):
        t += next(both[0]) * next(both[1]) * reader.get()
    for v in reader.items:
        t += v * v
    for v in reader.items:
        t += v * 100
    return t


@program(inputs=two_arrays)
def given_in_advance(a, b):
    take = functools.partial(next, iter(a))

    def other(items=iter(b)):
        return next(items)

    return take() + 2 * take() * other() * other()


@program(inputs=two_arrays)
def array_changed_before_it_is_taken(a, b):
    c = a * 1.0
    items = iter(c)
    t = next(items)
    c[1] = 3 * b[0]
    return t + next(items)


@program(inputs=two_arrays)
def list_grown_before_it_ends(a, b):
    held = [a[0]]
    items = iter(held)
    t = next(items)
    held.append(b[0])
    return t + next(items, 0.0)


@program(inputs=two_arrays)
def made_in_each_iteration(a, b):
    t = 0.0
    for i in range(3):
        items = iter(a)
        x = next(items)
        for v in items:
            t += x * v * b[i]
    return t


@program(inputs=lambda rng: (rng.normal(size=5), 1.3))
def columns_of_a_list_of_pairs(xs, x):
    values, places = zip(*[(v * x, k) for k, v in enumerate(xs)])
    first, *middle, last = xs
    s = first * last * sum(middle)
    for value, place in zip(values, places, strict=True):
        s += value * place
    return s * len({k % 3 for k in places})


@program(inputs=lambda rng: ({"b": 0.7, "a": 1.3, "c": -0.4}, 1.2))
def parameters_in_the_order_of_their_names(parameters, x):
    s = 0.0
    for name, value in sorted(parameters.items()):
        s = s * x + (value if name != "b" else value * value)
    return s


@program(inputs=at([0.3, 1.2, -0.5, 0.8, 1.9, 0.2], [1.6, 3.4, 0.1]))
def items_combined_whose_number_the_run_decides(xs, ys):
    total = sum((a - b) ** 2 for a, b in itertools.combinations(xs, 2))
    for a, b in itertools.product(xs, ys):
        xs[-1] *= 1.01  # the items are taken at once
        total += a * b * xs[-1]
    for i, v in enumerate(itertools.accumulate(ys, lambda a, b: a * 0.5 + b, initial=1.0)):
        total += i * v
    for v in itertools.chain(xs, ys[::-1], [2.0, 3.0]):
        ys[0] *= 1.1  # the items are taken one by one
        total = total * 0.9 + v * v
    rows = [[xs[j] for j in range(i)] for i in range(len(xs))]
    return total + sum(v * (i + 1) for i, v in enumerate(itertools.chain.from_iterable(rows)))
