"""Functions of the standard library and of SciPy, called as they are: none was written for this compiler."""

from __future__ import annotations

import colorsys
import statistics

import numpy as np
import scipy.spatial.distance as distances
from scipy.optimize._dcsrch import dcstep

from tests.programs.catalogue import at, program


@program(inputs=at(0.2, 0.4, 0.6))
@program(inputs=at(0.7, 0.4, 0.1))
def colour_to_hue_and_back(r, g, b):
    h, lightness, s = colorsys.rgb_to_hls(r, g, b)
    red, green, blue = colorsys.hls_to_rgb(h + 0.05, lightness * 0.9, s)
    return red + 2 * green * blue


@program(inputs=at(0.2, 0.4, 0.6))
@program(inputs=at(0.6, 0.5, 0.1))
def colour_to_value(r, g, b):
    h, s, v = colorsys.rgb_to_hsv(r, g, b)
    return h * s + v * v


@program(inputs=at(0.2, 0.4, 0.6))
def colour_to_chroma_and_back(r, g, b):
    y, i, q = colorsys.rgb_to_yiq(r, g, b)
    red, green, blue = colorsys.yiq_to_rgb(y * 0.9, i * 1.1, q)
    return red * green + blue


@program(inputs=at(0.3, 1.0, 2.0))
def normal_distribution(x, mu, sigma):
    law = statistics.NormalDist(mu, sigma)
    return law.pdf(x) + law.cdf(x) * law.variance


@program(inputs=lambda rng: (rng.uniform(1, 2, 5), rng.uniform(2, 3, 5)))
def distances_of_scipy(u, v):
    total = distances.braycurtis(u, v) + distances.cityblock(u, v)
    return total * distances.chebyshev(u, v) + distances.sqeuclidean(u, v)


@program(inputs=at(0.0, 1.0, -1.0, 2.0, 1.5, 0.8, 1.0, 1.4, 0.5))
@program(inputs=at(0.0, 1.0, -1.0, 2.0, 1.5, 0.8, 1.0, 0.2, -0.5))
def step_of_a_line_search(stx, fx, dx, sty, fy, dy, stp, fp, dp):
    found = dcstep(stx, fx, dx, sty, fy, dy, stp, fp, dp, False, 0.0, 5.0)
    return np.sin(found[0]) + found[6]
