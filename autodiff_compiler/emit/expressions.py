"""Values as Python expressions."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import assert_never

import gast

from autodiff_compiler.emit import syntax
from autodiff_compiler.emit.folding import Folding, kernel, template
from autodiff_compiler.emit.name_values import Names, top_of
from autodiff_compiler.ir.nodes import (
    Allocate,
    Apply,
    Atom,
    Const,
    Dim,
    If,
    Load,
    NewAxis,
    NewStack,
    Pop,
    Reshape,
    Slice,
    Transpose,
    Value,
    Var,
    View,
)
from autodiff_compiler.ir.types import Scalar, is_integer

STACK_SIZE = 64  # elements a new stack has room for
_PLAIN = ("float64", "int64", "bool")  # dtypes whose constants are written bare
_EXACT = (gast.Add, gast.Sub, gast.Mult, gast.Div)  # Python converts a whole number next to a float by itself


def dtype(name: str) -> gast.expr:
    """A dtype as generated code spells it: `np.float64`, `np.bool_`."""
    return syntax.numpy("bool_" if name == "bool" else name)


def constant(const: Const) -> gast.expr:
    """A constant, with its dtype where a bare literal would have another one."""
    value, kind = const.value, const.type.dtype
    if kind == "bool":
        return syntax.literal(bool(value))
    if kind.startswith("complex"):
        return _complex(complex(value), kind)
    plain = _float(float(value)) if kind.startswith("float") else syntax.literal(int(value))
    return plain if kind in _PLAIN else syntax.call(dtype(kind), plain)


def _complex(value: complex, kind: str) -> gast.expr:
    """`1.5 + 2.0j`; put together by `complex` where a sum would lose a sign of zero, or is none."""
    real, imaginary = _float(value.real), gast.Constant(complex(0.0, value.imag), None)
    usual = math.isfinite(abs(value)) and math.copysign(1, value.imag) > 0
    if usual and value.real == 0 and math.copysign(1, value.real) > 0:
        plain: gast.expr = imaginary
    elif usual and value.real != 0:
        plain = gast.BinOp(real, gast.Add(), imaginary)
    else:
        plain = syntax.call(syntax.name("complex"), real, _float(value.imag))
    return plain if kind == "complex128" else syntax.call(dtype(kind), plain)


def _float(value: float) -> gast.expr:
    if math.isnan(value):
        return syntax.numpy("nan")
    if math.isinf(value):
        return syntax.numpy("inf") if value > 0 else gast.UnaryOp(gast.USub(), syntax.numpy("inf"))
    return syntax.literal(value)


class Expressions:
    """Writes atoms and values, given the names of variables and what is folded."""

    def __init__(self, names: Names, folding: Folding) -> None:
        self.names = names
        self.folding = folding
        self.sums: set[Var] = set()
        self.kernels = False  # whether elementary functions are those that a loop is vectorised with

    @contextmanager
    def vectorised(self, possible: bool = True, sums: Iterable[Var] = ()) -> Iterator[None]:
        """Write the body of a loop: if it can be vectorised, with our own elementary functions.

        Elsewhere the C library's take less time for one number. `sums` are the carries that only add up.
        """
        outer, self.kernels = self.kernels, possible
        self.sums |= set(sums)
        try:
            yield
        finally:
            self.kernels = outer

    def atom(self, atom: Atom) -> gast.expr:
        """A constant, a name, or the expression of a variable that has none."""
        if isinstance(atom, Const):
            return constant(atom)
        folded = self.folding.values.get(atom)
        if folded is None:
            return syntax.name(self.names.of[atom])
        return self.conditional(folded) if isinstance(folded, If) else self.assigned(atom, folded)

    def atoms(self, atoms: Sequence[Atom]) -> list[gast.expr]:
        """Each of the atoms."""
        return [self.atom(atom) for atom in atoms]

    def assigned(self, target: Var, value: Value) -> gast.expr:
        """What a variable becomes; Numba computes in 64 bits, of which short integers keep theirs."""
        written = self.value(value)
        kind = target.type
        short = isinstance(kind, Scalar) and is_integer(kind) and kind.dtype not in ("int64", "uint64")
        if short and isinstance(value, Apply) and value.operator != "cast":
            return syntax.call(dtype(kind.dtype), written)
        return written

    def value(self, value: Value) -> gast.expr:
        """A right-hand side; a pop is written by the statement that contains it."""
        match value:
            case Apply("cast", (operand,), attributes):
                return self._cast(operand, str(dict(attributes)["dtype"]))
            case Apply(operator, arguments):
                text = self.kernels and (self._sum(value) or kernel(value))
                return self._apply(text or template(operator), arguments)
            case Load(array, index):
                return syntax.item(self.atom(array), self.atoms(index))
            case View(array, index):
                return self.view(array, index)
            case Transpose(array, axes):
                return self._transpose(array, axes)
            case Reshape(array, shape):
                lengths = syntax.tuple_of(self.atoms(shape))
                return syntax.call(syntax.attribute(self.atom(array), "reshape"), lengths)
            case Dim(array, axis):
                return syntax.item(syntax.attribute(self.atom(array), "shape"), [syntax.literal(axis)])
            case Allocate(shape, kind, fill):
                return self.allocation(shape, kind, fill)
            case NewStack(kind):
                return syntax.call(syntax.numpy("empty"), syntax.literal(STACK_SIZE), dtype(kind))
            case Pop():
                raise TypeError("a pop changes its stack and is no expression")
            case _:
                assert_never(value)

    def conditional(self, statement: If) -> gast.expr:
        """A choice between two values: `and`, `or`, or `a if condition else b`."""
        condition = self.atom(statement.condition)
        (then,), (orelse,) = statement.then.yields, statement.orelse.yields
        if _is(orelse, False) and statement.results[0].type.dtype == "bool":
            return _joined(gast.And(), condition, self.atom(then))
        if _is(then, True) and statement.results[0].type.dtype == "bool":
            return _joined(gast.Or(), condition, self.atom(orelse))
        return gast.IfExp(condition, self.atom(then), self.atom(orelse))

    def allocation(self, shape: Sequence[Atom], kind: str, fill: Atom | None) -> gast.expr:
        """`np.empty`, `np.zeros` or `np.full` of that shape."""
        arguments = [syntax.grouped(self.atoms(shape)) if shape else syntax.tuple_of([])]
        function = "empty" if fill is None else "full"
        if isinstance(fill, Const) and _is_plus_zero(fill):
            function = "zeros"
        elif fill is not None:
            arguments.append(self.atom(fill))
        if function == "full" or kind != "float64":
            arguments.append(dtype(kind))
        return syntax.call(syntax.numpy(function), *arguments)

    def top(self, stack: Var) -> gast.expr:
        """The variable that counts the elements of a stack."""
        return syntax.name(top_of(self.names.of[stack]))

    def _sum(self, value: Apply) -> str:
        """How a loop adds to a sum."""
        if value.operator != "add" or self.sums.isdisjoint(value.operands):
            return ""
        return "plus({0}, {1})" if value.operands[0] in self.sums else "plus({1}, {0})"

    def _apply(self, text: str, arguments: Sequence[Atom]) -> gast.expr:
        """An operator's template; whole numbers are not converted where arithmetic does it anyway."""
        operands = self.atoms(arguments)
        written = syntax.filled(text, operands)
        if not (isinstance(written, gast.BinOp) and isinstance(written.op, _EXACT) and len(arguments) == 2):
            return written
        whole = [self._whole_number(atom) for atom in arguments]
        pairs = list(zip(operands, whole, strict=True))
        divides = isinstance(written.op, gast.Div)
        if divides or not all(whole):  # the other operand is a float64, or becomes one
            return syntax.filled(text, [operand if number is None else number for operand, number in pairs])
        return written

    def _whole_number(self, atom: Atom) -> gast.expr | None:
        """The int64 behind a conversion to float64 that is written in place."""
        folded = self.folding.values.get(atom) if isinstance(atom, Var) else None
        match folded:
            case Apply("cast", (operand,), attributes) if dict(attributes)["dtype"] == "float64":
                return self.atom(operand) if operand.type.dtype == "int64" else None
        return None

    def _cast(self, operand: Atom, kind: str) -> gast.expr:
        written = self.atom(operand)
        if operand.type.dtype == kind:
            return written
        return syntax.call(syntax.name("bool") if kind == "bool" else dtype(kind), written)

    def view(self, array: Var, index: Sequence[Atom | Slice | NewAxis]) -> gast.expr:
        """Basic indexing; whole axes at the end are left out. A view of one element stays an array."""
        axes = list(index)
        if not any(isinstance(axis, (Slice, NewAxis)) for axis in axes):
            *outer, last = map(self._axis, axes)
            starts = syntax.item(self.atom(array), [*outer, gast.Slice(last, None, None)])
            single = syntax.item(starts, [gast.Slice(None, syntax.literal(1), None)])
            return syntax.call(syntax.attribute(single, "reshape"), syntax.tuple_of([]))
        while len(axes) > 1 and axes[-1] == Slice(None, None, None):
            axes.pop()
        return syntax.item(self.atom(array), [self._axis(axis) for axis in axes])

    def _axis(self, axis: Atom | Slice | NewAxis) -> gast.expr:
        match axis:
            case Slice(start, stop, step):
                return gast.Slice(
                    *(None if bound is None else self.atom(bound) for bound in (start, stop, step))
                )
            case NewAxis():
                return syntax.numpy("newaxis")
            case Var() | Const():
                return self.atom(axis)
            case _:
                assert_never(axis)

    def _transpose(self, array: Var, axes: tuple[int, ...]) -> gast.expr:
        if axes == tuple(reversed(range(len(axes)))):
            return syntax.attribute(self.atom(array), "T")
        return syntax.call(syntax.name("turned"), self.atom(array), *map(syntax.literal, axes))


def _is_plus_zero(const: Const) -> bool:
    """Whether all bits are zero, as those that `np.zeros` makes."""
    number = complex(const.value)
    return number == 0 and math.copysign(1, number.real) > 0 and math.copysign(1, number.imag) > 0


def _is(atom: Atom, value: bool) -> bool:
    return isinstance(atom, Const) and atom.value is value


def _joined(operator: gast.boolop, left: gast.expr, right: gast.expr) -> gast.expr:
    """`left and right`, chains of the same operator written flat."""
    same = isinstance(left, gast.BoolOp) and type(left.op) is type(operator)
    first = left.values if isinstance(left, gast.BoolOp) and same else [left]
    return gast.BoolOp(operator, [*first, right])
