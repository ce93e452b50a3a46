"""Functions that say which elements are meant: slices, and where a mask is true."""

from __future__ import annotations

import builtins

import gast
import numpy as np

from autodiff_compiler.errors import TypeMismatch
from autodiff_compiler.frontend import arrays, selection, shapes
from autodiff_compiler.frontend.builtins_folds import Keywords, Lower, bound
from autodiff_compiler.frontend.indexing import FULL, view, write_array
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.operator_calls import call_operator
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import Lowered, TupleValue
from autodiff_compiler.ir.build import array_type, integer
from autodiff_compiler.ir.nodes import Const, Var
from autodiff_compiler.ir.types import Array, Scalar
from autodiff_compiler.operators import registry

NONE = Static(None)


def _slice(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    """`slice(stop)`, `slice(start, stop, step)`: a value that stands for `start:stop:step` in an index."""
    if keywords or not 1 <= len(arguments) <= 3:
        scope.frame.refuse(TypeMismatch, node, "slice takes one to three numbers")
    bounds = [NONE, *arguments] if len(arguments) == 1 else list(arguments)
    return TupleValue((*bounds, *[NONE] * (3 - len(bounds))), slice)


def _nonzero(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    """`np.nonzero(a)`: for each axis, where the elements are that are not zero."""
    (value,) = bound(scope, node, "np.nonzero", ("a",), arguments, keywords, 1)
    assert value is not None
    return TupleValue(tuple(selection.places(scope, node, _truth(scope, node, value))))


def _flatnonzero(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    """`np.flatnonzero(a)`: where the flattened array is not zero."""
    (value,) = bound(scope, node, "np.flatnonzero", ("a",), arguments, keywords, 1)
    assert value is not None
    return shapes.copy(scope, selection.position(scope, _truth(scope, node, value)))


def _argwhere(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    """`np.argwhere(a)`: a row of indices for each element that is not zero."""
    (value,) = bound(scope, node, "np.argwhere", ("a",), arguments, keywords, 1)
    assert value is not None
    mask = _truth(scope, node, value)
    columns = selection.places(scope, node, mask)
    count = scope.builder.dim(columns[0], 0)
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
    np.nonzero: _nonzero,
    np.flatnonzero: _flatnonzero,
    np.argwhere: _argwhere,
    np.where: _where,
}

__all__ = ["SELECTION"]
