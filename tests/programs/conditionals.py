"""Branches: which arm runs depends on values, and each arm may use other inputs."""

from __future__ import annotations

import numpy as np

from tests.programs.catalogue import at, program


@program(inputs=at(4.0), value=16.0, gradient=8.0)
@program(inputs=at(-10.0), value=-20.0, gradient=2.0)
def return_in_both_arms(x):
    if x > 0:
        return x * x
    else:
        return x + x


@program(inputs=at(-10.0), value=-20.0, gradient=2.0)
@program(inputs=at(0.5), value=0.0, gradient=0.0)
@program(inputs=at(3.0), value=9.0, gradient=6.0)
def arm_with_a_constant(x):
    if x > 1:
        y = x * x
    elif x > 0:
        y = 0.0
    else:
        y = x + x
    return y


@program(inputs=at(-3.0, -2.0), value=1.0, gradient=(-1.0, 1.0))
@program(inputs=at(3.0, -2.0), value=-6.0, gradient=(-2.0, 3.0))
def conditional_expression(x, y):
    return x * y if x > 0 else y - x


@program(inputs=at(4.0, 20.0), value=160.0, gradient=(40.0, 8.0))
@program(inputs=at(4.0, 21.0), value=-21.0, gradient=(0.0, -1.0))
def nested_with_a_way_through(x, y):
    if x > 0:
        if y > 10:
            if y < 20.5:
                z = x * y
                return z + z
    return -y


@program(inputs=at(3.0, 10.0), value=30.0, gradient=(10.0, 3.0))
def conditions_known_while_compiling(x, r):
    if 1 == 1:
        if True:
            r = r * x
    if False:
        r = r + 100.0
    return r


@program(inputs=at(-3.0, -2.0), value=9.0, gradient=(-6.0, 0.0))
@program(inputs=at(3.0, -2.0), value=4.0, gradient=(0.0, -4.0))
def guard_at_the_start(x, y):
    if not x > 0:
        return x * x
    return y * y


@program(inputs=at(3.0, True), value=9.0, gradient=6.0)
@program(inputs=at(3.0, False), value=6.0, gradient=2.0)
def flags_with_and_and_or(x, flag):
    return x * x if (flag and flag) or flag else x + x


@program(inputs=at(0.5, 2.0))
@program(inputs=at(0.5, -2.0))
def short_circuit_guards_a_logarithm(x, y):
    total = x
    if y > 0 and np.log(y) > 0.1:
        total = total * np.log(y)
    if y < 0 or np.log(y) > 5:
        total = total - y * x
    return total


@program(inputs=at(-0.5, 1.5), value=1.5, gradient=(0.0, 1.0))
def untaken_arm_makes_no_nan(x, y):
    if x > 0:
        return y * np.log(x) / x
    return y + x * 0.0


@program(inputs=at(0.3, 0.9))
@program(inputs=at(0.9, 0.3))
def branch_on_computed_values(x, y):
    u = x * x - y
    v = y * y - x
    if u > v and not (x == y):
        u, v = v * x, u
    elif v != 0.0:
        v = v + u
    best = max(u, v) if x <= y else min(u, v)
    return best * u - v


@program(inputs=at(3.0, 1.0), value=3.0, gradient=(1.0, 0.0))
def mutation_then_a_no_op_branch(x, y):
    a = np.zeros(2)
    a[0] = x
    if y > 0:
        pass
    return a[0]


@program(inputs=at([1.0, -2.0, 3.0], 1))
@program(inputs=at([1.0, -2.0, 3.0], 2))
def arms_that_choose_an_array(a, which):
    if which == 1:
        b = a * 2.0
    else:
        b = np.exp(a)
    return np.sum(b * a)


@program(inputs=at([5.0, 1.0], [2.0, 3.0], 1.0), value=20.0, gradient=([4.0, 0.0], [0.0, 0.0], 0.0))
@program(inputs=at([5.0, 1.0], [2.0, 3.0], -1.0), value=8.0, gradient=([0.0, 0.0], [4.0, 0.0], 0.0))
def one_of_two_arrays_updated_in_place(a, b, x):
    chosen = a if x > 0 else b
    chosen[0] *= 2.0
    return chosen[0] * 2.0 if chosen[0] > 0 else a[1]


@program(inputs=at(3.0, True), value=5.0, gradient=2.0)
@program(inputs=at(3.0, False), value=-1.0, gradient=-1.0)
def unpacking_in_arms(x, flag):
    if flag:
        first, second = x, 1.0
    else:
        first, second = 1.0, x
    return 2 * first - second
