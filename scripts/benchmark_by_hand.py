"""The benchmark's kernels by hand for Numba: the loops of each, and its adjoint.

An adjoint returns the value and the gradients as one flat tuple.
"""

# ruff: noqa: D103 (they are the functions of the same names in benchmark_kernels)

from __future__ import annotations

import math

import numpy as np
from numba import njit

compiled = njit(error_model="numpy", nogil=True)


@compiled
def chain_loops(x):
    total = 0.0
    for i in range(x.shape[0]):
        total += math.tanh(math.log(math.sqrt(math.exp(math.sin(x[i] * x[i])) + 1.0)))
    return total


@compiled
def chain_adjoint(x):
    total = 0.0
    x_bar = np.empty(x.shape[0])
    for i in range(x.shape[0]):
        square = x[i] * x[i]
        power = math.exp(math.sin(square))
        y = math.tanh(math.log(math.sqrt(power + 1.0)))
        total += y
        x_bar[i] = (1.0 - y * y) * 0.5 / (power + 1.0) * power * math.cos(square) * 2.0 * x[i]
    return total, x_bar


@compiled
def recurrence_loops(w, x):
    s = 0.0
    for i in range(x.shape[0]):
        s = math.tanh(w * s + x[i])
    return s


@compiled
def recurrence_adjoint(w, x):
    n = x.shape[0]
    s_saved = np.empty(n)
    s = 0.0
    for i in range(n):
        s_saved[i] = s
        s = math.tanh(w * s + x[i])
    value = s
    w_bar = 0.0
    x_bar = np.empty(n)
    s_bar = 1.0
    for i in range(n - 1, -1, -1):
        y_bar = s_bar * (1.0 - s * s)
        s = s_saved[i]
        w_bar += y_bar * s
        x_bar[i] = y_bar
        s_bar = y_bar * w
    return value, w_bar, x_bar


@compiled
def dense_loops(w1, b1, w2, b2, x, labels):
    hidden = np.dot(x, w1)
    n, width = hidden.shape
    for i in range(n):
        for j in range(width):
            hidden[i, j] = max(hidden[i, j] + b1[j], 0.0)
    scores = np.dot(hidden, w2)
    total = 0.0
    for i in range(n):
        largest = -np.inf
        for j in range(scores.shape[1]):
            scores[i, j] += b2[j]
            largest = max(largest, scores[i, j])
        powers = 0.0
        for j in range(scores.shape[1]):
            powers += math.exp(scores[i, j] - largest)
        total += largest + math.log(powers) - scores[i, labels[i]]
    return total / n


@compiled
def dense_adjoint(w1, b1, w2, b2, x, labels):
    hidden = np.dot(x, w1)
    n, width = hidden.shape
    for i in range(n):
        for j in range(width):
            hidden[i, j] = max(hidden[i, j] + b1[j], 0.0)
    scores = np.dot(hidden, w2)
    classes = scores.shape[1]
    scores_bar = np.empty((n, classes))
    b2_bar = np.zeros(classes)
    total = 0.0
    for i in range(n):
        largest = -np.inf
        for j in range(classes):
            scores[i, j] += b2[j]
            largest = max(largest, scores[i, j])
        powers = 0.0
        for j in range(classes):
            scores_bar[i, j] = math.exp(scores[i, j] - largest)
            powers += scores_bar[i, j]
        total += largest + math.log(powers) - scores[i, labels[i]]
        for j in range(classes):
            scores_bar[i, j] /= powers * n
        scores_bar[i, labels[i]] -= 1.0 / n
        for j in range(classes):
            b2_bar[j] += scores_bar[i, j]
    w2_bar = np.dot(hidden.T, scores_bar)
    hidden_bar = np.dot(scores_bar, w2.T)
    b1_bar = np.zeros(width)
    for i in range(n):
        for j in range(width):
            if hidden[i, j] <= 0.0:
                hidden_bar[i, j] = 0.0
            b1_bar[j] += hidden_bar[i, j]
    return total / n, np.dot(x.T, hidden_bar), b1_bar, w2_bar, b2_bar


@compiled
def pairwise_loops(x):
    n, d = x.shape
    total = 0.0
    for i in range(n):
        for j in range(n):
            square = 1e-12
            for k in range(d):
                difference = x[i, k] - x[j, k]
                square += difference * difference
            total += math.sqrt(square)
    return total


@compiled
def pairwise_adjoint(x):
    n, d = x.shape
    total = 0.0
    x_bar = np.zeros((n, d))
    for i in range(n):
        for j in range(n):
            square = 1e-12
            for k in range(d):
                difference = x[i, k] - x[j, k]
                square += difference * difference
            distance = math.sqrt(square)
            total += distance
            for k in range(d):
                difference_bar = (x[i, k] - x[j, k]) / distance
                x_bar[i, k] += difference_bar
                x_bar[j, k] -= difference_bar
    return total, x_bar


@compiled
def pairwise_stored_loops(x):
    n, d = x.shape
    distances = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            square = 1e-12
            for k in range(d):
                difference = x[i, k] - x[j, k]
                square += difference * difference
            distances[i, j] = math.sqrt(square)
    total = 0.0
    for i in range(n):
        for j in range(n):
            total += distances[i, j]
    return total


pairwise_stored_adjoint = pairwise_adjoint  # a person would not store them


@compiled
def weighted_sum_loops(x, w):
    s = 0.0
    for i in range(x.shape[0]):
        s += x[i] * w
    return s


@compiled
def weighted_sum_adjoint(x, w):
    n = x.shape[0]
    s = 0.0
    w_bar = 0.0
    x_bar = np.empty(n)
    for i in range(n):
        s += x[i] * w
        w_bar += x[i]
        x_bar[i] = w
    return s, x_bar, w_bar


@compiled
def sum_of_squares(a):
    total = 0.0
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            total += a[i, j] * a[i, j]
    return total


@compiled
def seidel_5_loops(a, steps):
    n, m = a.shape
    for _ in range(steps):
        for i in range(1, n - 1):
            for j in range(1, m - 1):
                a[i, j] = (a[i, j] + a[i - 1, j] + a[i + 1, j] + a[i, j - 1] + a[i, j + 1]) / 5.0
    return sum_of_squares(a)


@compiled
def seidel_5_adjoint(a, steps):
    a = a.copy()
    value = seidel_5_loops(a, steps)
    n, m = a.shape
    a_bar = 2.0 * a
    for _ in range(steps):
        i = n - 2
        while i >= 1:
            j = m - 2
            while j >= 1:
                share = a_bar[i, j] / 5.0
                a_bar[i, j] = share
                a_bar[i - 1, j] += share
                a_bar[i + 1, j] += share
                a_bar[i, j - 1] += share
                a_bar[i, j + 1] += share
                j -= 1
            i -= 1
    return value, a_bar


@compiled
def seidel_9_loops(a, steps):
    n, m = a.shape
    for _ in range(steps):
        for i in range(1, n - 1):
            for j in range(1, m - 1):
                above = a[i - 1, j - 1] + a[i - 1, j] + a[i - 1, j + 1]
                row = a[i, j - 1] + a[i, j] + a[i, j + 1]
                below = a[i + 1, j - 1] + a[i + 1, j] + a[i + 1, j + 1]
                a[i, j] = (above + row + below) / 9.0
    return sum_of_squares(a)


@compiled
def seidel_9_adjoint(a, steps):
    a = a.copy()
    value = seidel_9_loops(a, steps)
    n, m = a.shape
    a_bar = 2.0 * a
    for _ in range(steps):
        i = n - 2
        while i >= 1:
            j = m - 2
            while j >= 1:
                share = a_bar[i, j] / 9.0
                a_bar[i, j] = share
                a_bar[i - 1, j - 1] += share
                a_bar[i - 1, j] += share
                a_bar[i - 1, j + 1] += share
                a_bar[i, j - 1] += share
                a_bar[i, j + 1] += share
                a_bar[i + 1, j - 1] += share
                a_bar[i + 1, j] += share
                a_bar[i + 1, j + 1] += share
                j -= 1
            i -= 1
    return value, a_bar


@compiled
def stencil_loops(u, v, c, steps):
    n, m = u.shape
    for _ in range(steps):
        for i in range(1, n - 1):
            for j in range(1, m - 1):
                around = u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1]
                v[i, j] = u[i, j] + c * (around - 4.0 * u[i, j])
        u, v = v, u
    return sum_of_squares(u)


@compiled
def stencil_adjoint(u, v, c, steps):
    u, v = u.copy(), v.copy()
    value = stencil_loops(u, v, c, steps)
    last = u if steps % 2 == 0 else v
    n, m = u.shape
    u_bar, v_bar = 2.0 * last, np.zeros((n, m))
    for _ in range(steps):
        u_bar, v_bar = v_bar, u_bar
        for i in range(1, n - 1):  # one loop for each target, as a single one would not be vectorised
            for j in range(1, m - 1):
                u_bar[i, j] += v_bar[i, j] - 4.0 * (c * v_bar[i, j])
            for j in range(1, m - 1):
                u_bar[i - 1, j] += c * v_bar[i, j]
            for j in range(1, m - 1):
                u_bar[i + 1, j] += c * v_bar[i, j]
            for j in range(1, m - 1):
                u_bar[i, j - 1] += c * v_bar[i, j]
            for j in range(1, m - 1):
                u_bar[i, j + 1] += c * v_bar[i, j]
            for j in range(1, m - 1):
                v_bar[i, j] = 0.0
    return value, u_bar, v_bar


@compiled
def appended_loops(x):
    n = x.shape[0]
    values = np.empty(n)
    for i in range(n):
        values[i] = math.sin(x[i]) * x[i]
    total = 0.0
    for i in range(n):
        total += values[i]
    return total


@compiled
def appended_adjoint(x):
    total = 0.0
    x_bar = np.empty(x.shape[0])
    for i in range(x.shape[0]):
        sine = math.sin(x[i])
        total += sine * x[i]
        x_bar[i] = sine + math.cos(x[i]) * x[i]
    return total, x_bar


@compiled
def evaluated_loops(node, operator, left, right, leaves):
    if operator[node] == 0:
        return leaves[left[node]]
    a = evaluated_loops(left[node], operator, left, right, leaves)
    b = evaluated_loops(right[node], operator, left, right, leaves)
    return a + b if operator[node] == 1 else a * b


@compiled
def _filled(node, operator, left, right, leaves, values):
    if operator[node] == 0:
        values[node] = leaves[left[node]]
        return
    one, other = left[node], right[node]
    _filled(one, operator, left, right, leaves, values)
    _filled(other, operator, left, right, leaves, values)
    product = values[one] * values[other]
    values[node] = values[one] + values[other] if operator[node] == 1 else product


@compiled
def _emptied(node, operator, left, right, values, bar, leaves_bar):
    if operator[node] == 0:
        leaves_bar[left[node]] += bar
        return
    one, other = left[node], right[node]
    sums = operator[node] == 1
    _emptied(other, operator, left, right, values, bar if sums else bar * values[one], leaves_bar)
    _emptied(one, operator, left, right, values, bar if sums else bar * values[other], leaves_bar)


@compiled
def evaluated_adjoint(node, operator, left, right, leaves):
    values = np.empty(operator.shape[0])
    _filled(node, operator, left, right, leaves, values)
    leaves_bar = np.zeros(leaves.shape[0])
    _emptied(node, operator, left, right, values, 1.0, leaves_bar)
    return values[node], leaves_bar
