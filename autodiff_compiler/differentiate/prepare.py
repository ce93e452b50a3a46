"""Making a function ready to be reversed: entry copies and counted loops."""

from __future__ import annotations

from dataclasses import replace

from autodiff_compiler.analysis.aliasing import roots
from autodiff_compiler.analysis.effects import touched
from autodiff_compiler.ir.build import Builder, array_type, integer
from autodiff_compiler.ir.nodes import (
    Apply,
    Assign,
    Block,
    Call,
    Carry,
    Function,
    Nest,
    Statement,
    Store,
    Var,
    While,
)
from autodiff_compiler.ir.types import INT
from autodiff_compiler.ir.walk import map_statements, statements, substitute


def written_parameters(function: Function) -> frozenset[Var]:
    """The array parameters whose memory the function writes."""
    memory = roots(function)
    found: set[Var] = set()
    for statement in statements(function.body):
        match statement:
            case Store(array):
                targets: tuple[Var, ...] = (array,)
            case Call():
                targets = touched(statement, "add", "write")
            case Nest(writes=writes):
                targets = tuple(write.target for write in writes if not write.fresh)
            case _:
                continue
        for target in targets:
            found |= memory.get(target, frozenset((target,)))
    return frozenset(found & set(function.parameters))


def copy_written_parameters(function: Function) -> tuple[Function, dict[Var, Var]]:
    """Work on copies of the arrays that the function updates, so that the caller's stay as they are.

    Also returns parameter -> copy; the gradient is with respect to the entry values, which the copy holds.
    """
    copies: dict[Var, Var] = {}
    first: list[Statement] = []
    for parameter in function.parameters:
        if parameter in written_parameters(function):
            copies[parameter] = Var(parameter.name, replace(array_type(parameter), contiguous=True))
            first.append(Assign(copies[parameter], Apply("copy", (parameter,)), function.at))
    if not copies:
        return function, {}
    body = substitute(function.body, copies)
    return replace(function, body=Block((*first, *body.statements), body.yields)), copies


def count_iterations(function: Function) -> tuple[Function, dict[Var, Var]]:
    """Give every While a carry that counts its iterations.

    Also returns counter inside the loop -> count after it. The counter numbers the iterations from 0.
    """
    counts: dict[Var, Var] = {}

    def count(statement: Statement) -> tuple[Statement, ...]:
        if not isinstance(statement, While):
            return (statement,)
        inside, after = Var("k", INT, statement.at), Var("iterations", INT, statement.at)
        counts[inside] = after
        builder = Builder(statement.at)
        following = builder.assign(Apply("add", (inside, integer(1))), INT, "k")
        body = Block((*statement.body.statements, *builder.statements), (*statement.body.yields, following))
        return (
            replace(statement, carries=(*statement.carries, Carry(inside, integer(0), after)), body=body),
        )

    return replace(function, body=map_statements(function.body, count)), counts
