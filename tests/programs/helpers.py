"""Functions that the programs of another module call."""

from __future__ import annotations

import numpy as np

SLOPE = 0.25


def leaky(x):
    return x if x > 0 else SLOPE * x


def sum_and_difference(x, y):
    return x + y, x - y


def normalise(values):
    shifted = values - np.mean(values)
    return shifted / np.sqrt(np.sum(shifted * shifted))


def scale_in_place(values, factor):
    for i in range(len(values)):
        values[i] *= factor
