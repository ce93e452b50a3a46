"""Arrays put into lists of unknown length are copied: refused where Python would show that it does not copy."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass

from autodiff_compiler.analysis.aliasing import Roots, roots
from autodiff_compiler.analysis.effects import effects
from autodiff_compiler.errors import AliasedMutation
from autodiff_compiler.ir.nodes import Block, For, Function, Statement, Store, Var, While
from autodiff_compiler.ir.types import Array
from autodiff_compiler.ir.walk import blocks, defined
from autodiff_compiler.location import Location


@dataclass(frozen=True)
class _Point:
    """A place in the program: its number in the order of the text, and the loops around it."""

    order: int
    loops: tuple[int, ...]
    statement: Statement

    def may_follow(self, other: _Point, own: Set[int]) -> bool:
        """Whether it may be reached after the other; iterations of the loops `own` begin with new memory."""
        return self.order > other.order or bool(set(self.loops) & set(other.loops) - own)


def check_appended(function: Function, appending: Set[Location]) -> None:
    """Refuse an array that changes, or may be seen to have changed, after it was put into a list.

    `appending` are the places where arrays are put into lists.
    """
    if not appending:
        return
    memory = roots(function)
    points = list(_points(function.body, ()))
    homes = {variable: point.loops for point in points for variable in defined(point.statement)}
    for point in points:
        copied = _copied(point, appending)
        if copied is None:
            continue
        source, target = copied
        kept = memory.get(source, frozenset((source,)))
        own = _iterations(kept, homes)
        for other in points:
            if other is not point and other.may_follow(point, own):
                _check(other, point, kept, memory.get(target, frozenset()), memory, appending)


def _points(block: Block, loops: tuple[int, ...], start: int = 0) -> Iterator[_Point]:
    order = start
    for statement in block.statements:
        order += 1
        here = _Point(order, loops, statement)
        yield here
        inside = (*loops, order) if isinstance(statement, (For, While)) else loops
        for inner in blocks(statement):
            for point in _points(inner, inside, order):
                order = point.order
                yield point


def _copied(point: _Point, appending: Set[Location]) -> tuple[Var, Var] | None:
    """The array and the list's array that it is copied into, where the statement does that."""
    statement = point.statement
    if not isinstance(statement, Store) or statement.at not in appending or statement.index:
        return None
    value = statement.value
    return (value, statement.array) if isinstance(value, Var) and isinstance(value.type, Array) else None


def _iterations(kept: Set[Var], homes: dict[Var, tuple[int, ...]]) -> frozenset[int]:
    """The loops in each iteration of which all this memory is new."""
    around = [frozenset(homes.get(root, ())) for root in kept]
    return frozenset.intersection(*around) if around else frozenset()


def _check(
    other: _Point, point: _Point, kept: Set[Var], target: Set[Var], memory: Roots, appending: Set[Location]
) -> None:
    if isinstance(other.statement, Store) and other.statement.at in appending:
        return
    for array in effects(other.statement).writes:
        written = memory.get(array, frozenset((array,)))
        if written & kept:
            _refuse(
                point, "an array is put into this list and changed afterwards, where both are the same array"
            )
        del written


def _refuse(point: _Point, reason: str) -> None:
    raise AliasedMutation(reason, suggestion="append(x.copy())", location=point.statement.at)


__all__ = ["check_appended"]
