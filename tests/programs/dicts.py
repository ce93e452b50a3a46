"""Dicts with keys that are known while compiling."""

from __future__ import annotations

import numpy as np

from tests.programs.catalogue import at, program


@program(inputs=at(2.0))
def methods(x):
    d = {"a": x, "b": x * x}
    d["c"] = 3.0 * x
    d.update(e=x, a=x * 5)
    t = 0.0
    for k, v in d.items():
        if k != "b":
            t += v
    return t + d.get("zz", 1.0) + sum(d.values()) * d.pop("b") + len(d) + sum(w for w in d.values())


@program(inputs=lambda rng: (rng.normal(size=3), 0.5))
def parameters_by_computed_keys(x, w):
    params = {f"W{i}": w * (i + 1) for i in range(3)}
    params["b" + str(1)] = w * w
    h = x
    for i in range(3):
        h = np.tanh(params[f"W{i}"] * h)
    return np.sum(h) * params["b1"]


@program(inputs=at(0.7))
@program(inputs=at(-0.7))
def changed_in_a_branch(x):
    d = {"a": x, "n": 1}
    if x > 0.0:
        d["a"] = x * x
        d["n"] += 1
    else:
        d["a"] += 1.0
    return d["a"] * d["n"]


@program(inputs=at([1.0, 2.0, 3.0]))
def state_of_a_loop(xs):
    state = {"sum": 0.0, "product": 1.0}
    for v in xs:
        state["sum"] += v
        state["product"] *= v
    return state["sum"] * state["product"]


@program(inputs=at(2.0))
def joined(x):
    w = {k: x * i for i, k in enumerate(("a", "b"))}
    u = w | {"c": x} | dict(d=x * x)
    copy = u.copy()
    copy["a"] = 7.0
    zero = dict.fromkeys(("p", "q"), x)
    return (
        sum(u.values()) + (x if "a" in u else 0.0) + copy["a"] * u["a"] + zero["p"] * copy.setdefault("r", x)
    )


@program(inputs=at([1.0, 2.0, 3.0]))
def lists_in_a_dict(xs):
    log = {"even": [], "odd": []}
    for i, v in enumerate(xs):
        if i % 2 == 0:
            log["even"].append(v)
        else:
            log["odd"].append(v * v)
    return sum(log["even"]) * sum(log["odd"])


@program(inputs=at(1.5))
def tuples_and_integers_as_keys(x):
    table = {(0, 0): x, (0, 1): 2.0 * x, 7: x * x}
    return table[0, 0] * table[0, 1] + table[7]


@program(inputs=at(1.5))
def chosen_by_name(x):
    layers = [("scale", 2.0), ("shift", 1.0), ("scale", 0.5)]
    for kind, amount in layers:
        if kind in {"scale", "stretch"}:
            x = x * amount
        else:
            x = x + amount * x * x
    return x
