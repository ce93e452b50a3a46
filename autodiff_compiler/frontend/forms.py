"""The form of a value, apart from its numbers: read off one value, filled with others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NoReturn

import gast

from autodiff_compiler.errors import TypeMismatch
from autodiff_compiler.frontend.context import NeedsGrowing, NeedsUnrolling
from autodiff_compiler.frontend.kinds import Kind, Parted, Record, Static, Uniform
from autodiff_compiler.frontend.list_arrays import LENGTH, stacked
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.value_kinds import common_kind, describe_kind, form_of, wider_kind
from autodiff_compiler.frontend.values import (
    Binding,
    Cell,
    Contents,
    Either,
    Lowered,
    Partial,
    Reference,
    TupleValue,
    Undefined,
    buffer_key,
    literal,
)
from autodiff_compiler.ir.nodes import Const, Var
from autodiff_compiler.ir.types import INT, Array, Scalar

Leaf = Callable[[Scalar | Array], Lowered]


def filled(scope: Scope, kind: Kind, leaf: Leaf, name: str = "") -> Lowered:
    """A value of this form whose numbers and arrays are made by `leaf`, in order."""
    match kind:
        case Static(value=value):
            known = literal(value)
            return known if known is not None else kind
        case Record(cls=cls, keys=keys, items=items):
            values = [filled(scope, item, leaf, name) for item in items]
            if issubclass(cls, tuple):
                return TupleValue(tuple(values), cls)
            return scope.make(cls, dict(zip(keys, values, strict=True)), name)
        case Scalar() | Array():
            return leaf(kind)
        case Parted():
            return Undefined("an array of a list whose arrays have different lengths cannot be made here")
        case Uniform(item=item):
            found: dict[object, Lowered] = {LENGTH: leaf(INT)}
            found |= {buffer_key(number): leaf(array) for number, array in enumerate(stacked(item))}
            return scope.make(list, found, name, item=item)
        case _:
            return Undefined(f"a {kind} cannot be made here")


def placeholder(
    scope: Scope, value: Lowered, heap: dict[Cell, Contents], known: dict[Cell, Cell] | None = None
) -> Lowered:
    """A value of the same form, for a path on which nothing reads it; `heap` holds the original.

    `known` are the copies made for it so far, of objects that may lead back to themselves.
    """
    known = {} if known is None else known
    match value:
        case Var() | Const():
            return scope.builder.placeholder(value.type, "unused")
        case TupleValue(items=items, cls=cls):
            return TupleValue(tuple(placeholder(scope, item, heap, known) for item in items), cls)
        case Reference(cell=cell):
            if cell in scope.heap:
                return value
            if cell in known:
                return Reference(known[cell])
            made = known[cell] = replace(cell)
            held = heap[cell].items
            scope.heap[made] = Contents({key: Binding(Undefined()) for key in held})
            copies = {key: Binding(placeholder(scope, item.value, heap, known)) for key, item in held.items()}
            scope.heap[made] = replace(heap[cell], items=copies)
            return Reference(made)
        case Partial(function=function, arguments=arguments, keywords=keywords):
            return Partial(
                placeholder(scope, function, heap, known),
                tuple(placeholder(scope, item, heap, known) for item in arguments),
                tuple((key, placeholder(scope, item, heap, known)) for key, item in keywords),
            )
        case Either(condition=condition, then=then, orelse=orelse):
            sides = (placeholder(scope, side, heap, known) for side in (then, orelse))
            return Either(scope.builder.placeholder(condition.type, "unused"), *sides)
        case _:
            return value


def growing_kind(scope: Scope, held: Contents) -> Kind | None:
    """The kind of the items of a list that is to have any length; None where they have none in common."""
    forms = [form_of(scope, binding.value) for binding in held.items.values()]
    item = forms[0] if forms else None
    for form in forms[1:]:
        item = common_kind(item, form) if item is not None and form is not None else None
    return item


def _rows_kind(forms: Sequence[Kind | None]) -> Kind | None:
    """The kind of items that are lists of different lengths."""
    found = forms[0] if forms else None
    for form in forms[1:]:
        found = wider_kind(found, form) if found is not None and form is not None else None
    return found


def need_growing(scope: Scope, node: gast.AST, cell: Cell, held: Contents) -> NoReturn:
    """Ask for a list that can have any length, made where this one is; `held` is what it may hold."""
    forms = [form_of(scope, binding.value) for binding in held.items.values()]
    item = growing_kind(scope, held) or _rows_kind(forms)
    subject = f"`{cell.name}`" if cell.name != "list" else "this list"
    if item is None:
        what = " and ".join(dict.fromkeys(describe_kind(form) for form in forms if form is not None))
        reason = f"how long {subject} is is only known when the function runs, and its items are not alike"
        reason += f": {what}" if what else ""
        scope.frame.refuse(TypeMismatch, node, reason, "items of one type, or one list for each")
    if cell.site is None:
        reason = (
            f"the length of {subject} changes here, which is not supported for a list that was made elsewhere"
        )
        scope.frame.refuse(TypeMismatch, node, reason, "a new list: list(...)")
    raise NeedsGrowing(cell.site, item)


def need_uniform(scope: Scope, node: gast.AST, cell: Cell, held: Contents) -> NoReturn:
    """Ask for a list that can have any length, as the body of a loop changes its length."""
    if growing_kind(scope, held) is None:
        raise NeedsUnrolling("a list changes its length here whose items are not of one form")
    need_growing(scope, node, cell, held)


def unite_lists(scope: Scope, node: gast.AST, first: Lowered, last: Lowered) -> None:
    """Where a name is bound to lists of different lengths: ask for lists that can have any."""
    for item, other in ((first, last), (last, first)):
        if not (isinstance(item, Reference) and isinstance(other, Reference)):
            continue
        if item.cell.item is not None and other.cell.item is not None and item.cell.site is not None:
            wider = common_kind(item.cell.item, other.cell.item)
            if wider not in (None, item.cell.item) and item.cell.cls is other.cell.cls is list:
                raise NeedsGrowing(item.cell.site, wider)
        if item.cell.cls is not list or other.cell.cls is not list or item.cell.item is not None:
            continue
        held = scope.heap[item.cell]
        if not held.items and other.cell.item is not None and item.cell.site is not None:
            raise NeedsGrowing(item.cell.site, other.cell.item)
        need_growing(scope, node, item.cell, held if held.items else scope.heap[other.cell])


__all__ = ["filled", "need_growing", "need_uniform", "placeholder", "unite_lists"]
