"""Calls of functions of the runtime, and the rules of these calls, which are functions of the program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import FunctionType, MethodType

import gast

from autodiff_compiler.errors import CompilerBug, TypeMismatch, UnsupportedSyntax
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.units import Unit, free_name
from autodiff_compiler.frontend.values import Lowered, TupleValue
from autodiff_compiler.ir.build import Builder, as_variable
from autodiff_compiler.ir.nodes import (
    Apply,
    Atom,
    Block,
    Call,
    Callee,
    External,
    Function,
    Level,
    Reshape,
    Var,
)
from autodiff_compiler.ir.types import Array, Scalar, Type, is_inexact, rank_of
from autodiff_compiler.operators import entry as entries
from autodiff_compiler.operators import spelled

Positions = tuple[int, ...]
Rule = FunctionType | MethodType


def call_external(
    scope: Scope, node: gast.AST, entry: entries.External, arguments: Sequence[Lowered],
    keywords: Mapping[str, Lowered],
) -> Lowered:  # fmt: skip
    """The results of a call, after it has been appended."""
    name = spelled(entry.callables[-1])
    if keywords:
        reason = f"the argument `{next(iter(keywords))}` of {name} is not supported"
        scope.frame.refuse(UnsupportedSyntax, node, reason, f"{name} with positional arguments")
    given = [
        value if isinstance(value, Var) else scope.atom(value, node, f"an argument of {name}")
        for value in arguments
    ]
    try:
        wanted, results = entry.types(*(atom.type for atom in given))
    except TypeError as error:
        scope.frame.refuse(TypeMismatch, node, f"{name}: {error}")
    operands = tuple(_fitted(scope.builder, *pair) for pair in zip(given, wanted, strict=True))
    external = _with_rule(scope, node, entry, tuple(wanted), tuple(results))
    nothing: tuple[Positions, ...] = ((),) * len(wanted)
    made = tuple(Var(_hint(entry, k), kind, scope.builder.at) for k, kind in enumerate(results))
    callee = Callee(
        entry.name, tuple(wanted), tuple(results),
        tuple("read" if isinstance(kind, Array) else "" for kind in wanted), ((),) * len(made),
        tuple(external.pulled if k in external.seeded else () for k in range(len(made))) + nothing,
        False, entry.effects, external,
    )  # fmt: skip
    scope.builder.add(Call(callee, operands, made, scope.frame.at(node)))
    return TupleValue(made) if entry.several else made[0]


def _hint(entry: entries.External, number: int) -> str:
    """What a result is called until the program names it."""
    return entry.results[number] if entry.results else ""


def _fitted(builder: Builder, atom: Atom, kind: Type) -> Atom:
    """The atom as a number or contiguous array of this type."""
    if rank_of(atom.type) != rank_of(kind):
        raise CompilerBug(f"{atom.type} is given for {kind}")
    if isinstance(kind, Scalar):
        return builder.cast(atom, kind)
    array = as_variable(atom)
    if array.type.dtype != kind.dtype:
        array = as_variable(builder.cast(array, Scalar(kind.dtype)))
    if isinstance(array.type, Array) and not array.type.contiguous:
        array = builder.assign(Apply("copy", (array,)), replace(array.type, contiguous=True), array.name)
    if array.type != kind:  # which axes have length one is of no interest
        array = builder.assign(Reshape(array, builder.dims(array)), kind, array.name)
    return array


# ---------------------------------------------------------------- rules


def _with_rule(
    scope: Scope, node: gast.AST, entry: entries.External, wanted: tuple[Type, ...], results: tuple[Type, ...]
) -> External:
    """The rule of calls for these types, lowered as a function of the program if it is new.

    In forward mode a call without a rule that has a derivative is refused if that is asked for.
    """
    context = scope.frame.context
    if entry.pullback is None or not context.derived:
        return External()
    if context.forward and entry.differential is None:
        every = tuple(k for k, kind in enumerate(wanted) if is_inexact(kind))
        return External(None, every, entry.seeded)
    key = entry.name, wanted
    if key not in context.rules or key not in context.units.known:
        lowered = _differential if context.forward else _pullback
        context.rules[key] = lowered(scope, node, entry, wanted, results)
    name, pulled = context.rules[key]
    return External(name, pulled, entry.seeded) if pulled else External()


def _pullback(
    scope: Scope, node: gast.AST, entry: entries.External, wanted: tuple[Type, ...], results: tuple[Type, ...]
) -> tuple[str, Positions]:
    """Lower the reverse rule: the name of the function, and of which operands it gives cotangents."""
    rule = entry.pullback
    assert rule is not None
    kinds = (*wanted, *results, *(_strong(results[k]) for k in entry.seeded))
    builder, parameters, inner, items = _followed(scope, node, rule, kinds)
    if items is None or len(items) != len(wanted):
        raise CompilerBug(f"{rule.__name__} gives no cotangent, or None, for each of {len(wanted)} operands")
    pulled = tuple(
        k for k, item in enumerate(items)
        if is_inexact(wanted[k]) and not (isinstance(item, Static) and item.value is None)
    )  # fmt: skip
    bars = [_fitted(builder, inner.atom(items[k], node, "a cotangent"), _strong(wanted[k])) for k in pulled]
    return _made(scope, node, (entry.name, wanted), rule, parameters, builder.block(*bars)), pulled


def _differential(
    scope: Scope, node: gast.AST, entry: entries.External, wanted: tuple[Type, ...], results: tuple[Type, ...]
) -> tuple[str, Positions]:
    """Lower the forward rule: the name of the function, and the operands whose tangents it takes."""
    rule = entry.differential
    assert rule is not None
    names = _parameters(rule)
    operands, dots = names[: len(wanted)], names[len(wanted) + len(results) :]
    pulled = tuple(k for k, name in enumerate(operands) if f"{name}_dot" in dots)
    if [f"{operands[k]}_dot" for k in pulled] != list(dots):
        raise CompilerBug(f"{rule.__name__} takes tangents of something other than its operands")
    kinds = (*wanted, *results, *(_strong(wanted[k]) for k in pulled))
    builder, parameters, inner, items = _followed(scope, node, rule, kinds)
    if items is None or len(items) != len(entry.seeded):
        raise CompilerBug(f"{rule.__name__} gives no tangent for each of {len(entry.seeded)} results")
    moved = [
        _fitted(builder, inner.atom(item, node, "a tangent"), _strong(results[k]))
        for k, item in zip(entry.seeded, items, strict=True)
    ]
    return _made(scope, node, (entry.name, wanted), rule, parameters, builder.block(*moved)), pulled


def _parameters(rule: Rule) -> tuple[str, ...]:
    return rule.__code__.co_varnames[: rule.__code__.co_argcount]


def _followed(
    scope: Scope, node: gast.AST, rule: Rule, kinds: Sequence[Type]
) -> tuple[Builder, tuple[Var, ...], Scope, Sequence[Lowered] | None]:
    """The statements of a rule for parameters of these types, and the items of what it returns."""
    context, names = scope.frame.context, _parameters(rule)
    parameters = tuple(Var(name, kind) for name, kind in zip(names, kinds, strict=True))
    builder = Builder()
    context.derived = False  # the rule itself is not differentiated
    try:
        inner, given = context.lower_alone(
            scope, node, rule, builder, dict(zip(names, parameters, strict=True))
        )
    finally:
        context.derived = True
    return builder, parameters, inner, inner.items(given)


def _made(
    scope: Scope, node: gast.AST, key: object, rule: Rule, parameters: tuple[Var, ...], body: Block
) -> str:
    """Make the rule a function of the program; its name."""
    units, at = scope.frame.context.units, scope.frame.at(node)
    name = free_name(units, rule.__name__)
    made = Function(name, parameters, body, Level.TYPED, None, at)
    units.known[key] = Unit(name, rule.__code__, at, parameters, {}, {}, None, made, False, True)
    return name


def _strong(kind: Type) -> Type:
    """The type of the cotangent or tangent of such a number or array."""
    return Scalar(kind.dtype) if isinstance(kind, Scalar) else kind
