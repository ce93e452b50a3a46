"""Arrays put together, padded, rolled and sorted, in whole functions."""

from __future__ import annotations

import numpy as np

from tests.programs.catalogue import at, program

IMAGE = np.array([[0.3, -1.0, 2.0, 0.7], [1.5, 0.2, -0.4, 1.1], [0.9, -0.6, 0.8, 2.2]])


@program(inputs=at(IMAGE, np.array([[0.1, 0.2, 0.1], [0.3, 0.9, 0.2], [0.0, 0.4, -0.1]])))
def filtered_image(image, kernel):
    padded = np.pad(image, 1, mode="edge")
    out = np.zeros_like(image)
    for i in range(3):
        for j in range(3):
            out += kernel[i, j] * padded[i : i + image.shape[0], j : j + image.shape[1]]
    return np.sum(np.tanh(out))


@program(inputs=at([1.0, 0.4, -0.3, 0.8, 0.1], 0.2, 4))
def advected_on_a_ring(u, rate, steps):
    for _ in range(steps):
        u = u - rate * (u - np.roll(u, 1)) + 0.1 * (np.roll(u, -1) - 2.0 * u + np.roll(u, 1))
    return np.sum(u * u)


@program(inputs=at([0.3, -1.2, 2.0, 0.9, -0.1, 1.4], 0.25))
def trimmed_spread(x, share):
    ordered = np.sort(x)
    cut = int(len(x) * share)
    kept = ordered[cut : len(x) - cut]
    weights = np.linspace(share, 1.0, len(kept))
    return np.sum(weights * kept**2) + np.median(np.array([share, 0.5, 1.0]))


@program(inputs=at([0.1, 0.9, 1.7, 2.4], [0.0, 1.0, 2.0, 3.0], [1.0, 0.5, 2.5, 2.0]))
def table_lookup(x, knots, values):
    found = np.interp(x, knots, values, left=0.0)
    weights = np.bincount(np.digitize(x, knots), weights=found, minlength=5)
    return np.sum(weights**2)


@program(inputs=at([0.5, 1.5, -0.7], [0.2, 0.3]))
def bordered_matrix(d, border):
    inner = np.diag(d) + np.tril(d[:, None] * d, -1)
    rows = np.tile(border[:, None], (1, 3))
    whole = np.block([[inner, rows.T], [rows, np.eye(2)]])
    left, right = np.hsplit(whole, [2])
    return np.trace(whole @ whole) + np.sum(left[::-1] ** 2) + np.sum(np.flip(right) * np.triu(right))


@program(inputs=at([0.3, 0.7], 3))
def window_of_states(x, steps):
    window = np.stack([x, 0.5 * x, x * x])
    for _ in range(steps):
        newest = np.sin(window[0]) + 0.3 * window[-1]
        window = np.concatenate([newest[None], window[:-1]])
    return np.sum(window * np.arange(1.0, 4.0)[:, None])
