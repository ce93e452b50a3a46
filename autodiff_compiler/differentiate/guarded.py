"""Derivatives that are exactly zero where a condition decides so.

`where(x > 0, sqrt(x), 0)` does not vary at x = -1, and `sqrt(maximum(x, 0))` does not either, though the
square root's own derivative is infinite or NaN there. A product with that would be NaN. So the choice between
a derivative and zero is made after what scales it, not before:

    before:  (x_bar if c else 0.0) * partial
    after:   x_bar * partial if c else 0.0
"""

from __future__ import annotations

from dataclasses import dataclass

from autodiff_compiler.ir.nodes import Apply, Atom, Const
from autodiff_compiler.operators.trace import Traced, apply, where


@dataclass(frozen=True)
class Guarded:
    """A number that is zero unless the condition holds (or, where not `holds`, unless it fails)."""

    condition: Traced
    holds: bool
    inner: Traced

    def chosen(self, inner: Traced) -> Traced:
        """Another number under the same condition."""
        return where(self.condition, inner, 0.0) if self.holds else where(self.condition, 0.0, inner)


def times(moved: Traced, partial: Traced | float) -> Traced:
    """`moved * partial`, exactly zero where either of them is by a condition."""
    if (guarded := _guarded(moved)) is not None:
        return guarded.chosen(times(guarded.inner, partial))
    if isinstance(partial, Traced) and (guarded := _guarded(partial)) is not None:
        return guarded.chosen(times(moved, guarded.inner))
    return moved * partial


def negated(moved: Traced) -> Traced:
    """`-moved`, under the conditions of `moved`."""
    guarded = _guarded(moved)
    return apply("negative", moved) if guarded is None else guarded.chosen(negated(guarded.inner))


def added(one: Traced, other: Traced) -> Traced:
    """The sum, under the condition of both where they have the same."""
    first, second = _guarded(one), _guarded(other)
    if first is None or second is None or not _alike(first, second):
        return one + other
    return first.chosen(added(first.inner, second.inner))


def _alike(one: Guarded, other: Guarded) -> bool:
    return (one.condition.atom, one.holds) == (other.condition.atom, other.holds)


def _guarded(number: Traced) -> Guarded | None:
    """How a choice between a number and zero reads, as far as the rule's own code shows; else None."""
    builder = number.builder
    match builder.definition(number.atom):
        case Apply("where", (condition, then, orelse)) if _is_zero(orelse) and not _is_zero(then):
            return Guarded(Traced(builder, condition), True, Traced(builder, then))
        case Apply("where", (condition, then, orelse)) if _is_zero(then) and not _is_zero(orelse):
            return Guarded(Traced(builder, condition), False, Traced(builder, orelse))
    return None


def _is_zero(atom: Atom) -> bool:
    return isinstance(atom, Const) and atom.value == 0
