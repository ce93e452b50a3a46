"""Every pass, in any order, keeps the meaning of programs nobody thought of."""

from __future__ import annotations

import random

import numpy as np
import pytest

from autodiff_compiler.loops.expand_operators import expand_operators
from autodiff_compiler.loops.fuse_nests import fuse_nests
from autodiff_compiler.optimise.hoist_invariants import hoist_invariants
from autodiff_compiler.optimise.remove_dead_code import remove_dead_code
from autodiff_compiler.optimise.share_expressions import share_expressions
from autodiff_compiler.optimise.simplify import simplify
from tests.optimise.building import checked, run
from tests.optimise.random_programs import Writer, arguments

PASSES = (fuse_nests, hoist_invariants, remove_dead_code, share_expressions, simplify)


@pytest.mark.parametrize("seed", range(60))
def test_passes_keep_the_meaning_of_random_programs(seed):
    program = checked(Writer(seed).program())
    values = arguments(seed)
    expected = run(program, *values)
    order = random.Random(seed).choices(PASSES, k=8)
    for change in (share_expressions, simplify, remove_dead_code, expand_operators, *order):
        program = checked(change(program))
        for one, other in zip(run(program, *values), expected, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-9, err_msg=change.__name__)


@pytest.mark.parametrize("seed", range(20))
def test_passes_come_to_rest(seed):
    program = expand_operators(Writer(seed).program())
    for _ in range(12):
        before = program
        for change in PASSES:
            program = change(program)
        if program is before:
            return
    pytest.fail("the passes still change the program after twelve rounds")
