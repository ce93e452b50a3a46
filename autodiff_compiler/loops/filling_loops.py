"""Loops that fill a new array, element by element, as nests, which are fused with what reads the array."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from autodiff_compiler.analysis.sizes import Sizes
from autodiff_compiler.ir.build import array_type, integer
from autodiff_compiler.ir.nodes import (
    Allocate,
    Apply,
    Assign,
    Atom,
    Block,
    For,
    Function,
    Load,
    Nest,
    Statement,
    Store,
    Var,
    Write,
)
from autodiff_compiler.ir.types import Scalar
from autodiff_compiler.ir.walk import blocks, bound, free_variables, with_blocks


def filling_loops(function: Function) -> Function:
    """The function with loops that compute the elements of new arrays, one in each iteration, as nests.

    before:  y = empty((n,)); for i in 0..n: a = x[i]; b = sin(a); y[i] = b
    after:   nest i < n: a = x[i]; b = sin(a); new y[i] = b

    So a list that grows in a loop, and an array that is filled in one, cost what the operator on whole arrays
    costs. Sound because the loop carries nothing and reads nothing that it writes, sets every element of each
    array that it writes exactly once, and reaches no element outside the arrays: each axis that it indexes is
    known to be as long as the loop. Nothing looks at the new arrays before the loop.
    """
    body = _block(function.body, Sizes())
    return function if body is function.body else replace(function, body=body)


def _block(block: Block, sizes: Sizes) -> Block:
    """The block with its loops rewritten, those of nested blocks too; `sizes` is what is known before it."""
    found: list[Statement] = []
    for statement in block.statements:
        if (nest := _as_nest(statement, found, sizes)) is not None:
            filled = {write.target for write in nest.writes}
            found = [s for s in found if not (isinstance(s, Assign) and s.target in filled)]
            statement = nest
        else:
            inner = [_block(part, sizes.inner()) for part in blocks(statement)]
            statement = with_blocks(statement, inner)
        sizes.observe(statement)
        found.append(statement)
    unchanged = len(found) == len(block.statements) and all(map(_is, found, block.statements))
    return block if unchanged else Block(tuple(found), block.yields)


def _is(one: Statement, other: Statement) -> bool:
    return one is other


def _as_nest(statement: Statement, before: Iterable[Statement], sizes: Sizes) -> Nest | None:
    """The loop as a nest; None where it is none, or might not compute the same."""
    if not isinstance(statement, For) or statement.carries:
        return None
    if (statement.start, statement.step) != (integer(0), integer(1)):
        return None
    index, extent = statement.index, sizes.canonical(statement.stop)
    parts = statement.body.statements
    stores = [part for part in parts if isinstance(part, Store)]
    values = [part for part in parts if isinstance(part, Assign)]
    if not stores or len(stores) + len(values) < len(parts) or not all(map(_is_number, values)):
        return None
    filled = {store.array for store in stores}
    if len(filled) < len(stores) or not all(_sets(store, index) for store in stores):
        return None
    reads = [part.value for part in values if isinstance(part.value, Load)]
    if not filled.isdisjoint(free_variables(Block(tuple(values)))) or not all(
        all(atom is index for atom in read.index) and _as_long(read.array, sizes, extent) for read in reads
    ):
        return None
    if not all(_as_long(array, sizes, extent) for array in filled) or not _new(filled, before):
        return None
    writes = tuple(Write(store.array, (index,), store.value, "set", True) for store in stores)
    return Nest((index,), (statement.stop,), Block(tuple(values)), writes, statement.at)


def _is_number(part: Assign) -> bool:
    """Whether an assignment may stand in a nest: an element, or a number computed from numbers."""
    if isinstance(part.value, Apply):
        return all(isinstance(atom.type, Scalar) for atom in (part.target, *part.value.operands))
    return isinstance(part.value, Load)


def _sets(store: Store, index: Var) -> bool:
    """Whether the store sets the element of its iteration."""
    same = store.value.type.dtype == store.array.type.dtype
    return store.index == (index,) and not store.accumulate and not store.axes and same


def _as_long(array: Var, sizes: Sizes, extent: Atom) -> bool:
    """Whether each axis of the array is as long as the loop, and not always of length one."""
    kind = array_type(array)
    return not any(kind.units) and all(sizes.length(array, axis) == extent for axis in range(kind.rank))


def _new(arrays: set[Var], before: Iterable[Statement]) -> bool:
    """Whether the arrays are allocated among the statements before the loop, and not looked at there."""
    made: set[Var] = set()
    for statement in before:
        if isinstance(statement, Assign) and isinstance(statement.value, Allocate):
            made.add(statement.target)
        elif not arrays.isdisjoint((*free_variables(statement), *bound(statement))):
            return False
    return arrays <= made
