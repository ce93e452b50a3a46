"""Objects with several names: what is changed through one is seen through the others."""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass

import numpy as np

from tests.programs.catalogue import at, program


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
