"""Merging two nests over one domain, where no point then touches memory that another point writes."""

from __future__ import annotations

from dataclasses import replace

from autodiff_compiler.analysis.aliasing import Roots, may_alias
from autodiff_compiler.analysis.indirect import is_ordered
from autodiff_compiler.ir.build import Builder, integer
from autodiff_compiler.ir.nodes import (
    Allocate,
    Apply,
    Assign,
    Atom,
    Block,
    Load,
    Nest,
    Statement,
    Var,
    Write,
)
from autodiff_compiler.ir.types import Scalar
from autodiff_compiler.ir.walk import defined, free_variables, looked_up, substitute
from autodiff_compiler.loops.broadcast import domain_of
from autodiff_compiler.operators.trace import fold


def merge(first: Nest, second: Nest, roots: Roots) -> Nest | None:
    """One nest that does at each point what the first does, then what the second does; None if that differs.

    With "the same element" meaning the same reference at the same index, which names every nest index (so
    that no two points share an element), the conditions are, for memory that may overlap:
    - the second reads what the first writes: only the same element; its value is handed over;
    - the second writes what the first reads: only the same element, for the first reads it before;
    - both write: the same element, or both accumulate in the same way, where order does not matter.
    Nothing else the first defines (a sum, say) is complete at a point, so the second may not use it.
    """
    if not all(
        isinstance(statement, Assign) for nest in (first, second) for statement in nest.body.statements
    ):
        return None
    if first.backwards is not second.backwards:
        if is_ordered(first) and is_ordered(second):
            return None
        backwards = first.backwards if is_ordered(first) else second.backwards
        first, second = replace(first, backwards=backwards), replace(second, backwards=backwards)
    pair = _Pair(first, renamed(second, first.indices), roots)
    return pair.merged() if pair.reads_allowed() and pair.writes_allowed() else None


def as_nest(statement: Statement) -> Nest | None:
    """The statement as a nest: itself, or the writing of the fill of an allocation."""
    match statement:
        case Nest():
            return statement
        case Assign(target, Allocate(shape, _, fill), at) if fill is not None:
            canonical = tuple(integer(1) if size == integer(1) else size for size in shape)
            domain = domain_of(canonical)
            write = Write(target, domain.point, fill, "set", True)
            return Nest(domain.indices, domain.extents, Block(), (write,), at)
        case _:
            return None


def touched(nest: Nest) -> set[Var]:
    """The arrays whose elements a nest reads or writes."""
    return {load.array for load in _loads(nest).values()} | {write.target for write in nest.writes}


class _Pair:
    def __init__(self, first: Nest, second: Nest, roots: Roots) -> None:
        self.first = first
        self.second = second
        self.roots = roots
        self.builder = Builder()  # the body of the merged nest
        self.builder.statements += first.body.statements

    # ------------------------------------------------------------ conditions

    def reads_allowed(self) -> bool:
        """Whether the second's reads may move to before the first's writes at later points."""
        return all(
            self._same_element(load, write)
            for load in _loads(self.second).values()
            for write in self.first.writes
            if self._may_meet(load.array, write)
        )

    def writes_allowed(self) -> bool:
        """Whether the second's writes may move to before the first's reads and writes at later points."""
        for write in self.second.writes:
            for load in _loads(self.first).values():
                if self._may_meet(load.array, write) and not self._same_element(load, write):
                    return False
            for other in self.first.writes:
                meets = self._may_meet(other.target, write) and self._may_meet(write.target, other)
                if meets and not self._joinable(other, write):
                    return False
        return True

    def _may_meet(self, array: Var, write: Write) -> bool:
        """Whether a write may be to the memory of an array.

        What a nest makes is new, whatever a loop around it carries; views of it are made after the nest.
        """
        if write.fresh:
            return array is write.target
        return may_alias(self.roots, array, write.target)

    def _same_element(self, access: Load | Write, write: Write) -> bool:
        array = access.array if isinstance(access, Load) else access.target
        own = set(self.first.indices) <= set(write.index)
        return array is write.target and access.index == write.index and own

    def _joinable(self, first: Write, second: Write) -> bool:
        if self._same_element(first, second):
            return {first.combine, second.combine} <= {"set", "add"}
        if not first.combine == second.combine != "set":
            return False
        same_place = first.target is second.target and first.index == second.index
        return not first.fresh or (same_place and first.combine == "add")

    # ------------------------------------------------------------ the merged nest

    def merged(self) -> Nest | None:
        """The merged nest; None if the second uses what the first only completes at its end."""
        writes: list[Write] = []
        for write in self.first.writes:  # one for each element, so that each is complete
            self._add_write(writes, write)
        values: dict[Var, Atom] = {}
        for target, load in _loads(self.second).items():
            for position, write in enumerate(writes):
                if self._same_element(load, write):
                    writes[position] = self._complete(write)
                    values[target] = writes[position].value
        kept = tuple(
            s for s in self.second.body.statements if isinstance(s, Assign) and s.target not in values
        )
        rest = replace(self.second, body=substitute(Block(kept), values), writes=())
        written = [looked_up(write.value, values) for write in self.second.writes]
        used = {*free_variables(rest), *(value for value in written if isinstance(value, Var))}
        if not used.isdisjoint(defined(self.first)):
            return None
        self.builder.statements += rest.body.statements
        for write, value in zip(self.second.writes, written, strict=True):
            self._add_write(writes, replace(write, value=value))
        return replace(
            self.second, body=self.builder.block(), writes=tuple(writes), extents=self.first.extents
        )

    def _complete(self, write: Write) -> Write:
        """The write as one that sets the element, so that its value is what a later read finds."""
        if write.combine == "set":
            return write
        if write.fresh:
            return replace(write, combine="set")
        old = self.builder.load(write.target, write.index)
        return replace(write, value=self._sum(old, write.value), combine="set")

    def _add_write(self, writes: list[Write], write: Write) -> None:
        """Add a write, joined with an earlier one of the same place if there is one."""
        for position, other in enumerate(writes):
            if (
                other.target is write.target
                and other.index == write.index
                and "max" != write.combine != "min"
            ):
                if write.combine == "set":
                    writes[position] = replace(other, value=write.value, combine="set")
                else:
                    writes[position] = replace(other, value=self._sum(other.value, write.value))
                return
        writes.append(write)

    def _sum(self, one: Atom, other: Atom) -> Atom:
        folded = fold("add", (one, other))
        if folded is not None:
            return folded
        return self.builder.assign(Apply("add", (one, other)), Scalar(one.type.dtype), "sum")


def _loads(nest: Nest) -> dict[Var, Load]:
    return {
        statement.target: statement.value
        for statement in nest.body.statements
        if isinstance(statement, Assign) and isinstance(statement.value, Load)
    }


def renamed(nest: Nest, indices: tuple[Var, ...]) -> Nest:
    """The nest over other index variables."""
    mapping: dict[Var, Atom] = dict(zip(nest.indices, indices, strict=True))
    writes = tuple(
        replace(
            write,
            index=tuple(looked_up(atom, mapping) for atom in write.index),
            value=looked_up(write.value, mapping),
        )
        for write in nest.writes
    )
    return replace(nest, indices=indices, body=substitute(nest.body, mapping), writes=writes)
