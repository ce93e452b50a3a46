"""An exception on its way from a called function to a handler of its caller."""

from __future__ import annotations

import gast

from autodiff_compiler.errors import UnsupportedSyntax
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import Binding
from autodiff_compiler.ir.build import integer


def pass_on(scope: Scope, node: gast.AST, callee: Scope) -> None:
    """An exception that the callee has raised, and that is caught, is on its way in the caller too."""
    if not scope.frame.handlers:
        return
    code = callee.names[callee.frame.raised].value
    if code == integer(0):
        return
    if not getattr(node, "caught", False) or scope.names[scope.frame.raised].value != integer(0):
        scope.frame.refuse(
            UnsupportedSyntax,
            node,
            f"`{callee.frame.source.name}` may raise an exception that is caught, "
            "and what follows in this expression cannot be skipped",
            "the call in a statement of its own",
        )
    scope.names[scope.frame.raised] = Binding(code)
