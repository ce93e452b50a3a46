"""Lists and dicts that change while a loop runs over them: each item is read when its turn comes."""

from __future__ import annotations

import itertools

from tests.programs.catalogue import at, program

INPUTS = at(0.7, [0.3, -0.4, 0.9])


class Weight:
    def __init__(self, x):
        self.x = x


@program(inputs=INPUTS)
def later_item_assigned(x, a):
    items, t = [x, a[0], a[1]], 0.0
    for v in items:
        t = t * 2 + v
        items[2] = v * 3 * x
    return t


@program(inputs=INPUTS)
def later_item_assigned_under_enumerate(x, a):
    items, t = [x, a[0], a[1]], 0.0
    for i, v in enumerate(items):
        t = t * 2 + v * i
        items[2] = v * 3 * x
    return t


@program(inputs=INPUTS)
def later_item_assigned_under_zip(x, a):
    items, others, t = [x, a[0], a[1]], (a[2], x, a[0]), 0.0
    for u, v in zip(items, others):
        t = t * 2 + v * u
        items[2] = v * 3 * x
    return t


@program(inputs=INPUTS)
def earlier_item_assigned_under_reversed(x, a):
    items, t = [x, a[0], a[1]], 0.0
    for v in reversed(items):
        t = t * 2 + v
        items[0] = v * 3 * x
    return t


@program(inputs=INPUTS)
def list_that_grows_in_its_loop(x, a):
    items, t = [x, a[0], a[1]], 0.0
    for i, v in enumerate(items):
        t = t * 2 + v
        if i < 4:
            items.append(v * x)
    return t


@program(inputs=INPUTS)
def object_replaced_in_its_loop(x, a):
    items, t = [Weight(x), Weight(a[0])], 0.0
    for v in items:
        items[1] = Weight(x * x)
        t += v.x
    return t


@program(inputs=INPUTS)
def dict_changed_in_its_loop(x, a):
    held, t = {1: x, 2: a[0]}, 0.0
    for _, v in held.items():
        t = t * 2 + v
        held[2] = v * 3 * x
    return t


@program(inputs=INPUTS)
def view_of_a_dict_that_changes_afterwards(x, a):
    held, t = {1: x, 2: a[0]}, 0.0
    view, copied = held.values(), list(held.values())
    held[2] = x * x
    held[3] = 5 * x
    for v in view:
        t += v
    return t + copied[1] * a[1]


@program(inputs=INPUTS)
def comprehension_that_changes_its_list(x, a):
    items = [x, a[0], a[1]]

    def put(v):
        items[2] = v * x
        return v

    made = [put(v) for v in items]
    return made[2] + sum(put(v) for v in items) + sum(map(put, items))


@program(inputs=INPUTS)
def map_whose_function_the_loop_interleaves(x, a):
    p, t = Weight(x), 0.0

    def grown(v):
        p.x = p.x * v
        return p.x

    for v in map(grown, (x, a[0], a[1])):
        t = t * p.x + v
        p.x = p.x + 1.0
    return t


@program(inputs=INPUTS)
def array_stored_to_in_a_loop_written_out(x, a):
    kinds, t = (1.0, Weight(x), "a"), 0.0
    for k, kind in enumerate(kinds):
        for v in a:
            a[2] = v * x + k
            t = t * 2 + v
        t += kind.x if isinstance(kind, Weight) else x
    return t


@program(inputs=INPUTS)
def chain_of_lists_that_stay(x, a):
    items, t = [x, a[0]], 0.0
    for v in itertools.chain(items, [a[1]]):
        t = t * 2 + v * x
    return t
