"""Another loop innermost, where a nest adds to several rows of one array at a time.

The reverse of differences between all pairs of points, `x[:, None] - x[None]`, adds to `x_bar[i, k]` and to
`x_bar[j, k]`. With k innermost these may be one row, so that nothing is vectorised; and k is often short.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

from autodiff_compiler.analysis.aliasing import Roots, may_alias, roots
from autodiff_compiler.analysis.indirect import is_ordered
from autodiff_compiler.ir.build import Builder, array_type, integer, neutral
from autodiff_compiler.ir.nodes import (
    Assign,
    Atom,
    Block,
    Function,
    Load,
    Nest,
    Statement,
    Var,
    Write,
)
from autodiff_compiler.ir.types import INT, Array, is_inexact
from autodiff_compiler.ir.walk import map_statements, operands

Index = tuple[Atom, ...]


def turn_nests(function: Function) -> Function:
    """The function with loops of some nests in another order, on arrays whose axes are in another order.

    before:  nest i < n, j < n, k < m: d = f(x[i, k] - x[j, k]); x_bar[i, k] += d; x_bar[j, k] += -d
    after:   nest k < m, j < n: new turned[k, j] = x[j, k]
             sums = zeros(m, n)
             nest i < n, k < m, j < n: d = f(x[i, k] - turned[k, j]); x_bar[i, k] += d; sums[k, j] += -d
             nest k < m, j < n: x_bar[j, k] += sums[k, j]

    Then `x_bar[i, k]` is a sum in the innermost loop, and what stays goes along memory. Sound because what is
    copied is not written by the nest, and what is added to a copy is only added to: the order is free. The
    copies take little time, as another loop of the nest goes over all of each again and again.
    """
    memory = roots(function)

    def turn(statement: Statement) -> Sequence[Statement]:
        if not isinstance(statement, Nest) or not _waits(statement, memory):
            return (statement,)
        for loop in reversed(statement.indices[:-1]):
            turned = _Turn(statement, loop, memory)
            if turned.is_possible():
                return turned.statements()
        return (statement,)

    body = map_statements(function.body, turn)
    return function if body is function.body else replace(function, body=body)


def _waits(nest: Nest, memory: Roots) -> bool:
    """Whether the innermost loop of at least three adds to several rows of one array."""
    if len(nest.indices) < 3 or nest.backwards or is_ordered(nest):
        return False
    adding = [write for write in nest.writes if write.combine == "add" and nest.indices[-1] in write.index]
    return any(
        may_alias(memory, one.target, other.target) and is_inexact(one.target.type)
        for one, other in combinations(adding, 2)
    )


@dataclass
class _Turn:
    """One loop of a nest made the innermost."""

    nest: Nest
    loop: Var
    memory: Roots
    copies: dict[tuple[Var, int], Var] = field(default_factory=dict)  # of arrays that are read
    sums: dict[tuple[Var, int], Var] = field(default_factory=dict)  # for arrays that are added to

    # ------------------------------------------------------------ whether

    def is_possible(self) -> bool:
        """Whether all that goes along the loop can go along memory, no two writes in one array."""
        along = self._along()
        written = [write for write in self.nest.writes if not along.isdisjoint(write.index)]
        read = [part.value for part in self._body() if isinstance(part.value, Load)]
        if any(
            may_alias(self.memory, one.target, other.target) for one, other in combinations(written, 2)
        ) or any(write.combine != "add" for write in written if write.index[-1] is not self.loop):
            return False
        return all(self._reaches(load.index, along) and self._is_left(load) for load in read) and all(
            self._reaches(write.index, along) and self._is_only_added_to(write, read) for write in written
        )

    def _reaches(self, index: Index, along: set[Var]) -> bool:
        """Whether an access goes along the loop on one axis, or not at all; and not with all other loops."""
        places = [atom for atom in index if isinstance(atom, Var) and atom in along]
        if not places or (places == [self.loop] and index[-1] is self.loop):
            return True
        return places == [self.loop] and not set(self.nest.indices) <= set(index)

    def _is_left(self, load: Load) -> bool:
        """Whether a copy of what is read stays right."""
        return self._axis(load.index) is None or not any(
            may_alias(self.memory, load.array, write.target) for write in self.nest.writes
        )

    def _is_only_added_to(self, write: Write, read: list[Load]) -> bool:
        """Whether what is added may be added at the end."""
        if self._axis(write.index) is None:
            return True
        others = [item for item in self.nest.writes if may_alias(self.memory, write.target, item.target)]
        seen = any(may_alias(self.memory, write.target, load.array) for load in read)
        return not write.fresh and not seen and all(item.combine == "add" for item in others)

    def _axis(self, index: Index) -> int | None:
        """The axis along which an access goes with the loop, if it is not the last one."""
        return index.index(self.loop) if self.loop in index[:-1] else None

    def _along(self) -> set[Var]:
        """The loop's index, and the values that depend on it."""
        found = {self.loop}
        for part in self._body():
            if not found.isdisjoint(operands(part.value)):
                found.add(part.target)
        return found

    def _body(self) -> list[Assign]:
        return [part for part in self.nest.body.statements if isinstance(part, Assign)]

    # ------------------------------------------------------------ what becomes of it

    def statements(self) -> list[Statement]:
        """The copies, the nest, and what adds the sums to where they belong."""
        before, after = Builder(self.nest.at), Builder(self.nest.at)
        body = tuple(self._read(part, before) for part in self._body())
        writes = tuple(self._written(write, before, after) for write in self.nest.writes)
        order = [k for k, index in enumerate(self.nest.indices) if index is not self.loop]
        order.append(self.nest.indices.index(self.loop))
        nest = replace(
            self.nest,
            indices=tuple(self.nest.indices[k] for k in order),
            extents=tuple(self.nest.extents[k] for k in order),
            body=Block(body),
            writes=writes,
        )
        return [*before.statements, nest, *after.statements]

    def _read(self, part: Assign, before: Builder) -> Assign:
        if not isinstance(part.value, Load) or (axis := self._axis(part.value.index)) is None:
            return part
        array = part.value.array
        if (array, axis) not in self.copies:
            self.copies[array, axis] = copy = Var(f"{array.name}_turned", _turned_type(array, axis), part.at)
            loops, extents, place = _loops(array, axis, before)
            inner = Builder(self.nest.at)
            value = inner.load(array, place)
            made = Write(copy, _turned(place, axis), value, "set", True)
            before.add(Nest(loops, extents, inner.block(), (made,), self.nest.at))
        return replace(part, value=Load(self.copies[array, axis], _turned(part.value.index, axis)))

    def _written(self, write: Write, before: Builder, after: Builder) -> Write:
        if (axis := self._axis(write.index)) is None:
            return write
        array = write.target
        if (array, axis) not in self.sums:
            kind = _turned_type(array, axis)
            shape = _turned(before.dims(array), axis)
            name = f"{array.name}_turned"
            total = before.allocate(shape, kind.dtype, neutral("add", kind.dtype), name)
            self.sums[array, axis] = total
            loops, extents, place = _loops(array, axis, after)
            inner = Builder(self.nest.at)
            value = inner.load(total, _turned(place, axis))
            added = Write(array, place, value, "add", False)
            after.add(Nest(loops, extents, inner.block(), (added,), self.nest.at))
        return replace(write, target=self.sums[array, axis], index=_turned(write.index, axis))


def _turned(items: Index, axis: int) -> Index:
    """The items with that of the axis last."""
    return (*items[:axis], *items[axis + 1 :], items[axis])


def _turned_type(array: Var, axis: int) -> Array:
    kind = array_type(array)
    units = (*kind.units[:axis], *kind.units[axis + 1 :], kind.units[axis])
    return Array(kind.dtype, kind.rank, True, units)


def _loops(array: Var, axis: int, builder: Builder) -> tuple[tuple[Var, ...], Index, Index]:
    """Loops over an array with that of the axis innermost, their extents, and the place in the array."""
    units = array_type(array).units
    place = tuple(
        integer(0) if unit else Var("ijklmn"[k] if k < 6 else f"i{k}", INT) for k, unit in enumerate(units)
    )
    pairs = [
        (atom, extent)
        for atom, extent in zip(_turned(place, axis), _turned(builder.dims(array), axis), strict=True)
        if isinstance(atom, Var)
    ]
    return tuple(atom for atom, _ in pairs), tuple(extent for _, extent in pairs), place
