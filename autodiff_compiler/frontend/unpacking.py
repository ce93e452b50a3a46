"""Which value each part of a target gets."""

from __future__ import annotations

from collections.abc import Sequence

import gast

from autodiff_compiler.errors import TypeMismatch
from autodiff_compiler.frontend.containers import new_list
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import Lowered


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
