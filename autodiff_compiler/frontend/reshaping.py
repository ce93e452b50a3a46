"""Calls of NumPy's functions that give an array another shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import gast

from autodiff_compiler.errors import ShapeMismatch, TypeMismatch, UnsupportedSyntax
from autodiff_compiler.frontend import shapes
from autodiff_compiler.frontend.arrays import bind, from_items
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import Lowered
from autodiff_compiler.ir.build import array_type, integer
from autodiff_compiler.ir.nodes import Atom, Const, Var
from autodiff_compiler.ir.types import Array

Keywords = Mapping[str, Lowered]
PARAMETERS = {
    "ravel": ("a", "order"), "flatten": ("a", "order"), "reshape": ("a", "shape", "order", "copy"),
    "transpose": ("a", "axes"), "expand_dims": ("a", "axis"), "squeeze": ("a", "axis"),
    "broadcast_to": ("array", "shape", "subok"), "copy": ("a", "order", "subok"),
}  # fmt: skip


def reshaped(
    scope: Scope, node: gast.AST, name: str, arguments: list[Lowered], keywords: Keywords
) -> Lowered:
    """A call of one of these functions, on an array, a number or a list."""
    given = bind(scope, node, name, PARAMETERS[name], arguments, keywords)
    names = [item for item in PARAMETERS[name] if not _is_absent(given, item)]
    first = given.get(PARAMETERS[name][0])
    needed = {"reshape": "shape", "expand_dims": "axis", "broadcast_to": "shape"}.get(name)
    if first is None or (needed and needed not in names):
        scope.frame.refuse(TypeMismatch, node, f"{name} misses the argument `{needed or 'a'}`")
    if name == "broadcast_to":
        value = first if scope.items(first) is None else from_items(scope, node, first, None)
        return shapes.broadcast_to(scope, node, value, given["shape"])
    array = _as_array(scope, node, first, name)
    if not isinstance(array.type, Array):
        return _of_number(scope, node, name, array, given)
    assert isinstance(array, Var)
    return _of_array(scope, node, name, array, {item: given[item] for item in names})


def _is_absent(given: Mapping[str, Lowered], name: str) -> bool:
    value = given.get(name)
    return value is None or (isinstance(value, Static) and value.value is None)


def _as_array(scope: Scope, node: gast.AST, value: Lowered, name: str) -> Var | Const:
    if scope.items(value) is not None:
        value = from_items(scope, node, value, None)
    return scope.atom(value, node, f"the argument of {name}")


def _of_array(scope: Scope, node: gast.AST, name: str, array: Var, given: Mapping[str, Lowered]) -> Lowered:
    match name:
        case "ravel":
            order = shapes.order_of(scope, node, given.get("order"), array)
            return shapes.reshape(scope, node, array, [integer(-1)], order)
        case "flatten":
            order = shapes.order_of(scope, node, given.get("order"), array)
            return shapes.flattened(scope, node, array, order)
        case "reshape":
            order = shapes.order_of(scope, node, given.get("order"), array)
            sizes = shapes.sizes_of(scope, node, given["shape"])
            return _reshaped(scope, node, array, sizes, order, given.get("copy"))
        case "expand_dims":
            return shapes.expand_dims(scope, node, array, given["axis"])
        case "squeeze":
            return shapes.squeeze(scope, node, array, given.get("axis"))
    return _transpose(scope, node, array, given.get("axes"))


def _reshaped(
    scope: Scope, node: gast.AST, array: Var, sizes: Sequence[Atom], order: str, wish: Lowered | None
) -> Lowered:
    """`np.reshape(a, shape, order, copy=None)`: always a copy, never one, or one where it must be."""
    if wish is None:
        return shapes.reshape(scope, node, array, sizes, order)
    if not isinstance(wish, Const):
        reason = "whether reshape makes a copy is not known while compiling"
        scope.frame.refuse(UnsupportedSyntax, node, reason, "copy=True or copy=False")
    if not wish.value and not (order == "C" and array_type(array).contiguous):
        reason = "whether this array can be reshaped without a copy is only known at run time"
        scope.frame.refuse(UnsupportedSyntax, node, reason, "reshape without `copy`")
    source = shapes.copy(scope, array) if wish.value else array
    return shapes.reshape(scope, node, source, sizes, order)


def _of_number(
    scope: Scope, node: gast.AST, name: str, number: Var | Const, given: Mapping[str, Lowered]
) -> Lowered:
    """A number is an array without axes."""
    if name in ("transpose", "squeeze"):
        return number
    one = scope.builder.allocate((integer(1),), number.type.dtype, number, "array")
    if name == "reshape":
        return shapes.reshape(scope, node, one, shapes.sizes_of(scope, node, given["shape"]))
    if name != "expand_dims":
        return one
    items = scope.items(given["axis"])
    rank = 1 if items is None else len(items)
    shapes.axes_of(scope, node, given["axis"], rank)
    return shapes.reshape(scope, node, one, [integer(1)] * rank) if rank else number


def _transpose(scope: Scope, node: gast.AST, array: Var, axes: Lowered | None) -> Lowered:
    rank = array_type(array).rank
    if axes is None:
        return shapes.reversed_axes(scope, array)
    order = shapes.axes_of(scope, node, axes, rank)
    if sorted(order) != list(range(rank)):
        scope.frame.refuse(ShapeMismatch, node, f"axes {tuple(order)} are no permutation of {rank} axes")
    return shapes.transpose(scope, array, order)
