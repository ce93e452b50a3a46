"""Functions that say which elements are meant: slices, and where a mask is true."""

from __future__ import annotations

import builtins

import gast
import numpy as np

from autodiff_compiler.composed import primitives
from autodiff_compiler.errors import TypeMismatch
from autodiff_compiler.frontend import arrays, flat, selection, shapes
from autodiff_compiler.frontend.builtins_folds import Keywords, Lower, bound
from autodiff_compiler.frontend.indexing import view, write_array
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.operand_dtypes import kept
from autodiff_compiler.frontend.operator_calls import call_operator
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.subscripts import add_by_index
from autodiff_compiler.frontend.values import Lowered, TupleValue
from autodiff_compiler.ir.build import FULL, array_type, integer
from autodiff_compiler.ir.nodes import Atom, Const, Var
from autodiff_compiler.ir.types import INT, Array, Scalar, is_integer
from autodiff_compiler.operators import registry

NONE = Static(None)
PARAMETERS: dict[object, tuple[str, ...]] = {
    np.nonzero: ("a",),
    np.flatnonzero: ("a",),
    np.argwhere: ("a",),
    np.where: ("condition", "x", "y"),
}


def _slice(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    """`slice(stop)`, `slice(start, stop, step)`: a value that stands for `start:stop:step` in an index."""
    if keywords or not 1 <= len(arguments) <= 3:
        scope.frame.refuse(TypeMismatch, node, "slice takes one to three numbers")
    bounds = [NONE, *arguments] if len(arguments) == 1 else list(arguments)
    return TupleValue((*bounds, *[NONE] * (3 - len(bounds))), slice)


def _nonzero(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    """`np.nonzero(a)`: for each axis, where the elements are that are not zero."""
    (value,) = bound(scope, node, "np.nonzero", PARAMETERS[np.nonzero], arguments, keywords, 1)
    assert value is not None
    return TupleValue(tuple(selection.places(scope, node, _truth(scope, node, value))))


def _flatnonzero(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    """`np.flatnonzero(a)`: where the flattened array is not zero."""
    (value,) = bound(scope, node, "np.flatnonzero", PARAMETERS[np.flatnonzero], arguments, keywords, 1)
    assert value is not None
    if isinstance(value, (Var, Const)) and isinstance(value.type, Scalar):
        value = TupleValue((value,))
    return shapes.copy(scope, selection.position(scope, _truth(scope, node, value)))


def _argwhere(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    """`np.argwhere(a)`: a row of indices for each element that is not zero."""
    (value,) = bound(scope, node, "np.argwhere", PARAMETERS[np.argwhere], arguments, keywords, 1)
    assert value is not None
    single = isinstance(value, (Var, Const)) and isinstance(value.type, Scalar)
    mask = _truth(scope, node, TupleValue((value,)) if single else value)
    columns = selection.places(scope, node, mask)
    count = scope.builder.dim(columns[0], 0)
    if single:  # has no axes, and so no columns
        columns = []
    made = scope.builder.allocate((count, integer(len(columns))), "int64", None, "argwhere")
    for number, column in enumerate(columns):
        write_array(scope, node, view(scope, made, (FULL, integer(number))), column)
    return made


def _where(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    """`np.where(c)` is `np.nonzero(c)`; with three arguments it chooses between two values."""
    if len(arguments) == 1 and not keywords:
        return _nonzero(scope, node, arguments, keywords)
    entry = registry.by_name("where")
    return call_operator(scope, node, entry, np.where, arguments, keywords)


def _along(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    """`along(a, indices, axis)` of composed functions."""
    a, indices, axis = (scope.atom(item, node, "an argument") for item in arguments)
    array, chosen = scope.array(a, node, "the array"), scope.array(indices, node, "the array of indices")
    if selection.is_mask(selection.checked(scope, node, chosen)):
        scope.frame.refuse(TypeMismatch, node, "`indices` must be an integer array")
    return selection.along(scope, node, array, chosen, scope.known_integer(axis, node, "the axis"))


def _taken(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    """`taken(a, indices, axis, inside)` of composed functions."""
    a, indices = (scope.array(item, node, "an argument") for item in arguments[:2])
    chosen = selection.checked(scope, node, indices)
    assert isinstance(chosen, Var)
    axis = scope.known_integer(arguments[2], node, "the axis")
    return selection.take(scope, node, a, chosen, axis, inside=len(arguments) > 3)


def _ndindex(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    """`np.ndindex(*shape)`, in a loop."""
    if keywords:
        scope.frame.refuse(TypeMismatch, node, "np.ndindex takes the lengths of a shape")
    known = scope.items(arguments[0]) if len(arguments) == 1 else arguments
    lengths = [scope.integer(item, node, "a length") for item in (arguments if known is None else known)]
    return flat.each_index(scope, node, tuple(lengths))


def _ndenumerate(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    """`np.ndenumerate(a)`, in a loop."""
    (value,) = bound(scope, node, "np.ndenumerate", ("arr",), arguments, keywords, 1)
    assert value is not None
    return flat.each_with_index(scope, node, scope.array(value, node, "the argument of np.ndenumerate"))


def _add_at(sign: str) -> Lower:
    """`np.add.at` and `np.subtract.at`, which count elements named several times each time."""

    def lower(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
        names = ("a", "indices", "b")
        found = bound(scope, node, f"np.{sign}.at", names, arguments, keywords, 3)
        a, indices, b = (item for item in found if item is not None)
        array = scope.array(a, node, f"the first argument of np.{sign}.at")
        value = arrays.as_operand(scope, node, b, "the value")
        if value.type == INT and is_integer(array.type):  # an integer of Python is one of the array's
            value = kept(scope, node, value, Scalar(array.type.dtype))
        if not np.can_cast(value.type.dtype, array.type.dtype, "same_kind"):
            reason = f"NumPy does not put {value.type.dtype} into an array of {array.type.dtype} in place"
            scope.frame.refuse(TypeMismatch, node, reason, f"a of {value.type.dtype}")
        if sign == "subtract":
            value = _negative(scope, node, scope.cast(value, Scalar(array.type.dtype)))
        add_by_index(scope, node, array, indices, value)
        return NONE

    return lower


def _negative(scope: Scope, node: gast.AST, value: Atom) -> Atom:
    """What is added to subtract a value; of an unsigned integer that wraps around."""
    if isinstance(value, Const) and is_integer(value.type):
        return Const(int(np.array(-int(value.value)).astype(value.type.dtype)), value.type)
    return scope.elementwise(node, "negative", [value])


def _truth(scope: Scope, node: gast.AST, value: Lowered) -> Var:
    """Whether each element of an array is not zero."""
    if not (isinstance(value, Var) and isinstance(value.type, Array)):
        value = arrays.from_items(scope, node, value, None)
    array = scope.array(value, node, "the argument")
    if array_type(array).rank == 0:
        scope.frame.refuse(TypeMismatch, node, "the places of one number are asked for", "np.atleast_1d")
    if array.type.dtype == "bool":
        return array
    zero = Const(0, Scalar("int64", True))
    made = scope.elementwise(node, "not_equal", [array, zero])
    assert isinstance(made, Var)
    return made


SELECTION: dict[object, Lower] = {
    builtins.slice: _slice,
    primitives.along: _along,
    primitives.taken: _taken,
    np.nonzero: _nonzero,
    np.flatnonzero: _flatnonzero,
    np.argwhere: _argwhere,
    np.where: _where,
    np.ndindex: _ndindex,
    np.ndenumerate: _ndenumerate,
    np.add.at: _add_at("add"),
    np.subtract.at: _add_at("subtract"),
}

__all__ = ["PARAMETERS", "SELECTION"]
