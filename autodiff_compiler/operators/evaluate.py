"""What an operator computes, on NumPy values: the meaning the interpreter and the tests hold code against."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any, cast

import numpy as np
from scipy import special

from autodiff_compiler.ir.nodes import Apply
from autodiff_compiler.ir.types import real_of
from autodiff_compiler.operators.entry import Elementwise, Product, Reduction, Structural
from autodiff_compiler.operators.products import contract
from autodiff_compiler.operators.registry import by_name

_MOST = 4  # operands of an operator


def template(entry: Elementwise, dtype: str) -> str:
    """The code of an entry, over {0}, {1}, ..., that gives a result of the dtype outside Numba, too.

    Functions of `math` return Python floats there, so they are wrapped in a cast.
    """
    return f"np.{dtype}({entry.emit})" if "math." in entry.emit else entry.emit


@np.errstate(all="ignore")  # compiled programs give infinity and NaN without a word, too
def evaluate(value: Apply, arguments: Sequence[Any]) -> Any:
    """The result of an application to NumPy scalars and arrays (elementwise, also to Python numbers).

    Raises ValueError for the operators that are lowered to other IR nodes and never applied.
    """
    entry = by_name(value.operator)
    attributes = dict(value.attributes)
    match entry:
        case Elementwise():
            return _elementwise(entry, arguments)
        case Product(name="matmul"):
            return np.matmul(*arguments)
        case Product():
            return _contiguous(_contracted(attributes, arguments))
        case Reduction():
            return _contiguous(entry.evaluate(*arguments, **attributes))
        case Structural(name="cast"):
            (argument,) = arguments
            return argument.astype(attributes["dtype"], order="C")  # scalars have the method, too
        case Structural(name="places"):
            return np.indices(arguments)[cast("int", attributes["axis"])]
        case Structural(name="broadcast_to"):
            return np.array(np.broadcast_to(arguments[0], arguments[1:]), order="C")
        case Structural(name="copy"):
            return np.array(arguments[0], order="C")
        case Structural(name="gather"):
            if attributes.get("along"):
                (axis,) = cast("tuple[int]", attributes["axes"])
                return np.take_along_axis(arguments[0], arguments[1], axis)
            return _gathered(arguments[0], arguments[1:], cast("tuple[int, ...]", attributes["axes"]))
        case Structural(name="lowest" | "highest" as name):
            return _extreme(arguments[0], largest=name == "highest")
        case Structural(name="positions"):
            return np.flatnonzero(arguments[0])
        case _:
            raise ValueError(f"{entry.name} is never applied; the frontend lowers it to other nodes")


def _contracted(attributes: dict[str, Any], arguments: Sequence[Any]) -> Any:
    return contract(attributes["inputs"], attributes["output"], *arguments)


@functools.cache
def _function(template: str) -> Callable[..., Any]:
    code = f"lambda *operands: {template.format(*(f'operands[{k}]' for k in range(_MOST)))}"
    function: Callable[..., Any] = eval(code, {"np": np, "math": math, "special": special})
    return function


def _gathered(array: Any, indices: Sequence[Any], axes: tuple[int, ...]) -> Any:
    """What `gather` says: the axes of the index arrays stand where the first chosen axis was."""
    index: list[Any] = [slice(None)] * array.ndim
    for axis, chosen in zip(axes, indices, strict=True):
        index[axis] = chosen
    made = array[tuple(index)]
    rank = np.broadcast(*indices).ndim
    together = axes == tuple(range(axes[0], axes[0] + len(axes)))
    return np.ascontiguousarray(
        made if together else np.moveaxis(made, range(rank), range(axes[0], axes[0] + rank))
    )


def _extreme(array: Any, *, largest: bool) -> Any:
    limits = np.iinfo(array.dtype)
    start = limits.min if largest else limits.max
    return (np.max if largest else np.min)(array, initial=start)


def _contiguous(value: Any) -> Any:
    return np.asarray(value, order="C") if isinstance(value, np.ndarray) else value


def _elementwise(entry: Elementwise, arguments: Sequence[Any]) -> Any:
    """The scalar code at each element: slow, and exactly what the generated loops do."""
    common = np.result_type(*arguments)
    dtype = _result_dtype(entry, common)
    strong = [item if isinstance(item, np.ndarray | np.generic) else common.type(item) for item in arguments]
    function = _function(entry.emit)
    if not any(isinstance(item, np.ndarray) for item in strong):
        return dtype.type(function(*strong))
    operands = np.broadcast_arrays(*strong)
    result = np.empty(operands[0].shape, dtype)
    for index in np.ndindex(result.shape):
        result[index] = function(*(operand[index] for operand in operands))
    return result


def _result_dtype(entry: Elementwise, common: np.dtype[Any]) -> np.dtype[Any]:
    if entry.result == "bool":
        return np.dtype(bool)
    if entry.result == "real":
        return np.dtype(real_of(common.name))
    if entry.result == "complex" and common.kind != "c":
        return np.dtype("complex64" if common.name == "float32" else "complex128")
    if entry.result == "float" and common.kind not in "fc":
        return np.dtype("float64")
    return common
