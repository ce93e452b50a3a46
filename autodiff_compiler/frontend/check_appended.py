"""Arrays put into lists of unknown length are copied: refused where Python would show that it does not."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass

from autodiff_compiler.analysis.aliasing import Roots, roots
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


def check_appended(function: Function, appending: Set[Location], *, alone: bool = True) -> None:
    """Refuse an array that changes, or may be seen to have changed, after it was put into a list.

    `appending` are the places where arrays are put into lists. Where the function is not `alone`, its callers
    must not know the array by another name.
    """
    if not appending:
        return
    memory = roots(function)
    points = list(_points(function.body, ()))
    homes = {variable: point.loops for point in points for variable in defined(point.statement)}
    lists: set[Var] = set()  # the memory of lists
    for point in points:
        copied = _copied(point, appending)
        if copied is None:
            continue
        source, target = copied
        lists |= memory.get(target, frozenset())
        kept = memory.get(source, frozenset((source,)))
        own = _iterations(kept, homes)
        known = frozenset() if alone else _known_to_callers(function, memory)
        if kept & known:
            reason = "a function that calls itself puts an array into a list which its caller knows too"
            raise AliasedMutation(reason, suggestion="append(x.copy())", location=point.statement.at)
        for other in points:
            if (
                other is not point
                and other.may_follow(point, own)
                and kept & _written(other, memory, appending)
            ):
                reason = (
                    "an array is put into this list and changed afterwards, where both are the same array"
                )
                raise AliasedMutation(reason, suggestion="append(x.copy())", location=point.statement.at)
    for point in points:
        if lists & _written(point, memory, appending):
            reason = "an array that is an item of a list of unknown length is changed in place"
            instead = "a new array: items[i] = items[i] + ..."
            raise AliasedMutation(reason, suggestion=instead, location=point.statement.at)


def _known_to_callers(function: Function, memory: Roots) -> frozenset[Var]:
    results = (item for item in function.body.yields if isinstance(item, Var))
    found = (memory.get(item, frozenset((item,))) for item in (*function.parameters, *results))
    return frozenset().union(*found)


def _written(point: _Point, memory: Roots, appending: Set[Location]) -> frozenset[Var]:
    """The memory that the user's statement writes to, other than to put an array into a list."""
    statement = point.statement
    if not isinstance(statement, Store) or statement.at is None or statement.at in appending:
        return frozenset()
    return memory.get(statement.array, frozenset((statement.array,)))


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


__all__ = ["check_appended"]
