"""Random programs on arrays: expressions, reductions, stores, branches and loops, with aliases on purpose."""

from __future__ import annotations

import random

import numpy as np

from autodiff_compiler.ir.build import Builder, integer
from autodiff_compiler.ir.nodes import Atom, Carry, Dim, For, Function, If, Slice, Var, View
from autodiff_compiler.ir.types import BOOL, FLOAT, INT, Array
from tests.optimise.building import MATRIX, VECTOR, apply, function, number, parameters, total

REVERSED = Array("float64", 1, contiguous=False)
ROWS, COLUMNS = 3, 4


class Writer:
    """Writes one random program; every vector has COLUMNS elements, every matrix ROWS by COLUMNS."""

    def __init__(self, seed: int) -> None:
        self.choose = random.Random(seed)

    def program(self) -> Function:
        """A function of two vectors, a matrix and a number."""
        x, y, a, w = parameters(x=VECTOR, y=VECTOR, a=MATRIX, w=FLOAT)
        builder, scope = Builder(), [x, y, a, w]
        copy = apply(builder, "copy", x, name="copy")
        scope += [copy, self.view(builder, copy)]
        self.steps(builder, scope, 10)
        return function(builder, (x, y, a, w), *self.choose.sample(scope, 3))

    def steps(self, builder: Builder, scope: list[Var], count: int) -> None:
        """Append statements, each of which may use what is in scope, and extend the scope."""
        kinds = (
            self.arithmetic,
            self.arithmetic,
            self.reduce,
            self.store,
            self.element,
            self.branch,
            self.loop,
        )
        for _ in range(count):
            kind = self.choose.choice(kinds[: 7 if count > 3 else 5])
            kind(builder, scope)

    def of_type(self, scope: list[Var], rank: int) -> Var:
        """A variable in scope of that rank."""
        return self.choose.choice([item for item in scope if _rank(item) == rank])

    def view(self, builder: Builder, vector: Var) -> Var:
        """The vector read backwards."""
        return builder.assign(View(vector, (Slice(None, None, integer(-1)),)), REVERSED, "view")

    def arithmetic(self, builder: Builder, scope: list[Var]) -> None:
        """A function of one or two values that broadcast."""
        one, other = self.choose.choice(scope), self.choose.choice(scope)
        rank = max(_rank(one), _rank(other))
        kind = (FLOAT, VECTOR, MATRIX)[rank]
        if self.choose.random() < 0.4:
            single = (FLOAT, VECTOR, MATRIX)[_rank(one)]
            scope.append(
                apply(builder, self.choose.choice(("tanh", "negative", "sin")), one, kind=single, name="f")
            )
            return
        operator = self.choose.choice(("add", "subtract", "multiply", "maximum"))
        operand: Atom = number(self.choose.choice((0, 1, 2, 0.5))) if self.choose.random() < 0.2 else other
        kind = kind if operand is other else (FLOAT, VECTOR, MATRIX)[_rank(one)]
        scope.append(apply(builder, operator, one, operand, kind=kind, name="t"))

    def reduce(self, builder: Builder, scope: list[Var]) -> None:
        """A sum, over everything or over the rows of a matrix."""
        if self.choose.random() < 0.5:
            scope.append(total(builder, self.of_type(scope, self.choose.choice((1, 2)))))
            return
        matrix, operator = self.of_type(scope, 2), self.choose.choice(("sum", "mean", "max"))
        scope.append(apply(builder, operator, matrix, kind=VECTOR, name="r", axis=(0,), keepdims=False))

    def store(self, builder: Builder, scope: list[Var]) -> None:
        """Assignment to all of an array, or addition to it."""
        target = self.of_type(scope, 1)
        value = self.of_type(scope, self.choose.choice((0, 1)))
        builder.store(target, (), value, accumulate=self.choose.random() < 0.5)

    def element(self, builder: Builder, scope: list[Var]) -> None:
        """An element read, perhaps once more after a write that may have changed it."""
        vector, index = self.of_type(scope, 1), integer(self.choose.randrange(2))
        scope.append(builder.load(vector, (index,)))
        if self.choose.random() < 0.5:
            builder.store(self.of_type(scope, 1), (index,), self.of_type(scope, 0))
            scope.append(builder.load(vector, (index,)))

    def branch(self, builder: Builder, scope: list[Var]) -> None:
        """A branch that yields a number and a reference to a vector."""
        condition = apply(builder, "less", self.of_type(scope, 0), number(0.3), kind=BOOL)
        blocks = []
        for _ in range(2):
            inner, inside = Builder(), list(scope)
            self.steps(inner, inside, 3)
            blocks.append(inner.block(self.of_type(inside, 0), self.of_type(inside, 1)))
        results = Var("chosen", FLOAT), Var("either", REVERSED)
        builder.add(If(condition, *blocks, results))
        scope += results

    def loop(self, builder: Builder, scope: list[Var]) -> None:
        """A loop that carries a number and a vector."""
        starts = self.of_type(scope, 0), self.of_type(scope, 1)
        carries = tuple(
            Carry(Var(f"{name}_in", kind), start, Var(f"{name}_out", kind))
            for name, kind, start in zip(("number", "vector"), (FLOAT, REVERSED), starts, strict=True)
        )
        inner, inside = Builder(), [*scope, *(carry.inside for carry in carries)]
        self.steps(inner, inside, 3)
        body = inner.block(self.of_type(inside, 0), self.of_type(inside, 1))
        stop: Atom = integer(self.choose.randrange(4))
        if self.choose.random() < 0.3:
            stop = builder.assign(Dim(self.of_type(scope, 1), 0), INT, "n")
        builder.add(For(Var("i", INT), integer(0), stop, integer(1), carries, body))
        scope += [carry.after for carry in carries]


def arguments(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Arguments for a random program."""
    generator = np.random.default_rng(seed)
    shapes = (COLUMNS,), (COLUMNS,), (ROWS, COLUMNS)
    return (*(generator.normal(size=shape) for shape in shapes), float(generator.normal()))


def _rank(atom: Atom) -> int:
    return atom.type.rank if isinstance(atom.type, Array) else 0
