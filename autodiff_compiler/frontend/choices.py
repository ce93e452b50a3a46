"""Expressions chosen by a condition, and what is done with a value that has one of two forms."""

from __future__ import annotations

from collections.abc import Callable

import gast

from autodiff_compiler.errors import DifferentiationError, TypeMismatch
from autodiff_compiler.frontend.merging import join_arms
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.unreachable import Unreachable, lower_arm
from autodiff_compiler.frontend.values import Either, Lowered, Undefined
from autodiff_compiler.ir.nodes import Atom, Const, Guard
from autodiff_compiler.ir.types import BOOL

Arm = Callable[[Scope], Lowered]
Use = Callable[[Scope, Lowered], Lowered]


def choose(scope: Scope, node: gast.AST, condition: Atom, then: Arm, orelse: Arm) -> Lowered:
    """The value of one of two expressions, each a function of the scope it is lowered in."""
    if isinstance(condition, Const):
        return then(scope) if condition.value else orelse(scope)
    if condition in scope.known:
        return then(scope) if scope.known[condition] else orelse(scope)
    inner_then, inner_else = scope.nested(condition, True), scope.nested(condition, False)
    values = lower_arm(inner_then, then) or Undefined(), lower_arm(inner_else, orelse) or Undefined()
    (value,) = join_arms(scope, node, condition, (inner_then, inner_else), [values])
    if isinstance(value, Undefined):
        scope.frame.refuse(TypeMismatch, node, value.reason or "the two sides have no common type")
    return value


def distributed(scope: Scope, node: gast.AST, value: Lowered, use: Use) -> Lowered:
    """What `use` makes of a value; of one that has two forms, what it makes of the one that it has.

    A form that cannot be used so is an error of the running program: no other form may reach this place.
    """
    value = scope.resolved(value)
    if not isinstance(value, Either):
        return use(scope, value)
    then, orelse = value.then, value.orelse
    found: list[Lowered] = []

    def noted(inner: Scope, side: Lowered) -> Lowered:
        found.append(distributed(inner, node, side, use))
        return found[-1]

    try:
        made = choose(
            scope, node, value.condition,
            lambda inner: noted(inner, then), lambda inner: noted(inner, orelse),
        )  # fmt: skip
    except DifferentiationError as error:
        return _where_possible(scope, node, value, use, error)
    if len(found) == 2 and all(isinstance(item, Const) and item.type == BOOL for item in found):
        return _truth(scope, value.condition, *found)
    return made


def _where_possible(
    scope: Scope, node: gast.AST, value: Either, use: Use, failure: DifferentiationError
) -> Lowered:
    """The same where a form cannot be used: a guard says that the value has the other one."""
    tried = [_tried(scope, node, value, holds, use) for holds in (True, False)]
    fails = [item for item in tried if isinstance(item, DifferentiationError)]
    if len(fails) != 1:
        raise fails[0] if fails else failure
    wrong = tried[0] is fails[0]
    holds = scope.negated(value.condition) if wrong else value.condition
    message = (fails[0].reason or str(fails[0])).replace("{", "{{").replace("}", "}}")
    scope.builder.add(Guard(holds, message, (), "TypeMismatch", scope.frame.at(node)))
    return distributed(scope, node, value.orelse if wrong else value.then, use)


def _tried(
    scope: Scope, node: gast.AST, value: Either, holds: bool, use: Use
) -> Lowered | DifferentiationError:
    """What is made of one of the forms, or why it cannot be used."""
    trial = scope.nested(value.condition, holds)
    try:
        return distributed(trial, node, value.then if holds else value.orelse, use)
    except DifferentiationError as error:
        return error
    except Unreachable:
        return Undefined()


def _truth(scope: Scope, condition: Atom, then: Lowered, orelse: Lowered) -> Lowered:
    """A truth value known for either form is the condition itself, or its opposite."""
    if then == orelse:
        return then
    return condition if then == Const(True, BOOL) else scope.negated(condition)


__all__ = ["choose", "distributed"]
