"""Copies of arrays before loops that read each element many times, for the reversal of these loops.

A loop over all pairs reads n elements n² times. If something after the loop overwrites them, the reversal
needs what they were: a copy of n elements before the loop costs less than n² saved values.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from autodiff_compiler.analysis.lengths import Lengths
from autodiff_compiler.analysis.overwrites import Overwrites
from autodiff_compiler.ir.build import Builder, array_type
from autodiff_compiler.ir.nodes import (
    Apply,
    Assign,
    Atom,
    Block,
    Const,
    Dim,
    For,
    Load,
    Slice,
    Statement,
    Var,
    View,
    While,
)
from autodiff_compiler.ir.walk import blocks

_ALL = Slice(None, None, None)
_Axes = tuple[Const | None, ...]  # of an array: the one index that is read, or None: every one


@dataclass
class Snapshots:
    """The copies made so far, and which reads they stand in for."""

    overwrites: Overwrites
    sizes: Lengths

    def __post_init__(self) -> None:
        self._values: dict[int, Load] = {}  # by the identity of the statement that reads
        self._kept: list[Statement] = []  # so that no identity is used again

    def value(self, statement: Assign) -> Load | None:
        """The read of a copy that gives what the statement has read; None if there is no copy."""
        return self._values.get(id(statement))

    def before(self, loop: For | While) -> list[Statement]:
        """Copies to be made before the loop; those that no reversal reads are dropped later."""
        made = Builder(loop.at)
        copies: dict[tuple[Var, _Axes], Var] = {}
        for statement, loops in _reads(loop.body, (loop,)):
            load = statement.value
            assert isinstance(load, Load)
            if id(statement) in self._values or not self._overwritten_only_after(loop, statement, load):
                continue
            axes = self._axes(load, loops)
            if axes is None:
                continue
            key = (load.array, axes)
            if key not in copies:
                copies[key] = self._copy(load.array, axes, made)
            index = tuple(atom for atom, axis in zip(load.index, axes, strict=True) if axis is None)
            self._values[id(statement)] = Load(copies[key], index)
            self._kept.append(statement)
        return made.statements

    def _overwritten_only_after(self, loop: For | While, statement: Assign, load: Load) -> bool:
        return (
            self.overwrites.outside(load.array, loop)
            and not self.overwrites.inside(load.array, loop)
            and load.array in self.sizes
            and self.overwrites.after(load.array, statement)
        )

    def _axes(self, load: Load, loops: tuple[For | While, ...]) -> _Axes | None:
        """What of each axis the loops read, if they read all of it again and again; else None."""
        found: list[Const | None] = []
        sweeping: list[For] = []
        for atom, length in zip(load.index, self.sizes[load.array], strict=True):
            if isinstance(atom, Const):
                found.append(atom)
                continue
            base, shift = self.overwrites.shifted(atom)
            loop = next((item for item in loops if isinstance(item, For) and item.index is base), None)
            if (
                loop is None
                or not self._sweeps(loop, length)
                or not self.overwrites.never_negative(loop, shift)
            ):
                return None
            found.append(None)
            sweeping.append(loop)
        again = any(not any(item is other for other in sweeping) for item in loops)
        return tuple(found) if again and sweeping else None

    def _sweeps(self, loop: For, length: Atom) -> bool:
        """Whether the loop goes to the end of an axis, but for a constant."""
        stop, whole = self._length(loop.stop), self._length(length)
        upwards = isinstance(loop.step, Const) and loop.step.value == 1
        return upwards and (stop is whole or (isinstance(stop, Const) and stop == whole))

    def _length(self, atom: Atom) -> Atom:
        """The atom that stands for a length, a constant added to it or not."""
        base, _ = self.overwrites.shifted(atom)
        if base is None:
            return atom
        match self.overwrites.definitions.get(base):
            case Dim(array, axis) if array in self.sizes:
                return self.sizes[array][axis]
        return base

    def _copy(self, array: Var, axes: _Axes, made: Builder) -> Var:
        kind = array_type(array)
        part = array
        if any(axis is not None for axis in axes):
            swept = tuple(k for k, axis in enumerate(axes) if axis is None)
            units = tuple(kind.units[k] for k in swept)
            view = View(array, tuple(_ALL if axis is None else axis for axis in axes))
            kind = replace(kind, rank=len(swept), units=units, contiguous=False)
            part = made.assign(view, kind, array.name)
        copied = made.assign(Apply("copy", (part,)), replace(kind, contiguous=True), f"{array.name}_before")
        self.sizes[copied] = tuple(
            length for length, axis in zip(self.sizes[array], axes, strict=True) if axis is None
        )
        return copied


def _reads(block: Block, loops: tuple[For | While, ...]) -> Iterator[tuple[Assign, tuple[For | While, ...]]]:
    """The reads of elements at any depth, with the loops around them from `loops` on; nests left out."""
    for statement in block.statements:
        match statement:
            case Assign(_, Load()):
                yield statement, loops
            case For(body=body) | While(body=body):
                yield from _reads(body, (*loops, statement))
            case _:
                for inner in blocks(statement):
                    yield from _reads(inner, loops)
