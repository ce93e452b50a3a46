"""Where a statement or expression is lowered: the frame, the block being built, the names in view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import gast

from autodiff_compiler.errors import AliasedMutation, TypeMismatch
from autodiff_compiler.frontend.context import Frame
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.values import Binding, Lowered, TupleValue, describe, describe_type
from autodiff_compiler.ir.build import Builder
from autodiff_compiler.ir.nodes import Apply, Atom, Const, Var
from autodiff_compiler.ir.types import INT, Array, Scalar, Type, is_bool, is_float, is_integer
from autodiff_compiler.operators import registry
from autodiff_compiler.operators.entry import Elementwise
from autodiff_compiler.operators.promotion import promote
from autodiff_compiler.operators.trace import fold


@dataclass
class Scope:
    """The frame, the builder of the current block, and the bindings in view."""

    frame: Frame
    builder: Builder
    names: dict[str, Binding]
    dead: bool = False  # control never reaches the end of what was lowered here

    def nested(self) -> Scope:
        """A scope for a nested block: its own statements, a copy of the names."""
        return Scope(self.frame, Builder(self.builder.at), dict(self.names))

    def adopt(self, arm: Scope) -> None:
        """Go on with the statements and names of an arm, as it is surely taken."""
        self.builder.statements += arm.builder.statements
        self.names.clear()
        self.names.update(arm.names)

    # ------------------------------------------------------------ what a value must be

    def atom(self, value: Lowered, node: gast.AST, what: str) -> Atom:
        """The value as a number or array, or a located error saying what `what` is instead."""
        if isinstance(value, (Var, Const)):
            return value
        self.frame.refuse(TypeMismatch, node, f"{what} is {describe(value)}, not a number or array")

    def scalar(self, value: Lowered, node: gast.AST, what: str) -> Atom:
        """The value as a number."""
        atom = self.atom(value, node, what)
        if isinstance(atom.type, Array):
            self.frame.refuse(TypeMismatch, node, f"{what} is {describe(value)} where one number is needed")
        return atom

    def array(self, value: Lowered, node: gast.AST, what: str) -> Var:
        """The value as an array."""
        if isinstance(value, Var) and isinstance(value.type, Array):
            return value
        self.frame.refuse(TypeMismatch, node, f"{what} is {describe(value)} where an array is needed")

    def integer(self, value: Lowered, node: gast.AST, what: str) -> Atom:
        """The value as a whole number (a boolean counts as 0 or 1)."""
        atom = self.scalar(value, node, what)
        if is_bool(atom.type):
            return self.cast(atom, Scalar("int64", weak=True))
        if not is_integer(atom.type):
            self.frame.refuse(
                TypeMismatch,
                node,
                f"{what} is {describe(value)} where an integer is needed",
                "int(...) around it",
            )
        return atom if atom.type.dtype == "int64" else self.cast(atom, INT)

    def condition(self, value: Lowered, node: gast.AST) -> Atom:
        """The value's truth."""
        if isinstance(value, Static):
            return Const(bool(value.value), Scalar("bool"))
        if isinstance(value, TupleValue):
            return Const(bool(value.items), Scalar("bool"))
        atom = self.scalar(value, node, "the condition")
        if is_bool(atom.type):
            return atom
        zero = Const(0 if is_integer(atom.type) else 0.0, Scalar(atom.type.dtype))
        return self.apply("not_equal", (atom, zero), Scalar("bool"))

    def known_integer(self, value: Lowered, node: gast.AST, what: str) -> int:
        """The value as an integer known while compiling."""
        if isinstance(value, Const) and is_integer(value.type):
            return int(value.value)
        self.frame.context.need_static(value)
        self.frame.refuse(
            TypeMismatch,
            node,
            f"{what} must be a constant, and is only known when the function runs",
            "write the number, or make it a parameter of its own",
        )

    # ------------------------------------------------------------ operators

    def apply(self, operator: str, operands: Sequence[Atom], kind: Type) -> Atom:
        """Append an operator application, folding what is constant."""
        folded = fold(operator, tuple(operands)) if isinstance(kind, Scalar) else None
        if folded is not None and folded.type.dtype == kind.dtype and not isinstance(folded.type, Array):
            return folded
        return self.builder.assign(Apply(operator, tuple(operands)), kind)

    def cast(self, atom: Atom, to: Scalar) -> Atom:
        """The same number or array in another dtype."""
        return self.builder.cast(atom, to)

    def elementwise(
        self,
        node: gast.AST,
        name: str,
        values: Sequence[Lowered],
        *,
        python: bool = False,
        scalars_only: bool = False,
    ) -> Atom:
        """Apply an elementwise operator to numbers and arrays: promotion, casts, result type.

        `python`: the operator of Python's syntax or builtins, whose result on Python numbers is one again;
        `scalars_only`: a function of `math`, which computes in double precision and gives a Python float.
        """
        entry = registry.elementwise(name)
        atoms = [self.atom(value, node, f"an operand of {entry.symbol or name}") for value in values]
        kinds = [atom.type for atom in atoms]
        if scalars_only and any(isinstance(kind, Array) for kind in kinds):
            self.frame.refuse(
                TypeMismatch, node, f"math.{name} takes single numbers, and gets an array", f"np.{name}"
            )
        computing = kinds[1:] if name == "where" else kinds
        common = (
            Scalar("float64", True)
            if scalars_only and entry.result == "float"
            else promote(computing, entry.result)
        )
        self._check_integers(node, entry, common)
        start = 1 if name == "where" else 0
        atoms[start:] = [self.cast(atom, common) for atom in atoms[start:]]
        result = Scalar("bool") if entry.result == "bool" else common
        weak = scalars_only or (python and common.weak)
        ranks = [kind for kind in kinds if isinstance(kind, Array)]
        if not ranks:
            return self.apply(name, atoms, Scalar(result.dtype, weak and result.dtype != "bool"))
        return self.apply(name, atoms, broadcast(result.dtype, ranks))

    def _check_integers(self, node: gast.AST, entry: Elementwise, common: Scalar) -> None:
        if entry.result == "integer" and is_float(common):
            self.frame.refuse(
                TypeMismatch, node, f"`{entry.symbol or entry.name}` needs integers or booleans, not floats"
            )

    def check_writable(self, array: Var, node: gast.AST) -> None:
        """Refuse writing where NumPy's memory sharing cannot be known while compiling."""
        if array in self.frame.context.uncertain_views:
            self.frame.refuse(
                AliasedMutation,
                node,
                "whether this reshape of memory with gaps shares it is only known at run time",
                "take a copy first: b = a.copy().reshape(...)",
            )


def broadcast(dtype: str, kinds: Sequence[Array]) -> Array:
    """The type of an elementwise result of these arrays."""
    rank = max(kind.rank for kind in kinds)
    units = [True] * rank
    for kind in kinds:
        for axis, unit in enumerate(kind.units):
            units[rank - kind.rank + axis] &= unit
    return Array(dtype, rank, True, tuple(units))


__all__ = ["Scope", "broadcast", "describe_type"]
