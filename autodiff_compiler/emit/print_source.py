"""The one place where a syntax tree becomes text."""

from __future__ import annotations

import ast
import functools
import re
import warnings
from collections.abc import Callable

import gast

from autodiff_compiler.emit.syntax import COMMENT

WIDTH = 100
_REMARK = re.compile(rf"^( *){COMMENT}\((.*)\)$")
_UNPRINTABLE = tuple(
    getattr(ast, kind)
    for kind in ("JoinedStr", "Match", "TryStar", "TypeAlias", "TemplateStr")
    if hasattr(ast, kind)
)  # what astor 0.8.1 fails on in some version of Python


def print_source(node: gast.AST) -> str:
    """The text of a gast tree; statements that `syntax.comment` made become comment lines."""
    tree = ast.fix_missing_locations(gast.gast_to_ast(node))
    text = _with_astor(tree) or ast.unparse(tree)
    lines = [_line(line) for line in text.rstrip("\n").split("\n")]
    return "\n".join(lines) + "\n"


def _with_astor(tree: ast.AST) -> str | None:
    """The text as astor lays it out, or None where it cannot."""
    if any(isinstance(node, _UNPRINTABLE) or getattr(node, "type_params", None) for node in ast.walk(tree)):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            return _astor()(tree)
    except AttributeError:  # a node, or a class of `ast`, that astor does not know
        return None


@functools.cache
def _astor() -> Callable[[ast.AST], str]:
    from astor import to_source

    return lambda tree: to_source(tree, pretty_source="".join, pretty_string=_quoted)


def _quoted(text: str, *_: object, **__: object) -> str:
    return repr(text) if "'" in text or '"' in text else f'"{repr(text)[1:-1]}"'


def _line(line: str) -> str:
    remark = _REMARK.match(line)
    if remark:
        return f"{remark[1]}# {ast.literal_eval(remark[2])}"
    return line if len(line) <= WIDTH or '"' in line or "'" in line else _wrapped(line)


def _wrapped(line: str) -> str:
    """A long line broken at the commas of its widest bracket, or of a bare tuple that is returned."""
    indent = line[: len(line) - len(line.lstrip())]
    if line.lstrip().startswith("return ") and _split(line.lstrip()[7:])[1:]:
        line = f"{indent}return ({line.lstrip()[7:]})"
    start, end = max(_brackets(line), key=lambda span: span[1] - span[0], default=(0, 0))
    items = _split(line[start + 1 : end])
    if end == 0 or len(items) == 1:
        return line
    rows = [""]
    for item in (f"{item.strip()}, " for item in items):
        if rows[-1] and len(indent) + 4 + len(rows[-1]) + len(item) > WIDTH + 1:
            rows.append("")
        rows[-1] += item
    inner = "\n".join(f"{indent}    {row.rstrip()}" for row in rows)
    return f"{line[: start + 1]}\n{inner.removesuffix(',')}\n{indent}{line[end:]}"


def _brackets(line: str) -> list[tuple[int, int]]:
    """Where the outermost brackets open and close."""
    found, depth, start = [], 0, 0
    for position, character in enumerate(line):
        if character in "([{":
            start = position if depth == 0 else start
            depth += 1
        elif character in ")]}":
            depth -= 1
            if depth == 0:
                found.append((start, position))
    return found


def _split(text: str) -> list[str]:
    """The parts between the commas outside brackets."""
    parts, depth, start = [], 0, 0
    for position, character in enumerate(text):
        depth += (character in "([{") - (character in ")]}")
        if character == "," and depth == 0:
            parts.append(text[start:position])
            start = position + 1
    return [*parts, text[start:]] if text[start:].strip() else parts
