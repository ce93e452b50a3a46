"""Both sweeps of a function, before they are put into functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from autodiff_compiler.analysis.activity import activity
from autodiff_compiler.analysis.aliasing import roots
from autodiff_compiler.analysis.lengths import measure
from autodiff_compiler.analysis.overwrites import Overwrites
from autodiff_compiler.differentiate.assemble import Assembler
from autodiff_compiler.differentiate.check_aliases import check_aliases
from autodiff_compiler.differentiate.cotangents import Cotangents, Families, zero
from autodiff_compiler.differentiate.notes import Note
from autodiff_compiler.differentiate.order import plain_reverse, views_of
from autodiff_compiler.differentiate.pairs import BlockPair, CallReversal
from autodiff_compiler.differentiate.prepare import count_iterations
from autodiff_compiler.differentiate.reverse import Reversal
from autodiff_compiler.differentiate.storage import Storage
from autodiff_compiler.ir.build import Builder
from autodiff_compiler.ir.nodes import Assign, Atom, Block, Dim, Function, Var
from autodiff_compiler.ir.types import Array
from autodiff_compiler.ir.walk import statements


class Sweeps:
    """The sweeps of a function for the cotangents `seeds` of some results, as pairs.

    `shadows` are those of parameters that the caller has, of which `changed` ones are written to and used on.
    The parameters `later` may be written by the caller afterwards. With a `tape`, all that is saved is there.
    """

    def __init__(
        self,
        function: Function,
        wrt: Sequence[Var],
        seeds: Sequence[tuple[Atom, Atom]],
        callees: CallReversal,
        *,
        shadows: Mapping[Var, Var] = MappingProxyType({}),
        changed: Iterable[Var] = (),
        later: Iterable[Var] = (),
        tape: Var | None = None,
    ) -> None:
        function, counts = count_iterations(function)
        self.function, sizes = measure(function)
        self.activity = activity(self.function, wrt, [*(result for result, _ in seeds), *changed])
        overwrites = Overwrites(self.function, later)
        aliases = check_aliases(self.function, self.activity, overwrites.roots)
        cotangents = Cotangents(Families(self.function), sizes, Builder(), aliases)
        cotangents.shadows.update(shadows)
        for result, seed in seeds:
            if self.activity.is_active(result):
                cotangents.seed(result, seed)
        self.independent = not any(self.activity.is_active(result) for result, _ in seeds)
        reversal = Reversal(self.activity, overwrites, counts, sizes, callees)
        self.pair: BlockPair = reversal.block(self.function.body, cotangents)
        self.bars = tuple(_final(cotangents, item) for item in wrt if item not in shadows)
        self.pair.reverse.extend(cotangents.builder.statements)
        lengths = (
            statement.target for statement in statements(self.function.body)
            if isinstance(statement, Assign) and isinstance(statement.value, Dim)
        )  # fmt: skip
        self.storage = Storage(overwrites, sizes, frozenset(lengths), tape)
        both = (*self.function.body.statements, *plain_reverse(self.pair).statements)
        memory = roots(replace(self.function, body=Block(both)))
        self.assembler = Assembler(self.storage, views_of(self.pair), memory, distinct=not aliases)

    def notes(self) -> tuple[Note, ...]:
        """What was decided, for `explain`."""
        return (*self.assembler.notes, *self.storage.notes)


def _final(cotangents: Cotangents, parameter: Var) -> Atom:
    """A parameter's gradient: what has gathered, or zeros."""
    if isinstance(parameter.type, Array):
        return cotangents.shadow(parameter)
    return cotangents.scalars.get(parameter, zero(parameter))
