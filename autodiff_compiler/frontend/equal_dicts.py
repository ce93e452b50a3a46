"""Dicts of many equal things: what their stand-ins need of the compiler."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import gast

from autodiff_compiler.composed.lookup import key_position
from autodiff_compiler.errors import TypeMismatch, UnsupportedSyntax
from autodiff_compiler.frontend import stand_ins_dicts
from autodiff_compiler.frontend.externals import call_external
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import TRUE, Counted, Listed, Lowered, describe
from autodiff_compiler.ir.build import integer
from autodiff_compiler.ir.nodes import Atom, Const, Guard, Load, Var
from autodiff_compiler.ir.types import BOOL, INT, is_integer
from autodiff_compiler.operators.entry import External
from autodiff_compiler.operators.registry import by_callable

Arguments = Sequence[Lowered]
Keywords = Mapping[str, Lowered]


def _viewed(scope: Scope, node: gast.AST, arguments: Arguments, keywords: Keywords) -> Lowered:
    (over,) = arguments
    assert isinstance(over, (Listed, Counted))
    return replace(over, once=False)


def _codes_in(scope: Scope, node: gast.AST, arguments: Arguments, keywords: Keywords) -> Lowered:
    codes = scope.array(arguments[0], node, "the keys")

    def item(inner: Scope, position: Atom) -> Atom:
        code = inner.builder.assign(Load(codes, (position,)), INT, "key")
        inner.frame.context.key_places[code] = codes, position
        return code

    return Counted(integer(0), scope.builder.dim(codes, 0), integer(1), item)


def _position_of(scope: Scope, node: gast.AST, arguments: Arguments, keywords: Keywords) -> Lowered:
    codes, order, key = arguments
    code = scope.atom(key, node, "the key of a dict")
    if not is_integer(code.type):
        reason = f"{describe(key)} is looked up in a dict whose keys are integers"
        scope.frame.refuse(TypeMismatch, node, reason, "int(...) around it")
    places = scope.frame.context.key_places
    if isinstance(code, Var) and code in places and places[code][0] == codes:
        return places[code][1]
    entry = by_callable(key_position)
    assert isinstance(entry, External)
    return call_external(scope, node, entry, [codes, order, scope.cast(code, INT)], {})


def _is_there(scope: Scope, node: gast.AST, arguments: Arguments, keywords: Keywords) -> Atom:
    position = scope.integer(arguments[0], node, "a position")
    return TRUE if scope.is_natural(position) else scope.apply("greater_equal", (position, integer(0)), BOOL)


def _there(scope: Scope, node: gast.AST, arguments: Arguments, keywords: Keywords) -> Lowered:
    position, key = arguments
    if isinstance(key, (Static, Const)):
        reason = f"the key {key.value!r}, which may be new, is put into a dict of many equal things"
        scope.frame.refuse(UnsupportedSyntax, node, reason, "a loop over the keys")
    found = _is_there(scope, node, [position], {})
    message = "a key that the dict has not had is put into a dict argument of many equal things"
    if found != TRUE:
        scope.builder.add(Guard(found, message, (), "UnsupportedSyntax", scope.frame.at(node)))
    return position


EQUAL_DICTS: dict[object, Callable[..., Lowered]] = {
    stand_ins_dicts.viewed: _viewed,
    stand_ins_dicts.codes_in: _codes_in,
    stand_ins_dicts.position_of: _position_of,
    stand_ins_dicts.is_there: _is_there,
    stand_ins_dicts.there: _there,
}

__all__ = ["EQUAL_DICTS"]
