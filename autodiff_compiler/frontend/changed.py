"""Which names and objects two branches leave different."""

from __future__ import annotations

from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import Binding, Cell, Contents, Lowered, Text, Undefined

MISSING = Binding(Undefined())


def is_missing(value: Lowered) -> bool:
    """Whether a name has no value."""
    return isinstance(value, Undefined) and not isinstance(value, Text)


def changed_names(arms: tuple[Scope, Scope]) -> list[tuple[str, tuple[Binding, Binding]]]:
    """The names that mean different things after the arms, with both."""
    then, orelse = arms[0].names, arms[1].names
    names = dict.fromkeys((*then, *orelse))
    pairs = ((name, (then.get(name, MISSING), orelse.get(name, MISSING))) for name in names)
    return [(name, both) for name, both in pairs if both[0] is not both[1]]


def changed_cells(scope: Scope, arms: tuple[Scope, Scope]) -> list[tuple[Cell, tuple[Contents, Contents]]]:
    """The objects from before the arms that hold different things after them, with both."""
    pairs = ((cell, (arms[0].heap[cell], arms[1].heap[cell])) for cell in scope.heap)
    return [(cell, both) for cell, both in pairs if both[0] is not both[1]]
