"""An exception on its way from a called function to a handler of its caller."""

from __future__ import annotations

import gast

from autodiff_compiler.errors import UnsupportedSyntax
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import Binding
from autodiff_compiler.ir.build import integer
from autodiff_compiler.ir.nodes import Atom, Const, Var


def exception_of(callee: Scope) -> Atom:
    """The number of the exception that has left a function that was lowered; 0 for none."""
    if not callee.frame.handlers:
        return integer(0)
    code = callee.names[callee.frame.raised].value
    assert isinstance(code, (Var, Const))
    return code


def pass_on(scope: Scope, node: gast.AST, name: str, code: Atom) -> None:
    """An exception that a called function has raised, and that is caught, is on its way in the caller too."""
    if code == integer(0):
        return
    if not getattr(node, "caught", False) or scope.names[scope.frame.raised].value != integer(0):
        scope.frame.refuse(
            UnsupportedSyntax,
            node,
            f"`{name}` may raise an exception that is caught, "
            "and what follows in this expression cannot be skipped",
            "the call in a statement of its own",
        )
    scope.names[scope.frame.raised] = Binding(code)
