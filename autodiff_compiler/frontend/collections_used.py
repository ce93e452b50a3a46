"""Sets and the classes of `collections`: which stand-ins are made, and what builtins do with sets."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import gast

from autodiff_compiler.errors import UnsupportedSyntax
from autodiff_compiler.frontend import stand_ins_collections
from autodiff_compiler.frontend.consumers import CONSUMERS
from autodiff_compiler.frontend.dicts import parts_of_key
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.stand_ins_collections import STAND_INS, FrozenMembers
from autodiff_compiler.frontend.values import Lowered, Reference, TupleValue, describe, literal
from autodiff_compiler.ir.nodes import Const

Arguments = Sequence[Lowered]
Keywords = Mapping[str, Lowered]

ORDER_FREE = (
    builtins.sorted, builtins.min, builtins.max, builtins.sum, builtins.any, builtins.all,
)  # fmt: skip


def members(scope: Scope, value: Lowered) -> Lowered:
    """What a set holds, for what does not depend on the order; any other value itself."""
    if isinstance(value, Reference) and issubclass(value.cell.cls, FrozenMembers):
        return scope.contents(value).items["held"].value
    if isinstance(value, Static) and isinstance(value.value, frozenset):
        known = [(literal(item), item) for item in sorted(value.value, key=repr)]
        return TupleValue(tuple(Static(item) if lowered is None else lowered for lowered, item in known))
    return value


def _members_of(scope: Scope, node: gast.AST, arguments: Arguments, keywords: Keywords) -> Lowered:
    return members(scope, arguments[0])


def _member(scope: Scope, node: gast.AST, arguments: Arguments, keywords: Keywords) -> Lowered:
    (item,) = arguments
    known = isinstance(item, (Static, Const)) or parts_of_key(item) is not None
    if not known and not (isinstance(item, TupleValue) and all(map(_is_known, item.items))):
        reason = f"{describe(item)} is put into a set: integers, tuples of them, and constants can be"
        scope.frame.refuse(UnsupportedSyntax, node, reason, "a list")
    return item


def _is_known(value: Lowered) -> bool:
    if isinstance(value, TupleValue):
        return all(map(_is_known, value.items))
    return isinstance(value, (Static, Const))


def _made(scope: Scope, node: gast.AST, arguments: Arguments, keywords: Keywords, cls: type) -> Lowered:
    return scope.frame.context.call(scope, node, Static(cls), arguments, keywords)


COLLECTIONS: dict[object, Callable[..., Lowered]] = {
    known: CONSUMERS[dict] if cls is dict else partial(_made, cls=cls) for known, cls in STAND_INS.items()
}
COLLECTIONS[stand_ins_collections.members_of] = _members_of
COLLECTIONS[stand_ins_collections.member] = _member

__all__ = ["COLLECTIONS", "ORDER_FREE", "members"]
