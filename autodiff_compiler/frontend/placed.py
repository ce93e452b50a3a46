"""Objects that are put where items of lists of unknown length are, or in parts of these."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

import gast

from autodiff_compiler.errors import AliasedMutation, TypeMismatch
from autodiff_compiler.frontend.context import Again
from autodiff_compiler.frontend.kinds import Record
from autodiff_compiler.frontend.list_arrays import POSITION, ask_width, holds_arrays, sizes_of, stacked
from autodiff_compiler.frontend.stacking import (
    Differs,
    ask_wider,
    flatten,
    is_same_item,
    rewrites,
    settle_in,
    with_part,
    write_item,
)
from autodiff_compiler.frontend.value_kinds import common_kind, describe_kind, form_of, has_objects
from autodiff_compiler.frontend.values import (
    Binding,
    Cell,
    Contents,
    Lowered,
    Place,
    Reference,
    TupleValue,
    Undefined,
    describe,
)
from autodiff_compiler.ir.nodes import Const, Var

if TYPE_CHECKING:
    from autodiff_compiler.frontend.scope import Scope

_REPLACED = "another object has been put where this one was in a list, since it was read off it"


def put_in_place(scope: Scope, node: gast.AST, held: Contents, key: object, value: Lowered) -> None:
    """Change what an object that is an item of a list holds."""
    place, position = held.place, held.items[POSITION].value
    assert place is not None
    assert isinstance(place.kind, Record)  # a list is changed by its own methods
    if isinstance(position, Undefined):
        scope.frame.refuse(AliasedMutation, node, position.reason, "the item read off the list again")
    assert isinstance(position, (Var, Const))
    if key not in place.kind.keys:
        reason = f"the items of this list get something new, `{key}`, that they were not made with"
        scope.frame.refuse(TypeMismatch, node, reason, "all attributes from the start")
    number = place.kind.keys.index(key)
    kind = place.kind.items[number]
    first = place.first + sum(len(stacked(item)) for item in place.kind.items[:number])
    why = scope.frame.context.shared.get(place.of.site)
    if why is not None:
        scope.frame.refuse(AliasedMutation, node, why, "copies of the objects for one of the lists")
    if is_same_item(scope, value, place.of, first, position):
        return
    try:
        atoms = list(flatten(scope, value, kind))
    except Differs:
        widen(scope, node, place, number, value)
    if holds_arrays(kind):
        rewrites(scope, place.of)
        scope.frame.context.appending.add(scope.frame.at(node))
    if has_objects(kind):
        check_shared(scope, node, place.of, value)
        _overwrite(scope, place.of, first, len(atoms))
    ask_width(scope, place.of, first, [sizes_of(scope, atom) for atom in atoms])
    write_item(scope, node, place.of, first, atoms, position)
    settle_in(scope, value, place.of, first, kind, position)


def _overwrite(scope: Scope, of: Cell, first: int, count: int) -> None:
    """Objects in these arrays of a list are replaced: what was read off them is used no more."""
    for cell, held in list(scope.heap.items()):
        if held.place is not None and held.place.of is of and first <= held.place.first < first + count:
            inside = held.place.first + len(stacked(held.place.kind)) <= first + count
            if inside:
                gone = {key: Binding(Undefined(_REPLACED)) for key in held.items}
                scope.heap[cell] = Contents(gone, held.frozen, held.place)


def widen(scope: Scope, node: gast.AST, place: Place, number: int, value: Lowered) -> NoReturn:
    """Ask for a list whose items can hold the value too."""
    assert isinstance(place.kind, Record)
    kind = place.kind.items[number]
    given = form_of(scope, value)
    wider = None if given is None else common_kind(kind, given)
    if wider not in (None, kind) and place.of.item is not None:
        items = (*place.kind.items[:number], wider, *place.kind.items[number + 1 :])
        changed = with_part(place.of.item, place.first, place.kind, replace(place.kind, items=items))
        ask_wider(scope, place.of.site, changed, place.of)
    reason = f"{describe(value)} is put where the items of this list have {describe_kind(kind)}"
    scope.frame.refuse(TypeMismatch, node, reason, "one type for all items from the start")


def check_shared(
    scope: Scope, node: gast.AST, of: Cell, value: Lowered, seen: set[Cell] | None = None
) -> None:
    """An object that is kept in a list is one of two if it is elsewhere too: neither may change it."""
    seen = set() if seen is None else seen
    if isinstance(value, TupleValue):
        for item in value.items:
            check_shared(scope, node, of, item, seen)
    if not isinstance(value, Reference):
        return
    held = scope.heap[value.cell]
    if value.cell in seen:
        _keep(scope, node, of, "the object is in two places of one item of a list")
    elif held.place is not None:
        share(scope, node, of, held.place.of)
    elif held.joins:
        _keep(scope, node, of, "the object may or may not be one that is known otherwise")
    elif value.cell.item is None:
        seen.add(value.cell)
        for binding in held.items.values():
            check_shared(scope, node, of, binding.value, seen)
    else:
        seen.add(value.cell)


def share(scope: Scope, node: gast.AST, *cells: Cell) -> None:
    """Note that two lists hold the same objects, so that nothing changes them in either."""
    for cell in cells:
        _keep(scope, node, cell, "the object is an item of two lists")


def _keep(scope: Scope, node: gast.AST, cell: Cell, reason: str) -> None:
    """Note that nothing may change the objects in a list."""
    shared = scope.frame.context.shared
    if has_objects(cell.item) and cell.site not in shared:
        shared[cell.site] = f"{reason} (line {scope.frame.at(node).line}), and is changed here"
        raise Again


__all__ = ["check_shared", "put_in_place", "share"]
