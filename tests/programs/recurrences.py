"""Values carried from step to step: integrators, filters, dynamic programmes."""

from __future__ import annotations

import math

import numpy as np

from tests.programs.catalogue import at, program


@program(inputs=at(1.0, 0.3, 12))
def runge_kutta_of_a_pendulum(angle, speed, steps):
    h = 0.1
    for _ in range(steps):
        k1, l1 = speed, -math.sin(angle)
        k2, l2 = speed + h / 2 * l1, -math.sin(angle + h / 2 * k1)
        k3, l3 = speed + h / 2 * l2, -math.sin(angle + h / 2 * k2)
        k4, l4 = speed + h * l3, -math.sin(angle + h * k3)
        angle = angle + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        speed = speed + h / 6 * (l1 + 2 * l2 + 2 * l3 + l4)
    return angle * angle + speed


@program(inputs=lambda rng: (rng.normal(size=10), 0.3, 0.8))
def exponential_smoothing(xs, alpha, start):
    level = start
    error = 0.0
    for v in xs:
        error += (v - level) ** 2
        level = alpha * v + (1 - alpha) * level
    return error / len(xs)


@program(inputs=lambda rng: (0.1, 0.2, 0.7, 0.05 * rng.normal(size=12)))
def garch_likelihood(omega, alpha, beta, returns):
    variance = np.mean(returns * returns) + 0.01
    total = 0.0
    for r in returns:
        total += math.log(variance) + r * r / variance
        variance = omega + alpha * r * r + beta * variance
    return 0.5 * total


@program(inputs=lambda rng: (rng.normal(size=8), 0.9, 0.2, 0.5))
def scalar_kalman_filter(observations, transition, process_noise, noise):
    mean = 0.0
    variance = 1.0
    likelihood = 0.0
    for y in observations:
        mean = transition * mean
        variance = transition * variance * transition + process_noise
        innovation = y - mean
        s = variance + noise
        gain = variance / s
        mean += gain * innovation
        variance *= 1.0 - gain
        likelihood -= 0.5 * (math.log(2 * math.pi * s) + innovation * innovation / s)
    return likelihood


@program(inputs=at(3.7, 0.4, 8), looseness=100.0)
def logistic_map(r, x, n):
    for _ in range(n):
        x = r * x * (1 - x)
    return x


@program(inputs=at(2.0, 1.0), float64_only="the tolerance is finer than float32")
@program(inputs=at(7.0, 0.1), float64_only="the tolerance is finer than float32")
def square_root_by_newton(a, start):
    x = start
    while abs(x * x - a) > 1e-9 * a:
        x = 0.5 * (x + a / x)
    return x


@program(inputs=at(0.8, 0.5))
def kepler_equation_by_newton(mean_anomaly, eccentricity):
    e = mean_anomaly
    for _ in range(50):
        step = (e - eccentricity * math.sin(e) - mean_anomaly) / (1 - eccentricity * math.cos(e))
        e -= step
        if abs(step) < 1e-12:
            break
    return math.cos(e) * (1 + eccentricity)


@program(inputs=lambda rng: (rng.normal(size=5), rng.normal(size=6), 0.5))
def soft_dynamic_time_warping(x, y, gamma):
    n = len(x)
    m = len(y)
    r = np.full((n + 1, m + 1), 1e3)
    r[0, 0] = 0.0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            cost = (x[i - 1] - y[j - 1]) ** 2
            low = min(r[i - 1, j - 1], r[i - 1, j], r[i, j - 1])
            total = math.exp((low - r[i - 1, j - 1]) / gamma)
            total += math.exp((low - r[i - 1, j]) / gamma) + math.exp((low - r[i, j - 1]) / gamma)
            r[i, j] = cost + low - gamma * math.log(total)
    return r[n, m]


@program(inputs=lambda rng: (rng.normal(size=(4, 3)), rng.normal(size=(3, 3)), rng.normal(size=3)))
def forward_algorithm_of_a_hidden_chain(emissions, transitions, start):
    alpha = start + emissions[0]
    for t in range(1, emissions.shape[0]):
        scores = alpha[:, None] + transitions
        peak = np.max(scores, axis=0)
        alpha = np.log(np.sum(np.exp(scores - peak), axis=0)) + peak + emissions[t]
    top = np.max(alpha)
    return np.log(np.sum(np.exp(alpha - top))) + top


@program(inputs=at(0.2, 1.4, 40))
def trapezoid_integration(low, high, n):
    h = (high - low) / n
    total = 0.5 * (math.exp(-low * low) + math.exp(-high * high))
    for i in range(1, n):
        x = low + i * h
        total += math.exp(-x * x)
    return total * h


@program(inputs=lambda rng: (rng.normal(size=6), 0.6))
def second_order_filter(signal, pole):
    y = np.zeros(len(signal))
    for i in range(len(signal)):
        y[i] = signal[i]
        if i >= 1:
            y[i] += 2 * pole * y[i - 1]
        if i >= 2:
            y[i] -= pole * pole * y[i - 2]
    return np.sum(y * y)


@program(inputs=lambda rng: (rng.normal(size=7), 0.7, 0.2))
def deriche_both_ways(x, a, b):
    n = len(x)
    forth = np.zeros(n)
    back = np.zeros(n)
    carried = 0.0
    for i in range(n):
        carried = a * x[i] + b * carried
        forth[i] = carried
    carried = 0.0
    for i in range(n - 1, -1, -1):
        back[i] = carried
        carried = a * x[i] + b * carried
    return np.sum((forth + back) ** 2)


@program(inputs=at(1.2, 20.0, 0.4, 25))
def building_heated_by_a_tank(flow, ambient, resistance, steps):
    tank = 70.0
    room = 20.0
    for _ in range(steps):
        supplied = flow * (tank - room) * 0.02
        lost = (room - ambient) * resistance * 0.01
        tank = tank - supplied - 0.001 * (tank - ambient)
        room = room + supplied - lost
    return (room - 27.0) ** 2
