"""The rest of the programs with known answers (see swift_ideas.py): calls (D), stores (E), exceptions (G)."""

from __future__ import annotations

import numpy as np

from tests.programs.catalogue import at, program


def array(*items):
    return np.array(items, dtype=float)


# ---------------------------------------------------------------- D: calls


def scaled(p, q):
    return p * p * q


@program(inputs=at(5.0), value=95.0, gradient=29.0)
def helper_with_other_active_arguments(x):
    return scaled(x, 2) + scaled(3, x)


@program(inputs=at(5.0, 10.0), value=50.0, gradient=(10.0, 5.0))
def both_results_of_a_tuple(x, y):
    def g(p, q):
        return p, q

    p, q = g(x, y)
    return p * q


# ---------------------------------------------------------------- E: stores


@program(inputs=at([2.0, 3.0]), value=20.0, gradient=array(0, 1))
def overwritten_element(b):
    b[0] = 17
    return b[0] + b[1]


@program(inputs=at([2.0]), value=3.0, gradient=array(1))
def element_plus_one(a):
    a[0] = a[0] + 1
    return a[0]


@program(inputs=at([1.0, 2.0, 3.0, 4.0], 2.0), value=3.0 + 0.0 + 6.0 + 2.0,
         gradient=(array(1, 1, 2, 0.5), 2.0))  # fmt: skip
def all_augmented_assignments(a, x):
    a[0] += x
    a[1] -= x
    a[2] *= x
    a[3] /= x
    return a[0] + a[1] + a[2] + a[3]


@program(inputs=at([2.0, 3.0]), value=54.0, gradient=array(27, 54))
def element_written_again_and_again(a):
    for _ in range(3):
        a[0] = a[0] * a[1]
    return a[0]


@program(inputs=at([1.0, 2.0], 3.0), value=76.0, gradient=(array(5, 7), 19.0))
def write_through_an_index(a, v):
    idx = np.array([0, 1, 1])
    for k in range(3):
        a[idx[k]] += v
    return a[0] * 5 + a[1] * 7


@program(inputs=at([1.0, 2.0, 3.0, 4.0]), value=17.0, gradient=array(3, -1, -4, 7))
def stencil_on_the_interior(u1):
    u2 = u1.copy()
    for i in range(1, 3):
        u2[i] = u1[i - 1] - 2 * u1[i] + u1[i + 1]
    return u2[0] + 2 * u2[1] + 3 * u2[2] + 4 * u2[3]


@program(inputs=at([2.0, 3.0, 4.0]), value=24.0, gradient=array(12, 8, 6))
def reads_see_earlier_writes(a):
    a[1] = a[0] * a[1]
    a[2] = a[1] * a[2]
    return a[2]


@program(inputs=at([5.0]), value=10.0, gradient=array(2))
def second_name(a):
    b = a
    b[0] *= 2
    return a[0]


def exchange(a):
    a[0], a[1] = a[1], a[0]


@program(inputs=at([3.0, 4.0]), value=48.0, gradient=array(16, 24))
def swapped_by_a_helper(a):
    exchange(a)
    return a[0] * a[0] * a[1]


@program(inputs=at([3.0, 1.0]), value=3.0, gradient=array(1, 0))
def mutation_before_a_needless_branch(a):
    a[1] = a[0]
    if a[0] > 100:
        pass
    return a[1]


@program(inputs=at([1.0, 1.0, 1.0, 1.0], [5.0, 6.0]), value=33.0, gradient=(array(1, 0, 0, 4), array(2, 3)))
def slice_written(a, b):
    a[1:3] = b
    return a[0] * 1 + a[1] * 2 + a[2] * 3 + a[3] * 4


# ---------------------------------------------------------------- G: optional values and exceptions


@program(inputs=at(10.0, 1.0), value=100.0, gradient=(20.0, 0.0))
def optional_argument(x, v):
    return x * x if v is not None else 10.0


@program(inputs=at(2.0), value=4.0, gradient=4.0)
@program(inputs=at(-2.0), value=-4.0, gradient=2.0)
def handled_exception(x):
    try:
        if x < 0:
            raise ValueError("negative")
        r = x * x
    except ValueError:
        r = 2 * x
    return r


@program(inputs=at(-2.0), value=-10.0, gradient=5.0)
@program(inputs=at(2.0), value=7.0, gradient=1.0)
def raise_after_a_partial_mutation(x):
    s = x
    try:
        s = s + 5
        if x < 0:
            s = 5 * x
            raise ValueError
    except ValueError:
        pass
    return s


@program(inputs=at(2.0), value=40.0, gradient=20.0)
def payload_that_is_constant(x):
    match ("b", 4, 5):
        case ("a", factor):
            return x * factor
        case ("b", first, second):
            return x * first * second
        case _:
            return 0.0


@program(inputs=at(-2.0), value=-6.0, gradient=3.0)
@program(inputs=at(2.0), value=4.0, gradient=4.0)
def payload_that_is_active(x):
    tagged = ("square", x * x) if x > 0 else ("triple", 3 * x)
    match tagged:
        case ("square", value):
            return value
        case ("triple", value):
            return value
        case _:
            return 0.0
