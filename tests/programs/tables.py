"""Dicts with keys that the program computes, sets, queues, and methods of lists of any length."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from dataclasses import dataclass

import numpy as np

from tests.programs.catalogue import at, program

FOUR = at([1.0, 2.0, -3.0, 0.5], 6)


@dataclass
class Pair:
    first: float
    second: float


@program(inputs=at(1.3, 12))
def memo_of_a_recurrence(x, n):
    memo = {0: 1.0, 1: x}
    for k in range(2, n):
        memo[k] = x * memo[k - 1] - 0.3 * memo[k - 2]
    return memo[n - 1] + sum(memo.values()) / len(memo)


@program(inputs=FOUR)
def sums_by_key(xs, n):
    sums, seen = {}, set()
    for k in range(n):
        key = (k * k) % 5
        sums[key] = sums.get(key, 0.0) + k * xs[k % 4]
        seen.add(key)
    total = 0.0
    for key, value in sums.items():
        total += value * (key + 1) if key in seen else value
    return total + len(seen) * xs[0]


@program(inputs=FOUR)
def values_on_a_grid(xs, n):
    grid = {}
    for i in range(n):
        for j in range(-1, i):
            grid[i, j] = xs[i % 4] * j - xs[j % 4] ** 2
    total = grid.get((n, n), xs[3])
    for (i, j), value in grid.items():
        total += (i - 2.0 * j) * value if (j, i) not in grid else value
    grid.pop((1, 0))
    return total + sum(grid.values())


@program(inputs=FOUR)
def defaults_and_counts(xs, n):
    sums, counts = defaultdict(float), Counter([k % 3 for k in range(n)])
    for k in range(n):
        sums[k % 2] += xs[k % 4] * counts[k % 3]
    return sums[0] * sums[1] + counts[7] * xs[0]


@program(inputs=FOUR)
def window_and_queue(xs, n):
    window, waiting = deque([xs[0]], maxlen=3), deque([0])
    total = 0.0
    while waiting:
        k = waiting.popleft()
        window.append(window[-1] * 0.5 + xs[k % 4])
        total += sum(window) * window[0]
        if k < n:
            waiting.extend([2 * k + 1, 2 * k + 2])
    return total


@program(inputs=FOUR)
def sets_of_positions(xs, n):
    visited, k, total = {0}, 0, 0.0
    while True:
        k = (k * 3 + 1) % 7
        if k in visited:
            break
        visited.add(k)
        total += xs[k % 4] * k
    both = visited & {1, 4, n}
    return total * len(visited - both) + sum(sorted(both)) * xs[1]


@program(inputs=FOUR)
def lists_in_order(xs, n):
    values = [xs[k % 4] * (k + 1) for k in range(n)]
    pairs = [(v * v, k) for k, v in enumerate(values)]
    values.sort(key=lambda v: -v)
    pairs.sort(reverse=True)
    where = values.index(max(values))
    values[1:3] = [xs[0], xs[1] * 2, xs[2]]
    del values[:1]
    head, *rest = [*values, xs[3]]
    return head * rest[-1] + sum(rest) * (where + 1) + pairs[0][0] * pairs[-1][1]


@program(inputs=FOUR)
def lists_compared(xs, n):
    made = [v * 2.0 for v in xs]
    same = made == [2.0 * xs[0], 2.0 * xs[1], 2.0 * xs[2], 2.0 * xs[3]]
    total = xs[0] if same and made != list(xs) and made > [xs[0]] else 5.0 * xs[1]
    return total + (3.0 * xs[2] if [xs[0]] == (xs[0],) else xs[3])


@program(inputs=FOUR)
def objects_put_into_objects_of_a_list(xs, n):
    every = [[Pair(v, 1.0), Pair(1.0, v)] for v in xs]
    for pair in every:
        pair[0] = Pair(pair[1].second * 3.0, pair[0].first)
        pair[0].first += 1.0
    return sum([p[0].first * p[0].second + p[1].second for p in every])


@program(inputs=FOUR)
def key_that_is_new_in_a_loop(xs, n):
    held, total = {"first": xs[0]}, 0.0
    for k in range(n):
        if "later" not in held:
            held["later"] = xs[1] * (k + 1)
        total += held.setdefault("last", xs[2] * k) + held["later"] * held["first"]
    return total + np.sum(xs)
