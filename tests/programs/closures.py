"""Functions as values: closures, lambdas, partials, decorators, methods, choices at run time."""

# ruff: noqa: E731  # lambdas with names are what is tried here

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

from numba import njit

from autodiff_compiler import differentiable
from tests.programs.catalogue import at, program


def traced(f):

    @functools.wraps(f)
    def w(*a, **k):
        return 2.0 * f(*a, **k)

    return w


def scaled(s):

    def deco(f):

        @functools.wraps(f)
        def w(x):
            return s * f(x)

        return w

    return deco


@traced
def h1(x):
    return x * x


@scaled(3.0)
@traced
def h2(x):
    return x * x * x


@njit
def h3(x):
    return x + 1.0


@functools.lru_cache
def h4(x):
    return x * x + 2


@differentiable
def h5(x):
    return math.sin(x)


def add(x):

    def inner(y):
        return x * y

    return inner


def relu(v):
    return v if v > 0 else 0.0 * v


def tanh(v):
    return math.tanh(v)


def compose(*fs):

    def run(v):
        for f in fs:
            v = f(v)
        return v

    return run


def newton(f, df, x0, n=5):
    for _ in range(n):
        x0 = x0 - f(x0) / df(x0)
    return x0


@dataclass
class M:
    w: float

    def f(self, v):
        return self.w * v

    def set(self, v):
        self.w = v


@program(inputs=at(3.0), float64_only="a cache gives 3.0 what it was asked first for float32(3.0), its equal")
def decorated(x):
    return h1(x) + h2(x) * h3(x) + h4(x) * h5(x)


@program(inputs=at(3.0), value=27.0, gradient=27.0)
def captured_active(x):
    k = x * x
    g = lambda q: q * k
    return g(x)


@program(inputs=at(3.0), value=9.0, gradient=6.0)
def late(x):
    k = 1.0
    f = lambda: k * x
    k = x
    return f()


@program(inputs=at(3.0), value=9.0, gradient=6.0)
def nonl(x):
    t = 0.0

    def put():
        nonlocal t
        t = x * x

    put()
    return t


@program(inputs=at(3.0))
def nonl_loop(x):
    t = 0

    def put(v):
        nonlocal t
        t += v * x

    for i in range(4):
        put(i)
    return t


@program(inputs=at(3.0))
def chosen_rt(x):
    f = relu if x > 2 else tanh
    g = math.sin if x > 2 else math.cos
    h = (lambda v: v * x) if x > 5 else lambda v: v + x
    return f(x) * g(x) * h(x)


@program(inputs=at(3.0))
def loop_closures(x):
    fs = []
    for i in range(3):
        fs.append(lambda v, i=i: v * i + x)
    gs = [lambda v: v, relu, math.exp]
    s = 0.0
    for f in fs:
        s += f(x)
    for g in gs:
        s += g(x * 0.1)
    return s


@program(inputs=at(3.0))
def late_loop(x):
    k = 0.0
    f = lambda: k
    s = 0.0
    for i in range(3):
        k = k + x * i
        s += f()
    return s + f()


@program(inputs=at(3.0))
def dict_fns(x):
    d = {"a": relu, "b": lambda v: v * v}
    return d["a"](x) + d["b"](x)


@program(inputs=at(3.0))
def composed(x):
    return compose(math.sin, relu, lambda v: v * x)(x)


@program(inputs=at(3.0))
def ret_branch(x):

    def pick():
        if x > 2:
            return lambda v: v * x
        else:
            return lambda v: v + x

    return pick()(x)


@program(inputs=at(3.0))
def same_lambda_branches(x):

    def mk(k):
        return lambda v: v * k

    f = mk(x) if x > 2 else mk(2 * x)
    return f(x)


@program(inputs=at(3.0))
def partials(x):

    def f(a, b, c=1.0):
        return a * b + c

    p = functools.partial(f, x, c=x * x)
    q = functools.partial(p, 2.0)
    m = functools.partial(math.pow, x)
    return p(3.0) * q() * m(2.0)


@program(inputs=at(3.0))
def bound(x):
    m = M(x)
    f = m.f
    s = m.set
    r = f(x)
    s(x * x)
    return r + f(x)


@program(inputs=at(3.0))
def newt(a):
    return newton(lambda v: v * v - a, lambda v: 2 * v, 1.0 + a)


@program(inputs=at(3.0))
def counter(x):

    def make():
        n = 0.0

        def inc(v):
            nonlocal n
            n += v
            return n

        return inc

    a = make()
    b = make()
    a(x)
    b(x * x)
    a(x)
    return a(x) * b(1.0)


@program(inputs=at(3.0))
def default_lambda(x):
    f = lambda a, b=x: a * b
    x = 5.0
    return f(2.0)


@program(inputs=at(3.0))
def loop_rebind_fn(x):
    f = lambda v: v
    for i in range(3):
        x = f(x) * 1.5
        f = lambda v: v * 2.0
    return x


@program(inputs=at(3.0))
def attr_fn(x):
    class_ = M(x)
    class_.g = lambda v: v * x
    return class_.g(x)


@program(inputs=at(3.0))
def cond_call_update(x):
    n = 0.0

    def bump():
        nonlocal n
        n = n + x
        return n

    r = bump() if x > 2 else 0.0
    if x > 1 and bump() > 0:
        r += bump()
    return r + n


@program(inputs=at(3.0))
def nested_nonlocal(x):
    a = x

    def o():
        b = 2.0

        def i():
            nonlocal a, b
            a *= b
            b += a

        i()
        i()
        return b

    return o() + a


@program(inputs=at(3.0))
def keyword_only(x):

    def f(a, *, b=2.0, **k):
        return a * b * k["c"] + k["e"]

    return f(x, c=x, b=x, e=x * x)


@program(inputs=at(3.0))
def while_nl(x):
    n = 0
    t = x

    def done():
        return t > 50.0

    while not done():
        t *= x
        n += 1
    return t * n


@program(inputs=at(3.0, 4.0), value=12.0, gradient=(4.0, 3.0))
def curry(x, y):
    return add(x)(y)


@program(inputs=at(3.0, True))
def chosen(x, flag):
    f = relu if flag else tanh
    return 2 * f(x)


@program(inputs=at(3.0, relu), value=6.0, gradient=2.0, wrt="x")
def fn_arg(x, f):
    return f(x) * 2


@program(inputs=at(0.0), value=0.0, gradient=10.0)
def captured_constant(x):
    z = 10.0

    def inner(q):
        return z * q

    return inner(x)
