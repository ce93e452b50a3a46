"""Tests for a key, an attribute or a length that a value does not have, where a handler catches that.

Programs ask so what a value is: `try: values = x.values`, `except AttributeError: values = x`. Nearly always
the answer is known while compiling.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import gast
import numpy as np

from autodiff_compiler.errors import DifferentiationError
from autodiff_compiler.frontend.builtins_static import class_of
from autodiff_compiler.frontend.dicts import static_key
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.marks import lacks_attribute, lacks_key, lacks_length, refuses_attribute
from autodiff_compiler.frontend.object_functions import has_attribute
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import (
    FALSE,
    TRUE,
    Counted,
    Generator,
    Iteration,
    Listed,
    Lowered,
    Reference,
    TupleValue,
)
from autodiff_compiler.ir.nodes import Const, Var

Keywords = Mapping[str, Lowered]
_OF_ARRAYS = ("shape", "dtype", "strides", "flat", "real", "imag", "data", "device")  # may be assigned


def _lacks_key(scope: Scope, node: gast.AST, arguments: Sequence[Lowered], keywords: Keywords) -> Lowered:
    held, key = arguments
    known = isinstance(key, (Static, Const, TupleValue))
    if not isinstance(held, Reference) or held.cell.cls is not dict or not known:
        return FALSE
    binding = scope.contents(held).items.get(static_key(scope, node, key))
    return TRUE if binding is None else scope.negated(binding.defined)


def _lacks_attribute(
    scope: Scope, node: gast.AST, arguments: Sequence[Lowered], keywords: Keywords
) -> Lowered:
    owner, name = arguments
    assert isinstance(name, Static)
    assert isinstance(name.value, str)
    if isinstance(owner, Reference) and hasattr(owner.cell.cls, "__getattr__"):
        return FALSE  # refused where it is read
    try:
        return scope.negated(has_attribute(scope, node, owner, name.value))
    except DifferentiationError:  # what it is is not known
        return FALSE


def _refuses_attribute(
    scope: Scope, node: gast.AST, arguments: Sequence[Lowered], keywords: Keywords
) -> Lowered:
    owner, name = arguments
    assert isinstance(name, Static)
    if isinstance(owner, (Var, Const)):
        return FALSE if class_of(scope, node, owner) is np.ndarray and name.value in _OF_ARRAYS else TRUE
    return TRUE if isinstance(owner, TupleValue) else FALSE


def _lacks_length(scope: Scope, node: gast.AST, arguments: Sequence[Lowered], keywords: Keywords) -> Lowered:
    (value,) = arguments
    if isinstance(value, (Listed, Counted)):
        return TRUE if value.once else FALSE
    if isinstance(value, Generator) or (isinstance(value, Reference) and value.cell.cls is Iteration):
        return TRUE
    try:
        return FALSE if hasattr(class_of(scope, node, value), "__len__") else TRUE
    except DifferentiationError:
        return FALSE


LACKING: dict[object, Callable[..., Lowered]] = {
    lacks_key: _lacks_key,
    lacks_attribute: _lacks_attribute,
    refuses_attribute: _refuses_attribute,
    lacks_length: _lacks_length,
}

__all__ = ["LACKING"]
