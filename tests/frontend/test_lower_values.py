"""Names and expressions, lowered, mean what they mean in Python, in the same dtype."""

from __future__ import annotations

import types

import numpy as np
import pytest

from autodiff_compiler.errors import UnboundVariable, UnsupportedSyntax
from autodiff_compiler.frontend.kinds import Static
from tests.frontend.lowering import COUNTS, MATRIX, OTHER, SINGLE, VECTOR, check, lowered, run

# ---------------------------------------------------------------- names


RATE = 2.0
WEIGHTS = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
AXIS = 0


def test_globals_are_read_at_the_call(monkeypatch):
    def f(x):
        return RATE * np.sum(WEIGHTS * x)

    made = check(f, VECTOR)
    monkeypatch.setitem(globals(), "RATE", 5.0)
    monkeypatch.setitem(globals(), "WEIGHTS", WEIGHTS + 1)
    assert run(made, VECTOR) == pytest.approx(f(VECTOR))


settings = types.SimpleNamespace(rate=0.5, inner=types.SimpleNamespace(weights=np.ones(5)))


def test_attributes_are_read_at_the_call(monkeypatch):
    def f(x):
        return settings.rate * x + settings.inner.weights[1]

    made = check(f, 2.0)
    monkeypatch.setattr(settings, "rate", 0.75)
    monkeypatch.setattr(settings.inner, "weights", np.full(5, 3.0))
    assert run(made, 2.0) == f(2.0)


def test_an_object_of_another_shape_is_noticed():
    def f(x):
        return settings.rate * x

    made = lowered(f, 2.0)
    (kept,) = [item for item in made.globals if item.path.rstrip().endswith(".settings")]
    assert isinstance(kept.kind, Static)
    assert kept.kind.value == kept.read()


def make(k):
    def scaled(x, extra=k):
        return k * x + extra

    return scaled


double, triple = make(2.0), make(3.0)
doubled, tripled = make(VECTOR), make(OTHER)


def test_closures_of_one_factory_are_told_apart():
    def f(x):
        return double(x) - triple(x) + np.sum(doubled(x) * tripled(x))

    made = check(f, 1.5)
    paths = [item.path for item in made.globals]
    assert len(paths) == len(set(paths))


def test_lambdas_of_one_line_are_told_apart():
    first, second = (lambda x: x + 1), (lambda x: x * 3)

    def f(x):
        return first(x) * second(x)

    made = check(f, 2.5)
    assert len(made.sources) == 3


def test_a_local_name_hides_a_global_even_before_it_is_assigned():
    def f(x):
        y = x * RATE  # noqa: F823
        RATE = 3.0
        return y * RATE

    with pytest.raises(UnboundVariable, match="`RATE` is read before it is assigned"):
        lowered(f, 1.0)


def test_a_closure_without_a_value():
    def f(x):
        return x * later

    with pytest.raises(UnboundVariable, match="`later`"):
        lowered(f, 1.0)
    later = 2.0
    check(f, 1.0)


def test_integers_that_must_be_known():
    def f(x, axis):
        return np.sum(x, axis=axis) + np.sum(x, axis=AXIS)[0]

    made = check(f, MATRIX, 1)
    assert made.parameters[1] is None
    assert any(item.path.endswith(".AXIS") and item.kind == Static(0) for item in made.globals)


# ---------------------------------------------------------------- expressions


def test_arithmetic():
    def f(x, y, n, m):
        a = x + y * 2 - x / y + x // y + x % y + x**2 + abs(-x) ** y
        b = n + m * n - n // m + n % m + n**2 + (n & m) + (n | m) + (n ^ m) + (n << 2) + (n >> 1) + ~n
        return a, b, -x, +y, not x, n / m, True + n, -True

    check(f, 2.5, -1.25, 7, 3)
    check(f, -2.5, 1.25, -7, 3)
    check(f, 2.5, 1.5, 7, -3)


def test_comparisons():
    def f(x, n):
        return x < n, x <= n, x > n, x >= n, x == n, x != n, 0 < x < n, 3 > n != 2 <= x, not 0 < n <= 5

    for x, n in ((0.5, 1), (2.0, 2), (4.5, 3), (-1.0, 0)):
        check(f, x, n)


def test_comparisons_stop_at_the_first_that_fails():
    def f(x, i):
        return 1.0 if 0 <= i < len(x) and x[i] > 0 else -1.0

    for i in (-1, 0, 4, 5, 100):
        check(f, VECTOR, i)


def test_short_circuits_guard_indices():
    def f(x, i):
        found = i < len(x) and x[i] * 2
        missing = i >= len(x) or x[i] + 1
        chained = 0 <= i <= len(x) - 1 < x[i] + 10
        return found, missing, chained

    made = lowered(f, VECTOR, 2)
    assert run(made, VECTOR, 2)[1] == VECTOR[2] + 1
    assert run(made, VECTOR, 99)[0] == 0.0


def test_values_of_and_and_or():
    def f(x, y):
        return (x and y), (x or y), (x and not y), (x or y or 3.0)

    for x in (0.0, 1.5):
        for y in (0.0, -2.0):
            check(f, x, y)


def test_builtins():
    def f(x, y, n):
        pair = (x, y)
        return (
            max(x, y),
            min(x, y, n),
            max(pair),
            sum(pair),
            sum(pair, 1.0),
            abs(x),
            len(pair),
            float(n),
            int(x),
            bool(y),
            pow(x, 2),
        )

    check(f, 1.5, -2.5, 3)
    check(f, -1.5, -0.0, 0)


def test_builtins_on_arrays():
    def f(a, b):
        return max(a), min(a), sum(a), len(b), np.maximum(a, 0), np.where(a > 0, a, 1)

    check(f, VECTOR, MATRIX)


def test_keywords_that_casts_do_not_take():
    def f(x):
        return int(x, base=3)

    with pytest.raises(UnsupportedSyntax, match="base"):
        lowered(f, 2.0)


# ---------------------------------------------------------------- dtypes


def test_python_numbers_yield_to_float32():
    def f(x, s):
        return (
            x * 2.5 + 1,
            s * 0.1,
            s + 1,
            np.sin(x) / 3,
            np.sum(x) * 0.5,
            np.mean(x),
            x**2,
            s if s > 1 else 0.5 * s,
        )

    check(f, SINGLE, np.float32(1.25))
    check(f, SINGLE, np.float32(0.25))


def test_mixed_dtypes():
    def f(a, b, n):
        return (
            a * b,
            a + n,
            b / n,
            a[0] * b[1],
            n * 2,
            np.sum(n),
            n // 2,
            n / 2,
            n * 2.5,
            np.sqrt(n),
            n > 0,
            b[0] * n[1],
        )

    check(f, VECTOR, SINGLE, np.array([1, 2, 3, 4, 5]))
    check(f, VECTOR, SINGLE, np.array([1, 2, 3, 4, 5], dtype="int32"))


def test_casts():
    def f(x, s, n):
        return (
            x.astype(np.float32),
            x.astype(int),
            np.float32(s),
            np.float64(s) * n,
            int(s) + n,
            s + float(n[0]),
        )

    check(f, VECTOR, 2.75, COUNTS)


def test_accumulation_keeps_the_dtype():
    def f(x, n):
        total = np.zeros_like(x)
        for i in range(len(x)):
            total[i] += x[i] * 0.1
            total[i] -= 0.3
            total[i] *= 1.7
            n[i] += 2.9
            n[i] //= 2
        return total

    check(f, SINGLE, COUNTS)
    check(f, VECTOR, COUNTS)
