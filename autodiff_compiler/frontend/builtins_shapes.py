"""What composed functions are written with beyond NumPy (`composed/primitives.py`)."""

from __future__ import annotations

import gast

from autodiff_compiler.composed import primitives
from autodiff_compiler.frontend import shapes
from autodiff_compiler.frontend.builtins_folds import Keywords, Lower, bound
from autodiff_compiler.frontend.builtins_static import python_value
from autodiff_compiler.frontend.indexing import element_or_view
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import Lowered
from autodiff_compiler.ir.build import FULL, array_type, integer
from autodiff_compiler.ir.nodes import Atom, Const, Slice, Var
from autodiff_compiler.ir.types import BOOL, Array


def _part(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    names = ("a", "axis", "start", "stop", "step")
    a, axis, *bounds = bound(scope, node, "part", names, arguments, keywords, 2)
    assert a is not None
    assert axis is not None
    array = scope.array(a, node, "the argument")
    piece = Slice(*[_bound(scope, node, item) for item in bounds])
    return element_or_view(scope, array, _along(scope, node, array, axis, piece))


def _bound(scope: Scope, node: gast.AST, value: Lowered | None) -> Atom | None:
    if value is None or (isinstance(value, Static) and value.value is None):
        return None
    return scope.integer(value, node, "a slice bound")


def _item(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    a, axis, position = bound(scope, node, "item", ("a", "axis", "position"), arguments, keywords, 3)
    assert a is not None
    assert axis is not None
    assert position is not None
    array = scope.array(a, node, "the argument")
    place = scope.integer(position, node, "a position")
    return element_or_view(scope, array, _along(scope, node, array, axis, place))


def _along(
    scope: Scope, node: gast.AST, array: Var, axis: Lowered, what: Atom | Slice
) -> tuple[Atom | Slice, ...]:
    (place,) = shapes.axes_of(scope, node, axis, array_type(array).rank)
    return (*[FULL] * place, what, *[FULL] * (array_type(array).rank - place - 1))


def _places(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    shape, axis = bound(scope, node, "places", ("shape", "axis"), arguments, keywords, 1)
    assert shape is not None
    return shapes.places(scope, node, shape, integer(0) if axis is None else axis)


def _spread(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    a, shape = bound(scope, node, "spread", ("a", "shape"), arguments, keywords, 2)
    assert a is not None
    assert shape is not None
    return shapes.spread(scope, node, a, shape)


def _to_read(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    a, why, source = bound(scope, node, "to_read", ("a", "why", "source"), arguments, keywords, 2)
    assert a is not None
    assert why is not None
    if isinstance(a, Var) and isinstance(a.type, Array):
        scope.frame.context.unwritable[a] = str(python_value(why))
        if isinstance(source, Var):
            scope.frame.context.copied[a] = source
    return a


def _is_contiguous(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    (a,) = bound(scope, node, "is_contiguous", ("a",), arguments, keywords, 1)
    return Const(isinstance(a, Var) and isinstance(a.type, Array) and a.type.contiguous, BOOL)


SHAPES: dict[object, Lower] = {
    primitives.part: _part,
    primitives.item: _item,
    primitives.places: _places,
    primitives.spread: _spread,
    primitives.to_read: _to_read,
    primitives.is_contiguous: _is_contiguous,
}

__all__ = ["SHAPES"]
