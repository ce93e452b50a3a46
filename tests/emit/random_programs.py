"""Random functions of the IR: names that clash, carries that swap, branches, loops, stores, nests, stacks."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from autodiff_compiler.ir.build import Builder, constant, integer
from autodiff_compiler.ir.nodes import (
    Apply,
    Assign,
    Atom,
    Block,
    Carry,
    Const,
    For,
    Function,
    Guard,
    If,
    Level,
    Nest,
    NewStack,
    Pop,
    Push,
    Statement,
    Store,
    Var,
    View,
    While,
    Write,
)
from autodiff_compiler.ir.nodes import Slice as Span
from autodiff_compiler.ir.types import BOOL, FLOAT, INT, Array, Stack, Type
from autodiff_compiler.location import Location

LENGTH = 4  # of every array
NAMES = ("x", "y", "s", "t", "u")
VECTOR = Array("float64", 1)


@dataclass
class Scope:
    """What is visible at a point of the program."""

    floats: list[Atom] = field(default_factory=list)
    positions: list[Atom] = field(default_factory=list)  # integers below LENGTH
    arrays: list[Var] = field(default_factory=list)

    def inner(self) -> Scope:
        return Scope(list(self.floats), list(self.positions), list(self.arrays))


class Generator:
    """Draws a function from a seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def function(self) -> Function:
        """A function of two numbers and two arrays, which it changes."""
        parameters = (self.var(FLOAT), self.var(FLOAT), self.var(VECTOR), self.var(VECTOR))
        scope = Scope(
            [parameters[0], parameters[1], constant(0.5, "float64")],
            [integer(0), integer(3)],
            list(parameters[2:]),
        )
        builder = Builder()
        for _ in range(self.random.randint(2, 7)):
            self.statement(builder, scope, 3)
        results = self.random.sample(scope.floats, min(3, len(scope.floats)))
        return Function("program", parameters, builder.block(*results), Level.LOOPS)

    def var(self, kind: Type) -> Var:
        name = self.random.choice(NAMES)
        written = Location("user.py", 1, 0, text=f"{name} = 1")
        return Var(name, kind, self.random.choice((None, None, written)))

    def statement(self, builder: Builder, scope: Scope, depth: int) -> None:
        simple = [self.apply, self.apply, self.apply, self.load, self.load, self.store, self.guard, self.view]
        nested = [
            self.branch,
            self.branch,
            self.for_loop,
            self.for_loop,
            self.while_loop,
            self.nest,
            self.stacked,
        ]
        self.random.choice(simple + (nested if depth > 0 else []))(builder, scope, depth)

    def block(self, scope: Scope, depth: int, yields: int, first: tuple[Statement, ...] = ()) -> Block:
        builder = Builder()
        builder.statements.extend(first)
        for _ in range(self.random.randint(0, 4)):
            self.statement(builder, scope, depth - 1)
        return builder.block(*(self.random.choice(scope.floats) for _ in range(yields)))

    # ------------------------------------------------------------ simple statements

    def apply(self, builder: Builder, scope: Scope, depth: int) -> None:
        operator = self.random.choice(("add", "subtract", "multiply", "tanh", "sin", "where", "square"))
        count = {"tanh": 1, "sin": 1, "square": 1, "where": 3}.get(operator, 2)
        operands: list[Atom] = [self.random.choice(scope.floats) for _ in range(count)]
        if operator == "where":
            operands[0] = self.condition(builder, scope)
        result = self.define(builder, Apply(operator, tuple(operands)), FLOAT)
        scope.floats.append(
            self.define(builder, Apply("tanh", (result,)), FLOAT) if operator == "square" else result
        )

    def define(self, builder: Builder, value: object, kind: Type) -> Var:
        target = self.var(kind)
        builder.add(Assign(target, value, target.at))
        return target

    def condition(self, builder: Builder, scope: Scope) -> Var:
        sides = tuple(self.random.choice(scope.floats) for _ in range(2))
        return self.define(builder, Apply("less", sides), BOOL)

    def load(self, builder: Builder, scope: Scope, depth: int) -> None:
        array, position = self.random.choice(scope.arrays), self.random.choice(scope.positions)
        scope.floats.append(builder.load(array, (position,), self.random.choice(NAMES)))

    def store(self, builder: Builder, scope: Scope, depth: int) -> None:
        array, position = self.random.choice(scope.arrays), self.random.choice(scope.positions)
        builder.add(Store(array, (position,), self.random.choice(scope.floats), self.random.random() < 0.5))

    def guard(self, builder: Builder, scope: Scope, depth: int) -> None:
        always = self.define(
            builder, Apply("less", (self.random.choice(scope.floats), Const(float("inf"), FLOAT))), BOOL
        )
        builder.add(Guard(always, "never", (always,)))

    def view(self, builder: Builder, scope: Scope, depth: int) -> None:
        whole = View(
            self.random.choice(scope.arrays), (Span(None, None, integer(self.random.choice((1, -1)))),)
        )
        scope.arrays.append(self.define(builder, whole, Array("float64", 1, False)))

    # ------------------------------------------------------------ control

    def branch(self, builder: Builder, scope: Scope, depth: int) -> None:
        count = self.random.randint(0, 2)
        condition = self.condition(builder, scope)
        arms = [self.block(scope.inner(), depth, count) for _ in range(2)]
        results = tuple(self.var(FLOAT) for _ in range(count))
        builder.add(If(condition, arms[0], arms[1], results))
        scope.floats.extend(results)

    def carries(self, scope: Scope) -> tuple[Carry, ...]:
        starts = [self.random.choice(scope.floats) for _ in range(self.random.randint(0, 3))]
        return tuple(Carry(self.var(FLOAT), start, self.var(FLOAT)) for start in starts)

    def for_loop(self, builder: Builder, scope: Scope, depth: int) -> None:
        carries, index = self.carries(scope), self.var(INT)
        inner = scope.inner()
        inner.positions.append(index)
        inner.floats.extend(carry.inside for carry in carries)
        body = self.block(inner, depth, len(carries))
        if len(carries) > 1 and self.random.random() < 0.4:
            turned = [carry.inside for carry in carries]
            body = Block(body.statements, (*turned[1:], turned[0]))
        bounds = self.random.choice([(0, 3, 1), (3, -1, -1), (1, 4, 2), (2, 2, 1)])
        builder.add(For(index, *map(integer, bounds), carries, body))
        scope.floats.extend(carry.after for carry in carries)

    def while_loop(self, builder: Builder, scope: Scope, depth: int) -> None:
        """A loop that counts its trips, and stops after a few of them whatever else it tests."""
        trips = Carry(self.var(INT), integer(0), self.var(INT))
        carries = self.carries(scope)
        inner = scope.inner()
        inner.floats.extend(carry.inside for carry in carries)
        test = Builder()
        few = self.define(test, Apply("less", (trips.inside, integer(self.random.randint(0, 4)))), BOOL)
        tested = inner.inner()
        other = Builder()
        if self.random.random() < 0.4:
            self.apply(other, tested, 0)
        small = self.condition(other, tested)
        both = self.var(BOOL)
        test.add(If(few, other.block(small), Block((), (Const(False, BOOL),)), (both,)))
        more = self.var(INT)
        step = Assign(more, Apply("add", (trips.inside, integer(1))))
        body = self.block(inner, depth, len(carries), (step,) if self.random.random() < 0.5 else ())
        if step not in body.statements:
            body = Block((*body.statements, step), body.yields)
        builder.add(While((trips, *carries), test.block(both), Block(body.statements, (more, *body.yields))))
        scope.floats.extend(carry.after for carry in carries)

    def nest(self, builder: Builder, scope: Scope, depth: int) -> None:
        indices = (self.var(INT), self.var(INT))[: self.random.randint(1, 2)]
        inner = Scope(list(scope.floats), list(indices), list(scope.arrays))
        body = Builder()
        for _ in range(self.random.randint(0, 3)):
            self.random.choice((self.apply, self.load))(body, inner, 0)
        writes = tuple(self.write(indices, inner) for _ in range(self.random.randint(1, 3)))
        builder.add(Nest(indices, tuple(integer(LENGTH) for _ in indices), body.block(), writes))
        for write in writes:
            if write.fresh and not write.index:
                scope.floats.append(self.define(builder, Apply("tanh", (write.target,)), FLOAT))
            elif write.fresh and len(write.index) == 1:
                scope.arrays.append(write.target)

    def write(self, indices: tuple[Var, ...], inner: Scope) -> Write:
        combine = self.random.choice(("set", "add", "add", "max", "min"))
        value = self.random.choice(inner.floats)
        if combine == "set" and (self.random.random() < 0.5 or len(indices) > 1):
            order = tuple(self.random.sample(indices, len(indices)))
            return Write(self.var(Array("float64", len(indices))), order, value, "set", True)
        if combine == "set" or self.random.random() < 0.4:
            return Write(
                self.random.choice(inner.arrays), (self.random.choice(indices),), value, combine, False
            )
        index: tuple[Var, ...] = self.random.choice([(), *((index,) for index in indices), indices])
        kind: Type = Array("float64", len(index)) if index else FLOAT
        return Write(self.var(kind), index, value, combine, True)

    def stacked(self, builder: Builder, scope: Scope, depth: int) -> None:
        """A loop that pushes more than a new stack has room for, and a loop that pops in reverse."""
        stack = self.define(builder, NewStack("float64"), Stack("float64"))
        total = Carry(self.var(FLOAT), self.random.choice(scope.floats), self.var(FLOAT))
        whole = self.random.choice([None, (integer(LENGTH),)])
        trips = integer(20 if whole else 70)
        body = Builder()
        value = self.define(body, Apply("sin", (total.inside,)), FLOAT)
        pushed = self.random.choice(scope.arrays) if whole else value
        body.add(Push(stack, pushed))
        builder.add(For(self.var(INT), integer(0), trips, integer(1), (total,), body.block(value)))
        back = Carry(self.var(FLOAT), constant(0.0, "float64"), self.var(FLOAT))
        body = Builder()
        popped = self.define(body, Pop(stack, whole), VECTOR if whole else FLOAT)
        element = body.load(popped, (integer(1),)) if whole else popped
        added = self.define(body, Apply("subtract", (element, back.inside)), FLOAT)
        builder.add(For(self.var(INT), integer(0), trips, integer(1), (back,), body.block(added)))
        scope.floats.append(self.define(builder, Apply("tanh", (back.after,)), FLOAT))
