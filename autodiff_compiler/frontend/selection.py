"""Advanced indexing: arrays of integers and masks choose elements, next to slices, integers and new axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeGuard

import gast
import numpy as np

from autodiff_compiler.errors import TypeMismatch, UnsupportedSyntax
from autodiff_compiler.frontend import arrays, shapes
from autodiff_compiler.frontend.indexing import FULL, view
from autodiff_compiler.frontend.scope import Scope, broadcast
from autodiff_compiler.frontend.values import Lowered, describe
from autodiff_compiler.ir.build import array_type, integer
from autodiff_compiler.ir.nodes import Apply, Atom, Const, Guard, Load, NewAxis, Slice, Var
from autodiff_compiler.ir.types import BOOL, INT, Array, Scalar, is_bool, is_integer

Item = Atom | Slice | NewAxis  # for an array of integers or a mask, a variable
Index = tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Selection:
    """Some elements of an array: those that `indices`, broadcast together, name on `axes`; the others whole.

    The axes of the index arrays stand at `position` among the axes that are taken whole.
    """

    array: Var
    axes: tuple[int, ...]
    indices: tuple[Var, ...]
    position: int

    @property
    def kind(self) -> Array:
        """The type of the selected elements, the axes of the index arrays where the first chosen one was."""
        units = array_type(self.array).units
        common = broadcast("int64", [array_type(index) for index in self.indices]).units
        before = [units[axis] for axis in range(self.axes[0])]
        after = [units[axis] for axis in range(self.axes[0], len(units)) if axis not in self.axes]
        whole = (*before, *common, *after)
        return Array(self.array.type.dtype, len(whole), True, whole)

    @property
    def order(self) -> tuple[int, ...]:
        """The axes of `kind` in NumPy's order."""
        rank = max(array_type(index).rank for index in self.indices)
        start = self.axes[0]
        chosen = range(start, start + rank)
        whole = [axis for axis in range(self.kind.rank) if axis not in chosen]
        return (*whole[: self.position], *chosen, *whole[self.position :])


def is_array(item: object) -> TypeGuard[Var]:
    """Whether an item of an index is an array."""
    return isinstance(item, Var) and isinstance(item.type, Array)


def is_mask(item: object) -> TypeGuard[Var]:
    """Whether an item of an index is an array of truth values."""
    return is_array(item) and is_bool(Scalar(item.type.dtype))


def is_advanced(index: Sequence[object]) -> bool:
    """Whether an array is part of the index."""
    return any(map(is_array, index))


# ---------------------------------------------------------------- what an index may be


def index_array(scope: Scope, node: gast.AST, value: Lowered) -> Lowered:
    """A list or tuple in an index, as an array."""
    if scope.items(value) == ():  # integers as well, though an empty list is one of floats elsewhere
        return scope.builder.allocate((integer(0),), "int64", None, "index")
    return arrays.from_items(scope, node, value, None)


def checked(scope: Scope, node: gast.AST, array: Var) -> Atom:
    """An array that is part of an index: of integers or truth values; an integer where it has no axes."""
    if not (is_integer(Scalar(array.type.dtype)) or is_mask(array)):
        reason = f"indexing with {describe(array)}, where integers or truth values are needed"
        scope.frame.refuse(TypeMismatch, node, reason, "idx.astype(int), or a comparison for a mask")
    if array_type(array).rank == 0:
        element = scope.builder.assign(Load(array, ()), Scalar(array.type.dtype), array.name)
        return scope.integer(element, node, "an index")
    return array


# ---------------------------------------------------------------- reading


def gather(scope: Scope, node: gast.AST, array: Var, index: Index) -> Var:
    """`array[index]`: a new array with the elements that the index chooses."""
    chosen = select(scope, node, array, index)
    attributes = (("axes", chosen.axes),)
    operands = (chosen.array, *chosen.indices)
    made = scope.builder.assign(Apply("gather", operands, attributes), chosen.kind, array.name)
    return shapes.transpose(scope, made, chosen.order)


# ---------------------------------------------------------------- writing


def scatter(scope: Scope, node: gast.AST, array: Var, index: Index, value: Lowered) -> None:
    """`array[index] = value`."""
    scope.frame.refuse(UnsupportedSyntax, node, "writing through an array of indices is not supported")


# ---------------------------------------------------------------- what is selected


def select(scope: Scope, node: gast.AST, array: Var, index: Index) -> Selection:
    """What an index with arrays in it selects; that all of it is within the array is guarded."""
    basic: list[Item] = []
    chosen: list[tuple[int, Var]] = []  # the first axis of the array that an item is about, and the item
    numbered = [place for place, item in enumerate(index) if isinstance(item, (Var, Const))]
    axis = 0
    for item in index:
        if is_array(item):
            chosen.append((axis, item))
            count = array_type(item).rank if is_mask(item) else 1
            basic += [FULL] * count
            axis += count
        else:
            basic.append(item)
            axis += not isinstance(item, NewAxis)
    start = 0
    if numbered == list(range(numbered[0], numbered[-1] + 1)):  # a single group: it stays where it is
        start = sum(isinstance(item, (Slice, NewAxis)) for item in index[: numbered[0]])
    lengths = {place: scope.builder.dim(array, place) for place, item in _spread(chosen)}
    for place, item in chosen:
        _guard(scope, node, array, place, item, lengths)
    base = view(scope, array, tuple(basic))
    where = _axes_of_view(basic)
    (first, only), *others = chosen
    if is_mask(only) and not others and array_type(base).contiguous and array_type(only).rank > 1:
        return _flattened(scope, base, where[first], only, start)
    axes: list[int] = []
    indices: list[Var] = []
    for place, item in chosen:
        for offset, part in enumerate(places(scope, node, item) if is_mask(item) else [item]):
            axes.append(where[place + offset])
            indices.append(part)
    return Selection(base, tuple(axes), tuple(indices), start)


def _spread(chosen: Sequence[tuple[int, Var]]) -> list[tuple[int, Var]]:
    """The axes that each item is about."""
    return [
        (first + offset, item)
        for first, item in chosen
        for offset in range(array_type(item).rank if is_mask(item) else 1)
    ]


def _axes_of_view(basic: Sequence[Item]) -> dict[int, int]:
    """For each axis that basic indexing keeps, which axis of the view it is."""
    found: dict[int, int] = {}
    old = new = 0
    for item in basic:
        if isinstance(item, Slice):
            found[old] = new
        new += isinstance(item, (Slice, NewAxis))
        old += not isinstance(item, NewAxis)
    return found


def _flattened(scope: Scope, base: Var, first: int, mask: Var, start: int) -> Selection:
    """A mask alone, over several axes of an array without gaps: positions in these axes made one."""
    rank = array_type(mask).rank
    lengths = scope.builder.dims(base)
    joined = shapes.product(scope, lengths[first : first + rank])
    shape = (*lengths[:first], joined, *lengths[first + rank :])
    return Selection(shapes.reshaped(scope, base, shape), (first,), (position(scope, mask),), start)


def position(scope: Scope, mask: Var) -> Var:
    """Where the flattened mask is true."""
    name = f"{mask.name}_places" if mask.name else "places"
    return scope.builder.assign(Apply("positions", (mask,)), Array("int64", 1), name)


def places(scope: Scope, node: gast.AST, mask: Var) -> list[Var]:
    """Where the mask is true, for each of its axes."""
    place = position(scope, mask)
    found: list[Var] = []
    for length in reversed(scope.builder.dims(mask)[1:]):
        rest = scope.elementwise(node, "remainder", [place, length])
        place = scope.elementwise(node, "floor_divide", [place, length])  # type: ignore[assignment]
        assert isinstance(rest, Var)
        found.insert(0, rest)
    return [place, *found]


# ---------------------------------------------------------------- guards


def _guard(scope: Scope, node: gast.AST, array: Var, first: int, item: Var, lengths: dict[int, Atom]) -> None:
    """Guard that a mask has the shape of its axes, and that integers are within their axis."""
    at = scope.frame.at(node)
    if is_mask(item):
        for offset, size in enumerate(scope.builder.dims(item)):
            axis = first + offset
            same = scope.apply("equal", (lengths[axis], size), BOOL)
            message = f"a mask of length {{}} along axis {axis} of `{array.name}`, whose length is {{}}"
            scope.builder.add(Guard(same, message, (size, lengths[axis]), "IndexOutOfBounds", at))
        return
    length = lengths[first]
    message = f"index {{}} is out of bounds for axis {first} of `{array.name}`, whose length is {{}}"
    for operator, compare, limit in (
        ("lowest", "greater_equal", scope.apply("negative", (length,), INT)),
        ("highest", "less", length),
    ):
        if operator == "lowest" and np.dtype(item.type.dtype).kind == "u":
            continue
        extreme = scope.builder.assign(
            Apply(operator, (item,)), Scalar(item.type.dtype), f"{operator}_{item.name}"
        )
        inside = scope.apply(compare, (scope.cast(extreme, INT), limit), BOOL)
        scope.builder.add(Guard(inside, message, (extreme, length), "IndexOutOfBounds", at))
