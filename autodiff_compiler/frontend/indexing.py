"""Basic indexing: elements and views by slices, and writes to whole views."""

from __future__ import annotations

from collections.abc import Callable

import gast

from autodiff_compiler.errors import ShapeMismatch
from autodiff_compiler.frontend.axis_order import as_ordered
from autodiff_compiler.frontend.failures import require
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.lessons import STORE, VALUE, as_learned
from autodiff_compiler.frontend.operand_dtypes import kept, truncated
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import Lowered, describe
from autodiff_compiler.ir.build import FULL, array_type, integer
from autodiff_compiler.ir.nodes import Atom, Const, Guard, Load, NewAxis, Slice, Store, Var, View
from autodiff_compiler.ir.types import BOOL, Array, Scalar, is_float

Evaluate = Callable[[gast.AST], Lowered]
Index = tuple[Atom | Slice | NewAxis, ...]
_LONG = ("int32", "int64")  # a float that one element or a slice of these becomes must be an integer of them


def slice_bounds(scope: Scope, part: gast.Slice, evaluate: Evaluate) -> Slice:
    """The bounds of a slice as integers."""
    bounds = (part.lower, part.upper, part.step)
    start, stop, step = (None if item is None else bound(scope, item, evaluate(item)) for item in bounds)
    if isinstance(step, Const) and step.value == 0:
        require(scope, part.step, Const(False, BOOL), ValueError, "slice step cannot be zero")
        step = None
    return Slice(start, stop, step)


def bound(scope: Scope, node: gast.AST, value: Lowered) -> Atom | None:
    """One bound of a slice; None where it is absent."""
    if isinstance(value, Static) and value.value is None:
        return None
    return scope.integer(value, node, "a slice bound")


def element_or_view(scope: Scope, array: Var, index: Index) -> Var:
    """The element where every axis has an integer, else the view."""
    atoms = tuple(item for item in index if isinstance(item, (Var, Const)))
    if len(atoms) == len(index):
        element = scope.builder.assign(Load(array, atoms), Scalar(array.type.dtype), array.name)
        return scope.frame.context.of_numpy(element)
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
    as_ordered(scope.frame.context, target, array)
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
    lesson = ("some", scope.builder.at)
    if lesson in scope.frame.context.lessons:
        return False
    long_enough = scope.apply("greater", (scope.builder.dim(array, axis), integer(start)), BOOL)
    scope.builder.add(
        Guard(
            long_enough,
            f"the slice {start}:{stop} of `{array.name}` is empty",
            (),
            "ShapeMismatch",
            scope.builder.at,
            lesson=lesson,
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


def write_array(
    scope: Scope, node: gast.AST, target: Var, value: Lowered, *, accumulate: bool = False
) -> None:
    """`target[...] = value` (or `+=`), the value broadcast to the target's shape."""
    scope.check_writable(target, node)
    atom = scope.atom(value, node, "the assigned value")
    kind = array_type(target)
    if isinstance(atom.type, Array) and atom.type.rank > kind.rank:
        scope.frame.refuse(ShapeMismatch, node, f"{describe(atom)} cannot be assigned to {describe(target)}")
    at = scope.frame.at(node)
    (value,) = as_learned(
        scope.frame, scope.builder, (at, STORE), [assigned(scope, node, atom, target)], VALUE
    )
    scope.builder.add(Store(target, (), value, accumulate, at))


def assigned(scope: Scope, node: gast.AST, value: Atom, target: Var) -> Atom:
    """What is assigned to elements of an array, in its dtype."""
    kind = Scalar(target.type.dtype)
    if isinstance(value.type, Scalar) and is_float(value.type) and kind.dtype in _LONG:
        return truncated(scope, node, value, kind)
    return kept(scope, node, value, kind)
