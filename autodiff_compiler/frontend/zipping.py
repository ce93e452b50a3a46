"""`zip`: of lists, arrays and whatever else a loop may run over, side by side."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import gast

from autodiff_compiler.errors import UnsupportedSyntax
from autodiff_compiler.frontend import stand_ins_lists
from autodiff_compiler.frontend.failures import require
from autodiff_compiler.frontend.iteration import Item, counted, from_zero, iterated
from autodiff_compiler.frontend.kinds import Record, Static, Uniform
from autodiff_compiler.frontend.list_arrays import length_atom
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import Counted, Listed, Lowered, Reference, TupleValue
from autodiff_compiler.ir.build import integer
from autodiff_compiler.ir.nodes import Const, Guard, Var
from autodiff_compiler.ir.types import BOOL, INT, Array, Scalar

Keywords = Mapping[str, Lowered]


def lower_zip(scope: Scope, node: gast.AST, arguments: Sequence[Lowered], keywords: Keywords) -> Lowered:
    """`zip(a, b, ...)`, as long as the shortest; with `strict=True` all have to be of one length."""
    strict = keywords.get("strict", Const(False, BOOL))
    if not arguments or set(keywords) - {"strict"} or not isinstance(strict, Const):
        scope.frame.refuse(UnsupportedSyntax, node, "this form of zip is not supported", "zip(a, b)")
    parts = [iterated(scope, node, argument) for argument in arguments]
    if strict.value:
        _require_one_length(scope, node, parts)
    listed = [part for part in parts if isinstance(part, Listed)]
    empty = any(part.length(scope) == 0 for part in listed)  # then no item says of which type they are
    if len(listed) == len(parts) or empty:
        return Listed(
            lambda inner: min(part.length(inner) for part in listed),
            lambda inner, k: TupleValue(tuple(part.item(inner, k) for part in listed)),
            tuple(cell for part in listed for cell in part.cells),
            any(part.settled for part in listed) or empty,
            reads=tuple(read for part in listed for read in part.reads),
        )
    if not all(_is_numeric(scope, part.item(scope, k)) for part in listed for k in range(part.length(scope))):
        return _beside_listed(scope, node, parts, listed)
    (shortest, _), *others = pairs = [counted(scope, node, part) for part in parts]
    for length, _ in others:
        shortest = scope.apply("minimum", (shortest, length), INT)
    zipped = from_zero(shortest, lambda inner, k: TupleValue(tuple(item(inner, k) for _, item in pairs)))
    reads = tuple(read for part in parts for read in part.reads)
    return replace(zipped, eager=any(part.eager for part in parts), reads=reads)


def _require_one_length(scope: Scope, node: gast.AST, parts: Sequence[Listed | Counted]) -> None:
    """Let the program raise ValueError where what `zip(..., strict=True)` gets is not of one length."""
    first, *others = [
        integer(part.length(scope))
        if isinstance(part, Listed)
        else scope.apply("maximum", (counted(scope, node, part)[0], integer(0)), INT)
        for part in parts
    ]
    for number, length in enumerate(others, 2):
        before = "argument 1" if number == 2 else f"arguments 1-{number - 1}"
        fits = scope.apply("less_equal", (length, first), BOOL)
        require(scope, node, fits, ValueError, f"zip() argument {number} is longer than {before}")
        fits = scope.apply("greater_equal", (length, first), BOOL)
        require(scope, node, fits, ValueError, f"zip() argument {number} is shorter than {before}")


def _is_numeric(scope: Scope, value: Lowered) -> bool:
    """Whether a value can be an item of an array."""
    items = scope.items(value)
    if items is None:
        return isinstance(value, (Var, Const)) or (isinstance(value, Reference) and value.cell.cls is list)
    return all(_is_numeric(scope, item) for item in items)


def _beside_listed(
    scope: Scope, node: gast.AST, parts: Sequence[Listed | Counted], listed: Sequence[Listed]
) -> Lowered:
    """`zip(names, array)`: as long as the names, and refused where the array turns out to be shorter."""
    count = min(part.length(scope) for part in listed)
    pairs: list[Callable[[Scope, int], Lowered]] = []
    for part in parts:
        if isinstance(part, Listed):
            pairs.append(part.item)
            continue
        length, item = counted(scope, node, part)
        long = scope.apply("greater_equal", (length, integer(count)), BOOL)
        message = f"zip gets {{}} values beside {count} others, which have to be used up"
        scope.builder.add(Guard(long, message, (length,), "UnsupportedSyntax", scope.frame.at(node)))
        pairs.append(partial(_numbered, item))
    return Listed(
        lambda inner: min(count, *(part.length(inner) for part in listed)),
        lambda inner, k: TupleValue(tuple(item(inner, k) for item in pairs)),
        tuple(cell for part in listed for cell in part.cells),
        settled=True,
    )


def _numbered(item: Item, scope: Scope, k: int) -> Lowered:
    return item(scope, integer(k))


def turned(scope: Scope, node: gast.Call, function: Lowered, value: Lowered) -> Lowered | None:
    """`zip(*rows)` of a list of unknown length: a list for each part of its items; None for other calls."""
    item = value.cell.item if isinstance(value, Reference) else None
    alone = function == Static(zip) and len(node.args) == 1 and not node.keywords
    if not alone or not isinstance(value, Reference):
        return None
    if isinstance(item, Array) or (isinstance(item, Uniform) and isinstance(item.item, Scalar)):
        return scope.frame.context.inline(scope, node, stand_ins_lists.columns, [value], {})
    if not isinstance(item, Record) or not issubclass(item.cls, (tuple, list)):
        return None
    some = scope.apply("greater", (length_atom(scope, value), integer(0)), BOOL)
    at = scope.frame.at(node)
    scope.builder.add(Guard(some, "zip(*...) of a list without items", (), "UnsupportedSyntax", at))
    return Listed.of([_column(scope, node, value, k) for k in range(len(item.items))])


def _column(scope: Scope, node: gast.Call, value: Reference, k: int) -> Lowered:
    surfaces = scope.frame.context.inner_surfaces
    if (node, k) not in surfaces:  # a place of its own, as each column has items of its own type
        surfaces[node, k] = gast.copy_location(gast.Call(node.func, [], []), node)
    given = [value, integer(k)]
    return scope.frame.context.inline(scope, surfaces[node, k], stand_ins_lists.column, given, {})


ZIP: dict[object, Callable[..., Lowered]] = {builtins.zip: lower_zip}

__all__ = ["ZIP", "turned"]
