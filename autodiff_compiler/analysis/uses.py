"""Where variables are defined and how often they are used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from autodiff_compiler.ir.nodes import Assign, Atom, Block, Function, Value, Var
from autodiff_compiler.ir.walk import blocks, reads, statements


def uses(function: Function) -> Counter[Var]:
    """How many times each variable is read in the function, yields included."""
    return uses_in(function.body)


def uses_in(block: Block) -> Counter[Var]:
    """How many times each variable is read in a block, yields included."""
    counted: Counter[Var] = Counter()
    _count(block, counted)
    return counted


def definitions(function: Function) -> Mapping[Var, Value]:
    """The right-hand side of each variable that an assignment defines."""
    return {
        statement.target: statement.value
        for statement in statements(function.body)
        if isinstance(statement, Assign)
    }


def _count(block: Block, counted: Counter[Var]) -> None:
    counted.update(_variables(block.yields))
    for statement in block.statements:
        counted.update(_variables(reads(statement)))
        for inner in blocks(statement):
            _count(inner, counted)


def _variables(atoms: tuple[Atom, ...]) -> list[Var]:
    return [atom for atom in atoms if isinstance(atom, Var)]
