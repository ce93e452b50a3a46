"""Calls that cannot work, found in the source alone: in a function, and in the functions that it calls."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from types import CellType, CodeType, ModuleType

import gast
import numpy as np

from autodiff_compiler.errors import DifferentiationError, SourceUnavailable, UnknownOperator
from autodiff_compiler.frontend.calls import LIBRARIES, followed, missing, refusal
from autodiff_compiler.frontend.iteration import ITERATORS
from autodiff_compiler.frontend.source import Source, read_source
from autodiff_compiler.location import Location

# What has names of its own; all of it is refused as syntax.
_DEFINITIONS = (
    *(gast.FunctionDef, gast.AsyncFunctionDef, gast.ClassDef, gast.Lambda),
    *(gast.ListComp, gast.SetComp, gast.DictComp, gast.GeneratorExp),
)


class _Unknown(Exception):
    """What an expression stands for is only known when the function is called."""


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
            if isinstance(node, gast.For) and name == "iter":
                children = list(_iterated(source, node.iter))
            for item in children:
                if isinstance(item, gast.AST) and name != "annotation":
                    yield from self._node(source, item, caller)

    def _call(
        self, source: Source, node: gast.Call, caller: Location | None
    ) -> Iterator[DifferentiationError]:
        try:
            target = _value(source, node.func)
        except _Unknown:
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
        owner = _value(source, node.value)
    except _Unknown:
        return
    if (
        isinstance(owner, ModuleType)
        and owner.__name__.partition(".")[0] in LIBRARIES
        and not hasattr(owner, node.attr)
    ):
        yield UnknownOperator(*missing(owner, node.attr), location=source.location(node, caller))


def _iterated(source: Source, node: gast.AST) -> Iterator[gast.AST]:
    """What a loop runs over, under calls of `range`, `zip` and their like."""
    try:
        target = _value(source, node.func) if isinstance(node, gast.Call) else None
    except _Unknown:
        target = None
    if any(target is known for known in ITERATORS):
        for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
            yield from _iterated(source, argument)
    else:
        yield node


def _value(source: Source, node: gast.AST) -> object:
    """What a name or a chain of attributes stands for, where it does not depend on the arguments."""
    match node:
        case gast.Name(id=name):
            return _named(source, name)
        case gast.Attribute(value=inner, attr=name):
            owner = _value(source, inner)
            if isinstance(owner, (np.ndarray, np.generic, int, float)) or not hasattr(owner, name):
                raise _Unknown
            return getattr(owner, name)
        case _:
            raise _Unknown


def _named(source: Source, name: str) -> object:
    """A closure's, global's or builtin's value, in Python's order."""
    code = source.function.__code__
    if name in code.co_varnames or name in code.co_cellvars:
        raise _Unknown
    if name in source.cells:
        if source.cells[name] == CellType():
            raise _Unknown
        return source.cells[name].cell_contents
    if name not in source.namespace and not hasattr(builtins, name):
        raise _Unknown
    return source.namespace.get(name, getattr(builtins, name, None))
