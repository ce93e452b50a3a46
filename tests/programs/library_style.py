"""Programs in the style of scientific libraries: what the arguments are is asked, integers choose forms."""

from __future__ import annotations

import math
import operator
import statistics
import warnings

import numpy as np
import scipy.linalg

from tests.programs.catalogue import at, program

# ---------------------------------------------------------------- what the arguments are


@program(inputs=lambda rng: (rng.normal(size=4),))
@program(inputs=at(1.5))
def values_of_a_series_or_not(x):
    try:
        values = x.values
    except AttributeError:
        values = x
    scaled = values * values
    try:
        scaled.name = "scaled"
    except AttributeError:
        pass
    return np.sum(scaled)


def mean_of(items):
    try:
        n = len(items)
    except TypeError:
        n, total = 0, 0.0
        for item in items:
            n += 1
            total += item
        return total / n
    return sum(items) / n


@program(inputs=at(1.5))
def mean_of_a_generator_or_a_list(x):
    return mean_of(v * v for v in (x, 2 * x)) + mean_of([x, x**3]) * mean_of(np.array([x, 3.0]))


SETTINGS = {"rate": 1.5}


@program(inputs=at(2.0))
@program(inputs=at(0.5))
def settings_that_are_missing(x):
    own = {"scale": x}
    if x > 1:
        own["bias"] = 3 * x
    try:
        offset = SETTINGS["offset"]
    except KeyError:
        offset = 2.0
    try:
        bias = own["bias"]
    except KeyError:
        bias = own["scale"] ** 2
    return bias * offset * SETTINGS["rate"]


@program(inputs=lambda rng: (rng.uniform(0.1, 0.9, 5),))
def accuracy_of_a_dtype(p):
    eps = np.finfo(p.dtype).eps
    common = np.promote_types(p.dtype, np.float32)
    safe = np.clip(p.astype(common), eps, 1 - eps)
    if np.ma.isMaskedArray(p) or np.result_type(p, 1.0) != p.dtype:
        return 0.0
    valid = ~np.isnan(safe[0])
    return np.sum(np.log(safe)) if valid and ~(safe[0] > 5) else 1.0


@program(inputs=at(1.5))
def warnings_and_messages(x):
    message = f"x is {x:.2f}, which is " + ("large" if x > 100 else "small")
    if x > 100:
        warnings.warn(message, RuntimeWarning, stacklevel=2)
    if x > 1000:
        raise ValueError(message)
    weights = {"w%d" % k: (k + 1) * x for k in range(3)}  # what this is about
    return weights["w0"] * weights["w2"]


# ---------------------------------------------------------------- integers that decide the form of a value


@program(inputs=at(0.3, 2), wrt="dt")
@program(inputs=at(0.3, 3), wrt="dt")
def noise_of_an_order(dt, order):
    if order == 2:
        q = [[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]]
    elif order == 3:
        q = [[dt**5, dt**4, dt**3], [dt**4, dt**3, dt**2], [dt**3, dt**2, dt]]
    else:
        raise ValueError("order must be 2 or 3")
    return np.sum(np.array(q) * np.arange(1.0, order + 1))


@program(inputs=at(0.3, 2), wrt="theta")
@program(inputs=at(0.3, 3), wrt="theta")
def parameters_of_an_order(theta, order):
    if order == 2:
        found = 1 - theta**2, (1 - theta) ** 2
    else:
        found = 1 - theta**3, 1.5 * (1 - theta**2) * (1 - theta), 0.5 * (1 - theta) ** 3
    return sum(found)


@program(inputs=lambda rng: (rng.normal(size=(3, 4)), -1), wrt="y")
def differences_along_an_axis(y, axis):
    places = [slice(None)] * y.ndim
    places[axis % y.ndim] = slice(1, None)
    upper = y[tuple(places)]
    shape = list(y.shape)
    del shape[axis]
    return np.sum(upper**2) + np.sum(np.ones(shape)) * np.sum(y)


@program(inputs=lambda rng: (rng.normal(size=3), 2), wrt="x")
def blocks_of_a_count(x, count):
    count = operator.index(count)
    return np.sum(np.concatenate([x] * count) * np.arange(3.0 * count))


# ---------------------------------------------------------------- parts put together


@program(inputs=lambda rng: (rng.normal(size=4), 1.3))
def rows_and_columns(x, y):
    row = np.r_[1.0, x[1:], y, 0:2, 0:1:3j]
    table = np.c_[x, np.outer(x, x)]
    return np.sum(row * np.arange(len(row))) + np.sum(table.T @ x)


@program(inputs=lambda rng: (rng.normal(size=20).tolist(),))
def order_of_a_long_list(values):
    ranked = sorted(values, key=lambda v: abs(v - 0.2), reverse=True)
    lowest = sorted(values)[:3]
    return sum((k + 1) * v for k, v in enumerate(ranked)) + lowest[0] * lowest[2]


@program(inputs=at(1.5, 0.7))
def lines_that_meet(x, y):
    a, b, c, d = (k / (x * y - 2.0) for k in (x, y, 1.0, x + y))
    return a * d - math.sin(b) * c


@program(inputs=at(1.5, "ei"), wrt="x")
def letters_of_a_type(x, kind):
    if kind[0] == "e":
        x = x * x
    return 3 * x if kind[-1:] == "i" else x


@program(inputs=lambda rng: (rng.uniform(1, 3, 5).tolist(), 1.5))
def statistics_of_a_list(values, mu):
    law = statistics.NormalDist(mu, statistics.stdev(values))
    spread = statistics.pvariance(values, mu) * statistics.fmean(values, [1.0, 2.0, 1.0, 2.0, 1.0])
    return spread + statistics.harmonic_mean(values) * law.inv_cdf(0.3) + statistics.geometric_mean(values)


@program(inputs=at(1.5, 0.7))
def distributions_that_overlap(x, y):
    first, second = statistics.NormalDist(x, y), statistics.NormalDist(y, x)
    return first.overlap(second) + (first + second).stdev + first.quantiles(4)[0]


@np.vectorize
def clipped(v, limit):
    return v * v if v > limit else limit * v


@program(inputs=lambda rng: (rng.uniform(size=(2, 3)), 0.4))
def function_of_numbers_on_arrays(x, limit):
    last = np.lib.array_utils.normalize_axis_index(-1, x.ndim) if hasattr(np.lib, "array_utils") else 1
    return np.sum(clipped(x, limit), axis=last) @ np.array([1.0, 2.0])


@program(inputs=lambda rng: (rng.uniform(size=(2, 2)), 1.3))
def blocks_and_scalars_of_numpy(a, x):
    if a.shape[0] != a.shape[1]:
        rows, columns = a.shape
        message = f"{rows} by {columns}" if rows > columns else "too wide"
        raise ValueError(message)
    given = a.astype(a.dtype, copy=False)
    scale = np.asarray(x)[()] * np.float64(x).ravel()[0]
    return np.sum(scipy.linalg.block_diag(given, [x, 1.0]) @ np.arange(4.0)) * scale.copy()
