"""Expressions: a gast expression in a scope becomes a value, its code appended to the block."""

from __future__ import annotations

import builtins
import warnings
from collections.abc import Callable
from difflib import get_close_matches
from types import CellType

import gast

from autodiff_compiler.errors import TypeMismatch, UnboundVariable, UnsupportedSyntax
from autodiff_compiler.frontend import overloads
from autodiff_compiler.frontend.arithmetic import (
    BINARY,
    UNARY,
    binary_operator,
    unary_operator,
)
from autodiff_compiler.frontend.attributes import attribute_of, call_method
from autodiff_compiler.frontend.builtins_static import formatted, text_of
from autodiff_compiler.frontend.calls import lower_call
from autodiff_compiler.frontend.choices import choose, distributed
from autodiff_compiler.frontend.comparisons import compare_two
from autodiff_compiler.frontend.comprehensions import dict_of, list_of
from autodiff_compiler.frontend.container_operators import combined
from autodiff_compiler.frontend.containers import new_list
from autodiff_compiler.frontend.context import stands_in
from autodiff_compiler.frontend.creation import as_arrays
from autodiff_compiler.frontend.dicts import new_dict, new_table, pairs_of, static_key
from autodiff_compiler.frontend.functions import default_nodes, define
from autodiff_compiler.frontend.growing import is_growing
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.printing import lower_print, lower_warning
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.shown import told
from autodiff_compiler.frontend.stars import spread, spread_in_call, spread_keywords
from autodiff_compiler.frontend.subscripts import read_subscript
from autodiff_compiler.frontend.values import (
    Binding,
    Generator,
    Lowered,
    Reference,
    TupleValue,
    Undefined,
    literal,
)
from autodiff_compiler.frontend.zipping import turned
from autodiff_compiler.ir.nodes import Const, Guard
from autodiff_compiler.ir.types import BOOL

_PYTHON = {
    gast.Lt: "lt", gast.LtE: "le", gast.Gt: "gt", gast.GtE: "ge", gast.Eq: "eq", gast.NotEq: "ne",
}  # fmt: skip


def lower_expression(scope: Scope, node: gast.AST) -> Lowered:
    """The value of an expression; its statements are appended to the scope's builder."""
    return scope.resolved(_expression(scope, node))


def _expression(scope: Scope, node: gast.AST) -> Lowered:
    scope.frame.check(node)
    lower = _EXPRESSIONS.get(type(node))
    if lower is None:
        kind = type(node).__name__
        scope.frame.refuse(UnsupportedSyntax, node, f"{kind} expressions are not supported")
    with scope.builder.located(scope.frame.at(node)):
        return lower(scope, node)


def _constant(scope: Scope, node: gast.Constant) -> Lowered:
    known = literal(node.value)
    return known if known is not None else Static(node.value)


def _binary(scope: Scope, node: gast.BinOp) -> Lowered:
    left, right = lower_expression(scope, node.left), lower_expression(scope, node.right)
    with told(scope, node, lambda: ((left, right), {})):
        return binary(scope, node, node.op, left, right)


def _boolean(scope: Scope, node: gast.BoolOp) -> Lowered:
    return _bool_op(scope, node, node.values, isinstance(node.op, gast.And))


def _text(scope: Scope, node: gast.JoinedStr) -> Lowered:
    return text_of([lower_expression(scope, part) for part in node.values])


def _formatted(scope: Scope, node: gast.FormattedValue) -> Lowered:
    spec = None if node.format_spec is None else lower_expression(scope, node.format_spec)
    return formatted(scope, node, lower_expression(scope, node.value), spec)


def _tuple(scope: Scope, node: gast.Tuple) -> Lowered:
    return TupleValue(tuple(_items(scope, node.elts)))


def _list(scope: Scope, node: gast.List) -> Lowered:
    """A list display; `*a` stands for the items of `a`, also where their number is not known."""
    items: list[Lowered] = []
    made: Reference | None = None
    for part in node.elts:
        starred = isinstance(part, gast.Starred)
        value = scope.named(part, lower_expression(scope, part.value if starred else part))
        if starred and not is_growing(value):
            found = list(spread(scope, part, value))
        else:
            found = [value]
        if starred and is_growing(value):
            made = new_list(scope, node, items) if made is None else made
            call_method(scope, node, made, "extend", [value], {})
        elif made is None:
            items += found
        else:
            for item in found:
                call_method(scope, node, made, "append", [item], {})
    return new_list(scope, node, items) if made is None else made


def _set(scope: Scope, node: gast.Set) -> Lowered:
    return lower_call(scope, node, Static(set), [TupleValue(tuple(_items(scope, node.elts)))], {})


def _set_of(scope: Scope, node: gast.SetComp) -> Lowered:
    surfaces = scope.frame.context.inner_surfaces
    if node not in surfaces:
        surfaces[node] = gast.copy_location(gast.ListComp(node.elt, node.generators), node)
    return lower_call(scope, node, Static(set), [list_of(scope, surfaces[node])], {})


def _generator(scope: Scope, node: gast.GeneratorExp) -> Lowered:
    first = lower_expression(scope, node.generators[0].iter)
    names = dict(scope.names) if stands_in(scope.frame.source.function) else None
    return Generator(node, scope.frame, first, names)


def _lambda(scope: Scope, node: gast.Lambda) -> Lowered:
    return define(scope, node, [lower_expression(scope, default) for _, default in default_nodes(node)])


def _walrus(scope: Scope, node: gast.NamedExpr) -> Lowered:
    value = scope.named(node, lower_expression(scope, node.value))
    scope.bind(node.target.id, Binding(value))
    return value


def _read_item(scope: Scope, node: gast.Subscript) -> Lowered:
    def read(inner: Scope, base: Lowered) -> Lowered:
        return read_subscript(inner, node, base, lambda item: lower_expression(inner, item))

    return distributed(scope, node, lower_expression(scope, node.value), read)


def _items(scope: Scope, nodes: list[gast.AST]) -> list[Lowered]:
    """The items of a display; `*a` stands for those of `a`."""
    items: list[Lowered] = []
    for node in nodes:
        if isinstance(node, gast.Starred):
            items += spread(scope, node, lower_expression(scope, node.value))
        else:
            items.append(scope.named(node, lower_expression(scope, node)))
    return items


def _dict(scope: Scope, node: gast.Dict) -> Lowered:
    site = (node, scope.frame.calls)
    table = new_table(scope, node, []) if site in scope.frame.context.tables else None
    items: dict[object, Lowered] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        if table is not None:
            given = [] if key is None else [lower_expression(scope, key)]
            given.append(scope.named(value, lower_expression(scope, value)))
            call_method(scope, node, table, "update" if key is None else "__setitem__", given, {})
        elif key is None:
            items.update(pairs_of(scope, node, lower_expression(scope, value), site))
        else:
            place = static_key(scope, key, lower_expression(scope, key), site)
            items[place] = scope.named(value, lower_expression(scope, value))
    return new_dict(scope, node, items) if table is None else table


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
    known = {*scope.names, *source.cells, *source.namespace, *vars(builtins)} - scope.frame.generated
    near = " or ".join(get_close_matches(name, sorted(filter(str.isidentifier, known))))
    scope.frame.refuse(UnboundVariable, node, f"the name `{name}` is not defined", near)


def _read_local(scope: Scope, node: gast.Name, binding: Binding) -> Lowered:
    value = binding.value
    if isinstance(value, Undefined) and value.reason:
        instead = value.instead or f"a `{node.id}` of one type on every path"
        scope.frame.refuse(TypeMismatch, node, value.reason, instead)
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
    owned = overloads.has_operator(name, left, right)
    if not owned:
        left, right = as_arrays(scope, node, left, right, numbers=name != "multiply")  # it would repeat
    made = None if owned else combined(scope, node, name, left, right)
    return binary_operator(scope, node, name, left, right) if made is None else made


def _unary(scope: Scope, node: gast.UnaryOp) -> Lowered:
    value = lower_expression(scope, node.operand)
    return unary_operator(scope, node, UNARY[type(node.op)], value)


def _compare(scope: Scope, node: gast.Compare) -> Lowered:
    left = lower_expression(scope, node.left)
    return _compare_chain(scope, node, left, list(zip(node.ops, node.comparators, strict=True)))


def _compare_chain(
    scope: Scope, node: gast.Compare, left: Lowered, rest: list[tuple[gast.AST, gast.AST]]
) -> Lowered:
    operator, comparator = rest[0]
    if isinstance(operator, (gast.In, gast.NotIn)) and isinstance(comparator, gast.Set):
        right: Lowered = TupleValue(tuple(_items(scope, comparator.elts)))  # as no name means the set
    else:
        right = lower_expression(scope, comparator)
    first = compare_two(scope, node, operator, left, right)
    if len(rest) == 1:
        return first
    condition = scope.condition(first, node)
    return choose(
        scope, node, condition,
        lambda inner: _compare_chain(inner, node, right, rest[1:]), lambda inner: Const(False, BOOL),
    )  # fmt: skip


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


# ---------------------------------------------------------------- attributes and calls


def _attribute(scope: Scope, node: gast.Attribute) -> Lowered:
    base = lower_expression(scope, node.value)
    return distributed(scope, node, base, lambda inner, value: attribute_of(inner, node, value, node.attr))


def _call(scope: Scope, node: gast.Call) -> Lowered:
    method, function = "", None
    if isinstance(node.func, gast.Attribute):
        function = lower_expression(scope, node.func.value)
        method = node.func.attr
        if isinstance(function, Static) and getattr(function.value, method, None) is warnings.warn:
            return lower_warning(scope, node)
    else:
        function = lower_expression(scope, node.func)
        if isinstance(function, Static) and function.value is builtins.print:
            return lower_print(scope, node)
        if isinstance(function, Static) and function.value is warnings.warn:
            return lower_warning(scope, node)
    arguments: list[Lowered] = []
    for argument in node.args:
        if isinstance(argument, gast.Starred):
            value = lower_expression(scope, argument.value)
            if (columns := turned(scope, node, function, value)) is not None:
                return columns
            arguments += spread_in_call(scope, node, argument, value, function)
        else:
            arguments.append(lower_expression(scope, argument))
    keywords: dict[str, Lowered] = {}
    for keyword in node.keywords:
        value = lower_expression(scope, keyword.value)
        keywords |= {keyword.arg: value} if keyword.arg else spread_keywords(scope, keyword, value)

    def call(inner: Scope, target: Lowered) -> Lowered:
        if method:
            return call_method(inner, node, target, method, arguments, keywords)
        return lower_call(inner, node, target, arguments, keywords)

    with told(scope, node, lambda: ((function, *arguments) if method else arguments, keywords)):
        return distributed(scope, node, function, call)


_EXPRESSIONS: dict[type[gast.AST], Callable[..., Lowered]] = {
    gast.Attribute: _attribute,
    gast.BinOp: _binary,
    gast.BoolOp: _boolean,
    gast.Call: _call,
    gast.Compare: _compare,
    gast.Constant: _constant,
    gast.Dict: _dict,
    gast.FormattedValue: _formatted,
    gast.IfExp: _conditional,
    gast.JoinedStr: _text,
    gast.Lambda: _lambda,
    gast.List: _list,
    gast.Set: _set,
    gast.ListComp: list_of,
    gast.SetComp: _set_of,
    gast.DictComp: dict_of,
    gast.GeneratorExp: _generator,
    gast.Name: read_name,
    gast.NamedExpr: _walrus,
    gast.Subscript: _read_item,
    gast.Tuple: _tuple,
    gast.UnaryOp: _unary,
}
