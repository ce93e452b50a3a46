"""Dicts: their keys are known while compiling, what they hold is not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import gast

from autodiff_compiler.errors import TypeMismatch
from autodiff_compiler.frontend.choices import choose
from autodiff_compiler.frontend.context import Again
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.stand_ins_dicts import STOOD_FOR
from autodiff_compiler.frontend.stand_ins_tables import Table
from autodiff_compiler.frontend.values import (
    Binding,
    Contents,
    Listed,
    Lowered,
    Reference,
    TupleValue,
    Undefined,
    describe,
)
from autodiff_compiler.ir.build import integer
from autodiff_compiler.ir.nodes import Const, Guard, Var
from autodiff_compiler.ir.types import BOOL, is_bool, is_integer

NONE = Static(None)
HELD = "held"  # the attribute with the dict, or the values, of what stands for a dict
_MISSING = Undefined()
MOST_PARTS = 4  # of a tuple that is a key of a dict whose keys the program computes


def new_dict(scope: Scope, node: gast.AST, items: Mapping[object, Lowered]) -> Reference:
    """A dict display."""
    site = (node, scope.frame.calls)
    if site in scope.frame.context.tables:
        return new_table(scope, node, [(key_value(key), value) for key, value in items.items()])
    made = scope.make(dict, {}, "dict", site=site)
    scope.heap[made.cell] = Contents({key: Binding(scope.named(node, value)) for key, value in items.items()})
    return made


def new_table(scope: Scope, node: gast.AST, pairs: Sequence[tuple[Lowered, Lowered]]) -> Reference:
    """A dict whose keys the running program computes."""
    context = scope.frame.context
    parts = integer(context.tables[node, scope.frame.calls])
    made = context.call(scope, node, Static(Table), [parts], {})
    for key, value in pairs:
        context.call_method(scope, node, made, "__setitem__", [key, value], {})
    assert isinstance(made, Reference)
    return made


def static_key(scope: Scope, node: gast.AST, key: Lowered, site: object = None) -> object:
    """The key of a dict, known while compiling.

    If it is not, but can be a key of a table, the dict made at `site` is asked to be one.
    """
    if isinstance(key, (Static, Const)):
        return key.value
    if isinstance(key, TupleValue):
        if all(isinstance(item, (Static, Const, TupleValue)) for item in key.items):
            return tuple(static_key(scope, node, item) for item in key.items)
        for item in key.items:
            if not isinstance(item, (Static, Const)):
                scope.frame.context.need_static(item)
    else:
        scope.frame.context.need_static(key)
    if site is not None and (parts := parts_of_key(key)) is not None:
        need_table(scope, site, parts)
    reason = f"the key of a dict is {describe(key)} that is only known when the function runs"
    scope.frame.refuse(TypeMismatch, node, reason, "constant keys, or an array")


def parts_of_key(key: Lowered) -> int | None:
    """Of how many integers a computed key consists, 0 for one that is an integer; None for what is no key."""
    if isinstance(key, TupleValue) and key.cls is tuple and 2 <= len(key.items) <= MOST_PARTS:
        return len(key.items) if all(parts_of_key(item) == 0 for item in key.items) else None
    number = isinstance(key, (Var, Const)) and (is_integer(key.type) or is_bool(key.type))
    return 0 if number else None


def need_table(scope: Scope, site: object, parts: int = 0) -> None:
    """Ask for a dict whose keys the running program computes, at the place that makes it."""
    if site not in scope.frame.context.tables:
        scope.frame.context.tables[site] = parts
        raise Again


def read_binding(scope: Scope, node: gast.AST, binding: Binding, place: object) -> Lowered:
    """What is held under a key, in a program that may or may not have put something there."""
    if isinstance(binding.value, Undefined):
        reason = binding.value.reason or f"the item {place!r} is not assigned on this path"
        scope.frame.refuse(TypeMismatch, node, reason, "one type on every path")
    if not isinstance(binding.defined, Const):
        at = scope.frame.at(node)
        message = f"there is no key {place!r} here".replace("{", "{{").replace("}", "}}")
        scope.builder.add(Guard(binding.defined, message, (), "UnboundVariable", at))
    return scope.resolved(binding.value)


def _keys(scope: Scope, node: gast.AST, base: Reference) -> Lowered:
    return _view(scope, node, base, lambda key, value: key_value(key))


def _values(scope: Scope, node: gast.AST, base: Reference) -> Lowered:
    return _view(scope, node, base, lambda key, value: value)


def _dict_items(scope: Scope, node: gast.AST, base: Reference) -> Lowered:
    return _view(scope, node, base, lambda key, value: TupleValue((key_value(key), value)))


def _view(
    scope: Scope, node: gast.AST, base: Reference, part: Callable[[object, Lowered], Lowered]
) -> Listed:
    """What a dict holds whenever the view is used."""

    def item(inner: Scope, position: int) -> Lowered:
        key, value = list(held_by(inner, node, base).items())[position]
        return part(key, inner.resolved(value))

    held_by(scope, node, base)
    return Listed(lambda inner: len(held_by(inner, node, base)), item, (base.cell,), settled=True)


def key_value(key: object) -> Lowered:
    """A key of a dict as a value."""
    if isinstance(key, tuple):
        return TupleValue(tuple(key_value(item) for item in key))
    if isinstance(key, bool):
        return Const(key, BOOL)
    return integer(key) if isinstance(key, int) else Static(key)


def held_by(scope: Scope, node: gast.AST, base: Reference) -> dict[object, Lowered]:
    """What a dict holds; refused where only the running program knows which keys it has."""
    held = scope.contents(base).items
    for key, binding in held.items():
        if not isinstance(binding.defined, Const) or isinstance(binding.value, Undefined):
            reason = f"whether this dict has the key {key!r} is only known when the program runs"
            scope.frame.refuse(TypeMismatch, node, reason, "the same keys on every path")
    return {key: binding.value for key, binding in held.items()}


def _get(scope: Scope, node: gast.AST, base: Reference, key: Lowered, default: Lowered = NONE) -> Lowered:
    place = static_key(scope, node, key, base.cell.site)
    held = scope.contents(base).items
    if place not in held:
        return default
    binding = held[place]
    if isinstance(binding.defined, Const):
        return read_binding(scope, node, binding, place)
    return choose(scope, node, binding.defined, lambda inner: binding.value, lambda inner: default)


def _pop_key(
    scope: Scope, node: gast.AST, base: Reference, key: Lowered, default: Lowered = _MISSING
) -> Lowered:
    place = static_key(scope, node, key, base.cell.site)
    if place not in scope.contents(base).items:
        if default is _MISSING:
            scope.frame.refuse(TypeMismatch, node, f"the dict has no key {place!r}")
        return default
    value = read_binding(scope, node, scope.contents(base).items[place], place)
    scope.check_changeable(node, base)
    scope.heap[base.cell] = scope.heap[base.cell].without(place)
    return value


def _set_default(
    scope: Scope, node: gast.AST, base: Reference, key: Lowered, default: Lowered = NONE
) -> Lowered:
    place = static_key(scope, node, key, base.cell.site)
    held = scope.contents(base).items.get(place)
    if held is None:
        scope.put(node, base, place, default)
    elif not isinstance(held.defined, Const):
        value = choose(scope, node, held.defined, lambda inner: held.value, lambda inner: default)
        scope.put(node, base, place, value)
    return read_binding(scope, node, scope.contents(base).items[place], place)


def _update(
    scope: Scope, node: gast.AST, base: Reference, other: Lowered = NONE, **keywords: Lowered
) -> Lowered:
    pairs = pairs_of(scope, node, other, base.cell.site)
    pairs.update(keywords.items())
    for key, value in pairs.items():
        scope.put(node, base, key, value)
    return NONE


def pairs_of(scope: Scope, node: gast.AST, value: Lowered, site: object = None) -> dict[object, Lowered]:
    """The keys and values of a dict, or of pairs; `site` is that of the dict that gets them."""
    if value == NONE:
        return {}
    value = unwrapped(scope, value)
    if is_table(value) and site is not None:
        need_table(scope, site)
    if isinstance(value, Reference) and value.cell.cls is dict:
        return held_by(scope, node, value)
    listed = scope.frame.context.listed(scope, node, value)
    found: dict[object, Lowered] = {}
    if (known := scope.items(listed)) is None and site is not None:
        need_table(scope, site)
    for pair in (NONE,) if known is None else known:
        items = scope.items(pair)
        if items is None or len(items) != 2:
            scope.frame.refuse(TypeMismatch, node, "a dict is made of pairs of a key and a value")
        found[static_key(scope, node, items[0], site)] = items[1]
    return found


def is_table(value: Lowered) -> bool:
    """Whether a value is a dict whose keys the running program computes, or one that was passed."""
    return isinstance(value, Reference) and STOOD_FOR.get(value.cell.cls) is dict


def unwrapped(scope: Scope, value: Lowered) -> Lowered:
    """The dict that holds the items of one of the dicts of `collections`; else the value itself."""
    if isinstance(value, Reference) and issubclass(STOOD_FOR.get(value.cell.cls, object), dict):
        held = scope.contents(value).items.get(HELD)
        if held is not None and STOOD_FOR[value.cell.cls] is not dict:
            return held.value
    return value


def _copy_dict(scope: Scope, node: gast.AST, base: Reference) -> Lowered:
    made = new_dict(scope, node, {})
    if is_table(made):
        return new_table(scope, node, [(key_value(k), v) for k, v in held_by(scope, node, base).items()])
    scope.heap[made.cell] = Contents(dict(scope.contents(base).items))
    return made


def _clear_dict(scope: Scope, node: gast.AST, base: Reference) -> Lowered:
    scope.check_changeable(node, base)
    scope.heap[base.cell] = Contents({}, scope.heap[base.cell].frozen)
    return NONE


DICT: dict[str, tuple[int, int, Callable[..., Lowered]]] = {
    "get": (1, 2, _get), "items": (0, 0, _dict_items), "keys": (0, 0, _keys), "values": (0, 0, _values),
    "pop": (1, 2, _pop_key), "setdefault": (1, 2, _set_default), "update": (0, 1, _update),
    "copy": (0, 0, _copy_dict), "clear": (0, 0, _clear_dict),
}  # fmt: skip


__all__ = [
    "DICT", "MOST_PARTS", "held_by", "is_table", "key_value", "need_table", "new_dict", "new_table",
    "pairs_of", "parts_of_key",
    "read_binding", "static_key", "unwrapped",
]  # fmt: skip
