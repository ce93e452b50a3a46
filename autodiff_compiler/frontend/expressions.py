"""Expressions: a gast expression in a scope becomes a value, its code appended to the block."""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable
from types import CellType, ModuleType

import gast
import numpy as np

from autodiff_compiler.errors import TypeMismatch, UnboundVariable, UnknownOperator, UnsupportedSyntax
from autodiff_compiler.frontend.arrays import attribute
from autodiff_compiler.frontend.calls import lower_call, missing
from autodiff_compiler.frontend.indexing import read_subscript
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.merging import join_arms
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.unknown import lower_arms
from autodiff_compiler.frontend.values import Binding, Lowered, TupleValue, Undefined, describe, literal
from autodiff_compiler.ir.nodes import Atom, Const, Guard, Var
from autodiff_compiler.ir.types import BOOL

BINARY = {
    gast.Add: "add", gast.Sub: "subtract", gast.Mult: "multiply", gast.Div: "divide",
    gast.FloorDiv: "floor_divide", gast.Mod: "remainder", gast.Pow: "power", gast.MatMult: "matmul",
    gast.BitAnd: "bitwise_and", gast.BitOr: "bitwise_or", gast.BitXor: "bitwise_xor",
    gast.LShift: "left_shift", gast.RShift: "right_shift",
}  # fmt: skip
COMPARE = {
    gast.Lt: "less", gast.LtE: "less_equal", gast.Gt: "greater", gast.GtE: "greater_equal",
    gast.Eq: "equal", gast.NotEq: "not_equal",
}  # fmt: skip
Arm = Callable[[Scope], Lowered]
UNARY = {gast.USub: "negative", gast.UAdd: "positive", gast.Invert: "invert", gast.Not: "logical_not"}


def lower_expression(scope: Scope, node: gast.AST) -> Lowered:
    """The value of an expression; its statements are appended to the scope's builder."""
    with scope.builder.located(scope.frame.at(node)):
        match node:
            case gast.Constant():
                known = literal(node.value)
                return known if known is not None else Static(node.value)
            case gast.Name():
                return read_name(scope, node)
            case gast.BinOp():
                return binary(
                    scope,
                    node,
                    node.op,
                    lower_expression(scope, node.left),
                    lower_expression(scope, node.right),
                )
            case gast.UnaryOp():
                return _unary(scope, node)
            case gast.BoolOp():
                return _bool_op(scope, node, node.values, isinstance(node.op, gast.And))
            case gast.Compare():
                return _compare(scope, node)
            case gast.IfExp():
                return _conditional(scope, node)
            case gast.Tuple() | gast.List():
                return TupleValue(tuple(lower_expression(scope, item) for item in node.elts))
            case gast.Subscript():
                base = lower_expression(scope, node.value)
                return read_subscript(scope, node, base, lambda item: lower_expression(scope, item))
            case gast.Attribute():
                return _attribute(scope, node)
            case gast.Call():
                return _call(scope, node)
    scope.frame.refuse(UnsupportedSyntax, node, f"{type(node).__name__} expressions are not supported")


def read_name(scope: Scope, node: gast.Name) -> Lowered:
    """A name's value: local, closure cell, module global or builtin, in Python's order."""
    name = node.id
    binding = scope.lookup(name)
    if binding is not None:
        return _read_local(scope, node, binding)
    source = scope.frame.source
    context = scope.frame.context
    if name in scope.frame.local:
        return _read_local(scope, node, Binding(Undefined()))
    if name in source.cells:
        cell = source.cells[name]
        if cell == CellType():
            scope.frame.refuse(UnboundVariable, node, f"`{name}` has no value yet in the function around")
        path = f"{source.function.__qualname__}.{name}"
        return context.global_value(path, cell, cell.cell_contents, lambda: cell.cell_contents)
    if name in source.namespace:
        namespace = source.namespace
        path = f"{namespace.get('__name__', '')}.{name}"
        return context.global_value(path, namespace, namespace[name], lambda: namespace[name])
    if hasattr(builtins, name):
        return Static(getattr(builtins, name))
    scope.frame.refuse(UnboundVariable, node, f"the name `{name}` is not defined")


def _read_local(scope: Scope, node: gast.Name, binding: Binding) -> Lowered:
    value = binding.value
    if isinstance(value, Undefined) and value.reason:
        scope.frame.refuse(TypeMismatch, node, value.reason, f"a `{node.id}` of one type on every path")
    if isinstance(value, Undefined):
        reason = f"`{node.id}` is read before it is assigned"
        scope.frame.refuse(
            UnboundVariable, node, reason, f"assign `{node.id}` before this line on every path"
        )
    if not isinstance(binding.defined, Const) and node.id not in scope.frame.generated:
        scope.builder.add(
            Guard(binding.defined, f"`{node.id}` is read here, but no path taken has assigned it", (),
                  "UnboundVariable", scope.frame.at(node))
        )  # fmt: skip
    return value


# ---------------------------------------------------------------- operators


def binary(scope: Scope, node: gast.AST, operator: gast.AST, left: Lowered, right: Lowered) -> Lowered:
    """A binary operator of Python's syntax on two values."""
    name = BINARY[type(operator)]
    if isinstance(left, TupleValue) and isinstance(right, TupleValue) and name == "add":
        return TupleValue(left.items + right.items)
    if name == "matmul":
        return lower_call(scope, node, Static(np.matmul), [left, right], {})
    if name == "power" and _integers(left, right) and not (isinstance(right, Const) and right.value >= 0):
        scope.frame.refuse(
            TypeMismatch,
            node,
            "an integer power of an integer whose sign is not known has no fixed type",
            "float(...) around the base",
        )
    return scope.elementwise(node, name, [left, right], python=True)


def _integers(*values: Lowered) -> bool:
    return all(
        isinstance(value, (Var, Const)) and value.type.dtype.startswith(("int", "uint")) for value in values
    )


def _unary(scope: Scope, node: gast.UnaryOp) -> Lowered:
    value = lower_expression(scope, node.operand)
    name = UNARY[type(node.op)]
    if name == "logical_not":
        condition = scope.condition(value, node)
        return (
            Const(not condition.value, BOOL)
            if isinstance(condition, Const)
            else scope.apply(name, [condition], BOOL)
        )
    if isinstance(value, Const) and name in ("negative", "positive") and value.type != BOOL:
        return Const(-value.value if name == "negative" else value.value, value.type)
    return scope.elementwise(node, name, [value], python=True)


def _compare(scope: Scope, node: gast.Compare) -> Lowered:
    left = lower_expression(scope, node.left)
    return _compare_chain(scope, node, left, list(zip(node.ops, node.comparators, strict=True)))


def _compare_chain(
    scope: Scope, node: gast.Compare, left: Lowered, rest: list[tuple[gast.AST, gast.AST]]
) -> Lowered:
    operator, comparator = rest[0]
    right = lower_expression(scope, comparator)
    first = _compare_two(scope, node, operator, left, right)
    if len(rest) == 1:
        return first
    condition = scope.condition(first, node)
    return choose(
        scope, node, condition,
        lambda inner: _compare_chain(inner, node, right, rest[1:]), lambda inner: Const(False, BOOL),
    )  # fmt: skip


def _compare_two(scope: Scope, node: gast.AST, operator: gast.AST, left: Lowered, right: Lowered) -> Lowered:
    if isinstance(operator, (gast.Is, gast.IsNot)):
        static = [value.value for value in (left, right) if isinstance(value, Static)]
        same = len(static) == 2 and static[0] is static[1]
        return Const(same == isinstance(operator, gast.Is), BOOL)
    if isinstance(left, Static) or isinstance(right, Static):
        if (
            isinstance(left, Static)
            and isinstance(right, Static)
            and isinstance(operator, (gast.Eq, gast.NotEq))
        ):
            return Const((left.value == right.value) == isinstance(operator, gast.Eq), BOOL)
        if isinstance(operator, (gast.Eq, gast.NotEq)):  # a number is never equal to None or a string
            return Const(isinstance(operator, gast.NotEq), BOOL)
    if isinstance(left, TupleValue) or isinstance(right, TupleValue):
        return _compare_tuples(scope, node, operator, left, right)
    if type(operator) not in COMPARE:
        scope.frame.refuse(UnsupportedSyntax, node, "`in` is not supported", "compare with each value")
    return scope.elementwise(node, COMPARE[type(operator)], [left, right], python=True)


def _compare_tuples(
    scope: Scope, node: gast.AST, operator: gast.AST, left: Lowered, right: Lowered
) -> Lowered:
    if not isinstance(operator, (gast.Eq, gast.NotEq)) or not (
        isinstance(left, TupleValue) and isinstance(right, TupleValue)
    ):
        scope.frame.refuse(
            TypeMismatch,
            node,
            f"{describe(left)} and {describe(right)} cannot be compared",
            "compare the items",
        )
    equal: Lowered = Const(len(left.items) == len(right.items), BOOL)
    if equal == Const(True, BOOL):
        for a, b in zip(left.items, right.items, strict=True):
            one = scope.condition(_compare_two(scope, node, gast.Eq(), a, b), node)
            equal = scope.elementwise(node, "logical_and", [equal, one])
    if isinstance(operator, gast.Eq):
        return equal
    return scope.elementwise(node, "logical_not", [equal])


def _bool_op(scope: Scope, node: gast.AST, values: list[gast.AST], conjunction: bool) -> Lowered:
    """`a and b`, `a or b`: the right side runs only where Python would run it."""
    first = lower_expression(scope, values[0])
    if len(values) == 1:
        return first
    condition = scope.condition(first, values[0])

    def rest(inner: Scope) -> Lowered:
        return _bool_op(inner, node, values[1:], conjunction)

    if conjunction:
        return choose(scope, node, condition, rest, lambda inner: first)
    return choose(scope, node, condition, lambda inner: first, rest)


def _conditional(scope: Scope, node: gast.IfExp) -> Lowered:
    condition = scope.condition(lower_expression(scope, node.test), node.test)
    return choose(
        scope, node, condition,
        lambda inner: lower_expression(inner, node.body), lambda inner: lower_expression(inner, node.orelse),
    )  # fmt: skip


def choose(scope: Scope, node: gast.AST, condition: Atom, then: Arm, orelse: Arm) -> Lowered:
    """The value of one of two expressions, each a function of the scope it is lowered in."""
    if isinstance(condition, Const):
        return then(scope) if condition.value else orelse(scope)
    if condition in scope.known:
        return then(scope) if scope.known[condition] else orelse(scope)
    inner_then, inner_else = scope.nested(condition, True), scope.nested(condition, False)
    values = lower_arms(scope, (inner_then, inner_else), then, orelse)
    if len(values) == 1:
        return values[0]
    (value,) = join_arms(scope, node, condition, (inner_then, inner_else), [(values[0], values[1])])
    if isinstance(value, Undefined):
        scope.frame.refuse(TypeMismatch, node, value.reason or "the two sides have no common type")
    return value


# ---------------------------------------------------------------- attributes and calls


def _attribute(scope: Scope, node: gast.Attribute) -> Lowered:
    base = lower_expression(scope, node.value)
    if not isinstance(base, Static):
        return attribute(scope, node, base, node.attr)
    owner = base.value
    if not hasattr(owner, node.attr):
        scope.frame.refuse(UnknownOperator, node, *missing(owner, node.attr))
    value = getattr(owner, node.attr)
    if owner in (math, np):
        known = literal(value)
        return known if known is not None else Static(value)
    path = f"{getattr(owner, '__name__', type(owner).__name__)}.{node.attr}"
    kept = vars(owner) if isinstance(owner, ModuleType) else owner
    return scope.frame.context.global_value(path, kept, value, lambda: getattr(owner, node.attr))


def _call(scope: Scope, node: gast.Call) -> Lowered:
    method = None
    if isinstance(node.func, gast.Attribute):
        base = lower_expression(scope, node.func.value)
        if not isinstance(base, Static):
            method = base
    function: Lowered = Static(node.func.attr) if method is not None else lower_expression(scope, node.func)
    arguments = [lower_expression(scope, argument) for argument in node.args]
    keywords = {keyword.arg: lower_expression(scope, keyword.value) for keyword in node.keywords}
    return lower_call(scope, node, function, arguments, keywords, method)
