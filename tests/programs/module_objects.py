"""Objects, lists, dicts and functions of the module around; objects with known gradients."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np

from tests.programs.catalogue import at, program

# ---------------------------------------------------------------- objects of the module


@dataclass
class Settings:
    g: float = 9.81
    n: int = 3
    w: np.ndarray = field(default_factory=lambda: np.array([1.0, 2.0]))
    sub: object = None

    def drag(self, v):
        return self.g * v * v

    @property
    def gg(self):
        return self.g * 2

    def __call__(self, v):
        return v * self.g


class Limits(NamedTuple):
    a: float
    b: float


PAR = Settings(sub=Settings(g=2.0))
CONFIG = {"dt": 0.1, "n": 4, "nested": {"k": [1.0, 2.0, 3.0]}, "f": math.sin, "p": PAR, "mode": "fast"}
COEF = [0.5, 0.25, 0.125]
PAIRS = ((1.0, 2.0), (3.0, 4.0))
NTG = Limits(2.0, 3.0)
LAYERS = [Settings(g=1.5), Settings(g=2.5)]
STEP = PAR.drag
ns = SimpleNamespace(k=2.5)


def line(a, x, b):
    return a * x + b


PLIN = functools.partial(line, 3.0, b=0.5)


@program(inputs=at(3.0))
def obj(x):
    return PAR.g * x + PAR.drag(x) + PAR.gg * x + float(PAR.w[0]) * x + PAR.sub.g * x + PAR.sub.drag(x)


@program(inputs=at(3.0))
def dct(x):
    t = x
    for _ in range(CONFIG["n"]):
        t = t + CONFIG["dt"] * CONFIG["f"](t)
    if CONFIG["mode"] == "fast":
        t = t * CONFIG["nested"]["k"][1]
    return t * CONFIG["p"].g


@program(inputs=at(3.0))
def lst(x):
    s = 0.0
    for k, c in enumerate(COEF):
        s += c * x**k
    for a, b in PAIRS:
        s += a * x + b
    return s * len(COEF) + COEF[-1] + sum(COEF) * x


@program(inputs=at(3.0))
def ntup(x):
    return NTG.a * x + NTG[1] * x * x


@program(inputs=at(3.0))
def callables(x):
    return STEP(x) + PLIN(x) + PAR(x) + ns.k * x


@program(inputs=at(3.0))
def layers(x):
    for l in LAYERS:
        x = l(x)
    return x


@program(inputs=at(3.0))
def either_rt(x):
    p = PAR if x > 2 else PAR.sub
    q = PAR if x > 4 else Settings(g=x, sub=None)
    return p.drag(x) * q.g


@program(inputs=at(3.0))
def rebound(x):
    p = LAYERS[0]
    for i in range(3):
        p = Settings(g=p.g * x)
    return p.g


@program(inputs=at(3.0))
def is_same(x):
    p = CONFIG["p"]
    return x if p is PAR else 2 * x


@program(inputs=at(3.0, True))
def either_global(x, flag):
    p = PAR if flag else Settings(g=x)
    return p.drag(x)


# ---------------------------------------------------------------- values and gradients known from elsewhere


@dataclass
class Three:
    a: float
    b: float
    c: float

    @property
    def product(self):
        return self.a * self.b * self.c


@program(inputs=at(2.0), value=24.0, gradient=36.0)
def property_of_a_dataclass(x):
    p = Three(x, x, x)
    return 3.0 * p.product


@program(inputs=at(3.0), value=243.0, gradient=405.0)
def fields_assigned(x):
    p = Three(x, x, x)
    p.a = p.a * x
    p.b = p.a * x
    return p.a * p.b


@program(inputs=at(4.0), value=8.0, gradient=2.0)
def nested_tuples_rebuilt(x):
    t = (x, (0.0, x))
    if x > 0:
        t = (t[0], (x, t[1][1]))
    else:
        t = (0.0, (t[0], 0.0))
    return t[0] + t[1][0]


class Cell:
    def __init__(self, x):
        self.x = x

    def square(self):
        self.x = self.x * self.x

    @property
    def doubled(self):
        return 2 * self.x

    @doubled.setter
    def doubled(self, v):
        self.x = v / 2


def square_of(c):
    c.x *= c.x


@program(inputs=at(10.0), value=100.0, gradient=20.0)
def method_that_updates(x):
    c = Cell(x)
    c.square()
    return c.x


@program(inputs=at(10.0), value=100.0, gradient=20.0)
def helper_that_updates(x):
    c = Cell(x)
    square_of(c)
    return c.x


@program(inputs=at(3.0), value=12.0, gradient=4.0)
def getter_and_setter(x):
    c = Cell(x)
    c.doubled = c.doubled * 2
    return c.doubled


class Twice:
    def factor(self):
        return 2.0

    def of(self, x):
        return self.factor() * x


class Thrice(Twice):
    def factor(self):
        return 3.0

    def of(self, x):
        return 10.0 * super().of(x) - 7.0 * x


@program(inputs=at(1.0), value=23.0, gradient=23.0)
def override(x):
    return Thrice().of(x)


@program(inputs=at(1.0), value=10.0, gradient=10.0)
def value_taken_before_a_change(x):
    c = Cell(10.0 * x)
    kept = c.x
    c.x = c.x + 1.0
    return kept
