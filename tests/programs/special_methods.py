"""Special methods: arithmetic, comparisons, subscripts and iteration of user classes."""

from __future__ import annotations

import math
from dataclasses import asdict, astuple, dataclass

from tests.programs.catalogue import at, program

FLOAT64 = "a vector that looks like a sequence is taken apart by NumPy's scalars"


@dataclass
class Vector:
    x: float
    y: float = 2.0

    def __add__(self, o):
        return Vector(self.x + o.x, self.y + o.y)

    def __radd__(self, o):
        return Vector(self.x + o, self.y + o) if o != 0 else self

    def __sub__(self, o):
        return Vector(self.x - o.x, self.y - o.y)

    def __mul__(self, o):
        if isinstance(o, Vector):
            return self.x * o.x + self.y * o.y
        return Vector(self.x * o, self.y * o)

    __rmul__ = __mul__

    def __truediv__(self, k):
        return Vector(self.x / k, self.y / k)

    def __neg__(self):
        return Vector(-self.x, -self.y)

    def __abs__(self):
        return math.sqrt(self.x * self.x + self.y * self.y)

    def __getitem__(self, i):
        return self.x if i == 0 else self.y

    def __setitem__(self, i, v):
        if i == 0:
            self.x = v
        else:
            self.y = v

    def __len__(self):
        return 2

    def __iter__(self):
        return iter((self.x, self.y))

    def __lt__(self, o):
        return abs(self) < abs(o)

    def __bool__(self):
        return self.x != 0.0

    def __contains__(self, v):
        return v == self.x

    def __matmul__(self, o):
        return self.x * o.y - self.y * o.x

    def __pow__(self, n):
        return Vector(self.x**n, self.y**n)

    def __iadd__(self, o):
        self.x += o.x
        self.y += o.y
        return self

    def __float__(self):
        return self.x


@program(inputs=at(3.0))
def astup(x):
    a, b = astuple(Vector(x, 2 * x))
    return a * b + asdict(Vector(x, 3 * x))["y"]


@program(inputs=at(3.0, 4.0), float64_only=FLOAT64)
def dunders(x, y):
    a = Vector(x, y)
    b = Vector(y)
    c = a + b - Vector(1.0, 1.0) * x
    d = 2.0 * c / y
    e = -(d**2)
    a += e
    a[1] = a[0] * a[1]
    return abs(a) + a @ b + a * b + len(a)


@program(inputs=at(3.0, 4.0), float64_only=FLOAT64)
def rev_sum(x, y):
    t = sum([Vector(x, y), Vector(y, x), Vector(x * x, y)], Vector(0.0, 0.0))
    p, q = t
    return p * q


@program(inputs=at(3.0, 4.0), float64_only=FLOAT64)
def compare_objects(x, y):
    a = Vector(x, y)
    b = Vector(y, y)
    r = a.x if a < b else b.x
    if a:
        r = r * 2
    if x in a:
        r = r * 3
    if a == Vector(x, y):
        r = r * 5
    if a != b:
        r = r * 7
    return r
