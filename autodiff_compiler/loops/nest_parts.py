"""A nest with some of its writes, and of its body what they need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from autodiff_compiler.ir.nodes import Assign, Atom, Block, Nest, Statement, Var, Write
from autodiff_compiler.ir.walk import free_variables, fresh_statement, looked_up


def needed_for(nest: Nest, writes: Sequence[Write]) -> list[Statement]:
    """The statements of the body that the writes depend on, in order."""
    wanted = {item for write in writes for item in (write.value, *write.index)}
    kept: list[Statement] = []
    for statement in reversed(nest.body.statements):
        if isinstance(statement, Assign) and statement.target in wanted:
            kept.append(statement)
            wanted |= set(free_variables(statement))
    return kept[::-1]


def part_of(nest: Nest, writes: Sequence[Write]) -> Nest:
    """The nest with these writes only, under new names."""
    indices = tuple(Var(index.name, index.type, index.at) for index in nest.indices)
    mapping: dict[Var, Atom] = dict(zip(nest.indices, indices, strict=True))
    body = Block(tuple(fresh_statement(statement, mapping) for statement in needed_for(nest, writes)))
    renamed = tuple(
        replace(
            write,
            index=tuple(looked_up(item, mapping) for item in write.index),
            value=looked_up(write.value, mapping),
        )
        for write in writes
    )
    return replace(nest, indices=indices, body=body, writes=renamed)
