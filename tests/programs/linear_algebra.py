"""Models on library linear algebra: solves, factors and eigenvalues inside ordinary code."""

from __future__ import annotations

import numpy as np
import scipy.linalg

from tests.programs.catalogue import program
from tests.programs.solvers import positive_definite


@program(inputs=lambda rng: (rng.normal(size=5), rng.normal(size=5), 0.7, 0.8))
def gaussian_process(x, y, scale, noise):
    n = len(x)
    kernel = np.exp(-0.5 * (x[:, None] - x[None, :]) ** 2 / scale**2) + noise**2 * np.eye(n)
    factor = scipy.linalg.cho_factor(kernel)
    weights = scipy.linalg.cho_solve(factor, y)
    return 0.5 * y @ weights + np.sum(np.log(np.diag(factor[0])))


@program(inputs=lambda rng: (
    0.3 * rng.normal(size=(3, 3)), rng.normal(size=(2, 3)), positive_definite(rng, 3),
    positive_definite(rng, 2), rng.normal(size=(4, 2)),
))  # fmt: skip
def kalman_filter(a, c, q, r, measured):
    x = np.zeros(len(a))
    p = np.eye(len(a))
    likelihood = 0.0
    for z in measured:
        x = a @ x
        p = a @ p @ a.T + q
        s = c @ p @ c.T + r
        gain = np.linalg.solve(s, c @ p).T
        error = z - c @ x
        likelihood -= 0.5 * (error @ np.linalg.solve(s, error) + np.linalg.slogdet(s)[1])
        x = x + gain @ error
        p = p - gain @ c @ p
    return likelihood


@program(inputs=lambda rng: (np.array([1.0, 2.0]) + 0.1 * rng.normal(size=2), 3.0))
def newton(x, c):
    slopes = np.ones((2, 2), x.dtype)
    residuals = np.empty_like(x)
    for _ in range(4):
        slopes[0, 0] = 2.0 * x[0]
        slopes[1, 1] = 2.0 * x[1]
        residuals[0] = x[0] ** 2 + x[1] - c
        residuals[1] = x[0] + x[1] ** 2 - 2.0 * c
        try:
            x = x - np.linalg.solve(slopes, residuals)
        except np.linalg.LinAlgError:
            break
    return np.sum(x)
