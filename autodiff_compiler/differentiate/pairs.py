"""A statement and its reversal, side by side, before it is decided how values get from one to the other.

The reverse statements in these lists read the forward statements' variables as if they were all in scope.
`assemble.py` makes that true: by running both sweeps in one loop, by recomputing, or by saving.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from autodiff_compiler.ir.build import integer
from autodiff_compiler.ir.nodes import Atom, Block, Callee, Carry, For, Function, If, Statement, Var, While
from autodiff_compiler.location import Location


@dataclass(eq=False)
class LoopPair:
    """A loop, and the loop that reverses it over the same iterations backwards."""

    forward: For | While  # its body is replaced by `body`
    body: BlockPair
    index: Var  # of the reverse loop: the forward index, or the number of the iteration of a While
    carries: tuple[Carry, ...]  # of the reverse loop; `body.reverse_yields` are the next values
    position: Var  # the forward variable that `index` stands for
    trips: Var | None  # of a While: the number of iterations, known after it
    at: Location | None

    def bounds(self) -> tuple[Atom, Atom, Atom]:
        """Start, stop and step of the forward iterations; those of a While are numbered from 0."""
        if isinstance(self.forward, For):
            return self.forward.start, self.forward.stop, self.forward.step
        assert self.trips is not None
        return integer(0), self.trips, integer(1)


@dataclass(eq=False)
class BranchPair:
    """A branch and its reversal under the same condition."""

    forward: If
    then: BlockPair
    orelse: BlockPair
    results: tuple[Var, ...]  # of the reverse branch
    at: Location | None


@dataclass(frozen=True)
class CallSweeps:
    """Both sweeps of a function that is called: `reverse` takes the arguments at `needed`, then seeds.

    After those it takes the shadows of the arrays among the arguments chosen, and the tape; it gives the
    cotangents of the numbers among them.
    """

    forward: Callee
    reverse: Callee
    needed: tuple[int, ...]


class CallReversal(Protocol):
    """Where a reversal gets the sweeps of the functions that are called."""

    tape: Var  # what the sweeps share

    def rule(self, name: str) -> Function:
        """The function that reverses a call of a function of the runtime."""

    def sweeps(
        self, name: str, wrt: tuple[int, ...], seeds: tuple[int, ...], lasting: tuple[int, ...]
    ) -> CallSweeps:
        """The sweeps of a function for the arguments `wrt` and cotangents of the results `seeds`.

        The arrays among the arguments that are `lasting` are not written any more once it has begun.
        """


Item: TypeAlias = Statement | LoopPair | BranchPair


@dataclass(eq=False)
class BlockPair:
    """Statements in order and what reverses them, in the order in which it runs."""

    source: Block
    forward: list[Item] = field(default_factory=list)
    reverse: list[Item] = field(default_factory=list)
    reverse_yields: tuple[Atom, ...] = ()
