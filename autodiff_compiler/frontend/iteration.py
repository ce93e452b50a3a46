"""What a loop runs over: ranges, arrays and structures, and `enumerate`, `zip` and `reversed` of those."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from enum import EnumType
from functools import partial
from typing import TypeGuard

import gast

from autodiff_compiler.errors import TypeMismatch, UnsupportedSyntax
from autodiff_compiler.frontend import flat, overloads
from autodiff_compiler.frontend.arrays import from_items
from autodiff_compiler.frontend.candidates import leaves
from autodiff_compiler.frontend.context import NeedsUnrolling
from autodiff_compiler.frontend.creation import strong
from autodiff_compiler.frontend.indexing import element_or_view
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.list_arrays import length_atom
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.stacking import read_item
from autodiff_compiler.frontend.values import (
    Cell,
    Counted,
    Either,
    Generator,
    Iteration,
    Listed,
    Lowered,
    Range,
    Reference,
    TupleValue,
    describe,
)
from autodiff_compiler.ir.build import FULL, integer
from autodiff_compiler.ir.nodes import Atom, Const, Guard, Slice, Var
from autodiff_compiler.ir.types import BOOL, INT, Array, Scalar

ITERATORS = (range, enumerate, zip, reversed)  # callables whose results a loop may run over
Item = Callable[[Scope, Atom], Lowered]
_CHANGED = "what a loop runs over changes in the loop"
Keywords = Mapping[str, Lowered]


def iterated(scope: Scope, node: gast.AST, value: Lowered) -> Listed | Counted:
    """How a loop runs over a value."""
    if is_iterator(value):
        return remaining(scope, node, value)
    value = scope.resolved(value)
    if isinstance(value, Either) and _all_iterable(value):
        return _of_several(scope, node, value)
    value = overloads.iterated(scope, node, value)
    if (flattened := flat.array_behind(value)) is not None:
        return flat.each(scope, node, flattened)
    if isinstance(value, (Listed, Counted)):
        return value
    if isinstance(value, Reference) and scope.items(value) is not None:
        return Listed(
            lambda inner: len(inner.items(value) or ()), partial(_item_now, value=value), (value.cell,)
        )
    items = scope.items(value)
    if items is not None:
        return Listed.of(items)
    if isinstance(value, Reference) and value.cell.item is not None:
        return _growing(scope, node, value)
    if isinstance(value, Reference) and value.cell.cls is dict:
        return iterated(scope, node, scope.frame.context.call_method(scope, node, value, "keys", [], {}))
    if isinstance(value, Generator):
        over = scope.frame.context.item_by_item(scope, node, value)
        if isinstance(over, (Listed, Counted)):
            return over
        reads = tuple(scope.frame.context.reads_of_generator(scope, value))
        return replace(iterated(scope, node, scope.frame.context.listed(scope, node, value)), reads=reads)
    if isinstance(value, Static) and isinstance(value.value, (str, EnumType)):
        each: Iterable[object] = value.value
        return Listed.of([Static(item) for item in each])
    if isinstance(value, Var) and isinstance(value.type, Array) and value.type.rank:
        rest: tuple[Slice, ...] = (FULL,) * (value.type.rank - 1)
        length = scope.builder.dim(value, 0)
        return from_zero(length, lambda inner, k: element_or_view(inner, value, (k, *rest)))
    sets = describe(value) in ("a set", "a frozenset")
    instead = "sorted(...), as a set has no order" if sets else "for i in range(n), or a loop over an array"
    scope.frame.refuse(UnsupportedSyntax, node, f"a loop over {describe(value)} is not supported", instead)


def _all_iterable(value: Lowered) -> bool:
    kinds = (Reference, TupleValue, Listed, Counted)
    return all(isinstance(leaf, kinds) and not is_iterator(leaf) for leaf in leaves(value))


def _of_several(scope: Scope, node: gast.AST, value: Either) -> Listed | Counted:
    """One of several lists, dicts or tuples: each item is that of the one that it is."""

    def item_of(inner: Scope, side: Lowered, position: Atom) -> Lowered:
        over = iterated(inner, node, side)
        if isinstance(over, Counted):
            return counted(inner, node, over)[1](inner, position)
        assert isinstance(position, Const)
        return over.item(inner, int(position.value))

    def item(inner: Scope, position: Atom) -> Lowered:
        return distribute(inner, node, value, lambda s, side: item_of(s, side, position))

    distribute = scope.frame.context.distribute
    sides = [iterated(scope.nested(), node, leaf) for leaf in leaves(value)]
    lengths = {side.length(scope) if isinstance(side, Listed) else None for side in sides}
    if len(lengths) > 1:
        reason = "a loop over one of several lists of different lengths, or of other kinds"
        scope.frame.refuse(UnsupportedSyntax, node, reason, "an `if` around a loop over each")
    length = lengths.pop()
    if length is None:
        stop = distribute(scope, node, value, lambda s, side: counted(s, node, iterated(s, node, side))[0])
        return from_zero(scope.integer(stop, node, "the length"), item)
    cells = tuple(cell for side in sides if isinstance(side, Listed) for cell in side.cells)
    return Listed(lambda inner: length, lambda inner, k: item(inner, integer(k)), cells)


def is_iterator(value: Lowered) -> TypeGuard[Reference]:
    """Whether the value is an iterator that has a name."""
    return isinstance(value, Reference) and value.cell.cls is Iteration


def remaining(scope: Scope, node: gast.AST, iterator: Reference) -> Listed | Counted:
    """What is left of an iterator, for something else to take: nothing may take items of it from now on."""
    generator = scope.contents(iterator).items[Iteration.OVER].value
    if isinstance(generator, Generator):
        return _used_up(scope, node, iterator, generator)
    over, position = reached(scope, node, iterator)
    if isinstance(over, Listed) and isinstance(position, Const):
        start = int(position.value)
        end: Atom = integer(max(start, over.length(scope)))
        left: Listed | Counted = replace(
            over, length=lambda inner: max(over.length(inner) - start, 0),
            item=lambda inner, k: over.item(inner, k + start),
        )  # fmt: skip
    else:
        end, item = counted(scope, node, over)
        left = Counted(position, end, integer(1), item)
    scope.put(node, iterator, Iteration.POSITION, end)
    reason = "the items of this iterator are taken by another loop, function or iterator"
    scope.heap[iterator.cell] = replace(scope.heap[iterator.cell], frozen=reason)
    return left


def _used_up(scope: Scope, node: gast.AST, iterator: Reference, generator: Generator) -> Listed | Counted:
    """All items of a generator that has a name; none where they have been taken before."""
    position = scope.contents(iterator).items[Iteration.POSITION].value
    if not isinstance(position, Const):
        reason = "whether the items of this generator have been taken is only known when the program runs"
        scope.frame.refuse(UnsupportedSyntax, node, reason, "a list: [... for ...]")
    if position.value:
        return Listed.of(())
    found = iterated(scope, node, generator)
    scope.put(node, iterator, Iteration.POSITION, integer(1))
    return found


def reached(scope: Scope, node: gast.AST, iterator: Reference) -> tuple[Listed | Counted, Atom]:
    """What an iterator runs over, and how many items have been taken."""
    held = scope.contents(iterator).items
    over, position = held[Iteration.OVER].value, held[Iteration.POSITION].value
    if isinstance(over, Generator):
        reason = "single items are taken from a generator that leaves some out"
        scope.frame.refuse(UnsupportedSyntax, node, reason, "a loop with an `if` and `break`")
    if not isinstance(over, (Listed, Counted)) or not isinstance(position, (Var, Const)):
        reason = "which iterator this is, is only known when the program runs"
        scope.frame.refuse(UnsupportedSyntax, node, reason, "an `if` around each use of an iterator")
    return over, position


def _item_now(scope: Scope, position: int, value: Reference) -> Lowered:
    """An item of a list as it is now."""
    items = scope.items(value)
    assert items is not None
    return items[position]


def kept(
    scope: Scope, node: gast.AST, items: Sequence[Lowered], sources: Sequence[Listed | Counted]
) -> Listed:
    """Items that were read before the loop, from sources that must not change as long as it runs."""
    cells = tuple(cell for over in sources if isinstance(over, Listed) for cell in over.cells)
    unchanged = _unchanged(scope, cells)

    def item(inner: Scope, position: int) -> Lowered:
        if not unchanged(inner):
            inner.frame.refuse(UnsupportedSyntax, node, _CHANGED, "a loop over a copy: list(...)")
        return items[position]

    return Listed(lambda inner: len(items), item, cells)


def _unchanged(scope: Scope, cells: Sequence[Cell]) -> Callable[[Scope], bool]:
    """Whether lists and dicts hold elsewhere what they hold here."""
    before = [(cell, scope.heap[cell].items) for cell in cells]
    return lambda inner: all(inner.heap[cell].items == items for cell, items in before)


def _growing(scope: Scope, node: gast.AST, value: Reference) -> Counted:
    """The items of a list of unknown length, which stays as long as it is."""
    length, cell = length_atom(scope, value), value.cell

    def item(inner: Scope, position: Atom) -> Lowered:
        now = length_atom(inner, value)
        if inner.heap[cell].place is not None:
            same, at = inner.apply("equal", (now, length), BOOL), inner.frame.at(node)
            message = "the list that a loop runs over, of {} items, has {} by now: run over a copy, list(...)"
            inner.builder.add(Guard(same, message, (length, now), "UnsupportedSyntax", at))
        elif now != length:
            reason = "the list that a loop runs over changes its length in the loop"
            inner.frame.refuse(UnsupportedSyntax, node, reason, "a loop over a copy: list(...)")
        assert cell.item is not None
        return read_item(inner, cell, 0, cell.item, position)

    return from_zero(length, item)


def from_zero(length: Atom, item: Item) -> Counted:
    """So many items, by their numbers."""
    return Counted(integer(0), length, integer(1), item)


def counted(scope: Scope, node: gast.AST, value: Listed | Counted) -> tuple[Atom, Item]:
    """How many items there are (a negative number is none), and each of them by its number."""
    if isinstance(value, Listed):
        items = scope.items(value) or ()
        for known in items:
            if isinstance(known, Var) and isinstance(known.type, Array):  # a copy would be another array
                scope.scalar(known, node, "an item")
        array = from_items(scope, node, TupleValue(items), None)
        found = iterated(scope, node, array)
        assert isinstance(found, Counted)
        unchanged = _unchanged(scope, value.cells)
        python = all(isinstance(getattr(known, "type", None), Scalar) and known.type.weak for known in items)  # type: ignore[union-attr]  # numbers then

        def item_of(inner: Scope, k: Atom) -> Lowered:
            if isinstance(k, Const) and 0 <= int(k.value) < value.length(inner):
                return value.item(inner, int(k.value))
            if not unchanged(inner):
                raise NeedsUnrolling(_CHANGED)
            item = found.item(inner, k)
            if python and isinstance(item, Var):  # read off an array, which has NumPy's numbers
                return strong(inner, item, Scalar(item.type.dtype, weak=True))
            return item

        return found.stop, item_of
    start, step, item = value.start, value.step, value.item
    if (start, step) == (integer(0), integer(1)):
        return value.stop, item
    span = scope.apply("subtract", (start, value.stop), INT)
    length = scope.apply("negative", (scope.apply("floor_divide", (span, step), INT),), INT)

    def at(inner: Scope, k: Atom) -> Lowered:
        position = inner.apply("add", (start, inner.apply("multiply", (k, step), INT)), INT)
        return item(inner, position)

    return length, at


# ---------------------------------------------------------------- range, enumerate, reversed


def lower_range(scope: Scope, node: gast.AST, arguments: Sequence[Lowered], keywords: Keywords) -> Range:
    """`range(stop)`, `range(start, stop)`, `range(start, stop, step)`."""
    if keywords or not 1 <= len(arguments) <= 3:
        scope.frame.refuse(TypeMismatch, node, "range takes one to three positional arguments")
    places = node.args if isinstance(node, gast.Call) and len(node.args) == len(arguments) else None
    bounds = [
        scope.integer(value, places[k] if places else node, "an argument of range")
        for k, value in enumerate(arguments)
    ]
    start, stop = (integer(0), bounds[0]) if len(bounds) == 1 else bounds[:2]
    step: Atom = bounds[2] if len(bounds) == 3 else integer(1)
    if isinstance(step, Const) and step.value == 0:
        scope.frame.refuse(TypeMismatch, node, "the step of a range must not be zero")
    return Range(start, stop, step, lambda inner, position: position)


def lower_enumerate(
    scope: Scope, node: gast.AST, arguments: Sequence[Lowered], keywords: Keywords
) -> Lowered:
    """`enumerate(items, start=0)`."""
    extra = [*arguments[1:], *(value for name, value in keywords.items() if name == "start")]
    if not arguments or len(extra) != len(arguments) - 1 + len(keywords) or len(extra) > 1:
        scope.frame.refuse(TypeMismatch, node, "enumerate takes what to run over, and perhaps a start")
    start: Atom = scope.integer(extra[0], node, "the start of enumerate") if extra else integer(0)
    over = iterated(scope, node, arguments[0])
    if isinstance(over, Listed):

        def numbered(inner: Scope, k: int) -> Lowered:
            return TupleValue((inner.apply("add", (start, integer(k)), INT), over.item(inner, k)))

        return replace(over, item=numbered)
    length, item = counted(scope, node, over)
    numbers = from_zero(
        length, lambda inner, k: TupleValue((inner.apply("add", (start, k), INT), item(inner, k)))
    )
    return replace(numbers, eager=over.eager, reads=over.reads)


def lower_reversed(scope: Scope, node: gast.AST, arguments: Sequence[Lowered], keywords: Keywords) -> Lowered:
    """`reversed(items)`."""
    if len(arguments) != 1 or keywords:
        scope.frame.refuse(TypeMismatch, node, "reversed takes one argument here")
    over = iterated(scope, node, arguments[0])
    if isinstance(over, Listed):
        count = over.length(scope)
        return replace(over, item=lambda inner, k: over.item(inner, count - 1 - k), settled=True)
    length, item = counted(scope, node, over)
    last = scope.apply("subtract", (length, integer(1)), INT)
    return Counted(last, integer(-1), integer(-1), item)


def lower_iter(scope: Scope, node: gast.AST, arguments: Sequence[Lowered], keywords: Keywords) -> Lowered:
    """`iter(items)`, as `__iter__` returns it."""
    if len(arguments) != 1 or keywords:
        scope.frame.refuse(TypeMismatch, node, "iter takes one argument here")
    if is_iterator(arguments[0]):
        return arguments[0]
    return iterated(scope, node, arguments[0])


ITERATION: dict[object, Callable[..., Lowered]] = {
    builtins.iter: lower_iter,
    builtins.range: lower_range,
    builtins.enumerate: lower_enumerate,
    builtins.reversed: lower_reversed,
}

__all__ = [
    "ITERATION", "ITERATORS", "counted", "from_zero", "is_iterator", "iterated", "kept", "reached",
    "remaining",
]  # fmt: skip
