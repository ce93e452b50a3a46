"""What is refused wherever it stands: in callees, methods, lambdas, comprehensions, branches not taken."""

from __future__ import annotations

import functools
import sys
from typing import Any

import numpy as np

from tests.programs.refused import ARRAY, refused

counter = 0
log: list = []
table: dict = {}


class Settings:
    rate = 1.0


settings: Any = Settings()

# ---------------------------------------------------------------- generators and coroutines


def pairs(x):
    yield x  # <- here
    yield x * x


def unreached(x):
    return x * 2
    yield  # <- here


class Series:
    def __init__(self, x):
        self.x = x

    def items(self):
        for k in range(2):
            yield self.x * k  # <- here

    def __iter__(self):
        yield self.x  # <- here

    async def read(self):  # <- here
        return self.x


@refused("UnsupportedSyntax", "generator", "called from", inside=pairs, under="yield")
def generator_in_a_comprehension(x):
    return sum([v for v in pairs(x)])


@refused("UnsupportedSyntax", "generator", inside=pairs, under="yield")
def generator_in_a_branch_not_taken(x):
    if x > 100:
        return sum(pairs(x))
    return x


@refused("UnsupportedSyntax", "generator", inside=pairs, under="yield")
def generator_in_a_lambda(x):
    total = lambda v: sum(pairs(v))  # noqa: E731
    return total(x)


@refused("UnsupportedSyntax", "generator", inside=unreached, under="yield")
def generator_whose_yield_is_never_reached(x):
    return unreached(x) * 1.0


@refused("UnsupportedSyntax", "generator", inside=Series.items, under="yield")
def generator_that_is_a_method(x):
    return sum(Series(x).items())


@refused("UnsupportedSyntax", "generator", inside=Series.__iter__, under="yield")
def generator_that_iterates(x):
    total = 0.0
    for v in Series(x):
        total += v
    return total


@refused("UnsupportedSyntax", "generator", under="yield")
def generator_inside(x):
    def inner():
        if False:
            yield 1  # <- here
        return x

    return inner()


@refused("UnsupportedSyntax", "coroutine", inside=Series.read, under="async def")
def coroutine_that_is_a_method(x):
    return Series(x).read()


@refused("AliasedMutation", "taken by another", under="sum(squares)")
def generator_expression_used_twice(x):
    squares = (v * v for v in [x, 2 * x])
    total = sum(squares)
    return total + sum(squares)  # <- here


@refused("UnsupportedSyntax", "a list", under="(k * v")
def generator_expression_returned(x):
    def scaled(k):
        return (k * v for v in [x, 2 * x])  # <- here

    return sum(scaled(3.0))


# ---------------------------------------------------------------- text, code and names


@refused("UnknownOperator", "eval", under="eval")
def code_in_a_lambda(x):
    return (lambda v: eval("v * 2"))(x)  # <- here


@refused("UnknownOperator", "eval", under="eval")
def code_in_a_comprehension(x):
    return sum([eval("k * 2.0") * x for k in (1, 2)])  # <- here


@refused("UnknownOperator", "locals", under="locals")
def names_as_a_dict(x):
    return locals()["x"]  # <- here


@refused("TypeMismatch", "text", "configuration", under="float")
def number_through_text(x):
    return float(str(x)) * 2  # <- here


@refused("TypeMismatch", "text", "configuration", under="shown")
def number_through_formatted_text(x):
    shown = f"{x:.3f}"
    return float(shown) * x  # <- here


@refused("TypeMismatch", "text", under="str(x) >")
def text_compared(x):
    return x if str(x) > "1" else 2 * x  # <- here


@refused("TypeMismatch", "text", under='"5" in')
def text_searched(x):
    return x if "5" in str(x) else 2 * x  # <- here


@refused("UnknownOperator", "open", under="open")
def file_that_is_written(x):
    out = open("numbers.txt", "w")  # <- here
    out.write(f"{x}")
    return x


@refused("UnknownOperator", "tofile", at=ARRAY, under="xs.tofile")
def array_written_to_a_file(xs):
    xs.tofile("numbers.bin")  # <- here
    return xs[0]


# ---------------------------------------------------------------- what outlives the call


def counts():
    global counter  # <- here
    counter += 1
    return 1.0


@refused("UnsupportedSyntax", "outside the function", inside=counts, under="global")
def global_written_in_a_callee(x):
    return x * counts()


@refused("UnsupportedSyntax", "outside the function", inside=counts, under="global")
def global_written_in_a_branch_not_taken(x):
    return x * counts() if x > 100 else x


@refused("UnsupportedSyntax", "outlives the call", under="log.append")
def global_list_in_a_comprehension(x):
    return sum([log.append(v) or v for v in [x]])  # <- here


@refused("UnsupportedSyntax", "outlives the call", under="table")
def global_dict_in_a_loop(x):
    for k in range(2):
        table[k] = x  # <- here
    return x


@refused("UnsupportedSyntax", "outlives the call", under="settings.rate")
def attribute_of_a_global_object(x):
    settings.rate = x  # <- here
    return settings.rate


@refused("UnsupportedSyntax", "outlives the call", under="setattr")
def attribute_of_a_global_object_by_name(x):
    setattr(settings, "rate", x)  # <- here
    return settings.rate


@refused("TypeMismatch", "attribute of a type", under="Settings.rate")
def attribute_of_a_class(x):
    Settings.rate += x  # <- here
    return Settings.rate


@refused("TypeMismatch", "attribute of a type", under="Series.items")
def method_exchanged_inside(x):
    Series.items = lambda self: [self.x]  # <- here
    return sum(Series(x).items())


# ---------------------------------------------------------------- sets, keys, integers, C


@refused("UnsupportedSyntax", "set", under="{v * x")
def set_comprehension_of_floats(x):
    return sum({v * x for v in [1.0, 2.0]})  # <- here


@refused("UnsupportedSyntax", "a set", "a list", under="set(")
def set_made_of_a_list(x):
    return len(set([x, 2 * x])) * x  # <- here


@refused("UnsupportedSyntax", "a loop over a set", "sorted", at=ARRAY)
def loop_over_a_set(xs):
    total = 0.0
    for k in {2, 0, 1}:  # <- here
        total = total * 0.5 + xs[k]
    return total


@refused("TypeMismatch", "keys", "integers", at=ARRAY, under="found[v]")
def floats_as_keys_in_a_loop(xs):
    found = {}
    for k, v in enumerate(xs):
        found[k] = v
        found[v] = v  # <- here
    return found[1]


@refused("InvalidRequest", "'x'", "no derivative with respect to it")
def key_that_is_the_parameter(x):
    return {x: 1.0}[x]


@refused("InvalidRequest", "'p'", "wrt=", at=(np.array([1.0, 2.0]), 2.5))
def order_of_a_norm(x, p):
    return np.linalg.norm(x, ord=p)


@refused("NotDifferentiable", "through an integer", under="float")
def integer_and_back_in_a_loop(x):
    for _ in range(3):
        x = float(int(x)) + x  # <- here
    return x


@refused("NotDifferentiable", "through an integer", under="float")
def integer_and_back_in_an_inner_function(x):
    def whole(v):
        k = int(v)
        return float(k)  # <- here

    return whole(x) * x


@refused("UnknownOperator", "sys.getsizeof", under="map(sys")
def c_function_handed_to_map(x):
    return sum(map(sys.getsizeof, [x]))  # <- here


@refused("UnknownOperator", "sys.getsizeof", under="functools.partial")
def c_function_in_a_partial(x):
    return functools.partial(sys.getsizeof, x)() * x  # <- here


@refused("UnknownOperator", "sys.getsizeof", under="sys.getsizeof")
def c_function_in_a_conditional(x):
    return x if x < 100 else sys.getsizeof(x)  # <- here


# ---------------------------------------------------------------- classes that do what is not seen


class ReadsItself:
    def __init__(self, v):
        self.v = v

    def __getattribute__(self, name):
        found = object.__getattribute__(self, name)
        return found * 2 if name == "v" else found


class Doubling(type):
    def __call__(cls, *arguments):
        made = super().__call__(*arguments)
        made.v = 2 * made.v
        return made


class Doubled(metaclass=Doubling):
    def __init__(self, v):
        self.v = v


@refused("UnsupportedSyntax", "__getattribute__", "properties", under="ReadsItself")
def attributes_read_by_the_class(x):
    return ReadsItself(x).v  # <- here


@refused("UnsupportedSyntax", "Doubled", under="Doubled")
def object_made_by_a_metaclass(x):
    return Doubled(x).v  # <- here
