"""The operators of Python's syntax on numbers and arrays, integers and booleans as Python has them."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import NoReturn

import gast
import numpy as np

from autodiff_compiler.errors import TypeMismatch
from autodiff_compiler.frontend import growing, overloads
from autodiff_compiler.frontend.failures import require, require_nonzero
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.known import filled, is_text, text_of
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import Either, Lowered, TupleValue, Undefined
from autodiff_compiler.ir.build import integer
from autodiff_compiler.ir.nodes import Atom, Const, Guard, Var
from autodiff_compiler.ir.types import BOOL, INT, Array, Scalar, Type, is_bool, is_integer

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
UNARY = {gast.USub: "negative", gast.UAdd: "positive", gast.Invert: "invert", gast.Not: "logical_not"}

_EXACT: dict[str, Callable[[int, int], int]] = {
    "add": operator.add, "subtract": operator.sub, "multiply": operator.mul,
    "floor_divide": operator.floordiv, "remainder": operator.mod, "bitwise_and": operator.and_,
    "bitwise_or": operator.or_, "bitwise_xor": operator.xor, "left_shift": operator.lshift,
    "right_shift": operator.rshift, "power": operator.pow,
}  # fmt: skip
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "less": operator.lt, "less_equal": operator.le, "greater": operator.gt, "greater_equal": operator.ge,
    "equal": operator.eq, "not_equal": operator.ne,
}  # fmt: skip
_DIVISIONS = ("floor_divide", "remainder")
_SHIFTS = ("left_shift", "right_shift")
_BITS = 63  # of an integer, without its sign
_OF_BOOLEANS = {"add": "logical_or", "multiply": "logical_and"}  # what NumPy makes of them


def binary_operator(scope: Scope, node: gast.AST, name: str, left: Lowered, right: Lowered) -> Lowered:
    """A binary operator on two values."""
    if name == "add" and is_text(left) and isinstance(scope.resolved(right), Either):
        return text_of([left, right])
    for value, is_left in ((left, True), (right, False)):
        if isinstance(scope.resolved(value), Either):
            return _of_either(scope, node, name, (left, right), is_left)
    made = overloads.binary(scope, node, name, left, right)
    if made is not None:
        return made
    first, second = scope.items(left), scope.items(right)
    if first is not None and second is not None and name == "add":
        both = (*first, *second)
        if isinstance(left, TupleValue):
            return TupleValue(both)
        return growing.new(scope, node, both)
    if name == "multiply" and (first is None) != (second is None):
        return _repeated(scope, node, left if second is None else right, right if second is None else left)
    if is_text(left) or (name == "add" and is_text(right)):
        return _of_text(scope, node, name, left, right)
    if name == "matmul":
        return scope.frame.context.call(scope, node, Static(np.matmul), [left, right], {})
    a, b = (scope.atom(value, node, f"an operand of `{name}`") for value in (left, right))
    if _whole(a.type) and _whole(b.type):
        return _of_whole_numbers(scope, node, name, a, b)
    return scope.elementwise(node, name, [a, b], python=True)


def _of_either(
    scope: Scope, node: gast.AST, name: str, sides: tuple[Lowered, Lowered], is_left: bool
) -> Lowered:
    """An operator on a value of two forms."""

    def use(inner: Scope, side: Lowered) -> Lowered:
        both = (side, sides[1]) if is_left else (sides[0], side)
        return binary_operator(inner, node, name, *both)

    return scope.frame.context.distribute(scope, node, sides[0] if is_left else sides[1], use)


def compare_numbers(scope: Scope, node: gast.AST, name: str, left: Lowered, right: Lowered) -> Lowered:
    """A comparison of numbers or arrays; NumPy's truth values, which add up differently, are noted."""
    of_numpy = scope.frame.context.is_numpy_truth
    numpy = any(
        isinstance(item, (Var, Const)) and (not _python(item.type) or of_numpy(item))
        for item in (left, right)
    )
    if isinstance(left, Const) and isinstance(right, Const):
        found: Lowered = Const(bool(_COMPARISONS[name](left.value, right.value)), BOOL)
    else:
        found = scope.elementwise(node, name, [left, right], python=True)
    return scope.frame.context.of_numpy(found) if numpy else found


def unary_operator(scope: Scope, node: gast.AST, name: str, value: Lowered) -> Lowered:
    """`-x`, `+x`, `~x` and `not x`."""
    if name == "logical_not":
        return scope.negated(scope.condition(value, node))
    if isinstance(scope.resolved(value), Either):
        distribute = scope.frame.context.distribute
        return distribute(scope, node, value, lambda inner, side: unary_operator(inner, node, name, side))
    made = overloads.unary(scope, node, name, value)
    if made is not None:
        return made
    atom = scope.atom(value, node, "the operand")
    if isinstance(atom, Const) and name != "invert":
        number = +atom.value if name == "positive" else -atom.value
        return Const(number, INT if is_bool(atom.type) else atom.type)
    if isinstance(atom, Const) and is_integer(atom.type):
        return Const(~int(atom.value), atom.type)
    if is_bool(atom.type):
        if isinstance(atom.type, Scalar):
            of_numpy = scope.frame.context.is_numpy_truth(atom)
            if name == "invert" and of_numpy:
                return scope.frame.context.of_numpy(scope.negated(atom))
            if of_numpy:
                _refuse_sign(scope, node)
            if name == "invert":
                reason = "`~` of a truth value is another one in NumPy, and an integer in Python"
                scope.frame.refuse(TypeMismatch, node, reason, "not x")
            if atom in scope.frame.context.numpy_truths:
                reason = "NumPy has no sign of truth values"
                scope.frame.refuse(TypeMismatch, node, reason, "not x, or int(x)")
            atom = scope.cast(atom, INT)
        elif name == "invert":
            return scope.elementwise(node, "logical_not", [atom])
        else:
            _refuse_sign(scope, node)
    return scope.elementwise(node, name, [atom], python=True)


def _refuse_sign(scope: Scope, node: gast.AST) -> NoReturn:
    scope.frame.refuse(TypeMismatch, node, "NumPy has no sign of booleans", "~x, or x.astype(int)")


def _whole(kind: Type) -> bool:
    return is_integer(kind) or is_bool(kind)


def _python(kind: Type) -> bool:
    """Whether values of this type are Python's numbers or truth values."""
    return isinstance(kind, Scalar) and (kind.weak or is_bool(kind))


# ---------------------------------------------------------------- sequences and text


def _repeated(scope: Scope, node: gast.AST, sequence: Lowered, count: Lowered) -> Lowered:
    """`items * n`."""
    items = scope.items(sequence)
    assert items is not None
    many = items * max(0, scope.known_integer(count, node, "how often the items are repeated"))
    if isinstance(sequence, TupleValue):
        return TupleValue(many)
    return growing.new(scope, node, many)


def _of_text(scope: Scope, node: gast.AST, name: str, left: Lowered, right: Lowered) -> Lowered:
    if name == "add" and is_text(left) and is_text(right):
        return text_of([left, right])
    count = right.value if isinstance(right, Const) and is_integer(right.type) else None
    if isinstance(left, Static) and name == "multiply" and count is not None:
        return Static(str(left.value) * int(count))
    if isinstance(left, Static) and name == "remainder" and not isinstance(right, Undefined):
        return filled(left, right)
    reason = "text with numbers of the running program in it is not followed"
    scope.frame.refuse(TypeMismatch, node, reason, "text only as configuration, and in messages")


# ---------------------------------------------------------------- integers and booleans


def _of_whole_numbers(scope: Scope, node: gast.AST, name: str, a: Atom, b: Atom) -> Lowered:
    known = _folded(scope, node, name, a, b)
    if known is not None:
        return known
    if is_bool(a.type) and is_bool(b.type) and name not in ("bitwise_and", "bitwise_or", "bitwise_xor"):
        made = _of_truths(scope, node, name, a, b)
        if made is not None:
            return made
    if name == "power":
        return _power(scope, node, a, b)
    scalars = isinstance(a.type, Scalar) and isinstance(b.type, Scalar)
    of_numpy = any(map(scope.frame.context.is_numpy_truth, (a, b)))
    if name in _DIVISIONS and _python(a.type) and _python(b.type) and not of_numpy:
        message = "integer modulo by zero" if name == "remainder" else "integer division or modulo by zero"
        require_nonzero(scope, node, b, message)
    if name in _SHIFTS and scalars:
        a, b = (scope.cast(item, INT) if is_bool(item.type) else item for item in (a, b))
        b = _shift_count(scope, node, name, b)
    made = scope.elementwise(node, name, [a, b], python=True)
    return scope.frame.context.of_numpy(made) if of_numpy else made


def _folded(scope: Scope, node: gast.AST, name: str, a: Atom, b: Atom) -> Lowered | None:
    """The result of Python's integers that are known while compiling."""
    if not (isinstance(a, Const) and isinstance(b, Const) and _python(a.type) and _python(b.type)):
        return None
    if any(map(scope.frame.context.is_numpy_truth, (a, b))):
        return None
    if name not in _EXACT or (is_bool(a.type) and is_bool(b.type) and name.startswith("bitwise")):
        return None
    first, second = int(a.value), int(b.value)
    if (name in _DIVISIONS and second == 0) or (name in (*_SHIFTS, "power") and not 0 <= second <= 1024):
        return None
    return Const(_EXACT[name](first, second), INT)  # more than 64 bits are refused where they are used


def _of_truths(scope: Scope, node: gast.AST, name: str, a: Atom, b: Atom) -> Lowered | None:
    """Arithmetic on truth values: Python's are integers, NumPy's stay truth values."""
    arrays = any(isinstance(item.type, Array) for item in (a, b))
    numpy = any(map(scope.frame.context.is_numpy_truth, (a, b)))
    if name == "divide" or not (arrays or numpy):
        return None
    if name in _OF_BOOLEANS:
        return scope.frame.context.of_numpy(scope.elementwise(node, _OF_BOOLEANS[name], [a, b]))
    scope.frame.refuse(
        TypeMismatch, node, "NumPy does not subtract or divide truth values, or makes 8 bits of them",
        "x.astype(int), or int(x)",
    )  # fmt: skip


def _shift_count(scope: Scope, node: gast.AST, name: str, count: Atom) -> Atom:
    """The count of a shift, which the processor takes only from 0 to 63."""
    if isinstance(count, Const):
        if count.value < 0:
            scope.frame.refuse(TypeMismatch, node, "negative shift count")
        most = _BITS if name == "right_shift" else int(count.value)
        return Const(min(int(count.value), most), count.type)
    positive = scope.apply("greater_equal", (count, integer(0)), BOOL)
    require(scope, node, positive, ValueError, "negative shift count")
    if name == "right_shift":
        limited = scope.elementwise(node, "minimum", [count, integer(_BITS)], python=True)
        return limited
    small = scope.apply("less", (count, integer(_BITS)), BOOL)
    require(scope, node, small, OverflowError, "the shifted integer needs more than 64 bits")
    return count


def _power(scope: Scope, node: gast.AST, base: Atom, exponent: Atom) -> Lowered:
    """`base ** exponent` of integers: one again, unless the exponent is written as a negative number."""
    negative = isinstance(exponent, Const) and exponent.value < 0
    written = isinstance(getattr(node, "right", None), gast.UnaryOp) and isinstance(node.right.op, gast.USub)
    if (negative or written) and _python(base.type) and _python(exponent.type):
        return scope.elementwise(
            node, "power", [scope.cast(base, Scalar("float64", True)), exponent], python=True
        )
    if isinstance(base.type, Array) and is_bool(base.type) and exponent.type == INT:
        _not_squared(scope, node, exponent)
    if negative:
        reason = "NumPy has no negative integer powers of integers"
        scope.frame.refuse(TypeMismatch, node, reason, "base.astype(float), or float(base)")
    if _python(base.type) and exponent.type == INT and not isinstance(exponent, Const):
        holds = scope.apply("greater_equal", (exponent, integer(0)), BOOL)
        message = "an integer to a negative power is a float, others are integers: write float(base) ** n"
        scope.builder.add(Guard(holds, message, (), "TypeMismatch", scope.frame.at(node)))
    return scope.elementwise(node, "power", [base, exponent], python=True)


def _not_squared(scope: Scope, node: gast.AST, exponent: Atom) -> None:
    """Refuse the square of truth values, of which NumPy makes 8 bits, and of no other power."""
    message = "NumPy makes integers of 8 bits of truth values to the power 2: write x.astype(int) ** 2"
    other = (
        Const(False, BOOL)
        if exponent == integer(2)
        else scope.apply("not_equal", (exponent, integer(2)), BOOL)
    )
    if other == Const(False, BOOL):
        scope.frame.refuse(TypeMismatch, node, *message.split(": write ", 1))
    scope.builder.add(Guard(other, message, (), "TypeMismatch", scope.frame.at(node)))


__all__ = ["BINARY", "COMPARE", "UNARY", "binary_operator", "compare_numbers", "unary_operator"]
