"""Callables that have no place in a numerical function: why, and what to write instead."""

from __future__ import annotations

import builtins
import random

import numpy as np

_CODE = "runs or looks up code that is only known when the function runs", "the code itself, or a function"
_NAMES = "looks names up while the function runs", "the names themselves, or a dict of your own"
_SETS = "makes a set, and numbers that are only known when the function runs have no place there"
_FILES = "reads or writes outside the function", "the data as an argument"
_OBJECTS = "asks what the computer does with an object, not what its numbers are", "a comparison of numbers"

_GENERATOR = (
    "makes a generator of random numbers inside the function",
    "a parameter that is one: def f(x, rng), called with np.random.default_rng(0)",
)
_GLOBAL = (
    "draws from a generator that the function is not given",
    "a parameter that is one, a numpy.random.Generator: rng.normal(size=3)",
)
_MATRICES = "makes an array of another class, with other rules", "an array, a @ b for the product"

_REASONS: dict[object, tuple[str, str]] = {
    **dict.fromkeys((builtins.eval, builtins.exec, builtins.compile, builtins.__import__), _CODE),
    **dict.fromkeys((builtins.locals, builtins.globals, builtins.vars, builtins.dir), _NAMES),
    **dict.fromkeys((builtins.set, builtins.frozenset), (_SETS, "a tuple or a list")),
    **dict.fromkeys((builtins.open, builtins.input), _FILES),
    **dict.fromkeys((builtins.id, builtins.hash, builtins.memoryview), _OBJECTS),
    builtins.delattr: ("removes an attribute", "a new object without it"),
    **dict.fromkeys((np.random.default_rng, np.random.Generator, np.random.RandomState), _GENERATOR),
    **dict.fromkeys((np.asmatrix, np.bmat), _MATRICES),
    np.nditer: ("steps through memory", "for v in x.flat, or a loop over indices"),
    np.frompyfunc: ("makes arrays of objects", "np.vectorize(f)"),
    np.lib.stride_tricks.as_strided: (
        "looks at memory in ways that cannot be checked",
        "np.lib.stride_tricks.sliding_window_view, or slices",
    ),
}


def outside_language(target: object, name: str) -> tuple[str, str] | None:
    """Why a callable is refused, and what to write instead; None for all that nothing is known of."""
    owner = getattr(target, "__self__", None)
    if isinstance(owner, (np.random.RandomState, random.Random)) or target is np.random.seed:
        return f"`{name}` {_GLOBAL[0]}", _GLOBAL[1]
    for known, (reason, instead) in _REASONS.items():
        if known is target:
            return f"`{name}` {reason}", instead
    if (getattr(target, "__module__", None) or "").startswith("numpy.ma"):
        return f"`{name}` is of masked arrays", "an array and a mask: np.where(mask, x, 0.0)"
    return None


__all__ = ["outside_language"]
