"""Which calls may raise an exception by a `raise` or `assert` that somebody wrote, or StopIteration."""

from __future__ import annotations

import contextlib
import functools
import inspect
from types import CodeType, FunctionType

import gast

from autodiff_compiler.composed.declare import is_known_while_compiling
from autodiff_compiler.errors import SourceUnavailable
from autodiff_compiler.frontend.implicit_tests import Classes, tested_in, tests_of
from autodiff_compiler.frontend.names import Unknown, static_value
from autodiff_compiler.frontend.source import Source, is_library, plain_function, read_source
from autodiff_compiler.operators import Composed, registry


class Raises:
    """Looks into called functions, each once."""

    def __init__(self, caught: Classes) -> None:
        self.caught = caught  # of what Python raises by itself, what counts
        self.seen: dict[tuple[CodeType, Classes], bool] = {}

    def somewhere(self, source: Source, node: gast.AST) -> bool:
        """Whether evaluating an expression may raise; where a callee is not known, it may."""
        return any(
            (isinstance(item, gast.Call) and self.call(source, item))
            or bool(tests_of(source, item, self.caught))
            for item in gast.walk(node)
        )

    def call(self, source: Source, node: gast.Call) -> bool:
        """Whether the call itself may raise, not its arguments."""
        try:
            target = static_value(source, node.func)
        except Unknown:
            entry = registry.by_method(node.func.attr) if isinstance(node.func, gast.Attribute) else None
            if entry is None or _may_be_of_a_class(source, node.func.attr):
                return True
            return isinstance(entry, Composed) and self._callee(entry.function)
        if isinstance(target, type) and issubclass(target, BaseException):
            return False
        if target is next and len(node.args) > 1:
            return False
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        return self._callee(target) or any(self._given(source, argument) for argument in given)

    def _given(self, source: Source, node: gast.AST) -> bool:
        """Whether an argument is a function that may raise when it is called."""
        if isinstance(node, gast.Lambda):
            return self.somewhere(source, node.body)
        try:
            target = static_value(source, node)
        except Unknown:
            return False
        return self._callee(target)

    def _callee(self, target: object) -> bool:
        entry = registry.by_callable(target)
        if isinstance(entry, Composed):
            return self._callee(entry.function)
        if entry is not None or is_known_while_compiling(target):
            return False
        if isinstance(target, functools.partial):
            return self._callee(target.func)
        if target is next:
            return True
        if isinstance(target, type):
            made = (getattr(target, name, None) for name in ("__new__", "__init__", "__post_init__"))
            return any(isinstance(item, FunctionType) and self._callee(item) for item in made)
        plain = plain_function(target) or plain_function(
            inspect.getattr_static(type(target), "__call__", None)
        )
        if plain is None or is_library(plain.__module__):
            return False
        key = plain.__code__, self.caught
        if key not in self.seen:
            self.seen[key] = False  # a function that calls itself raises if the rest of it does
            around = self.caught
            self.caught = tested_in(plain, around)
            with contextlib.suppress(SourceUnavailable):  # refused where it is called
                self.seen[key] = self._function(read_source(plain))
            self.caught = around
        return self.seen[key]

    def _function(self, source: Source) -> bool:
        return any(
            isinstance(node, (gast.Raise, gast.Assert)) or self.somewhere(source, node)
            for statement in source.tree.body
            for node in gast.walk(statement)
        )


def _may_be_of_a_class(source: Source, method: str) -> bool:
    """Whether a class that the function's module knows has a method that is called as one of arrays is."""
    known = source.function.__globals__.values()
    return any(
        isinstance(getattr(item, method, None), FunctionType) for item in known if isinstance(item, type)
    )
