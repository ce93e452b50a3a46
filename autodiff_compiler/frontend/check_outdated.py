"""Items read off a list before it got longer: refused where they would not show a change in place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set

from autodiff_compiler.errors import AliasedMutation
from autodiff_compiler.frontend.values import Cell
from autodiff_compiler.ir.nodes import (
    Assign,
    For,
    Function,
    Reshape,
    Statement,
    Store,
    Transpose,
    Var,
    View,
    While,
)
from autodiff_compiler.ir.walk import blocks, reads, statements

Views = Mapping[Var, tuple[Cell, int, Var]]  # of which list, of which of its arrays, and this array
Owner = tuple[object, int]  # where a list is made, and the number of the array


def check_outdated(function: Function, views: Views, changed: Set[Var]) -> None:
    """Refuse a change of an item where an item that was read before the list got longer is used on.

    `views` are the items, `changed` those that are written to.
    """
    if not changed:
        return
    text = list(statements(function.body))
    made = {item.target: order for order, item in enumerate(text) if isinstance(item, Assign)}
    loops = [item for item in text if isinstance(item, (For, While))]
    carried = {carry.inside for loop in loops for carry in loop.carries}
    items: dict[Owner, dict[Var, Var]] = {}  # the items that the program reads, with the arrays they are in
    for view in views:
        if view in made:
            owner, whole = _owner(views, view)
            items.setdefault(owner, {})[view] = whole
    for order, write in enumerate(text):
        if not isinstance(write, Store) or write.array not in changed or write.array not in views:
            continue
        owner, now = _owner(views, write.array)
        found = items.get(owner, {})
        others = {view for view, whole in found.items() if whole is not now or now in carried}
        outdated = {view for view in others if found[view] is not now and made[view] < order}
        inside = [_inside(loop) for loop in loops]
        again = [body for body in inside if any(item is write for item in body)]
        used = any(_uses(_parts(outdated, text), part) for part in (text[order + 1 :], *again))
        handed = {name for body in (text[:order], *again) for item in body for name in _handed(item)}
        if used or handed & _parts(others, text):
            reason = "an item of the list was read before the list got longer, and would not show this change"
            raise AliasedMutation(reason, suggestion="the item read off the list again", location=write.at)


def _owner(views: Views, view: Var) -> tuple[Owner, Var]:
    """The outermost list that an item is in, and the array of that list."""
    of, number, whole = views[view]
    while whole in views:
        of, number, whole = views[whole]
    return (of.site or of, number), whole


def _inside(loop: For | While) -> list[Statement]:
    return [item for block in blocks(loop) for item in statements(block)]


def _handed(statement: Statement) -> Iterator[Var]:
    """What gets another name: as the result of a block, or the start of a carry."""
    for block in blocks(statement):
        yield from (atom for atom in block.yields if isinstance(atom, Var))
    if isinstance(statement, (For, While)):
        yield from (carry.start for carry in statement.carries if isinstance(carry.start, Var))


def _parts(items: set[Var], text: list[Statement]) -> set[Var]:
    """The items, and views of them."""
    found = set(items)
    for statement in text:
        match statement:
            case Assign(target, View(array) | Reshape(array) | Transpose(array)) if array in found:
                found.add(target)
    return found


def _uses(parts: set[Var], text: list[Statement]) -> bool:
    """Whether elements of arrays are read, or these handed on."""
    for statement in text:
        view = isinstance(statement, Assign) and isinstance(statement.value, (View, Reshape, Transpose))
        if not view and parts.intersection(item for item in reads(statement) if isinstance(item, Var)):
            return True
        if parts.intersection(_handed(statement)):
            return True
    return False


__all__ = ["check_outdated"]
