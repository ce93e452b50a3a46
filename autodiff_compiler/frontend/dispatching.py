"""Functions of `functools.singledispatch`: the class of the first argument chooses what is called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import gast

from autodiff_compiler.frontend.builtins_static import class_of
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import Lowered


def is_dispatching(target: object) -> bool:
    """Whether a callable is what `functools.singledispatch` makes of a function."""
    return hasattr(target, "registry") and hasattr(target, "dispatch")


def by_class(
    scope: Scope, node: gast.AST, target: Any, arguments: Sequence[Lowered], keywords: Mapping[str, Lowered]
) -> Lowered:
    """A call of one; the program holds while the same function is registered for the class."""
    context = scope.frame.context

    def call(inner: Scope, first: Lowered) -> Lowered:
        cls = class_of(inner, node, first)
        path = f"{target.__module__}.{target.__qualname__}.dispatch({cls.__module__}.{cls.__qualname__})"
        chosen = context.global_value(path, target, target.dispatch(cls), lambda: target.dispatch(cls))
        return context.call(inner, node, chosen, [first, *arguments[1:]], keywords)

    return context.distribute(scope, node, arguments[0], call)


__all__ = ["by_class", "is_dispatching"]
