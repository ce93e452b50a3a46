"""Reading and writing parts of arrays: elements, slices, rows, aliases, whole arrays."""

from __future__ import annotations

import numpy as np

from tests.programs.catalogue import at, program


@program(inputs=at([2.0, 3.0]), value=20.0, gradient=[0.0, 1.0])
def overwritten_element(b):
    b[0] = 17.0
    return b[0] + b[1]


@program(inputs=at([2.0]), value=3.0, gradient=[1.0])
def element_updated_in_place(a):
    a[0] = a[0] + 1
    return a[0]


@program(inputs=at([1.0, 2.0, 3.0, 4.0], 2.0), value=11.0, gradient=([1.0, 1.0, 2.0, 0.5], 2.0))
def augmented_forms(a, x):
    a[0] += x
    a[1] -= x
    a[2] *= x
    a[3] /= x
    return a[0] + a[1] + a[2] + a[3]


@program(inputs=at([2.0, 3.0]), value=54.0, gradient=[27.0, 54.0])
def one_element_written_in_a_loop(a):
    for _ in range(3):
        a[0] = a[0] * a[1]
    return a[0]


@program(inputs=at([1.0, 2.0], 3.0, np.array([0, 1, 0])), value=70.0, gradient=([5.0, 7.0], 17.0))
def index_that_is_data(a, v, idx):
    for k in range(len(idx)):
        a[idx[k]] += v
    return 5 * a[0] + 7 * a[1]


@program(inputs=at([5.0]), value=10.0, gradient=[2.0])
def alias_sees_the_write(a):
    b = a
    b[0] *= 2
    return a[0]


@program(inputs=at([1.0, 1.0, 1.0, 1.0], [5.0, 6.0]), value=33.0, gradient=([1.0, 0.0, 0.0, 4.0], [2.0, 3.0]))
def slice_write(a, b):
    a[1:3] = b
    return a[0] + 2 * a[1] + 3 * a[2] + 4 * a[3]


@program(inputs=lambda rng: (rng.normal(size=(3, 3)),))
def elements_of_a_matrix(a):
    b = np.zeros((3, 3))
    for i in range(3):
        for j in range(3):
            b[i, j] = a[i, j] * a[j, i]
            b[j, i] += np.sin(a[i, j])
    return b[0, 1] + b[1, 2] * b[2, 0] + b[-1, -1]


@program(inputs=lambda rng: (rng.normal(size=6), 0.7))
def slices_with_steps_and_negative_bounds(a, x):
    a[::2] *= x
    a[-2:] += a[:2]
    a[1:-1] = a[1:-1] * a[2:]
    return np.sum(a[::-1] * a)


@program(inputs=lambda rng: (rng.normal(size=(4, 3)), rng.normal(size=3)))
def rows_and_columns(a, v):
    a[0] = v
    a[1, :] += 2.0 * v
    a[:, 2] = a[:, 0] * a[:, 1]
    a[2:, 1] -= v[1]
    return np.sum(a[-1] * v) + np.sum(a[:, 2])


@program(inputs=lambda rng: (rng.normal(size=(3, 4)),))
def view_of_a_row_written_through(a):
    for i in range(a.shape[0]):
        row = a[i]
        for j in range(1, a.shape[1]):
            row[j] += row[j - 1] * 0.5
    return np.sum(a * a)


@program(inputs=lambda rng: (rng.normal(size=5),))
def views_of_views(a):
    inside = a[1:]
    deeper = inside[1:3]
    deeper[0] = deeper[1] * a[0]
    inside[0] = a[2] + deeper[0]
    return np.sum(a * a)


@program(inputs=lambda rng: (rng.normal(size=4), rng.normal(size=4)))
def rebinding_makes_a_new_array(a, b):
    c = a
    a = a + b
    a[0] = c[1] * a[1]
    c[2] *= 3.0
    return np.sum(a * c)


@program(inputs=lambda rng: (rng.normal(size=4), rng.normal(size=4)))
def augmented_array_is_in_place(a, b):
    c = a
    a += b
    a *= c
    return np.sum(c)


@program(inputs=lambda rng: (rng.normal(size=5),))
def copy_is_independent(a):
    b = a.copy()
    c = np.copy(a)
    b[0] = 3.0 * a[1]
    a[1] = b[0] * c[2]
    return np.sum(a * b * c)


@program(inputs=lambda rng: (rng.normal(size=5), 2.0))
def fill_and_whole_array_assignment(a, x):
    b = np.empty(5)
    b[:] = x
    b[:] = b * a
    c = np.empty_like(a)
    c[...] = a
    c[1:4] = x * x
    return np.sum(b * c)


@program(inputs=lambda rng: (rng.normal(size=5),))
def swap_of_elements(a):
    for i in range(len(a) // 2):
        j = len(a) - 1 - i
        a[i], a[j] = a[j], a[i] * 2.0
    return a[0] * a[1] + a[3] * a[4]


@program(inputs=lambda rng: (rng.uniform(0.5, 2.0, size=6),))
def prefix_products_in_place(a):
    for i in range(1, len(a)):
        a[i] *= a[i - 1]
    return np.sum(a)


@program(inputs=lambda rng: (rng.normal(size=(3, 3)), np.array([2, 0, 1])))
def gather_by_integer_array(a, order):
    total = 0.0
    for i in range(len(order)):
        total += a[i, order[i]] * a[order[i], i]
    return total


@program(inputs=lambda rng: (rng.normal(size=(2, 3, 4)),))
def three_axes(a):
    total = 0.0
    for i in range(a.shape[0]):
        for k in range(a.shape[2]):
            a[i, 0, k] = a[i, 1, k] * a[i, 2, k]
        total += np.sum(a[i, 0] * a[i, 1])
    return total + a[1, 2, 3]


@program(inputs=lambda rng: (rng.normal(size=4), 3))
@program(inputs=lambda rng: (rng.normal(size=4), 0))
def write_at_a_given_position(a, k):
    a[k] = a[k] * a[k - 1] + 1.0
    return np.sum(a[: k + 1]) * a[k]


@program(inputs=lambda rng: (rng.normal(size=4),))
def histogram_like_accumulation(a):
    bins = np.zeros(3)
    for v in a:
        if v < -0.3:
            bins[0] += v
        elif v < 0.3:
            bins[1] += v * v
        else:
            bins[2] += np.exp(-v)
    return np.max(bins) * bins[0] + bins[1] - bins[2]
