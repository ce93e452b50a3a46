"""Random expressions in source text, whose values stay in a moderate range and have derivatives."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.random_programs.held import held
from tests.random_programs.scope import Scope, Variable

Shape = tuple[int, ...]

# {0}, {1} are expressions of one shape (or broadcast to it); kept off poles and out of steep regions
UNARY = (
    "np.tanh({0})", "np.sin({0})", "np.cos({0})", "np.exp(np.sin({0}))", "np.exp(-({0}) ** 2)",
    "np.sqrt(1.0 + ({0}) * ({0}))", "np.log(1.5 + np.cos({0}))", "np.arctan({0})", "np.abs({0})", "-({0})",
    "1.0 / (1.5 + ({0}) ** 2)", "np.tanh({0}) ** 3",
    "1.0 / (1.0 + np.exp(-np.tanh({0})))", "np.square(np.sin({0}))",
    "np.log1p(np.square({0}))", "np.clip({0}, -0.9, 1.1)",
)  # fmt: skip
BINARY = (
    "{0} + {1}", "{0} - {1}", "{0} * {1}", "{0} / (1.5 + ({1}) * ({1}))", "0.5 * ({0}) + 0.25 * ({1})",
    "np.maximum({0}, {1})", "np.minimum({0}, {1})",
    "np.hypot({0}, 1.0 + np.abs({1}))", "np.arctan2({0}, 1.25 + np.sin({1}))",
    "(1.5 + np.sin({0})) ** np.cos({1})",
)  # fmt: skip
SCALAR_UNARY = (
    "math.tanh({0})",
    "math.sin({0})",
    "abs({0})",
    "math.sqrt(1.0 + ({0}) * ({0}))",
    "math.exp(-abs({0}))",
    "+({0})",
)
SCALAR_BINARY = (
    "max({0}, {1})",
    "min({0}, {1})",
    "math.hypot({0}, 1.0 + abs({1}))",
    "pow(1.5 + math.sin({0}), math.cos({1}))",
)


class Expressions:
    """Writes expressions over the variables of a scope."""

    def __init__(self, choose: random.Random) -> None:
        self.choose = choose

    # ------------------------------------------------------------ floats of any shape

    def value(self, scope: Scope, shape: Shape, depth: int = 2) -> str:
        """An expression of the given shape."""
        if depth <= 0 or self.choose.random() < 0.15:
            return self.leaf(scope, shape)
        kinds: list[Callable[[Scope, Shape, int], str]] = [
            self._unary,
            self._binary,
            self._binary,
            self._choice,
            self._binary,
        ]
        if shape:
            kinds += [self._broadcast, self._broadcast, self._made]
        else:
            kinds += [self._reduced, self._reduced, self._scalar]
        return self.choose.choice(kinds)(scope, shape, depth)

    def bounded(self, scope: Scope, shape: Shape, depth: int = 2) -> str:
        """An expression that cannot grow from iteration to iteration."""
        inside = self.value(scope, shape, depth)
        return self.choose.choice(
            ("np.tanh({0})", "np.sin({0})", "0.5 * np.cos({0})", "0.9 * np.arctan({0})")
        ).format(inside)

    def constant(self) -> str:
        """A number, sometimes an integer."""
        if self.choose.random() < 0.1:
            return str(self.choose.choice((0, 1, 2, -1)))
        return f"{self.choose.choice((0.3, 0.7, -0.4, 1.2, -0.8, 0.5, 0.0, 2.0))}"

    def leaf(self, scope: Scope, shape: Shape) -> str:
        """A variable, an element, a slice, a constant."""
        found = [item.name for item in scope.arrays(shape)]
        if not shape:
            found += [self.constant()] + [self.element(scope) for _ in range(2)]
            found += held(scope, self.choose)
            found += [f"0.25 * {item.name}" for item in scope.of_kind("int") if item.low is not None]
            return self.choose.choice(found)
        found += self.parts(scope, shape, owned=True)
        if not found or self.choose.random() < 0.08:
            return self._made(scope, shape, 0)
        return self.choose.choice(found)

    def element(self, scope: Scope) -> str:
        """One element of an array, a number where there is none."""
        arrays = [item for item in scope.of_rank(1, 2) if 0 not in item.shape]
        if not arrays:
            return self.constant()
        array = self.choose.choice(arrays)
        return f"{array.name}[{self.indices(scope, array.shape)}]"

    def indices(self, scope: Scope, shape: Shape) -> str:
        """A valid index of every axis."""
        return ", ".join(self.index(scope, size) for size in shape)

    def index(self, scope: Scope, size: int) -> str:
        """A valid index of an axis that is not empty."""
        options = [str(self.choose.randrange(size)), str(self.choose.randrange(-size, 0))]
        for item in scope.of_kind("int"):
            if item.low is None or item.high is None:
                options += [f"{item.name} % {size}"]
                continue
            if -size <= item.low and item.high < size:
                options += [item.name] * 3
            if -size <= item.low - 1 and item.high - 1 < size:
                options += [f"{item.name} - 1"]
            if -size <= item.low + 1 and item.high + 1 < size:
                options += [f"{item.name} + 1"]
            if item.low >= 0 and item.high < size:
                options += [f"{size - 1} - {item.name}"]
            options += [f"({item.name} + {self.choose.randrange(3)}) % {size}"]
        return self.choose.choice(options)

    def parts(self, scope: Scope, shape: Shape, *, owned: bool = False) -> list[str]:
        """Views with this shape of variables in scope; `owned` leaves out whole variables."""
        found = [] if owned else [item.name for item in scope.arrays(shape)]
        for item in scope.of_rank(1, 2):
            name, sizes = item.name, item.shape
            if len(shape) == 1 and len(sizes) == 1:
                found += [f"{name}[{part}]" for part in self.slices(sizes[0], shape[0])]
            elif len(shape) == 1:
                if sizes[1] == shape[0] and sizes[0]:
                    found += [
                        f"{name}[{self.index(scope, sizes[0])}]",
                        f"{name}[{self.index(scope, sizes[0])}, :]",
                    ]
                if sizes[0] == shape[0] and sizes[1]:
                    found += [f"{name}[:, {self.index(scope, sizes[1])}]"]
            elif len(sizes) == 2:
                rows, columns = (
                    self.slices(sizes[0], shape[0], full=True),
                    self.slices(sizes[1], shape[1], full=True),
                )
                if rows and columns:
                    found.append(f"{name}[{self.choose.choice(rows)}, {self.choose.choice(columns)}]")
                if sizes == shape[::-1]:
                    found.append(f"{name}.T")
        return found

    def slices(self, size: int, wanted: int, *, full: bool = False) -> list[str]:
        """Slices of an axis of this size with so many elements."""
        options = [
            ":",
            "::-1",
            "1:",
            ":-1",
            "::2",
            "1:-1",
            "-2:",
            ":2",
            "::-2",
            "2:",
            "-3:-1",
            "2:0:-1",
            "1::2",
        ]
        fitting = [part for part in options if len(range(*_slice(part).indices(size))) == wanted]
        return [part for part in fitting if full or part != ":"]

    # ------------------------------------------------------------ forms

    def _unary(self, scope: Scope, shape: Shape, depth: int) -> str:
        forms = UNARY if shape else UNARY + SCALAR_UNARY
        return self.choose.choice(forms).format(self.value(scope, shape, depth - 1))

    def _binary(self, scope: Scope, shape: Shape, depth: int) -> str:
        forms = BINARY if shape else BINARY + SCALAR_BINARY
        left, right = self.value(scope, shape, depth - 1), self.value(scope, shape, depth - 1)
        return "(" + self.choose.choice(forms).format(left, right) + ")"

    def _choice(self, scope: Scope, shape: Shape, depth: int) -> str:
        one, other = self.value(scope, shape, depth - 1), self.value(scope, shape, depth - 1)
        if shape:
            test = f"{self.value(scope, shape, depth - 1)} > {self.constant()}"
            return f"np.where({test}, {one}, {other})"
        test = self.condition(scope)
        return (
            f"({one} if {test} else {other})"
            if self.choose.random() < 0.6
            else f"np.where({test}, {one}, {other})"
        )

    def _broadcast(self, scope: Scope, shape: Shape, depth: int) -> str:
        """Something of a smaller shape against something of this shape."""
        big = self.value(scope, shape, depth - 1)
        if len(shape) == 2 and self.choose.random() < 0.6:
            row = self.choose.random() < 0.5
            small = self.value(scope, (shape[1],) if row else (shape[0],), depth - 1)
            small = small if row else f"({small})[:, None]"
        else:
            small = self.value(scope, (), depth - 1)
        form = self.choose.choice(BINARY)
        return "(" + form.format(*((big, small) if self.choose.random() < 0.5 else (small, big))) + ")"

    def _made(self, scope: Scope, shape: Shape, depth: int) -> str:
        """A new array."""
        options = [
            f"np.zeros({_shape(shape)})",
            f"np.full({_shape(shape)}, {self.value(scope, (), depth - 1)})",
        ]
        options += [f"np.ones({_shape(shape)})"]
        like = scope.arrays(shape)
        if like:
            options += [
                f"{self.choose.choice(like).name}.copy()",
                f"np.zeros_like({self.choose.choice(like).name})",
            ]
        if len(shape) == 1:
            if 0 < shape[0] <= 4:
                items = ", ".join(self.value(scope, (), depth - 1) for _ in range(shape[0]))
                options += [f"np.array([{items}])"] * 2
            options += self._vectors(scope, shape[0], depth)
        else:
            options += self._matrices(scope, shape)
        return self.choose.choice(options)

    def _vectors(self, scope: Scope, size: int, depth: int) -> list[str]:
        options = []
        for item in scope.of_rank(2):
            rows, columns = item.shape
            if columns == size:
                how = self.choose.choice(
                    ("np.sum", "np.mean" if rows else "np.sum", "np.max" if rows else "np.sum")
                )
                options += [f"{how}({item.name}, axis=0)", f"{item.name}.sum(axis=0)"]
                options += [f"({other.name} @ {item.name})" for other in scope.arrays((rows,))]
            if rows == size:
                how = self.choose.choice(
                    ("np.sum", "np.mean" if columns else "np.sum", "np.min" if columns else "np.sum")
                )
                options += [f"{how}({item.name}, axis={self.choose.choice((1, -1))})"]
                options += [f"({item.name} @ {other.name})" for other in scope.arrays((columns,))]
                options += [f"np.dot({item.name}, {other.name})" for other in scope.arrays((columns,))]
            if rows * columns == size:
                options += [f"{item.name}.ravel()", f"{item.name}.reshape(-1)"] if size else []
        return options

    def _matrices(self, scope: Scope, shape: Shape) -> list[str]:
        options = []
        for left in scope.of_rank(2):
            for right in scope.of_rank(2):
                if (
                    left.shape[0] == shape[0]
                    and left.shape[1] == right.shape[0]
                    and right.shape[1] == shape[1]
                ):
                    options.append(f"({left.name} @ {right.name})")
        for left in scope.arrays((shape[0],)):
            for right in scope.arrays((shape[1],)):
                options.append(f"({left.name}[:, None] * {right.name}[None, :])")
        for flat in scope.arrays((shape[0] * shape[1],)):
            options.append(f"{flat.name}.reshape({shape[0]}, {shape[1]})")
        return options

    def _reduced(self, scope: Scope, shape: Shape, depth: int) -> str:
        """A number from an array."""
        arrays = [item for item in scope.of_rank(1, 2) if 0 not in item.shape]
        if not arrays:
            return self._binary(scope, (), depth)
        array = self.choose.choice(arrays)
        inside = self.value(scope, array.shape, depth - 1)
        options = [
            f"np.sum({inside})",
            f"np.mean({inside})",
            f"np.max({inside})",
            f"np.min({inside})",
            f"({inside}).sum()",
        ]
        if len(array.shape) == 1:
            other = self.value(scope, array.shape, depth - 1)
            options += [
                f"np.dot({inside}, {other})",
                f"(({inside}) @ ({other}))",
                f"len({array.name}) * {self.constant()}",
            ]
            options += [f"sum({array.name})", f"max({array.name})"]
        else:
            options += [
                f"np.sum({array.name}[{self.index(scope, array.shape[0])}])",
                f"0.5 * {array.name}.shape[1]",
            ]
        return self.choose.choice(options)

    def _scalar(self, scope: Scope, shape: Shape, depth: int) -> str:
        ints = [item for item in scope.of_kind("int") if item.low is not None]
        if ints and self.choose.random() < 0.4:
            return f"({self.choose.choice(ints).name} + 1) * {self.value(scope, (), depth - 1)}"
        return f"float({self.value(scope, (), depth - 1)})"

    # ------------------------------------------------------------ truth and integers

    def condition(self, scope: Scope, depth: int = 1) -> str:
        """A truth value."""
        if depth and self.choose.random() < 0.25:
            left, right = self.condition(scope, depth - 1), self.condition(scope, depth - 1)
            return self.choose.choice(
                ("({0} and {1})", "({0} or {1})", "not {0}", "not ({0} and {1})")
            ).format(left, right)
        options = [self._comparison(scope)] * 3
        options += [item.name for item in scope.of_kind("bool")]
        for item in scope.of_kind("int"):
            options += [
                f"{item.name} % 2 == {self.choose.randrange(2)}",
                f"{item.name} {self.choose.choice('<>')} {self.choose.randrange(4)}",
            ]
        return self.choose.choice(options)

    def _comparison(self, scope: Scope) -> str:
        left = self.leaf(scope, ())
        if self.choose.random() < 0.15:
            return f"-0.7 < {left} < 0.9"
        right = self.choose.choice((self.constant(), self.leaf(scope, ())))
        return f"{left} {self.choose.choice(('<', '>', '<=', '>='))} {right}"

    def integer(self, scope: Scope) -> Variable:
        """An integer expression, as a variable whose name is its text."""
        low = self.choose.randrange(4)
        options = [Variable(str(low), "int", (), low, low)]
        for item in scope.of_kind("int"):
            options.append(Variable(f"({item.name} + {low}) % 4", "int", (), 0, 3))
            if item.low is not None and item.high is not None:
                options.append(Variable(f"{item.name} + 1", "int", (), item.low + 1, item.high + 1))
        options += [
            Variable(f"len({a.name})", "int", (), a.shape[0], a.shape[0]) for a in scope.of_rank(1, 2)
        ]
        return self.choose.choice(options)


def _slice(text: str) -> slice:
    return slice(*(int(part) if part else None for part in text.split(":")))


def _shape(shape: Shape) -> str:
    return str(shape[0]) if len(shape) == 1 else f"({', '.join(map(str, shape))})"
