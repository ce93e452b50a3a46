"""`try`: which handler takes over is a branch on the number of the exception that was raised."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import gast

from autodiff_compiler.errors import TypeMismatch, UnsupportedSyntax
from autodiff_compiler.frontend.context import Caught
from autodiff_compiler.frontend.expressions import lower_expression
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.merging import branch
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.silent import silent_failure
from autodiff_compiler.frontend.values import FALSE, Binding, Lowered, TupleValue, Undefined
from autodiff_compiler.ir.build import integer
from autodiff_compiler.ir.nodes import Atom, Const, Function, Statement
from autodiff_compiler.ir.types import BOOL

LowerBlock = Callable[[Scope, Sequence[gast.AST]], object]
Classes = tuple[type[BaseException], ...]

_NUMBERS = "the numbers and the text that an exception carries are not known while compiling"


def lower_try(scope: Scope, statement: gast.Try, lower_block: LowerBlock) -> None:
    """The body, then the handler of the exception on its way, if there is one, or else `else`."""
    frame = scope.frame
    classes = [_classes(scope, handler) for handler in statement.handlers]
    around = frame.handlers
    frame.handlers = (*around, tuple(cls for group in classes for cls in group))
    start = len(scope.builder.statements)
    try:
        lower_block(scope, statement.body)
    finally:
        frame.handlers = around
    _check_silent(scope, statement, scope.builder.statements[start:], classes)
    code = scope.atom(scope.names[frame.raised].value, statement, "the exception")
    _dispatch(scope, statement, code, classes, lower_block)


def _check_silent(
    scope: Scope, statement: gast.Try, inside: Sequence[Statement], classes: Sequence[Classes]
) -> None:
    """Refuse what may raise an exception that is caught here, but that no test before it would show.

    What is called there is looked at when all functions of the program are known.
    """
    frame = scope.frame

    def check(functions: Mapping[str, Function]) -> None:
        for handler, group in zip(statement.handlers, classes, strict=True):
            failure = silent_failure(inside, group, frame.context.checked, functions)
            if failure is not None:
                at, reason = failure
                frame.refuse(
                    UnsupportedSyntax, handler,
                    f"line {at.line} may raise what is caught here: {reason}" if at else reason,
                    "test the condition with `if` beforehand",
                )  # fmt: skip

    check({})
    frame.context.later.append(check)


def _classes(scope: Scope, handler: gast.ExceptHandler) -> Classes:
    """The classes that a handler catches."""
    if handler.type is None:
        return (BaseException,)
    value = lower_expression(scope, handler.type)
    found = [item.value for item in _items(value) if isinstance(item, Static)]
    classes = tuple(item for item in found if isinstance(item, type) and issubclass(item, BaseException))
    if len(classes) != len(_items(value)):
        scope.frame.refuse(
            TypeMismatch, handler.type, "this is no class of exceptions known while compiling",
            "except ValueError, or another class of exceptions",
        )  # fmt: skip
    return classes


def _items(value: Lowered) -> tuple[Lowered, ...]:
    return value.items if isinstance(value, TupleValue) else (value,)


def _dispatch(
    scope: Scope, statement: gast.Try, code: Atom, classes: Sequence[Classes], lower_block: LowerBlock
) -> None:
    """One branch for each handler that may take over."""
    known = scope.frame.context.exceptions
    numbers = [code.value] if isinstance(code, Const) else range(1, len(known) + 1)
    left = [int(number) for number in numbers if number]
    arms: list[tuple[gast.ExceptHandler, tuple[int, ...]]] = []
    for handler, group in zip(statement.handlers, classes, strict=True):
        taken = tuple(number for number in left if issubclass(known[number - 1].cls, group))
        left = [number for number in left if number not in taken]
        if taken:
            arms.append((handler, taken))
    _choose(scope, statement, code, arms, lower_block)


def _choose(
    scope: Scope,
    statement: gast.Try,
    code: Atom,
    arms: Sequence[tuple[gast.ExceptHandler, tuple[int, ...]]],
    lower_block: LowerBlock,
) -> None:
    if not arms:
        _otherwise(scope, statement, code, lower_block)
        return
    (handler, numbers), *others = arms
    taken: Atom = FALSE
    for number in numbers:
        one = scope.apply("equal", (code, integer(number)), BOOL)
        taken = one if taken == FALSE else scope.apply("logical_or", (taken, one), BOOL)
    branch(
        scope, handler, taken,
        lambda arm: _handle(arm, handler, code, numbers, lower_block),
        lambda arm: _choose(arm, statement, code, others, lower_block),
    )  # fmt: skip


def _otherwise(scope: Scope, statement: gast.Try, code: Atom, lower_block: LowerBlock) -> None:
    """Nothing was raised, or nothing that is caught here."""
    if statement.orelse:
        fine = scope.apply("equal", (code, integer(0)), BOOL)
        branch(scope, statement, fine, lambda arm: lower_block(arm, statement.orelse), lambda arm: None)


def _handle(
    scope: Scope,
    handler: gast.ExceptHandler,
    code: Atom,
    numbers: tuple[int, ...],
    lower_block: LowerBlock,
) -> None:
    frame = scope.frame
    name = handler.name.id if handler.name is not None else ""
    if name:
        exception = frame.context.exceptions[numbers[0] - 1]
        single = len(numbers) == 1 and exception.known
        scope.bind(name, Binding(Static(exception.made()) if single else Undefined(_NUMBERS)))
    around = frame.caught
    frame.caught = (*around, Caught(name, code, numbers))
    try:
        lower_block(scope, handler.body)
    finally:
        frame.caught = around
    if name:
        scope.bind(name, Binding(Undefined()))
