"""One loop for each accumulation, so that each is vectorised.

The reverse of a stencil adds to several neighbours of one array per point. In one loop these updates depend
on each other through memory; in loops of their own they do not, and run several elements at a time. Measured
on a five-point stencil: 3.3 instead of 5.8 times the primal.
"""

from __future__ import annotations

from dataclasses import replace

from autodiff_compiler.analysis.aliasing import viewed, views_among
from autodiff_compiler.ir.nodes import (
    Assign,
    Block,
    For,
    Function,
    Load,
    Statement,
    Store,
    Var,
)
from autodiff_compiler.ir.walk import free_variables, fresh_copy, map_statements, statements, with_location

LEAST = 3  # accumulations into one array from which on splitting pays for running the common part again


def split_accumulations(function: Function, unordered: frozenset[Var]) -> Function:
    """Distribute innermost loops over their accumulations, where the order of iterations is free.

    before:  for j: b = v_bar[j]; v_bar[j] = 0; u_bar[j - 1] += b; u_bar[j] += b; u_bar[j + 1] += b
    after:   for j: u_bar[j - 1] += v_bar[j]
             for j: u_bar[j] += v_bar[j]
             for j: u_bar[j + 1] += v_bar[j]
             for j: v_bar[j] = 0

    Sound for loops in `unordered`: additions commute, what is overwritten is read by its own iteration only
    and is overwritten last, and distinct shadows do not overlap.
    """
    views = views_among(statements(function.body))

    def split(statement: Statement) -> tuple[Statement, ...]:
        if isinstance(statement, For) and statement.index in unordered and _is_splittable(statement, views):
            return _split(statement)
        return (statement,)

    body = map_statements(function.body, split)
    return function if body is function.body else replace(function, body=body)


def _is_splittable(loop: For, views: dict[Var, Var]) -> bool:
    if loop.carries or not all(isinstance(item, Assign | Store) for item in loop.body.statements):
        return False
    adding: dict[Var, set[tuple[object, ...]]] = {}
    overwritten: set[Var] = set()
    for statement in loop.body.statements:
        match statement:
            case Assign(_, Load(array)) if viewed(array, views) in overwritten:
                return False  # it reads what this iteration has just written
            case Store(array, index, _, accumulate):
                root = viewed(array, views)
                if accumulate:
                    adding.setdefault(root, set()).add((array, *index))
                else:
                    overwritten.add(root)
            case _:
                pass
    read = {viewed(item.value.array, views) for item in loop.body.statements
            if isinstance(item, Assign) and isinstance(item.value, Load)}  # fmt: skip
    if read & set(adding) or overwritten & set(adding):
        return False
    return any(len(places) >= LEAST for places in adding.values())


def _split(loop: For) -> tuple[Statement, ...]:
    groups: dict[tuple[object, ...], list[Store]] = {}
    for statement in loop.body.statements:
        if isinstance(statement, Store):
            key = (statement.array, *statement.index) if statement.accumulate else ()
            groups.setdefault(key, []).append(statement)
    last = groups.pop((), None)
    parts = [*groups.values(), *([last] if last else [])]
    return tuple(_part(loop, stores, first=not number) for number, stores in enumerate(parts))


def _part(loop: For, stores: list[Store], *, first: bool) -> For:
    """The loop with some of its stores and what they need; only the first names the user's line."""
    wanted = {variable for store in stores for variable in free_variables(store)}
    kept: list[Statement] = []
    for statement in reversed(loop.body.statements):
        if isinstance(statement, Store):
            if any(statement is store for store in stores):
                kept.append(statement)
        elif isinstance(statement, Assign) and statement.target in wanted:
            kept.append(statement)
            wanted.update(free_variables(statement))
    index = Var(loop.index.name, loop.index.type, loop.index.at)
    body = fresh_copy(Block(tuple(reversed(kept))), {loop.index: index})
    if first:
        return replace(loop, index=index, body=body)
    return replace(loop, index=index, body=with_location(body, lambda at: None), at=None)
