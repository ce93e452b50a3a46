"""How much room the lists of a loop need, as far as that can be known before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from autodiff_compiler.ir.build import FULL, Builder, array_type, integer
from autodiff_compiler.ir.nodes import (
    Allocate,
    Apply,
    Assign,
    Atom,
    Block,
    Const,
    Dim,
    For,
    If,
    Slice,
    Statement,
    Transpose,
    Value,
    Var,
    View,
    While,
)
from autodiff_compiler.ir.types import INT, Array
from autodiff_compiler.ir.walk import blocks, bound, statements, substitute, with_blocks

GROW = "grow"
_EXACT = ("add", "subtract", "multiply", "minimum", "maximum", "negative")


def is_grow(statement: Statement) -> bool:
    """Whether the statement makes an array that has more room."""
    value = statement.value if isinstance(statement, Assign) else None
    return isinstance(value, Apply) and value.operator == GROW


class Unknown(Exception):
    """How much room a loop needs cannot be known before it."""


@dataclass(frozen=True)
class Bound:
    """At most `base`, a length when an iteration begins, plus a number."""

    base: Var
    extra: Atom


@dataclass
class Rooms:
    """What is known about the loops and numbers of a function so far."""

    after: dict[Var, tuple[Atom, Atom]] = field(
        default_factory=dict
    )  # a length after a loop -> before, at most more
    exact: dict[Var, tuple[Atom, Atom]] = field(default_factory=dict)  # the same, where it is exactly as much
    values: dict[Var, Value] = field(default_factory=dict)
    names: dict[Var, Atom] = field(
        default_factory=dict
    )  # an array after a loop -> that with room, made before


class Reservation:
    """What one loop does to the arrays of a list."""

    def __init__(self, rooms: Rooms, loop: For, before: Builder) -> None:
        self.rooms = rooms
        self.loop = loop
        self.before = before
        self.inside = set(bound(loop))
        self.lengths = {carry.inside for carry in loop.carries if carry.inside.type == INT}
        self.branches = {
            result: (first, second)
            for statement in statements(loop.body)
            if isinstance(statement, If)
            for result, first, second in zip(
                statement.results, statement.then.yields, statement.orelse.yields, strict=True
            )
        }
        self.copies: dict[Var, Atom] = {}

    def of(self, array: Var) -> For | None:
        """The loop without growth of this array, where all that the loop does to it is growth."""
        names: set[Var] = {array}
        wanted: list[Apply] = []
        self._follow(self.loop.body, names, wanted)
        position = next(k for k, carry in enumerate(self.loop.carries) if carry.inside is array)
        if not wanted or self.loop.body.yields[position] not in names:
            return None
        carry = self.loop.carries[position]
        bounds = [self.bound(value.operands[1]) for value in wanted]
        bases = {item.base for item in bounds}
        if len(bases) > 1:
            raise Unknown
        base = next(item for item in self.loop.carries if item.inside in bases)
        last = self.bound(self.loop.body.yields[self.loop.carries.index(base)])
        if last.base is not base.inside:
            raise Unknown
        each: Atom = integer(0)
        for item in (last, *bounds):
            each = self.apply("maximum", each, self.hoisted(item.extra))
        shape = tuple(self.hoisted(size) for size in wanted[0].operands[2:])
        enough = self.apply("add", base.start, self.times(each))
        room = self.before.assign(Apply(GROW, (carry.start, enough, *shape)), array.type, array.name)
        return self._without(names, position, room)

    def _without(self, names: set[Var], position: int, room: Var) -> For:
        """The loop with one array, made before, in place of what it carried under these names."""
        mapping: dict[Var, Atom] = dict.fromkeys(names, room)
        carry = self.loop.carries[position]
        self.rooms.names[carry.after] = room
        body = substitute(_pruned(self.loop.body, names), mapping)
        carries = (*self.loop.carries[:position], *self.loop.carries[position + 1 :])
        yields = (*body.yields[:position], *body.yields[position + 1 :])
        return replace(self.loop, carries=carries, body=Block(body.statements, yields))

    def _follow(self, block: Block, names: set[Var], wanted: list[Apply]) -> None:
        """Collect the names that the array goes by, and the lengths that it is to have."""
        for statement in block.statements:
            match statement:
                case Assign(target, Apply("grow", operands) as value) if operands[0] in names:
                    if value.attributes:
                        raise Unknown  # how wide it is to be, each iteration says
                    names.add(target)
                    wanted.append(value)
                case If(then=then, orelse=orelse, results=results):
                    self._follow(then, names, wanted)
                    self._follow(orelse, names, wanted)
                    for result, *yields in zip(results, then.yields, orelse.yields, strict=True):
                        if all(item in names for item in yields):
                            names.add(result)
                        elif any(item in names for item in yields):
                            raise Unknown
                case For(carries=carries) | While(carries=carries):
                    if any(carry.start in names for carry in carries):
                        raise Unknown

    # ------------------------------------------------------------ how much

    def bound(self, atom: Atom) -> Bound:
        """At most how much longer than at the beginning of the iteration a length is."""
        if not isinstance(atom, Var):
            raise Unknown
        if atom in self.lengths:
            return Bound(atom, integer(0))
        if atom in self.branches:
            then, orelse = (self.bound(item) for item in self.branches[atom])
            if then.base is not orelse.base:
                raise Unknown
            return Bound(
                then.base, self.apply("maximum", self.hoisted(then.extra), self.hoisted(orelse.extra))
            )
        if atom in self.rooms.after:
            start, more = self.rooms.after[atom]
            before = self.bound(start)
            return Bound(before.base, self.apply("add", self.hoisted(before.extra), self.hoisted(more)))
        match self.rooms.values.get(atom):
            case Apply("add", (first, second)):
                begun = self.bound(first)
                more = self.apply("maximum", self.hoisted(second), integer(0))
                return Bound(begun.base, self.apply("add", self.hoisted(begun.extra), more))
            case Apply("subtract", (first, Const(value=value))) if value >= 0:
                return self.bound(first)
        raise Unknown

    def times(self, each: Atom) -> Atom:
        """As much for each iteration of the loop."""
        start, stop, step = self.loop.start, self.loop.stop, self.loop.step
        if not isinstance(step, Const):
            raise Unknown
        span = self.apply("subtract", stop, start) if step.value > 0 else self.apply("subtract", start, stop)
        size = abs(int(step.value))
        if size > 1:
            span = self.apply("floor_divide", self.apply("add", span, integer(size - 1)), integer(size))
        return self.apply("multiply", self.apply("maximum", span, integer(0)), each)

    def apply(self, operator: str, one: Atom, other: Atom) -> Atom:
        """The operator applied before the loop."""
        if isinstance(one, Const) and isinstance(other, Const):
            return integer(_FOLD[operator](int(one.value), int(other.value)))
        if operator == "multiply" and other == integer(1):
            return one
        if operator in ("add", "subtract") and other == integer(0):
            return one
        if operator == "add" and one == integer(0):
            return other
        if operator == "maximum" and other == integer(0) and isinstance(one, Var) and self._is_length(one):
            return one
        return self.before.assign(Apply(operator, (one, other)), INT)

    def _is_length(self, atom: Var) -> bool:
        return isinstance(self.rooms.values.get(atom), Dim) or any(
            isinstance(item, Assign) and item.target is atom and isinstance(item.value, Dim)
            for item in self.before.statements
        )

    # ------------------------------------------------------------ what can be known before the loop

    def hoisted(self, atom: Atom) -> Atom:
        """The same number, computed before the loop."""
        if isinstance(atom, Const) or atom not in self.inside:
            return atom
        if atom not in self.copies:
            exact = self.rooms.exact.get(atom)
            if exact is None:
                self.copies[atom] = self._copy(self.rooms.values.get(atom))
            else:
                self.copies[atom] = self.apply("add", *map(self.hoisted, exact))
        return self.copies[atom]

    def _copy(self, value: Value | None) -> Atom:
        match value:
            case Dim(array, axis):
                return self.extent(array, axis)
            case Apply(operator, operands) if operator in _EXACT:
                return self.before.assign(Apply(operator, tuple(map(self.hoisted, operands))), INT)
        raise Unknown

    def extent(self, array: Var, axis: int) -> Atom:
        """The length of an axis of an array of the loop."""
        if array not in self.inside:
            return self.before.dim(array, axis)
        for carry in self.loop.carries:
            if carry.inside is array and isinstance(carry.start, Var):
                return self.extent(carry.start, axis)
        match self.rooms.values.get(array):
            case View(viewed, index):
                return self._of_view(viewed, index, axis)
            case Transpose(viewed, axes):
                return self.extent(viewed, axes[axis])
            case Allocate(shape):
                return self.hoisted(shape[axis])
            case Apply("matmul", (Var() as left, Var() as right)):
                rank = array_type(left).rank - 1
                if axis < rank:
                    return self.extent(left, axis)
                return self.extent(right, array_type(right).rank - 1)
            case Apply("grow", (_, wanted, *shape), ()):  # seen through slices that end inside it
                return self.hoisted([wanted, *shape][axis])
            case Apply("sum" | "max" | "min" | "mean" | "grow"):
                raise Unknown
            case Apply(_, operands):
                return self._broadcast(operands, axis - array_type(array).rank)
        raise Unknown

    def _of_view(self, viewed: Var, index: Sequence[object], axis: int) -> Atom:
        kept = [k for k, item in enumerate(index) if isinstance(item, Slice)]
        part = index[kept[axis]]
        whole = self.extent(viewed, kept[axis])
        if part == FULL:
            return whole
        if isinstance(part, Slice) and part.start is None and part.step is None and self._is_size(part.stop):
            assert part.stop is not None
            return self.before.assign(Apply("minimum", (self.hoisted(part.stop), whole)), INT)
        raise Unknown

    def _is_size(self, stop: Atom | None) -> bool:
        """Whether the bound of a slice is surely not negative."""
        return stop in self.rooms.exact or (isinstance(stop, Const) and stop.value >= 0)

    def _broadcast(self, operands: Sequence[Atom], axis: int) -> Atom:
        """The length of an axis, counted from the last, of an elementwise result."""
        for operand in operands:
            kind = operand.type
            if (
                isinstance(operand, Var)
                and isinstance(kind, Array)
                and kind.rank >= -axis
                and not kind.units[axis]
            ):
                return self.extent(operand, kind.rank + axis)
        raise Unknown


_FOLD: dict[str, Callable[[int, int], int]] = {
    "add": lambda a, b: a + b, "subtract": lambda a, b: a - b, "multiply": lambda a, b: a * b,
    "maximum": max, "floor_divide": lambda a, b: a // b,
}  # fmt: skip


def _pruned(block: Block, names: set[Var]) -> Block:
    """The block without growth of the array that goes by these names."""
    made: list[Statement] = []
    for statement in block.statements:
        if is_grow(statement) and isinstance(statement, Assign) and statement.target in names:
            continue
        if isinstance(statement, If):
            kept = [k for k, result in enumerate(statement.results) if result not in names]
            arms = [_pruned(arm, names) for arm in (statement.then, statement.orelse)]
            then, orelse = (Block(arm.statements, tuple(arm.yields[k] for k in kept)) for arm in arms)
            results = tuple(statement.results[k] for k in kept)
            made.append(If(statement.condition, then, orelse, results, statement.at))
        else:
            made.append(with_blocks(statement, [_pruned(item, names) for item in blocks(statement)]))
    return Block(tuple(made), block.yields)


__all__ = ["GROW", "Reservation", "Rooms", "Unknown", "is_grow"]
