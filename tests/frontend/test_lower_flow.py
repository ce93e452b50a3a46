"""Branches and loops, lowered, compute what Python computes, in the same dtype."""

from __future__ import annotations

import numpy as np
import pytest

from autodiff_compiler.errors import TypeMismatch
from autodiff_compiler.ir.interpret import GuardFailed
from autodiff_compiler.ir.nodes import For, While
from autodiff_compiler.ir.walk import statements
from tests.frontend.lowering import COUNTS, MATRIX, OTHER, SINGLE, VECTOR, check, lowered, run

# ---------------------------------------------------------------- branches


def test_branches():
    def f(x, n):
        y = x
        if n > 3:
            y = x * 2
            z = 1.0
        elif n:
            z = x
        else:
            z = y = -x
        return y + z

    for n in (5, 1, 0):
        check(f, 1.5, n)


def test_branch_that_widens():
    def f(x, n):
        total = 0
        if n > 0:
            total = x
        return total * 2

    check(f, 0.3, 1)
    check(f, 0.3, 0)


def test_branches_of_tuples_and_arrays():
    def f(a, b, n):
        pair = (a, 1)
        if n > 0:
            pair = (b, 2.5)
            a = b
        return a[0] + pair[0][1] * pair[1]

    check(f, VECTOR, OTHER, 1)
    check(f, VECTOR, OTHER, 0)


def test_branches_on_what_is_known_while_compiling():
    def f(x, mode, flag=None, pair=(1, 2)):
        if mode == "square" and flag is None:
            return x * x
        if flag:
            return x[5]
        return x + len(pair)

    check(f, 2.0, "square", None, (1, 2))
    check(f, 2.0, "other", None, (1, 2))
    check(f, 2.0, "square", False, (1, 2))


def test_conditional_expressions():
    def f(x, n):
        return (x if x > 0 else -x * n) + (1 if n else 0.5)

    for x in (1.5, -1.5):
        for n in (0, 2):
            check(f, x, n)


def test_name_assigned_on_one_path():
    def f(x):
        if x > 0:
            y = x * x
        return y

    made = check(f, 2.0)
    with pytest.raises(GuardFailed, match="`y` is read here") as caught:
        run(made, -2.0)
    assert caught.value.error == "UnboundVariable"


def test_name_without_one_type():
    def f(x, n):
        r = 0.0
        if n > 0:
            r = x
        return r

    with pytest.raises(TypeMismatch, match="`r` is a 1-D float64 array on one path and a float on another"):
        lowered(f, VECTOR, 1.0)


def test_name_without_one_type_that_is_not_read():
    def f(x, n):
        if n > 0:
            r = x
        else:
            r = 0.0
        r = 2.0
        return r * x[0]

    check(f, VECTOR, 1)


# ---------------------------------------------------------------- loops


def test_loops_over_ranges():
    def f(x, n):
        a, b, c, d = 0.0, 0.0, 0.0, 0.0
        for i in range(n):
            a += x * i
        for i in range(2, n):
            b = b * 0.5 + i
        for i in range(n, 0, -2):
            c += i * a
        for i in range(-3, n, 2):
            d -= i
        return a, b, c, d, i

    for n in (5, 1):
        check(f, 0.5, n)


def test_loops_over_arrays():
    def f(x, a):
        total = 0.0
        for v in x:
            total += v * v
        for row in a:
            total += row[0] * np.sum(row)
            row[1] = total
        return total

    check(f, VECTOR, MATRIX)
    check(f, VECTOR[:0], MATRIX[:0])


def test_loops_over_several_things():
    def f(x, y, n):
        total = 0.0
        for k, (a, b) in enumerate(zip(x, y)):  # noqa: B905
            total += k * a - b
        for k, v in enumerate(x, start=n):
            total = total * 0.9 + k * v
        for i in reversed(range(1, n, 2)):
            total = total * 0.5 + i
        for v in reversed(x):
            total = total * 0.5 + v
        for i, v in zip(range(n, 0, -1), x):  # noqa: B905
            total = total * 0.5 + i * v
        for i, v in enumerate(reversed(x)):
            total -= i * v
        return total

    for n in (0, 2, 7):
        check(f, VECTOR, OTHER[:3], n)


def test_loop_carries_widen():
    def f(x):
        total, product, flag = 0, 1, False
        for v in x:
            total = total + v
            product *= 2
            flag = v > 0
        return total, product, flag

    check(f, VECTOR)
    check(f, SINGLE)
    check(f, COUNTS)


def test_tuple_carries_and_swaps():
    def f(n):
        pair = (0, 1.0)
        a, b = 1, 2.5
        for _ in range(n):
            pair = (pair[1], pair[0] + pair[1])
            a, b = b, a
        return pair, a, b

    for n in (0, 1, 6):
        check(f, n)


def test_names_made_in_a_loop():
    def f(x, n):
        for i in range(n):
            y = x * i
            i = i + 10
        return y + i

    made = check(f, 1.5, 3)
    with pytest.raises(GuardFailed, match=r"`(y|i)` is read here"):
        run(made, 1.5, 0)


def test_names_made_in_one_iteration_are_kept():
    def f(x, n):
        total = 0.0
        for i in range(n):
            if i == 1:
                y = x * 3
                pair = (y, i)
            total += i
        return y * total + pair[0] * pair[1]

    made = check(f, 1.5, 4)
    with pytest.raises(GuardFailed, match=r"`(y|pair)` is read here"):
        run(made, 1.5, 1)


def test_buffers_swapped_in_a_loop():
    def f(u, n):
        v = u.copy()
        for _ in range(n):
            for i in range(1, len(u) - 1):
                v[i] = 0.5 * (u[i - 1] + u[i + 1])
            u, v = v, u
        return u

    for n in (0, 1, 2, 3):
        check(f, VECTOR, n)


def test_while():
    def f(x, limit):
        count, y = 0, x
        while y < limit and count < 20:
            y = y * 1.5 + 1
            count += 1
        return y, count

    check(f, 1.0, 50.0)
    check(f, 100.0, 50.0)
    check(f, -2.5, 50.0)


def test_early_exits():
    def f(x, limit):
        total = 0
        for i, v in enumerate(x):
            if v < 0:
                continue
            total += v
            if total > limit:
                return total, i
            if i == 3:
                break
        return total, -1

    for limit in (0.1, 0.5, 100.0):
        check(f, VECTOR, limit)


def test_loops_that_run_never():
    def f(x, n):
        total = 0
        for i in range(3, n):
            total = total + x[i] * 0.5
        while total > 1e9:
            total = total / 2
        return total

    check(f, VECTOR, 0)
    check(f, VECTOR, 5)


def test_kinds_of_loops():
    def f(x, n):
        for _ in range(n):
            x = x * 2
        for _ in range(n):
            if x > 3:
                break
            x = x * 2
        return x

    made = check(f, 0.5, 4)
    kinds = [type(item) for item in statements(made.function.body) if isinstance(item, (For, While))]
    assert kinds == [For, While]
