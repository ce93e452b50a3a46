"""Generator expressions, `filter`, iterators of `itertools`, decorated inner functions, large constants."""

from __future__ import annotations

import functools
import itertools

import numpy as np
import pytest

from autodiff_compiler import TypeMismatch, UnsupportedSyntax, check_derivative, differentiable

ITEMS = [0.3, 0.7, 0.55]


@pytest.fixture(autouse=True)
def _uncompiled(monkeypatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")


def used_up_once(xs):
    squares = (v * v for v in xs)
    large = (v * v for v in xs if v > 0.45)
    s = 0.0
    for v in squares:
        s += v
    for v in squares:
        s += 100.0 * v
    for v in large:
        s += v
    for v in large:
        s += 100.0 * v
    return s


def sums_in_a_loop(xs):
    squares = (v * v for v in xs)
    s = 0.0
    for _ in range(3):
        s += sum(squares)
    return s


def names_mean_what_they_mean_then(xs):
    k = 1.0
    for w in (v * k for v in xs):
        k += w
    products = (v * k for v in xs)
    k = 2.0
    return sum(products) + k


def what_is_run_over_is_found_at_once(xs):
    items = (v * 2.0 for v in xs)
    xs = [1.0, 2.0]
    return sum(items) * xs[1]


def list_that_changes(xs):
    ys = [v for v in xs]
    for w in (v * 2.0 for v in ys):
        ys[2] = w
    return ys[2]


def total(items):
    s = 0.0
    for item in items:
        s += item * item
    return s


def passed_on(xs):
    return total(v * 2.0 for v in xs) + total(map(lambda v: v * 3.0, xs))


def neighbours(xs):
    return map(lambda pair: pair[0] * pair[1], itertools.pairwise(xs))


def returned_map(xs):
    return sum(neighbours(xs)) + sum(v * v for v in neighbours(xs))


def filtered(xs):
    k = 0.6
    kept = filter(lambda v: v > k, xs)
    k = 0.4
    s = sum(kept) + sum(kept) + len(list(filter(lambda v: v > 0.45, xs)))
    for v in filter(None, xs):
        s *= v
    return s + sum(x for x in filter(lambda v: v > 0.6, np.array(xs)))


def starmap_and_chain(xs):
    s = sum(map(lambda a, b: a * b, xs, xs))
    return s + sum(itertools.chain.from_iterable([[xs[0], xs[1]], (xs[2],)]))


def doubled(function):
    @functools.wraps(function)
    def wrapper(*values, **named):
        return 2.0 * function(*values, **named)

    return wrapper


def decorated_inside(xs):
    @doubled
    def product(a, b=1.0):
        return a * b * xs[2]

    return product(xs[0], b=xs[1]) + doubled(abs)(xs[0])


def large_constants(xs):
    many = 2**100
    return xs[0] * many * 1e-30 + xs[1] / 10**20 + xs[2] * (many // 2**95) + xs[0] * -(2**65) * 1e-20


PROGRAMS = [
    used_up_once, sums_in_a_loop, names_mean_what_they_mean_then, what_is_run_over_is_found_at_once,
    list_that_changes, passed_on, returned_map, filtered, starmap_and_chain, decorated_inside,
    large_constants,
]  # fmt: skip


@pytest.mark.parametrize("function", PROGRAMS)
def test_as_python(function):
    expected = function(list(ITEMS))
    found = differentiable(function)(list(ITEMS))
    assert found == pytest.approx(expected)
    check_derivative(function, list(ITEMS))


def weak_numbers(xs, a):
    for x, w in zip(xs, [1.0, 2.0, 3.0], strict=False):
        a = a * w + x
    return a


def test_items_of_a_list_are_numbers_of_python():
    assert differentiable(weak_numbers)(ITEMS, np.ones(2, np.float32)).dtype == np.float32
    assert type(differentiable(total)(ITEMS)) is float


def changed_condition(xs):
    k = 0.1
    for v in (x * k for x in xs if x > k):
        k += v
    return k


def changed_filter(xs):
    k = 0.1
    for v in filter(lambda v: v > k, xs):
        k += v
    return k


def taken_one_by_one(xs):
    return next(v for v in xs if v > 0.5)


@pytest.mark.parametrize("function", [changed_condition, changed_filter, taken_one_by_one])
def test_what_is_computed_before_the_loop_does_not_change_in_it(function):
    with pytest.raises(UnsupportedSyntax):
        differentiable(function)(ITEMS)


@pytest.mark.parametrize(
    "function", [lambda n: n * 2**100, lambda n: n if n < 10**20 else 0, lambda n: (2**70, n)]
)
def test_large_integers_stay_no_integers(function):
    with pytest.raises(TypeMismatch, match="64 bits"):
        differentiable(function)(3)
