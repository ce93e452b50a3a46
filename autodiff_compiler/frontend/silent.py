"""Operations whose exception no handler would see: Python raises it, compiled code goes on or stops."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

from autodiff_compiler.analysis.summaries import called, reachable
from autodiff_compiler.ir.nodes import (
    Apply,
    Assign,
    Block,
    Const,
    For,
    Function,
    Guard,
    Load,
    Statement,
    Store,
    Var,
    View,
    While,
)
from autodiff_compiler.ir.types import Scalar
from autodiff_compiler.ir.walk import blocks
from autodiff_compiler.location import Location

_DIVISIONS = ("divide", "floor_divide", "remainder")
_ARITHMETIC = (
    *("add", "subtract", "multiply", "negative", "positive", "absolute", "minimum", "maximum", "where"),
    *("cast", "copy", "sign", "square"),
)
_TOTAL = ("tanh", "arctan", "arctan2", "arcsinh", "hypot", "copysign", "erf", "erfc")  # of every number
_OVERFLOWING = ("exp", "expm1", "sinh", "cosh")  # of every number, but may be too large

Failure = tuple[Location | None, str]
Checked = tuple[Location, type[BaseException]]


def silent_failure(
    statements: Sequence[Statement], classes: tuple[type[BaseException], ...], checked: Set[Checked],
    functions: Mapping[str, Function] | None = None,
) -> Failure | None:  # fmt: skip
    """The first operation among the statements that may raise one of the classes, but not for a handler.

    Those at the `checked` places raise the exception by a test before them; a loop takes its own items.
    With `functions`, what the statements call is looked at too.
    """
    for function in (
        reachable(functions, Function("", (), Block(tuple(statements)))).values() if functions else ()
    ):
        found = silent_failure(function.body.statements, classes, checked)
        if found is not None:
            return found
    for statement in statements:
        if isinstance(statement, (Assign, Guard, Store)):
            for cls, reason in _failures(statement):
                if issubclass(cls, classes) and (statement.at, cls) not in checked:
                    return statement.at, reason
        inside = checked
        if isinstance(statement, (For, While)) and statement.at:
            inside = checked | {(statement.at, IndexError)}
        for block in blocks(statement):
            found = silent_failure(block.statements, classes, inside)
            if found is not None:
                return found
    return None


def _called(statements: Sequence[Statement], functions: Mapping[str, Function]) -> Iterable[Function]:
    """The functions that statements call, directly or not; none where an attempt at some was given up."""
    start = Function("", (), Block(tuple(statements)))
    return reachable(functions, start).values() if set(called(start)) <= set(functions) else ()


def _failures(statement: Assign | Guard | Store) -> Iterator[tuple[type[BaseException], str]]:
    """What a statement may raise in Python, and how that is said."""
    if isinstance(statement, Guard):
        cls = getattr(statement.make, "cls", None)
        if cls is not None:
            yield cls, f"{cls.__name__} is raised by a check, which no handler sees"
        return
    if isinstance(statement, Store):
        if statement.index:
            yield IndexError, "an index may be out of bounds"
        return
    kind = statement.target.type
    match statement.value:
        case Load() | View() if any(isinstance(item, (Var, Const)) for item in statement.value.index):
            yield IndexError, "an index may be out of bounds"
        case Apply(operator) if isinstance(kind, Scalar) and kind.weak:
            if operator in _DIVISIONS:
                yield ZeroDivisionError, "a divisor may be zero"
            elif operator == "power":
                yield ZeroDivisionError, "a negative power of zero"
                yield OverflowError, "a power may be too large"
            elif operator not in (*_ARITHMETIC, *_TOTAL) and not operator.startswith(("logical", "bitwise")):
                if operator not in _OVERFLOWING:
                    yield ValueError, f"`{operator}` may be called outside its domain"
                yield OverflowError, f"the result of `{operator}` may be too large"
        case _:
            return
