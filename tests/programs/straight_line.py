"""Expressions and assignments: rebinding, fan-out, unpacking, and the elementary functions on numbers."""

from __future__ import annotations

import math

import numpy as np

from tests.programs.catalogue import at, program


@program(inputs=at(3.0, 4.0), value=12.0, gradient=(4.0, 3.0))
def product(x, y):
    return x * y


@program(inputs=at(3.0, 4.0), value=-11.0, gradient=(-5.0, -2.0))
def negated_product_and_sum(x, y):
    return -x * y + (-x + y)


@program(inputs=at(100.0), value=0.0, gradient=0.0)
def fan_out_that_cancels(x):
    return x - x


@program(inputs=at(3.0, 2.0), value=12.0, gradient=(4.0, 3.0))
def one_value_used_three_times(x, y):
    return x + x + x * y


@program(inputs=at(3.0), value=81.0, gradient=108.0)
def rebinding_one_name(x):
    a = x
    a = a * x
    a = a * x
    return a * x


@program(inputs=at(3.0, 4.0), value=48.0, gradient=(16.0, 24.0))
def swap_by_tuple(x, y):
    x, y = y, x
    return x * x * y


@program(inputs=at(1.5, -0.5, 2.0))
def rotation_of_three_names(x, y, z):
    x, y, z = y, z * x, x + y
    x, y, z = y - z, z, x
    return x * y - z * z


@program(inputs=at(3.0), value=9.0, gradient=6.0)
def chained_comparison_as_a_factor(x):
    return (0 < x < 10) * x * x


@program(inputs=at(2.0, 2.0), value=4.0, gradient=(4.0, 4.0 * math.log(2.0)))
def power_of_both(x, y):
    return x**y


@program(inputs=at(-1.5, 0.8))
def integer_and_negative_powers(x, y):
    return x**2 - x**3 / 3 + y**-1 + y**-2.5 + 2**y


@program(inputs=at(-1.0, 2.0), value=4.0, gradient=(1.0, 2.0))
def absolute_value_and_extremes(x, y):
    return abs(x) + max(x, y) + y + min(x, y, 7.0) + x + 1.0


@program(inputs=at(0.4))
def functions_of_math(x):
    a = math.sin(x) * math.cos(x) + math.tan(x)
    b = math.exp(x) + math.expm1(x) - math.log(x) + math.log1p(x)
    c = math.sqrt(x) + math.asin(x) + math.acos(x) * math.atan(x)
    d = math.sinh(x) - math.cosh(x) * math.tanh(x)
    return a * b + c * d


@program(inputs=at(0.7, 1.9))
def functions_of_numpy_on_numbers(x, y):
    a = np.sin(x) + np.cos(y) * np.tanh(x * y)
    b = np.log(y) + np.exp(-x) + np.sqrt(x + y)
    return a / b + np.arctan2(x, y) + np.maximum(x, y) - np.minimum(x * x, y)


@program(inputs=at(0.3, -1.2))
def error_function(x, y):
    return math.erf(x) * math.exp(y) + math.erf(x * y)


@program(inputs=at(2.75, -1.25))
def rounding_has_no_slope(x, y):
    return x * math.floor(y) + math.ceil(x) * y + np.floor(x) * 2.0


@program(inputs=at(7.0, 3))
def integers_are_constants(x, n):
    half = n // 2
    return x * n + x ** (n - half) / n + n % 2 * x


@program(inputs=at(2.0, 5.0), wrt="y", value=29.0, gradient=10.0)
def one_parameter_by_name(x, y):
    return x * x + y * y


@program(inputs=at(2.0, 5.0, -1.0), wrt=("z", "x"), value=7.0, gradient=(2.0, 3.0))
def two_parameters_in_another_order(x, y, z):
    return x * x + y + x * z


@program(inputs=at(1.1, 0.6))
def long_expression(x, y):
    return ((x + y) * (x - y) / (1.0 + x * x * y * y) - (x / y + y / x) ** 2) * (0.5 * x - 2.0 * y) + 3


@program(inputs=at(0.9, 2.0))
def augmented_assignments(x, y):
    total = x
    total += y
    total *= x
    total -= y / 3
    total /= 1 + y
    total **= 2
    return total
