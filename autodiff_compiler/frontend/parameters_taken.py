"""Which parameters the accepted functions take, as their arguments are bound."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import numpy as np

from autodiff_compiler.composed.declare import general_form
from autodiff_compiler.frontend import builtins_numpy, builtins_selection, creation, products, reshaping
from autodiff_compiler.frontend.ufunc_calls import KEYWORDS
from autodiff_compiler.operators import registry
from autodiff_compiler.operators.entry import Composed, Elementwise, Reduction

_OF_BUILTINS = {**builtins_numpy.PARAMETERS, **builtins_selection.PARAMETERS}
_OF_STRUCTURES = {**creation.PARAMETERS, **reshaping.PARAMETERS, **products.PARAMETERS}


def parameters_taken(function: Callable[..., object]) -> tuple[str, ...]:
    """The names of the parameters that a call of an accepted function may give."""
    if function in _OF_BUILTINS:
        return _OF_BUILTINS[function]
    entry = registry.by_callable(function)
    if isinstance(function, np.ufunc) and function.signature is None:
        return (*(f"x{k + 1}" for k in range(function.nin)), *KEYWORDS)
    source: Callable[..., object] | None = None
    if isinstance(entry, Composed):
        source = entry.function
    elif isinstance(entry, Elementwise):
        source = function
    elif entry is not None:
        source = general_form(entry.name if isinstance(entry, Reduction) or function is np.matmul else "")
    if source is not None:
        return tuple(inspect.signature(source).parameters)
    name = "dot" if function is np.dot else entry.name if entry is not None else ""
    return _OF_STRUCTURES[name]


__all__ = ["parameters_taken"]
