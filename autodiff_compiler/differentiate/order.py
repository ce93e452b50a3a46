"""Whether the iterations of a reverse loop may run in any order.

They may if they only add: to carried sums, and to shadows that the loop does not read. What is read or
overwritten must be private to the iteration, which it is where the loop's own index selects it. Distinct
shadows never overlap, but for those of arrays with several names: they are views of one pool.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from autodiff_compiler.analysis.aliasing import viewed, views_among
from autodiff_compiler.differentiate.pairs import BlockPair, BranchPair, Item, LoopPair
from autodiff_compiler.ir.nodes import (
    Apply,
    Assign,
    Atom,
    Block,
    Call,
    For,
    If,
    Load,
    Nest,
    Pop,
    Push,
    Statement,
    Store,
    Var,
    While,
)
from autodiff_compiler.ir.types import Array, Scalar
from autodiff_compiler.ir.walk import defined, free_variables, statements, substitute


def plain_reverse(pair: BlockPair) -> Block:
    """The reverse block as plain statements, which still read forward variables: for analysis."""
    return Block(tuple(plain(item) for item in pair.reverse), pair.reverse_yields)


def plain_loop(pair: LoopPair) -> For:
    """The reverse loop as a plain statement, for analysis."""
    body = substitute(plain_reverse(pair.body), {pair.position: pair.index})
    start, stop, step = pair.bounds()
    return For(pair.index, start, stop, step, pair.carries, body, pair.at)


def plain(item: Item) -> Statement:
    """The reversal of an item as a plain statement, for analysis."""
    match item:
        case LoopPair():
            return plain_loop(item)
        case BranchPair():
            return If(
                item.forward.condition,
                plain_reverse(item.then),
                plain_reverse(item.orelse),
                item.results,
                item.at,
            )
        case _:
            return item


@dataclass(frozen=True)
class _Access:
    """One use of a shadow's elements; `index` is None where the whole array is meant."""

    array: Var
    index: tuple[Atom, ...] | None
    adds: bool


def any_order(pair: LoopPair, views: dict[Var, Var], *, from_zero: bool) -> bool:
    """Whether the reverse loop's iterations may run in any order; `views`: view of a shadow -> its base.

    `from_zero` says that the loop's index is never negative: two indices then are two places of an axis.
    """
    loop = plain_loop(pair)
    body = list(statements(loop.body))
    if any(isinstance(item, While | Push) or _pops(item) for item in body):
        return False
    for carry, following in zip(loop.carries, loop.body.yields, strict=True):
        if following is not carry.inside and not (
            isinstance(carry.inside.type, Scalar) and is_sum(loop.body, carry.inside, following)
        ):
            return False
    return _memory_is_free(loop, {**views, **views_among(body)}, from_zero)


def _pops(statement: Statement) -> bool:
    return isinstance(statement, Assign) and isinstance(statement.value, Pop)


def _memory_is_free(loop: For, views: dict[Var, Var], from_zero: bool) -> bool:
    outside = {viewed(variable, views) for variable in free_variables(loop.body)}
    by_root: dict[Var, list[_Access]] = {}
    written: set[Var] = set()
    made = {variable for statement in statements(loop.body) for variable in defined(statement)}
    for access, writes in _accesses(statements(loop.body)):
        root = viewed(access.array, views)
        if root in outside:
            by_root.setdefault(root, []).append(access)
            if writes:
                written.add(root)
    return all(
        all(access.adds for access in by_root[root])
        or (from_zero and by_root[root][0].array not in made and _private(by_root[root], loop.index))
        for root in written
    )


def _private(accesses: list[_Access], index: Var) -> bool:
    """Whether the loop's index selects what each access touches, on one axis of one array.

    The array must be the same in each iteration.
    """
    first = accesses[0]
    if first.index is None:
        return False
    axes = [axis for axis, item in enumerate(first.index) if item is index]
    return any(
        all(
            access.array is first.array and access.index is not None and access.index[axis] is index
            for access in accesses
        )
        for axis in axes
    )


def _accesses(body: Iterable[Statement]) -> Iterator[tuple[_Access, bool]]:
    for statement in body:
        match statement:
            case Call():
                yield from _call_accesses(statement)
            case Assign(_, Load(array, index)):
                yield _Access(array, index, False), False
            case Store(array, index, _, accumulate):
                yield _Access(array, index, accumulate), True
            case Assign(_, Apply(_, operands)):
                for operand in operands:
                    if isinstance(operand, Var) and isinstance(operand.type, Array):
                        yield _Access(operand, None, False), False
            case Nest(body=inner, writes=writes):
                for item in inner.statements:
                    if isinstance(item, Assign) and isinstance(item.value, Load):
                        yield _Access(item.value.array, None, False), False
                for write in writes:
                    if not write.fresh:
                        yield _Access(write.target, None, write.combine == "add"), True


def _call_accesses(call: Call) -> Iterator[tuple[_Access, bool]]:
    for operand, how in zip(call.operands, call.callee.access, strict=True):
        if isinstance(operand, Var) and isinstance(operand.type, Array) and how:
            yield _Access(operand, None, how == "add"), how != "read"


def is_sum(block: Block, inside: Var, result: Atom) -> bool:
    """Whether `result` is `inside` plus terms that do not depend on it, which is used for nothing else."""
    current = inside
    for statement in block.statements:
        if current not in free_variables(statement):
            continue
        following = _adds_to(statement, current)
        if following is None:
            return False
        current = following
    return result is current and sum(1 for item in block.yields if item is current) <= 1


def _adds_to(statement: Statement, current: Var) -> Var | None:
    """The variable that holds current + something after the statement, if that is all it does with it."""
    match statement:
        case Assign(target, Apply("add", (left, right))) if (left is current) != (right is current):
            return target
        case For(carries=carries, body=body):
            fitting = [
                (carry, following)
                for carry, following in zip(carries, body.yields, strict=True)
                if carry.start is current
            ]
            if len(fitting) == 1 and current not in free_variables(body):
                carry, following = fitting[0]
                if following is carry.inside or is_sum(body, carry.inside, following):
                    return carry.after
        case If(condition, then, orelse, results) if condition is not current:
            for result, one, other in zip(results, then.yields, orelse.yields, strict=True):
                if _passes(then, current, one) and _passes(orelse, current, other):
                    return result
    return None


def _passes(block: Block, current: Var, result: Atom) -> bool:
    if current not in free_variables(block):
        return False
    return is_sum(block, current, result)


def views_of(block: BlockPair) -> dict[Var, Var]:
    """For each view made in a reverse block, at any depth, the array it is a view of."""
    return views_among(statements(plain_reverse(block)))


__all__ = ["any_order", "is_sum", "plain", "plain_loop", "plain_reverse", "views_of"]
