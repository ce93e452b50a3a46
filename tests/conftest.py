"""What every test runs in: generated code is compiled, and goes to a directory of this run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def _generated_code_of_this_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("AUTODIFF_JIT", raising=False)
        patch.setenv("AUTODIFF_CACHE_DIR", str(tmp_path_factory.mktemp("generated")))
        yield
