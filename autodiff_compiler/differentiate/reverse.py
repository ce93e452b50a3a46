"""Reverse mode, statement by statement: what each kind of statement becomes when it is run backwards.

Every case is one row of the table in docs/architecture.md. Nothing here knows an operator: partial
derivatives come from the registry's entries.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import assert_never

from autodiff_compiler.analysis.activity import Activity
from autodiff_compiler.analysis.lengths import Lengths
from autodiff_compiler.analysis.overwrites import Overwrites
from autodiff_compiler.differentiate.cotangents import Cotangents, Families, elementwise_nest, is_zero, zero
from autodiff_compiler.differentiate.pairs import BlockPair, BranchPair, CallReversal, Item, LoopPair
from autodiff_compiler.differentiate.recall import costly
from autodiff_compiler.differentiate.reverse_calls import reverse_call
from autodiff_compiler.differentiate.reverse_nest import reverse_nest
from autodiff_compiler.differentiate.scalar_rules import bar_name, bar_variable, contributions
from autodiff_compiler.differentiate.snapshots import Snapshots
from autodiff_compiler.differentiate.strides import nearly_whole
from autodiff_compiler.ir.build import array_type, as_variable
from autodiff_compiler.ir.nodes import (
    Allocate,
    Apply,
    Assign,
    Atom,
    Block,
    Call,
    Carry,
    For,
    Guard,
    If,
    Load,
    Nest,
    Push,
    Statement,
    Store,
    Var,
    While,
)
from autodiff_compiler.ir.types import INT, Array, Scalar
from autodiff_compiler.ir.walk import blocks, free_variables
from autodiff_compiler.location import Location


class Reversal:
    """What the reversal of one function knows: activity, overwrites, and the counters of its While loops."""

    def __init__(
        self,
        activity: Activity,
        overwrites: Overwrites,
        counts: dict[Var, Var],
        sizes: Lengths,
        snapshots: Snapshots,
        callees: CallReversal,
    ) -> None:
        self.activity = activity
        self.sizes = sizes
        self.overwrites = overwrites
        self.counts = counts
        self.callees = callees
        self.snapshots = snapshots

    def active(self, atom: Atom) -> bool:
        """Whether the atom takes part in the derivative."""
        return self.activity.is_active(atom)

    # ------------------------------------------------------------ blocks

    def block(self, block: Block, cotangents: Cotangents) -> BlockPair:
        """Reverse a block; `cotangents` already holds those of what it yields.

        The builder of `cotangents` is used up: its statements end in the pair.
        """
        pair = BlockPair(block)
        chunks: list[Sequence[Item]] = []
        before = cotangents.builder.known
        known = {**before, **costly(block.statements)}
        for position in reversed(range(len(block.statements))):
            statement = block.statements[position]
            cotangents.builder.at = _reversed(statement)
            # what a nested block reads must stand before it, so that both its sweeps can run in one
            nested = isinstance(statement, If | For | While)
            cotangents.builder.known = {**before, **costly(block.statements[:position])} if nested else known
            chunks.append(self._statement(statement, cotangents, pair))
            _flush(cotangents, pair)
        _flush(cotangents, pair)
        pair.forward = [item for chunk in reversed(chunks) for item in chunk]
        return pair

    def _statement(self, statement: Statement, cotangents: Cotangents, pair: BlockPair) -> Sequence[Item]:
        """Append the reversal; what the statement becomes in the forward sweep."""
        match statement:
            case Assign():
                return self._assign(statement, cotangents)
            case Store():
                self._store(statement, cotangents)
            case Nest():
                return self._nest(statement, cotangents)
            case If():
                return self._if(statement, cotangents, pair)
            case For() | While():
                return self._loop(statement, cotangents, pair)
            case Call():
                return reverse_call(self, statement, cotangents)
            case Guard() | Push():
                pass
            case _:
                assert_never(statement)
        return [statement]

    # ------------------------------------------------------------ straight-line statements

    def _assign(self, statement: Assign, cotangents: Cotangents) -> Sequence[Item]:
        target, value = statement.target, statement.value
        if not self.active(target):
            cotangents.take(target)
            return [statement]
        if isinstance(target.type, Array):
            return self._assign_array(statement, cotangents)
        bar = cotangents.take(target)
        if bar is None or is_zero(bar):
            return [statement]
        match value:
            case Load(array, index):
                cotangents.builder.store(cotangents.shadow(array), index, bar, accumulate=True)
            case Apply():
                for operand, contribution in contributions(
                    cotangents.builder, target, value, bar, self.active
                ):
                    cotangents.add(operand, contribution)
        return [statement]

    def _assign_array(self, statement: Assign, cotangents: Cotangents) -> Sequence[Item]:
        target, value = statement.target, statement.value
        if cotangents.families.view(target) is not None or not cotangents.has_shadow(target):
            return [statement]
        match value:
            case Allocate(fill=fill) if fill is not None and self.active(fill):
                total = bar_variable(fill, statement.at)
                shape = cotangents.extents(target)
                elementwise_nest(cotangents.builder, shape, (total, "add", True), cotangents.shadow(target))
                cotangents.add(fill, total)
            case Apply("copy", (source,)):
                cotangents.add_array(as_variable(source), cotangents.shadow(target))
        return [statement]

    def as_now(
        self, arrays: Iterable[Var], statement: Statement, families: Families | None = None
    ) -> tuple[list[Var], list[Statement]]:
        """The arrays as they are now, copies where memory may be overwritten later, and what takes those.

        Of several slices that leave out but the ends of one array, that is copied. A copy that nothing
        reads is dropped again.
        """
        now: dict[Var, Var] = {}
        first: list[Statement] = []
        arrays = list(arrays)
        changing = [array for array in dict.fromkeys(arrays) if self.overwrites.after(array, statement)]
        views = {} if families is None else {array: nearly_whole(families.view(array)) for array in changing}
        behind = {array: view for array, view in views.items() if view is not None}
        shared = Counter(view.array for view in behind.values())
        for array in changing:
            source = array
            if array in behind and shared[behind[array].array] > 1:
                source = behind[array].array
            if source not in now:
                kind = replace(array_type(source), contiguous=True)
                now[source] = self._alike(f"{source.name}_saved", kind, source, statement)
                first.append(Assign(now[source], Apply("copy", (source,)), statement.at))
            if source is not array:
                now[array] = self._alike(f"{array.name}_saved", array_type(array), array, statement)
                first.append(Assign(now[array], replace(behind[array], array=now[source]), statement.at))
        return [now[array] if array in changing else array for array in arrays], first

    def _alike(self, name: str, kind: Array, array: Var, statement: Statement) -> Var:
        """A new variable for an array as long as another."""
        made = Var(name, kind, statement.at)
        if array in self.sizes:
            self.sizes[made] = self.sizes[array]
        return made

    def _store(self, statement: Store, cotangents: Cotangents) -> None:
        """`a[i] = v`: v's cotangent is what has gathered in a's shadow there, which is zero from then on."""
        array, value = statement.array, statement.value
        if not self.active(array) or not cotangents.has_shadow(array):
            return
        shadow = cotangents.shadow(array)
        bar: Atom = zero(shadow)
        if self.active(value):
            bar = cotangents.builder.load(shadow, statement.index, bar_name(value))
        if not statement.accumulate:
            cotangents.builder.store(shadow, statement.index, zero(shadow))
        cotangents.add(value, bar)

    def _nest(self, statement: Nest, cotangents: Cotangents) -> Sequence[Item]:
        arrays = [
            item.value.array for item in statement.body.statements
            if isinstance(item, Assign) and isinstance(item.value, Load)
        ]  # fmt: skip
        extremes = [
            write.target for write in statement.writes
            if write.combine in ("max", "min") and isinstance(write.target.type, Array)
        ]  # fmt: skip
        now, first = self.as_now(arrays, statement, cotangents.families)
        found, last = self.as_now(extremes, statement, cotangents.families)
        copies = zip((*arrays, *extremes), (*now, *found), strict=True)
        seen = {array: copy for array, copy in copies if copy is not array}
        kept = frozenset(
            write.target for write in statement.writes
            if write.fresh and write.combine == "set" and not self.overwrites.after(write.target, statement)
        )  # fmt: skip
        made = reverse_nest(cotangents, statement, seen, kept, self.active)
        return [*first, statement, *last] if made else [statement]

    # ------------------------------------------------------------ branches

    def _prepare_shadows(self, block: Block, cotangents: Cotangents, own: Iterable[Var] = ()) -> None:
        """Make the shadows of outer arrays before a nested block is reversed, so that it can add to them."""
        inside = set(own)
        for variable in free_variables(block):
            if isinstance(variable.type, Array) and self.active(variable) and variable not in inside:
                cotangents.shadow(variable)

    def _seed(self, cotangents: Cotangents, yielded: Atom, bar: Atom | None) -> None:
        """What a block yields gets the cotangent of what it is yielded to."""
        if bar is not None and self.active(yielded):
            cotangents.seed(yielded, bar)

    def _if(self, statement: If, cotangents: Cotangents, pair: BlockPair) -> Sequence[Item]:
        bars = [self.take(result, cotangents) for result in statement.results]
        self._prepare_shadows(statement.then, cotangents)
        self._prepare_shadows(statement.orelse, cotangents)
        arms: list[tuple[Cotangents, BlockPair]] = []
        for block in blocks(statement):
            inner = cotangents.nested()
            for bar, yielded in zip(bars, block.yields, strict=True):
                self._seed(inner, yielded, bar)
            arms.append((inner, self.block(block, inner)))
        results = []
        yields: tuple[list[Atom], list[Atom]] = ([], [])
        for scalar in dict.fromkeys((*arms[0][0].scalars, *arms[1][0].scalars)):
            found = [inner.scalars.get(scalar) for inner, _ in arms]
            if found[0] is found[1] and found[0] is not None:  # the same in both arms
                cotangents.scalars[scalar] = found[0]
            else:
                merged = bar_variable(scalar, cotangents.builder.at)
                results.append(merged)
                for atoms, bar in zip(yields, found, strict=True):
                    atoms.append(zero(scalar) if bar is None else bar)
                cotangents.scalars[scalar] = merged
        for (_, inner_pair), atoms in zip(arms, yields, strict=True):
            inner_pair.reverse_yields = tuple(atoms)
        made = BranchPair(statement, arms[0][1], arms[1][1], tuple(results), cotangents.builder.at)
        _flush(cotangents, pair)
        pair.reverse.append(made)
        return [made]

    def take(self, result: Var, cotangents: Cotangents) -> Atom | None:
        """The finished cotangent of what a branch or loop has defined."""
        if isinstance(result.type, Array):  # an array with a place has no shadow of its own to hand on
            return cotangents.shadows.pop(result, None)
        bar = cotangents.take(result)
        return None if bar is None or is_zero(bar) else bar

    # ------------------------------------------------------------ loops

    def _loop(self, statement: For | While, cotangents: Cotangents, pair: BlockPair) -> Sequence[Item]:
        copies = self.snapshots.before(statement)
        active = [
            carry for carry in statement.carries
            if carry.inside not in cotangents.places
            and (self.active(carry.inside) or self.active(carry.after))
        ]  # fmt: skip
        starts = [self._loop_bar(carry, cotangents) for carry in active]
        self._prepare_shadows(statement.body, cotangents, (carry.inside for carry in statement.carries))
        inner = cotangents.nested()
        outside = self._outside_scalars(statement)
        sums = [bar_variable(scalar, cotangents.builder.at) for scalar in outside]
        inner.scalars = dict(zip(outside, sums, strict=True))
        bars = [_carried_bar(carry) for carry in active]
        following = dict(zip((c.inside for c in statement.carries), statement.body.yields, strict=True))
        for carry, bar in zip(active, bars, strict=True):
            self._seed(inner, following[carry.inside], bar)
        body = self.block(statement.body, inner)
        yields = [self._entry_bar(carry, inner) for carry in active]
        _flush(inner, body)
        carries = []
        for carry, bar, start, next_ in zip(active, bars, starts, yields, strict=True):
            carries.append((carry.start, Carry(bar, start, Var(bar.name, bar.type, bar.at)), next_))
        for scalar, total in zip(outside, sums, strict=True):
            if inner.scalars[scalar] is not total:
                after = Var(total.name, total.type, total.at)
                carries.append((scalar, Carry(total, zero(scalar), after), inner.scalars[scalar]))
        body.reverse_yields = tuple(next_ for _, _, next_ in carries)
        made = self._pair_loop(
            statement, body, tuple(carry for _, carry, _ in carries), cotangents.builder.at
        )
        _flush(cotangents, pair)
        pair.reverse.append(made)
        for start, carry, _ in carries:
            self._seed(cotangents, start, carry.after)
        return [*copies, made]

    def _pair_loop(
        self, statement: For | While, body: BlockPair, carries: tuple[Carry, ...], at: Location | None
    ) -> LoopPair:
        if isinstance(statement, For):
            return LoopPair(
                statement, body, Var(statement.index.name, INT, at), carries, statement.index, None, at
            )
        counter = next(carry.inside for carry in statement.carries if carry.inside in self.counts)
        return LoopPair(statement, body, Var("k", INT, at), carries, counter, self.counts[counter], at)

    def _loop_bar(self, carry: Carry, cotangents: Cotangents) -> Atom:
        """The cotangent a carry has after the loop."""
        if isinstance(carry.inside.type, Array):
            shadow = cotangents.shadow(carry.after)
            del cotangents.shadows[carry.after]
            return shadow
        bar = cotangents.take(carry.after)
        return zero(carry.inside) if bar is None else bar

    def _entry_bar(self, carry: Carry, inner: Cotangents) -> Atom:
        """The cotangent a carry has before an iteration."""
        if isinstance(carry.inside.type, Array):
            return inner.shadow(carry.inside)
        bar = inner.take(carry.inside)
        return zero(carry.inside) if bar is None else bar

    def _outside_scalars(self, statement: For | While) -> list[Var]:
        """Active scalars of outer blocks that the body reads: their cotangents are summed over iterations."""
        own = {carry.inside for carry in statement.carries}
        return [
            variable for variable in free_variables(statement.body)
            if isinstance(variable.type, Scalar) and self.active(variable) and variable not in own
        ]  # fmt: skip


def _flush(cotangents: Cotangents, pair: BlockPair) -> None:
    pair.reverse.extend(cotangents.builder.take())


def _carried_bar(carry: Carry) -> Var:
    """The carried cotangent of a carry: a shadow that it takes over may know less of its lengths."""
    bar = bar_variable(carry.inside, carry.inside.at)
    if isinstance(bar.type, Array):
        return replace(bar, type=replace(bar.type, units=(False,) * bar.type.rank))
    return bar


def _reversed(statement: Statement) -> Location | None:
    return None if statement.at is None else replace(statement.at, reverse=True)
