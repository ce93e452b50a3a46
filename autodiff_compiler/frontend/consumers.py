"""Builtins that use up what they can iterate over: `sum`, `max`, `any`, `list`, `dict`, `map` and their like."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping
from dataclasses import replace

import gast
import numpy as np

from autodiff_compiler.errors import TypeMismatch, UnsupportedSyntax
from autodiff_compiler.frontend.comprehensions import any_of, copy_of, extreme_of, listed, sum_of, tuple_of
from autodiff_compiler.frontend.container_operators import text_of
from autodiff_compiler.frontend.containers import new_dict, pairs_of, static_key
from autodiff_compiler.frontend.growing import as_array
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import Counted, Generator, Listed, Lowered, Reference, TupleValue
from autodiff_compiler.ir.build import array_type, integer

Keywords = Mapping[str, Lowered]


def _extreme(comparison: str) -> Callable[..., Lowered]:
    """Python's max and min: the first argument that is not beaten, so ties go to the earlier one."""
    name = "max" if comparison == "greater" else "min"

    def lower(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
        if keywords or not arguments:
            instead = f"{name}(a, b)"
            scope.frame.refuse(UnsupportedSyntax, node, f"this form of {name} is not supported", instead)
        if len(arguments) == 1 and isinstance(arguments[0], Generator):
            return extreme_of(scope, node, arguments[0], comparison)
        if len(arguments) == 1:
            value = _numbers(scope, node, arguments[0])
            known = scope.items(value)
            if known is None:
                array = scope.array(value, node, f"the argument of {name}")
                function = Static(np.max if name == "max" else np.min)
                return scope.frame.context.call(scope, node, function, [array], {})
            arguments = list(known)
        if not arguments:
            scope.frame.refuse(TypeMismatch, node, f"{name} of nothing")
        best: Lowered = scope.scalar(arguments[0], node, f"an argument of {name}")
        for other in arguments[1:]:
            candidate = scope.scalar(other, node, f"an argument of {name}")
            better = scope.elementwise(node, comparison, [candidate, best], python=True)
            best = scope.elementwise(node, "where", [better, candidate, best], python=True)
        return best

    return lower


def _sum(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    value, *start = arguments
    total: Lowered = start[0] if start else keywords.get("start", integer(0))
    if isinstance(value, Generator):
        return sum_of(scope, node, value, total)
    value = _numbers(scope, node, value)
    known = scope.items(value)
    if known is not None:
        for item in known:
            total = scope.elementwise(node, "add", [total, item], python=True)
        return total
    array = scope.array(value, node, "the argument of sum")
    by_rows = array_type(array).rank != 1
    keys: Keywords = {"axis": integer(0)} if by_rows else {}
    result = scope.frame.context.call(scope, node, Static(np.sum), [array], keys)
    return result if total == integer(0) else scope.elementwise(node, "add", [total, result], python=True)


def _numbers(scope: Scope, node: gast.AST, value: Lowered) -> Lowered:
    """What is iterated over as an array or as known items, where it is a container or an iterator."""
    if isinstance(value, (Listed, Counted)) or (isinstance(value, Reference) and value.cell.cls is dict):
        value = listed(scope, node, value)
    if isinstance(value, Reference) and value.cell.item is not None:
        return as_array(scope, node, value)
    return value


def _whole(name: str, make: Callable[..., Lowered]) -> Callable[..., Lowered]:
    """A callable that takes something to iterate over, or nothing."""

    def lower(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
        if keywords or len(arguments) > 1:
            scope.frame.refuse(TypeMismatch, node, f"{name} takes one argument")
        return make(scope, node, *(arguments or [TupleValue(())]))

    return lower


def _dict(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    pairs = pairs_of(scope, node, arguments[0]) if arguments else {}
    return new_dict(scope, node, {**pairs, **keywords})


def _from_keys(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    keys, *given = arguments
    value = given[0] if given else Static(None)
    items = scope.items(listed(scope, node, keys))
    if items is None:
        scope.frame.refuse(TypeMismatch, node, "the keys of a dict are not known while compiling", "constants")
    return new_dict(scope, node, {static_key(scope, node, key): value for key in items})


def _string(scope: Scope, node: gast.AST, value: Lowered) -> Lowered:
    return Static(str(text_of(scope, node, value))) if value != TupleValue(()) else Static("")


def _map(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    """`map(function, items, ...)`: the calls are made when the items are used."""
    function, *over = arguments
    call_any = scope.frame.context.call
    parts = call_any(scope, node, Static(zip), over, {})

    def call(inner: Scope, item: Lowered) -> Lowered:
        return call_any(inner, node, function, list(inner.items(item) or ()), {})

    if isinstance(parts, Listed):
        return Listed(tuple(call(scope, item) for item in parts.items))
    assert isinstance(parts, Counted)
    inside = parts.item
    return replace(parts, item=lambda inner, position: call(inner, inside(inner, position)))


CONSUMERS: dict[object, Callable[..., Lowered]] = {
    builtins.max: _extreme("greater"),
    builtins.min: _extreme("less"),
    builtins.sum: _sum,
    builtins.tuple: _whole("tuple", tuple_of),
    builtins.list: _whole("list", copy_of),
    builtins.any: _whole("any", lambda scope, node, value: any_of(scope, node, value, wanted=True)),
    builtins.all: _whole("all", lambda scope, node, value: any_of(scope, node, value, wanted=False)),
    builtins.dict: _dict,
    dict.fromkeys: _from_keys,
    builtins.str: _whole("str", _string),
    builtins.map: _map,
}

__all__ = ["CONSUMERS"]
