"""Builtins that go over something once: `sum`, `max`, `min`, `any`, `all`, `reduce`, `math.prod`, ..."""

from __future__ import annotations

import builtins
import functools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import Any

import gast
import numpy as np

from autodiff_compiler.errors import TypeMismatch, UnsupportedSyntax
from autodiff_compiler.frontend import growing, stand_ins, stand_ins_lists
from autodiff_compiler.frontend.arithmetic import compare_numbers
from autodiff_compiler.frontend.choices import choose
from autodiff_compiler.frontend.failures import require
from autodiff_compiler.frontend.iteration import counted, iterated, kept
from autodiff_compiler.frontend.kinds import Record, Static, Uniform
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.value_kinds import describe_kind
from autodiff_compiler.frontend.values import Counted, Listed, Lowered, Reference, TupleValue
from autodiff_compiler.ir.build import array_type, integer
from autodiff_compiler.ir.nodes import Const, Var
from autodiff_compiler.ir.types import BOOL, Array

Arguments = Sequence[Lowered]
Keywords = Mapping[str, Lowered]
Lower = Callable[[Scope, gast.AST, list[Lowered], Keywords], Lowered]


def follow(
    scope: Scope, node: gast.AST, function: Callable[..., object], arguments: Arguments,
    keywords: Keywords | None = None,
) -> Lowered:  # fmt: skip
    """A call of the Python function that stands for one written in C."""
    return scope.frame.context.inline(scope, node, function, list(arguments), keywords or {})


def bound(
    scope: Scope, node: gast.AST, function: str, names: Sequence[str], arguments: Arguments,
    keywords: Keywords, required: int,
) -> list[Lowered | None]:  # fmt: skip
    """The arguments in the order of `names`, None where one is not given; refused where Python raises."""
    given: dict[str, Lowered] = dict(zip(names, arguments, strict=False))
    wrong = len(arguments) > len(names)
    for name, value in keywords.items():
        wrong = wrong or name in given or name not in names
        given[name] = value
    if wrong or any(name not in given for name in names[:required]):
        scope.frame.refuse(
            TypeMismatch, node, f"{function} does not take these arguments", f"{function}({', '.join(names)})"
        )
    return [given.get(name) for name in names]


def is_array(value: Lowered) -> bool:
    """Whether a value is an array."""
    return isinstance(value, Var) and isinstance(value.type, Array)


# ---------------------------------------------------------------- sums and products


def _sum(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    value, start = bound(scope, node, "sum", ("iterable", "start"), arguments, keywords, 1)
    assert value is not None
    start = integer(0) if start is None else start
    if not is_array(value):
        return follow(scope, node, stand_ins.total, [iterated(scope, node, value), start])
    if array_type(value).rank != 1:  # type: ignore[arg-type]
        scope.frame.refuse(
            TypeMismatch, node, "the builtin sum adds the rows of an array", "np.sum(a, axis=0)"
        )
    result = scope.frame.context.call(scope, node, Static(np.sum), [value], {})
    return result if start == integer(0) else scope.elementwise(node, "add", [start, result], python=True)


def _product(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    if len(arguments) != 1:
        scope.frame.refuse(TypeMismatch, node, "math.prod takes one iterable", "math.prod(items, start=1)")
    (_, start) = bound(scope, node, "math.prod", ("iterable", "start"), arguments, keywords, 1)
    start = integer(1) if start is None else start
    return follow(scope, node, stand_ins.product, [iterated(scope, node, arguments[0]), start])


def over_items(name: str, function: Callable[..., object]) -> Lower:
    """A function of one iterable."""

    def lower(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
        (items,) = bound(scope, node, name, ("iterable",), arguments, keywords, 1)
        assert items is not None
        if isinstance(items, Static) and not isinstance(items.value, str):
            return follow(scope, node, function, [items])
        return follow(scope, node, function, [iterated(scope, node, items)])

    return lower


def over_arguments(function: Callable[..., object], shortcut: Callable[..., object] | None = None) -> Lower:
    """A function of any number of arguments, of which `shortcut` is the operator for two."""

    def lower(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
        if keywords:
            scope.frame.refuse(TypeMismatch, node, "this function takes no keywords")
        if shortcut is not None and len(arguments) == 2:
            return scope.elementwise(node, shortcut.__name__, arguments, scalars_only=True)
        return follow(scope, node, function, [TupleValue(tuple(arguments))])

    return lower


def _reduce(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    names = ("function", "iterable", "initial")
    function, items, initial = bound(scope, node, "functools.reduce", names, arguments, keywords, 2)
    assert function is not None
    assert items is not None
    over = iterated(scope, node, items)
    if initial is None:
        initial, over = first_and_rest(scope, node, over, "reduce() of empty iterable with no initial value")
    return follow(scope, node, stand_ins.fold, [function, initial, over])


# ---------------------------------------------------------------- extremes


def first_and_rest(
    scope: Scope, node: gast.AST, over: Listed | Counted, empty: str
) -> tuple[Lowered, Listed | Counted]:
    """The first item, and what is left; TypeError (`empty` says why) where there is none."""
    if isinstance(over, Listed):
        if not over.length(scope):
            scope.frame.refuse(TypeMismatch, node, empty)
        rest = replace(
            over, length=lambda inner: over.length(inner) - 1, item=lambda inner, k: over.item(inner, k + 1)
        )
        return over.item(scope, 0), rest
    length, item = counted(scope, node, over)
    some = scope.apply("greater", (length, integer(0)), BOOL)
    known = isinstance(length, Const)
    holds = Const(length.value > 0, BOOL) if known and isinstance(length, Const) else some
    error = TypeError if empty.startswith("reduce") else ValueError
    require(scope, node, holds, error, empty)
    return item(scope, integer(0)), Counted(integer(1), length, integer(1), item)


def _extreme(name: str) -> Lower:
    """Python's max and min: the first argument that is not beaten, so ties go to the earlier one."""
    most = name == "max"
    function = stand_ins.greatest if most else stand_ins.least
    by_key = stand_ins.greatest_by if most else stand_ins.least_by

    def best(
        scope: Scope, node: gast.AST, over: Listed | Counted, key: Lowered | None, arguments: int
    ) -> Lowered:
        if isinstance(over, Listed):
            items = scope.items(over) or ()
            if key is None and items and _all_numbers(scope, items):
                return _chain(scope, node, "greater" if most else "less", items)
            over = kept(scope, node, items, [over])
        first, rest = first_and_rest(scope, node, over, f"{name}() iterable argument is empty")
        if key is None or (isinstance(key, Static) and key.value is None):
            return follow(scope, node, function, [first, rest])
        return follow(scope, node, by_key, [key, first, rest])

    def lower(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
        if (
            not arguments
            or set(keywords) - {"key", "default"}
            or (len(arguments) > 1 and "default" in keywords)
        ):
            scope.frame.refuse(
                UnsupportedSyntax, node, f"this form of {name} is not supported", f"{name}(a, b)"
            )
        key = keywords.get("key")
        if len(arguments) > 1:
            return best(scope, node, Listed.of(arguments), key, len(arguments))
        value = arguments[0]
        if is_array(value) and not keywords:
            return scope.frame.context.call(scope, node, Static(np.max if most else np.min), [value], {})
        over = iterated(scope, node, value)
        if "default" not in keywords:
            return best(scope, node, over, key, 1)
        if isinstance(over, Listed):
            return best(scope, node, over, key, 1) if over.length(scope) else keywords["default"]
        length, _ = counted(scope, node, over)
        some = scope.apply("greater", (length, integer(0)), BOOL)
        return choose(
            scope, node, some,
            lambda inner: best(inner, node, over, key, 1), lambda inner: keywords["default"],
        )  # fmt: skip

    return lower


def _all_numbers(scope: Scope, items: Arguments) -> bool:
    return all(isinstance(item, (Var, Const)) and not isinstance(item.type, Array) for item in items)


def _chain(scope: Scope, node: gast.AST, comparison: str, items: Arguments) -> Lowered:
    best: Lowered = items[0]
    for candidate in items[1:]:
        better = compare_numbers(scope, node, comparison, candidate, best)
        if isinstance(better, Const):
            best = candidate if better.value else best
            continue
        best = scope.elementwise(node, "where", [better, candidate, best], python=True)
    return best


# ---------------------------------------------------------------- sorting


def _sorted(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    """`sorted`; of few items, each is exchanged with those after it that belong before it."""
    if len(arguments) != 1 or set(keywords) - {"key", "reverse"}:
        scope.frame.refuse(TypeMismatch, node, "sorted takes one iterable, and key= and reverse=")
    over = iterated(scope, node, arguments[0])
    reverse = keywords.get("reverse", Const(False, BOOL))
    key = keywords.get("key", Static(None))
    if not isinstance(over, Listed) or not isinstance(reverse, Const):
        return follow(scope, node, stand_ins_lists.in_order, [over, key, reverse])
    items = list(scope.items(over) or ())
    by = [_key_of(scope, node, key, item) for item in items]
    known = _sorted_constants(by, reverse=bool(reverse.value))
    if known is not None:
        return growing.new(scope, node, [items[k] for k in known], "sorted")
    if len(items) > 16:
        whole: list[Lowered] = [TupleValue(tuple(items)), TupleValue(tuple(by)), reverse]
        return follow(scope, node, stand_ins_lists.in_order_of, whole)
    if not _all_numbers(scope, by):
        scope.frame.refuse(UnsupportedSyntax, node, "sorted needs items, or keys, that are single numbers")
    plain = all(a is b for a, b in zip(by, items, strict=True))
    comparison = "less" if not reverse.value else "greater"
    for last in range(len(items) - 1, 0, -1):  # neighbours only, so that equal ones keep their order
        for k in range(last):
            swap = scope.condition(scope.elementwise(node, comparison, [by[k + 1], by[k]], python=True), node)
            low, high = _exchanged(scope, node, swap, by[k], by[k + 1])
            if not plain:
                items[k], items[k + 1] = _exchanged(scope, node, swap, items[k], items[k + 1])
            by[k], by[k + 1] = low, high
    return growing.new(scope, node, by if plain else items, "sorted")


def _leading_constants(by: Sequence[Lowered]) -> list[Any]:
    """What tuples begin with where that puts them in order, as the keys of a dict do; else nothing."""
    known: list[tuple[Any, ...]] = []
    for item in by:
        parts = item.items if isinstance(item, TupleValue) else ()
        leading = takewhile(lambda part: isinstance(part, (Static, Const)), parts)
        known.append(tuple([part.value for part in leading if isinstance(part, (Static, Const))]))
    least = min(map(len, known), default=0)
    values = [leading[:least] for leading in known]
    try:
        return values if len(set(values)) == len(values) else []
    except TypeError:  # something that cannot be hashed
        return []


def _sorted_constants(by: Sequence[Lowered], *, reverse: bool) -> list[int] | None:
    """The order of what is known while compiling; None where it is not, or has none."""
    values: list[Any] = [item.value for item in by if isinstance(item, (Static, Const))]
    if len(values) != len(by):
        values = _leading_constants(by)
    if len(values) != len(by):
        return None
    try:
        return sorted(range(len(values)), key=values.__getitem__, reverse=reverse)
    except TypeError:
        return None


def _key_of(scope: Scope, node: gast.AST, key: Lowered, item: Lowered) -> Lowered:
    if isinstance(key, Static) and key.value is None:
        return item
    return scope.frame.context.call(scope, node, key, [item], {})


def _exchanged(
    scope: Scope, node: gast.AST, swap: Var | Const, first: Lowered, second: Lowered
) -> tuple[Lowered, Lowered]:
    """Both in the other order where `swap` holds."""
    numbers = _all_numbers(scope, (first, second)) and getattr(first, "type", 0) == getattr(second, "type", 1)
    if numbers and not isinstance(swap, Const):
        low = scope.elementwise(node, "where", [swap, second, first], python=True)
        return low, scope.elementwise(node, "where", [swap, first, second], python=True)
    both = choose(
        scope, node, swap, lambda _: TupleValue((second, first)), lambda _: TupleValue((first, second))
    )
    assert isinstance(both, TupleValue)
    return both.items[0], both.items[1]


def _ordered_keys(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    (keys,) = arguments
    item = keys.cell.item if isinstance(keys, Reference) else None
    if isinstance(item, (Array, Uniform)) or (isinstance(item, Record) and item.cls not in (tuple, list)):
        reason = f"the order of items that are each {describe_kind(item)} is not known"
        scope.frame.refuse(UnsupportedSyntax, node, reason, "key=, of a number or a tuple of numbers")
    return keys


FOLDS: dict[object, Lower] = {
    stand_ins_lists.ordered_keys: _ordered_keys,
    builtins.sum: _sum,
    builtins.max: _extreme("max"),
    builtins.min: _extreme("min"),
    builtins.any: over_items("any", stand_ins.any_of),
    builtins.all: over_items("all", stand_ins.all_of),
    builtins.sorted: _sorted,
    functools.reduce: _reduce,
    math.prod: _product,
    math.fsum: over_items("math.fsum", stand_ins.float_total),
    math.hypot: over_arguments(stand_ins.length, math.hypot),
    math.gcd: over_arguments(stand_ins.common_divisor),
    math.lcm: over_arguments(stand_ins.common_multiple),
}

__all__ = ["FOLDS", "bound", "first_and_rest", "follow", "is_array", "over_items"]
