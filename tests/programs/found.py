"""Programs that once had a wrong derivative or none, most of them found by random programs, made small."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.programs.catalogue import at, program


@program(inputs=at([0.0, 1.0, 2.0, 3.0], 2.0), value=7.0, gradient=([0.0, 0.0, 0.0, 1.0], 2.0))
def term_added_to_a_view_in_a_loop(w, m):
    for _ in range(4, 0, -2):
        w[1:] += m
    return w[3]


@program(inputs=lambda rng: (rng.normal(size=4), 0.4))
@program(inputs=lambda rng: (rng.normal(size=4), -0.4))
def while_inside_a_branch(a, x):
    q = x
    if x > 0:
        k = 0
        while k < 3:
            q = np.tanh(q * a[k])
            k += 1
    return q * x


@program(inputs=lambda rng: (rng.normal(size=(3, 3)), np.array([1.0, 1.0])))
@program(inputs=lambda rng: (rng.normal(size=(3, 3)), np.array([1.0, -1.0])))
def array_saved_inside_a_branch(m, c):
    q = c[0]
    if c[1] > 0:
        for v in c:
            q = np.sum(m.T * q) * v
            m *= 0.5
    return q + np.sum(m)


@program(inputs=lambda rng: (rng.normal(size=(2, 3)),))
def array_copied_in_each_iteration(a):
    s = 0.0
    for _ in range(2):
        m = a.copy()
        s = np.sum(m * s + m)
    return s


@program(inputs=lambda rng: (rng.normal(size=3), 0.7))
@program(inputs=lambda rng: (rng.normal(size=3), -0.7))
def written_in_one_branch_and_new_in_the_other(w, x):
    if x > 0:
        w[2] = 0.25 * x
    else:
        w = w * x
    return np.sum(w * w)


@program(inputs=lambda rng: (rng.uniform(0.2, 0.9, size=3), 1.3))
def made_anew_in_a_branch_of_a_loop(w, x):
    for _ in range(4):
        w[0] += x
        if w[0] > 2.0:
            w = np.tanh(w) * 2.0
        w[1] *= x
    return np.sum(w * w)


@program(inputs=lambda rng: (rng.normal(size=5),))
def two_sums_multiplied(x):
    a = 0.0
    b = 0.0
    for v in x:
        a += v * v
        b += np.sin(v)
    return a * b


@program(inputs=lambda rng: (rng.uniform(0.5, 1.5, size=3), rng.uniform(0.5, 1.5, size=(3, 3))))
def turned_and_stored_in_each_iteration(a, m):
    for row in m:
        row /= a
    for _ in range(0, 5, 2):
        m = m.T
        a[0] = np.mean(m)
    return np.sum(m * m) * a[0]


@program(inputs=lambda rng: tuple(rng.uniform(0.5, 1.5, size=33)))
def many_numbers(
    a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, c0, c1, c2, c3, c4, c5,
    c6, c7, c8, c9, d0, d1, d2,
):  # fmt: skip
    first = a0 * a1 * a2 * a3 * a4 * a5 * a6 * a7 * a8 * a9 + np.sin(d0 * d1 * d2)
    second = b0 * b1 * b2 * b3 * b4 * b5 * b6 * b7 * b8 * b9
    return first * second + c0 * c1 * c2 * c3 * c4 * c5 * c6 * c7 * c8 * c9


@program(inputs=lambda rng: (rng.normal(size=(2, 4)),))
def minimum_overwritten(b):
    c = np.min(b, axis=1)
    d = np.max(b, axis=0)
    s = c[-1] * c[0] + d[1]
    c[0] = 2.0
    d *= c[0]
    return s + np.sum(d)


@program(inputs=lambda rng: (rng.normal(size=3), rng.normal(size=4)))
def index_that_turns_negative(y, x):
    for i in range(1, -3, -1):
        y[i] = x[i + 2] * (i + 3.0)
    return y[1] * y[2] + y[0]


@program(inputs=lambda rng: (rng.normal(size=3), rng.normal(size=4), -2))
@program(inputs=lambda rng: (rng.normal(size=3), rng.normal(size=4), 0))
def index_that_starts_negative(y, x, k):
    for i in range(k, 2):
        y[i] = x[i + 2] * (i + 3.0) * y[i]
    return y[1] * y[2] + y[0]


@program(inputs=lambda rng: (rng.normal(size=(2, 3)), 1))
def element_of_a_scaled_copy(b, j):
    m = b.copy()
    m *= 0.9
    return m[0, j] + np.sum(b)


@program(inputs=at([1.3], [0.4], 0))
@program(inputs=at([1.3], [0.4], 2))
def length_known_only_in_the_outer_loop(a, b, n):
    for x in b:
        k = 0
        while k < n:
            a = x * b[::2]
            k += 1
        a = np.full(1, np.mean(a * a))
    return np.sum(a)


@program(inputs=lambda rng: (rng.normal(size=9), rng.normal(size=4)))
def view_that_moves_against_its_index(a, c):
    n = len(c)
    for i in range(n):
        v = a[n - i :]
        v[i] = v[i] * c[i] + c[i] * c[i]
    return np.sum(a)


@program(inputs=lambda rng: (rng.normal(size=9), rng.normal(size=4)))
def view_whose_element_is_overwritten_later(a, c):
    n = len(c)
    s = 0.0
    for i in range(n):
        v = a[n - i :]
        s += np.sin(v[i]) * v[i]
        v[i + 1] = c[i]
        v[i] += s
    return s + np.sum(a)


@program(inputs=lambda rng: (rng.normal(size=3), rng.normal(size=(1, 1)), 1))
@program(inputs=lambda rng: (rng.normal(size=3), rng.normal(size=(1, 1)), 3))
def array_of_another_size_after_no_iteration(c, b, n):
    for i in range(1, n):
        c = b.reshape(-1) * i
    return np.sum(c * c)


@program(inputs=at(0.3, [-0.8, -1.6, 1.1], 0.2))
def array_that_a_loop_runs_over_is_replaced(t, v, total):
    for step in range(0, 2, 1):
        for i, q in enumerate(v):
            v = np.full(3, q * t)
            t = t + v[i] * v[0]
    v[0] -= 0.5
    return total * t


@program(inputs=lambda rng: (rng.normal(size=3),))
def array_divided_by_a_product_of_its_own(a):
    a /= np.dot(a, np.ones(3))
    return np.sum(a * np.array([1.0, 2.0, 3.0]))


@program(inputs=lambda rng: (rng.normal(size=3),))
def array_divided_by_its_product_and_summed(a):
    a /= np.dot(a, np.ones(3))
    return np.sum(a)


@program(inputs=lambda rng: (rng.normal(size=3),))
def last_value_is_also_part_of_a_tuple(c):
    here = (1.0, (c[0], np.sin(c[2])))
    z = here[1][1]
    return z * here[1][1] + here[1][0]


@program(inputs=at(1.5))
def list_rebound_after_a_generator_over_it(x):
    items = [x, 2 * x]
    squares = (v * v for v in items)
    items = [50 * x]
    return sum(squares) + items[0]


@program(inputs=at(1.5))
def generators_handed_on(x):
    def mean(items):
        kept = list(items)
        return sum(kept) / len(kept)

    def mean_of_squares(items):
        return mean(v * v for v in items)

    return mean_of_squares(k * x for k in (1.0, 2.0, 3.0))


@program(inputs=lambda rng: ([("mul", 2.0), ("add", 0.5), ("pow", 1.5), ("add", 0.1)], 1.3))
def stack_of_unequal_steps(steps, x):
    while steps:
        name, k = steps.pop()
        x = {"mul": x * k, "add": x + k, "pow": x**k}[name]
    return x


@program(inputs=at(1.5))
def things_to_do_that_add_others(x):
    todo, s = ["add", 1.0, ("scale", 2)], 0.0
    while todo:
        task = todo.pop()
        if task == "add":
            s += x
        elif isinstance(task, tuple):
            s *= x * task[1]
            todo.append("add")
        else:
            s *= task
    return s


@program(inputs=at(1.5))
def nested_pairs_walked(x):
    rest, s = (1.0, (2.0, (3.0, None))), 0.0
    while rest is not None:
        value, rest = rest
        s = s * x + value
    return s


@program(inputs=lambda rng: (rng.normal(size=3), 0))
def part_of_a_copy_that_becomes_the_original(w, n):
    b = w.copy()
    for _ in range(n):
        b[1:] = w[1:]
        w = b.copy()
    return np.sum(b)


@program(inputs=at(1.5, 1))
def function_chosen_by_the_second_test(x, step):
    apply = lambda v: 0.5 * v  # noqa: E731  # as people write it
    if step > 3:
        pass
    elif step:
        apply = lambda v: v * v * x  # noqa: E731
    return apply(x)


@program(
    inputs=lambda rng: (rng.normal(size=3), rng.normal(size=(3, 2))),
)
def vector_in_a_product_and_in_a_sum(u, b):
    return np.sum(u) + np.sum(u @ b)


@dataclass
class Bead:
    place: float
    pull: float


@program(inputs=lambda rng: (0.3, rng.normal(size=5)))
def parts_of_a_list_of_objects_that_a_loop_changes(stiffness, places):
    beads = []
    for place in places:
        beads.append(Bead(place, 0.0))
    for bead, following in zip(beads, beads[1:]):
        following.place += stiffness * bead.place
    for k, bead in enumerate(beads):
        for other in beads[k + 1 :]:
            pull = stiffness / (1.0 + (bead.place - other.place) ** 2)
            bead.pull -= pull
            other.pull += pull * bead.place
    return sum(bead.place * bead.pull for bead in beads)


@program(inputs=at(1.5, 6))
def taken_out_if_it_is_there(x, n):
    items, absent = [2 * k for k in range(n)], 0.0
    for wanted in (4, 5, 6, 100):
        try:
            items.remove(wanted)
        except ValueError:
            absent += x
    return absent * sum(items)


@program(inputs=lambda rng: (-0.1, rng.normal(size=5), rng.normal(size=(5, 3))))
def numbers_exchanged_in_a_loop_that_changes_rows(x, v, m):
    for _ in range(2):
        p = np.mean(v)
        for w in m:
            p, x = x, p
            w[-3:1] -= p * v[0]
    return x + np.sum(m * m)


@program(inputs=at([0.3, 1.2, -0.5, 0.8, 1.9, 0.2, 0.7, 0.4]))
def length_of_an_array_that_gets_shorter_decides(a):
    while len(a) > 1:
        a = (a[::2] + a[1::2]) / 2
    return np.sum(a)


@program(inputs=lambda rng: (rng.normal(size=(3, 3)) + 3 * np.eye(3),))
def determinant_by_smaller_and_smaller_matrices(a):
    d = 1.0
    while a.shape[0] > 0:
        d *= a[0, 0]
        a = a[1:, 1:] - np.outer(a[1:, 0], a[0, 1:]) / a[0, 0]
    return d


@program(inputs=at([0.3, 1.2, -0.5, 0.8, 1.9], [0.2, 0.7]))
def array_that_gets_longer_as_another_gets_shorter(a, b):
    while len(a) > len(b):
        a, b = a[1:] * b[0], np.append(b, a[0])
    return np.sum(a) * np.sum(b)


@program(inputs=at([-1.0, 0.7, 2.0], [-1.0, 0.0, 1.5]))
def singular_where_it_is_not_chosen(x, y):
    positive = np.maximum(x, 0)
    roots = np.where(x > 0, x * np.sqrt(positive) ** 3, x * x)
    scaled = np.where(x > 0, np.sqrt(positive) * x, 0.0) * np.cbrt(np.clip(x, 0, 1))
    wave = np.where(y == 0, 1.0, np.sin(y) / np.where(y == 0, 1.0, y))
    return np.sum(roots * wave) + np.sum(scaled)


@program(inputs=at([-1.0, 0.5, 2.0], [-0.3, 0.2, 0.8]))
def full_truncation_of_a_variance(v, z):
    for _ in range(3):
        positive = np.maximum(v, 0)
        v = v + 0.3 * (0.04 - positive) + np.sqrt(positive * 0.25) * z - 0.1
    return np.sum(v * v)


@program(inputs=at([0.3, 1.2, -0.5, 0.8]))
def row_taken_is_a_copy(x):
    a = np.reshape(x * 1.0, (2, 2))
    row, column = np.take(a, 1, axis=0), a.take(-1, axis=1)
    a[1] = 0.0
    column[0] *= 2
    return np.sum(a * a) + np.sum(row * column)


@program(inputs=at([0.7, 1.2, -0.5, 0.8]))
def truth_values_of_an_array_stay_truth_values(x):
    m = x > 0.5
    both = m[0] + m[1]  # not 2
    return x[0] * both + x[1] * (2.0 if ~m[2] else 3.0) + x[2] * (np.max(m) + np.add(m[0], True))


@program(inputs=at([[0.7, 1.2, -0.5], [0.8, -0.1, 0.4]]))
def parts_of_one_column_or_row_are_broadcast(x):
    scaled = x[:, :1] * x + x[-1:] / x[:, 1:2]
    for k in range(x.shape[1]):
        scaled[:, 1:] -= x[:, k : k + 1]
    return np.sum(scaled * x[1:])
