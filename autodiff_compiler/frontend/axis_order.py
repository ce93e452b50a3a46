"""Whether NumPy is known to lay an array out in C order.

Most of NumPy's functions lay their result out as their operands are (order="K"): `a.T * 2` is in Fortran
order. Here it is new memory in C order, and only reshapes tell the two apart: `ravel` gives a view of the one
and a copy of the other. So nothing is claimed of the order of such arrays, and reshapes of them are what they
are of arrays with gaps.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from autodiff_compiler.frontend.context import Context, Frame, stands_in
from autodiff_compiler.ir.build import FULL, Builder
from autodiff_compiler.ir.nodes import Var, View
from autodiff_compiler.ir.types import Array

T = TypeVar("T")


def in_order(context: Context, value: object) -> bool:
    """Whether the axes of a value, if it has several, surely follow each other in memory, gaps or not."""
    if not (isinstance(value, Var) and isinstance(value.type, Array)):
        return True
    return value.type.rank < 2 or value.type.contiguous or value in context.ordered


def as_ordered(context: Context, view: Var, array: Var) -> Var:
    """A view by slices and new axes: its axes follow each other as those of the array do."""
    if in_order(context, array):
        context.ordered.add(view)
    return view


def as_operands(frame: Frame, builder: Builder, made: T, operands: Iterable[object]) -> T:
    """A new array that NumPy lays out as the operands are."""
    if all(in_order(frame.context, operand) for operand in operands):
        return made
    return unknown_order(frame, builder, made)


def unknown_order(frame: Frame, builder: Builder, made: T) -> T:
    """A new array of which it is not known how NumPy lays it out; stand-ins see it as it is here."""
    if not (isinstance(made, Var) and isinstance(made.type, Array)) or stands_in(frame.source.function):
        return made
    if made.type.rank < 2 or not made.type.contiguous:
        return made
    kind = replace(made.type, contiguous=False)
    return builder.assign(View(made, (FULL,) * kind.rank), kind, made.name)  # type: ignore[return-value]


__all__ = ["as_operands", "as_ordered", "in_order", "unknown_order"]
