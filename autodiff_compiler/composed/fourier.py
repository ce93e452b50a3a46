"""Discrete Fourier transforms, of `numpy.fft`.

The matrix F of the transform is symmetric, so the cotangent of x in Y = F x is conj(F) Ȳ: the transform with
the other sign, not divided by anything.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autodiff_compiler.composed.axes import axis_of
from autodiff_compiler.composed.declare import external, known_while_compiling, stands_for
from autodiff_compiler.composed.dtypes import check_device
from autodiff_compiler.composed.matrices import FLAG
from autodiff_compiler.composed.primitives import places
from autodiff_compiler.composed.reductions import delivered
from autodiff_compiler.ir.types import Array, Type, rank_of, real_of
from autodiff_compiler.operators.entry import Signature
from autodiff_compiler.runtime.fourier import fourier

# ---------------------------------------------------------------- the kernel


def _types(rows: Type, inverse: Type) -> Signature:
    if rank_of(rows) != 2:
        raise TypeError("the rows of a matrix are transformed")
    kind = Array("complex64" if real_of(rows.dtype) == "float32" else "complex128", 2)
    return (kind, FLAG), (kind,)


def _pullback(rows: Any, inverse: Any, transformed: Any, bar: Any) -> Any:
    """conj(F) Ȳ, as F is symmetric."""
    return fourier(bar, not inverse), None


def _differential(rows: Any, inverse: Any, transformed: Any, rows_dot: Any) -> Any:
    """F ẋ: the transform is linear."""
    return (fourier(rows_dot, inverse),)


external(
    fourier, _types, several=False, pullback=_pullback, differential=_differential, results=("transformed",),
    doc="yₖ = Σⱼ xⱼ exp(∓2πi j k / n) of each row;  x̄ = the transform of ȳ with the other sign",
)  # fmt: skip

# ---------------------------------------------------------------- along one axis


@known_while_compiling
def _complex_dtype(dtype: Any) -> Any:
    return np.complex64 if real_of(np.dtype(dtype).name) == "float32" else np.complex128


@known_while_compiling
def _norm(norm: str | None) -> str:
    """The name of a normalisation, "backward" for None."""
    if norm not in (None, "backward", "ortho", "forward"):
        raise ValueError(f'Invalid norm value {norm}; should be "backward", "ortho" or "forward".')
    return norm or "backward"


def _scale(n: Any, norm: Any, inverse: Any) -> Any:
    """What a transform of n numbers is multiplied by."""
    if norm == "ortho":
        return 1.0 / math.sqrt(n)
    if (norm == "forward") != inverse:
        return 1.0 / n
    return 1.0


def _fitted(x: Any, n: Any) -> Any:
    """The first n numbers along the last axis, zeros behind them where there are fewer; complex."""
    if n < 1:
        raise ValueError(f"Invalid number of FFT data points ({n}) specified.")
    fitted = np.zeros((*x.shape[:-1], n), dtype=_complex_dtype(x.dtype))
    some = min(n, x.shape[-1])
    fitted[..., :some] = x[..., :some]
    return fitted


def _transformed(x: Any, n: Any, norm: Any, inverse: Any) -> Any:
    """The transform of n numbers along the last axis."""
    fitted = _fitted(x, n)
    rows = fitted.reshape((fitted.size // n, n))
    found = fourier(rows, inverse) * _scale(n, norm, inverse)
    return found.reshape(fitted.shape)


def _along(a: Any, n: Any, axis: Any, norm: Any, inverse: Any) -> Any:
    a = np.asarray(a)
    axis = axis_of(a.ndim, axis)
    x = np.moveaxis(a, axis, -1)
    count = x.shape[-1] if n is None else n
    return np.moveaxis(_transformed(x, count, _norm(norm), inverse), -1, axis)


@stands_for(np.fft.fft)
def fft(a: Any, n: Any = None, axis: Any = -1, norm: Any = None, out: Any = None) -> Any:
    """`np.fft.fft(a, n=None, axis=-1, norm=None, out=None)`: complex; of float32 in single precision."""
    return delivered(_along(a, n, axis, norm, False), out)


@stands_for(np.fft.ifft)
def ifft(a: Any, n: Any = None, axis: Any = -1, norm: Any = None, out: Any = None) -> Any:
    """`np.fft.ifft(a, n=None, axis=-1, norm=None, out=None)`: complex."""
    return delivered(_along(a, n, axis, norm, True), out)


# ---------------------------------------------------------------- of real numbers


@stands_for(np.fft.rfft)
def rfft(a: Any, n: Any = None, axis: Any = -1, norm: Any = None, out: Any = None) -> Any:
    """`np.fft.rfft(a, n=None, axis=-1, norm=None, out=None)`: the first half of `fft`, of real numbers."""
    a = np.asarray(a)
    axis = axis_of(a.ndim, axis)
    x = np.moveaxis(_only_real(a), axis, -1)
    count = x.shape[-1] if n is None else n
    found = _transformed(x, count, _norm(norm), False)
    return delivered(np.moveaxis(np.copy(found[..., : count // 2 + 1]), -1, axis), out)


def _only_real(a: Any) -> Any:
    if np.iscomplexobj(a):
        raise TypeError("the transform of real numbers is given complex ones")
    return a


def _from_half(x: Any, n: Any) -> Any:
    """The whole transform of n real numbers from its first half, along the last axis."""
    half = _fitted(x, n // 2 + 1)
    whole = np.empty((*x.shape[:-1], n), dtype=_complex_dtype(x.dtype))
    whole[..., 0] = half[..., 0].real
    middle = (n + 1) // 2
    whole[..., 1:middle] = half[..., 1:middle]
    whole[..., n // 2 + 1 :] = np.conj(half[..., 1:middle][..., ::-1])
    if n % 2 == 0:
        whole[..., n // 2] = half[..., n // 2].real
    return whole


@stands_for(np.fft.irfft)
def irfft(a: Any, n: Any = None, axis: Any = -1, norm: Any = None, out: Any = None) -> Any:
    """`np.fft.irfft(a, n=None, axis=-1, norm=None, out=None)`: real, as symmetry has it."""
    a = np.asarray(a)
    axis = axis_of(a.ndim, axis)
    x = np.moveaxis(a, axis, -1)
    count = 2 * (x.shape[-1] - 1) if n is None else n
    found = _transformed(_from_half(x, count), count, _norm(norm), True)
    return delivered(np.moveaxis(np.copy(found.real), -1, axis), out)


@known_while_compiling
def _other_way(norm: str | None) -> str:
    return {"backward": "forward", "forward": "backward", "ortho": "ortho"}[_norm(norm)]


@stands_for(np.fft.hfft)
def hfft(a: Any, n: Any = None, axis: Any = -1, norm: Any = None, out: Any = None) -> Any:
    """`np.fft.hfft(a, n=None, axis=-1, norm=None, out=None)`: real, of numbers with Hermitian symmetry."""
    return irfft(np.conj(np.asarray(a)), n, axis, _other_way(norm), out)


@stands_for(np.fft.ihfft)
def ihfft(a: Any, n: Any = None, axis: Any = -1, norm: Any = None, out: Any = None) -> Any:
    """`np.fft.ihfft(a, n=None, axis=-1, norm=None, out=None)`: the inverse of `hfft`."""
    return delivered(np.conj(rfft(a, n, axis, _other_way(norm))), out)


# ---------------------------------------------------------------- along several axes


@known_while_compiling
def _axes(rank: int, sizes: int | None, axes: tuple[int, ...] | None) -> tuple[int, ...]:
    """The axes of a transform along several; with lengths but without axes they are the last ones."""
    if axes is None:
        axes = tuple(range(rank)) if sizes is None else tuple(range(rank - sizes, rank))
    if sizes is not None and sizes != len(axes):
        raise ValueError("Shape and axes have different lengths.")
    return tuple(axis_of(rank, axis) for axis in axes)


def _count(s: Any) -> Any:
    return None if s is None else len(s)


def _several(a: Any, s: Any, axes: Any, norm: Any, inverse: Any) -> Any:
    a = np.asarray(a)
    chosen = _axes(a.ndim, _count(s), axes)
    for k in range(len(chosen) - 1, -1, -1):
        a = _along(a, None if s is None else s[k], chosen[k], norm, inverse)
    return a


@stands_for(np.fft.fftn)
def fftn(a: Any, s: Any = None, axes: Any = None, norm: Any = None, out: Any = None) -> Any:
    """`np.fft.fftn(a, s=None, axes=None, norm=None, out=None)`."""
    return delivered(_several(a, s, axes, norm, False), out)


@stands_for(np.fft.ifftn)
def ifftn(a: Any, s: Any = None, axes: Any = None, norm: Any = None, out: Any = None) -> Any:
    """`np.fft.ifftn(a, s=None, axes=None, norm=None, out=None)`."""
    return delivered(_several(a, s, axes, norm, True), out)


@stands_for(np.fft.fft2)
def fft2(a: Any, s: Any = None, axes: Any = (-2, -1), norm: Any = None, out: Any = None) -> Any:
    """`np.fft.fft2(a, s=None, axes=(-2, -1), norm=None, out=None)`."""
    return delivered(_several(a, s, axes, norm, False), out)


@stands_for(np.fft.ifft2)
def ifft2(a: Any, s: Any = None, axes: Any = (-2, -1), norm: Any = None, out: Any = None) -> Any:
    """`np.fft.ifft2(a, s=None, axes=(-2, -1), norm=None, out=None)`."""
    return delivered(_several(a, s, axes, norm, True), out)


@stands_for(np.fft.rfftn)
def rfftn(a: Any, s: Any = None, axes: Any = None, norm: Any = None, out: Any = None) -> Any:
    """`np.fft.rfftn(a, s=None, axes=None, norm=None, out=None)`: half of the last of the axes."""
    a = np.asarray(a)
    chosen = _axes(a.ndim, _count(s), axes)
    found = rfft(a, None if s is None else s[-1], chosen[-1], norm)
    for k in range(len(chosen) - 2, -1, -1):
        found = _along(found, None if s is None else s[k], chosen[k], norm, False)
    return delivered(found, out)


@stands_for(np.fft.rfft2)
def rfft2(a: Any, s: Any = None, axes: Any = (-2, -1), norm: Any = None, out: Any = None) -> Any:
    """`np.fft.rfft2(a, s=None, axes=(-2, -1), norm=None, out=None)`."""
    return rfftn(a, s, axes, norm, out)


@stands_for(np.fft.irfftn)
def irfftn(a: Any, s: Any = None, axes: Any = None, norm: Any = None, out: Any = None) -> Any:
    """`np.fft.irfftn(a, s=None, axes=None, norm=None, out=None)`: real."""
    a = np.asarray(a)
    chosen = _axes(a.ndim, _count(s), axes)
    for k in range(len(chosen) - 1):
        a = _along(a, None if s is None else s[k], chosen[k], norm, True)
    return irfft(a, None if s is None else s[-1], chosen[-1], norm, out)


@stands_for(np.fft.irfft2)
def irfft2(a: Any, s: Any = None, axes: Any = (-2, -1), norm: Any = None, out: Any = None) -> Any:
    """`np.fft.irfft2(a, s=None, axes=(-2, -1), norm=None, out=None)`: real."""
    return irfftn(a, s, axes, norm, out)


# ---------------------------------------------------------------- frequencies


@stands_for(np.fft.fftfreq)
def fftfreq(n: Any, d: Any = 1.0, device: Any = None) -> Any:
    """`np.fft.fftfreq(n, d=1.0)`: 0, 1, …, then the negative ones, over n d."""
    check_device(device)
    k = places((n,))
    return np.where(k < (n + 1) // 2, k, k - n) * (1.0 / (n * d))


@stands_for(np.fft.rfftfreq)
def rfftfreq(n: Any, d: Any = 1.0, device: Any = None) -> Any:
    """`np.fft.rfftfreq(n, d=1.0)`: 0, 1, …, n // 2, over n d."""
    check_device(device)
    return places((n // 2 + 1,)) * (1.0 / (n * d))


@stands_for(np.fft.fftshift)
def fftshift(x: Any, axes: Any = None) -> Any:
    """`np.fft.fftshift(x, axes=None)`: the negative frequencies first."""
    x = np.asarray(x)
    for axis in _shifted(x.ndim, axes):
        x = np.roll(x, x.shape[axis] // 2, axis)
    return x


@stands_for(np.fft.ifftshift)
def ifftshift(x: Any, axes: Any = None) -> Any:
    """`np.fft.ifftshift(x, axes=None)`: undoes `fftshift`."""
    x = np.asarray(x)
    for axis in _shifted(x.ndim, axes):
        x = np.roll(x, -(x.shape[axis] // 2), axis)
    return x


@known_while_compiling
def _shifted(rank: int, axes: int | tuple[int, ...] | None) -> tuple[int, ...]:
    """The axes to be shifted; an axis may be named twice."""
    if axes is None and rank == 0:
        raise ValueError("there is no axis to shift")
    chosen = tuple(range(rank)) if axes is None else (axes,) if isinstance(axes, int) else axes
    return tuple(axis_of(rank, axis) for axis in chosen)
