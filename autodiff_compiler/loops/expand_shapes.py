"""Expand operators that make an array of a given shape into nests: places along an axis, broadcast values."""

from __future__ import annotations

from typing import cast

from autodiff_compiler.ir.build import Builder
from autodiff_compiler.ir.nodes import Apply, Atom, Var, Write
from autodiff_compiler.ir.types import Array
from autodiff_compiler.loops.broadcast import Shapes, domain_of


def expand_places(shapes: Shapes, target: Var, value: Apply) -> None:
    """Append `target = the place of each element along one axis` as a nest over the shape."""
    domain = domain_of(tuple(map(shapes.sizes.canonical, value.operands)))
    place = domain.point[cast("int", dict(value.attributes)["axis"])]
    write = Write(target, domain.point, place, "set", True)
    shapes.write(domain, Builder(shapes.builder.at), write)


def expand_broadcast(shapes: Shapes, target: Var, value: Apply) -> None:
    """Append `target = source broadcast to a shape` as a nest over the shape, which makes a new array."""
    source: Atom = value.operands[0]
    if isinstance(source, Var) and isinstance(source.type, Array):
        shapes.require_fits(source, tuple(value.operands[1:]))
    domain = domain_of(tuple(map(shapes.sizes.canonical, value.operands[1:])))
    body = Builder(shapes.builder.at)
    if isinstance(source, Var) and isinstance(source.type, Array):
        source = shapes.load(body, source, domain.point)
    shapes.write(domain, body, Write(target, domain.point, source, "set", True))
