"""Remove what no result depends on."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar, assert_never

from autodiff_compiler.analysis.aliasing import Roots, roots
from autodiff_compiler.analysis.effects import elements_read, touched
from autodiff_compiler.ir.nodes import (
    Assign,
    Atom,
    Block,
    Call,
    Carry,
    For,
    Function,
    Guard,
    If,
    Nest,
    Pop,
    Push,
    Statement,
    Store,
    Var,
    While,
    Write,
)
from autodiff_compiler.ir.types import Scalar
from autodiff_compiler.ir.walk import blocks, operands, reads, with_blocks

T = TypeVar("T")


def remove_dead_code(function: Function) -> Function:
    """The function without assignments, results, carries, writes, pushes and loops that nothing depends on.

    before:  t = zeros(3); for i in 0..3 carry (s = 0 -> s2): t[i] = x; s2 = s + 1
             y = x * x; return y
    after:   y = x * x; return y

    Liveness is the least set that contains the results, the guards, and what they depend on; so values that
    only feed themselves around a loop are dead. A write is live if its memory may be that of a parameter, of
    a result, or of anything read by a live statement. Sound because all else neither defines nor changes
    what is observed; a loop that only computes dead values is removed even if it would not have ended.
    """
    live = _Liveness(function)
    while live.mark_block(function.body):
        pass
    body = _pruned_block(function.body, live)
    return function if body is function.body else replace(function, body=body)


class _Liveness:
    """The live variables and the live memory (as roots), grown until nothing changes."""

    def __init__(self, function: Function) -> None:
        self.roots: Roots = roots(function)
        self.variables: set[Var] = set()
        self.memory: set[Var] = set()
        self.need(function.body.yields)
        self.need_elements((*function.parameters, *function.body.yields))

    # ------------------------------------------------------------ what is live

    def statement(self, statement: Statement) -> bool:
        """Whether the statement has to stay."""
        match statement:
            case Assign(target, Pop(stack)):
                return target in self.variables or self.remembered(stack)
            case Assign(target):
                return target in self.variables
            case Store(array):
                return self.remembered(array)
            case Push(stack):
                return self.remembered(stack)
            case Call(callee, results=results):
                written = touched(statement, "add", "write")
                return (
                    callee.raises
                    or callee.effects
                    or any(map(self.remembered, written))
                    or any(map(self.variables.__contains__, results))
                )
            case Guard():
                return True
            case Nest(writes=writes):
                return any(map(self.write, writes))
            case If() | For() | While():
                inner = (nested for block in blocks(statement) for nested in block.statements)
                return not self.variables.isdisjoint(_carried(statement)) or any(map(self.statement, inner))
            case _:
                assert_never(statement)

    def write(self, write: Write) -> bool:
        """Whether a write of a nest has to stay."""
        return write.target in self.variables if write.fresh else self.remembered(write.target)

    def carry(self, carry: Carry) -> bool:
        """Whether a loop has to carry this value."""
        return carry.inside in self.variables or carry.after in self.variables

    def remembered(self, array: Var) -> bool:
        """Whether the elements of the array may be observed."""
        return not self.memory.isdisjoint(self.roots.get(array, (array,)))

    # ------------------------------------------------------------ what follows from it

    def mark_block(self, block: Block) -> bool:
        """Mark what the live statements of the block depend on; whether anything new became live."""
        before = len(self.variables) + len(self.memory)
        for statement in reversed(block.statements):
            if self.statement(statement):
                self._mark(statement)
                for inner in blocks(statement):
                    self.mark_block(inner)
        return len(self.variables) + len(self.memory) > before

    def need(self, atoms: Iterable[Atom]) -> None:
        """The atoms are live."""
        self.variables.update(atom for atom in atoms if isinstance(atom, Var))

    def need_elements(self, atoms: Iterable[Atom]) -> None:
        """The memory of those atoms that are arrays or stacks is live."""
        for atom in atoms:
            if isinstance(atom, Var) and not isinstance(atom.type, Scalar):
                self.memory.update(self.roots.get(atom, (atom,)))

    def _mark(self, statement: Statement) -> None:
        match statement:
            case Assign(value=value):
                self.need(operands(value))
                self.need_elements(elements_read(value))
            case Store(index=index, value=value):
                self.need(reads(statement))
                self.need_elements((*index, value))
            case Push(value=value):
                self.need(reads(statement))
                self.need_elements((value,))
            case Call(operands=given):
                self.need(given)
                self.need_elements(touched(statement, "read", "add", "write"))
            case Guard():
                self.need(reads(statement))
            case If(condition, then, orelse, results):
                self.need((condition,))
                for result, *choices in zip(results, then.yields, orelse.yields, strict=True):
                    if result in self.variables:
                        self.need(choices)
            case For(_, start, stop, step, carries, body):
                self.need((start, stop, step))
                self._mark_carries(carries, body)
            case While(carries, test, body):
                self.need(test.yields)
                self._mark_carries(carries, body)
            case Nest(extents=extents, writes=writes):
                self.need(extents)
                for write in filter(self.write, writes):
                    self.need((write.target, *write.index, write.value))
            case _:
                assert_never(statement)

    def _mark_carries(self, carries: tuple[Carry, ...], body: Block) -> None:
        for carry, following in zip(carries, body.yields, strict=True):
            if self.carry(carry):
                self.need((carry.start, following))


def _carried(statement: If | For | While) -> tuple[Var, ...]:
    """The variables through which a statement with blocks hands values on."""
    if isinstance(statement, If):
        return statement.results
    return tuple(variable for carry in statement.carries for variable in (carry.inside, carry.after))


# ---------------------------------------------------------------- removal


def _pruned_block(block: Block, live: _Liveness) -> Block:
    kept = tuple(_pruned(statement, live) for statement in block.statements if live.statement(statement))
    unchanged = len(kept) == len(block.statements) and all(map(operator.is_, kept, block.statements))
    return block if unchanged else replace(block, statements=kept)


def _pruned(statement: Statement, live: _Liveness) -> Statement:
    """The live statement without its dead parts."""
    statement = with_blocks(statement, [_pruned_block(block, live) for block in blocks(statement)])
    match statement:
        case If(then=then, orelse=orelse, results=results):
            keep = [result in live.variables for result in results]
            if all(keep):
                return statement
            then, orelse = _yielding(then, keep), _yielding(orelse, keep)
            return replace(statement, then=then, orelse=orelse, results=_chosen(results, keep))
        case For(carries=carries, body=body) | While(carries=carries, body=body):
            keep = [live.carry(carry) for carry in carries]
            body = _yielding(body, keep)
            return statement if all(keep) else replace(statement, carries=_chosen(carries, keep), body=body)
        case Nest(writes=writes):
            keep = [live.write(write) for write in writes]
            return statement if all(keep) else replace(statement, writes=_chosen(writes, keep))
        case _:
            return statement


def _yielding(block: Block, keep: list[bool]) -> Block:
    return block if all(keep) else replace(block, yields=_chosen(block.yields, keep))


def _chosen(items: tuple[T, ...], keep: list[bool]) -> tuple[T, ...]:
    return tuple(itertools.compress(items, keep))
