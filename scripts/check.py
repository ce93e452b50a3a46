"""Checks the source without running it: lint, format, types, floors, generated pages, file sizes.

    python scripts/check.py

Prints one line for each check and what a failed one found; exits with the number of failures.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 400
LONGER = {  # file -> why it is one file all the same
    "tests/random_programs/writer.py": "one method for each kind of statement, as the grammar has it",
}

COMMANDS = {
    "lint": ["ruff", "check", "--quiet"],
    "format": ["ruff", "format", "--check", "--quiet"],
    "types": ["mypy"],
    "floors": ["lint-imports"],
    "pages": ["python", "scripts/write_tables.py", "--check"],
}


def main() -> int:
    """Run every check and return how many failed."""
    found = {name: run(command) for name, command in COMMANDS.items()}
    found["sizes"] = long_files()
    for name, complaint in found.items():
        print(f"{name:8} {'FAILED' if complaint else 'ok'}")
        if complaint:
            print(complaint)
    return sum(bool(complaint) for complaint in found.values())


def run(command: list[str]) -> str:
    """What a tool of this environment complains about; empty where it is content."""
    tool = Path(sys.executable).with_name(command[0])
    done = subprocess.run([tool, *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return ""
    return (done.stdout + done.stderr).strip() or f"{command[0]} exited with status {done.returncode}"


def long_files() -> str:
    """Files over the budget without a reason in LONGER, and reasons that are no longer needed."""
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for folder in ("autodiff_compiler", "examples", "scripts", "tests")
        for path in sorted((ROOT / folder).rglob("*.py"))
    }
    over = {name for name, length in lengths.items() if length > LONGEST}
    unexplained = [
        f"{name}: {lengths[name]} lines, more than {LONGEST}" for name in sorted(over - set(LONGER))
    ]
    outdated = [f"{name}: needs no exception" for name in sorted(set(LONGER) - over)]
    return "\n".join(unexplained + outdated)


if __name__ == "__main__":
    sys.exit(main())
