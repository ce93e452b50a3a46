"""Values that a loop carries in one of two forms, as `best = None` that becomes a number later."""

from __future__ import annotations

from collections.abc import Iterator

import gast

from autodiff_compiler.frontend.choices import choose
from autodiff_compiler.frontend.forms import filled
from autodiff_compiler.frontend.kinds import Kind, Static
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.value_kinds import form_of
from autodiff_compiler.frontend.values import FALSE, TRUE, Either, Lowered, TupleValue
from autodiff_compiler.ir.nodes import Const, Var

PRESENT, HELD = "present", "held"  # the parts of such a value in the path of a carry


def two_forms(scope: Scope, *values: Lowered) -> tuple[Static, Kind] | None:
    """The two forms that values have: one known while compiling, and another; None where they have more."""
    found = [item for value in values for item in _forms(value)]
    static = list(dict.fromkeys(item for item in found if isinstance(item, Static)))
    others = [item for item in found if not isinstance(item, Static)]
    if others and len(static) == 1:
        form = form_of(scope, others[0])
        return None if form is None else (static[0], form)
    return (static[0], static[1]) if len(static) == 2 and not others else None


def _forms(value: Lowered) -> Iterator[Lowered]:
    if isinstance(value, Either):
        yield from _forms(value.then)
        yield from _forms(value.orelse)
    else:
        yield value


def as_either(scope: Scope, node: gast.AST, value: Lowered, absent: Static, form: Kind) -> Either:
    """The value as one that is `absent` or has the other form, whichever it is."""
    present, held = _split(scope, node, value, absent, form)
    assert isinstance(present, (Var, Const))
    return Either(present, held, absent)


def _split(
    scope: Scope, node: gast.AST, value: Lowered, absent: Static, form: Kind
) -> tuple[Lowered, Lowered]:
    """Whether the value is not `absent`, and what it is then."""
    if value == absent:
        return FALSE, filled(scope, form, lambda kind: scope.builder.placeholder(kind, "unused"))
    if not isinstance(value, Either):
        return TRUE, value
    sides = value.then, value.orelse
    both = choose(
        scope, node, value.condition,
        lambda inner: TupleValue(_split(inner, node, sides[0], absent, form)),
        lambda inner: TupleValue(_split(inner, node, sides[1], absent, form)),
    )  # fmt: skip
    assert isinstance(both, TupleValue)
    present, held = both.items
    return present, held


__all__ = ["HELD", "PRESENT", "as_either", "two_forms"]
