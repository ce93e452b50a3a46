"""What the documents show is what their examples print, and what they link to is there."""

from __future__ import annotations

import difflib
import re
import runpy
from pathlib import Path

import pytest

from autodiff_compiler import pipeline

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = ROOT / "scripts"
RUN = runpy.run_path(str(SCRIPTS / "run_documents.py"))
TABLES = runpy.run_path(str(SCRIPTS / "write_tables.py"))
PAGES = sorted(
    path.relative_to(ROOT).as_posix() for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
)
LINK = re.compile(r"\[[^\]]*\]\((?!https?:)([^)#]+)(#[^)]*)?\)")


def difference(shown: str, true: str) -> str:
    lines = difflib.unified_diff(shown.splitlines(), true.splitlines(), "shown", "printed", n=1, lineterm="")
    return "\n".join(lines)


@pytest.mark.parametrize("name", RUN["DOCUMENTS"])
def test_examples_print_what_is_shown(name: str):
    document = (ROOT / name).read_text(encoding="utf-8")
    found = difference(document, RUN["renewed"](document))
    assert not found, f"run scripts/run_documents.py\n{found}"


def test_examples_that_print_need_their_output():
    with pytest.raises(ValueError, match=r"after example1\.py"):
        RUN["renewed"]("```python\nprint(1)\n```\n")
    with pytest.raises(ValueError, match=r"after example1\.py"):
        RUN["renewed"]("```python\nx = 1\n```\n<!-- printed -->\n```text\n1\n```\n")


@pytest.mark.parametrize("name", TABLES["PAGES"])
def test_generated_pages_are_current(name: str):
    shown = (ROOT / "docs" / name).read_text(encoding="utf-8")
    found = difference(shown, TABLES["PAGES"][name]())
    assert not found, f"run scripts/write_tables.py\n{found}"


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str):
    page = ROOT / name
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert not [link for link, _ in links if not (page.parent / link).exists()]


@pytest.mark.parametrize("name", ["TYPED_PASSES", "LOOP_PASSES", "PRIMAL_PASSES", "DERIVED_PASSES"])
def test_the_list_of_passes(name: str):
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert ", ".join(f"`{item.__name__}`" for item in getattr(pipeline, name)) in text


def test_every_file_of_the_compiler_is_described():
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    package = ROOT / "autodiff_compiler"
    files = {path.relative_to(package).as_posix() for path in package.rglob("*.py")}
    described = set(re.findall(r"^\| `([\w/]+\.py)` \|", text, re.MULTILINE))
    assert described == {name for name in files if not name.endswith("/__init__.py")}
