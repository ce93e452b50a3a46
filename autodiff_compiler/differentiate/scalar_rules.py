"""The reverse rule of any elementwise operator, from the partial derivatives of its entry."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from autodiff_compiler.differentiate.guarded import negated, times
from autodiff_compiler.errors import DerivativeNotWritten
from autodiff_compiler.ir.build import Builder
from autodiff_compiler.ir.nodes import Apply, Atom, Const, Var
from autodiff_compiler.ir.types import Array, Scalar, Type, is_complex, real_of
from autodiff_compiler.location import Location
from autodiff_compiler.operators import registry
from autodiff_compiler.operators.entry import Elementwise, Unwritten
from autodiff_compiler.operators.trace import Traced, apply, where


def contributions(
    builder: Builder, target: Var, value: Apply, bar: Atom, active: Callable[[Atom], bool]
) -> Iterator[tuple[Atom, Atom]]:
    """For each active operand of a scalar application, what it gets of the result's cotangent `bar`."""
    match value:
        case Apply("cast", (operand,)):
            if active(operand):
                yield operand, converted(builder, bar, operand.type.dtype)
        case Apply("where", (condition, then, orelse)):
            seed, test = Traced(builder, bar), Traced(builder, condition)
            if active(then):
                yield then, where(test, seed, 0.0).atom
            if active(orelse):
                yield orelse, where(test, 0.0, seed).atom
        case _:
            yield from _by_partials(builder, target, value, bar, active)


def _by_partials(
    builder: Builder, target: Var, value: Apply, bar: Atom, active: Callable[[Atom], bool]
) -> Iterator[tuple[Atom, Atom]]:
    entry = registry.elementwise(value.operator)
    operands = [Traced(builder, operand) for operand in value.operands]
    if entry.adjoint is not None:
        gained = entry.adjoint(Traced(builder, bar), *operands, Traced(builder, target))
        for operand, share in zip(value.operands, gained, strict=True):
            if share is not None and active(operand):
                yield operand, share.atom
        return
    assert entry.partials is not None, entry.name
    partials = entry.partials(*operands, Traced(builder, target))
    for operand, partial in zip(value.operands, partials, strict=True):
        if isinstance(partial, Unwritten):
            if active(operand):
                raise refuse_unwritten(entry, partial, target)
        elif partial is not None and active(operand):
            before = len(builder.statements)
            contribution = scaled(Traced(builder, bar), partial)
            if isinstance(contribution, Var) and len(builder.statements) > before:
                contribution = builder.rename_last(contribution, bar_name(operand))
            yield operand, contribution


def converted(builder: Builder, bar: Atom, dtype: str) -> Atom:
    """A cotangent in the dtype of an operand that was cast: of a real number, the real part."""
    if is_complex(bar.type) and not is_complex(Scalar(dtype)):
        bar = apply("real", Traced(builder, bar), dtype=real_of(bar.type.dtype)).atom
    return builder.cast(bar, Scalar(dtype))


def refuse_unwritten(entry: Elementwise, partial: Unwritten, target: Var) -> DerivativeNotWritten:
    """The error for a partial derivative without a rule."""
    function = partial.of or registry.spelled(entry.callables[0])
    reason = f"the derivative of {function} by its {partial.operand} has no rule"
    instead = f"an integer as the {partial.operand}, or `wrt` without it"
    return DerivativeNotWritten(reason, suggestion=instead, location=target.at)


def bar_name(primal: Atom) -> str:
    """What the cotangent of a value is called."""
    return f"{primal.name or 't'}_bar" if isinstance(primal, Var) else "t_bar"


def bar_type(primal: Type) -> Array | Scalar:
    """The type of the cotangent of such a value: an array's is contiguous, a number's has its very dtype."""
    return replace(primal, contiguous=True) if isinstance(primal, Array) else Scalar(primal.dtype)


def bar_variable(primal: Atom, at: Location | None) -> Var:
    """A variable for the cotangent of a value."""
    return Var(bar_name(primal), bar_type(primal.type), at)


def scaled(bar: Traced, partial: Traced | float) -> Atom:
    """`bar * partial`, the partial conjugate where it is complex."""
    number = (
        partial.atom.value if isinstance(partial, Traced) and isinstance(partial.atom, Const) else partial
    )
    if isinstance(number, (int, float)):
        if number == 0:
            return Const(0.0, Scalar(bar.atom.type.dtype))
        return (negated(bar) if number == -1 else times(bar, float(number))).atom
    if isinstance(partial, Traced) and is_complex(partial.atom.type):
        partial = apply("conjugate", partial)
    return times(bar, partial).atom
