"""Windows that slide over an array."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff_compiler.composed.axes import axes_of
from autodiff_compiler.composed.declare import known_while_compiling, stands_for
from autodiff_compiler.composed.primitives import to_read


@known_while_compiling
def require_windows(rank: int, windows: int, axes: tuple[int, ...] | None) -> None:
    """ValueError where there is not a window for each axis."""
    if axes is None and windows != rank:
        raise ValueError("Since axis is None, must provide window_shape for all dimensions of `x`")
    if axes is not None and windows != len(axes):
        raise ValueError("Must provide matching length window_shape and axis")


@known_while_compiling
def require_read_only(writeable: Any) -> None:
    """TypeError where the windows are to be written through."""
    if writeable:
        raise TypeError("`writeable=True` is not supported: windows can only be read here")


def along(length: Any, axis: int, rank: int) -> Any:
    """The places 0, 1, ... along one of `rank` axes."""
    return np.arange(length)[(slice(None),) + (None,) * (rank - axis - 1)]


@stands_for(np.lib.stride_tricks.sliding_window_view)
def sliding_window_view(
    x: Any, window_shape: Any, axis: Any = None, *, subok: Any = False, writeable: Any = False
) -> Any:
    """`np.lib.stride_tricks.sliding_window_view(x, window_shape, axis=None)`: xᵢ₊ⱼ, to read, computed where
    it is used; x̄ is the sum over the windows.
    """
    require_read_only(writeable)
    x = np.asarray(x)
    windows = tuple(window_shape) if isinstance(window_shape, (tuple, list)) else (window_shape,)
    require_windows(x.ndim, len(windows), None if axis is None else axes_of(x.ndim, axis, repeated=True))
    axes = tuple(range(x.ndim)) if axis is None else axes_of(x.ndim, axis, repeated=True)
    rank = x.ndim + len(windows)
    index: tuple[Any, ...] = ()
    for place in range(x.ndim):
        length = x.shape[place]
        inside = 0
        for k in range(len(windows)):
            if windows[k] < 0:
                raise ValueError("`window_shape` cannot contain negative values")
            if axes[k] == place:
                if length < windows[k]:
                    raise ValueError("window shape cannot be larger than input array shape")
                length = length - (windows[k] - 1)
                inside = inside + along(windows[k], x.ndim + k, rank)
        index = (*index, along(length, place, rank) + inside)
    return to_read(x[index], "windows that slide over an array can only be read", x)
