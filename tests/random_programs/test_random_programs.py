"""A few random programs in every run; `python -m tests.random_programs.run` tries as many as one likes."""

from __future__ import annotations

import pytest

from tests.random_programs.judge import STAGES, judge
from tests.random_programs.run import report
from tests.random_programs.writer import write_program

COUNT = 300
COMPILED = 30  # one in so many is compiled by Numba
FORWARD = 3  # one in so many is tried in forward mode too
VERIFIED = 5  # one in so many has each pass verified and interpreted, which takes as long as all the rest


@pytest.mark.parametrize("seed", range(COUNT))
def test_random_program(seed: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AUTODIFF_CHECK", "1" if seed % VERIFIED == 0 else "0")
    monkeypatch.setenv("AUTODIFF_JIT", "1" if seed % COMPILED == 0 else "0")
    written = write_program(seed)
    verdict = judge(written, [stage for stage in STAGES if stage != "differential" or seed % FORWARD == 0])
    assert not verdict.failed, report(written, verdict)
