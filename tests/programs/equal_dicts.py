"""Dicts of many equal things: arrays of their keys and values, real loops; for test_dict_arguments.py."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass
class Particle:
    x: float
    v: float
    hits: int = 1

    def step(self, dt):
        self.x = self.x + dt * self.v
        self.hits += 1


@dataclass
class Model:
    layers: dict
    bias: float


def text(k):
    return f"k{k}"


def numbers(n, key=text):
    return {key(k): 0.1 * k + 0.3 for k in range(n)}


def scattered(n):
    return numbers(n, lambda k: (k * 7919) % 1009 - 300)


def layers(n):
    rng = np.random.default_rng(0)
    return {f"layer{k}": {"w": 0.5 * rng.normal(size=(3, 3)), "b": rng.normal(size=3)} for k in range(n)}


def particles(n):
    return {text(k): Particle(0.1 * k, 1.0 + k, k % 3) for k in range(n)}


def network(net, x):
    for layer in net.values():
        x = np.tanh(layer["w"] @ x + layer["b"])
    return np.sum(x * x)


def views_are_read_again(d):
    keys, values, items = d.keys(), d.values(), d.items()
    s = 0.0
    for _ in range(2):
        for k in keys:
            s += d[k]
        for v in values:
            s += v * v
        for k, v in items:
            s += v * v * v if k in d else 1.0
    return s


def keys_are_told_apart(d, chosen):
    s = 0.0
    for k, v in d.items():
        if k == "k3":
            s += 2.0 * v
        elif k in ("k1", "k5") or k in chosen:
            s += v * v
        elif k != "k7":
            s += v**3
    return s


def constant_keys(d):
    return d["k3"] * d["k7"] + d.get("k3", 1.0) * d.get("none", 2.0) + sum(d.values()) * len(d)


def looked_up(d, n):
    s = 0.0
    for i in range(-n, n):
        if 2 * i in d:
            s += d[2 * i] ** 2
    return s


def other_dict(params, scale):
    return sum(scale[name] * params[name] ** 2 for name in params)


def in_another_order(params):
    scale = 0.0
    for name in reversed(params):
        scale = 0.9 * scale + params[name]
    return scale * max(params.values())


def values_are_replaced(params, mean, square):
    for k in params:
        mean[k] = 0.9 * mean[k] + 0.1 * params[k]
        square[k] = 0.99 * square[k] + 0.01 * params[k] ** 2
    return sum(mean[k] / (square[k] + 1.0) for k in params)


def second_name(d):
    e = d
    for k in e:
        d[k] *= 2.0
    return sum(e[k] ** 2 for k in d)


def copies(d):
    e, f = dict(d), d.copy()
    for k in d:
        d[k] = d[k] * 2.0
    return sum(e[k] * d[k] * f[k] for k in e)


def objects_change(d, dt):
    for name, p in d.items():
        p.step(dt)
        if p.hits > 2:
            p.x *= 2.0
        if name != "k3":
            p.v -= d["k3"].x
    d["k3"].step(dt)
    return sum([p.x**2 * p.hits + p.v for p in d.values()])


def lists_inside(d):
    s = 0.0
    for k, items in d.items():
        for i, item in enumerate(items):
            s += item * k * i
    return s


def in_an_object(model, x):
    for w in model.layers.values():
        x = x * w + model.bias
    return x


def with_numbers(d, e):
    s = 0.0
    for i, (k, v) in enumerate(d.items()):
        s += i * v * k
    for (_, v), w in zip(d.items(), e.values()):
        s += v * w
    evens = [k for k in d if k % 2 == 0]
    return s + d[evens[0]] ** 2 + np.sum(np.array(list(d.values())))


def recursive(d, k):
    if k <= 0:
        return 1.0
    return d[k] * recursive(d, k - 3) + d[k - 1]


def best_key(d):
    best = "k0"
    for k in d:
        if d[k] > d[best]:
            best = k
    return d[best] * d[max(d, key=d.get)]


def taken_apart(d):
    s = d.pop("k3")
    d["total"] = 1.0
    for k, v in d.items():
        s = s + v * v if k.startswith("k1") else s
    for k in sorted(d):
        s = 0.5 * s + d[k]
    return s


def pair(k):
    return (k * 37) % 11 - 5, k


def triple(k):
    return k % 3, k - 20, (k * k) % 5


def edges(x, springs):
    e = 0.0
    for (i, j), length in springs.items():
        e += (x[i] - x[j % 11] - length) ** 2
    return e


def neighbours(cells, n):
    s = 0.0
    for i in range(-6, 7):
        for j in range(n + 3):
            if (i, j) in cells and (j, i, 0) not in cells:
                s += cells[i, j] * cells.get((i, j + 11), 0.5)
            elif (i, 2**40) in cells or j in cells:
                s += 1000.0
    return s


def spread(cells):
    for key in cells:
        i, _, k = key
        cells[key] = cells[key] * (i + 1) + k
    return sum(cells.values()) + sum(1.0 for i, j, k in cells if i == k)


PROGRAMS = [
    (views_are_read_again, lambda n: (numbers(n, pair),)),
    (views_are_read_again, lambda n: (numbers(n, triple),)),
    (in_another_order, lambda n: (numbers(n, pair),)),
    (values_are_replaced, lambda n: (numbers(n, pair), numbers(n, pair), numbers(n, pair))),
    (edges, lambda n: (np.linspace(-1.0, 1.0, 11), numbers(n, pair))),
    (neighbours, lambda n: (numbers(n, pair), n)),
    (spread, lambda n: (numbers(n, triple),)),
    (network, lambda n: (layers(n), np.ones(3))),
    (views_are_read_again, lambda n: (numbers(n),)),
    (views_are_read_again, lambda n: (scattered(n),)),
    (keys_are_told_apart, lambda n: (numbers(n), ("k2", "k4"))),
    (constant_keys, lambda n: (numbers(n),)),
    (looked_up, lambda n: (numbers(n, lambda k: 3 * k - 60), 50)),
    (other_dict, lambda n: (numbers(n), dict(reversed(numbers(n).items())))),
    (in_another_order, lambda n: (numbers(n),)),
    (values_are_replaced, lambda n: (numbers(n), numbers(n), numbers(n))),
    (second_name, lambda n: (numbers(n),)),
    (copies, lambda n: (numbers(n),)),
    (objects_change, lambda n: (particles(n), 0.1)),
    (lists_inside, lambda n: ({k: [0.1 * k, 0.2, 0.3] for k in range(n)},)),
    (in_an_object, lambda n: (Model({text(k): 0.9 + 0.001 * k for k in range(n)}, 0.1), 1.5)),
    (with_numbers, lambda n: (numbers(n, lambda k: k), scattered(n))),
    (recursive, lambda n: (numbers(n, lambda k: k), 30)),
    (best_key, lambda n: (numbers(n),)),
]
