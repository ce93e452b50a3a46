"""`index`, `count`, `remove` and `sort` of lists and tuples, where they compare what the program computes."""

from __future__ import annotations

from collections.abc import Callable

import gast

from autodiff_compiler.errors import TypeMismatch
from autodiff_compiler.frontend import stand_ins_lists, whole_lists
from autodiff_compiler.frontend.growing import replaces
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.list_arrays import live, set_buffer, stacked
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.selection import gather
from autodiff_compiler.frontend.stand_ins_lists import order_by
from autodiff_compiler.frontend.values import FALSE, Lowered, Reference, describe
from autodiff_compiler.ir.build import FULL, integer
from autodiff_compiler.ir.nodes import Const, Var
from autodiff_compiler.ir.types import Scalar

NONE = Static(None)


def looked_up(name: str) -> Callable[..., Lowered]:
    """`index` and `count`."""

    def look(scope: Scope, node: gast.AST, base: Lowered, value: Lowered, *bounds: Lowered) -> Lowered:
        items = scope.items(base)
        known = [item.value for item in (*(items or ()), value) if isinstance(item, (Const, Static))]
        if items is not None and not bounds and len(known) == len(items) + 1:
            wanted = known.pop()
            if name == "count":
                return integer(known.count(wanted))
            if wanted not in known:
                scope.frame.refuse(TypeMismatch, node, f"{wanted!r} is not in the {describe(base)[2:]}")
            return integer(known.index(wanted))
        if name == "count":
            return scope.frame.context.inline(scope, node, stand_ins_lists.count_in, [base, value], {})
        given = [base, value, *bounds, *(integer(0), NONE)[len(bounds) :]]
        return scope.frame.context.inline(scope, node, stand_ins_lists.position_in, given, {})

    return look


def count_of(scope: Scope, node: gast.AST, base: Reference, value: Lowered) -> Lowered:
    """`list.count` of a list of unknown length."""
    if isinstance(base.cell.item, Scalar) and isinstance(value, (Var, Const)):
        return whole_lists.count_of(scope, node, base, value)
    return looked_up("count")(scope, node, base, value)


def remove(scope: Scope, node: gast.AST, base: Reference, value: Lowered) -> Lowered:
    """`list.remove`."""
    return scope.frame.context.inline(scope, node, stand_ins_lists.remove_from, [base, value], {})


def sort(
    scope: Scope, node: gast.AST, base: Reference, key: Lowered = NONE, reverse: Lowered = FALSE
) -> Lowered:
    """`list.sort(key=..., reverse=...)`: the items, with all that they are made of, change their places."""
    inline = scope.frame.context.inline
    order = inline(scope, node, order_by, [base, key, reverse], {})
    assert isinstance(order, Var)
    replaces(scope, base, "the list has been sorted since this object was read off it")
    assert base.cell.item is not None
    for number, kind in enumerate(stacked(base.cell.item)):
        whole = live(scope, base, number)
        set_buffer(scope, base, number, gather(scope, node, whole, (order, *[FULL] * (kind.rank - 1))))
    return NONE


__all__ = ["count_of", "looked_up", "remove", "sort"]
