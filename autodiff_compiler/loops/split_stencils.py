"""A loop of its own for each direction in which a nest adds to neighbours, so that each is vectorised.

The reverse of an expression of slices adds to several neighbours of one array at each point. Where these lie
along the innermost loop, its iterations depend on each other through memory, and run one by one.
"""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from autodiff_compiler.analysis.aliasing import Roots, may_alias, roots, roots_inside
from autodiff_compiler.analysis.indirect import depths
from autodiff_compiler.analysis.natural import Naturals
from autodiff_compiler.analysis.uses import uses
from autodiff_compiler.ir.build import Builder, integer, neutral
from autodiff_compiler.ir.nodes import (
    Apply,
    Assign,
    Atom,
    Block,
    Carry,
    Const,
    For,
    Function,
    Load,
    Nest,
    Statement,
    Var,
    While,
    Write,
)
from autodiff_compiler.ir.types import INT, Scalar, is_inexact, is_integer
from autodiff_compiler.ir.walk import blocks, looked_up, substitute, with_blocks
from autodiff_compiler.loops.nest_parts import needed_for, part_of, with_unsigned
from autodiff_compiler.loops.share_outer_loops import opened

_SIMPLE = ("add", "subtract", "multiply", "negative", "square", "cast")
_FEW = 4  # simple operations that take no longer than to store a number and to load it again
_READS = 2  # and as many reads
STRIP = (
    1024  # elements of vectors that several loops go over one after the other: they stay in the first cache
)
SHORT = 16  # elements that are not worth several loops

Group = list[Write]


def split_stencils(function: Function) -> Function:
    """The function with nests that add to neighbours along their innermost loop done by several loops.

    before:  nest i < n, j < m: t = f(x[i, j], x[i, j + 1]); x_bar[i, j] += -t; x_bar[i, j + 1] += t
    after:   for i in 0..n:
                 nest j < m: t = f(x[i, j], x[i, j + 1]); row[j] = t; x_bar[i, j] += -t
                 nest j < m: x_bar[i, j + 1] += row[j]

    What is added later is kept for a row, or computed again where that takes no longer. Sound because these
    arrays are only added to by the nest, and not read: the order of additions is free, as in all nests.

    A nest along vectors is done strip by strip, as a row would be as long as the vectors. Where that cannot
    be, it stays one loop that adds to the last neighbour first: then no write has to wait for one of the
    iteration before that stands after it.
    """
    counted, naturals = uses(function), Naturals(function)

    def split(statement: Statement, memory: Roots) -> Sequence[Statement]:
        if not isinstance(statement, Nest):
            if isinstance(statement, For | While):
                memory = roots_inside(memory, statement)
            inner = [split_block(block, memory) for block in blocks(statement)]
            return (with_blocks(statement, inner),)
        groups = _groups(statement, memory)
        if len(groups) == 1:
            return (statement,)
        if len(statement.indices) == 1 and all(len(write.index) == 1 for group in groups for write in group):
            if _has_strips(statement):
                return _Splitting(memory, counted).by_strips(statement, naturals)
            return (_from_the_last(statement, [write for group in groups for write in group]),)
        return _Splitting(memory, counted).statements(statement)

    def split_block(block: Block, memory: Roots) -> Block:
        made = [part for statement in block.statements for part in split(statement, memory)]
        same = len(made) == len(block.statements) and all(map(operator.is_, made, block.statements))
        return block if same else Block(tuple(made), block.yields)

    body = split_block(function.body, roots(function))
    return function if body is function.body else replace(function, body=body)


class _Splitting:
    """Opens the outer loops of one nest, and splits what is inside."""

    def __init__(self, memory: Roots, counted: Counter[Var]) -> None:
        self.memory = memory
        self.counted = counted
        self.rows = Builder()  # allocates the rows, before all loops

    def statements(self, nest: Nest) -> list[Statement]:
        """What the nest becomes."""
        made = self._opened(nest)
        return [*self.rows.statements, *made]

    def _opened(self, nest: Nest) -> list[Statement]:
        if len(nest.indices) == 1:
            return self._split(nest, nest.extents[0])
        made: list[Statement] = []
        for statement in opened([nest], self.memory, self.counted):
            if isinstance(statement, For):
                inner = [
                    part
                    for item in statement.body.statements
                    for part in (self._opened(item) if isinstance(item, Nest) else [item])
                ]
                statement = replace(statement, body=Block(tuple(inner), statement.body.yields))
            made.append(statement)
        return made

    def by_strips(self, nest: Nest, naturals: Naturals) -> list[Statement]:
        """A loop over strips of vectors, in which there is a loop for each group of writes."""
        (index,), (extent,) = nest.indices, nest.extents
        first, builder, inner = Var("first", INT), Builder(nest.at), Builder(nest.at)
        row = inner.assign(Apply("add", (index, first)), INT, index.name)
        moved: dict[Var, Atom] = {index: row}
        parts = {write.target: Var(write.target.name, write.target.type) for write in _sums(nest)}
        writes = tuple(
            replace(
                write,
                target=parts.get(write.target, write.target),
                index=tuple(looked_up(atom, moved) for atom in write.index),
                value=looked_up(write.value, moved),
            )
            for write in nest.writes
        )
        body = Block((*inner.statements, *substitute(nest.body, moved).statements))
        rest = builder.assign(Apply("subtract", (extent, first)), INT, "rest")
        count = builder.assign(Apply("minimum", (rest, integer(STRIP))), INT, "count")
        strip = with_unsigned(replace(nest, extents=(count,), body=body, writes=writes), row, naturals)
        builder.statements += self._split(strip, integer(STRIP))
        carries, totals = [], []
        for whole, part in parts.items():
            carry = Carry(Var(whole.name, whole.type), neutral("add", whole.type.dtype), whole)
            carries.append(carry)
            totals.append(builder.assign(Apply("add", (carry.inside, part)), part.type, part.name))
        body = builder.block(*totals)
        loop = For(first, integer(0), extent, integer(STRIP), tuple(carries), body, nest.at)
        return [*self.rows.statements, loop]

    def _split(self, nest: Nest, room: Atom) -> list[Statement]:
        """A loop for each group of writes; the first, with all else, fills the rows that the others read."""
        _, *later = _groups(nest, self.memory)
        moved = [write for group in later for write in group]
        kept: dict[Atom, Var] = {}  # the row of each value
        self.rows.at = nest.at
        for write in moved:
            if write.value not in kept and not _is_simple(nest, write, self.memory):
                dtype = write.value.type.dtype
                kept[write.value] = self.rows.allocate((room,), dtype, None, "row")
        first = [write for write in nest.writes if all(write is not other for other in moved)]
        first += [Write(row, nest.indices, value, "set", False) for value, row in kept.items()]
        return [part_of(nest, first), *(self._later(nest, group, kept) for group in later)]

    def _later(self, nest: Nest, group: Group, rows: dict[Atom, Var]) -> Nest:
        """The loop for some of the writes, of what is in the rows."""
        builder = Builder(nest.at)
        values = dict.fromkeys(write.value for write in group if write.value in rows)
        read = {value: builder.load(rows[value], nest.indices) for value in values}
        body = Block((*nest.body.statements, *builder.statements))
        writes = [replace(write, value=read.get(write.value, write.value)) for write in group]
        return part_of(replace(nest, body=body), writes)


def _groups(nest: Nest, memory: Roots) -> list[Group]:
    """The writes that one loop can do several elements at a time; those of the first group are with all else.

    One group where the nest is better left alone. LLVM looks whether memory overlaps once for all rows, so no
    two rows of one array may be added to by one loop.
    """
    places = depths(nest)
    adding = [write for write in nest.writes if _adds_along(nest, write, places)]
    shared = [
        (one, other) for one, other in combinations(adding, 2) if may_alias(memory, one.target, other.target)
    ]
    shifts = {id(write): _shift(nest, write, places) for write in adding}
    neighbours = any(shifts[id(one)] != shifts[id(other)] for one, other in shared)
    met = [write for pair in shared for write in pair]
    if not neighbours or nest.backwards or not all(_is_free(nest, w, memory) for w in met):
        return [adding]
    groups: list[Group] = [[]]
    for write in adding:
        meets = [id(other) for pair in shared if any(write is one for one in pair) for other in pair]
        fitting = [group for group in groups if not any(id(other) in meets for other in group)]
        if not fitting:
            fitting = [[]]
            groups += fitting
        fitting[0].append(write)
    return groups


def _has_strips(nest: Nest) -> bool:
    """Whether a nest along vectors is long, as far as is known, and makes nothing new but sums."""
    (extent,) = nest.extents
    long = not isinstance(extent, Const) or extent.value > SHORT
    return long and all(not write.fresh or write in _sums(nest) for write in nest.writes)


def _sums(nest: Nest) -> list[Write]:
    """The numbers that a nest adds up."""
    return [write for write in nest.writes if write.fresh and not write.index and write.combine == "add"]


def _from_the_last(nest: Nest, adding: Group) -> Nest:
    """The nest with these writes in the order of falling distance from the point, where that is known."""
    values = {part.target: part.value for part in nest.body.statements if isinstance(part, Assign)}

    def distance(write: Write) -> int | None:
        (place,) = write.index
        if place is nest.indices[0]:
            return 0
        match values.get(place) if isinstance(place, Var) else None:
            case Apply("add", (one, Const(number)) | (Const(number), one)) if one is nest.indices[0]:
                return int(number)
        return None

    known = [(found, write) for write in adding if (found := distance(write)) is not None]
    if len(known) < len(adding):
        return nest
    ordered = iter([write for _, write in sorted(known, key=lambda pair: -pair[0])])
    moved = {id(write) for write in adding}
    return replace(nest, writes=tuple(next(ordered) if id(w) in moved else w for w in nest.writes))


def _adds_along(nest: Nest, write: Write, places: dict[Var, int]) -> bool:
    """Whether a write adds to elements of an array that the innermost loop goes along."""
    innermost = len(nest.indices)
    along = any(places.get(atom) == innermost for atom in write.index if isinstance(atom, Var))
    return along and write.combine == "add" and not write.fresh and is_inexact(write.target.type)


def _shift(nest: Nest, write: Write, places: dict[Var, int]) -> tuple[object, ...]:
    """The array, and how the innermost loop goes along it."""
    innermost = len(nest.indices)
    along = (
        atom if isinstance(atom, Var) and places.get(atom) == innermost else None for atom in write.index
    )
    return (write.target, *along)


def _is_free(nest: Nest, write: Write, memory: Roots) -> bool:
    """Whether the nest only adds to the memory of a write, at places that are not looked up in arrays."""
    if any(may_alias(memory, write.target, array) for array in _read(nest.body.statements)):
        return False
    if _read(needed_for(nest, [replace(write, value=integer(0))])):
        return False
    return all(
        other.combine == "add" for other in nest.writes if may_alias(memory, write.target, other.target)
    )


def _is_simple(nest: Nest, write: Write, memory: Roots) -> bool:
    """Whether the value takes no longer to compute again than to keep, from what the nest leaves as it is."""
    assigned = [part for part in needed_for(nest, [replace(write, index=())]) if isinstance(part, Assign)]
    read = [part.value.array for part in assigned if isinstance(part.value, Load)]
    done = [part.value for part in assigned if not isinstance(part.value, Load) and not _is_place(part)]
    unchanged = not any(may_alias(memory, array, other.target) for array in read for other in nest.writes)
    simple = all(isinstance(part, Apply) and part.operator in _SIMPLE for part in done)
    return unchanged and simple and len(read) <= _READS and len(done) <= _FEW


def _is_place(statement: Assign) -> bool:
    """Whether the statement computes an index: these cost nothing in a vectorised loop."""
    return isinstance(statement.target.type, Scalar) and is_integer(statement.target.type)


def _read(statements: Sequence[Statement]) -> list[Var]:
    """The arrays that statements read elements of."""
    return [
        part.value.array for part in statements if isinstance(part, Assign) and isinstance(part.value, Load)
    ]
