"""Dicts whose keys the running program computes: what their stand-in needs of the compiler."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import gast

from autodiff_compiler.composed.lookup import slot_of, slots_of
from autodiff_compiler.errors import TypeMismatch, UnsupportedSyntax
from autodiff_compiler.frontend import growing, stand_ins_tables
from autodiff_compiler.frontend.dicts import parts_of_key
from autodiff_compiler.frontend.externals import call_external
from autodiff_compiler.frontend.list_arrays import live
from autodiff_compiler.frontend.originals import KEY_BITS
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import Lowered, Reference, TupleValue, describe
from autodiff_compiler.ir.build import integer
from autodiff_compiler.ir.nodes import Atom, Const, Guard
from autodiff_compiler.ir.types import BOOL, INT, Scalar
from autodiff_compiler.operators.entry import External
from autodiff_compiler.operators.registry import by_callable

Arguments = Sequence[Lowered]
Keywords = Mapping[str, Lowered]


def _layout(scope: Scope, node: gast.AST, parts: Lowered) -> tuple[int, int]:
    """Of how many integers a key consists, and how many bits each of them has."""
    if not isinstance(parts, Const):  # handed on as a number of the running program
        reason = "a dict whose keys the program computes is used in a function that calls itself"
        scope.frame.refuse(UnsupportedSyntax, node, reason, "an array for what is kept, or a loop")
    count = int(parts.value)
    return count, KEY_BITS // max(count, 1)


def _key_code(scope: Scope, node: gast.AST, arguments: Arguments, keywords: Keywords) -> Lowered:
    key, parts = arguments
    count, bits = _layout(scope, node, parts)
    if parts_of_key(key) != count:
        what = f"tuples of {count} integers" if count else "integers"
        reason = f"{describe(key)} is a key of a dict whose keys are {what}, as the program computes them"
        scope.frame.refuse(TypeMismatch, node, reason, "keys of one kind, or constant keys alone")
    if not isinstance(key, TupleValue):
        return scope.cast(scope.atom(key, node, "a key"), INT)
    half = integer(1 << (bits - 1))
    code: Atom = integer(0)
    for item in key.items:
        part = scope.cast(scope.atom(item, node, "a part of a key"), INT)
        _check_range(scope, node, part, half)
        low = scope.apply("bitwise_and", (part, integer((1 << bits) - 1)), INT)
        code = scope.apply("bitwise_or", (scope.apply("left_shift", (code, integer(bits)), INT), low), INT)
    return code


def _check_range(scope: Scope, node: gast.AST, part: Atom, half: Const) -> None:
    low = scope.apply("greater_equal", (part, integer(-int(half.value))), BOOL)
    high = scope.apply("less", (part, half), BOOL)
    inside = scope.apply("logical_and", (low, high), BOOL)
    if inside != Const(True, BOOL):
        message = "an integer in a key of a dict is {}, which is outside the range that is kept"
        scope.builder.add(Guard(inside, message, (part,), "IndexOutOfBounds", scope.frame.at(node)))


def _key_behind(scope: Scope, node: gast.AST, arguments: Arguments, keywords: Keywords) -> Lowered:
    code, (count, bits) = scope.atom(arguments[0], node, "a key"), _layout(scope, node, arguments[1])
    if not count:
        return code
    half = integer(1 << (bits - 1))
    parts: list[Lowered] = []
    for number in reversed(range(count)):
        moved = scope.apply("right_shift", (code, integer(bits * number)), INT)
        low = scope.apply("bitwise_and", (moved, integer((1 << bits) - 1)), INT)
        parts.append(scope.apply("subtract", (scope.apply("bitwise_xor", (low, half), INT), half), INT))
    return TupleValue(tuple(parts))


def _no_codes(scope: Scope, node: gast.AST, arguments: Arguments, keywords: Keywords) -> Lowered:
    site = (node, scope.frame.calls)
    item = scope.frame.context.growing.get(site, Scalar("int64", weak=True))
    return growing.make(scope, node, site, item)


def _slot_for(scope: Scope, node: gast.AST, arguments: Arguments, keywords: Keywords) -> Lowered:
    slots, codes, code = arguments
    assert isinstance(codes, Reference)
    entry = by_callable(slot_of)
    assert isinstance(entry, External)
    return call_external(scope, node, entry, [slots, live(scope, codes, 0), code], {})


def _slots_for(scope: Scope, node: gast.AST, arguments: Arguments, keywords: Keywords) -> Lowered:
    codes, size = arguments
    assert isinstance(codes, Reference)
    entry = by_callable(slots_of)
    assert isinstance(entry, External)
    return call_external(scope, node, entry, [live(scope, codes, 0), size], {})


TABLES: dict[object, Callable[..., Lowered]] = {
    stand_ins_tables.key_code: _key_code,
    stand_ins_tables.key_behind: _key_behind,
    stand_ins_tables.no_codes: _no_codes,
    stand_ins_tables.slot_for: _slot_for,
    stand_ins_tables.slots_for: _slots_for,
}

__all__ = ["TABLES"]
