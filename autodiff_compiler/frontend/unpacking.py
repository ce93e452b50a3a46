"""Which value each part of a target gets."""

from __future__ import annotations

from collections.abc import Sequence

import gast

from autodiff_compiler.errors import TypeMismatch
from autodiff_compiler.frontend.containers import get_item, new_list, read_slice
from autodiff_compiler.frontend.failures import require
from autodiff_compiler.frontend.indexing import element_or_view
from autodiff_compiler.frontend.list_arrays import length_atom
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import Lowered, Reference
from autodiff_compiler.ir.build import FULL, array_type, integer
from autodiff_compiler.ir.nodes import Guard, Slice, Var
from autodiff_compiler.ir.types import BOOL, Array


def is_uncounted(value: Lowered) -> bool:
    """Whether a value is an array, or a list whose length is only known when the function runs."""
    if isinstance(value, Reference):
        return value.cell.item is not None
    return isinstance(value, Var) and isinstance(value.type, Array)


def items_of(scope: Scope, node: gast.AST, value: Lowered, count: int, otherwise: str) -> list[Lowered]:
    """So many items of an uncounted value; `otherwise` ends what is said where it has not so many."""
    if isinstance(value, Reference):
        size, name = length_atom(scope, value), value.cell.name
    else:
        assert isinstance(value, Var)
        size, name = scope.builder.dim(value, 0), value.name
    same = scope.apply("equal", (size, integer(count)), BOOL)
    message = f"{{}} values of `{name}` {otherwise}"
    scope.builder.add(Guard(same, message, (size,), "ShapeMismatch", scope.frame.at(node)))
    if isinstance(value, Reference):
        return [get_item(scope, node, value, integer(k)) for k in range(count)]
    rest = (FULL,) * (array_type(value).rank - 1)
    return [element_or_view(scope, value, (integer(k), *rest)) for k in range(count)]


def spread_over(
    scope: Scope, target: gast.Tuple | gast.List, items: Sequence[Lowered]
) -> list[tuple[gast.AST, Lowered]]:
    """The parts of a target with their values; a starred part gets a list of what the others leave."""
    parts = list(target.elts)
    star = next((k for k, part in enumerate(parts) if isinstance(part, gast.Starred)), None)
    if len(items) < len(parts) - (star is not None) or (star is None and len(items) != len(parts)):
        wanted = f"{len(parts)}" if star is None else f"at least {len(parts) - 1}"
        scope.frame.refuse(
            TypeMismatch, target, f"{len(items)} values cannot be unpacked into {wanted} names"
        )
    if star is None:
        return list(zip(parts, items, strict=True))
    after = len(items) - (len(parts) - star - 1)
    values = [*items[:star], new_list(scope, parts[star], items[star:after]), *items[after:]]
    parts[star] = parts[star].value
    return list(zip(parts, values, strict=True))


def spread_growing(
    scope: Scope, target: gast.Tuple | gast.List, value: Reference
) -> list[tuple[gast.AST, Lowered]]:
    """The same for a list of unknown length."""
    parts, length = list(target.elts), length_atom(scope, value)
    star = next((k for k, part in enumerate(parts) if isinstance(part, gast.Starred)), None)
    least = integer(len(parts) - (star is not None))
    fits = scope.apply("equal" if star is None else "greater_equal", (length, least), BOOL)
    require(scope, target, fits, ValueError, f"{len(parts)} names do not fit the values to unpack")
    found: list[tuple[gast.AST, Lowered]] = []
    for k, part in enumerate(parts):
        if k == star:
            stop = None if k == len(parts) - 1 else integer(k + 1 - len(parts))
            found.append((part.value, read_slice(scope, part, value, Slice(integer(k), stop, None))))
        else:
            place = k if star is None or k < star else k - len(parts)
            found.append((part, get_item(scope, part, value, integer(place))))
    return found
