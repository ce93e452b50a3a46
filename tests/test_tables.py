"""Dicts with keys that the program computes, sets, queues, comparison of lists: without compilation."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from dataclasses import dataclass

import numpy as np
import pytest

from autodiff_compiler import check_derivative, differentiable


@dataclass
class Pair:
    first: float
    second: float


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


def defaults_and_counts(xs, n):
    sums, counts = defaultdict(float), Counter([k % 3 for k in range(n)])
    for k in range(n):
        sums[k % 2] += xs[k % 4] * counts[k % 3]
    return sums[0] * sums[1] + counts[7] * xs[0]


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


def lists_compared(xs, n):
    made = [v * 2.0 for v in xs]
    same = made == [2.0 * xs[0], 2.0 * xs[1], 2.0 * xs[2], 2.0 * xs[3]]
    total = xs[0] if same and made != list(xs) and made > [xs[0]] else 5.0 * xs[1]
    return total + (3.0 * xs[2] if [xs[0]] == (xs[0],) else xs[3])


def objects_put_into_objects_of_a_list(xs, n):
    every = [[Pair(v, 1.0), Pair(1.0, v)] for v in xs]
    for pair in every:
        pair[0] = Pair(pair[1].second * 3.0, pair[0].first)
        pair[0].first += 1.0
    return sum([p[0].first * p[0].second + p[1].second for p in every])


def key_that_is_new_in_a_loop(xs, n):
    held, total = {"first": xs[0]}, 0.0
    for k in range(n):
        if "later" not in held:
            held["later"] = xs[1] * (k + 1)
        total += held.setdefault("last", xs[2] * k) + held["later"] * held["first"]
    return total + np.sum(xs)


CASES = [
    sums_by_key,
    values_on_a_grid,
    defaults_and_counts,
    window_and_queue,
    sets_of_positions,
    lists_compared,
    objects_put_into_objects_of_a_list,
    key_that_is_new_in_a_loop,
]


@pytest.mark.parametrize("function", CASES)
def test_as_python(function, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    xs = np.array([1.0, 2.0, -3.0, 0.5])
    assert differentiable(function)(xs, 6) == pytest.approx(function(xs, 6), rel=1e-12)
    check_derivative(function, xs, 6)


def scattered(x, n):
    held, pairs, seen, last = {}, defaultdict(float), set(), deque(maxlen=2)
    for k in range(n):
        held[k * k % 3] = x * k
        pairs[k % 2, -k] += x
        seen.add(k % 3)
        last.append(x * k)
    return held, pairs, seen, last, Counter([1, n, n]), frozenset([n])


def test_results_are_what_python_has(monkeypatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    expected, found = scattered(1.5, 4), differentiable(scattered)(1.5, 4)
    assert found == expected
    assert [type(item) for item in found] == [type(item) for item in expected]
    assert found[1].default_factory is float
    assert found[3].maxlen == 2
