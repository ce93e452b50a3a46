"""Loops that run to their end: ranges of any step, arrays, `while`, nesting, zero trips."""

from __future__ import annotations

import numpy as np

from tests.programs.catalogue import at, program


@program(inputs=at(3.0), value=27.0, gradient=27.0)
def repeated_product(x):
    r = x
    for _ in range(2):
        r = r * x
    return r


@program(inputs=at(3.0), value=9.0, gradient=6.0)
def product_from_a_constant(x):
    r = 1.0
    for _ in range(2):
        r = r * x
    return r


@program(inputs=at(2.0), value=8.0, gradient=12.0)
def while_with_a_counter(x):
    r = x
    i = 0
    while i < 2:
        r = r * x
        i += 1
    return r


@program(inputs=at(4.0), value=104.0, gradient=42.0)
def nested_loops(x):
    total = 0.0
    for i in range(4):
        total += x * x
        for j in range(i + 1):
            total += x
    return total


@program(inputs=at(5.0, 0), value=5.0, gradient=1.0)
@program(inputs=at(5.0, 1), value=25.0, gradient=10.0)
def trips_given_as_an_argument(x, n):
    r = x
    for _ in range(n):
        r = r * x
    return r


@program(inputs=at(1.0), value=2.0, gradient=1.0)
def empty_body(x):
    y = x + 1
    for _ in range(1):
        pass
    return y


@program(inputs=at(3.0), value=243.0, gradient=405.0)
def trips_depend_on_the_input(x):
    s = x
    while s < 100:
        s = s * x
    return s


@program(inputs=at([1.0, 2.0, 3.0]), value=6.0, gradient=[1.0, 1.0, 1.0])
def over_the_elements(xs):
    s = 0.0
    for v in xs:
        s += v
    return s


@program(inputs=lambda rng: (rng.normal(size=(4, 3)), rng.normal(size=3)))
def over_the_rows(matrix, weights):
    total = 0.0
    for row in matrix:
        total += np.tanh(np.dot(row, weights))
    return total


@program(inputs=at([3.0, 4.0, 5.0]), value=60.0, gradient=[20.0, 15.0, 12.0])
def product_of_the_elements(xs):
    r = xs[0]
    for i in range(1, len(xs)):
        r *= xs[i]
    return r


@program(inputs=at([1.0, 2.0, 3.0], 2.0), value=17.0, gradient=([1.0, 2.0, 4.0], 14.0))
def horner(coefficients, x):
    r = 0.0
    for i in range(len(coefficients) - 1, -1, -1):
        r = r * x + coefficients[i]
    return r


@program(inputs=at(2.0), value=29.0, gradient=44.0)
def pair_carried_by_a_swap(x):
    a, b = 0.0, 1.0
    for _ in range(4):
        a, b = b, a + b * x
    return b


@program(inputs=lambda rng: (rng.uniform(0.5, 1.5, size=7),))
def steps_of_two_forth_and_three_back(xs):
    total = 0.0
    for i in range(0, len(xs), 2):
        total = total * 0.5 + np.sin(xs[i])
    for i in range(len(xs) - 1, 0, -3):
        total = total * xs[i] + xs[i - 1]
    return total


@program(inputs=lambda rng: (rng.normal(size=(3, 4)),))
def all_elements_of_a_matrix(a):
    total = 0.0
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            total += a[i, j] ** 2 * (i + 1) - j * a[i, j]
    return total


@program(inputs=lambda rng: (rng.normal(size=5),))
def triangle_of_pairs(xs):
    n = xs.shape[0]
    energy = 0.0
    for i in range(n):
        for j in range(i):
            distance = xs[i] - xs[j]
            energy += 1.0 / (1.0 + distance * distance)
    return energy


@program(inputs=lambda rng: (rng.uniform(0.2, 0.9, size=4), 0.5))
def branch_in_a_loop(xs, threshold):
    total = 0.0
    for i in range(len(xs)):
        if xs[i] > threshold:
            total += xs[i] * xs[i]
        elif i % 2 == 0:
            total -= threshold * xs[i]
        else:
            total *= xs[i]
    return total


@program(inputs=at(0.3, 1.7))
def carried_value_used_after_and_inside(x, y):
    previous = x
    current = y
    for k in range(5):
        following = current * np.cos(previous) + k * x
        previous = current
        current = following
    return current * previous + y


@program(inputs=at(1.3))
def while_inside_for_inside_while(x):
    total = x
    rounds = 0
    while rounds < 2:
        for k in range(3):
            step = total
            while step > 1.0:
                step = step * 0.5
            total = total + step * x
        rounds += 1
    return total


@program(inputs=at([]), value=1.0, gradient=[])
@program(inputs=at([2.0]), value=5.0, gradient=[4.0])
def empty_and_single_element_arrays(xs):
    total = 1.0
    for v in xs:
        total += v * v
    return total


@program(inputs=at(0.9))
def loop_variable_after_the_loop(x):
    r = x
    for i in range(4):
        r = r * x + i
    return r * i


@program(inputs=at(0.7, 1.1))
def variable_born_in_the_loop(x, y):
    for i in range(3):
        last = x * y + i
        x = last * 0.5
    return last * x


@program(inputs=lambda rng: (rng.normal(size=6),))
def running_maximum(xs):
    best = xs[0]
    total = 0.0
    for v in xs:
        best = max(best, v)
        total += best
    return total


@program(inputs=lambda rng: (rng.normal(size=9), 4))
@program(inputs=lambda rng: (rng.normal(size=9), 0))
def counter_beside_the_index(a, n):
    s = 0.5
    k = 1
    for i in range(n):
        s += np.sin(a[k]) * a[i] * s
        a[k] = s
        k += 2
    return s * k


@program(inputs=lambda rng: (rng.normal(size=7), 3))
@program(inputs=lambda rng: (rng.normal(size=7), -1))
def counters_in_loops_with_steps(a, n):
    s = 0.3
    k = 6
    m = 0
    for i in range(2 * n, -1, -2):
        s = np.tanh(s * a[i] + a[k])
        k -= 2
        m += 3
    return s * (k + 10.0) + m


@program(inputs=lambda rng: (rng.normal(size=7), 5))
@program(inputs=lambda rng: (rng.normal(size=7), 1))
def while_that_counts_upwards(a, n):
    s = 0.3
    j = 1
    while j <= n:
        s = np.tanh(s * a[j]) + a[j - 1] / (j + 1.0)
        a[j] = s
        j += 2
    return s * j


@program(inputs=lambda rng: (rng.normal(size=7),))
def while_that_counts_downwards(a):
    s = 0.3
    j = len(a) - 1
    while j > 0:
        k = j
        while k >= 0:
            s = np.tanh(s + a[j] * a[k])
            k -= 3
        j -= 2
    return s + j
