"""`map`, `filter` and functions of `itertools`: what a loop, or another builtin, can run over."""

from __future__ import annotations

import builtins
import itertools
import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import gast
import numpy as np

from autodiff_compiler.errors import TypeMismatch, UnsupportedSyntax
from autodiff_compiler.frontend import stand_ins, stand_ins_iterators
from autodiff_compiler.frontend.builtins_folds import Keywords, Lower, bound, follow
from autodiff_compiler.frontend.builtins_static import known_range
from autodiff_compiler.frontend.combined_items import (
    ENDLESS,
    combined_by_index,
    listed_before,
    one_after_another,
)
from autodiff_compiler.frontend.generators import reads_of
from autodiff_compiler.frontend.iteration import counted, iterated, kept
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.stand_ins import passing, spread, true_ones
from autodiff_compiler.frontend.values import Counted, Listed, Lowered, Partial, TupleValue
from autodiff_compiler.ir.build import integer
from autodiff_compiler.ir.nodes import Atom, Const
from autodiff_compiler.ir.types import INT

_MOST = 4096  # items of what is written out


def _map(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    if len(arguments) < 2 or keywords:
        scope.frame.refuse(TypeMismatch, node, "map takes a function, and what it is applied to")
    function, *given = arguments
    zipped: Lowered = given[0]
    if len(given) > 1:
        zipped = scope.frame.context.call(scope, node, Static(builtins.zip), given, {})
    over = iterated(scope, node, zipped)

    def applied(inner: Scope, item: Lowered) -> Lowered:
        values = item.items if len(given) > 1 and isinstance(item, TupleValue) else (item,)
        here = replace(inner, frame=scope.frame)  # the loop may be in another function
        return scope.frame.context.call(here, node, function, list(values), {})

    if isinstance(over, Listed):
        each = over.item
        return replace(over, item=lambda inner, k: applied(inner, each(inner, k)))
    item = over.item
    return replace(over, item=lambda inner, k: applied(inner, item(inner, k)), once=False)


def _filter(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    if len(arguments) != 2 or keywords:
        scope.frame.refuse(TypeMismatch, node, "filter takes a function, and what it is applied to")
    function, value = arguments
    every = isinstance(function, Static) and function.value is None
    over = iterated(scope, node, value)
    over = known_range(scope, over) if isinstance(over, Counted) else over
    if not isinstance(over, Listed):
        return follow(scope, node, true_ones if every else passing, [over] if every else [function, over])
    known = _passed(scope.nested(), node, None if every else function, over)
    if known is None:
        listed = scope.frame.context.call(scope, node, Static(list), [over], {})
        return follow(scope, node, true_ones if every else passing, [listed] if every else [function, listed])
    passed = _passed(scope, node, None if every else function, over) or []
    return replace(kept(scope, node, passed, [over]), eager=True)


def _passed(scope: Scope, node: gast.AST, function: Lowered | None, over: Listed) -> list[Lowered] | None:
    """The items that a function accepts; None where that is only known when the program runs."""
    passed: list[Lowered] = []
    for item in scope.items(over) or ():
        truth = item
        if function is not None:
            truth = scope.frame.context.call(scope, node, function, [item], {})
        condition = scope.condition(truth, node)
        if not isinstance(condition, Const):
            return None
        if condition.value:
            passed.append(item)
    return passed


def _written_out(scope: Scope, node: gast.AST, name: str, over: Listed | Counted) -> tuple[Lowered, ...]:
    if isinstance(over, Counted):
        over = known_range(scope, over)
    if isinstance(over, Listed):
        return scope.items(over) or ()
    reason = f"how many items {name} gets is only known when the program runs"
    scope.frame.refuse(UnsupportedSyntax, node, reason, "loops")


# ---------------------------------------------------------------- itertools


def _combined(name: str, combine: Callable[..., Iterable[tuple[Lowered, ...]]], spread: bool) -> Lower:
    """A function of itertools whose results are tuples of the items."""

    def lower(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
        words = {key: scope.known_integer(value, node, f"`{key}`") for key, value in keywords.items()}
        over = arguments if spread else arguments[:1]
        numbers = [scope.known_integer(value, node, "a size") for value in arguments[len(over) :]]
        runs = [iterated(scope, node, value) for value in over]
        ranges = [known_range(scope, run) if isinstance(run, Counted) else run for run in runs]
        if ranges and not all(isinstance(run, Listed) for run in ranges):
            return combined_by_index(scope, node, name, ranges, words.get("repeat", 1), numbers)
        items = [_written_out(scope, node, name, run) for run in runs]
        try:
            found = tuple(itertools.islice(combine(*items, *numbers, **words), _MOST + 1))
        except (TypeError, ValueError) as error:
            scope.frame.refuse(TypeMismatch, node, f"{name}: {error}")
        if len(found) > _MOST:
            scope.frame.refuse(UnsupportedSyntax, node, f"{name} makes more than {_MOST} tuples", "loops")
        return Listed.of([TupleValue(tuple(item)) for item in found])

    return lower


def _chain(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    parts = [iterated(scope, node, value) for value in arguments]
    ranges = [known_range(scope, part) if isinstance(part, Counted) else part for part in parts]
    if not all(isinstance(part, Listed) for part in ranges):
        return one_after_another(scope, node, parts)
    items = [item for part in parts for item in _written_out(scope, node, "itertools.chain", part)]
    return kept(scope, node, items, parts)


def _starmap(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    function, items = bound(
        scope, node, "itertools.starmap", ("function", "iterable"), arguments, keywords, 2
    )
    assert function is not None
    assert items is not None
    return _map(scope, node, [follow(scope, node, spread, [function]), items], {})


def _chain_of(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    (value,) = bound(scope, node, "itertools.chain.from_iterable", ("iterable",), arguments, keywords, 1)
    assert value is not None
    over = iterated(scope, node, value)
    if isinstance(over, Counted) and not isinstance(known_range(scope, over), Listed):
        return listed_before(scope, node, stand_ins_iterators.flattened, [over], over.reads, value)
    parts = _written_out(scope, node, "itertools.chain.from_iterable", over)
    return _chain(scope, node, list(parts), {})


def _accumulate(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    names = ("iterable", "function", "initial")
    value, function, initial = bound(
        scope, node, "itertools.accumulate", names, arguments, _renamed(keywords), 1
    )
    assert value is not None
    over = iterated(scope, node, value)
    if isinstance(over, Counted) and not isinstance(known_range(scope, over), Listed):
        by = Static(operator.add) if function is None else function
        reads = (*over.reads, *reads_of(scope, by))
        if initial is None:
            return listed_before(scope, node, stand_ins_iterators.accumulated, [over, by], reads, value)
        given = [over, by, initial]
        return listed_before(scope, node, stand_ins_iterators.accumulated_from, given, reads, value)
    items = list(_written_out(scope, node, "itertools.accumulate", over))
    if initial is not None:
        items.insert(0, initial)
    results: list[Lowered] = items[:1]
    for item in items[1:]:
        if function is None:
            results.append(scope.elementwise(node, "add", [results[-1], item], python=True))
        else:
            results.append(scope.frame.context.call(scope, node, function, [results[-1], item], {}))
    reads = () if function is None else reads_of(scope, function)
    return replace(kept(scope, node, results, [over]), eager=True, reads=reads)


def _renamed(keywords: Keywords) -> Keywords:
    return {"function" if name == "func" else name: value for name, value in keywords.items()}


def _pairwise(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    (value,) = bound(scope, node, "itertools.pairwise", ("iterable",), arguments, keywords, 1)
    assert value is not None
    over = iterated(scope, node, value)
    if isinstance(over, Listed):
        pairs = [TupleValue(pair) for pair in itertools.pairwise(scope.items(over) or ())]
        return kept(scope, node, pairs, [over])
    length, item = counted(scope, node, over)

    def pair(inner: Scope, k: Atom) -> Lowered:
        return TupleValue((item(inner, k), item(inner, inner.apply("add", (k, integer(1)), INT))))

    return Counted(
        integer(0), scope.apply("subtract", (length, integer(1)), INT), integer(1), pair, reads=over.reads
    )


def _islice(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    if not 2 <= len(arguments) <= 4 or keywords:
        scope.frame.refuse(TypeMismatch, node, "islice takes an iterable and up to three numbers")
    over = iterated(scope, node, arguments[0])
    given = [None if isinstance(item, Static) else item for item in arguments[1:]]
    bounds: Sequence[Lowered | None] = (None, given[0], None) if len(given) == 1 else [*given, None][:3]
    if isinstance(over, Listed):
        known = [
            None if item is None else scope.known_integer(item, node, "a bound of islice") for item in bounds
        ]
        return kept(scope, node, list(itertools.islice(scope.items(over) or (), *known)), [over])
    first, last, by = (
        None if item is None else scope.integer(item, node, "a bound of islice") for item in bounds
    )
    length, item_at = counted(scope, node, over)
    stop_at = length if last is None else scope.apply("minimum", (length, last), INT)
    return Counted(first or integer(0), stop_at, by or integer(1), item_at, reads=over.reads)


def _repeat(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    value, times = bound(scope, node, "itertools.repeat", ("object", "times"), arguments, keywords, 1)
    assert value is not None
    many = integer(ENDLESS) if times is None else scope.integer(times, node, "how often repeat repeats")
    return Counted(integer(0), many, integer(1), lambda inner, k: value)


def _count(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    start, step = bound(scope, node, "itertools.count", ("start", "step"), arguments, keywords, 0)
    first = integer(0) if start is None else start
    by = integer(1) if step is None else step

    def at(inner: Scope, k: Atom) -> Lowered:
        moved = inner.elementwise(node, "multiply", [k, by], python=True)
        return inner.elementwise(node, "add", [first, moved], python=True)

    return Counted(integer(0), integer(ENDLESS), integer(1), at)


def _vectorize(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    """`np.vectorize(function)`; of its options only the text."""
    if len(arguments) != 1 or set(keywords) - {"doc"}:
        scope.frame.refuse(
            UnsupportedSyntax, node, "np.vectorize is supported with a function alone", "np.vectorize(f)"
        )
    return Partial(Static(stand_ins.element_by_element), (arguments[0],))


ITERATORS: dict[object, Lower] = {
    np.vectorize: _vectorize,
    builtins.map: _map,
    builtins.filter: _filter,
    itertools.product: _combined("itertools.product", itertools.product, True),
    itertools.combinations: _combined("itertools.combinations", itertools.combinations, False),
    itertools.combinations_with_replacement: _combined(
        "itertools.combinations_with_replacement", itertools.combinations_with_replacement, False
    ),
    itertools.permutations: _combined("itertools.permutations", itertools.permutations, False),
    itertools.chain: _chain,
    itertools.chain.from_iterable: _chain_of,
    itertools.starmap: _starmap,
    itertools.accumulate: _accumulate,
    itertools.pairwise: _pairwise,
    itertools.islice: _islice,
    itertools.repeat: _repeat,
    itertools.count: _count,
}

__all__ = ["ENDLESS", "ITERATORS"]
