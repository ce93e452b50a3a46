"""Attributes and methods of any value: modules, objects, tuples with names, lists and dicts, arrays."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from enum import Enum
from types import ModuleType

import gast
import numpy as np

from autodiff_compiler.errors import TypeMismatch, UnknownOperator
from autodiff_compiler.frontend import containers, objects
from autodiff_compiler.frontend.arrays import attribute
from autodiff_compiler.frontend.calls import lower_call, missing
from autodiff_compiler.frontend.choices import distributed
from autodiff_compiler.frontend.construction import named_tuple_method
from autodiff_compiler.frontend.creation import of_ranges
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.operator_calls import array_method
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import (
    Either,
    Lowered,
    Partial,
    Reference,
    TupleValue,
    describe,
    literal,
)
from autodiff_compiler.ir.nodes import Var
from autodiff_compiler.ir.types import Handle

CONTAINERS = (list, dict)


def attribute_of(scope: Scope, node: gast.AST, base: Lowered, name: str) -> Lowered:
    """`base.name`."""
    match base:
        case Static():
            return _static_attribute(scope, node, base, name)
        case Partial(function=Static(value=objects.Super() as lookup), arguments=(subject,)):
            return objects.read_super(scope, node, lookup, subject, name)
        case Reference(cell=cell) if cell.cls not in CONTAINERS:
            return objects.read(scope, node, base, name)
        case TupleValue(cls=cls) if cls is not tuple:
            return objects.read_named_tuple(scope, node, base, name)
        case Reference(cell=cell) if callable(getattr(cell.cls, name, None)):
            return Partial(Static(getattr(cell.cls, name)), (base,))
        case Reference() | TupleValue():
            reason = f"the attribute `.{name}` of {describe(base)} is not supported"
            scope.frame.refuse(UnknownOperator, node, reason)
        case _:
            return attribute(scope, node, base, name)


def _static_attribute(scope: Scope, node: gast.AST, base: Static, name: str) -> Lowered:
    owner = base.value
    if not hasattr(owner, name):
        scope.frame.refuse(UnknownOperator, node, *missing(owner, name))
    value = getattr(owner, name)
    if any(owner is known for known in (math, np)) or (isinstance(owner, Enum) and name in ("name", "value")):
        known = literal(value)
        return known if known is not None else Static(value)
    path = f"{getattr(owner, '__name__', type(owner).__name__)}.{name}"
    kept = vars(owner) if isinstance(owner, ModuleType) else owner
    return scope.frame.context.global_value(path, kept, value, lambda: getattr(owner, name))


def set_attribute(scope: Scope, node: gast.AST, base: Lowered, name: str, value: Lowered) -> None:
    """`base.name = value`."""
    base = scope.resolved(base)
    if isinstance(base, Either):
        distributed(scope, node, base, lambda inner, side: _set(inner, node, side, name, value))
    else:
        _set(scope, node, base, name, value)


def _set(scope: Scope, node: gast.AST, base: Lowered, name: str, value: Lowered) -> Lowered:
    if isinstance(base, Reference) and base.cell.cls not in CONTAINERS:
        objects.write(scope, node, base, name, value)
        return Static(None)
    reason = f"an attribute of {describe(base)} is assigned, which outlives the call or does not allow it"
    scope.frame.refuse(TypeMismatch, node, reason, "return the new value")


def call_method(
    scope: Scope, node: gast.AST, base: Lowered, name: str, arguments: Sequence[Lowered],
    keywords: Mapping[str, Lowered],
) -> Lowered:  # fmt: skip
    """`base.name(...)`."""
    match base:
        case Reference(cell=cell) if cell.cls in CONTAINERS:
            return containers.call_method(scope, node, base, name, arguments, keywords)
        case TupleValue(cls=cls) if cls is tuple:
            return containers.call_tuple_method(scope, node, base, name, arguments, keywords)
        case TupleValue() if made := named_tuple_method(scope, node, base, name, arguments, keywords):
            return made
        case TupleValue() if name in ("count", "index"):
            return containers.call_tuple_method(scope, node, base, name, arguments, keywords)
        case Static() | Reference() | TupleValue() | Partial():
            function = attribute_of(scope, node, base, name)
            return lower_call(scope, node, function, arguments, keywords)
        case Var(type=Handle()):
            method = getattr(np.random.Generator, name, None)
            if method is None:
                scope.frame.refuse(UnknownOperator, node, *missing(np.random.Generator, name))
            return lower_call(scope, node, Static(method), [base, *arguments], keywords)
        case _:
            given = [of_ranges(scope, node, item) for item in arguments]
            return array_method(scope, node, name, base, given, keywords)


__all__ = ["attribute_of", "call_method", "set_attribute"]
