"""`in`: whether a key, an item or a part of a text is held."""

from __future__ import annotations

from collections.abc import Callable

import gast

from autodiff_compiler.errors import UnsupportedSyntax
from autodiff_compiler.frontend import whole_lists
from autodiff_compiler.frontend.dicts import key_value, static_key
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import FALSE, Lowered, Reference, TupleValue, describe
from autodiff_compiler.ir.nodes import Atom, Const, Var
from autodiff_compiler.ir.types import BOOL


def contains(
    scope: Scope, node: gast.AST, item: Lowered, holder: Lowered, equal: Callable[[Lowered], Lowered]
) -> Atom:
    """The truth of `item in holder`; `equal` compares the item with another value."""
    if isinstance(holder, Reference) and holder.cell.cls is dict:
        held = scope.contents(holder).items
        if not isinstance(item, (Var, TupleValue)):
            binding = held.get(static_key(scope, node, item))
            return FALSE if binding is None else binding.defined
        found: Atom = FALSE
        for key, binding in held.items():
            same = scope.condition(equal(key_value(key)), node)
            found = _either(scope, found, _both(scope, same, binding.defined))
        return found
    if isinstance(holder, Reference) and holder.cell.item is not None:
        return whole_lists.contains(scope, node, holder, item)
    known = scope.items(holder)
    if known is not None:
        found = FALSE
        for other in known:
            same = scope.condition(equal(other), node)
            found = _either(scope, found, same)
        return found
    if isinstance(holder, Static) and isinstance(item, (Static, Const)):
        try:
            return Const(item.value in holder.value, BOOL)  # type: ignore[operator]  # as Python does
        except TypeError as error:
            scope.frame.refuse(UnsupportedSyntax, node, str(error), "a tuple or a dict")
    scope.frame.refuse(
        UnsupportedSyntax, node, f"membership in {describe(holder)} is not supported",
        "a tuple, or np.any(a == x)",
    )  # fmt: skip


def _both(scope: Scope, first: Atom, second: Atom) -> Atom:
    if isinstance(first, Const):
        return second if first.value else first
    if isinstance(second, Const):
        return first if second.value else second
    return scope.apply("logical_and", (first, second), BOOL)


def _either(scope: Scope, first: Atom, second: Atom) -> Atom:
    if isinstance(first, Const):
        return first if first.value else second
    if isinstance(second, Const):
        return second if second.value else first
    return scope.apply("logical_or", (first, second), BOOL)
