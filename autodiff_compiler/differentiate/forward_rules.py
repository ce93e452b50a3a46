"""The forward rule of any elementwise operator, from the partial derivatives of its entry."""

from __future__ import annotations

from collections.abc import Callable

from autodiff_compiler.differentiate.cotangents import is_zero
from autodiff_compiler.differentiate.guarded import added, negated, times
from autodiff_compiler.differentiate.scalar_rules import refuse_unwritten
from autodiff_compiler.ir.build import Builder, complex_constant
from autodiff_compiler.ir.nodes import Apply, Atom, Const, Var
from autodiff_compiler.ir.types import Array, Scalar, Type, is_complex, real_of
from autodiff_compiler.location import Location
from autodiff_compiler.operators import registry
from autodiff_compiler.operators.entry import Elementwise, Unwritten
from autodiff_compiler.operators.trace import Traced, apply, where

Tangents = Callable[[Atom], Atom]  # of a number its tangent, the constant zero where it does not vary


def dot_name(primal: Atom) -> str:
    """What the tangent of a value is called."""
    return f"{primal.name or 't'}_dot" if isinstance(primal, Var) else "t_dot"


def dot_type(primal: Type) -> Type:
    """The type of the tangent of such a value: an array's is laid out alike, a number's is strong."""
    return primal if isinstance(primal, Array) else Scalar(primal.dtype)


def dot_variable(primal: Var, at: Location | None) -> Var:
    """A variable for the tangent of a value."""
    return Var(dot_name(primal), dot_type(primal.type), at)


def no_tangent(like: Atom) -> Const:
    """The tangent of a number that does not vary."""
    kind = Scalar(like.type.dtype)
    return complex_constant(0j, kind) if is_complex(kind) else Const(0.0, kind)


def tangent(builder: Builder, target: Var, value: Apply, dot: Tangents) -> Atom:
    """Append what computes the tangent of a scalar application from those of its operands."""
    match value:
        case Apply("cast", (operand,)):
            moved = dot(operand)
            if is_zero(moved):
                return no_tangent(target)
            if is_complex(moved.type) and not is_complex(target.type):
                moved = apply("real", Traced(builder, moved), dtype=real_of(moved.type.dtype)).atom
            return builder.cast(moved, Scalar(target.type.dtype))
        case Apply("where", (condition, then, orelse)):
            one, other = dot(then), dot(orelse)
            if is_zero(one) and is_zero(other):
                return no_tangent(target)
            chosen = Traced(builder, condition), Traced(builder, one), Traced(builder, other)
            return where(*chosen).atom
    entry = registry.elementwise(value.operator)
    rule = _by_adjoint if entry.adjoint is not None else _by_partials
    return rule(builder, entry, target, value, dot)


def _by_partials(builder: Builder, entry: Elementwise, target: Var, value: Apply, dot: Tangents) -> Atom:
    """The sum of the partial derivatives times the tangents."""
    dots = [dot(operand) for operand in value.operands]
    if entry.partials is None or all(map(is_zero, dots)):
        return no_tangent(target)
    partials = entry.partials(*(Traced(builder, item) for item in value.operands), Traced(builder, target))
    total: Traced | None = None
    for partial, moved in zip(partials, dots, strict=True):
        if is_zero(moved) or partial is None:
            continue
        if isinstance(partial, Unwritten):
            raise refuse_unwritten(entry, partial, target)
        term = _scaled(Traced(builder, moved), partial)
        if not is_zero(term.atom):
            total = term if total is None else added(total, term)
    return no_tangent(target) if total is None else total.atom


def _scaled(moved: Traced, partial: Traced | float) -> Traced:
    known = partial.atom.value if isinstance(partial, Traced) and isinstance(partial.atom, Const) else partial
    if isinstance(known, (int, float)):
        if known == 0:
            return Traced(moved.builder, no_tangent(moved.atom))
        return negated(moved) if known == -1 else times(moved, float(known))
    return times(moved, partial)


def _by_adjoint(builder: Builder, entry: Elementwise, target: Var, value: Apply, dot: Tangents) -> Atom:
    """The tangent of a function that is linear over the real numbers only, from its adjoint A.

    The part of the tangent along a unit u of the result is Re(conj(A u) ẋ), for u = 1 and, of a complex
    result, for u = i.
    """
    assert entry.adjoint is not None
    if all(is_zero(dot(operand)) for operand in value.operands):
        return no_tangent(target)
    kind = Scalar(target.type.dtype)
    if not is_complex(kind):
        return _along(builder, entry, target, value, dot, Const(1.0, kind)).atom
    real = _along(builder, entry, target, value, dot, complex_constant(1 + 0j, kind))
    imaginary = _along(builder, entry, target, value, dot, complex_constant(1j, kind))
    return apply("complex_of", real, imaginary, dtype=kind.dtype).atom


def _along(
    builder: Builder, entry: Elementwise, target: Var, value: Apply, dot: Tangents, unit: Const
) -> Traced:
    assert entry.adjoint is not None
    operands = [Traced(builder, operand) for operand in value.operands]
    shares = entry.adjoint(Traced(builder, unit), *operands, Traced(builder, target))
    total = Traced(builder, Const(0.0, Scalar(real_of(unit.type.dtype))))
    for operand, share in zip(value.operands, shares, strict=True):
        moved = dot(operand)
        if share is not None and not is_zero(moved):
            total = total + _inner(share, Traced(builder, moved))
    return total


def _inner(one: Traced, other: Traced) -> Traced:
    """Re(conj(one) other), of two numbers of one dtype."""
    dtype = one.atom.type.dtype
    if not is_complex(Scalar(dtype)):
        return one * other
    parts = [
        apply(part, one, dtype=real_of(dtype)) * apply(part, other, dtype=real_of(dtype))
        for part in ("real", "imag")
    ]
    return parts[0] + parts[1]
