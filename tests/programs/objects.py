"""Objects: classes and their special methods, dataclasses, NamedTuples, enumerations, aliases, constants."""

# ruff: noqa: E721  # comparisons of classes are what is tried here

from __future__ import annotations

import abc
import enum
import functools
import math
from dataclasses import InitVar, dataclass, field, replace
from typing import ClassVar, Generic, NamedTuple, Protocol, TypeVar

from tests.programs.catalogue import at, program

T = TypeVar("T")


class Base:
    k = 2.0
    count: ClassVar[int] = 3

    def __init__(self, x):
        self.x = x

    def val(self):
        return self.x * self.k

    @property
    def dbl(self):
        return 2 * self.x

    @dbl.setter
    def dbl(self, v):
        self.x = v / 2

    @staticmethod
    def sq(v):
        return v * v

    @classmethod
    def make(cls, v):
        return cls(v * 3)

    def __call__(self, z):
        return self.val() * z

    @functools.cached_property
    def heavy(self):
        return self.x * self.x


class Derived(Base):
    k = 5.0

    def __init__(self, x, y=1.5):
        super().__init__(x)
        self.y = y

    def val(self):
        return super().val() + self.y


class Root:
    def who(self):
        return 1.0


class LeftSide(Root):
    def who(self):
        return 10.0 * super().who()


class RightSide(Root):
    def who(self):
        return 3.0 + super().who()


class Diamond(LeftSide, RightSide):
    def who(self):
        return self.s * super().who()


class Shape(abc.ABC):
    @abc.abstractmethod
    def area(self): ...


class Disc(Shape):
    __slots__ = ("r",)

    def __init__(self, r):
        self.r = r

    def area(self):
        return math.pi * self.r**2


class Rectangle(Shape):
    def __init__(self, a, b):
        self.a = a
        self.b = b

    def area(self):
        return self.a * self.b


@dataclass(frozen=True)
class Frozen:
    a: float
    b: float = 3.0
    c: list = field(default_factory=lambda: [1.0, 2.0])
    w: InitVar[float] = 2.0
    z: float = field(init=False, default=0.5)

    def __post_init__(self, w):
        object.__setattr__(self, "z", self.a * w)


@dataclass
class Keyword:
    a: float
    b: float = field(default=2.0, kw_only=True)


@dataclass
class KeywordChild(Keyword):
    c: float = 4.0


class Pair(NamedTuple):
    a: float
    b: float = 2.0

    def prod(self):
        return self.a * self.b

    @property
    def tw(self):
        return 2 * self.a


class Color(enum.Enum):
    RED = 1
    BLUE = 2


class Weight(enum.IntEnum):
    LO = 2
    HI = 5


class Box(Generic[T]):
    def __init__(self, v: T):
        self.v = v

    def get(self) -> T:
        return self.v


class HasArea(Protocol):
    def area(self) -> float: ...


class Square(HasArea):
    def __init__(self, a):
        self.a = a

    def area(self):
        return self.a**2


class Counter:
    def __init__(self):
        self.n = 0
        self.t = 0

    def add(self, v):
        self.n += 1
        self.t += v
        return self


class Node:
    def __init__(self, v, left=None, right=None):
        self.v = v
        self.left = left
        self.right = right


@program(inputs=at(3.0))
def inherit(x):
    b = Derived.make(x)
    a = Base(x)
    b.dbl = b.dbl + a.val()
    r = b(x) + a(2.0) + Base.sq(x) + b.heavy
    b.x = 100.0 * x
    return r + b.heavy + b.count * Derived.k * x


@program(inputs=at(3.0))
def mro(x):
    m = Diamond()
    m.s = x
    return m.who() * x


@program(inputs=at(3.0, 4.0))
def dispatch_run_time(x, y):
    s = Disc(x) if x < y else Rectangle(x, 2 * x)
    t = Disc(y) if x > y else Rectangle(y, 2 * y)
    return s.area() * t.area() + (1.0 if isinstance(s, Disc) else 2.0) * x


@program(inputs=at(3.0, 4.0))
def dispatch_loop(x, y):
    tot = 0.0
    for s in [Disc(x), Rectangle(x, y), Disc(y)]:
        tot += s.area()
    return tot


@program(inputs=at(3.0))
def frozen(x):
    f = Frozen(x, w=x)
    g = replace(f, a=2 * x, w=1.0)
    return f.z * f.c[1] + g.z + g.b * f.b


@program(inputs=at(3.0))
def kwonly(x):
    k = Keyword(x, b=x * x)
    l = KeywordChild(x, 7.0, b=x)
    return k.a * k.b * l.a * l.b * l.c


@program(inputs=at(3.0))
def namedt(x):
    n = Pair(x)
    m = n._replace(b=x * x)
    a, b = m
    return n.prod() + m.prod() * a + m.tw * b + n[0] * n[-1] + len(m) + m._asdict()["a"]


@program(inputs=at(3.0))
def enums(x):
    c = Color.RED
    r = x if c is Color.RED else 2 * x
    r = r * 3 if c == Color.BLUE else r * 4
    r += c.value * x
    if c.name == "RED":
        r *= 2
    return r * Weight.HI + x * Weight.LO.value


@program(inputs=at(3.0))
def attrs(x):
    a = Base(x)
    setattr(a, "q", x * x)
    r = getattr(a, "q") + getattr(a, "nope", 7.0) * x
    if hasattr(a, "q"):
        r *= 2
    if not hasattr(a, "zz"):
        r *= 3
    if type(a) is Base:
        r *= 5
    if type(a) == Derived:
        r *= 100
    return r


@program(inputs=at(3.0))
def generic(x):
    return Box(x).get() * Box[float](2 * x).get() * Square(x).area()


@program(inputs=at(3.0))
def class_attr_instance(x):
    a = Base(x)
    a.k = x
    return a.val() * Base(x).val()


@program(inputs=at(3.0))
def int_to_float(x):
    c = Counter()
    for i in range(4):
        c.add(x * i)
    return c.t / c.n


@program(inputs=at(3.0))
def chain(x):
    return Counter().add(x).add(x * x).t


@program(inputs=at(3.0))
def tree(x):
    t = Node(x, Node(2 * x), Node(x * x, None, Node(x)))
    s = 0.0
    stack = [t]
    return t.left.v * t.right.right.v + (0.0 if t.left.left is None else 1.0)


@program(inputs=at(3.0, True))
def dispatch(x, flag):
    s = Disc(x) if flag else Rectangle(x, 2 * x)
    return s.area()


class Account:
    def __init__(self, x):
        self.__balance = x

    def balance(self):
        return self.__balance


class Savings(Account):
    def __init__(self, x):
        super().__init__(x)
        self.__balance = 10.0 * x * x

    def total(self):
        return self.__balance + self.balance()


@program(inputs=at(3.0))
def private_names(x):
    return Savings(x).total()


@program(inputs=at(3.0))
def explicit_base_call(x):
    k = KeywordChild.__new__(KeywordChild)
    Keyword.__init__(k, x, b=x * x)
    return k.a * k.b
