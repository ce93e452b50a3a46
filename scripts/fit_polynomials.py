"""Prints the coefficients of runtime/elementary/: Chebyshev interpolation in 60 digits, rounded once.

Each row of FITS is a smooth function that is left of an elementary function when its leading terms are taken
off, the interval, and the degree. An interpolant at Chebyshev points is within a factor of three of the best
polynomial, which costs nothing here: the error printed is that of the rounded polynomial, and the last
coefficient is there to make it small next to the rounding of float64 or float32.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from mpmath import mp, mpf

mp.dps = 60

Function = Callable[[Any], Any]
HALF_LN2 = mp.log(2) / 2
SMALL_S = (mp.sqrt(2) - 1) / (mp.sqrt(2) + 1)  # (m − 1) / (m + 1) for m = √2


def quotient(function: Function, taken: int, step: int = 1) -> Function:
    """What is left of an entire series: Σ c[taken + step j] xʲ; for step 2, of the argument x²."""
    coefficients = mp.taylor(function, 0, 70)[taken::step]

    def value(x: Any) -> Any:
        return mp.polyval(coefficients[::-1], x)

    return value


def erfcx(x: Any) -> Any:
    """exp(x²) erfc(x)."""
    return mp.exp(x * x) * mp.erfc(x)


def tail(t: Any) -> Any:
    """(1 + 2 x) erfcx(x) for t = (x − 4) / (x + 4); the factor takes off the decay."""
    if t == 1:
        return 2 / mp.sqrt(mp.pi)
    x = 4 * (1 + t) / (1 - t)
    if x < 200:
        return (1 + 2 * x) * erfcx(x)
    series = mp.fsum(mp.fac2(2 * k - 1) * (-2 * x * x) ** -k for k in range(20))
    return (2 + 1 / x) / mp.sqrt(mp.pi) * series


def center(z: Any) -> Any:
    """(Φ(x) − ½ − x / √2π) / x³ for z = x²."""
    terms = [(-1) ** k / (2**k * mp.factorial(k) * (2 * k + 1)) for k in range(1, 40)]
    return mp.polyval(terms[::-1], z) / mp.sqrt(2 * mp.pi)


def log_rest(f: Any) -> Any:
    """(ln(1 + f) − f + f²/2) / f³."""
    return (mp.log1p(f) - f + f * f / 2) / f**3 if abs(f) > 1e-9 else mpf(1) / 3 - f / 4


FITS: dict[str, tuple[Function, Any, Any, int]] = {
    # name: function, from, to, degree
    "EXP": (quotient(mp.exp, 2), -HALF_LN2, HALF_LN2, 10),
    "EXP_SINGLE": (quotient(mp.exp, 2), -HALF_LN2, HALF_LN2, 5),
    "EXP2": (quotient(lambda x: mpf(2) ** x, 1), mpf(-1) / 2, mpf(1) / 2, 10),
    "EXP2 in float32": (quotient(lambda x: mpf(2) ** x, 1), mpf(-1) / 2, mpf(1) / 2, 5),
    "EXP2_SINGLE": (quotient(lambda x: mpf(2) ** x, 1), mpf(-1) / 2, mpf(1) / 2, 6),
    "LOG": (quotient(lambda s: mp.log((1 + s) / (1 - s)), 3, 2), mpf(0), SMALL_S**2, 6),
    "WIDE_LOG": (quotient(lambda s: mp.log((1 + s) / (1 - s)), 3, 2), mpf(0), SMALL_S**2, 3),
    "LOG_SINGLE": (log_rest, mp.sqrt(2) / 2 - 1, mp.sqrt(2) - 1, 7),
    "SIN": (quotient(mp.sin, 3, 2), mpf(0), (mp.pi / 4) ** 2, 5),
    "SIN_SINGLE": (quotient(mp.sin, 3, 2), mpf(0), (mp.pi / 4) ** 2, 3),
    "COS": (quotient(mp.cos, 4, 2), mpf(0), (mp.pi / 4) ** 2, 5),
    "COS_SINGLE": (quotient(mp.cos, 4, 2), mpf(0), (mp.pi / 4) ** 2, 2),
    "TAN_SINGLE": (quotient(mp.tan, 3, 2), mpf(0), (mp.pi / 4) ** 2, 6),
    "ATAN": (quotient(mp.atan, 3, 2), mpf(0), (mp.sqrt(2) - 1) ** 2, 10),
    "ATAN_SINGLE": (quotient(mp.atan, 3, 2), mpf(0), (mp.sqrt(2) - 1) ** 2, 4),
    "ASIN": (lambda z: (mp.asin(mp.sqrt(z)) / mp.sqrt(z) - 1) / z, mpf(10) ** -20, mpf(1) / 4, 13),
    "ASIN_SINGLE": (lambda z: (mp.asin(mp.sqrt(z)) / mp.sqrt(z) - 1) / z, mpf(10) ** -20, mpf(1) / 4, 5),
    "SINH_SINGLE": (quotient(mp.sinh, 3, 2), mpf(0), mpf(1), 2),
    "TANH_SINGLE": (quotient(mp.tanh, 3, 2), mpf(0), mpf("0.55") ** 2, 4),
    "CBRT": (mp.cbrt, 1 / mp.sqrt(2), mp.sqrt(2), 7),
    "CBRT_SINGLE": (quotient(lambda w: (1 - w) ** (mpf(-2) / 3), 1), mpf("-0.103"), mpf("0.103"), 5),
    "ERF": (quotient(mp.erf, 3, 2), mpf(0), mpf(1), 12),
    "ERF_SINGLE": (quotient(mp.erf, 3, 2), mpf(0), mpf(1), 5),
    "TAIL": (tail, mpf(-1), mpf(1), 25),
    "TAIL_SINGLE": (tail, mpf(-1), mpf(1), 12),
    "CENTER": (center, mpf(0), mpf("0.6") ** 2, 7),
    "CENTER_SINGLE": (center, mpf(0), mpf("0.6") ** 2, 3),
    "POWER": (quotient(lambda s: mp.log((1 + s) / (1 - s), 2), 5, 2), mpf(0), SMALL_S**2, 6),
    "POWER_SINGLE": (quotient(lambda s: mp.log((1 + s) / (1 - s), 2), 3, 2), mpf(0), SMALL_S**2, 3),
    "INVERSE_SINGLE": (lambda s: 1 / ((1 + s) * mp.log(2)), -SMALL_S, SMALL_S, 2),
}


def fit(function: Function, low: Any, high: Any, degree: int) -> tuple[list[float], float]:
    """The coefficients, that of x⁰ first, and the relative error of the polynomial rounded to float64."""
    middle, radius = (low + high) / 2, (high - low) / 2
    points = [middle + radius * mp.cos(mp.pi * (2 * j + 1) / (2 * degree + 2)) for j in range(degree + 1)]
    matrix = mp.matrix(degree + 1, degree + 1)
    for row, x in enumerate(points):
        for column in range(degree + 1):
            matrix[row, column] = x**column
    solution = mp.lu_solve(matrix, mp.matrix([function(x) for x in points]))
    coefficients = [float(value) for value in solution]
    places = [low + (high - low) * j / 500 for j in range(501)]
    error = max(abs(mp.polyval(coefficients[::-1], x) / function(x) - 1) for x in places)
    return coefficients, float(error)


def main() -> None:
    """Print those named on the command line, or all."""
    for name in sys.argv[1:] or FITS:
        coefficients, error = fit(*FITS[name])
        print(f"{name} = polynomial(  # relative error {error:.1e}")
        for coefficient in coefficients:
            print(f"    {coefficient!r},")
        print(")")


if __name__ == "__main__":
    main()
