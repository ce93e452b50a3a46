"""Exceptions that Python raises by itself, as tests: where a handler catches them, a `raise` raises them.

The first functions below only mark the tests in the surface tree; no user can call them. Tests for missing
keys, attributes and lengths are in lacking.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import gast

from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import FALSE, Lowered, TupleValue
from autodiff_compiler.ir.build import integer
from autodiff_compiler.ir.nodes import Atom, Const, Var
from autodiff_compiler.ir.types import BOOL, Array, Scalar, is_integer

Keywords = Mapping[str, Lowered]


def divides_by_zero(dividend: object, divisor: object) -> bool:
    """Whether Python raises ZeroDivisionError for these operands of `/`, `//` or `%`."""
    raise NotImplementedError


def is_outside(held: object, index: object) -> bool:
    """Whether Python raises IndexError for this index."""
    raise NotImplementedError


def lacks_key(held: object, key: object) -> bool:
    """Whether Python raises KeyError for this key."""
    raise NotImplementedError


def lacks_attribute(owner: object, name: str) -> bool:
    """Whether Python raises AttributeError where this attribute is read."""
    raise NotImplementedError


def refuses_attribute(owner: object, name: str) -> bool:
    """Whether Python raises AttributeError where this attribute is assigned."""
    raise NotImplementedError


def lacks_length(value: object) -> bool:
    """Whether Python raises TypeError for `len` of this value."""
    raise NotImplementedError


def _divides(scope: Scope, node: gast.AST, arguments: Sequence[Lowered], keywords: Keywords) -> Lowered:
    dividend, divisor = arguments
    scope.frame.context.checked.add(scope.frame.at(node))
    if not (_is_python_number(dividend) and _is_python_number(divisor)):
        return FALSE  # NumPy gives infinity or NaN
    zero = Const(0 if is_integer(divisor.type) else 0.0, Scalar(divisor.type.dtype))  # type: ignore[union-attr]
    return scope.apply("equal", (divisor, zero), BOOL)  # type: ignore[arg-type]  # a number


def _is_python_number(value: Lowered) -> bool:
    if not isinstance(value, (Var, Const)) or not isinstance(value.type, Scalar):
        return False
    return value.type.weak or value.type.dtype == "bool"


def _outside(scope: Scope, node: gast.AST, arguments: Sequence[Lowered], keywords: Keywords) -> Lowered:
    held, index = arguments
    indices = index.items if isinstance(index, TupleValue) else (index,)
    items = scope.items(held)
    if items is not None:
        lengths: list[Atom] = [integer(len(items))]
    elif isinstance(held, Var) and isinstance(held.type, Array) and len(indices) <= held.type.rank:
        lengths = [scope.builder.dim(held, axis) for axis in range(len(indices))]
    else:
        return FALSE
    if not all(_is_integer(item) for item in indices):
        return FALSE
    scope.frame.context.checked.add(scope.frame.at(node))
    found: Atom = FALSE
    for item, length in zip(indices, lengths, strict=False):
        position = scope.integer(item, node, "an index")
        below = scope.apply("less", (scope.apply("add", (position, length), length.type), integer(0)), BOOL)
        beyond = scope.apply("greater_equal", (position, length), BOOL)
        for test in (below, beyond):
            found = test if found == FALSE else scope.apply("logical_or", (found, test), BOOL)
    return found


def _is_integer(value: Lowered) -> bool:
    return isinstance(value, (Var, Const)) and isinstance(value.type, Scalar) and is_integer(value.type)


IMPLICIT: dict[object, Callable[..., Lowered]] = {divides_by_zero: _divides, is_outside: _outside}
