"""Means and variances of the module `statistics`, which computes them by exact fractions."""

from __future__ import annotations

import math
import statistics
from typing import Any

import numpy as np

from autodiff_compiler.composed.declare import known_while_compiling, stands_for


@known_while_compiling
def check_floats(kind: str) -> None:
    """Refuse whole numbers: their mean may be one again."""
    if kind != "f":
        raise TypeError("functions of `statistics` are supported for floats")


def floats(data: Any) -> Any:
    """The numbers of anything that can be iterated over, as an array."""
    values = np.array(list(data))
    check_floats(values.dtype.kind)
    return values


@stands_for(statistics.mean)
def mean_of_data(data: Any) -> Any:
    """`statistics.mean(data)`: of floats."""
    values = floats(data)
    if len(values) == 0:
        raise statistics.StatisticsError("mean requires at least one data point")
    return float(np.sum(values) / len(values))


@stands_for(statistics.fmean)
def mean_of_floats(data: Any, weights: Any = None) -> Any:
    """`statistics.fmean(data, weights=None)`."""
    values = np.array([float(value) for value in data])
    if len(values) == 0:
        raise statistics.StatisticsError("fmean requires at least one data point")
    if weights is None:
        return float(np.sum(values) / len(values))
    shares = np.array([float(weight) for weight in weights])
    if len(shares) != len(values):
        raise statistics.StatisticsError("data and weights must be the same length")
    if np.sum(shares) == 0:
        raise statistics.StatisticsError("sum of weights must be non-zero")
    return float(np.sum(values * shares) / np.sum(shares))


@stands_for(statistics.geometric_mean)
def geometric_mean_of_data(data: Any) -> Any:
    """`statistics.geometric_mean(data)`: of positive numbers."""
    values = np.array([float(value) for value in data])
    if len(values) == 0 or np.any(values <= 0):
        raise statistics.StatisticsError("geometric mean requires a non-empty dataset of positive numbers")
    return math.exp(np.sum(np.log(values)) / len(values))


@stands_for(statistics.harmonic_mean)
def harmonic_mean_of_data(data: Any, weights: Any = None) -> Any:
    """`statistics.harmonic_mean(data, weights=None)`: of positive floats."""
    values = floats(data)
    if len(values) == 0:
        raise statistics.StatisticsError("harmonic_mean requires at least one data point")
    if np.any(values <= 0):
        raise statistics.StatisticsError("harmonic mean does not support negative values, here also not zero")
    if weights is None:
        return float(len(values) / np.sum(1.0 / values))
    shares = floats(weights)
    if len(shares) != len(values):
        raise statistics.StatisticsError("Number of weights does not match data size")
    return float(np.sum(shares) / np.sum(shares / values))


def spread(data: Any, center: Any, lost: Any) -> Any:
    """The sum of squares about a center, divided by the number of values less those lost."""
    values = floats(data)
    if len(values) <= lost:
        raise statistics.StatisticsError("a variance requires more data points")
    about = np.sum(values) / len(values) if center is None else center
    return float(np.sum((values - about) ** 2) / (len(values) - lost))


@stands_for(statistics.variance)
def sample_variance(data: Any, xbar: Any = None) -> Any:
    """`statistics.variance(data, xbar=None)`: of floats."""
    return spread(data, xbar, 1)


@stands_for(statistics.pvariance)
def population_variance(data: Any, mu: Any = None) -> Any:
    """`statistics.pvariance(data, mu=None)`: of floats."""
    return spread(data, mu, 0)


@stands_for(statistics.stdev)
def sample_deviation(data: Any, xbar: Any = None) -> Any:
    """`statistics.stdev(data, xbar=None)`: of floats."""
    return math.sqrt(spread(data, xbar, 1))


@stands_for(statistics.pstdev)
def population_deviation(data: Any, mu: Any = None) -> Any:
    """`statistics.pstdev(data, mu=None)`: of floats."""
    return math.sqrt(spread(data, mu, 0))
