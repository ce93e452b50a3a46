"""Operators of lists, tuples and dicts."""

from __future__ import annotations

import gast

from autodiff_compiler.errors import TypeMismatch, UnsupportedSyntax
from autodiff_compiler.frontend import growing, whole_lists
from autodiff_compiler.frontend.containers import new_dict, new_list, pairs_of
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import Lowered, Reference, TupleValue, describe
from autodiff_compiler.ir.build import FULL
from autodiff_compiler.ir.nodes import Const, Var
from autodiff_compiler.ir.types import is_integer


def combined(scope: Scope, node: gast.AST, name: str, left: Lowered, right: Lowered) -> Lowered | None:
    """An operator of containers or strings; None where it is one of numbers and arrays."""
    if name == "add" and _is_sequence(left) and _is_sequence(right):
        return _concatenated(scope, node, left, right)
    if name == "multiply":
        for items, times in ((left, right), (right, left)):
            if _is_sequence(items) and isinstance(times, (Var, Const)) and is_integer(times.type):
                return _repeated(scope, node, items, times)
    if name == "bitwise_or" and _is_dict(left) and _is_dict(right):
        return new_dict(scope, node, {**pairs_of(scope, node, left), **pairs_of(scope, node, right)})
    return None


def _is_sequence(value: Lowered) -> bool:
    return isinstance(value, TupleValue) or (isinstance(value, Reference) and value.cell.cls is list)


def _is_dict(value: Lowered) -> bool:
    return isinstance(value, Reference) and value.cell.cls is dict


def _concatenated(scope: Scope, node: gast.AST, left: Lowered, right: Lowered) -> Lowered:
    first, second = scope.items(left), scope.items(right)
    if first is not None and second is not None:
        both = (*first, *second)
        return TupleValue(both) if isinstance(left, TupleValue) else new_list(scope, node, both)
    if not isinstance(left, Reference) or not isinstance(right, Reference):
        scope.frame.refuse(TypeMismatch, node, f"{describe(left)} and {describe(right)} cannot be joined")
    if first is not None:
        assert right.cell.item is not None
        site = (node, scope.frame.calls)
        item = scope.frame.context.growing.get(site, right.cell.item)
        made = growing.make(scope, node, site, item, first)
    else:
        made = whole_lists.part_of(scope, node, left, FULL)
    if second is None:
        whole_lists.extend(scope, node, made, right)
    for value in second or ():
        growing.append(scope, node, made, value)
    return made


def _repeated(scope: Scope, node: gast.AST, value: Lowered, times: Var | Const) -> Lowered:
    items = scope.items(value)
    if items is None:
        reason = "a list of unknown length is repeated"
        scope.frame.refuse(UnsupportedSyntax, node, reason, "a loop that extends a new list")
    site = (node, scope.frame.calls)
    if isinstance(value, TupleValue):
        return TupleValue(items * scope.known_integer(times, node, "how often a tuple is repeated"))
    if isinstance(times, Const) and (len(items) * int(times.value) <= MAX_COPIES or len(items) != 1):
        return new_list(scope, node, items * int(times.value))
    return whole_lists.repeated(scope, node, items, times, site)


MAX_COPIES = 64  # beyond it a list of one number over and over is kept in an array


__all__ = ["combined"]
