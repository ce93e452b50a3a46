"""The kernels of the benchmark, as users write them."""

# ruff: noqa: D103 (the comment above each group says what its functions compute)

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import benchmark_by_hand
import benchmark_by_hand_steps
import numpy as np

Arguments = tuple[Any, ...]
BY_HAND = {**vars(benchmark_by_hand), **vars(benchmark_by_hand_steps)}


@dataclass(frozen=True)
class Kernel:
    """One program to measure, in arguments of one size.

    `bar` is how many times the cost of our compiled primal our value and gradient with respect to `wrt` may
    take. What benchmark_by_hand and benchmark_jax have under the function's name is what it is compared with.
    """

    name: str
    function: Callable[..., Any]
    wrt: tuple[str, ...]
    arguments: Callable[[np.random.Generator, int], Arguments]
    size: int
    bar: float = 3.0
    updates_arguments: bool = False

    @property
    def loops(self) -> Callable[..., Any]:
        """What a person would write for Numba."""
        return BY_HAND[f"{self.function.__name__}_loops"]

    @property
    def adjoint(self) -> Callable[..., Any]:
        """The value and the gradients with respect to `wrt` as one flat tuple, by hand."""
        return BY_HAND[f"{self.function.__name__}_adjoint"]


# A chain of six elementwise functions and their sum


def chain(x):
    return np.sum(np.tanh(np.log(np.sqrt(np.exp(np.sin(x * x)) + 1.0))))


# A recurrence that keeps one number per step


def recurrence(w, x):
    s = 0.0
    for i in range(len(x)):
        s = np.tanh(w * s + x[i])
    return s


# A dense network with one hidden layer, relu and softmax cross-entropy


def dense(w1, b1, w2, b2, x, labels):
    hidden = np.maximum(x @ w1 + b1, 0.0)
    scores = hidden @ w2 + b2
    shifted = scores - np.max(scores, axis=1)[:, np.newaxis]
    total = np.sum(np.log(np.sum(np.exp(shifted), axis=1)))
    for i in range(len(labels)):
        total -= shifted[i, labels[i]]
    return total / len(labels)


# All pairs of points: their distances summed, or stored first


def pairwise(x):
    n, d = x.shape
    total = 0.0
    for i in range(n):
        for j in range(n):
            square = 1e-12
            for k in range(d):
                difference = x[i, k] - x[j, k]
                square += difference * difference
            total += np.sqrt(square)
    return total


def pairwise_stored(x):
    n, d = x.shape
    distances = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            square = 1e-12
            for k in range(d):
                difference = x[i, k] - x[j, k]
                square += difference * difference
            distances[i, j] = np.sqrt(square)
    return np.sum(distances)


# One product and one sum: call overhead at n = 1, linear cost beyond


def weighted_sum(x, w):
    s = 0.0
    for i in range(len(x)):
        s += x[i] * w
    return s


# Gauss-Seidel sweeps, in place


def seidel_5(a, steps):
    n, m = a.shape
    for _ in range(steps):
        for i in range(1, n - 1):
            for j in range(1, m - 1):
                a[i, j] = (a[i, j] + a[i - 1, j] + a[i + 1, j] + a[i, j - 1] + a[i, j + 1]) / 5.0
    return np.sum(a * a)


def seidel_9(a, steps):
    n, m = a.shape
    for _ in range(steps):
        for i in range(1, n - 1):
            for j in range(1, m - 1):
                above = a[i - 1, j - 1] + a[i - 1, j] + a[i - 1, j + 1]
                row = a[i, j - 1] + a[i, j] + a[i, j + 1]
                below = a[i + 1, j - 1] + a[i + 1, j] + a[i + 1, j + 1]
                a[i, j] = (above + row + below) / 9.0
    return np.sum(a * a)


# A five-point stencil between two arrays that change places


def stencil(u, v, c, steps):
    n, m = u.shape
    for _ in range(steps):
        for i in range(1, n - 1):
            for j in range(1, m - 1):
                around = u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1]
                v[i, j] = u[i, j] + c * (around - 4.0 * u[i, j])
        u, v = v, u
    return np.sum(u * u)


# A list that is appended to in a loop, and its sum


def appended(x):
    values = []
    for v in x:
        values.append(np.sin(v) * v)
    return sum(values)


def evaluated(node, operator, left, right, leaves):
    """The value of an expression, a tree in arrays of indices, by recursion."""
    if operator[node] == 0:
        return leaves[left[node]]
    a = evaluated(left[node], operator, left, right, leaves)
    b = evaluated(right[node], operator, left, right, leaves)
    if operator[node] == 1:
        return a + b
    return a * b


# A roll-out of the Lorenz system by Runge and Kutta's method, in tuples


def lorenz_rates(state, sigma, rho, beta):
    x, y, z = state
    return sigma * (y - x), x * (rho - z) - y, x * y - beta * z


def moved(state, rates, by):
    return state[0] + by * rates[0], state[1] + by * rates[1], state[2] + by * rates[2]


def lorenz(x, y, z, sigma, rho, beta, dt, steps):
    state = (x, y, z)
    total = 0.0
    for _ in range(steps):
        k1 = lorenz_rates(state, sigma, rho, beta)
        k2 = lorenz_rates(moved(state, k1, 0.5 * dt), sigma, rho, beta)
        k3 = lorenz_rates(moved(state, k2, 0.5 * dt), sigma, rho, beta)
        k4 = lorenz_rates(moved(state, k3, dt), sigma, rho, beta)
        state = moved(moved(state, k1, dt / 6.0), moved(k4, moved(k2, k3, 1.0), 2.0), dt / 6.0)
        total += state[0] * state[0] + state[2]
    return total / steps


# Kepler's equation by Newton's method, for each of many anomalies


def kepler(anomalies, eccentricity):
    total = 0.0
    for i in range(len(anomalies)):
        e = anomalies[i]
        change = 1.0
        while abs(change) > 1e-12:
            change = (e - eccentricity * np.sin(e) - anomalies[i]) / (1.0 - eccentricity * np.cos(e))
            e -= change
        total += np.cos(e)
    return total


# Particles that push each other away when they are near, in place


def particles(position, velocity, reach, stiffness, dt, steps):
    n = position.shape[0]
    force = np.zeros((n, 2))
    for _ in range(steps):
        force[:] = 0.0
        for i in range(n):
            for j in range(i + 1, n):
                dx = position[i, 0] - position[j, 0]
                dy = position[i, 1] - position[j, 1]
                square = dx * dx + dy * dy
                if square < reach * reach:
                    distance = np.sqrt(square)
                    push = stiffness * (reach - distance) / distance
                    force[i, 0] += push * dx
                    force[i, 1] += push * dy
                    force[j, 0] -= push * dx
                    force[j, 1] -= push * dy
        for i in range(n):
            for k in range(2):
                velocity[i, k] += dt * force[i, k]
                position[i, k] += dt * velocity[i, k]
    return np.sum(position * position) + np.sum(velocity * velocity)


# The same particles as the state of an object, which methods update


@dataclass
class Crowd:
    """Particles in the plane."""

    position: np.ndarray
    velocity: np.ndarray
    force: np.ndarray
    reach: float
    stiffness: float

    def push_apart(self):
        """The forces between all that are near."""
        self.force = np.zeros(self.position.shape)
        n = len(self.position)
        for i in range(n):
            for j in range(i + 1, n):
                dx = self.position[i, 0] - self.position[j, 0]
                dy = self.position[i, 1] - self.position[j, 1]
                square = dx * dx + dy * dy
                if square < self.reach * self.reach:
                    distance = np.sqrt(square)
                    push = self.stiffness * (self.reach - distance) / distance
                    self.force[i, 0] += push * dx
                    self.force[i, 1] += push * dy
                    self.force[j, 0] -= push * dx
                    self.force[j, 1] -= push * dy

    def advance(self, dt):
        """One step in time."""
        self.velocity = self.velocity + dt * self.force
        self.position = self.position + dt * self.velocity


def crowd_of_objects(position, velocity, reach, stiffness, dt, steps):
    state = Crowd(position, velocity, np.zeros(position.shape), reach, stiffness)
    for _ in range(steps):
        state.push_apart()
        state.advance(dt)
    return np.sum(state.position * state.position) + np.sum(state.velocity * state.velocity)


# Arguments


def vector(random: np.random.Generator, n: int) -> Arguments:
    return (random.normal(size=n),)


def number_and_vector(random: np.random.Generator, n: int) -> Arguments:
    return 0.7, random.normal(size=n)


def vector_and_number(random: np.random.Generator, n: int) -> Arguments:
    return random.normal(size=n), 0.3


def points(random: np.random.Generator, n: int) -> Arguments:
    return (random.normal(size=(n, 3)),)


def grid_and_sweeps(random: np.random.Generator, n: int) -> Arguments:
    return random.normal(size=(n, n)), 50


def grids_and_steps(random: np.random.Generator, n: int) -> Arguments:
    return random.normal(size=(n, n)), random.normal(size=(n, n)), 0.1, 100


def orbit(random: np.random.Generator, steps: int) -> Arguments:
    return 1.0, 1.0, 1.0, 10.0, 28.0, 8.0 / 3.0, 1e-4, steps


def anomalies(random: np.random.Generator, n: int) -> Arguments:
    return random.uniform(0.0, 2.0 * np.pi, n), 0.6


def crowd(random: np.random.Generator, n: int) -> Arguments:
    return random.uniform(0.0, 20.0, (n, 2)), 0.1 * random.normal(size=(n, 2)), 1.0, 5.0, 1e-3, 100


def network(random: np.random.Generator, batch: int) -> Arguments:
    inputs, hidden, classes = 784, 256, 10
    return (
        random.normal(size=(inputs, hidden)) * 0.05,
        random.normal(size=hidden) * 0.1,
        random.normal(size=(hidden, classes)) * 0.1,
        random.normal(size=classes) * 0.1,
        random.normal(size=(batch, inputs)),
        random.integers(0, classes, batch),
    )


def balanced_tree(random: np.random.Generator, n: int) -> Arguments:
    """An expression of 2 n - 1 nodes: node k has the arguments 2 k + 1 and 2 k + 2."""
    nodes = np.arange(2 * n - 1)
    inner = nodes < n - 1
    operator = np.where(inner, random.integers(1, 3, 2 * n - 1), 0)
    left = np.where(inner, 2 * nodes + 1, nodes - (n - 1))
    return 0, operator, left, 2 * nodes + 2, random.uniform(0.5, 1.4, n)


KERNELS = (
    Kernel("chain", chain, ("x",), vector, 1_000_000),
    Kernel("recurrence", recurrence, ("w", "x"), number_and_vector, 1_000_000, bar=2.5),
    Kernel("dense", dense, ("w1", "b1", "w2", "b2"), network, 128),
    Kernel("pairwise", pairwise, ("x",), points, 500),
    Kernel("pairwise-stored", pairwise_stored, ("x",), points, 500),
    Kernel("sum", weighted_sum, ("x", "w"), vector_and_number, 10_000),
    Kernel("appended", appended, ("x",), vector, 100_000, bar=3.5),
    Kernel("seidel-5", seidel_5, ("a",), grid_and_sweeps, 200, updates_arguments=True),
    Kernel("seidel-9", seidel_9, ("a",), grid_and_sweeps, 200, updates_arguments=True),
    Kernel("stencil", stencil, ("u", "v"), grids_and_steps, 200, bar=4.5, updates_arguments=True),
    Kernel("lorenz", lorenz, ("x", "y", "z", "sigma", "rho", "beta"), orbit, 100_000, bar=3.5),
    Kernel("kepler", kepler, ("anomalies", "eccentricity"), anomalies, 10_000),
    Kernel("particles", particles, ("position", "velocity"), crowd, 1_000, bar=3.5, updates_arguments=True),
    Kernel("particles-state", crowd_of_objects, ("position", "velocity"), crowd, 1_000, bar=3.5),
    Kernel("stencil-500", stencil, ("u", "v"), grids_and_steps, 500, bar=4.5, updates_arguments=True),
    Kernel("recursion", evaluated, ("leaves",), balanced_tree, 5_000, bar=4.0),
)
