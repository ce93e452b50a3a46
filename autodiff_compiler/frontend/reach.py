"""Which lists, dicts and objects can still be reached, and which of them may mean each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import gast

from autodiff_compiler.errors import AliasedMutation
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import (
    Cell,
    Contents,
    Either,
    FunctionValue,
    Lowered,
    Partial,
    Reference,
    TupleValue,
)


def reachable(scope: Scope, values: Iterable[Lowered]) -> set[Cell]:
    """The cells that the values lead to."""
    found: set[Cell] = set()
    waiting = list(values)
    while waiting:
        value = waiting.pop()
        match value:
            case TupleValue(items=items):
                waiting += items
            case Either(then=then, orelse=orelse):
                waiting += (then, orelse)
            case Partial(function=function, arguments=arguments, keywords=keywords):
                waiting += (function, *arguments, *(item for _, item in keywords))
            case FunctionValue(frame=frame, defaults=defaults):
                waiting += (item for _, item in defaults)
                waiting += (Reference(cell) for cell in frame.cells.values())
            case Reference(cell=cell) if cell not in found and cell in scope.heap:
                found.add(cell)
                place = scope.heap[cell].place
                waiting += (Reference(place.of),) if place is not None else ()
                waiting += (binding.value for binding in scope.heap[cell].items.values())
    return found


def freeze_shared(
    scope: Scope, node: gast.AST, pairs: Mapping[tuple[Cell, Cell], Cell], values: Sequence[Lowered]
) -> None:
    """Freeze objects that stand for one of two where one of the two can still be reached by another way.

    Changing such an object would change, or not change, what the other name means.
    """
    if not pairs:
        return
    join = node, scope.frame.calls
    live = reachable(scope, (*scope.live(), *values))
    origins: dict[Cell, list[Cell]] = {}
    for both, made in pairs.items():
        for cell in set(both):
            origins.setdefault(cell, []).append(made)
    for cell, stands in origins.items():
        if cell in live or len(stands) > 1:
            freeze(scope, join, (cell, *stands))


def freeze(scope: Scope, join: object, cells: Iterable[Cell]) -> None:
    """Let nothing change these objects from here on; items of a list are positions, which stay right."""
    for cell in cells:
        held = scope.heap.get(cell)
        if held is None or held.place is not None:
            continue
        if not held.frozen:
            subject = f"`{cell.name}`" if cell.name else f"this {cell.cls.__name__}"
            reason = f"{subject} may or may not be the same object under another name, and is changed here"
            scope.heap[cell] = replace(held, frozen=reason, joins=frozenset({join}))
        elif held.joins:
            scope.heap[cell] = replace(held, joins=held.joins | {join})


def _candidates(scope: Scope, body: Scope, cell: Cell) -> frozenset[Cell]:
    """The objects from before a loop that one which stands for several in its body may be."""
    pairs = ((other, held, body.heap.get(other)) for other, held in scope.heap.items())
    return frozenset(
        other for other, held, now in pairs
        if other.cls is cell.cls and now is not None and now.frozen and not held.frozen
    )  # fmt: skip


def may_be(scope: Scope, body: Scope, cell: Cell, begun: Contents, now: Contents) -> frozenset[Cell]:
    """The objects that one which a loop leaves may be; `begun` and `now` are what its body had of it."""
    found = begun.maybe | now.maybe
    return found | _candidates(scope, body, cell) if begun.frozen or now.frozen else found


def check_unchanged(
    scope: Scope, node: gast.AST, body: Scope, start: Mapping[Cell, Contents], moved: Iterable[Cell]
) -> None:
    """Refuse a loop that changes an object which a name of its next iteration, one of `moved`, may mean."""
    for cell in moved:
        for other in _candidates(scope, body, cell) if body.heap[cell].frozen else ():
            if body.heap[other].items != start[other].items:
                name = other.name or other.cls.__name__
                scope.frame.context.keep_apart([(node, scope.frame.calls)])
                reason = f"`{name}` is changed in this loop while another name may mean the same object"
                scope.frame.refuse(AliasedMutation, node, reason, "a new object in each iteration")


__all__ = ["check_unchanged", "freeze", "freeze_shared", "may_be", "reachable"]
