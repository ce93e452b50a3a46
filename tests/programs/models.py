"""Small models of machine learning, statistics and finance."""

from __future__ import annotations

import math

import numpy as np

from tests.programs.catalogue import program


@program(inputs=lambda rng: (rng.normal(size=3), 0.5, rng.normal(size=(6, 3)), rng.normal(size=6)))
def linear_regression(w, b, x, y):
    return np.mean((x @ w + b - y) ** 2)


@program(
    inputs=lambda rng: (rng.normal(size=3), 0.1, rng.normal(size=(8, 3)), rng.integers(0, 2, size=8)),
    wrt=("w", "b"),
)
def logistic_regression(w, b, x, labels):
    z = x @ w + b
    likelihood = labels * z - np.log(1.0 + np.exp(z))
    return -np.mean(likelihood) + 0.01 * np.sum(w * w)


@program(
    inputs=lambda rng: (
        rng.normal(size=(4, 5)),
        rng.normal(size=5),
        rng.normal(size=(5, 3)),
        rng.normal(size=3),
        rng.normal(size=(6, 4)),
        rng.integers(0, 3, size=6),
    ),
    wrt=("w1", "b1", "w2", "b2"),
)
def perceptron_with_cross_entropy(w1, b1, w2, b2, x, labels):
    hidden = np.maximum(x @ w1 + b1, 0.0)
    logits = hidden @ w2 + b2
    loss = 0.0
    for i in range(len(labels)):
        peak = np.max(logits[i])
        loss += np.log(np.sum(np.exp(logits[i] - peak))) + peak - logits[i, labels[i]]
    return loss / len(labels)


def logistic(x):
    return 1.0 / (1.0 + np.exp(-x))


@program(
    inputs=lambda rng: (
        0.5 * rng.normal(size=(4, 3, 2)),
        0.5 * rng.normal(size=(4, 3, 3)),
        rng.normal(size=(4, 3)),
        rng.normal(size=(5, 2)),
    )
)
def lstm(w, u, b, xs):
    h = np.zeros(3)
    c = np.zeros(3)
    for t in range(xs.shape[0]):
        x = xs[t]
        forget = logistic(w[0] @ x + u[0] @ h + b[0])
        entry = logistic(w[1] @ x + u[1] @ h + b[1])
        out = logistic(w[2] @ x + u[2] @ h + b[2])
        c = forget * c + entry * np.tanh(w[3] @ x + u[3] @ h + b[3])
        h = out * np.tanh(c)
    return np.sum(h * h)


def normal_cdf(x):
    return 0.5 * (1.0 + math.erf(x / math.sqrt(2.0)))


def _delta(spot, strike, rate, volatility, years):
    d1 = (math.log(spot / strike) + (rate + volatility**2 / 2) * years) / (volatility * math.sqrt(years))
    return normal_cdf(d1)


@program(
    inputs=lambda _: (100.0, 110.0, 0.03, 0.2, 1.5),
    wrt="spot",
    gradient=_delta(100.0, 110.0, 0.03, 0.2, 1.5),
    looseness=10.0,
)
def black_scholes_call(spot, strike, rate, volatility, years):
    spread = volatility * math.sqrt(years)
    d1 = (math.log(spot / strike) + (rate + volatility**2 / 2) * years) / spread
    d2 = d1 - spread
    return spot * normal_cdf(d1) - strike * math.exp(-rate * years) * normal_cdf(d2)


@program(inputs=lambda _: (50.0, 52.0, 0.05, 0.3, 6), looseness=10.0)
def american_put_on_a_tree(spot, strike, rate, volatility, steps):
    dt = 0.5 / steps
    up = math.exp(volatility * math.sqrt(dt))
    p = (math.exp(rate * dt) - 1 / up) / (up - 1 / up)
    values = np.empty(steps + 1)
    for i in range(steps + 1):
        values[i] = max(strike - spot * up ** (2 * i - steps), 0.0)
    for level in range(steps - 1, -1, -1):
        for i in range(level + 1):
            hold = math.exp(-rate * dt) * (p * values[i + 1] + (1 - p) * values[i])
            exercise = strike - spot * up ** (2 * i - level)
            values[i] = hold if hold > exercise else exercise
    return values[0]


@program(
    inputs=lambda rng: (
        rng.normal(size=(3, 2)),
        np.log(rng.uniform(0.5, 1.5, size=(3, 2))),
        rng.normal(size=(5, 2)),
    )
)
def gaussian_mixture(means, log_scales, points):
    total = 0.0
    terms = np.empty(means.shape[0])
    for point in points:
        for k in range(means.shape[0]):
            z = (point - means[k]) / np.exp(log_scales[k])
            terms[k] = -0.5 * np.sum(z * z) - np.sum(log_scales[k])
        peak = np.max(terms)
        total += peak + np.log(np.sum(np.exp(terms - peak)))
    return -total


@program(inputs=lambda rng: (rng.normal(size=(4, 3)),))
def lennard_jones(positions):
    energy = 0.0
    n = positions.shape[0]
    for i in range(n):
        for j in range(i + 1, n):
            r2 = 0.5
            for k in range(3):
                r2 += (positions[i, k] - positions[j, k]) ** 2
            s6 = 1.0 / r2**3
            energy += 4.0 * s6 * (s6 - 1.0)
    return energy


@program(inputs=lambda rng: (rng.normal(size=3), rng.normal(size=(3, 3)), rng.normal(size=(6, 3))))
def attention_of_one_query(query, keys_map, tokens):
    keys = tokens @ keys_map
    scores = keys @ query / math.sqrt(len(query))
    weights = np.exp(scores - np.max(scores))
    weights = weights / np.sum(weights)
    mixed = weights @ tokens
    return np.sum(mixed**2)


@program(
    inputs=lambda rng: (rng.normal(size=(4, 3)), rng.normal(size=(5, 3)), rng.uniform(1.0, 5.0, size=(4, 5)))
)
def matrix_factorisation(users, items, ratings):
    error = 0.0
    for u in range(users.shape[0]):
        for i in range(items.shape[0]):
            if (u + i) % 3 == 0:
                continue
            difference = ratings[u, i] - np.dot(users[u], items[i])
            error += difference * difference
    return error + 0.1 * (np.sum(users**2) + np.sum(items**2))


@program(inputs=lambda rng: (rng.normal(size=4), np.array([1, 2, 3]), 0.6))
def poisson_likelihood_with_a_global_rate(weights, counts, rate):
    total = 0.0
    for k in range(len(counts)):
        eta = weights[k] * rate + weights[-1]
        total += counts[k] * eta - math.exp(eta)
    return total
