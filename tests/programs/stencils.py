"""Sweeps over grids: neighbours read, elements written, buffers swapped."""

from __future__ import annotations

import numpy as np

from tests.programs.catalogue import at, program


@program(inputs=at([1.0, 2.0, 3.0, 4.0]), value=17.0, gradient=[3.0, -1.0, -4.0, 7.0])
def second_difference(u):
    w = u.copy()
    for i in range(1, len(u) - 1):
        w[i] = u[i - 1] - 2 * u[i] + u[i + 1]
    return w[0] + 2 * w[1] + 3 * w[2] + 4 * w[3]


@program(inputs=at([2.0, 3.0, 4.0]), value=24.0, gradient=[12.0, 8.0, 6.0])
def sweep_that_reads_its_own_writes(u):
    for i in range(1, 3):
        u[i] = u[i] * u[i - 1]
    return u[2]


@program(inputs=lambda rng: (rng.normal(size=(5, 6)),))
def gauss_seidel(a):
    for _ in range(2):
        for i in range(1, a.shape[0] - 1):
            for j in range(1, a.shape[1] - 1):
                a[i, j] = (a[i - 1, j] + a[i + 1, j] + a[i, j - 1] + a[i, j + 1] + a[i, j]) * 0.2
    return np.sum(a * a)


@program(inputs=lambda rng: (rng.normal(size=8),))
def jacobi_with_swapped_buffers(u):
    v = u.copy()
    for _ in range(3):
        for i in range(1, len(u) - 1):
            v[i] = 0.25 * u[i - 1] + 0.5 * u[i] * u[i] + 0.25 * u[i + 1]
        u, v = v, u
    return np.sum(u * u)


@program(inputs=lambda rng: (rng.normal(size=(5, 5)), rng.normal(size=(5, 5))))
def jacobi_in_two_dimensions(a, b):
    n = a.shape[0]
    for _ in range(2):
        for i in range(1, n - 1):
            for j in range(1, n - 1):
                b[i, j] = 0.2 * (a[i, j] + a[i, j - 1] + a[i, j + 1] + a[i - 1, j] + a[i + 1, j])
        for i in range(1, n - 1):
            for j in range(1, n - 1):
                a[i, j] = 0.2 * (b[i, j] + b[i, j - 1] + b[i, j + 1] + b[i - 1, j] + b[i + 1, j])
    return np.sum(a * a) + np.sum(b)


@program(inputs=lambda rng: (rng.normal(size=7), 0.3))
def diffusion_by_slices(u, rate):
    for _ in range(4):
        u[1:-1] = u[1:-1] + rate * (u[2:] - 2.0 * u[1:-1] + u[:-2])
    return np.sum(u**2)


@program(inputs=lambda rng: (rng.normal(size=8), 0.4))
def upwind_advection_with_branch(u, speed):
    new = np.zeros_like(u)
    for _ in range(2):
        for i in range(len(u)):
            if u[i] > 0:
                new[i] = u[i] - speed * u[i] * (u[i] - u[i - 1])
            else:
                new[i] = u[i] - speed * u[i] * (u[(i + 1) % len(u)] - u[i])
        u[:] = new
    return np.sum(u * np.cos(u))


@program(inputs=lambda rng: (rng.normal(size=6), rng.normal(size=6), 0.1))
def leapfrog_wave(now, before, courant):
    for _ in range(3):
        after = np.zeros_like(now)
        for i in range(1, len(now) - 1):
            after[i] = 2 * now[i] - before[i] + courant * (now[i + 1] - 2 * now[i] + now[i - 1])
        before = now
        now = after
    return np.dot(now, now) + before[2]


@program(inputs=lambda rng: (rng.normal(size=9), rng.normal(size=3)))
def convolution(signal, kernel):
    n = len(signal) - len(kernel) + 1
    out = np.empty(n)
    for i in range(n):
        s = 0.0
        for k in range(len(kernel)):
            s += signal[i + k] * kernel[k]
        out[i] = np.maximum(s, 0.0)
    return np.sum(out * out)


@program(inputs=lambda rng: (rng.normal(size=(4, 4, 4)),))
def heat_in_three_dimensions(a):
    b = np.copy(a)
    for i in range(1, 3):
        for j in range(1, 3):
            for k in range(1, 3):
                b[i, j, k] = (
                    0.125 * (a[i + 1, j, k] - 2.0 * a[i, j, k] + a[i - 1, j, k])
                    + 0.125 * (a[i, j + 1, k] - 2.0 * a[i, j, k] + a[i, j - 1, k])
                    + 0.125 * (a[i, j, k + 1] - 2.0 * a[i, j, k] + a[i, j, k - 1])
                    + a[i, j, k]
                )
    return np.sum(b**2)
