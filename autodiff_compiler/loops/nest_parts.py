"""A nest with some of its writes, and of its body what they need; and with unsigned indices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from autodiff_compiler.analysis.indirect import depths
from autodiff_compiler.analysis.natural import Naturals
from autodiff_compiler.ir.build import Builder
from autodiff_compiler.ir.nodes import Assign, Atom, Block, Load, Nest, Statement, Var, Write
from autodiff_compiler.ir.types import Scalar
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


def with_unsigned(nest: Nest, row: Var, naturals: Naturals) -> Nest:
    """The nest over a part of a vector, which begins at some place, with unsigned indices.

    LLVM does not know that the place is not negative; it would look at each index whether it counts from the
    end, and not vectorise the loop. `row` is the index into the whole vector.
    """
    inside = depths(nest)
    builder = Builder(nest.at)
    known: dict[Atom, Atom] = {}

    def unsigned(atom: Atom) -> Atom:
        counts = atom is row or naturals.holds(atom)
        if not counts or not isinstance(atom, Var) or not inside.get(atom):
            return atom
        if atom not in known:
            known[atom] = builder.cast(atom, Scalar("uint64"))
        return known[atom]

    for part in nest.body.statements:
        if isinstance(part, Assign) and isinstance(part.value, Load):
            load = replace(part.value, index=tuple(map(unsigned, part.value.index)))
            part = replace(part, value=load)
        builder.add(part)
    writes = tuple(replace(write, index=tuple(map(unsigned, write.index))) for write in nest.writes)
    return replace(nest, body=builder.block(), writes=writes)
