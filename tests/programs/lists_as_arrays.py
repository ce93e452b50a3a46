"""Lists and tuples where NumPy takes array-likes: beside arrays, and as what is put into them."""

from __future__ import annotations

import numpy as np

from tests.programs.catalogue import at, program

MATRIX = np.array([[2.0, 0.3, -0.5], [0.4, 1.5, 0.2], [-0.1, 0.6, 1.2]])


@program(inputs=at([1.0, 0.5, 2.0, 1.5], [0.0, 1.0, 0.5, -1.0]))
def spline_with_rows_of_a_matrix(h, y):
    n = len(y)
    a, r = np.zeros((n, n)), np.zeros(n)
    a[0, 0] = a[-1, -1] = 1.0
    for i in range(1, n - 1):
        a[i, i - 1 : i + 2] = h[i - 1], 2 * (h[i - 1] + h[i]), h[i]
        r[i] = 3 * ((y[i + 1] - y[i]) / h[i] - (y[i] - y[i - 1]) / h[i - 1])
    return np.sum(np.linalg.solve(a, r) ** 2)


@program(inputs=at(1.5))
def lists_put_into_arrays(x):
    a, rows = np.zeros((3, 2)), [x * i for i in range(2)]
    a[:] = [[x, 1.0], [2.0, x], [x * x, 3.0]]
    a[1:] += (x, 2.0)
    a[:, 1] *= [1.0, x, 2.0]
    a[0] = rows
    a[[0, 2]] -= [x, 0.5]
    b, a[1], a[2, :] = a.copy(), [x, x * x], (a[0, 1], a[0, 0])
    b[...] = [b[1], b[0], [x, 1.0]][1]
    return np.sum(a * np.arange(6.0).reshape(3, 2)) + np.sum(b * b)


@program(inputs=at(1.5))
def numbers_put_into_integers(x):
    a = np.zeros((3, 2), dtype=int)
    a[:] = (1.7, 2)
    a[0] = [3, 4.9]
    return x * a.sum() + x


@program(inputs=at(1.5, [0.3, 0.7, 2.0], MATRIX))
def lists_beside_arrays(x, a, m):
    s = a + [1, x, 3] + (x, 1, 2) * a - [1.0] * 3
    s += a / (x, 2, 3) + a ** [1, 2, x] + [2.0, x, 1.0] % a
    s = s + m @ [1, x, 2] + [x, 1, 2] @ m + ([1.0, 0.5, x] - a[0])
    s = s + np.where(a > [0, 1, x], s, x) + (a != [0.4, 0.0, 2.5]) * x
    return np.sum(s * a) + np.sum(m * [[1], [x], [2]]) + np.sum(a[:, None] * [1, x])


@program(inputs=at([0.3, 0.7, 2.0], 3))
def lists_of_unknown_length_beside_arrays(a, n):
    found = [v * v for v in a]
    powers = []
    for k in range(n):
        powers.append(a[k] ** k)
    a[1:] = found[1:]
    return np.sum(a * found - powers) + np.dot(found * a, a)


NAMES = ("height", "rate", "floor")


@program(inputs=at([0.3, 0.7, 2.0], [0.5, 1.5]))
def names_and_functions_beside_vectors(theta, w):
    p = dict(zip(NAMES, theta))
    s = p["height"] * np.exp(-p["rate"]) + p["floor"]
    for function, weight in zip([np.sin, np.tanh], w):
        s += weight * function(theta[0])
    return s + {name: v * v for name, v in zip("ab", theta)}["b"]


@program(inputs=at([0.3, 0.7, 2.0], MATRIX))
def numbers_taken_out_of_arrays(a, m):
    rows, found = m.tolist(), np.fromiter((v * v for v in a), float)
    s = sum(a.tolist()) + rows[1][0] * rows[2][2] + found[1] * a[0].item()
    return s + np.sum(np.r_[a, s, [1, 2]] ** 2) + np.sum(np.c_[a, [s, 1, 2]] * a[:, None])
