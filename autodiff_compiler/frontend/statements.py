"""Statements: assignments, stores, branches and loops of the desugared tree."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import gast
import numpy as np

from autodiff_compiler.errors import TypeMismatch, UnsupportedSyntax
from autodiff_compiler.frontend.expressions import binary, lower_expression
from autodiff_compiler.frontend.indexing import (
    FULL,
    element_or_view,
    lower_index,
    write_array,
    write_subscript,
)
from autodiff_compiler.frontend.loops import lower_for, lower_while
from autodiff_compiler.frontend.merging import join_arms
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.unknown import lower_arms, lower_loop
from autodiff_compiler.frontend.values import Binding, Lowered, Undefined, describe
from autodiff_compiler.ir.build import integer
from autodiff_compiler.ir.nodes import Atom, Const, Guard, Store, Var
from autodiff_compiler.ir.types import BOOL, Array, Scalar
from autodiff_compiler.operators.promotion import promote


def lower_block(scope: Scope, statements: Sequence[gast.AST]) -> Lowered | None:
    """Lower statements in order; the value of a `return`, which can only be the last."""
    for statement in statements:
        with scope.builder.located(scope.frame.at(statement)):
            match statement:
                case gast.Return():
                    if statement.value is None:
                        scope.frame.refuse(
                            UnsupportedSyntax, statement, "the function returns nothing", "a value"
                        )
                    return lower_expression(scope, statement.value)
                case gast.Assign():
                    _assign_statement(scope, statement)
                case gast.AugAssign():
                    _augmented(scope, statement)
                case gast.If():
                    _if(scope, statement)
                case gast.For():
                    lower_loop(scope, partial(lower_for, scope, statement, lower_block, assign))
                case gast.While():
                    lower_loop(scope, partial(lower_while, scope, statement, lower_block))
                case gast.Expr():
                    _expression_statement(scope, statement)
                case gast.Pass():
                    pass
                case _:
                    kind = type(statement).__name__
                    scope.frame.refuse(UnsupportedSyntax, statement, f"{kind} statements are not supported")
    return None


def _expression_statement(scope: Scope, statement: gast.Expr) -> None:
    if not isinstance(statement.value, gast.Constant):
        lower_expression(scope, statement.value)


def _assign_statement(scope: Scope, statement: gast.Assign) -> None:
    target, value = statement.targets[0], lower_expression(scope, statement.value)
    assign(scope, target, _named(scope, value, target.id) if isinstance(target, gast.Name) else value)


def assign(scope: Scope, target: gast.AST, value: Lowered) -> None:
    """`target = value` for names, subscripts and tuples of those."""
    match target:
        case gast.Name():
            if isinstance(value, Undefined):
                scope.frame.refuse(TypeMismatch, target, value.reason)
            scope.bind(target.id, Binding(value))
        case gast.Tuple() | gast.List():
            _unpack(scope, target, value)
        case gast.Subscript():
            base = lower_expression(scope, target.value)
            array = scope.array(base, target, "the indexed value")
            index = lower_index(scope, target, array, lambda item: lower_expression(scope, item))
            write_subscript(scope, target, array, index, value)
        case _:
            scope.frame.refuse(UnsupportedSyntax, target, "this assignment target is not supported")


def _named(scope: Scope, value: Lowered, name: str) -> Lowered:
    """Give an unnamed result the user's name, where the last statement has just computed it."""
    bound = any(item is value for item in scope.live())
    if not isinstance(value, Var) or bound or not scope.builder.statements:
        return value
    renamed = scope.builder.rename_last(value, name)
    if value in scope.frame.context.uncertain_views:
        scope.frame.context.uncertain_views.add(renamed)
    return renamed


def _unpack(scope: Scope, target: gast.Tuple, value: Lowered) -> None:
    if isinstance(value, Var) and isinstance(value.type, Array):
        _check_length(scope, target, value, len(target.elts))
        rest = (FULL,) * (value.type.rank - 1)
        items: Sequence[Lowered] = [
            element_or_view(scope, value, (integer(k), *rest)) for k in range(len(target.elts))
        ]
    elif (known := scope.items(value)) is not None:
        items = known
        if len(items) != len(target.elts):
            scope.frame.refuse(
                TypeMismatch, target, f"{len(items)} values cannot be unpacked into {len(target.elts)} names"
            )
    else:
        scope.frame.refuse(TypeMismatch, target, f"{describe(value)} cannot be unpacked")
    for element, item in zip(target.elts, items, strict=True):
        assign(scope, element, item)


def _check_length(scope: Scope, target: gast.AST, array: Var, count: int) -> None:
    size = scope.builder.dim(array, 0)
    same = scope.apply("equal", (size, integer(count)), BOOL)
    message = f"{{}} values of `{array.name}` cannot be unpacked into {count} names"
    scope.builder.add(Guard(same, message, (size,), "ShapeMismatch", scope.frame.at(target)))


def _augmented(scope: Scope, statement: gast.AugAssign) -> None:
    target, operator = statement.target, statement.op
    if isinstance(target, gast.Name):
        current = lower_expression(scope, gast.Name(target.id, gast.Load(), None, None, **_position(target)))
        value = lower_expression(scope, statement.value)
        if isinstance(current, Var) and isinstance(current.type, Array):
            _update_array(scope, statement, current, operator, value)
        else:
            result = binary(scope, statement, operator, current, value)
            assign(scope, target, result)
        return
    if not isinstance(target, gast.Subscript):
        scope.frame.refuse(UnsupportedSyntax, target, "this assignment target is not supported")
    array = scope.array(lower_expression(scope, target.value), target, "the indexed value")
    index = lower_index(scope, target, array, lambda item: lower_expression(scope, item))
    atoms = tuple(item for item in index if isinstance(item, (Var, Const)))
    if len(atoms) == len(index):
        _update_element(scope, statement, array, atoms, operator)
        return
    place = element_or_view(scope, array, index)
    _update_array(scope, statement, place, operator, lower_expression(scope, statement.value))


def _position(node: gast.AST) -> dict[str, int]:
    names = ("lineno", "col_offset", "end_lineno", "end_col_offset")
    return {name: getattr(node, name) for name in names if hasattr(node, name)}


def _update_element(
    scope: Scope, statement: gast.AugAssign, array: Var, index: tuple[Atom, ...], operator: gast.AST
) -> None:
    """`a[i] += v`: sums accumulate in place, so the old value is not needed to differentiate them."""
    scope.check_writable(array, statement)
    at = scope.frame.at(statement)
    element = Scalar(array.type.dtype)
    if isinstance(operator, (gast.Add, gast.Sub)):
        value = scope.scalar(lower_expression(scope, statement.value), statement, "the added value")
        if _adds_exactly(element, value):
            value = scope.cast(value, element)
            if isinstance(operator, gast.Sub):
                value = scope.apply("negative", (value,), element)
            scope.builder.add(Store(array, index, value, True, at))
            return
        old = element_or_view(scope, array, index)
    else:
        old = element_or_view(scope, array, index)
        value = scope.scalar(lower_expression(scope, statement.value), statement, "the value")
    result = scope.scalar(binary(scope, statement, operator, old, value), statement, "the result")
    scope.builder.add(Store(array, index, scope.cast(result, element), False, at))


def _adds_exactly(element: Scalar, value: Var | Const) -> bool:
    """Whether adding happens in the element's own dtype."""
    return element.dtype != "bool" and promote([element, value.type], "number").dtype == element.dtype


def _update_array(
    scope: Scope, statement: gast.AugAssign, array: Var, operator: gast.AST, value: Lowered
) -> None:
    """`a += v` on a whole array or view, in place as NumPy does."""
    atom = scope.atom(value, statement, "the value")
    element = Scalar(array.type.dtype)
    if isinstance(operator, gast.MatMult):
        scope.frame.refuse(UnsupportedSyntax, statement, "`@=` is not supported", "a = a @ b")
    if isinstance(operator, (gast.Add, gast.Sub)) and _adds_exactly(element, atom):
        if isinstance(operator, gast.Sub):
            atom = scope.elementwise(statement, "negative", [scope.cast(atom, element)])
        write_array(scope, statement, array, atom, accumulate=True)
        return
    result = scope.atom(binary(scope, statement, operator, array, atom), statement, "the result")
    if not np.can_cast(result.type.dtype, element.dtype, "same_kind"):
        scope.frame.refuse(
            TypeMismatch,
            statement,
            f"NumPy does not put {result.type.dtype} into an array of {element.dtype} in place",
            "the operation written out, into a new array",
        )
    write_array(scope, statement, array, result)


def _if(scope: Scope, statement: gast.If) -> None:
    condition = scope.condition(lower_expression(scope, statement.test), statement.test)
    if isinstance(condition, Const):
        lower_block(scope, statement.body if condition.value else statement.orelse)
        return
    then, orelse = scope.nested(condition, True), scope.nested(condition, False)
    arms = (partial(lower_block, statements=body) for body in (statement.body, statement.orelse))
    if len(lower_arms(scope, (then, orelse), *arms)) == 2:
        join_arms(scope, statement, condition, (then, orelse))
