"""Where functions of Python and of `math` raise an exception: conditions on their arguments.

They are followed as source, where a handler catches the exception, and never called. A NaN raises nothing,
but where it is made an integer.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from autodiff_compiler.frontend.marks import divides_as_power, divides_by_zero, overflows_as_power

_MAX = math.log(1.7976931348623157e308)  # the largest number whose exponential is finite
_MAX_HYPERBOLIC = 710.4758600739439
_MAX_GAMMA = 171.6243769563027


def not_positive(x: Any) -> Any:
    """For `log2` and `log10`."""
    return x <= 0.0


def negative(x: Any) -> Any:
    """For `sqrt`."""
    return x < 0.0


def no_logarithm(x: Any, base: Any = 10.0) -> Any:
    """For `log`."""
    return x <= 0.0 or base <= 0.0


def base_of_one(x: Any, base: Any = 10.0) -> Any:
    """For `log`, where the logarithm of the base is zero."""
    return base == 1.0


def below_minus_one(x: Any) -> Any:
    """For `log1p`."""
    return x <= -1.0


def beyond_one(x: Any) -> Any:
    """For `asin` and `acos`."""
    return x < -1.0 or x > 1.0


def not_inside_one(x: Any) -> Any:
    """For `atanh`."""
    return x <= -1.0 or x >= 1.0


def below_one(x: Any) -> Any:
    """For `acosh`."""
    return x < 1.0


def infinite(x: Any) -> Any:
    """For periodic functions, and for the integer that a float is rounded to."""
    return x == math.inf or x == -math.inf


def not_a_number(x: Any) -> Any:
    """For the integer that a float is rounded to."""
    return x != x


def exponential_overflows(x: Any) -> Any:
    """For `exp` and `expm1`."""
    return _MAX < x < math.inf


def power_of_two_overflows(x: Any) -> Any:
    """For `exp2`."""
    return 1024.0 <= x < math.inf


def hyperbolic_overflows(x: Any) -> Any:
    """For `sinh` and `cosh`."""
    return _MAX_HYPERBOLIC < abs(x) < math.inf


def pole_of_gamma(x: Any) -> Any:
    """For `gamma`."""
    return x == -math.inf or (x <= 0.0 and x == math.floor(x))


def gamma_overflows(x: Any) -> Any:
    """For `gamma`."""
    return _MAX_GAMMA < x < math.inf or (abs(x) > 0.0 and 1.0 / abs(x) == math.inf)


def pole_of_log_gamma(x: Any) -> Any:
    """For `lgamma`."""
    return -math.inf < x <= 0.0 and x == math.floor(x)


def no_power(x: Any, y: Any) -> Any:
    """For `math.pow`."""
    if x == 0.0:
        return -math.inf < y < 0.0
    return -math.inf < x < 0.0 and abs(y) < math.inf and y != math.floor(y)


def power_overflows(x: Any, y: Any) -> Any:
    """For `math.pow`."""
    return x != 0.0 and abs(x) < math.inf and abs(y) < math.inf and math.pow(abs(x), y) == math.inf


def no_remainder(x: Any, y: Any) -> Any:
    """For `fmod` and `remainder`."""
    return (abs(x) == math.inf and y == y) or (y == 0.0 and x == x)


Condition = Callable[..., Any]
_PERIODIC = ((ValueError, infinite),)
_ROUNDING = ((ValueError, not_a_number), (OverflowError, infinite))

DOMAINS: dict[object, tuple[tuple[type[BaseException], Condition], ...]] = {
    math.log: ((ValueError, no_logarithm), (ZeroDivisionError, base_of_one)),
    math.log2: ((ValueError, not_positive),),
    math.log10: ((ValueError, not_positive),),
    math.log1p: ((ValueError, below_minus_one),),
    math.sqrt: ((ValueError, negative),),
    math.exp: ((OverflowError, exponential_overflows),),
    math.expm1: ((OverflowError, exponential_overflows),),
    math.exp2: ((OverflowError, power_of_two_overflows),),
    math.sinh: ((OverflowError, hyperbolic_overflows),),
    math.cosh: ((OverflowError, hyperbolic_overflows),),
    math.sin: _PERIODIC,
    math.cos: _PERIODIC,
    math.tan: _PERIODIC,
    math.asin: ((ValueError, beyond_one),),
    math.acos: ((ValueError, beyond_one),),
    math.acosh: ((ValueError, below_one),),
    math.atanh: ((ValueError, not_inside_one),),
    math.gamma: ((ValueError, pole_of_gamma), (OverflowError, gamma_overflows)),
    math.lgamma: ((ValueError, pole_of_log_gamma),),
    math.pow: ((ValueError, no_power), (OverflowError, power_overflows)),
    math.fmod: ((ValueError, no_remainder),),
    math.remainder: ((ValueError, no_remainder),),
    math.floor: _ROUNDING,
    math.ceil: _ROUNDING,
    math.trunc: _ROUNDING,
    int: _ROUNDING,
    round: _ROUNDING,
    math.factorial: ((ValueError, negative),),
    math.isqrt: ((ValueError, negative),),
    divmod: ((ZeroDivisionError, divides_by_zero),),
    pow: ((ZeroDivisionError, divides_as_power), (OverflowError, overflows_as_power)),
}
"""What each may raise, and when, in the order in which Python looks."""
