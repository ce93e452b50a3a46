"""What names of a source stand for, where that does not depend on the arguments."""

from __future__ import annotations

import builtins
from types import CellType

import gast
import numpy as np

from autodiff_compiler.frontend.source import Source


class Unknown(Exception):
    """What an expression stands for is only known when the function is called."""


def static_value(source: Source, node: gast.AST) -> object:
    """What a name or a chain of attributes stands for; raises Unknown where it depends on the arguments."""
    match node:
        case gast.Name(id=name):
            return _named(source, name)
        case gast.Attribute(value=inner, attr=name):
            owner = static_value(source, inner)
            if isinstance(owner, (np.ndarray, np.generic, int, float)) or not hasattr(owner, name):
                raise Unknown
            return getattr(owner, name)
        case gast.Constant(value=value):
            return value
        case _:
            raise Unknown


def _named(source: Source, name: str) -> object:
    """A closure's, global's or builtin's value, in Python's order."""
    code = source.function.__code__
    if name in source.hidden or name in code.co_varnames or name in code.co_cellvars:
        raise Unknown
    if name in source.cells:
        if source.cells[name] == CellType():
            raise Unknown
        return source.cells[name].cell_contents
    if name not in source.namespace and not hasattr(builtins, name):
        raise Unknown
    return source.namespace.get(name, getattr(builtins, name, None))
