"""One variable for each length."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from autodiff_compiler.analysis.lengths import Lengths, measure
from autodiff_compiler.ir.nodes import Assign, Atom, Dim, Function, Statement, Var, While
from autodiff_compiler.ir.walk import map_statements, statements, substitute


def share_lengths(function: Function) -> Function:
    """Measure each array once, where it is made; arrays carried through a loop where the loop starts.

    before:  for t carry (u = a -> v, v = b -> u): n = dim(u, 0); ...
    after:   n = dim(a, 0)                          # where b is a copy of a
             for t carry (u = a -> v, v = b -> u): ...

    Sound because the length of an array never changes, and the measured atoms are in scope wherever it is.
    """
    measured, lengths = measure(function)
    original = {id(statement) for statement in statements(function.body)} - set(_in_tests(measured, lengths))
    shared: dict[Var, Atom] = {}
    for statement in statements(measured.body):
        match statement:
            case Assign(target, Dim(array, axis)) if id(statement) in original and array in lengths:
                shared[target] = lengths[array][axis]
    if not shared:
        return function
    final = {target: _followed(atom, shared) for target, atom in shared.items()}

    def drop(statement: Statement) -> tuple[Statement, ...]:
        return () if isinstance(statement, Assign) and statement.target in final else (statement,)

    return replace(measured, body=substitute(map_statements(measured.body, drop), final))


def _in_tests(function: Function, lengths: Lengths) -> Iterator[int]:
    """The statements by which tests measure arrays that change their lengths in a loop.

    What is measured in the body of that loop is not in scope in its test.
    """
    for loop in statements(function.body):
        if isinstance(loop, While):
            changing = {
                carry.inside
                for carry in loop.carries
                if isinstance(carry.start, Var) and lengths.get(carry.inside) != lengths.get(carry.start)
            }
            for part in statements(loop.test):
                if isinstance(part, Assign) and isinstance(part.value, Dim) and part.value.array in changing:
                    yield id(part)


def _followed(atom: Atom, shared: dict[Var, Atom]) -> Atom:
    while isinstance(atom, Var) and atom in shared:
        atom = shared[atom]
    return atom
