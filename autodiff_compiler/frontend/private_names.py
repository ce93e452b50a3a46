"""Private names of classes: inside `class A`, Python reads `self.__x` as `self._A__x`."""

from __future__ import annotations

import ast

import gast


def class_around(module: ast.Module, node: ast.AST) -> str:
    """The name of the innermost class that a definition stands in, through functions too; "" for none."""
    found = ""

    def search(inner: ast.AST, name: str) -> None:
        nonlocal found
        for child in ast.iter_child_nodes(inner):
            if child is node:
                found = name
            else:
                search(child, child.name if isinstance(child, ast.ClassDef) else name)

    search(module, "")
    return found


def mangle_names(tree: gast.AST, class_name: str) -> None:
    """Write private names out, as Python's compiler does."""
    stem = class_name.lstrip("_")
    if not stem:
        return
    for node in gast.walk(tree):
        for part in ("attr", "id", "arg"):
            name = getattr(node, part, None)
            if (
                isinstance(name, str)
                and name.startswith("__")
                and not name.endswith("__")
                and "." not in name
            ):
                setattr(node, part, f"_{stem}{name}")


__all__ = ["class_around", "mangle_names"]
