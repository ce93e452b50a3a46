"""Advanced indexing: arrays of integers and masks choose elements, next to slices, integers and new axes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeGuard

import gast
import numpy as np

from autodiff_compiler.errors import TypeMismatch
from autodiff_compiler.frontend import arrays, shapes
from autodiff_compiler.frontend.axis_order import in_order, unknown_order
from autodiff_compiler.frontend.indexing import view, write_array
from autodiff_compiler.frontend.lessons import as_learned
from autodiff_compiler.frontend.operand_dtypes import kept
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import Lowered, describe
from autodiff_compiler.ir.build import FULL, STORE, VALUE, array_type, in_words, integer
from autodiff_compiler.ir.nodes import Apply, Atom, Const, Guard, Load, NewAxis, Slice, Store, Var
from autodiff_compiler.ir.types import BOOL, INT, Array, Scalar, is_bool, is_integer
from autodiff_compiler.operators.promotion import broadcast
from autodiff_compiler.wording import templated

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
    return _read(scope, select(scope, node, array, index))


def _read(scope: Scope, chosen: Selection) -> Var:
    attributes = (("axes", chosen.axes),)
    operands = (chosen.array, *chosen.indices)
    name = chosen.array.name
    made = scope.builder.assign(Apply("gather", operands, attributes), chosen.kind, name)
    leading = chosen.axes == tuple(range(len(chosen.axes)))
    if not (leading and all(in_order(scope.frame.context, index) for index in chosen.indices)):
        made = unknown_order(scope.frame, scope.builder, made)
    return shapes.transpose(scope, made, chosen.order)


def take(scope: Scope, node: gast.AST, array: Var, indices: Var, axis: int, inside: bool) -> Var:
    """The elements that an array of indices names along an axis; they are guarded unless all are inside."""
    if not inside:
        before = scope.builder.dims(array)[:axis]
        empty = None
        if before:
            empty = scope.apply("equal", (shapes.product(scope, before), integer(0)), BOOL)
        guard(scope, node, array, axis, indices, unless=empty)
    return _read(scope, Selection(array, (axis,), (indices,), axis))


def along(scope: Scope, node: gast.AST, array: Var, indices: Var, axis: int) -> Var:
    """The elements that an index for each vector along the axis names."""
    guard(scope, node, array, axis, indices)
    kind, given = array_type(array), array_type(indices)
    units = tuple(
        own if place == axis else unit and own
        for place, (unit, own) in enumerate(zip(kind.units, given.units, strict=True))
    )
    attributes = (("axes", (axis,)), ("along", True))
    value = Apply("gather", (array, indices), attributes)
    return scope.builder.assign(value, Array(kind.dtype, kind.rank, True, units), array.name)


# ---------------------------------------------------------------- writing


def scatter(scope: Scope, node: gast.AST, array: Var, index: Index, value: Lowered) -> None:
    """`array[index] = value`: of elements that are named several times, the last one stays."""
    given = arrays.as_operand(scope, node, value, "the assigned value")
    masks = [item for item in index if is_array(item)]
    if len(masks) == 1 and is_mask(masks[0]) and not isinstance(given.type, Array):
        _fill(scope, node, array, index, masks[0], given)
    else:
        _write(scope, node, select(scope, node, array, index), given, accumulate=False)


def add_at(scope: Scope, node: gast.AST, array: Var, index: Index, value: Lowered) -> None:
    """`np.add.at(array, index, value)`: elements that are named several times are added to each time."""
    scope.check_writable(array, node)
    given = arrays.as_operand(scope, node, value, "the added value")
    _write(scope, node, select(scope, node, array, index), given, accumulate=True)


def update(
    scope: Scope, node: gast.AST, array: Var, index: Index, following: Callable[[Var], Lowered]
) -> None:
    """`array[index] op= value`: the elements are read, changed and written back, in this order, as one."""
    scope.check_writable(array, node)
    chosen = select(scope, node, array, index)
    changed = scope.atom(following(_read(scope, chosen)), node, "the result")
    if not np.can_cast(changed.type.dtype, array.type.dtype, "same_kind"):
        reason = f"NumPy does not put {changed.type.dtype} into an array of {array.type.dtype} in place"
        scope.frame.refuse(TypeMismatch, node, reason, "the operation written out, into a new array")
    _write(scope, node, chosen, changed, accumulate=False)


def _write(scope: Scope, node: gast.AST, chosen: Selection, value: Atom, *, accumulate: bool) -> None:
    order, array = chosen.order, chosen.array
    value = kept(scope, node, value, Scalar(array.type.dtype))
    if isinstance(value, Var) and isinstance(value.type, Array):
        missing = len(order) - value.type.rank
        if order != tuple(range(len(order))) and missing >= 0:
            value = view(scope, value, (*[NewAxis()] * missing, *[FULL] * value.type.rank))
            value = shapes.transpose(scope, value, [order.index(axis) for axis in range(len(order))])
    at = scope.frame.at(node)
    (value,) = as_learned(scope.frame, scope.builder, (at, STORE), [value], VALUE)
    scope.builder.add(Store(array, chosen.indices, value, accumulate, at, chosen.axes))


def _fill(scope: Scope, node: gast.AST, array: Var, index: Index, mask: Var, value: Atom) -> None:
    """`array[mask] = number`: each element becomes the number or stays what it is; no place is looked up."""
    base, where = _view(scope, node, array, index)
    first = where[0][0]
    after = array_type(base).rank - first - array_type(mask).rank
    condition = view(scope, mask, (*[FULL] * array_type(mask).rank, *[NewAxis()] * after))
    number = kept(scope, node, value, Scalar(array.type.dtype))
    write_array(scope, node, base, scope.elementwise(node, "where", [condition, number, base]))


# ---------------------------------------------------------------- what is selected


def select(scope: Scope, node: gast.AST, array: Var, index: Index) -> Selection:
    """What an index with arrays in it selects; that all of it is within the array is guarded."""
    numbered = [place for place, item in enumerate(index) if isinstance(item, (Var, Const))]
    start = 0
    if numbered == list(range(numbered[0], numbered[-1] + 1)):  # a single group: it stays where it is
        start = sum(isinstance(item, (Slice, NewAxis)) for item in index[: numbered[0]])
    base, chosen = _view(scope, node, array, index)
    (first, only), *others = chosen
    if is_mask(only) and not others and array_type(base).contiguous and array_type(only).rank > 1:
        return _flattened(scope, base, first, only, start)
    axes: list[int] = []
    indices: list[Var] = []
    for axis, item in chosen:
        parts = places(scope, node, item) if is_mask(item) else [item]
        axes += range(axis, axis + len(parts))
        indices += parts
    for use in ((scope.builder.at, "gather"), (scope.frame.at(node), STORE)):
        learned = as_learned(scope.frame, scope.builder, use, indices, 1)
        indices = [item for item in learned if isinstance(item, Var)]
    return Selection(base, tuple(axes), tuple(indices), start)


def _view(scope: Scope, node: gast.AST, array: Var, index: Index) -> tuple[Var, list[tuple[int, Var]]]:
    """What the slices, integers and new axes of an index leave, and the arrays, each by its first axis there.

    That the arrays stay within their axes is guarded.
    """
    basic: list[Item] = []
    chosen: list[tuple[int, Var]] = []
    old = new = 0
    several = [item for item in index if is_array(item) and not is_mask(item)]
    nothing = None
    if len(several) > 1:  # broadcast to no elements, they may be anything
        sizes = shapes.product(scope, [size for item in several for size in scope.builder.dims(item)])
        nothing = scope.apply("equal", (sizes, integer(0)), BOOL)
    for item in index:
        if is_array(item):
            guard(scope, node, array, old, item, unless=None if is_mask(item) else nothing)
            chosen.append((new, item))
            count = array_type(item).rank if is_mask(item) else 1
            basic += [FULL] * count
            old, new = old + count, new + count
        else:
            basic.append(item)
            old += not isinstance(item, NewAxis)
            new += isinstance(item, (Slice, NewAxis))
    return view(scope, array, tuple(basic)), chosen


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


def guard(
    scope: Scope, node: gast.AST, array: Var, first: int, item: Var, unless: Atom | None = None
) -> None:
    """Guard that a mask has the shape of its axes, and that integers are within their axis, or `unless`."""
    at = scope.frame.at(node)
    whole, chosen = templated(in_words(array)), templated(in_words(item))
    if is_mask(item):
        for axis, size in enumerate(scope.builder.dims(item), first):
            length = scope.builder.dim(array, axis)
            same = scope.apply("equal", (length, size), BOOL)
            message = f"a mask of length {{}} along axis {axis} of {whole}, whose length is {{}} ({chosen})"
            scope.builder.add(Guard(same, message, (size, length), "IndexOutOfBounds", at))
        return
    length = scope.builder.dim(array, first)
    message = f"index {{}} is out of bounds for axis {first} of {whole}, whose length is {{}} (in {chosen})"
    for operator, compare, limit in (
        ("lowest", "greater_equal", scope.apply("negative", (length,), INT)),
        ("highest", "less", length),
    ):
        if operator == "lowest" and np.dtype(item.type.dtype).kind == "u":
            continue
        name = f"{operator}_{item.name}" if item.name else operator
        extreme = scope.builder.assign(Apply(operator, (item,)), Scalar(item.type.dtype), name)
        inside = scope.apply(compare, (scope.cast(extreme, INT), limit), BOOL)
        if unless is not None:
            inside = scope.apply("logical_or", (inside, unless), BOOL)
        scope.builder.add(Guard(inside, message, (extreme, length), "IndexOutOfBounds", at))
