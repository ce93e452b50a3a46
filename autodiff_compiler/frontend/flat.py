"""`a.flat`: the elements of an array in C order, whatever its layout, to index and to loop over."""

from __future__ import annotations

import gast
import numpy as np

from autodiff_compiler.errors import TypeMismatch, UnsupportedSyntax
from autodiff_compiler.frontend import arrays, selection, shapes
from autodiff_compiler.frontend.indexing import element_or_view
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.selection import Index
from autodiff_compiler.frontend.values import Counted, Lowered, TupleValue
from autodiff_compiler.ir.build import array_type, integer
from autodiff_compiler.ir.nodes import Atom, Const, Guard, NewAxis, Slice, Var
from autodiff_compiler.ir.types import BOOL, INT, Scalar


def array_behind(value: Lowered) -> Var | None:
    """The array of an `a.flat`; None for all else."""
    if isinstance(value, TupleValue) and value.cls is np.flatiter:
        (array,) = value.items
        assert isinstance(array, Var)
        return array
    return None


def _is_row(array: Var) -> bool:
    """Whether the elements lie in a row that a view can be."""
    return array_type(array).contiguous or array_type(array).rank == 1


def row(scope: Scope, array: Var) -> Var:
    """The array as one row: a view where its memory has no gaps, else what stands for it in an index."""
    if array_type(array).rank == 1:
        return array
    size = shapes.product(scope, scope.builder.dims(array))
    if _is_row(array):
        return shapes.reshaped(scope, array, (size,))
    return scope.builder.allocate((size,), array.type.dtype, None, array.name)


def read(scope: Scope, node: gast.AST, array: Var, line: Var, index: Index) -> Lowered:
    """`array.flat[index]`: an element, or a new array."""
    _check_axes(scope, node, index)
    if not _is_row(array) and isinstance(index[0], Slice):
        line = shapes.reshaped(scope, shapes.copy(scope, array), scope.builder.dims(line))
        return element_or_view(scope, line, index)
    array, index = place_of(scope, node, array, line, index)
    if selection.is_advanced(index):
        return selection.gather(scope, node, array, index)
    found = element_or_view(scope, array, index)
    return found if isinstance(found.type, Scalar) else shapes.copy(scope, found)


def _check_axes(scope: Scope, node: gast.AST, index: Index) -> None:
    if any(isinstance(item, NewAxis) for item in index):
        reason = "`.flat` is indexed by integers, slices and masks, not with new axes"
        scope.frame.refuse(TypeMismatch, node, reason, "np.ravel(a)[None]")


def place_of(scope: Scope, node: gast.AST, array: Var, line: Var, index: Index) -> tuple[Var, Index]:
    """The array and the index of what `array.flat[index]` names, given the index into the row."""
    _check_axes(scope, node, index)
    if _is_row(array):
        return line, index
    return array, _unravelled(scope, node, array, line, index)


def _unravelled(scope: Scope, node: gast.AST, array: Var, line: Var, index: Index) -> Index:
    """An index for each axis of an array with gaps, in place of one into its row."""
    (item,) = index
    if isinstance(item, (Slice, NewAxis)):
        reason = "slices of `.flat` are not written to in arrays whose memory has gaps"
        scope.frame.refuse(UnsupportedSyntax, node, reason, "a.flat[np.arange(...)] = values")
    lengths = scope.builder.dims(array)
    size = scope.builder.dim(line, 0)
    if selection.is_mask(item):
        place: Atom = selection.position(scope, item)
    elif selection.is_array(item):
        selection.guard(scope, node, line, 0, item)
        place = scope.elementwise(node, "remainder", [scope.cast(item, INT), size])
    else:
        place = _checked(scope, node, line, item, size)
    return _places(scope, node, place, lengths)


def _places(scope: Scope, node: gast.AST, place: Atom, lengths: tuple[Atom, ...]) -> Index:
    if not lengths:
        return ()
    found: list[Atom] = []
    for length in reversed(lengths[1:]):
        found.insert(0, scope.elementwise(node, "remainder", [place, length]))
        place = scope.elementwise(node, "floor_divide", [place, length])
    return (place, *found)


def _checked(scope: Scope, node: gast.AST, line: Var, place: Atom, size: Atom) -> Atom:
    """A place in a row counted from the front, guarded."""
    lowest = scope.apply("negative", (size,), INT)
    message = f"index {{}} is out of bounds for `{line.name}.flat`, whose length is {{}}"
    for compare, limit in (("greater_equal", lowest), ("less", size)):
        inside = scope.apply(compare, (place, limit), BOOL)
        at = scope.frame.at(node)
        scope.builder.add(Guard(inside, message, (place, size), "IndexOutOfBounds", at))
    return scope.elementwise(node, "remainder", [place, size])


def each(scope: Scope, node: gast.AST, array: Var) -> Counted:
    """A loop over `array.flat`."""
    lengths = scope.builder.dims(array)
    size = shapes.product(scope, lengths)
    line = row(scope, array) if _is_row(array) else None

    def item(inner: Scope, k: Atom) -> Lowered:
        if line is not None:
            return element_or_view(inner, line, (k,))
        return element_or_view(inner, array, _places(inner, node, k, lengths))

    return Counted(integer(0), size, integer(1), item)


def each_index(scope: Scope, node: gast.AST, lengths: tuple[Atom, ...]) -> Counted:
    """A loop over `np.ndindex(lengths)`: tuples of indices."""

    def item(inner: Scope, k: Atom) -> Lowered:
        places = _places(inner, node, k, lengths)
        return TupleValue(tuple(_of_python(inner, place) for place in places))

    return Counted(integer(0), shapes.product(scope, lengths), integer(1), item, once=True)


def _of_python(scope: Scope, place: Atom | Slice | NewAxis) -> Lowered:
    """An index as one of Python's numbers."""
    assert isinstance(place, (Var, Const))
    return arrays.strong(scope, place, Scalar("int64", True)) if isinstance(place, Var) else place


def each_with_index(scope: Scope, node: gast.AST, array: Var) -> Counted:
    """A loop over `np.ndenumerate(array)`: tuples of indices, each with the element there."""
    indices = each_index(scope, node, scope.builder.dims(array))

    def item(inner: Scope, k: Atom) -> Lowered:
        place = indices.item(inner, k)
        assert isinstance(place, TupleValue)
        index = tuple(part for part in place.items if isinstance(part, (Var, Const)))
        return TupleValue((place, element_or_view(inner, array, index)))

    return Counted(indices.start, indices.stop, indices.step, item, once=True)
