"""Exceptions that Python raises by itself, as tests: where a handler catches them, a `raise` raises them.

Tests for missing keys, attributes and lengths are in lacking.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeGuard

import gast

from autodiff_compiler.frontend.domains import power_overflows
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.list_arrays import length_atom
from autodiff_compiler.frontend.marks import (
    divides_as_power,
    divides_by_zero,
    is_outside,
    lacks_items,
    leaves_domain,
    overflows_as_power,
)
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import FALSE, Lowered, Reference, TupleValue
from autodiff_compiler.ir.build import integer
from autodiff_compiler.ir.nodes import Atom, Const, Var
from autodiff_compiler.ir.types import BOOL, Array, Scalar, is_integer

Keywords = Mapping[str, Lowered]


def _divides(scope: Scope, node: gast.AST, arguments: Sequence[Lowered], keywords: Keywords) -> Lowered:
    dividend, divisor = arguments
    note_checked(scope, node, ZeroDivisionError)
    if not (_is_python_number(dividend) and _is_python_number(divisor)):
        return FALSE  # NumPy gives infinity or NaN
    return _compared(scope, "equal", divisor)


def _divides_as_power(
    scope: Scope, node: gast.AST, arguments: Sequence[Lowered], keywords: Keywords
) -> Lowered:
    base, exponent = arguments
    note_checked(scope, node, ZeroDivisionError)
    if not (_is_python_number(base) and _is_python_number(exponent)):
        return FALSE
    negative = _compared(scope, "less", exponent)
    if negative == FALSE:
        return FALSE
    return scope.apply("logical_and", (_compared(scope, "equal", base), negative), BOOL)


def _overflows_as_power(
    scope: Scope, node: gast.AST, arguments: Sequence[Lowered], keywords: Keywords
) -> Lowered:
    base, exponent = arguments
    note_checked(scope, node, OverflowError)
    if not (_is_python_number(base) and _is_python_number(exponent)):
        return FALSE
    if all(is_integer(item.type) for item in (base, exponent)):
        return FALSE
    return scope.frame.context.call(scope, node, Static(power_overflows), [base, exponent], {})


def _leaves_domain(scope: Scope, node: gast.AST, arguments: Sequence[Lowered], keywords: Keywords) -> Lowered:
    condition, *values = arguments
    note_checked(scope, node, ValueError, OverflowError, ZeroDivisionError)
    if not all(isinstance(item, (Var, Const)) and isinstance(item.type, Scalar) for item in values):
        return FALSE
    return scope.frame.context.call(scope, node, condition, values, {})


def note_checked(scope: Scope, node: gast.AST, *classes: type[BaseException]) -> None:
    """Note that what the operation here raises of these classes is raised by tests."""
    scope.frame.context.checked |= {(scope.frame.at(node), cls) for cls in classes}


def _compared(scope: Scope, name: str, number: Var | Const) -> Atom:
    """A comparison with zero."""
    zero = Const(0 if is_integer(number.type) else 0.0, Scalar(number.type.dtype))
    return scope.apply(name, (number, zero), BOOL)


def _is_python_number(value: Lowered) -> TypeGuard[Var | Const]:
    if not isinstance(value, (Var, Const)) or not isinstance(value.type, Scalar):
        return False
    return value.type.weak or value.type.dtype == "bool"


def _outside(scope: Scope, node: gast.AST, arguments: Sequence[Lowered], keywords: Keywords) -> Lowered:
    held, index = arguments
    indices = index.items if isinstance(index, TupleValue) else (index,)
    lengths = _lengths(scope, held)
    if len(indices) > len(lengths) or not all(_is_integer(item) for item in indices):
        return FALSE
    note_checked(scope, node, IndexError)
    found: Atom = FALSE
    for item, length in zip(indices, lengths, strict=False):
        position = scope.integer(item, node, "an index")
        below = scope.apply("less", (scope.apply("add", (position, length), length.type), integer(0)), BOOL)
        beyond = scope.apply("greater_equal", (position, length), BOOL)
        for test in (below, beyond):
            found = test if found == FALSE else scope.apply("logical_or", (found, test), BOOL)
    return found


def _lacks_items(scope: Scope, node: gast.AST, arguments: Sequence[Lowered], keywords: Keywords) -> Lowered:
    lengths = _lengths(scope, *arguments)
    if not lengths:
        return FALSE
    note_checked(scope, node, IndexError, ValueError)
    return scope.apply("equal", (lengths[0], integer(0)), BOOL)


def _lengths(scope: Scope, held: Lowered) -> Sequence[Atom]:
    """The lengths of the axes of a list, tuple or array; none of anything else."""
    if isinstance(held, Reference) and held.cell.item is not None:
        return [length_atom(scope, held)]
    items = scope.items(held)
    if items is not None and not (isinstance(held, Reference) and held.cell.cls is dict):
        return [integer(len(items))]
    if isinstance(held, Var) and isinstance(held.type, Array):
        return [scope.builder.dim(held, axis) for axis in range(held.type.rank)]
    return []


def _is_integer(value: Lowered) -> bool:
    return isinstance(value, (Var, Const)) and isinstance(value.type, Scalar) and is_integer(value.type)


IMPLICIT: dict[object, Callable[..., Lowered]] = {
    divides_by_zero: _divides,
    divides_as_power: _divides_as_power,
    overflows_as_power: _overflows_as_power,
    leaves_domain: _leaves_domain,
    is_outside: _outside,
    lacks_items: _lacks_items,
}
