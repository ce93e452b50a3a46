"""Every form at sampled shapes, layouts, dtypes, axes and numbers.

The ordinary run has an example or two of each form, the same each time. AUTODIFF_EXAMPLES=50 has fifty of each,
and AUTODIFF_SEED=1 others; with `-n 2 --dist loadfile` or `-k reductions` in parts.
"""

from __future__ import annotations

import os
import zlib

import pytest
from hypothesis import HealthCheck, given, seed, settings

from tests.sampled.catalogue import FORMS
from tests.sampled.draws import Case, cases
from tests.sampled.form import Form
from tests.sampled.judge import hold

EXAMPLES = int(os.environ.get("AUTODIFF_EXAMPLES", "1"))
SEED = int(os.environ.get("AUTODIFF_SEED", "0"))
COMPILED = ("np.logaddexp(a, b)", "np.cumsum(a, {axis}, dtype={dtype})", "a[:, i]")


def run(form: Form, examples: int, number: int) -> None:
    @seed(zlib.crc32(form.text.encode()) + number)
    @settings(
        max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )  # fmt: skip
    @given(cases(form))
    def judged(case: Case) -> None:
        hold(form, case)

    judged()


ALL = [form for group in FORMS.values() for form in group]


@pytest.mark.parametrize("form", ALL, ids=str)
def test_uncompiled(form: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    run(form, EXAMPLES, SEED)


@pytest.mark.parametrize("form", [form for form in ALL if form.text in COMPILED], ids=str)
def test_compiled(form: Form) -> None:
    run(form, 1, SEED)
