"""Guards against indices out of range: proved needless, checked before the loop, or checked at the access."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import assert_never

from autodiff_compiler.analysis.integers import Integers
from autodiff_compiler.ir.build import in_words
from autodiff_compiler.ir.nodes import (
    Assign,
    Block,
    Call,
    For,
    Function,
    Guard,
    If,
    Load,
    Nest,
    NewAxis,
    Push,
    Slice,
    Statement,
    Store,
    View,
    While,
)
from autodiff_compiler.ir.walk import with_blocks
from autodiff_compiler.loops.bounds import Bound, Range, joined
from autodiff_compiler.loops.write_bounds import Expressions, note, write_bounds


def guard_indices(function: Function) -> Function:
    """The function where an index out of range raises IndexOutOfBounds, as it raises IndexError in Python.

    before:  for i in 0..x_0: a = x[i]; b = y[i]; c = z[k]
    after:   inside = x_0 <= y_0; guard inside; for i in 0..x_0: guard -z_0 <= k < z_0; a = x[i]; ...

    A guard that the loop bounds, conditions and lengths around the access prove is left out. Before a loop
    stands what an access in each of its iterations needs in the worst of them, unless the loop does not run
    (the error comes earlier then, but it comes in the same calls). All else is checked where it is accessed.
    Nests stay within their arrays by construction; slices never fail.
    """
    guarding = _Guarding(Integers(function), ChainMap(), None, None)
    body = guarding.block(function.body)
    return function if body is function.body else replace(function, body=body)


class _Guarding:
    """The guards of one block."""

    def __init__(
        self, known: Integers, expressions: Expressions, outer: _Guarding | None, around: Range | None
    ) -> None:  # fmt: skip
        self.known = known
        self.expressions = expressions  # what variables of the program that are in scope are equal to
        self.outer = outer
        self.around = around  # the loop whose body the block is, if its statements run in each iteration
        self.lifted: list[Bound] = []  # what is to be checked before that loop
        self.items: list[Statement | list[Bound]] = []
        self.checked: dict[object, tuple[list[Bound], int]] = {}  # by what is the same in similar bounds

    def block(self, block: Block) -> Block:
        """The block with its guards; what can be checked before the loop around it is in `lifted`."""
        start = self.expressions.new_child()
        self.expressions = self.expressions.new_child()
        for statement in block.statements:
            statement = self._statement(statement)
            self.items.append(statement)
            self.known.observe(statement)
            note(statement, self.known, self.expressions)
        return self._written(block, start)

    def _statement(self, statement: Statement) -> Statement:
        """The statement with guards in its blocks; the guards before it are added."""
        match statement:
            case Assign() | Store():
                self._require(self._bounds(statement))
                return statement
            case If(condition, then, orelse):
                arms = self._inner(None), self._inner(None)
                for arm, holds in zip(arms, (True, False), strict=True):
                    arm.known.assume(condition, holds)
                guarded = with_blocks(statement, [arms[0].block(then), arms[1].block(orelse)])
                self.known.join(statement, arms[0].known, arms[1].known)
                return guarded
            case While(test=test, body=body):
                inside = self._inner(None)
                inside.known.enter(statement)
                asked = inside._inner(None)
                tested = asked.block(test)
                inside.known.assume(test.yields[0], True)
                return with_blocks(statement, [tested, inside.block(body)])
            case For(body=body):
                looped = self._inner(Range(statement, self.known))
                looped.known.enter(statement)
                guarded = with_blocks(statement, [looped.block(body)])
                self._require(looped.lifted)
                return guarded
            case Nest() | Guard() | Push() | Call():
                return statement
            case _:
                assert_never(statement)

    def _inner(self, around: Range | None) -> _Guarding:
        return _Guarding(self.known.inner(), self.expressions.new_child(), self, around)

    # ------------------------------------------------------------ what is needed

    def _bounds(self, statement: Assign | Store) -> Iterator[Bound]:
        """What the indices of the statement need."""
        match statement:
            case Assign(_, Load(array, index) | View(array, index)) | Store(array, index):
                items = [item for item in index if not isinstance(item, NewAxis)]
            case _:
                return
        for axis, item in enumerate(items):
            if not isinstance(item, Slice):
                place, length = self.known.form(item), self.known.length(array, axis)
                for need in (place + length, length - 1 - place):
                    yield Bound(need, (), place, length, f"axis {axis} of {in_words(array)}", statement.at)

    def _require(self, bounds: Iterable[Bound]) -> None:
        """See to it that the bounds hold here: by proof, before the loop, or by a guard at this place."""
        here: list[Bound] = []
        for whole in joined(bounds):
            bound = whole.reduced(self.known.facts)
            if bound is None or self._holds(bound) or self.known.facts.proves(bound.need):
                continue
            lifted = self.around.lift(bound) if self.around else None
            if lifted is not None:
                self.lifted.append(lifted)
            elif bound.key in self.checked:
                group, position = self.checked[bound.key]
                group[position] = bound  # the stronger one, earlier
            else:
                self.checked[bound.key] = here, len(here)
                here.append(bound)
            if not bound.unless:
                self.known.facts.learn(bound.need)
        if here:
            self.items.append(here)

    def _holds(self, bound: Bound) -> bool:
        """Whether a guard in this block or around it checks as much."""
        if bound.key in self.checked:
            group, position = self.checked[bound.key]
            return group[position].need.constant <= bound.need.constant
        return self.outer is not None and self.outer._holds(bound)

    def _written(self, block: Block, expressions: Expressions) -> Block:
        """The block with the guards in place, now that it is known which there are."""
        if not any(isinstance(item, list) for item in self.items):
            same = all(new is old for new, old in zip(self.items, block.statements, strict=True))
            return block if same else Block(tuple(self.items), block.yields)  # type: ignore[arg-type]
        statements: list[Statement] = []
        for item in self.items:
            if isinstance(item, list):
                statements += write_bounds(item, self.known, expressions)
            else:
                statements.append(item)
                note(item, self.known, expressions)
        return Block(tuple(statements), block.yields)
