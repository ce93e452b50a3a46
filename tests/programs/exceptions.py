"""`assert`, `raise` and `try`: what is raised, caught, and written before it."""

from __future__ import annotations

import contextlib
import math

import numpy as np

from tests.programs.catalogue import at, program


class TooLarge(ValueError):
    """An exception of the user's own."""

    def __init__(self, value, limit=1.0):
        super().__init__(f"{value} is more than {limit}")
        self.value = value


def halved(x):
    if x < 0.0:
        raise ValueError(f"{x} is negative")
    return x * x


# ---------------------------------------------------------------- nothing is raised


@program(inputs=at(2.0, 3))
def checked_arguments(x, n):
    assert n > 0, "no steps"
    if x < 0.0:
        raise ValueError("negative")
    if n > 100:
        raise TooLarge(n, limit=100)
    elif n == 50:
        raise TypeError
    r = x
    for k in range(n):
        assert r < 1e6, f"diverged at step {k}: {r:.3f}"
        r = r * x
    return r


@program(inputs=lambda rng: (rng.uniform(0.5, 1.5, size=6),))
def raise_at_the_end(xs):
    for v in xs:
        if v > 0.5:
            return v * np.sum(xs)
    raise RuntimeError("nothing found")


@program(inputs=at(2.0, "square"))
@program(inputs=at(2.0, "cube"))
def unknown_method(x, method):
    if method == "square":
        y = x * x
    elif method == "cube":
        y = x**3
    else:
        raise ValueError(f"unknown method {method!r}")
    return y * x


@program(inputs=lambda rng: (rng.uniform(0.5, 1.5, size=6), rng.normal(size=6)))
def checked_shapes(x, y):
    if x.shape != y.shape:
        raise ValueError(f"shapes {x.shape} and {y.shape} differ")
    if x.ndim != 1:
        raise TypeError("only vectors, not %d axes" % x.ndim)
    return np.sum(x * y)


@program(inputs=at(2.0))
def raise_in_an_expression(x):
    return halved(x) + (halved(x) if x > 1.0 else -1.0) * halved(3.0 * x)


@program(inputs=lambda rng: (rng.uniform(0.5, 1.5, size=6),))
def newton_with_a_limit(xs):
    total = 0.0
    for v in xs:
        y = 1.0
        for _ in range(60):
            step = (y * y - v) / (2.0 * y)
            y = y - step
            if abs(step) < 1e-6 * y:
                break
        else:
            raise RuntimeError("no convergence")
        total += y
    return total


# ---------------------------------------------------------------- what is raised is caught


@program(inputs=at(2.0), value=4.0, gradient=4.0)
@program(inputs=at(-2.0), value=-4.0, gradient=2.0)
def caught_from_a_callee(x):
    try:
        r = halved(x)
    except ValueError:
        r = 2.0 * x
    return r


@program(inputs=at(2.0), value=20.0, gradient=20.0)
@program(inputs=at(-2.0), value=-10.0, gradient=5.0)
def value_written_before_the_raise(x):
    r = x
    try:
        r = r * 5.0
        if x < 0.0:
            raise ValueError("negative")
        r = r * x
    except ValueError:
        pass
    return r


@program(inputs=lambda rng: (rng.normal(size=6),))
def elements_written_before_the_raise(xs):
    a = xs.copy()
    for k in range(len(a)):
        try:
            a[k] = a[k] * 2.0
            if a[k] < 0.0:
                raise ValueError("negative")
            a[k] = a[k] ** 2
        except ValueError:
            a[k] = a[k] + 1.0
        else:
            a[k] = a[k] * 3.0
        finally:
            a[k] = a[k] * xs[k]
    return np.sum(a)


@program(inputs=at(2.0))
@program(inputs=at(-2.0))
def name_keeps_its_value(x):
    r = 7.0 * x
    with contextlib.suppress(ValueError):
        r = halved(x) + 1.0
    return r * x


def classified(x):
    if x > 3.0:
        raise OverflowError("large")
    if x < -3.0:
        raise KeyError("small")
    if x < 0.0:
        raise TooLarge(x)
    return x * x


@program(inputs=at(2.0))
@program(inputs=at(4.0))
@program(inputs=at(-1.0))
@program(inputs=at(-4.0))
def several_handlers(x):
    r = 0.0
    try:
        r = classified(x)
    except OverflowError as error:
        r = 3.0 * x
        del error
    except (KeyError, IndexError):
        r = -x * x
    except ValueError:
        return 5.0 * x
    else:
        r = r + 1.0
    return r * x


@program(inputs=at(2.0))
@program(inputs=at(4.0))
@program(inputs=at(-1.0))
@program(inputs=at(-4.0))
def nested_handlers(x):
    steps = 1.0
    try:
        try:
            y = classified(x)
        except KeyError:
            y = x * x * x
        except ValueError:
            steps = steps + x
            raise
        finally:
            steps = steps * 2.0
        y = y + classified(0.5 * x) * steps
    except OverflowError:
        y = x
    except ValueError as error:
        y = -x
    return y * steps


@program(inputs=at(2.0))
@program(inputs=at(-2.0))
def exception_translated(x):
    def_value = 1.0
    try:
        try:
            r = halved(x) * 2.0
        except ValueError as error:
            raise KeyError("translated") from error
    except KeyError:
        r = def_value + x
    return r


@program(inputs=lambda rng: (rng.normal(size=9), 20.0))
@program(inputs=lambda rng: (rng.normal(size=9), 1.0))
def loop_left_by_an_exception(xs, limit):
    total = 0.0
    k = 0
    try:
        for v in xs:
            total += v * v
            k += 1
            if total > limit:
                raise TooLarge(total, limit)
        total = total * 2.0
    except TooLarge:
        total = total - limit
    return total * k


def deep(x, level):
    total = 0.0
    for k in range(level):
        for v in (x, 2.0 * x):
            total += halved(v - 0.5 * k)
    return total


@program(inputs=at(2.0, 3))
@program(inputs=at(0.3, 3))
def caught_from_loops_in_a_callee(x, level):
    total = x
    try:
        total += deep(x, level)
    except ValueError:
        total = total * x
    return total


@program(inputs=lambda rng: (rng.normal(size=9),))
def handlers_that_leave_a_loop(xs):
    total = 1.0
    for v in xs:
        try:
            total += halved(v)
            if total > 4.0:
                break
        except ValueError:
            total *= 0.5
            continue
        total += v
    else:
        total = -total
    return total


@program(inputs=at(2.0))
@program(inputs=at(-2.0))
def calls_around_in_one_expression(x):
    a = np.array([x, 2.0])

    try:
        r = a[0] * halved(x) + halved(x + 1.0) * (halved(a[1]) if x > 0.0 else 1.0)
    except ValueError:
        r = a[0] * a[1]
    return r


@program(inputs=at(0.5, 2.0))
@program(inputs=at(-0.5, 2.0))
@program(inputs=at(-0.5, -2.0))
@program(inputs=at(0.5, -2.0))
def chain_of_comparisons_that_may_raise(x, y):
    r = x * y
    try:
        if 0.0 < y < halved(x) + 3.0 < 100.0 or halved(y) > 1.0:
            r = r * x
        r = r + (y if y > 0.0 and halved(x) > 0.0 else x)
    except ValueError:
        r = r + 7.0 * y
    return r * x


def updated(a, k):
    a[k] = a[k] * 2.0
    if a[k] > 1.0:
        raise ValueError("large")
    a[k] = a[k] + 5.0


@program(inputs=lambda rng: (rng.normal(size=6),))
def memory_changed_by_a_callee(xs):
    a = xs.copy()
    failures = 0
    for k in range(len(a)):
        try:
            updated(a, k)
        except ValueError:
            failures += 1
    return np.sum(a * xs) + failures


@program(inputs=lambda rng: (rng.uniform(0.0, 3.0, size=8),))
def return_inside_try(xs):
    for v in xs:
        try:
            return halved(v - 1.0) * np.sum(xs)
        except ValueError:
            xs = xs * 0.9
    return 0.0 * xs[0]


@program(inputs=at(0.5))
@program(inputs=at(1.5))
def assertion_caught(x):
    try:
        assert x < 1.0, "too large"
        y = math.sqrt(1.0 - x)
    except AssertionError:
        y = x
    return y * x


def lookup(name):
    if name == "sin":
        return math.sin
    raise KeyError(name)


@program(inputs=at(0.5))
def exception_known_while_compiling(x):
    try:
        f = lookup("unknown")
    except KeyError:
        f = math.cos
    return f(x)


@program(inputs=at(0.4))
@program(inputs=at(7.5))
def while_test_that_raises(x):
    k = 0
    r = x
    try:
        while halved(4.0 - k) > x:
            r = r * x
            k += 1
    except ValueError:
        r = -r
    return r
