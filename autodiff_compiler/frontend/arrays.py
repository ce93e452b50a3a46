"""Array creation, shape and reductions, as NumPy's functions, methods and attributes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import gast
import numpy as np

from autodiff_compiler.errors import ShapeMismatch, TypeMismatch, UnknownOperator, UnsupportedSyntax
from autodiff_compiler.frontend.kinds import LONG, Static
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.shapes import copy, matrix_transpose, product, reversed_axes, sizes_of
from autodiff_compiler.frontend.values import Lowered, Reference, TupleValue
from autodiff_compiler.frontend.whole_lists import as_array
from autodiff_compiler.ir.build import array_type, as_variable, integer
from autodiff_compiler.ir.nodes import Apply, Atom, Const, Var
from autodiff_compiler.ir.types import Array, Scalar, Type, is_complex
from autodiff_compiler.operators import registry
from autodiff_compiler.operators.entry import Reduction

FILLS: dict[str, float | None] = {"zeros": 0.0, "ones": 1.0, "empty": None}


_OF_NUMBERS: dict[str, Lowered] = {  # attributes that NumPy's numbers have, too
    "shape": TupleValue(()), "ndim": integer(0), "size": integer(1), "dtype": Static(None),
}  # fmt: skip


def attribute(scope: Scope, node: gast.AST, base: Lowered, name: str) -> Lowered:
    """`array.shape`, `.T`, `.size`, `.ndim`, `.dtype`; `.real` and `.imag`, of numbers too."""
    if name in ("real", "imag"):
        return part(scope, node, name, scope.atom(base, node, f"the value before .{name}"))
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


# ---------------------------------------------------------------- creation


def dtype_of(scope: Scope, node: gast.AST, value: Lowered | None, default: str) -> str:
    """A dtype argument's name."""
    if value is None or (isinstance(value, Static) and value.value is None):
        return default
    if isinstance(value, Static):
        try:
            dtype = np.dtype(value.value)  # type: ignore[call-overload]  # whatever the user gives
        except TypeError:
            dtype = np.dtype(object)
        if dtype.kind in "fciub" and dtype.name not in ("float16", *LONG):
            return str(dtype.name)
    scope.frame.refuse(
        TypeMismatch, node, "this dtype is not supported", "np.float64, np.float32, np.int64 or bool"
    )


def create(
    scope: Scope, node: gast.AST, name: str, arguments: list[Lowered], keywords: Mapping[str, Lowered]
) -> Var:
    """`np.zeros`, `ones`, `empty`, `full` and their `_like` forms."""
    like = name.endswith("_like")
    base = name.removesuffix("_like")
    names = (["a" if like else "shape"]) + (["fill_value"] if base == "full" else []) + ["dtype"]
    given = bind(scope, node, name, names, arguments, keywords)
    if like:
        array = scope.array(given["a"], node, f"the argument of {name}")
        shape, default = scope.builder.dims(array), array.type.dtype
    else:
        shape, default = sizes_of(scope, node, given["shape"]), "float64"
    if base != "full":
        dtype = dtype_of(scope, node, given.get("dtype"), default)
        number = FILLS[base]
        fill = None if number is None else Const(np.dtype(dtype).type(number).item(), Scalar(dtype))
        return scope.builder.allocate(shape, dtype, fill, base)
    value = scope.scalar(given["fill_value"], node, "the fill value")
    dtype = dtype_of(scope, node, given.get("dtype"), default if like else value.type.dtype)
    return scope.builder.allocate(shape, dtype, scope.cast(value, Scalar(dtype)), base)


def from_items(scope: Scope, node: gast.AST, value: Lowered, dtype: Lowered | None) -> Lowered:
    """`np.array([...])` of numbers, nested lists of numbers, or another array (copied)."""
    if isinstance(value, Reference) and value.cell.item is not None:
        value = as_array(scope, node, value)
    if scope.items(value) is None:
        atom = scope.atom(value, node, "the argument")
        name = dtype_of(scope, node, dtype, atom.type.dtype)
        if isinstance(atom, Var) and isinstance(atom.type, Array):
            return copy(scope, atom) if name == atom.type.dtype else scope.cast(atom, Scalar(name))
        return strong(scope, atom, Scalar(name))
    shape = _shape_of(scope, node, value)
    leaves = [scope.scalar(item, node, "an item of the array") for item in _leaves(scope, value)]
    dtypes = [leaf.type.dtype for leaf in leaves]  # weakness is lost
    natural = np.result_type(*dtypes).name if leaves else "float64"
    name = dtype_of(scope, node, dtype, natural)
    array = scope.builder.allocate(tuple(integer(size) for size in shape), name, None, "array")
    for position, leaf in zip(np.ndindex(*shape), leaves, strict=True):
        scope.builder.store(array, tuple(integer(k) for k in position), scope.cast(leaf, Scalar(name)))
    return array


def strong(scope: Scope, number: Atom, kind: Scalar) -> Atom:
    """A number as one of NumPy, whose type counts in promotion."""
    if isinstance(number, Const):
        return Const(np.dtype(kind.dtype).type(number.value).item(), kind)
    if number.type.dtype == kind.dtype and number.type != kind:
        return scope.builder.assign(Apply("cast", (number,), (("dtype", kind.dtype),)), kind)
    return scope.cast(number, kind)


def as_operand(scope: Scope, node: gast.AST, value: Lowered, what: str) -> Atom:
    """A number or array, lists and tuples of numbers made into one, as NumPy's functions take it."""
    if isinstance(value, (Reference, TupleValue)) and (scope.items(value) is not None or is_list(value)):
        value = from_items(scope, node, value, None)
    return scope.atom(value, node, what)


def is_list(value: Lowered) -> bool:
    """Whether a value is a list."""
    return isinstance(value, Reference) and value.cell.cls is list


def _leaves(scope: Scope, value: Lowered) -> list[Lowered]:
    items = scope.items(value)
    return [value] if items is None else [leaf for item in items for leaf in _leaves(scope, item)]


def _shape_of(scope: Scope, node: gast.AST, value: Lowered) -> tuple[int, ...]:
    items = scope.items(value)
    if items is None:
        return ()
    shapes = {_shape_of(scope, node, item) for item in items}
    if len(shapes) > 1:
        scope.frame.refuse(ShapeMismatch, node, "the rows of this array differ in length")
    return (len(items), *(shapes.pop() if shapes else ()))


# ---------------------------------------------------------------- reductions


def reduce(
    scope: Scope, node: gast.AST, entry: Reduction, array: Var, keywords: Mapping[str, Lowered]
) -> Lowered:
    """`sum`, `mean`, `max`, `min` over all or some axes."""
    kind = array_type(array)
    axes = _axes(scope, node, keywords.get("axis"), kind.rank)
    keepdims = _flag(scope, node, keywords.get("keepdims"))
    if is_complex(kind) and entry.combine != "add":
        scope.frame.refuse(TypeMismatch, node, f"complex numbers have no {entry.name}", "np.abs(z)")
    dtype = _reduced_dtype(kind.dtype, entry)
    if entry.combine == "add" and dtype != kind.dtype:
        array = as_variable(scope.cast(array, Scalar(dtype)))
    kept = [axis for axis in range(kind.rank) if keepdims or axis not in axes]
    result: Type = Scalar(dtype)
    if kept:
        units = tuple(axis in axes or kind.units[axis] for axis in kept)
        result = Array(dtype, len(kept), True, units)
    attributes = (("axis", axes), ("keepdims", keepdims))
    return scope.builder.assign(Apply(entry.name, (array,), attributes), result, entry.name)


def _reduced_dtype(dtype: str, entry: Reduction) -> str:
    if entry.combine != "add" or np.dtype(dtype).kind in "fc":
        return dtype
    return "float64" if entry.mean else "int64"


def _axes(scope: Scope, node: gast.AST, value: Lowered | None, rank: int) -> tuple[int, ...]:
    if value is None or (isinstance(value, Static) and value.value is None):
        return tuple(range(rank))
    known = scope.items(value)
    items = (value,) if known is None else known
    axes = []
    for item in items:
        axis = scope.known_integer(item, node, "the axis")
        if not -rank <= axis < rank:
            scope.frame.refuse(ShapeMismatch, node, f"axis {axis} is out of bounds for a {rank}-D array")
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


# ---------------------------------------------------------------- arguments


def bind(
    scope: Scope, node: gast.AST, function: str, names: Sequence[str], arguments: Sequence[Lowered],
    keywords: Mapping[str, Lowered],
) -> dict[str, Lowered]:  # fmt: skip
    """Arguments by name, as Python binds them."""
    if len(arguments) > len(names):
        scope.frame.refuse(TypeMismatch, node, f"{function} takes at most {len(names)} arguments here")
    given = dict(zip(names, arguments, strict=False))
    for name, value in keywords.items():
        if name not in names:
            scope.frame.refuse(
                UnsupportedSyntax,
                node,
                f"the argument `{name}` of {function} is not supported",
                f"the arguments {', '.join(names)}",
            )
        if name in given:
            scope.frame.refuse(TypeMismatch, node, f"{function} got two values for `{name}`")
        given[name] = value
    return given
