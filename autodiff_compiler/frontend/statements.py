"""Statements: assignments, stores, branches and loops of the desugared tree."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import gast
import numpy as np

from autodiff_compiler.errors import TypeMismatch, UnsupportedSyntax
from autodiff_compiler.frontend import overloads, selection, zero_axes
from autodiff_compiler.frontend.arithmetic import BINARY
from autodiff_compiler.frontend.attributes import attribute_of, set_attribute
from autodiff_compiler.frontend.calls import lower_call
from autodiff_compiler.frontend.choices import distributed
from autodiff_compiler.frontend.containers import NONE, call_method, get_item, set_item, write_slice
from autodiff_compiler.frontend.creation import as_operand
from autodiff_compiler.frontend.expressions import binary, lower_expression
from autodiff_compiler.frontend.functions import default_nodes, define
from autodiff_compiler.frontend.indexing import (
    element_or_view,
    slice_bounds,
    write_array,
)
from autodiff_compiler.frontend.iteration import is_iterator, iterated, remaining
from autodiff_compiler.frontend.loops import lower_for, lower_while
from autodiff_compiler.frontend.merging import branch
from autodiff_compiler.frontend.operand_dtypes import kept
from autodiff_compiler.frontend.raising import lower_raise
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.subscripts import write_subscript, written_place
from autodiff_compiler.frontend.tries import lower_try
from autodiff_compiler.frontend.unknown import lower_loop
from autodiff_compiler.frontend.unpacking import is_uncounted, items_of, spread_growing, spread_over
from autodiff_compiler.frontend.values import (
    Binding,
    Either,
    FunctionValue,
    Generator,
    Lowered,
    Partial,
    Reference,
    Text,
    TupleValue,
    Undefined,
    describe,
)
from autodiff_compiler.ir.nodes import Atom, Const, Store, Var
from autodiff_compiler.ir.types import Array, Scalar
from autodiff_compiler.operators.promotion import promote


def lower_block(scope: Scope, statements: Sequence[gast.AST]) -> Lowered | None:
    """Lower statements in order; the value of a `return`, which can only be the last."""
    for statement in statements:
        with scope.builder.located(scope.frame.at(statement)):
            scope.frame.check(statement)
            if isinstance(statement, gast.Return):
                return _result(scope, statement)
            lower = _STATEMENTS.get(type(statement))
            if lower is None:
                kind = type(statement).__name__
                scope.frame.refuse(UnsupportedSyntax, statement, f"{kind} statements are not supported")
            lower(scope, statement)
    return None


def _nothing(scope: Scope, statement: gast.AST) -> None:
    """`pass`, and declarations that desugaring has read."""


def _define(scope: Scope, statement: gast.FunctionDef) -> None:
    """`def` inside a function; a decorator is called with the function, as Python does."""
    defaults = [lower_expression(scope, default) for _, default in default_nodes(statement)]
    made: Lowered = define(scope, statement, defaults)
    for decorator in reversed(statement.decorator_list):
        made = lower_call(scope, decorator, lower_expression(scope, decorator), [made], {})
    scope.bind(statement.name, Binding(made))


def _result(scope: Scope, statement: gast.Return) -> Lowered:
    """The value of a `return`; none where an exception is surely on its way to a handler."""
    node = statement.value
    if node is None:
        scope.frame.refuse(UnsupportedSyntax, statement, "the function returns nothing", "a value")
    if isinstance(node, gast.Name) and node.id in scope.frame.generated and node.id not in scope.names:
        return Undefined("control never gets here")
    return lower_expression(scope, node)


def _expression_statement(scope: Scope, statement: gast.Expr) -> None:
    if not isinstance(statement.value, gast.Constant):
        lower_expression(scope, statement.value)


def _delete(scope: Scope, statement: gast.Delete) -> None:
    """`del name`: it must have a value, and has none afterwards; `del items[k]` of a list or dict."""
    (target,) = statement.targets
    if isinstance(target, gast.Subscript):
        _delete_item(scope, target)
        return
    if not isinstance(target, gast.Name):
        scope.frame.refuse(UnsupportedSyntax, target, "elements cannot be deleted", "a new list or array")
    lower_expression(scope, gast.copy_location(gast.Name(target.id, gast.Load(), None, None), target))
    scope.bind(target.id, Binding(Undefined()))


def _delete_item(scope: Scope, target: gast.Subscript) -> None:
    base = lower_expression(scope, target.value)
    if not isinstance(base, Reference):
        reason = f"items of {describe(base)} cannot be deleted"
        scope.frame.refuse(UnsupportedSyntax, target, reason, "a new list or array without it")
    if isinstance(target.slice, gast.Slice):
        part = slice_bounds(scope, target.slice, lambda item: lower_expression(scope, item))
        write_slice(scope, target, base, part, TupleValue(()))
        return
    key = lower_expression(scope, target.slice)
    if overloads.class_of(base) is None:
        call_method(scope, target, base, "pop", [key], {})
    elif overloads.call_method(scope, target, base, "__delitem__", [key]) is None:
        scope.frame.refuse(TypeMismatch, target, f"items of {describe(base)} cannot be deleted")


def _assign_statement(scope: Scope, statement: gast.Assign) -> None:
    target, value = statement.targets[0], lower_expression(scope, statement.value)
    if getattr(statement, "caught", False):  # without a value where the call has raised; then none reads it
        scope.bind(target.id, Binding(value))
        return
    assign(scope, target, _named(scope, value, target.id) if isinstance(target, gast.Name) else value)


def assign(scope: Scope, target: gast.AST, value: Lowered) -> None:
    """`target = value` for names, subscripts and tuples of those."""
    match target:
        case gast.Name():
            if isinstance(value, Undefined) and not isinstance(value, Text):
                scope.frame.refuse(TypeMismatch, target, value.reason, value.instead)
            scope.bind(target.id, Binding(scope.named(target, value)))
        case gast.Tuple() | gast.List():
            _unpack(scope, target, value)
        case gast.Subscript():
            base = lower_expression(scope, target.value)
            distributed(scope, target, base, lambda inner, side: _set_part(inner, target, side, value))
        case gast.Attribute():
            set_attribute(scope, target, lower_expression(scope, target.value), target.attr, value)
        case _:
            scope.frame.refuse(UnsupportedSyntax, target, "this assignment target is not supported")


def _set_part(scope: Scope, target: gast.Subscript, base: Lowered, value: Lowered) -> Lowered:
    """`base[...] = value`."""
    if isinstance(base, Reference) and isinstance(target.slice, gast.Slice):
        part = slice_bounds(scope, target.slice, lambda item: lower_expression(scope, item))
        write_slice(scope, target, base, part, value)
    elif isinstance(base, Reference):
        _set_item(scope, target, base, lower_expression(scope, target.slice), value)
    else:
        array, index = written_place(scope, target, base, lambda item: lower_expression(scope, item))
        write_subscript(scope, target, array, index, value)
    return NONE


def _set_item(scope: Scope, target: gast.AST, base: Reference, key: Lowered, value: Lowered) -> None:
    """`base[key] = value` for a list, dict or object."""
    if overloads.class_of(base) is not None:
        overloads.set_item(scope, target, base, key, value)
    else:
        set_item(scope, target, base, key, value)


def _named(scope: Scope, value: Lowered, name: str) -> Lowered:
    """Give an unnamed result the user's name, where the last statement has just computed it."""
    if not isinstance(value, Var) or not scope.builder.statements or _is_held(scope, value):
        return value
    renamed = scope.builder.rename_last(value, name, scope.builder.at)
    return scope.frame.context.same_value(renamed, value)


def _is_held(scope: Scope, value: Lowered) -> bool:
    """Whether a name, list, dict or object holds the value already, if only inside a tuple."""
    held = (binding.value for contents in scope.heap.values() for binding in contents.items.values())
    return any(_mentions(item, value) for items in (scope.live(), held) for item in items)


def _mentions(whole: Lowered, value: Lowered) -> bool:
    """Whether the value is this one, or part of it."""
    match whole:
        case TupleValue(items=items):
            return any(_mentions(item, value) for item in items)
        case Either(condition=condition, then=then, orelse=orelse):
            return condition is value or _mentions(then, value) or _mentions(orelse, value)
        case Partial(function=function, arguments=arguments, keywords=keywords):
            parts = (function, *arguments, *(item for _, item in keywords))
            return any(_mentions(part, value) for part in parts)
        case FunctionValue(defaults=defaults):
            return any(_mentions(item, value) for _, item in defaults)
    return whole is value


def _unpack(scope: Scope, target: gast.Tuple, value: Lowered) -> None:
    if isinstance(value, Reference) and value.cell.item is not None:
        for part, item in spread_growing(scope, target, value):
            assign(scope, part, item)
        return
    if is_uncounted(value):
        if any(isinstance(part, gast.Starred) for part in target.elts):
            whole = scope.frame.context.listed(scope, target, value)
            _unpack(scope, target, whole)
            return
        count = len(target.elts)
        otherwise = f"cannot be unpacked into {count} names"
        items: Sequence[Lowered] = items_of(scope, target, value, count, otherwise)
    elif (known := _items_of(scope, target, value)) is not None:
        items = known
    else:
        scope.frame.refuse(TypeMismatch, target, f"{describe(value)} cannot be unpacked")
    for part, item in spread_over(scope, target, items):
        assign(scope, part, item)


def _items_of(scope: Scope, node: gast.AST, value: Lowered) -> Sequence[Lowered] | None:
    value = scope.resolved(value)
    if isinstance(value, Generator):
        return scope.items(scope.frame.context.listed(scope, node, value))
    if is_iterator(value):
        return scope.items(remaining(scope, node, value))
    if isinstance(value, Either):
        return scope.items(iterated(scope, node, value))
    return scope.items(overloads.iterated(scope, node, value))


def _augmented(scope: Scope, statement: gast.AugAssign) -> None:
    target = statement.target
    if isinstance(target, gast.Name):
        current = lower_expression(scope, gast.Name(target.id, gast.Load(), None, None, **_position(target)))
        value = lower_expression(scope, statement.value)
        made = _updated(scope, statement, current, value)
        if made is not current:
            assign(scope, target, made)
        return
    if not isinstance(target, (gast.Attribute, gast.Subscript)):
        scope.frame.refuse(UnsupportedSyntax, target, "this assignment target is not supported")
    update = _update_attribute if isinstance(target, gast.Attribute) else _update_item
    base = lower_expression(scope, target.value)
    distributed(scope, target, base, lambda inner, side: update(inner, statement, target, side))


def _update_item(scope: Scope, statement: gast.AugAssign, target: gast.Subscript, base: Lowered) -> Lowered:
    """`base[...] op= value`."""
    operator = statement.op
    if isinstance(base, Reference):
        key = lower_expression(scope, target.slice)
        owned = overloads.class_of(base) is not None
        current = (overloads.get_item if owned else get_item)(scope, target, base, key)
        return _update(scope, statement, current, lambda value: _set_item(scope, target, base, key, value))
    array, index = written_place(scope, target, base, lambda item: lower_expression(scope, item))
    if selection.is_advanced(index):
        selection.update(
            scope, statement, array, index,
            lambda old: binary(scope, statement, operator, old, lower_expression(scope, statement.value)),
        )  # fmt: skip
        return NONE
    atoms = tuple(item for item in index if isinstance(item, (Var, Const)))
    if len(atoms) == len(index):
        _update_element(scope, statement, array, atoms, operator)
        return NONE
    place = element_or_view(scope, array, index)
    _update_array(scope, statement, place, operator, lower_expression(scope, statement.value))
    return NONE


def _update_attribute(
    scope: Scope, statement: gast.AugAssign, target: gast.Attribute, base: Lowered
) -> Lowered:
    """`base.name op= value`."""
    current = attribute_of(scope, target, base, target.attr)
    return _update(
        scope, statement, current, lambda value: set_attribute(scope, target, base, target.attr, value)
    )


def _update(
    scope: Scope, statement: gast.AugAssign, current: Lowered, put: Callable[[Lowered], None]
) -> Lowered:
    """`place op= value` for an attribute or item: arrays change in place and are put back, as in Python."""
    made = _updated(scope, statement, current, lower_expression(scope, statement.value))
    if made is not current or isinstance(current, Var):
        put(made)
    return NONE


def _updated(scope: Scope, statement: gast.AugAssign, current: Lowered, value: Lowered) -> Lowered:
    """What `current op= value` leaves: the object itself where it is updated, else a new value."""

    def update(inner: Scope, side: Lowered) -> Lowered:
        if isinstance(side, Var) and isinstance(side.type, Array):
            _update_array(inner, statement, side, statement.op, value)
            return side
        if isinstance(side, Reference) and side.cell.cls is list and isinstance(statement.op, gast.Add):
            call_method(inner, statement, side, "extend", [value], {})
            return side
        made = overloads.in_place(inner, statement, BINARY[type(statement.op)], side, value)
        if made is not None:
            return made
        return zero_axes.updated(inner, statement, side, binary(inner, statement, statement.op, side, value))

    return distributed(scope, statement, current, update)


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
        if _adds_exactly(element, value, operator):
            value = kept(scope, statement, value, element)
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


def _adds_exactly(element: Scalar, value: Var | Const, operator: gast.AST) -> bool:
    """Whether adding happens in the element's own dtype, which has negative numbers if it is subtracting."""
    if isinstance(operator, gast.Sub) and element.dtype.startswith("uint"):
        return False
    return element.dtype != "bool" and promote([element, value.type], "number").dtype == element.dtype


def _update_array(
    scope: Scope, statement: gast.AugAssign, array: Var, operator: gast.AST, value: Lowered
) -> None:
    """`a += v` on a whole array or view, in place as NumPy does."""
    atom = as_operand(scope, statement, value, "the value")
    element = Scalar(array.type.dtype)
    if isinstance(operator, (gast.Add, gast.Sub)) and _adds_exactly(element, atom, operator):
        if isinstance(operator, gast.Sub):
            atom = scope.elementwise(statement, "negative", [kept(scope, statement, atom, element)])
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
    branch(
        scope, statement, condition,
        lambda arm: lower_block(arm, statement.body), lambda arm: lower_block(arm, statement.orelse),
    )  # fmt: skip


def _for(scope: Scope, statement: gast.For) -> None:
    lower_loop(scope, lambda: lower_for(scope, statement, lower_block, assign))


def _while(scope: Scope, statement: gast.While) -> None:
    lower_loop(scope, lambda: lower_while(scope, statement, lower_block))


_STATEMENTS: dict[type[gast.AST], Callable[..., None]] = {
    gast.Assign: _assign_statement,
    gast.AugAssign: _augmented,
    gast.Delete: _delete,
    gast.Expr: _expression_statement,
    gast.For: _for,
    gast.FunctionDef: _define,
    gast.If: _if,
    gast.Nonlocal: _nothing,
    gast.Pass: _nothing,
    gast.Raise: lower_raise,
    gast.Try: lambda scope, statement: lower_try(scope, statement, lower_block),
    gast.While: _while,
}
