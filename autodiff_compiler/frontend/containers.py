"""Lists and dicts: items, methods, operators. Those of lists of unknown length are in growing.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import gast

from autodiff_compiler.errors import IndexOutOfBounds, TypeMismatch, UnknownOperator
from autodiff_compiler.frontend import growing, whole_lists
from autodiff_compiler.frontend.choices import choose, distributed
from autodiff_compiler.frontend.chosen_rows import chosen_row, rows_of_numbers
from autodiff_compiler.frontend.context import NeedsGrowing
from autodiff_compiler.frontend.dicts import (
    DICT,
    held_by,
    key_value,
    new_dict,
    pairs_of,
    read_binding,
    static_key,
)
from autodiff_compiler.frontend.forms import growing_kind, need_growing
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.list_arrays import length_atom
from autodiff_compiler.frontend.list_methods import count_of, looked_up, remove, sort
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.stacking import ask_own_length
from autodiff_compiler.frontend.values import (
    Binding,
    Contents,
    Either,
    Lowered,
    Reference,
    TupleValue,
    Undefined,
    describe,
)
from autodiff_compiler.ir.build import integer
from autodiff_compiler.ir.nodes import Atom, Const, Guard, Slice, Var
from autodiff_compiler.ir.types import BOOL, INT, is_integer

NONE = Static(None)
CHOICES = 8  # a run-time index chooses among up to so many items that are not numbers
Arguments = Sequence[Lowered]
LAST = integer(-1)
_MISSING = Undefined()


# ---------------------------------------------------------------- making


def new_list(scope: Scope, node: gast.AST, items: Sequence[Lowered]) -> Reference:
    """A list display."""
    return growing.new(scope, node, [scope.named(node, value) for value in items])


def length_of(scope: Scope, node: gast.AST, value: Reference) -> Atom:
    """`len` of a list or dict."""
    if value.cell.item is not None:
        return length_atom(scope, value)
    if value.cell.cls is dict:
        return integer(len(held_by(scope, node, value)))
    return integer(len(scope.contents(value).items))


# ---------------------------------------------------------------- items


def get_item(scope: Scope, node: gast.AST, base: Reference, key: Lowered) -> Lowered:
    """`base[key]` of a list or dict."""
    if base.cell.item is not None:
        return growing.get(scope, node, base, key)
    key = scope.resolved(key)
    if base.cell.cls is dict and isinstance(key, Either):
        return distributed(scope, node, key, lambda inner, one: get_item(inner, node, base, one))
    if base.cell.cls is list and _is_run_time(key):
        return choose_item(scope, node, base, key)
    held = scope.contents(base).items
    place = _place(scope, node, base, key)
    if place not in held:
        scope.frame.refuse(
            TypeMismatch, node, f"{describe(base)} has no key {place!r}", "an `in` test before"
        )
    return read_binding(scope, node, held[place], place)


def set_item(scope: Scope, node: gast.AST, base: Reference, key: Lowered, value: Lowered) -> None:
    """`base[key] = value` of a list or dict."""
    if base.cell.item is not None:
        growing.put(scope, node, base, key, value)
        return
    key = scope.resolved(key)
    if base.cell.cls is dict and isinstance(key, Either):
        distributed(scope, node, key, lambda inner, one: _put(inner, node, base, one, value))
        return
    if base.cell.cls is list and _is_run_time(key):
        scope.frame.context.need_unrolled(key)
        scope.frame.context.leave_undecided(scope.integer(key, node, "an index"))
        need_growing(scope, node, base.cell, scope.contents(base))
    scope.put(node, base, _place(scope, node, base, key), value)


def _put(scope: Scope, node: gast.AST, base: Reference, key: Lowered, value: Lowered) -> Lowered:
    set_item(scope, node, base, key, value)
    return NONE


def _is_run_time(key: Lowered) -> bool:
    return isinstance(key, Var) and is_integer(key.type)


def choose_item(scope: Scope, node: gast.AST, base: Lowered, key: Lowered) -> Lowered:
    """`base[key]` of a list or tuple of known length, at an index that the running program computes."""
    scope.frame.context.need_unrolled(key)
    scope.frame.context.leave_undecided(scope.integer(key, node, "an index"))
    items = scope.items(base)
    assert items is not None
    numbers = all(isinstance(item, (Var, Const)) and not hasattr(item.type, "rank") for item in items)
    if (
        isinstance(base, Reference)
        and base.cell.site is not None
        and (numbers or len(items) > CHOICES)
        and items
    ):
        need_growing(scope, node, base.cell, scope.contents(base))
    if numbers and items:
        return growing.get(scope, node, _as_growing(scope, node, items), key)
    if (rows := rows_of_numbers(scope, items)) is not None:
        return chosen_row(scope, node, base, rows, key)
    if not 0 < len(items) <= CHOICES:
        reason = f"the index of {describe(base)} of {len(items)} is only known when the function runs"
        scope.frame.refuse(TypeMismatch, node, reason, "items of one type in a list")
    index = scope.integer(key, node, "an index")
    negative = scope.apply("less", (index, integer(0)), BOOL)
    wrapped = scope.apply("add", (index, integer(len(items))), INT)
    position = scope.apply("where", (negative, wrapped, index), INT)
    low = scope.apply("greater_equal", (position, integer(0)), BOOL)
    high = scope.apply("less", (position, integer(len(items))), BOOL)
    inside = scope.apply("logical_and", (low, high), BOOL)
    message = f"index {{}} is outside {describe(base)} of {len(items)}"
    scope.builder.add(Guard(inside, message, (index,), "IndexOutOfBounds", scope.frame.at(node)))
    return _chosen(scope, node, position, items, 0)


def _chosen(scope: Scope, node: gast.AST, position: Atom, items: Sequence[Lowered], first: int) -> Lowered:
    if first == len(items) - 1:
        return items[first]
    here = scope.apply("equal", (position, integer(first)), BOOL)
    return choose(
        scope, node, here, lambda inner: items[first],
        lambda inner: _chosen(inner, node, position, items, first + 1),
    )  # fmt: skip


def _as_growing(scope: Scope, node: gast.AST, items: Sequence[Lowered]) -> Reference:
    """The items of a tuple as a list that can be indexed by what the running program computes."""
    site = (node, "items", scope.frame.calls)
    item = scope.frame.context.growing.get(site)
    if item is None:
        held = scope.make(list, dict(enumerate(items)), "tuple", site)
        need_growing(scope, node, held.cell, scope.contents(held))
    return growing.make(scope, node, site, item, items)


def _place(scope: Scope, node: gast.AST, base: Reference, key: Lowered) -> object:
    """The position in a list, or the key of a dict, known while compiling."""
    if base.cell.cls is list:
        length = len(scope.contents(base).items)
        position = scope.known_integer(key, node, "the index of a list of known length")
        if not -length <= position < length:
            scope.frame.refuse(IndexOutOfBounds, node, f"index {position} is outside a list of {length}")
        return position % length
    return static_key(scope, node, key, base.cell.site)


def read_slice(scope: Scope, node: gast.AST, base: Reference, part: Slice) -> Reference:
    """`list[a:b:c]`: a new list."""
    if base.cell.item is not None:
        return whole_lists.part_of(scope, node, base, part)
    items = scope.items(base)
    assert items is not None
    bounds = [None if bound is None else scope.known_integer(bound, node, "a slice bound of a list")
              for bound in (part.start, part.stop, part.step)]  # fmt: skip
    return new_list(scope, node, items[slice(*bounds)])


def write_slice(scope: Scope, node: gast.AST, base: Reference, part: Slice, value: Lowered) -> None:
    """`list[a:b:c] = items`."""
    value = scope.frame.context.listed(scope, node, value)
    given, items = scope.items(value), scope.items(base)
    known = all(bound is None or isinstance(bound, Const) for bound in (part.start, part.stop, part.step))
    if items is not None and (given is None or not known):
        need_growing(scope, node, base.cell, scope.contents(base))
    if items is None or given is None:
        whole_lists.replace_part(scope, node, base, part, value)
        return
    bounds = [None if bound is None else scope.known_integer(bound, node, "a slice bound of a list")
              for bound in (part.start, part.stop, part.step)]  # fmt: skip
    changed = list(items)
    try:
        changed[slice(*bounds)] = given
    except ValueError as error:
        scope.frame.refuse(TypeMismatch, node, str(error))
    _refill(scope, node, base, changed)


def delete_item(scope: Scope, node: gast.AST, base: Reference, key: Lowered) -> None:
    """`del base[key]`."""
    call_method(scope, node, base, "pop", [key], {})


def _refill(scope: Scope, node: gast.AST, base: Reference, items: Sequence[Lowered]) -> None:
    """Let a list of known length hold these items."""
    scope.check_changeable(node, base)
    held = scope.heap[base.cell]
    before = scope.contents(base).items
    if held.place is not None and len(items) != len(before):
        now = Contents(dict(enumerate(map(Binding, items))) or before)
        ask_own_length(scope, base, growing_kind(scope, now))
        reason = "the length of a list changes that is an item of another list"
        scope.frame.refuse(TypeMismatch, node, reason, "a new list in its place")
    if held.place is not None:
        for position, item in enumerate(items):
            scope.put(node, base, position, item)
        return
    scope.heap[base.cell] = Contents(dict(enumerate(map(Binding, items))), held.frozen)


# ---------------------------------------------------------------- methods


def call_method(
    scope: Scope, node: gast.AST, base: Reference, name: str, arguments: Arguments,
    keywords: Mapping[str, Lowered],
) -> Lowered:  # fmt: skip
    """A method of a list or dict."""
    table = DICT if base.cell.cls is dict else GROWING if base.cell.item is not None else LIST
    if table is GROWING and name not in ("copy", "count", "index"):
        ask_own_length(scope, base, None)
    found = table.get(name)
    if found is None or (keywords and name not in ("update", "sort")):
        reason = f"the method `.{name}` of {describe(base)} is not supported"
        reason += " with these arguments" if found else ""
        scope.frame.refuse(
            UnknownOperator, node, reason, "a loop" if name in ("sort", "index", "remove") else ""
        )
    least, most, method = found
    if not least <= len(arguments) <= most:
        scope.frame.refuse(TypeMismatch, node, f"`.{name}` does not take {len(arguments)} arguments")
    if name not in ("extend", "update"):
        arguments = [scope.named(node, value) for value in arguments]
    if keywords:
        return method(scope, node, base, *arguments, **keywords)
    return method(scope, node, base, *arguments)


def call_tuple_method(
    scope: Scope, node: gast.AST, base: TupleValue, name: str, arguments: Arguments,
    keywords: Mapping[str, Lowered],
) -> Lowered:  # fmt: skip
    """A method of a tuple."""
    if name in ("index", "count") and len(arguments) == 1 and not keywords:
        return looked_up(name)(scope, node, base, arguments[0])
    scope.frame.refuse(UnknownOperator, node, f"the method `.{name}` of {describe(base)} is not supported")


def _append(scope: Scope, node: gast.AST, base: Reference, value: Lowered) -> Lowered:
    items = scope.items(base)
    assert items is not None
    _refill(scope, node, base, (*items, value))
    return NONE


def extend(scope: Scope, node: gast.AST, base: Reference, value: Lowered) -> Lowered:
    """`list.extend(value)`, also `list += value`."""
    items = scope.items(scope.frame.context.listed(scope, node, value))
    if items is None:
        held = scope.contents(base)
        other = scope.frame.context.listed(scope, node, value)
        if held.items:
            need_growing(scope, node, base.cell, held)
        assert isinstance(other, Reference)
        assert other.cell.item is not None
        raise NeedsGrowing(base.cell.site, other.cell.item)
    _refill(scope, node, base, (*(scope.items(base) or ()), *items))
    return NONE


def _need_known(scope: Scope, node: gast.AST, base: Reference, key: Lowered) -> None:
    """Ask for a list of any length where the program computes at which position it changes."""
    if _is_run_time(key) and base.cell.site is not None:
        scope.frame.context.need_unrolled(key)
        scope.frame.context.leave_undecided(scope.integer(key, node, "a position"))
        if growing_kind(scope, scope.contents(base)) is not None:
            need_growing(scope, node, base.cell, scope.contents(base))


def _insert(scope: Scope, node: gast.AST, base: Reference, key: Lowered, value: Lowered) -> Lowered:
    _need_known(scope, node, base, key)
    items = list(scope.items(base) or ())
    items.insert(scope.known_integer(key, node, "the position of insert"), value)
    _refill(scope, node, base, items)
    return NONE


def _pop(scope: Scope, node: gast.AST, base: Reference, key: Lowered = LAST) -> Lowered:
    items = list(scope.items(base) or ())
    if items:
        _need_known(scope, node, base, key)
    place = _place(scope, node, base, key) if items else None
    if place is None:
        scope.frame.refuse(TypeMismatch, node, "an item is taken from an empty list")
    assert isinstance(place, int)
    value = items.pop(place)
    _refill(scope, node, base, items)
    return scope.resolved(value)


def _clear(scope: Scope, node: gast.AST, base: Reference) -> Lowered:
    _refill(scope, node, base, ())
    return NONE


def _reverse(scope: Scope, node: gast.AST, base: Reference) -> Lowered:
    _refill(scope, node, base, (scope.items(base) or ())[::-1])
    return NONE


def _sort(scope: Scope, node: gast.AST, base: Reference, **keywords: Lowered) -> Lowered:
    made = scope.frame.context.call(scope, node, Static(sorted), [base], keywords)
    _refill(scope, node, base, scope.items(made) or ())
    return NONE


def _copy(scope: Scope, node: gast.AST, base: Reference) -> Lowered:
    return new_list(scope, node, scope.items(base) or ())


# ---------------------------------------------------------------- the tables


def _quietly(method: Callable[..., object]) -> Callable[..., Lowered]:
    """A method that returns None."""

    def call(scope: Scope, node: gast.AST, base: Reference, *arguments: Lowered) -> Lowered:
        method(scope, node, base, *arguments)
        return NONE

    return call


def _extend_growing(scope: Scope, node: gast.AST, base: Reference, value: Lowered) -> Lowered:
    other = scope.frame.context.listed(scope, node, value)
    items = scope.items(other)
    if items is None:
        assert isinstance(other, Reference)
        whole_lists.extend(scope, node, base, other)
    for item in items or ():
        growing.append(scope, node, base, item)
    return NONE


LIST: dict[str, tuple[int, int, Callable[..., Lowered]]] = {
    "append": (1, 1, _append), "extend": (1, 1, extend), "insert": (2, 2, _insert), "pop": (0, 1, _pop),
    "clear": (0, 0, _clear), "reverse": (0, 0, _reverse), "copy": (0, 0, _copy),
    "sort": (0, 0, _sort), "index": (1, 3, looked_up("index")),
    "count": (1, 1, looked_up("count")), "remove": (1, 1, remove),
}  # fmt: skip
GROWING: dict[str, tuple[int, int, Callable[..., Lowered]]] = {
    "append": (1, 1, _quietly(growing.append)), "extend": (1, 1, _extend_growing),
    "insert": (2, 2, _quietly(growing.insert)),
    "pop": (0, 1, lambda scope, node, base, key=None: growing.pop(scope, node, base, key)),
    "clear": (0, 0, _quietly(growing.clear)), "reverse": (0, 0, _quietly(whole_lists.reverse)),
    "copy": (0, 0, lambda scope, node, base: whole_lists.part_of(scope, node, base, Slice(None, None, None))),
    "count": (1, 1, count_of), "index": (1, 3, looked_up("index")), "remove": (1, 1, remove),
    "sort": (0, 0, sort),
}  # fmt: skip
__all__ = [
    "NONE", "call_method", "call_tuple_method", "choose_item", "delete_item", "extend", "get_item",
    "key_value", "length_of", "new_dict", "new_list", "pairs_of", "read_slice", "set_item", "static_key",
    "write_slice",
]  # fmt: skip
