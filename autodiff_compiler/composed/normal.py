"""The normal distribution of `scipy.stats`, in double precision as there; registered by `late.py`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import special
from scipy.stats import norm

from autodiff_compiler.composed.declare import is_exactly, stands_for

_LOG_ROOT = math.log(2 * math.pi) / 2


def standard(x: Any, loc: Any, scale: Any) -> Any:
    """How many scales numbers lie above the location; NaN for a scale that is not positive."""
    x = np.asarray(x, dtype=np.float64)
    z = x if is_exactly(loc, 0) else x - loc
    return z if is_exactly(scale, 1) else z / positive(scale)


def positive(scale: Any) -> Any:
    """The scale, NaN where it is none."""
    return np.where(np.asarray(scale) > 0, scale, np.nan)


def placed(z: Any, loc: Any, scale: Any) -> Any:
    """Where numbers of scales lie."""
    x = z if is_exactly(scale, 1) else z * positive(scale)
    return x if is_exactly(loc, 0) else x + loc


@stands_for(norm.pdf)
def pdf(x: Any, loc: Any = 0, scale: Any = 1) -> Any:
    """`stats.norm.pdf(x, loc=0, scale=1)`: y = e^(−z²/2) / (√(2π) scale), z = (x − loc) / scale."""
    z = standard(x, loc, scale)
    density = np.exp(-(z**2) / 2.0) / math.sqrt(2 * math.pi)
    return density if is_exactly(scale, 1) else density / scale


@stands_for(norm.logpdf)
def logpdf(x: Any, loc: Any = 0, scale: Any = 1) -> Any:
    """`stats.norm.logpdf(x, loc=0, scale=1)`: y = −z²/2 − ln √(2π) − ln scale."""
    z = standard(x, loc, scale)
    logarithm = -(z**2) / 2.0 - _LOG_ROOT
    return logarithm if is_exactly(scale, 1) else logarithm - np.log(scale)


@stands_for(norm.cdf)
def cdf(x: Any, loc: Any = 0, scale: Any = 1) -> Any:
    """`stats.norm.cdf(x, loc=0, scale=1)`: y = Φ(z)."""
    return special.ndtr(standard(x, loc, scale))


@stands_for(norm.logcdf)
def logcdf(x: Any, loc: Any = 0, scale: Any = 1) -> Any:
    """`stats.norm.logcdf(x, loc=0, scale=1)`: y = ln Φ(z)."""
    return special.log_ndtr(standard(x, loc, scale))


@stands_for(norm.sf)
def sf(x: Any, loc: Any = 0, scale: Any = 1) -> Any:
    """`stats.norm.sf(x, loc=0, scale=1)`: y = Φ(−z)."""
    return special.ndtr(-standard(x, loc, scale))


@stands_for(norm.logsf)
def logsf(x: Any, loc: Any = 0, scale: Any = 1) -> Any:
    """`stats.norm.logsf(x, loc=0, scale=1)`: y = ln Φ(−z)."""
    return special.log_ndtr(-standard(x, loc, scale))


@stands_for(norm.ppf)
def ppf(q: Any, loc: Any = 0, scale: Any = 1) -> Any:
    """`stats.norm.ppf(q, loc=0, scale=1)`: y = loc + scale Φ⁻¹(q), NaN outside of 0 ≤ q ≤ 1."""
    return placed(special.ndtri(np.asarray(q, dtype=np.float64)), loc, scale)


@stands_for(norm.isf)
def isf(q: Any, loc: Any = 0, scale: Any = 1) -> Any:
    """`stats.norm.isf(q, loc=0, scale=1)`: y = loc − scale Φ⁻¹(q), NaN outside of 0 ≤ q ≤ 1."""
    return placed(-special.ndtri(np.asarray(q, dtype=np.float64)), loc, scale)
