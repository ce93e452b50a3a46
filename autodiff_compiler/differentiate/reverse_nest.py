"""Reversing a loop nest: one nest over the same domain, the body run again and then backwards.

The points run in the reverse order where an element may be set by several of them: the last one gets its
cotangent, and leaves zero for those before.

Reads of the body become accumulations into shadows. Where a shadow does not exist yet and one accumulation
covers it, the reverse nest makes it, so that it is written once and never filled with zeros.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from autodiff_compiler.analysis.indirect import is_ordered
from autodiff_compiler.differentiate.cotangents import Cotangents, is_zero, zero
from autodiff_compiler.differentiate.guarded import added
from autodiff_compiler.differentiate.scalar_rules import bar_name, bar_type, bar_variable, contributions
from autodiff_compiler.ir.build import Builder, as_variable
from autodiff_compiler.ir.nodes import Apply, Assign, Atom, Const, Load, Nest, Value, Var, Write
from autodiff_compiler.ir.types import Array, Scalar
from autodiff_compiler.ir.walk import fresh_statement, looked_up
from autodiff_compiler.operators import registry
from autodiff_compiler.operators.trace import Traced, where

Active = Callable[[Atom], bool]


def reverse_nest(
    cotangents: Cotangents, nest: Nest, seen: Mapping[Var, Var], kept: frozenset[Var], active: Active
) -> bool:
    """Append the reversal of a nest; False if nothing of it is needed.

    `seen` gives, for arrays that are overwritten later, the copies of what the nest has read, and of the
    extremes it has found; `kept` the arrays made by the nest that are never overwritten: what they hold is
    read instead of computed again.
    """
    wanted = [write for write in nest.writes if _has_bar(cotangents, write, active)]
    if not wanted:
        for write in nest.writes:
            _forget(cotangents, write)
        return False
    counts = {
        id(write): _count_extremes(cotangents, nest, write, seen)
        for write in wanted
        if write.combine in ("max", "min")
    }
    _NestReversal(cotangents, nest, seen, kept, active).run(wanted, counts)
    return True


def _has_bar(cotangents: Cotangents, write: Write, active: Active) -> bool:
    if not active(write.target):
        return False
    if isinstance(write.target.type, Array):
        return cotangents.has_shadow(write.target)
    bar = cotangents.scalars.get(write.target)
    return bar is not None and not is_zero(bar)


def _forget(cotangents: Cotangents, write: Write) -> None:
    if write.fresh:
        cotangents.scalars.pop(write.target, None)


def _copied(
    nest: Nest, seen: Mapping[Var, Var], at: Builder, kept: frozenset[Var] = frozenset()
) -> tuple[tuple[Var, ...], Builder, dict[Var, Atom]]:
    """New nest indices and a builder holding a copy of the body; and old variable -> new."""
    mapping: dict[Var, Atom] = dict(seen)
    indices = tuple(Var(index.name, index.type) for index in nest.indices)
    mapping.update(zip(nest.indices, indices, strict=True))
    body = Builder(at.at)
    stored = {write.value: write for write in nest.writes if write.target in kept and write.combine == "set"}
    for statement in nest.body.statements:
        assert isinstance(statement, Assign)
        write = stored.get(statement.target)
        if write is not None and _is_costly(statement.value):
            index = tuple(looked_up(item, mapping) for item in write.index)
            mapping[statement.target] = body.load(write.target, index, statement.target.name)
        else:
            body.add(fresh_statement(statement, mapping))
    return indices, body, mapping


def _is_costly(value: Value) -> bool:
    """Whether computing the value again takes clearly longer than reading it."""
    if not isinstance(value, Apply) or value.operator == "cast":
        return False
    return not registry.elementwise(value.operator).cheap


def _count_extremes(cotangents: Cotangents, nest: Nest, write: Write, seen: Mapping[Var, Var]) -> Var:
    """How many points attain the extreme: they share its cotangent evenly."""
    indices, body, mapping = _copied(nest, seen, cotangents.builder)
    index = tuple(looked_up(item, mapping) for item in write.index)
    extreme = _element(body, as_variable(looked_up(write.target, mapping)), index)
    kind = write.target.type
    hit = Traced(body, looked_up(write.value, mapping)).equals(Traced(body, extreme))
    one = where(hit, Traced(body, Const(1.0, Scalar(kind.dtype))), 0.0)
    target = Var(f"{write.target.name}_count", bar_type(kind), cotangents.builder.at)
    made = Write(target, index, one.atom, "add", True)
    cotangents.builder.add(Nest(indices, nest.extents, body.block(), (made,), cotangents.builder.at))
    return target


def _element(body: Builder, source: Var, index: tuple[Atom, ...]) -> Atom:
    return body.load(source, index) if isinstance(source.type, Array) else source


class _NestReversal:
    """One reverse nest in the making."""

    def __init__(
        self,
        cotangents: Cotangents,
        nest: Nest,
        seen: Mapping[Var, Var],
        kept: frozenset[Var],
        active: Active,
    ) -> None:
        self.cotangents = cotangents
        self.nest = nest
        self.active = active
        self.indices, self.body, self.mapping = _copied(nest, seen, cotangents.builder, kept)
        self.bars: dict[Var, Atom] = {}  # of the original body's scalars
        self.writes: list[Write] = []
        self.used_up: dict[Atom, tuple[Var, tuple[Atom, ...]]] = {}  # elements of shadows not needed any more
        self.extents = dict(zip(self.indices, nest.extents, strict=True))

    def run(self, wanted: list[Write], counts: Mapping[int, Var]) -> None:
        """Build and append the nest."""
        for write in wanted:
            self._seed(write, counts.get(id(write)))
        reads: dict[tuple[Var, tuple[Atom, ...]], Atom] = {}
        for statement in reversed(self.nest.body.statements):
            assert isinstance(statement, Assign)
            self._reverse(statement, reads)
        for write in self.nest.writes:
            if write.fresh:  # its definition is reversed: the cotangents are used up
                self.cotangents.shadows.pop(write.target, None)
                self.cotangents.scalars.pop(write.target, None)
        self._accumulate_arrays(reads)
        totals = self._accumulate_scalars()
        if self.writes:
            nest = Nest(
                self.indices,
                self.nest.extents,
                self.body.block(),
                tuple(self.writes),
                self.cotangents.builder.at,
                self.nest.backwards is not is_ordered(self.nest),
            )
            self.cotangents.builder.add(nest)
            for scalar, total in totals.items():
                self.cotangents.add(scalar, total)

    def _add(self, atom: Atom, contribution: Atom) -> None:
        if not isinstance(atom, Var) or not self.active(atom) or is_zero(contribution):
            return
        current = self.bars.get(atom)
        if current is None:
            self.bars[atom] = contribution
        else:
            self.bars[atom] = added(Traced(self.body, current), Traced(self.body, contribution)).atom

    def _seed(self, write: Write, count: Var | None) -> None:
        """What each point's value gets of the cotangent of what it is written to."""
        index = tuple(looked_up(item, self.mapping) for item in write.index)
        if isinstance(write.target.type, Array):
            shadow = self.cotangents.shadow(write.target)
            bar: Atom = self.body.load(shadow, index, bar_name(write.target))
            if not write.fresh and write.combine == "set":
                self.writes.append(Write(shadow, index, zero(shadow), "set", False))
            if write.fresh and write.target not in self.cotangents.places:
                self.used_up[bar] = shadow, index
        else:
            bar = self.cotangents.scalars[write.target]
        if count is not None:
            attained = as_variable(looked_up(write.target, self.mapping))
            extreme = Traced(self.body, _element(self.body, attained, index))
            hit = Traced(self.body, looked_up(write.value, self.mapping)).equals(extreme)
            share = Traced(self.body, bar) / Traced(self.body, _element(self.body, count, index))
            bar = where(hit, share, 0.0).atom
        self._add(write.value, bar)

    def _reverse(self, statement: Assign, reads: dict[tuple[Var, tuple[Atom, ...]], Atom]) -> None:
        bar = self.bars.pop(statement.target, None)
        if bar is None:
            return
        match statement.value:
            case Load(array, index):
                if not self.active(array):
                    return
                place = (array, tuple(looked_up(item, self.mapping) for item in index))
                if place in reads:
                    bar = added(Traced(self.body, reads[place]), Traced(self.body, bar)).atom
                reads[place] = bar
            case Apply(operator, operands, attributes):
                target = as_variable(looked_up(statement.target, self.mapping))
                copies = tuple(looked_up(item, self.mapping) for item in operands)
                copied = Apply(operator, copies, attributes)
                back = dict(zip(copies, operands, strict=True))
                parts = contributions(
                    self.body, target, copied, bar, lambda atom: self.active(back.get(atom, atom))
                )
                for operand, contribution in list(parts):
                    self._add(back[operand], contribution)

    def _accumulate_arrays(self, reads: Mapping[tuple[Var, tuple[Atom, ...]], Atom]) -> None:
        places = Counter(self.cotangents.families.root(array) for array, _ in reads)
        for (array, index), bar in reads.items():
            if places[array] == 1 and not self.cotangents.has_shadow(array) and self._covers(array, index):
                shadow = self._taken_over(array, index, bar) or self._fresh_shadow(array, index, bar)
                self.cotangents.shadows[array] = shadow
            else:
                self.writes.append(Write(self.cotangents.shadow(array), index, bar, "add", False))

    def _covers(self, array: Var, index: tuple[Atom, ...]) -> bool:
        """Whether writing at `index` fills an array of the family root's shape."""
        variables = [item for item in index if isinstance(item, Var)]
        return (
            self.cotangents.families.view(array) is None
            and len(set(variables)) == len(variables)
            and all(item in self.extents for item in variables)
        )

    def _taken_over(self, array: Var, index: tuple[Atom, ...], bar: Atom) -> Var | None:
        """The shadow of what the nest makes, if the array's would be a copy of it.

        As in `y = x + 1`: y's is not read any more, so x's may be that very array.
        """
        shadow, place = self.used_up.get(bar, (None, ()))
        every = set(self.indices) <= set(index)
        if shadow is None or not every or place != index or shadow.type.dtype != array.type.dtype:
            return None
        self.used_up = {other: found for other, found in self.used_up.items() if found[0] is not shadow}
        return shadow

    def _fresh_shadow(self, array: Var, index: tuple[Atom, ...], bar: Atom) -> Var:
        shadow = bar_variable(array, self.cotangents.builder.at)
        every = {item for item in index if isinstance(item, Var)} == set(self.indices)
        self.writes.append(Write(shadow, index, bar, "set" if every else "add", True))
        return shadow

    def _accumulate_scalars(self) -> dict[Var, Var]:
        """Scalars from outside the nest, with the sums over the domain of what is contributed to them."""
        totals = {scalar: bar_variable(scalar, self.cotangents.builder.at) for scalar in self.bars}
        self.writes += [Write(totals[scalar], (), bar, "add", True) for scalar, bar in self.bars.items()]
        return totals
