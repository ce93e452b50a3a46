"""Finding what a recursive function returns: first, paths that need its own result are left out.

While that is unknown, a call of the function counts as one that control never returns from: the arm of a
branch that it stands in is dead, a loop around it has no iterations. So the other paths tell the kind of the
result. What is lowered in this way is thrown away.
"""

from __future__ import annotations

from collections.abc import Callable

from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.unreachable import Unreachable


class ResultUnknown(Unreachable):
    """The result of a recursive call is needed before it is known what the function returns."""


def lower_loop(scope: Scope, work: Callable[[], None]) -> None:
    """Lower a loop; one whose body needs what is unknown counts as one without iterations."""
    mark, names, heap = len(scope.builder.statements), dict(scope.names), dict(scope.heap)
    try:
        work()
    except ResultUnknown:
        del scope.builder.statements[mark:]
        scope.names.clear()
        scope.names.update(names)
        scope.heap.clear()
        scope.heap.update(heap)
