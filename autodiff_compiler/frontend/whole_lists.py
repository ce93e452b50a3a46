"""Whole lists of unknown length: parts, copies, joined and repeated lists, arrays made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import gast

from autodiff_compiler.errors import TypeMismatch, UnsupportedSyntax
from autodiff_compiler.frontend import stand_ins_lists
from autodiff_compiler.frontend.growing import append, copy_into, copy_part, flattened, of_arrays, replaces
from autodiff_compiler.frontend.kinds import Kind, Parted, Ragged, Record, Uniform
from autodiff_compiler.frontend.list_arrays import (
    ask_room,
    buffer,
    length_atom,
    live,
    set_buffer,
    set_length,
    stacked,
)
from autodiff_compiler.frontend.placed import share
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.stacking import ask_wider
from autodiff_compiler.frontend.value_kinds import common_kind, describe_kind, form_of, has_objects
from autodiff_compiler.frontend.values import Lowered, Reference
from autodiff_compiler.ir.build import FULL, array_type, integer
from autodiff_compiler.ir.nodes import Apply, Atom, Slice, Store, Var, View
from autodiff_compiler.ir.types import BOOL, INT, Array, Scalar

_SAME_ARRAYS = "the items of both lists are the same arrays"


def part_of(scope: Scope, node: gast.AST, base: Reference, part: Slice) -> Reference:
    """`list[a:b]`, `list.copy()`: a new list of the same items."""
    cell = base.cell
    assert cell.item is not None
    share(scope, node, cell)
    arrays = []
    for number in range(len(stacked(cell.item))):
        arrays.append(copy_part(scope, live(scope, base, number), part))
        if stacked(cell.item)[number].rank > 1:
            scope.frame.context.unwritable[arrays[-1]] = _SAME_ARRAYS
    length = scope.builder.dim(arrays[0], 0) if arrays else length_atom(scope, base)
    site = (node, scope.frame.calls)
    made = of_arrays(scope, cell.item, length, arrays, site)
    share(scope, node, made.cell)
    wanted = scope.frame.context.growing.get(site)
    return made if wanted is None or wanted == cell.item else retyped(scope, node, made, wanted)


def retyped(scope: Scope, node: gast.AST, base: Reference, item: Kind) -> Reference:
    """A list of numbers of another type."""
    if not isinstance(item, Scalar):
        scope.frame.refuse(TypeMismatch, node, "the items of this list have different types")
    array = scope.cast(live(scope, base, 0), Scalar(item.dtype))
    assert isinstance(array, Var)
    if array.type.dtype == buffer(scope, base.cell, 0).type.dtype:
        array = scope.builder.assign(Apply("copy", (array,)), array.type, "items")
    return of_arrays(scope, item, length_atom(scope, base), [array], (node, scope.frame.calls))


def as_array(scope: Scope, node: gast.AST, base: Reference) -> Lowered:
    """A list of numbers, or of arrays of one shape, as NumPy sees it: its own memory."""
    item = base.cell.item
    if isinstance(item, Parted) or (isinstance(item, Ragged) and isinstance(item.item, Scalar)):
        return _rows_alike(scope, node, base)
    if isinstance(item, (Scalar, Array)) or (
        isinstance(item, Uniform) and not has_objects(item) and stacked(item)
    ):
        return live(scope, base, 0)
    if isinstance(item, Record) and item.cls in (list, tuple):
        return _columns(scope, node, base, item)
    what = "nothing" if item is None else describe_kind(item)
    scope.frame.refuse(TypeMismatch, node, f"an array cannot be made of a list whose items are each {what}")


def is_parted(value: Lowered) -> bool:
    """Whether a value is a list of arrays of different lengths."""
    return isinstance(value, Reference) and isinstance(value.cell.item, Parted)


def _rows_alike(scope: Scope, node: gast.AST, base: Reference) -> Var:
    """Lists of numbers, or arrays, as one array, where it turns out that they have one length."""
    width = scope.frame.context.inline(scope, node, stand_ins_lists.common_length, [live(scope, base, 0)], {})
    data, stop = live(scope, base, 1), scope.integer(width, node, "a length")
    kind = array_type(data)
    index = (FULL, Slice(None, stop, None), *[FULL] * (kind.rank - 2))
    rows = scope.builder.assign(View(data, index), replace(kind, contiguous=False), base.cell.name)
    return scope.builder.assign(Apply("copy", (rows,)), kind, base.cell.name)


def _columns(scope: Scope, node: gast.AST, base: Reference, item: Record) -> Var:
    """A list of equally long tuples of numbers as a matrix."""
    kinds = [kind for kind in item.items if isinstance(kind, Scalar)]
    if len(kinds) != len(item.items) or not kinds:
        scope.frame.refuse(TypeMismatch, node, "an array can only be made of numbers here")
    dtype = kinds[0]
    for kind in kinds[1:]:
        found = common_kind(dtype, kind)
        assert isinstance(found, Scalar)
        dtype = found
    shape = (length_atom(scope, base), integer(len(kinds)))
    made = scope.builder.allocate(shape, dtype.dtype, None, "array")
    for number in range(len(kinds)):
        column = scope.builder.assign(
            View(made, (FULL, integer(number))), Array(dtype.dtype, 1, False), made.name
        )
        value = scope.cast(live(scope, base, number), dtype)
        scope.builder.add(Store(column, (), value, False, scope.frame.at(node)))
    return made


def repeated(scope: Scope, node: gast.AST, items: Sequence[Lowered], times: Atom, site: object) -> Reference:
    """`[value] * times`: a list of as many times the same value."""
    item = scope.frame.context.growing.get(site) or (form_of(scope, items[0]) if len(items) == 1 else None)
    if not isinstance(item, Scalar):
        scope.frame.refuse(
            UnsupportedSyntax, node, "only a list of one number can be repeated a number of times "
            "that is not known while compiling", "a list comprehension",
        )  # fmt: skip
    (atom,) = flattened(scope, node, site, item, items[0])
    count = scope.apply("maximum", (times, integer(0)), INT)
    array = scope.builder.allocate((count,), item.dtype, atom, "items")
    return of_arrays(scope, item, count, [array], site)


def extend(scope: Scope, node: gast.AST, base: Reference, other: Reference) -> None:
    """`list.extend(other)` for another list of unknown length."""
    scope.check_changeable(node, base)
    cell = base.cell
    assert cell.item is not None
    if other.cell.item != cell.item:
        _widen(scope, node, base, other)
    share(scope, node, cell, other.cell)
    start, more = length_atom(scope, base), length_atom(scope, other)
    stop = scope.apply("add", (start, more), INT)
    arrays = [live(scope, other, number) for number in range(len(stacked(cell.item)))]
    ask_room(scope, base, stop, [scope.builder.dims(array)[1:] for array in arrays])
    for number, array in enumerate(arrays):
        copy_into(scope, node, base, number, start, stop, array)
    set_length(scope, base, stop)


def _widen(scope: Scope, node: gast.AST, base: Reference, other: Reference) -> None:
    """Ask for one kind of items for two lists."""
    assert base.cell.item is not None
    assert other.cell.item is not None
    item = common_kind(base.cell.item, other.cell.item)
    for one in (base, other):
        if item is not None and one.cell.item != item:
            ask_wider(scope, one.cell.site, item, one.cell)
    kinds = f"{describe_kind(base.cell.item)} and {describe_kind(other.cell.item)}"
    scope.frame.refuse(TypeMismatch, node, f"the items of these lists differ: {kinds}")


def contains(scope: Scope, node: gast.AST, base: Reference, value: Lowered) -> Atom:
    """`value in list` for numbers."""
    count = count_of(scope, node, base, value)
    return scope.apply("greater", (count, integer(0)), BOOL)


def count_of(scope: Scope, node: gast.AST, base: Reference, value: Lowered) -> Atom:
    """`list.count(value)` for numbers."""
    if not isinstance(base.cell.item, Scalar):
        scope.frame.refuse(UnsupportedSyntax, node, "only numbers can be looked for in a list", "a loop")
    same = scope.elementwise(node, "equal", [live(scope, base, 0), value])
    ones = scope.cast(same, INT)
    return scope.builder.assign(Apply("sum", (ones,), (("axis", (0,)), ("keepdims", False))), INT, "count")


def replace_part(scope: Scope, node: gast.AST, base: Reference, part: Slice, value: Lowered) -> None:
    """`list[a:b] = items` for a list of unknown length, or items of unknown number."""
    if part.step not in (None, integer(1)):
        reason = "a slice with a step is only assigned where both lengths are known while compiling"
        scope.frame.refuse(UnsupportedSyntax, node, reason, "a loop over the positions")
    if value == base:
        value = part_of(scope, node, base, Slice(None, None, None))
    scope.check_changeable(node, base)
    replaces(scope, base, "other items were put into the list since this object was read off it")
    length, count = length_atom(scope, base), len(stacked(base.cell.item)) if base.cell.item else 0
    start = clipped(scope, part.start, integer(0), length)
    stop = scope.apply("maximum", (start, clipped(scope, part.stop, length, length)), INT)
    rest = [copy_part(scope, buffer(scope, base.cell, k), Slice(stop, length, None)) for k in range(count)]
    set_length(scope, base, start)
    known = scope.items(value)
    if known is None:
        assert isinstance(value, Reference)
        extend(scope, node, base, value)
    for item in known or ():
        append(scope, node, base, item)
    middle = length_atom(scope, base)
    longer = scope.apply("add", (middle, scope.apply("subtract", (length, stop), INT)), INT)
    ask_room(scope, base, longer, [scope.builder.dims(array)[1:] for array in rest])
    for number, array in enumerate(rest):
        copy_into(scope, node, base, number, middle, longer, array)
    set_length(scope, base, longer)


def clipped(scope: Scope, bound: Atom | None, absent: Atom, length: Atom) -> Atom:
    """A bound of a slice as a position from 0 to the length."""
    if bound is None:
        return absent
    wrapped = scope.apply("maximum", (scope.apply("add", (bound, length), INT), integer(0)), INT)
    negative = scope.apply("less", (bound, integer(0)), BOOL)
    return scope.apply("minimum", (scope.apply("where", (negative, wrapped, bound), INT), length), INT)


def reverse(scope: Scope, node: gast.AST, base: Reference) -> None:
    """`list.reverse()`."""
    replaces(scope, base, "the list has been reversed since this object was read off it")
    assert base.cell.item is not None
    for number in range(len(stacked(base.cell.item))):
        turned = copy_part(scope, live(scope, base, number), Slice(None, None, integer(-1)))
        set_buffer(scope, base, number, turned)


__all__ = [
    "as_array", "clipped", "contains", "count_of", "extend", "is_parted", "part_of", "repeated",
    "replace_part", "retyped", "reverse",
]  # fmt: skip
