"""Elementary functions without branches, so that loops which call them are vectorised.

LLVM calls the C library for one element at a time otherwise. Each is at most 2 units in the last
place from the correctly rounded result (docs/elementary.md has what was measured), in float64 and
float32, and gives what NumPy gives at zeros, infinities and NaN. They are compiled when first
called, kept on disk, and put in line where they are called.
"""

from __future__ import annotations

import importlib
from typing import Any

_HOMES = {
    "exponentials": ("cosh", "exp", "exp2", "expm1", "sigmoid", "sinh", "tanh"),
    "logarithms": ("log", "log10", "log1p", "log2", "log_expit", "logaddexp", "softplus"),
    "entropies": ("entr", "kl_div", "logit", "rel_entr", "xlog1py", "xlogy"),
    "trigonometric": ("cos", "sin", "tan"),
    "inverse_trigonometric": ("arccos", "arcsin", "arctan", "arctan2"),
    "powers": ("cbrt", "power"),
    "error_function": ("erf", "erfc", "erfcx"),
    "normal_distribution": ("log_ndtr", "ndtr"),
}
_FAMILIES = {name: family for family, names in _HOMES.items() for name in names}

__all__ = sorted(_FAMILIES)


def __getattr__(name: str) -> Any:
    """A function, of the family that is imported then: a module that needs one should not wait for all."""
    if name not in _FAMILIES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_FAMILIES[name]}"), name)
