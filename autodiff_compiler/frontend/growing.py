"""Lists of unknown length: making, growth, items, and what is done with whole lists.

How their items are kept: stacking.py. Room for more items is asked for with `grow`, an operator that only the
frontend knows: make_room.py decides where an array is made that is large enough.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import replace

import gast

from autodiff_compiler.errors import AliasedMutation, TypeMismatch
from autodiff_compiler.frontend.given_lists import item_changes
from autodiff_compiler.frontend.kinds import Kind, Static, all_own_lengths
from autodiff_compiler.frontend.list_arrays import (
    LENGTH,
    NESTED,
    ask_room,
    ask_width,
    buffer,
    holds_arrays,
    length_atom,
    live,
    note_write,
    ragged_axes,
    set_length,
    sizes_of,
    stacked,
)
from autodiff_compiler.frontend.placed import check_shared, share
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.stacking import (
    Differs,
    ask_wider,
    detached,
    flatten,
    is_same_item,
    put_number,
    read_item,
    rewrites,
    settle_in,
    write_item,
)
from autodiff_compiler.frontend.value_kinds import (
    common_kind,
    describe_kind,
    form_of,
    has_objects,
    wider_kind,
)
from autodiff_compiler.frontend.values import (
    Binding,
    Cell,
    Contents,
    Lowered,
    Reference,
    Undefined,
    buffer_key,
    describe,
)
from autodiff_compiler.ir.build import FULL, array_type, integer
from autodiff_compiler.ir.nodes import Apply, Assign, Atom, Const, Given, Guard, Load, Slice, Store, Var, View
from autodiff_compiler.ir.types import BOOL, INT, Array, Scalar

NONE = Static(None)


def is_growing(value: Lowered) -> bool:
    """Whether a value is a list of unknown length."""
    return isinstance(value, Reference) and value.cell.item is not None


# ---------------------------------------------------------------- making


def new(scope: Scope, node: gast.AST, values: Sequence[Lowered], name: str = "list") -> Reference:
    """The list that a node makes of these values: of known length, or of any where that is needed."""
    site = (node, scope.frame.calls)
    item = scope.frame.context.growing.get(site)
    if item is not None:
        return make(scope, node, site, item, values)
    return scope.make(list, dict(enumerate(values)), name, site=site)


def make(scope: Scope, node: gast.AST, site: object, item: Kind, values: Sequence[Lowered] = ()) -> Reference:
    """A list of unknown length that begins with these values."""
    atoms = [flattened(scope, node, site, item, value) for value in values]
    held: dict[object, Lowered] = {LENGTH: integer(0)}
    for number, (kind, ragged) in enumerate(zip(stacked(item), ragged_axes(item), strict=True)):
        rest: tuple[Atom, ...] = (integer(0),) * (kind.rank - 1)
        if atoms and kind.rank > 1:
            rest = _widest(scope, [sizes_of(scope, parts[number]) for parts in atoms], ragged)
        held[buffer_key(number)] = scope.builder.allocate(
            (integer(len(values)), *rest), kind.dtype, None, "items"
        )
        held[buffer_key(number)] = _typed(scope, held[buffer_key(number)], kind)
    made = scope.make(list, held, "list", site, item)
    for position, (value, parts) in enumerate(zip(values, atoms, strict=True)):
        _place(scope, node, made, parts, value, integer(position))
    set_length(scope, made, integer(len(values)))
    return made


def of_known(
    scope: Scope, node: gast.AST, site: object, values: Sequence[Lowered],
    alike: Sequence[Sequence[Lowered]],
) -> Reference:  # fmt: skip
    """A list of numbers as one of unknown length, of the kind that all of several such lists can have."""
    item: Kind | None = None
    for value in (value for row in alike for value in row):
        form = form_of(scope, value)
        item = form if item is None or form is None else common_kind(item, form)
    assert item is not None
    return make(scope, node, site, item, values)


def _widest(scope: Scope, shapes: Sequence[tuple[Atom, ...]], ragged: Set[int]) -> tuple[Atom, ...]:
    """The shape that has room for each of these; along axes that are not ragged they have to be alike."""
    found = list(shapes[0])
    for axis in ragged:
        for shape in shapes[1:]:
            found[axis - 1] = scope.apply("maximum", (found[axis - 1], shape[axis - 1]), INT)
    return tuple(found)


def _typed(scope: Scope, array: Lowered, kind: Array) -> Var:
    """The array just made, of a type that does not know how long its axes are."""
    assert isinstance(array, Var)
    if array.type == kind:
        return array
    last = scope.builder.statements[-1]
    made = Var(array.name, kind, array.at)
    assert isinstance(last, Assign)
    scope.builder.statements[-1] = Assign(made, last.value, last.at)
    return made


def of_arrays(scope: Scope, item: Kind, length: Atom, arrays: Sequence[Var], site: object) -> Reference:
    """A list of unknown length whose items are in these arrays already, which nothing else means."""
    held: dict[object, Lowered] = {LENGTH: length}
    held |= {buffer_key(number): array for number, array in enumerate(arrays)}
    return scope.make(list, held, "list", site, item)


def _lines(scope: Scope, node: gast.AST) -> Iterator[tuple[str, int]]:
    """The lines of the user's that something is put into a list in: of the statement, and of its part."""
    for at in (scope.frame.at(node), scope.builder.at):
        if at is not None:
            yield at.filename, at.line


def flattened(
    scope: Scope, node: gast.AST, site: object, item: Kind, value: Lowered, of: Cell | None = None
) -> list[Atom]:
    """What a value is made of; asks for a list whose items can be that, where it is of another form.

    `of` is the list, which may be an item of another one.
    """
    lessons = scope.frame.context.lessons
    if lessons and not lessons.isdisjoint(_lines(scope, node)) and (own := all_own_lengths(item)) != item:
        ask_wider(scope, site, own, of)
    try:
        return list(flatten(scope, value, item))
    except Differs:
        form = form_of(scope, value)
    wider = None if form is None else wider_kind(item, form)
    if wider is not None and wider != item:
        ask_wider(scope, site, wider, of)
    given = describe(value) if form is None else describe_kind(form)
    reason = f"the items of this list are each {describe_kind(item)}, and this one is {given}"
    scope.frame.refuse(TypeMismatch, node, reason, "items of one type, or one list for each")


def _place(
    scope: Scope, node: gast.AST, base: Reference, atoms: Sequence[Atom], value: Lowered, position: Atom
) -> None:
    """Put a value into a list; an object is that item from then on."""
    cell = base.cell
    assert cell.item is not None
    if holds_arrays(cell.item):
        scope.frame.context.appending.add(scope.frame.at(node))
    check_shared(scope, node, cell, value)
    write_item(scope, node, cell, 0, atoms, position)
    settle_in(scope, value, cell, 0, cell.item, position)


# ---------------------------------------------------------------- growth


def append(scope: Scope, node: gast.AST, base: Reference, value: Lowered) -> None:
    """`list.append(value)`."""
    scope.check_changeable(node, base)
    cell = base.cell
    assert cell.item is not None
    atoms = flattened(scope, node, cell.site, cell.item, value, cell)
    position = length_atom(scope, base)
    longer = scope.apply("add", (position, integer(1)), INT)
    ask_room(scope, base, longer, [sizes_of(scope, atom) for atom in atoms])
    _place(scope, node, base, atoms, value, position)
    set_length(scope, base, longer)


def copy_into(
    scope: Scope, node: gast.AST, base: Reference, number: int, start: Atom, stop: Atom, value: Var
) -> None:  # fmt: skip
    """Put items into one of a list's arrays, from `start` to `stop`."""
    assert base.cell.item is not None
    array, ragged = buffer(scope, base.cell, number), ragged_axes(base.cell.item)[number]
    kind = array_type(array)
    index = [Slice(start, stop, None), *[FULL] * (kind.rank - 1)]
    for axis in ragged:
        index[axis] = Slice(None, scope.builder.dim(value, axis), None)
    part_kind = replace(kind, contiguous=False) if ragged else kind
    part = scope.builder.assign(View(array, tuple(index)), part_kind, array.name)
    note_write(scope, base.cell, array, part)
    if kind.rank > 1 and len(ragged) < kind.rank - 1:
        scope.frame.context.appending.add(scope.frame.at(node))
    scope.builder.add(Store(part, (), value, False, scope.frame.at(node)))


# ---------------------------------------------------------------- items


def position_of(scope: Scope, node: gast.AST, base: Reference, key: Lowered) -> Atom:
    """An index as a position inside the list; the running program is stopped where there is none."""
    index = scope.integer(key, node, "the index of a list")
    length = length_atom(scope, base)
    at = scope.frame.at(node)
    if isinstance(index, Const):
        needed = int(index.value) if index.value >= 0 else -int(index.value) - 1
        inside = scope.apply("greater", (length, integer(needed)), BOOL)
        position = index if index.value >= 0 else scope.apply("add", (length, index), INT)
    elif index in scope.frame.context.natural:
        held = scope.heap[base.cell].items.get(buffer_key(0))
        if held is not None and scope.frame.context.exact.get(held.value) == length:  # type: ignore[arg-type]
            return index  # checked where the arrays are read
        position, inside = index, scope.apply("less", (index, length), BOOL)
    else:
        negative = scope.apply("less", (index, integer(0)), BOOL)
        wrapped = scope.apply("add", (length, index), INT)
        position = scope.apply("where", (negative, wrapped, index), INT)
        low = scope.apply("greater_equal", (position, integer(0)), BOOL)
        high = scope.apply("less", (position, length), BOOL)
        inside = scope.apply("logical_and", (low, high), BOOL)
    message = "index {} is outside a list of {}"
    if inside != Const(True, BOOL):
        scope.builder.add(Guard(inside, message, (index, length), "IndexOutOfBounds", at))
    return position


def get(scope: Scope, node: gast.AST, base: Reference, key: Lowered) -> Lowered:
    """`list[key]`."""
    cell = base.cell
    assert cell.item is not None
    if isinstance(cell.item, Scalar) and not isinstance(key, Const):  # the index of an array is guarded later
        index = scope.integer(key, node, "the index of a list")
        return scope.builder.assign(Load(live(scope, base, 0), (index,)), cell.item, cell.name)
    return read_item(scope, cell, 0, cell.item, position_of(scope, node, base, key))


def put(scope: Scope, node: gast.AST, base: Reference, key: Lowered, value: Lowered) -> None:
    """`list[key] = value`."""
    cell = base.cell
    assert cell.item is not None
    if isinstance(cell.item, Array) and is_same_item(
        scope, value, cell, 0, position_of(scope, node, base, key)
    ):
        return
    atoms = flattened(scope, node, cell.site, cell.item, value, cell)
    _check_current(scope, node, base)
    if isinstance(cell.item, Scalar):
        index = scope.integer(key, node, "the index of a list")
        item_changes(scope, node, cell, 0)
        put_number(scope, node, base, index, atoms[0])
        return
    if isinstance(cell.site, Given) and has_objects(cell.item):
        reason = "an object in a list argument is replaced by another"
        scope.frame.refuse(AliasedMutation, node, reason, "a new list, or assign to its attributes")
    position = position_of(scope, node, base, key)
    replaces(scope, base, "an item of the list has been replaced since this object was read off it")
    ask_width(scope, cell, 0, [sizes_of(scope, atom) for atom in atoms])
    _place(scope, node, base, atoms, value, position)


def _check_current(scope: Scope, node: gast.AST, base: Reference) -> None:
    """An item of a list that is an item of another list is changed in the memory of that other list."""
    held = scope.heap[base.cell]
    if held.frozen != NESTED:
        scope.check_changeable(node, base)
        return
    views = scope.frame.context.item_views
    array = held.items[buffer_key(0)].value
    found = views.get(array) if isinstance(array, Var) else None
    if found is None or buffer(scope, found[0], found[1]) is not found[2]:
        reason = "the list that this list is an item of may have changed its length since"
        scope.frame.refuse(AliasedMutation, node, reason, "rows[i][j] = ... in one expression")
    for other, contents in list(scope.heap.items()):
        value = contents.items[buffer_key(0)].value if buffer_key(0) in contents.items else None
        if isinstance(value, Var) and value in views and views[value][:2] == found[:2]:
            _forget_stale(scope, other, contents, found[2], views[value][2])


def _forget_stale(scope: Scope, cell: Cell, held: Contents, now: Var, then: Var) -> None:
    """What was read off a list before it grew does not show what changes in it now."""
    if now is not then:
        reason = "an item of the list has been changed since this was read off it"
        scope.heap[cell] = replace(held, items={key: Binding(Undefined(reason)) for key in held.items})


def replaces(scope: Scope, base: Reference, reason: str) -> None:
    """Items get other positions, or are replaced: what was read off them must not be used any more."""
    cell = base.cell
    assert cell.item is not None
    if holds_arrays(cell.item):
        rewrites(scope, cell)
    for other, held in list(scope.heap.items()):
        if held.place is not None and held.place.of is cell:
            items = {key: Binding(Undefined(reason)) for key in held.items}
            scope.heap[other] = Contents(items, held.frozen, held.place)


def pop(scope: Scope, node: gast.AST, base: Reference, key: Lowered | None) -> Lowered:
    """`list.pop()`, `list.pop(key)`."""
    scope.check_changeable(node, base)
    cell = base.cell
    assert cell.item is not None
    position = position_of(scope, node, base, key if key is not None else integer(-1))
    value = detached(scope, read_item(scope, cell, 0, cell.item, position))
    replaces(scope, base, "the list has lost an item since this object was read off it")
    if key is not None and key != integer(-1):
        _close_gap(scope, node, base, position)
    set_length(scope, base, scope.apply("subtract", (length_atom(scope, base), integer(1)), INT))
    return value


def _close_gap(scope: Scope, node: gast.AST, base: Reference, position: Atom) -> None:
    """Move the items behind a position one down."""
    assert base.cell.item is not None
    length = length_atom(scope, base)
    following = scope.apply("add", (position, integer(1)), INT)
    last = scope.apply("subtract", (length, integer(1)), INT)
    for number in range(len(stacked(base.cell.item))):
        rest = copy_part(scope, buffer(scope, base.cell, number), Slice(following, length, None))
        copy_into(scope, node, base, number, position, last, rest)


def copy_part(scope: Scope, array: Var, part: Slice) -> Var:
    """A copy of some items of one of a list's arrays."""
    kind = array_type(array)
    index = (part, *[FULL] * (kind.rank - 1))
    seen = scope.builder.assign(
        View(array, index), Array(kind.dtype, kind.rank, False, kind.units), array.name
    )
    return scope.builder.assign(Apply("copy", (seen,)), kind, array.name)


def insert(scope: Scope, node: gast.AST, base: Reference, key: Lowered, value: Lowered) -> None:
    """`list.insert(key, value)`."""
    replaces(scope, base, "an item was inserted into the list since this object was read off it")
    length = length_atom(scope, base)
    index = scope.integer(key, node, "the position of insert")
    if isinstance(index, Const) and index.value == 0:
        position: Atom = index
    else:
        wrapped = scope.apply("maximum", (scope.apply("add", (length, index), INT), integer(0)), INT)
        negative = scope.apply("less", (index, integer(0)), BOOL)
        position = scope.apply(
            "minimum", (scope.apply("where", (negative, wrapped, index), INT), length), INT
        )
    cell = base.cell
    assert cell.item is not None
    atoms = flattened(scope, node, cell.site, cell.item, value, cell)
    longer = scope.apply("add", (length, integer(1)), INT)
    moved = [
        copy_part(scope, buffer(scope, cell, k), Slice(position, length, None)) for k in range(len(atoms))
    ]
    ask_room(scope, base, longer, [sizes_of(scope, atom) for atom in atoms])
    following = scope.apply("add", (position, integer(1)), INT)
    for number, rest in enumerate(moved):
        copy_into(scope, node, base, number, following, longer, rest)
    _place(scope, node, base, atoms, value, position)
    set_length(scope, base, longer)


def clear(scope: Scope, node: gast.AST, base: Reference) -> None:
    """`list.clear()`."""
    scope.check_changeable(node, base)
    replaces(scope, base, "the list has been cleared since this object was read off it")
    set_length(scope, base, integer(0))


__all__ = [
    "append", "clear", "copy_into", "copy_part", "flattened", "get", "has_objects", "insert", "is_growing",
    "make", "new", "of_arrays", "pop", "put", "replaces", "share",
]  # fmt: skip
