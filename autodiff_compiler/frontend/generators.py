"""Generator expressions: an item is computed when it is taken, with what names mean then."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from types import FunctionType

import gast

from autodiff_compiler.errors import UnsupportedSyntax
from autodiff_compiler.frontend.iteration import iterated
from autodiff_compiler.frontend.names import Unknown, static_value
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import (
    Counted,
    FunctionValue,
    Generator,
    Iteration,
    Listed,
    Lowered,
    Partial,
    Reference,
)
from autodiff_compiler.frontend.variables import free_names, stored_names
from autodiff_compiler.ir.nodes import Var
from autodiff_compiler.operators import registry


def home_of(scope: Scope, value: Generator) -> Scope | None:
    """Where a generator's names are looked up: the function that wrote it, in view of this place."""
    if value.names is not None:
        return Scope(value.frame, scope.builder, dict(value.names), scope.heap, scope, scope.known)
    at: Scope | None = scope
    while at is not None and (
        at.frame.calls != value.frame.calls or at.frame.source is not value.frame.source
    ):
        at = at.caller
    return at


def item_by_item(scope: Scope, node: gast.AST, value: Generator) -> Listed | Counted | None:
    """What a generator runs over, each item computed when it is taken; None where it may leave items out."""
    first, *rest = value.node.generators
    if rest or first.ifs or any(isinstance(part, gast.NamedExpr) for part in gast.walk(value.node)):
        return None
    over = iterated(scope, node, value.first)
    targets = set(stored_names([first.target]))
    cells = {name: cell for name, cell in value.frame.cells.items() if name not in targets}
    frame = replace(value.frame, cells=cells, local=value.frame.local | targets)

    def computed(inner: Scope, item: Lowered) -> Lowered:
        home = home_of(inner, value)
        if home is None:
            reason = "a generator is used up where its function has returned"
            inner.frame.refuse(UnsupportedSyntax, node, reason, "a list: [... for ...]")
        names = {name: binding for name, binding in home.names.items() if name not in targets}
        here = Scope(frame, inner.builder, names, inner.heap, inner, inner.known)
        frame.context.assign(here, first.target, item)
        return frame.context.lower_expression(here, value.node.elt)

    each = over.item
    return replace(over, item=lambda inner, k: computed(inner, each(inner, k)), once=False)  # type: ignore[arg-type]  # of its own kind


def generator_behind(scope: Scope, value: Lowered) -> Generator | None:
    """The generator that a loop runs over, by a name or not, if its items are computed before the loop."""
    if isinstance(value, Reference) and value.cell.cls is Iteration:
        value = scope.contents(value).items[Iteration.OVER].value
    return value if isinstance(value, Generator) else None


def check_reads(scope: Scope, statement: gast.For, reads: Iterable[tuple[str, Lowered | None]]) -> None:
    """Refuse a loop that changes what the items were computed from before it."""
    changed = set(stored_names([*statement.body, statement.target])) | set(_changed(scope, statement))
    held = [binding.value for name in changed if (binding := scope.lookup(name)) is not None]
    for name, read in reads:
        if name in changed or any(read == item for item in held if isinstance(item, (Var, Reference))):
            what = "what the items are made of" if name == " it" else f"`{name.strip()}`"
            reason = f"{what}, which decides what this loop runs over, may change in it"
            scope.frame.refuse(UnsupportedSyntax, statement.iter, reason, "a loop with an `if`, or a list")


def reads_of_generator(scope: Scope, value: Generator) -> Iterator[tuple[str, Lowered | None]]:
    """Names that a generator reads, and what they mean here; for a stand-in, those of the caller."""
    if value.names is None:
        own = set(stored_names([part.target for part in value.node.generators]))
        for name in {name: None for name in _names(value.node) if name not in own}:
            binding = scope.lookup(name)
            yield name, None if binding is None else binding.value
        return
    for name, binding in value.names.items():
        yield f" {name}", binding.value
        if isinstance(binding.value, FunctionValue):
            for free in sorted(free_names(binding.value.node)):
                found = scope.lookup(free)
                yield free, None if found is None else found.value


def reads_of(scope: Scope, value: Lowered) -> tuple[tuple[str, Lowered | None], ...]:
    """What a function reads that is called before a loop, and in Python during it."""
    if isinstance(value, Partial):
        parts = (value.function, *value.arguments, *(item for _, item in value.keywords))
        return tuple(read for part in parts for read in reads_of(scope, part))
    if isinstance(value, FunctionValue):
        bindings = ((name, scope.lookup(name)) for name in sorted(free_names(value.node)))
        return tuple((name, None if binding is None else binding.value) for name, binding in bindings)
    return ((" it", value),) if isinstance(value, (Var, Reference)) else ()


def _names(node: gast.AST) -> Iterator[str]:
    return (part.id for part in gast.walk(node) if isinstance(part, gast.Name))


def _changed(scope: Scope, statement: gast.For) -> Iterator[str]:
    """Names of what the body of a loop changes in place, or may change by a call."""
    parts = [part for body in statement.body for part in gast.walk(body)]
    for part in parts:
        if isinstance(part, gast.Call) and isinstance(part.func, gast.Attribute):
            yield from _names(part.func.value)
        elif isinstance(part, (gast.Subscript, gast.Attribute)) and isinstance(part.ctx, gast.Store):
            yield from _names(part.value)
    if any(isinstance(part, gast.Call) and _is_followed(scope, part.func) for part in parts):
        yield from _within_reach(scope, (part.id for part in parts if isinstance(part, gast.Name)))


def _within_reach(scope: Scope, names: Iterable[str]) -> Iterator[str]:
    """What calls in a loop may change: what the loop names, and what functions that it names know."""
    for name in names:
        yield name
        found = scope.lookup(name)
        if found is not None and isinstance(found.value, FunctionValue):
            yield from free_names(found.value.node)


def _is_followed(scope: Scope, function: gast.AST) -> bool:
    """Whether a call may be of a function of the user's, which may change its arguments."""
    if isinstance(function, gast.Name) and scope.lookup(function.id) is not None:
        return True
    try:
        target = static_value(scope.frame.source, function)
    except Unknown:
        return True
    return isinstance(target, FunctionType) and registry.by_callable(target) is None


__all__ = ["check_reads", "generator_behind", "home_of", "item_by_item", "reads_of", "reads_of_generator"]
