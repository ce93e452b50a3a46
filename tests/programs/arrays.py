"""Whole-array NumPy: elementwise functions with broadcasting, reductions, products, creation and shape."""

from __future__ import annotations

import numpy as np

from tests.programs.catalogue import at, program


@program(inputs=lambda rng: (rng.normal(size=6),))
def chain_of_elementwise_functions(x):
    y = np.sin(x) * np.exp(-x * x)
    z = np.tanh(y) + np.sqrt(1.0 + x**2)
    return np.sum(z / (1.0 + np.abs(x)))


@program(inputs=lambda rng: (rng.normal(size=(3, 4)), rng.normal(size=4), rng.normal(size=(3, 1)), 0.5))
def broadcasting(a, row, column, scalar):
    b = a * row + column
    c = (scalar - b) * (column + row)
    return np.sum(c * c)


@program(inputs=lambda rng: (rng.normal(size=3), rng.normal(size=4)))
def outer_product_by_new_axes(x, y):
    table = x[:, None] * y[np.newaxis, :]
    return np.sum(np.cos(table) * table)


@program(inputs=lambda rng: (rng.normal(size=(3, 4)),))
def reductions_over_axes(a):
    columns = np.sum(a, axis=0)
    rows = a.mean(axis=1)
    centred = a - np.mean(a, axis=1, keepdims=True)
    return np.sum(columns**2) + np.sum(rows * rows) + np.sum(centred**3) + a.sum()


@program(inputs=lambda rng: (rng.normal(size=(4, 5)),))
def extremes_over_axes(a):
    peak = np.max(a, axis=1, keepdims=True)
    low = a.min(axis=0)
    return np.sum(np.exp(a - peak)) + np.sum(low * low) + a.max() * np.min(a)


@program(inputs=lambda rng: (rng.normal(size=(2, 3, 4)),))
def reductions_of_three_axes(a):
    return np.sum(np.sum(a, axis=2) ** 2) + np.sum(a.sum(axis=(0, 2)) ** 3) + np.mean(np.max(a, axis=-1))


@program(inputs=lambda rng: (rng.normal(size=(3, 4)), rng.normal(size=(4, 2)), rng.normal(size=2)))
def products_of_matrices_and_vectors(a, b, v):
    c = a @ b
    w = c @ v
    u = np.dot(w, a)
    return np.dot(u, u) + np.sum(np.dot(a, b) * c) + w @ w


@program(inputs=lambda rng: (rng.normal(size=(3, 4)), rng.normal(size=(3, 2))))
def product_with_a_transpose(a, b):
    c = a.T @ b
    d = np.transpose(b) @ a
    return np.sum(c * d.T) + np.sum((a @ a.T) ** 2)


@program(inputs=lambda rng: (rng.normal(size=6),))
def where_and_its_relatives(x):
    y = np.where(x > 0, x * x, -0.1 * x)
    z = np.maximum(x, 0.2) * np.minimum(y, 1.0)
    return np.sum(y) + np.sum(z) + np.sum(np.where(x < y, x, 2.0))


@program(inputs=at([-1.0, 1.0, 4.0]), value=3.0, gradient=[0.0, 0.5, 0.25])
def where_keeps_the_safe_side(x):
    safe = np.where(x > 0, x, 1.0)
    return np.sum(np.where(x > 0, np.sqrt(safe), 0.0))


@program(inputs=lambda rng: (rng.normal(size=4), 2.5))
def creation(x, level):
    a = np.zeros(4)
    b = np.ones((4, 4))
    c = np.full(4, level)
    d = np.full_like(x, 2.0) + np.zeros_like(x) + np.ones_like(x)
    a[:] = x * c
    b[1] = x
    return np.sum(b @ a * d)


@program(inputs=lambda rng: (rng.normal(size=(3, 4)),))
def reshaping(a):
    flat = a.reshape(12)
    square = np.reshape(flat[:9], (3, 3))
    pairs = a.reshape((-1, 2))
    return np.sum(square @ square) + np.sum(pairs[:, 0] * pairs[:, 1]) * flat[3]


@program(inputs=lambda rng: (rng.normal(size=(3, 4)),))
def reshape_shares_memory(a):
    flat = a.reshape(-1)
    flat[5] = flat[0] * flat[1]
    return np.sum(a[1] * a[2])


@program(inputs=lambda rng: (rng.normal(size=(2, 5)),))
def transposed_view_written_through(a):
    b = a.T
    for i in range(b.shape[0]):
        b[i, 0] *= b[i, 1]
    return np.sum(a * a)


@program(inputs=lambda rng: (rng.normal(size=(4, 3)),))
def softmax_of_rows(logits):
    shifted = logits - np.max(logits, axis=1, keepdims=True)
    e = np.exp(shifted)
    p = e / np.sum(e, axis=1, keepdims=True)
    return np.sum(p * np.log(p))


@program(inputs=lambda rng: (rng.normal(size=(5, 3)),))
def standardised_columns(a):
    m = a.mean(axis=0)
    s = np.sqrt(np.mean((a - m) ** 2, axis=0))
    z = (a - m) / (s + 0.1)
    return np.sum(z**3)


@program(inputs=lambda rng: (rng.normal(size=(4, 6)),))
def strided_operands(a):
    b = a[::2, 1::2]
    c = a[1::2, ::2]
    return np.sum(b * np.sin(c)) + np.sum(b @ c.T)


@program(inputs=lambda rng: (rng.uniform(0.5, 2.0, size=5), rng.uniform(0.5, 2.0, size=5)))
def powers_of_arrays(x, y):
    return np.sum(x**y) + np.sum(x**3 * y**-1) + np.sum(2.0**x) + np.sum(np.power(x, 0.5))


@program(inputs=lambda rng: (rng.normal(size=(1, 4)), rng.normal(size=(3, 4))))
def axis_of_length_one_stretches(a, b):
    c = a * b
    a[0, 1] = np.sum(b) * 0.1
    return np.sum(c - a) + np.mean(a * c)


@program(inputs=lambda rng: (rng.normal(size=5),))
def arrays_carried_through_a_loop(x):
    y = x
    for k in range(4):
        y = np.tanh(y * x) + y / (k + 1)
    return np.sum(y)


@program(inputs=at([], []), value=0.0, gradient=([], []))
def zero_length(a, b):
    return np.sum(a * np.exp(b)) + np.dot(a, b)


@program(inputs=lambda rng: (rng.normal(size=4), np.array([3, 1, 2, 5]), np.array([True, False, True, True])))
def integer_and_boolean_arrays_are_constants(x, counts, keep):
    y = x * counts + counts.sum()
    return np.sum(np.where(keep, y, 0.0) * x) + np.sum(x * keep)


@program(inputs=lambda rng: (rng.uniform(0.1, 0.9, size=5),))
def many_elementwise_functions(x):
    a = np.log(x) + np.log1p(x) - np.expm1(x) + np.log2(x) * np.log10(1.0 + x)
    b = np.arcsin(x) * np.arccos(x) + np.arctan(x) - np.sinh(x) * np.cosh(x)
    c = np.tan(x) / np.square(x) + np.sign(x) * np.hypot(x, a) + np.reciprocal(x)
    return np.sum(a * b + c)
