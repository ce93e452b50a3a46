"""Complex numbers where real ones are needed."""

from __future__ import annotations

import math

import numpy as np

from tests.programs.refused import refused


@refused("TypeMismatch", "math.sin does not take complex numbers", "abs(z)")
def complex_number_given_to_math(x):
    return abs(math.sin(x * 2j))  # <- here


@refused("TypeMismatch", "`<` does not take complex numbers")
def complex_numbers_compared(x):
    return x if x * 2j < 1j else -x  # <- here


@refused("TypeMismatch", "imaginary part would be lost", "z.real")
def complex_number_stored_in_an_array_of_floats(x):
    a = np.zeros(2)
    a[0] = x * 2j  # <- here
    return a[0]


@refused("AliasedMutation", "a part of complex numbers")
def write_through_a_real_part(x):
    z = np.array([x + 1j, x])
    z.real[0] = 3.0  # <- here
    return abs(z[0])


@refused("NotDifferentiable", "returns complex numbers", "z.real")
def complex_result(x):  # <- here
    return x * 2j


@refused("InvalidRequest", "an argument of complex_argument() is complex", "wrt=", at=(3.0j,))
def complex_argument(x):  # <- here
    return x * x


@refused("TypeMismatch", "imaginary part would be lost")
def complex_system(x):
    a = np.array([[x + 2j, 1.0], [1.0, 3.0]])
    return np.sum(np.abs(np.linalg.solve(a, np.ones(2))))  # <- here
