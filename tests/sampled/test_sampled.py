"""Every form at sampled shapes, layouts, dtypes, axes and numbers.

The ordinary run has one example of each form, the same each time; it judges all of it for some forms, the
value and the pullback for others. AUTODIFF_EXAMPLES=50 has fifty of each, judged in full, and of the further
forms of the catalogue, of which the ordinary run has few; AUTODIFF_SEED=1 has other ones.
"""

from __future__ import annotations

import os
import zlib

import pytest
from hypothesis import HealthCheck, given, seed, settings

from tests.sampled.catalogue import FORMS, FURTHER, FURTHER_IN
from tests.sampled.draws import Case, cases
from tests.sampled.form import Form
from tests.sampled.judge import hold

EXAMPLES = int(os.environ.get("AUTODIFF_EXAMPLES", "1"))
SEED = int(os.environ.get("AUTODIFF_SEED", "0"))
COMPILED = ("np.logaddexp(a, b)", "np.cumsum(a, {axis}, dtype={dtype})", "a[:, i]")


def run(form: Form, examples: int, *, full: bool = True) -> None:
    @seed(zlib.crc32(form.text.encode()) + SEED)
    @settings(
        max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )  # fmt: skip
    @given(cases(form))
    def judged(case: Case) -> None:
        hold(form, case, full=full)

    judged()


ALL = [form for group in FORMS.values() for form in group]
SAMPLED = [*ALL, *FURTHER[:: 1 if EXAMPLES > 1 else FURTHER_IN]]


@pytest.mark.parametrize("form", SAMPLED, ids=str)
def test_uncompiled(form: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    cheap = form in FORMS["elementwise"] or zlib.crc32(form.text.encode()) % 3 == 0
    run(form, EXAMPLES, full=cheap or EXAMPLES > 1)


@pytest.mark.parametrize("form", [form for form in ALL if form.text in COMPILED], ids=str)
def test_compiled(form: Form) -> None:
    run(form, 1)
