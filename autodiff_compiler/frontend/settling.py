"""The attempts at lowering a loop, until what it carries stands still; the carries that remain."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import gast

from autodiff_compiler.errors import UnsupportedSyntax
from autodiff_compiler.frontend.carries import Carries
from autodiff_compiler.frontend.context import NeedsUnrolling
from autodiff_compiler.frontend.places import Facts, Path
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.unreachable import lower_arm
from autodiff_compiler.ir.nodes import Atom, Block, Carry, Var
from autodiff_compiler.ir.walk import substitute

_ATTEMPTS = 50  # at a loop, before its structure is taken to grow without end


def settle(
    scope: Scope, node: gast.AST, names: Sequence[str], lower_body: Callable[[Scope], None]
) -> tuple[Carries, Scope, list[Atom]]:
    """Lower the body until its carries stand still: types only widen and places only increase."""
    key = (node, scope.frame.calls)
    facts = scope.frame.context.loops.setdefault(key, Facts())
    assert isinstance(facts, Facts)
    for _ in range(_ATTEMPTS):
        mark = len(scope.builder.statements)
        heap = dict(scope.heap)
        body = scope.nested()
        carries = Carries(scope, body, node, names, facts)
        try:
            lower_arm(body, lower_body)
            yields, agreed = carries.close(node)
        except NeedsUnrolling:
            del scope.builder.statements[mark:]
            scope.heap.clear()
            scope.heap.update(heap)
            raise
        if agreed:
            carries.check_moved(node)
            return carries, body, yields
        del scope.builder.statements[mark:]
        scope.heap.clear()
        scope.heap.update(heap)
    reason = "what this loop carries has another structure after each iteration"
    scope.frame.refuse(UnsupportedSyntax, node, reason, "a list or array instead of linked objects")


def finish(
    carries: Carries, blocks: Sequence[Block], yields: list[Atom]
) -> tuple[tuple[Carry, ...], list[Block], dict[Path, Atom]]:
    """Drop carries that the body leaves alone; the rest get a variable for after the loop."""
    constant = {
        slot.inside: slot.start
        for slot, value in zip(carries.slots, yields, strict=True)
        if value is slot.inside
    }
    kept = [
        (slot, value)
        for slot, value in zip(carries.slots, yields, strict=True)
        if slot.inside not in constant
    ]
    results: dict[Path, Atom] = {slot.path: slot.start for slot in carries.slots if slot.inside in constant}
    made = []
    for slot, last in kept:
        after = Var(slot.inside.name, slot.inside.type, slot.inside.at)
        carries.scope.frame.context.one_of(after, (slot.inside, last))
        results[slot.path] = after
        made.append(Carry(slot.inside, slot.start, after))
    final = [Block(block.statements, block.yields) for block in blocks]
    final[-1] = Block(final[-1].statements, tuple(value for _, value in kept))
    return tuple(made), [substitute(block, constant) for block in final], results


__all__ = ["finish", "settle"]
