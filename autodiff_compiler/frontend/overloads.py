"""Operators, comparisons, subscripts and builtins on objects: the special methods of their classes."""

from __future__ import annotations

import builtins
import inspect
from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any

import gast

from autodiff_compiler.errors import TypeMismatch, UnsupportedSyntax
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.source import plain_function
from autodiff_compiler.frontend.values import Either, Lowered, Reference, TupleValue, describe
from autodiff_compiler.ir.nodes import Const, Var
from autodiff_compiler.ir.types import Array, Scalar

BINARY = {
    "add": "add", "subtract": "sub", "multiply": "mul", "divide": "truediv", "floor_divide": "floordiv",
    "remainder": "mod", "power": "pow", "matmul": "matmul", "bitwise_and": "and", "bitwise_or": "or",
    "bitwise_xor": "xor", "left_shift": "lshift", "right_shift": "rshift",
}  # fmt: skip
UNARY = {"negative": "__neg__", "positive": "__pos__", "invert": "__invert__"}
COMPARISONS: dict[type[gast.AST], tuple[str, str]] = {
    gast.Lt: ("__lt__", "__gt__"), gast.LtE: ("__le__", "__ge__"), gast.Gt: ("__gt__", "__lt__"),
    gast.GtE: ("__ge__", "__le__"), gast.Eq: ("__eq__", "__eq__"), gast.NotEq: ("__ne__", "__ne__"),
}  # fmt: skip
BUILTINS: dict[object, str] = {
    builtins.abs: "__abs__", builtins.len: "__len__", builtins.float: "__float__", builtins.int: "__int__",
    builtins.round: "__round__", builtins.iter: "__iter__", builtins.reversed: "__reversed__",
}  # fmt: skip
_PARTS = (list, dict)


def class_of(value: Lowered) -> type | None:
    """The class of an object, an enumeration's member or a NamedTuple; None for everything else."""
    match value:
        case Reference(cell=cell):
            return None if cell.cls in _PARTS else cell.cls
        case TupleValue(cls=cls):
            return None if cls is tuple else cls
        case Static(value=held) if not isinstance(held, (type, str)) and hasattr(held, "__dict__"):
            return type(held)
        case _:
            return None


def is_generated(function: object) -> bool:
    """Whether `dataclasses` has written a method."""
    if not isinstance(function, FunctionType):
        return False
    name = function.__name__
    return function.__code__.co_filename == "<string>" and name.startswith("__") and name.endswith("__")


def method_of(value: Lowered, name: str) -> FunctionType | None:
    """The special method that the value's class defines in Python; None where there is none."""
    cls = class_of(value)
    return None if cls is None else plain_function(inspect.getattr_static(cls, name, None))


def call_method(
    scope: Scope, node: gast.AST, value: Lowered, name: str, arguments: Sequence[Lowered] = ()
) -> Lowered | None:
    """The value of `value.name(...)` for a special method; None where there is none, or it gives up."""
    method = method_of(value, name)
    if method is None or is_generated(method):
        return None
    if (cls := class_of(value)) is not None:
        scope.frame.context.watched.lookup(cls, name)
    result = scope.frame.context.call(scope, node, Static(method), [value, *arguments], {})
    if _gives_up(result) and isinstance(result, Either):
        reason = f"whether {name} of {describe(value)} gives up is only known when the program runs"
        scope.frame.refuse(UnsupportedSyntax, node, reason, "a test of the class alone")
    return None if _gives_up(result) else result


def _gives_up(result: Lowered) -> bool:
    if isinstance(result, Either):
        return _gives_up(result.then) or _gives_up(result.orelse)
    return isinstance(result, Static) and result.value is NotImplemented


def has_operator(name: str, left: Lowered, right: Lowered) -> bool:
    """Whether the class of an operand says in Python what the operator means, as that of a NamedTuple may."""
    pairs = ((left, f"__{BINARY[name]}__"), (right, f"__r{BINARY[name]}__"))
    return any(method_of(value, method) is not None for value, method in pairs)


def binary(scope: Scope, node: gast.AST, name: str, left: Lowered, right: Lowered) -> Lowered | None:
    """A binary operator that the class of an operand defines; None where neither is an object."""
    stem = BINARY[name]
    return _either_way(scope, node, f"__{stem}__", f"__r{stem}__", left, right)


def _either_way(
    scope: Scope, node: gast.AST, forward: str, backward: str, left: Lowered, right: Lowered
) -> Lowered | None:
    """The left operand's method, or else the right one's; a subclass on the right comes first."""
    first, second = class_of(left), class_of(right)
    attempts = [(left, forward, right), (right, backward, left)]
    if first is not None and second is not None and first is not second and issubclass(second, first):
        attempts.reverse()
    for subject, name, other in attempts:
        if subject is right and method_of(right, name) is not None:
            _check_numpy(scope, node, left, right)
        result = call_method(scope, node, subject, name, [other])
        if result is not None:
            return result
    return None


def _check_numpy(scope: Scope, node: gast.AST, left: Lowered, right: Lowered) -> None:
    """Refuse what NumPy would take apart: it asks an array's or its scalar's own operator first."""
    cls = class_of(right)
    if not isinstance(left, (Var, Const)) or cls is None or getattr(cls, "__array_ufunc__", 0) is None:
        return
    sequence = hasattr(cls, "__len__") and hasattr(cls, "__getitem__")
    kind = left.type
    strong = isinstance(kind, Scalar) and not kind.weak and kind.dtype != "bool"
    if isinstance(kind, Array) or (sequence and strong):
        reason = f"NumPy would take {describe(right)} apart, to combine {describe(left)} with each part"
        scope.frame.refuse(TypeMismatch, node, reason, "the object on the left")


def in_place(scope: Scope, node: gast.AST, name: str, left: Lowered, right: Lowered) -> Lowered | None:
    """`left op= right` by the method that updates the object; None where its class has none."""
    return call_method(scope, node, left, f"__i{BINARY[name]}__", [right])


def unary(scope: Scope, node: gast.AST, name: str, value: Lowered) -> Lowered | None:
    """A sign or `~` that the class of the operand defines; None where there is none."""
    return call_method(scope, node, value, UNARY[name]) if name in UNARY else None


def builtin(scope: Scope, node: gast.AST, target: object, arguments: Sequence[Lowered]) -> Lowered | None:
    """`abs(a)`, `len(a)` and their like for an object; None where its class does not say what it means."""
    name = next((name for known, name in BUILTINS.items() if known is target), None)
    if name is None or not arguments:
        return None
    return call_method(scope, node, arguments[0], name, arguments[1:])


def compare(
    scope: Scope, node: gast.AST, operator: gast.AST, left: Lowered, right: Lowered,
    compare_tuples: Callable[[TupleValue, TupleValue], Lowered],
) -> Lowered | None:  # fmt: skip
    """A comparison that the class of an operand defines; None where there is none."""
    forward, backward = COMPARISONS[type(operator)]
    generated = _generated(scope, forward, left, right)
    if generated is not None:
        return compare_tuples(*generated)
    result = _either_way(scope, node, forward, backward, left, right)
    if result is None and isinstance(operator, gast.NotEq):
        equal = compare(scope, node, gast.Eq(), left, right, compare_tuples)
        return None if equal is None else scope.negated(scope.condition(equal, node))
    return result


def _generated(
    scope: Scope, name: str, left: Lowered, right: Lowered
) -> tuple[TupleValue, TupleValue] | None:
    """The fields that the comparison of a dataclass compares, of objects of one class."""
    cls = class_of(left)
    if cls is None or cls is not class_of(right) or not hasattr(cls, "__dataclass_fields__"):
        return None
    wanted = "__eq__" if name == "__ne__" and "__ne__" not in _own(cls) else name
    if not is_generated(inspect.getattr_static(cls, wanted, None)):
        return None
    names = [item.name for item in cls.__dataclass_fields__.values() if item.compare]
    sides = []
    for side in (left, right):
        assert isinstance(side, Reference)
        held = scope.contents(side).items
        sides.append(TupleValue(tuple(held[name].value for name in names if name in held)))
    return sides[0], sides[1]


def _own(cls: type) -> set[str]:
    """What a class and its bases define, object's own methods left out."""
    return {name for base in cls.__mro__ if base is not object for name in vars(base)}


# ---------------------------------------------------------------- subscripts


def get_item(scope: Scope, node: gast.AST, base: Lowered, key: Lowered) -> Lowered:
    """`base[key]` for an object."""
    result = call_method(scope, node, base, "__getitem__", [key])
    if result is None:
        scope.frame.refuse(TypeMismatch, node, f"{describe(base)} has no items: it defines no __getitem__")
    return result


def set_item(scope: Scope, node: gast.AST, base: Lowered, key: Lowered, value: Lowered) -> None:
    """`base[key] = value` for an object."""
    if call_method(scope, node, base, "__setitem__", [key, value]) is None:
        scope.frame.refuse(TypeMismatch, node, f"{describe(base)} defines no __setitem__")


def iterated(scope: Scope, node: gast.AST, value: Lowered) -> Lowered:
    """What a loop over the value runs over: what `__iter__` gives for an object, else the value itself."""
    result = call_method(scope, node, value, "__iter__")
    return value if result is None else result


def of_class(value: Any, key: Lowered) -> Lowered | None:
    """`Class[...]`: a generic class stands for itself, an enumeration has members; None for anything else."""
    if not isinstance(value, type):
        return None
    if hasattr(value, "__members__") and isinstance(key, Static):
        return Static(value[key.value])  # type: ignore[index]  # an enumeration
    return Static(value) if hasattr(value, "__class_getitem__") else None


__all__ = [
    "binary", "builtin", "call_method", "class_of", "compare", "get_item", "in_place", "is_generated",
    "iterated", "method_of", "of_class", "set_item", "unary",
]  # fmt: skip
