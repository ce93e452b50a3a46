"""Stars in calls and displays: what `*value` and `**value` stand for."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from inspect import getattr_static
from types import FunctionType

import gast
import numpy as np

from autodiff_compiler.errors import TypeMismatch
from autodiff_compiler.frontend.iteration import is_iterator, remaining
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.source import plain_function
from autodiff_compiler.frontend.unpacking import elements
from autodiff_compiler.frontend.values import FunctionValue, Lowered, Partial, Reference, describe
from autodiff_compiler.ir.nodes import Var
from autodiff_compiler.ir.types import Array


def spread(scope: Scope, node: gast.AST, value: Lowered) -> tuple[Lowered, ...]:
    """The values that `*value` stands for."""
    items = scope.items(remaining(scope, node, value) if is_iterator(value) else value)
    if items is None:
        reason = f"how many values {describe(value)} holds is not known while compiling"
        scope.frame.refuse(TypeMismatch, node, reason, "each value written out")
    return items


def spread_in_call(
    scope: Scope, call: gast.Call, node: gast.Starred, value: Lowered, function: Lowered, method: str
) -> tuple[Lowered, ...]:
    """The arguments that `*value` stands for; an array gives as many as the function takes besides others."""
    if isinstance(value, Var) and isinstance(value.type, Array) and value.type.rank:
        others = len(call.args) - 1 + len(call.keywords)
        plain = all(item.arg for item in call.keywords)
        stars = sum(isinstance(item, gast.Starred) for item in call.args)
        count = _positions(function, method) if plain and stars == 1 else None
        if count is not None and count >= others:
            return tuple(elements(scope, node, value, count - others, "arguments"))
    return spread(scope, node, value)


def spread_keywords(scope: Scope, node: gast.AST, value: Lowered) -> dict[str, Lowered]:
    """The arguments that `**value` stands for."""
    if isinstance(value, Reference) and value.cell.cls is dict:
        held = scope.contents(value).items
        if all(isinstance(key, str) for key in held):
            return {str(key): binding.value for key, binding in held.items()}
    scope.frame.refuse(TypeMismatch, node, f"`**` needs a dict with strings as keys, not {describe(value)}")


def _positions(function: Lowered, method: str = "") -> int | None:
    """How many arguments a callable takes; None where that is not one number."""
    match function:
        case Static(value=owner) if method:
            return _of_callable(getattr(owner, method, None))
        case Static(value=known):
            return _of_callable(known)
        case Reference(cell=cell):
            return _bound(getattr_static(cell.cls, method or "__call__", None))
        case FunctionValue(node=node) if not method:
            parameters = node.args
            open_ = parameters.vararg or parameters.kwarg or parameters.kwonlyargs or parameters.defaults
            return None if open_ else len(parameters.args) + len(parameters.posonlyargs)
        case Partial(function=inner, arguments=given, keywords=()) if not method:
            count = _positions(inner)
            return None if count is None else count - len(given)
    return None


def _bound(found: object) -> int | None:
    """The same for what a class has as a method."""
    if isinstance(found, (staticmethod, classmethod)):
        count = _of_callable(found.__func__)
        return None if count is None else count - isinstance(found, classmethod)
    count = _of_callable(found)
    return None if count is None else count - 1


def _of_callable(target: object) -> int | None:
    if isinstance(target, np.ufunc):
        return int(target.nin)
    if isinstance(target, type):
        return _of_class(target)
    plain = plain_function(target)
    return _of_function(plain) if plain is not None else None


def _of_class(cls: type) -> int | None:
    made: Callable[..., object] = cls.__init__  # type: ignore[misc]  # which one is what is asked
    count = _of_function(made) if isinstance(made, FunctionType) else None
    return None if count is None else count - 1


def _of_function(function: FunctionType) -> int | None:
    code = function.__code__
    open_ = code.co_flags & (inspect.CO_VARARGS | inspect.CO_VARKEYWORDS) or code.co_kwonlyargcount
    return None if open_ or function.__defaults__ else code.co_argcount


__all__ = ["spread", "spread_in_call", "spread_keywords"]
