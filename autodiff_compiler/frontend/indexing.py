"""Basic indexing: elements and views by slices, and writes to whole views."""

from __future__ import annotations

from collections.abc import Callable

import gast

from autodiff_compiler.errors import ShapeMismatch
from autodiff_compiler.frontend.axis_order import as_ordered
from autodiff_compiler.frontend.failures import require
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.lessons import as_learned
from autodiff_compiler.frontend.operand_dtypes import kept, truncated
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import Lowered, describe
from autodiff_compiler.ir.build import FULL, STORE, VALUE, Builder, array_type, integer
from autodiff_compiler.ir.nodes import Apply, Atom, Const, Guard, Load, NewAxis, Slice, Store, Var, View
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
    """Whether a slice keeps one element: `k:k+1` and `-1:` do, where the axis is that long, a guard."""
    kind = array_type(array)
    if item == FULL:
        return kind.units[axis]
    at = scope.builder.at
    lesson = ("some", at)
    single = None if lesson in scope.frame.context.lessons else _single(scope.builder, item)
    if single is None:
        return False
    length = scope.builder.dim(array, axis)
    if isinstance(single, Const) and int(single.value) < 0:
        inside = scope.apply("greater_equal", (length, integer(-int(single.value))), BOOL)
    else:
        inside = scope.apply("less", (single, length), BOOL)
        if not isinstance(single, Const):
            positive = scope.apply("greater_equal", (single, integer(0)), BOOL)
            inside = scope.apply("logical_and", (positive, inside), BOOL)
    message = f"the slice of `{array.name}` at {{}} is not one of its {{}} elements"
    scope.builder.add(Guard(inside, message, (single, length), "ShapeMismatch", at, lesson=lesson))
    return True


def _single(builder: Builder, item: Slice) -> Atom | None:
    """Where the only element of a slice like `k:k+1` is; None where it may be of any length."""
    if item.step not in (None, integer(1)):
        return None
    start, stop = item.start or integer(0), item.stop
    if isinstance(start, Const) and (stop is None or isinstance(stop, Const)):
        first = int(start.value)
        if stop is None:
            return start if first == -1 else None
        return start if first + 1 == int(stop.value) != 0 else None  # -1:0 is empty
    for one, other, operator in ((stop, start, "add"), (start, stop, "subtract")):
        match builder.definition(one) if isinstance(one, Var) else None:
            case Apply(name, (inner, Const(1))) if name == operator and _alike(builder, inner, other):
                return start
            case Apply("add", (Const(1), inner)) if operator == "add" and _alike(builder, inner, other):
                return start
    return None


def _alike(builder: Builder, one: Atom, other: Atom | None) -> bool:
    """Whether two numbers are the same, as the code just before tells."""
    if other is None or one == other:
        return one == other
    made = builder.definition(one)
    return isinstance(made, Apply) and made == builder.definition(other)


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
