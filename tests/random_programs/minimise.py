"""A failing program made smaller: statements go and expressions are replaced while it still fails alike."""

from __future__ import annotations

import ast
import copy
import signal
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from tests.random_programs.judge import Skip, Verdict, judge
from tests.random_programs.writer import Written

TRIES = 600
SECONDS = 5  # for one candidate: without the statement that ends it, a loop runs forever


def minimised(written: Written, verdict: Verdict) -> Written:
    """The smallest program found that fails for the same cause; a round starts at the last change."""
    best, tries, changed = written, 0, True
    while changed and tries < TRIES:
        changed, position = False, 0
        candidates = _smaller(ast.parse(best.text))
        while tries < TRIES and (smaller := next(candidates, None)) is not None:
            position += 1
            text = ast.unparse(ast.fix_missing_locations(smaller)) + "\n"
            if len(text) >= len(best.text):
                continue
            tries += 1
            candidate = replace(best, text=text)
            if _alike(_within_time(candidate, verdict.stage), verdict):
                best, changed = candidate, True
                candidates = islice(_smaller(ast.parse(best.text)), position - 1, None)
                position -= 1
    return best


def _within_time(written: Written, stage: str) -> Verdict:
    """The verdict, or "skipped" where it takes too long."""

    def stop(*_: object) -> None:
        raise Skip("it takes too long")

    previous = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        return judge(written, (stage,))
    except Skip as reason:
        return Verdict("skipped", str(reason))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def _alike(one: Verdict, other: Verdict) -> bool:
    return one.outcome == other.outcome and one.cause.split(":")[0] == other.cause.split(":")[0]


def _smaller(tree: ast.Module) -> Iterator[ast.Module]:
    """The program with one thing removed or simplified, the largest things first."""
    for number in range(_count(tree, _bodies)):
        yield from _without_statements(tree, number)
    for number in range(_count(tree, _expressions)):
        yield from _simpler_expression(tree, number)


def _count(tree: ast.Module, collect: object) -> int:
    return len(collect(tree))  # type: ignore[operator]


def _bodies(tree: ast.Module) -> list[list[ast.stmt]]:
    found = []
    for node in ast.walk(tree):
        for name in ("body", "orelse"):
            body = getattr(node, name, None)
            if isinstance(body, list) and body:
                found.append(body)
    return found


def _without_statements(tree: ast.Module, number: int) -> Iterator[ast.Module]:
    size = len(_bodies(tree)[number])
    for position in range(size):
        smaller = copy.deepcopy(tree)
        body = _bodies(smaller)[number]
        removed = body.pop(position)
        if isinstance(removed, ast.Return) and not body:
            continue
        if isinstance(removed, (ast.Import, ast.ImportFrom)) or getattr(removed, "name", "") == "program":
            continue
        yield smaller
        for inner in (getattr(removed, "body", None), getattr(removed, "orelse", None)):
            if inner and not isinstance(removed, ast.FunctionDef):
                flat = copy.deepcopy(tree)
                _bodies(flat)[number][position : position + 1] = copy.deepcopy(inner)
                yield flat


def _expressions(tree: ast.Module) -> list[tuple[ast.AST, str, int | None]]:
    """Places of expressions that are computed: the node, its field and the position in it."""
    found: list[tuple[ast.AST, str, int | None]] = []
    for node in ast.walk(tree):
        for name, value in ast.iter_fields(node):
            if isinstance(
                value, (ast.BinOp, ast.Call, ast.IfExp, ast.UnaryOp, ast.Subscript, ast.BoolOp, ast.Compare)
            ):
                if isinstance(getattr(value, "ctx", None), ast.Store):
                    continue
                found.append((node, name, None))
            elif isinstance(value, list):
                found += [(node, name, k) for k, item in enumerate(value) if isinstance(item, ast.expr)]
    return found


def _simpler_expression(tree: ast.Module, number: int) -> Iterator[ast.Module]:
    node, name, position = _expressions(tree)[number]
    held = getattr(node, name)
    original = held if position is None else held[position]
    parts = [part for part in ast.walk(original) if isinstance(part, ast.expr) and part is not original]
    for part in [*parts, ast.Constant(0.5)]:
        if isinstance(part, ast.expr_context) or isinstance(original, ast.Constant):
            continue
        smaller = copy.deepcopy(tree)
        place, _, _ = _expressions(smaller)[number]
        if position is None:
            setattr(place, name, copy.deepcopy(part))
        else:
            getattr(place, name)[position] = copy.deepcopy(part)
        yield smaller
