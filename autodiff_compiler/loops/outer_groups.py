"""Which nests may share their outermost loop, so that each of its iterations does all that they do in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from autodiff_compiler.analysis.aliasing import Roots, may_alias
from autodiff_compiler.analysis.effects import Footprint, depends, footprint
from autodiff_compiler.analysis.indirect import is_ordered
from autodiff_compiler.analysis.matrix_products import matrix_product
from autodiff_compiler.analysis.sizes import Sizes
from autodiff_compiler.ir.nodes import Apply, Assign, Atom, Load, Nest, Statement, Var
from autodiff_compiler.ir.walk import defined, free_variables
from autodiff_compiler.loops.merge_nests import as_nest
from autodiff_compiler.operators.entry import Elementwise
from autodiff_compiler.operators.registry import by_name

Item = tuple[Statement, ...]  # one statement, or nests that share their outermost loop


@dataclass(frozen=True, slots=True)
class _Access:
    """A read or write of an element by a nest over `outer`."""

    array: Var
    index: tuple[Atom, ...]
    outer: Var
    combine: str  # "read", or how the write combines
    fresh: bool = False

    def meets(self, other: _Access, roots: Roots) -> bool:
        """Whether both may touch one element; what a nest makes is new, whatever a loop around it carries."""
        if self.fresh or other.fresh:
            return self.array is other.array
        return may_alias(roots, self.array, other.array)

    def own(self, other: _Access) -> bool:
        """Whether both, in whichever iterations, meet in one element only where the iteration is the same."""
        pairs = zip(self.index, other.index, strict=True)
        return self.array is other.array and any(
            one is self.outer and another is other.outer for one, another in pairs
        )


def grouped(statements: tuple[Statement, ...], sizes: Sizes, roots: Roots) -> list[Item]:
    """The statements of a block, in an order that means the same, with the nests put together that may be.

    Two nests may share their outermost loop if its extents are equal, what one writes and the other touches
    is of the same iteration of it (or both only accumulate there, in the same way), and the second uses
    nothing that is complete only when the first has ended. They do share it if they touch a common array so.
    A nest of that loop alone that computes costly functions is left out at both ends of a group: by itself it
    is vectorised.
    """
    line = _Line(statements, sizes, roots)
    while line.advance():
        pass
    return [part for item in line.items for part in _trimmed(item)]


def _trimmed(item: Item) -> list[Item]:
    """The item without the statements at both ends that are better off alone, and these."""
    deeper = [k for k, part in enumerate(item) if isinstance(part, Nest) and len(part.indices) > 1]
    if len(item) == 1 or not deeper:
        return [(part,) for part in item]
    costly = [k for k, part in enumerate(item) if _is_costly(part)]
    start = max((k + 1 for k in costly if k < deeper[0]), default=0)
    stop = min((k for k in costly if k > deeper[-1]), default=len(item))
    return [*((part,) for part in item[:start]), item[start:stop], *((part,) for part in item[stop:])]


def _is_costly(statement: Statement) -> bool:
    """Whether the statement is a nest that computes functions that are not cheap."""
    return isinstance(statement, Nest) and any(
        isinstance(part, Assign) and isinstance(part.value, Apply) and _is_function(part.value.operator)
        for part in statement.body.statements
    )


def _is_function(operator: str) -> bool:
    entry = by_name(operator)
    return isinstance(entry, Elementwise) and not entry.cheap


class _Line:
    """The items of one block, and how far grouping has come."""

    def __init__(self, statements: tuple[Statement, ...], sizes: Sizes, roots: Roots) -> None:
        self.items: list[Item] = [(statement,) for statement in statements]
        self.footprints = [footprint(statement, roots) for statement in statements]
        self.outer = sizes
        self.sizes = sizes.inner()
        self.roots = roots
        self.position = 0

    def advance(self) -> bool:
        """Put the item at the position to an earlier one, or else step over it; False at the end."""
        if self.position == len(self.items):
            return False
        nests = _as_rows(self.items[self.position], self.roots)
        if nests and any(self._joined(earlier, nests) for earlier in reversed(range(self.position))):
            return True
        for passed in self.items[self.position]:
            self.sizes.observe(passed)
        self.position += 1
        return True

    def _joined(self, earlier: int, nests: list[Nest]) -> bool:
        group = _as_rows(self.items[earlier], self.roots)
        extents = {self.sizes.canonical(item.extents[0]) for item in (*group, *nests)}
        if not group or len(extents) > 1 or not may_share(group, nests, self.roots):
            return False
        delayed = self._delayed(earlier)
        if delayed is None:
            return False
        between = [k for k in range(earlier + 1, self.position) if k not in delayed]
        self.items[self.position] = (*self.items[earlier], *self.items[self.position])
        self.footprints[self.position] = _union(self.footprints[earlier], self.footprints[self.position])
        order = [
            *range(earlier), *between, self.position, *delayed, *range(self.position + 1, len(self.items)),
        ]  # fmt: skip
        self.items = [self.items[k] for k in order]
        self.footprints = [self.footprints[k] for k in order]
        self._restart(earlier + len(between))
        return True

    def _delayed(self, earlier: int) -> list[int] | None:
        """The items between that must stay after the earlier group; None if the nest needs one of them."""
        delayed: list[int] = []
        for between in range(earlier + 1, self.position):
            if any(depends(self.footprints[between], self.footprints[k]) for k in (earlier, *delayed)):
                delayed.append(between)
        if any(depends(self.footprints[self.position], self.footprints[k]) for k in delayed):
            return None
        return delayed

    def _restart(self, position: int) -> None:
        """Look at the position again, knowing about sizes only what the items before it tell."""
        self.position = position
        self.sizes = self.outer.inner()
        for item in self.items[: self.position]:
            for statement in item:
                self.sizes.observe(statement)


def _as_rows(item: Item, roots: Roots) -> list[Nest]:
    """The nests of an item, and one that fills an array of a number for each row; none if not all are.

    A product of two matrices stays whole, for the runtime; those of a stack may be done one by one.
    """
    nests = [as_nest(statement) for statement in item]
    found = [
        nest for nest in nests
        if nest is not None and nest.indices and not _in_order(nest) and not _is_whole(nest, roots)
    ]  # fmt: skip
    filled = [nest for nest, part in zip(nests, item, strict=True) if nest is not None and nest is not part]
    return found if len(found) == len(item) and all(len(nest.indices) == 1 for nest in filled) else []


def _is_whole(nest: Nest, roots: Roots) -> bool:
    """Whether the outermost loop runs over the rows, columns or sums of a product of matrices."""
    found = [matrix_product(nest, write, roots) for write in nest.writes]
    return any(
        item is not None and item.column is not None and nest.indices[0] not in item.loops for item in found
    )


def _in_order(nest: Nest) -> bool:
    """Whether the order of the points means something."""
    return nest.backwards or is_ordered(nest)


def may_share(group: list[Nest], nests: list[Nest], roots: Roots) -> bool:
    """Whether the nests may do each outer iteration right after the group has done it, and gain by that."""
    met = False
    for first in group:
        for nest in nests:
            if not _used(nest).isdisjoint(defined(first)):
                return False
            for access in _accesses(first):
                for other in _accesses(nest):
                    if not access.meets(other, roots):
                        continue
                    same = access.own(other)
                    met = met or same
                    if not (same or access.combine == other.combine != "set"):
                        return False
    return met and max(len(nest.indices) for nest in (*group, *nests)) > 1


def _accesses(nest: Nest) -> Iterator[_Access]:
    outer = nest.indices[0]
    for statement in nest.body.statements:
        if isinstance(statement, Assign) and isinstance(statement.value, Load):
            yield _Access(statement.value.array, statement.value.index, outer, "read")
    for write in nest.writes:
        if write.index:
            yield _Access(write.target, write.index, outer, write.combine, write.fresh)


def _used(nest: Nest) -> set[Var]:
    """What the nest uses otherwise than by touching elements."""
    touched = {access.array for access in _accesses(nest)}
    counted = set(free_variables(nest))
    plain = {atom for statement in nest.body.statements if isinstance(statement, Assign)
             and not isinstance(statement.value, Load) for atom in free_variables(statement)}  # fmt: skip
    return {item for item in counted if item not in touched or item in plain}


def _union(one: Footprint, other: Footprint) -> Footprint:
    return Footprint(
        one.uses | other.uses, one.defines | other.defines,
        one.reads | other.reads, one.writes | other.writes,
        one.guards or other.guards, one.sizes or other.sizes, one.guarded or other.guarded,
        one.indexed or other.indexed,
    )  # fmt: skip
