"""Loops: what changes from iteration to iteration becomes an explicit carry of the loop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import gast

from autodiff_compiler.frontend.expressions import choose, lower_expression
from autodiff_compiler.frontend.iteration import Item, iteration
from autodiff_compiler.frontend.merging import convert, placeholder
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.unreachable import lower_arm
from autodiff_compiler.frontend.values import (
    FALSE,
    TRUE,
    Binding,
    Lowered,
    TupleValue,
    Undefined,
    describe,
    join,
)
from autodiff_compiler.ir.build import integer
from autodiff_compiler.ir.nodes import Atom, Block, Carry, Const, For, Var, While
from autodiff_compiler.ir.types import BOOL, INT, Type
from autodiff_compiler.ir.walk import substitute

Path = tuple[str | int, ...]  # a name, then positions in tuples or "assigned"
LowerBlock = Callable[[Scope, Sequence[gast.AST]], object]
Assign = Callable[[Scope, gast.AST, Lowered], None]


@dataclass(frozen=True)
class _Slot:
    """One carry: the name (and item of a tuple) it stands for, and the variable inside the loop."""

    path: Path
    start: Atom
    inside: Var


def assigned_names(statements: Sequence[gast.AST]) -> list[str]:
    """Names that statements assign, in order of appearance."""
    found: dict[str, None] = {}
    for statement in statements:
        for node in gast.walk(statement):
            if isinstance(node, gast.Name) and isinstance(node.ctx, (gast.Store, gast.Param)):
                found.setdefault(node.id)
            elif isinstance(node, gast.AugAssign) and isinstance(node.target, gast.Name):
                found.setdefault(node.target.id)
    return list(found)


# ---------------------------------------------------------------- carries


class _Carries:
    """The carries of one attempt at a loop: types of the names, widened until the body agrees."""

    def __init__(
        self,
        scope: Scope,
        names: Sequence[str],
        types: dict[Path, Type],
        made: dict[str, Lowered],
    ) -> None:
        self.scope = scope
        self.types = types  # path -> type, where an earlier attempt found a wider one
        self.made = made  # names first assigned in the body -> what an earlier attempt found them to be
        self.slots: list[_Slot] = []
        self.entry: dict[str, Binding] = {}
        for name in names:
            binding = scope.names.get(name, Binding(Undefined()))
            defined = binding.defined
            if isinstance(binding.value, Undefined) and name in made:
                defined = FALSE
                binding = Binding(placeholder(scope.builder, made[name]))
            self.entry[name] = Binding(self._open((name,), binding.value, name), self._flag(name, defined))

    def _open(self, path: Path, value: Lowered, name: str) -> Lowered:
        if isinstance(value, TupleValue):
            return TupleValue(tuple(self._open((*path, k), item, name) for k, item in enumerate(value.items)))
        if not isinstance(value, (Var, Const)):
            return value
        kind = self.types.get(path, value.type)
        start = convert(self.scope.builder, value, kind)
        slot = _Slot(path, start, Var(name, kind, self.scope.builder.at))
        self.slots.append(slot)
        return slot.inside

    def _flag(self, name: str, defined: Atom) -> Atom:
        if defined == TRUE:
            return TRUE
        slot = _Slot((name, "assigned"), defined, Var(f"{name}_assigned", BOOL, self.scope.builder.at))
        self.slots.append(slot)
        return slot.inside

    def close(self, body: Scope) -> tuple[list[Atom], bool]:
        """What the body yields for each slot, and whether some type must be widened first."""
        yields: list[Atom] = []
        agreed = self._learn(body)
        for slot in self.slots:
            value = self._follow(body, slot.path)
            if not isinstance(value, (Var, Const)):
                yields.append(slot.inside)  # a name without a usable value after the body: see `after`
                continue
            kind = join(slot.inside.type, value.type)
            if kind is not None and kind != slot.inside.type:
                self.types[slot.path] = kind
                agreed = False
            yields.append(
                convert(body.builder, value, slot.inside.type) if agreed and kind is not None else slot.inside
            )
        return yields, agreed

    def _learn(self, body: Scope) -> bool:
        """Names first assigned in the body need a carry too, to be read after the loop."""
        agreed = True
        for name, binding in self.entry.items():
            value = body.names.get(name, binding).value
            if (
                isinstance(binding.value, Undefined)
                and not isinstance(value, Undefined)
                and name not in self.made
            ):
                self.made[name] = value
                agreed = False
        return agreed

    def _follow(self, body: Scope, path: Path) -> Lowered:
        name, *parts = path
        assert isinstance(name, str)
        binding = body.names[name]
        value = binding.value
        for part in parts:
            if part == "assigned":
                return FALSE if isinstance(value, Undefined) else binding.defined
            if not isinstance(value, TupleValue) or not isinstance(part, int) or part >= len(value.items):
                return Undefined()
            value = value.items[part]
        return value

    def after(self, body: Scope, results: dict[Path, Atom]) -> dict[str, Binding]:
        """What the names stand for after the loop."""
        found = {}
        for name, entry in self.entry.items():
            last = body.names[name].value
            value = self._after_value((name,), entry.value, last, results)
            found[name] = Binding(value, results.get((name, "assigned"), TRUE))
        return found

    def _after_value(self, path: Path, entry: Lowered, last: Lowered, results: dict[Path, Atom]) -> Lowered:
        if path in results:
            if isinstance(last, (Var, Const)) and join(results[path].type, last.type) is not None:
                return results[path]
            return Undefined(_differs(path[0], results[path], last))
        if (
            isinstance(entry, TupleValue)
            and isinstance(last, TupleValue)
            and len(entry.items) == len(last.items)
        ):
            items = zip(entry.items, last.items, strict=True)
            return TupleValue(
                tuple(self._after_value((*path, k), a, b, results) for k, (a, b) in enumerate(items))
            )
        if entry == last:
            return entry
        return Undefined(_differs(path[0], entry, last))


def _differs(name: object, before: Lowered, last: Lowered) -> str:
    return f"`{name}` is {describe(before)} before the loop and {describe(last)} after its body"


def _settle(
    scope: Scope, names: Sequence[str], lower_body: Callable[[Scope], None]
) -> tuple[_Carries, Scope, list[Atom]]:
    """Lower the body until the types of what it carries stand still (types only widen, so they do)."""
    types: dict[Path, Type] = {}
    made: dict[str, Lowered] = {}
    while True:
        mark = len(scope.builder.statements)
        carries = _Carries(scope, names, types, made)
        body = scope.nested()
        body.names.update(carries.entry)
        lower_arm(body, lower_body)
        yields, agreed = carries.close(body)
        if agreed:
            return carries, body, yields
        del scope.builder.statements[mark:]


def _finish(
    carries: _Carries, blocks: Sequence[Block], yields: list[Atom]
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
    for slot, _ in kept:
        after = Var(slot.inside.name, slot.inside.type, slot.inside.at)
        results[slot.path] = after
        made.append(Carry(slot.inside, slot.start, after))
    final = [Block(block.statements, block.yields) for block in blocks]
    final[-1] = Block(final[-1].statements, tuple(value for _, value in kept))
    return tuple(made), [substitute(block, constant) for block in final], results


# ---------------------------------------------------------------- while


def lower_while(scope: Scope, statement: gast.While, lower_block: LowerBlock) -> None:
    """`while test: body`."""
    names = assigned_names([gast.Expr(statement.test), *statement.body])
    tests: list[Block] = []

    def lower_body(body: Scope) -> None:
        test = body.nested()
        condition = test.condition(lower_expression(test, statement.test), statement.test)
        tests.append(test.builder.block(condition))
        lower_block(body, statement.body)

    carries, body, yields = _settle(scope, names, lower_body)
    made, blocks, results = _finish(carries, [tests[-1], body.builder.block()], yields)
    scope.builder.add(While(made, blocks[0], blocks[1], scope.frame.at(statement)))
    scope.names.update(carries.after(body, results))


# ---------------------------------------------------------------- for


def lower_for(scope: Scope, statement: gast.For, lower_block: LowerBlock, assign: Assign) -> None:
    """`for target in range(...)` or over an array's elements or rows; with `until`, left early."""
    start, stop, step, item = iteration(scope, statement)
    names = assigned_names(
        [gast.Assign([statement.target], gast.Constant(None, None), None), *statement.body]
    )
    until = getattr(statement, "until", None)
    if until is not None:
        _for_until(scope, statement, (start, stop, step), item, names, lower_block, assign)
        return
    index = Var("i", INT, scope.frame.at(statement))
    if isinstance(statement.target, gast.Name) and _is_range(statement):
        index = Var(statement.target.id, INT, scope.frame.at(statement))

    def lower_body(body: Scope) -> None:
        assign(body, statement.target, item(body, index))
        lower_block(body, statement.body)

    carries, body, yields = _settle(scope, names, lower_body)
    made, blocks, results = _finish(carries, [body.builder.block()], yields)
    scope.builder.add(For(index, start, stop, step, made, blocks[0], scope.frame.at(statement)))
    scope.names.update(carries.after(body, results))


def _for_until(
    scope: Scope, statement: gast.For, bounds: tuple[Atom, Atom, Atom], item: Item, names: Sequence[str],
    lower_block: LowerBlock, assign: Assign,
) -> None:  # fmt: skip
    """A `for` with a way out is a `while` over the counter."""
    start, stop, step = bounds
    counter = f"next {statement.lineno} {statement.col_offset}"  # no user name has a space
    scope.names[counter] = Binding(start)
    tests: list[Block] = []

    def lower_body(body: Scope) -> None:
        test = body.nested()
        position = body.integer(body.names[counter].value, statement, "the counter")
        done = test.condition(lower_expression(test, statement.until), statement)
        going = choose(
            test, statement, done, lambda s: FALSE, lambda s: _in_range(s, statement, position, stop, step)
        )
        tests.append(test.builder.block(test.condition(going, statement)))
        assign(body, statement.target, item(body, position))
        following = body.apply("add", (position, step), INT)
        body.names[counter] = Binding(following)
        lower_block(body, statement.body)

    carries, body, yields = _settle(scope, [counter, *names], lower_body)
    made, blocks, results = _finish(carries, [tests[-1], body.builder.block()], yields)
    scope.builder.add(While(made, blocks[0], blocks[1], scope.frame.at(statement)))
    scope.names.update(carries.after(body, results))
    del scope.names[counter]


def _in_range(scope: Scope, node: gast.AST, position: Atom, stop: Atom, step: Atom) -> Lowered:
    if isinstance(step, Const):
        return scope.apply("less" if step.value > 0 else "greater", (position, stop), BOOL)
    forward = scope.apply("greater", (step, integer(0)), BOOL)
    return choose(
        scope, node, forward,
        lambda s: s.apply("less", (position, stop), BOOL),
        lambda s: s.apply("greater", (position, stop), BOOL),
    )  # fmt: skip


def _is_range(statement: gast.For) -> bool:
    call = statement.iter
    return isinstance(call, gast.Call) and isinstance(call.func, gast.Name) and call.func.id == "range"
