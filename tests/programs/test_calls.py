"""Each way to call something, in each place where a call can stand: value, reverse and forward mode.

A row is the text of helpers and of statements that leave a number in `r`; places are made of it mechanically.
"""

from __future__ import annotations

import importlib.util
import sys
import textwrap
import warnings
from pathlib import Path

import numpy as np
import pytest

from autodiff_compiler import check_derivative

PRELUDE = """
import enum, functools, itertools, math, operator
from dataclasses import dataclass
from functools import partial, reduce, singledispatch, wraps
import numba
import numpy as np
"""

PLACES = """
def callee(x, c, n, a):
{one}
    return r


def plain(x, c, n, a):
    return callee(x, c, n, a)


def in_loops(x, c, n, a):
    start, total, moved = x, 0.0, 0.0
    while moved < 0.015 * start:
        x = start + moved
        for k in range(2):
            x = x + 0.01 * k
{three}
            total = total * 0.5 + r
        moved += 0.01
    return total


def in_an_arm(x, c, n, a):
    if x > 0.5:
{two}
        r = r * x
    else:
        r = c
    return r + x


def called_in_a_loop(x, c, n, a):
    return sum([callee(x + 0.01 * k, c, n, a) for k in range(2)]) * callee(c, x, n, a)


class Holder:
    def __init__(self, x):
        self.x = x

    def method(self, c, n, a):
        x = self.x
{two}
        return r


def in_a_method(x, c, n, a):
    return Holder(x).method(c, n, a) * x


def in_a_closure(x, c, n, a):
    def inner():
{two}
        return r

    return inner() * x


def again(x, c, n, a, depth):
{one}
    return r + 0.5 * again(x * 0.99, c, n, a, depth - 1) if depth > 0 else r


def in_a_recursion(x, c, n, a):
    return again(x, c, n, a, 2)
"""

NAMES = (
    "plain",
    "in_loops",
    "in_an_arm",
    "called_in_a_loop",
    "in_a_method",
    "in_a_closure",
    "in_a_recursion",
)

TRIED = 2  # of the places, for each row

ROWS = {
    "kinds of arguments": """
def g(p, /, q, w=2.0, *rest, s=1.0, **more):
    return p * q + w * s + sum(rest) * p + sum(more.values()) * q
---
r = g(x, c) + g(x, q=c, s=x) + g(x, c, x, x * x, 2.0, z=c) + g(*(x, c), **{"z": x})""",
    "stars of arrays": """
def g(p, q, w):
    return p * q + w * w
class Line:
    def at(self, x, slope, offset):
        return slope * x + offset
---
r = g(*a) + g(x, *a[1:]) + (lambda p, q: p / q)(*a[:2]) + Line().at(x, *a[1:]) + np.hypot(*a[1:])""",
    "closures": """
def make(w):
    total = w
    def step(z):
        nonlocal total
        total = total + z * total
        return total
    return step
---
s, t = make(x), make(c)
r = s(c) * t(x) + s(0.5)""",
    "functions as values": """
def compose(*fs):
    def run(z):
        for f in fs:
            z = f(z)
        return z
    return run
---
r = compose(math.sin, lambda z: z * x, partial(pow, c))(x) + reduce(lambda s, v: s * v + x, a)
r += {"a": math.cos, "b": lambda z: z * z}["b" if n > 2 else "a"](x)""",
    "filters and keys": """
---
r = sum(filter(lambda v: v > 0.9, [x, c, x * c])) + sum(filter(None, [x, 0.0 * x, c]))
r += max(a, key=lambda v: -v) + min([], default=x) + max([v for v in a if v > 0.5], default=c)""",
    "no value on a path": """
def hit(z):
    if z > 100.0:
        return None
    for v in (0.9, 1.1):
        if z > v:
            return z * v
---
u, v = hit(x), hit(0.1 * x)
r = (u if u is not None else c) + (c if v is None else v) + (hit(c) or x)""",
    "dispatch": """
class Square:
    def __init__(self, side):
        self.side = side
class Cube(Square):
    pass
@singledispatch
def size(s, k=1.0):
    return s * 3
@size.register
def _(s: Square, k=1.0):
    return s.side ** 2 * k
@size.register
def _(s: Cube, k=2.0):
    return s.side ** 3 * k
@size.register(int)
def _(s):
    return s * 2
---
r = size(x) + size(n) * x + size(Square(x)) + size(Cube(c), x)
r += sum(size(s) for s in [Cube(x), Square(c)])""",
    "decorators": """
def scaled(k):
    def decorate(f):
        @wraps(f)
        def wrapped(*args, **more):
            return k * f(*args, **more)
        return wrapped
    return decorate
@scaled(3.0)
def g(p, q=1.0):
    return p * p * q
@numba.njit
def h(v):
    s = 0.0
    for k in numba.prange(v.shape[0]):
        s += v[k] ** 2
    return s
@numba.vectorize
def e(p, q):
    return p * q if p > 0 else q
---
r = g(x) + g(x, q=c) + h(a) * x + e(x, c) + np.sum(e(a, x))""",
    "bound methods": """
class Scale:
    def __init__(self, w):
        self.w = w
    def by(self, z):
        return self.w * z
    def __call__(self, z, *, k=1.0):
        return self.w * z * k
    @property
    def double(self):
        return self.w * 2
    @classmethod
    def unit(cls, z):
        return cls(z)
class Shifted(Scale):
    def by(self, z):
        return super().by(z) + self.double
---
o, kept = Shifted(x), [c]
put, by = kept.append, o.by
put(x * c)
r = by(c) + o(c, k=x) + sum(map(o.by, a)) + sum(kept) + Shifted.unit(c).by(x) + Scale.by(o, c)""",
    "operators": """
class Pair:
    def __init__(self, p, q):
        self.p, self.q = p, q
    def __add__(self, other):
        return Pair(self.p + other.p, self.q + other.q)
    def __rmul__(self, k):
        return Pair(k * self.p, k * self.q)
    def __getitem__(self, k):
        return (self.p, self.q)[k]
    def __len__(self):
        return 2
    def __iter__(self):
        return iter((self.p, self.q))
    def __lt__(self, other):
        return self.p < other.p
---
u = 2 * (Pair(x, c) + Pair(c, x * c))
p, q = u
r = p * q + u[0] * len(u) + sum(v for v in u) + (x if u < Pair(c, x) else c) + min(u, Pair(x, c)).q""",
    "recursion": """
class Node:
    def __init__(self, v, kids=()):
        self.v, self.kids = v, kids
    def total(self):
        return self.v + sum(k.total() * self.v for k in self.kids)
def even(k, p, q):
    return (p, q) if k <= 0 else odd(k - 1, q, p * q)
def odd(k, p, q):
    if k <= 0:
        return q, p
    u, v = even(k - 1, p + q, q)
    return 2 * u, v
---
u, v = even(n, x, c)
r = u * v + Node(x, [Node(c), Node(x * c, [Node(2.0)])]).total()""",
    "recursion over lists": """
def built(k, z):
    return [z] if k == 0 else built(k - 1, z * 1.1) + [z * k]
def twisted(f, k, z):
    return z if k == 0 else twisted(lambda w: f(w) * 0.5, k - 1, f(z))
---
r = sum(v * k for k, v in enumerate(built(n, x))) + twisted(lambda z: z * x + c, 2, x)""",
    "whole numbers": """
class Mode(enum.Enum):
    A = 1
    B = 3
---
k = (7 // n) + (-7 % n) + 2 ** n + (1 << n) + (13 >> 1) + (n & 1) + (n ^ 5) + ~n + divmod(n, 2)[1] + (n > 2)
r = k * x + x * 2 ** -n + x ** -n + len(range(1, n)) * c + operator.neg(x) + sum(m.value * x for m in Mode)
r += a[int(x)] * x + Mode(3).value * c + sum(p * q for p, q in itertools.product(a, a))""",
}  # fmt: skip


def made(tmp_path: Path, row: str) -> object:
    helpers, body = ROWS[row].split("---\n")
    levels = {name: textwrap.indent(body, "    " * k) for k, name in enumerate(("one", "two", "three"), 1)}
    text = PRELUDE + helpers + PLACES.format(**levels)
    name = f"calls_{''.join(letter for letter in row if letter.isalpha())}_{tmp_path.name}"
    path = tmp_path / f"{name}.py"
    path.write_text(text)
    spec = importlib.util.spec_from_file_location(name, path)
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def arguments() -> tuple:
    return 1.3, 0.7, 3, np.array([0.4, 1.2, 0.8])


@pytest.mark.parametrize("row", ROWS)
def test_in_every_place(row: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    module, first = made(tmp_path, row), list(ROWS).index(row)
    for number in range(TRIED):
        name = NAMES[(first * TRIED + number) % len(NAMES)]
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            check_derivative(getattr(module, name), *arguments(), directions=1, forward=number == 0)


@pytest.mark.parametrize("row", ["dispatch", "closures"])
def test_compiled(row: str, tmp_path: Path):
    check_derivative(made(tmp_path, row).called_in_a_loop, *arguments(), directions=1, forward=False)
