"""Finding what a recursive function returns: first, paths that need its own result are left out.

While that is unknown, a call of the function raises ResultUnknown. The branch or loop around it is lowered as
if it were never taken, so that the other paths tell the kind of the result. What is lowered so is thrown away.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from autodiff_compiler.frontend.scope import Scope

T = TypeVar("T")


class ResultUnknown(Exception):
    """The result of a recursive call is needed before it is known what the function returns."""

    def __init__(self, unit: object) -> None:
        super().__init__(unit)
        self.unit = unit


def lower_arms(scope: Scope, arms: tuple[Scope, Scope], *work: Callable[[Scope], T]) -> tuple[T, ...]:
    """What lowering each arm of a branch gives; of the known one alone, which then is part of `scope`."""
    found: list[T] = []
    unknown: ResultUnknown | None = None
    for arm, lower in zip(arms, work, strict=True):
        try:
            found.append(lower(arm))
        except ResultUnknown as error:
            if unknown is not None:
                raise
            unknown = error
            taken = arms[1] if arm is arms[0] else arms[0]
    if unknown is not None:
        scope.builder.statements += taken.builder.statements
        scope.names.update(taken.names)
        scope.heap.update(taken.heap)
    return tuple(found)


def lower_loop(scope: Scope, work: Callable[[], None]) -> None:
    """Lower a loop; one whose body needs what is unknown counts as one without iterations."""
    mark, names, heap = len(scope.builder.statements), dict(scope.names), dict(scope.heap)
    try:
        work()
    except ResultUnknown:
        del scope.builder.statements[mark:]
        scope.names.clear()
        scope.names.update(names)
        scope.heap.clear()
        scope.heap.update(heap)
