"""The loops around a block, seen from the place where storage for their iterations is made."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from autodiff_compiler.differentiate.pairs import LoopPair
from autodiff_compiler.ir.build import Builder
from autodiff_compiler.ir.nodes import For, Var
from autodiff_compiler.ir.walk import bound


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
