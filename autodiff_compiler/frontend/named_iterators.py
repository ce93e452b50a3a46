"""Iterators that have a name: `next`, and what a loop over one needs, which goes on where it stands."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping, Sequence

import gast

from autodiff_compiler.errors import TypeMismatch, UnsupportedSyntax
from autodiff_compiler.frontend import stand_ins
from autodiff_compiler.frontend.builtins_folds import follow
from autodiff_compiler.frontend.iteration import counted, is_iterator, reached
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import Iteration, Listed, Lowered, Reference, describe
from autodiff_compiler.ir.build import integer
from autodiff_compiler.ir.nodes import Atom, Const
from autodiff_compiler.ir.types import BOOL, INT


def goes_on(scope: Scope, node: gast.AST, iterator: Reference) -> Atom:
    """Whether there is an item left."""
    over, position = reached(scope, node, iterator)
    length = integer(over.length(scope)) if isinstance(over, Listed) else counted(scope, node, over)[0]
    return scope.apply("less", (position, length), BOOL)


def taken(scope: Scope, node: gast.AST, iterator: Reference) -> Lowered:
    """The next item, which there must be; the iterator is past it then."""
    over, position = reached(scope, node, iterator)
    scope.put(node, iterator, Iteration.POSITION, scope.apply("add", (position, integer(1)), INT))
    if isinstance(over, Listed) and isinstance(position, Const):
        return over.item(scope, int(position.value))
    return counted(scope, node, over)[1](scope, position)


def _next(
    scope: Scope, node: gast.AST, arguments: Sequence[Lowered], keywords: Mapping[str, Lowered]
) -> Lowered:
    """`next(iterator)`, `next(iterator, default)`."""
    if keywords or not 1 <= len(arguments) <= 2:
        scope.frame.refuse(TypeMismatch, node, "next takes an iterator, and perhaps a default")
    iterator, *default = arguments
    iterator = scope.named(node, iterator)
    if not is_iterator(iterator):
        reason = f"next of {describe(iterator)} is not supported: it is not an iterator"
        scope.frame.refuse(UnsupportedSyntax, node, reason, "next(it) after it = iter(...), or a loop")
    return follow(
        scope, node, stand_ins.next_or_default if default else stand_ins.next_item, [iterator, *default]
    )


def _known(
    use: Callable[[Scope, gast.AST, Reference], Lowered],
) -> Callable[[Scope, gast.AST, Sequence[Lowered], Mapping[str, Lowered]], Lowered]:
    """What a stand-in calls, on the iterator that it has been given."""

    def lower(
        scope: Scope, node: gast.AST, arguments: Sequence[Lowered], keywords: Mapping[str, Lowered]
    ) -> Lowered:
        (iterator,) = arguments
        assert is_iterator(iterator)
        return use(scope, node, iterator)

    return lower


NEXT: dict[object, Callable[..., Lowered]] = {
    builtins.next: _next,
    stand_ins.goes_on: _known(goes_on),
    stand_ins.taken: _known(taken),
}

__all__ = ["NEXT", "goes_on", "taken"]
