"""Code that control never reaches: after a `raise`, in an arm that always ends in one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import gast

from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import FALSE
from autodiff_compiler.ir.nodes import Atom, Block, Guard, If, Statement
from autodiff_compiler.ir.walk import blocks

T = TypeVar("T")


class Unreachable(Exception):
    """The statements lowered so far always raise: the rest of the block is not lowered.

    `make` makes the exception where it is known while compiling.
    """

    def __init__(self, make: Callable[[], BaseException] | None = None) -> None:
        super().__init__()
        self.make = make


def lower_arm(arm: Scope, lower: Callable[[Scope], T]) -> T | None:
    """What is lowered in a nested scope; None, and the scope is dead, where control never reaches its end."""
    try:
        return lower(arm)
    except Unreachable:
        arm.dead = True
        return None


def absorb(scope: Scope, node: gast.AST, condition: Atom, arms: tuple[Scope, Scope]) -> int | None:
    """Where an arm always raises, the statements of the other follow it in the scope itself.

    Returns the position of the other arm, None where both go on; raises Unreachable where none does.
    """
    then, orelse = arms
    if not (then.dead or orelse.dead):
        return None
    at = scope.frame.at(node)
    if then.dead and orelse.dead:
        scope.builder.add(If(condition, then.builder.block(), orelse.builder.block(), (), at))
        raise Unreachable
    alive = 1 if then.dead else 0
    raising = arms[1 - alive].builder.block()
    match raising.statements:
        case (Guard() as guard,) if guard.condition == FALSE:
            kept = scope.negated(condition) if then.dead else condition
            scope.builder.add(replace(guard, condition=kept))
        case _:
            sides = (raising, Block()) if then.dead else (Block(), raising)
            scope.builder.add(If(condition, *sides, (), at))
    scope.adopt(arms[alive])
    return alive


def may_raise(statements: list[Statement] | tuple[Statement, ...]) -> bool:
    """Whether one of the statements is, or holds, a guard."""
    return any(
        (isinstance(statement, Guard) and bool(statement.error))
        or any(may_raise(block.statements) for block in blocks(statement))
        for statement in statements
    )
