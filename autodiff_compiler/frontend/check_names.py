"""Calls that cannot work, found in the source alone: in a function, and in the functions that it calls."""

from __future__ import annotations

from collections.abc import Iterator
from types import CodeType, ModuleType

import gast

from autodiff_compiler.errors import DifferentiationError, SourceUnavailable, UnknownOperator
from autodiff_compiler.frontend.calls import followed, missing, refusal
from autodiff_compiler.frontend.iteration import ITERATORS
from autodiff_compiler.frontend.names import Unknown, static_value
from autodiff_compiler.frontend.source import Source, is_library, read_source
from autodiff_compiler.location import Location

# What has names of its own; all of it is refused as syntax.
_DEFINITIONS = (
    *(gast.FunctionDef, gast.AsyncFunctionDef, gast.ClassDef, gast.Lambda),
    *(gast.ListComp, gast.SetComp, gast.DictComp, gast.GeneratorExp),
)


def check_names(source: Source) -> list[DifferentiationError]:
    """Every call of something with neither a rule nor Python source to follow, and every name that NumPy and
    its like do not have; callees are searched too, each once.

    Globals count as they are now; one that is not defined yet is none of our business.
    """
    return list(_Search().function(source, None))


class _Search:
    """The functions seen so far."""

    def __init__(self) -> None:
        self.seen: set[CodeType] = set()

    def function(self, source: Source, caller: Location | None) -> Iterator[DifferentiationError]:
        """The offences of a function, called from `caller`, and of what it calls."""
        if source.function.__code__ not in self.seen:
            self.seen.add(source.function.__code__)
            for statement in source.tree.body:
                yield from self._node(source, statement, caller)

    def _node(
        self, source: Source, node: gast.AST, caller: Location | None
    ) -> Iterator[DifferentiationError]:
        if isinstance(node, _DEFINITIONS):
            return
        if isinstance(node, gast.Attribute):
            yield from _attribute(source, node, caller)
        if isinstance(node, gast.Call):
            yield from self._call(source, node, caller)
        for name, child in gast.iter_fields(node):
            children = child if isinstance(child, list) else [child]
            if isinstance(node, (gast.Raise, gast.withitem)) or name == "msg":
                continue  # what an exception says needs no derivative
            if isinstance(node, gast.For) and name == "iter":
                children = list(_iterated(source, node.iter))
            for item in children:
                if isinstance(item, gast.AST) and name != "annotation":
                    yield from self._node(source, item, caller)

    def _call(
        self, source: Source, node: gast.Call, caller: Location | None
    ) -> Iterator[DifferentiationError]:
        try:
            target = static_value(source, node.func)
        except Unknown:
            return
        if not callable(target):
            return  # a type error, once it is called
        at = source.location(node, caller)
        refused = refusal(node, target)
        if refused is not None:
            yield UnknownOperator(*refused, location=at)
        plain = followed(target)
        if plain is not None:
            try:
                callee = read_source(plain)
            except SourceUnavailable as error:
                error.location = at
                yield error
            else:
                yield from self.function(callee, at)


def _attribute(
    source: Source, node: gast.Attribute, caller: Location | None
) -> Iterator[DifferentiationError]:
    """A library's name that it does not have."""
    try:
        owner = static_value(source, node.value)
    except Unknown:
        return
    if isinstance(owner, ModuleType) and is_library(owner.__name__) and not hasattr(owner, node.attr):
        yield UnknownOperator(*missing(owner, node.attr), location=source.location(node, caller))


def _iterated(source: Source, node: gast.AST) -> Iterator[gast.AST]:
    """What a loop runs over, under calls of `range`, `zip` and their like."""
    try:
        target = static_value(source, node.func) if isinstance(node, gast.Call) else None
    except Unknown:
        target = None
    if any(target is known for known in ITERATORS):
        for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
            yield from _iterated(source, argument)
    else:
        yield node
