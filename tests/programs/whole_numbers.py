"""Integers, truth values and numbers of either precision, as Python and NumPy have them."""

from __future__ import annotations

import numpy as np

from tests.programs.catalogue import at, program


@program(inputs=lambda rng: (rng.normal(), -7, 3))
def integer_operators(x, n, m):
    total = (n // m) * x + (n % m) * x * x + (n << m) - (n >> 1) + (n & m) * x + (n | 8) + (n ^ m)
    total += (~n) * x + (-n) * x + (+m) * x + abs(n) * x
    return total + divmod(n, m)[0] * x + divmod(n, -m)[1] + (n // -m) * x + (n % -m) * x


@program(inputs=lambda rng: (rng.normal(), 5, 3))
def integer_powers(x, n, m):
    return x * n**m + n**2 + x * 2**m + 2**-1 * x + n**-2 * x + (-n) ** m * x**m


@program(inputs=lambda rng: (rng.normal(), 5, 4))
def true_division_of_integers(x, n, m):
    return n / m * x + (n + 1) / 2 - 1 / m


@program(
    inputs=lambda rng: (rng.normal(), rng.normal()),
    float64_only="truth values of NumPy's float32 numbers add up to a truth value, Python's to an integer",
)
def arithmetic_of_truth_values(x, y):
    count = (x > 0) + (y > 0) + True
    return count * x + (x > y) * y + (True + 1) * x + (True << 2) * y + (x > 0) * (y > 0) * x - (x < 0) * y


@program(inputs=lambda rng: (rng.normal(size=6),))
def truth_values_of_arrays(a):
    positive, large = a > 0, np.abs(a) > 1
    either, both = positive + large, positive * large
    return (
        np.sum(a * either) + np.sum(a * a * both) + np.sum(a[0] * ~positive) + np.sum(a * (positive ^ large))
    )


@program(inputs=lambda rng: (rng.normal(size=6), rng.random(6) < 0.7))
def elements_of_truth_values(a, kept):
    either, both, python = kept[0] + kept[1], kept[2] * kept[3], bool(kept[0]) + bool(kept[1])
    most = np.max(kept) + np.any(kept)
    return a[0] * either + a[1] * both + a[2] * python + a[3] * most + a[4] * (kept.item(0) - kept.item(1))


@program(inputs=lambda rng: (rng.normal(), rng.normal(), 3))
def integer_and_float_on_branches(x, y, n):
    factor = 2
    if y > 0:
        factor = 0.5
    total = 0
    for k in range(n):
        total += k * factor * x
    return total * x


@program(inputs=lambda rng: (rng.uniform(1, 2), 3))
def integers_in_loops(x, n):
    steps, value = 0, 1
    while x < 50 and steps < 20:
        x = x * 1.7 + n
        steps += 1
        value = (value * 5 + 3) % 16
    return x * steps + value


@program(inputs=lambda rng: (np.float64(1.5), np.int64(3), np.float64(0.25)))
def numpy_scalars(x, n, y):
    z = np.float64(2.0) * x + np.int64(3) * y + n * y
    return z + np.float64(n) * y + float(np.float64(0.5)) * x


@program(inputs=lambda rng: (np.array(rng.normal()), rng.normal()))
def array_without_axes(a, x):
    return a * x + np.sin(a) + a.item() * 2.0


@program(inputs=lambda rng: (rng.uniform(1, 2), rng.uniform(1, 2)))
def float_powers(x, y):
    return x**0.5 + x**-1.5 + (-x) ** 2 + (-x) ** 3 + (-2.0) ** 3 * x + x**y + 2**x + x**0 + 0.5**-x


@program(inputs=lambda rng: (rng.uniform(-9, 9), rng.uniform(1, 2)))
def float_remainders(x, y):
    return x % y + x // y * y + (-x) % y + divmod(x, y)[1] * 2.0


@program(inputs=lambda rng: (rng.normal(size=5), 2.7))
def active_values_as_indices(a, x):
    total = 0.0
    for k in range(int(x)):
        total += a[k] * x
    if x > 2:
        total += a[int(x)]
    b = np.zeros(int(x) + 1)
    b[int(x)] = x * x
    return total + np.sum(b) + len(a) * x


@program(inputs=at(3.0), value=9.0, gradient=6.0)
def truth_value_as_a_factor(x):
    return (0 < x < 10) * x * x + float(x > 100) * x


@program(inputs=lambda rng: (rng.normal(), 6, 2))
def bits(x, n, m):
    total = 0.0
    for k in range(4):
        if n >> k & 1:
            total += x**k
    return total + (1 << m) * x + (n & ~m) * x


@program(inputs=lambda rng: (rng.normal(size=4),))
def counters_of_unsigned_bits(a):
    state = 12345
    total = 0.0
    for k in range(len(a)):
        state = (1103515245 * state + 12345) % 2147483648
        total += a[k] * (state / 2147483648)
    return total


@program(inputs=lambda rng: (rng.normal(size=4), np.array([3, 1, 2, 0])))
def integer_arrays(a, order):
    total = 0.0
    for k in range(len(a)):
        total += a[order[k]] * (order[k] % 2 + 1) + a[k] * (order[k] // 2)
    return total * (order[0] ** 2) + np.sum(order) * a[0]
