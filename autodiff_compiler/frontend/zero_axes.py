"""Arrays without axes, which are numbers here.

`np.where(x > 0, x, 0.7)` of numbers is an array without axes, and `a += 1.0` changes it under all its names.
As a number it changes under one. So it is noted which numbers these are, and such a change is refused where
another name, or what a list, dict or object holds, is or may be the same array.
"""

from __future__ import annotations

from collections.abc import Iterator

import gast
import numpy as np

from autodiff_compiler.errors import AliasedMutation
from autodiff_compiler.frontend.context import stands_in
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import Either, Lowered, TupleValue
from autodiff_compiler.ir.nodes import Apply, Const, Var
from autodiff_compiler.ir.types import Scalar, is_inexact

MAKERS: tuple[object, ...] = (
    np.where, np.array, np.asarray, np.asanyarray, np.copy, np.select, np.squeeze,
    np.zeros, np.ones, np.empty, np.full, np.zeros_like, np.ones_like, np.empty_like, np.full_like,
)  # fmt: skip


def noted(scope: Scope, target: object, made: Lowered) -> Lowered:
    """The result of a call of NumPy's function; a number of its own, if that is an array without axes."""
    if not any(target is maker for maker in MAKERS) or stands_in(scope.frame.source.function):
        return made
    if not isinstance(made, (Var, Const)) or not isinstance(made.type, Scalar) or not is_inexact(made.type):
        return made
    fresh = scope.builder.assign(Apply("positive", (made,)), made.type)
    scope.frame.context.without_axes[fresh] = frozenset((fresh,))
    return fresh


def updated(scope: Scope, node: gast.AST, current: Lowered, made: Lowered) -> Lowered:
    """What `current += ...` leaves: the same array, if it is one without axes that no other name knows."""
    known = scope.frame.context.without_axes
    which = known.get(current) if isinstance(current, Var) else None
    if which is None:
        return made
    if sum(not which.isdisjoint(known.get(held, ())) for held in _held(scope)) > 1:
        reason = "NumPy has an array without axes here, which has another name too; it is a number here"
        scope.frame.refuse(AliasedMutation, node, reason, "a new number: b = b + ..., or float(...) before")
    if isinstance(made, Var) and isinstance(made.type, Scalar):
        known[made] = which
    return made


def _held(scope: Scope) -> Iterator[Var]:
    """Each number that a name stands for, here or where this function was called from, or an object holds."""
    around: Scope | None = scope
    while around is not None:
        for binding in around.names.values():
            yield from _numbers(binding.value)
        around = around.caller
    for contents in scope.heap.values():
        for binding in contents.items.values():
            yield from _numbers(binding.value)


def _numbers(value: Lowered) -> Iterator[Var]:
    match value:
        case Var():
            yield value
        case TupleValue(items=items):
            for item in items:
                yield from _numbers(item)
        case Either(then=then, orelse=orelse):
            yield from (*_numbers(then), *_numbers(orelse))


__all__ = ["noted", "updated"]
