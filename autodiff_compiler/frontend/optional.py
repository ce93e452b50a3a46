"""Values that a loop carries in one of two forms, as `best = None` that becomes a number or an item."""

from __future__ import annotations

from typing import TypeAlias

import gast

from autodiff_compiler.frontend.candidates import leaves
from autodiff_compiler.frontend.choices import choose
from autodiff_compiler.frontend.forms import filled
from autodiff_compiler.frontend.kinds import Kind, Static
from autodiff_compiler.frontend.places import Facts
from autodiff_compiler.frontend.places import Place as Anywhere
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.stacking import item_at
from autodiff_compiler.frontend.value_kinds import form_of
from autodiff_compiler.frontend.values import FALSE, TRUE, Either, Lowered, Place, Reference, TupleValue
from autodiff_compiler.ir.build import integer
from autodiff_compiler.ir.nodes import Const, Var

PRESENT, HELD = "present", "held"  # the parts of such a value in the path of a carry


Form: TypeAlias = "Kind | Place"  # of an item of a list, the place


def two_forms(before: Scope, body: Scope, *values: Lowered) -> tuple[Lowered, Form] | None:
    """The two forms that values have: one known before the loop, and another; None where they have more."""
    found = [item for value in values for item in leaves(value)]
    places = {item: body.heap[item.cell].place for item in found if isinstance(item, Reference)}
    items = {place for place in places.values() if place is not None}
    if items:
        (place, *more), rest = items, list(dict.fromkeys(item for item in found if not places.get(item)))  # type: ignore[arg-type]
        if more or len(rest) != 1 or place.of not in before.heap:
            return None
        (absent,) = rest
        known = isinstance(absent, Static) or (isinstance(absent, Reference) and absent.cell in before.heap)
        return (absent, place) if known else None
    return _static_or(body, found)


def learn_first(facts: Facts, before: Scope, body: Scope, at: Anywhere, value: Lowered) -> bool:
    """Note the form, or both forms, of what is first assigned in a loop; whether that was known."""
    form = form_of(body, value)
    if form is not None:
        known, facts.made[at] = at in facts.made, facts.made.get(at, form)
        return known
    forms = two_forms(before, body, value)
    if forms is None:
        return True
    known, facts.optional[at] = at in facts.optional, facts.optional.get(at, forms)
    return known


def is_known(scope: Scope, forms: tuple[Lowered, Form]) -> bool:
    """Whether the forms are of objects that there are here, not of those that an earlier attempt has made."""
    absent, form = forms
    cells = [absent.cell] if isinstance(absent, Reference) else []
    cells += [form.of] if isinstance(form, Place) else []
    return all(cell in scope.heap for cell in cells)


def _static_or(scope: Scope, found: list[Lowered]) -> tuple[Static, Kind] | None:
    static = list(dict.fromkeys(item for item in found if isinstance(item, Static)))
    others = [item for item in found if not isinstance(item, Static)]
    if others and len(static) == 1:
        form = form_of(scope, others[0])
        return None if form is None else (static[0], form)
    return (static[0], static[1]) if len(static) == 2 and not others else None


def as_either(scope: Scope, node: gast.AST, value: Lowered, absent: Lowered, form: Form) -> Either:
    """The value as one that is `absent` or has the other form, whichever it is."""
    present, held = _split(scope, node, value, absent, form)
    assert isinstance(present, (Var, Const))
    return Either(present, held, absent)


def _split(
    scope: Scope, node: gast.AST, value: Lowered, absent: Lowered, form: Form
) -> tuple[Lowered, Lowered]:
    """Whether the value is not `absent`, and what it is then."""
    if value == absent:
        if isinstance(form, Place):
            return FALSE, item_at(scope, form, integer(0))
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


__all__ = ["HELD", "PRESENT", "Form", "as_either", "is_known", "learn_first", "two_forms"]
