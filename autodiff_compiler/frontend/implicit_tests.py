"""Which operations are tested for an exception that Python raises by itself, where a handler catches it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from types import FunctionType
from typing import TypeAlias

import gast

from autodiff_compiler.frontend import nodes
from autodiff_compiler.frontend.context import COMPOSED, CONDITIONS, STAND_INS
from autodiff_compiler.frontend.domains import DOMAINS
from autodiff_compiler.frontend.marks import (
    divides_as_power,
    divides_by_zero,
    is_outside,
    lacks_attribute,
    lacks_items,
    lacks_key,
    lacks_length,
    leaves_domain,
    overflows_as_power,
    refuses_attribute,
)
from autodiff_compiler.frontend.names import Unknown, static_value
from autodiff_compiler.frontend.source import Source

Classes = frozenset[type[BaseException]]
Handlers = tuple[tuple[type[BaseException], ...], ...]  # what each `try` around catches

TESTED = (
    *(ZeroDivisionError, OverflowError, ValueError, IndexError, KeyError, AttributeError, TypeError),
)  # the classes that there are tests for
_DIVISIONS = (gast.Div, gast.FloorDiv, gast.Mod)


def tested_among(caught: Iterable[type[BaseException]]) -> Classes:
    """The classes that are tested for where these are caught."""
    around = tuple(caught)
    return frozenset(cls for cls in TESTED if issubclass(cls, around))


def never_tested(function: FunctionType) -> Classes:
    """The classes of which a function needs no tests: functions of ours that stand for NumPy's raise nothing.

    They are right for all arguments, or have a `raise`.
    """
    return frozenset(TESTED) if _is_in(function, f"{CONDITIONS}.", COMPOSED) else frozenset()


def tested_in(function: FunctionType, caught: Classes) -> Classes:
    """Which of these classes are tested for in a function; what stands for another is tested where called."""
    return frozenset() if _is_in(function, *STAND_INS) else caught


def _is_in(function: FunctionType, *modules: str) -> bool:
    return f"{function.__module__}.".startswith(modules)


def catching_in(function: FunctionType, handlers: Handlers) -> Classes | None:
    """Which classes are tested for in a function that is called inside these handlers; None without any."""
    if not handlers:
        return None
    return tested_in(function, tested_among(cls for group in handlers for cls in group))


@dataclass(frozen=True)
class Part:
    """A place in the tree that holds an expression: a field of a node, or a position in a list."""

    owner: gast.AST | list[gast.expr]
    key: str | int

    @property
    def expression(self) -> gast.expr:
        """What stands there."""
        if isinstance(self.owner, list):
            return self.owner[int(self.key)]
        return getattr(self.owner, str(self.key))

    def replace(self, expression: gast.expr) -> None:
        """Put another one there."""
        if isinstance(self.owner, list):
            self.owner[int(self.key)] = expression
        else:
            setattr(self.owner, str(self.key), expression)


Operand: TypeAlias = "Part | gast.expr"


@dataclass(frozen=True)
class Test:
    """What is raised, when, and the operands of the condition."""

    cls: type[BaseException]
    condition: Callable[..., object]
    operands: tuple[Operand, ...]

    def call(self, operands: list[gast.expr]) -> gast.expr:
        """The condition on these operands."""
        known = nodes.constant(self.condition)
        if self.condition.__module__ == leaves_domain.__module__:
            return nodes.call(known, *operands)
        return nodes.call(nodes.constant(leaves_domain), known, *operands)


def tests_of(source: Source, node: gast.AST, caught: Classes) -> list[Test]:
    """The tests before an operation for what it raises of these classes."""
    return [test for test in _tests(source, node) if test.cls in caught] if caught else []


def _tests(source: Source, node: gast.AST) -> Iterator[Test]:
    match node:
        case gast.BinOp(op=operator):
            yield from _of_operator(operator, Part(node, "left"), Part(node, "right"))
        case gast.AugAssign(op=operator, target=target):
            yield from _of_operator(operator, as_read(target), Part(node, "value"))
        case gast.Subscript() if _is_element(node):
            held = Part(node, "value"), Part(node, "slice")
            yield Test(IndexError, is_outside, held)
            if isinstance(node.ctx, gast.Load):
                yield Test(KeyError, lacks_key, held)
        case gast.Attribute(ctx=gast.Load(), attr=name):
            yield Test(AttributeError, lacks_attribute, (Part(node, "value"), nodes.constant(name)))
        case gast.Attribute(ctx=gast.Store(), attr=name):
            yield Test(AttributeError, refuses_attribute, (Part(node, "value"), nodes.constant(name)))
        case gast.Call(func=gast.Attribute(attr="pop"), keywords=[]):
            yield from _of_pop(Part(node.func, "value"), node.args)
        case gast.Call(args=arguments, keywords=[]) if _are_plain(arguments):
            yield from _of_function(_function(source, node), arguments)


def _of_pop(held: Part, arguments: list[gast.expr]) -> Iterator[Test]:
    if not arguments:
        yield Test(IndexError, lacks_items, (held,))
    elif len(arguments) == 1:
        yield Test(IndexError, is_outside, (held, Part(arguments, 0)))
        yield Test(KeyError, lacks_key, (held, Part(arguments, 0)))


def _of_function(function: object, arguments: list[gast.expr]) -> Iterator[Test]:
    given = tuple(Part(arguments, k) for k in range(len(arguments)))
    if function is len and len(given) == 1:
        yield Test(TypeError, lacks_length, given)
    elif function in (min, max) and len(given) == 1:
        yield Test(ValueError, lacks_items, given)
    elif function not in (int, round) or len(given) == 1:
        for cls, condition in DOMAINS.get(function, ()):
            yield Test(cls, condition, given)


def _of_operator(operator: gast.AST, *operands: Operand) -> Iterator[Test]:
    if isinstance(operator, _DIVISIONS):
        yield Test(ZeroDivisionError, divides_by_zero, operands)
    elif isinstance(operator, gast.Pow):
        yield Test(ZeroDivisionError, divides_as_power, operands)
        yield Test(OverflowError, overflows_as_power, operands)


def as_read(target: gast.expr) -> gast.expr:
    """The expression that reads what an augmented assignment changes."""
    read = copy.deepcopy(target)
    read.ctx = gast.Load()
    return read


def _function(source: Source, node: gast.Call) -> object:
    try:
        function = static_value(source, node.func)
        hash(function)
    except (Unknown, TypeError):
        return None
    return function


def _are_plain(arguments: list[gast.expr]) -> bool:
    return bool(arguments) and not any(isinstance(item, gast.Starred) for item in arguments)


def _is_element(node: gast.Subscript) -> bool:
    """Whether a subscript takes an element: slices are never out of bounds."""
    parts = node.slice.elts if isinstance(node.slice, gast.Tuple) else [node.slice]
    return not any(isinstance(part, (gast.Slice, gast.Starred)) for part in parts)
