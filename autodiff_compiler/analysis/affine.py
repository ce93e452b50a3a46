"""Affine expressions over integer variables, and proofs that one of them is never negative."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from autodiff_compiler.ir.nodes import Var

_EFFORT = 150  # expressions looked at before a proof is given up
_SPLITS = 3  # variables whose cases one proof tells apart


@dataclass(frozen=True, slots=True, eq=False)
class Affine:
    """`constant + the sum of coefficient * variable`; no coefficient is zero."""

    constant: int = 0
    terms: Mapping[Var, int] = field(default_factory=dict)

    @staticmethod
    def of(variable: Var) -> Affine:
        """The variable itself."""
        return Affine(0, {variable: 1})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Affine) and (self.constant, self.terms) == (other.constant, other.terms)

    def __hash__(self) -> int:
        return hash((self.constant, frozenset(self.terms.items())))

    def __add__(self, other: Affine | int) -> Affine:
        if isinstance(other, int):
            return Affine(self.constant + other, self.terms)
        sums = dict(self.terms)
        for variable, coefficient in other.terms.items():
            sums[variable] = sums.get(variable, 0) + coefficient
        terms = {variable: coefficient for variable, coefficient in sums.items() if coefficient}
        return Affine(self.constant + other.constant, terms)

    def __neg__(self) -> Affine:
        return self * -1

    def __sub__(self, other: Affine | int) -> Affine:
        return self + -other

    def __mul__(self, factor: int) -> Affine:
        if factor == 0:
            return Affine()
        terms = {variable: coefficient * factor for variable, coefficient in self.terms.items()}
        return Affine(self.constant * factor, terms)

    def coefficient(self, variable: Var) -> int:
        """The coefficient of a variable, zero where it does not occur."""
        return self.terms.get(variable, 0)

    def substitute(self, variable: Var, value: Affine) -> Affine:
        """The expression with a value in place of the variable."""
        coefficient = self.coefficient(variable)
        return self + (value - Affine.of(variable)) * coefficient if coefficient else self


Case = tuple[Affine, ...]  # expressions that are at least zero in it


class Facts:
    """Expressions known to be at least zero at one point of a block."""

    def __init__(self, outer: Facts | None = None) -> None:
        self._outer = outer
        self._known: dict[tuple[Var, bool], list[Affine]] = {}  # by a variable and whether it adds
        self._cases: dict[Var, tuple[Case, ...]] = {}

    def inner(self) -> Facts:
        """The facts at the start of a nested block; what is learnt there stays there."""
        return Facts(self)

    def learn(self, *expressions: Affine) -> None:
        """The expressions are at least zero from here on."""
        for expression in expressions:
            for variable, coefficient in expression.terms.items():
                self._known.setdefault((variable, coefficient > 0), []).append(expression)

    def learn_always(self, *expressions: Affine) -> None:
        """The expressions are at least zero wherever their variables have a value."""
        facts = self
        while facts._outer is not None:
            facts = facts._outer
        facts.learn(*expressions)

    def learn_cases(self, variable: Var, *cases: Case) -> None:
        """One of the cases holds, whatever it is; a proof about the variable may tell them apart."""
        self._cases[variable] = cases

    def proves(self, expression: Affine) -> bool:
        """Whether the expression is found to be at least zero: no proof is found for some that are."""
        return self._proves(expression, frozenset())

    def _proves(self, expression: Affine, split: frozenset[Var]) -> bool:
        met: dict[Var, None] = {}
        if self._derives(expression, met):
            return True
        if len(split) == _SPLITS:
            return False
        for variable in met:
            cases = self._cases_of(variable)
            if cases and variable not in split:
                return all(self._with(case)._proves(expression, split | {variable}) for case in cases)
        return False

    def _derives(self, expression: Affine, met: dict[Var, None]) -> bool:
        """Whether the expression is a sum of known ones and of a number that is not negative.

        Subtracting a known expression that shares a variable leaves a rest that has to be shown instead; the
        rests are looked at breadth first. As all values are whole numbers, a rest that was multiplied by
        `scale` may fall short of zero by less than that.
        """
        waiting = [expression]
        seen = {expression}
        for current in waiting:
            if not current.terms and current.constant >= 0:
                return True
            met.update(dict.fromkeys(current.terms))
            for variable, coefficient in current.terms.items():
                for known in self._about(variable, coefficient > 0):
                    scale = abs(known.coefficient(variable))
                    rest = current * scale - known * abs(coefficient) + (scale - 1)
                    if rest not in seen and len(seen) < _EFFORT:
                        seen.add(rest)
                        waiting.append(rest)
        return False

    def _with(self, case: Case) -> Facts:
        facts = self.inner()
        facts.learn(*case)
        return facts

    def _about(self, variable: Var, positive: bool) -> Iterator[Affine]:
        for facts in self._chain():
            yield from facts._known.get((variable, positive), ())

    def _cases_of(self, variable: Var) -> tuple[Case, ...]:
        return next((facts._cases[variable] for facts in self._chain() if variable in facts._cases), ())

    def _chain(self) -> Iterator[Facts]:
        facts: Facts | None = self
        while facts is not None:
            yield facts
            facts = facts._outer


def equal(one: Affine, other: Affine) -> Case:
    """What is at least zero where the two are equal."""
    return one - other, other - one
