"""Which of the values that the reverse of a block reads are recomputed, saved, or carried backwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from autodiff_compiler.differentiate.pairs import LoopPair
from autodiff_compiler.differentiate.strides import nearly_whole
from autodiff_compiler.ir.nodes import (
    Apply,
    Assign,
    Dim,
    Load,
    Reshape,
    Statement,
    Transpose,
    Value,
    Var,
    View,
)  # fmt: skip
from autodiff_compiler.ir.types import Array, Scalar, Type
from autodiff_compiler.ir.walk import defined, operands
from autodiff_compiler.operators import registry
from autodiff_compiler.operators.entry import Elementwise

if TYPE_CHECKING:
    from autodiff_compiler.differentiate.storage import Storage


class Plan:
    """Which of the needed values are recomputed, saved, or carried backwards."""

    def __init__(self, storage: Storage, forward: Sequence[Statement], loop: LoopPair | None) -> None:
        self.storage = storage
        self.definitions: dict[Var, Statement] = {v: s for s in forward for v in defined(s)}
        self.local: set[Var] = set(self.definitions)
        self.given: set[Var] = set()
        self.loop = loop
        if loop is not None:
            self.local |= {carry.inside for carry in loop.forward.carries} | {loop.position}
            self.given = {loop.position}
        self.saved: dict[Var, None] = {}
        self.recomputed: set[Var] = set()
        self.carried: dict[Var, int] = {}  # next value of a carry -> the number of the carry
        self._leaves: dict[Var, frozenset[Var]] = {}
        for statement in forward:  # in order, so that what a value is made of is known before it
            for variable in defined(statement):
                self._leaves[variable] = self._leaves_of(variable, statement)

    def decide(self, needed: Sequence[Var]) -> None:
        """Fill `saved`, `recomputed` and `carried` so that all of `needed` is available."""
        waiting = [variable for variable in needed if variable not in self.given]
        carried = self._carried_among(waiting)
        self.carried |= {variable: carried[variable] for variable in waiting if variable in carried}
        for variable in waiting:
            if self.leaves(variable) == {variable} and variable not in self.carried:
                self._save(variable)
        for shared in self._shared_among(waiting):
            self._save(shared)
        for variable in waiting:
            if variable in self.carried or variable in self.saved:
                continue
            if self.leaves(variable) <= set(self.saved) | set(self.carried):
                self._recompute(variable)
            else:
                self._save(variable)

    def _shared_among(self, waiting: Sequence[Var]) -> list[Var]:
        """The arrays of which several that are needed are slices that leave out but the ends."""
        counted: Counter[Var] = Counter()
        for variable in waiting:
            match self.definitions.get(variable):
                case Assign(value=View(array) as view) if nearly_whole(view) and self.leaves(array) == {
                    array
                }:
                    counted[array] += 1
        return [array for array, count in counted.items() if count > 1]

    def _carried_among(self, waiting: Sequence[Var]) -> dict[Var, int]:
        """Next values of carries, and which: where an iteration's start is saved, they need not be."""
        if self.loop is None:
            return {}
        found: dict[Var, int] = {}
        carries = self.loop.forward.carries
        following = self.loop.body.source.yields
        for number, (carry, next_) in enumerate(zip(carries, following, strict=True)):
            if (
                isinstance(next_, Var) and next_ in waiting and carry.inside in waiting
                and carry.after.type == carry.inside.type and _is_plain(carry.inside.type)
                and self.leaves(next_) == {next_}
            ):  # fmt: skip
                found.setdefault(next_, number)
        return found

    def _save(self, variable: Var) -> None:
        if variable in self.saved:
            return
        self.saved[variable] = None
        if isinstance(variable.type, Array):  # its shape is needed to take it back
            sizes = (size for size in self.storage.sizes[variable] if isinstance(size, Var))
            self.decide([size for size in sizes if size in self.local])

    def _recompute(self, variable: Var) -> None:
        waiting = [variable]
        while waiting:
            current = waiting.pop()
            known = current in self.recomputed or current in self.saved or current in self.carried
            if not known and current in self.local and current not in self.given:
                self.recomputed.add(current)
                waiting.extend(self.sources(current))

    def sources(self, variable: Var) -> list[Var]:
        """What the value is computed from."""
        statement = self.definitions[variable]
        assert isinstance(statement, Assign)
        value = self.value(statement)
        return [operand for operand in operands(value) if isinstance(operand, Var)]

    def value(self, statement: Assign) -> Value:
        """What gives the statement's value again."""
        if isinstance(statement.value, Load) and self.storage.overwrites.after(
            statement.value.array, statement
        ):
            return self.storage.snapshots.value(statement) or statement.value
        return statement.value

    def leaves(self, variable: Var) -> frozenset[Var]:
        """The values that must be saved for this one to be recomputed; itself where it cannot be."""
        if variable not in self.local or variable in self.given:
            return frozenset()
        return self._leaves.get(variable, frozenset((variable,)))

    def _leaves_of(self, variable: Var, statement: Statement) -> frozenset[Var]:
        if not self._recomputable(statement):
            return frozenset((variable,))
        return frozenset().union(*map(self.leaves, self.sources(variable)))

    def reason(self, variable: Var) -> str:
        """Why a value is saved, for people."""
        match self.definitions.get(variable):
            case None:
                return "the next iteration changes it"
            case Assign(value=Load()):
                return "its element is overwritten later"
            case Assign(value=Apply(operator)) if isinstance(variable.type, Scalar):
                if self.leaves(variable) == {variable}:
                    return f"`{operator}` costs more than saving"
                return "what it is made of would have to be saved instead"
            case _:
                return "making it again would be the same work"

    def _recomputable(self, statement: Statement) -> bool:
        """Whether running the statement again later gives the same value at little cost."""
        match statement:
            case Assign(target, Apply(operator)):
                entry = registry.by_name(operator)
                cheap = isinstance(entry, Elementwise) and entry.cheap
                return isinstance(target.type, Scalar) and (
                    cheap or operator == "cast" or target.type.dtype == "int64"
                )
            case Assign(_, Load(array)):
                overwritten = self.storage.overwrites.after(array, statement)
                return not overwritten or self.storage.snapshots.value(statement) is not None
            case Assign(_, Dim(array)):
                return not self.leaves(array)  # else it would be needed to take the array back
            case Assign(_, View() | Transpose() | Reshape()):
                return True
            case _:
                return False


def _is_plain(kind: Type) -> bool:
    """Whether what comes off a stack has the very type of what was put on it."""
    return isinstance(kind, Scalar) or (isinstance(kind, Array) and kind.contiguous)
