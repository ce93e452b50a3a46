"""Which variables may not share a Python name, because both are needed at the same time.

A function is seen as steps that read and define variables. Joins (carries, results of branches) are copies;
all copies at one place happen at once. Programs are structured and assign-once, so one backward pass with
what a loop reads from outside gives exact liveness.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from autodiff_compiler.ir.nodes import Var


@dataclass(eq=False, slots=True)
class Step:
    """Reads `uses`, then defines each variable; one defined as a copy names its source."""

    uses: frozenset[Var] = frozenset()
    defines: tuple[tuple[Var, Var | None], ...] = ()


@dataclass(eq=False, slots=True)
class Branch:
    """One of two sequences runs."""

    then: Flow
    orelse: Flow


@dataclass(eq=False, slots=True)
class Loop:
    """`head`, then either out, or `body` and again."""

    head: Flow
    body: Flow
    reads: frozenset[Var] = field(init=False)  # what it needs from outside or from the iteration before

    def __post_init__(self) -> None:
        self.reads = _before(self.head, _before(self.body, frozenset(), None), None)


Flow: TypeAlias = "list[Step | Branch | Loop]"


class Interference:
    """Pairs of variables that need different names."""

    def __init__(self) -> None:
        self._others: dict[Var, set[Var]] = {}

    def add(self, one: Var, other: Var) -> None:
        """Record a pair."""
        if one is not other:
            self._others.setdefault(one, set()).add(other)
            self._others.setdefault(other, set()).add(one)

    def between(self, group: Sequence[Var], other: Sequence[Var]) -> bool:
        """Whether some variable of one group may not share a name with some variable of the other."""
        if len(group) > len(other):
            group, other = other, group
        targets = set(other)
        return any(not self._others.get(variable, set()).isdisjoint(targets) for variable in group)


def interference(flow: Flow, parameters: Iterable[Var]) -> Interference:
    """The pairs of variables of which one is defined while the other is still needed."""
    found = Interference()
    entry = Step(defines=tuple((parameter, None) for parameter in parameters))
    _before([entry, *flow], frozenset(), found)
    return found


def _before(flow: Flow, live: frozenset[Var], found: Interference | None) -> frozenset[Var]:
    """What is live before a sequence that has `live` after it; pairs are recorded in `found`."""
    for part in reversed(flow):
        match part:
            case Step(uses, defines):
                live = _before_step(uses, defines, live, found)
            case Branch(then, orelse):
                live = _before(then, live, found) | _before(orelse, live, found)
            case Loop(head, body, reads=reads):
                if found is not None:
                    _before(head, live | _before(body, live | reads, found), found)
                live = live | reads
    return live


def _before_step(
    uses: frozenset[Var],
    defines: tuple[tuple[Var, Var | None], ...],
    live: frozenset[Var],
    found: Interference | None,
) -> frozenset[Var]:
    targets = frozenset(target for target, _ in defines)
    if found is not None:
        for target, source in defines:
            for other in live | targets:
                if other is not source or other in targets:
                    found.add(target, other)
    return (live - targets) | uses
