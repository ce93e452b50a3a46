"""How long the axes of all arrays are, in atoms that are in scope wherever the array is.

The lengths of a fresh array are those it was made with, of a view those of what it views, where that tells.
An array carried through a loop has the lengths it starts with, if every iteration keeps them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from autodiff_compiler.analysis.sizes import written_shape
from autodiff_compiler.ir.build import Builder, integer
from autodiff_compiler.ir.nodes import (
    Allocate,
    Apply,
    Assign,
    Atom,
    Block,
    Call,
    Dim,
    For,
    Function,
    If,
    Nest,
    NewAxis,
    Reshape,
    Slice,
    Statement,
    Transpose,
    Value,
    Var,
    View,
    While,
)
from autodiff_compiler.ir.types import Array
from autodiff_compiler.ir.walk import looked_up

Lengths = dict[Var, tuple[Atom, ...]]


class _Known(Lengths):
    """Lengths of arrays; and of variables that hold a length, the one atom for all that hold this length."""

    def __init__(self, other: _Known | None = None) -> None:
        super().__init__(other or {})
        self.same: dict[Var, Atom] = dict(other.same) if other is not None else {}

    def __setitem__(self, array: Var, lengths: tuple[Atom, ...]) -> None:
        super().__setitem__(array, tuple(looked_up(atom, self.same) for atom in lengths))


def measure(function: Function) -> tuple[Function, Lengths]:
    """The function with all lengths measured where arrays are made, and the lengths."""
    known = _Known()
    entry = _measured(function.parameters, known)
    body = _measure_block(function.body, known)
    return replace(function, body=Block((*entry, *body.statements), body.yields)), known


def _measured(variables: Iterable[Var], known: _Known) -> list[Statement]:
    builder = Builder()
    for variable in variables:
        if isinstance(variable.type, Array):
            builder.at = variable.at
            known[variable] = builder.dims(variable)
    return builder.statements


def _measure_block(block: Block, known: _Known, entry: Iterable[Var] = ()) -> Block:
    found = _measured(entry, known)
    for statement in block.statements:
        measured, unknown = _measure_statement(statement, known)
        found.append(measured)
        found.extend(_measured(unknown, known))
    return Block(tuple(found), block.yields)


def _measure_statement(statement: Statement, known: _Known) -> tuple[Statement, Sequence[Var]]:
    """The statement, nested blocks measured, and what it defines whose lengths it does not tell."""
    match statement:
        case If():
            return _measure_branch(statement, known)
        case For() | While():
            return _measure_loop(statement, known)
        case Nest(indices, extents, _, writes):
            for write in writes:
                if write.fresh and isinstance(write.target.type, Array):
                    known[write.target] = written_shape(write, indices, extents)
        case Call(results=results):
            return statement, results
        case Assign(target, Dim(array, axis)) if array in known:
            known.same[target] = known[array][axis]
        case Assign(target, value) if (derived := _derived_lengths(value, known)) is not None:
            known[target] = derived
        case Assign(target, Apply() | View()):
            return statement, (target,)
    return statement, ()


def _measure_branch(statement: If, known: _Known) -> tuple[If, list[Var]]:
    then, orelse = _measure_block(statement.then, known), _measure_block(statement.orelse, known)
    unknown = []
    for result, one, other in zip(statement.results, then.yields, orelse.yields, strict=True):
        lengths = _lengths_of(one, known)
        if lengths is not None and lengths == _lengths_of(other, known):
            known[result] = lengths
        else:
            unknown.append(result)
    return replace(statement, then=then, orelse=orelse), unknown


def _measure_loop(statement: For | While, known: _Known) -> tuple[For | While, list[Var]]:
    """Suppose that carried arrays keep their lengths, and drop what the body shows to be wrong."""
    kept = {
        carry.inside: known[carry.start] for carry in statement.carries
        if isinstance(carry.start, Var) and carry.start in known
    }  # fmt: skip
    while True:
        trial = _Known(known)
        trial.update(kept)
        body = _measure_block(
            statement.body, trial, (c.inside for c in statement.carries if c.inside not in kept)
        )
        wrong = [
            carry.inside for carry, following in zip(statement.carries, body.yields, strict=True)
            if carry.inside in kept and _lengths_of(following, trial) != kept[carry.inside]
        ]  # fmt: skip
        if not wrong:
            break
        for inside in wrong:
            del kept[inside]
    known.update(trial)
    known.same.update(trial.same)
    known.update({carry.after: kept[carry.inside] for carry in statement.carries if carry.inside in kept})
    return replace(statement, body=body), [c.after for c in statement.carries if c.inside not in kept]


def _lengths_of(atom: Atom, known: _Known) -> tuple[Atom, ...] | None:
    return known.get(atom) if isinstance(atom, Var) else None


def _derived_lengths(value: Value, known: _Known) -> tuple[Atom, ...] | None:
    """The lengths of a result's axes where the value or those of its operands tell them."""
    match value:
        case Allocate(shape=shape) | Reshape(shape=shape):
            return shape
        case Transpose(array, axes) if array in known:
            return tuple(known[array][axis] for axis in axes)
        case Apply("places", shape) | Apply("broadcast_to", (_, *shape)):
            return tuple(shape)
        case Apply("copy", (Var() as array,)) if array in known:
            return known[array]
        case Apply("matmul", (Var() as left, Var() as right)) if left in known and right in known:
            return (*known[left][:-1], *known[right][1:])
        case View(array, index) if array in known:
            return _view_lengths(index, known[array])
        case _:
            return None


def _view_lengths(
    index: tuple[Atom | Slice | NewAxis, ...], lengths: tuple[Atom, ...]
) -> tuple[Atom, ...] | None:
    found: list[Atom] = []
    axes = iter(lengths)
    for item in index:
        if isinstance(item, NewAxis):
            found.append(integer(1))
        elif isinstance(item, Slice):
            if item != Slice(None, None, None):
                return None
            found.append(next(axes))
        else:
            next(axes)
    return tuple(found)
