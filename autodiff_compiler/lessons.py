"""What a program learns from calls for whose lengths it was not made, and what is said where it cannot.

A guard that fails may have a *lesson*; then the function is compiled anew with that, beside the programs that
there are, and called again. The guards say, and what is asked for holds (a `Request`):

- ("some", place): the slice there may have no elements; it was taken to have one, which broadcasts.
- ("one", operator, axis, operand, other, i, j): lengths differ along an axis, counted from the last one. They
  are numbers i and j of those shown; the operand of the statement whose length is one is broadcast. For a
  `Store`, the operator is "store", and -1 the value. Asked for as ("one", place, operator, axis, operand).
- ("no",): what was learned from another call does not hold for this one.
- a line of a file: it puts lists of different lengths into one list (decision 24).
"""

from __future__ import annotations

from dataclasses import replace

from autodiff_compiler.errors import CompilerBug, DifferentiationError, ShapeMismatch
from autodiff_compiler.pipeline import Lesson, NeedsStatic, Program, Request, compile_request
from autodiff_compiler.safety import LengthsDiffer


def with_own_lengths(program: Program, differ: LengthsDiffer) -> Program:
    """The program for lists of lists in which each has a length of its own, or for lengths learned.

    Raises ShapeMismatch where there is none.
    """
    request = program.request
    try:
        return compile_request(replace(request, lessons=request.lessons | new_lessons(differ, request)))
    except DifferentiationError as refused:
        raise alike_after_all(differ, refused) from None
    except NeedsStatic:  # another number of the caller's would have to be known
        raise ShapeMismatch(differ.reason, location=differ.location) from None


def new_lessons(differ: LengthsDiffer, request: Request) -> frozenset[Lesson]:
    """What a failure teaches; raises what it stands for where that has been tried already."""
    at = differ.location
    lessons: frozenset[Lesson] = frozenset() if at is None else frozenset({(at.filename, at.line)})
    if differ.lesson:
        lessons = frozenset({differ.lesson})
    if lessons <= request.lessons or differ.lesson == ("no",):
        raise differ.error(differ.reason, location=at) from None
    return lessons


def alike_after_all(differ: LengthsDiffer, refused: DifferentiationError) -> DifferentiationError:
    """What to raise where what the lists are used for needs them to be of one length."""
    if isinstance(refused, CompilerBug):
        return refused
    line = f" in line {refused.location.line}" if refused.location is not None else ""
    reason = f"{differ.reason}\nthat they may differ is not supported here:{line} {refused.reason}"
    return ShapeMismatch(reason, suggestion=refused.suggestion, location=differ.location)
