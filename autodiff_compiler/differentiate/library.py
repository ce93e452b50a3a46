"""The rules of calls of library functions: functions of the program, whose statements are put in place."""

from __future__ import annotations

from collections.abc import Sequence

from autodiff_compiler.analysis.aliasing import roots
from autodiff_compiler.differentiate.scalar_rules import bar_type
from autodiff_compiler.ir.build import Builder
from autodiff_compiler.ir.nodes import Apply, Atom, Function, Var
from autodiff_compiler.ir.types import Array
from autodiff_compiler.ir.walk import fresh_copy, with_location


def append_rule(builder: Builder, rule: Function, values: Sequence[Atom]) -> list[Atom]:
    """Append the rule's statements for these values of its parameters; what it yields.

    Each array among them is no one else's.
    """
    memory = roots(rule)
    mapping: dict[Var, Atom] = dict(zip(rule.parameters, values, strict=True))
    body = with_location(fresh_copy(rule.body, mapping), lambda _: builder.at)
    builder.statements.extend(body.statements)
    found: list[Atom] = []
    taken: set[Var] = set(rule.parameters)
    for made, bar in zip(rule.body.yields, body.yields, strict=True):
        if isinstance(made, Var) and isinstance(made.type, Array):
            own = memory.get(made, frozenset()) == {made} and made not in taken
            taken.add(made)
            if not own:
                bar = builder.assign(Apply("copy", (bar,)), bar_type(made.type), made.name)
        found.append(bar)
    return found
