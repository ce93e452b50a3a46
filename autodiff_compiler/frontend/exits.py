"""How control leaves a statement other than by its end: facts shared by the syntax check and desugaring."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import gast

BREAK, CONTINUE, RETURN, RAISE = "break", "continue", "return", "raise"

_KINDS: dict[type[gast.AST], str] = {
    gast.Break: BREAK, gast.Continue: CONTINUE, gast.Return: RETURN, gast.Raise: RAISE,
}  # fmt: skip


def exit_kind(statement: gast.AST) -> str:
    """Which kind of exit the statement itself is; empty for the others."""
    return _KINDS.get(type(statement), "")


def exits(statements: Sequence[gast.stmt]) -> frozenset[str]:
    """The kinds of exit by which control may leave the block for a place in the function, seen from outside.

    An exception counts where a handler may catch it: where desugaring has marked the statement (`caught`).
    """
    found: set[str] = set()
    for statement in statements:
        if exit_kind(statement) not in ("", RAISE):
            found.add(exit_kind(statement))
        elif getattr(statement, "caught", False):
            found.add(RAISE)
        elif isinstance(statement, gast.If):
            found |= exits(statement.body) | exits(statement.orelse)
        elif isinstance(statement, (gast.For, gast.While)):
            found |= exits(statement.body) & {RETURN, RAISE} | exits(statement.orelse)
        elif isinstance(statement, gast.Try):
            found |= _exits_of_try(statement)
        elif isinstance(statement, gast.With):
            found |= exits(statement.body)
        elif isinstance(statement, gast.Match):
            found = found.union(*(exits(case.body) for case in statement.cases))
    return frozenset(found)


def _exits_of_try(statement: gast.Try) -> frozenset[str]:
    after = (*(handler.body for handler in statement.handlers), statement.orelse, statement.finalbody)
    inside = exits(statement.body)
    if not getattr(statement, "inner", False):  # what no handler catches leaves the function
        inside -= {RAISE}
    return inside.union(*(exits(block) for block in after))


def always_exits(statements: Sequence[gast.stmt]) -> bool:
    """Whether control never reaches the end of the block."""
    return any(_always_exits(statement) for statement in statements)


def is_endless(loop: gast.AST) -> bool:
    """Whether the loop is a `while True` that nothing but `return` leaves."""
    return isinstance(loop, gast.While) and is_always_true(loop.test) and BREAK not in exits(loop.body)


def is_empty_return(node: gast.Return) -> bool:
    """Whether the statement is `return` or `return None`."""
    return node.value is None or (isinstance(node.value, gast.Constant) and node.value.value is None)


def returns_of(node: gast.AST) -> Iterator[gast.Return]:
    """The returns of the function itself, not those of functions defined inside it."""
    if isinstance(node, gast.Return):
        yield node
    elif not isinstance(node, (gast.FunctionDef, gast.AsyncFunctionDef, gast.Lambda, gast.ClassDef)):
        for child in gast.iter_child_nodes(node):
            yield from returns_of(child)


def is_always_true(test: gast.AST) -> bool:
    """Whether the condition is a constant that holds."""
    return isinstance(test, gast.Constant) and bool(test.value)


def is_wildcard(case: gast.match_case) -> bool:
    """Whether the pattern of a case fits every value, without a further condition."""
    return case.guard is None and _fits_all(case.pattern)


def _fits_all(pattern: gast.AST) -> bool:
    if isinstance(pattern, gast.MatchAs):
        return pattern.pattern is None or _fits_all(pattern.pattern)
    return isinstance(pattern, gast.MatchOr) and any(map(_fits_all, pattern.patterns))


def _always_exits(statement: gast.stmt) -> bool:
    match statement:
        case gast.If():
            return always_exits(statement.body) and always_exits(statement.orelse)
        case gast.Match():
            complete = any(map(is_wildcard, statement.cases))
            return complete and all(always_exits(case.body) for case in statement.cases)
        case gast.With():
            return always_exits(statement.body)
        case gast.Try():
            body = always_exits(statement.body) or always_exits(statement.orelse)
            caught = all(always_exits(handler.body) for handler in statement.handlers)
            return (body and caught) or always_exits(statement.finalbody)
        case gast.For() | gast.While():
            left = BREAK not in exits(statement.body) and always_exits(statement.orelse)
            return left or is_endless(statement)
        case _:
            return bool(exit_kind(statement))
