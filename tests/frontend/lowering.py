"""Lowering as the compiler does it, and comparing what lowered functions compute with Python."""

from __future__ import annotations

import copy

import numpy as np

from autodiff_compiler.frontend.context import NeedsStatic
from autodiff_compiler.frontend.kinds import Static, kind_of
from autodiff_compiler.frontend.lower import Lowering, lower_function
from autodiff_compiler.ir.interpret import interpret
from autodiff_compiler.ir.verify import verify
from autodiff_compiler.operators.evaluate import evaluate

rng = np.random.default_rng(0)
VECTOR = rng.normal(size=5)
OTHER = rng.normal(size=5)
SINGLE = VECTOR.astype("float32")
MATRIX = rng.normal(size=(3, 4))
COUNTS = np.array([3, -1, 4, 1, -5])


def lowered(function, *arguments) -> Lowering:
    """Lower as the compiler does: parameters and globals become static where they must be."""
    kinds, paths = [kind_of(item) for item in arguments], frozenset()
    while True:
        try:
            made = lower_function(function, kinds, paths)
        except NeedsStatic as needed:
            kinds = [Static(arguments[p]) if p in needed.positions else kind for p, kind in enumerate(kinds)]
            paths |= needed.paths
        else:
            verify(made.function)
            return made


def run(made: Lowering, *arguments):
    """What the lowered function returns; arrays given to it are updated."""
    given = [item for item, variable in zip(arguments, made.parameters, strict=True) if variable is not None]
    hidden = [item.read() for item in made.globals if not isinstance(item.kind, Static)]
    results = interpret(made.function, [*given, *hidden], evaluate)
    return arranged(made.function.structure, results)


def arranged(structure, results):
    if structure is None:
        return None
    return (
        results[structure] if isinstance(structure, int) else tuple(arranged(s, results) for s in structure)
    )


def check(function, *arguments) -> Lowering:
    """The lowered function returns and updates what the Python function does."""
    made = lowered(function, *arguments)
    ours, theirs = copy.deepcopy(arguments), copy.deepcopy(arguments)
    with np.errstate(all="ignore"):
        assert_same(run(made, *ours), function(*theirs))
    assert_same(ours, theirs)
    return made


def assert_same(ours, theirs):
    assert isinstance(ours, tuple) == isinstance(theirs, tuple)
    if isinstance(theirs, tuple):
        assert len(ours) == len(theirs)
        for one, other in zip(ours, theirs, strict=True):
            assert_same(one, other)
    elif theirs is None or callable(theirs) or isinstance(theirs, str):
        assert ours == theirs
    else:
        np.testing.assert_allclose(ours, theirs, rtol=1e-14)
        if isinstance(theirs, (np.ndarray, np.generic)):
            assert np.asarray(ours).dtype == theirs.dtype
