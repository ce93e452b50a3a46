"""Arrays of integers that are a sum of their places, as `np.arange(n)[:, None] + k`: computed, not read.

Such an array is rarely wanted itself. It chooses elements, and what chooses `p[i, y[i]]` is the index of a
loop: no array needs to be made for it, and its lowest and highest element are known without looking at any.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import cast

from autodiff_compiler.analysis.aliasing import Roots
from autodiff_compiler.analysis.effects import effects
from autodiff_compiler.ir.build import Builder, array_type, integer, neutral
from autodiff_compiler.ir.nodes import Apply, Atom, Block, Const, NewAxis, Slice, Transpose, Value, Var, View
from autodiff_compiler.ir.types import BOOL, INT, Array, Scalar

_ZERO, _WHOLE = integer(0), Slice(None, None, None)


@dataclass(frozen=True, slots=True)
class Progression:
    """The element at a point is `offset + the sum of step * index`, over the axes."""

    steps: tuple[int, ...]
    offset: Atom = _ZERO

    def element(self, body: Builder, point: tuple[Atom, ...]) -> Atom:
        """Append the element at a point."""
        total = self.offset
        for step, index in zip(self.steps, point, strict=True):
            if step and index != _ZERO:
                total = _plus(body, total, _times(body, index, step))
        return total

    def extreme(self, builder: Builder, lengths: tuple[Atom, ...], combine: str) -> Atom:
        """Append the lowest ("min") or the highest ("max") element of an array of these lengths."""
        if _ZERO in lengths:
            return neutral(combine, "int64")
        upwards = combine == "max"
        rising = self.offset == _ZERO and all(step >= 0 for step in self.steps)
        total = self.offset
        for step, length in zip(self.steps, lengths, strict=True):
            if step and (step > 0) is upwards:
                last = _plus(builder, length, integer(-1))
                total = _plus(builder, total, _times(builder, last, step))
        if rising and (len(lengths) == 1 or not upwards):
            return total  # without elements it is 0 or less, which is within any axis
        for length in (length for length in lengths if not isinstance(length, Const)):
            empty = builder.assign(Apply("equal", (length, _ZERO)), BOOL, "empty")
            total = builder.assign(Apply("where", (empty, neutral(combine, "int64"), total)), INT)
        return total


class Progressions:
    """The arrays of a function that are progressions and that nothing writes to."""

    def __init__(self, memory: Roots, body: Block) -> None:
        written = frozenset(array for part in body.statements for array in effects(part).writes)
        self._written = written.union(*(memory.get(array, ()) for array in written))
        self._memory = memory
        self._known: dict[Var, Progression] = {}

    def of(self, array: Var) -> Progression | None:
        """What an array is made of, if it is a progression."""
        return self._known.get(array)

    def observe(self, builder: Builder, target: Var, value: Value) -> None:
        """Learn what the target is; what its offset needs is appended."""
        kind = target.type
        if not isinstance(kind, Array) or kind.dtype != "int64":
            return
        if not self._written.isdisjoint((target, *self._memory.get(target, ()))):
            return
        made = self._made(builder, kind, value)
        if made is not None:
            self._known[target] = made

    def _made(self, builder: Builder, kind: Array, value: Value) -> Progression | None:
        match value:
            case Apply("places"):
                axis = cast("int", dict(value.attributes)["axis"])
                return Progression(tuple(int(place == axis) for place in range(kind.rank)))
            case View(array, index) if array in self._known and _keeps_all(index):
                steps = iter(self._known[array].steps)
                spread = tuple(0 if isinstance(item, NewAxis) else next(steps) for item in index)
                return Progression(spread, self._known[array].offset)
            case Transpose(array, axes) if (inner := self._known.get(array)) is not None:
                return Progression(tuple(inner.steps[axis] for axis in axes), inner.offset)
            case Apply("copy", (Var() as array,)):
                return self._known.get(array)
            case Apply(operator, operands) if operator in _RULES:
                parts = [self._part(operand, kind.rank) for operand in operands]
                known = [part for part in parts if part is not None]
                return _RULES[operator](builder, *known) if len(known) == len(parts) else None
        return None

    def _part(self, operand: Atom, rank: int) -> Progression | None:
        """An operand as one of an array of this rank."""
        if isinstance(operand.type, Scalar):
            return Progression((0,) * rank, operand) if operand.type.dtype == "int64" else None
        assert isinstance(operand, Var)
        inner = self._known.get(operand)
        if inner is None:
            return None
        units = array_type(operand).units
        steps = tuple(0 if unit else step for unit, step in zip(units, inner.steps, strict=True))
        return Progression((0,) * (rank - len(steps)) + steps, inner.offset)


def _keeps_all(index: Iterable[object]) -> bool:
    return all(isinstance(item, NewAxis) or item == _WHOLE for item in index)


def _sum(builder: Builder, one: Progression, other: Progression) -> Progression:
    steps = tuple(a + b for a, b in zip(one.steps, other.steps, strict=True))
    return Progression(steps, _plus(builder, one.offset, other.offset))


def _multiple(builder: Builder, one: Progression, factor: int) -> Progression:
    return Progression(tuple(step * factor for step in one.steps), _times(builder, one.offset, factor))


def _difference(builder: Builder, one: Progression, other: Progression) -> Progression:
    return _sum(builder, one, _multiple(builder, other, -1))


def _product(builder: Builder, one: Progression, other: Progression) -> Progression | None:
    for factor, rest in ((one, other), (other, one)):
        if not any(factor.steps) and isinstance(factor.offset, Const):
            return _multiple(builder, rest, int(factor.offset.value))
    return None


_RULES: dict[str, Callable[..., Progression | None]] = {
    "add": _sum, "subtract": _difference, "multiply": _product,
    "negative": lambda builder, one: _multiple(builder, one, -1),
    "positive": lambda builder, one: one,
}  # fmt: skip


def _plus(builder: Builder, one: Atom, other: Atom) -> Atom:
    if isinstance(one, Const) and isinstance(other, Const):
        return integer(int(one.value) + int(other.value))
    if one == _ZERO or other == _ZERO:
        return other if one == _ZERO else one
    if isinstance(other, Const) and other.value < 0:
        return builder.assign(Apply("subtract", (one, integer(-int(other.value)))), INT)
    return builder.assign(Apply("add", (one, other)), INT)


def _times(builder: Builder, atom: Atom, factor: int) -> Atom:
    if isinstance(atom, Const):
        return integer(int(atom.value) * factor)
    if factor in (1, -1):
        return atom if factor == 1 else builder.assign(Apply("negative", (atom,)), INT)
    return builder.assign(Apply("multiply", (atom, integer(factor))), INT)
