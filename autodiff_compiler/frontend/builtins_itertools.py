"""Functions of `itertools` that choose items, fill them up or repeat them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import gast

from autodiff_compiler.errors import TypeMismatch, UnsupportedSyntax
from autodiff_compiler.frontend import stand_ins_iterators
from autodiff_compiler.frontend.builtins_folds import Keywords, Lower, bound, follow
from autodiff_compiler.frontend.builtins_iterators import ENDLESS
from autodiff_compiler.frontend.choices import choose
from autodiff_compiler.frontend.generators import reads_of
from autodiff_compiler.frontend.iteration import counted, iterated, kept
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import Counted, Listed, Lowered, TupleValue
from autodiff_compiler.ir.build import integer
from autodiff_compiler.ir.nodes import Atom
from autodiff_compiler.ir.types import BOOL, INT

_UNENDING = ("itertools.dropwhile", "itertools.filterfalse")  # do not end where the items do not


def _selecting(name: str, function: Callable[..., object], names: tuple[str, str]) -> Lower:
    """A function of itertools that takes some of the items: the list of them, made before the loop."""

    def lower(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
        first, second = bound(scope, node, name, names, arguments, keywords, 2)
        assert first is not None
        assert second is not None
        if name in _UNENDING:
            _check_ends(scope, node, name, iterated(scope, node, second))
        made = follow(scope, node, function, [first, second])
        return replace(
            iterated(scope, node, made), eager=True, reads=(*reads_of(scope, first), *reads_of(scope, second))
        )

    return lower


def _check_ends(scope: Scope, node: gast.AST, name: str, over: Listed | Counted) -> None:
    if isinstance(over, Counted) and over.stop == integer(ENDLESS):
        reason = f"{name} of what has no end is not supported"
        scope.frame.refuse(UnsupportedSyntax, node, reason, "a loop with `break`")


def _zip_longest(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    if set(keywords) - {"fillvalue"} or not arguments:
        scope.frame.refuse(TypeMismatch, node, "zip_longest takes iterables, and perhaps `fillvalue`")
    fill = keywords.get("fillvalue", Static(None))
    parts = [iterated(scope, node, value) for value in arguments]
    reads = tuple(read for part in parts for read in part.reads)
    if all(isinstance(part, Listed) for part in parts):
        columns = [scope.items(part) or () for part in parts]
        rows = [TupleValue(row) for row in itertools.zip_longest(*columns, fillvalue=fill)]
        return replace(kept(scope, node, rows, parts), reads=reads)
    pairs = [counted(scope, node, part) for part in parts]
    (longest, _), *others = pairs
    for length, _ in others:
        longest = scope.apply("maximum", (longest, length), INT)

    def column(inner: Scope, k: Atom, length: Atom, item: Callable[[Scope, Atom], Lowered]) -> Lowered:
        within = inner.apply("less", (k, length), BOOL)
        return choose(inner, node, within, lambda s: item(s, k), lambda s: fill)

    def row(inner: Scope, k: Atom) -> Lowered:
        return TupleValue(tuple(column(inner, k, *pair) for pair in pairs))

    return Counted(integer(0), longest, integer(1), row, reads=reads)


def _cycle(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    (value,) = bound(scope, node, "itertools.cycle", ("iterable",), arguments, keywords, 1)
    assert value is not None
    over = iterated(scope, node, value)
    length, item = counted(scope, node, over)
    some = scope.apply("minimum", (length, integer(1)), INT)
    many = scope.apply("multiply", (some, integer(ENDLESS)), INT)

    def at(inner: Scope, k: Atom) -> Lowered:
        return item(inner, inner.apply("remainder", (k, length), INT))

    return Counted(integer(0), many, integer(1), at, reads=over.reads)


CHOOSING: dict[object, Lower] = {
    itertools.zip_longest: _zip_longest,
    itertools.cycle: _cycle,
    itertools.takewhile: _selecting(
        "itertools.takewhile", stand_ins_iterators.items_while, ("predicate", "iterable")
    ),
    itertools.dropwhile: _selecting(
        "itertools.dropwhile", stand_ins_iterators.items_from, ("predicate", "iterable")
    ),
    itertools.filterfalse: _selecting(
        "itertools.filterfalse", stand_ins_iterators.items_unless, ("function", "iterable")
    ),
    itertools.compress: _selecting(
        "itertools.compress", stand_ins_iterators.items_chosen, ("data", "selectors")
    ),
}

__all__ = ["CHOOSING"]
