"""Dense linear algebra by loops, as in a textbook, mostly in place."""

from __future__ import annotations

import math

import numpy as np

from tests.programs.catalogue import program


def well_conditioned(rng: np.random.Generator, n: int) -> np.ndarray:
    return rng.normal(size=(n, n)) + n * np.eye(n)


def positive_definite(rng: np.random.Generator, n: int) -> np.ndarray:
    a = rng.normal(size=(n, n))
    return a @ a.T + n * np.eye(n)


@program(inputs=lambda rng: (positive_definite(rng, 4),))
def cholesky_in_place(a):
    n = a.shape[0]
    for i in range(n):
        for j in range(i):
            for k in range(j):
                a[i, j] -= a[i, k] * a[j, k]
            a[i, j] /= a[j, j]
        for k in range(i):
            a[i, i] -= a[i, k] * a[i, k]
        a[i, i] = math.sqrt(a[i, i])
    total = 0.0
    for i in range(n):
        total += math.log(a[i, i]) + a[i, 0]
    return total


@program(inputs=lambda rng: (well_conditioned(rng, 5), rng.normal(size=5)))
def triangular_solve(lower, b):
    n = len(b)
    x = np.zeros(n)
    for i in range(n):
        x[i] = b[i]
        for j in range(i):
            x[i] -= lower[i, j] * x[j]
        x[i] = x[i] / lower[i, i]
    return np.sum(x * x)


@program(inputs=lambda rng: (well_conditioned(rng, 4),))
def lu_in_place(a):
    n = a.shape[0]
    for i in range(n):
        for j in range(i):
            for k in range(j):
                a[i, j] -= a[i, k] * a[k, j]
            a[i, j] /= a[j, j]
        for j in range(i, n):
            for k in range(i):
                a[i, j] -= a[i, k] * a[k, j]
    return np.sum(a * a)


@program(inputs=lambda rng: (well_conditioned(rng, 4), rng.normal(size=4)))
def elimination_with_row_slices(a, b):
    n = len(b)
    for k in range(n):
        for i in range(k + 1, n):
            factor = a[i, k] / a[k, k]
            a[i, k:] -= factor * a[k, k:]
            b[i] -= factor * b[k]
    x = np.zeros(n)
    for i in range(n - 1, -1, -1):
        x[i] = (b[i] - np.dot(a[i, i + 1 :], x[i + 1 :])) / a[i, i]
    return np.dot(x, x)


@program(inputs=lambda rng: (0.3 * rng.uniform(size=5),))
def durbin(r):
    n = len(r)
    y = np.zeros(n)
    z = np.zeros(n)
    y[0] = -r[0]
    beta = 1.0
    alpha = -r[0]
    for k in range(1, n):
        beta = (1 - alpha * alpha) * beta
        s = 0.0
        for i in range(k):
            s += r[k - i - 1] * y[i]
        alpha = -(r[k] + s) / beta
        for i in range(k):
            z[i] = y[i] + alpha * y[k - i - 1]
        for i in range(k):
            y[i] = z[i]
        y[k] = alpha
    return np.sum(y * y)


@program(inputs=lambda rng: (positive_definite(rng, 3), rng.normal(size=3)))
def power_iteration(a, v):
    for _ in range(6):
        w = a @ v
        v = w / np.sqrt(np.sum(w * w))
    return v @ a @ v


@program(inputs=lambda rng: (rng.normal(size=(4, 3)),))
def gram_schmidt(a):
    m, n = a.shape
    q = np.zeros((m, n))
    r = np.zeros((n, n))
    for k in range(n):
        norm = 0.0
        for i in range(m):
            norm += a[i, k] * a[i, k]
        r[k, k] = math.sqrt(norm)
        for i in range(m):
            q[i, k] = a[i, k] / r[k, k]
        for j in range(k + 1, n):
            for i in range(m):
                r[k, j] += q[i, k] * a[i, j]
            for i in range(m):
                a[i, j] -= q[i, k] * r[k, j]
    return np.sum(q[0]) + np.sum(r * r)


@program(inputs=lambda rng: (positive_definite(rng, 4), rng.normal(size=4)))
def conjugate_gradients(a, b):
    x = np.zeros_like(b)
    r = b - a @ x
    p = r
    rr = np.dot(r, r)
    for _ in range(3):
        ap = a @ p
        alpha = rr / np.dot(p, ap)
        x = x + alpha * p
        r = r - alpha * ap
        following = np.dot(r, r)
        p = r + following / rr * p
        rr = following
    return np.dot(x, x)


@program(inputs=lambda rng: (well_conditioned(rng, 3), rng.normal(size=(3, 4))))
def triangular_product_in_place(a, b):
    m, n = b.shape
    for i in range(m):
        for j in range(n):
            for k in range(i + 1, m):
                b[i, j] += a[k, i] * b[k, j]
            b[i, j] = 1.5 * b[i, j]
    return np.sum(b * b)


@program(inputs=lambda rng: (rng.normal(size=(3, 4)), rng.normal(size=(4, 2))))
def matrix_product_by_loops(a, b):
    c = np.zeros((a.shape[0], b.shape[1]))
    for i in range(a.shape[0]):
        for j in range(b.shape[1]):
            for k in range(a.shape[1]):
                c[i, j] += a[i, k] * b[k, j]
    return np.sum(np.sin(c))


@program(inputs=lambda rng: (rng.uniform(2.0, 3.0, size=5), rng.uniform(size=4), rng.normal(size=5)))
def thomas_algorithm(diagonal, side, rhs):
    n = len(rhs)
    for i in range(1, n):
        factor = side[i - 1] / diagonal[i - 1]
        diagonal[i] -= factor * side[i - 1]
        rhs[i] -= factor * rhs[i - 1]
    rhs[n - 1] /= diagonal[n - 1]
    for i in range(n - 2, -1, -1):
        rhs[i] = (rhs[i] - side[i] * rhs[i + 1]) / diagonal[i]
    return np.sum(rhs**2)
