"""Operators of lists, tuples, dicts and strings, and strings known while compiling."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence

import gast

from autodiff_compiler.errors import TypeMismatch, UnsupportedSyntax
from autodiff_compiler.frontend import growing
from autodiff_compiler.frontend.containers import new_dict, new_list, pairs_of
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.stacking import FULL
from autodiff_compiler.frontend.values import Lowered, Reference, TupleValue, describe, literal
from autodiff_compiler.ir.nodes import Const, Var
from autodiff_compiler.ir.types import is_integer

STRINGS: dict[str, Callable[..., object]] = {
    "add": operator.add, "multiply": operator.mul, "remainder": operator.mod,
}  # fmt: skip


def combined(scope: Scope, node: gast.AST, name: str, left: Lowered, right: Lowered) -> Lowered | None:
    """An operator of containers or strings; None where it is one of numbers and arrays."""
    if name in STRINGS and (_is_text(left) or _is_text(right)):
        operands = [text_of(scope, node, value) for value in (left, right)]
        made = STRINGS[name](*operands)
        known = literal(made)
        return known if known is not None else Static(made)
    if name == "add" and _is_sequence(left) and _is_sequence(right):
        return _concatenated(scope, node, left, right)
    if name == "multiply":
        for items, times in ((left, right), (right, left)):
            if _is_sequence(items) and isinstance(times, (Var, Const)) and is_integer(times.type):
                return _repeated(scope, node, items, times)
    if name == "bitwise_or" and _is_dict(left) and _is_dict(right):
        return new_dict(scope, node, {**pairs_of(scope, node, left), **pairs_of(scope, node, right)})
    return None


def _is_text(value: Lowered) -> bool:
    return isinstance(value, Static) and isinstance(value.value, str)


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
        made = growing.part_of(scope, node, left, FULL)
    if second is None:
        growing.extend(scope, node, made, right)
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
    return growing.repeated(scope, node, items, times, site)


MAX_COPIES = 64  # beyond it a list of one number over and over is kept in an array


# ---------------------------------------------------------------- strings


def text_of(scope: Scope, node: gast.AST, value: Lowered) -> object:
    """A value known while compiling, to be put into a string."""
    if isinstance(value, (Static, Const)):
        return value.value
    if isinstance(value, TupleValue):
        return tuple(text_of(scope, node, item) for item in value.items)
    scope.frame.context.need_static(value)
    reason = f"{describe(value)} that is only known when the function runs is put into a string"
    scope.frame.refuse(TypeMismatch, node, reason, "a value known while compiling")


def string_method(
    scope: Scope, node: gast.AST, target: Callable[..., object], arguments: Sequence[Lowered]
) -> Lowered:
    """A method of a string, on values known while compiling."""
    given = []
    for argument in arguments:
        listed = argument if _is_text(argument) or isinstance(argument, Const) else None
        found = listed or scope.frame.context.listed(scope, node, argument)
        items = scope.items(found)
        given.append(text_of(scope, node, found if items is None else TupleValue(items)))
    made = target(*given)
    known = literal(made)
    return known if known is not None else Static(made)


__all__ = ["combined", "string_method", "text_of"]
