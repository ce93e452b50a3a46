"""Where a statement or expression is lowered: the frame, the block being built, the names in view."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from inspect import getattr_static
from types import FunctionType

import gast
import numpy as np

from autodiff_compiler.errors import AliasedMutation, TypeMismatch, UnsupportedSyntax
from autodiff_compiler.frontend.axis_order import as_operands
from autodiff_compiler.frontend.complex_operands import of_complex_numbers
from autodiff_compiler.frontend.context import Frame
from autodiff_compiler.frontend.heap import VALUE, Heap, lose
from autodiff_compiler.frontend.kinds import Kind, Static
from autodiff_compiler.frontend.lessons import as_learned
from autodiff_compiler.frontend.list_arrays import check_unshared, length_atom
from autodiff_compiler.frontend.operand_dtypes import converted
from autodiff_compiler.frontend.placed import put_in_place
from autodiff_compiler.frontend.stacking import check_item, held_by_place
from autodiff_compiler.frontend.values import (
    Binding,
    Cell,
    Contents,
    Counted,
    Either,
    FunctionValue,
    Generator,
    Iteration,
    Listed,
    Lowered,
    Partial,
    Reference,
    TupleValue,
    Undefined,
    describe,
    describe_type,
    literal,
)
from autodiff_compiler.ir.build import Builder
from autodiff_compiler.ir.nodes import Apply, Atom, Const, Guard, Var
from autodiff_compiler.ir.types import (
    BOOL,
    INT,
    Array,
    Handle,
    Scalar,
    Type,
    is_bool,
    is_complex,
    is_integer,
)
from autodiff_compiler.operators import registry
from autodiff_compiler.operators.promotion import broadcast, result_of
from autodiff_compiler.operators.trace import fold_strictly


@dataclass
class Scope:
    """The frame, the builder of the current block, and the bindings in view."""

    frame: Frame
    builder: Builder
    names: dict[str, Binding]
    heap: dict[Cell, Contents] = field(default_factory=dict)  # what every list, dict and object holds
    caller: Scope | None = None  # where the call of this function is lowered
    known: dict[Atom, bool] = field(default_factory=dict)  # conditions that hold or fail in this block
    dead: bool = False  # control never reaches the end of what was lowered here

    def __post_init__(self) -> None:
        if not isinstance(self.heap, Heap):
            assert not self.heap, "a copy would lose what is changed in it"
            self.heap = Heap({}, self.frame.context.outside)

    def nested(self, condition: Atom | None = None, holds: bool = True) -> Scope:
        """A scope for a nested block: its own statements, a copy of names and heap. `condition` is one that
        surely holds there, or surely fails.
        """
        known = dict(self.known)
        while condition is not None:
            known[condition] = holds
            inner = self.frame.context.negations.get(condition) if isinstance(condition, Var) else None
            condition, holds = inner, not holds
        builder = Builder(self.builder.at)
        heap = Heap(self.heap, self.frame.context.outside)
        return Scope(self.frame, builder, dict(self.names), heap, self.caller, known)

    def adopt(self, arm: Scope) -> None:
        """Go on with the statements, names and objects of an arm, as it is surely taken."""
        self.builder.statements += arm.builder.statements
        for mine, other in ((self.names, arm.names), (self.heap, arm.heap)):
            mine.clear()
            mine.update(other)  # type: ignore[arg-type]  # each with its like
        self.known = arm.known

    # ------------------------------------------------------------ names and what mutable objects hold

    def lookup(self, name: str) -> Binding | None:
        """The binding of a local name, or of one shared with a function around; None if there is none."""
        cell = self.frame.cells.get(name)
        if cell is not None:
            return self.heap[cell].items.get(VALUE, Binding(Undefined()))
        return self.names.get(name)

    def bind(self, name: str, binding: Binding) -> None:
        """Give a local name, or one shared with a function around, a value."""
        cell = self.frame.cells.get(name)
        if cell is None:
            self.names[name] = binding
        else:
            self.heap[cell] = self.heap[cell].with_item(VALUE, binding)

    def named(self, node: gast.AST, value: Lowered) -> Lowered:
        """A value that is kept: of an iterator, an object that holds how far it is."""
        if isinstance(value, Generator):
            over = self.frame.context.item_by_item(self, node, value)
            return self.make(Iteration, Iteration.start(over or value), "iterator")
        if not isinstance(value, (Listed, Counted)) or not value.once:
            return value
        if value.eager:
            instead = "the iterator in the loop itself, or tuple(...) around it"
            self.frame.refuse(UnsupportedSyntax, node, Iteration.EAGER, instead)
        return self.make(Iteration, Iteration.start(value), "iterator")

    def unbind(self, name: str) -> None:
        """Forget a name."""
        cell = self.frame.cells.get(name)
        if cell is None:
            self.names.pop(name, None)
        else:
            self.heap[cell] = self.heap[cell].without(VALUE)

    def make(
        self, cls: type, items: Mapping[object, Lowered], name: str = "", site: object = None,
        item: Kind | None = None,
    ) -> Reference:  # fmt: skip
        """A new list, dict or object."""
        cell = Cell(cls, name, site, item)
        self.heap[cell] = Contents({key: Binding(value) for key, value in items.items()})
        return Reference(cell)

    def contents(self, reference: Reference) -> Contents:
        """What a list, dict or object holds here."""
        self.frame.context.touched.add(reference.cell)
        held = self.heap[reference.cell]
        return held if held.place is None else held_by_place(self, held)

    def put(self, node: gast.AST, reference: Reference, key: object, value: Lowered) -> None:
        """Change one attribute, key or position."""
        value = self.named(node, value)
        self.check_changeable(node, reference)
        self.frame.context.touched.add(reference.cell)
        if self.heap[reference.cell].place is not None:
            put_in_place(self, node, self.heap[reference.cell], key, value)
            return
        self.frame.context.changes[reference.cell, key] = None
        self.heap[reference.cell] = self.heap[reference.cell].with_item(key, Binding(value))

    def check_changeable(self, node: gast.AST, reference: Reference) -> None:
        """Refuse a change of an object that another name may or may not mean."""
        frozen = self.heap[reference.cell].frozen
        if reference.cell in self.frame.context.outside:
            instead = "pass it as an argument, or return the new value"
            self.frame.refuse(UnsupportedSyntax, node, frozen, instead)
        if frozen:
            self.frame.context.keep_apart(self.heap[reference.cell].joins)
            instead = "change it before, or make a new object instead of changing it"
            self.frame.refuse(AliasedMutation, node, frozen, instead)
        check_unshared(self, node, reference)
        lose(self.heap, reference.cell)

    def items(self, value: Lowered) -> tuple[Lowered, ...] | None:
        """The items of a tuple, or of a list of known length; None for anything else."""
        if isinstance(value, TupleValue):
            return None if value.cls in (slice, np.flatiter) else value.items
        if isinstance(value, Listed):
            return tuple(value.item(self, position) for position in range(value.length(self)))
        if isinstance(value, Reference) and value.cell.cls is list and value.cell.item is None:
            return tuple(binding.value for binding in self.contents(value).items.values())
        return None

    def live(self) -> Iterator[Lowered]:
        """Every value that a name of this function, or of those that called it, stands for.

        The objects that its caller has passed live on as well.
        """
        yield from map(Reference, (*self.frame.context.owned, *self.frame.given))
        scope: Scope | None = self
        while scope is not None:
            for binding in scope.names.values():
                yield binding.value
            for cell in scope.frame.cells.values():
                if cell in self.heap:
                    yield from (binding.value for binding in self.heap[cell].items.values())
            scope = scope.caller

    # ------------------------------------------------------------ what a value must be

    def atom(self, value: Lowered, node: gast.AST, what: str) -> Atom:
        """The value as a number or array, or a located error saying what `what` is instead."""
        if isinstance(value, (Var, Const)) and not isinstance(value.type, Handle):
            return value
        if isinstance(value, Static) and isinstance(value.value, (int, float)):  # of an enumeration
            number = literal(value.value.value if isinstance(value.value, Enum) else value.value)
            if isinstance(number, Const):
                return number
        if isinstance(value, Undefined) and value.reason:
            self.frame.refuse(TypeMismatch, node, value.reason, value.instead)
        if isinstance(value, Either):
            return self._either_atom(value, node, what)
        self.frame.refuse(TypeMismatch, node, f"{what} is {describe(value)}, not a number or array")

    def _either_atom(self, value: Either, node: gast.AST, what: str) -> Atom:
        """The side that is a number, where the running program finds that it is this side."""
        if not isinstance(found := self.resolved(value), Either):
            return self.atom(found, node, what)
        value = found
        first = isinstance(value.then, (Var, Const, Either))
        number, other = (value.then, value.orelse) if first else (value.orelse, value.then)
        holds = value.condition if first else self.negated(value.condition)
        message = f"{what} is {describe(other)} here, not a number or array"
        self.builder.add(Guard(holds, message, (), "TypeMismatch", self.frame.at(node)))
        return self.atom(number, node, what)

    def resolved(self, value: Lowered) -> Lowered:
        """The side of a value of two forms that this block knows it to have."""
        while isinstance(value, Either):
            if isinstance(value.condition, Const):
                value = value.then if value.condition.value else value.orelse
            elif value.condition in self.known:
                value = value.then if self.known[value.condition] else value.orelse
            else:
                return value
        return value

    def negated(self, condition: Atom) -> Atom:
        """`not condition`, remembered as such."""
        if isinstance(condition, Const):
            return Const(not condition.value, BOOL)
        if condition in self.frame.context.negations:
            return self.frame.context.negations[condition]
        made = self.apply("logical_not", [condition], BOOL)
        if isinstance(made, Var):
            self.frame.context.negations[made] = condition
        return made

    def truth(self, value: Reference | TupleValue, node: gast.AST) -> Atom:
        """The truth of a list, a dict, an object or a NamedTuple."""
        cls = value.cell.cls if isinstance(value, Reference) else value.cls
        if isinstance(value, Reference) and value.cell.item is not None:
            return self.apply("greater", (length_atom(self, value), Const(0, INT)), BOOL)
        if isinstance(value, Reference) and cls is dict:
            return Const(bool(self.contents(value).items), BOOL)
        for name in ("__bool__", "__len__"):
            method = getattr_static(cls, name, None)
            if isinstance(method, FunctionType):
                return self.condition(self.frame.context.call(self, node, Static(method), [value], {}), node)
        if isinstance(value, TupleValue):
            return Const(bool(value.items), BOOL)
        return Const(True, BOOL)

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
            reason = f"{what} is {describe(value)} where an integer is needed"
            self.frame.refuse(TypeMismatch, node, reason, "int(...) around it")
        return atom if atom.type.dtype == "int64" else self.cast(atom, INT)

    def condition(self, value: Lowered, node: gast.AST) -> Atom:
        """The value's truth."""
        value = self.resolved(value)
        if isinstance(value, Either):
            distribute = self.frame.context.distribute
            return self.condition(distribute(self, node, value, lambda s, v: s.condition(v, node)), node)
        if isinstance(value, Static):
            return Const(bool(value.value), Scalar("bool"))
        items = self.items(value)
        if items is not None and not (isinstance(value, TupleValue) and value.cls is not tuple):
            return Const(bool(items), Scalar("bool"))
        if isinstance(value, (FunctionValue, Partial)):
            return Const(True, Scalar("bool"))
        if isinstance(value, (Reference, TupleValue)):
            return self.truth(value, node)
        atom = self.scalar(value, node, "the condition")
        if isinstance(atom, Const):
            return Const(bool(atom.value), BOOL)
        if is_bool(atom.type):
            return atom
        zero = Const(0 if is_integer(atom.type) else 0.0, Scalar(atom.type.dtype))
        return self.apply("not_equal", (atom, zero), Scalar("bool"))

    def known_integer(self, value: Lowered, node: gast.AST, what: str) -> int:
        """The value as an integer known while compiling."""
        if isinstance(value, Const) and is_integer(value.type):
            return int(value.value)
        if isinstance(value, Static) and isinstance(value.value, int):  # a member of an enumeration
            return int(value.value)
        self.frame.context.need_static(value)
        self.frame.refuse(
            TypeMismatch, node, f"{what} must be a constant, and is only known when the function runs",
            "write the number, or make it a parameter of its own",
        )  # fmt: skip

    # ------------------------------------------------------------ operators

    def apply(self, operator: str, operands: Sequence[Atom], kind: Type) -> Atom:
        """Append an operator application, folding what is constant."""
        folded = fold_strictly(operator, tuple(operands)) if isinstance(kind, Scalar) else None
        if isinstance(folded, Const) and isinstance(kind, Scalar) and folded.type.dtype == kind.dtype:
            return Const(folded.value, kind)
        if folded is not None and folded.type == kind and folded not in self.frame.context.without_axes:
            return folded  # of one strength, and not what NumPy makes anew
        made = self.builder.assign(Apply(operator, tuple(operands)), kind)
        if operator in ("add", "multiply") and all(map(self.is_natural, operands)):
            self.frame.context.natural.add(made)
        self.frame.context.derive(made, operands)
        return made

    def is_natural(self, atom: Atom) -> bool:
        """Whether an integer is surely not negative."""
        if isinstance(atom, Const):
            return is_integer(atom.type) and atom.value >= 0
        return atom in self.frame.context.natural

    def cast(self, atom: Atom, to: Scalar) -> Atom:
        """The same number or array in another dtype."""
        made = self.builder.cast(atom, to)
        if isinstance(made, Var) and made is not atom:
            self.frame.context.derive(made, (atom,))
        return made

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
        if any(isinstance(value, (Var, Const)) and is_complex(value.type) for value in values):
            name, values = of_complex_numbers(self.frame, node, entry, values, scalars_only=scalars_only)
            entry = registry.elementwise(name)
        atoms = [self.atom(value, node, f"an operand of {entry.symbol or name}") for value in values]
        atoms = as_learned(self.frame, self.builder, (self.builder.at, name), atoms)
        kinds = [atom.type for atom in atoms]
        ranks = [kind for kind in kinds if isinstance(kind, Array)]
        if scalars_only and ranks:
            self.frame.refuse(TypeMismatch, node, f"math.{name} takes single numbers", f"np.{name}")
        in_float64 = scalars_only and entry.result == "float"
        start = 1 if name == "where" else 0
        given = tuple(atoms)
        atoms[start:], common = converted(
            self, node, entry, atoms[start:], python=python, in_float64=in_float64
        )
        result = result_of(entry, common)
        if not ranks:
            weak = (scalars_only or (python and common.weak)) and result.dtype != "bool"
            return self.apply(name, atoms, Scalar(result.dtype, weak))
        made = self.apply(name, atoms, broadcast(result.dtype, ranks))
        return as_operands(self.frame, self.builder, made, given)

    def check_writable(self, array: Var, node: gast.AST) -> None:
        """Refuse writing where NumPy's memory sharing cannot be known while compiling."""
        check_item(self, node, array)
        if array in self.frame.context.unwritable:
            reason = self.frame.context.unwritable[array]
            self.frame.refuse(AliasedMutation, node, reason, "take a copy first: b = a.copy()")


__all__ = ["Scope", "describe_type"]
