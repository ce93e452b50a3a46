"""Calls in forward mode: of functions of the program by their own differentials, of the runtime by rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from autodiff_compiler.differentiate.forward_rules import dot_type, dot_variable, no_tangent
from autodiff_compiler.differentiate.library import append_rule
from autodiff_compiler.errors import DerivativeNotWritten
from autodiff_compiler.ir.build import Builder
from autodiff_compiler.ir.nodes import Allocate, Atom, Call, Callee, External, Function, Var
from autodiff_compiler.ir.types import Array

Positions = tuple[int, ...]


@dataclass(frozen=True)
class Asked:
    """What the differential of a function is made for."""

    name: str
    wrt: Positions  # arguments that come with a tangent
    moved: Positions  # results that are given with one


class CallTangents:
    """The differentials of a program's functions, named as they are asked for and made one after another."""

    def __init__(self, functions: Mapping[str, Function], entry: Function) -> None:
        self._primals = functions
        self._taken = {entry.name, *functions}
        self._names: dict[Asked, str] = {}
        self._waiting: list[Asked] = []

    def rule(self, name: str) -> Function:
        """The function that gives the tangents of a call of a function of the runtime."""
        return self._primals[name]

    def differential(self, asked: Asked) -> Callee:
        """The differential of a function, as its callers see it until it is made."""
        if asked not in self._names:
            self._names[asked] = self._name(asked.name)
            self._waiting.append(asked)
        function = self._primals[asked.name]
        given = [item.type for item in function.parameters]
        given += [dot_type(function.parameters[k].type) for k in asked.wrt]
        results = [item.type for item in function.body.yields]
        results += [dot_type(function.body.yields[k].type) for k in asked.moved]
        nothing: tuple[Positions, ...] = ((),) * len(results)
        flows = nothing + ((),) * len(given)
        name = self._names[asked]
        return Callee(name, tuple(given), tuple(results), ("",) * len(given), nothing, flows, True)

    def made(self, make: Callable[[str, Function, Asked], Function]) -> dict[str, Function]:
        """All functions by name, primals and what `make` makes: a differential of this name."""
        found = dict(self._primals)
        while self._waiting:
            asked = self._waiting.pop()
            name = self._names[asked]
            found[name] = make(name, self._primals[asked.name], asked)
        return found

    def _name(self, name: str) -> str:
        made, number = f"{name}_differential", 0
        while made in self._taken:
            number += 1
            made = f"{name}_{number}_differential"
        self._taken.add(made)
        return made


class Tangents(Protocol):
    """What forward mode knows of a function, as far as calls need it."""

    callees: CallTangents
    dots: dict[Var, Atom]

    def active(self, atom: Atom) -> bool:
        """Whether the atom takes part in the derivative."""

    def dot(self, atom: Atom) -> Atom:
        """The tangent of a number or an array; of a number that does not vary the constant zero."""


def call_tangents(known: Tangents, builder: Builder, statement: Call) -> None:
    """Append the call with the tangents of its results, and with those of arrays that it changes."""
    external = statement.callee.external
    if external is not None:
        builder.add(statement)
        if any(map(known.active, statement.results)):
            _external(known, builder, statement, external)
        return
    wrt = tuple(k for k, operand in enumerate(statement.operands) if known.active(operand))
    moved = tuple(k for k, result in enumerate(statement.results) if known.active(result))
    if not wrt:
        builder.add(statement)
        return
    callee = known.callees.differential(Asked(statement.callee.name, wrt, moved))
    dots = [dot_variable(statement.results[k], statement.at) for k in moved]
    operands = (*statement.operands, *(known.dot(statement.operands[k]) for k in wrt))
    builder.add(Call(callee, operands, (*statement.results, *dots), statement.at))
    known.dots.update(zip((statement.results[k] for k in moved), dots, strict=True))


def _external(known: Tangents, builder: Builder, statement: Call, external: External) -> None:
    """The statements of the rule, for the operands, the results, and the tangents of operands."""
    if external.rule is None:
        raise DerivativeNotWritten(
            f"{statement.callee.name} has no rule for forward mode",
            suggestion="pullback(...) or gradient(...), which have one",
            location=statement.at,
        )
    dots = [_full(known, builder, statement.operands[k]) for k in external.pulled]
    rule = known.callees.rule(external.rule)
    found = append_rule(builder, rule, (*statement.operands, *statement.results, *dots))
    for position, dot in zip(external.seeded, found, strict=True):
        known.dots[statement.results[position]] = dot


def _full(known: Tangents, builder: Builder, operand: Atom) -> Atom:
    """The tangent of an operand, zeros where it does not vary."""
    if known.active(operand) or not (isinstance(operand, Var) and isinstance(operand.type, Array)):
        return known.dot(operand)
    made = Allocate(builder.dims(operand), operand.type.dtype, no_tangent(operand))
    return builder.assign(made, operand.type, dot_variable(operand, None).name)
