"""How arrays are passed from one generated function to another.

Compiled code counts the references to an array's memory, and each layout is a type of its own. A function
that calls itself must get arrays of the same type again, and need not count: its caller keeps what it passes.
"""

# mypy: disable-error-code="no-untyped-call"
# (of Numba, a part is typed)

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.imputils import impl_ret_borrowed
from numba.extending import intrinsic, overload


def by_reference(array: np.ndarray) -> np.ndarray:
    """The array as an argument, of the type that arrays made in generated code have."""
    return array


def strided(array: np.ndarray) -> np.ndarray:
    """The array as an argument of any layout."""
    return array


def lent(array: np.ndarray) -> np.ndarray:
    """An argument, in the function that gets it: memory that the caller keeps, so that nothing is counted."""
    return array


def turned(array: np.ndarray, *axes: int) -> np.ndarray:
    """The view of the array with its axes in this order.

    The method does the same; what Numba makes of it takes seconds to compile.
    """
    return array.transpose(axes)


def _same(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    """The same words, as another type."""
    context.nrt.incref(builder, signature.args[0], arguments[0])
    return arguments[0]


def _of_its_layout_code(typingctx: Any, array: Any) -> Any:
    return types.Array(array.dtype, array.ndim, array.layout)(array), _same


def _of_any_layout_code(typingctx: Any, array: Any) -> Any:
    return types.Array(array.dtype, array.ndim, "A")(array), _same


def _lent_code(typingctx: Any, array: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        made = context.make_array(signature.args[0])(context, builder, arguments[0])
        nothing = ir.Constant(made.meminfo.type, None)
        made.meminfo = nothing
        made.parent = ir.Constant(made.parent.type, None)
        return made._getvalue()

    return array(array), generate


@functools.cache
def _in_order(order: tuple[int, ...]) -> Any:
    """What makes a view with the axes in this order."""

    def code(typingctx: Any, array: Any) -> Any:
        view = types.Array(array.dtype, array.ndim, "A", readonly=not array.mutable, aligned=array.aligned)

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            old = context.make_array(array)(context, builder, arguments[0])
            made = context.make_array(view)(context, builder)
            for name in ("data", "itemsize", "nitems", "meminfo", "parent"):
                setattr(made, name, getattr(old, name))
            for name in ("shape", "strides"):
                words = cgutils.unpack_tuple(builder, getattr(old, name))
                setattr(made, name, cgutils.pack_array(builder, [words[axis] for axis in order]))
            return impl_ret_borrowed(context, builder, view, made._getvalue())

        return view(array), generate

    return intrinsic(code)


# Intrinsics take fewer arguments than they are written with.
_of_its_layout: Any = intrinsic(_of_its_layout_code)
_of_any_layout: Any = intrinsic(_of_any_layout_code)
_lent: Any = intrinsic(_lent_code)


@overload(by_reference)
def _by_reference(array: Any) -> Any:
    def compiled(array: Any) -> Any:
        return _of_its_layout(array)

    return compiled


@overload(strided)
def _strided(array: Any) -> Any:
    def compiled(array: Any) -> Any:
        return _of_any_layout(array)

    return compiled


@overload(lent)
def _own(array: Any) -> Any:
    def compiled(array: Any) -> Any:
        return _lent(array)

    return compiled


@overload(turned, prefer_literal=True)
def _with_axes(array: Any, *axes: Any) -> Any:
    view = _in_order(tuple(axis.literal_value for axis in axes))

    def compiled(array: Any, *axes: Any) -> Any:
        return view(array)

    return compiled


__all__ = ["by_reference", "lent", "strided", "turned"]
