"""Which loops may do all their iterations on some rows of their nests, before they come to the next rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations_with_replacement

from autodiff_compiler.analysis.aliasing import Roots, may_alias
from autodiff_compiler.analysis.effects import elements_read
from autodiff_compiler.analysis.matrix_products import product_of
from autodiff_compiler.analysis.sizes import Sizes
from autodiff_compiler.ir.build import integer
from autodiff_compiler.ir.nodes import (
    Allocate,
    Apply,
    Assign,
    Atom,
    Block,
    Const,
    For,
    Guard,
    Load,
    Nest,
    NewStack,
    Pop,
    Reshape,
    Statement,
    Store,
    Value,
    Var,
)
from autodiff_compiler.ir.types import Scalar
from autodiff_compiler.ir.walk import bound, defined, free_variables, statements

_COMBINED = ("add", "max", "min")  # in any order


@dataclass(frozen=True, slots=True)
class _Access:
    """A read or write of an element by a nest."""

    nest: Nest
    array: Var
    index: tuple[Atom, ...]
    combine: str  # "read", or how the write combines


@dataclass(frozen=True, slots=True)
class RowLoop:
    """A loop whose nests may go block by block over their outermost loops."""

    loop: For
    nests: tuple[Nest, ...]
    late: frozenset[Var]  # what depends on sums over whole nests
    extents: dict[Var, Atom]  # of nests, by what is equal to them before the loop


def row_loop(loop: For, sizes: Sizes, memory: Roots) -> RowLoop | None:
    """The loop, if its nests may go block by block, and gain by it; `sizes` is what is known before it."""
    found = _Inspection(loop, memory)
    found.collect(loop, sizes.inner())
    return found.row_loop() if found.is_possible() else None


@dataclass
class _Inspection:
    """One loop, and what is inside of it at any depth."""

    loop: For
    memory: Roots
    nests: list[Nest] = field(default_factory=list)
    extents: dict[Var, Atom] = field(default_factory=dict)
    inside: frozenset[Var] = frozenset()
    late: set[Var] = field(default_factory=set)

    def collect(self, loop: For, sizes: Sizes) -> None:
        """Find the nests, and which of their extents are known before the outer loop."""
        self.inside = self.inside or frozenset(bound(self.loop))
        for statement in loop.body.statements:
            if isinstance(statement, For):
                self.collect(statement, sizes.inner())
            elif isinstance(statement, Nest):
                self.nests.append(statement)
                for extent in statement.extents:
                    known = sizes.canonical(extent)
                    if isinstance(extent, Var) and known not in self.inside:
                        self.extents[extent] = known
            sizes.observe(statement)

    def row_loop(self) -> RowLoop:
        """What has been found."""
        return RowLoop(self.loop, tuple(self.nests), frozenset(self.late), self.extents)

    def is_possible(self) -> bool:
        """Whether the loop may run so, and is worth it."""
        inner = [item for item in statements(self.loop.body) if not self._within_nest(item)]
        return (
            bool(self.nests)
            and all(self._is_plain(item) for item in (self.loop, *inner))
            and all(map(self._is_nest_of_rows, self.nests))
            and self._is_worth_it()
            and self._find_late([self.loop, *inner])
            and self._is_apart(inner)
            and self._rows_are_apart()
        )

    # ------------------------------------------------------------ the statements

    def _within_nest(self, statement: Statement) -> bool:
        return any(statement is part for nest in self.nests for part in nest.body.statements)

    def _is_plain(self, statement: Statement) -> bool:
        """Whether a statement may be done in a loop of its own, or again for each block."""
        match statement:
            case Assign(_, Allocate() | NewStack() | Pop() | Reshape()):
                return False
            case Assign(target, Apply(_, operands)):
                return all(isinstance(item.type, Scalar) for item in (target, *operands))
            case Assign() | Guard() | Nest():
                return True
            case Store(index=index, axes=axes):
                return bool(index) and not axes
            case For(carries=carries):
                return all(isinstance(carry.inside.type, Scalar) for carry in carries)
            case _:
                return False

    def _is_nest_of_rows(self, nest: Nest) -> bool:
        """Whether a nest may be done in parts: no order, no new array, no sum of a row kept in a register."""
        if not nest.indices or nest.backwards or product_of(nest, self.memory):
            return False
        if not all(isinstance(part, Assign) for part in nest.body.statements):
            return False
        for write in nest.writes:
            if write.fresh:
                fits = not write.index and write.combine == "add"
            elif write.combine == "set":
                met = self._met(_Access(nest, write.target, write.index, "set"))
                fits = met == set(nest.indices)
            else:
                fits = nest.indices[0] not in write.index or set(nest.indices) <= set(write.index)
            if not fits:
                return False
        return True

    # ------------------------------------------------------------ what depends on sums

    def _find_late(self, inner: list[Statement]) -> bool:
        """Find what depends on sums over whole nests; whether that may all be done after the nests."""
        self.late.update(target for nest in self.nests for target in defined(nest))
        count = -1
        while count < len(self.late):
            count = len(self.late)
            for statement in inner:
                match statement:
                    case Assign(target) if self._is_late(free_variables(statement)):
                        self.late.add(target)
                    case For(carries=carries, body=body):
                        for carry, following in zip(carries, body.yields, strict=True):
                            if self._is_late((carry.start, following, carry.inside)):
                                self.late |= {carry.inside, carry.after}
        return not any(
            self._is_late((item.start, item.stop, item.step)) if isinstance(item, For)
            else self._is_late((item.condition, *item.operands)) if isinstance(item, Guard)
            else isinstance(item, Nest) and self._is_late(free_variables(item))
            for item in inner
        )  # fmt: skip

    def _is_late(self, atoms: Iterable[Atom]) -> bool:
        return any(isinstance(atom, Var) and atom in self.late for atom in atoms)

    # ------------------------------------------------------------ memory

    def _is_apart(self, inner: list[Statement]) -> bool:
        """Whether no statement but a nest reads what is written, or writes what nests touch."""
        touched = {access.array for access in self._accesses()}
        stores = [item for item in inner if isinstance(item, Store)]
        written = {write.target for nest in self.nests for write in nest.writes if not write.fresh}
        written |= {store.array for store in stores}
        read = {array for item in inner if isinstance(item, Assign) for array in elements_read(item.value)}
        if self._meet(written, read) or self._meet({store.array for store in stores}, touched):
            return False
        late = [store for store in stores if self._is_late((*store.index, store.value))]
        early = {store.array for store in stores if store not in late}  # they would come before what is late
        return not self._meet({store.array for store in late}, early)

    def _meet(self, some: set[Var], others: set[Var]) -> bool:
        return any(may_alias(self.memory, one, other) for one in some for other in others)

    def _rows_are_apart(self) -> bool:
        """Whether what nests write and touch is of one row in all iterations, or only added up."""
        accesses = list(self._accesses())
        for one, other in combinations_with_replacement(accesses, 2):
            if one.combine == other.combine and one.combine in ("read", *_COMBINED):
                continue
            if may_alias(self.memory, one.array, other.array) and not self._same_row(one, other):
                return False
        return True

    def _same_row(self, one: _Access, other: _Access) -> bool:
        """Whether both touch one element in blocks of the same rows only."""
        if one.array is not other.array:
            return False
        rows = zip(self._rows(one), self._rows(other), strict=True)
        return any(row is not None and row == another for row, another in rows)

    def _rows(self, access: _Access) -> Iterator[Atom | None]:
        """For each axis how far it is from the outermost index of the nest; None if it goes another way."""
        values = _values(access.nest)
        for atom in access.index:
            index, distance = self._place(atom, access.nest, values)
            yield distance if index is access.nest.indices[0] else None

    def _place(self, atom: Atom, nest: Nest, values: dict[Var, Value]) -> tuple[Atom, Atom | None]:
        """The index of the nest, and what is added to it, the same in all iterations of the loop."""
        match values.get(atom) if isinstance(atom, Var) else None:
            case Apply("add", (Var() as index, distance) | (distance, Var() as index)) if (
                index in nest.indices and self._is_steady(distance, values)
            ):
                return index, distance
        return atom, integer(0) if atom in nest.indices else None

    def _is_steady(self, atom: Atom, values: dict[Var, Value]) -> bool:
        return isinstance(atom, Const) or not (atom in self.inside or atom in values)

    def _accesses(self) -> Iterator[_Access]:
        for nest in self.nests:
            for value in _values(nest).values():
                if isinstance(value, Load):
                    yield _Access(nest, value.array, value.index, "read")
            for write in nest.writes:
                if not write.fresh:
                    yield _Access(nest, write.target, write.index, write.combine)

    # ------------------------------------------------------------ gain

    def _is_worth_it(self) -> bool:
        """Whether each iteration comes to the same elements again, as many as the nest has points."""
        changed = any(not write.fresh for nest in self.nests for write in nest.writes)
        return changed and any(map(self._is_met_again, self._accesses()))

    def _is_met_again(self, access: _Access) -> bool:
        values = _values(access.nest)
        places = [self._place(atom, access.nest, values) for atom in access.index]
        others = [index for index, distance in places if distance is None]
        steady = all(self._is_steady(atom, values) for atom in others)
        return steady and self._met(access) == set(access.nest.indices)

    def _met(self, access: _Access) -> set[Atom]:
        """The indices of the nest that an access goes along, each from a place that is always the same."""
        values = _values(access.nest)
        places = (self._place(atom, access.nest, values) for atom in access.index)
        return {index for index, distance in places if distance is not None}


def _values(nest: Nest) -> dict[Var, Value]:
    return {part.target: part.value for part in nest.body.statements if isinstance(part, Assign)}


def loops_to(block: Block, nest: Nest) -> tuple[For, ...] | None:
    """The loops of a block around a nest, outermost first; None if it is not in the block."""
    for statement in block.statements:
        if statement is nest:
            return ()
        if isinstance(statement, For) and (found := loops_to(statement.body, nest)) is not None:
            return (statement, *found)
    return None
