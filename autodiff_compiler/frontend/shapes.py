"""Arrays under another shape: axes permuted, removed or added, memory read in another order, broadcasting.

What NumPy gives as a view is a view of the IR where it can be. Where it is a copy, or may be one, the context
notes why it must not be written to (`unwritable`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import gast

from autodiff_compiler.errors import AxisOutOfBounds, ShapeMismatch, TypeMismatch, UnsupportedSyntax
from autodiff_compiler.frontend.indexing import view
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.lessons import as_learned
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import Lowered
from autodiff_compiler.ir.build import FULL, array_type, in_words, integer
from autodiff_compiler.ir.nodes import Apply, Atom, Const, Guard, NewAxis, Reshape, Transpose, Var
from autodiff_compiler.ir.types import BOOL, INT, Array
from autodiff_compiler.wording import shape_places, templated

UNCERTAIN = "whether this reshape of memory with gaps shares it is only known at run time"
READ_ONLY = "what np.broadcast_to gives can only be read"


def transpose(scope: Scope, array: Var, axes: Sequence[int]) -> Var:
    """The array with its axes permuted: a view."""
    kind = array_type(array)
    if tuple(axes) == tuple(range(kind.rank)):
        return array
    units = tuple(kind.units[axis] for axis in axes)
    result = scope.builder.assign(
        Transpose(array, tuple(axes)), Array(kind.dtype, kind.rank, False, units), array.name
    )
    return scope.frame.context.same_memory(result, array)


def reversed_axes(scope: Scope, array: Var) -> Var:
    """`array.T`."""
    return transpose(scope, array, tuple(reversed(range(array_type(array).rank))))


def matrix_transpose(scope: Scope, array: Var) -> Var:
    """`array.mT`: the last two axes exchanged."""
    rank = array_type(array).rank
    return transpose(scope, array, (*range(rank - 2), rank - 1, rank - 2))


def product(scope: Scope, sizes: Sequence[Atom]) -> Atom:
    """The product of sizes."""
    total: Atom = integer(1)
    for size in sizes:
        if isinstance(total, Const) and isinstance(size, Const):
            total = integer(int(total.value) * int(size.value))
        else:
            total = scope.apply("multiply", (total, size), INT)
    return total


def sizes_of(scope: Scope, node: gast.AST, value: Lowered) -> tuple[Atom, ...]:
    """A shape argument: one integer or a tuple of them."""
    known = scope.items(value)
    items = (value,) if known is None else known
    return tuple(scope.integer(item, node, "a size") for item in items)


def order_of(scope: Scope, node: gast.AST, value: Lowered | None, array: Var) -> str:
    """An `order` argument that says how memory is read: "C" or "F"."""
    if value is None or (isinstance(value, Static) and value.value is None):
        return "C"
    letter = value.value.upper() if isinstance(value, Static) and isinstance(value.value, str) else ""
    if letter in ("C", "F"):
        return letter
    if letter in ("A", "K") and array_type(array).contiguous:
        return "C"
    scope.frame.refuse(
        UnsupportedSyntax, node, "this order depends on how the array lies in memory, known only at run time",
        'order="C" or order="F"',
    )  # fmt: skip


def reshape(scope: Scope, node: gast.AST, array: Var, sizes: Sequence[Atom], order: str = "C") -> Var:
    """`array.reshape(sizes)`; one size may be -1."""
    if order == "F":
        turned = reshape(scope, node, reversed_axes(scope, array), tuple(reversed(sizes)))
        return reversed_axes(scope, turned)
    kind = array_type(array)
    shape = _completed(scope, node, array, sizes)
    source = array if kind.contiguous else copy(scope, array)
    if source is not array:
        scope.frame.context.unwritable[source] = UNCERTAIN
    return reshaped(scope, source, shape)


def reshaped(scope: Scope, array: Var, shape: Sequence[Atom]) -> Var:
    """The memory of an array without gaps under another shape of as many elements."""
    units = tuple(isinstance(size, Const) and size.value == 1 for size in shape)
    kind = Array(array.type.dtype, len(shape), True, units)
    result = scope.builder.assign(Reshape(array, tuple(shape)), kind, array.name)
    return scope.frame.context.same_memory(result, array)


def _completed(scope: Scope, node: gast.AST, array: Var, sizes: Sequence[Atom]) -> list[Atom]:
    """The sizes with what -1 stands for, guarded to be as many elements as there are."""
    lengths = scope.builder.dims(array)
    total = product(scope, lengths)
    unknown = [k for k, size in enumerate(sizes) if isinstance(size, Const) and size.value == -1]
    known = product(scope, [size for k, size in enumerate(sizes) if k not in unknown])
    if len(unknown) > 1:
        scope.frame.refuse(ShapeMismatch, node, "only one size of a reshape can be -1")
    shape = list(sizes)
    if unknown:
        shape[unknown[0]] = scope.apply("floor_divide", (total, known), INT)
        known = scope.apply("multiply", (known, shape[unknown[0]]), INT)
    same = scope.apply("equal", (total, known), BOOL)
    given, wanted = shape_places(len(lengths)), shape_places(len(sizes))
    message = f"cannot reshape {templated(in_words(array))} of shape {given} into the shape {wanted}"
    scope.builder.add(Guard(same, message, (*lengths, *sizes), "ShapeMismatch", scope.frame.at(node)))
    return shape


def flattened(scope: Scope, node: gast.AST, array: Var, order: str) -> Var:
    """`array.flatten(order)`: always new memory."""
    if order == "F":
        array = reversed_axes(scope, array)
    return reshape(scope, node, copy(scope, array), [integer(-1)])


def copy(scope: Scope, array: Var) -> Var:
    """A fresh contiguous copy."""
    kind = replace(array_type(array), contiguous=True)
    return scope.builder.assign(Apply("copy", (array,)), kind, array.name)


# ---------------------------------------------------------------- axes of length one


def axes_of(scope: Scope, node: gast.AST, value: Lowered, rank: int) -> list[int]:
    """An axis argument, one or a tuple, counted from the front."""
    known = scope.items(value)
    axes: list[int] = []
    for item in (value,) if known is None else known:
        axis = scope.known_integer(item, node, "the axis")
        if not -rank <= axis < rank:
            scope.frame.refuse(AxisOutOfBounds, node, f"axis {axis} is out of bounds for a {rank}-D array")
        axes.append(axis % rank)
    if len(set(axes)) != len(axes):
        scope.frame.refuse(ShapeMismatch, node, "an axis is named twice")
    return axes


def expand_dims(scope: Scope, node: gast.AST, array: Var, axis: Lowered) -> Var:
    """`np.expand_dims`: a view with more axes, of length one."""
    known = scope.items(axis)
    rank = array_type(array).rank + (1 if known is None else len(known))
    new = axes_of(scope, node, axis, rank)
    return view(scope, array, tuple(NewAxis() if place in new else FULL for place in range(rank)))


def squeeze(scope: Scope, node: gast.AST, array: Var, axis: Lowered | None) -> Lowered:
    """`np.squeeze`: a view without axes of length one, each of which must be known to be one here."""
    kind = array_type(array)
    every = axis is None or (isinstance(axis, Static) and axis.value is None)
    if every or axis is None:
        removed = [place for place in range(kind.rank) if kind.units[place]]
    else:
        removed = axes_of(scope, node, axis, kind.rank)
    for place in range(kind.rank):
        if kind.units[place] or (place not in removed and not every):
            continue
        length = scope.builder.dim(array, place)
        test = scope.apply("not_equal" if every else "equal", (length, integer(1)), BOOL)
        name = templated(in_words(array))
        message = (
            f"whether axis {place} of {name} is squeezed must be known while compiling, "
            "and here its length is {}"
            if every
            else f"cannot squeeze axis {place} out of {name}: its length is {{}}, not one"
        )
        scope.builder.add(Guard(test, message, (length,), "ShapeMismatch", scope.frame.at(node)))
    index = tuple(integer(0) if place in removed else FULL for place in range(kind.rank))
    if len(removed) == kind.rank:
        return scope.builder.load(array, tuple(integer(0) for _ in index))
    return view(scope, array, index)


# ---------------------------------------------------------------- broadcasting


def spread(scope: Scope, node: gast.AST, value: Lowered, shape: Lowered) -> Atom:
    """A number or array broadcast to a shape: a new array."""
    atom = scope.atom(value, node, "what is broadcast")
    sizes = sizes_of(scope, node, shape)
    if not sizes and not isinstance(atom.type, Array):
        return atom
    if isinstance(atom.type, Array) and atom.type.rank > len(sizes):
        reason = f"a {atom.type.rank}-D array cannot be broadcast to a shape of {len(sizes)} axes"
        scope.frame.refuse(ShapeMismatch, node, reason)
    units = tuple(isinstance(size, Const) and size.value == 1 for size in sizes)
    kind = Array(atom.type.dtype, len(sizes), True, units)
    name = atom.name if isinstance(atom, Var) else ""
    (atom,) = as_learned(scope.frame, scope.builder, (scope.builder.at, "broadcast_to"), [atom])
    return scope.builder.assign(Apply("broadcast_to", (atom, *sizes)), kind, name)


def broadcast_to(scope: Scope, node: gast.AST, value: Lowered, shape: Lowered) -> Atom:
    """`np.broadcast_to`: a copy that can only be read, as NumPy's view can."""
    made = spread(scope, node, value, shape)
    if isinstance(made, Var) and isinstance(made.type, Array):
        scope.frame.context.unwritable[made] = READ_ONLY
    return made


def places(scope: Scope, node: gast.AST, shape: Lowered, axis: Lowered) -> Atom:
    """The place of each element of a shape along one axis."""
    sizes = sizes_of(scope, node, shape)
    place = scope.known_integer(axis, node, "the axis")
    if not 0 <= place < len(sizes):
        scope.frame.refuse(TypeMismatch, node, f"a shape of {len(sizes)} axes has no axis {place}")
    units = tuple(isinstance(size, Const) and size.value == 1 for size in sizes)
    value = Apply("places", sizes, (("axis", place),))
    return scope.builder.assign(value, Array("int64", len(sizes), True, units), "places")
