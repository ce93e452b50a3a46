"""Objects: classes and their special methods, dataclasses, NamedTuples, enumerations, aliases, constants."""

# ruff: noqa: E721  # comparisons of classes are what is tried here

from __future__ import annotations

import abc
import copy
import enum
import functools
import math
from dataclasses import InitVar, asdict, astuple, dataclass, field, replace
from types import SimpleNamespace
from typing import ClassVar, Generic, NamedTuple, Protocol, TypeVar

import numpy as np

from tests.programs.catalogue import at, program

T = TypeVar("T")
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
def astup(x):
    a, b = astuple(Vector(x, 2 * x))
    return a * b + asdict(Vector(x, 3 * x))["y"]


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


@program(inputs=at(3.0, True))
def dispatch(x, flag):
    s = Disc(x) if flag else Rectangle(x, 2 * x)
    return s.area()


@dataclass
class Particle:
    x: float = 0.0
    y: float = 1.0
    nxt: object = None


@program(inputs=at(3.0))
def alias(x):
    p = Particle(x)
    q = p
    q.x = q.x * 2
    return p.x * q.x


@program(inputs=at(3.0))
def shared_child(x):
    c = Particle(x)
    a = Particle(1.0, 1.0, c)
    b = Particle(2.0, 2.0, c)
    a.nxt.x = a.nxt.x * x
    return b.nxt.x + c.x


@program(inputs=at(3.0))
def in_list(x):
    c = Particle(x)
    l = [c, Particle(2 * x), c]
    l[0].x *= x
    for p in l:
        p.y += p.x
    return c.x * l[2].y + l[1].y


@program(inputs=at(3.0))
def swap_loop(x):
    a = Particle(x)
    b = Particle(2 * x)
    for i in range(3):
        a, b = (b, a)
        a.x = a.x * 1.5 + i
    return a.x - b.x * 2


@program(inputs=at(3.0))
def keep_old(x):
    p = Particle(x)
    old = p
    for i in range(3):
        p = Particle(p.x * 1.5)
    return p.x + old.x


@program(inputs=at(3.0))
def keep_old_mut(x):
    p = Particle(x)
    old = p
    for i in range(3):
        p = Particle(p.x * 1.5)
        p.x += 1.0
    return p.x + old.x


@program(inputs=at(3.0))
def prev_loop(x):
    p = Particle(x)
    prev = p
    s = 0.0
    for i in range(4):
        prev.y += x
        prev = p
        p = Particle(p.x * 1.1)
        s += prev.y * p.x
    return s


@program(inputs=at(3.0))
def branch_mut(x):
    p = Particle(x)
    if x > 2:
        p.x = p.x * x
    else:
        p.y = 5.0
    return p.x * p.y


@program(inputs=at(3.0))
def cond_alias_read(x):
    a = Particle(x)
    b = Particle(2 * x)
    c = a if x > 2 else b
    return c.x * x


@program(inputs=at(3.0))
def first_in_branch(x):
    p = Particle(x)
    if x > 2:
        p.z = x * x
    else:
        p.z = 1.0
    return p.z


@program(inputs=at(3.0))
def first_in_loop(x):
    p = Particle(x)
    for i in range(3):
        p.z = x * i
        p.x += p.z
    return p.x * p.z


@program(inputs=at(3.0))
def int2float(x):
    p = Particle(0, 0)
    for i in range(3):
        p.x += i * x
        p.y += 1
    return p.x * p.y


@program(inputs=at(3.0))
def deep(x):
    p = Particle(x, 1.0, Particle(2 * x, 1.0, Particle(x * x)))
    q = p.nxt
    for i in range(3):
        q.nxt.x += p.x * q.x
        p.nxt.x *= 1.1
    return p.nxt.nxt.x * q.x


@program(inputs=at(3.0))
def loop_swap_field(x):
    a = Particle(x, 1.0, Particle(x * 2))
    b = Particle(x, 1.0, Particle(x * 3))
    for i in range(3):
        a.nxt, b.nxt = (b.nxt, a.nxt)
        a.nxt.x += 1.0
    return a.nxt.x * 10 + b.nxt.x


@program(inputs=at(3.0))
def loop_cond_rebind(x):
    best = Particle(x)
    for i in range(5):
        c = Particle(x * math.sin(i))
        if c.x > best.x:
            best = c
    return best.x * best.y


@program(inputs=at(3.0))
def loop_cond_rebind_mut(x):
    best = Particle(x)
    cur = Particle(x)
    for i in range(5):
        cur.x = cur.x * 1.1
        if i == 2:
            best = cur
        best.y += x
    return best.x * best.y + cur.y + cur.x


@program(inputs=at(3.0))
def arr_in_obj(x):
    a = np.array([x, 2 * x])
    p = Particle(0.0)
    p.a = a
    q = Particle()
    q.a = p.a
    q.a[0] = q.a[0] * x
    for i in range(2):
        p.a[1] += a[0]
    return p.a[0] + a[1]


@program(inputs=at(3.0))
def none_then_obj(x):
    best = None
    for i in range(4):
        v = x * math.sin(i + 1.0)
        if best is None or v > best.x:
            best = Particle(v)
    return best.x


@program(inputs=at(3.0))
def ret_self(x):

    def f(p):
        p.x *= 2
        return p

    a = Particle(x)
    b = f(a)
    b.x += 1
    return a.x


@program(inputs=at(3.0))
def list_of_obj_loop(x):
    ps = [Particle(x), Particle(2 * x), Particle(3 * x)]
    for t in range(4):
        for p in ps:
            p.x += 0.1 * p.y
        for p in ps:
            p.y -= 0.1 * p.x
    return ps[0].x + ps[1].y * ps[2].x


@program(inputs=at(3.0))
def dict_of_obj(x):
    d = {"a": Particle(x), "b": Particle(2 * x)}
    e = d["a"]
    d["b"] = e
    d["b"].x *= x
    return d["a"].x + e.x


@program(inputs=at(3.0))
def copy_obj(x):
    a = Particle(x, 1.0, Particle(x))
    b = copy.copy(a)
    c = copy.deepcopy(a)
    b.x = 5.0
    b.nxt.x *= 2
    c.nxt.x *= 10
    return a.x + a.nxt.x + b.x * c.nxt.x


@program(inputs=at(3.0))
def while_obj(x):
    p = Particle(x)
    while p.x < 100:
        p = Particle(p.x * p.x, p.y + 1)
    return p.x * p.y


@program(inputs=at(3.0))
def two_alias_branches(x):
    a = Particle(x)
    b = a
    if x > 2:
        a.x = a.x * 2
        b.x = b.x + 1
    else:
        b = Particle(1.0)
    return a.x * b.x


@program(inputs=at(3.0))
def obj_in_closure(x):
    p = Particle(x)

    def f():
        p.x += 1
        return p

    q = f()
    for i in range(3):
        f()
    return q.x * p.x


@program(inputs=at(3.0))
def rebind_closure_obj(x):
    p = Particle(x)

    def f():
        return p.x

    s = f()
    for i in range(3):
        p = Particle(p.x * 2)
        s += f()
    return s


@program(inputs=at(3.0))
def early_return_obj(x):
    p = Particle(x)
    for i in range(5):
        p.x *= 1.5
        if p.x > 10:
            return p.x * p.y
        p.y += x
    return p.y


@program(inputs=at(3.0))
def loop_alias_list(x):
    a = Particle(x)
    l = [a, Particle(2 * x)]
    for i in range(4):
        l[0], l[1] = (l[1], l[0])
        l[0].x += 1.0
    return a.x * l[0].x


@program(inputs=at(3.0))
def none_attr(x):
    p = Particle(x)
    p.nxt = Particle(2 * x) if x > 2 else None
    return p.nxt.x if p.nxt is not None else p.x


@program(inputs=at(3.0))
def nested_move(x):
    a = Particle(x, 1.0, Particle(x))
    c = a.nxt
    for i in range(3):
        a = Particle(a.x * 2, 1.0, a.nxt)
        a.nxt.x += 1
    return c.x * a.x


@program(inputs=at(3.0))
def nested_move2(x):
    a = Particle(x, 1.0, Particle(x))
    c = a.nxt
    for i in range(3):
        a = Particle(a.x * 2, 1.0, Particle(a.nxt.x + 1))
        a.nxt.x += 1
    return c.x * a.nxt.x


@program(inputs=at(3.0))
def alternating(x):
    a = Particle(x)
    b = Particle(2 * x)
    cur = a
    for i in range(4):
        cur.x += x
        cur = b
    return a.x * b.x


@program(inputs=at(3.0))
def tuple_move(x):
    s = (Particle(x), Particle(2 * x))
    k = s[1]
    for i in range(3):
        s = (s[1], Particle(s[0].x + 1))
        s[0].y += x
    return k.y + s[0].x * s[1].y


@program(inputs=at(3.0))
def while_alias(x):
    a = Particle(x)
    b = a
    while a.x < 50:
        b = a
        a = Particle(a.x * 2)
    return b.x * a.x


@program(inputs=at(3.0))
def list_mut_rebound(x):
    l = [x]
    k = l
    for i in range(3):
        l = [l[0] * 2]
        l[0] += 1
    return k[0] * l[0]


@program(inputs=at(3.0))
def list_alias_store(x):
    l = [x, 2 * x]
    k = [l, l]
    k[0][0] *= x
    for i in range(2):
        k[1][1] += k[0][0]
    return l[0] * l[1]


@program(inputs=at(3.0))
def inner_loops2(x):
    p = Particle(x)
    first = p
    for i in range(2):
        for j in range(2):
            p.x += 1
            p = Particle(p.x * 1.5)
    return first.x * p.x


@program(inputs=at(3.0))
def obj_from_branch_in_loop(x):
    p = Particle(x)
    o = Particle(10.0)
    for i in range(4):
        q = p if i % 2 == 0 else o
        p.x += q.x
    return p.x


@program(inputs=at(3.0))
def obj_from_branch_mut_loop(x):
    p = Particle(x)
    o = Particle(10.0)
    for i in range(4):
        q = p if i % 2 == 0 else o
        q.x += x
    return p.x * o.x


@program(inputs=at(3.0))
def closure_cell_alias(x):
    p = Particle(x)
    q = p

    def nxt():
        nonlocal p
        p = Particle(p.x * 2)

    for i in range(3):
        nxt()
        p.x += 1
    return q.x * p.x


@program(inputs=at(3.0))
def same_obj_twice_param(x):

    def f(a, b):
        a.x = 5 * x
        return b.x

    p = Particle(x)
    return f(p, p)


@program(inputs=at(3.0))
def attr_none_loop(x):
    p = Particle(x)
    for i in range(3):
        if p.nxt is None:
            p.nxt = Particle(x)
        p.nxt.x += 1
    return p.nxt.x


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
