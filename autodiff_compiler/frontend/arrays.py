"""Reductions and attributes of arrays, as NumPy has them."""

from __future__ import annotations

from collections.abc import Mapping

import gast
import numpy as np

from autodiff_compiler.errors import (
    AxisOutOfBounds,
    ShapeMismatch,
    TypeMismatch,
    UnknownOperator,
    UnsupportedSyntax,
)
from autodiff_compiler.frontend.creation import (
    as_operand,
    bind,
    create,
    dtype_of,
    from_items,
    is_list,
    new_array,
    strong,
)
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.shapes import matrix_transpose, product, reversed_axes
from autodiff_compiler.frontend.values import Lowered, TupleValue
from autodiff_compiler.ir.build import array_type, as_variable, integer
from autodiff_compiler.ir.nodes import Apply, Atom, Const, Var
from autodiff_compiler.ir.types import BOOL, INT, Array, Scalar, Type, is_complex
from autodiff_compiler.operators import registry
from autodiff_compiler.operators.entry import Reduction

_OF_NUMBERS: dict[str, Lowered] = {  # attributes that NumPy's numbers have, too
    "shape": TupleValue(()), "ndim": integer(0), "size": integer(1), "dtype": Static(None),
}  # fmt: skip


def attribute(scope: Scope, node: gast.AST, base: Lowered, name: str) -> Lowered:
    """`array.shape`, `.T`, `.size`, `.ndim`, `.dtype`; `.real` and `.imag`, of numbers too."""
    if name in ("real", "imag"):
        return part(scope, node, name, scope.atom(base, node, f"the value before .{name}"))
    if name == "T" and isinstance(base, (Var, Const)) and base.type == Scalar(base.type.dtype):
        return base
    if isinstance(base, (Var, Const)) and base.type == Scalar(base.type.dtype) and name in _OF_NUMBERS:
        return Static(np.dtype(base.type.dtype)) if name == "dtype" else _OF_NUMBERS[name]
    array = scope.array(base, node, f"the value before .{name}")
    match name:
        case "shape":
            return TupleValue(scope.builder.dims(array))
        case "T":
            return reversed_axes(scope, array)
        case "mT" if array_type(array).rank >= 2:
            return matrix_transpose(scope, array)
        case "size":
            return product(scope, scope.builder.dims(array))
        case "flat":
            return TupleValue((array,), np.flatiter)
        case "nbytes":
            sizes = [*scope.builder.dims(array), integer(np.dtype(array.type.dtype).itemsize)]
            return product(scope, sizes)
        case "itemsize":
            return integer(np.dtype(array.type.dtype).itemsize)
        case "ndim":
            return integer(array_type(array).rank)
        case "dtype":
            return Static(np.dtype(array.type.dtype))
    near = registry.nearest(name)
    scope.frame.refuse(
        UnknownOperator, node, f"the array attribute `.{name}` is not supported", " or ".join(near)
    )


def part(scope: Scope, node: gast.AST, name: str, value: Atom) -> Lowered:
    """The real or imaginary part: of a real number itself, or 0."""
    if value.type == BOOL and not scope.frame.context.is_numpy_truth(value):
        value = scope.cast(value, INT)  # those of Python's truth values are integers
    if not is_complex(value.type):
        if name == "real":
            return value
        zero = Const(np.dtype(value.type.dtype).type(0).item(), Scalar(value.type.dtype))
        if isinstance(value, Var) and isinstance(value.type, Array):
            return scope.builder.allocate(scope.builder.dims(value), value.type.dtype, zero, name)
        return zero
    made = scope.elementwise(node, name, [value], python=True)
    if isinstance(made, Var) and isinstance(made.type, Array):
        reason = "a part of complex numbers is a copy here, which writes do not leave"
        scope.frame.context.unwritable[made] = reason
    return made


# ---------------------------------------------------------------- reductions


def reduce(
    scope: Scope, node: gast.AST, entry: Reduction, value: Atom, keywords: Mapping[str, Lowered]
) -> Lowered:
    """`sum`, `mean`, `max`, `min` over all or some axes; of a number, which has one axis if need be."""
    dtype = _reduced_dtype(value.type.dtype, entry)
    keepdims = _flag(scope, node, keywords.get("keepdims"))
    if is_complex(value.type) and entry.combine != "add":
        scope.frame.refuse(TypeMismatch, node, f"complex numbers have no {entry.name}", "np.abs(z)")
    if not isinstance(value.type, Array):
        axis = keywords.get("axis")
        _axes(scope, node, axis, 0 if entry.mean else 1)  # NumPy's sums and extremes give a number one axis
        return scope.cast(value, Scalar(dtype))
    kind = value.type
    axes = _axes(scope, node, keywords.get("axis"), kind.rank)
    array = as_variable(scope.cast(value, Scalar(dtype)) if entry.combine == "add" else value)
    kept = [axis for axis in range(kind.rank) if keepdims or axis not in axes]
    result: Type = Scalar(dtype)
    if kept:
        units = tuple(axis in axes or kind.units[axis] for axis in kept)
        result = Array(dtype, len(kept), True, units)
    attributes = (("axis", axes), ("keepdims", keepdims))
    made = scope.builder.assign(Apply(entry.name, (array,), attributes), result, entry.name)
    return scope.frame.context.of_numpy(made)


def _reduced_dtype(dtype: str, entry: Reduction) -> str:
    if entry.combine != "add" or np.dtype(dtype).kind in "fc":
        return dtype
    if entry.mean:
        return "float64"
    return "uint64" if np.dtype(dtype).kind == "u" else "int64"


def _axes(scope: Scope, node: gast.AST, value: Lowered | None, rank: int) -> tuple[int, ...]:
    if value is None or (isinstance(value, Static) and value.value is None):
        return tuple(range(rank))
    known = scope.items(value)
    items = (value,) if known is None else known
    axes = []
    for item in items:
        axis = scope.known_integer(item, node, "the axis")
        if not -rank <= axis < rank:
            scope.frame.refuse(AxisOutOfBounds, node, f"axis {axis} is out of bounds for a {rank}-D array")
        axes.append(axis % rank)
    if len(set(axes)) != len(axes):
        scope.frame.refuse(ShapeMismatch, node, "an axis is named twice")
    return tuple(sorted(axes))


def _flag(scope: Scope, node: gast.AST, value: Lowered | None) -> bool:
    if value is None:
        return False
    if isinstance(value, Const):
        return bool(value.value)
    scope.frame.refuse(UnsupportedSyntax, node, "keepdims must be True or False, known while compiling")


__all__ = [
    "as_operand", "attribute", "bind", "create", "dtype_of", "from_items", "is_list", "new_array",
    "part", "reduce", "strong",
]  # fmt: skip
