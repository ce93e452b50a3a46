"""Dicts with keys that the program computes, and methods of lists of any length; more in test_tables.py."""

from __future__ import annotations

from tests.programs.catalogue import at, program

FOUR = at([1.0, 2.0, -3.0, 0.5], 6)


@program(inputs=at(1.3, 12))
def memo_of_a_recurrence(x, n):
    memo = {0: 1.0, 1: x}
    for k in range(2, n):
        memo[k] = x * memo[k - 1] - 0.3 * memo[k - 2]
    return memo[n - 1] + sum(memo.values()) / len(memo)


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
