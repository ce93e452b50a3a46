"""One outer loop for nests over the same rows: what a row hands on stays in registers and in cache."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from autodiff_compiler.analysis.aliasing import Roots, may_alias, roots
from autodiff_compiler.analysis.sizes import Sizes, written_shape
from autodiff_compiler.analysis.uses import uses
from autodiff_compiler.ir.build import Builder, integer, neutral
from autodiff_compiler.ir.nodes import (
    Allocate,
    Apply,
    Assign,
    Atom,
    Block,
    Carry,
    For,
    Function,
    Load,
    Nest,
    Statement,
    Var,
    Write,
)
from autodiff_compiler.ir.types import Array, Scalar
from autodiff_compiler.ir.walk import blocks, looked_up, substitute, with_blocks
from autodiff_compiler.loops.merge_nests import as_nest, renamed
from autodiff_compiler.loops.outer_groups import grouped

_COMBINED = {"add": "add", "max": "maximum", "min": "minimum"}


def share_outer_loops(function: Function) -> Function:
    """The function with nests that visit the same rows turned into one loop over the rows, of smaller nests.

    before:  nest i < n, j < m: new s[i] += x[i, j]        after:  for i in 0..n:
             nest i < n, j < m: new y[i, j] = x[i, j] / s[i]           nest j < m: new s += x[i, j]
                                                                      nest j < m: y[i, j] = x[i, j] / s

    A row of the second nest is done right after that of the first, while it is in cache. What only these
    nests use of an array that they make is one row of it, or a number. `outer_groups` has the conditions.
    """
    while True:  # what is inside a loop that is made here may have a loop in common again
        notes: list[str] = []
        body = _shared(function.body, Sizes(), roots(function), uses(function), notes)
        if body is function.body:
            return function
        function = replace(function, body=body, notes=(*function.notes, *notes))


def opened(nests: list[Nest], memory: Roots, counted: Counter[Var]) -> list[Statement]:
    """One loop over the common outermost index of nests that may share it, after what is allocated for it."""
    return _Opening(nests, memory, counted).statements()


def _shared(block: Block, sizes: Sizes, memory: Roots, counted: Counter[Var], notes: list[str]) -> Block:
    """The block with its groups of nests as loops; `sizes` is what is known before it; notes are added."""
    known = sizes.inner()
    found: list[Statement] = []
    changed = False
    for item in grouped(block.statements, sizes, memory):
        if len(item) > 1:
            nests = [nest for part in item if (nest := as_nest(part)) is not None]
            made = opened(nests, memory, counted)
            notes.append(_told(nests))
            for part in item:
                known.observe(part)
            changed = True
        else:
            (statement,) = item
            inner = [_shared(part, known, memory, counted, notes) for part in blocks(statement)]
            made = [with_blocks(statement, inner)]
            known.observe(made[0])
            changed = changed or made[0] is not statement
        found += made
    return Block(tuple(found), block.yields) if changed else block


class _Opening:
    """Turns a group of nests into a loop over their common outermost index."""

    def __init__(self, nests: list[Nest], memory: Roots, counted: Counter[Var]) -> None:
        self.index = nests[0].indices[0]
        self.nests = [renamed(nest, (self.index, *nest.indices[1:])) for nest in nests]
        self.memory = memory
        self.extent = nests[0].extents[0]
        self.before: list[Statement] = []
        self.carries: list[Carry] = []
        self.yields: list[Atom] = []
        self.values: dict[Var, Atom] = {}  # what the elements are that rows of one number have shrunk to
        self.rows = self._rows(counted)

    def statements(self) -> list[Statement]:
        """The allocations, and the loop."""
        builder = Builder()
        for nest in self.nests:
            builder.at = nest.at
            self._open(nest, builder)
        body = builder.block(*self.yields)
        loop = For(
            self.index, integer(0), self.extent, integer(1), tuple(self.carries), body, self.nests[0].at
        )
        return [*self.before, loop]

    # ------------------------------------------------------------ what becomes of the arrays

    def _rows(self, counted: Counter[Var]) -> dict[Var, tuple[int, Var]]:
        """The arrays of which only one row is kept: the axis of the rows, and what holds the row."""
        found: dict[Var, tuple[int, Var]] = {}
        for nest in self.nests:
            for write in nest.writes:
                axis = self._row_axis(write, counted) if write.fresh and write.index else None
                if axis is not None:
                    found[write.target] = axis, self._row(write, axis)
        return found

    def _row_axis(self, write: Write, counted: Counter[Var]) -> int | None:
        """The axis along which the outer loop touches the array; None if it is touched elsewhere, too."""
        accesses = [*_touching(self.nests, write.target)]
        if counted[write.target] != sum(used for _, used in accesses):
            return None
        for axis, atom in enumerate(write.index):
            if atom is self.index and all(index[axis] is self.index for index, _ in accesses):
                single = _is_single(write, axis) and not self._changed(write)
                return axis if single or len(write.index) > 1 else None
        return None

    def _changed(self, made: Write) -> bool:
        """Whether a nest writes to the array after it is made."""
        return any(
            write.target is made.target and write is not made for nest in self.nests for write in nest.writes
        )

    def _row(self, write: Write, axis: int) -> Var:
        """The variable for a row: a number where it has only one, else an array with one axis less."""
        kind = write.target.type
        assert isinstance(kind, Array)
        if _is_single(write, axis) and not self._changed(write):
            return Var(write.target.name, Scalar(kind.dtype), write.target.at)
        units = kind.units[:axis] + kind.units[axis + 1 :]
        return Var(write.target.name, Array(kind.dtype, kind.rank - 1, True, units), write.target.at)

    def _steady(self, index: tuple[Atom, ...]) -> bool:
        """Whether an index is the same for all points of an outer iteration."""
        return all(atom is self.index or atom == integer(0) for atom in index)

    # ------------------------------------------------------------ one nest

    def _open(self, nest: Nest, builder: Builder) -> None:
        """Append what the nest does in one iteration of the outer loop."""
        body = self._body(nest, builder)
        extents = nest.extents[1:]
        rest = replace(nest, indices=nest.indices[1:], extents=extents, body=Block(), writes=())
        kept: list[Write] = []
        after: list[tuple[Write, Atom]] = []
        for write in nest.writes:
            write = replace(write, value=looked_up(write.value, self.values))
            self._place(write, nest, kept, after)
        if rest.indices:
            if kept:
                builder.add(replace(rest, body=body, writes=tuple(kept)))
        else:
            builder.statements += body.statements
            for write in kept:
                self._set(write, builder)
        for write, total in after:
            self._finish(write, total, builder)

    def _body(self, nest: Nest, builder: Builder) -> Block:
        """The statements at each point; loads that are the same all along the row come before it."""
        kept: list[Statement] = []
        for statement in nest.body.statements:
            if not isinstance(statement, Assign) or not isinstance(statement.value, Load):
                kept.append(statement)
                continue
            array, index = statement.value.array, statement.value.index
            if array in self.rows:
                axis, row = self.rows[array]
                if isinstance(row.type, Scalar):
                    self.values[statement.target] = self.values.get(row, row)
                    continue
                statement = replace(statement, value=Load(row, index[:axis] + index[axis + 1 :]))
            steady = self._steady(index)
            written = any(may_alias(self.memory, array, write.target) for write in nest.writes)
            (builder.statements if steady and array not in self.rows and not written else kept).append(
                statement
            )
        return substitute(Block(tuple(kept)), self.values)

    def _place(self, write: Write, nest: Nest, kept: list[Write], after: list[tuple[Write, Atom]]) -> None:
        """Where a write goes: to what holds the row, to memory, or to a number that is added up."""
        if write.fresh and self.index in write.index and len(nest.indices) == 1:
            write = replace(write, combine="set")  # one point for each element: there is nothing to combine
        if write.target in self.rows:
            axis, row = self.rows[write.target]
            index = write.index[:axis] + write.index[axis + 1 :]
            if isinstance(row.type, Scalar):
                index = ()
            if not write.fresh or write.combine != "set" or isinstance(row.type, Scalar):
                kept.append(replace(write, target=row, index=index))
                return
            shape = written_shape(replace(write, index=index), nest.indices, nest.extents)
            self.before.append(Assign(row, Allocate(shape, row.type.dtype, None), nest.at))
            kept.append(replace(write, target=row, index=index, fresh=False))
        elif not write.fresh:
            kept.append(write)
        elif not write.index:
            part = Var(write.target.name, write.target.type, write.target.at)
            kept.append(replace(write, target=part))
            after.append((write, part))
        else:
            self._allocate(write, nest)
            if self.index in write.index and self._steady(write.index) and len(nest.indices) > 1:
                part = Var(write.target.name, Scalar(write.target.type.dtype), write.target.at)
                kept.append(replace(write, target=part, index=()))
                after.append((write, part))
            else:
                kept.append(replace(write, fresh=False))

    def _allocate(self, write: Write, nest: Nest) -> None:
        """Make the array that the nest made, before the loop."""
        dtype = write.target.type.dtype
        complete = self.index in write.index and (write.combine == "set" or self._steady(write.index))
        fill = None if complete else neutral(write.combine, dtype)
        shape = written_shape(write, nest.indices, nest.extents)
        self.before.append(Assign(write.target, Allocate(shape, dtype, fill), nest.at))

    def _set(self, write: Write, builder: Builder) -> None:
        """Do a write of a nest that has no index left."""
        if isinstance(write.target.type, Scalar):
            self.values[write.target] = write.value
        elif write.combine in ("set", "add"):
            builder.store(write.target, write.index, write.value, accumulate=write.combine == "add")
        else:
            held = builder.load(write.target, write.index)
            operator, kind = _COMBINED[write.combine], Scalar(write.value.type.dtype)
            value = builder.assign(Apply(operator, (held, write.value)), kind)
            builder.store(write.target, write.index, value)

    def _finish(self, write: Write, total: Atom, builder: Builder) -> None:
        """Put what a row has added up to where it belongs."""
        total = looked_up(total, self.values)
        if write.index:
            builder.store(write.target, write.index, total)
            return
        kind = write.target.type
        assert isinstance(kind, Scalar)
        inside = Var(write.target.name, kind, write.target.at)
        self.carries.append(Carry(inside, neutral(write.combine, kind.dtype), write.target))
        self.yields.append(
            builder.assign(Apply(_COMBINED[write.combine], (inside, total)), kind, inside.name)
        )


def _told(nests: list[Nest]) -> str:
    """What `explain` says of nests that share a loop."""
    places = [item.at for nest in nests for item in (nest, *nest.body.statements) if item.at is not None]
    lines = sorted({at.line for at in places})
    if not lines:
        return f"{len(nests)} loop nests share their outer loop"
    shown = ("line " if len(lines) == 1 else "lines ") + ", ".join(map(str, lines))
    return f"{len(nests)} loop nests share their outer loop: {shown}"


def _is_single(write: Write, axis: int) -> bool:
    """Whether a row of what is written is one number."""
    return all(atom == integer(0) for k, atom in enumerate(write.index) if k != axis)


def _touching(nests: list[Nest], array: Var) -> Iterator[tuple[tuple[Atom, ...], int]]:
    """The indices at which nests touch an array, and how often each counts as a use of it."""
    for nest in nests:
        for statement in nest.body.statements:
            match statement:
                case Assign(value=Load(read, index)) if read is array:
                    yield index, 1
        for write in nest.writes:
            if write.target is array:
                yield write.index, 0 if write.fresh else 1
