"""Expand a reduction over some axes into a loop nest that accumulates."""

from __future__ import annotations

from typing import cast

from autodiff_compiler.ir.build import Builder, as_variable, integer
from autodiff_compiler.ir.nodes import Apply, Atom, Const, Var, Write
from autodiff_compiler.ir.types import BOOL, INT, Array, Scalar
from autodiff_compiler.loops.broadcast import Shapes, domain_of
from autodiff_compiler.operators.entry import Reduction


def expand_reduction(shapes: Shapes, target: Var, value: Apply, entry: Reduction) -> None:
    """Append `target = reduction(array)` as a nest over the array, in memory order.

    Sums of float32 are accumulated in float64: a plain loop in float32 would lose digits that NumPy's
    pairwise summation keeps. The largest or smallest of no elements is refused, as in NumPy.
    """
    array = as_variable(value.operands[0])
    attributes = dict(value.attributes)
    axes = cast("tuple[int, ...]", attributes["axis"])
    keepdims = bool(attributes["keepdims"])
    shape = shapes.shape(array)
    count = _product(shapes.builder, tuple(shape[axis] for axis in axes))
    if not entry.of_none:
        _require_some(shapes, array, count, entry.combine)
    domain = domain_of(shape)
    index = tuple(
        integer(0) if axis in axes else place
        for axis, place in enumerate(domain.point)
        if keepdims or axis not in axes
    )
    dtype = _accumulator(target.type.dtype, entry)
    body = Builder(shapes.builder.at)
    element = body.cast(shapes.load(body, array, domain.point), Scalar(dtype), "cast")
    total = target if dtype == target.type.dtype and not entry.mean else _accumulating(target, dtype)
    combine = entry.combine if any(size not in index for size in domain.indices) else "set"
    shapes.write(domain, body, Write(total, index, element, combine, True))
    finish(shapes, target, total, count if entry.mean else None)


def finish(shapes: Shapes, target: Var, total: Var, count: Atom | None) -> None:
    """Append `target = total / count`, converted to the dtype of the target, for each element."""
    if total is target:
        return
    if isinstance(target.type, Scalar):
        shapes.define(target, _divided(shapes.builder, total, count))
        return
    domain = domain_of(shapes.shape(total))
    body = Builder(shapes.builder.at)
    divided = _divided(body, shapes.load(body, total, domain.point), count)
    value = body.cast(divided, Scalar(target.type.dtype), "cast")
    shapes.write(domain, body, Write(target, domain.point, value, "set", True))


def _accumulator(dtype: str, entry: Reduction) -> str:
    return "float64" if dtype == "float32" and entry.combine == "add" else dtype


def _accumulating(target: Var, dtype: str) -> Var:
    """A variable like the target for what is accumulated before scaling and conversion."""
    kind = target.type
    if isinstance(kind, Array):
        return Var(f"{target.name}_total", Array(dtype, kind.rank, True, kind.units), target.at)
    return Var(f"{target.name}_total", Scalar(dtype), target.at)


def _divided(builder: Builder, total: Atom, count: Atom | None) -> Atom:
    if count is None or count == integer(1):
        return total
    dtype = total.type.dtype
    number = builder.cast(count, Scalar(dtype), "cast")
    return builder.assign(Apply("divide", (total, number)), Scalar(dtype), "mean")


def _product(builder: Builder, sizes: tuple[Atom, ...]) -> Atom:
    known, product = 1, None
    for size in sizes:
        if isinstance(size, Const):
            known *= int(size.value)
        else:
            product = (
                size if product is None else builder.assign(Apply("multiply", (product, size)), INT, "count")
            )
    if product is None:
        return integer(known)
    return (
        product if known == 1 else builder.assign(Apply("multiply", (product, integer(known))), INT, "count")
    )


def _require_some(shapes: Shapes, array: Var, count: Atom, combine: str) -> None:
    if isinstance(count, Const) and count.value > 0:
        return
    some = shapes.builder.assign(Apply("greater", (count, integer(0))), BOOL, "some")
    what = f"zero-size array to reduction operation {combine}imum which has no identity"
    shapes.require(some, f"{what}: {shapes.shown(array)}", shapes.shape(array))
