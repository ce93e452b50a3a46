"""Generated functions as the text of a module."""

from __future__ import annotations

import builtins
import importlib
import pkgutil
from collections.abc import Sequence

import gast

from autodiff_compiler import runtime
from autodiff_compiler.emit.print_source import print_source
from autodiff_compiler.emit.syntax import COMMENT

_MODULES = {"np": "import numpy as np", "math": "import math"}


def module_source(functions: Sequence[gast.FunctionDef], header: str = "") -> str:
    """The text of a module: the header as comment lines, the imports the functions need, the functions.

    ValueError where a function reads a global name that is neither defined there nor known to the runtime.
    """
    wanted: set[str] = set()
    for function in functions:
        wanted |= _global_names(function)
    wanted -= {function.name for function in functions}
    parts = ["".join(f"# {line}".rstrip() + "\n" for line in header.splitlines())] if header else []
    imports = _imports(wanted)
    if imports:
        parts.append(imports)
    text = "\n".join(parts)
    return "\n\n".join([text, *map(print_source, functions)] if text else map(print_source, functions))


def _imports(wanted: set[str]) -> str:
    plain = [line for name, line in sorted(_MODULES.items(), key=lambda entry: entry[1]) if name in wanted]
    homes: dict[str, list[str]] = {}
    for name in sorted(wanted - set(_MODULES)):
        homes.setdefault(_home(name), []).append(name)
    ours = [f"from {module} import {', '.join(names)}" for module, names in sorted(homes.items())]
    groups = ["".join(f"{line}\n" for line in group) for group in (plain, ours) if group]
    return "\n".join(groups)


def _home(name: str) -> str:
    """The runtime module whose `__all__` lists the name."""
    for found in pkgutil.iter_modules(runtime.__path__, f"{runtime.__name__}."):
        if name in getattr(importlib.import_module(found.name), "__all__", ()):
            return found.name
    raise ValueError(f"generated code uses {name!r}, which no module of {runtime.__name__} offers")


def _global_names(function: gast.FunctionDef) -> set[str]:
    read: set[str] = set()
    own: set[str] = set()
    for node in gast.walk(function):
        if isinstance(node, gast.Name):
            (read if isinstance(node.ctx, gast.Load) else own).add(node.id)
    return {name for name in read - own - {COMMENT} if not hasattr(builtins, name)}
