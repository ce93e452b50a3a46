"""Refused uses of objects and of functions as values."""

from __future__ import annotations

import abc
import math
from dataclasses import dataclass

from tests.programs.refused import ARRAY, refused

SCALE = {"x": 2.0}

# ---------------------------------------------------------------- objects and functions


class Plain:
    def __init__(self, x):
        self.x = x


class Computed:
    def __getattr__(self, name):
        return 2.0


class Meta(type):
    def __call__(cls, *arguments):
        return super().__call__(*arguments)


class Made(metaclass=Meta):
    def __init__(self, x):
        self.x = x


class Watched:
    def __setattr__(self, name, value):
        object.__setattr__(self, name, value)


class Counted:
    def __new__(cls, x):
        return super().__new__(cls)


class Descriptor:
    def __get__(self, instance, owner):
        return 1.0


class Described:
    value = Descriptor()


@dataclass(frozen=True)
class Fixed:
    x: float


class Abstract(abc.ABC):
    @abc.abstractmethod
    def area(self): ...


KEPT = Plain(2.0)
ITEMS = [1.0, 2.0]


@refused("UnsupportedSyntax", "outlives the call", "argument")
def attribute_of_an_object_of_the_module(x):
    KEPT.x = x  # <- here
    return KEPT.x


@refused("UnsupportedSyntax", "outlives the call", "return the new value")
def item_of_a_dict_of_the_module(x):
    SCALE["x"] = x  # <- here
    return SCALE["x"]


@refused("UnsupportedSyntax", "outlives the call")
def list_of_the_module_grows(x):
    ITEMS.append(x)  # <- here
    return ITEMS[0] * x


@refused("TypeMismatch", "outlives the call")
def attribute_of_a_module(x):
    math.tau = x  # <- here
    return x


@refused("TypeMismatch", "outlives the call")
def attribute_of_a_class(x):
    Plain.scale = x  # <- here
    return x


@refused("UnboundVariable", "__getattr__", "property")
def attribute_that_is_computed(x):
    return Computed().rate * x  # <- here


@refused("UnsupportedSyntax", "Made", "__init__")
def made_by_a_metaclass(x):
    return Made(x).x  # <- here


@refused("UnsupportedSyntax", "Counted", "__init__")
def made_by_new(x):
    return Counted(x).x  # <- here


@refused("TypeMismatch", "__setattr__ of its own")
def watched_attribute(x):
    w = Watched()
    w.x = x  # <- here
    return w.x


@refused("UnsupportedSyntax", "Descriptor", "property")
def descriptor(x):
    return Described().value * x  # <- here


@refused("TypeMismatch", "is frozen", "dataclasses.replace")
def frozen_dataclass(x):
    f = Fixed(x)
    f.x = 2.0 * x  # <- here
    return f.x


@refused("TypeMismatch", "abstract", "area")
def abstract_class(x):
    return Abstract().area() * x  # <- here


@refused("UnboundVariable", "no attribute `y`", "__init__")
def attribute_that_is_missing(x):
    return Plain(x).y  # <- here


@refused("AliasedMutation", "may or may not be what `recursive` has returned", "make a new object")
def one_of_two_objects_of_a_recursion_is_changed(x):
    def recursive(plain, n):
        return plain if n == 0 else recursive(Plain(2.0 * plain.x), n - 1)

    first = Plain(x)
    last = recursive(first, 2 if x > 1.0 else 0)
    last.x = x * x  # <- here
    return first.x + last.x


@refused("AliasedMutation", "may or may not be the same object")
def old_name_of_a_rebound_object(x):
    a = b = Plain(x)
    while a.x < 50.0:
        b = a
        a = Plain(a.x * 2.0)
    b.x = 1.0  # <- here
    return b.x * a.x


@refused("TypeMismatch", "+", "Plain")
def operator_that_is_not_defined(x):
    return (Plain(x) + 1.0) * x  # <- here


@refused("TypeMismatch", "misses the argument `x`")
def argument_that_is_missing(x):
    return Plain().x * x  # <- here


@refused("TypeMismatch", "super()", at=(2.0,))
def super_of_another_class(x):
    return super(Plain, x).x  # <- here


@refused("TypeMismatch", "may be an object that has been changed since", at=(0.8, 4))
def object_read_after_what_it_may_be_has_changed(x, n):
    a, b, s = Plain(x), Plain(2.0 * x), 0.0
    c = b
    for _ in range(n):
        c = a if s < 3.0 else b
        s += c.x
    a.x = 7.0
    return s + c.x  # <- here


# ---------------------------------------------------------------- iterators


@refused("UnsupportedSyntax", "computes them when they are used", "tuple(...)")
def filter_with_a_name(x):
    limit = 1
    kept = filter(lambda i: i > limit, (1, 2, 3))  # <- here
    limit = 2
    return x * sum(kept)


@refused("AliasedMutation", "taken by another", "new object", at=ARRAY)
def iterator_in_an_iterator(xs):
    items = iter(xs)
    pairs = zip(items, (1.0, 2.0))
    first = next(items)  # <- here
    return first + sum(a * b for a, b in pairs)


@refused("UnsupportedSyntax", "which iterator this is", "an `if`", at=ARRAY)
def one_of_two_iterators(xs):
    first, second = iter(xs), iter((1.0, 2.0))
    chosen = first if xs[0] > 0.0 else second
    return xs[0] * next(chosen)  # <- here


@refused("TypeMismatch", "the result is an iterator", "arrays", at=ARRAY)
def iterator_returned(xs):
    items = iter(xs)
    return items  # <- here


@refused("UnsupportedSyntax", "not an iterator", "iter(...)", at=ARRAY)
def next_of_an_array(xs):
    return next(xs)  # <- here
