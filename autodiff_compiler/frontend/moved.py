"""Objects that another name means in the next iteration of a loop, which must not change in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import gast

from autodiff_compiler.errors import AliasedMutation
from autodiff_compiler.frontend.places import Path, write
from autodiff_compiler.frontend.reach import check_unchanged, reachable
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import Binding, Cell, Contents, Undefined


def shared_objects(
    scope: Scope, body: Scope, opened: Mapping[Path, Cell], last: Mapping[Path, Cell],
    skipped: Sequence[Path] = (),
) -> dict[Path, list[Cell]]:  # fmt: skip
    """The references whose next object has another name too, with all that mean this object now.

    `opened` are the objects that references stand for in the body, `last` those of the next iteration.
    """
    found = {}
    for path, cell in last.items():
        rest = body.nested()
        for place in {path[0], *(other[0] for other in skipped)}:
            write(rest, place, Binding(Undefined()))  # type: ignore[arg-type]  # a path starts with a place
        others = [opened[other] for other, item in last.items() if item is cell and other != path]
        if cell in reachable(rest, rest.live()):
            found[path] = [opened[path], *others, *([cell] if cell in scope.heap else [])]
    return found


def check_moved(
    scope: Scope, body: Scope, node: gast.AST, opened: Mapping[Path, Cell], last: Mapping[Path, Cell],
    start: Mapping[Cell, Contents],
) -> None:  # fmt: skip
    """Objects that the next iteration knows under two names must not be changed: they are taken apart.

    References that the body neither reads nor keeps are left out: nothing follows them.
    """
    live = reachable(body, body.live())
    context = scope.frame.context
    dead = [path for path, cell in opened.items() if cell not in context.touched and cell not in live]
    followed = {path: cell for path, cell in last.items() if path not in dead}
    for path, cells in shared_objects(scope, body, opened, followed, dead).items():
        if any(body.heap[cell].items != start[cell].items for cell in cells):
            context.keep_apart([(node, scope.frame.calls)])
            name = cells[0].name or path[0]
            reason = f"`{name}` is changed in this loop while another name means the same object"
            scope.frame.refuse(AliasedMutation, node, reason, "a new object in each iteration")
    check_unchanged(scope, node, body, start, followed.values())


__all__ = ["check_moved", "shared_objects"]
