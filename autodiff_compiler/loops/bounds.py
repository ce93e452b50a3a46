"""What an access needs of its index, and what a loop needs that makes such an access in each iteration."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from autodiff_compiler.analysis.affine import Affine, Facts
from autodiff_compiler.analysis.integers import Integers
from autodiff_compiler.ir.nodes import Const, For, Var
from autodiff_compiler.ir.walk import bound
from autodiff_compiler.location import Location


@dataclass(frozen=True, slots=True)
class Bound:
    """`need` has to be at least zero, unless one of `unless` is: then a loop has no iteration."""

    need: Affine  # index + length, or length - 1 - index
    unless: tuple[Affine, ...]
    index: Affine
    length: Affine
    place: str  # the axis, for people
    at: Location | None

    @property
    def key(self) -> object:
        """The same for two bounds if one implies the other: that with the lower constant in `need`."""
        return frozenset(self.need.terms.items()), frozenset(self.index.terms.items()), frozenset(self.unless)

    def reduced(self, facts: Facts) -> Bound | None:
        """The bound with no more exceptions than it needs, given these facts; None if there is no access."""
        kept = []
        for idle in self.unless:
            if facts.proves(idle):
                return None
            assuming = facts.inner()
            assuming.learn(idle, self.length)  # a length that an allocation is yet to refuse is no length
            if not facts.proves(-idle - 1) and not assuming.proves(self.need):
                kept.append(idle)
        return replace(self, unless=tuple(kept))


def joined(bounds: Iterable[Bound]) -> list[Bound]:
    """The bounds without those that others imply."""
    strongest: dict[object, Bound] = {}
    for item in bounds:
        other = strongest.get(item.key)
        if other is None or item.need.constant < other.need.constant:
            strongest[item.key] = item
    return list(strongest.values())


class Range:
    """A loop, seen from outside; `known` is what is known before it."""

    def __init__(self, loop: For, known: Integers) -> None:
        self.loop = loop
        self.known = known
        self.inside = set(bound(loop))
        self._ends: tuple[Affine, Affine] | None = None

    def lift(self, item: Bound) -> Bound | None:
        """What is needed before the loop for what is needed in each iteration; None if that is unknown.

        The worst iteration is the first or the last, if all that depends on the loop's index gets worse in
        the same direction.
        """
        step = self.loop.step
        if not isinstance(step, Const):
            return None
        index, up = self.loop.index, step.value > 0
        rises = {part.coefficient(index) > 0 for part in (item.need, *item.unless) if part.coefficient(index)}
        if len(rises) > 1:
            return None
        first, last = self._first_and_last(int(step.value))
        worst = first if rises <= {up} else last
        start, stop = self.known.form(self.loop.start), self.known.form(self.loop.stop)
        idle = start - stop if up else stop - start
        unless = [idle, *(part.substitute(index, worst) for part in item.unless)]
        lifted = replace(
            item,
            need=item.need.substitute(index, worst),
            unless=tuple(dict.fromkeys(unless)),
            index=item.index.substitute(index, worst),
            length=item.length.substitute(index, worst),
        )
        parts = (lifted.need, *lifted.unless, lifted.index, lifted.length)
        return lifted if all(map(self._outside, parts)) else None

    def _first_and_last(self, step: int) -> tuple[Affine, Affine]:
        """The index in the first and in the last iteration, if there is one."""
        if self._ends is None:
            start, stop = self.known.form(self.loop.start), self.known.form(self.loop.stop)
            if abs(step) == 1:
                self._ends = start, stop - step
            else:
                span = stop - start - 1 if step > 0 else start - stop - 1
                self._ends = start, start + self.known.quotient(span, abs(step)) * step
        return self._ends

    def _outside(self, expression: Affine) -> bool:
        """Whether the expression can be computed before the loop."""
        return all(map(self._is_outside, expression.terms))

    def _is_outside(self, variable: Var) -> bool:
        if variable in self.known.places:
            return self.known.places[variable][0] not in self.inside
        if variable in self.known.quotients:
            return self._outside(self.known.quotients[variable][0])
        return variable not in self.inside
