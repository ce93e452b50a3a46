"""A function as steps for the liveness analysis, with the copies at its joins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import assert_never

from autodiff_compiler.analysis.indirect import by_depth
from autodiff_compiler.emit.folding import Folding
from autodiff_compiler.emit.liveness import Branch, Flow, Loop, Step
from autodiff_compiler.ir.nodes import (
    Assign,
    Atom,
    Block,
    Call,
    For,
    Function,
    Guard,
    If,
    Nest,
    Push,
    Statement,
    Store,
    Var,
    While,
)
from autodiff_compiler.ir.walk import blocks, defined, operands, reads, statements

Joins = Sequence[tuple[Var, Atom]]  # targets and what they become, all at once


def entering(statement: For | While) -> Joins:
    """What the carries become before the first iteration."""
    return [(carry.inside, carry.start) for carry in statement.carries]


def repeating(statement: For | While) -> Joins:
    """What the carries become after an iteration."""
    return [
        (carry.inside, atom) for carry, atom in zip(statement.carries, statement.body.yields, strict=True)
    ]


def leaving(statement: For | While) -> Joins:
    """What the carries leave behind."""
    return [(carry.after, carry.inside) for carry in statement.carries]


def choosing(statement: If, arm: Block) -> Joins:
    """What the results become at the end of one arm."""
    return list(zip(statement.results, arm.yields, strict=True))


def needed(function: Function) -> frozenset[Var]:
    """The variables whose value is read somewhere, directly or through the joins."""
    found: set[Var] = set()
    sources: dict[Var, list[Atom]] = {}
    waiting: list[Atom] = list(function.body.yields)
    for statement in statements(function.body):
        waiting.extend(_read(statement))
        for target, source in _joins(statement):
            sources.setdefault(target, []).append(source)
    while waiting:
        atom = waiting.pop()
        if isinstance(atom, Var) and atom not in found:
            found.add(atom)
            waiting.extend(sources.get(atom, ()))
    return frozenset(found)


def _read(statement: Statement) -> Iterator[Atom]:
    match statement:
        case If(condition=condition):
            yield condition
        case For(start=start, stop=stop, step=step):
            yield from (start, stop, step)
        case While(test=test):
            yield from test.yields
        case _:
            yield from reads(statement)


def _joins(statement: Statement) -> Iterator[tuple[Var, Atom]]:
    match statement:
        case If():
            for arm in blocks(statement):
                yield from choosing(statement, arm)
        case For() | While():
            yield from (*entering(statement), *repeating(statement), *leaving(statement))
        case _:
            return


class FlowBuilder:
    """Turns blocks into steps, and notes the copies and the variables in program order."""

    def __init__(self, folding: Folding, live: frozenset[Var]) -> None:
        self.folding = folding
        self.live = live
        self.copies: list[tuple[Var, Var]] = []
        self.variables: list[Var] = []

    def function(self, function: Function) -> Flow:
        """The steps of a function, its results read last."""
        self.variables.extend(function.parameters)
        return [*self._block(function.body), self._uses(function.body.yields)]

    def _block(self, block: Block) -> Flow:
        return [part for statement in block.statements for part in self._statement(statement)]

    def _statement(self, statement: Statement) -> Flow:
        match statement:
            case Assign(target, value):
                return [] if target in self.folding.values else [self._define((target,), operands(value))]
            case Store() | Guard() | Push():
                return [self._uses(reads(statement))]
            case Call(operands=given, results=results):
                return [self._define(results, given)]
            case If():
                return self._if(statement)
            case For():
                return self._for(statement)
            case While():
                return self._while(statement)
            case Nest():
                return self._nest(statement)
            case _:
                assert_never(statement)

    def _if(self, statement: If) -> Flow:
        if any(result in self.folding.values for result in statement.results):
            return []
        if any(result in self.folding.conditionals for result in statement.results):
            return [
                Step(frozenset(self.folding.conditional_leaves(statement)), self._named(statement.results))
            ]
        arms = [[*self._block(arm), self._copy(choosing(statement, arm))] for arm in blocks(statement)]
        return [self._uses((statement.condition,)), Branch(*arms)]

    def _for(self, statement: For) -> Flow:
        entry = self._copy(entering(statement))
        bounds = self._uses((statement.start, statement.stop, statement.step))
        body: Flow = [self._define((statement.index,), ()), *self._block(statement.body)]
        body.append(self._copy(repeating(statement)))
        return [entry, bounds, Loop([], body), self._copy(leaving(statement))]

    def _while(self, statement: While) -> Flow:
        entry = self._copy(entering(statement))
        head = [*self._block(statement.test), self._uses(statement.test.yields)]
        body = [*self._block(statement.body), self._copy(repeating(statement))]
        return [entry, Loop(head, body), self._copy(leaving(statement))]

    def _nest(self, statement: Nest) -> Flow:
        """Arrays are made before the loops and written inside; indices and bounds last through the loops."""
        fresh = tuple(write.target for write in statement.writes if write.fresh)
        written = [atom for write in statement.writes for atom in (*write.index, write.value, write.target)]
        *outer, innermost = by_depth(statement)
        first = tuple(part for group in outer for part in group)  # what they define lasts as well
        body: Flow = [self._define(statement.indices, statement.extents)]
        body += self._block(Block((*first, *innermost)))
        lasting = (target for part in first for target in defined(part))
        body.append(self._uses((*written, *statement.indices, *lasting)))
        return [self._define(fresh, statement.extents), Loop([], body)]

    def _uses(self, atoms: Iterable[Atom]) -> Step:
        return Step(frozenset(self.folding.leaves(atoms)))

    def _define(self, targets: Sequence[Var], atoms: Iterable[Atom]) -> Step:
        return Step(frozenset(self.folding.leaves(atoms)), self._named(targets))

    def _named(self, targets: Sequence[Var]) -> tuple[tuple[Var, None], ...]:
        self.variables.extend(targets)
        return tuple((target, None) for target in targets)

    def _copy(self, joins: Joins) -> Step:
        kept = [(target, source) for target, source in joins if target in self.live]
        self.variables.extend(target for target, _ in kept)
        defines = []
        for target, source in kept:
            copied = source if isinstance(source, Var) and source not in self.folding.values else None
            defines.append((target, copied))
            if copied is not None:
                self.copies.append((target, copied))
        return Step(frozenset(self.folding.leaves(source for _, source in kept)), tuple(defines))
