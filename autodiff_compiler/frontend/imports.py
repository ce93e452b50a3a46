"""`import` inside a function: it runs while compiling, and assigns what it names."""

from __future__ import annotations

import importlib
from types import ModuleType

import gast

from autodiff_compiler.errors import SourceUnavailable
from autodiff_compiler.frontend import nodes
from autodiff_compiler.frontend.source import Source


def imported(source: Source, statement: gast.Import | gast.ImportFrom) -> list[gast.stmt]:
    """`from math import pi as p` as `p = <the module>.pi`; SourceUnavailable where that fails."""
    if isinstance(statement, gast.ImportFrom):
        module = _module(source, statement, "." * (statement.level or 0) + (statement.module or ""))
        return [_taken_from(source, statement, module, alias) for alias in statement.names]
    made: list[gast.stmt] = []
    for alias in statement.names:
        first = alias.name.partition(".")[0]
        module = _module(source, statement, alias.name)
        bound = module if alias.asname else _module(source, statement, first)
        made.append(nodes.assign(alias.asname or first, nodes.constant(bound), statement))
    return made


def _taken_from(source: Source, statement: gast.AST, module: ModuleType, alias: gast.alias) -> gast.stmt:
    if not hasattr(module, alias.name):
        _module(source, statement, f"{module.__name__}.{alias.name}")  # a module of the package
    value = gast.Attribute(nodes.constant(module), alias.name, gast.Load())
    return nodes.assign(alias.asname or alias.name, value, statement)


def _module(source: Source, statement: gast.AST, name: str) -> ModuleType:
    package = source.namespace.get("__package__")
    try:
        return importlib.import_module(name, package if isinstance(package, str) else None)
    except ImportError as error:
        where = source.location(statement)
        raise SourceUnavailable(f"the import fails: {error}", "a module that is installed", where) from None
