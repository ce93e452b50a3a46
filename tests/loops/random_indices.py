"""Random programs made of loops, branches and accesses whose indices are often, but not always, in range."""

from __future__ import annotations

import numpy as np

from autodiff_compiler.ir.build import Builder, integer
from autodiff_compiler.ir.nodes import (
    Apply,
    Array,
    Atom,
    Block,
    Carry,
    Const,
    For,
    Function,
    Guard,
    If,
    Level,
    Load,
    Scalar,
    Slice,
    Var,
    View,
    While,
)
from autodiff_compiler.ir.types import BOOL, FLOAT, INT

VECTOR, MATRIX = Array("float64", 1), Array("float64", 2)
DEPTH = 3
COMPARISONS = ("less", "less_equal", "greater", "greater_equal", "equal", "not_equal")


def random_function(rng: np.random.Generator) -> Function:
    """A function of two vectors, a matrix, two integers and integer indices."""
    arrays = [Var("x", VECTOR), Var("y", VECTOR), Var("m", MATRIX)]
    numbers, indices = [Var("n", INT), Var("k", INT)], Var("indices", Array("int64", 1))
    builder = Builder()
    lengths = [length for array in arrays if rng.random() < 0.9 for length in builder.dims(array)]
    if lengths and rng.random() < 0.3:
        same = builder.assign(Apply("equal", (_one(rng, lengths), _one(rng, lengths))), BOOL)
        builder.add(Guard(same, "lengths differ"))
    _Writer(rng, indices).block(builder, [*numbers, *lengths * 3], arrays, 0)
    return Function("f", (*arrays, *numbers, indices), builder.block(), Level.LOOPS, ())


def arguments(rng: np.random.Generator) -> tuple:
    """Small arguments for it."""
    sizes = [int(size) for size in rng.integers(0, 6, 4)]
    numbers = [int(number) for number in rng.integers(-2, 7, 2)]
    arrays = np.zeros(sizes[0]), np.zeros(sizes[1]), np.zeros(sizes[2:])
    return (*arrays, *numbers, rng.integers(-2, 5, 6))


def _one(rng: np.random.Generator, items):
    return items[int(rng.integers(len(items)))]


class _Writer:
    """Writes random statements; `numbers` are the integers in scope, the likelier ones several times."""

    def __init__(self, rng: np.random.Generator, indices: Var) -> None:
        self.rng = rng
        self.indices = indices

    def block(self, builder: Builder, numbers: list[Atom], arrays: list[Var], depth: int) -> None:
        numbers, arrays = list(numbers), list(arrays)
        for _ in range(int(self.rng.integers(1, 4))):
            kind = self.rng.random()
            if kind < 0.35 or depth == DEPTH:
                self.access(builder, numbers, arrays)
            elif kind < 0.75:
                self.loop(builder, numbers, arrays, depth)
            elif kind < 0.88:
                self.branch(builder, numbers, arrays, depth)
            elif kind < 0.95:
                self.while_(builder, numbers, arrays, depth)
            else:
                size = builder.assign(Apply("absolute", (self.number(builder, numbers),)), INT)
                arrays.append(builder.allocate((size,), "float64", Const(0.0, FLOAT), "new"))

    def number(self, builder: Builder, numbers: list[Atom]) -> Atom:
        rng, one = self.rng, _one(self.rng, numbers)
        small = integer(int(rng.integers(-2, 4)))
        choices = (
            None,
            None,
            small,
            Apply("add", (one, small)),
            Apply("add", (one, small)),
            Apply("subtract", (one, _one(rng, numbers))),
            Apply("multiply", (one, small)),
            Apply("negative", (one,)),
            Apply("minimum", (one, _one(rng, numbers))),
            Apply("maximum", (one, small)),
            Apply("floor_divide", (one, integer(int(rng.integers(2, 4))))),
            Apply("remainder", (one, _one(rng, [integer(2), _one(rng, numbers)]))),
            Apply("absolute", (one,)),
        )
        chosen = _one(rng, choices)
        if chosen is None:
            return one
        return builder.assign(chosen, INT) if isinstance(chosen, Apply) else chosen

    def condition(self, builder: Builder, numbers: list[Atom]) -> Var:
        operands = self.number(builder, numbers), self.number(builder, numbers)
        first = builder.assign(Apply(_one(self.rng, COMPARISONS), operands), BOOL)
        kind = self.rng.random()
        if kind < 0.2:
            return builder.assign(Apply("logical_not", (first,)), BOOL)
        if kind < 0.6:
            return first
        inner = Builder()
        second = self.condition(inner, numbers)
        other: Atom = _one(self.rng, [Const(True, BOOL), Const(False, BOOL), first])
        arms = inner.block(second), Block((), (other,))
        both = Var("both", BOOL)
        builder.add(If(first, *(arms if self.rng.random() < 0.5 else arms[::-1]), (both,)))
        return both

    def access(self, builder: Builder, numbers: list[Atom], arrays: list[Var]) -> None:
        if self.rng.random() < 0.12:
            place = (self.number(builder, numbers),)
            numbers = [*numbers, builder.assign(Load(self.indices, place), Scalar("int64"))]
        array = _one(self.rng, arrays)
        choices = [[self.number(builder, numbers), _one(self.rng, numbers)] for _ in range(array.type.rank)]
        index = tuple(_one(self.rng, both) for both in choices)
        if len(index) == 2 and self.rng.random() < 0.2:
            array, index = (
                builder.assign(View(array, (index[0], Slice(None, None, None))), VECTOR, "row"),
                index[1:],
            )
        builder.store(array, index, Const(1.0, FLOAT), accumulate=bool(self.rng.random() < 0.5))

    def loop(self, builder: Builder, numbers: list[Atom], arrays: list[Var], depth: int) -> None:
        rng, inner = self.rng, Builder()
        start = _one(rng, [integer(0), integer(1), self.number(builder, numbers)])
        stop = self.number(builder, numbers)
        step: Atom = integer(int(_one(rng, [1, 1, 1, 1, -1, -1, 2, 3, -2])))
        if rng.random() < 0.07:
            step = numbers[0]
        elif step.value < 0:
            start, stop = stop, start
        index, carries, yields = Var("i", INT), [], []
        known, held = [*numbers, index, index], arrays
        if rng.random() < 0.25:
            carries.append(Carry(Var("c", INT), _one(rng, [integer(0), _one(rng, numbers)]), Var("c", INT)))
            known.append(carries[0].inside)
        if rng.random() < 0.15:
            pair = [Carry(Var("p", VECTOR), array, Var("p", VECTOR)) for array in arrays[:2]]
            held = [*arrays, *(carry.inside for carry in pair)]
        else:
            pair = []
        self.block(inner, known, held, depth + 1)
        for carry in carries:
            yields.append(inner.assign(Apply("add", (carry.inside, integer(int(rng.integers(-2, 3))))), INT))
            numbers.append(carry.after)
        yields += [carry.inside for carry in reversed(pair)]
        builder.add(For(index, start, stop, step, (*carries, *pair), inner.block(*yields)))

    def branch(self, builder: Builder, numbers: list[Atom], arrays: list[Var], depth: int) -> None:
        condition, arms = self.condition(builder, numbers), (Builder(), Builder())
        yields: list[tuple[Atom, ...]] = [(), ()]
        result = Var("r", INT)
        chooses = self.rng.random() < 0.5
        for side, arm in enumerate(arms):
            if side == 0 or self.rng.random() < 0.6:
                self.block(arm, numbers, arrays, depth + 1)
            if chooses:
                yields[side] = (self.number(arm, numbers),)
        then, orelse = (arm.block(*values) for arm, values in zip(arms, yields, strict=True))
        builder.add(If(condition, then, orelse, (result,) if chooses else ()))
        numbers += [result] if chooses else []

    def while_(self, builder: Builder, numbers: list[Atom], arrays: list[Var], depth: int) -> None:
        carry = Carry(Var("w", INT), _one(self.rng, [integer(0), _one(self.rng, numbers)]), Var("w", INT))
        test, body = Builder(), Builder()
        going = test.assign(Apply("less", (carry.inside, self.number(test, numbers))), BOOL)
        self.block(body, [*numbers, carry.inside, carry.inside], arrays, depth + 1)
        following = body.assign(Apply("add", (carry.inside, integer(int(self.rng.integers(1, 3))))), INT)
        builder.add(While((carry,), test.block(going), body.block(following)))
        numbers.append(carry.after)
