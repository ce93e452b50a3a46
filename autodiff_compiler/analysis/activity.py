"""Activity: which values depend on the parameters of interest and reach the result through derivatives.

A value is *varied* if it depends differentiably on a chosen parameter, *useful* if the result depends
differentiably on it, and *active* if it is both (Griewank & Walther 2008, section 6.2). Arrays that may share
memory are varied and useful together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from autodiff_compiler.ir.nodes import (
    Allocate,
    Apply,
    Assign,
    Atom,
    Block,
    Call,
    For,
    Function,
    Guard,
    If,
    Load,
    Nest,
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
from autodiff_compiler.ir.types import Array, is_inexact
from autodiff_compiler.ir.walk import statements
from autodiff_compiler.operators import registry
from autodiff_compiler.operators.entry import Elementwise

Edge = tuple[Var, Var]  # derivative information flows from the first to the second


@dataclass(frozen=True)
class Activity:
    """The varied and the useful variables of a function."""

    varied: frozenset[Var]
    useful: frozenset[Var]

    def is_active(self, atom: Atom) -> bool:
        """Whether a cotangent of this value can matter."""
        return isinstance(atom, Var) and atom in self.varied and atom in self.useful


def activity(
    function: Function, parameters: Iterable[Var], results: Iterable[Atom] | None = None
) -> Activity:
    """The activity with respect to some parameters and some results (by default all)."""
    found = list(edges(function.body))
    chosen = function.body.yields if results is None else results
    forward: dict[Var, list[Var]] = {}
    backward: dict[Var, list[Var]] = {}
    for source, target in found:
        forward.setdefault(source, []).append(target)
        backward.setdefault(target, []).append(source)
    varied = _reach(parameters, forward)
    useful = _reach((item for item in chosen if isinstance(item, Var) and is_inexact(item.type)), backward)
    return Activity(frozenset(varied), frozenset(useful))


def _reach(starts: Iterable[Var], edges: dict[Var, list[Var]]) -> set[Var]:
    found = set(starts)
    waiting = list(found)
    while waiting:
        for following in edges.get(waiting.pop(), ()):
            if following not in found:
                found.add(following)
                waiting.append(following)
    return found


def edges(block: Block) -> Iterator[Edge]:
    """Along which derivative information flows between the variables of a block, at any depth."""
    for statement in statements(block):
        for source, target in _statement_edges(statement):
            if (
                isinstance(source, Var)
                and isinstance(target, Var)
                and is_inexact(source.type)
                and is_inexact(target.type)
            ):
                yield source, target
                if _same_memory(statement, source, target):
                    yield target, source  # what is written through one reference is seen through the other


def _same_memory(statement: Statement, source: Var, target: Var) -> bool:
    if not (isinstance(source.type, Array) and isinstance(target.type, Array)):
        return False
    match statement:
        case Assign(value=View() | Transpose() | Reshape()) | If() | For() | While():
            return True
        case Call(callee, given, results):
            return any(
                result is target and any(given[k] is source for k in sources)
                for result, sources in zip(results, callee.sources, strict=True)
            )
        case _:
            return False


def _statement_edges(statement: Statement) -> Iterator[tuple[Atom, Atom]]:
    match statement:
        case Assign(target, value):
            for operand in differentiable_operands(value):
                yield operand, target
        case Store(array, _, value):
            yield value, array
        case If(_, then, orelse, results):
            for result, one, other in zip(results, then.yields, orelse.yields, strict=True):
                yield one, result
                yield other, result
        case For(carries=carries, body=body) | While(carries=carries, body=body):
            for carry, following in zip(carries, body.yields, strict=True):
                yield carry.start, carry.inside
                yield following, carry.inside
                yield carry.inside, carry.after
                yield carry.start, carry.after
                yield following, carry.after
        case Nest(writes=writes):
            for write in writes:
                yield write.value, write.target
        case Call():
            yield from _call_edges(statement)
        case Guard() | Push():
            return


def _call_edges(call: Call) -> Iterator[tuple[Atom, Atom]]:
    for output, sources in zip((*call.results, *call.operands), call.callee.flows, strict=True):
        for position in sources:
            yield call.operands[position], output


def differentiable_operands(value: Value) -> tuple[Atom, ...]:
    """The operands whose change changes the value to first order."""
    match value:
        case Apply(operator, operands):
            entry = registry.by_name(operator)
            if isinstance(entry, Elementwise) and entry.partials is None and entry.adjoint is None:
                return ()
            return operands
        case Load(array) | View(array) | Transpose(array) | Reshape(array):
            return (array,)
        case Allocate(fill=fill):
            return () if fill is None else (fill,)
        case _:
            return ()
