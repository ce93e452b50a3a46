"""Broadcasting: the common shape of several arrays, and reading each of them at a point of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from autodiff_compiler.analysis.sizes import Sizes
from autodiff_compiler.ir.build import STORE, VALUE, Builder, array_type, constant, integer
from autodiff_compiler.ir.nodes import (
    Allocate,
    Apply,
    Assign,
    Atom,
    Const,
    Dim,
    Guard,
    Nest,
    Statement,
    Store,
    Var,
    Write,
)
from autodiff_compiler.ir.types import BOOL, INT, Scalar
from autodiff_compiler.location import Location
from autodiff_compiler.loops.progressions import Progressions
from autodiff_compiler.wording import (
    array_text,
    assigned_texts,
    operand_texts,
    quoted,
    shape_places,
    templated,
    without_names,
)

Notes = Mapping[Location | None, Guard]  # by place: what the guards of a call say besides
Shape = tuple[Atom, ...]  # canonical sizes; the constant one marks an axis that broadcasts
ONE = integer(1)
LETTERS = "ijklmnpq"


@dataclass(frozen=True, slots=True)
class Domain:
    """The points of a shape: nest indices over the axes not known to be one, and where they stand."""

    indices: tuple[Var, ...]
    extents: tuple[Atom, ...]
    point: tuple[Atom, ...]  # per axis of the shape: its index, or the constant zero


def domain_of(shape: Shape) -> Domain:
    """Fresh indices over a shape, in memory order."""
    point = tuple(
        integer(0) if size == ONE else Var(LETTERS[axis % len(LETTERS)], INT)
        for axis, size in enumerate(shape)
    )
    looped = [(index, size) for index, size in zip(point, shape, strict=True) if isinstance(index, Var)]
    return Domain(tuple(index for index, _ in looped), tuple(size for _, size in looped), point)


class Shapes:
    """The lengths of arrays at one place in the program, measured and checked where not yet known."""

    def __init__(self, sizes: Sizes, builder: Builder, notes: Notes, progressions: Progressions) -> None:
        self.sizes = sizes
        self.progressions = progressions
        self.builder = builder
        self.notes = notes
        self.statement: Statement | None = None  # the one that is expanded
        self.error = "ShapeMismatch"  # the class of what is said where shapes do not fit

    def length(self, array: Var, axis: int) -> Atom:
        """The canonical length of an axis, measured here if need be."""
        origin = self.sizes.origin(array, axis)
        if not isinstance(origin, tuple):
            return origin
        source, place = origin
        if (shortened := self.sizes.less(origin)) is not None:
            return self._shortened(origin, *shortened)
        measured = self.builder.assign(Dim(source, place), INT, f"{source.name}_{place}")
        self.sizes.observe(self.builder.statements[-1])
        return measured

    def _shortened(self, place: tuple[Var, int], source: tuple[Var, int], lacking: int) -> Atom:
        """The length of a slice as a number: it may be known before a loop that makes the slice."""
        whole, name = self.length(*source), f"{place[0].name}_{place[1]}"
        if isinstance(whole, Const):
            size: Atom = integer(max(int(whole.value) - lacking, 0))
        else:
            rest = self.builder.assign(Apply("subtract", (whole, integer(lacking))), INT, "rest")
            size = self.builder.assign(Apply("maximum", (rest, integer(0))), INT, name)
        self.sizes.length_is(place, size)
        return size

    def shape(self, array: Var) -> Shape:
        """The canonical lengths of all axes."""
        return tuple(self.length(array, axis) for axis in range(array_type(array).rank))

    def require_equal(
        self, one: Atom, other: Atom, message: str, shown: tuple[Atom, ...] = (),
        lesson: tuple[object, ...] = (),
    ) -> None:  # fmt: skip
        """Guard that two sizes are equal, unless that is known already; from here on it is known."""
        one, other = self.sizes.canonical(one), self.sizes.canonical(other)
        if one == other:
            return
        if isinstance(one, Const) and isinstance(other, Const):
            condition: Atom = constant(False, "bool")
        else:
            condition = self.builder.assign(Apply("equal", (one, other)), BOOL, "same")
        self.require(condition, message, shown, lesson)
        self.sizes.equate(one, other)

    def require(
        self, condition: Atom, message: str, shown: tuple[Atom, ...] = (), lesson: tuple[object, ...] = ()
    ) -> None:
        """Guard that a condition holds."""
        at = self.builder.at
        self.builder.add(self.noted(Guard(condition, message, shown, self.error, at, lesson=lesson)))

    @contextmanager
    def selecting(self) -> Iterator[None]:
        """What does not fit is an index, for NumPy."""
        self.error = "IndexOutOfBounds"
        try:
            yield
        finally:
            self.error = "ShapeMismatch"

    def noted(self, guard: Guard) -> Guard:
        """The guard; in a call of a library's function, in words about that."""
        called = guard.at.called if guard.at is not None else ""
        if not called or guard.make is not None:
            return guard
        message = f"{called}: {without_names(guard.message)}"
        note = self.notes.get(guard.at)
        if note is None:
            return replace(guard, message=message)
        operands = guard.operands + tuple(map(self.sizes.canonical, note.operands))
        return replace(guard, message=f"{message}\n{note.message}", operands=operands)

    def shown(self, array: Var) -> str:
        """An array and a place for each of its lengths, for the message of a guard."""
        return f"{templated(quoted(self._text(array)))} of shape {shape_places(array_type(array).rank)}"

    def _text(self, array: Var) -> str:
        """What the user calls an operand of the statement; nothing for one of a library's function."""
        at = self.builder.at
        if at is not None and at.called:
            return ""
        found: dict[Atom, str] = {}
        match self.statement:
            case Assign(value=Apply("broadcast_to", (source, *_))):
                found = {source: ""}
            case Assign(value=Apply(operator, operands)):
                texts = operand_texts(at, len(operands), method=operator == "matmul")
                found = dict(zip(reversed(operands), reversed(texts), strict=True))
            case Store(array=target, value=value):
                found = dict(zip((value, target), reversed(assigned_texts(at)), strict=True))
            case _:
                pass
        return found.get(array) or array_text(array.name, array.at)

    def broadcast(self, arrays: Sequence[Var]) -> Shape:
        """The common shape of the arrays; lengths that must be equal for that are guarded."""
        common: Shape = ()
        first = arrays[0] if arrays else None
        for place, array in enumerate(arrays):
            assert first is not None
            common = self.combine(common, self.shape(array), first, array, arrays[:place])
        return tuple(self.sizes.canonical(size) for size in common)

    def require_fits(self, array: Var, wanted: Shape) -> None:
        """Guard that the array broadcasts to a shape."""
        given = self.shape(array)
        wanted = tuple(map(self.sizes.canonical, wanted))
        message = f"cannot broadcast {self.shown(array)} to the shape {shape_places(len(wanted))}"
        self.require_within(given, wanted, message, ("broadcast_to", 0))

    def require_within(
        self, given: Shape, wanted: Shape, message: str, operand: tuple[str, int] = (STORE, VALUE)
    ) -> None:
        """Guard that what has one shape broadcasts to another; an axis of the operand may be learned to."""
        shown, (operator, number) = given + wanted, operand
        padded = (ONE,) * (len(given) - len(wanted)) + wanted
        for axis, (size, room) in enumerate(zip(reversed(given), reversed(padded), strict=False), 1):
            if size == ONE:
                continue
            lesson: tuple[object, ...] = ()
            if axis <= len(wanted):
                lesson = ("one", operator, axis, number, None, len(given) - axis, len(shown) - axis)
            self.require_equal(room, size, message, shown, lesson)

    def load(self, body: Builder, array: Var, point: tuple[Atom, ...]) -> Atom:
        """The element of the array that stands at a point of a shape it broadcasts to."""
        shape = self.shape(array)
        aligned = point[len(point) - len(shape) :]
        index = tuple(integer(0) if size == ONE else at for size, at in zip(shape, aligned, strict=True))
        made = self.progressions.of(array)
        return body.load(array, index) if made is None else made.element(body, index)

    def write(self, domain: Domain, body: Builder, write: Write) -> None:
        """Append the nest over the domain that writes what the body computes; plain code for one point."""
        if domain.indices:
            self.builder.add(Nest(domain.indices, domain.extents, body.block(), (write,), body.at))
            self.sizes.observe(self.builder.statements[-1])
            return
        self.builder.statements += body.statements
        if isinstance(write.target.type, Scalar):
            self.define(write.target, write.value)
            return
        if write.fresh:
            shape = (ONE,) * len(write.index)
            self.builder.add(Assign(write.target, Allocate(shape, write.target.type.dtype, None), body.at))
            self.sizes.shape_is(write.target, shape)
        self.builder.store(
            write.target, write.index, write.value, accumulate=write.combine == "add" and not write.fresh
        )

    def define(self, target: Var, value: Atom) -> None:
        """Append `target = value` for scalars, converted to the dtype of the target."""
        dtype = target.type.dtype
        self.builder.add(Assign(target, Apply("cast", (value,), (("dtype", dtype),)), self.builder.at))

    def _lesson(
        self, axis: int, lengths: tuple[Atom, Atom], shown: Shape, array: Var, before: Sequence[Var]
    ) -> tuple[object, ...]:
        """Which operands of the statement may have an axis, counted from the last one, of length one."""
        match self.statement:
            case Assign(value=Apply(operator, operands)):
                pass
            case Store(array=written, index=index):
                operator, operands = STORE, (written, *index)
            case _:
                return ()
        having = [
            item for item in before
            if array_type(item).rank >= axis and self.shape(item)[-axis] == lengths[0] and item in operands
        ]  # fmt: skip
        if not having or array not in operands or not set(lengths) <= set(shown):
            return ()
        places = (shown.index(length) for length in lengths)
        return ("one", operator, axis, operands.index(having[0]), operands.index(array), *places)

    def combine(self, left: Shape, right: Shape, first: Var, array: Var, before: Sequence[Var] = ()) -> Shape:
        """The common shape of two; the arrays are those that an error names.

        Where lengths differ, and one of them is one, that of the array or of one `before` it may be learned.
        """
        rank = max(len(left), len(right))
        padded = [(ONE,) * (rank - len(shape)) + shape for shape in (left, right)]
        pairs = list(zip(*padded, strict=True))
        for place, (one, other) in enumerate(pairs):
            if ONE not in (one, other):
                shapes = self.shape(first), self.shape(array)
                message = f"cannot combine {self.shown(first)} with {self.shown(array)}"
                shown = shapes[0] + shapes[1]
                lesson = self._lesson(rank - place, (one, other), shown, array, before)
                self.require_equal(one, other, message, shown, lesson)
        return tuple(other if one == ONE else one for one, other in pairs)
