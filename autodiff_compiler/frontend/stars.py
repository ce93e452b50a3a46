"""Stars in calls and displays: what `*value` and `**value` stand for."""

from __future__ import annotations

from collections.abc import Sequence
from inspect import Parameter, getattr_static, signature

import gast
import numpy as np

from autodiff_compiler.errors import TypeMismatch
from autodiff_compiler.frontend.iteration import is_iterator, remaining
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.source import plain_function
from autodiff_compiler.frontend.unpacking import is_uncounted, items_of
from autodiff_compiler.frontend.values import FunctionValue, Lowered, Partial, Reference, describe


def spread(scope: Scope, node: gast.AST, value: Lowered) -> tuple[Lowered, ...]:
    """The values that `*value` stands for."""
    items = scope.items(remaining(scope, node, value) if is_iterator(value) else value)
    if items is None:
        reason = f"how many values {describe(value)} holds is not known while compiling"
        scope.frame.refuse(TypeMismatch, node, reason, "each value written out")
    return items


def spread_in_call(
    scope: Scope, call: gast.Call, argument: gast.Starred, value: Lowered, function: Lowered
) -> Sequence[Lowered]:
    """The values that `*value` stands for in a call of this function, or of a method of this object."""
    count = None if is_iterator(value) or not is_uncounted(value) else _room(scope, call, function)
    if count is None:
        return spread(scope, argument, value)
    return items_of(scope, argument, value, count, f"are passed where the call takes {count}")


def spread_keywords(scope: Scope, node: gast.AST, value: Lowered) -> dict[str, Lowered]:
    """The arguments that `**value` stands for."""
    if isinstance(value, Reference) and value.cell.cls is dict:
        held = scope.contents(value).items
        if all(isinstance(key, str) for key in held):
            return {str(key): binding.value for key, binding in held.items()}
    scope.frame.refuse(TypeMismatch, node, f"`**` needs a dict with strings as keys, not {describe(value)}")


def _room(scope: Scope, call: gast.Call, function: Lowered) -> int | None:
    """How many values one starred argument has to stand for; None where Python would take several numbers."""
    others = [argument for argument in call.args if not isinstance(argument, gast.Starred)]
    given = [keyword.arg for keyword in call.keywords]
    method = call.func.attr if isinstance(call.func, gast.Attribute) else ""
    names = _names(scope, function, method)
    if names is None or len(others) < len(call.args) - 1 or None in given:
        return None
    wanted = [needed for name, needed in names if name not in given]
    room = len(wanted) - len(others)
    return room if all(wanted) and room >= 0 else None


def _names(scope: Scope, function: Lowered, method: str) -> list[tuple[str, bool]] | None:
    """The positional parameters of what is called, and which are needed; None where any number is taken."""
    match function:
        case Reference(cell=cell) if method:
            held = scope.contents(function).items.get(method)
            return _names(scope, held.value, "") if held is not None else _of_method(cell.cls, method)
        case Static(value=value) if method:
            target = getattr(value, method, None)
            return None if target is None else _of_callable(target)
        case Static(value=value):
            return _of_callable(value)
        case Reference(cell=cell):
            return _of_method(cell.cls, "__call__")
        case Partial(function=inner, arguments=leading, keywords=keywords):
            names, given = _names(scope, inner, ""), [name for name, _ in keywords]
            return names and [(name, needed) for name, needed in names[len(leading) :] if name not in given]
        case FunctionValue(node=node):
            return None if node.args.vararg else _of_node(node.args)
    return None


def _of_node(parameters: gast.arguments) -> list[tuple[str, bool]]:
    positional = [*parameters.posonlyargs, *parameters.args]
    needed = len(positional) - len(parameters.defaults)
    return [(item.id, position < needed) for position, item in enumerate(positional)]


def _of_callable(target: object) -> list[tuple[str, bool]] | None:
    if isinstance(target, np.ufunc):
        return [("", True)] * target.nin
    try:
        parameters = signature(plain_function(target) or target).parameters.values()  # type: ignore[arg-type]  # TypeError
    except (TypeError, ValueError):
        return None
    if any(item.kind is Parameter.VAR_POSITIONAL for item in parameters):
        return None
    positional = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
    return [(item.name, item.default is Parameter.empty) for item in parameters if item.kind in positional]


def _of_method(cls: type, name: str) -> list[tuple[str, bool]] | None:
    """The parameters of a method without its first."""
    names = _of_callable(getattr(cls, name, None))
    bound = isinstance(getattr_static(cls, name, None), (staticmethod, classmethod))
    return names if bound else names and names[1:]


__all__ = ["spread", "spread_in_call", "spread_keywords"]
