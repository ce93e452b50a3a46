"""Functions of the standard library that are written in C, as the Python that is followed in their place.

Each has the meaning of the original on every value that the compiler knows: loops run over whatever can be
iterated, and are unrolled where the items are known. They are read as source, never called.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.special

# ---------------------------------------------------------------- iterators


def goes_on(iterator: Any) -> bool:
    """Whether there is an item left: known to the compiler, never followed."""
    raise NotImplementedError


def taken(iterator: Any) -> Any:
    """The next item: known to the compiler, never followed."""
    raise NotImplementedError


def next_item(iterator: Any) -> Any:
    """`next`, of one argument."""
    if not goes_on(iterator):
        raise StopIteration
    return taken(iterator)


def next_or_default(iterator: Any, default: Any) -> Any:
    """`next`, of two arguments."""
    if goes_on(iterator):
        return taken(iterator)
    return default


# ---------------------------------------------------------------- functions and iterators


def same(function: Any) -> Any:
    """What `functools.wraps` decorates."""
    return function


def passing(function: Any, items: Any) -> Any:
    """`filter`."""
    return (item for item in items if function(item))


def true_ones(items: Any) -> Any:
    """`filter(None, items)`."""
    return (item for item in items if item)


def spread(function: Any) -> Any:
    """The function of one tuple of its arguments, as `itertools.starmap` calls it."""
    return lambda items: function(*items)


# ---------------------------------------------------------------- folds


def total(items: Any, start: Any = 0) -> Any:
    """`sum`."""
    result = start
    for item in items:
        result = result + item
    return result


def product(items: Any, start: Any = 1) -> Any:
    """`math.prod`."""
    result = start
    for item in items:
        result = result * item
    return result


def float_total(items: Any) -> Any:
    """`math.fsum`, in double precision (without its extended intermediate sums)."""
    result = 0.0
    for item in items:
        result = result + item
    return result


def sum_of_products(first: Any, second: Any) -> Any:
    """`math.sumprod`."""
    result = 0
    for a, b in zip(first, second):  # noqa: B905  # `strict` is not part of the language
        result = result + a * b
    return result


def any_of(items: Any) -> Any:
    """`any`."""
    for item in items:  # noqa: SIM110  # this is what `any` means
        if item:
            return True
    return False


def all_of(items: Any) -> Any:
    """`all`."""
    for item in items:  # noqa: SIM110
        if not item:
            return False
    return True


def fold(function: Any, value: Any, items: Any) -> Any:
    """`functools.reduce` with a first value."""
    result = value
    for item in items:
        result = function(result, item)
    return result


def greatest(best: Any, rest: Any) -> Any:
    """`max` of an iterable."""
    for item in rest:
        if item > best:
            best = item
    return best


def least(best: Any, rest: Any) -> Any:
    """`min` of an iterable."""
    for item in rest:
        if item < best:
            best = item
    return best


def greatest_by(key: Any, best: Any, rest: Any) -> Any:
    """`max(..., key=key)`."""
    most = key(best)
    for item in rest:
        value = key(item)
        if value > most:
            best = item
            most = value
    return best


def least_by(key: Any, best: Any, rest: Any) -> Any:
    """`min(..., key=key)`."""
    most = key(best)
    for item in rest:
        value = key(item)
        if value < most:
            best = item
            most = value
    return best


def element_by_element(function: Any, *arguments: Any) -> Any:
    """What `np.vectorize(function)` does when it is called: the function gets numbers of Python."""
    arrays = np.broadcast_arrays(*arguments)
    rows = [np.reshape(array, -1) for array in arrays]
    count = len(rows[0])
    if count == 0:
        raise ValueError("cannot call `vectorize` on size 0 inputs unless `otypes` is set")
    made = [function(*[row[k].item() for row in rows]) for k in range(count)]
    return np.reshape(np.array(made), arrays[0].shape)


# ---------------------------------------------------------------- numbers


def quotient_and_remainder(a: Any, b: Any) -> Any:
    """`divmod`."""
    return a // b, a % b


def power_modulo(base: Any, exponent: Any, modulus: Any) -> Any:
    """`pow(a, n, m)` of integers."""
    result = 1 % modulus
    base = base % modulus
    while exponent > 0:
        if exponent % 2 == 1:
            result = result * base % modulus
        base = base * base % modulus
        exponent = exponent // 2
    return result


def rounded(x: Any, scale: Any) -> Any:
    """`round(x, n)` for `scale = 10**n`: the digits that `x * scale` lost decide what lies half-way."""
    y = x * scale
    if not abs(y) < 4503599627370496.0:
        return x
    nearest = np.rint(y)
    if abs(y - np.trunc(y)) == 0.5:
        c, d = 134217729.0 * x, 134217729.0 * scale
        high, above = c - (c - x), d - (d - scale)
        low, below = x - high, scale - above
        lost = ((high * above - y) + high * below + low * above) + low * below
        if lost > 0:
            nearest = np.ceil(y)
        elif lost < 0:
            nearest = np.floor(y)
    return nearest / scale


def rounded_to_tens(x: Any, scale: Any) -> Any:
    """`round(x, -n)` for `scale = 10**n`."""
    rest = math.fmod(x, scale)
    whole = x - rest
    if abs(rest) > scale / 2 or (abs(rest) == scale / 2 and math.fmod(whole / scale, 2.0) != 0.0):
        whole = whole + math.copysign(scale, x)
    return whole


def is_close(a: Any, b: Any, *, rel_tol: Any = 1e-09, abs_tol: Any = 0.0) -> Any:
    """`math.isclose`."""
    if a == b:
        return True
    if math.isinf(a) or math.isinf(b):
        return False
    gap = abs(b - a)
    return gap <= abs(rel_tol * b) or gap <= abs(rel_tol * a) or gap <= abs_tol


def normal_quantile(p: Any, mu: Any, sigma: Any) -> Any:
    """What `statistics.NormalDist.inv_cdf` calls."""
    return mu + sigma * scipy.special.ndtri(p)


def logarithm(x: Any, base: Any) -> Any:
    """`math.log` with a base."""
    return math.log(x) / math.log(base)


def length(items: Any) -> Any:
    """`math.hypot` of any number of coordinates."""
    result = 0.0
    for item in items:
        result = math.hypot(result, item)
    return result


def distance(p: Any, q: Any) -> Any:
    """`math.dist`."""
    result = 0.0
    for a, b in zip(p, q):  # noqa: B905
        result = math.hypot(result, a - b)
    return result


def fraction_and_whole(x: Any) -> Any:
    """`math.modf`."""
    whole = np.trunc(x)
    return math.copysign(x - whole, x), float(whole)


def scaled(x: Any, exponent: Any) -> Any:
    """`math.ldexp`."""
    return x * 2.0**exponent


def common_divisor(integers: Any) -> Any:
    """`math.gcd`."""
    result = 0
    for item in integers:
        other = item
        while other != 0:
            result, other = other, result % other
    return abs(result)


def common_multiple(integers: Any) -> Any:
    """`math.lcm`."""
    result = 1
    for item in integers:
        if item == 0:
            return 0
        a, b = result, item
        while b != 0:
            a, b = b, a % b
        result = abs(result // a * item)
    return result


def factorial(n: Any) -> Any:
    """`math.factorial`."""
    result = 1
    for k in range(2, n + 1):
        result = result * k
    return result


def combinations_count(n: Any, k: Any) -> Any:
    """`math.comb`."""
    if k > n:
        return 0
    result = 1
    for i in range(1, min(k, n - k) + 1):
        result = result * (n - i + 1) // i
    return result


def permutations_count(n: Any, k: Any) -> Any:
    """`math.perm` with two arguments."""
    if k > n:
        return 0
    result = 1
    for i in range(k):
        result = result * (n - i)
    return result


def integer_root(n: Any) -> Any:
    """`math.isqrt`."""
    root = int(math.sqrt(n))
    while root * root > n:
        root = root - 1
    while (root + 1) * (root + 1) <= n:
        root = root + 1
    return root


def nearest_remainder(x: Any, y: Any) -> Any:
    """`math.remainder`: what is left of x after the nearest multiple of y."""
    rest = math.fmod(x, y)
    size, half = abs(y), 0.5 * abs(y)
    if abs(rest) > half:
        return rest - math.copysign(size, rest)
    if abs(rest) == half and math.fmod(abs(x) - abs(rest), 2.0 * size) != 0.0:
        return rest - math.copysign(size, rest)
    return rest
