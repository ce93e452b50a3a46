"""The dtype that an elementwise operator computes in, and its operands in that dtype."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import gast
import numpy as np

from autodiff_compiler.composed.ufuncs import raises_to_powers
from autodiff_compiler.errors import TypeMismatch
from autodiff_compiler.frontend.complex_operands import check_precision
from autodiff_compiler.frontend.failures import require
from autodiff_compiler.ir.build import integer
from autodiff_compiler.ir.nodes import Atom, Const
from autodiff_compiler.ir.types import BOOL, INT, Array, Scalar, is_float, is_inexact, is_integer
from autodiff_compiler.operators.entry import Elementwise
from autodiff_compiler.operators.promotion import computed_in

if TYPE_CHECKING:
    from autodiff_compiler.frontend.scope import Scope

FLOAT_OF_PYTHON = Scalar("float64", weak=True)


def converted(
    scope: Scope, node: gast.AST, entry: Elementwise, atoms: Sequence[Atom], *, python: bool, in_float64: bool
) -> tuple[list[Atom], Scalar]:
    """The operands as they are computed with, but for the condition of `where`, and their dtype.

    `python`: of an operator of Python's syntax; `in_float64`: of a function of `math`.
    """
    kinds = [atom.type for atom in atoms]
    of_numpy = not python or any(map(scope.frame.context.is_numpy_truth, atoms))
    common = Scalar("float64", True) if in_float64 else computed_in(entry, kinds, of_numpy=of_numpy)
    check_precision(scope.frame, node, entry, [] if python else kinds, common)
    if entry.result == "integer" and is_inexact(common):
        name = f"`{entry.symbol or entry.name}`"
        scope.frame.refuse(TypeMismatch, node, f"{name} needs integers or booleans, not floats")
    if entry.name == "power" and is_integer(common) and not (python and common.weak):
        check_exponent(scope, node, *atoms)
    wraps = entry.name == "where"  # which casts numbers of Python as it does others
    return [_in_dtype(scope, node, atom, common, wraps) for atom in atoms], common


def _in_dtype(scope: Scope, node: gast.AST, atom: Atom, common: Scalar, wraps: bool) -> Atom:
    """An operand; where it is an integer of Python, NumPy's integers must have room for it."""
    if not is_integer(common) or atom.type != INT or common.dtype == INT.dtype:
        return scope.cast(atom, common)
    if not wraps:
        return kept(scope, node, atom, common)
    if isinstance(atom, Const):
        return Const(np.int64(atom.value).astype(common.dtype).item(), common)
    return scope.cast(_wrapped(scope, atom, np.iinfo(common.dtype)), common)


def _wrapped(scope: Scope, atom: Atom, limits: np.iinfo[Any]) -> Atom:
    """The integer of so few bits that agrees in these."""
    if limits.bits == 64:
        return atom
    least = integer(int(limits.min))
    bits = scope.apply(
        "bitwise_and", (scope.apply("subtract", (atom, least), INT), integer(2**limits.bits - 1)), INT
    )
    return scope.apply("add", (bits, least), INT)


def kept(scope: Scope, node: gast.AST, atom: Atom, kind: Scalar, *, exactly: bool = True) -> Atom:
    """A number or array in a dtype, of which a number of Python must fit into it, as NumPy wants.

    OverflowError for an integer that is out of bounds and, if `exactly`, a float whose integer is; ValueError
    for NaN.
    """
    if not is_integer(kind) or atom.type not in (INT, FLOAT_OF_PYTHON) or kind.dtype == atom.type.dtype:
        return scope.cast(atom, kind)
    if is_integer(atom.type):
        return _within(scope, node, atom, kind, *_bounds(kind.dtype))
    if not exactly:
        return scope.cast(atom, kind)
    return truncated(scope, node, atom, kind)


def truncated(scope: Scope, node: gast.AST, atom: Atom, kind: Scalar) -> Atom:
    """The integer of a float, in a dtype; ValueError for NaN, OverflowError for one that is out of bounds."""
    if isinstance(atom, Const):
        a_number: Atom = Const(atom.value == atom.value, BOOL)
    else:
        a_number = scope.apply("equal", (atom, atom), BOOL)
    require(scope, node, a_number, ValueError, "cannot convert float NaN to integer")
    if a_number == Const(False, BOOL):
        return Const(0, kind)
    low, high = _bounds(kind.dtype)
    return _within(scope, node, atom, kind, math.nextafter(low - 1.0, 0.0), math.nextafter(high + 1.0, 0.0))


def _bounds(dtype: str) -> tuple[int, int]:
    limits = np.iinfo(dtype)
    return int(limits.min), int(limits.max)


def _within(scope: Scope, node: gast.AST, atom: Atom, kind: Scalar, low: float, high: float) -> Atom:
    """The number in a dtype; OverflowError where it is not between the bounds."""
    if isinstance(atom, Const):
        fits: Atom = Const(bool(low <= atom.value <= high), BOOL)
    else:
        assert isinstance(atom.type, Scalar)
        fits = scope.apply("greater_equal", (atom, Const(low, atom.type)), BOOL)
        if high < 2**63 or is_float(atom.type):  # no integer of Python here is larger
            below = scope.apply("less_equal", (atom, Const(high, atom.type)), BOOL)
            fits = scope.apply("logical_and", (fits, below), BOOL)
    require(scope, node, fits, OverflowError, f"number of Python out of bounds for {kind.dtype}")
    return Const(0, kind) if fits == Const(False, BOOL) else scope.cast(atom, kind)


def check_exponent(scope: Scope, node: gast.AST, base: Atom, exponent: Atom) -> None:
    """ValueError where an integer is raised to a negative one."""
    kind = exponent.type
    if isinstance(exponent, Const):
        positive: Atom = Const(exponent.value >= 0, BOOL)
    elif kind.dtype == "bool" or kind.dtype.startswith("uint"):
        return
    elif not isinstance(kind, Scalar) or isinstance(base.type, Array):
        inline = scope.frame.context.inline
        positive = scope.condition(inline(scope, node, raises_to_powers, [base, exponent], {}), node)
    else:
        positive = scope.apply("greater_equal", (exponent, Const(0, kind)), BOOL)
    require(scope, node, positive, ValueError, "Integers to negative integer powers are not allowed.")


__all__ = ["check_exponent", "converted", "kept", "truncated"]
