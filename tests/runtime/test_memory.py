"""Memory that is freed is used again."""

from __future__ import annotations

import os
import platform

import numpy as np
import pytest

from autodiff_compiler import gradient


def shifted_sum(x: np.ndarray, y: np.ndarray) -> float:
    a = np.concatenate((x[1:] * y[:-1], x))
    a[1:] += a[:-1] * a[1:]
    return np.sum(a * a)  # type: ignore[no-any-return]


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries have other rules")
@pytest.mark.skipif(any(name.startswith("MALLOC_") for name in os.environ), reason="limits are set")
def test_calls_get_no_new_pages() -> None:
    import resource

    compiled = gradient(of=shifted_sum, wrt=("x", "y"))
    arguments = np.ones(100_000), np.ones(100_000)
    for _ in range(3):
        compiled(*arguments)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(10):
        compiled(*arguments)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before < 1000  # it was 10 times 750
