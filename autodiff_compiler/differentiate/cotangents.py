"""The cotangents known while a block is reversed.

A scalar's cotangent is a value that contributions are added to. An array's is a *shadow*: memory of the same
shape, made where the array's family is first needed; views of the array have the same views of its shadow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from autodiff_compiler.analysis.lengths import Lengths
from autodiff_compiler.differentiate.guarded import added
from autodiff_compiler.differentiate.recall import Recall
from autodiff_compiler.differentiate.scalar_rules import bar_name, bar_type
from autodiff_compiler.ir.build import Builder, as_variable, complex_constant, integer
from autodiff_compiler.ir.nodes import (
    Allocate,
    Apply,
    Assign,
    Atom,
    Const,
    Function,
    Nest,
    Reshape,
    Slice,
    Transpose,
    Var,
    View,
    Write,
)
from autodiff_compiler.ir.types import BOOL, INT, Array, Scalar, is_complex
from autodiff_compiler.ir.walk import statements
from autodiff_compiler.operators.trace import Traced


@dataclass(frozen=True)
class Place:
    """Where in its pool the shadow of an array begins; `stride` is given where it may have gaps."""

    at: Atom
    stride: Atom | None


class Families:
    """For each array variable, the view of which variable it is; a family's root is no view."""

    def __init__(self, function: Function) -> None:
        self._views: dict[Var, View | Transpose | Reshape] = {}
        for statement in statements(function.body):
            match statement:
                case Assign(target, View() | Transpose() | Reshape() as view):
                    self._views[target] = view

    def root(self, array: Var) -> Var:
        """The variable whose memory the array is a view of."""
        while array in self._views:
            array = self._views[array].array
        return array

    def view(self, array: Var) -> View | Transpose | Reshape | None:
        """What the array is a view of, and how; None for a root."""
        return self._views.get(array)


class Cotangents:
    """Cotangents in one block being reversed; `nested` copies it for an inner block."""

    def __init__(
        self, families: Families, sizes: Lengths, builder: Recall, places: Mapping[Var, Place]
    ) -> None:
        self.families = families
        self.places = places  # of arrays that may have several names
        self.pools: dict[str, Var] = {}  # the memory of their shadows, by dtype
        self.sizes = sizes  # the lengths of each root's axes, measured going forward
        self.builder = builder
        self.scalars: dict[Var, Atom] = {}
        self.shadows: dict[Var, Var] = {}  # root -> shadow
        self._views: dict[Var, Var] = {}  # view -> the same view of the shadow

    def nested(self) -> Cotangents:
        """For a block inside this one: everything known stays visible."""
        inner = Cotangents(
            self.families, self.sizes, Recall(self.builder.at, dict(self.builder.known)), self.places
        )
        inner.pools = self.pools
        inner.scalars = dict(self.scalars)
        inner.shadows = dict(self.shadows)
        inner._views = dict(self._views)
        return inner

    # ------------------------------------------------------------ scalars

    def take(self, scalar: Var) -> Atom | None:
        """The finished cotangent of a scalar whose definition is being reversed."""
        return self.scalars.pop(scalar, None)

    def add(self, scalar: Atom, contribution: Atom) -> None:
        """Add to a scalar's cotangent (constants have none; a zero contribution adds nothing)."""
        if not isinstance(scalar, Var) or is_zero(contribution):
            return
        current = self.scalars.get(scalar)
        if current is None or is_zero(current):
            self.scalars[scalar] = contribution
        else:
            before = len(self.builder.statements)
            total = added(Traced(self.builder, current), Traced(self.builder, contribution)).atom
            if isinstance(total, Var) and len(self.builder.statements) > before:
                total = self.builder.rename_last(total, bar_name(scalar))
            self.scalars[scalar] = total

    # ------------------------------------------------------------ arrays

    def has_shadow(self, array: Var) -> bool:
        """Whether anything has contributed to the array's family yet."""
        root = self.families.root(array)
        return root in self.shadows or root in self.places

    def _part(self, array: Var, place: Place) -> Var:
        """The part of the pool that is the shadow of an array with a place."""
        if array not in self._views:
            pool, lengths, builder = self.pools[array.type.dtype], self.sizes[array], self.builder
            kind = bar_type(array.type)
            if place.stride is not None:
                self._views[array] = _spread(builder, pool, place.at, place.stride, lengths[0], array)
                return self._views[array]
            size: Atom = integer(1)
            for length in lengths:
                size = (
                    length if size == integer(1) else builder.assign(Apply("multiply", (size, length)), INT)
                )
            end = builder.assign(Apply("add", (place.at, size)), INT, "end")
            flat = Array(array.type.dtype, 1)
            part = builder.assign(View(pool, (Slice(place.at, end, None),)), flat, bar_name(array))
            if len(lengths) != 1:
                part = builder.assign(Reshape(part, lengths), kind, bar_name(array))
            self._views[array] = part
        return self._views[array]

    def shadow(self, array: Var) -> Var:
        """The array's shadow, made (of zeros) if there is none yet."""
        if (place := self.places.get(array)) is not None:
            return self._part(array, place)
        view = self.families.view(array)
        if view is None:
            if array not in self.shadows:
                self.shadows[array] = zeros(self.builder, array, self.sizes[array])
            return self.shadows[array]
        if array not in self._views:
            base = self.shadow(view.array)
            same = replace(view, array=base)
            self._views[array] = self.builder.assign(same, array.type, bar_name(array))
        return self._views[array]

    def add_array(self, array: Var, contribution: Var) -> None:
        """Add an array that is no one else's to an array's cotangent; it becomes the shadow where none is."""
        if self.families.view(array) is None and array not in self.shadows and array not in self.places:
            self.shadows[array] = contribution
            return
        accumulate(self.builder, self.shadow(array), contribution)

    def seed(self, atom: Atom, bar: Atom) -> None:
        """Add a cotangent to a number's, or an array that is no one else's to an array's."""
        if isinstance(bar.type, Array):
            self.add_array(as_variable(atom), as_variable(bar))
        else:
            self.add(atom, bar)

    def extents(self, array: Var) -> tuple[Atom, ...]:
        """The lengths of the array's axes, as reverse code can read them."""
        return self.sizes[array]


def total(builder: Builder, lengths: tuple[Atom, ...]) -> Atom:
    """How many elements an array of these lengths has."""
    size: Atom = integer(1)
    for length in lengths:
        size = length if size == integer(1) else builder.assign(Apply("multiply", (size, length)), INT)
    return size


def _spread(builder: Builder, pool: Var, at: Atom, stride: Atom, length: Atom, array: Var) -> Var:
    """The elements at, at + stride, ... of a pool, `length` of them."""
    zero_, one, back = integer(0), integer(1), integer(-1)
    before = builder.assign(Apply("subtract", (length, one)), INT)
    span = builder.assign(Apply("multiply", (before, stride)), INT)
    last = builder.assign(Apply("add", (at, span)), INT)
    upwards = builder.assign(Apply("greater", (stride, zero_)), BOOL)
    towards = builder.assign(Apply("where", (upwards, one, back)), INT)
    end = builder.assign(Apply("add", (last, towards)), INT)
    # without elements it may lie before the pool, and would be counted from its end
    end = builder.assign(Apply("maximum", (end, zero_)), INT, "end")
    kind = Array(array.type.dtype, 1, contiguous=False)
    return builder.assign(View(pool, (Slice(at, end, stride),)), kind, bar_name(array))


def is_zero(atom: Atom) -> bool:
    """Whether the atom is the constant zero."""
    return isinstance(atom, Const) and atom.value == 0


def zero(like: Var) -> Const:
    """Zero of a variable's dtype."""
    kind = Scalar(like.type.dtype)
    return complex_constant(0j, kind) if is_complex(kind) else Const(0.0, kind)


def zeros(builder: Builder, array: Var, sizes: tuple[Atom, ...]) -> Var:
    """A zero shadow of the array's shape."""
    made = Allocate(sizes, array.type.dtype, zero(array))
    return builder.assign(made, bar_type(array.type), bar_name(array))


def elementwise_nest(
    builder: Builder,
    shape: tuple[Atom, ...],
    write: tuple[Var, str, bool],
    source: Atom,
) -> None:
    """Append a nest over `shape` that writes `source` (an array of that shape, or a scalar) to a target."""
    indices = tuple(Var("ijklmn"[k] if k < 6 else f"i{k}", INT) for k in range(len(shape)))
    body = Builder(builder.at)
    value: Atom = source
    if isinstance(source, Var) and isinstance(source.type, Array):
        kind = source.type
        position = tuple(
            integer(0) if unit else index for unit, index in zip(kind.units, indices, strict=True)
        )
        value = body.load(source, position)
    target, combine, fresh = write
    made = Write(target, indices if isinstance(target.type, Array) else (), value, combine, fresh)
    builder.add(Nest(indices, shape, body.block(), (made,), builder.at))


def accumulate(builder: Builder, target: Var, source: Var) -> None:
    """`target += source` for arrays of one shape."""
    elementwise_nest(builder, builder.dims(target), (target, "add", False), source)
