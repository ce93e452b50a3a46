"""What two branches leave that differs: names, and what lists, dicts and objects hold."""

from __future__ import annotations

from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import Binding, Cell, Contents, Lowered, Text, Undefined

MISSING = Binding(Undefined())


def is_missing(value: Lowered) -> bool:
    """Whether a name has no value."""
    return isinstance(value, Undefined) and not isinstance(value, Text)


def changed_names(arms: tuple[Scope, Scope]) -> list[tuple[str, tuple[Binding, Binding]]]:
    """The names that stand for something else after one arm than after the other."""
    then, orelse = arms[0].names, arms[1].names
    names = dict.fromkeys((*then, *orelse))
    pairs = ((name, (then.get(name, MISSING), orelse.get(name, MISSING))) for name in names)
    return [(name, both) for name, both in pairs if both[0] is not both[1]]


def changed_cells(scope: Scope, arms: tuple[Scope, Scope]) -> list[tuple[Cell, tuple[Contents, Contents]]]:
    """What is known before the branch and holds something else after one arm than after the other."""
    pairs = ((cell, (arms[0].heap[cell], arms[1].heap[cell])) for cell in scope.heap)
    return [(cell, both) for cell, both in pairs if both[0] is not both[1]]


__all__ = ["MISSING", "changed_cells", "changed_names", "is_missing"]
