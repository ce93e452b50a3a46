"""Arrays of indices and masks at work: sparse matrices, lookups, meshes, particles, permutations."""

from __future__ import annotations

import numpy as np

from tests.programs.catalogue import program

STARTS = np.array([0, 2, 2, 5, 6])
COLUMNS = np.array([0, 3, 1, 2, 0, 3])
ROWS = np.array([0, 0, 2, 2, 2, 3])
EDGES = np.array([[0, 1], [1, 2], [2, 0], [2, 3], [3, 0]], dtype=np.int32)
TOKENS = np.array([[1, 0, 1], [4, 1, -2]])


@program(inputs=lambda rng: (rng.normal(size=6), rng.normal(size=4), COLUMNS, STARTS))
def sparse_rows_times_vector(values, x, columns, starts):
    total = 0.0
    for row in range(len(starts) - 1):
        part = slice(starts[row], starts[row + 1])
        total += np.tanh(np.sum(values[part] * x[columns[part]])) ** 2
    return total


@program(inputs=lambda rng: (rng.normal(size=6), rng.normal(size=4), ROWS, COLUMNS))
def sparse_power_iteration(values, x, rows, columns):
    for _ in range(4):
        y = np.zeros(len(x))
        np.add.at(y, rows, values * x[columns])
        x = y / (1.0 + np.sqrt(np.sum(y * y)))
    return np.sum(x**3)


@program(inputs=lambda rng: (rng.normal(size=(5, 3)), rng.normal(size=3), TOKENS))
def embeddings_looked_up_and_scattered(table, weight, tokens):
    found = np.tanh(table[tokens] * weight)
    counts = np.zeros(table.shape)
    np.add.at(counts, tokens, found)
    table[tokens[0]] *= 0.5
    return np.sum(counts * table) + np.sum(found[:, -1])


@program(inputs=lambda rng: (rng.normal(size=(4, 2)), rng.uniform(0.5, 1.5, 5), EDGES))
def springs_of_a_mesh(points, stiffness, edges):
    velocity = np.zeros(points.shape)
    for _ in range(3):
        first, second = edges[:, 0], edges[:, 1]
        apart = points[first] - points[second]
        length = np.sqrt(np.sum(apart * apart, axis=1) + 0.1)
        pull = (stiffness * (length - 1.0) / length)[:, None] * apart
        force = np.zeros(points.shape)
        np.subtract.at(force, first, pull)
        np.add.at(force, second, pull)
        velocity += 0.1 * force
        points = points + 0.1 * velocity
    return np.sum(points**2) + np.sum(velocity[[0, 3]])


@program(inputs=lambda rng: (rng.normal(size=5), np.array([2, 0, 4, 1, 3])))
def permuted_again_and_again(x, order):
    total = 0.0
    for step in range(4):
        x = x[order] * 1.1
        order = order[::-1]
        total += x[step] * x[0]
    return total + np.sum(np.sin(x))


@program(inputs=lambda rng: (rng.normal(size=6), np.array([1, 4, 2])))
def indices_that_change_in_place(x, idx):
    y = x * 1.0
    for step in range(5):
        y[idx] = np.sin(y[idx]) + 0.5 * y[idx - 1]
        idx += step
        idx %= 6
    return np.sum(y * y)


@program(inputs=lambda rng: (rng.uniform(0.5, 2.0, 6), 0.7))
def particles_that_drop_out(energy, loss):
    alive = energy > 0.0
    spent = 0.0
    while np.sum(alive) > 1:
        energy[alive] -= loss * np.sqrt(energy[alive] + 1.0)
        spent = spent + np.sum(energy[alive] ** 2)
        alive = alive & (energy > 0.3)
    return spent + np.sum(energy)


@program(inputs=lambda rng: (rng.normal(size=6), rng.normal(size=3), np.array([1, 1, 5])))
def the_last_of_repeated_writes(x, v, idx):
    y = x * x
    y[idx] = v
    z = np.zeros(6)
    z[idx] += v * y[idx]
    return np.sum(y**3) + np.sum(z * x)


def chosen(values, mask, scale):
    """A callee that selects and writes."""
    out = values * scale
    out[mask] = scale
    return out[~mask] if scale > 0 else out[mask]


@program(inputs=lambda rng: (rng.normal(size=6), 0.8))
@program(inputs=lambda rng: (rng.normal(size=6), -0.8))
def masks_in_branches_and_callees(x, scale):
    if np.sum(x[x > 0]) > 1.0:
        x = np.where(x > 0, x * x, x)
        rest = x[x < 0] ** 3
    else:
        rest = x[:2] * 3.0
    return np.sum(chosen(x, x > 0.1, scale) ** 2) + np.sum(rest)


@program(inputs=lambda rng: (rng.normal(size=(3, 4)), np.array([[2], [0], [3]])))
def picked_by_label(scores, labels):
    peak = np.max(scores, axis=1, keepdims=True)
    norm = peak + np.log(np.sum(np.exp(scores - peak), axis=1, keepdims=True))
    return np.mean(norm - np.take_along_axis(scores, labels, axis=1))


@program(inputs=lambda rng: (rng.normal(size=8), np.array([0, 0, 3, 1, 3, 3, 1, 0])))
def sums_and_products_of_groups(x, group):
    sums, products = np.zeros(4), np.ones(4)
    for k in range(len(x)):
        sums[group[k]] += x[k]
        products[group[k]] *= x[k]
    return np.sum(sums**2) + np.sum(products)


@program(inputs=lambda rng: (rng.normal(size=(4, 4)), rng.normal(size=4)))
def triangles_and_diagonals_written(a, d):
    b = a * 1.0
    b[np.triu_indices(4, 1)] = 0.0
    b[np.diag_indices(4)] = np.exp(d)
    view = b.T
    view[np.ix_([0, 1], d > -9.0)] *= 2.0
    return np.sum(b @ b.T)


@program(inputs=lambda rng: (rng.normal(size=6), np.array([3, 0, 3])))
def overlapping_reads_and_writes(x, idx):
    y = x * 1.0
    y[idx] = y[2:5]
    y[1:4] = y[idx]
    y[y > 0.5] = np.sum(y)
    return np.sum(y * y) + np.sum(x[idx])


@program(inputs=lambda rng: (rng.normal(size=(3, 4)), 2))
def ranges_where_numpy_takes_arrays(x, n):
    rows = range(n)
    y = x * 1.0
    y[rows, range(1, n + 1)] = 0.0
    y[:, rows] *= np.asarray(range(n))
    np.add.at(y, (rows, [0] * 2), 2.0)
    weighted = (x @ range(4)).sum() + np.dot(range(3), x[:, 1]) + x.dot(range(4)).sum()
    stacked = np.vstack([range(4), x[0], range(1, 5)])
    area = np.trapezoid(x[0], range(4)) + np.interp(1.5, range(4), x[1])
    return np.sum(y * y) + weighted + stacked.prod() + area + x.take(range(n)).sum() * len(rows)


@program(inputs=lambda rng: (rng.normal(size=(4, 5)), np.array([0, 2, 1, 4])))
def labels_chosen_and_lowered_by_row(scores, labels):
    rows = np.arange(len(labels))
    peak = scores - scores.max(axis=1, keepdims=True)
    loss = np.mean(np.log(np.exp(peak).sum(axis=1)) - peak[rows, labels])
    residual = scores.copy()
    residual[rows, labels] -= 1.0
    one_hot = np.zeros(scores.shape)
    one_hot[rows, labels] = 1.0
    return loss + np.sum(residual**3) + np.sum(one_hot * scores)


@program(inputs=lambda rng: (rng.normal(size=9), 4))
def windows_and_bands_by_places(x, n):
    places = np.arange(n)
    windows = x[np.arange(len(x) - n + 1)[:, None] + places]
    banded = np.zeros((9, 9))
    every = np.arange(9)
    banded[every, every] = x
    banded[every[:-1], every[1:]] = 2.0 * x[:-1]
    distances = np.abs(np.subtract.outer(places, places))
    none = x[np.arange(n - 4) + 20]
    moved = np.arange(n)
    moved[0] = 8
    return (
        np.sum(windows.mean(axis=1) ** 2) + np.sum(banded @ banded * np.cos(x)) + np.sum(x[distances] ** 3)
        + np.sum(none) + np.sum(x[moved] * x[-places] * x[2 * places + 1]) + np.sum(x[places] ** 2)
    )  # fmt: skip


@program(inputs=lambda rng: (rng.normal(size=(5, 6)), 3))
def part_of_the_diagonal(a, n):
    rows = np.arange(n)
    b = a * 1.0
    b[rows, rows + 1] *= a[rows, rows]
    np.add.at(b, (rows % 2, rows), 2.0 * a[rows, 0])
    return np.sum(b * b) + np.sum(np.take_along_axis(a, rows[None, :] + np.zeros((5, 1), int), axis=1) ** 2)
