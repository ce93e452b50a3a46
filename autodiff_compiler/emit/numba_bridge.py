"""All that this package knows about Numba: compiling, its disk cache, its warnings."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
from numba.core.errors import NumbaPerformanceWarning

VERSION: str = numba.__version__
# Reordering of sums only: nothing here lets the compiler assume away NaN, infinities or the sign of a result.
REORDER = ("contract", "nsz", "reassoc")


def compiled(
    function: Callable[..., Any], *, reorder: bool = False, cache: bool = True, inner: bool = False
) -> Callable[..., Any]:
    """The function compiled by Numba on first use, kept on disk next to its file.

    An `inner` one is called by compiled functions only, and kept with those.
    """
    flags: bool | set[str] = set(REORDER) if reorder else False
    bare = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    wrapped: dict[str, Any] = bare if inner else {"cache": cache}
    dispatcher: Callable[..., Any] = numba.njit(error_model="numpy", nogil=True, fastmath=flags, **wrapped)(
        function
    )
    return dispatcher


def silence_performance_warnings(directory: Path) -> None:
    """Keep Numba's advice on strided operands away from users, who did not write what is in the directory."""
    pattern = re.escape(str(directory))
    known = any(
        item[0] == "ignore" and getattr(item[3], "pattern", None) == pattern for item in warnings.filters
    )
    if not known:
        warnings.filterwarnings("ignore", category=NumbaPerformanceWarning, module=pattern)
