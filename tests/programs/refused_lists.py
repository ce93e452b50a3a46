"""Refused changes of what is in lists of unknown length, where Python would show them under another name."""

from __future__ import annotations

from itertools import takewhile

import numpy as np

from tests.programs.refused import ARRAY, refused


@refused("AliasedMutation", "has another name", "append(x.copy())", at=ARRAY)
def row_of_two_lists_changed(xs):
    rows = [[v * w for w in xs] for v in xs]
    others = [row for row in rows]
    others[1][0] = 7.0  # <- here
    return rows[1][0] * others[0][1]


@refused("AliasedMutation", "has another name", at=ARRAY)
def one_row_put_into_a_list_again_and_again(xs):
    row = [v for v in xs]
    rows = [row for _ in xs]
    rows[0][1] = 7.0  # <- here
    return rows[1][1] * xs[0]


@refused("AliasedMutation", "before the list got longer", "read off the list again", at=ARRAY)
def row_read_before_the_list_got_longer(xs):
    rows = [v * xs for v in xs]
    first = rows[0]
    for v in xs:
        rows.append(v * v * xs)
    rows[0][0] = 7.0  # <- here
    return first[0] * xs[0]


@refused("AliasedMutation", "known otherwise", "copies", at=ARRAY)
def one_of_two_objects_put_into_a_list(xs):
    first, second = [xs[0], xs[1]], [xs[1], xs[0]]
    pairs = [first if v > 1.5 else second for v in xs]
    pairs[0][0] *= 2.0  # <- here
    return first[0] * second[0]


@refused("UnsupportedSyntax", "not of one form", "known while compiling", at=ARRAY)
def unequal_things_put_into_a_list_as_long_as_the_run_says(xs):
    found, x = ["first", 1.0], xs[0]
    while x < 100.0:  # <- here
        found.append(x if len(found) > 3 else "more")
        x = x * 2.0
    return x


def halved_in_place(a):
    a *= 0.5
    return a[0]


@refused("UnsupportedSyntax", "decides what this loop runs over", "an `if`", at=ARRAY)
def function_changes_what_a_loop_takes_from(xs):
    a, s = xs.copy(), 0.0
    for v in takewhile(lambda t: t > 0.4, a):  # <- here
        s += v + halved_in_place(a)
    return s


@refused("UnsupportedSyntax", "decides what this loop runs over", at=ARRAY)
def closure_changes_what_an_iterator_takes_from(xs):
    a, s = xs.copy(), 0.0
    doubled = map(lambda t: 2.0 * t, (t for t in a if t > 0.4))

    def change():
        a[1:] *= 0.1
        return a[0]

    for v in doubled:  # <- here
        s += v + change()
    return s


@refused("AliasedMutation", "may be one of its arguments", "a copy", at=ARRAY)
def computed_keys_in_a_recursion(xs):
    memo = {}

    def go(k):
        if k < 2:
            return xs[0]
        if k not in memo:
            memo[k] = 0.5 * go(k - 1) + go(k - 2)  # <- here
        return memo[k]

    return go(len(xs) + 5)


@refused("AliasedMutation", "put into a list in every iteration", "a new object", at=ARRAY)
def one_list_in_all_rows_gets_longer(xs):
    row = [v for v in xs]
    rows = [row for _ in xs]  # <- here
    rows[0].append(7.0)
    return sum(len(item) * sum(item) for item in rows)


@refused("AliasedMutation", "an item of two lists", "copies", at=ARRAY)
def rows_of_two_lists_get_longer(xs):
    rows = [[] for _ in range(3)]
    for i in range(len(xs)):
        rows[i % 3].append(xs[i])  # <- here
    others = list(rows)
    others[0].append(xs[0] * 5)
    return sum(len(row) * sum(row) for row in rows)


@refused("AliasedMutation", "changed afterwards", "append(x.copy())", at=ARRAY)
def array_of_a_list_of_different_ones_changed(xs):
    parts = []
    for k in range(1, len(xs)):
        a = xs[:k] * 2
        parts.append(a)  # <- here
        a[0] = 5.0
    return sum(np.sum(part) for part in parts)
