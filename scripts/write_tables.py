"""Writes the pages of `docs/` that are generated from the code; with --check only names the outdated ones.

    python scripts/write_tables.py [--check]

Checking exits with the number of outdated pages.
"""

from __future__ import annotations

import argparse
import builtins
import inspect
import re
import sys
import textwrap
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the checkout this script belongs to

from autodiff_compiler import composed, errors  # noqa: E402, F401  (`composed` fills the registry)
from autodiff_compiler.composed.late import register_late  # noqa: E402
from autodiff_compiler.coverage import (  # noqa: E402
    MODULES,
    PARAMETERS_LEFT_OUT,
    VALUES_LEFT_OUT,
    coverage,
)
from autodiff_compiler.operators import (  # noqa: E402
    Composed,
    Domain,
    Elementwise,
    Entry,
    External,
    Product,
    Reduction,
    Structural,
    all_entries,
    spelled,
)

DOCS = ROOT / "docs"

INTRODUCTION = """\
# Operators

What the compiler knows of NumPy, `math` and the builtins. This page is written by `scripts/write_tables.py`
from the entries in `autodiff_compiler/operators/`; [adding one](add_an_operator.md) adds its line here.

{count} operators, under {names} names: {differentiable} functions of numbers with a derivative, {flat} whose
derivative is zero wherever it exists, {reductions} reductions, {products} product of arrays, {composed}
composed of others, {externals} functions of the runtime that these call, and {structural} that create, shape,
cast or iterate.

{coverage}

`python -m autodiff_compiler operators --missing` lists the others. All parameters are those that NumPy and
SciPy document, by keyword and by position, but for these, and with all values but these:

{left_out}

- Functions of numbers apply to each element of arrays, broadcast and promoted as in NumPy. Outside its domain
  a function gives NumPy's answer (NaN or ∞, no exception), whether it was called as `np.log` or `math.log`.
- A name of `math` takes single numbers and computes in double precision.
- *Tested on* is where the tests compare the derivative with finite differences.
- Anything else is either a Python function with source, which is followed, or refused with the nearest names.
"""


ERRORS = """\
# Errors

What the compiler refuses, and what it warns of. This page is written by `scripts/write_tables.py` from the
classes in `autodiff_compiler/errors.py`.

Each error is a `DifferentiationError`. It prints the place, the line with a caret, the reason, and what to
write instead; offences found together are printed together. It has `reason`, `suggestion`, `filename`,
`lineno`, `col_offset` and `others`, the offences that came with it. What can be found in the source is found
at the decorator, what depends on types at the first call, and what depends on numbers while running.
"""


def errors_page() -> str:
    """The text of `docs/errors.md`."""
    kinds = [item for item in vars(errors).values() if inspect.isclass(item) and issubclass(item, Exception)]
    own = [kind for kind in kinds if kind.__module__ == errors.__name__]
    return "\n".join(
        [ERRORS, *(error_section(kind) for kind in own if kind is not errors.DifferentiationError)]
    )


def error_section(kind: type) -> str:
    """The manual page of an error: its docstring, with examples as blocks of code."""
    also = [base.__name__ for base in kind.__bases__[1:] if base.__name__ in vars(builtins)]
    lines = [f"## {kind.__name__}", ""]
    if also:
        lines += [f"Also a `{also[0]}`.", ""]
    for part in re.split(r"\n\n(?=\S)", inspect.getdoc(kind) or ""):
        text, colons, code = part.partition("::\n\n")
        lines += [text + (":" if colons else ""), ""]
        if colons:
            lines += ["```py", textwrap.dedent(code).rstrip(), "```", ""]
    return "\n".join(lines)


def operators_page() -> str:
    """The text of `docs/operators.md`."""
    register_late(every=True)
    entries = list(all_entries())
    scalar = [entry for entry in entries if isinstance(entry, Elementwise)]
    differentiable = [entry for entry in scalar if entry.partials is not None]
    flat = [entry for entry in scalar if entry.partials is None]
    reductions = [entry for entry in entries if isinstance(entry, Reduction)]
    products = [entry for entry in entries if isinstance(entry, Product)]
    composed_of_others = [entry for entry in entries if isinstance(entry, Composed)]
    externals = [entry for entry in entries if isinstance(entry, External)]
    structural = [entry for entry in entries if isinstance(entry, Structural)]
    introduction = INTRODUCTION.format(
        count=len(entries),
        names=sum(len(spellings(entry)) for entry in entries),
        differentiable=len(differentiable),
        flat=len(flat),
        reductions=len(reductions),
        products=len(products),
        composed=len(composed_of_others),
        externals=len(externals),
        structural=len(structural),
        coverage=coverage_table(),
        left_out=left_out(),
    )
    sections = [
        introduction,
        section("Functions with a derivative", differentiable, "Value; derivative", tested=True),
        section("Functions whose derivative is zero", flat, "Value"),
        section("Reductions", reductions, "Value; derivative"),
        section("Products", products, "Value; derivative"),
        section("Composed of others", composed_of_others, "Accepted form; value and derivative"),
        section("Functions of the runtime", externals, "Value; derivative"),
        section("Creation, shape, casts and iteration", structural, "Accepted form"),
    ]
    return "\n".join(sections)


def coverage_table() -> str:
    """How many of the public functions of each module are accepted, and with all their parameters."""
    rows = [
        "| Module | Accepted with all parameters | Accepted | Of the functions that make sense |",
        "| --- | --- | --- | --- |",
    ]
    found = [coverage(module) for module in MODULES]
    rows += [f"| `{item.module}` | {item.complete} | {len(item.accepted)} | {item.total} |" for item in found]
    complete, accepted = sum(item.complete for item in found), sum(len(item.accepted) for item in found)
    return "\n".join([*rows, f"| all | {complete} | {accepted} | {sum(item.total for item in found)} |"])


def left_out() -> str:
    """The parameters that mean nothing for floats, and the values that are refused, each with its reason."""
    lines = []
    for key, why in PARAMETERS_LEFT_OUT.items():
        functions, _, parameters = key.rpartition(".")
        named = ", ".join(f"`{name}`" for name in parameters.split())
        of = ", ".join(f"`{name}`" for name in functions.split())
        lines.append(f"- {named}{' of ' + of if of else ''}: {why}.")
    lines += [f"- `{value}`: {why}." for value, why in VALUES_LEFT_OUT.items()]
    return "\n".join(lines)


def section(title: str, entries: Iterable[Entry], meaning: str, *, tested: bool = False) -> str:
    """A heading and a table with a line for each entry."""
    columns = ["Operator", "Written", meaning, *(["Tested on"] if tested else [])]
    rows = [columns, ["---"] * len(columns)]
    for entry in entries:
        row = [entry.name, ", ".join(f"`{cell(item)}`" for item in spellings(entry)), cell(entry.doc)]
        if tested and isinstance(entry, Elementwise):
            row.append(" × ".join(map(interval, entry.domains)))
        rows.append(row)
    lines = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"## {title}\n\n{lines}\n"


def spellings(entry: Entry) -> list[str]:
    """How users write the operator: its symbol, its functions, its methods."""
    written = []
    if isinstance(entry, Elementwise) and entry.symbol:
        written.append(entry.emit.format("a", "b") if entry.arity == 2 else entry.emit.format("x"))
    if entry.name == "matmul":
        written.append("A @ B")
    own = getattr(entry, "function", None)
    written += dict.fromkeys(spelled(item) for item in entry.callables if item is not own)
    return written + [f".{method}" for method in getattr(entry, "methods", ())]


def interval(domain: Domain) -> str:
    """`[−3, 3]`, with the points left out."""
    if domain.integer:
        return f"{{{domain.low:g}, …, {domain.high:g}}}".replace("-", "−")
    points = ", ".join(f"{kink:g}" for kink in domain.excluded)
    without = f" ∖ {{{points}}}" if points else ""
    return f"[{domain.low:g}, {domain.high:g}]{without}".replace("-", "−")


def cell(text: str) -> str:
    """Text that is safe between the bars of a table."""
    return text.replace("|", "\\|")


PAGES: dict[str, Callable[[], str]] = {"operators.md": operators_page, "errors.md": errors_page}


def main() -> int:
    """Write the pages, or with --check count and name those that differ."""
    parser = argparse.ArgumentParser(description="Writes the generated pages of docs/.")
    parser.add_argument("--check", action="store_true", help="only say which pages are not current")
    check = parser.parse_args().check
    outdated = 0
    for name, page in PAGES.items():
        path, text = DOCS / name, page()
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        outdated += 1
        if check:
            print(f"docs/{name} is not current: run python scripts/write_tables.py")
        else:
            path.write_text(text, encoding="utf-8")
            print(f"wrote docs/{name}")
    return outdated if check else 0


if __name__ == "__main__":
    sys.exit(main())
