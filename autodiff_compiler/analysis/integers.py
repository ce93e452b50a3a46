"""What integers, lengths and conditions tell about each other, as far as the statements passed so far say."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from autodiff_compiler.analysis.affine import Affine, Case, Facts, equal
from autodiff_compiler.analysis.sizes import Axis, Sizes, steady_carries
from autodiff_compiler.analysis.uses import definitions
from autodiff_compiler.ir.build import as_variable
from autodiff_compiler.ir.nodes import (
    Apply,
    Assign,
    Atom,
    Carry,
    Const,
    Dim,
    For,
    Function,
    Guard,
    If,
    Statement,
    Value,
    Var,
    While,
)
from autodiff_compiler.ir.types import INT, Array, Scalar, is_bool, is_integer
from autodiff_compiler.ir.walk import statements

Offsets = tuple[int, int]

_NEGATED = {
    "less": "greater_equal", "less_equal": "greater", "greater": "less_equal", "greater_equal": "less",
    "equal": "not_equal", "not_equal": "equal",
}  # fmt: skip


class Integers:
    """Facts about integers that hold at one point of a block, in scope there.

    In the expressions given, a length is a variable of its own, and so is a quotient that no variable holds:
    `places` and `quotients` tell what these stand for.
    """

    def __init__(self, function: Function, outer: Integers | None = None) -> None:
        self._function = function
        self._definitions: Mapping[Var, Value] = outer._definitions if outer else definitions(function)
        self._choices: Mapping[Var, tuple[Atom, Atom]] = outer._choices if outer else _choices(function)
        self.sizes: Sizes = outer.sizes.inner() if outer else Sizes()
        self.facts: Facts = outer.facts.inner() if outer else Facts()
        # variables are assigned in one place only: what they are is true wherever they are in scope
        self._forms: dict[Var, Affine] = outer._forms if outer else {}
        self._tests: dict[Var, tuple[Case, Case]] = outer._tests if outer else {}
        self._lengths: dict[Axis, Var] = outer._lengths if outer else {}
        self.places: dict[Var, Axis] = outer.places if outer else {}
        self.quotients: dict[Var, tuple[Affine, int]] = outer.quotients if outer else {}

    def inner(self) -> Integers:
        """The facts at the start of a nested block; what is learnt there stays there."""
        return Integers(self._function, self)

    def form(self, atom: Atom) -> Affine:
        """The integer as an expression over variables that nothing simpler is known of."""
        if isinstance(atom, Const):
            return Affine(int(atom.value))
        return self._forms[atom] if atom in self._forms else Affine.of(atom)

    def length(self, array: Var, axis: int) -> Affine:
        """The length of an axis."""
        origin = self.sizes.origin(array, axis)
        if not isinstance(origin, tuple):
            return self.form(origin)
        if origin not in self._lengths:
            length = Var(f"{origin[0].name}_{origin[1]}", INT)
            self._lengths[origin] = length
            self.places[length] = origin
            self.facts.learn_always(Affine.of(length))
        return Affine.of(self._lengths[origin])

    def quotient(self, number: Affine, divisor: int) -> Affine:
        """The floor of number / divisor, for a positive divisor."""
        if not number.terms:
            return Affine(number.constant // divisor)
        made = Var("steps", INT)
        self.quotients[made] = number, divisor
        self.facts.learn_always(*_division(Affine.of(made), number, divisor))
        return Affine.of(made)

    # ------------------------------------------------------------ statements

    def observe(self, statement: Statement) -> None:
        """Learn what holds after the statement; what its nested blocks tell is not looked at."""
        match statement:
            case Assign(target, value):
                self._observe_value(target, value)
            case Guard(condition=condition):
                self.facts.learn(*self._test(condition, True))
            case For() | While():
                for carry in steady_carries(statement, self.sizes):
                    self.sizes.shape_of(carry.after, as_variable(carry.start))
            case _:
                pass
        self.sizes.observe(statement)

    def assume(self, condition: Atom, holds: bool) -> None:
        """Learn what follows from a condition that holds, or does not."""
        self.facts.learn(*self._test(condition, holds))

    def enter(self, loop: For | While) -> None:
        """Learn what holds in the body of a loop."""
        for carry in steady_carries(loop, self.sizes):
            self.sizes.shape_of(carry.inside, as_variable(carry.start))
        if isinstance(loop, For):
            self._enter_range(loop)
        for carry, following in zip(loop.carries, loop.body.yields, strict=True):
            if _is_int64(carry.inside):
                self._enter_carry(loop, carry, self._offsets(following, carry.inside, {}))

    def join(self, branch: If, then: Integers, orelse: Integers) -> None:
        """Learn what the results of a branch are, given what is known at the end of its blocks."""
        for result, one, other in zip(branch.results, branch.then.yields, branch.orelse.yields, strict=True):
            if isinstance(result.type, Array):
                self.sizes.join(result, ((then.sizes, one), (orelse.sizes, other)))
            elif is_bool(result.type):
                holds, fails = (self._chosen(branch, one, other, value) for value in (True, False))
                self._tests[result] = holds, fails
            elif is_integer(result.type):
                self._learn_choice(result, branch.condition, one, other)

    def _learn_choice(self, result: Var, condition: Atom, one: Atom, other: Atom) -> None:
        chosen = Affine.of(result)
        self.facts.learn_cases(
            result,
            (*self._test(condition, True), *equal(chosen, self.form(one))),
            (*self._test(condition, False), *equal(chosen, self.form(other))),
        )

    # ------------------------------------------------------------ values

    def _observe_value(self, target: Var, value: Value) -> None:
        match value:
            case Dim(array, axis):
                self._forms[target] = self.length(array, axis)
            case Apply() if isinstance(target.type, Scalar) and is_bool(target.type):
                self._tests[target] = self._truth(value, True), self._truth(value, False)
            case Apply() if _is_int64(target):
                self._observe_number(target, value)
            case _:
                pass
        if isinstance(target.type, Scalar) and np.dtype(target.type.dtype).kind == "u":
            self.facts.learn(Affine.of(target))

    def _observe_number(self, target: Var, value: Apply) -> None:
        """Learn what an int64 is; narrower numbers wrap around, so nothing is known of sums of those."""
        if not all(_is_whole(atom) for atom in value.operands):
            return
        atoms = [self.form(atom) for atom in value.operands]
        form = _form(value, atoms)
        if form is not None:
            self._forms[target] = form
            return
        made = Affine.of(target)
        match value.operator, atoms:
            case "cast", (_,) if is_bool(value.operands[0].type):
                self.facts.learn(made, -made + 1)
            case "minimum" | "maximum" as operator, (one, other):
                sign = 1 if operator == "maximum" else -1
                self.facts.learn((made - one) * sign, (made - other) * sign)
                self.facts.learn_cases(target, equal(made, one), equal(made, other))
            case "absolute", (one,):
                self.facts.learn(made, made - one, made + one)
                self.facts.learn_cases(target, equal(made, one), equal(made, -one))
            case "where", _:
                self._learn_choice(target, *value.operands)
            case "remainder", (_, size) if self.facts.proves(size - 1):
                self.facts.learn(made, size - 1 - made)
            case "floor_divide", (one, divisor) if not divisor.terms and divisor.constant > 0:
                self.facts.learn(*_division(made, one, divisor.constant))
            case _:
                pass

    def _enter_range(self, loop: For) -> None:
        index, start, stop = Affine.of(loop.index), self.form(loop.start), self.form(loop.stop)
        upwards = index - start, stop - 1 - index, stop - 1 - start
        downwards = start - index, index - stop - 1, start - stop - 1
        if isinstance(loop.step, Const):
            self.facts.learn(*(upwards if loop.step.value > 0 else downwards))
        else:
            self.facts.learn_cases(loop.index, upwards, downwards)

    def _enter_carry(self, loop: For | While, carry: Carry, steps: Offsets | None) -> None:
        """Learn about a carry that each iteration changes by a constant, or only up or only down."""
        if steps is None:
            return
        least, most = steps
        start, inside = self.form(carry.start), Affine.of(carry.inside)
        if (
            least == most
            and isinstance(loop, For)
            and isinstance(loop.step, Const)
            and least % int(loop.step.value) == 0
        ):
            passed = Affine.of(loop.index) - self.form(loop.start)
            self._forms[carry.inside] = start + passed * (least // int(loop.step.value))
        elif least >= 0:
            self.facts.learn(inside - start)
        elif most <= 0:
            self.facts.learn(start - inside)

    def _offsets(self, atom: Atom, base: Var, found: dict[Atom, Offsets | None]) -> Offsets | None:
        """The least and the greatest c where atom = base + c on some path; None where it is not."""
        if atom is base:
            return 0, 0
        if isinstance(atom, Const) or not _is_int64(atom):
            return None
        if atom not in found:
            found[atom] = self._offsets_of(atom, base, found)
        return found[atom]

    def _offsets_of(self, variable: Var, base: Var, found: dict[Atom, Offsets | None]) -> Offsets | None:
        if variable in self._choices:
            one, other = (self._offsets(atom, base, found) for atom in self._choices[variable])
            return (min(one[0], other[0]), max(one[1], other[1])) if one and other else None
        match self._definitions.get(variable):
            case Apply("add", (atom, Const(number)) | (Const(number), atom)):
                step = int(number)
            case Apply("subtract", (atom, Const(number))):
                step = -int(number)
            case _:
                return None
        inner = self._offsets(atom, base, found)
        return (inner[0] + step, inner[1] + step) if inner else None

    # ------------------------------------------------------------ conditions

    def _test(self, condition: Atom, holds: bool) -> Case:
        """What follows from a condition that holds, or does not."""
        if isinstance(condition, Const) or condition not in self._tests:
            return ()
        return self._tests[condition][0 if holds else 1]

    def _truth(self, value: Apply, holds: bool) -> Case:
        """What follows where an operator's truth value is this."""
        match value.operator, value.operands:
            case operator, (one, other) if operator in _NEGATED and _is_whole(one) and _is_whole(other):
                return _compared(operator if holds else _NEGATED[operator], self.form(one), self.form(other))
            case "logical_not", (one,):
                return self._test(one, not holds)
            case "logical_and", (one, other) if holds:
                return (*self._test(one, True), *self._test(other, True))
            case "logical_or", (one, other) if not holds:
                return (*self._test(one, False), *self._test(other, False))
            case _:
                return ()

    def _chosen(self, branch: If, one: Atom, other: Atom, value: bool) -> Case:
        """What follows where a branch that chooses between two conditions yields this value.

        `a and b` comes as `b if a else False`, or as `b if a else a`; `a or b` likewise.
        """
        if _is_constant(other, not value) or (other is branch.condition and value):
            return (*self._test(branch.condition, True), *self._test(one, value))
        if _is_constant(one, not value) or (one is branch.condition and not value):
            return (*self._test(branch.condition, False), *self._test(other, value))
        return ()


def _form(value: Apply, atoms: list[Affine]) -> Affine | None:
    """What an operator on whole numbers gives, where that is an affine expression."""
    match value.operator, atoms:
        case "add", (one, other):
            return one + other
        case "subtract", (one, other):
            return one - other
        case "multiply", (one, other) | (other, one) if not one.terms:
            return other * one.constant
        case "negative", (one,):
            return -one
        case "positive", (one,):
            return one
        case "cast", (one,) if is_integer(value.operands[0].type):
            return one if np.can_cast(value.operands[0].type.dtype, INT.dtype) else None
        case _:
            return None


def _division(result: Affine, number: Affine, divisor: int) -> Case:
    """What is at least zero where result = number // divisor, for a positive divisor."""
    return number - result * divisor, result * divisor + (divisor - 1) - number


def _compared(operator: str, one: Affine, other: Affine) -> Case:
    match operator:
        case "less":
            return (other - one - 1,)
        case "less_equal":
            return (other - one,)
        case "greater":
            return (one - other - 1,)
        case "greater_equal":
            return (one - other,)
        case "equal":
            return equal(one, other)
        case _:
            return ()


def _choices(function: Function) -> dict[Var, tuple[Atom, Atom]]:
    """What the results of branches are chosen from."""
    return {
        result: (one, other)
        for branch in statements(function.body)
        if isinstance(branch, If)
        for result, one, other in zip(branch.results, branch.then.yields, branch.orelse.yields, strict=True)
    }


def _is_int64(atom: Atom) -> bool:
    return isinstance(atom.type, Scalar) and atom.type.dtype == INT.dtype


def _is_whole(atom: Atom) -> bool:
    return isinstance(atom.type, Scalar) and (is_integer(atom.type) or is_bool(atom.type))


def _is_constant(atom: Atom, value: bool) -> bool:
    return isinstance(atom, Const) and bool(atom.value) == value
