"""The context managers that are accepted, and what becomes of them."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

import gast
import numpy as np

from autodiff_compiler.frontend import nodes
from autodiff_compiler.frontend.names import Unknown, static_value
from autodiff_compiler.frontend.source import Source

_QUIET = ("ignore", "warn", "print", "log")


def context_refusal(source: Source, item: gast.withitem) -> str:
    """Why a context manager is refused; empty where it is accepted."""
    kind = context_kind(source, item)
    if kind is None:
        return "context managers run hidden code"
    if item.optional_vars is not None:
        return "what this context manager gives is not followed"
    if kind is np.errstate and not all(
        isinstance(value, gast.Constant) and value.value in _QUIET
        for value in [*item.context_expr.args, *(keyword.value for keyword in item.context_expr.keywords)]
    ):
        return "errors of floating point do not raise exceptions in compiled code"
    return ""


def context_kind(source: Source, item: gast.withitem) -> object:
    """Which known context manager a `with` enters; None for any other."""
    if not isinstance(item.context_expr, gast.Call):
        return None
    try:
        target = static_value(source, item.context_expr.func)
    except Unknown:
        return None
    known = (np.errstate, contextlib.suppress, contextlib.nullcontext)
    return next((manager for manager in known if target is manager), None)


def without_context(source: Source, statement: gast.With) -> list[gast.stmt]:
    """The body alone; for `contextlib.suppress`, in a `try` that catches."""
    body: list[gast.stmt] = statement.body
    for item in reversed(statement.items):
        if context_kind(source, item) is contextlib.suppress and item.context_expr.args:
            body = [_suppressing(statement, item.context_expr.args, body)]
    return body


def _suppressing(statement: gast.With, classes: Sequence[gast.expr], body: list[gast.stmt]) -> gast.Try:
    kinds = gast.Tuple(list(classes), gast.Load())
    handler = gast.ExceptHandler(kinds, None, [gast.Pass()])
    made = nodes.at(statement, gast.Try(body, [handler], [], []))
    assert isinstance(made, gast.Try)
    return made
