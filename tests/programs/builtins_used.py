"""Builtins, and functions of `math`, `functools`, `operator` and `itertools`, on values of every form."""

from __future__ import annotations

import functools
import itertools
import math
import operator

import numpy as np

from tests.programs.catalogue import at, program

# ---------------------------------------------------------------- sums, extremes, folds


@program(inputs=lambda rng: (rng.normal(), rng.normal()), gradient=(2.0, 1.0))
def sum_of_a_list(x, y):
    return sum([x, y, x]) + sum((1, 2)) + sum(())


@program(inputs=lambda rng: (rng.normal(), rng.normal(size=4)))
def sum_with_a_start(x, a):
    return sum(a, x) + sum([x, 2.0], start=a[0])


@program(inputs=lambda rng: (rng.normal(size=5), rng.normal(size=5)))
def sum_of_an_iterator(a, b):
    return sum(map(lambda p, q: p * q, a, b)) + sum(map(math.sin, a))


@program(inputs=lambda rng: (rng.normal(size=6),))
def sum_over_enumerate(a):
    return sum(map(lambda pair: pair[0] * pair[1], enumerate(a, 1)))


@program(inputs=at(1.0, 5.0, 3.0), value=5.0 - 1.0 + 5.0, gradient=(-1.0, 2.0, 0.0))
def extremes_of_several(x, y, z):
    return max(x, y, z) - min(x, y, z) + max((x, y, z))


@program(inputs=at(2.0, -7.0, 3.0), gradient=(0.0, -7.0, -3.0 * 0.0))
def extreme_by_key(x, y, z):
    far = max([x, y, z], key=lambda v: abs(v))
    near = min(x, y, z, key=lambda v: (v - 2.5) ** 2)
    return 0.5 * far * far + 0.0 * near


@program(inputs=at([1.0, -4.0, 2.5]))
def extreme_by_key_of_an_array(a):
    return max(a, key=lambda v: v * v) * 2 + min(map(abs, a))


@program(inputs=lambda rng: (rng.normal(), 0))
def extreme_with_a_default(x, n):
    values = [x, 2 * x]
    return max([], default=x) + min(values, default=1.0) + max(map(float, range(n)), default=x)


@program(inputs=lambda rng: (rng.normal(size=4),))
def any_and_all(a):
    total = 0.0
    if any(map(lambda v: v > 0, a)):
        total += np.sum(a)
    if all([a[0] < 100, a[1] < 100, True]):
        total += a[2] ** 2
    if not all(map(lambda v: v > 0, a)) or any((False, a[3] > 50)):
        total *= 3.0
    return total


@program(
    inputs=at([1.0, 2.0, 3.0, 4.0, 5.0]), value=120.0, gradient=np.array([120.0, 60.0, 40.0, 30.0, 24.0])
)
def reduce_with_a_lambda(xs):
    return functools.reduce(lambda a, b: a * b, xs, 1.0)


@program(inputs=lambda rng: (rng.normal(), rng.normal(size=4)))
def reduce_in_many_ways(x, a):
    first = functools.reduce(operator.add, [x, x * x, 3])
    second = functools.reduce(lambda p, q: p + q * x, a)
    nested = functools.reduce(lambda p, q: p + functools.reduce(operator.mul, a, q), (x, 1.0))
    return first + second * nested


@program(inputs=lambda rng: (rng.normal(), rng.normal()))
def operators_as_functions(x, y):
    pick = operator.itemgetter(1)
    area = operator.mul(x, y) + operator.sub(x, y) - operator.truediv(x, 2.0)
    return area + pick((x, y * y)) if operator.le(0, 1) and operator.not_(False) else 0.0


@program(inputs=at(3.0, 1.0, 2.0), gradient=(3.0, 1.0, 2.0))
def sorted_numbers(x, y, z):
    low, middle, high = sorted([x, y, z])
    return low * 1 + middle * 2 + high * 3


@program(inputs=at(3.0, -1.0, 2.0))
def sorted_by_key_downwards(x, y, z):
    order = sorted([(x, 1.0), (y, 2.0), (z, 3.0)], key=lambda pair: pair[0], reverse=True)
    total = 0.0
    for place, (value, weight) in enumerate(order):
        total += place * value * weight
    return total


# ---------------------------------------------------------------- numbers


@program(inputs=lambda rng: (rng.uniform(1, 9), 3))
def rounding_and_remainders(x, n):
    whole, rest = divmod(x, n)
    return rest * rest + whole + divmod(17, n)[1] * x


@program(inputs=at(2.5, 3), value=2.5**3 + 8 + 2 * 2.5)
def powers(x, n):
    return pow(x, n) + pow(2, n) + pow(7, n, 3) * 2 * x


@program(inputs=at(2.675, 1234.5))
def rounded_numbers(x, y):
    return x * round(1.005, 2) + round(2.675, 2) + round(0.5) + round(1.5) + round(1250.0, -2) * y


@program(inputs=lambda rng: (rng.uniform(1, 2), rng.uniform(1, 2), rng.uniform(1, 2)))
def norms(x, y, z):
    return math.hypot(x, y, z) * math.dist((x, y), (y, z)) + math.hypot(x) + math.hypot(x, y)


@program(inputs=lambda rng: (rng.uniform(1, 2, size=3), rng.uniform(2, 3, size=3)))
def distance_of_arrays(p, q):
    return math.dist(p, q) + math.prod(p) * math.fsum(q) + math.prod([2, p[0]], start=q[1])


@program(inputs=lambda rng: (rng.uniform(1, 5), rng.uniform(1, 5)))
def logarithms_and_powers(x, y):
    return math.log(x, 10) + math.log(x, y) + math.log(y) + math.pow(x, y) + math.ldexp(x, 3)


@program(inputs=lambda rng: (rng.uniform(1, 5),))
def counting_functions(x):
    total = math.factorial(5) * x + math.comb(6, 2) * x * x + math.perm(5, 2) + math.gcd(12, 18) * x
    for k in range(4):
        total += x**k / math.factorial(k) * math.comb(4, k)
    return total + math.isqrt(17) + math.lcm(4, 6)


@program(inputs=lambda rng: (rng.uniform(1, 5),))
def classified_numbers(x):
    if math.isclose(x, x + 1e-13) and not math.isnan(x) and math.isfinite(x) and not math.isinf(x):
        x = x * 2
    part, whole = math.modf(x)
    return part + math.copysign(x, -1.0) + math.fabs(-x) + whole + math.tau - math.pi


@program(inputs=lambda rng: (rng.uniform(0.5, 5), rng.uniform(-2.9, -2.1)), looseness=10.0)
def gamma_functions(x, y):
    return math.gamma(x) + math.lgamma(x + 1.0) + math.gamma(y) + math.erf(x) * math.erfc(y)


# ---------------------------------------------------------------- iterators


@program(inputs=lambda rng: (rng.normal(size=5), rng.normal()))
def map_of_several(a, x):
    total = 0.0
    for p, q in zip(map(lambda v: v * x, a), map(math.cos, a)):
        total += p * q
    for v in map(operator.add, [x, 1.0], (2.0, x)):
        total *= v
    return total


@program(inputs=lambda rng: (rng.normal(),))
def filter_of_known_items(x):
    total = 0.0
    for k in filter(lambda n: n % 2 == 1, range(8)):
        total += x**k
    return total + len(tuple(filter(None, (0, 1, 2)))) * x


@program(inputs=lambda rng: (rng.normal(), rng.normal(), rng.normal()))
def combinations_and_products(x, y, z):
    total = 0.0
    for a, b in itertools.combinations((x, y, z), 2):
        total += a * b
    for i, j in itertools.product(range(2), range(3)):
        total += x**i * y**j
    for a, b, _ in itertools.permutations([x, y, z]):
        total += a * b * b
    return total


@program(inputs=lambda rng: (rng.normal(size=6),))
def pairwise_differences(a):
    total = 0.0
    for left, right in itertools.pairwise(a):
        total += (right - left) ** 2
    for v in itertools.islice(a, 1, 5, 2):
        total += v**3
    return total


@program(inputs=lambda rng: (rng.normal(), rng.normal()))
def accumulated_and_chained(x, y):
    total = 0.0
    for v in itertools.accumulate([x, y, x]):
        total += v * v
    for v in itertools.accumulate((x, y), operator.mul, initial=2.0):
        total += v
    for v in itertools.chain([x], (y, 2.0), range(2)):
        total *= v + 3.0
    return total


@program(inputs=lambda rng: (rng.normal(size=4), 0.5))
def repeated_and_counted(a, x):
    total = 0.0
    for v, factor in zip(a, itertools.repeat(x)):
        total += v * factor
    for k, v in zip(itertools.count(1), a):
        total += k * v * v
    return total


@program(inputs=lambda rng: (rng.normal(size=4),))
def reversed_forms(a):
    total = 0.0
    for k, v in enumerate(reversed(a)):
        total = total * 0.5 + v * k
    for i in reversed(range(1, 4)):
        total += a[i] ** i
    for k in reversed((1.0, 2.0)):
        total *= k
    return total


# ---------------------------------------------------------------- what is known while compiling


@program(inputs=lambda rng: (rng.normal(), "Linear "))
def text_as_configuration(x, mode):
    name = mode.strip().lower()
    if name == "linear" and "in" in name and name.startswith("l") and not name.endswith("z"):
        x = x * 3
    key = f"{name}_{2 + 1:02d}" + str(4)
    if key == "linear_034" and "{}-{}".format("a", 1) == "a-1" and len(name) == 6:
        x = x + 1
    return x if name in ("linear", "cubic") else 0.0


@program(inputs=lambda rng: (rng.normal(), rng.normal(size=3)), float64_only="np.float32 is no float")
def classes_of_values(x, a):
    if isinstance(x, (int, float)) and not isinstance(x, bool) and isinstance(a, np.ndarray):
        x = x * 2
    if hasattr(a, "shape") and not hasattr(x, "nothing") and callable(math.sin) and not callable(x):
        x = x + a[0]
    return x * len(a) + getattr(math, "pi") + getattr(math, "nothing", 1.0)


@program(inputs=lambda rng: (rng.normal(), 3))
def printing(x, n):
    for k in range(n):
        print("step", k, x)
        x = x * 1.5
    print(f"result {x:.3f} after {n}")
    return x


@program(inputs=lambda rng: (rng.normal(), 7, True))
def conversions(x, n, flag):
    total = float(n) * x + int(flag) * x + bool(n) * x + float("1.5") + int("2")
    (a, b) = tuple([x, n])
    return total + float(flag) + a * b + int(7.9) + float("1e2") if float() == 0.0 else total
