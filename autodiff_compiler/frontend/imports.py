"""`import` inside a function: it runs while compiling, and binds what it names."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from types import ModuleType

import gast

from autodiff_compiler.errors import SourceUnavailable
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import Binding


def lower_import(scope: Scope, statement: gast.Import | gast.ImportFrom) -> None:
    """Bind the modules, or the names taken from one; located errors where there are none."""
    if isinstance(statement, gast.Import):
        for alias in statement.names:
            module = _module(scope, statement, alias.name)
            outer = _module(scope, statement, alias.name.partition(".")[0])
            bound = module if alias.asname else outer
            scope.names[alias.asname or alias.name.partition(".")[0]] = Binding(Static(bound))
        return
    module = _module(scope, statement, "." * (statement.level or 0) + (statement.module or ""))
    for alias in statement.names:
        name = alias.name
        if not hasattr(module, name):
            _module(scope, statement, f"{module.__name__}.{name}")  # a module of the package
        value = getattr(module, name)
        path = f"{module.__name__}.{name}"
        read = _reader(module, name)
        known = scope.frame.context.global_value(path, vars(module), value, read)
        scope.names[alias.asname or name] = Binding(known)


def _reader(module: ModuleType, name: str) -> Callable[[], object]:
    return lambda: getattr(module, name)


def _module(scope: Scope, statement: gast.AST, name: str) -> ModuleType:
    package = scope.frame.source.namespace.get("__package__")
    try:
        return importlib.import_module(name, package if isinstance(package, str) else None)
    except ImportError as error:
        scope.frame.refuse(SourceUnavailable, statement, f"the import fails: {error}", "an installed module")
