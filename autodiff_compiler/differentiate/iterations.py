"""The iterations of loops, numbered: how many places storage for them needs, and the place of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from autodiff_compiler.differentiate.pairs import LoopPair
from autodiff_compiler.ir.build import Builder, integer
from autodiff_compiler.ir.nodes import Apply, Atom, Const, For, Var
from autodiff_compiler.ir.types import INT
from autodiff_compiler.ir.walk import bound

Place = Callable[[Builder, Var], Atom]  # the number of an iteration, given its loop's index


@dataclass
class Chain:
    """The loops between the place where storage is made and a block, outermost first."""

    loops: tuple[LoopPair, ...]
    made: Builder  # statements before the outermost loop

    def inner(self, loop: LoopPair) -> Chain:
        """The chain of a block inside one more loop."""
        return Chain((*self.loops, loop), self.made)

    @cached_property
    def counted(self) -> bool:
        """Whether all iteration counts are known before the outermost loop."""
        if not all(isinstance(loop.forward, For) for loop in self.loops):
            return False
        inside = set(bound(self.loops[0].forward))
        atoms = (atom for loop in self.loops[1:] for atom in loop.bounds())
        return not any(atom in inside for atom in atoms if isinstance(atom, Var))


def numbering(made: Builder, loop: LoopPair, lengths: frozenset[Var]) -> tuple[Atom, Place]:
    """How many places a loop's iterations need, and the place of an iteration, given its index."""
    start, stop, step = loop.bounds()
    if isinstance(start, Const) and isinstance(step, Const) and start.value >= 0 and step.value == 1:
        return (stop if stop in lengths else _positive(made, stop)), lambda builder, index: index
    if step == integer(-1) and isinstance(stop, Const) and stop.value >= -1:
        size = made.assign(Apply("add", (start, integer(1))), INT, "size")
        return _positive(made, size), lambda builder, index: index
    span = made.assign(Apply("subtract", (stop, start)), INT, "span")
    size = span
    if step not in (integer(1), integer(-1)):
        size = made.assign(Apply("floor_divide", (span, step)), INT, "size")
    elif step == integer(-1):
        size = made.assign(Apply("negative", (span,)), INT, "size")
    size = made.assign(Apply("add", (size, integer(1))), INT, "size")

    def place(builder: Builder, index: Var) -> Atom:
        offset = builder.assign(Apply("subtract", (index, start)), INT, "place")
        return builder.assign(Apply("floor_divide", (offset, step)), INT, "place")

    return _positive(made, size), place


def _positive(made: Builder, size: Atom) -> Atom:
    """A size for an allocation: the stop of a range may be negative."""
    if isinstance(size, Const):
        return size if size.value >= 0 else integer(0)
    return made.assign(Apply("maximum", (size, integer(0))), INT, size.name)
