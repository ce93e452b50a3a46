"""What a statement does to memory, at any depth, and when two statements may change places."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from autodiff_compiler.analysis.aliasing import Roots
from autodiff_compiler.analysis.indirect import index_values
from autodiff_compiler.ir.nodes import (
    Allocate,
    Apply,
    Assign,
    Call,
    Dim,
    For,
    Guard,
    If,
    Load,
    Nest,
    NewStack,
    Pop,
    Push,
    Reshape,
    Statement,
    Store,
    Transpose,
    Value,
    Var,
    View,
    While,
)
from autodiff_compiler.ir.types import Scalar, Stack
from autodiff_compiler.ir.walk import blocks, bound, free_variables, statements

# What calls with effects are taken to write, so that they stay in order: no variable of any program.
OUTSIDE = Var("outside", Stack("bool"))


@dataclass(frozen=True, slots=True)
class Effects:
    """The arrays and stacks whose elements a statement reads and writes (not those it makes itself)."""

    reads: frozenset[Var]
    writes: frozenset[Var]


def effects(statement: Statement) -> Effects:
    """What the statement reads and writes, nested statements included.

    Fresh results of a nest and of an operator are definitions, not writes. Taking a view or a length of an
    array reads no element.
    """
    read: set[Var] = set()
    written: set[Var] = set()
    for part in _parts(statement):
        read.update(_read(part))
        written.update(_written(part))
    return Effects(frozenset(read), frozenset(written))


def elements_read(value: Value) -> tuple[Var, ...]:
    """The arrays and stacks whose elements evaluating the value reads."""
    match value:
        case Apply(operands=operands):
            return tuple(
                item for item in operands if isinstance(item, Var) and not isinstance(item.type, Scalar)
            )
        case Load(array):
            return (array,)
        case Pop(stack):
            return (stack,)
        case View() | Transpose() | Reshape() | Dim() | Allocate() | NewStack():
            return ()
        case _:
            assert_never(value)


def is_pure(statement: Statement) -> bool:
    """Whether the statement does nothing but define variables: no write, push, pop or guard at any depth."""
    return not any(_may_raise(part) or _written(part) for part in _parts(statement))


def _may_raise(statement: Statement) -> bool:
    return isinstance(statement, Guard) or (isinstance(statement, Call) and statement.callee.raises)


def touched(call: Call, *access: str) -> tuple[Var, ...]:
    """The arrays and stacks that a call touches in one of these ways."""
    return tuple(
        operand for operand, how in zip(call.operands, call.callee.access, strict=True)
        if isinstance(operand, Var) and how in access
    )  # fmt: skip


def _parts(statement: Statement) -> Iterator[Statement]:
    yield statement
    for block in blocks(statement):
        yield from statements(block)


def _read(statement: Statement) -> tuple[Var, ...]:
    match statement:
        case Assign(value=value):
            return elements_read(value)
        case Store(array, index, value, accumulate):
            read = [atom for atom in (*index, value) if isinstance(atom, Var)]
            arrays = tuple(atom for atom in read if not isinstance(atom.type, Scalar))
            return (array, *arrays) if accumulate else arrays
        case Nest(writes=writes):
            return tuple(write.target for write in writes if not write.fresh and write.combine != "set")
        case Push(value=Var() as value) if not isinstance(value.type, Scalar):
            return (value,)
        case Call():
            return touched(statement, "read", "add", "write")
        case Push() | If() | For() | While() | Guard():
            return ()
        case _:
            assert_never(statement)


def _written(statement: Statement) -> tuple[Var, ...]:
    match statement:
        case Assign(value=Pop(stack)) | Push(stack):
            return (stack,)
        case Store(array):
            return (array,)
        case Nest(writes=writes):
            return tuple(write.target for write in writes if not write.fresh)
        case Call(callee):
            return (*touched(statement, "add", "write"), *((OUTSIDE,) if callee.effects else ()))
        case Assign() | If() | For() | While() | Guard():
            return ()
        case _:
            assert_never(statement)


# ---------------------------------------------------------------- order


@dataclass(frozen=True, slots=True)
class Footprint:
    """All that decides whether a statement may change places with another one."""

    uses: frozenset[Var]
    defines: frozenset[Var]
    reads: frozenset[Var]  # roots
    writes: frozenset[Var]  # roots
    guards: bool  # may raise
    sizes: bool  # may raise for another reason than an index
    guarded: bool  # may only run after the guards of sizes before it: it touches elements or acts
    indexed: bool  # may only run after the guards of indices before it; a nest where it reads its indices


def footprint(statement: Statement, roots: Roots) -> Footprint:
    """The footprint of a statement; reads and writes are given by the memory they may touch."""
    found = effects(statement)
    read, written = _memory(found.reads, roots), _memory(found.writes, roots)
    parts = tuple(_parts(statement))
    guards = [part for part in parts if _may_raise(part)]
    return Footprint(
        frozenset(free_variables(statement)),
        frozenset(bound(statement)),
        read,
        written,
        bool(guards),
        any(not isinstance(guard, Guard) or guard.error != "IndexOutOfBounds" for guard in guards),
        bool(read or written) or any(isinstance(part, While | Call) or _takes_arrays(part) for part in parts),
        bool(index_values(statement)) if isinstance(statement, Nest) else any(map(_has_index, parts)),
    )


def depends(later: Footprint, earlier: Footprint) -> bool:
    """Whether `later`, standing after `earlier`, must stay after it."""
    return not (
        later.uses.isdisjoint(earlier.defines)
        and later.reads.isdisjoint(earlier.writes)
        and later.writes.isdisjoint(earlier.reads)
        and later.writes.isdisjoint(earlier.writes)
        and not (earlier.guards and (later.guards or later.indexed))
        and not (earlier.sizes and later.guarded)
    )


def _memory(arrays: frozenset[Var], roots: Roots) -> frozenset[Var]:
    return frozenset().union(*(roots.get(array, frozenset((array,))) for array in arrays))


def _takes_arrays(statement: Statement) -> bool:
    """Views and reshapes assume lengths that a guard may have checked; so do allocations of such lengths."""
    return isinstance(statement, Assign) and isinstance(statement.value, View | Reshape | Allocate)


def _has_index(statement: Statement) -> bool:
    """Whether the statement indexes an array: with a number that a guard may have checked."""
    match statement:
        case Store() | Call() | Assign(value=Load() | View()):
            return True
        case _:
            return False
