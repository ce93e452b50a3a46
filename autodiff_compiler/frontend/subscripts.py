"""Subscripts: what an index says, and reading and writing elements, views and selections by it."""

from __future__ import annotations

from collections.abc import Sequence
from types import EllipsisType

import gast
import numpy as np

from autodiff_compiler.errors import IndexOutOfBounds, TypeMismatch, UnsupportedSyntax
from autodiff_compiler.frontend import flat, overloads, selection
from autodiff_compiler.frontend.containers import choose_item, get_item, read_slice
from autodiff_compiler.frontend.creation import as_operand
from autodiff_compiler.frontend.index_tricks import is_joining, joined
from autodiff_compiler.frontend.indexing import (
    Evaluate,
    assigned,
    bound,
    element_or_view,
    slice_bounds,
    view,
    write_array,
)
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.operand_dtypes import kept
from autodiff_compiler.frontend.run_over import part_run_over
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.selection import Index
from autodiff_compiler.frontend.values import Lowered, Range, Reference, TupleValue, describe
from autodiff_compiler.ir.build import FULL, array_type, in_words, integer
from autodiff_compiler.ir.nodes import Atom, Const, NewAxis, Slice, Store, Var
from autodiff_compiler.ir.types import BOOL, INT, Array, Scalar, is_integer

Item = selection.Item | EllipsisType


def read_subscript(scope: Scope, node: gast.Subscript, base: Lowered, evaluate: Evaluate) -> Lowered:
    """`base[...]`: an item of a tuple, an element, or a view."""
    if isinstance(base, Static) and isinstance(base.value, type(np.s_)):
        return _as_value(node.slice, evaluate, base.value.maketuple)
    if isinstance(base, Static) and is_joining(base.value):
        return joined(scope, node, base.value, evaluate)
    if isinstance(base, Static) and isinstance(base.value, str):
        return _part_of_text(scope, node, base.value, evaluate)
    if isinstance(base, Static):
        made = overloads.of_class(base.value, evaluate(node.slice))
        if made is not None:
            return made
    if overloads.method_of(base, "__getitem__") is not None:
        return overloads.get_item(scope, node, base, key_of(scope, node.slice, evaluate))
    if (behind := flat.array_behind(base)) is not None:
        row = flat.row(scope, behind)
        return flat.read(scope, node, behind, row, lower_index(scope, node, row, evaluate))
    items = scope.items(base)
    if isinstance(base, TupleValue) and items is not None:
        return _known_item(scope, node, base, items, evaluate)
    if isinstance(base, Reference) and isinstance(node.slice, gast.Slice):
        part = slice_bounds(scope, node.slice, evaluate)
        return part_run_over(scope, node, base, part) or read_slice(scope, node, base, part)
    if isinstance(base, Reference):
        return get_item(scope, node, base, evaluate(node.slice))
    if _is_number(scope, base) and (made := _of_number(scope, node, base, evaluate)) is not None:
        return made
    array = scope.array(base, node, "the indexed value")
    index = lower_index(scope, node, array, evaluate)
    if selection.is_advanced(index):
        return selection.gather(scope, node, array, index)
    return element_or_view(scope, array, index)


def _is_number(scope: Scope, value: Lowered) -> bool:
    """Whether a value is a number of NumPy, which is an array without axes too."""
    if not (isinstance(value, (Var, Const)) and isinstance(value.type, Scalar)):
        return False
    return scope.frame.context.is_numpy_truth(value) if value.type == BOOL else not value.type.weak


def _of_number(scope: Scope, node: gast.Subscript, number: Lowered, evaluate: Evaluate) -> Lowered | None:
    """`x[None]`, `x[x > 0]`: an array of the number, or of nothing; None where the index is another one."""
    assert isinstance(number, (Var, Const))
    if _takes_all(node.slice):
        return number
    parts = node.slice.elts if isinstance(node.slice, gast.Tuple) else [node.slice]
    if any(isinstance(part, gast.Slice) for part in parts):
        return None
    lengths: list[Atom] = []
    masked = False
    for value in map(evaluate, parts):
        if value == Static(None):
            lengths.append(integer(1))
        elif isinstance(value, (Var, Const)) and value.type == BOOL and not masked:
            lengths.append(scope.cast(value, INT))
            masked = True
        elif not (isinstance(value, Static) and value.value is Ellipsis):
            return None
    name = number.name if isinstance(number, Var) else "array"
    return scope.builder.allocate(tuple(lengths), number.type.dtype, number, name)


def _takes_all(index: gast.AST) -> bool:
    """Whether a subscript is `[()]` or `[...]`."""
    everything = isinstance(index, gast.Constant) and index.value is ...
    return everything or (isinstance(index, gast.Tuple) and not index.elts)


def _part_of_text(scope: Scope, node: gast.Subscript, text: str, evaluate: Evaluate) -> Lowered:
    """A letter or a part of a text that is known while compiling."""
    what = "the index of a text"
    if isinstance(node.slice, gast.Slice):
        parts = (node.slice.lower, node.slice.upper, node.slice.step)
        bounds = [None if part is None else scope.known_integer(evaluate(part), node, what) for part in parts]
        return Static(text[slice(*bounds)])
    position = scope.known_integer(evaluate(node.slice), node, what)
    if not -len(text) <= position < len(text):
        scope.frame.refuse(
            IndexOutOfBounds, node, f"index {position} is outside a text of {len(text)} letters"
        )
    return Static(text[position])


def _as_value(index: gast.AST, evaluate: Evaluate, in_tuple: bool) -> Lowered:
    """An index as a value: `np.s_[1:3, idx]`."""

    def part(item: gast.AST) -> Lowered:
        if not isinstance(item, gast.Slice):
            return evaluate(item)
        bounds = (item.lower, item.upper, item.step)
        return TupleValue(tuple(Static(None) if at is None else evaluate(at) for at in bounds), slice)

    if isinstance(index, gast.Tuple):
        return TupleValue(tuple(map(part, index.elts)))
    return TupleValue((part(index),)) if in_tuple else part(index)


def key_of(scope: Scope, node: gast.AST, evaluate: Evaluate) -> Lowered:
    """What an object's `__getitem__` and `__setitem__` get."""
    if isinstance(node, gast.Slice):
        scope.frame.refuse(
            UnsupportedSyntax, node, "slices of objects are not supported", "a method of its own"
        )
    return evaluate(node)


def _known_item(
    scope: Scope, node: gast.Subscript, base: Lowered, items: Sequence[Lowered], evaluate: Evaluate
) -> Lowered:
    if isinstance(node.slice, gast.Slice):
        bounds = [
            None if part is None else scope.known_integer(evaluate(part), node, "a slice bound of a tuple")
            for part in (node.slice.lower, node.slice.upper, node.slice.step)
        ]
        return TupleValue(tuple(items[slice(*bounds)]))
    key = evaluate(node.slice)
    if isinstance(key, Var) and is_integer(key.type):
        return choose_item(scope, node, base, key)
    position = scope.known_integer(key, node, "the index of a tuple")
    if not -len(items) <= position < len(items):
        scope.frame.refuse(
            IndexOutOfBounds, node, f"index {position} is outside {describe(base)} of {len(items)}"
        )
    return items[position]


def written_place(scope: Scope, node: gast.Subscript, base: Lowered, evaluate: Evaluate) -> tuple[Var, Index]:
    """The array that `base[...] = value` writes to, and where."""
    behind = flat.array_behind(base)
    if behind is None:
        array = scope.array(base, node, "the indexed value")
        return array, lower_index(scope, node, array, evaluate)
    scope.check_writable(behind, node)
    row = flat.row(scope, behind)
    return flat.place_of(scope, node, behind, row, lower_index(scope, node, row, evaluate))


def lower_index(scope: Scope, node: gast.Subscript, array: Var, evaluate: Evaluate) -> Index:
    """The index spelled out for every axis: integers, slices, new axes, arrays of integers, masks."""
    if isinstance(node.slice, gast.Tuple):
        items = [_lower_item(scope, part, evaluate) for part in node.slice.elts]
    elif isinstance(node.slice, gast.Slice):
        items = [slice_bounds(scope, node.slice, evaluate)]
    else:
        items = _items_of(scope, node.slice, evaluate(node.slice))
    return _spelled_out(scope, node, array, items)


def _items_of(scope: Scope, node: gast.AST, value: Lowered) -> list[Item]:
    """The items of an index that is one value: those of a tuple, else itself."""
    if isinstance(value, TupleValue) and value.cls is not slice:  # a[position] with a tuple
        return [_item(scope, node, item) for item in value.items]
    return [_item(scope, node, value)]


def _spelled_out(scope: Scope, node: gast.AST, array: Var, items: list[Item]) -> Index:
    """An item for every axis, and for every new one."""
    rank = array_type(array).rank
    used = sum(map(_axes, items))
    if used > rank:
        scope.frame.refuse(
            IndexOutOfBounds, node, f"{used} indices for {in_words(array)}, which is {describe(array)}"
        )
    position = items.index(Ellipsis) if Ellipsis in items else len(items)
    items[position : position + 1] = [FULL] * (rank - used)
    if Ellipsis in items:
        scope.frame.refuse(TypeMismatch, node, "an index can have only one ellipsis")
    return tuple(item for item in items if not isinstance(item, EllipsisType))


def _axes(item: Item) -> int:
    """How many axes of the array an item is about."""
    if isinstance(item, EllipsisType | NewAxis):
        return 0
    return array_type(item).rank if selection.is_mask(item) else 1


def _lower_item(scope: Scope, part: gast.AST, evaluate: Evaluate) -> Item:
    if isinstance(part, gast.Slice):
        return slice_bounds(scope, part, evaluate)
    return _item(scope, part, evaluate(part))


def _item(scope: Scope, part: gast.AST, value: Lowered) -> Item:
    """What one part of an index says."""
    if isinstance(value, Static) and value.value is None:
        return NewAxis()
    if isinstance(value, Static) and isinstance(value.value, EllipsisType):
        return value.value
    if isinstance(value, Static) and isinstance(value.value, slice):
        known = (value.value.start, value.value.stop, value.value.step)
        value = TupleValue(tuple(Static(None) if item is None else integer(item) for item in known), slice)
    if isinstance(value, TupleValue) and value.cls is slice:
        return Slice(*(bound(scope, part, item) for item in value.items))
    if isinstance(value, (TupleValue, Reference, Range)):
        value = selection.index_array(scope, part, value)
    if isinstance(value, Var) and isinstance(value.type, Array):
        return selection.checked(scope, part, value)
    if isinstance(value, (Var, Const)) and value.type == BOOL:
        scope.frame.refuse(UnsupportedSyntax, part, "a boolean index is not supported", "int(...) around it")
    return scope.integer(value, part, "an index")


def add_by_index(scope: Scope, node: gast.AST, array: Var, index: Lowered, value: Lowered) -> None:
    """`array[index] += value`, where elements that are named several times are added to each time."""
    found = _spelled_out(scope, node, array, _items_of(scope, node, index))
    if selection.is_advanced(found):
        selection.add_at(scope, node, array, found, value)
        return
    scope.check_writable(array, node)
    atoms = tuple(item for item in found if isinstance(item, (Var, Const)))
    if len(atoms) < len(found):
        given = as_operand(scope, node, value, "the added value")
        write_array(scope, node, view(scope, array, found), given, accumulate=True)
        return
    number = kept(scope, node, scope.scalar(value, node, "the added value"), Scalar(array.type.dtype))
    scope.builder.add(Store(array, atoms, number, True, scope.frame.at(node)))


def write_subscript(scope: Scope, node: gast.Subscript, array: Var, index: Index, value: Lowered) -> None:
    """`array[index] = value`."""
    scope.check_writable(array, node)
    if selection.is_advanced(index):
        selection.scatter(scope, node, array, index, value)
        return
    atoms = tuple(item for item in index if isinstance(item, (Var, Const)))
    if len(atoms) == len(index):
        scalar = scope.scalar(value, node, "the assigned value")
        at = scope.frame.at(node)
        scope.builder.add(Store(array, atoms, assigned(scope, node, scalar, array), False, at))
        return
    given = as_operand(scope, node, value, "the assigned value")
    write_array(scope, node, view(scope, array, index), given)
