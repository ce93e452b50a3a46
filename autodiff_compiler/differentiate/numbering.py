"""The iterations of a loop as places 0, 1, ... of an array."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from autodiff_compiler.differentiate.pairs import LoopPair
from autodiff_compiler.ir.build import Builder, integer
from autodiff_compiler.ir.nodes import Apply, Atom, Const, Var
from autodiff_compiler.ir.types import INT

Place: TypeAlias = Callable[[Builder, Var], Atom]  # the number of an iteration, given its loop's index


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
