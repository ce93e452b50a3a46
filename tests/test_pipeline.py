"""The whole chain: stages, dumps, and what a second process finds in the cache."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from autodiff_compiler import gradient, value_with_gradient, value_with_pullback

STAGES = ["surface", "typed", "loops", "derived", "planned", "source"]


def scaled_sum(x, w):
    s = 0.0
    for i in range(len(x)):
        s += x[i] * w
    return s


def test_stages_come_in_order():
    stages = gradient(of=scaled_sum).stages(np.ones(3), 2.0)
    assert list(stages) == STAGES
    assert all(stages.values())


def test_dump_prints_the_stages_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("AUTODIFF_DUMP", "typed,derived")

    def freshly_made(x):
        return x * x

    gradient(of=freshly_made)(3.0)
    printed = capsys.readouterr().err
    assert [line.split(":")[0][7:] for line in printed.splitlines() if line.startswith("# ----")] == [
        "typed",
        "derived",
    ]


def test_source_is_the_same_in_every_run():
    texts = {value_with_gradient(of=scaled_sum).source(np.ones(3), 2.0) for _ in range(3)}
    assert len(texts) == 1


SECOND = """
import numpy as np
from tests.test_pipeline import scaled_sum
from autodiff_compiler import value_with_gradient
print(value_with_gradient(of=scaled_sum)(np.arange(3.0), 2.0).gradient[1])
"""


def test_second_process_compiles_nothing(tmp_path: Path):
    environment = {**os.environ, "AUTODIFF_CACHE_DIR": str(tmp_path), "NUMBA_DEBUG_CACHE": "1"}
    environment.pop("AUTODIFF_JIT", None)
    root = Path(__file__).parent.parent
    runs = [
        subprocess.run(
            [sys.executable, "-c", SECOND],
            cwd=root,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for _ in range(2)
    ]
    assert "data saved" in runs[0]
    assert "data loaded" in runs[1]
    assert "data saved" not in runs[1]
    assert runs[1].splitlines()[-1] == "3.0"


def test_modes_agree():
    x = np.array([1.0, -2.0, 0.5])
    value, gradients = value_with_gradient(of=scaled_sum)(x, 2.0)
    again, pullback = value_with_pullback(of=scaled_sum)(x, 2.0)
    assert value == again == scaled_sum(x, 2.0)
    for one, other, third in zip(gradients, pullback(1.0), gradient(of=scaled_sum)(x, 2.0), strict=True):
        np.testing.assert_allclose(one, other)
        np.testing.assert_allclose(one, third)
