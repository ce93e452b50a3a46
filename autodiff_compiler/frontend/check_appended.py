"""Arrays put into lists of unknown length are copied: refused where Python would show that it does not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from autodiff_compiler.analysis.aliasing import Roots, roots
from autodiff_compiler.errors import AliasedMutation
from autodiff_compiler.frontend.stacking import CHANGED_ITEM
from autodiff_compiler.ir.nodes import (
    Assign,
    Block,
    Dim,
    For,
    Function,
    Reshape,
    Statement,
    Store,
    Transpose,
    Var,
    View,
    While,
)
from autodiff_compiler.ir.types import Array
from autodiff_compiler.ir.walk import blocks, defined, reads
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


@dataclass(frozen=True)
class _Copy:
    """Where an array is put into a list: its memory, and the loops in each iteration of which that is new."""

    point: _Point
    kept: frozenset[Var]
    own: frozenset[int]


def check_appended(
    function: Function, appending: Set[Location], changed: Set[Var], *, alone: bool = True
) -> None:
    """Refuse an array that changes, or may be seen to have changed, after it was put into a list.

    `appending` are the places where arrays are put into lists, `changed` the items of lists that are changed
    where they are. Where the function is not `alone`, its callers must not know the array by another name.
    """
    if not appending:
        return
    memory = roots(function)
    points = list(_points(function.body, ()))
    homes = {variable: point.loops for point in points for variable in defined(point.statement)}
    lists: set[Var] = set()  # the memory of lists
    copies: list[_Copy] = []
    for point in points:
        copied = _copied(point, appending)
        if copied is None:
            continue
        source, target = copied
        lists |= memory.get(target, frozenset())
        kept = memory.get(source, frozenset((source,)))
        copies.append(_Copy(point, kept, _iterations(kept, homes)))
        known = frozenset() if alone else _known_to_callers(function, memory)
        if kept & known:
            reason = "a function that calls itself puts an array into a list which its caller knows too"
            raise AliasedMutation(reason, suggestion="append(x.copy())", location=point.statement.at)
        _check_later_writes(copies[-1], points, memory, appending)
    writes = [point for point in points if lists & _written(point, memory, appending)]
    for point in writes:
        assert isinstance(point.statement, Store)
        if point.statement.array not in changed:  # it may be in memory that the list has left
            raise AliasedMutation(CHANGED_ITEM[0], suggestion=CHANGED_ITEM[1], location=point.statement.at)
    if writes:
        _check_second_names(function, copies, writes, points, memory)


def _check_later_writes(
    copy: _Copy, points: Sequence[_Point], memory: Roots, appending: Set[Location]
) -> None:
    """Refuse changes of an array, by its own name, after it was put into a list."""
    for other in points:
        follows = other is not copy.point and other.may_follow(copy.point, copy.own)
        if follows and copy.kept & _written(other, memory, appending):
            reason = "an array is put into this list and changed afterwards, where both are the same array"
            raise AliasedMutation(reason, suggestion="append(x.copy())", location=copy.point.statement.at)


def _check_second_names(
    function: Function, copies: Sequence[_Copy], writes: Sequence[_Point], points: Sequence[_Point],
    memory: Roots,
) -> None:  # fmt: skip
    """Refuse changes of items in place where the array that was put into the list has another name."""
    known = _known_to_callers(function, memory)
    for copy in copies:
        same = bool(copy.kept & known or set(copy.point.loops) - copy.own)
        same = same or any(bool(other.kept & copy.kept) for other in copies if other is not copy)
        for write in writes:
            used = same or any(
                point.may_follow(write, copy.own) and copy.kept & _used(point, memory)
                for point in points if point is not copy.point
            )  # fmt: skip
            if used:
                reason = "an array that was put into a list is changed in the list, and has another name"
                line = copy.point.statement.at.line if copy.point.statement.at else "?"
                raise AliasedMutation(
                    reason, suggestion=f"append(x.copy()) in line {line}", location=write.statement.at
                )


def _used(point: _Point, memory: Roots) -> frozenset[Var]:
    """The memory whose elements a statement reads, or may read; to hand a name on to a loop is no use."""
    statement = point.statement
    if isinstance(statement, (For, While)):
        return frozenset()
    if isinstance(statement, Assign) and isinstance(statement.value, (Dim, View, Reshape, Transpose)):
        return frozenset()
    arrays = (item for item in reads(statement) if isinstance(item, Var) and isinstance(item.type, Array))
    return frozenset().union(*(memory.get(item, frozenset((item,))) for item in arrays))


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
