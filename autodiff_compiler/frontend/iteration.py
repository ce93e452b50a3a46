"""What a loop runs over: ranges, arrays and structures, and `enumerate`, `zip` and `reversed` of those."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping, Sequence

import gast

from autodiff_compiler.errors import TypeMismatch, UnsupportedSyntax
from autodiff_compiler.frontend import overloads
from autodiff_compiler.frontend.arrays import from_items
from autodiff_compiler.frontend.indexing import FULL, element_or_view
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.stacking import length_atom, read_item
from autodiff_compiler.frontend.values import (
    Counted,
    Generator,
    Listed,
    Lowered,
    Reference,
    TupleValue,
    describe,
)
from autodiff_compiler.ir.build import integer
from autodiff_compiler.ir.nodes import Atom, Const, Slice, Var
from autodiff_compiler.ir.types import INT, Array

ITERATORS = (range, enumerate, zip, reversed)  # callables whose results a loop may run over
Item = Callable[[Scope, Atom], Lowered]
Keywords = Mapping[str, Lowered]


def iterated(scope: Scope, node: gast.AST, value: Lowered) -> Listed | Counted:
    """How a loop runs over a value."""
    value = overloads.iterated(scope, node, value)
    if isinstance(value, (Listed, Counted)):
        return value
    items = scope.items(value)
    if items is not None:
        return Listed(items)
    if isinstance(value, Reference) and value.cell.item is not None:
        return _growing(scope, node, value)
    if isinstance(value, Reference) and value.cell.cls is dict:
        return iterated(scope, node, scope.frame.context.call_method(scope, node, value, "keys", [], {}))
    if isinstance(value, Generator):
        return iterated(scope, node, scope.frame.context.listed(scope, node, value))
    if isinstance(value, Static) and isinstance(value.value, str):
        return Listed(tuple(Static(letter) for letter in value.value))
    if isinstance(value, Var) and isinstance(value.type, Array) and value.type.rank:
        rest: tuple[Slice, ...] = (FULL,) * (value.type.rank - 1)
        length = scope.builder.dim(value, 0)
        return _from_zero(length, lambda inner, k: element_or_view(inner, value, (k, *rest)))
    scope.frame.refuse(
        UnsupportedSyntax,
        node,
        f"a loop over {describe(value)} is not supported",
        "for i in range(n), or a loop over an array",
    )


def _growing(scope: Scope, node: gast.AST, value: Reference) -> Counted:
    """The items of a list of unknown length, which stays as long as it is."""
    length, cell = length_atom(scope, value), value.cell

    def item(inner: Scope, position: Atom) -> Lowered:
        if length_atom(inner, value) != length:
            reason = "the list that a loop runs over changes its length in the loop"
            inner.frame.refuse(UnsupportedSyntax, node, reason, "a loop over a copy: list(...)")
        assert cell.item is not None
        return read_item(inner, cell, 0, cell.item, position)

    return _from_zero(length, item)


def _from_zero(length: Atom, item: Item) -> Counted:
    return Counted(integer(0), length, integer(1), item)


def counted(scope: Scope, node: gast.AST, value: Listed | Counted) -> tuple[Atom, Item]:
    """How many items there are (a negative number is none), and each of them by its number."""
    if isinstance(value, Listed):
        array = from_items(scope, node, TupleValue(value.items), None)
        found = iterated(scope, node, array)
        assert isinstance(found, Counted)
        return found.stop, found.item
    start, step, item = value.start, value.step, value.item
    if (start, step) == (integer(0), integer(1)):
        return value.stop, item
    span = scope.apply("subtract", (start, value.stop), INT)
    length = scope.apply("negative", (scope.apply("floor_divide", (span, step), INT),), INT)

    def at(inner: Scope, k: Atom) -> Lowered:
        position = inner.apply("add", (start, inner.apply("multiply", (k, step), INT)), INT)
        return item(inner, position)

    return length, at


# ---------------------------------------------------------------- range, enumerate, zip, reversed


def lower_range(scope: Scope, node: gast.AST, arguments: Sequence[Lowered], keywords: Keywords) -> Counted:
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
    return Counted(start, stop, step, lambda inner, position: position)


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
        numbered = (
            TupleValue((scope.apply("add", (start, integer(k)), INT), item))
            for k, item in enumerate(over.items)
        )
        return Listed(tuple(numbered))
    length, item = counted(scope, node, over)
    return _from_zero(
        length, lambda inner, k: TupleValue((inner.apply("add", (start, k), INT), item(inner, k)))
    )


def lower_zip(scope: Scope, node: gast.AST, arguments: Sequence[Lowered], keywords: Keywords) -> Lowered:
    """`zip(a, b, ...)`, as long as the shortest; `strict` is not checked, so not accepted."""
    if not arguments or any(
        name != "strict" or not (isinstance(value, Const) and value.value is False)
        for name, value in keywords.items()
    ):
        scope.frame.refuse(UnsupportedSyntax, node, "this form of zip is not supported", "zip(a, b)")
    parts = [iterated(scope, node, argument) for argument in arguments]
    listed = [part.items for part in parts if isinstance(part, Listed)]
    if len(listed) == len(parts):
        return Listed(tuple(TupleValue(items) for items in zip(*listed, strict=False)))
    (shortest, _), *others = pairs = [counted(scope, node, part) for part in parts]
    for length, _ in others:
        shortest = scope.apply("minimum", (shortest, length), INT)
    return _from_zero(shortest, lambda inner, k: TupleValue(tuple(item(inner, k) for _, item in pairs)))


def lower_reversed(scope: Scope, node: gast.AST, arguments: Sequence[Lowered], keywords: Keywords) -> Lowered:
    """`reversed(items)`."""
    if len(arguments) != 1 or keywords:
        scope.frame.refuse(TypeMismatch, node, "reversed takes one argument here")
    over = iterated(scope, node, arguments[0])
    if isinstance(over, Listed):
        return Listed(over.items[::-1])
    length, item = counted(scope, node, over)
    last = scope.apply("subtract", (length, integer(1)), INT)
    return Counted(last, integer(-1), integer(-1), item)


def lower_iter(scope: Scope, node: gast.AST, arguments: Sequence[Lowered], keywords: Keywords) -> Lowered:
    """`iter(items)`, as `__iter__` returns it."""
    if len(arguments) != 1 or keywords:
        scope.frame.refuse(TypeMismatch, node, "iter takes one argument here")
    return iterated(scope, node, arguments[0])


ITERATION: dict[object, Callable[..., Lowered]] = {
    builtins.iter: lower_iter,
    builtins.range: lower_range,
    builtins.enumerate: lower_enumerate,
    builtins.zip: lower_zip,
    builtins.reversed: lower_reversed,
}

__all__ = ["ITERATION", "ITERATORS", "counted", "iterated"]
