"""Items of lists of unknown length, kept as arrays: one for each number or array that an item is made of.

The contents of such a list are its length and these arrays, which may be longer than the list. An item that
is an object is read as one that holds its position: what is read off it is read off the arrays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import gast
import numpy as np

from autodiff_compiler.errors import AliasedMutation
from autodiff_compiler.frontend.context import Again, NeedsGrowing
from autodiff_compiler.frontend.given_lists import item_changes
from autodiff_compiler.frontend.kinds import Kind, Opaque, Parted, Ragged, Record, Static, Uniform, list_kind
from autodiff_compiler.frontend.list_arrays import (
    LENGTH,
    NESTED,
    POSITION,
    buffer,
    length_atom,
    live,
    note_write,
    part_of,
    parts_of_row,
    ragged_axes,
    row,
    stacked,
)
from autodiff_compiler.frontend.make_room import DIFFERENT
from autodiff_compiler.frontend.value_kinds import common_kind, form_of
from autodiff_compiler.frontend.values import (
    Binding,
    Cell,
    Contents,
    Lowered,
    Place,
    Reference,
    TupleValue,
    Undefined,
    buffer_key,
    join,
    literal,
)
from autodiff_compiler.ir.build import FULL, array_type, as_variable
from autodiff_compiler.ir.nodes import Apply, Atom, Const, Given, Guard, Load, Slice, Store, Var, View
from autodiff_compiler.ir.types import BOOL, Array, Scalar, rank_of

if TYPE_CHECKING:
    from autodiff_compiler.frontend.scope import Scope

HELD = "this list is an item of another list by now, and is changed here"
CHANGED_ITEM = (
    "an array that is an item of a list of unknown length is changed in place",
    "a new array: items[i] = items[i] + ...",
)


class Differs(Exception):
    """A value has not the form that the items of a list have."""


# ---------------------------------------------------------------- taking a value apart


def flatten(scope: Scope, value: Lowered, kind: Kind) -> Iterator[Atom]:
    """The numbers and arrays that a value of this kind is made of; raises Differs where it is of another."""
    match kind, value:
        case (Scalar() | Array(), Var() | Const()):
            if join(kind, value.type) != kind:
                raise Differs
            yield scope.cast(value, Scalar(kind.dtype))
        case (Parted(), Var(type=Array())):
            yield from _flat_part(scope, value, kind)
        case (Opaque(), Undefined()):
            pass
        case (Static(value=object_), _):
            known = literal(object_)
            if value not in (known, kind):
                raise Differs
        case (Record(), TupleValue() | Reference()):
            for item, inner in _items_of(scope, value, kind):
                yield from flatten(scope, item, inner)
        case (Uniform(), Reference()) if not isinstance(kind, Parted):
            yield from _flat_list(scope, value, kind)
        case _:
            raise Differs


def _flat_part(scope: Scope, value: Var, kind: Parted) -> Iterator[Atom]:
    """An array in a list where each has its own number of rows: that number, and the array."""
    rows, given = kind.item, value.type
    if not isinstance(rows, (Scalar, Array)) or rank_of(given) != rank_of(rows) + 1:
        raise Differs
    if np.result_type(given.dtype, rows.dtype) != rows.dtype:
        raise Differs
    yield scope.builder.dim(value, 0)
    yield scope.cast(value, Scalar(rows.dtype))


def _flat_list(scope: Scope, value: Reference, kind: Uniform) -> Iterator[Atom]:
    """A list in a list: its arrays, and before them its length where each has its own."""
    if isinstance(kind, Ragged) and value.cell.cls is list and value.cell.item is None:
        _need_any_length(scope, value, kind.item)
    if not _fits(value.cell.item, kind.item):
        raise Differs
    if isinstance(kind, Ragged):
        yield length_atom(scope, value)
    for number, array in enumerate(stacked(kind.item)):
        yield scope.cast(live(scope, value, number), Scalar(array.dtype))


def _need_any_length(scope: Scope, value: Reference, item: Kind) -> None:
    """Ask for a list that can have any length, to be put where lists are of which each has its own."""
    wider: Kind | None = item
    for binding in scope.contents(value).items.values():
        form = form_of(scope, binding.value)
        wider = common_kind(wider, form) if wider is not None and form is not None else None
    if wider is None or value.cell.site is None:
        raise Differs
    raise NeedsGrowing(value.cell.site, wider)


def _items_of(scope: Scope, value: TupleValue | Reference, kind: Record) -> Iterator[tuple[Lowered, Kind]]:
    """What a tuple, list, dict or object holds, each with the kind it should have."""
    if isinstance(value, TupleValue):
        items, fits = value.items, value.cls is kind.cls and len(value.items) == len(kind.items)
    else:
        held = scope.contents(value).items if value.cell.item is None else {}
        items = tuple(binding.value for binding in held.values())
        fits = value.cell.cls is kind.cls and tuple(held) == kind.keys
    if not fits:
        raise Differs
    yield from zip(items, kind.items, strict=True)


def _fits(held: Kind | None, item: Kind) -> bool:
    """Whether items of one kind, in a list of unknown length, can be of another, perhaps wider one too."""
    return held == item or (held is not None and common_kind(held, item) == item)


def settle_in(scope: Scope, value: Lowered, of: Cell, first: int, kind: Kind, position: Atom) -> None:
    """From here on an object is the item of a list: its names mean what the list's arrays hold."""
    if isinstance(kind, Ragged) and isinstance(value, Reference):
        _settle(scope, value, Place(of, first, kind), position)
    elif isinstance(kind, Uniform) and isinstance(value, Reference):
        scope.heap[value.cell] = replace(scope.heap[value.cell], frozen=HELD)
        scope.frame.context.held_in[value.cell] = of, first
    if not isinstance(kind, Record):
        return
    if isinstance(value, Reference):
        held = scope.contents(value)
        _settle(scope, value, Place(of, first, kind), position)
        items: Sequence[Lowered] = [binding.value for binding in held.items.values()]
    else:
        assert isinstance(value, TupleValue)
        items = value.items
    for item, inner in zip(items, kind.items, strict=True):
        settle_in(scope, item, of, first, inner, position)
        first += len(stacked(inner))


def _settle(scope: Scope, value: Reference, place: Place, position: Atom) -> None:
    held = scope.heap[value.cell]
    if held.place is None:
        scope.heap[value.cell] = Contents({POSITION: Binding(position)}, held.frozen, place)


# ---------------------------------------------------------------- items


def read_item(scope: Scope, of: Cell, first: int, kind: Kind, position: Atom) -> Lowered:
    """The item at a position that is inside the list."""
    match kind:
        case Scalar():
            return scope.builder.assign(Load(live(scope, Reference(of), first), (position,)), kind, of.name)
        case Array():
            return row(scope, of, first, position)
        case Static(value=object_):
            known = literal(object_)
            return known if known is not None else kind
        case Opaque(reason=reason):
            return Undefined(reason.partition("; ")[0])
        case Ragged():
            return item_at(scope, Place(of, first, kind), position)
        case Parted():
            return part_of(scope, of, first, position)
        case Record(cls=cls) if not issubclass(cls, tuple):
            return item_at(scope, Place(of, first, kind), position)
        case Record(cls=cls):
            return TupleValue(tuple(item for _, item in parts(scope, of, first, kind, position)), cls)
        case Uniform(item=item):
            made = Cell(list, of.name, None, item)
            rows = [row(scope, of, first + number, position) for number in range(len(stacked(item)))]
            held: dict[object, Lowered] = {LENGTH: scope.builder.dim(rows[0], 0)}
            held |= {buffer_key(number): found for number, found in enumerate(rows)}
            scope.heap[made] = Contents({key: Binding(item) for key, item in held.items()}, NESTED)
            return Reference(made)
    raise AssertionError(kind)  # no list has such items


def item_at(scope: Scope, place: Place, position: Atom) -> Reference:
    """The object that is the item of a list at a position."""
    if isinstance(place.kind, Ragged):
        made = Cell(list, place.of.name, None, place.kind.item)
    else:
        made = Cell(place.kind.cls, place.of.name)
    scope.heap[made] = Contents({POSITION: Binding(position)}, "", place)
    return Reference(made)


def parts(
    scope: Scope, of: Cell, first: int, kind: Record, position: Atom
) -> Iterator[tuple[object, Lowered]]:
    """What an item made of several values holds, by key."""
    for key, inner in zip(kind.keys, kind.items, strict=True):
        yield key, read_item(scope, of, first, inner, position)
        first += len(stacked(inner))


def check_item(scope: Scope, node: gast.AST, array: Var) -> None:
    """Refuse a change in place of an item, or a part of one, where its list may not show it."""
    if _is_current(scope, array):
        scope.frame.context.item_writes.add(array)
    elif array in scope.frame.context.item_views:
        scope.frame.refuse(AliasedMutation, node, *CHANGED_ITEM)


def _is_current(scope: Scope, array: Var) -> bool:
    """Whether an item, or a part of one, is in the memory that its list has now."""
    views = scope.frame.context.item_views
    while (found := views.get(array)) is not None:
        of, number, whole = found
        if of not in scope.heap or buffer(scope, of, number) is not whole:
            return False
        frozen = scope.heap[of].frozen
        if of.site is not None and not frozen:
            return True
        if frozen != NESTED:
            return False
        array = whole
    return False


def is_same_item(scope: Scope, value: Lowered, of: Cell, number: int, position: Atom) -> bool:
    """Whether a value is the very array that is at this position of a list."""
    context = scope.frame.context
    if not isinstance(value, Var) or context.row_positions.get(value) != position:
        return False
    return context.item_views.get(value) == (of, number, buffer(scope, of, number))


def write_item(
    scope: Scope, node: gast.AST, of: Cell, first: int, atoms: Sequence[Atom], position: Atom
) -> None:
    """Put the numbers and arrays that an item is made of into a list's arrays."""
    assert of.item is not None
    at, ragged = scope.frame.at(node), ragged_axes(of.item)
    for number, atom in enumerate(atoms, first):
        whole = buffer(scope, of, number)
        item_changes(scope, node, of, number)
        if scope.heap[of].frozen == NESTED and whole not in scope.frame.context.item_views:
            reason = "a list that is an item of another list is changed where it may be a copy"
            scope.frame.refuse(AliasedMutation, node, reason, "a new list in its place")
        kind = array_type(whole)
        if kind.rank == 1:
            note_write(scope, of, whole, whole)
            scope.builder.add(Store(whole, (position,), atom, False, at))
            continue
        part: list[Slice] = []
        for axis, size in enumerate(scope.builder.dims(as_variable(atom)), 1):
            if axis in ragged[number]:  # there is room for it already
                part.append(Slice(None, size, None))
            else:
                part.append(FULL)
                check_equal(scope, node, scope.builder.dim(whole, axis), size)
        found = Array(kind.dtype, kind.rank - 1, not ragged[number] or kind.rank == 2, kind.units[1:])
        place = scope.builder.assign(View(whole, (position, *part)), found, of.name)
        note_write(scope, of, whole, place)
        scope.builder.add(Store(place, (), atom, False, at))


def put_number(scope: Scope, node: gast.AST, base: Reference, index: Atom, number: Atom) -> None:
    """`list[index] = number`."""
    array = live(scope, base, 0)
    note_write(scope, base.cell, buffer(scope, base.cell, 0), array)
    scope.builder.add(Store(array, (index,), number, False, scope.frame.at(node)))


def check_equal(scope: Scope, node: gast.AST, one: Atom, other: Atom) -> None:
    """Arrays in a list whose length is not known have one shape."""
    same = scope.apply("equal", (one, other), BOOL)
    if same != Const(True, BOOL):
        scope.builder.add(Guard(same, DIFFERENT, (one, other), "ShapeMismatch", scope.frame.at(node)))


def held_by_place(scope: Scope, held: Contents) -> Contents:
    """What an object that is an item of a list holds: read off the list's arrays."""
    place, position = held.place, held.items[POSITION].value
    assert place is not None
    if isinstance(position, Undefined):
        keys = () if isinstance(place.kind, Ragged) else place.kind.keys
        return Contents(dict.fromkeys(keys, held.items[POSITION]), held.frozen, place)
    assert isinstance(position, (Var, Const))
    if isinstance(place.kind, Ragged):
        found = parts_of_row(scope, place, position)
    else:
        found = parts(scope, place.of, place.first, place.kind, position)
    return Contents({key: Binding(item) for key, item in found}, held.frozen, place)


def rewrites(scope: Scope, of: Cell) -> None:
    """Note that items that are arrays are replaced: what is read off the list is a copy then."""
    rewritten = scope.frame.context.rewritten
    if of.site not in rewritten:
        rewritten.add(of.site)
        raise Again


def ask_wider(scope: Scope, site: object, wider: Kind, of: Cell | None) -> None:
    """Ask for a list made at a site to have items of this kind.

    The items of a list that is an item of another one, `of`, are what that other one was made for.
    """
    while site is None and of is not None and of.item is not None:
        place, item = scope.heap[of].place, of.item
        if place is not None:
            assert place.of.item is not None
            wider = with_part(place.of.item, place.first, place.kind, Ragged(wider))
            site, of = place.of.site, place.of
            continue
        found = scope.frame.context.rows.get(buffer(scope, of, 0))
        if found is None:
            return
        owner, number = found
        assert owner.item is not None
        wider = with_part(owner.item, number, Uniform(item), list_kind(wider))
        site, of = owner.site, owner
    if site is not None:
        raise NeedsGrowing(site, wider)


def ask_own_length(scope: Scope, base: Reference, item: Kind | None) -> None:
    """Before the length of a list changes: where it is an item of another list, ask that one to let it."""
    held = scope.heap[base.cell]
    old: Record | Uniform
    if base.cell.item is None:
        if held.place is None or item is None:
            return
        of, first, old = held.place.of, held.place.first, held.place.kind
    else:
        item = base.cell.item
        found = scope.frame.context.held_in.get(base.cell) if held.frozen == HELD else None
        if held.frozen == NESTED:
            found = scope.frame.context.rows.get(buffer(scope, base.cell, 0))
        if found is None:
            return
        (of, first), old = found, Uniform(base.cell.item)
    if of.item is not None and not isinstance(of.site, Given):
        ask_wider(scope, of.site, with_part(of.item, first, old, Ragged(item)), of)


def with_part(kind: Kind, first: int, old: Record | Uniform, new: Kind) -> Kind:
    """The kind with the part whose arrays begin at number `first` replaced."""
    if first == 0 and kind == old:
        return new
    assert isinstance(kind, Record)
    items: list[Kind] = []
    for item in kind.items:
        count = len(stacked(item))
        inside = 0 <= first < count or (first == 0 and item == old)  # an empty list has no arrays
        items.append(with_part(item, first, old, new) if inside else item)
        first -= count
    return replace(kind, items=tuple(items))


def detached(scope: Scope, value: Lowered) -> Lowered:
    """An item as a value of its own, that is no part of the list any more."""
    match value:
        case TupleValue(items=items, cls=cls):
            return TupleValue(tuple(detached(scope, item) for item in items), cls)
        case Reference(cell=cell) if scope.heap[cell].place is not None:
            held = {key: detached(scope, item.value) for key, item in scope.contents(value).items.items()}
            return scope.make(cell.cls, held, cell.name, item=cell.item)
        case Var() if isinstance(value.type, Array):
            return scope.builder.assign(Apply("copy", (value,)), value.type, value.name)
        case _:
            return value


__all__ = [
    "CHANGED_ITEM", "FULL", "Differs", "ask_own_length", "ask_wider", "check_equal", "check_item",
    "detached", "flatten", "held_by_place", "is_same_item", "item_at", "put_number", "read_item", "rewrites",
    "settle_in", "with_part", "write_item",
]  # fmt: skip
