"""Calls run backwards: of functions of the program by their own sweeps, of the runtime by their pullbacks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from autodiff_compiler.analysis.lengths import Lengths
from autodiff_compiler.analysis.overwrites import Overwrites
from autodiff_compiler.differentiate.cotangents import Cotangents, zero, zeros
from autodiff_compiler.differentiate.library import append_rule
from autodiff_compiler.differentiate.pairs import CallReversal, Item
from autodiff_compiler.differentiate.scalar_rules import bar_variable
from autodiff_compiler.ir.build import as_variable
from autodiff_compiler.ir.nodes import Atom, Call, External, Statement, Var
from autodiff_compiler.ir.types import Array, Scalar


class Reversal(Protocol):
    """What the reversal of a function knows, as far as calls need it."""

    sizes: Lengths
    overwrites: Overwrites
    callees: CallReversal

    def active(self, atom: Atom) -> bool:
        """Whether the atom takes part in the derivative."""

    def take(self, result: Var, cotangents: Cotangents) -> Atom | None:
        """The finished cotangent of what a statement has defined."""

    def as_now(self, arrays: Iterable[Var], statement: Statement) -> tuple[list[Var], list[Statement]]:
        """The arrays as they are now, copies where memory may be overwritten later, and what takes those."""


def reverse_call(reversal: Reversal, statement: Call, cotangents: Cotangents) -> Sequence[Item]:
    """The callee's forward sweep in place of the call; its reverse sweep, given the call's cotangents."""
    if statement.callee.external is not None:
        return _external(reversal, statement, statement.callee.external, cotangents)
    seeds = [result for result in statement.results if reversal.active(result)]
    bars = {result: reversal.take(result, cotangents) for result in statement.results}
    outputs = zip((*statement.results, *statement.operands), statement.callee.flows, strict=True)
    flowing = {k for output, sources in outputs if reversal.active(output) for k in sources}
    chosen = tuple(sorted(k for k in flowing if reversal.active(statement.operands[k])))
    if not chosen:
        return [statement]
    lasting = tuple(
        k for k, operand in enumerate(statement.operands)
        if isinstance(operand, Var) and isinstance(operand.type, Array)
        and not reversal.overwrites.after(operand, statement)
    )  # fmt: skip
    given = tuple(k for k, result in enumerate(statement.results) if result in seeds)
    sweeps = reversal.callees.sweeps(statement.callee.name, chosen, given, lasting)
    builder = cotangents.builder
    values = [statement.operands[k] for k in sweeps.needed]
    shadows = [
        cotangents.shadow(as_variable(statement.operands[k])) for k in chosen
        if isinstance(statement.operands[k].type, Array)
    ]  # fmt: skip
    bars_given = [_seed_of(reversal, result, bars[result], cotangents) for result in seeds]
    scalars = [k for k in chosen if isinstance(statement.operands[k].type, Scalar)]
    gained = [bar_variable(as_variable(statement.operands[k]), builder.at) for k in scalars]
    passed = (*values, *bars_given, *shadows, reversal.callees.tape)
    builder.add(Call(sweeps.reverse, passed, tuple(gained), builder.at))
    for k, bar in zip(scalars, gained, strict=True):
        cotangents.add(statement.operands[k], bar)
    ahead = (*statement.operands, reversal.callees.tape)
    return [Call(sweeps.forward, ahead, statement.results, statement.at)]


def _external(
    reversal: Reversal, statement: Call, external: External, cotangents: Cotangents
) -> Sequence[Item]:
    """The statements of the rule that reverses the call, for operands and results as they were then."""
    results = [statement.results[k] for k in external.seeded]
    bars = {result: reversal.take(result, cotangents) for result in statement.results}
    chosen = [k for k in external.pulled if reversal.active(statement.operands[k])]
    if external.rule is None or not chosen or not any(map(reversal.active, results)):
        return [statement]
    operands, first = _as_they_were(reversal, statement.operands, statement)
    values, last = _as_they_were(reversal, statement.results, statement)
    seeds = [_seed_of(reversal, result, bars[result], cotangents) for result in results]
    found = append_rule(
        cotangents.builder, reversal.callees.rule(external.rule), (*operands, *values, *seeds)
    )
    for position, bar in zip(external.pulled, found, strict=True):
        if position in chosen:
            cotangents.seed(statement.operands[position], bar)
    return [*first, statement, *last]


def _as_they_were(
    reversal: Reversal, atoms: Sequence[Atom], statement: Statement
) -> tuple[list[Atom], list[Statement]]:
    """Numbers, and arrays as they are now; and what takes copies of those."""
    arrays = [item for item in atoms if isinstance(item, Var) and isinstance(item.type, Array)]
    now, copies = reversal.as_now(dict.fromkeys(arrays), statement)
    found = dict(zip(dict.fromkeys(arrays), now, strict=True))
    return [found.get(item, item) if isinstance(item, Var) else item for item in atoms], copies


def _seed_of(reversal: Reversal, result: Var, bar: Atom | None, cotangents: Cotangents) -> Atom:
    """The cotangent of a result of a call, zero where nothing has added to it."""
    if bar is not None:
        return bar
    if isinstance(result.type, Array) and result in cotangents.places:
        return cotangents.shadow(result)
    return (
        zeros(cotangents.builder, result, reversal.sizes[result])
        if isinstance(result.type, Array)
        else zero(result)
    )
