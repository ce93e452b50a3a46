"""`np.r_[...]`, `np.c_[...]`, `np.mgrid[...]` and `np.ogrid[...]`: arrays made by subscripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast
import numpy as np

from autodiff_compiler.errors import UnsupportedSyntax
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import Lowered, TupleValue
from autodiff_compiler.ir.build import integer
from autodiff_compiler.ir.nodes import Const
from autodiff_compiler.ir.types import is_complex

Evaluate = Callable[[gast.AST], Lowered]


def is_joining(value: object) -> bool:
    """Whether subscripts of a value make an array."""
    return any(value is known for known in (np.r_, np.c_, np.mgrid, np.ogrid))


def joined(scope: Scope, node: gast.Subscript, base: object, evaluate: Evaluate) -> Lowered:
    """The array that the parts of a subscript make."""
    parts = node.slice.elts if isinstance(node.slice, gast.Tuple) else [node.slice]
    values = [_part(scope, part, evaluate) for part in parts]
    if base is np.mgrid or base is np.ogrid:
        if not all(isinstance(part, gast.Slice) for part in parts):
            reason = "the subscript of np.mgrid or np.ogrid is to be slices"
            scope.frame.refuse(UnsupportedSyntax, node, reason, "np.mgrid[0:n, 0:m]")
        if not isinstance(node.slice, gast.Tuple):
            return values[0]
        meshed = dense_mesh if base is np.mgrid else open_mesh
        return scope.frame.context.inline(scope, node, meshed, [TupleValue(tuple(values))], {})
    if any(isinstance(value, Static) for value in values):
        reason = "text in the subscript of np.r_ or np.c_ is not supported"
        scope.frame.refuse(UnsupportedSyntax, node, reason, "np.concatenate or np.stack")
    function = in_rows if base is np.r_ else in_columns
    return scope.frame.context.inline(scope, node, function, [TupleValue(tuple(values))], {})


def _part(scope: Scope, part: gast.AST, evaluate: Evaluate) -> Lowered:
    """A part: an array or number, `start:stop:step`, or `start:stop:5j` for so many numbers."""
    if not isinstance(part, gast.Slice):
        return evaluate(part)
    start = integer(0) if part.lower is None else evaluate(part.lower)
    stop = evaluate(part.upper)
    step = integer(1) if part.step is None else evaluate(part.step)
    call = scope.frame.context.call
    if isinstance(step, Const) and is_complex(step.type):
        count = integer(int(abs(complex(step.value))))
        return call(scope, part, Static(np.linspace), [start, stop, count], {})
    return call(scope, part, Static(np.arange), [start, stop, step], {})


def in_rows(parts: Any) -> Any:
    """`np.r_[...]`."""
    dtype = np.result_type(*parts)
    return np.concatenate([np.atleast_1d(part).astype(dtype) for part in parts])


def in_columns(parts: Any) -> Any:
    """`np.c_[...]`: vectors are columns."""
    dtype = np.result_type(*parts)
    columns = [np.asarray(part).astype(dtype) for part in parts]
    return np.concatenate([c.reshape(-1, 1) if c.ndim < 2 else c for c in columns], axis=-1)


def dense_mesh(axes: Any) -> Any:
    """`np.mgrid[...]` of several axes: the coordinate of each point of the grid along each axis."""
    dtype = np.result_type(*axes)
    return np.stack(np.meshgrid(*axes, indexing="ij")).astype(dtype)


def open_mesh(axes: Any) -> Any:
    """`np.ogrid[...]` of several axes: the coordinates along each, in a shape that broadcasts."""
    dtype = np.result_type(*axes)
    return tuple([mesh.astype(dtype) for mesh in np.meshgrid(*axes, indexing="ij", sparse=True)])


__all__ = ["is_joining", "joined"]
