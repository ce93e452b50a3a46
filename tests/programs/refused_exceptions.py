"""Exceptions that are refused: those that Python raises by itself, and numbers that they carry."""

from __future__ import annotations

import math

import numpy as np

from tests.programs.refused import ARRAY, refused


def shifted(x):
    if x < 0.0:
        raise ValueError(f"{x} is negative")
    return x * x


@refused("UnsupportedSyntax", "power", "too large", "`if` beforehand")
def overflow_caught(x):
    try:
        r = math.ldexp(x, 3)
    except OverflowError:  # <- here
        r = x
    return r


@refused("UnsupportedSyntax", "`sqrt`", "domain")
def unknown_class_caught(x, kinds=(ValueError,)):
    try:
        r = math.sqrt(x)
    except kinds:  # <- here
        r = x
    return r


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
