"""Counters as functions of the iteration: `k += 2` in a counted loop, and loops that only count.

before:  for i in 0..n carry (k = a -> k_1 -> k_2): x = v[k]; k_1 = k + 2
after:   for i in 0..n: t = i * 2; k = t + a; x = v[k]
         k_2 = a + 2 * max(n, 0)

before:  while carry (k = a -> k_1 -> k_2): t = k < n; break unless t; ...; k_1 = k + 1
after:   for k in a..n: ...

Such an index selects its own element in each iteration, and a loop that is counted needs no stack.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from autodiff_compiler.ir.build import Builder, integer
from autodiff_compiler.ir.nodes import (
    Apply,
    Assign,
    Atom,
    Block,
    Carry,
    Const,
    For,
    Function,
    Statement,
    Var,
    While,
)
from autodiff_compiler.ir.types import INT
from autodiff_compiler.ir.walk import map_statements

_TESTS = {"less": (1, 0), "less_equal": (1, 1), "greater": (-1, 0), "greater_equal": (-1, -1)}


def closed_forms(function: Function) -> Function:
    """The function with counters computed from the loop's index, and `while` loops that count as `for`."""
    body = map_statements(function.body, _rewritten)
    return function if body is function.body else replace(function, body=body)


def _rewritten(statement: Statement) -> Sequence[Statement]:
    before: list[Statement] = []
    after: list[Statement] = []
    if isinstance(statement, While) and (counted := _counted(statement)) is not None:
        before, statement, after = counted
    if isinstance(statement, For):
        loop, behind = _without_counters(statement)
        return (*before, loop, *after, *behind)
    return (statement,)


# ---------------------------------------------------------------- while loops


def _counted(loop: While) -> tuple[list[Statement], For, list[Statement]] | None:
    """The loop over a range, if all that its test does is compare a counter with a bound."""
    match loop.test:
        case Block((Assign(test, Apply(operator, (Var() as counter, limit))),), (tested,)):
            pass
        case _:
            return None
    direction, beyond = _TESTS.get(operator, (0, 0))
    number = next((k for k, carry in enumerate(loop.carries) if carry.inside is counter), None)
    if number is None or tested is not test or limit.type.dtype != "int64":
        return None
    if isinstance(limit, Var) and any(limit is carry.inside for carry in loop.carries):
        return None
    step = _step(loop.carries[number], loop.body.yields[number], loop.body)
    if step is None or step * direction <= 0:
        return None
    carry = loop.carries[number]
    ahead, behind = Builder(loop.at), Builder(loop.at)
    stop = _plus(ahead, limit, beyond)
    trips = _trips(behind, carry.start, stop, step)
    _finish(behind, carry, _scaled(behind, trips, step))
    carries = (*loop.carries[:number], *loop.carries[number + 1 :])
    yields = (*loop.body.yields[:number], *loop.body.yields[number + 1 :])
    made = For(counter, carry.start, stop, integer(step), carries, replace(loop.body, yields=yields), loop.at)
    return ahead.statements, made, behind.statements


# ---------------------------------------------------------------- counters of for loops


def _without_counters(loop: For) -> tuple[For, list[Statement]]:
    """The loop without the carries that grow by a constant, and what computes these after it."""
    step = loop.step.value if isinstance(loop.step, Const) else 0
    kept: list[int] = []
    inside, behind = Builder(loop.at), Builder(loop.at)
    for number, carry in enumerate(loop.carries):
        growth = _step(carry, loop.body.yields[number], loop.body)
        if not step or growth is None or growth % int(step):
            kept.append(number)
            continue
        passed = _minus(inside, loop.index, loop.start)
        _finish(inside, replace(carry, after=carry.inside), _scaled(inside, passed, growth // int(step)))
        trips = _trips(behind, loop.start, loop.stop, int(step))
        _finish(behind, carry, _scaled(behind, trips, growth))
    if len(kept) == len(loop.carries):
        return loop, []
    yields = tuple(loop.body.yields[number] for number in kept)
    body = Block((*inside.statements, *loop.body.statements), yields)
    carries = tuple(loop.carries[number] for number in kept)
    return replace(loop, carries=carries, body=body), behind.statements


def _step(carry: Carry, following: Atom, body: Block) -> int | None:
    """By what constant the carry grows in each iteration; None if by none."""
    if carry.inside.type != INT or carry.after.type != INT or following.type != INT:
        return None
    for statement in body.statements:
        if isinstance(statement, Assign) and statement.target is following:
            match statement.value:
                case Apply("add", (left, Const(value=number))) if left is carry.inside:
                    return int(number)
                case Apply("add", (Const(value=number), right)) if right is carry.inside:
                    return int(number)
                case Apply("subtract", (left, Const(value=number))) if left is carry.inside:
                    return -int(number)
    return None


def _trips(builder: Builder, start: Atom, stop: Atom, step: int) -> Atom:
    """How many iterations a range has."""
    span = _minus(builder, stop, start) if step > 0 else _minus(builder, start, stop)
    if abs(step) != 1:  # rounded up
        span = _plus(builder, span, abs(step) - 1)
        span = builder.assign(Apply("floor_divide", (span, integer(abs(step)))), INT)
    if isinstance(span, Const):
        return integer(max(int(span.value), 0))
    return builder.assign(Apply("maximum", (span, integer(0))), INT, "trips")


def _finish(builder: Builder, carry: Carry, offset: Atom) -> None:
    """Assign `carry.after`: the start of the carry plus an offset."""
    builder.add(Assign(carry.after, Apply("add", (offset, carry.start)), builder.at))


def _minus(builder: Builder, one: Atom, other: Atom) -> Atom:
    if other == integer(0):
        return one
    if isinstance(one, Const) and isinstance(other, Const):
        return integer(int(one.value) - int(other.value))
    return builder.assign(Apply("subtract", (one, other)), INT)


def _plus(builder: Builder, one: Atom, number: int) -> Atom:
    if number == 0:
        return one
    if isinstance(one, Const):
        return integer(int(one.value) + number)
    return builder.assign(Apply("add", (one, integer(number))), INT)


def _scaled(builder: Builder, one: Atom, factor: int) -> Atom:
    if factor == 1:
        return one
    if isinstance(one, Const):
        return integer(int(one.value) * factor)
    return builder.assign(Apply("multiply", (one, integer(factor))), INT)
