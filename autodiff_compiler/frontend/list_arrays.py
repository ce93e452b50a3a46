"""The arrays that lists of unknown length are kept in, and how these become longer.

A list holds its length and its arrays, which may have room for more. One that is an item of another list
whose items have lengths of their own is at a position of that list: there its length is an element of an
array of lengths, and its items are the first so many of a row, as wide as the longest needs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import gast

from autodiff_compiler.errors import AliasedMutation
from autodiff_compiler.frontend.given_lists import list_changes
from autodiff_compiler.frontend.kinds import Kind, Parted, Ragged, Record, Uniform, leaves
from autodiff_compiler.frontend.loop_room import GROW
from autodiff_compiler.frontend.values import Binding, Cell, Contents, Lowered, Place, Reference, buffer_key
from autodiff_compiler.ir.build import FULL, array_type
from autodiff_compiler.ir.nodes import Apply, Atom, Const, Load, Slice, Store, Var, View
from autodiff_compiler.ir.types import INT, Array

if TYPE_CHECKING:
    from autodiff_compiler.frontend.scope import Scope

LENGTH = "length"  # the key of a list's length
POSITION = "position"  # the key of an item's position
NESTED = "the length of a list changes that is an item of another list"


def stacked(kind: Kind) -> list[Array]:
    """The types of the arrays that hold items of a kind."""
    return [leaf for leaf in leaves(Uniform(kind)) if isinstance(leaf, Array)]


def ragged_axes(kind: Kind) -> list[frozenset[int]]:
    """For each of the arrays that hold items of a kind: along which axes each item has its own end."""
    match kind:
        case Record(items=items):
            return [axes for item in items for axes in ragged_axes(item)]
        case Ragged(item=item) | Parted(item=item):
            inner = ragged_axes(item)
            return [frozenset(), *(frozenset({1, *(axis + 1 for axis in axes)}) for axes in inner)]
        case Uniform(item=item):
            return [frozenset(axis + 1 for axis in axes) for axes in ragged_axes(item)]
        case _:
            return [frozenset() for _ in stacked(kind)]


def holds_arrays(kind: Kind) -> bool:
    """Whether items of a kind hold arrays of the user's, or lists without lengths of their own."""
    match kind:
        case Record(items=items):
            return any(map(holds_arrays, items))
        case Ragged(item=item):
            return holds_arrays(item)
        case _:
            return isinstance(kind, (Array, Uniform))


# ---------------------------------------------------------------- reading


def _where(scope: Scope, held: Contents) -> tuple[Place, Atom]:
    """Of which list something is an item, and at which position."""
    place, position = held.place, held.items[POSITION].value
    assert place is not None
    if not isinstance(position, (Var, Const)):
        reason = getattr(position, "reason", "")
        raise AliasedMutation(
            reason, suggestion="the item read off the list again", location=scope.builder.at
        )
    return place, position


def length_atom(scope: Scope, reference: Reference) -> Atom:
    """How many items a list of unknown length has."""
    held = scope.heap[reference.cell]
    if held.place is not None:
        place, position = _where(scope, held)
        return _own_length(scope, place.of, place.first, position)
    value = held.items[LENGTH].value
    assert isinstance(value, (Var, Const))
    return value


def _own_length(scope: Scope, of: Cell, first: int, position: Atom) -> Atom:
    lengths = buffer(scope, of, first)
    found = scope.builder.assign(Load(lengths, (position,)), INT, "length")
    scope.frame.context.natural.add(found)
    return found


def buffer(scope: Scope, cell: Cell, number: int) -> Var:
    """One of a list's arrays, whole."""
    held = scope.heap[cell]
    if held.place is not None:
        place, position = _where(scope, held)
        return _row(scope, place.of, place.first + 1 + number, position)
    value = held.items[buffer_key(number)].value
    assert isinstance(value, Var)
    return value


def parts_of_row(scope: Scope, place: Place, position: Atom) -> Iterator[tuple[object, Lowered]]:
    """What a list holds that is at a position of another one."""
    assert isinstance(place.kind, Ragged)
    yield LENGTH, _own_length(scope, place.of, place.first, position)
    for number in range(len(stacked(place.kind.item))):
        yield buffer_key(number), _row(scope, place.of, place.first + 1 + number, position)


def live(scope: Scope, reference: Reference, number: int) -> Var:
    """The part of one of a list's arrays that its items are in."""
    whole, length = buffer(scope, reference.cell, number), length_atom(scope, reference)
    if scope.frame.context.exact.get(whole) == length:
        return whole
    kind = array_type(whole)
    index = (Slice(None, length, None), *[FULL] * (kind.rank - 1))
    return scope.builder.assign(View(whole, index), kind, reference.cell.name)


def _row(scope: Scope, of: Cell, number: int, position: Atom) -> Var:
    """One item of an array, in its memory."""
    whole = live(scope, Reference(of), number)
    kind = array_type(whole)
    found = Array(kind.dtype, kind.rank - 1, True, kind.units[1:])
    return scope.builder.assign(View(whole, (position, *[FULL] * found.rank)), found, of.name)


def row(scope: Scope, of: Cell, number: int, position: Atom) -> Var:
    """One item that is an array: it shares the memory of the list's array, unless items are replaced."""
    made = _row(scope, of, number, position)
    context = scope.frame.context
    context.item_views[made] = of, number, buffer(scope, of, number)
    context.row_positions[made] = position
    context.rows[made] = of, number
    if of.site in context.rewritten:
        found = array_type(made)
        made = scope.builder.assign(Apply("copy", (made,)), found, of.name)
        context.unwritable[made] = "an array that is an item of a list, whose items are replaced too"
        context.rows[made] = of, number
    return made


def part_of(scope: Scope, of: Cell, first: int, position: Atom) -> Var:
    """An item that is an array with its own number of rows."""
    length = _own_length(scope, of, first, position)
    whole = _row(scope, of, first + 1, position)
    index = (Slice(None, length, None), *[FULL] * (array_type(whole).rank - 1))
    made = scope.builder.assign(View(whole, index), array_type(whole), of.name)
    if of.site in scope.frame.context.rewritten:
        made = scope.builder.assign(Apply("copy", (made,)), array_type(whole), of.name)
    scope.frame.context.unwritable[made] = "an array that is an item of a list of arrays of different lengths"
    return made


# ---------------------------------------------------------------- changing


def set_length(scope: Scope, base: Reference, length: Atom) -> None:
    """Let a list have so many items."""
    held = scope.heap[base.cell]
    if held.place is not None:
        place, position = _where(scope, held)
        lengths = buffer(scope, place.of, place.first)
        note_write(scope, base.cell, lengths, lengths)
        scope.builder.add(Store(lengths, (position,), length))
        return
    list_changes(scope, base.cell)
    scope.heap[base.cell] = scope.heap[base.cell].with_item(LENGTH, Binding(length))


def set_buffer(scope: Scope, base: Reference, number: int, array: Var) -> None:
    """Let a list keep its items in another array; one inside another list gets copies of them."""
    if scope.heap[base.cell].place is not None:
        whole, sizes = buffer(scope, base.cell, number), scope.builder.dims(array)
        kind = replace(array_type(whole), contiguous=len(sizes) == 1)
        part = scope.builder.assign(
            View(whole, tuple(Slice(None, size, None) for size in sizes)), kind, whole.name
        )
        note_write(scope, base.cell, whole, part)
        scope.builder.add(Store(part, (), array))
        return
    list_changes(scope, base.cell)
    scope.heap[base.cell] = scope.heap[base.cell].with_item(buffer_key(number), Binding(array))


def ask_room(scope: Scope, base: Reference, wanted: Atom, shapes: Sequence[tuple[Atom, ...]]) -> None:
    """Arrays that have room for so many items; `shapes` are those of single items."""
    for number, shape in enumerate(shapes):
        _widen(scope, base.cell, number, (wanted, *shape))


def sizes_of(scope: Scope, atom: Atom) -> tuple[Atom, ...]:
    """The lengths of an array's axes; a number has none."""
    return scope.builder.dims(atom) if isinstance(atom, Var) and isinstance(atom.type, Array) else ()


def ask_width(scope: Scope, of: Cell, first: int, shapes: Sequence[tuple[Atom, ...]]) -> None:
    """Rows of arrays that are wide enough for items of these shapes, where items have their own."""
    assert of.item is not None
    axes = ragged_axes(of.item)
    for number, shape in enumerate(shapes, first):
        if axes[number]:
            _widen(scope, of, number, (None, *shape))


def _widen(scope: Scope, cell: Cell, number: int, sizes: Sequence[Atom | None]) -> None:
    """Let an array have at least these sizes; None is as it is."""
    held = scope.heap[cell]
    if held.place is not None:
        _widen(scope, held.place.of, held.place.first + 1 + number, (None, *sizes))
        return
    assert cell.item is not None
    old = buffer(scope, cell, number)
    known = [scope.builder.dim(old, axis) if size is None else size for axis, size in enumerate(sizes)]
    ragged = tuple(sorted(ragged_axes(cell.item)[number]))
    attributes = (("ragged", ragged),) if ragged else ()
    made = scope.builder.assign(Apply(GROW, (old, *known), attributes), old.type, old.name)
    set_buffer(scope, Reference(cell), number, made)


def check_unshared(scope: Scope, node: gast.AST, reference: Reference) -> None:
    """Refuse a change of a list in a list, if that list has given its items to another one."""
    place = scope.heap[reference.cell].place
    if place is not None and reference.cell.item is not None:
        why = scope.frame.context.shared.get(place.of.site)
        if why is not None:
            scope.frame.refuse(AliasedMutation, node, why, "copies of the lists for one of the lists")


def note_write(scope: Scope, of: Cell, whole: Var, written: Var) -> None:
    """Note that a list which is an item of another list is changed, in the memory of that one."""
    context = scope.frame.context
    if scope.heap[of].place is not None:  # which is read anew each time
        context.item_writes.add(written)
    elif scope.heap[of].frozen == NESTED:
        context.item_writes.add(written)
        context.item_views.setdefault(written, context.item_views[whole])


__all__ = [
    "LENGTH", "NESTED", "POSITION", "ask_room", "ask_width", "buffer", "check_unshared", "holds_arrays",
    "length_atom", "live", "note_write", "part_of", "parts_of_row", "ragged_axes", "row", "set_buffer",
    "set_length", "sizes_of", "stacked",
]  # fmt: skip
