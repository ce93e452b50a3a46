"""Move what does not change from iteration to iteration out of loops."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from autodiff_compiler.ir.nodes import (
    Allocate,
    Apply,
    Assign,
    Block,
    Call,
    Const,
    Dim,
    For,
    Function,
    Guard,
    If,
    Load,
    Nest,
    NewStack,
    Pop,
    Push,
    Reshape,
    Slice,
    Statement,
    Store,
    Transpose,
    Value,
    Var,
    View,
    While,
)
from autodiff_compiler.ir.types import Scalar, is_integer
from autodiff_compiler.ir.walk import blocks, bound, defined, map_statements, operands, with_blocks

_MAY_TRAP = ("floor_divide", "remainder", "power")  # of integers, in plain Python
_NEW_ARRAYS = ("places", "broadcast_to")  # made of numbers alone


def hoist_invariants(function: Function) -> Function:
    """The function with lengths, views and scalar expressions of outside values computed before the loop.

    before:  for i in 0..n: m = dim(x, 0); c = exp(w); ...
    after:   m = dim(x, 0); c = exp(w); for i in 0..n: ...

    Sound because they read nothing that the loop changes (no elements of arrays) and cannot fail, so that
    computing them does no harm where the loop runs no iteration. A reshape can: it stays.
    Expressions in nests move out of them, too; those in branches stay, as they may never be needed.
    """
    body = map_statements(function.body, _hoisted)
    return function if body is function.body else replace(function, body=body)


def _hoisted(statement: Statement) -> tuple[Statement, ...]:
    """What moves out of a loop whose inner loops are done, and the loop."""
    match statement:
        case For() | While() | Nest():
            inside = set(bound(statement)) - set(defined(statement))
        case Assign() | Store() | If() | Guard() | Push() | Call():
            return (statement,)
        case _:
            assert_never(statement)
    moved: list[Statement] = []
    remaining = [_without_invariants(block, inside, moved) for block in blocks(statement)]
    return (*moved, with_blocks(statement, remaining))


def _without_invariants(block: Block, inside: set[Var], moved: list[Statement]) -> Block:
    """The block without its invariants, which are appended to `moved` and no longer inside."""
    kept: list[Statement] = []
    for statement in block.statements:
        if isinstance(statement, Assign) and _is_invariant(statement.value, inside):
            moved.append(statement)
            inside.discard(statement.target)
        else:
            kept.append(statement)
    return block if len(kept) == len(block.statements) else replace(block, statements=tuple(kept))


def _is_invariant(value: Value, inside: set[Var]) -> bool:
    return inside.isdisjoint(atom for atom in operands(value) if isinstance(atom, Var)) and _is_safe(value)


def _is_safe(value: Value) -> bool:
    """Whether the value reads no elements, makes no memory and cannot fail."""
    match value:
        case Apply(operator, atoms):
            scalars = all(isinstance(atom.type, Scalar) for atom in atoms) and operator not in _NEW_ARRAYS
            trap = operator in _MAY_TRAP and is_integer(atoms[0].type) and not _is_nonzero(atoms[1])
            return scalars and not trap
        case Dim() | Transpose():
            return True
        case View(_, index):
            return all(isinstance(item, Slice) for item in index)
        case Load() | Reshape() | Allocate() | NewStack() | Pop():
            return False
        case _:
            assert_never(value)


def _is_nonzero(atom: object) -> bool:
    return isinstance(atom, Const) and atom.value != 0
