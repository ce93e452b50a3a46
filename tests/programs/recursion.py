"""Functions that call themselves, and functions that are called rather than inlined."""

from __future__ import annotations

import math

import numpy as np

from tests.programs.catalogue import at, program

FACTOR = 0.7


@program(inputs=at(5.0), value=120.0, gradient=154.0, looseness=10)
def factorial(x):
    return 1.0 if x < 1.5 else x * factorial(x - 1)


@program(inputs=at(7, 1.3))
@program(inputs=at(4, -0.8))
@program(inputs=at(0, 2.0))
def even_steps(n, x):
    if n == 0:
        return x
    return odd_steps(n - 1, x * 1.1 + 0.1)


def odd_steps(n, x):
    if n == 0:
        return -x
    return even_steps(n - 1, np.sin(x) * FACTOR)


@program(inputs=at([0.5, -1.0, 2.0, 0.25], 0.9))
def horner(coefficients, x):
    return tail_of_polynomial(coefficients, x, 0)


def tail_of_polynomial(coefficients, x, start):
    if start == len(coefficients):
        return 0.0
    return coefficients[start] + x * tail_of_polynomial(coefficients, x, start + 1)


def ackermann(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))


@program(inputs=at(2, 2, 1.5), value=1.5**7, gradient=7 * 1.5**6)
def an_integer_by_recursion(m, n, x):
    return x ** ackermann(m, n)


def evaluated(node, operator, left, right, leaves):
    if operator[node] == 0:
        return leaves[left[node]]
    a = evaluated(left[node], operator, left, right, leaves)
    b = evaluated(right[node], operator, left, right, leaves)
    if operator[node] == 1:
        return a + b
    if operator[node] == 2:
        return a * b
    return a / (1.0 + b * b)


def small_tree(rng):
    operator = np.array([2, 1, 3, 0, 2, 0, 0, 0, 0])
    left = np.array([1, 3, 5, 0, 7, 1, 2, 3, 4])
    right = np.array([2, 4, 6, 0, 8, 0, 0, 0, 0])
    return 0, operator, left, right, rng.normal(size=5)


@program(inputs=small_tree)
def expression_tree(root, operator, left, right, leaves):
    return np.tanh(evaluated(root, operator, left, right, leaves))


@program(inputs=lambda rng: (rng.normal(size=9),))
@program(inputs=lambda rng: (rng.normal(size=1),))
def pairwise_sum(a):
    return sum_between(a, 0, len(a))


def sum_between(a, low, high):
    if high - low == 1:
        return np.exp(a[low])
    middle = (low + high) // 2
    return sum_between(a, low, middle) * sum_between(a, middle, high) + 0.1


def merge_sort(a, scratch, low, high):
    if high - low < 2:
        return
    middle = (low + high) // 2
    merge_sort(a, scratch, low, middle)
    merge_sort(a, scratch, middle, high)
    i, j = low, middle
    for k in range(low, high):
        if j >= high or (i < middle and a[i] <= a[j]):
            scratch[k] = a[i]
            i += 1
        else:
            scratch[k] = a[j]
            j += 1
    for k in range(low, high):
        a[k] = scratch[k]


@program(inputs=lambda rng: (rng.normal(size=11), rng.normal(size=11)))
def weights_of_the_sorted(values, weights):
    ordered = values * values + values
    merge_sort(ordered, np.empty(len(values)), 0, len(values))
    return np.sum(ordered * weights) + ordered[0] ** 3


@program(inputs=lambda rng: (rng.normal(size=12), rng.normal(size=12)))
def sorted_in_place(values, weights):
    quicksort(values, 0, len(values) - 1)
    return np.dot(np.sin(values), weights)


def quicksort(a, low, high):
    if low >= high:
        return
    pivot = a[high]
    place = low
    for k in range(low, high):
        if a[k] < pivot:
            a[k], a[place] = a[place], a[k]
            place += 1
    a[high], a[place] = a[place], a[high]
    quicksort(a, low, place - 1)
    quicksort(a, place + 1, high)


def scaled_prefix(a, n, factor):
    """Each element is changed by those before it, nonlinearly, in place."""
    if n == 0:
        return 1.0
    before = scaled_prefix(a, n - 1, factor)
    a[n - 1] = np.sin(a[n - 1] * factor) + before * a[n - 1] ** 2
    return a[n - 1] * before


@program(inputs=lambda rng: (rng.normal(size=5), 0.8))
def in_place_and_a_result(a, factor):
    result = scaled_prefix(a, len(a), factor)
    return result + np.sum(a * a) + scaled_prefix(a, 2, factor)


def sine_and_cosine(n, x):
    if n == 0:
        return x, 1.0 - 0.5 * x * x
    s, c = sine_and_cosine(n - 1, x / 2)
    return 2 * s * c, c * c - s * s


@program(inputs=at(0.9))
def doubled_angles(x):
    s, c = sine_and_cosine(6, x)
    return s * 2 + c


def simpson(f, a, fa, b, fb):
    middle = 0.5 * (a + b)
    value = f(middle)
    return middle, value, abs(b - a) / 6 * (fa + 4 * value + fb)


def refined(f, a, fa, b, fb, tolerance, whole, middle, value):
    left_middle, left_value, left = simpson(f, a, fa, middle, value)
    right_middle, right_value, right = simpson(f, middle, value, b, fb)
    delta = left + right - whole
    if abs(delta) <= 15 * tolerance:
        return left + right + delta / 15
    return refined(f, a, fa, middle, value, tolerance / 2, left, left_middle, left_value) + refined(
        f, middle, value, b, fb, tolerance / 2, right, right_middle, right_value
    )


def quadrature(f, a, b, tolerance):
    fa, fb = f(a), f(b)
    middle, value, whole = simpson(f, a, fa, b, fb)
    return refined(f, a, fa, b, fb, tolerance, whole, middle, value)


def bump(x):
    return math.exp(-8 * (x - 0.3) ** 2) + 0.1 * x


@program(inputs=at(-1.0, 2.0), looseness=1e4, float64_only="the tolerance is below what float32 resolves")
def adaptive_simpson(a, b):
    return quadrature(bump, a, b, 1e-11)


def transformed(real, imaginary):
    n = len(real)
    if n == 1:
        return real.copy(), imaginary.copy()
    even_real, even_imaginary = transformed(real[::2], imaginary[::2])
    odd_real, odd_imaginary = transformed(real[1::2], imaginary[1::2])
    result_real, result_imaginary = np.empty(n), np.empty(n)
    half = n // 2
    for k in range(half):
        angle = -2 * np.pi * k / n
        c, s = np.cos(angle), np.sin(angle)
        turned_real = c * odd_real[k] - s * odd_imaginary[k]
        turned_imaginary = s * odd_real[k] + c * odd_imaginary[k]
        result_real[k] = even_real[k] + turned_real
        result_imaginary[k] = even_imaginary[k] + turned_imaginary
        result_real[k + half] = even_real[k] - turned_real
        result_imaginary[k + half] = even_imaginary[k] - turned_imaginary
    return result_real, result_imaginary


@program(
    inputs=lambda rng: (rng.normal(size=8), rng.normal(size=8)),
    float64_only="np.empty makes float64 from float32 parts",
)
def spectrum(signal, weights):
    real, imaginary = transformed(signal, np.zeros(len(signal)))
    return np.sum(weights * np.sqrt(real * real + imaginary * imaginary + 0.1))


def product_rows(a, n):
    """Recursion that returns arrays."""
    if n == 0:
        return np.ones(a.shape[1])
    return np.sin(product_rows(a, n - 1)) * a[n - 1] + 0.5


@program(inputs=lambda rng: (rng.normal(size=(4, 3)),))
def arrays_returned(a):
    return np.sum(product_rows(a, a.shape[0]))


def branching(x, n):
    total = 0.0
    for k in range(n):
        if k % 2 == 0:
            total += branching(x * 0.9, k) * x
        else:
            total = total * 0.5 + x
    return total + x


@program(inputs=at(0.7, 5))
def in_loops_and_branches(x, n):
    return branching(x, n) * branching(np.cos(x), 3)


@program(inputs=lambda rng: (rng.normal(size=6), 0.7))
def called_for_each_element(a, x):
    total = 0.0
    for i in range(len(a)):
        total += continued(a[i] ** 2, x, i)
    return total


def continued(a, b, n):
    if n == 0:
        return a
    return a / (b + continued(a, b, n - 1))


@program(inputs=at(3.0))
def until_small(x):
    total = 0.0
    while x > 0.3:
        total += continued(x, 0.5, 3)
        x = collatz_like(x, 4)
    return total * x


def collatz_like(x, n):
    while n > 2:
        x = x * 0.9
        n -= 1
    if n == 0:
        return x * 0.5
    return collatz_like(np.sqrt(x * x * 0.7), n - 1)


@program(inputs=at(0.3, 900), looseness=100)
def nine_hundred_deep(x, n):
    return deep(x, n)


def deep(x, n):
    if n == 0:
        return x
    return deep(x, n - 1) * 0.999 + x * 0.001


def passed(f, n, x):
    if n == 0:
        return x
    return f(passed(f, n - 1, x))


@program(inputs=at(0.4))
def functions_passed_on(x):
    return passed(np.sin, 3, x) + passed(bump, 2, x)


def flagged(x, n, mirrored=False, scale=(1.0, 0.5)):
    if n == 0:
        return x * scale[0]
    value = flagged(x, n - 1, mirrored, (scale[1], scale[0] * 0.9))
    return -np.tanh(value) if mirrored else np.tanh(value)


@program(inputs=at(0.4))
def flags_and_tuples(x):
    return flagged(x, 3) + 2 * flagged(x, 4, True)


@program(inputs=lambda rng: (rng.uniform(0.5, 1.5, 6), rng.uniform(0.5, 1.5, 6)))
def longest_common_weight(a, b):
    return alignment(a, b, 0, 0)


def alignment(a, b, i, j):
    if i == 3 or j == 3:
        return 0.0
    match = alignment(a, b, i + 1, j + 1) + a[i] * b[j]
    skip_a = alignment(a, b, i + 1, j) - 0.1 * a[i]
    skip_b = alignment(a, b, i, j + 1) - 0.1 * b[j]
    return max(match, skip_a, skip_b)
