"""Copies of arrays: `np.copy`, `copy`, `astype`, in the order and the dtype that are asked for."""

from __future__ import annotations

from collections.abc import Mapping

import gast
import numpy as np

from autodiff_compiler.errors import TypeMismatch, UnsupportedSyntax
from autodiff_compiler.frontend import arrays, creation, reshaping
from autodiff_compiler.frontend.axis_order import as_operands, unknown_order
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.ufunc_calls import RULES, text_of
from autodiff_compiler.frontend.values import Lowered
from autodiff_compiler.ir.nodes import Atom, Const, Var
from autodiff_compiler.ir.types import BOOL

Keywords = Mapping[str, Lowered]


def as_type(
    scope: Scope, node: gast.AST, array: Atom, arguments: list[Lowered], keywords: Keywords
) -> Lowered:
    """`a.astype(dtype, copy=True)`: with copy=False the array itself, if it has the dtype."""
    names = ["dtype", "order", "casting", "subok", "copy"]
    given = arrays.bind(scope, node, "astype", names, arguments, keywords)
    copied = given.get("copy", Const(True, BOOL))
    if not isinstance(copied, Const) and copied != Static(None):
        scope.frame.refuse(
            UnsupportedSyntax, node, "whether astype makes a copy is not known while compiling"
        )
    kind = arrays.dtype_of(scope, node, given["dtype"], "float64")
    rule = text_of(scope, node, "casting", given.get("casting", Static("unsafe")), RULES)
    if not np.can_cast(array.type.dtype, kind, rule):  # type: ignore[arg-type]  # any text
        reason = f"NumPy does not cast {array.type.dtype} to {kind} by the rule '{rule}'"
        scope.frame.refuse(TypeMismatch, node, reason)
    order = creation.order_named(scope, node, given.get("order"), "K")
    if not (isinstance(copied, Const) and copied.value):
        words = {"dtype": Static(np.dtype(kind)), "order": Static(order)}
        return scope.frame.context.call(scope, node, Static(np.asarray), [array], words)
    return _laid_out(scope, arrays.from_items(scope, node, array, Static(np.dtype(kind))), order, array)


def _laid_out(scope: Scope, made: Lowered, order: str, source: Atom) -> Lowered:
    """A copy of an array, of which it is known, or not, that NumPy lays it out in C order."""
    if order == "C" or not isinstance(made, Var):
        return made
    if order == "F":
        return unknown_order(scope.frame, scope.builder, made)
    return as_operands(scope.frame, scope.builder, made, [source])


def copied(
    scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords, default: str
) -> Lowered:
    """`np.copy(a, order="K", subok=False)`, and the method, whose order is "C" by default."""
    given = arrays.bind(scope, node, "copy", reshaping.PARAMETERS["copy"], arguments, keywords)
    order = creation.order_named(scope, node, given.get("order"), default)
    value = given["a"]
    made = arrays.from_items(scope, node, value, None)
    return _laid_out(scope, made, order, value) if isinstance(value, Var) else made


__all__ = ["as_type", "copied"]
