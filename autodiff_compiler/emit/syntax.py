"""Short spellings for building gast trees."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import gast

COMMENT = "__comment__"  # a call of this name stands for a comment line
DISPLAYED = 30  # items of one tuple in generated code


def name(identifier: str) -> gast.Name:
    """The variable, read."""
    return gast.Name(identifier, gast.Load(), None, None)


def literal(value: float | int | bool | str) -> gast.expr:
    """A finite number, a truth value or a string; a negative number is written as a negation."""
    if not isinstance(value, (bool, str)) and (value < 0 or str(value).startswith("-")):
        return gast.UnaryOp(gast.USub(), gast.Constant(-value, None))
    return gast.Constant(value, None)


def attribute(value: gast.expr, field: str) -> gast.Attribute:
    """`value.field`."""
    return gast.Attribute(value, field, gast.Load())


def numpy(field: str) -> gast.Attribute:
    """`np.field`."""
    return attribute(name("np"), field)


def call(function: gast.expr, *arguments: gast.expr) -> gast.Call:
    """`function(arguments...)`."""
    return gast.Call(function, list(arguments), [])


def grouped(items: Sequence[gast.expr]) -> gast.expr:
    """The only item, or a tuple."""
    return items[0] if len(items) == 1 else gast.Tuple(list(items), gast.Load())


def returned(items: Sequence[gast.expr]) -> gast.expr:
    """What `return` gives: the only item, or a tuple, a long one as the sum of parts.

    Numba does not compile a tuple display of more than 30 items, which Python makes from a list.
    """
    if len(items) <= DISPLAYED:
        return grouped(items)
    parts = [tuple_of(items[start : start + DISPLAYED]) for start in range(0, len(items), DISPLAYED)]
    return functools.reduce(lambda left, right: gast.BinOp(left, gast.Add(), right), parts)


def tuple_of(items: Sequence[gast.expr]) -> gast.Tuple:
    """A tuple, of one item too."""
    return gast.Tuple(list(items), gast.Load())


def item(value: gast.expr, index: Sequence[gast.expr]) -> gast.Subscript:
    """`value[index...]`; with no index `value[()]`."""
    return gast.Subscript(value, grouped(index), gast.Load())


def binary(left: gast.expr, operator: gast.operator, right: gast.expr) -> gast.BinOp:
    """`left operator right`."""
    return gast.BinOp(left, operator, right)


def compare(left: gast.expr, operator: gast.cmpop, right: gast.expr) -> gast.Compare:
    """`left operator right`, a comparison."""
    return gast.Compare(left, [operator], [right])


def negated(condition: gast.expr) -> gast.expr:
    """`not condition`; `==`, `!=` and `not` are turned around instead."""
    opposite = {gast.Eq: gast.NotEq, gast.NotEq: gast.Eq}
    if isinstance(condition, gast.Compare) and len(condition.ops) == 1 and type(condition.ops[0]) in opposite:
        return compare(condition.left, opposite[type(condition.ops[0])](), condition.comparators[0])
    if isinstance(condition, gast.UnaryOp) and isinstance(condition.op, gast.Not):
        return condition.operand
    return gast.UnaryOp(gast.Not(), condition)


def assign(target: gast.expr, value: gast.expr) -> gast.stmt:
    """`target = value`, or `target op= rest` where value is `target op rest`."""
    if isinstance(value, gast.BinOp) and not isinstance(target, gast.Tuple) and _same(target, value.left):
        return gast.AugAssign(_stored(target), value.op, value.right)
    return gast.Assign([_stored(target)], value, None)


def rebind(target: str, value: gast.expr) -> gast.stmt:
    """`target = value`, never in place: the form for arrays."""
    return gast.Assign([_stored(name(target))], value, None)


def update(target: gast.expr, operator: gast.operator, value: gast.expr) -> gast.stmt:
    """`target operator= value`."""
    return gast.AugAssign(_stored(target), operator, value)


def loop(index: str, bounds: Sequence[gast.expr], body: list[gast.stmt]) -> gast.stmt:
    """`for index in range(bounds...)`."""
    return gast.For(_stored(name(index)), call(name("range"), *bounds), body or [gast.Pass()], [], None)


def branch(condition: gast.expr, then: list[gast.stmt], orelse: list[gast.stmt]) -> list[gast.stmt]:
    """`if condition: then else: orelse`, without empty branches; nothing if both are empty."""
    if not then and orelse:
        condition, then, orelse = negated(condition), orelse, []
    return [gast.If(condition, then, orelse)] if then else []


def comment(text: str) -> gast.stmt:
    """A line that is printed as `# text`."""
    return gast.Expr(call(name(COMMENT), gast.Constant(text, None)))


@functools.cache
def _template(text: str, arity: int) -> gast.expr:
    return gast.parse(text.format(*(f"_operand_{position}" for position in range(arity))), mode="eval").body


def occurrences(text: str, position: int) -> int:
    """How often a template reads its operand of that position."""
    return text.count(f"{{{position}}}")


def filled(text: str, operands: Sequence[gast.expr]) -> gast.expr:
    """The template's expression with the operands put in, parentheses where needed."""
    names = {f"_operand_{position}": operand for position, operand in enumerate(operands)}
    made: gast.expr = _filled(_template(text, len(operands)), names)
    return made


def _filled(node: Any, operands: Mapping[str, gast.expr]) -> Any:
    """A copy of the tree with the operands put in where their names stand."""
    if isinstance(node, list):
        return [_filled(item, operands) for item in node]
    if not isinstance(node, gast.AST):
        return node
    if isinstance(node, gast.Name) and node.id in operands:
        return operands[node.id]
    kind: Any = type(node)
    made = kind.__new__(kind)
    for name, value in vars(node).items():
        setattr(made, name, _filled(value, operands))
    return made


def _stored(target: gast.expr) -> gast.expr:
    match target:
        case gast.Name(id=identifier):
            return gast.Name(identifier, gast.Store(), None, None)
        case gast.Tuple(elts=items):
            return gast.Tuple([_stored(entry) for entry in items], gast.Store())
        case gast.Subscript(value=value, slice=index):
            return gast.Subscript(value, index, gast.Store())
    raise TypeError(f"cannot assign to {gast.dump(target)}")


def _same(one: gast.expr, other: gast.expr) -> bool:
    return str(gast.dump(one)) == str(gast.dump(other))
