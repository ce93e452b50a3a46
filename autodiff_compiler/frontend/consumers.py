"""Builtins that use up generator expressions and lists of unknown length, and that make lists and dicts."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping
from dataclasses import replace

import gast

from autodiff_compiler.errors import TypeMismatch
from autodiff_compiler.frontend.arrays import strong
from autodiff_compiler.frontend.builtins_folds import FOLDS
from autodiff_compiler.frontend.comprehensions import any_of, copy_of, extreme_of, listed, sum_of, tuple_of
from autodiff_compiler.frontend.dicts import (
    is_table,
    need_table,
    new_dict,
    new_table,
    pairs_of,
    static_key,
    unwrapped,
)
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import Generator, Lowered, Reference, TupleValue
from autodiff_compiler.frontend.whole_lists import as_array
from autodiff_compiler.ir.build import integer
from autodiff_compiler.ir.nodes import Var
from autodiff_compiler.ir.types import Scalar

Keywords = Mapping[str, Lowered]
Fold = Callable[..., Lowered]


def _folding(name: str, use_up: Fold) -> Fold:
    """A builtin whose one argument may be a generator expression, of which no list is made."""
    fold = FOLDS[getattr(builtins, name)]

    def lower(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
        first, *rest = arguments or [Static(None)]
        if isinstance(first, Generator) and len(rest) <= (name == "sum") and set(keywords) <= {"start"}:
            return use_up(scope, node, first, *rest, *keywords.values())
        if (
            isinstance(first, Reference)
            and isinstance(first.cell.item, Scalar)
            and name in ("sum", "max", "min")
        ):
            found = fold(scope, node, [as_array(scope, node, first), *rest], keywords)
            return _of_python(scope, found) if first.cell.item.weak else found
        return fold(scope, node, arguments, keywords)

    return lower


def _of_python(scope: Scope, value: Lowered) -> Lowered:
    """The number as one of Python's, not of NumPy's."""
    if not isinstance(value, Var) or not isinstance(value.type, Scalar) or value.type.weak:
        return value
    return strong(scope, value, replace(value.type, weak=True))


def _sum(scope: Scope, node: gast.AST, value: Generator, start: Lowered | None = None) -> Lowered:
    return sum_of(scope, node, value, integer(0) if start is None else start)


def _whole(name: str, make: Fold) -> Fold:
    """A callable that takes something to iterate over, or nothing."""

    def lower(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
        if keywords or len(arguments) > 1:
            scope.frame.refuse(TypeMismatch, node, f"{name} takes one argument")
        return make(scope, node, *(arguments or [TupleValue(())]))

    return lower


def _dict(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    of = unwrapped(scope, arguments[0]) if len(arguments) == 1 else Static(None)
    context, site = scope.frame.context, (node, scope.frame.calls)
    if is_table(of) and not keywords:
        return context.call_method(scope, node, of, "copy", [], {})
    if site in context.tables:
        made = new_table(scope, node, [(Static(name), value) for name, value in keywords.items()])
        for given in arguments:
            context.call_method(scope, node, made, "update", [unwrapped(scope, given)], {})
        return made
    pairs = pairs_of(scope, node, arguments[0], site) if arguments else {}
    pairs.update(keywords.items())
    return new_dict(scope, node, pairs)


def _from_keys(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    keys, *given = arguments
    value = given[0] if given else Static(None)
    site = (node, scope.frame.calls)
    whole = listed(scope, node, keys)
    items = scope.items(whole)
    if site in scope.frame.context.tables:
        made = new_table(scope, node, [])
        scope.frame.context.call_method(scope, node, made, "enter_keys", [whole, value], {})
        return made
    if items is None:
        need_table(scope, site)
    return new_dict(scope, node, {static_key(scope, node, key, site): value for key in items or ()})


CONSUMERS: dict[object, Fold] = {
    builtins.sum: _folding("sum", _sum),
    builtins.max: _folding("max", lambda scope, node, value: extreme_of(scope, node, value, "greater")),
    builtins.min: _folding("min", lambda scope, node, value: extreme_of(scope, node, value, "less")),
    builtins.any: _folding("any", lambda scope, node, value: any_of(scope, node, value, wanted=True)),
    builtins.all: _folding("all", lambda scope, node, value: any_of(scope, node, value, wanted=False)),
    builtins.tuple: _whole("tuple", tuple_of),
    builtins.list: _whole("list", copy_of),
    builtins.dict: _dict,
    dict.fromkeys: _from_keys,
}

__all__ = ["CONSUMERS"]
