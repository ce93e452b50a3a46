"""Runs the Python in the documents and renews what they say it prints; --check only names the outdated.

    python scripts/run_documents.py [--check]

A block after the comment `<!-- printed -->` shows what the Python block before it prints. The blocks of one
document run in order and share their names; the first one is example1.py to error messages, and so on.
Checking exits with the number of outdated documents.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import linecache
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = ("README.md", "docs/architecture.md", "docs/ir.md", "docs/elementary.md")

BLOCK = re.compile(
    r"(?P<printed><!-- printed -->\n)?^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)


def renewed(document: str) -> str:
    """The text of a document with what its Python blocks print now.

    Raises ValueError where a block prints what the document does not show, or it shows what none printed.
    """
    names: dict[str, Any] = {"__name__": "example"}
    pieces: list[str] = []
    printed, done, number = "", 0, 0
    for block in BLOCK.finditer(document):
        pieces.append(document[done : block.start()])
        done = block.end()
        if bool(printed) != bool(block["printed"]):
            raise ValueError(f"after example{number}.py: what is printed must be shown, and nothing else")
        if block["printed"]:
            pieces.append(f"{block['printed']}```{block['language']}\n{printed}```")
            printed = ""
            continue
        pieces.append(block[0])
        if block["language"] == "python":
            number += 1
            printed = run(block["text"], f"example{number}.py", names)
    if printed:
        raise ValueError(f"after example{number}.py: what is printed must be shown")
    return "".join((*pieces, document[done:]))


def run(text: str, filename: str, names: dict[str, Any]) -> str:
    """Run a block among the names of those before it; what it prints, without spaces at the ends."""
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown):
        exec(compile(text, filename, "exec", dont_inherit=True), names)
    lines = [line.rstrip() for line in shown.getvalue().strip().splitlines()]
    return "".join(f"{line}\n" for line in lines)


def main() -> int:
    """Renew the documents, or with --check count and name those that differ."""
    parser = argparse.ArgumentParser(description="Runs the Python in the documents.")
    parser.add_argument("--check", action="store_true", help="only say which documents are not current")
    check = parser.parse_args().check
    outdated = 0
    for name in DOCUMENTS:
        path = ROOT / name
        document = path.read_text(encoding="utf-8")
        text = renewed(document)
        if text == document:
            continue
        outdated += 1
        if check:
            print(f"{name} is not current: run python scripts/run_documents.py")
        else:
            path.write_text(text, encoding="utf-8")
            print(f"renewed {name}")
    return outdated if check else 0


if __name__ == "__main__":
    sys.exit(main())
