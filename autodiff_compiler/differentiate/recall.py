"""A builder of reverse statements that applies no costly operator where the forward sweep has done so."""

from __future__ import annotations

from collections.abc import Iterable

from autodiff_compiler.ir.build import Builder
from autodiff_compiler.ir.nodes import Apply, Assign, Statement, Value, Var
from autodiff_compiler.ir.types import Scalar, Type
from autodiff_compiler.location import Location
from autodiff_compiler.operators import registry
from autodiff_compiler.operators.entry import Elementwise

Known = dict[object, Var]


class Recall(Builder):
    """Gives the forward sweep's variable where it holds what is to be assigned.

    The derivative of a sine needs the cosine that often stands next to it. Whether the variable is saved or
    computed again is decided later, as for all forward values.
    """

    def __init__(self, at: Location | None = None, known: Known | None = None) -> None:
        super().__init__(at)
        self.known: Known = {} if known is None else known

    def assign(self, value: Value, kind: Type, name: str = "") -> Var:
        """Append `name = value` unless it is known; the variable that holds the value."""
        found = self.known.get(_key(value)) if isinstance(value, Apply) else None
        if found is not None and found.type.dtype == kind.dtype:
            return found
        return super().assign(value, kind, name)


def costly(statements: Iterable[Statement]) -> Known:
    """What the statements compute by operators that cost more than reading memory."""
    return {
        _key(item.value): item.target for item in statements
        if isinstance(item, Assign) and isinstance(item.target.type, Scalar) and isinstance(item.value, Apply)
        and _is_costly(item.value)
    }  # fmt: skip


def _is_costly(value: Apply) -> bool:
    entry = registry.by_name(value.operator)
    return isinstance(entry, Elementwise) and not entry.cheap


def _key(value: Apply) -> object:
    atoms = tuple(item if isinstance(item, Var) else repr(item.value) for item in value.operands)
    return value.operator, atoms, value.attributes
