"""Guards for bounds on indices, written with the variables at hand."""

from __future__ import annotations

import operator
from collections import ChainMap
from collections.abc import Sequence
from typing import TypeAlias

from autodiff_compiler.analysis.affine import Affine
from autodiff_compiler.analysis.integers import Integers
from autodiff_compiler.ir.build import ANONYMOUS, Builder, constant, integer
from autodiff_compiler.ir.nodes import (
    Apply,
    Assign,
    Atom,
    Block,
    Const,
    Dim,
    Guard,
    If,
    Statement,
    Value,
    Var,
)
from autodiff_compiler.ir.types import BOOL, INT, Scalar
from autodiff_compiler.location import Location
from autodiff_compiler.loops.bounds import Bound
from autodiff_compiler.wording import templated, without_names

Expressions: TypeAlias = ChainMap[Affine, Atom]  # what variables in scope are equal to
Comparison: TypeAlias = tuple[str, Affine, Affine]
_COMPARE = {"less": operator.lt, "less_equal": operator.le, "greater_equal": operator.ge}


def note(statement: Statement, known: Integers, expressions: Expressions) -> None:
    """Remember what the statement computes, for guards after it."""
    if isinstance(statement, Assign) and statement.target.type == INT:
        form = known.form(statement.target)
        if form != Affine.of(statement.target):
            expressions.setdefault(form, statement.target)


def write_bounds(bounds: Sequence[Bound], known: Integers, expressions: Expressions) -> list[Statement]:
    """Guards for the bounds, one for both ends where they concern the same index."""
    statements: list[Statement] = []
    waiting = list(bounds)
    while waiting:
        first = waiting.pop(0)
        both = [first, *(other for other in waiting if _alike(first, other))]
        waiting = [other for other in waiting if other not in both]
        statements += _Writer(first.at, known, expressions).guard(both)
    return statements


def _alike(one: Bound, other: Bound) -> bool:
    """Whether the two are about one index."""
    return all(getattr(one, name) == getattr(other, name) for name in ("index", "length", "place", "unless"))


def _at_least_zero(expression: Affine) -> Comparison:
    """The comparison of what is subtracted with what is added."""
    right = Affine(0, {variable: count for variable, count in expression.terms.items() if count > 0})
    left = right - expression
    if not right.terms:
        left, right = left - left.constant, right - left.constant
    return ("less", left - 1, right) if left.constant == 1 and left.terms else ("less_equal", left, right)


class _Writer:
    """Writes one guard, or the part of its condition that stands in a branch."""

    def __init__(self, at: Location | None, known: Integers, expressions: Expressions) -> None:
        self.known = known
        self.expressions = expressions
        self.builder = Builder(at)

    def guard(self, both: Sequence[Bound]) -> list[Statement]:
        """The guard for bounds of one index, and the statements that compute what it reads."""
        bound = both[-1]
        # the bound comes first: it may change in a loop around the guard, where the exceptions do not
        first, *others = [self._within(item) for item in reversed(both)]
        inside = self._connected(self._compared(first), others, decides=False)
        idle = [_at_least_zero(expression) for expression in bound.unless]
        condition = self._connected(inside, idle, decides=True)
        shown = self._atom(bound.index), self._atom(bound.length)
        message = f"index {{}} is out of bounds for {templated(bound.place)}, whose length is {{}}"
        if bound.at is not None and bound.at.called:
            message = f"{bound.at.called}: {without_names(message)}"
            message += f"\nwhere {templated(bound.at.given)}" if bound.at.given else ""
        self.builder.add(Guard(condition, message, shown, "IndexOutOfBounds", bound.at))
        return self.builder.statements

    # ------------------------------------------------------------ conditions

    def _within(self, bound: Bound) -> Comparison:
        """`index >= -length` or `index < length`; where they have terms in common, these are left out."""
        index, length = bound.index, bound.length
        if not index.terms.keys().isdisjoint(length.terms):
            return _at_least_zero(bound.need)
        if bound.need == index + length:
            return "greater_equal", index, -length
        if index.constant == -1 or index + 1 in self.expressions:
            return "less_equal", index + 1, length
        return "less", index, length

    def _connected(self, first: Atom, others: Sequence[Comparison], *, decides: bool) -> Atom:
        """`first or other or ...` where a true one decides, else `first and other and ...`."""
        total = first
        for other in others:
            if isinstance(total, Const) and total.value is decides:
                break
            total = self._connected_once(total, other, decides=decides)
        return total

    def _connected_once(self, first: Atom, other: Comparison, *, decides: bool) -> Atom:
        if isinstance(first, Const):
            return self._compared(other)
        inner = _Writer(self.builder.at, self.known, self.expressions.new_child())
        rest = inner._compared(other)
        if isinstance(rest, Const):
            return rest if rest.value is decides else first
        arms = Block((), (constant(decides, "bool"),)), inner.builder.block(rest)
        result = Var(ANONYMOUS, BOOL, self.builder.at)
        self.builder.add(If(first, *(arms if decides else arms[::-1]), (result,), self.builder.at))
        return result

    def _compared(self, comparison: Comparison) -> Atom:
        name, left, right = comparison
        if not left.terms and not right.terms:
            return constant(_COMPARE[name](left.constant, right.constant), "bool")
        return self._assign(Apply(name, (self._atom(left), self._atom(right))), BOOL)

    # ------------------------------------------------------------ numbers

    def _atom(self, expression: Affine) -> Atom:
        """The value of an expression, computed here unless a variable has it."""
        if not expression.terms:
            return integer(expression.constant)
        if expression not in self.expressions:
            self.expressions[expression] = self._computed(expression)
        return self.expressions[expression]

    def _computed(self, expression: Affine) -> Atom:
        (variable, coefficient), *others = sorted(expression.terms.items(), key=lambda term: term[1] < 0)
        if expression == Affine.of(variable):
            return self._variable(variable)
        total = self._multiple(variable, abs(coefficient))
        if coefficient < 0:
            total = self._assign(Apply("negative", (total,)))
        for variable, coefficient in others:
            part = self._multiple(variable, abs(coefficient))
            total = self._assign(Apply("add" if coefficient > 0 else "subtract", (total, part)))
        if expression.constant:
            sign = "add" if expression.constant > 0 else "subtract"
            total = self._assign(Apply(sign, (total, integer(abs(expression.constant)))))
        return total

    def _multiple(self, variable: Var, factor: int) -> Atom:
        atom = self._atom(Affine.of(variable))
        return atom if factor == 1 else self._assign(Apply("multiply", (integer(factor), atom)))

    def _variable(self, variable: Var) -> Atom:
        """The variable, or what it stands for in expressions."""
        if variable in self.known.places:
            return self.builder.assign(Dim(*self.known.places[variable]), INT, variable.name)
        if variable in self.known.quotients:
            number, divisor = self.known.quotients[variable]
            return self._assign(Apply("floor_divide", (self._atom(number), integer(divisor))))
        if variable.type.dtype == "uint64":  # which NumPy adds to an int64 as floats
            return self._assign(Apply("cast", (variable,), (("dtype", INT.dtype),)))
        return variable

    def _assign(self, value: Value, kind: Scalar = INT) -> Var:
        return self.builder.assign(value, kind)
