"""Loops: what changes from iteration to iteration becomes an explicit carry of the loop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import NoReturn

import gast

from autodiff_compiler.errors import (
    AliasedMutation,
    DifferentiationError,
    TypeMismatch,
    UnsupportedSyntax,
)
from autodiff_compiler.frontend.choices import choose
from autodiff_compiler.frontend.context import NeedsUnrolling
from autodiff_compiler.frontend.expressions import lower_expression
from autodiff_compiler.frontend.generators import check_reads, generator_behind
from autodiff_compiler.frontend.iteration import Item, is_iterator, iterated, reached, remaining
from autodiff_compiler.frontend.merging import join_arms
from autodiff_compiler.frontend.named_iterators import goes_on, taken
from autodiff_compiler.frontend.run_over import note_parts
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.settling import finish, settle
from autodiff_compiler.frontend.unreachable import lower_arm
from autodiff_compiler.frontend.values import (
    FALSE,
    Binding,
    Cell,
    Contents,
    Counted,
    Listed,
    Lowered,
    Reference,
)
from autodiff_compiler.frontend.variables import stored_names
from autodiff_compiler.ir.build import integer
from autodiff_compiler.ir.nodes import Atom, Block, Const, For, Var, While
from autodiff_compiler.ir.types import BOOL, INT

LowerBlock = Callable[[Scope, Sequence[gast.AST]], object]
MAX_WRITTEN_OUT = 16  # iterations of a loop whose values no carry can hold
MAX_UNROLLED = 64  # iterations of a loop that is written out because the counter shapes its code
Assign = Callable[[Scope, gast.AST, Lowered], None]


# ---------------------------------------------------------------- while


def lower_while(scope: Scope, statement: gast.While, lower_block: LowerBlock) -> None:
    """`while test: body`."""
    mark, names, heap = len(scope.builder.statements), dict(scope.names), dict(scope.heap)
    try:
        _lower_tested(scope, statement, lower_block)
    except (NeedsUnrolling, AliasedMutation, TypeMismatch) as failure:
        _undo(scope, mark, names, heap)
        _write_turns(scope, statement, failure, lower_block)


def _undo(scope: Scope, mark: int, names: dict[str, Binding], heap: dict[Cell, Contents]) -> None:
    """Take back what lowering did after there were so many statements, and these names and this heap."""
    del scope.builder.statements[mark:]
    scope.names = names
    scope.heap.clear()
    scope.heap.update(heap)


def _write_turns(
    scope: Scope,
    statement: gast.While,
    failure: NeedsUnrolling | DifferentiationError,
    lower_block: LowerBlock,
) -> None:
    """The body once for each turn, where all tests are known while compiling; else the failure."""
    try:
        for _ in range(MAX_UNROLLED):
            test = scope.condition(lower_expression(scope, statement.test), statement.test)
            if not isinstance(test, Const):
                break
            if not test.value:
                return
            lower_block(scope, statement.body)
    except DifferentiationError as error:
        failure = error if isinstance(failure, NeedsUnrolling) else failure
    _refuse(scope, statement, failure)


def _refuse(scope: Scope, statement: gast.AST, failure: NeedsUnrolling | DifferentiationError) -> NoReturn:
    if isinstance(failure, NeedsUnrolling):
        instead = "a loop whose count is known while compiling"
        scope.frame.refuse(UnsupportedSyntax, statement, failure.reason, instead)
    raise failure


def _lower_tested(scope: Scope, statement: gast.While, lower_block: LowerBlock) -> None:
    """A loop of the running program, as long as a test holds."""
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


def lower_for(
    scope: Scope, statement: gast.For, lower_block: LowerBlock, assign: Assign,
    over: Listed | Counted | None = None,
) -> None:  # fmt: skip
    """`for target in range(...)`, over an array's rows or a structure's items; with `until`, left early.

    `over` is what is run over where no expression of the user's says it.
    """
    if over is None:
        note_parts(scope, statement.iter)
        value = lower_expression(scope, statement.iter)
        generator = generator_behind(scope, value)
        if is_iterator(value) and generator is None:
            _over_iterator(scope, statement, value, lower_block, assign)
            return
        over = iterated(scope, statement, value)
        check_reads(scope, statement, over.reads)
    if isinstance(over, Counted):
        over = _unrolled(scope, statement, over)
    if isinstance(over, Listed):
        _unroll(scope, statement, over, lower_block, assign)
        return
    mark, names, heap = len(scope.builder.statements), dict(scope.names), dict(scope.heap)
    try:
        _lower_counted(scope, statement, over, lower_block, assign)
    except (NeedsUnrolling, AliasedMutation, TypeMismatch) as failure:
        _undo(scope, mark, names, heap)
        _write_out(scope, statement, over, _known_positions(over), failure, lower_block, assign)


def _known_positions(over: Counted) -> Sequence[int] | None:
    """The positions of a loop whose count is known while compiling, and small."""
    bounds = [int(b.value) for b in (over.start, over.stop, over.step) if isinstance(b, Const)]
    known = range(*bounds) if len(bounds) == 3 else None
    return known if known is not None and len(known) <= MAX_WRITTEN_OUT else None


def _write_out(
    scope: Scope, statement: gast.For, over: Counted, known: Sequence[int] | None,
    failure: NeedsUnrolling | DifferentiationError, lower_block: LowerBlock, assign: Assign,
) -> None:  # fmt: skip
    """A short loop iteration by iteration, where no carry can hold what it changes; else the failure."""
    if known is not None:
        try:
            _unroll(scope, statement, _at(over, known), lower_block, assign)
            return
        except DifferentiationError as error:
            if isinstance(failure, NeedsUnrolling):
                failure = error
    if isinstance(failure, NeedsUnrolling):
        for bound in (over.start, over.stop, over.step):
            scope.frame.context.need_static(bound)
    _refuse(scope, statement, failure)


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
    if scope.is_natural(start) and isinstance(step, Const) and step.value > 0:
        scope.frame.context.natural.add(index)
    if _few(over) is not None:
        scope.frame.context.counters[index] = frozenset({(statement, scope.frame.calls)})

    def lower_body(body: Scope) -> None:
        assign(body, statement.target, item(body, index))
        lower_block(body, statement.body)

    carries, body, yields = settle(scope, statement, names, lower_body)
    made, blocks, results = finish(carries, [body.builder.block()], yields)
    scope.builder.add(For(index, start, stop, step, made, blocks[0], scope.frame.at(statement)))
    carries.after(results)


def _few(over: Counted) -> range | None:
    """The positions of a loop of few iterations that are known while compiling."""
    bounds = [bound.value for bound in (over.start, over.stop, over.step) if isinstance(bound, Const)]
    if len(bounds) < 3:
        return None
    positions = range(*map(int, bounds))
    return positions if len(positions) <= MAX_UNROLLED else None


def _unrolled(scope: Scope, statement: gast.For, over: Counted) -> Listed | Counted:
    """Item by item, where the body needs to know the counter while compiling."""
    positions = _few(over)
    if positions is None or (statement, scope.frame.calls) not in scope.frame.context.unrolled:
        return over
    return _at(over, positions)


def _at(over: Counted, positions: Sequence[int]) -> Listed:
    """The items at known positions, each read when its iteration begins."""
    return Listed(
        lambda scope: len(positions), lambda scope, number: over.item(scope, integer(positions[number]))
    )


def _unroll(
    scope: Scope, statement: gast.For, over: Listed, lower_block: LowerBlock, assign: Assign,
    position: int = 0, count: int | None = None,
) -> None:  # fmt: skip
    """The body once for each item of a structure known while compiling, from a position on.

    As in Python, each item is read when its turn comes, and a list that grows in the loop has more turns.
    """
    until = getattr(statement, "until", None)
    count = over.length(scope) if count is None else count
    while position < _length_now(scope, statement, over, count):
        assign(scope, statement.target, over.item(scope, position))
        lower_block(scope, statement.body)
        position += 1
        if until is None:
            continue
        done = scope.condition(lower_expression(scope, until), statement)
        if isinstance(done, Const):
            if done.value:
                return
            continue
        left, going = scope.nested(done, True), scope.nested(done, False)
        rest = partial(_unroll, statement=statement, over=over, lower_block=lower_block, assign=assign)
        lower_arm(going, partial(rest, position=position, count=count))
        join_arms(scope, statement, done, (left, going))
        return


def _length_now(scope: Scope, statement: gast.For, over: Listed, before: int) -> int:
    """How many items there are now; refused where Python refuses the change, or no end is in sight."""
    count = over.length(scope)
    if (over.settled and count != before) or count > before + MAX_UNROLLED:
        reason = "what this loop runs over changes its length in the loop"
        scope.frame.refuse(UnsupportedSyntax, statement.iter, reason, "a loop over a copy: list(...)")
    return count


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


# ---------------------------------------------------------------- for, over an iterator that has a name


def _over_iterator(
    scope: Scope, statement: gast.For, iterator: Reference, lower_block: LowerBlock, assign: Assign
) -> None:
    """What is left of an iterator; a loop that may leave items, or shares them with its body, takes each."""
    over, position = reached(scope, statement, iterator)
    check_reads(scope, statement, over.reads)
    if isinstance(over, Listed) and isinstance(position, Const):
        _take_known(scope, statement, iterator, lower_block, assign, over.length(scope))
        return
    calls = (node for part in statement.body for node in gast.walk(part) if isinstance(node, gast.Name))
    if getattr(statement, "until", None) is not None or any(name.id == "next" for name in calls):
        _take_each(scope, statement, iterator, lower_block, assign)
        return
    lower_for(scope, statement, lower_block, assign, remaining(scope, statement, iterator))
    scope.heap[iterator.cell] = replace(scope.heap[iterator.cell], frozen="")


def _take_known(
    scope: Scope, statement: gast.For, iterator: Reference, lower_block: LowerBlock, assign: Assign,
    count: int,
) -> None:  # fmt: skip
    """The body once for each item that is left, as long as how many there are is known while compiling."""
    until = getattr(statement, "until", None)
    while True:
        over, _ = reached(scope, statement, iterator)
        going = goes_on(scope, statement, iterator)
        if not isinstance(going, Const):
            _take_each(scope, statement, iterator, lower_block, assign)
            return
        if isinstance(over, Listed):
            _length_now(scope, statement, over, count)
        if not going.value:
            return
        assign(scope, statement.target, taken(scope, statement, iterator))
        lower_block(scope, statement.body)
        done: Atom = FALSE if until is None else scope.condition(lower_expression(scope, until), statement)
        if isinstance(done, Const):
            if done.value:
                return
            continue
        left, other = scope.nested(done, True), scope.nested(done, False)
        lower_arm(other, lambda s: _take_known(s, statement, iterator, lower_block, assign, count))
        join_arms(scope, statement, done, (left, other))
        return


def _take_each(
    scope: Scope, statement: gast.For, iterator: Reference, lower_block: LowerBlock, assign: Assign
) -> None:
    """A `while` that takes an item in each iteration."""
    names = stored_names([gast.Assign([statement.target], gast.Constant(None, None), None), *statement.body])
    until = getattr(statement, "until", None)
    tests: list[Block] = []

    def lower_body(body: Scope) -> None:
        test = body.nested()
        done: Atom = FALSE if until is None else test.condition(lower_expression(test, until), statement)
        going = choose(test, statement, done, lambda s: FALSE, lambda s: goes_on(s, statement, iterator))
        tests.append(test.builder.block(test.condition(going, statement)))
        assign(body, statement.target, taken(body, statement, iterator))
        lower_block(body, statement.body)

    carries, body, yields = settle(scope, statement, names, lower_body)
    made, blocks, results = finish(carries, [tests[-1], body.builder.block()], yields)
    scope.builder.add(While(made, blocks[0], blocks[1], scope.frame.at(statement)))
    carries.after(results)


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
