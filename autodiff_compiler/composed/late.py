"""Functions of modules that take long to import: registered when the user's program has imported these."""

from __future__ import annotations

import sys
from importlib import import_module

_LATE = {"scipy.stats": "autodiff_compiler.composed.normal"}


def register_late(*, every: bool = False) -> None:
    """Register what stands for functions of modules that are imported by now, or `every` such module."""
    for module, ours in _LATE.items():
        if ours not in sys.modules and (every or module in sys.modules):
            import_module(ours)
