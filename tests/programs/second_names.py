"""Arrays with several names, written through one of them and read through another."""

from __future__ import annotations

import numpy as np

from tests.programs.catalogue import program


@program(inputs=lambda rng: (rng.normal(size=6), 1.3))
@program(inputs=lambda rng: (rng.normal(size=6), -0.7))
def bound_again_in_each_iteration(w, x):
    s = 0.0
    for _ in range(2):
        u = w
        for _ in range(3):
            u[0] = u[0] * x
            u = u * 1.5
        s += u[0]
    return s


@program(inputs=lambda rng: (rng.normal(size=6), 1.3))
@program(inputs=lambda rng: (rng.normal(size=6), -0.7))
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


@program(inputs=lambda rng: (rng.normal(size=6), 1.3))
@program(inputs=lambda rng: (rng.normal(size=6), -0.7))
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


@program(inputs=lambda rng: (rng.normal(size=6), rng.normal(size=6), 1.3))
@program(inputs=lambda rng: (rng.normal(size=6), rng.normal(size=6), -0.7))
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


@program(inputs=lambda rng: (rng.normal(size=6), rng.normal(size=6), 1.3))
@program(inputs=lambda rng: (rng.normal(size=6), rng.normal(size=6), -0.7))
def second_name_outlives_the_first(w, z, x):
    r = w if x > 0 else z
    w[0] = 2 * w[0] * w[1]
    for _ in range(3):
        w[0] *= x
        w = w * 1.5
    r[0] += 1.0
    r[1] *= x
    return np.sum(r * r) + np.sum(w)


@program(inputs=lambda rng: (rng.normal(size=6), 1.3))
@program(inputs=lambda rng: (rng.normal(size=6), -0.7))
def view_outlives_the_first(w, x):
    v = w[1:]
    for _ in range(3):
        w[1] *= x
        w = w * 1.5
    return np.sum(v) + np.sum(w)


@program(inputs=lambda rng: (rng.normal(size=6), 1.3))
@program(inputs=lambda rng: (rng.normal(size=6), -0.7))
def same_name_for_both(w, x):
    b = w
    b[0] *= x
    return np.sum(w * b)


@program(inputs=lambda rng: (rng.normal(size=6), rng.normal(size=6), 1.3))
@program(inputs=lambda rng: (rng.normal(size=6), rng.normal(size=6), -0.7))
def swapped_in_a_loop(w, z, x):
    for _ in range(3):
        w[0] = z[1] * x
        w, z = z, w
    return np.sum(w) * z[0]


@program(inputs=lambda rng: (rng.normal(size=6), rng.normal(size=6), 1.3))
@program(inputs=lambda rng: (rng.normal(size=6), rng.normal(size=6), -0.7))
def swapped_in_a_branch(w, z, x):
    if x > 0:
        w, z = z, w
    w[0] = z[1] * x
    return np.sum(w * z)


@program(inputs=lambda rng: (rng.normal(size=6), rng.normal(size=6), 1.3))
@program(inputs=lambda rng: (rng.normal(size=6), rng.normal(size=6), -0.7))
def chosen_and_both_used(w, z, x):
    r = w if x > 0 else z
    r[0] = r[1] * x
    return np.sum(w) * z[0] + np.sum(r * w)


@program(inputs=lambda rng: (rng.normal(size=6), 1.3))
@program(inputs=lambda rng: (rng.normal(size=6), -0.7))
def new_in_each_iteration(w, x):
    for _ in range(3):
        w[0] *= x
        w = w * x
        w[1] += w[0]
    return np.sum(w * w)


@program(inputs=lambda rng: (rng.normal(size=6), 1.3))
@program(inputs=lambda rng: (rng.normal(size=6), -0.7))
def replaced_in_one_branch(w, x):
    if x > 0:
        w[2] = 0.25 * x
    else:
        w = w * x
    w[0] *= x
    return np.sum(w * w)


@program(inputs=lambda rng: (rng.normal(size=(3, 3)), 1.3))
@program(inputs=lambda rng: (rng.normal(size=(3, 3)), -0.7))
def bound_to_a_row(m, x):
    b = m[0]
    for i in range(3):
        b[i] *= x
        m[i] += b * x
        b = m[i]
    return np.sum(b * m[1])


@program(inputs=lambda rng: (rng.normal(size=6), 1.3))
@program(inputs=lambda rng: (rng.normal(size=6), -0.7))
def bound_to_parts_with_gaps(w, x):
    b = w[::-1]
    for i in range(4):
        b[-1] += x * w[i]
        b = b[::2] if i == 1 else w[i - 1 :: -2]
    b[0] *= x
    return np.sum(b) * np.sum(w * w)


@program(inputs=lambda rng: (rng.normal(size=6), 1.3))
@program(inputs=lambda rng: (rng.normal(size=6), -0.7))
def empty_part(w, x):
    b = w[1:0:-1]
    for i in range(3):
        if x > 0:
            b = w[:0:-1] if i == 1 else w[5:2:-2]
        w[i] *= x
        b += x * w[i]
    return np.sum(b) + np.sum(w * w)


@program(inputs=lambda rng: (rng.normal(size=6), 1.3))
@program(inputs=lambda rng: (rng.normal(size=6), -0.7))
def made_in_each_iteration_of_a_while(w, x):
    k, last = 0, w
    while k < 4:
        new = last * x
        new[k % 3] += w[k % 2]
        if k % 2 == 1:
            last = new
        else:
            w[k] *= x
        k += 1
    last[0] *= x
    return np.sum(w * w) + np.sum(last)


@program(inputs=lambda rng: (rng.normal(size=(3, 3)), 1.3))
@program(inputs=lambda rng: (rng.normal(size=(3, 3)), -0.7))
def chosen_matrix(m, x):
    b = m if x > 0 else m * 2.0
    m[0, 1] = b[2, 2] * x
    b[1, 1] *= m[0, 1]
    return np.sum(m * m) * np.sum(b)


@program(inputs=lambda rng: (rng.normal(size=5),))
def second_name_made_by_a_loop(x):
    u = x.copy()
    v = u * 2.0
    for _ in range(3):
        v[0] = v[0] * u[1]
        u = v
    return np.sum(u) + np.sum(v)
