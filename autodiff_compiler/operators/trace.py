"""Recording of partial derivatives: scalar expressions that build IR as they are evaluated.

A rule such as `lambda x, y: (1 - y * y,)` is ordinary Python. Run on `Traced` values it appends the
assignments that compute it, so what it reads is known, and higher derivatives follow from the same rule.
"""

from __future__ import annotations

import math
import operator as python
from collections.abc import Callable

from autodiff_compiler.ir.build import Builder
from autodiff_compiler.ir.nodes import Apply, Atom, Const, Var
from autodiff_compiler.ir.types import BOOL, Scalar, is_inexact


class Traced:
    """A scalar in a rule; arithmetic on it appends to the builder."""

    __slots__ = ("atom", "builder")

    def __init__(self, builder: Builder, atom: Atom) -> None:
        self.builder = builder
        self.atom = atom

    def _apply(self, operator: str, *operands: Traced | float, boolean: bool = False) -> Traced:
        return apply(operator, *operands, boolean=boolean)

    def __add__(self, other: Traced | float) -> Traced:
        return self._apply("add", self, other)

    def __radd__(self, other: float) -> Traced:
        return self._apply("add", other, self)

    def __sub__(self, other: Traced | float) -> Traced:
        return self._apply("subtract", self, other)

    def __rsub__(self, other: float) -> Traced:
        return self._apply("subtract", other, self)

    def __mul__(self, other: Traced | float) -> Traced:
        return self._apply("multiply", self, other)

    def __rmul__(self, other: float) -> Traced:
        return self._apply("multiply", other, self)

    def __truediv__(self, other: Traced | float) -> Traced:
        return self._apply("divide", self, other)

    def __rtruediv__(self, other: float) -> Traced:
        return self._apply("divide", other, self)

    def __pow__(self, other: Traced | float) -> Traced:
        return self._apply("power", self, other)

    def __neg__(self) -> Traced:
        return self._apply("negative", self)

    def __lt__(self, other: Traced | float) -> Traced:
        return self._apply("less", self, other, boolean=True)

    def __le__(self, other: Traced | float) -> Traced:
        return self._apply("less_equal", self, other, boolean=True)

    def __gt__(self, other: Traced | float) -> Traced:
        return self._apply("greater", self, other, boolean=True)

    def __ge__(self, other: Traced | float) -> Traced:
        return self._apply("greater_equal", self, other, boolean=True)

    def equals(self, other: Traced | float) -> Traced:
        """Elementwise `==` (the operator itself is kept for Python's own use)."""
        return self._apply("equal", self, other, boolean=True)


def apply(operator: str, *operands: Traced | float, boolean: bool = False, dtype: str = "") -> Traced:
    """Apply an elementwise operator by name; numbers take the dtype of the traced operands.

    The result has that dtype too, unless another one is named.

    Constants fold where the value does not depend on the run: 1 * x, x + 0, and constants among themselves.
    """
    first = next(item for item in operands if isinstance(item, Traced))
    kinds = [item.atom.type for item in operands if isinstance(item, Traced) and item.atom.type != BOOL]
    common = Scalar(kinds[0].dtype if kinds else first.atom.type.dtype)
    atoms = tuple(item.atom if isinstance(item, Traced) else Const(float(item), common) for item in operands)
    folded = fold(operator, atoms)
    if folded is not None:
        return Traced(first.builder, folded)
    kind = BOOL if boolean else Scalar(dtype or common.dtype)
    return Traced(first.builder, first.builder.assign(Apply(operator, atoms), kind))


_TRUTHS: dict[str, Callable[..., object]] = {
    "less": python.lt, "less_equal": python.le, "greater": python.gt, "greater_equal": python.ge,
    "equal": python.eq, "not_equal": python.ne, "logical_not": python.not_,
    "logical_and": lambda a, b: a and b, "logical_or": lambda a, b: a or b,
}  # fmt: skip
_WHOLE: dict[str, Callable[..., int]] = {"add": python.add, "subtract": python.sub, "multiply": python.mul}
_LARGEST = 2**62


def fold_strictly(operator: str, atoms: tuple[Atom, ...]) -> Atom | None:
    """As `fold`, for what users write: 0 times a float stays, as that may be infinite or NaN."""
    known = all(isinstance(atom, Const) for atom in atoms)
    floats = operator == "multiply" and any(is_inexact(atom.type) for atom in atoms)
    if floats and not known and any(_is(atom, 0) for atom in atoms):
        return None
    return fold(operator, atoms)


def fold(operator: str, atoms: tuple[Atom, ...]) -> Atom | None:
    """The value of an application that needs no code, or None. 0 * x folds: a zero partial is exact."""
    if operator == "negative" and isinstance(atoms[0], Const):
        return Const(-atoms[0].value, atoms[0].type)
    known = [atom.value for atom in atoms if isinstance(atom, Const)]
    if operator in _TRUTHS and len(known) == len(atoms):
        return Const(bool(_TRUTHS[operator](*known)), BOOL)
    if operator in _WHOLE and len(known) == 2 and {atom.type.dtype for atom in atoms} == {"int64"}:
        number, kind = _WHOLE[operator](*known), atoms[0].type
        return Const(number, kind) if abs(number) < _LARGEST and isinstance(kind, Scalar) else None
    if len(atoms) != 2 or operator not in ("add", "subtract", "multiply", "divide"):
        return None
    left, right = atoms
    if isinstance(left, Const) and isinstance(right, Const) and left.type.dtype == "float64":
        a, b = float(left.value), float(right.value)
        if operator == "divide" and b == 0:
            return None
        value = {"add": a + b, "subtract": a - b, "multiply": a * b}.get(operator)
        value = a / b if value is None else value
        return Const(value, left.type) if math.isfinite(value) else None
    return _identity(operator, left, right)


def _identity(operator: str, left: Atom, right: Atom) -> Atom | None:
    if _is(right, 0) and operator in ("add", "subtract"):
        return left
    if _is(left, 0) and operator == "add":
        return right
    if _is(right, 1) and operator in ("multiply", "divide"):
        return left
    if _is(left, 1) and operator == "multiply":
        return right
    if operator == "multiply" and (_is(left, 0) or _is(right, 0)):
        return left if _is(left, 0) else right
    return None


def _is(atom: Atom, number: float) -> bool:
    return isinstance(atom, Const) and not isinstance(atom.value, bool) and atom.value == number


def where(condition: Traced, then: Traced | float, orelse: Traced | float) -> Traced:
    """Choose by a traced condition; both choices are evaluated."""
    return apply("where", condition, then, orelse)


__all__ = ["Traced", "Var", "apply", "fold", "fold_strictly", "where"]
