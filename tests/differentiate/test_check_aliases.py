"""Second names of arrays: which are followed, and which are refused because their updates cannot be."""

from __future__ import annotations

import numpy as np
import pytest

from autodiff_compiler import AliasedMutation, value_with_gradient
from tests.programs.catalogue import directional_derivative, inner, random_direction

SLOPES = (1.3, -0.7)  # values of `x`, one for each branch


def bound_again_in_each_iteration(w, x):
    s = 0.0
    for _ in range(2):
        u = w
        for _ in range(3):
            u[0] = u[0] * x
            u = u * 1.5
        s += u[0]
    return s


def two_names_enter_a_loop(a, x):
    u = a
    v = a
    s = 0.0
    for _ in range(3):
        u[0] *= x
        s += v[0] * v[1]
        u = u * 1.0
        v = v * 2.0
    return s


def array_and_its_view_carried(a, x):
    u = a * 1.0
    v = a[1:] * 1.0
    s = 0.0
    for _ in range(3):
        v[0] *= x
        s += u[1] * u[0]
        u = u * x
        v = u[1:]
    return s + v[0]


def old_name_is_carried_on(a, b, x):
    u = a * 1.0
    z = b * 1.0
    for i in range(4):
        if x > i - 1:
            v = u
        else:
            v = b.copy()
        v[0] *= x
        u, z = z, u
    return u[0] * z[0]


def second_name_outlives_the_first(w, z, x):
    r = w if x > 0 else z
    w[0] = 2 * w[0] * w[1]
    for _ in range(3):
        w[0] *= x
        w = w * 1.5
    r[0] += 1.0
    r[1] *= x
    return np.sum(r * r) + np.sum(w)


def view_outlives_the_first(w, x):
    v = w[1:]
    for _ in range(3):
        w[1] *= x
        w = w * 1.5
    return np.sum(v) + np.sum(w)


def same_name_for_both(w, x):
    b = w
    b[0] *= x
    return np.sum(w * b)


def swapped_in_a_loop(w, z, x):
    for _ in range(3):
        w[0] = z[1] * x
        w, z = z, w
    return np.sum(w) * z[0]


def swapped_in_a_branch(w, z, x):
    if x > 0:
        w, z = z, w
    w[0] = z[1] * x
    return np.sum(w * z)


def chosen_and_both_used(w, z, x):
    r = w if x > 0 else z
    r[0] = r[1] * x
    return np.sum(w) * z[0] + np.sum(r * w)


def new_in_each_iteration(w, x):
    for _ in range(3):
        w[0] *= x
        w = w * x
        w[1] += w[0]
    return np.sum(w * w)


def replaced_in_one_branch(w, x):
    if x > 0:
        w[2] = 0.25 * x
    else:
        w = w * x
    w[0] *= x
    return np.sum(w * w)


REFUSED = (
    bound_again_in_each_iteration,
    two_names_enter_a_loop,
    array_and_its_view_carried,
    old_name_is_carried_on,
    second_name_outlives_the_first,
    view_outlives_the_first,
)
FOLLOWED = (
    same_name_for_both,
    swapped_in_a_loop,
    swapped_in_a_branch,
    chosen_and_both_used,
    new_in_each_iteration,
    replaced_in_one_branch,
)


def arguments(function, x: float) -> tuple:
    rng = np.random.default_rng(0)
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    return tuple(x if name == "x" else rng.normal(size=3) for name in names)


@pytest.mark.parametrize("function", REFUSED)
def test_refused(function):
    with pytest.raises(AliasedMutation, match=r"two names of one array(.|\n)*copy\(\)"):
        value_with_gradient(of=function)(*arguments(function, 1.3))


@pytest.mark.parametrize("x", SLOPES)
@pytest.mark.parametrize("function", FOLLOWED)
def test_followed(function, x: float, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    given = arguments(function, x)
    value, gradients = value_with_gradient(of=function)(*given)
    direction = random_direction(given, np.random.default_rng(1), (True,) * len(given))
    assert inner(direction, gradients) == pytest.approx(
        directional_derivative(function, given, direction), rel=1e-7
    )
    assert value == pytest.approx(function(*arguments(function, x)))
