"""Small programs whose value and gradient are known, one for each way a derivative can go wrong.

The numbers are those that a differentiation compiler for Swift has to give; the letters are its groups:
straight lines (A), conditionals (B), loops (C); the rest is in swift_stores.py.
"""

from __future__ import annotations

import math

import numpy as np

from tests.programs.catalogue import at, program

LN2 = math.log(2.0)


def array(*items):
    return np.array(items, dtype=float)


# ---------------------------------------------------------------- A: straight lines


@program(inputs=at(3.0, 4.0), value=12.0, gradient=(4.0, 3.0))
def product_of_two(x, y):
    return x * y


@program(inputs=at(3.0, 4.0), value=-11.0, gradient=(-5.0, -2.0))
def minus_on_one_operand(x, y):
    return -x * y + (-x + y)


@program(inputs=at(100.0), value=0.0, gradient=0.0)
def difference_with_itself(x):
    return x - x


@program(inputs=at(3.0, 2.0), value=12.0, gradient=(4.0, 3.0))
def used_three_times(x, y):
    return x + x + x * y


@program(inputs=at(3.0), value=81.0, gradient=108.0)
def name_bound_again(x):
    a = x
    a = a * x
    a = a * x
    return a * x


@program(inputs=at(3.0, 4.0), value=48.0, gradient=(16.0, 24.0))
def swapped(x, y):
    x, y = y, x
    return x * x * y


@program(inputs=at(3.0), value=9.0, gradient=6.0)
def chain_of_comparisons_as_a_factor(x):
    return (0 < x < 10) * x * x


@program(inputs=at(2.0, 2.0), value=4.0, gradient=(4.0, 4.0 * LN2))
def power_of_both(x, y):
    return x**y


@program(inputs=at(-1.0, 2.0), value=1.0 - 1.0 + 2.0, gradient=(0.0, 1.0))
def selected_sides(x, y):
    return abs(x) + min(x, y) + max(x, y)


@program(inputs=at(0.4))
def unary_functions(x):
    total = math.sin(x) + math.cos(x) + math.tan(x) + math.asin(x) + math.acos(x) + math.atan(x)
    total += math.sinh(x) + math.cosh(x) + math.tanh(x) + math.asinh(x) + math.acosh(1 + x) + math.atanh(x)
    total += math.exp(x) + math.exp2(x) + math.expm1(x) + math.log(x) + math.log2(x) + math.log10(x)
    return total + math.log1p(x) + math.erf(x) + math.erfc(x) + math.sqrt(x) + math.gamma(x) + math.lgamma(x)


@program(inputs=at(7.5, 2.0), value=1.5, gradient=(1.0, -3.0))
def remainder_of_c(x, y):
    return math.fmod(x, y)


@program(inputs=at(2.25), value=2.25 + 2 + 3 + 2 + 2, gradient=1.0)
def steps_have_no_slope(x):
    return x + np.floor(x) + np.ceil(x) + np.rint(x) + np.trunc(x)


# ---------------------------------------------------------------- B: conditionals


@program(inputs=at(4.0), value=16.0, gradient=8.0)
@program(inputs=at(-10.0), value=-20.0, gradient=2.0)
def early_return(x):
    if x > 0:
        return x * x
    return x + x


@program(inputs=at(4.0), value=16.0, gradient=8.0)
@program(inputs=at(-10.0), value=-20.0, gradient=2.0)
def constant_in_the_middle(x):
    if x > 0:
        y = x * x
    elif x == 0:
        y = 0.0
    else:
        y = x + x
    return y


@program(inputs=at(-3.0, -2.0), value=1.0, gradient=(-1.0, 1.0))
@program(inputs=at(3.0, -2.0), value=-6.0, gradient=(-2.0, 3.0))
def another_set_in_each_arm(x, y):
    return x * y if x > 0 else y - x


@program(inputs=at(4.0, 20.0), value=160.0, gradient=(40.0, 8.0))
@program(inputs=at(4.0, 21.0), value=-21.0, gradient=(0.0, -1.0))
def nested_three_deep(x, y):
    if x > 3:
        if y > 10:
            if y < 20.5:
                return 2 * x * y
    return -y


@program(inputs=at(3.0, 10.0), value=30.0, gradient=(10.0, 3.0))
def always_true(x, y):
    r = y
    if 1 == 1:
        if 1 == 1:
            r = r * x
    return r


@program(inputs=at(-3.0, -2.0), value=9.0, gradient=(-6.0, 0.0))
@program(inputs=at(3.0, -2.0), value=4.0, gradient=(0.0, -4.0))
def guard_first(x, y):
    if not x > 0:
        return x * x
    return y * y


@program(inputs=at(3.0, True), value=9.0, gradient=6.0)
@program(inputs=at(3.0, False), value=6.0, gradient=2.0)
def short_circuits_of_flags(x, b):
    return x * x if (b and b) or b else x + x


@program(inputs=at(3.0, 1), value=3.0, gradient=1.0)
@program(inputs=at(3.0, -1), value=1.0, gradient=0.0)
def choice_between_tuples(x, n):
    t = (x, 1)
    r = t if n > 0 else (1, x)
    return r[0] * 1.0


# ---------------------------------------------------------------- C: loops


@program(inputs=at(3.0), value=36.0, gradient=33.0)
def repeated_product(x):
    r, s = x, 1.0
    for _ in range(2):
        r = r * x
        s = s * x
    return r + s


@program(inputs=at(2.0), value=16.0, gradient=24.0)
def counters_of_two_loops(x):
    i, r = 0, x
    while i < 2:
        r = r * x
        i += 1
    k, s = 0, x
    while True:
        s = s * x
        k += 1
        if k >= 2:
            break
    return r + s


@program(inputs=at(3.0), value=81.0, gradient=108.0)
def loop_with_an_arm_and_a_break(x):
    r = x
    for i in range(10):
        if i == 2:
            break
        if i == 0:
            r = r * x
        else:
            r = r * r
    return r


@program(inputs=at(2.0), value=64.0, gradient=192.0)
def continue_on_even(x):
    r = x
    for i in range(1, 10):
        if i % 2 == 0:
            continue
        r = r * x
    return r


@program(inputs=at(4.0), value=104.0, gradient=66.0)
def while_inside_for(x):
    r = x
    for _ in range(2):
        r = r * x
        j = 0
        while j < 2:
            r = r + x
            j += 1
    return r


@program(inputs=at(5.0), value=5.0, gradient=1.0)
def loop_that_never_runs(x):
    r = x
    for _ in range(0):
        r = r * x
    return r


@program(inputs=at(1.0), value=2.0, gradient=1.0)
def empty_body_before_the_end(x):
    y = x + 1
    for _ in range(1):
        pass
    return y


@program(inputs=at(3.0), value=243.0, gradient=405.0)
def count_depends_on_the_input(x):
    s = x
    while s < 100:
        s = s * x
    return s


@program(inputs=at([1.0, 2.0, 3.0]), value=6.0, gradient=array(1, 1, 1))
def over_the_array_itself(xs):
    s = 0.0
    for v in xs:
        s += v
    return s


@program(inputs=at([3.0, 4.0, 5.0]), value=60.0, gradient=array(20, 15, 12))
def product_by_index(xs):
    r = 1.0
    for i in range(len(xs)):
        r = r * xs[i]
    return r


@program(inputs=at([1.0, 2.0], [3.0, 4.0]), value=22.0, gradient=(array(6, 8), array(2, 4)))
def dot_by_enumerate_and_zip(xs, ys):
    s = 0.0
    for i, v in enumerate(xs):
        s += v * ys[i]
    for a, b in zip(xs, ys):
        s += a * b
    return s


@program(inputs=at([1.0, 2.0, 3.0], 2.0), value=17.0, gradient=(array(1, 2, 4), 14.0))
def horner_backwards(c, x):
    r = 0.0
    for v in reversed(c):
        r = r * x + v
    return r


@program(inputs=at(2.0), value=29.0, gradient=44.0)
def pair_carried_by_a_loop(x):
    a, b = 0.0, 1.0
    for _ in range(4):
        a, b = b, a + b * x
    return b
