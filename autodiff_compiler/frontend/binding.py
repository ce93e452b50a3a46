"""Starred targets, and the parameters that collect the rest of the arguments."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence

import gast

from autodiff_compiler.errors import TypeMismatch, UnsupportedSyntax
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import Lowered, TupleValue


def spread(
    scope: Scope, target: gast.Tuple | gast.List, items: Sequence[Lowered]
) -> list[tuple[gast.AST, Lowered]]:
    """Which value each part of a target gets; a starred part gets what the others leave."""
    parts = list(target.elts)
    star = next((k for k, part in enumerate(parts) if isinstance(part, gast.Starred)), None)
    if len(items) < len(parts) - (star is not None) or (star is None and len(items) != len(parts)):
        scope.frame.refuse(
            TypeMismatch, target, f"{len(items)} values cannot be unpacked into {len(parts)} names"
        )
    if star is None:
        return list(zip(parts, items, strict=True))
    after = len(items) - (len(parts) - star - 1)
    middle = TupleValue(tuple(items[star:after]))
    values = [*items[:star], middle, *items[after:]]
    parts[star] = parts[star].value
    return list(zip(parts, values, strict=True))


def bind_parameters(
    scope: Scope, node: gast.AST, name: str, signature: inspect.Signature,
    arguments: Sequence[Lowered], keywords: Mapping[str, Lowered],
) -> dict[str, Lowered]:  # fmt: skip
    """The value of each parameter that a call gives one; located errors where the call does not fit."""
    try:
        bound = signature.bind(*arguments, **keywords)
    except TypeError as error:
        scope.frame.refuse(TypeMismatch, node, f"{name}: {error}")
    values: dict[str, Lowered] = {}
    for parameter in signature.parameters.values():
        given = bound.arguments.get(parameter.name)
        match parameter.kind:
            case inspect.Parameter.VAR_POSITIONAL:
                values[parameter.name] = TupleValue(tuple(given or ()))
            case inspect.Parameter.VAR_KEYWORD:
                scope.frame.refuse(
                    UnsupportedSyntax, node, f"`**{parameter.name}` of {name} collects arguments in a dict",
                    "each parameter by its name",
                )  # fmt: skip
            case _ if given is not None:
                values[parameter.name] = given
    return values
