"""Arrays made of shapes, numbers, nested lists and other arrays."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from enum import Enum
from functools import partial
from typing import Any

import gast
import numpy as np

from autodiff_compiler.errors import ShapeMismatch, TypeMismatch, UnsupportedSyntax
from autodiff_compiler.frontend.indexing import view
from autodiff_compiler.frontend.kinds import LONG, Static
from autodiff_compiler.frontend.operand_dtypes import kept
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.shapes import copy, reversed_axes, sizes_of, spread
from autodiff_compiler.frontend.values import Lowered, Range, Reference, TupleValue
from autodiff_compiler.frontend.whole_lists import as_array
from autodiff_compiler.ir.build import FULL, as_variable, in_words, integer
from autodiff_compiler.ir.nodes import Apply, Atom, Const, Guard, Store, Var
from autodiff_compiler.ir.types import BOOL, Array, Scalar, is_array, is_bool, is_float
from autodiff_compiler.wording import templated

PARAMETERS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("zeros", "ones", "empty"), ("shape", "dtype", "order", "device", "like")),
    "full": ("shape", "fill_value", "dtype", "order", "device", "like"),
    **dict.fromkeys(
        ("zeros_like", "ones_like", "empty_like"), ("a", "dtype", "order", "subok", "shape", "device")
    ),
    "full_like": ("a", "fill_value", "dtype", "order", "subok", "shape", "device"),
    "array": ("object", "dtype", "copy", "order", "subok", "ndmin", "ndmax", "like"),
}
FILLS: dict[str, float | None] = {"zeros": 0.0, "ones": 1.0, "empty": None}


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
) -> Atom:
    """`np.zeros`, `ones`, `empty`, `full` and their `_like` forms."""
    base = name.removesuffix("_like")
    given = bind(scope, node, name, PARAMETERS[name], arguments, keywords)
    if base != name:
        shape, default = _form_of(scope, node, given, name)
    else:
        shape, default = sizes_of(scope, node, given["shape"]), "float64"
    check_device(scope, node, given.get("device"))
    if _is_fortran(scope, node, given.get("order")) and len(shape) > 1:
        rest = {key: value for key, value in given.items() if key in ("fill_value", "dtype")}
        turned = TupleValue(tuple(reversed(shape)))
        if "fill_value" in rest and is_array(scope.atom(rest["fill_value"], node, "the fill value").type):
            scope.frame.refuse(UnsupportedSyntax, node, "the order of an array filled with an array")
        rest.setdefault(
            "dtype", Static(np.dtype(default)) if base != "full" or base != name else Static(None)
        )
        made = create(scope, node, base, [], {"shape": turned, **rest})
        return reversed_axes(scope, made) if isinstance(made, Var) and is_array(made.type) else made
    if base != "full":
        dtype = dtype_of(scope, node, given.get("dtype"), default)
        number = FILLS[base]
        fill = None if number is None else Const(np.dtype(dtype).type(number).item(), Scalar(dtype))
        return _allocated(scope, shape, dtype, fill, base)
    fill_value = given["fill_value"]
    if scope.items(fill_value) is not None:
        fill_value = from_items(scope, node, fill_value, None)
    value = scope.atom(fill_value, node, "the fill value")
    dtype = dtype_of(scope, node, given.get("dtype"), default if base != name else value.type.dtype)
    value = kept(scope, node, value, Scalar(dtype), exactly=False)  # NumPy checks integers alone
    if is_array(value.type):
        return spread(scope, node, value, TupleValue(shape))
    return _allocated(scope, shape, dtype, value, base)


def _allocated(scope: Scope, shape: tuple[Atom, ...], dtype: str, fill: Atom | None, name: str) -> Atom:
    """A new array; a number where the shape has no axes."""
    if not shape:
        number = Const(np.dtype(dtype).type(0).item(), Scalar(dtype)) if fill is None else fill
        return scope.frame.context.of_numpy(number)
    return scope.builder.allocate(shape, dtype, fill, name)


def _form_of(
    scope: Scope, node: gast.AST, given: Mapping[str, Lowered], name: str
) -> tuple[tuple[Atom, ...], str]:
    """The shape and dtype of what a `_like` function makes, unless told otherwise."""
    value = given["a"]
    if scope.items(value) is not None or isinstance(value, Reference):
        value = from_items(scope, node, value, None)
    atom = scope.atom(value, node, f"the argument of {name}")
    wanted = given.get("shape")
    if wanted is not None and not (isinstance(wanted, Static) and wanted.value is None):
        return sizes_of(scope, node, wanted), atom.type.dtype
    if isinstance(atom, Var) and isinstance(atom.type, Array):
        return scope.builder.dims(atom), atom.type.dtype
    return (), atom.type.dtype


def check_device(scope: Scope, node: gast.AST, device: Lowered | None) -> None:
    """Refuse a `device` that is not NumPy's only one."""
    if device not in (None, Static(None), Static("cpu")):
        scope.frame.refuse(TypeMismatch, node, 'the only `device` of NumPy is "cpu"')


def order_named(scope: Scope, node: gast.AST, order: Lowered | None, default: str) -> str:
    """The letter of an `order`."""
    if order in (None, Static(None)):
        return default
    letter = order.value.upper() if isinstance(order, Static) and isinstance(order.value, str) else ""
    if letter in ("C", "F", "K", "A"):
        return letter
    scope.frame.refuse(TypeMismatch, node, 'order must be "C", "F", "A" or "K"')


def _is_fortran(scope: Scope, node: gast.AST, order: Lowered | None) -> bool:
    """Whether an `order` asks for the first axis closest in memory."""
    return order_named(scope, node, order, "C") == "F"


def new_array(
    scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Mapping[str, Lowered]
) -> Lowered:
    """`np.array(object, dtype=None, copy=True, order="K", subok=False, ndmin=0, ndmax=0)`."""
    named = bind(scope, node, "np.array", PARAMETERS["array"], arguments, keywords)
    wish = _copying(scope, node, named.get("copy", Const(True, BOOL)))
    if wish == "always":
        made = from_items(scope, node, named["object"], named.get("dtype"))
    else:
        made = scope.frame.context.call(
            scope, node, Static(np.asarray), [named["object"], named.get("dtype", Static(None))], {}
        )
        if wish == "never" and made is not named["object"]:
            reason = "this array can only be made as a copy, which copy=False does not allow"
            scope.frame.refuse(UnsupportedSyntax, node, reason, "np.asarray(x)")
    fortran = _is_fortran(scope, node, named.get("order"))
    if fortran and isinstance(made, Var) and array_rank(made) > 1:
        made = reversed_axes(scope, copy(scope, reversed_axes(scope, made)))
    least = scope.known_integer(named["ndmin"], node, "ndmin") if "ndmin" in named else 0
    most = scope.known_integer(named["ndmax"], node, "ndmax") if "ndmax" in named else 0
    if 0 < most < array_rank(made):
        scope.frame.refuse(UnsupportedSyntax, node, "an array whose elements are arrays, by `ndmax`")
    missing = least - array_rank(made)
    if missing <= 0:
        return made
    return scope.frame.context.call(
        scope, node, Static(np.expand_dims), [made, TupleValue(tuple(integer(k) for k in range(missing)))], {}
    )


def _copying(scope: Scope, node: gast.AST, copied: Lowered) -> str:
    """What `copy=` asks for: "always", "never", or "needed"."""
    match copied:
        case Const(value=value):
            return "always" if value else "never"
        case Static(value=None):
            return "needed"
        case Static(value=Enum(name=name)):  # np._CopyMode
            return {"ALWAYS": "always", "NEVER": "never"}.get(name, "needed")
    scope.frame.refuse(UnsupportedSyntax, node, "whether np.array makes a copy is not known while compiling")


def array_rank(value: Lowered) -> int:
    """How many axes a number or array has."""
    return value.type.rank if isinstance(value, Var) and isinstance(value.type, Array) else 0


def of_ranges(scope: Scope, node: gast.AST, value: Lowered) -> Lowered:
    """The value with every range, in tuples too, as the array of its numbers."""
    if isinstance(value, Range):
        bounds = [value.start, value.stop, value.step]
        return scope.frame.context.call(scope, node, Static(np.arange), bounds, {})
    if isinstance(value, TupleValue) and value.cls is tuple:
        items = tuple(of_ranges(scope, node, item) for item in value.items)
        return value if items == value.items else replace(value, items=items)
    return value


def from_items(scope: Scope, node: gast.AST, value: Lowered, dtype: Lowered | None) -> Lowered:
    """`np.array([...])` of nested lists of numbers or of arrays of one shape, or another array (copied)."""
    value = of_ranges(scope, node, value)
    if isinstance(value, Reference) and value.cell.item is not None:
        value = as_array(scope, node, value)
    if scope.items(value) is None:
        atom = scope.atom(value, node, "the argument")
        name = dtype_of(scope, node, dtype, atom.type.dtype)
        if isinstance(atom, Var) and isinstance(atom.type, Array):
            return copy(scope, atom) if name == atom.type.dtype else scope.cast(atom, Scalar(name))
        return strong(scope, kept(scope, node, atom, Scalar(name)), Scalar(name))
    value = _levelled(scope, node, value)
    shape = _shape_of(scope, node, value)
    leaves = [_leaf(scope, node, item) for item in _leaves(scope, value)]
    dtypes = [leaf.type.dtype for leaf in leaves]  # weakness is lost
    natural = np.result_type(*dtypes).name if leaves else "float64"
    name = dtype_of(scope, node, dtype, natural)
    if any(array_rank(leaf) for leaf in leaves):
        return _of_arrays(scope, node, shape, leaves, name)
    array = scope.builder.allocate(tuple(integer(size) for size in shape), name, None, "array")
    for position, leaf in zip(np.ndindex(*shape), leaves, strict=True):
        value = kept(scope, node, leaf, Scalar(name))
        scope.builder.store(array, tuple(integer(k) for k in position), value)
    return array


def strong(scope: Scope, number: Atom, kind: Scalar) -> Atom:
    """A number as one of NumPy, whose type counts in promotion."""
    context = scope.frame.context
    if isinstance(number, Const):
        return context.of_numpy(Const(np.dtype(kind.dtype).type(number.value).item(), kind))
    of_python = is_bool(kind) and not context.is_numpy_truth(number)
    if number.type.dtype == kind.dtype and (number.type != kind or of_python):
        number = scope.builder.assign(Apply("cast", (number,), (("dtype", kind.dtype),)), kind)
    return context.of_numpy(scope.cast(number, kind))


def as_operand(scope: Scope, node: gast.AST, value: Lowered, what: str) -> Atom:
    """A number or array, lists and tuples of numbers made into one, as NumPy's functions take it."""
    value = of_ranges(scope, node, value)
    if isinstance(value, (Reference, TupleValue)) and (scope.items(value) is not None or is_list(value)):
        value = from_items(scope, node, value, None)
    return scope.atom(value, node, what)


def as_arrays(
    scope: Scope, node: gast.AST, left: Lowered, right: Lowered, numbers: bool = True
) -> tuple[Lowered, Lowered]:
    """The sides of an operator: beside an array, or `numbers` of NumPy, lists and tuples are arrays."""

    def is_of_numpy(value: Lowered) -> bool:
        if not isinstance(value, (Var, Const)):
            return False
        kind = value.type
        return is_array(kind) or (numbers and isinstance(kind, Scalar) and is_float(kind) and not kind.weak)

    if is_of_numpy(left) and _is_sequence(right):
        return left, as_operand(scope, node, right, "the right side")
    if _is_sequence(left) and is_of_numpy(right):
        return as_operand(scope, node, left, "the left side"), right
    return left, right


def _is_sequence(value: Lowered) -> bool:
    return isinstance(value, (TupleValue, Range)) or is_list(value)


def is_list(value: Lowered) -> bool:
    """Whether a value is a list."""
    return isinstance(value, Reference) and value.cell.cls is list


def _leaf(scope: Scope, node: gast.AST, value: Lowered) -> Atom:
    value = of_ranges(scope, node, value)
    if isinstance(value, Reference) and value.cell.item is not None:
        value = as_array(scope, node, value)
    return scope.atom(value, node, "an item of the array")


def _of_arrays(scope: Scope, node: gast.AST, shape: tuple[int, ...], leaves: list[Atom], dtype: str) -> Var:
    """A new array of nested lists of arrays of one shape."""
    first = next(leaf for leaf in leaves if array_rank(leaf))
    lengths = scope.builder.dims(as_variable(first))
    if len({array_rank(leaf) for leaf in leaves}) > 1:
        scope.frame.refuse(ShapeMismatch, node, "the items of this array have different numbers of axes")
    array = scope.builder.allocate((*map(integer, shape), *lengths), dtype, None, "array")
    at = scope.frame.at(node)
    for position, leaf in zip(np.ndindex(*shape), leaves, strict=True):
        for axis, length in enumerate(lengths):
            found = scope.builder.dim(as_variable(leaf), axis)
            same = scope.apply("equal", (length, found), BOOL)
            if same != Const(True, BOOL):
                names = f"{in_words(as_variable(first))} and {in_words(as_variable(leaf))}"
                message = f"the items of this array differ in length: {{}} and {{}} ({templated(names)})"
                scope.builder.add(Guard(same, message, (length, found), "ShapeMismatch", at))
        place = view(scope, array, (*map(integer, position), *[FULL] * len(lengths)))
        scope.builder.add(Store(place, (), scope.cast(leaf, Scalar(dtype)), False, at))
    return array


def _levelled(scope: Scope, node: gast.AST, value: Lowered) -> Lowered:
    """The items with sequences made arrays where they stand beside arrays: `[row, [1.0, 2.0]]`."""
    items = scope.items(value)
    if items is None:
        return value
    inner = [_levelled(scope, node, item) for item in items]
    if any(array_rank(item) for item in inner):
        inner = [item if scope.items(item) is None else from_items(scope, node, item, None) for item in inner]
    return value if all(map(operator.is_, inner, items)) else TupleValue(tuple(inner))


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


class _Given(dict[str, Lowered]):
    """Arguments by name; a missing one is refused where it is read."""

    def __init__(
        self, scope: Scope, node: gast.AST, function: str, known: Iterable[tuple[str, Lowered]]
    ) -> None:
        super().__init__(known)
        self._refuse = partial(scope.frame.refuse, TypeMismatch, node)
        self._function = function

    def __missing__(self, name: str) -> Lowered:
        self._refuse(f"{self._function} misses the argument `{name}`")

    def pop(self, name: str, *default: Any) -> Any:
        """As that of a dict."""
        return super().pop(name, *default) if default or name in self else self[name]


def bind(
    scope: Scope, node: gast.AST, function: str, names: Sequence[str], arguments: Sequence[Lowered],
    keywords: Mapping[str, Lowered],
) -> dict[str, Lowered]:  # fmt: skip
    """Arguments by name, as Python binds them."""
    if len(arguments) > len(names):
        scope.frame.refuse(TypeMismatch, node, f"{function} takes at most {len(names)} arguments here")
    given = _Given(scope, node, function, zip(names, arguments, strict=False))
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
