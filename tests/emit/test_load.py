"""Files of generated code: named by content, private, rewritten when changed, compiled once per machine."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import gast
import numpy as np
import pytest

from autodiff_compiler.emit import load as loading
from autodiff_compiler.emit.load import load, renamed
from autodiff_compiler.emit.module import module_source

SOURCE = "def twice(x):\n    return 2.0 * x\n"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AUTODIFF_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(loading, "_loaded", {})
    return tmp_path / "cache"


def files(cache: Path) -> list[Path]:
    return sorted(cache.rglob("*.py"))


def test_the_file_is_named_by_its_content_and_private(cache: Path) -> None:
    function = load(SOURCE, ["twice"], "", jit=False)["twice"]
    assert function(3.0) == 6.0
    (path,) = files(cache)
    digest = path.stem.removeprefix("twice_")
    assert path.read_text() == f"def twice_{digest[:8]}(x):\n    return 2.0 * x\n"
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_same_source_gives_the_same_function_and_a_key_another(cache: Path) -> None:
    one = load(SOURCE, ["twice"], "", jit=False)["twice"]
    assert load(SOURCE, ["twice"], "", jit=False)["twice"] is one
    assert load(SOURCE, ["twice"], "other", jit=False)["twice"] is not one
    assert len(files(cache)) == 2


def test_a_changed_file_is_rewritten_and_not_run(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(SOURCE, ["twice"], "", jit=False)
    (path,) = files(cache)
    good = path.read_text()
    path.write_text("raise SystemExit('foreign code')\n")
    monkeypatch.setattr(loading, "_loaded", {})
    assert load(SOURCE, ["twice"], "", jit=False)["twice"](1.0) == 2.0
    assert path.read_text() == good
    assert not list(cache.rglob("*.tmp"))


def test_where_nothing_can_be_written_a_temporary_file_does_with_one_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("AUTODIFF_CACHE_DIR", str(tmp_path / "file"))
    loading._fallback.cache_clear()
    with pytest.warns(RuntimeWarning, match="AUTODIFF_CACHE_DIR"):
        assert load(SOURCE, ["twice"], "", jit=True)["twice"](1.0) == 2.0


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="needs POSIX permissions")
def test_a_folder_that_others_may_write_to_is_not_used(cache: Path) -> None:
    load(SOURCE, ["twice"], "", jit=False)
    (path,) = files(cache)
    path.parent.chmod(0o777)
    loading._fallback.cache_clear()
    with pytest.warns(RuntimeWarning, match="other users"):
        load(SOURCE, ["twice"], "again", jit=False)
    assert files(cache) == [path]


def test_another_process_compiles_nothing(cache: Path) -> None:
    program = textwrap.dedent(f"""
        from autodiff_compiler.emit.load import load
        twice = load({SOURCE!r}, ["twice"], "", jit=True)["twice"]
        assert twice(4.0) == 8.0
        print(len(twice.stats.cache_misses), len(twice.stats.cache_hits))
    """)
    runs = [subprocess.run([sys.executable, "-c", program], capture_output=True, text=True) for _ in range(2)]
    assert [run.stdout.strip() for run in runs] == ["1 0", "0 1"], runs


def test_plain_code_has_the_arithmetic_of_compiled_code() -> None:
    source = module_source([gast.parse("def f(x, n):\n    return 1.0 / x, n / 0, x ** 0.5\n").body[0]])
    plain, compiled = (load(source, ["f"], "", jit=jit)["f"] for jit in (False, True))
    np.testing.assert_array_equal(plain(0.0, 3), compiled(0.0, 3))
    assert np.isnan(plain(-1.0, 3)[2])


def test_functions_of_one_module_call_each_other() -> None:
    source = "def inner(x):\n    return x + 1.0\n\n\ndef outer(x):\n    return inner(x) * 2.0\n"
    for jit in (False, True):
        assert load(source, ["outer"], "", jit=jit)["outer"](1.0) == 4.0


def test_sums_are_reordered_only_on_request() -> None:
    source = "def total(a):\n    s = 0.0\n    for i in range(a.shape[0]):\n        s += a[i]\n    return s\n"
    values = np.array([1e16, 1.0, -1e16, np.nan])
    for reorder in (False, True):
        assert np.isnan(load(source, ["total"], "", jit=True, reorder=reorder)["total"](values))


def test_renaming_leaves_attributes_and_strings_alone() -> None:
    source = 'def f(x):  # f\n    return f(x.f) + len("f") + x.  f\n'
    assert renamed(source, {"f": "f_1"}) == 'def f_1(x):  # f\n    return f_1(x.f) + len("f") + x.  f\n'


def test_advice_about_strided_products_stays_inside(recwarn: pytest.WarningsRecorder) -> None:
    source = "import numpy as np\n\n\ndef f(a, b):\n    return np.dot(a, b)\n"
    load(source, ["f"], "", jit=True)["f"](np.ones((4, 6))[:, ::2], np.ones(3))
    assert not [str(warning.message) for warning in recwarn]
