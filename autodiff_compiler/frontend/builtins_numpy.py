"""Functions of NumPy that ask what a value is, and those that leave an array as it is."""

from __future__ import annotations

import math
import operator

import gast
import numpy as np

from autodiff_compiler.composed.axes import laid_out, length_along
from autodiff_compiler.composed.declare import is_exactly, is_unit
from autodiff_compiler.errors import TypeMismatch
from autodiff_compiler.frontend import arrays, creation, stand_ins
from autodiff_compiler.frontend.builtins_folds import Keywords, Lower, bound, follow, is_array
from autodiff_compiler.frontend.builtins_static import as_value, python_value
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import Lowered, TupleValue
from autodiff_compiler.ir.build import integer
from autodiff_compiler.ir.nodes import Const, Var
from autodiff_compiler.ir.types import BOOL, Array, is_complex

PARAMETERS: dict[object, tuple[str, ...]] = {
    **dict.fromkeys((np.asarray, np.asanyarray), ("a", "dtype", "order", "device", "copy", "like")),
    np.isscalar: ("element",),
    np.iterable: ("y",),
    np.iscomplexobj: ("x",),
    np.isrealobj: ("x",),
    np.shape: ("a",),
    np.ndim: ("a",),
    np.size: ("a", "axis"),
    np.issubdtype: ("arg1", "arg2"),
}


def _is_number(value: Lowered) -> bool:
    return isinstance(value, (Var, Const)) and not isinstance(value.type, Array)


def _isscalar(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    (value,) = bound(scope, node, "np.isscalar", PARAMETERS[np.isscalar], arguments, keywords, 1)
    assert value is not None
    known = isinstance(value, Static) and np.isscalar(value.value)
    return Const(_is_number(value) or bool(known), BOOL)


def _iterable(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    (value,) = bound(scope, node, "np.iterable", PARAMETERS[np.iterable], arguments, keywords, 1)
    assert value is not None
    known = isinstance(value, Static) and np.iterable(value.value)
    array = isinstance(value, Var) and isinstance(value.type, Array) and value.type.rank > 0
    return Const(array or bool(known) or scope.items(value) is not None, BOOL)


def of_shape(name: str) -> Lower:
    """`np.shape`, `np.ndim` and `np.size` of numbers and of nested lists as well."""

    def lower(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
        value, axis = bound(scope, node, f"np.{name}", ("a", "axis"), arguments, keywords, 1)
        assert value is not None
        if axis is not None and name == "size" and is_array(value):
            return follow(scope, node, length_along, [value, axis], {})
        if axis is not None and not (isinstance(axis, Static) and axis.value is None):
            scope.frame.refuse(TypeMismatch, node, f"np.{name} takes no axis here", f"np.{name}(a)")
        if is_array(value):
            return arrays.attribute(scope, node, value, name)
        if _is_number(value):
            return TupleValue(()) if name == "shape" else integer(0 if name == "ndim" else 1)
        made = arrays.from_items(scope, node, value, None)
        return arrays.attribute(scope, node, made, name)

    return lower


def _issubdtype(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    given = bound(scope, node, "np.issubdtype", PARAMETERS[np.issubdtype], arguments, keywords, 2)
    try:
        return as_value(bool(np.issubdtype(*(python_value(item) for item in given))))  # type: ignore[arg-type]
    except Exception:
        scope.frame.refuse(
            TypeMismatch, node, "np.issubdtype takes two dtypes that are known while compiling"
        )


def _as_array(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    """`np.asarray(a, dtype=None, order=None, device=None, copy=None, like=None)`: an array of the dtype
    already is given back itself, so that writes reach it.
    """
    names = PARAMETERS[np.asarray]
    value, dtype, order, device, copy, _ = bound(scope, node, "np.asarray", names, arguments, keywords, 1)
    assert value is not None
    creation.check_device(scope, node, device)
    wanted = Static(None) if dtype is None else dtype
    if copy not in (None, Static(None)):
        rest = {"order": Static("K") if order is None else order, "copy": copy, "dtype": wanted}
        return arrays.new_array(scope, node, [value], rest)
    if (
        isinstance(value, Var)
        and is_array(value)
        and arrays.dtype_of(scope, node, dtype, value.type.dtype) == value.type.dtype
    ):
        made: Lowered = value
    else:
        made = arrays.from_items(scope, node, value, dtype)
    letter = creation.order_named(scope, node, order, "K")
    if letter in ("C", "F") and is_array(made):
        return follow(scope, node, laid_out, [made, Static(letter)], {})
    return made


def _is_unit(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    """`is_unit`, of composed functions: known while compiling."""
    return Const(arguments[0] == integer(1), BOOL)


def _is_exactly(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    """`is_exactly`, of composed functions: known while compiling."""
    return Const(arguments[0] == arguments[1], BOOL)


def _remainder(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    return follow(scope, node, stand_ins.nearest_remainder, arguments, keywords)


def _of_field(*, complex_numbers: bool) -> Lower:
    """`np.iscomplexobj` and `np.isrealobj`."""

    def lower(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
        (value,) = bound(scope, node, "np.iscomplexobj", PARAMETERS[np.iscomplexobj], arguments, keywords, 1)
        assert value is not None
        atom = scope.atom(value, node, "the argument")
        return Const(is_complex(atom.type) == complex_numbers, BOOL)

    return lower


def _never(name: str) -> Lower:
    """What asks whether its argument is a masked array: no value of a program is one."""

    def lower(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
        bound(scope, node, name, ("x",), arguments, keywords, 1)
        return Const(False, BOOL)

    return lower


def _index(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    (value,) = bound(scope, node, "operator.index", ("a",), arguments, keywords, 1)
    assert value is not None
    return scope.integer(value, node, "the argument of operator.index")


NUMPY: dict[object, Lower] = {
    operator.index: _index,
    np.ma.isMaskedArray: _never("np.ma.isMaskedArray"),
    np.ma.isMA: _never("np.ma.isMA"),
    np.ma.isarray: _never("np.ma.isarray"),
    np.ma.is_masked: _never("np.ma.is_masked"),
    np.ma.getmask: _never("np.ma.getmask"),
    np.isscalar: _isscalar,
    np.iterable: _iterable,
    np.iscomplexobj: _of_field(complex_numbers=True),
    np.isrealobj: _of_field(complex_numbers=False),
    np.shape: of_shape("shape"),
    np.ndim: of_shape("ndim"),
    np.size: of_shape("size"),
    np.issubdtype: _issubdtype,
    np.asarray: _as_array,
    np.asanyarray: _as_array,
    math.remainder: _remainder,
    is_exactly: _is_exactly,
    is_unit: _is_unit,
}

__all__ = ["NUMPY", "PARAMETERS"]
