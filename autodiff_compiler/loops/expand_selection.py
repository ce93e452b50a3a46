"""Expand subscripts with arrays of integers: nests that read an index, then the element it names."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from autodiff_compiler.ir.build import Builder, array_type, as_variable, integer
from autodiff_compiler.ir.nodes import Apply, Atom, Slice, Var, View, Write
from autodiff_compiler.loops.broadcast import ONE, Domain, Shapes, domain_of


def expand_gather(shapes: Shapes, target: Var, value: Apply) -> None:
    """Append `target = gather(array, indices...)`; its indices are guarded before.

    before:  y = gather(a, idx, axes=(0,))      after:  nest i < n, j < m: t = idx[i]; y[i, j] = a[t, j]
    """
    array, *indices = map(as_variable, value.operands)
    attributes = dict(value.attributes)
    axes = cast("tuple[int, ...]", attributes["axes"])
    if attributes.get("along"):
        domain, body, array, place = _along(shapes, array, axes[0], indices[0])
    else:
        domain, body, array, place = selected(shapes, array, axes, indices)
    element = body.load(array, place)
    shapes.write(domain, body, Write(target, domain.point, element, "set", True))


def selected(
    shapes: Shapes, array: Var, axes: tuple[int, ...], indices: list[Var]
) -> tuple[Domain, Builder, Var, tuple[Atom, ...]]:
    """The domain of a selection, a body that reads the indices, the array, and where in it a point lies.

    The axes of the index arrays stand where the first chosen axis was, the others in their order.
    """
    with shapes.selecting():
        common = shapes.broadcast(indices)
    lengths = shapes.shape(array)
    first = axes[0]
    others = [axis for axis in range(len(lengths)) if axis not in axes]
    before, after = [axis for axis in others if axis < first], [axis for axis in others if axis > first]
    domain = domain_of((*(lengths[axis] for axis in before), *common, *(lengths[axis] for axis in after)))
    body = Builder(shapes.builder.at)
    chosen = domain.point[len(before) : len(before) + len(common)]
    place = dict(zip(before, domain.point, strict=False))
    place |= dict(zip(after, domain.point[len(before) + len(common) :], strict=True))
    place |= {axis: shapes.load(body, index, chosen) for axis, index in zip(axes, indices, strict=True)}
    array = _part(shapes, array, domain, {axis: place[axis] for axis in axes})
    return domain, body, array, tuple(place[axis] for axis in range(len(lengths)))


def _part(shapes: Shapes, array: Var, domain: Domain, chosen: dict[int, Atom]) -> Var:
    """The part of the array that the domain covers along the axes that an index of the nest chooses from.

    So an index of a nest always runs over all of an axis.
    """
    extents = dict(zip(domain.indices, domain.extents, strict=True))
    parts = {
        axis: extents[at] for axis, at in chosen.items()
        if isinstance(at, Var) and at in extents and shapes.length(array, axis) != extents[at]
    }  # fmt: skip
    if not parts:
        return array
    kind = array_type(array)
    index = tuple(Slice(None, parts.get(axis), None) for axis in range(kind.rank))
    made = shapes.builder.assign(View(array, index), replace(kind, contiguous=False), array.name)
    shapes.sizes.observe(shapes.builder.statements[-1])
    for axis, extent in parts.items():
        shapes.sizes.length_is((made, axis), extent)
    return made


def _along(
    shapes: Shapes, array: Var, axis: int, index: Var
) -> tuple[Domain, Builder, Var, tuple[Atom, ...]]:
    """As `selected`, where each vector of the array along the axis has indices of its own."""
    lengths = list(shapes.shape(array))
    lengths[axis] = ONE
    with shapes.selecting():
        domain = domain_of(shapes.combine(tuple(lengths), shapes.shape(index), array, index))
    body = Builder(shapes.builder.at)
    place = [integer(0) if size == ONE else at for size, at in zip(lengths, domain.point, strict=True)]
    place[axis] = shapes.load(body, index, domain.point)
    return domain, body, _part(shapes, array, domain, {axis: place[axis]}), tuple(place)


def expand_extreme(shapes: Shapes, target: Var, value: Apply) -> None:
    """Append the lowest or the highest of some integers, which may be none."""
    array = as_variable(value.operands[0])
    combine = "min" if value.operator == "lowest" else "max"
    made = shapes.progressions.of(array)
    if made is not None:
        shapes.define(target, made.extreme(shapes.builder, shapes.shape(array), combine))
        return
    domain = domain_of(shapes.shape(array))
    body = Builder(shapes.builder.at)
    element = shapes.load(body, array, domain.point)
    shapes.write(domain, body, Write(target, (), element, combine, True))
