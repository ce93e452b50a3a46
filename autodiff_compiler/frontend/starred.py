"""`f(*values)` for an array or list of unknown length: as many values as the function takes."""

from __future__ import annotations

from collections.abc import Sequence
from inspect import Parameter, getattr_static, signature

import gast
import numpy as np

from autodiff_compiler.frontend.binding import spread
from autodiff_compiler.frontend.containers import get_item
from autodiff_compiler.frontend.indexing import element_or_view
from autodiff_compiler.frontend.iteration import is_iterator
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.source import plain_function
from autodiff_compiler.frontend.stacking import length_atom
from autodiff_compiler.frontend.values import FunctionValue, Lowered, Partial, Reference
from autodiff_compiler.ir.build import FULL, array_type, integer
from autodiff_compiler.ir.nodes import Guard, Var
from autodiff_compiler.ir.types import BOOL, Array


def spread_argument(
    scope: Scope, call: gast.Call, argument: gast.Starred, value: Lowered, function: Lowered
) -> Sequence[Lowered]:
    """The values that `*value` stands for in a call of this function, or of a method of this object."""
    count = None if is_iterator(value) or not is_uncounted(value) else _room(scope, call, function)
    if count is None:
        return spread(scope, argument, value)
    return items_of(scope, argument, value, count, f"are passed where the call takes {count}")


def is_uncounted(value: Lowered) -> bool:
    """Whether a value is an array, or a list whose length is only known when the function runs."""
    if isinstance(value, Reference):
        return value.cell.item is not None
    return isinstance(value, Var) and isinstance(value.type, Array)


def items_of(scope: Scope, node: gast.AST, value: Lowered, count: int, otherwise: str) -> list[Lowered]:
    """So many items of an uncounted value; `otherwise` ends what is said where it has not so many."""
    if isinstance(value, Reference):
        size, name = length_atom(scope, value), value.cell.name
    else:
        assert isinstance(value, Var)
        size, name = scope.builder.dim(value, 0), value.name
    same = scope.apply("equal", (size, integer(count)), BOOL)
    message = f"{{}} values of `{name}` {otherwise}"
    scope.builder.add(Guard(same, message, (size,), "ShapeMismatch", scope.frame.at(node)))
    if isinstance(value, Reference):
        return [get_item(scope, node, value, integer(k)) for k in range(count)]
    rest = (FULL,) * (array_type(value).rank - 1)
    return [element_or_view(scope, value, (integer(k), *rest)) for k in range(count)]


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


__all__ = ["is_uncounted", "items_of", "spread_argument"]
