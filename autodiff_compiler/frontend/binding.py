"""Arguments bound to the parameters of a Python function, as Python binds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

import gast

from autodiff_compiler.errors import TypeMismatch
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.source import ANONYMOUS
from autodiff_compiler.frontend.values import Lowered, TupleValue


def bind_parameters(
    scope: Scope,
    node: gast.AST,
    name: str,
    parameters: gast.arguments,
    defaults: Mapping[str, Lowered],
    arguments: Sequence[Lowered],
    keywords: Mapping[str, Lowered],
) -> dict[str, Lowered]:
    """A value for each parameter; refused where Python would raise TypeError."""
    called = "the lambda" if name == ANONYMOUS else f"{name}()"

    def refuse(reason: str, instead: str = "") -> None:
        scope.frame.refuse(TypeMismatch, node, f"{called} {reason}", instead)

    only_positional = [item.id for item in parameters.posonlyargs]
    positional = [*only_positional, *(item.id for item in parameters.args)]
    named = [*positional[len(only_positional) :], *(item.id for item in parameters.kwonlyargs)]
    bound = dict(zip(positional, arguments, strict=False))
    extra = tuple(arguments[len(positional) :])
    if extra and parameters.vararg is None:
        refuse(f"takes {len(positional)} positional arguments, and gets {len(arguments)}")
    rest: dict[object, Lowered] = {}
    for key, value in keywords.items():
        if key in named:
            if key in bound:
                refuse(f"gets two values for `{key}`")
            bound[key] = value
        elif parameters.kwarg is not None:
            rest[key] = value
        else:
            refuse(
                f"has no parameter `{key}`", " or ".join(get_close_matches(key, named)) or ", ".join(named)
            )
    for key in dict.fromkeys((*positional, *named)):
        if key not in bound:
            if key not in defaults:
                refuse(f"misses the argument `{key}`")
            bound[key] = defaults[key]
    if parameters.vararg is not None:
        bound[parameters.vararg.id] = TupleValue(tuple(scope.named(node, value) for value in extra))
    if parameters.kwarg is not None:
        bound[parameters.kwarg.id] = scope.make(
            dict, {key: scope.named(node, value) for key, value in rest.items()}, parameters.kwarg.id
        )
    return bound


__all__ = ["bind_parameters"]
