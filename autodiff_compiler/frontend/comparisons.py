"""Comparisons of any two values: of numbers, structures and objects; identity and membership."""

from __future__ import annotations

import operator as op
from collections.abc import Callable
from typing import Any, TypeAlias

import gast

from autodiff_compiler.errors import TypeMismatch, UnsupportedSyntax
from autodiff_compiler.frontend import overloads, stand_ins_lists
from autodiff_compiler.frontend.arithmetic import COMPARE, compare_numbers
from autodiff_compiler.frontend.choices import choose, distributed
from autodiff_compiler.frontend.creation import as_arrays
from autodiff_compiler.frontend.dicts import held_by
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.membership import contains
from autodiff_compiler.frontend.outside import same_object
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import (
    FALSE,
    TRUE,
    Either,
    FunctionValue,
    Lowered,
    Partial,
    Reference,
    TupleValue,
    Undefined,
    describe,
)
from autodiff_compiler.ir.nodes import Atom, Const, Var
from autodiff_compiler.ir.types import BOOL, Array, is_bool

_PYTHON: dict[type[gast.AST], Callable[[Any, Any], Any]] = {
    gast.Lt: op.lt, gast.LtE: op.le, gast.Gt: op.gt, gast.GtE: op.ge, gast.Eq: op.eq, gast.NotEq: op.ne,
}  # fmt: skip
_STRICT = {gast.Lt: gast.Lt, gast.LtE: gast.Lt, gast.Gt: gast.Gt, gast.GtE: gast.Gt}
_EQUALITY = (gast.Eq, gast.NotEq)
_UNKNOWN = "whether these are the same object is only known when the program runs"

Items: TypeAlias = tuple[Lowered, ...]


def equal(scope: Scope, node: gast.AST, left: Lowered, right: Lowered) -> Lowered:
    """`left == right`."""
    return compare_two(scope, node, gast.Eq(), left, right)


def compare_two(scope: Scope, node: gast.AST, operator: gast.AST, left: Lowered, right: Lowered) -> Lowered:
    """`left operator right`."""
    for value, other in ((left, True), (right, False)):
        if isinstance(value, Either):
            return _compare_either(scope, node, operator, value, right if other else left, other)
        if isinstance(value, Undefined) and value.reason:
            scope.frame.refuse(TypeMismatch, node, value.reason, value.instead)
    if isinstance(operator, (gast.Is, gast.IsNot)):
        same = _identical(scope, node, left, right)
        return same if isinstance(operator, gast.Is) else scope.negated(same)
    if isinstance(operator, (gast.In, gast.NotIn)):
        held = _contained(scope, node, left, right)
        return held if isinstance(operator, gast.In) else scope.negated(held)
    made = overloads.compare(
        scope,
        node,
        operator,
        left,
        right,
        lambda a, b: _compare_items(scope, node, operator, a.items, b.items),
    )
    if made is not None:
        return made
    return _compare_values(scope, node, operator, left, right)


def _compare_values(
    scope: Scope, node: gast.AST, operator: gast.AST, left: Lowered, right: Lowered
) -> Lowered:
    """A comparison that no class overloads."""
    left, right = as_arrays(scope, node, left, right)
    first, second = scope.items(left), scope.items(right)
    if _is_list(left) != _is_list(right) and isinstance(left if _is_list(right) else right, TupleValue):
        first = second = None  # no list is equal to a tuple
    if first is not None and second is not None:
        return _compare_items(scope, node, operator, first, second)
    if all(map(_is_number, (left, right))) and not (isinstance(left, Static) and isinstance(right, Static)):
        name = COMPARE[type(operator)]
        return compare_numbers(scope, node, name, *(scope.atom(v, node, "a side") for v in (left, right)))
    if isinstance(left, Static) and isinstance(right, Static) and type(operator) in _PYTHON:
        try:
            return Const(bool(_PYTHON[type(operator)](left.value, right.value)), BOOL)
        except TypeError as error:
            scope.frame.refuse(TypeMismatch, node, str(error))
    if type(operator) in _STRICT and _is_list(left) and _is_list(right):
        sides = [left, right] if isinstance(operator, (gast.Lt, gast.LtE)) else [right, left]
        equal_too = Const(isinstance(operator, (gast.LtE, gast.GtE)), BOOL)
        return scope.frame.context.inline(scope, node, stand_ins_lists.list_before, [*sides, equal_too], {})
    if not isinstance(operator, _EQUALITY):
        reason = f"{describe(left)} and {describe(right)} cannot be compared"
        scope.frame.refuse(TypeMismatch, node, reason, "compare the items")
    if _is_list(left) and _is_list(right):
        same = scope.frame.context.inline(scope, node, stand_ins_lists.equal_lists, [left, right], {})
        equal: Atom = scope.condition(same, node)
    elif isinstance(left, Reference) and isinstance(right, Reference):
        equal = _equal_references(scope, node, left, right)
    elif any(isinstance(side, (Var, Const)) and isinstance(side.type, Array) for side in (left, right)):
        reason = f"NumPy compares {describe(left)} with {describe(right)} item by item"
        scope.frame.refuse(TypeMismatch, node, reason, "np.array(...) around it")
    else:
        equal = _equal_to_constant(left, right)
    return equal if isinstance(operator, gast.Eq) else scope.negated(equal)


def _is_list(value: Lowered) -> bool:
    return isinstance(value, Reference) and value.cell.cls is list


def _is_number(value: Lowered) -> bool:
    return isinstance(value, (Var, Const)) or (
        isinstance(value, Static) and isinstance(value.value, (int, float))
    )


def _equal_to_constant(left: Lowered, right: Lowered) -> Const:
    """Of different kinds: a number may be a member of an enumeration of numbers, nothing else is equal."""
    for side, other in ((left, right), (right, left)):
        if isinstance(side, Static) and isinstance(other, Const):
            return Const(bool(side.value == other.value), BOOL)
    return FALSE


def _equal_references(scope: Scope, node: gast.AST, left: Reference, right: Reference) -> Atom:
    """Dicts are equal by their items, objects without an `__eq__` where they are the same."""
    if left.cell.cls is not dict or right.cell.cls is not dict:
        return _identical(scope, node, left, right)
    first, second = held_by(scope, node, left), held_by(scope, node, right)
    if set(first) != set(second):
        return FALSE
    pairs = tuple(first[key] for key in first), tuple(second[key] for key in first)
    return scope.condition(_compare_items(scope, node, gast.Eq(), *pairs), node)


def _compare_either(
    scope: Scope, node: gast.AST, operator: gast.AST, value: Either, other: Lowered, is_left: bool
) -> Lowered:
    """A comparison with a value of two forms; often the condition itself, as in `x is None`."""

    def compare(inner: Scope, side: Lowered) -> Lowered:
        sides = (side, other) if is_left else (other, side)
        return compare_two(inner, node, operator, *sides)

    return distributed(scope, node, value, compare)


# ---------------------------------------------------------------- items in order


def _compare_items(scope: Scope, node: gast.AST, operator: gast.AST, first: Items, second: Items) -> Lowered:
    """Tuples and lists: equal item by item, ordered by the first items that differ."""
    if type(operator) in _STRICT:
        return _ordered(scope, node, operator, first, second)
    if not isinstance(operator, _EQUALITY):
        scope.frame.refuse(UnsupportedSyntax, node, "this comparison of tuples is not supported")
    equal: Lowered = Const(len(first) == len(second), BOOL)
    if equal == TRUE:
        for a, b in zip(first, second, strict=True):
            one = scope.condition(compare_two(scope, node, gast.Eq(), a, b), node)
            equal = _both(scope, node, equal, one)
    if isinstance(operator, gast.Eq):
        return equal
    return scope.negated(scope.condition(equal, node))


def _both(scope: Scope, node: gast.AST, first: Lowered, second: Lowered) -> Lowered:
    if first == TRUE or second == FALSE:
        return second
    return (
        first if second == TRUE or first == FALSE else scope.elementwise(node, "logical_and", [first, second])
    )


def _ordered(scope: Scope, node: gast.AST, operator: gast.AST, first: Items, second: Items) -> Lowered:
    if not first or not second:
        sizes = (len(first) > 0, len(second) > 0)
        known = {gast.Lt: sizes[0] < sizes[1], gast.LtE: sizes[0] <= sizes[1]}
        known |= {gast.Gt: sizes[0] > sizes[1], gast.GtE: sizes[0] >= sizes[1]}
        return Const(known[type(operator)], BOOL)
    equal = scope.condition(compare_two(scope, node, gast.Eq(), first[0], second[0]), node)
    strictly = _STRICT[type(operator)]()
    return choose(
        scope, node, equal,
        lambda inner: _ordered(inner, node, operator, first[1:], second[1:]),
        lambda inner: compare_two(inner, node, strictly, first[0], second[0]),
    )  # fmt: skip


# ---------------------------------------------------------------- identity and membership


def _identical(scope: Scope, node: gast.AST, left: Lowered, right: Lowered) -> Atom:
    """`left is right`, where it is known or a truth value."""
    match left, right:
        case (Reference(), Reference()):
            return _same_reference(scope, node, left, right)
        case (Static(value=first), Static(value=second)):
            return Const(first is second, BOOL)
        case (Var() | Const(), Var() | Const()):
            if isinstance(left.type, Array) != isinstance(right.type, Array):
                return FALSE
            if is_bool(left.type) and is_bool(right.type) and not isinstance(left.type, Array):
                return scope.apply("equal", (left, right), BOOL)
            if left is right and isinstance(left.type, Array):
                return TRUE
            if is_bool(left.type) != is_bool(right.type):
                return FALSE
        case (TupleValue() | FunctionValue() | Partial(), _) if type(left) is type(right):
            if left is right:
                return TRUE
        case _:
            return FALSE
    scope.frame.refuse(UnsupportedSyntax, node, _UNKNOWN, "`==`, or a flag of your own")


def _same_reference(scope: Scope, node: gast.AST, left: Reference, right: Reference) -> Atom:
    """Whether two objects are one: known, unless one of them stands for one of two."""
    known = same_object(scope.frame.context, left.cell, right.cell)
    if known is not None:
        return Const(known, BOOL)
    if left != right:
        scope.frame.context.tell_apart(left, right)
    outside = scope.frame.context.outside
    unsure = any(scope.contents(item).frozen and item.cell not in outside for item in (left, right))
    if left != right and unsure:
        scope.frame.context.keep_apart(join for item in (left, right) for join in scope.heap[item.cell].joins)
        scope.frame.refuse(UnsupportedSyntax, node, _UNKNOWN, "a flag of your own")
    return Const(left == right, BOOL)


def _contained(scope: Scope, node: gast.AST, value: Lowered, whole: Lowered) -> Atom:
    """`value in whole`."""
    made = overloads.call_method(scope, node, whole, "__contains__", [value])
    if made is not None:
        return scope.condition(made, node)
    items = scope.items(whole)
    if items is None and overloads.method_of(whole, "__iter__") is not None:
        items = scope.items(overloads.iterated(scope, node, whole))
    if items is not None:
        whole = TupleValue(items)
    return contains(scope, node, value, whole, lambda item: compare_two(scope, node, gast.Eq(), value, item))


__all__ = ["compare_two"]
