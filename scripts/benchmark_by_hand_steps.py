"""More of the benchmark's kernels by hand: those that step a system through time, or iterate to a solution.

An adjoint returns the value and the gradients as one flat tuple.
"""

# ruff: noqa: D103 (they are the functions of the same names in benchmark_kernels)

from __future__ import annotations

import math

import numpy as np
from numba import njit

compiled = njit(error_model="numpy", nogil=True)


@compiled
def _rates(x, y, z, sigma, rho, beta):
    return sigma * (y - x), x * (rho - z) - y, x * y - beta * z


@compiled
def _step(x, y, z, sigma, rho, beta, dt):
    half = 0.5 * dt
    a, b, c = _rates(x, y, z, sigma, rho, beta)
    d, e, f = _rates(x + half * a, y + half * b, z + half * c, sigma, rho, beta)
    g, h, i = _rates(x + half * d, y + half * e, z + half * f, sigma, rho, beta)
    j, k, m = _rates(x + dt * g, y + dt * h, z + dt * i, sigma, rho, beta)
    sixth = dt / 6.0
    return (
        x + sixth * (a + 2.0 * (d + g) + j), y + sixth * (b + 2.0 * (e + h) + k),
        z + sixth * (c + 2.0 * (f + i) + m),
    )  # fmt: skip


@compiled
def _rates_adjoint(x, y, z, sigma, rho, beta, u, v, w):
    """The cotangents of the state, then of the parameters."""
    return (
        (rho - z) * v + y * w - sigma * u, sigma * u - v + x * w, -x * v - beta * w,
        (y - x) * u, x * v, -z * w,
    )  # fmt: skip


@compiled
def lorenz_loops(x, y, z, sigma, rho, beta, dt, steps):
    total = 0.0
    for _ in range(steps):
        x, y, z = _step(x, y, z, sigma, rho, beta, dt)
        total += x * x + z
    return total / steps


@compiled
def lorenz_adjoint(x, y, z, sigma, rho, beta, dt, steps):
    states = np.empty((steps, 3))
    total = 0.0
    for t in range(steps):
        states[t, 0], states[t, 1], states[t, 2] = x, y, z
        x, y, z = _step(x, y, z, sigma, rho, beta, dt)
        total += x * x + z
    seed, half = 1.0 / steps, 0.5 * dt
    u, v, w = 0.0, 0.0, 0.0
    sigma_bar, rho_bar, beta_bar = 0.0, 0.0, 0.0
    for t in range(steps - 1, -1, -1):
        u, w = u + 2.0 * x * seed, w + seed
        x, y, z = states[t, 0], states[t, 1], states[t, 2]
        a, b, c = _rates(x, y, z, sigma, rho, beta)
        x2, y2, z2 = x + half * a, y + half * b, z + half * c
        a, b, c = _rates(x2, y2, z2, sigma, rho, beta)
        x3, y3, z3 = x + half * a, y + half * b, z + half * c
        a, b, c = _rates(x3, y3, z3, sigma, rho, beta)
        x4, y4, z4 = x + dt * a, y + dt * b, z + dt * c
        sixth, third = dt / 6.0, dt / 3.0
        u4, v4, w4, s4, r4, b4 = _rates_adjoint(x4, y4, z4, sigma, rho, beta, sixth * u, sixth * v, sixth * w)
        u3, v3, w3, s3, r3, b3 = _rates_adjoint(
            x3, y3, z3, sigma, rho, beta, third * u + dt * u4, third * v + dt * v4, third * w + dt * w4
        )
        u2, v2, w2, s2, r2, b2 = _rates_adjoint(
            x2, y2, z2, sigma, rho, beta, third * u + half * u3, third * v + half * v3, third * w + half * w3
        )
        u1, v1, w1, s1, r1, b1 = _rates_adjoint(
            x, y, z, sigma, rho, beta, sixth * u + half * u2, sixth * v + half * v2, sixth * w + half * w2
        )
        u, v, w = u + u1 + u2 + u3 + u4, v + v1 + v2 + v3 + v4, w + w1 + w2 + w3 + w4
        sigma_bar += s1 + s2 + s3 + s4
        rho_bar += r1 + r2 + r3 + r4
        beta_bar += b1 + b2 + b3 + b4
    return total / steps, u, v, w, sigma_bar, rho_bar, beta_bar


@compiled
def kepler_loops(anomalies, eccentricity):
    total = 0.0
    for i in range(anomalies.shape[0]):
        e = anomalies[i]
        change = 1.0
        while abs(change) > 1e-12:
            change = (e - eccentricity * math.sin(e) - anomalies[i]) / (1.0 - eccentricity * math.cos(e))
            e -= change
        total += math.cos(e)
    return total


@compiled
def kepler_adjoint(anomalies, eccentricity):
    """By the theorem on implicit functions: a person would not go back through the iterations."""
    total = 0.0
    anomalies_bar = np.empty(anomalies.shape[0])
    eccentricity_bar = 0.0
    for i in range(anomalies.shape[0]):
        e = anomalies[i]
        change = 1.0
        while abs(change) > 1e-12:
            change = (e - eccentricity * math.sin(e) - anomalies[i]) / (1.0 - eccentricity * math.cos(e))
            e -= change
        total += math.cos(e)
        anomalies_bar[i] = -math.sin(e) / (1.0 - eccentricity * math.cos(e))
        eccentricity_bar += anomalies_bar[i] * math.sin(e)
    return total, anomalies_bar, eccentricity_bar


@compiled
def _add_forces(position, force, reach, stiffness):
    n = position.shape[0]
    force[:] = 0.0
    for i in range(n):
        for j in range(i + 1, n):
            dx = position[i, 0] - position[j, 0]
            dy = position[i, 1] - position[j, 1]
            square = dx * dx + dy * dy
            if square < reach * reach:
                push = stiffness * (reach / math.sqrt(square) - 1.0)
                force[i, 0] += push * dx
                force[i, 1] += push * dy
                force[j, 0] -= push * dx
                force[j, 1] -= push * dy


@compiled
def _advance(position, velocity, force, reach, stiffness, dt):
    _add_forces(position, force, reach, stiffness)
    for i in range(position.shape[0]):
        for k in range(2):
            velocity[i, k] += dt * force[i, k]
            position[i, k] += dt * velocity[i, k]


@compiled
def particles_loops(position, velocity, reach, stiffness, dt, steps):
    force = np.zeros(position.shape)
    for _ in range(steps):
        _advance(position, velocity, force, reach, stiffness, dt)
    return np.sum(position * position) + np.sum(velocity * velocity)


@compiled
def particles_adjoint(position, velocity, reach, stiffness, dt, steps):
    position, velocity = position.copy(), velocity.copy()
    n = position.shape[0]
    force, saved = np.zeros((n, 2)), np.empty((steps, n, 2))
    for t in range(steps):
        saved[t] = position
        _advance(position, velocity, force, reach, stiffness, dt)
    value = np.sum(position * position) + np.sum(velocity * velocity)
    position_bar, velocity_bar = 2.0 * position, 2.0 * velocity
    for t in range(steps - 1, -1, -1):
        for i in range(n):
            for k in range(2):
                velocity_bar[i, k] += dt * position_bar[i, k]
                force[i, k] = dt * velocity_bar[i, k]  # its cotangent
        for i in range(n):
            for j in range(i + 1, n):
                dx = saved[t, i, 0] - saved[t, j, 0]
                dy = saved[t, i, 1] - saved[t, j, 1]
                square = dx * dx + dy * dy
                if square < reach * reach:
                    distance = math.sqrt(square)
                    push = stiffness * (reach / distance - 1.0)
                    u, v = force[i, 0] - force[j, 0], force[i, 1] - force[j, 1]
                    turned = (u * dx + v * dy) * stiffness * reach / (square * distance)
                    u, v = push * u - turned * dx, push * v - turned * dy
                    position_bar[i, 0] += u
                    position_bar[i, 1] += v
                    position_bar[j, 0] -= u
                    position_bar[j, 1] -= v
    return value, position_bar, velocity_bar


@compiled
def crowd_of_objects_loops(position, velocity, reach, stiffness, dt, steps):
    return particles_loops(position.copy(), velocity.copy(), reach, stiffness, dt, steps)


@compiled
def crowd_of_objects_adjoint(position, velocity, reach, stiffness, dt, steps):
    return particles_adjoint(position, velocity, reach, stiffness, dt, steps)
