"""What functions of `itertools` make of items whose number is only known when the program runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

import gast

from autodiff_compiler.errors import UnsupportedSyntax
from autodiff_compiler.frontend import stand_ins_iterators
from autodiff_compiler.frontend.builtins_folds import follow
from autodiff_compiler.frontend.choices import choose
from autodiff_compiler.frontend.generators import reads_of
from autodiff_compiler.frontend.iteration import counted, iterated
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import Counted, Listed, Lowered, TupleValue
from autodiff_compiler.ir.build import integer
from autodiff_compiler.ir.nodes import Atom
from autodiff_compiler.ir.types import BOOL, INT

ENDLESS = 2**62  # how far `itertools.count` counts
Reads: TypeAlias = "tuple[tuple[str, Lowered | None], ...]"


def check_ends(scope: Scope, node: gast.AST, name: str, over: Listed | Counted) -> None:
    """Refuse to use up an iterator without end."""
    if isinstance(over, Counted) and over.stop == integer(ENDLESS):
        scope.frame.refuse(UnsupportedSyntax, node, f"{name} gets items without end", "a loop with `break`")


def listed_before(
    scope: Scope, node: gast.AST, function: Callable[..., object], given: list[Lowered], reads: Reads,
    value: Lowered,
) -> Lowered:  # fmt: skip
    """A list that a function makes before the loop over it, which must not change what is read for it."""
    over = given[0]
    assert isinstance(over, (Counted, Listed))
    check_ends(scope, node, "a function of itertools", over)
    made = iterated(scope, node, follow(scope, node, function, given))
    return replace(made, eager=True, reads=(*reads, *reads_of(scope, value)))


def one_after_another(scope: Scope, node: gast.AST, parts: Sequence[Listed | Counted]) -> Counted:
    """`itertools.chain`: a position is in one of the parts."""
    ends: list[Atom] = [integer(0)]
    each = []
    for part in parts[:-1]:
        check_ends(scope, node, "itertools.chain", part)
    for part in parts:
        length, item = counted(scope, node, part)
        each.append(item)
        some = scope.apply("maximum", (length, integer(0)), INT)
        ends.append(scope.apply("add", (ends[-1], some), INT))

    def at(inner: Scope, k: Atom, number: int) -> Lowered:
        if number == len(each) - 1:
            return each[number](inner, inner.apply("subtract", (k, ends[number]), INT))
        here = inner.apply("less", (k, ends[number + 1]), BOOL)
        return choose(
            inner, node, here,
            lambda s: each[number](s, s.apply("subtract", (k, ends[number]), INT)),
            lambda s: at(s, k, number + 1),
        )  # fmt: skip

    reads = tuple(read for part in parts for read in part.reads)
    eager = any(part.eager for part in parts)
    return Counted(
        integer(0), ends[-1], integer(1), lambda inner, k: at(inner, k, 0), eager=eager, reads=reads
    )


def combined_by_index(
    scope: Scope, node: gast.AST, name: str, parts: Sequence[Listed | Counted], repeat: int,
    sizes: Sequence[int],
) -> Counted:  # fmt: skip
    """Tuples of items, read off copies of these at their indices: in Python they are taken at once, too."""
    for part in parts:
        check_ends(scope, node, name, part)
    copies = [follow(scope, node, stand_ins_iterators.pool, [part]) for part in parts]
    pools = [counted(scope, node, iterated(scope, node, copy)) for copy in copies] * repeat
    if name == "itertools.product":
        return _product(scope, pools)
    rule = stand_ins_iterators.INDICES.get((name.removeprefix("itertools."), *sizes))
    if rule is None:
        reason = f"{name} of so many items, how many is only known when the program runs, is not supported"
        scope.frame.refuse(UnsupportedSyntax, node, reason, "loops")
    ((length, item),) = pools
    total, index = counted(scope, node, iterated(scope, node, follow(scope, node, rule, [length])))

    def chosen(inner: Scope, k: Atom) -> Lowered:
        at = index(inner, k)
        assert isinstance(at, TupleValue)
        return TupleValue(tuple(item(inner, inner.integer(part, node, "an index")) for part in at.items))

    return Counted(integer(0), total, integer(1), chosen)


def _product(scope: Scope, pools: Sequence[tuple[Atom, Callable[[Scope, Atom], Lowered]]]) -> Counted:
    """All combinations by position, those of the last varying fastest."""
    total: Atom = integer(1)
    for length, _ in pools:
        total = scope.apply("multiply", (total, length), INT)

    def item(inner: Scope, k: Atom) -> Lowered:
        found: list[Lowered] = []
        for length, at in reversed(pools):
            found.insert(0, at(inner, inner.apply("remainder", (k, length), INT)))
            k = inner.apply("floor_divide", (k, length), INT)
        return TupleValue(tuple(found))

    return Counted(integer(0), total, integer(1), item)


__all__ = ["ENDLESS", "check_ends", "combined_by_index", "listed_before", "one_after_another"]
