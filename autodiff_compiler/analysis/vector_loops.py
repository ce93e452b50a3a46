"""Which loops LLVM can vectorise: those where no iteration reads what another wrote, but for sums."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from autodiff_compiler.analysis.uses import uses_in
from autodiff_compiler.ir.nodes import (
    Apply,
    Assign,
    Atom,
    Const,
    Dim,
    For,
    If,
    Load,
    Statement,
    Store,
    Value,
    Var,
)
from autodiff_compiler.ir.types import Scalar
from autodiff_compiler.ir.walk import defined, statements


def sums_of(loop: For) -> frozenset[Var] | None:
    """The carries of a loop that can be vectorised, all of them sums; None for any other loop.

    Whether arrays of two names overlap is left to LLVM, which looks when the loop starts.
    """
    parts = list(statements(loop.body))
    if not all(isinstance(part, (Assign, If, Store)) for part in parts):
        return None
    values = {part.target: part.value for part in parts if isinstance(part, Assign)}
    if not all(isinstance(value, (Apply, Dim, Load)) for value in values.values()):
        return None
    if not all(isinstance(target.type, Scalar) for target in values):
        return None
    counts = uses_in(loop.body)
    for carry, following in zip(loop.carries, loop.body.yields, strict=True):
        if not _adds(carry.inside, following, values, counts):
            return None
    return frozenset(carry.inside for carry in loop.carries) if _apart(loop, parts, values) else None


def _adds(inside: Var, following: Atom, values: Mapping[Var, Value], counts: Counter[Var]) -> bool:
    """Whether the next value is the present one and something, and nothing else looks at either."""
    value = values.get(following) if isinstance(following, Var) else None
    return (
        isinstance(value, Apply)
        and value.operator == "add"
        and value.operands.count(inside) == 1
        and inside.type in (Scalar("float64"), Scalar("float32"))
        and counts[inside] == 1
        and counts[following] == 1  # type: ignore[index]
    )


def _apart(loop: For, parts: Sequence[Statement], values: Mapping[Var, Value]) -> bool:
    """Whether each iteration has elements of its own in the arrays that the loop writes."""
    places: dict[Var, set[tuple[Atom, ...]]] = {}
    stored = {part.array for part in parts if isinstance(part, Store)}
    for part in parts:
        match part:
            case Store(array, index) | Assign(value=Load(array, index)) if array in stored:
                places.setdefault(array, set()).add(index)
    moving = {loop.index} | {target for target, value in values.items() if _shifted(value, loop.index)}
    computed = {target for part in parts for target in defined(part)} - moving
    return all(
        len(indices) == 1
        and any(atom in moving for index in indices for atom in index)
        and not any(atom in computed for index in indices for atom in index)
        for indices in places.values()
    )


def _shifted(value: Value, index: Var) -> bool:
    """Whether the value is the index of the loop and something constant."""
    if not isinstance(value, Apply) or value.operator not in ("add", "subtract"):
        return False
    return index in value.operands and any(isinstance(atom, Const) for atom in value.operands)
