"""Parts of lists that a loop runs over: the objects are read off the list itself, so that they may change."""

from __future__ import annotations

from collections.abc import Iterator

import gast

from autodiff_compiler.errors import UnsupportedSyntax
from autodiff_compiler.frontend.iteration import ITERATORS
from autodiff_compiler.frontend.kinds import Record, Static
from autodiff_compiler.frontend.list_arrays import POSITION, length_atom
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.stacking import item_at, read_item
from autodiff_compiler.frontend.value_kinds import has_objects
from autodiff_compiler.frontend.values import Counted, Lowered, Place, Reference, Undefined
from autodiff_compiler.frontend.whole_lists import clipped
from autodiff_compiler.ir.build import integer
from autodiff_compiler.ir.nodes import Atom, Slice
from autodiff_compiler.ir.types import INT


def note_parts(scope: Scope, node: gast.AST) -> None:
    """Note the subscripts in what a loop runs over that nothing else can see: `for p in zip(a, a[1:])`."""
    scope.frame.context.run_over.update(_parts(scope, node))


def _parts(scope: Scope, node: gast.AST) -> Iterator[gast.AST]:
    if isinstance(node, gast.Subscript) and isinstance(node.slice, gast.Slice):
        yield node
    if isinstance(node, gast.Call) and isinstance(node.func, gast.Name) and node.func.id not in scope.names:
        function = scope.frame.context.lower_expression(scope, node.func)
        if isinstance(function, Static) and any(function.value is known for known in ITERATORS):
            for argument in node.args:
                yield from _parts(scope, argument)


def part_run_over(scope: Scope, node: gast.AST, base: Reference, part: Slice) -> Counted | None:
    """The items of `list[a:b]` where these are objects in a list of unknown length."""
    cell, kind = base.cell, base.cell.item
    step_of_one = part.step in (None, integer(1))
    if node not in scope.frame.context.run_over or not isinstance(kind, Record) or not step_of_one:
        return None
    if not has_objects(kind):
        return None
    length = length_atom(scope, base)
    start = clipped(scope, part.start, integer(0), length)
    stop = clipped(scope, part.stop, length, length)
    first = item_at(scope, Place(cell, 0, kind), start)  # tells whether items are replaced

    def item(inner: Scope, position: Atom) -> Lowered:
        if isinstance(inner.heap[first.cell].items[POSITION].value, Undefined):
            reason = "the list of which a loop runs over a part gets other items in the loop"
            inner.frame.refuse(UnsupportedSyntax, node, reason, "a loop over positions: for i in range(n)")
        return read_item(inner, cell, 0, kind, inner.apply("add", (start, position), INT))

    return Counted(integer(0), scope.apply("subtract", (stop, start), INT), integer(1), item)


__all__ = ["note_parts", "part_run_over"]
