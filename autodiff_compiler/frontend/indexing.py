"""Subscripts: elements, views by slices, and what a write to one of them does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import EllipsisType

import gast

from autodiff_compiler.errors import TypeMismatch, UnsupportedSyntax
from autodiff_compiler.frontend import overloads
from autodiff_compiler.frontend.containers import choose_item, get_item, read_slice
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import Lowered, Reference, TupleValue, describe
from autodiff_compiler.ir.build import array_type, integer
from autodiff_compiler.ir.nodes import Atom, Const, Guard, Load, NewAxis, Slice, Store, Var, View
from autodiff_compiler.ir.types import BOOL, Array, Scalar, is_integer

Evaluate = Callable[[gast.AST], Lowered]
Index = tuple[Atom | Slice | NewAxis, ...]
FULL = Slice(None, None, None)


def read_subscript(scope: Scope, node: gast.Subscript, base: Lowered, evaluate: Evaluate) -> Lowered:
    """`base[...]`: an item of a tuple, an element, or a view."""
    if isinstance(base, Static):
        made = overloads.of_class(base.value, evaluate(node.slice))
        if made is not None:
            return made
    if overloads.method_of(base, "__getitem__") is not None:
        return overloads.get_item(scope, node, base, key_of(scope, node.slice, evaluate))
    items = scope.items(base)
    if isinstance(base, TupleValue) and items is not None:
        return _known_item(scope, node, base, items, evaluate)
    if isinstance(base, Reference) and isinstance(node.slice, gast.Slice):
        return read_slice(scope, node, base, slice_bounds(scope, node.slice, evaluate))
    if isinstance(base, Reference):
        return get_item(scope, node, base, evaluate(node.slice))
    array = scope.array(base, node, "the indexed value")
    index = lower_index(scope, node, array, evaluate)
    return element_or_view(scope, array, index)


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
            TypeMismatch, node, f"index {position} is outside {describe(base)} of {len(items)}"
        )
    return items[position]


def slice_bounds(scope: Scope, part: gast.Slice, evaluate: Evaluate) -> Slice:
    """The bounds of a slice as integers."""
    bounds = (part.lower, part.upper, part.step)
    return Slice(*[None if bound is None else _bound(scope, bound, evaluate) for bound in bounds])


def lower_index(scope: Scope, node: gast.Subscript, array: Var, evaluate: Evaluate) -> Index:
    """The index spelled out for every axis: integers, slices, new axes."""
    parts = node.slice.elts if isinstance(node.slice, gast.Tuple) else [node.slice]
    items = [item for part in parts for item in _lower_item(scope, part, evaluate)]
    rank = array_type(array).rank
    used = sum(1 for item in items if not isinstance(item, EllipsisType | NewAxis))
    if used > rank:
        scope.frame.refuse(
            TypeMismatch, node, f"{used} indices for `{array.name}`, which is {describe(array)}"
        )
    position = items.index(Ellipsis) if Ellipsis in items else len(items)
    items[position : position + 1] = [FULL] * (rank - used)
    if Ellipsis in items:
        scope.frame.refuse(TypeMismatch, node, "an index can have only one ellipsis")
    return tuple(item for item in items if not isinstance(item, EllipsisType))


def _lower_item(
    scope: Scope, part: gast.AST, evaluate: Evaluate
) -> Sequence[Atom | Slice | NewAxis | EllipsisType]:
    """What one part of an index says: several axes where it is a tuple, else one."""
    if isinstance(part, gast.Slice):
        bounds = [
            None if bound is None else _bound(scope, bound, evaluate)
            for bound in (part.lower, part.upper, part.step)
        ]
        return [Slice(*bounds)]
    value = evaluate(part)
    if isinstance(value, Static) and value.value is None:
        return [NewAxis()]
    if isinstance(value, Static) and isinstance(value.value, EllipsisType):
        return [value.value]
    if isinstance(value, TupleValue):  # a[position] with a tuple of integers
        return [scope.integer(item, part, "an index") for item in value.items]
    if isinstance(value, Var) and isinstance(value.type, Array):
        scope.frame.refuse(
            UnsupportedSyntax,
            part,
            f"indexing with {describe(value)} is not supported",
            "loop over the positions: for k in range(len(idx)): ... a[idx[k]] ..., or np.where for masks",
        )
    if isinstance(value, (Var, Const)) and value.type == BOOL:
        scope.frame.refuse(UnsupportedSyntax, part, "a boolean index is not supported", "int(...) around it")
    return [scope.integer(value, part, "an index")]


def _bound(scope: Scope, node: gast.AST, evaluate: Evaluate) -> Atom | None:
    value = evaluate(node)
    if isinstance(value, Static) and value.value is None:
        return None
    return scope.integer(value, node, "a slice bound")


def element_or_view(scope: Scope, array: Var, index: Index) -> Var:
    """The element where every axis has an integer, else the view."""
    atoms = tuple(item for item in index if isinstance(item, (Var, Const)))
    if len(atoms) == len(index):
        return scope.builder.assign(Load(array, atoms), Scalar(array.type.dtype), array.name)
    return view(scope, array, index)


def view(scope: Scope, array: Var, index: Index) -> Var:
    """`array[index]` as a view (the array itself where the index takes all of it)."""
    if all(item == FULL for item in index):
        return array
    kind = array_type(array)
    units: list[bool] = []
    axis = 0
    for item in index:
        if isinstance(item, NewAxis):
            units.append(True)
            continue
        if isinstance(item, Slice):
            units.append(_is_unit(scope, array, axis, item))
        axis += 1
    result = Array(kind.dtype, len(units), kind.contiguous and _keeps_contiguity(index), tuple(units))
    target = scope.builder.assign(View(array, index), result, array.name)
    return scope.frame.context.same_memory(target, array)


def _is_unit(scope: Scope, array: Var, axis: int, item: Slice) -> bool:
    """Whether a slice surely keeps one element; `k:k+1` does where the axis is that long, a guard."""
    kind = array_type(array)
    if item == FULL:
        return kind.units[axis]
    if not (isinstance(item.start, Const) and isinstance(item.stop, Const) and item.step is None):
        return False
    start, stop = int(item.start.value), int(item.stop.value)
    if not (stop == start + 1 and start >= 0):
        return False
    long_enough = scope.apply("greater", (scope.builder.dim(array, axis), integer(start)), BOOL)
    scope.builder.add(
        Guard(
            long_enough,
            f"the slice {start}:{stop} of `{array.name}` is empty",
            (),
            "ShapeMismatch",
            scope.builder.at,
        )
    )
    return True


def _keeps_contiguity(index: Index) -> bool:
    """Leading integers, at most one unstrided slice, then whole axes: still without gaps."""
    rest = list(index)
    while rest and isinstance(rest[0], (Var, Const)):
        rest.pop(0)
    if rest and isinstance(rest[0], Slice) and rest[0].step is None:
        rest.pop(0)
    return all(item == FULL for item in rest)


def write_subscript(scope: Scope, node: gast.Subscript, array: Var, index: Index, value: Lowered) -> None:
    """`array[index] = value`."""
    scope.check_writable(array, node)
    atoms = tuple(item for item in index if isinstance(item, (Var, Const)))
    if len(atoms) == len(index):
        scalar = scope.scalar(value, node, "the assigned value")
        at = scope.frame.at(node)
        scope.builder.add(Store(array, atoms, scope.cast(scalar, Scalar(array.type.dtype)), False, at))
        return
    write_array(scope, node, view(scope, array, index), value)


def write_array(
    scope: Scope, node: gast.AST, target: Var, value: Lowered, *, accumulate: bool = False
) -> None:
    """`target[...] = value` (or `+=`), the value broadcast to the target's shape."""
    scope.check_writable(target, node)
    atom = scope.atom(value, node, "the assigned value")
    kind = array_type(target)
    if isinstance(atom.type, Array) and atom.type.rank > kind.rank:
        scope.frame.refuse(TypeMismatch, node, f"{describe(atom)} cannot be assigned to {describe(target)}")
    at = scope.frame.at(node)
    scope.builder.add(Store(target, (), scope.cast(atom, Scalar(kind.dtype)), accumulate, at))
