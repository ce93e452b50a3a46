"""Statements and expressions that are refused: coroutines, scopes, patterns, classes."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import itertools
import math
import sys
from dataclasses import dataclass

import numpy as np

from tests.programs.refused import ARRAY, MATRIX, refused

state = {"x": 1.0}
total = 0.0


class Settings:
    scale = 2.0


SETTINGS = Settings()


# ---------------------------------------------------------------- what stops, waits, or writes code


@refused("UnsupportedSyntax", "generator", "array", at=ARRAY)
def generator_that_delegates(xs):
    yield from xs  # <- here


@refused("UnsupportedSyntax", "coroutine", "plain `def`")
async def awaited(x):  # <- here
    await asyncio.sleep(0.0)
    return x


@refused("UnsupportedSyntax", "coroutine")
def inner_coroutine(x):
    async def inner():  # <- here
        return x

    return x * x


@refused("UnknownOperator", "eval", "function runs")
def evaluated_text(x):
    return eval("x * x")  # <- here


@refused("UnknownOperator", "exec", "function runs")
def executed_text(x):
    exec("y = x * x")  # <- here
    return x


@refused("UnknownOperator", "locals", "looks names up")
def local_variables(x):
    return locals()["x"] * x  # <- here


@refused("UnknownOperator", "globals", "looks names up")
def global_variables(x):
    return globals()["total"] * x  # <- here


@refused("UnknownOperator", "open", "as an argument")
def file_operation(x):
    open("numbers.txt")  # <- here
    return x * x


@refused("UnknownOperator", "input", "as an argument")
def typed_in(x):
    return x * float(input())  # <- here


@refused("UnsupportedSyntax", "outlives the call", "argument")
def attribute_by_name(x):
    setattr(SETTINGS, "scale", x)  # <- here
    return x * x


# ---------------------------------------------------------------- names of others


@refused("UnsupportedSyntax", "outside the function", "argument")
def global_sum(x):
    global total  # <- here
    total += x
    return total


@refused("UnsupportedSyntax", "outside the function", "argument")
def global_deleted(x):
    global total  # <- here
    del total
    return x


@refused("TypeMismatch", "outlives the call", "new value")
def attribute_of_a_module(x):
    math.tau = x  # <- here
    return x * x


@refused("UnsupportedSyntax", "outlives the call", "new value")
def attribute_of_a_global_object(x):
    SETTINGS.scale = x  # <- here
    return x * x


@refused("TypeMismatch", "outlives the call", "new value", at=ARRAY)
def shape_assigned(xs):
    xs.shape = (3, 1)  # <- here
    return np.sum(xs)


@refused("SourceUnavailable", "no_such_module", "installed")
def missing_module(x):
    import no_such_module  # <- here

    return no_such_module.f(x)


@refused("SourceUnavailable", "nothing_like_this")
def missing_name_of_a_module(x):
    from math import nothing_like_this  # <- here

    return nothing_like_this(x)


@refused("UnboundVariable", "`y`", "before")
def read_after_deletion(x):
    y = x * x
    del y
    return y  # noqa: F821  # <- here


@refused("UnboundVariable", "`y`", at=(2.0,))
def deleted_on_the_path_taken(x):
    y = x * x
    if x > 1.0:
        del y
    return y  # <- here


@refused("UnboundVariable", "`y`", at=(2.0,))
def deleted_twice(x):
    y = x
    del y
    del y  # noqa: F821  # <- here
    return x * x


@refused("UnsupportedSyntax", "deleted", "new list", at=ARRAY)
def element_deleted(xs):
    del xs[0]  # <- here
    return xs[0]


@refused("UnboundVariable", "`y`", at=(-2.0,))
def walrus_not_reached(x):
    if x > 0.0 and (y := x * x) > 1.0:
        return y
    return y  # <- here


@refused("UnboundVariable", "`k`", at=(2.0, 0))
def loop_variable_of_no_iteration(x, n):
    for k in range(n):
        x = x * 1.5
    return x * k  # <- here


# ---------------------------------------------------------------- contexts, classes, patterns


@refused("UnsupportedSyntax", "hidden code", "around the call")
def opened_file(x):
    with open("numbers.txt"):  # <- here
        x = x * x
    return x


@refused("UnsupportedSyntax", "floating point", "around the call")
def floating_point_errors_as_exceptions(x):
    with np.errstate(divide="raise"):  # <- here
        return 1.0 / x


@refused("UnsupportedSyntax", "not followed")
def context_with_a_name(x):
    with contextlib.nullcontext(x) as y:  # <- here
        return y * x


@refused("UnsupportedSyntax", "coroutine")
async def asynchronous_context(x):  # <- here
    async with x:
        return x


@refused("UnsupportedSyntax", "class", "top of the module")
def class_inside(x):
    class Inner:  # <- here
        scale = 2.0

    return x * Inner.scale


@dataclass
class Pair:
    first: float
    second: float


@refused("UnsupportedSyntax", "takes 2", "gets 3", "by name")
def too_many_positional_patterns(x):
    match Pair(x, x):
        case Pair(a, b, c):  # <- here
            return a * b * c
    return x


@refused("NotDifferentiable", "returns None", "nothing to differentiate")
def match_without_a_default(x):  # <- here
    match len("text"):
        case 1:
            return x


@refused("UnsupportedSyntax", "`**`", "keys")
def rest_of_a_mapping(x):
    match {"a": x, "b": 2.0}:
        case {"a": a, **rest}:  # <- here
            return a * rest["b"]
    return x


# ---------------------------------------------------------------- values


@refused("UnsupportedSyntax", "a set", "a list")
def set_of_floats(x):
    return max({x, 2.0 * x})  # <- here


@refused("TypeMismatch", "the key of a dict", "constant keys", at=(2.0, np.arange(4.0)))
def computed_key(x, ns):
    table = {ns[3]: x}  # <- here
    return table[3]


@refused("UnsupportedSyntax", "bytes")
def bytes_of_a_number(x):
    mask = b"\x01"  # <- here
    return x * len(mask)


@refused("TypeMismatch", "2 values", "3 names")
def too_few_values(x):
    a, b, c = (x, 2.0 * x)  # <- here
    return a * b * c


@refused("TypeMismatch", "1 values", "at least 2")
def too_few_values_for_a_star(x):
    a, *b, c = (x,)  # <- here
    return a * c


@refused("UnsupportedSyntax", "membership in", "np.any", at=ARRAY)
def membership_in_an_array(xs):
    return xs[0] if 2.0 in xs else xs[1]  # <- here


@refused("UnsupportedSyntax", "identity", "==")
def identity_of_numbers(x):
    y = x
    return x * x if x is y else x  # <- here


@functools.lru_cache
def cached(x):
    return sys.getsizeof(x)  # <- here


@refused("UnknownOperator", "sys.getsizeof", "called from", inside=cached.__wrapped__)
def rule_missing_behind_a_cache(x):
    return cached(x) * x


@refused("TypeMismatch", "@", "array", at=MATRIX)
def product_in_place_of_wrong_rank(a):
    v = a[0].copy()
    v @= 2.0  # <- here
    return np.sum(v)


@refused("UnsupportedSyntax", "changes in the loop", "list(")
def chained_list_that_changes(x):
    items, t = [x, 2.0 * x], 0.0
    for v in itertools.chain(items, [x]):  # <- here
        t = t * 2 + v
        items[1] = v * x
    return t


@refused("UnsupportedSyntax", "changes its length in the loop", "list(")
def dict_that_grows_in_its_loop(x):
    held, t = {1: x}, 0.0
    for k, v in held.items():  # <- here
        t = t + v
        held[k + 1] = v * x
    return t


@refused("UnsupportedSyntax", "changes its length in the loop", "list(")
def list_that_grows_without_end(x):
    items = [x]
    for v in items:  # <- here
        items.append(v * x)
    return items[-1]


@refused("UnsupportedSyntax", "a float is put into a set", "a list", at=ARRAY)
def unordered(xs):
    return sum(set(xs))  # <- here
