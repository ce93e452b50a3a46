"""Products of arrays as loop nests: one multiplication at each point, summed over what the result lacks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import cast

from autodiff_compiler.ir.build import Builder, array_type, as_variable, integer
from autodiff_compiler.ir.nodes import Apply, Atom, Var, Write
from autodiff_compiler.ir.types import INT, Scalar, is_bool
from autodiff_compiler.loops.broadcast import LETTERS, ONE, Domain, Shapes
from autodiff_compiler.loops.expand_reductions import finish

Labels = tuple[int, ...]

_MATMUL = {  # by the ranks of the factors: what their axes and those of the product are called
    (2, 2): (((0, 1), (1, 2)), (0, 2)),
    (2, 1): (((0, 1), (1,)), (0,)),
    (1, 2): (((1,), (1, 2)), (2,)),
    (1, 1): (((1,), (1,)), ()),
}


def expand_matmul(shapes: Shapes, target: Var, value: Apply) -> None:
    """Append the product of two matrices or vectors; an inner axis of length one broadcasts to no other."""
    left, right = map(as_variable, value.operands)
    inner = shapes.shape(left)[-1], shapes.length(right, max(array_type(right).rank - 2, 0))
    message = f"cannot multiply {shapes.shown(left)} by {shapes.shown(right)}"
    shapes.require_equal(*inner, message, shapes.shape(left) + shapes.shape(right))
    inputs, output = _MATMUL[array_type(left).rank, array_type(right).rank]
    _expand(shapes, target, (left, right), inputs, output)


def expand_contraction(shapes: Shapes, target: Var, value: Apply) -> None:
    """Append `contract`: axes of one label have one length, or the length one, which broadcasts."""
    attributes = dict(value.attributes)
    inputs = cast("tuple[Labels, ...]", attributes["inputs"])
    _expand(
        shapes, target, tuple(map(as_variable, value.operands)), inputs, cast(Labels, attributes["output"])
    )


def _expand(
    shapes: Shapes, target: Var, arrays: Sequence[Var], inputs: Sequence[Labels], output: Labels
) -> None:
    extents = _extents(shapes, arrays, inputs)
    order = [label for label in _order(inputs, output) if extents[label] != ONE]
    points: dict[int, Atom] = dict.fromkeys(extents, integer(0))
    points.update({label: Var(LETTERS[k % len(LETTERS)], INT) for k, label in enumerate(order)})
    indices = tuple(cast(Var, points[label]) for label in order)
    place = tuple(points[label] for label in output)
    domain = Domain(indices, tuple(extents[label] for label in order), place)
    dtype = "float64" if target.type == Scalar("float32") else target.type.dtype
    body = Builder(shapes.builder.at)
    product: Atom | None = None
    for array, labels in zip(arrays, inputs, strict=True):
        index = tuple(
            integer(0) if array_type(array).units[axis] else points[label]
            for axis, label in enumerate(labels)
        )
        factor = body.cast(body.load(array, index), Scalar(dtype), "cast")
        product = factor if product is None else _times(body, product, factor, dtype)
    assert product is not None
    total = target if dtype == target.type.dtype else Var(f"{target.name}_total", Scalar(dtype), target.at)
    combine = "set" if set(order) <= set(output) else "max" if is_bool(target.type) else "add"
    shapes.write(domain, body, Write(total, place, product, combine, True))
    finish(shapes, target, total, None)


def _times(body: Builder, one: Atom, other: Atom, dtype: str) -> Atom:
    operator = "logical_and" if dtype == "bool" else "multiply"
    return body.assign(Apply(operator, (one, other)), Scalar(dtype), "product")


def _extents(shapes: Shapes, arrays: Sequence[Var], inputs: Sequence[Labels]) -> Mapping[int, Atom]:
    """The length of each label; lengths that must be equal are guarded."""
    found: dict[int, Atom] = {}
    origins: dict[int, Var] = {}
    for array, labels in zip(arrays, inputs, strict=True):
        for label, length in zip(labels, shapes.shape(array), strict=True):
            known = found.get(label, ONE)
            if ONE not in (known, length):
                first = origins[label]
                message = f"cannot combine {shapes.shown(first)} with {shapes.shown(array)}"
                shapes.require_equal(known, length, message, shapes.shape(first) + shapes.shape(array))
            if known == ONE:
                found[label], origins[label] = length, array
    return {label: shapes.sizes.canonical(length) for label, length in found.items()}


def _order(inputs: Sequence[Labels], output: Labels) -> list[int]:
    """The loops, outermost first: the axis that most arrays have last runs innermost, through memory."""
    last = Counter(labels[-1] for labels in (output, *inputs) if labels)
    found = list(dict.fromkeys(label for labels in (*inputs, output) for label in labels))
    if not found:
        return []
    innermost = max(found, key=lambda label: (last[label], bool(output) and label == output[-1]))
    return [*(label for label in found if label != innermost), innermost]


__all__ = ["expand_contraction", "expand_matmul"]
