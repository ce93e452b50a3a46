"""Rules of algebra for scalars: what an application is equal to, at less cost.

Equal means the same floating-point number for every operand, NaN and infinities included, but for the sign
of a zero where zero is added; a power with a small whole exponent may differ in the last digit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from autodiff_compiler.ir.build import Builder
from autodiff_compiler.ir.nodes import Apply, Atom, Const, Dim, Value, Var
from autodiff_compiler.ir.types import Scalar, is_bool, is_float, is_inexact, is_integer
from autodiff_compiler.operators import evaluate

Definitions = Mapping[Var, Value]
Rule = Callable[["Rewriting", "tuple[Atom, ...]"], "Atom | None"]

_RULES: dict[str, Rule] = {}
_FOLDED = {
    "absolute", "add", "cast", "divide", "equal", "greater", "greater_equal", "less", "less_equal",
    "logical_and", "logical_not", "logical_or", "maximum", "minimum", "multiply", "negative",
    "not_equal", "sqrt", "square", "subtract", "where",
}  # fmt: skip


class Rewriting:
    """One application being rewritten: its result type, what its operands are, and where new code goes."""

    def __init__(self, value: Apply, kind: Scalar, definitions: Definitions, builder: Builder) -> None:
        self.value = value
        self.kind = kind
        self.definitions = definitions
        self.builder = builder

    def operands_of(self, atom: Atom, operator: str) -> tuple[Atom, ...]:
        """The operands the atom was computed from by this operator, else nothing."""
        made = self.definitions.get(atom) if isinstance(atom, Var) else None
        return made.operands if isinstance(made, Apply) and made.operator == operator else ()

    def is_length(self, atom: Atom) -> bool:
        """Whether the atom is known to be the length of an axis."""
        return isinstance(atom, Var) and isinstance(self.definitions.get(atom), Dim)

    def apply(self, operator: str, *operands: Atom) -> Var:
        """New code that applies an operator, of the type of the result."""
        return self.builder.assign(Apply(operator, operands), self.kind, operator)

    def const(self, value: float) -> Const:
        """A constant of the type of the result."""
        return Const(int(value) if is_integer(self.kind) else float(value), self.kind)


def simplified(value: Apply, kind: Scalar, definitions: Definitions, builder: Builder) -> Atom | None:
    """An atom equal to the application of an operator to scalars, or None; new code goes to the builder."""
    rewriting = Rewriting(value, kind, definitions, builder)
    found: Atom | None = _folded(value, kind)
    if found is None and value.operator in _RULES:
        found = _RULES[value.operator](rewriting, value.operands)
    return found if found is not None and found.type.dtype == kind.dtype else None


def identical(one: Atom, other: Atom) -> bool:
    """Whether two atoms are the same variable or the same constant; 0.0 and -0.0 differ, though equal."""
    return one is other or (isinstance(one, Const) and one == other and repr(one) == repr(other))


def _folded(value: Apply, kind: Scalar) -> Const | None:
    """The constant that an operator on constants gives."""
    constants = [atom for atom in value.operands if isinstance(atom, Const)]
    if value.operator not in _FOLDED or len(constants) < len(value.operands):
        return None
    result = evaluate(value, [np.dtype(atom.type.dtype).type(atom.value) for atom in constants])
    return Const(np.dtype(kind.dtype).type(result).item(), kind)


def _rule(*operators: str) -> Callable[[Rule], Rule]:
    def register(rule: Rule) -> Rule:
        _RULES.update(dict.fromkeys(operators, rule))
        return rule

    return register


def _is(atom: Atom, *numbers: float) -> bool:
    """Whether the atom is one of the numbers; the sign of zero does not count."""
    return isinstance(atom, Const) and not is_bool(atom.type) and atom.value in numbers


# ---------------------------------------------------------------- sums


@_rule("add")
def _add(it: Rewriting, atoms: tuple[Atom, ...]) -> Atom | None:
    for one, other in (atoms, atoms[::-1]):
        if _is(other, 0):  # x + 0 = x
            return one
        if negated := it.operands_of(other, "negative"):  # x + (-y) = x - y
            return it.apply("subtract", one, *negated)
    return _offset(it, atoms[0], atoms[1], 1)


@_rule("subtract")
def _subtract(it: Rewriting, atoms: tuple[Atom, ...]) -> Atom | None:
    one, other = atoms
    if _is(other, 0):  # x - 0 = x
        return one
    if negated := it.operands_of(other, "negative"):  # x - (-y) = x + y
        return it.apply("add", one, *negated)
    if one == other and is_integer(it.kind):  # n - n = 0
        return it.const(0)
    if _is(one, 0) and is_integer(it.kind):  # 0 - n = -n
        return it.apply("negative", other)
    return _offset(it, one, other, -1)


def _offset(it: Rewriting, one: Atom, other: Atom, sign: int) -> Atom | None:
    """(n + a) + b = n + (a + b), of integers."""
    if not is_integer(it.kind) or not isinstance(other, Const):
        return None
    for operator, inner_sign in (("add", 1), ("subtract", -1)):
        inner = it.operands_of(one, operator)
        if inner and isinstance(inner[1], Const):
            offset = inner_sign * int(inner[1].value) + sign * int(other.value)
            return inner[0] if offset == 0 else it.apply("add", inner[0], it.const(offset))
    return None


@_rule("negative")
def _negative(it: Rewriting, atoms: tuple[Atom, ...]) -> Atom | None:
    inner = it.operands_of(atoms[0], "negative")
    return inner[0] if inner else None  # -(-x) = x


@_rule("conjugate")
def _conjugate(it: Rewriting, atoms: tuple[Atom, ...]) -> Atom | None:
    if isinstance(atoms[0], Const):
        return Const(atoms[0].value.conjugate(), it.kind)
    inner = it.operands_of(atoms[0], "conjugate")
    return inner[0] if inner else None  # conj(conj(z)) = z


@_rule("positive")
def _positive(it: Rewriting, atoms: tuple[Atom, ...]) -> Atom | None:
    return atoms[0]


# ---------------------------------------------------------------- products


@_rule("multiply")
def _multiply(it: Rewriting, atoms: tuple[Atom, ...]) -> Atom | None:
    for one, other in (atoms, atoms[::-1]):
        if _is(other, 1):  # 1 x = x
            return one
        if _is(other, -1):  # -1 x = -x
            return it.apply("negative", one)
        if _is(other, 0) and is_integer(it.kind):  # 0 n = 0; not of floats, which may be infinite
            return other
    negated = [it.operands_of(atom, "negative") for atom in atoms]
    return it.apply("multiply", *negated[0], *negated[1]) if all(negated) else None  # (-x) (-y) = x y


@_rule("divide")
def _divide(it: Rewriting, atoms: tuple[Atom, ...]) -> Atom | None:
    one, other = atoms
    if not is_float(one.type) or not isinstance(other, Const):
        return None
    if _is(other, 1):  # x / 1 = x
        return one
    if _is(other, -1):
        return it.apply("negative", one)
    if abs(math.frexp(other.value)[0]) == 0.5 and 2**-60 < abs(other.value) < 2**60:  # the inverse is exact
        return it.apply("multiply", one, it.const(1 / other.value))
    return None


@_rule("floor_divide")
def _floor_divide(it: Rewriting, atoms: tuple[Atom, ...]) -> Atom | None:
    return atoms[0] if is_integer(it.kind) and _is(atoms[1], 1) else None  # n // 1 = n


@_rule("square")
def _square(it: Rewriting, atoms: tuple[Atom, ...]) -> Atom | None:
    return it.apply("multiply", atoms[0], atoms[0])


@_rule("power")
def _power(it: Rewriting, atoms: tuple[Atom, ...]) -> Atom | None:
    base, exponent = atoms
    if base.type.dtype != it.kind.dtype:
        return None
    if _is(exponent, 0):  # even of NaN
        return it.const(1)
    if _is(exponent, 1):
        return base
    if _is(exponent, 2):
        return it.apply("multiply", base, base)
    if _is(exponent, 3):
        return it.apply("multiply", it.apply("multiply", base, base), base)
    if _is(exponent, -1) and is_float(it.kind):
        return it.apply("divide", it.const(1), base)
    return None


# ---------------------------------------------------------------- choice and conversion


@_rule("where")
def _where(it: Rewriting, atoms: tuple[Atom, ...]) -> Atom | None:
    condition, then, orelse = atoms
    if isinstance(condition, Const):
        return then if condition.value else orelse
    if _is(then, 0) and it.is_length(orelse) and it.operands_of(condition, "greater") == (then, orelse):
        return orelse  # a length is not negative
    return then if then == orelse and isinstance(then, Var) else None


@_rule("cast")
def _cast(it: Rewriting, atoms: tuple[Atom, ...]) -> Atom | None:
    (atom,) = atoms
    if atom.type.dtype == it.kind.dtype:
        return atom
    inner = it.operands_of(atom, "cast")  # back from a wider dtype
    if inner and inner[0].type.dtype == it.kind.dtype and np.can_cast(it.kind.dtype, atom.type.dtype, "safe"):
        return inner[0]
    return None


@_rule("logical_and", "logical_or")
def _connective(it: Rewriting, atoms: tuple[Atom, ...]) -> Atom | None:
    decides = it.value.operator == "logical_or"
    for one, other in (atoms, atoms[::-1]):
        if isinstance(other, Const) and is_bool(one.type):
            return Const(decides, it.kind) if bool(other.value) == decides else one
    return atoms[0] if atoms[0] == atoms[1] and is_bool(atoms[0].type) else None


@_rule("logical_not")
def _not(it: Rewriting, atoms: tuple[Atom, ...]) -> Atom | None:
    inner = it.operands_of(atoms[0], "logical_not")
    return inner[0] if inner and is_bool(inner[0].type) else None


@_rule("equal", "less_equal", "greater_equal")
def _equal(it: Rewriting, atoms: tuple[Atom, ...]) -> Atom | None:
    if atoms[0] == atoms[1] and not is_inexact(atoms[0].type):  # NaN differs from itself
        return Const(True, it.kind)
    least = it.operands_of(atoms[1], "negative")
    if it.value.operator == "greater_equal" and _is(atoms[0], 0) and least and it.is_length(least[0]):
        return Const(True, it.kind)  # 0 >= -n of a length
    return None


@_rule("not_equal", "less", "greater")
def _unequal(it: Rewriting, atoms: tuple[Atom, ...]) -> Atom | None:
    one, other = atoms
    if one == other and not is_inexact(one.type):
        return Const(False, it.kind)
    lower, upper = atoms if it.value.operator == "less" else atoms[::-1]
    if it.value.operator != "not_equal" and it.is_length(lower) and _is(upper, 0):  # n < 0 of a length
        return Const(False, it.kind)
    less = it.operands_of(one, "subtract")
    if it.value.operator == "less" and less and less[0] == other and is_integer(other.type):  # n - 1 < n
        return Const(True, it.kind) if isinstance(less[1], Const) and less[1].value > 0 else None
    return None


@_rule("maximum", "minimum", "fmax", "fmin")
def _extreme(it: Rewriting, atoms: tuple[Atom, ...]) -> Atom | None:
    if atoms[0] == atoms[1] and isinstance(atoms[0], Var):
        return atoms[0]
    if it.value.operator == "maximum" and is_integer(it.kind):
        for one, other in (atoms, atoms[::-1]):
            if _is(other, 0) and it.is_length(one):  # a length is not negative
                return one
    return None
