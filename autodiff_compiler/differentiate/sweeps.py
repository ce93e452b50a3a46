"""Both sweeps of a function, before they are put into functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from autodiff_compiler.analysis.activity import Activity, activity
from autodiff_compiler.analysis.aliasing import roots
from autodiff_compiler.analysis.lengths import measure
from autodiff_compiler.analysis.overwrites import Overwrites
from autodiff_compiler.differentiate.assemble import Assembler
from autodiff_compiler.differentiate.check_aliases import shared_arrays
from autodiff_compiler.differentiate.cotangents import Cotangents, Families, zero
from autodiff_compiler.differentiate.notes import Note
from autodiff_compiler.differentiate.order import plain_reverse, views_of
from autodiff_compiler.differentiate.pairs import BlockPair, CallReversal
from autodiff_compiler.differentiate.places import Placed, give_places
from autodiff_compiler.differentiate.prepare import count_iterations
from autodiff_compiler.differentiate.recall import Recall
from autodiff_compiler.differentiate.reverse import Reversal
from autodiff_compiler.differentiate.sink_into_branches import sink_into_branches
from autodiff_compiler.differentiate.snapshots import Snapshots
from autodiff_compiler.differentiate.storage import Storage
from autodiff_compiler.errors import AliasedMutation
from autodiff_compiler.ir.nodes import Apply, Assign, Atom, Block, Call, Const, Dim, Function, Var
from autodiff_compiler.ir.types import Array, Scalar
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
        function, counts = count_iterations(sink_into_branches(function, roots(function)))
        self.function, sizes = measure(function)
        self.activity = activity(self.function, wrt, [*(result for result, _ in seeds), *changed])
        families = Families(self.function)
        overwrites = Overwrites(self.function, later)
        _check_results(self.function, self.activity, overwrites)
        placed = Placed(self.function, {}, {})
        if shared := shared_arrays(self.function, self.activity, overwrites.roots, families):
            _refuse_shared(function, shared.intersection(shadows))
            placed = give_places(self.function, shared)
            self.function = placed.function
            overwrites = Overwrites(self.function, later)
        cotangents = Cotangents(families, sizes, Recall(), placed.places)
        cotangents.shadows.update(shadows)
        for dtype, size in placed.sizes.items():
            none = Const(0.0, Scalar(dtype))
            cotangents.pools[dtype] = cotangents.builder.allocate((size,), dtype, none, "shadows")
        for result, seed in seeds:
            if self.activity.is_active(result):
                cotangents.seed(result, seed)
        self.independent = not any(self.activity.is_active(result) for result, _ in seeds)
        snapshots = Snapshots(overwrites, sizes)
        reversal = Reversal(self.activity, overwrites, counts, sizes, snapshots, callees)
        self.pair: BlockPair = reversal.block(self.function.body, cotangents)
        self.bars = tuple(_final(cotangents, item) for item in wrt if item not in shadows)
        self.pair.reverse.extend(cotangents.builder.statements)
        lengths = (
            statement.target for statement in statements(self.function.body)
            if isinstance(statement, Assign) and isinstance(statement.value, Dim)
        )  # fmt: skip
        self.storage = Storage(overwrites, sizes, frozenset(lengths), snapshots, tape)
        both = (*self.function.body.statements, *plain_reverse(self.pair).statements)
        memory = roots(replace(self.function, body=Block(both)))
        self.assembler = Assembler(self.storage, views_of(self.pair), memory)

    def notes(self) -> tuple[Note, ...]:
        """What was decided, for `explain`."""
        return (*self.assembler.notes, *self.storage.notes)


def _final(cotangents: Cotangents, parameter: Var) -> Atom:
    """A parameter's gradient: what has gathered, or zeros."""
    if isinstance(parameter.type, Array):
        shadow = cotangents.shadow(parameter)
        if parameter in cotangents.places:  # the gradient is no part of a pool
            return cotangents.builder.assign(Apply("copy", (shadow,)), shadow.type, shadow.name)
        return shadow
    return cotangents.scalars.get(parameter, zero(parameter))


def _check_results(function: Function, activity: Activity, overwrites: Overwrites) -> None:
    """Refuse a result of a call that may be one of its arguments, if either is written to afterwards."""
    for call in statements(function.body):
        if not isinstance(call, Call):
            continue
        for result, sources in zip(call.results, call.callee.sources, strict=True):
            if sources and activity.is_active(result) and overwrites.after(result, call):
                name = call.callee.name
                raise AliasedMutation(
                    f"what `{name}` returns here may be one of its arguments, which is written to",
                    suggestion=f"a copy of what `{name}` returns",
                    location=call.at,
                )


def _refuse_shared(function: Function, arguments: frozenset[Var]) -> None:
    """Refuse an argument that gets another name in a function which is not inlined, and is written to."""
    for array in function.parameters:
        if array in arguments:
            raise AliasedMutation(
                f"`{array.name}` has two names in `{function.name}`, which is not inlined, and is written to",
                suggestion=f"{array.name}.copy() for one of them",
                location=function.at,
            )
