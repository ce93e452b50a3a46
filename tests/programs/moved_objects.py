"""Objects that loops move from name to name."""

from __future__ import annotations

from dataclasses import dataclass

from tests.programs.catalogue import at, program


@dataclass
class Particle:
    x: float = 0.0
    y: float = 1.0
    nxt: object = None


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


class Ring:
    def __init__(self, x):
        self.x = x
        self.other = self


@program(inputs=at(0.7, [0.3, -0.4, 0.9]))
def objects_that_know_each_other(x, a):
    p, q = Ring(x), Ring(a[0])
    p.other, q.other = q, p
    for i in range(4):
        p.x = p.x + q.x * 0.5 + a[i % 3]
        p, q = p.other, q.other
    return p.x * 2 + q.x


@program(inputs=at(0.8, 4))
def object_changed_after_a_loop_that_chose_it(x, n):
    a, b, s = Particle(x, 1.0), Particle(2 * x, x), 0.0
    for _ in range(n):
        c = a if s < 3 else b
        s += c.x * c.y
    a.x = 7.0 * x
    return s + a.x
