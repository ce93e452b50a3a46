"""Forward mode, statement by statement: each stays as it is, and what computes its tangents follows it.

A number's tangent is a number. An array's is an array laid out alike, its *shadow*, that goes through the
same assignments, views, branches, loops and calls; so whatever shares memory has tangents that do. Nothing
here knows an operator: partial derivatives come from the registry's entries.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from autodiff_compiler.analysis.activity import Activity
from autodiff_compiler.analysis.aliasing import Roots
from autodiff_compiler.differentiate.forward_calls import CallTangents, call_tangents
from autodiff_compiler.differentiate.forward_nest import nest_tangents
from autodiff_compiler.differentiate.forward_rules import (
    dot_name,
    dot_type,
    dot_variable,
    no_tangent,
    tangent,
)
from autodiff_compiler.errors import CompilerBug
from autodiff_compiler.ir.build import Builder, array_type, as_variable
from autodiff_compiler.ir.nodes import (
    Allocate,
    Apply,
    Assign,
    Atom,
    Block,
    Call,
    Carry,
    For,
    Guard,
    If,
    Load,
    Nest,
    Push,
    Reshape,
    Statement,
    Store,
    Transpose,
    Value,
    Var,
    View,
    While,
)
from autodiff_compiler.ir.types import Array
from autodiff_compiler.ir.walk import map_operands


@dataclass
class Forward:
    """What forward mode knows of one function: activity, memory, and the tangents of what it has passed."""

    activity: Activity
    memory: Roots
    callees: CallTangents
    dots: dict[Var, Atom]

    def active(self, atom: Atom) -> bool:
        """Whether the atom takes part in the derivative."""
        return self.activity.is_active(atom)

    def dot(self, atom: Atom) -> Atom:
        """The tangent of a number or an array; of a number that does not vary the constant zero."""
        found = self.dots.get(atom) if isinstance(atom, Var) else None
        if found is not None:
            return found
        if isinstance(atom.type, Array):
            raise CompilerBug(f"the array `{atom.name if isinstance(atom, Var) else atom}` has no tangent")
        return no_tangent(atom)

    def shadow(self, array: Var) -> Var:
        """The tangent of an array that takes part."""
        return as_variable(self.dot(array))

    # ------------------------------------------------------------ blocks

    def block(self, block: Block, also: Sequence[bool] = ()) -> Block:
        """The block with its tangents; it yields in addition those of its yields that are named by `also`."""
        builder = Builder()
        for statement in block.statements:
            builder.at = statement.at
            self._statement(builder, statement)
        moved = [self.dot(atom) for atom, yes in zip(block.yields, also, strict=True) if yes] if also else []
        return Block(tuple(builder.statements), (*block.yields, *moved))

    def _statement(self, builder: Builder, statement: Statement) -> None:
        match statement:
            case Assign():
                builder.add(statement)
                self._assign(builder, statement.target, statement.value)
            case Store():
                builder.add(statement)
                self._store(builder, statement)
            case Nest():
                nest_tangents(self, builder, statement)
            case If():
                builder.add(self._if(statement))
            case For() | While():
                builder.add(self._loop(statement))
            case Call():
                call_tangents(self, builder, statement)
            case Guard() | Push():
                builder.add(statement)
            case _:
                assert_never(statement)

    # ------------------------------------------------------------ straight-line statements

    def _assign(self, builder: Builder, target: Var, value: Value) -> None:
        if not self.active(target):
            return
        if isinstance(target.type, Array):
            self.dots[target] = self._array(builder, target, value)
        else:
            self.dots[target] = self.number(builder, target, value)

    def number(self, builder: Builder, target: Var, value: Value) -> Atom:
        """Append what computes the tangent of a number."""
        before = len(builder.statements)
        match value:
            case Load(array, index):
                return builder.load(self.shadow(array), index, dot_name(target))
            case Apply():
                moved = tangent(builder, target, value, self.dot)
            case _:
                raise CompilerBug(f"forward mode does not know how `{target.name}` is made")
        if isinstance(moved, Var) and len(builder.statements) > before:
            moved = builder.rename_last(moved, dot_name(target))
        return moved

    def _array(self, builder: Builder, target: Var, value: Value) -> Var:
        """Append what makes the shadow of an array."""
        match value:
            case View(array) | Transpose(array) | Reshape(array):
                alike = map_operands(value, lambda atom: self.dot(atom) if atom is array else atom)
                return builder.assign(alike, target.type, dot_name(target))
            case Allocate(shape, dtype, fill):
                filled = None if fill is None else self.dot(fill)
                return builder.assign(Allocate(shape, dtype, filled), target.type, dot_name(target))
            case Apply("copy", (source,)):
                if not self.active(source):
                    return self.unmoved(builder, target)
                copy = Apply("copy", (self.dot(source),))
                return builder.assign(copy, dot_type(target.type), dot_name(target))
            case _:
                raise CompilerBug(f"forward mode does not know how `{target.name}` is made")

    def unmoved(self, builder: Builder, array: Var) -> Var:
        """A shadow of zeros."""
        made = Allocate(builder.dims(array), array.type.dtype, no_tangent(array))
        kind = array_type(array)
        return builder.assign(made, Array(kind.dtype, kind.rank, True, kind.units), dot_name(array))

    def _store(self, builder: Builder, statement: Store) -> None:
        if not self.active(statement.array):
            return
        moved = self.dot(statement.value)
        if not statement.accumulate or isinstance(moved, Var):
            shadow = self.shadow(statement.array)
            builder.store(shadow, statement.index, moved, accumulate=statement.accumulate)

    # ------------------------------------------------------------ branches and loops

    def _if(self, statement: If) -> If:
        also = [self.active(result) for result in statement.results]
        then, orelse = self.block(statement.then, also), self.block(statement.orelse, also)
        moved = self._new(statement.results, also)
        return If(statement.condition, then, orelse, (*statement.results, *moved), statement.at)

    def _new(self, variables: Sequence[Var], also: Sequence[bool]) -> list[Var]:
        """New variables for the tangents of some of these, which are known from now on."""
        chosen = [variable for variable, yes in zip(variables, also, strict=True) if yes]
        made = [dot_variable(variable, variable.at) for variable in chosen]
        self.dots.update(zip(chosen, made, strict=True))
        return made

    def _loop(self, statement: For | While) -> For | While:
        carries = statement.carries
        also = [self.active(carry.inside) or self.active(carry.after) for carry in carries]
        starts = [self.dot(carry.start) for carry, yes in zip(carries, also, strict=True) if yes]
        inside = self._new([carry.inside for carry in carries], also)
        if isinstance(statement, While):
            test = self.block(statement.test)
        body = self.block(statement.body, also)
        after = self._new([carry.after for carry in carries], also)
        carried = (*carries, *map(Carry, inside, starts, after))
        if isinstance(statement, While):
            return While(carried, test, body, statement.at)
        index, span = statement.index, (statement.start, statement.stop, statement.step)
        return For(index, *span, carried, body, statement.at)
