"""Functions that are refused: what the error is called, which words it says, and the line it points at.

The offending line carries the comment `# <- here`; without one, the error has no place or the place of the
function itself.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

MARK = "# <- here"
REFUSED: list[Refused] = []
counter = 0


@dataclass(frozen=True)
class Refused:
    """A function, the arguments at which its gradient is asked for, and how that is refused.

    `inside` is the function that holds the marked line: itself, or one that it calls. The column is that of
    the text `under` in that line.
    """

    function: Callable
    error: str
    words: tuple[str, ...]
    arguments: tuple
    wrt: object
    inside: Callable
    under: str = ""


def refused(
    error: str, *words: str, at: tuple = (2.0,), wrt: object = None, inside: Callable | None = None,
    under: str = "",
) -> Callable:  # fmt: skip
    """Declare that the gradient of the function below is refused with this error and these words."""

    def declare(function: Callable) -> Callable:
        REFUSED.append(Refused(function, error, words, at, wrt, inside or function, under))
        return function

    return declare


ARRAY = (np.array([1.0, 2.0, 3.0]),)
MATRIX = (np.arange(6.0).reshape(2, 3),)

# ---------------------------------------------------------------- Python outside the language


@refused("UnsupportedSyntax", "generator", at=ARRAY)
def generator(xs):
    for v in xs:
        yield v * v  # <- here


@refused("UnsupportedSyntax", "coroutine", "def")
async def coroutine(x):  # <- here
    return x * x


@refused("UnsupportedSyntax", "outside the function", "argument")
def global_write(x):
    global counter  # <- here
    counter += 1
    return x * x


@refused("TypeMismatch", "text", "running program")
def formatted_text(x):
    label = f"{x}"
    return x * len(label)  # <- here


# ---------------------------------------------------------------- calls


@refused("UnknownOperator", "sys.getsizeof", "no derivative rule")
def function_without_a_rule(x):
    return sys.getsizeof(x) * x  # <- here


@refused("UnknownOperator", "tobytes", at=ARRAY)
def unknown_method(xs):
    values = xs.tobytes()  # <- here
    return values[0]


@refused("UnknownOperator", "sinn", "np.sin")
def misspelt_function(x):
    return np.sinn(x)  # <- here


def needs_three(a, b, c):
    return a * b * c


@refused("TypeMismatch", "needs_three", "`c`")
def missing_argument(x):
    return needs_three(x, x)  # <- here


def mantissa(x):
    return sys.getsizeof(x)  # <- here


@refused("UnknownOperator", "sys.getsizeof", "called from", "deep_inside(x)", inside=mantissa)
def call_chain(x):
    return x * deep_inside(x)


def deep_inside(x):
    return 2.0 * mantissa(x)


@refused("UnsupportedSyntax", "calls itself on every path", "a path that returns")
def recursion_without_end(x):
    return x * recursion_without_end(x - 1.0)  # <- here


def ping(x):
    return pong(x) + 1.0


def pong(x):
    return ping(x) * 2.0


@refused("UnsupportedSyntax", "on every path")
def mutual_recursion_without_end(x):
    return ping(x)


@refused("TypeMismatch", "returns one thing on one path and something else on another", at=(2.0, 3))
def results_of_changing_structure(x, n):
    if n == 0:
        return x
    return results_of_changing_structure(x, n - 1), x  # <- here


@refused("UnsupportedSyntax", "ever other kinds of arguments", at=(2.0, 3, 1.0))
def arguments_of_ever_other_kinds(x, n, seen):
    if n == 0:
        return x
    return arguments_of_ever_other_kinds(x, n - 1, (seen, x))  # <- here


def shifted_into(target, source, n):
    if n == 0:
        return 0.0
    target[n - 1] = source[n - 1] * 2.0
    return shifted_into(target, source, n - 1)  # <- here


@refused(
    "AliasedMutation",
    "may share memory",
    "with the bounds of its parts",
    at=(np.ones(4),),
    inside=shifted_into,
)
def overlapping_arguments_of_a_recursion(a):
    b = a * 2.0
    shifted_into(b[1:], b[:3], 3)
    return np.sum(b)


# ---------------------------------------------------------------- names and types


@refused("UnboundVariable", "undefined_anywhere")
def undefined_name(x):
    return x * undefined_anywhere  # noqa: F821  # <- here


@refused("UnboundVariable", "`y`", at=(-2.0,))
def unbound_on_a_path(x):
    if x > 0:
        y = x * x
    return y  # <- here


@refused("TypeMismatch", "None here", "float", at=(-2.0,))
def path_without_a_value(x):
    if x > 0:
        return x * x  # <- here


@refused("UnsupportedSyntax", "no path", "return")
def nothing_returned(x):  # <- here
    y = x * x


@refused("TypeMismatch", "array", at=(np.ones(3), 1.0))
def array_in_one_arm_and_number_in_the_other(xs, which):
    if which > 0:
        r = xs
    else:
        r = 0.0
    return np.sum(r)  # <- here


@refused("TypeMismatch", "range", "int")
def float_as_a_count(x):
    total = 0.0
    for _ in range(x):  # <- here
        total += x
    return total


@refused("TypeMismatch", "index", at=(np.ones(3), 1.0))
def float_as_an_index(xs, k):
    return xs[k] * k  # <- here


@refused("IndexOutOfBounds", "3 indices", at=MATRIX)
def too_many_indices(a):
    return a[0, 1, 2]  # <- here


# ---------------------------------------------------------------- shapes, found when called


@refused("ShapeMismatch", "3", "2", at=(np.ones(3), np.ones(2)))
def lengths_that_differ(a, b):
    return np.sum(a * b)  # <- here


@refused("ShapeMismatch", "3", "2", at=(np.ones((2, 3)), np.ones(2)))
def product_that_does_not_fit(a, v):
    return np.sum(a @ v)  # <- here


# ---------------------------------------------------------------- requests


@refused("InvalidRequest", "array", "sum", at=ARRAY)
def gradient_of_an_array(xs):
    return xs * 2.0


@refused("InvalidRequest", "'n'", "integer", at=(2.0, 3), wrt="n")
def gradient_by_an_integer(x, n):
    return x**n


@refused("InvalidRequest", "'z'", wrt="z")
def gradient_by_an_unknown_name(x):
    return x * x


@refused("NotDifferentiable", "no float", at=(2.0, 3))
def integer_result(x, n):
    return n * 2


@refused("AliasedMutation", "share memory", ".copy()", at=(MATRIX[0], MATRIX[0]))
def update_of_shared_arguments(a, b):
    a[0, 0] = 2.0 * b[0, 0]
    return np.sum(a * b)


@refused("AliasedMutation", "'p[0]' and 'p[1]' share memory", "p[1].copy()", at=((MATRIX[0], MATRIX[0]),))
def update_of_memory_shared_in_a_tuple(p):
    p[0][0, 0] = 2.0 * p[1][0, 0]
    return np.sum(p[0] * p[1])


@refused("InvalidRequest", "'p' is a tuple that holds no float", at=(2.0, (3, "a")), wrt="p")
def gradient_by_a_tuple_of_constants(x, p):
    return x ** p[0]


@refused("TypeMismatch", "`p[1]`: a value of type set", at=((2.0, {3.0}),))
def part_without_a_kind(p):
    return p[0] * p[1]  # <- here


# ---------------------------------------------------------------- lists of unknown length


@refused("AliasedMutation", "changed afterwards", "append(x.copy())", at=ARRAY)
def array_appended_and_changed(xs):
    history = []
    x = xs.copy()
    for k in range(3):
        x[k] += 1.0
        history.append(x)  # <- here
    return np.sum(history[0])


@refused("AliasedMutation", "two lists", "copies", at=ARRAY)
def object_of_two_lists(xs):
    pairs = [[v, v] for v in xs]
    large = [p for p in pairs if p[0] > 1.5]
    large[0][0] = 7.0  # <- here
    return pairs[0][0] * xs[0]


@refused("UnsupportedSyntax", "changes its length", "list(", at=ARRAY)
def list_grown_while_it_is_run_over(xs):
    values = [v for v in xs]
    for v in values:  # <- here
        if v > 1.0:
            values.append(v - 1.0)
    return sum(values)


@refused("AliasedMutation", "another name", "copy", at=ARRAY)
def array_in_a_list_changed_in_place(xs):
    rows = []
    for v in xs:
        rows.append(v * xs)
    row = 2.0 * xs
    rows.append(row)
    rows[0][1] += 1.0  # <- here
    return np.sum(rows[0]) + row[1]


@refused("UnsupportedSyntax", "not of one form", at=ARRAY)
def numbers_and_arrays_in_one_list(xs):
    mixed = [xs]
    for v in xs:  # <- here
        mixed.append(v)
    return np.sum(mixed[0])


@refused("TypeMismatch", "lost an item", at=ARRAY)
def item_read_before_it_was_popped(xs):
    pairs = [[v, v] for v in xs]
    last = pairs[-1]
    pairs.pop()
    return last[0] * xs[0]  # <- here


@refused("UnsupportedSyntax", "a set", "a list", at=ARRAY)
def set_of_numbers(xs):
    chosen = {xs[0], xs[1]}  # <- here
    return xs[0] * (2.0 in chosen)


# ---------------------------------------------------------------- integers


@refused("NotDifferentiable", "through an integer and back", "int(x)")
def direct_round_trip(x):
    return float(int(x)) + 2.0  # <- here


@refused("TypeMismatch", "64 bits", "2.0**64", at=ARRAY)
def large_integer(xs):
    return xs[0] * (len(xs) * 2**64)  # <- here


@refused("TypeMismatch", "how many values", "written out", at=ARRAY)
def vector_for_parameters_with_defaults(xs):
    def scaled(a, b, by=2.0):
        return a * b * by

    return scaled(*xs)  # <- here


@refused("UnsupportedSyntax", "zip gets 3 values beside 4 others", at=ARRAY)
def fewer_values_than_names(xs):
    found = dict(zip("abcd", xs))  # <- here
    return found["a"]
