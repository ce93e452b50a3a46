"""How control leaves a statement other than by its end: facts shared by the syntax check and desugaring."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import gast

BREAK, CONTINUE, RETURN = "break", "continue", "return"

_KINDS: dict[type[gast.AST], str] = {gast.Break: BREAK, gast.Continue: CONTINUE, gast.Return: RETURN}


def exit_kind(statement: gast.AST) -> str:
    """Which kind of exit the statement itself is; empty for the others."""
    return _KINDS.get(type(statement), "")


def exits(statements: Sequence[gast.stmt]) -> frozenset[str]:
    """The kinds of exit by which control may leave the block, seen from outside it."""
    found: set[str] = set()
    for statement in statements:
        if exit_kind(statement):
            found.add(exit_kind(statement))
        elif isinstance(statement, gast.If):
            found |= exits(statement.body) | exits(statement.orelse)
        elif isinstance(statement, (gast.For, gast.While)):
            found |= exits(statement.body) & {RETURN}
    return frozenset(found)


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


def _always_exits(statement: gast.stmt) -> bool:
    if isinstance(statement, gast.If):
        return always_exits(statement.body) and always_exits(statement.orelse)
    return bool(exit_kind(statement)) or is_endless(statement)
