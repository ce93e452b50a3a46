"""Loops: what changes from iteration to iteration becomes an explicit carry of the loop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import gast

from autodiff_compiler.errors import UnsupportedSyntax
from autodiff_compiler.frontend.carries import finish, settle
from autodiff_compiler.frontend.choices import choose
from autodiff_compiler.frontend.context import NeedsUnrolling
from autodiff_compiler.frontend.expressions import lower_expression
from autodiff_compiler.frontend.iteration import Item, iterated
from autodiff_compiler.frontend.merging import join_arms
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.unreachable import lower_arm
from autodiff_compiler.frontend.values import FALSE, Binding, Counted, Listed, Lowered
from autodiff_compiler.frontend.variables import stored_names
from autodiff_compiler.ir.build import integer
from autodiff_compiler.ir.nodes import Atom, Block, Const, For, Var, While
from autodiff_compiler.ir.types import BOOL, INT

LowerBlock = Callable[[Scope, Sequence[gast.AST]], object]
MAX_UNROLLED = 64  # iterations of a loop that is written out because its values have no common form
Assign = Callable[[Scope, gast.AST, Lowered], None]


# ---------------------------------------------------------------- while


def lower_while(scope: Scope, statement: gast.While, lower_block: LowerBlock) -> None:
    """`while test: body`."""
    names = stored_names(statement.body)
    tests: list[Block] = []

    def lower_body(body: Scope) -> None:
        test = body.nested()
        condition = test.condition(lower_expression(test, statement.test), statement.test)
        tests.append(test.builder.block(condition))
        lower_block(body, statement.body)

    carries, body, yields = settle(scope, statement, names, lower_body)
    made, blocks, results = finish(carries, [tests[-1], body.builder.block()], yields)
    scope.builder.add(While(made, blocks[0], blocks[1], scope.frame.at(statement)))
    carries.after(results)


# ---------------------------------------------------------------- for


def lower_for(scope: Scope, statement: gast.For, lower_block: LowerBlock, assign: Assign) -> None:
    """`for target in range(...)`, over an array's rows or a structure's items; with `until`, left early."""
    over = iterated(scope, statement, lower_expression(scope, statement.iter))
    if isinstance(over, Counted):
        try:
            _lower_counted(scope, statement, over, lower_block, assign)
            return
        except NeedsUnrolling as needed:
            over = _written_out(scope, statement, over, needed.reason)
    _unroll(scope, statement, over.items, lower_block, assign)


def _written_out(scope: Scope, statement: gast.For, over: Counted, reason: str) -> Listed:
    """The items of a loop whose count is known while compiling, and small."""
    bounds = (over.start, over.stop, over.step)
    known = [int(bound.value) for bound in bounds if isinstance(bound, Const)]
    if len(known) < len(bounds) or len(range(*known)) > MAX_UNROLLED:
        for bound in bounds:
            scope.frame.context.need_static(bound)
        scope.frame.refuse(
            UnsupportedSyntax, statement, reason, "a list whose length is known while compiling"
        )
    return Listed(tuple(over.item(scope, integer(k)) for k in range(*known)))


def _lower_counted(
    scope: Scope, statement: gast.For, over: Counted, lower_block: LowerBlock, assign: Assign
) -> None:
    """A loop of the running program."""
    start, stop, step, item = over.start, over.stop, over.step, over.item
    names = stored_names([gast.Assign([statement.target], gast.Constant(None, None), None), *statement.body])
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

    carries, body, yields = settle(scope, statement, names, lower_body)
    made, blocks, results = finish(carries, [body.builder.block()], yields)
    scope.builder.add(For(index, start, stop, step, made, blocks[0], scope.frame.at(statement)))
    carries.after(results)


def _unroll(
    scope: Scope, statement: gast.For, items: Sequence[Lowered], lower_block: LowerBlock, assign: Assign
) -> None:
    """The body once for each item of a structure known while compiling."""
    until = getattr(statement, "until", None)
    for position, item in enumerate(items, 1):
        assign(scope, statement.target, item)
        lower_block(scope, statement.body)
        if until is None:
            continue
        done = scope.condition(lower_expression(scope, until), statement)
        if isinstance(done, Const):
            if done.value:
                return
            continue
        over, going = scope.nested(done, True), scope.nested(done, False)
        rest = partial(_unroll, statement=statement, items=items[position:], lower_block=lower_block)
        lower_arm(going, partial(rest, assign=assign))
        join_arms(scope, statement, done, (over, going))
        return


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

    carries, body, yields = settle(scope, statement, [counter, *names], lower_body)
    made, blocks, results = finish(carries, [tests[-1], body.builder.block()], yields)
    scope.builder.add(While(made, blocks[0], blocks[1], scope.frame.at(statement)))
    carries.after(results)
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
