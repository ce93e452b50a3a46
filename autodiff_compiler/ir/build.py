"""A builder collects statements for a block and makes the variables they assign."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from autodiff_compiler.errors import TypeMismatch
from autodiff_compiler.ir.nodes import (
    Allocate,
    Apply,
    Assign,
    Atom,
    Block,
    Const,
    Dim,
    If,
    Load,
    Slice,
    Statement,
    Store,
    Value,
    Var,
)
from autodiff_compiler.ir.types import INT, Array, Scalar, Type, is_bool, is_complex
from autodiff_compiler.location import Location
from autodiff_compiler.wording import array_text, quoted

ANONYMOUS = ""  # the name of a variable that people have not named: any will do
FULL = Slice(None, None, None)  # all of an axis
STORE, VALUE = "store", -1  # in the lesson of a guard: no operator but a `Store`, and of that the value


def integer(value: int) -> Const:
    """An index or size constant."""
    return Const(value, INT)


def constant(value: float | bool, dtype: str) -> Const:
    """A strongly typed constant."""
    return Const(value, Scalar(dtype))


def neutral(combine: str, dtype: str) -> Const:
    """What combining starts from."""
    if combine == "add":
        return constant(np.dtype(dtype).type(0).item(), dtype)
    lowest = combine == "max"
    match np.dtype(dtype).kind:
        case "f":
            return constant(-np.inf if lowest else np.inf, dtype)
        case "b":
            return constant(not lowest, dtype)
        case _:
            limits = np.iinfo(dtype)
            return constant(int(limits.min if lowest else limits.max), dtype)


def as_variable(atom: Atom) -> Var:
    """The atom, where it can only be a variable: arrays and stacks are never constants."""
    assert isinstance(atom, Var)
    return atom


def in_words(array: Var) -> str:
    """What a message calls an array: its name, or the expression that it is the value of."""
    return quoted(array_text(array.name, array.at))


def array_type(array: Var) -> Array:
    """The type of a variable that can only be an array."""
    assert isinstance(array.type, Array)
    return array.type


def complex_constant(value: complex, kind: Scalar) -> Const:
    """A complex constant."""
    return Const(value, kind)  # type: ignore[arg-type]  # see Const


class Builder:
    """Statements in the making; `at` is the user location given to each statement that has none."""

    def __init__(self, at: Location | None = None) -> None:
        self.statements: list[Statement] = []
        self.at = at
        self._definitions: dict[Var, Value] = {}
        self._known = 0  # the statements up to here are in it

    def definition(self, variable: Atom) -> Value | None:
        """What a variable is assigned by the statements so far; None where they do not tell."""
        self._note()
        return self._definitions.get(variable) if isinstance(variable, Var) else None

    def _note(self) -> None:
        for statement in self.statements[self._known :]:
            if isinstance(statement, Assign):
                self._definitions[statement.target] = statement.value
        self._known = len(self.statements)

    def take(self) -> list[Statement]:
        """The statements so far, which leave the builder; what they define stays known to it."""
        self._note()
        taken, self.statements, self._known = self.statements, [], 0
        return taken

    def add(self, statement: Statement) -> None:
        """Append a finished statement."""
        self.statements.append(statement)

    def assign(self, value: Value, kind: Type, name: str = ANONYMOUS) -> Var:
        """Append `name = value` and return the new variable."""
        target = Var(name, kind, self.at)
        self.statements.append(Assign(target, value, self.at))
        return target

    def rename_last(self, value: Var, name: str, at: Location | None = None) -> Var:
        """Give the variable that the last statement defines another name; `value` is not used yet."""
        last = self.statements[-1]
        renamed = Var(name, value.type, at or value.at)
        match last:
            case Assign(target=target) if target is value:
                self.statements[-1] = Assign(renamed, last.value, last.at)
            case If(results=(only,)) if only is value:
                self.statements[-1] = If(last.condition, last.then, last.orelse, (renamed,), last.at)
            case _:
                return value
        self._known = min(self._known, len(self.statements) - 1)
        return renamed

    def cast(self, atom: Atom, to: Scalar, name: str = "") -> Atom:
        """The same number or array in another dtype (weakness alone needs no code).

        TypeMismatch where an imaginary part would be lost.
        """
        if atom.type.dtype == to.dtype:
            return atom
        if is_complex(atom.type) and not (is_complex(to) or is_bool(to)):
            reason = "a complex number is given where a real one is needed: its imaginary part would be lost"
            raise TypeMismatch(reason, suggestion="z.real, z.imag or abs(z)", location=self.at)
        if isinstance(atom, Const):
            return Const(np.dtype(to.dtype).type(atom.value).item(), to)
        kind = replace(atom.type, dtype=to.dtype, contiguous=True) if isinstance(atom.type, Array) else to
        return self.assign(Apply("cast", (atom,), (("dtype", to.dtype),)), kind, name or atom.name)

    def placeholder(self, kind: Type, name: str) -> Atom:
        """A number or array of the type, for a path on which nothing reads it."""
        if isinstance(kind, Array):
            shape = tuple(integer(1 if unit else 0) for unit in kind.units)
            return self.allocate(shape, kind.dtype, None, name)
        assert isinstance(kind, Scalar)
        return Const(np.dtype(kind.dtype).type(0).item(), kind)

    def load(self, array: Var, index: tuple[Atom, ...], name: str = "") -> Var:
        """Append the read of one element."""
        return self.assign(Load(array, index), Scalar(array.type.dtype), name or array.name)

    def store(self, array: Var, index: tuple[Atom, ...], value: Atom, *, accumulate: bool = False) -> None:
        """Append the write of one element."""
        self.statements.append(Store(array, index, value, accumulate, self.at))

    def dim(self, array: Var, axis: int) -> Atom:
        """The length of an axis: a constant where the type knows it is one."""
        if array_type(array).units[axis]:
            return integer(1)
        return self.assign(Dim(array, axis), INT, f"{array.name}_{axis}")

    def dims(self, array: Var) -> tuple[Atom, ...]:
        """The lengths of all axes."""
        return tuple(self.dim(array, axis) for axis in range(array_type(array).rank))

    def allocate(self, shape: tuple[Atom, ...], dtype: str, fill: Atom | None, name: str) -> Var:
        """Append the allocation of a fresh array."""
        units = tuple(isinstance(size, Const) and size.value == 1 for size in shape)
        return self.assign(Allocate(shape, dtype, fill), Array(dtype, len(shape), True, units), name)

    def block(self, *yields: Atom) -> Block:
        """What was collected, as a block."""
        return Block(tuple(self.statements), tuple(yields))

    @contextmanager
    def located(self, at: Location | None) -> Iterator[None]:
        """Give statements appended inside the `with` this location."""
        previous, self.at = self.at, at or self.at
        try:
            yield
        finally:
            self.at = previous
