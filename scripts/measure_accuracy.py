"""Measures how far the functions of runtime/elementary/ are from the correctly rounded result.

    python scripts/measure_accuracy.py [name ...]     # prints the rows of the table in docs/elementary.md

More than a million points for each function and dtype: all bit patterns with the same chance (so all
exponents, denormals, infinities and NaN), intervals where the formulas change, and points around multiples of
π/2. The error is first estimated, in 64-bit extended precision where that is at hand; of the points with the
largest estimates, CONFIRMED are computed by mpmath with 40 digits, and these errors are reported. The
estimate for error functions is from SciPy's in float64, so many more points are confirmed.

An error is in units in the last place of the correctly rounded result. Those of `logaddexp` and `kl_div`,
which may cancel, are in units of the last place of what is subtracted in them, if it is larger.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from mpmath import mp
from scipy import special

from autodiff_compiler.runtime import elementary

mp.dps = 40
COUNT = 1_000_000
CONFIRMED = 4000
Array = np.ndarray[Any, Any]
Interval = tuple[float, float]

INTERVALS: dict[str, tuple[Interval, ...]] = {
    "exp": ((-1, 1), (-745.2, 710)),
    "exp2": ((-1, 1), (-1075, 1024)),
    "expm1": ((-1, 1), (-40, 710)),
    "sinh": ((-1, 1), (-3, 3), (-711, 711)),
    "cosh": ((-1, 1), (-3, 3), (-711, 711)),
    "tanh": ((-1, 1), (-20, 20)),
    "sigmoid": ((-1, 1), (-40, 40), (-745.2, 0)),
    "softplus": ((-1, 1), (-40, 40), (-745.2, 0)),
    "log": ((0.5, 2), (0.99, 1.01)),
    "log2": ((0.5, 2), (0.99, 1.01)),
    "log10": ((0.5, 2), (0.99, 1.01), (0.1, 1000)),
    "log1p": ((-1, 1), (-0.5, 1)),
    "sin": ((-1, 1), (-10, 10), (-1e4, 1e4), (-2e9, 2e9)),
    "cos": ((-1, 1), (-10, 10), (-1e4, 1e4), (-2e9, 2e9)),
    "tan": ((-1, 1), (-10, 10), (-1e4, 1e4), (-2e9, 2e9)),
    "arcsin": ((-1, 1), (-0.6, 0.6)),
    "arccos": ((-1, 1), (-0.6, 0.6), (0.9, 1)),
    "arctan": ((-1, 1), (-5, 5)),
    "cbrt": ((-1, 8),),
    "erf": ((-1, 1), (-6, 6)),
    "erfc": ((-1, 1), (-6, 28), (0, 2)),
    "erfcx": ((-0.5, 0.5), (-1, 1), (-27, 10), (0, 100)),
    "ndtr": ((-1, 1), (-39, 8), (-6, 6)),
    "log_ndtr": ((-1, 1), (-39, 8), (-1e4, 0)),
    "log_expit": ((-1, 1), (-40, 40), (0, 745.2)),
    "logit": ((0, 1), (0.4, 0.6), (0, 0.01)),
    "entr": ((0, 1), (0.9, 1.1), (0, 1000)),
}
PAIRS: dict[str, tuple[tuple[Interval, Interval], ...]] = {
    "arctan2": (((-3, 3), (-3, 3)), ((-1, 1), (-100, 100))),
    "logaddexp": (((-20, 20), (-20, 20)), ((-1, 1), (-1, 1)), ((0, 700), (0, 700))),
    "xlogy": (((-3, 3), (0, 3)), ((-1, 1), (0.9, 1.1))),
    "xlog1py": (((-3, 3), (-1, 3)), ((-1, 1), (-0.1, 0.1))),
    "rel_entr": (((0, 3), (0, 3)), ((1, 1.1), (1, 1.1)), ((0, 1), (0, 1000))),
    "kl_div": (((0, 3), (0, 3)), ((1, 1.1), (1, 1.1)), ((0, 1), (0, 1000))),
    "power": (
        ((0.5, 2), (-50, 50)),
        ((0.7, 1.4), (-300, 300)),
        ((0, 10), (-300, 300)),
        ((0.99, 1.01), (-1e4, 1e4)),
    ),
}
NAMES = (*INTERVALS, *PAIRS)


def _exact_erfcx(x: Any) -> Any:
    if x < 1000:
        return mp.exp(x * x) * mp.erfc(x)
    series = mp.fsum(mp.fac2(2 * k - 1) * (-2 * x * x) ** -k for k in range(8))
    return series / (x * mp.sqrt(mp.pi))


def _exact_ndtr(x: Any) -> Any:
    return mp.exp(-x * x / 2) * _exact_erfcx(-x / mp.sqrt(2)) / 2 if x < 1000 else mp.mpf(1)


def _exact_log_ndtr(x: Any) -> Any:
    if x > 0:
        return mp.log1p(-_exact_ndtr(-x))
    return mp.log(_exact_erfcx(-x / mp.sqrt(2)) / 2) - x * x / 2


MPMATH: dict[str, Callable[..., Any]] = {
    "exp2": lambda x: mp.power(2, x),
    "log2": lambda x: mp.log(x) / mp.log(2),
    "log1p": mp.log1p,
    "arcsin": mp.asin,
    "arccos": mp.acos,
    "arctan": mp.atan,
    "arctan2": mp.atan2,
    "cbrt": lambda x: mp.sign(x) * mp.cbrt(abs(x)),
    "sigmoid": lambda x: 1 / (1 + mp.exp(-x)),
    "softplus": lambda x: mp.log1p(mp.exp(x)),
    "logaddexp": lambda a, b: max(a, b) + mp.log1p(mp.exp(-abs(a - b))),
    # mpmath overflows far out, where the function is 0 or 2 to any precision at hand
    "erfc": lambda x: mp.erfc(max(min(x, 1000), -1000)),
    "erfcx": lambda x: _exact_erfcx(x) if x > -1000 else mp.mpf("1e1000"),
    "ndtr": lambda x: _exact_ndtr(x) if x > -1000 else mp.mpf(0),
    "log_ndtr": _exact_log_ndtr,
    "log_expit": lambda x: -mp.log1p(mp.exp(-x)),
    "logit": lambda x: mp.log(x) - mp.log1p(-x),
    "entr": lambda x: -x * mp.log(x),
    "xlogy": lambda x, y: x * mp.log(y),
    "xlog1py": lambda x, y: x * mp.log1p(y),
    "rel_entr": lambda x, y: x * mp.log(x / y),
    "kl_div": lambda x, y: x * mp.log(x / y) - x + y,
}


def _extended_sigmoid(x: Array) -> Array:
    z = np.exp(-np.abs(x))
    return np.where(x > 0, 1, z) / (1 + z)


def _extended_softplus(x: Array) -> Array:
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def _extended_logaddexp(a: Array, b: Array) -> Array:
    return np.where(a == b, a + np.log(np.longdouble(2)), np.logaddexp(a, b))


def _extended_ndtr(x: Array) -> Array:
    size = np.abs(x)
    lower = np.exp(-x * x / 2) * special.erfcx((size / np.sqrt(np.longdouble(2))).astype("float64")) / 2
    return np.where(x > 0, 1 - lower, lower)


def _extended_log_ndtr(x: Array) -> Array:
    ratio = special.erfcx((-x / np.sqrt(np.longdouble(2))).astype("float64")) / np.longdouble(2)
    return np.where(x > 0, np.log1p(-_extended_ndtr(-x)), np.log(ratio) - x * x / 2)


def _extended_logit(x: Array) -> Array:
    return np.where(abs(x - 0.5) < 0.2, np.log1p((2 * x - 1) / (1 - x)), np.log(x) - np.log1p(-x))


def _extended_rel_entr(x: Array, y: Array) -> Array:
    return x * np.where(abs(x - y) < y / 2, np.log1p((x - y) / y), np.log(x) - np.log(y))


EXTENDED: dict[str, Callable[..., Array]] = {
    "sigmoid": _extended_sigmoid,
    "softplus": _extended_softplus,
    "logaddexp": _extended_logaddexp,
    "erf": lambda x: special.erf(x.astype("float64")),
    "erfc": lambda x: special.erfc(x.astype("float64")),
    "erfcx": lambda x: special.erfcx(x.astype("float64")),
    "ndtr": _extended_ndtr,
    "log_ndtr": _extended_log_ndtr,
    "log_expit": lambda x: -_extended_softplus(-x),
    "logit": _extended_logit,
    "entr": lambda x: -x * np.log(x),
    "xlogy": lambda x, y: x * np.log(y),
    "xlog1py": lambda x, y: x * np.log1p(y),
    "rel_entr": _extended_rel_entr,
    "kl_div": lambda x, y: _extended_rel_entr(x, y) - x + y,
}
ROUGH = ("erf", "erfc", "erfcx", "ndtr", "log_ndtr")  # whose estimate is in double precision
# of functions that may cancel: the size of what is subtracted in them
SCALES: dict[str, Callable[..., Any]] = {
    "logaddexp": lambda a, b: np.maximum(abs(a), abs(b)),
    "kl_div": lambda x, y: abs(x - y),
}
HAS_EXTENDED = np.finfo(np.longdouble).nmant >= 63


def samples(name: str, dtype: str, count: int, seed: int = 0) -> list[Array]:
    """The operands: a third of them any bit patterns, the others from the intervals."""
    generator = np.random.default_rng(seed)
    width = np.dtype(dtype).itemsize
    intervals: Any = PAIRS[name] if name in PAIRS else [(interval,) for interval in INTERVALS[name]]
    share = count // (len(intervals) + 1) + 1
    columns = []
    for operand in range(len(intervals[0])):
        bits = generator.integers(0, 2 ** (8 * width), share, dtype=f"uint{8 * width}").view(dtype)
        parts = [bits] + [generator.uniform(*row[operand], share).astype(dtype) for row in intervals]
        columns.append(np.concatenate(parts))
    if name in ("sin", "cos", "tan"):
        near = (generator.integers(1, 10**6, 1000) * (np.pi / 2)).astype(dtype)
        columns[0] = np.concatenate([columns[0], near])
    if name == "power":
        whole = generator.integers(-30, 30, 1000).astype(dtype)
        base = np.exp2(generator.uniform(-0.5, 0.5, share)).astype(dtype)
        info = np.finfo(dtype)
        with np.errstate(divide="ignore"):
            ends = generator.choice([info.minexp, info.maxexp], share) / np.log2(base.astype("float64"))
        ends = np.clip(ends * generator.uniform(0.9, 1.0, share), -info.max, info.max)
        columns = [np.concatenate([columns[0], generator.uniform(-9, 9, 1000).astype(dtype), base]),
                   np.concatenate([columns[1], whole, ends.astype(dtype)])]  # fmt: skip
    return columns


@functools.cache
def loop_over(name: str) -> Callable[..., None]:
    """The function over contiguous arrays, into the last one, compiled."""
    function = getattr(elementary, name)

    def over_pairs(a: Array, b: Array, result: Array) -> None:
        for i in range(a.shape[0]):
            result[i] = function(a[i], b[i])

    def over_numbers(x: Array, result: Array) -> None:
        for i in range(x.shape[0]):
            result[i] = function(x[i])

    loop: Callable[..., None] = numba.njit(error_model="numpy")(over_pairs if name in PAIRS else over_numbers)
    return loop


def computed_by(name: str, operands: list[Array]) -> Array:
    """The function of arrays."""
    result = np.empty_like(operands[0])
    loop_over(name)(*operands, result)
    return result


def unit(exact: Array, dtype: str) -> Array:
    """The unit in the last place of floats of this size."""
    info = np.finfo(dtype)
    exponent = np.maximum(np.frexp(exact)[1], info.minexp + 1)
    return np.ldexp(np.longdouble(1), exponent - info.nmant - 1)


def measured(name: str, operands: list[Array], count: int = CONFIRMED) -> tuple[float, tuple[Any, ...]]:
    """The largest error, and where. Special values that differ from NumPy's in kind count as infinite."""
    dtype = operands[0].dtype.name
    with np.errstate(all="ignore"):
        found = computed_by(name, operands)
        chosen = _finite(operands) & ~np.isnan(found) & _in_domain(name, operands)
        if HAS_EXTENDED:
            extended = [operand.astype(np.longdouble) for operand in operands]
            exact = EXTENDED.get(name, getattr(np, name, None))(*extended)  # type: ignore[misc]
            error = np.abs(found - exact) / unit(_scale(name, exact, extended), dtype)
            # overflow is looked at where the result is a float, by mpmath like the rest
            error = np.where(np.isinf(found) & (np.abs(exact) > np.finfo(dtype).max), 0, error)
            order = np.argsort(-np.where(chosen & ~np.isnan(error), error, -1))
            order = order[: 5 * count if name in ROUGH else count]
        else:
            order = np.flatnonzero(chosen)
    worst, where = 0.0, tuple(operand[0] for operand in operands)
    for position in order:
        if chosen[position]:
            point = tuple(operand[position] for operand in operands)
            error = confirmed(name, point, found[position])
            worst, where = max((worst, where), (error, point), key=lambda pair: pair[0])
    return worst, where


def confirmed(name: str, point: tuple[Any, ...], found: Any) -> float:
    """The error at one point, by mpmath."""
    numbers = [mp.mpf(float(number)) for number in point]
    exact = MPMATH.get(name, getattr(mp, name, None))(*numbers)  # type: ignore[misc]
    info = np.finfo(found.dtype)
    scale = max(abs(exact), SCALES[name](*numbers)) if name in SCALES else abs(exact)
    exponent = max(mp.frexp(scale)[1], info.minexp + 1) if scale else info.minexp + 1
    if abs(exact) >= mp.mpf(float(info.max)) + mp.ldexp(1, int(info.maxexp) - info.nmant - 2):
        return 0.0 if np.isinf(found) and (found > 0) == (exact > 0) else np.inf
    if np.isinf(found):
        return np.inf
    return float(abs(mp.mpf(float(found)) - exact) / mp.ldexp(1, int(exponent) - info.nmant - 1))


def _finite(operands: list[Array]) -> Array:
    return np.logical_and.reduce([np.isfinite(operand) for operand in operands])


def _in_domain(name: str, operands: list[Array]) -> Array:
    x = operands[0]
    if name in ("log", "log2", "log10", "entr"):
        return np.asarray(x > 0)
    if name == "logit":
        return np.asarray((x > 0) & (x < 1))
    if name in ("xlogy", "xlog1py"):
        return np.asarray((x != 0) & (operands[1] > (0 if name == "xlogy" else -1)))
    if name in ("rel_entr", "kl_div"):
        return np.asarray((x > 0) & (operands[1] > 0))
    if name == "log1p":
        return np.asarray(x > -1)
    if name == "power":
        y = operands[1]
        return np.asarray((x > 0) | ((x < 0) & (np.floor(y) == y) & (np.abs(y) < 2**31)))
    return np.ones(x.shape, bool)


def _scale(name: str, exact: Array, operands: list[Array]) -> Array:
    if name in SCALES:
        return np.maximum(np.abs(exact), SCALES[name](*operands))
    return exact


def main() -> None:
    """Measure the functions named on the command line, or all, and print rows of the table."""
    for name in sys.argv[1:] or NAMES:
        cells = [f"`{name}`"]
        for dtype in ("float64", "float32"):
            worst, where = measured(name, samples(name, dtype, COUNT))
            cells += [f"{worst:.2f}", ", ".join(f"{float(number):.9g}" for number in where)]
        print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
