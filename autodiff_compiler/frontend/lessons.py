"""What calls have taught about lengths, which the types of a program must know: axes of length one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from autodiff_compiler.frontend.axis_order import as_ordered
from autodiff_compiler.frontend.context import Frame
from autodiff_compiler.ir.build import FULL, Builder, array_type, integer
from autodiff_compiler.ir.nodes import Apply, Atom, Guard, Slice, Var, View
from autodiff_compiler.ir.types import BOOL, Array
from autodiff_compiler.location import Location

Use = tuple[Location | None, str]  # a place, and what is done there: an operator, or STORE


def as_learned(
    frame: Frame, builder: Builder, use: Use, operands: Sequence[Atom], first: int = 0
) -> list[Atom]:
    """The operands, numbered from `first`, of a statement, of lengths as calls have shown them."""
    if not frame.context.lessons:
        return list(operands)
    return [
        _as_learned(frame, builder, use, number, item) if isinstance(item, Var) else item
        for number, item in enumerate(operands, first)
    ]


def _as_learned(frame: Frame, builder: Builder, use: Use, number: int, operand: Var) -> Var:
    """An operand whose axes are known to be one where a call has taught that they are.

    That they are is guarded: where another call finds them longer, the program without that lesson is right.
    """
    if not isinstance(operand.type, Array):
        return operand
    kind = array_type(operand)
    lessons = [("one", *use, kind.rank - axis, number) for axis in range(kind.rank)]
    single = [
        axis
        for axis, lesson in enumerate(lessons)
        if lesson in frame.context.lessons and not kind.units[axis]
    ]
    if not single:
        return operand
    for axis in single:
        same = builder.assign(Apply("equal", (builder.dim(operand, axis), integer(1))), BOOL, "same")
        message = (
            f"axis {axis} of `{operand.name}` has one element in some calls, and more or none in this one"
        )
        builder.add(Guard(same, message, (), "ShapeMismatch", use[0], lesson=("no",)))
    only = Slice(integer(0), integer(1), None)
    index = tuple(only if axis in single else FULL for axis in range(kind.rank))
    units = tuple(unit or axis in single for axis, unit in enumerate(kind.units))
    contiguous = kind.contiguous and max(single) == 0
    made = builder.assign(
        View(operand, index), replace(kind, contiguous=contiguous, units=units), operand.name
    )
    as_ordered(frame.context, made, operand)
    return frame.context.same_memory(made, operand)


__all__ = ["as_learned"]
