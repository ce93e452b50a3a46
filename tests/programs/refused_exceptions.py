"""Exceptions that are refused: those that Python raises by itself, and numbers that they carry."""

from __future__ import annotations

import contextlib
import math

import numpy as np

from tests.programs.refused import ARRAY, refused


def divided(x, y):
    return x / y


def picked(xs, k):
    return xs[k]


def shifted(x):
    if x < 0.0:
        raise ValueError(f"{x} is negative")
    return x * x


@refused("UnsupportedSyntax", "index", "out of bounds", at=ARRAY)
def index_error_caught(xs):
    try:
        y = picked(xs, 5)
    except IndexError:  # <- here
        y = 0.0
    return y * xs[0]


@refused("UnsupportedSyntax", "divisor", "zero", "`if` beforehand", at=(2.0, 0.0))
def division_by_zero_caught(x, y):
    try:
        r = divided(x, y)
    except ZeroDivisionError:  # <- here
        r = x
    return r


@refused("UnsupportedSyntax", "`exp`", "too large")
def overflow_caught(x):
    try:
        r = math.exp(x)
    except (KeyError, OverflowError):  # <- here
        r = x
    return r


@refused("UnsupportedSyntax", "`sqrt`", "domain")
def everything_caught(x):
    try:
        r = math.sqrt(x)
    except Exception:  # <- here
        r = x
    return r


@refused("UnsupportedSyntax", "`sqrt`", "domain")
def all_caught_without_a_class(x):
    try:
        r = math.sqrt(x)
    except:  # <- here  # noqa: E722
        r = x
    return r


@refused("UnsupportedSyntax", "`log`", "domain")
def error_suppressed(x):
    y = x
    with contextlib.suppress(ValueError):  # <- here
        y = math.log(x)
    return y


@refused("TypeMismatch", "exception", "not known while compiling", at=(-2.0,))
def number_carried_by_an_exception(x):
    try:
        r = shifted(x)
    except ValueError as error:
        r = error.args[0]  # <- here
    return r * x


@refused("UnsupportedSyntax", "raised again", "numbers", at=(-2.0,))
def exception_with_numbers_raised_again(x):
    try:
        r = shifted(x)
    except ValueError:
        raise  # <- here
    return r


@refused("TypeMismatch", "no exception", "raise ValueError")
def number_raised(x):
    if x > 1.0:
        raise x  # <- here
    return x * x


@refused("TypeMismatch", "array", "shape", at=ARRAY)
def array_in_a_message(xs):
    if xs[0] > 5.0:
        raise ValueError(f"wrong: {xs}")  # <- here
    return np.sum(xs)


@refused("TypeMismatch", "no class of exceptions")
def no_class_caught(x):
    try:
        r = shifted(x)
    except "ValueError":  # <- here
        r = x
    return r


@refused("UnsupportedSyntax", "groups")
def exception_group(x):
    try:  # <- here
        r = shifted(x)
    except* ValueError:
        r = x
    return r


@refused("UnsupportedSyntax", "`finally`", "after the `try`")
def return_from_finally(x):
    try:
        x = x * x
    finally:
        return x  # <- here


@refused("UnsupportedSyntax", "no path", "return")
def always_raises(x):  # <- here
    raise ValueError(f"{x} is not supported")
