"""Operations for which Python raises an exception and compiled code goes on with infinity or NaN."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autodiff_compiler.ir.nodes import Apply, Assign, Load, Statement, Value, View
from autodiff_compiler.ir.types import Scalar
from autodiff_compiler.ir.walk import blocks
from autodiff_compiler.location import Location

_DIVISIONS = ("divide", "floor_divide", "remainder")
_ARITHMETIC = (
    *("add", "subtract", "multiply", "negative", "positive", "absolute", "minimum", "maximum", "where"),
    *("cast", "copy", "sign", "square"),
)

Failure = tuple[Location | None, str]


def silent_failure(
    statements: Sequence[Statement], classes: tuple[type[BaseException], ...]
) -> Failure | None:
    """The first operation among the statements that may raise one of the classes in Python alone."""
    for statement, value in _values(statements):
        for cls, reason in _failures(value, statement):
            if issubclass(cls, classes):
                return statement.at, reason
    return None


def _values(statements: Sequence[Statement]) -> Iterator[tuple[Assign, Value]]:
    for statement in statements:
        if isinstance(statement, Assign):
            yield statement, statement.value
        for block in blocks(statement):
            yield from _values(block.statements)


def _failures(value: Value, statement: Assign) -> Iterator[tuple[type[BaseException], str]]:
    """What evaluating the value may raise in Python, and how that is said."""
    kind = statement.target.type
    match value:
        case Load() | View():
            yield IndexError, "an index may be out of bounds"
        case Apply(operator) if isinstance(kind, Scalar) and kind.weak:
            if operator in _DIVISIONS:
                yield ZeroDivisionError, "a divisor may be zero"
            elif operator == "power":
                yield ZeroDivisionError, "a negative power of zero"
                yield OverflowError, "a power may be too large"
            elif operator not in _ARITHMETIC and not operator.startswith(("logical", "bitwise")):
                yield ValueError, f"`{operator}` may be called outside its domain"
                yield OverflowError, f"the result of `{operator}` may be too large"
        case _:
            return
