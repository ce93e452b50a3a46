"""Lists and dicts of known length: items, methods. (Lists of unknown length: growing.py.)"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import gast

from autodiff_compiler.errors import TypeMismatch, UnknownOperator
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import Binding, Contents, Lowered, Reference, TupleValue, describe
from autodiff_compiler.ir.build import integer
from autodiff_compiler.ir.nodes import Const

NONE = Static(None)


def get_item(scope: Scope, node: gast.AST, base: Reference, key: Lowered) -> Lowered:
    """`base[key]` of a list or dict."""
    held = scope.contents(base).items
    place = _place(scope, node, base, key)
    if place not in held:
        scope.frame.refuse(
            TypeMismatch, node, f"{describe(base)} has no key {place!r}", "an `in` test before"
        )
    return scope.resolved(held[place].value)


def set_item(scope: Scope, node: gast.AST, base: Reference, key: Lowered, value: Lowered) -> None:
    """`base[key] = value` of a list or dict."""
    scope.put(node, base, _place(scope, node, base, key), value)


def _place(scope: Scope, node: gast.AST, base: Reference, key: Lowered) -> object:
    """The position in a list, or the key of a dict, known while compiling."""
    if base.cell.cls is list:
        length = len(scope.contents(base).items)
        position = scope.known_integer(key, node, "the index of a list of known length")
        if not -length <= position < length:
            scope.frame.refuse(TypeMismatch, node, f"index {position} is outside a list of {length}")
        return position % length
    if isinstance(key, Static):
        return key.value
    if isinstance(key, Const):
        return key.value
    scope.frame.context.need_static(key)
    reason = f"the key of a dict is {describe(key)} that is only known when the function runs"
    scope.frame.refuse(TypeMismatch, node, reason, "constant keys, or an array")


def call_method(
    scope: Scope, node: gast.AST, base: Reference, name: str, arguments: Sequence[Lowered],
    keywords: Mapping[str, Lowered],
) -> Lowered:  # fmt: skip
    """A method of a list or dict."""
    if base.cell.cls is list and name == "append" and len(arguments) == 1 and not keywords:
        scope.put(node, base, len(scope.contents(base).items), arguments[0])
        return NONE
    scope.frame.refuse(UnknownOperator, node, f"the method `.{name}` of {describe(base)} is not supported")


def call_tuple_method(
    scope: Scope, node: gast.AST, base: TupleValue, name: str, arguments: Sequence[Lowered],
    keywords: Mapping[str, Lowered],
) -> Lowered:  # fmt: skip
    """A method of a tuple."""
    scope.frame.refuse(UnknownOperator, node, f"the method `.{name}` of {describe(base)} is not supported")


def length_of(scope: Scope, value: Reference) -> Const:
    """`len` of a list or dict."""
    return integer(len(scope.contents(value).items))


def new_list(scope: Scope, node: gast.AST, items: Sequence[Lowered]) -> Reference:
    """A list display."""
    return scope.make(list, dict(enumerate(items)), "list", site=(node, scope.frame.calls))


def new_dict(scope: Scope, node: gast.AST, items: Mapping[object, Lowered]) -> Reference:
    """A dict display."""
    made = scope.make(dict, {}, "dict", site=(node, scope.frame.calls))
    scope.heap[made.cell] = Contents({key: Binding(value) for key, value in items.items()})
    return made


__all__ = ["call_method", "call_tuple_method", "get_item", "length_of", "new_dict", "new_list", "set_item"]
