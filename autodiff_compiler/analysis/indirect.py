"""Which values of a nest say where it reads or writes: `t = idx[i]; v = a[t]`."""

from __future__ import annotations

from collections.abc import Iterator

from autodiff_compiler.ir.nodes import Assign, Atom, Load, Nest, Statement, Var
from autodiff_compiler.ir.walk import operands


def index_values(nest: Nest) -> frozenset[Var]:
    """The values computed in the body that an index is made of, of a load or a write."""
    body = {part.target: part.value for part in nest.body.statements if isinstance(part, Assign)}
    waiting: list[Atom] = [atom for write in nest.writes for atom in write.index]
    for value in body.values():
        if isinstance(value, Load):
            waiting.extend(value.index)
    found: set[Var] = set()
    while waiting:
        atom = waiting.pop()
        if isinstance(atom, Var) and atom in body and atom not in found:
            found.add(atom)
            waiting.extend(operands(body[atom]))
    return frozenset(found)


def is_ordered(nest: Nest) -> bool:
    """Whether the order of the points matters: two may set the same element of an array that exists."""
    return any(
        write.combine == "set" and not write.fresh and not set(nest.indices) <= set(write.index)
        for write in nest.writes
    )


def depths(nest: Nest) -> dict[Var, int]:
    """For each value of the body, in how many of the loops it has to stand: in those its index needs."""
    found = {index: depth + 1 for depth, index in enumerate(nest.indices)}
    for part in nest.body.statements:
        if isinstance(part, Assign):
            known = [found.get(atom, 0) for atom in operands(part.value) if isinstance(atom, Var)]
            found[part.target] = max(known, default=0)
    return found


def by_depth(nest: Nest) -> tuple[tuple[Statement, ...], ...]:
    """The body by the number of loops that each statement stands in: indices are read in the outer ones.

    A compiler would not take them out of the inner loops, as it cannot know that no write changes them, and
    could not vectorise these. Arrays of another dtype than what is written share no memory with it.
    """
    count = len(nest.indices)
    wanted, depth = index_values(nest), depths(nest)
    written = {write.target.type.dtype for write in nest.writes}
    groups: list[list[Statement]] = [[] for _ in range(count + 1)]
    outside: set[Var] = set()
    for part in nest.body.statements:
        place = count
        if isinstance(part, Assign) and part.target in wanted:
            unchanged = not (isinstance(part.value, Load) and part.value.array.type.dtype in written)
            if unchanged and all(atom in outside or atom not in depth for atom in _own(part, nest)):
                place = depth[part.target]
            if place < count:
                outside.add(part.target)
        groups[place].append(part)
    return tuple(map(tuple, groups))


def _own(part: Assign, nest: Nest) -> Iterator[Atom]:
    """What the statement reads of the body."""
    return (atom for atom in operands(part.value) if isinstance(atom, Var) and atom not in nest.indices)
