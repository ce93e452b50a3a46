"""Joining what two branches, or two iterations, leave in a name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import gast

from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.unreachable import absorb, lower_arm
from autodiff_compiler.frontend.values import (
    FALSE,
    TRUE,
    Binding,
    Lowered,
    TupleValue,
    Undefined,
    describe,
    join,
)
from autodiff_compiler.ir.build import Builder
from autodiff_compiler.ir.nodes import Atom, Const, If, Var
from autodiff_compiler.ir.types import BOOL, Scalar, Type


@dataclass
class _Arms:
    """The results of an If in the making: what each branch yields for each."""

    scope: Scope
    builders: tuple[Builder, Builder]
    results: list[Var] = field(default_factory=list)
    yields: tuple[list[Atom], list[Atom]] = field(default_factory=lambda: ([], []))

    def result(self, name: str, kind: Type, then: Atom, orelse: Atom) -> Var:
        variable = Var(name, kind, self.scope.builder.at)
        self.results.append(variable)
        for builder, atoms, atom in zip(self.builders, self.yields, (then, orelse), strict=True):
            atoms.append(convert(builder, atom, kind))
        return variable


def join_arms(
    scope: Scope,
    node: gast.AST,
    condition: Atom,
    arms: tuple[Scope, Scope],
    values: Sequence[tuple[Lowered, Lowered]] = (),
) -> list[Lowered]:
    """Append `if condition` over the two arms' statements; what each (then, else) of `values` is afterwards.

    Names that an arm has changed are changed in `scope`.
    """
    alive = absorb(scope, node, condition, arms)
    if alive is not None:
        return [both[alive] for both in values]
    then, orelse = arms
    missing = Binding(Undefined())
    names = [
        name for name in dict.fromkeys((*then.names, *orelse.names))
        if then.names.get(name, missing) is not orelse.names.get(name, missing)
    ]  # fmt: skip
    entries = [(name, then.names.get(name, missing), orelse.names.get(name, missing)) for name in names]
    entries += [("", Binding(first), Binding(second)) for first, second in values]
    merged = merge_bindings(scope, node, condition, arms, entries)
    scope.names.update(zip(names, merged, strict=False))
    return [binding.value for binding in merged[len(names) :]]


def branch(
    scope: Scope,
    node: gast.AST,
    condition: Atom,
    then: Callable[[Scope], object],
    orelse: Callable[[Scope], object],
) -> None:
    """Lower one of two arms, or both and join what they leave in names."""
    if isinstance(condition, Const):
        (then if condition.value else orelse)(scope)
        return
    arms = scope.nested(), scope.nested()
    for arm, lower in zip(arms, (then, orelse), strict=True):
        lower_arm(arm, lower)
    join_arms(scope, node, condition, arms)


def merge_bindings(
    scope: Scope,
    node: gast.AST,
    condition: Atom,
    arms: tuple[Scope, Scope],
    entries: Sequence[tuple[str, Binding, Binding]],
) -> list[Binding]:
    """Append the `if`; a binding for each (name, then, else)."""
    state = _Arms(scope, (arms[0].builder, arms[1].builder))
    bindings = [_merge_one(state, name, then, orelse) for name, then, orelse in entries]
    then_block = arms[0].builder.block(*state.yields[0])
    else_block = arms[1].builder.block(*state.yields[1])
    scope.builder.add(If(condition, then_block, else_block, tuple(state.results), scope.frame.at(node)))
    return bindings


def _merge_one(state: _Arms, name: str, then: Binding, orelse: Binding) -> Binding:
    if then.value is orelse.value or (then.value == orelse.value and isinstance(then.value, (Const, Static))):
        return Binding(then.value, _defined(state, name, then.defined, orelse.defined))
    value = _merge_values(state, name, then.value, orelse.value)
    then_defined = FALSE if isinstance(then.value, Undefined) else then.defined
    else_defined = FALSE if isinstance(orelse.value, Undefined) else orelse.defined
    return Binding(
        value, TRUE if isinstance(value, Undefined) else _defined(state, name, then_defined, else_defined)
    )


def _defined(state: _Arms, name: str, then: Atom, orelse: Atom) -> Atom:
    return then if then == orelse else state.result(f"{name}_assigned", BOOL, then, orelse)


def _merge_values(state: _Arms, name: str, then: Lowered, orelse: Lowered) -> Lowered:
    match then, orelse:
        case (Undefined(), Undefined()) if then == orelse:
            return then
        case (Undefined(reason=reason), _) | (_, Undefined(reason=reason)) if reason:
            return Undefined(reason)
        case (Undefined(), _):
            return _merge_values(state, name, placeholder(state.builders[0], orelse), orelse)
        case (_, Undefined()):
            return _merge_values(state, name, then, placeholder(state.builders[1], then))
        case (Var() | Const(), Var() | Const()):
            kind = join(then.type, orelse.type)
            if kind is not None:
                return state.result(name, kind, then, orelse)
        case (TupleValue(items=first), TupleValue(items=second)) if len(first) == len(second):
            return TupleValue(
                tuple(_merge_values(state, name, *both) for both in zip(first, second, strict=True))
            )
        case (Static(), Static()) if then == orelse:
            return then
    return Undefined(_no_common(name, then, orelse))


def _no_common(name: str, first: Lowered, second: Lowered) -> str:
    subject = f"`{name}`" if name else "the expression"
    return f"{subject} is {describe(first)} on one path and {describe(second)} on another"


def convert(builder: Builder, atom: Atom, kind: Type) -> Atom:
    """The atom in the joined type: numbers are cast, arrays are the same reference."""
    return builder.cast(atom, kind) if isinstance(kind, Scalar) else atom


def placeholder(builder: Builder, value: Lowered) -> Lowered:
    """A value of the same form, for a path on which nothing reads it."""
    if isinstance(value, TupleValue):
        return TupleValue(tuple(placeholder(builder, item) for item in value.items))
    return builder.placeholder(value.type, "unused") if isinstance(value, (Var, Const)) else value
