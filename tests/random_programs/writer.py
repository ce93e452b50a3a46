"""Random functions in source text: what a person might write with numbers, arrays, branches and loops."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from tests.random_programs.expressions import Expressions
from tests.random_programs.held import held
from tests.random_programs.scope import Scope, Variable
from tests.random_programs.structured_control import FUNCTIONS, StructuredControl
from tests.random_programs.structures import CLASSES

HEADER = "import math\nfrom typing import NamedTuple\n\nimport numpy as np\n" + CLASSES + FUNCTIONS
Shape = tuple[int, ...]


@dataclass(frozen=True)
class Written:
    """The text of a module whose last function is `program`, and the parameters of that."""

    seed: int
    text: str
    parameters: tuple[Variable, ...]

    def arguments(self) -> tuple:
        """Arguments to try it at."""
        rng = np.random.default_rng(self.seed)
        return tuple(_argument(parameter, rng) for parameter in self.parameters)


def _argument(parameter: Variable, rng: np.random.Generator) -> object:
    if parameter.kind == "int":
        return int(parameter.low or 0)
    if parameter.kind == "bool":
        return bool(rng.integers(2))
    if not parameter.shape:
        return float(rng.normal())
    if rng.random() < 0.15:  # with gaps between the elements
        return rng.normal(size=tuple(2 * size for size in parameter.shape))[
            tuple(slice(None, None, 2) for _ in parameter.shape)
        ]
    return rng.normal(size=parameter.shape)


@dataclass(frozen=True)
class Helper:
    """A function that a program can call."""

    name: str
    shapes: tuple[Shape, ...]
    result: Shape | None  # None: it only updates its arguments


class Function(StructuredControl):
    """One function in the making."""

    def __init__(self, choose: random.Random, scope: Scope, helpers: list[Helper], result: str) -> None:
        self.choose = choose
        self.say = Expressions(choose)
        self.lines: list[str] = []
        self.depth = 1
        self.scope = scope
        self.helpers = helpers
        self.result = result  # what it returns: "number", "array", "pair", "nothing"
        self.loops = 0
        self.may_continue = True
        self.structures = choose.random() < 0.7  # whether it has objects, lists and the like

    # ------------------------------------------------------------ blocks

    def line(self, text: str) -> None:
        """One more line at the present depth."""
        self.lines.append("    " * self.depth + text)

    @contextmanager
    def block(self) -> Iterator[None]:
        """What is written inside is one level deeper; names made there are gone after it."""
        outer, start = self.scope, len(self.lines)
        self.scope = outer.inner()
        self.depth += 1
        yield
        if len(self.lines) == start:
            self.line("pass")
        self.depth -= 1
        self.scope = outer
        outer.forget_bounds(_assigned(self.lines[start:]))

    def statements(self, count: int) -> None:
        """Random statements."""
        for _ in range(count):
            self.statement()

    def statement(self) -> None:
        """One random statement, with all that is inside it."""
        nested = self.depth < 4
        kinds: list[tuple[Callable[[], None], int]] = [
            (self.number, 6), (self.array, 5), (self.update_number, 4), (self.update_array, 4),
            (self.store, 7), (self.store_part, 5), (self.view, 3), (self.alias, 2), (self.swap, 2),
            (self.integer, 2), (self.truth, 1), (self.call, 3), (self.several, 1),
            (self.branch, 6 if nested else 0), (self.for_range, 6 if nested else 0),
            (self.for_array, 2 if nested else 0), (self.while_loop, 3 if nested else 0),
            (self.jump, 2 if self.loops else 0), (self.leave, 1), (self.structure, 30 * self.structures),
            (self.control, 20 * self.structures),
        ]  # fmt: skip
        functions, weights = zip(*kinds, strict=True)
        self.choose.choices(functions, weights)[0]()

    # ------------------------------------------------------------ names

    def expression(self, shape: Shape, depth: int = 2) -> str:
        """A value; inside loops one that does not grow."""
        if self.loops and self.choose.random() < 0.6:
            return self.say.bounded(self.scope, shape, depth)
        return self.say.value(self.scope, shape, depth)

    def number(self) -> None:
        """Assign a float, new or not."""
        text = self.expression(())
        self.line(f"{self.target(())} = {text}")

    def array(self) -> None:
        """Assign an array, new or not."""
        known = self.scope.of_rank(1, 2)
        shape = self.choose.choice(known).shape if known else (3,)
        if self.choose.random() < 0.3:
            text = self.say._made(self.scope, shape, 2)
        else:
            text = self.expression(shape)
        self.line(f"{self.target(shape)} = {text}")

    def target(self, shape: Shape) -> str:
        """A name to bind to a value of this shape: an old one as often as not."""
        old = [item.name for item in self.scope.arrays(shape) if not item.fixed]
        if old and self.choose.random() < 0.6:
            return self.choose.choice(old)
        return self.scope.add(Variable(self.scope.fresh(len(shape)), "float", shape)).name

    def update_number(self) -> None:
        """x += value."""
        numbers = [item for item in self.scope.arrays(()) if not item.fixed]
        if numbers:
            operator = self.choose.choice(("+=", "+=", "-=", "*="))
            text = self.say.bounded(self.scope, ()) if operator == "*=" else self.expression(())
            self.line(f"{self.choose.choice(numbers).name} {operator} {text}")

    def update_array(self) -> None:
        """a += value, in place."""
        arrays = self.scope.of_rank(1, 2)
        if arrays:
            array = self.choose.choice(arrays)
            shape = self.choose.choice((array.shape, array.shape[1:], ()))
            operator = self.choose.choice(("+=", "+=", "-=", "*=", "/="))
            text = self.say.bounded(self.scope, shape) if operator == "*=" else self.expression(shape)
            self.line(f"{array.name} {operator} " + (f"1.5 + ({text}) ** 2" if operator == "/=" else text))

    def store(self) -> None:
        """a[i] = value, or a[i] += value."""
        arrays = [item for item in self.scope.of_rank(1, 2) if 0 not in item.shape]
        if not arrays:
            return
        array = self.choose.choice(arrays)
        index = self.say.indices(self.scope, array.shape)
        if self.choose.random() < 0.08:
            other = self.say.indices(self.scope, array.shape)
            self.line(
                f"{array.name}[{index}], {array.name}[{other}] = {array.name}[{other}], {array.name}[{index}]"
            )
            return
        operator = self.choose.choice(("=", "=", "=", "+=", "+=", "-=", "*="))
        text = self.say.bounded(self.scope, ()) if operator == "*=" else self.expression(())
        self.line(f"{array.name}[{index}] {operator} {text}")

    def store_part(self) -> None:
        """a[1:] = value and the like; the value may be a part of the same array."""
        shapes = [(2,), *(item.shape for item in self.scope.of_rank(1, 2)), (3,)]
        for _ in range(4):
            shape = self.choose.choice(shapes)
            if len(shape) == 1 and self.choose.random() < 0.5:
                shape = (max(0, shape[0] - self.choose.randrange(3)),)
            parts = [part for part in self.say.parts(self.scope, shape) if "[" in part]
            if parts:
                break
        else:
            return
        wanted = self.choose.choice((shape, shape, shape[1:], ()))
        operator = self.choose.choice(("=", "=", "=", "+=", "-=", "*="))
        text = self.say.bounded(self.scope, wanted) if operator == "*=" else self.expression(wanted)
        place = self.choose.choice(parts)
        if text.startswith(place.partition("[")[0]):  # NumPy 2.4 may read a column that it has written to
            text = f"1.0 * {text}"
        self.line(f"{place} {operator} {text}")

    def view(self) -> None:
        """b = a[1:], sharing memory."""
        sources = self.scope.of_rank(1, 2)
        if sources:
            size = self.choose.choice(self.choose.choice(sources).shape)
            shape = (max(0, size - self.choose.randrange(3)),)
            parts = [part for part in self.say.parts(self.scope, shape) if "[" in part]
            if parts:
                text = self.choose.choice(parts)
                self.line(f"{self.target(shape)} = {text}")

    def alias(self) -> None:
        """b = a, or a copy."""
        sources = self.scope.of_rank(1, 2)
        if sources:
            source = self.choose.choice(sources)
            copied = ".copy()" if self.choose.random() < 0.4 else ""
            self.line(f"{self.target(source.shape)} = {source.name}{copied}")

    def swap(self) -> None:
        """a, b = b, a; sometimes with a change on the way."""
        shape = self.choose.choice([item.shape for item in self.scope.of_rank(0, 1, 2)] or [()])
        names = [item.name for item in self.scope.arrays(shape) if not item.fixed]
        if len(names) >= 2:
            one, other = self.choose.sample(names, 2)
            changed = self.choose.choice((one, one, f"0.5 * {one}", self.expression(shape, 1)))
            self.line(f"{one}, {other} = {other}, {changed}")

    def several(self) -> None:
        """Two numbers at once."""
        one, other = self.expression((), 1), self.expression((), 1)
        left = self.target(())
        right = self.target(())
        self.line(f"{left}, {right} = {one}, {other}")

    def integer(self) -> None:
        """An integer."""
        made = self.say.integer(self.scope)
        old = [item.name for item in self.scope.of_kind("int") if not item.fixed]
        if old and self.choose.random() < 0.5:
            name = self.choose.choice(old)
            if self.choose.random() < 0.4:
                self.line(f"{name} += {self.choose.randrange(3)}")
                self.scope.forget_bounds([name])
                return
        else:
            name = self.scope.fresh("int")
        unsure = self.loops > 0 and not made.name.isdigit()
        bounds = (None, None) if unsure else (made.low, made.high)
        self.line(f"{name} = {made.name}")
        self.scope.add(Variable(name, "int", (), *bounds))

    def truth(self) -> None:
        """A boolean."""
        text = self.say.condition(self.scope)
        self.line(f"{self.scope.add(Variable(self.scope.fresh('bool'), 'bool')).name} = bool({text})")

    def call(self) -> None:
        """Call a helper whose arguments there are."""
        self.choose.shuffle(self.helpers)
        for helper in self.helpers:
            arguments = []
            for shape in helper.shapes:
                options = self.say.parts(self.scope, shape) if shape else [self.say.value(self.scope, (), 1)]
                arguments.append(self.choose.choice(options) if options else "")
            if "" in arguments:
                continue
            text = f"{helper.name}({', '.join(arguments)})"
            self.line(text if helper.result is None else f"{self.target(helper.result)} = {text}")
            return

    # ------------------------------------------------------------ control

    def branch(self) -> None:
        """if, perhaps elif, perhaps else."""
        self.line(f"if {self.say.condition(self.scope)}:")
        self.arm()
        if self.choose.random() < 0.25:
            self.line(f"elif {self.say.condition(self.scope)}:")
            self.arm()
        if self.choose.random() < 0.6:
            self.line("else:")
            self.arm()

    def arm(self) -> None:
        """The statements of one branch."""
        with self.block():
            self.statements(self.choose.randint(1, 3))

    def body(self, *names: Variable) -> None:
        """The block of a loop, with its own variables."""
        with self.block():
            self.inside(*names)
        if self.choose.random() < 0.08:
            self.line("else:")
            self.arm()

    def inside(self, *names: Variable, may_continue: bool = True) -> None:
        """The statements of a loop's block."""
        around = self.loops, self.may_continue
        self.loops, self.may_continue = self.loops + 1, may_continue
        self.scope.forget_bounds(
            [item.name for item in self.scope.of_kind("int")]
        )  # iterations may change them
        for name in names:
            self.scope.add(name)
        self.statements(self.choose.randint(1, 4))
        self.loops, self.may_continue = around

    def for_range(self) -> None:
        """for i in range(...), with all kinds of bounds."""
        name = self.scope.fresh("int")
        ints = [
            item
            for item in self.scope.of_kind("int")
            if item.low is not None and 0 <= item.low <= (item.high or 0) <= 5
        ]
        arrays = self.scope.of_rank(1, 2)
        options = [
            ("0", "3"),
            ("1", "4"),
            ("0", "2"),
            ("3", "-1", "-1"),
            ("0", "5", "2"),
            ("4", "0", "-2"),
            ("0", "0"),
            ("2", "1"),
        ]
        if arrays:
            array = self.choose.choice(arrays)
            options += [
                ("0", f"len({array.name})"),
                ("1", f"{array.name}.shape[0]"),
                (f"len({array.name}) - 1", "-1", "-1"),
            ] * 2
            options += [("1", f"len({array.name}) - 1"), ("0", f"{array.name}.size", "2")]
        if ints:
            integer = self.choose.choice(ints).name
            options += [("0", integer), ("0", f"{integer} + 1"), (integer, "4"), (integer, "-1", "-1")] * 2
        bounds = self.choose.choice(options)
        known = self.bounds_of(bounds)
        if known is None:
            return
        low, high = known
        if high > 12:
            return
        shown = bounds[1:] if bounds[0] == "0" and len(bounds) == 2 else bounds
        self.line(f"for {name} in range({', '.join(shown)}):")
        self.body(Variable(name, "int", (), low, high, True))

    def bounds_of(self, bounds: tuple[str, ...]) -> tuple[int, int] | None:
        """The smallest and the largest value that a range may take."""
        sizes: dict[str, object] = {item.name: np.zeros(item.shape) for item in self.scope.of_rank(1, 2)}
        found: list[int] = []
        for extreme in ("low", "high"):
            known = {
                item.name: getattr(item, extreme)
                for item in self.scope.of_kind("int")
                if item.low is not None
            }
            values = [int(eval(part, {"len": len}, {**sizes, **known})) for part in bounds]
            found += list(range(*values))
            first = known.keys() & set(" ".join(bounds).split())
            if (first and len(values) > 2) or not found:
                found += [values[0]]
        span = range(min(found), max(found) + 1)
        return (span[0], span[-1]) if found else None

    def for_array(self) -> None:
        """for v in a, for row in A, or with enumerate and zip."""
        sources = self.scope.of_rank(1, 2)
        if not sources:
            return
        source = self.choose.choice(sources)
        item = Variable(self.scope.fresh(len(source.shape) - 1), "float", source.shape[1:])
        kind = self.choose.random()
        partners = [other for other in self.scope.of_rank(1) if other.shape[:1] == source.shape[:1]]
        if kind < 0.25 and source.shape[0]:
            index = Variable(self.scope.fresh("int"), "int", (), 0, source.shape[0] - 1, True)
            self.line(f"for {index.name}, {item.name} in enumerate({source.name}):")
            self.body(index, item)
        elif kind < 0.45 and partners:
            other = Variable(self.scope.fresh(0), "float")
            self.line(
                f"for {item.name}, {other.name} in zip({source.name}, {self.choose.choice(partners).name}):"
            )
            self.body(item, other)
        else:
            self.line(f"for {item.name} in {source.name}:")
            self.body(item)

    def while_loop(self) -> None:
        """while with a counter, and perhaps with a test on data."""
        name = self.scope.fresh("int")
        limit = self.choose.randrange(5)
        self.line(f"{name} = 0")
        extra = f" and {self.say.condition(self.scope, 0)}" if self.choose.random() < 0.4 else ""
        self.line(f"while {name} < {limit}{extra}:")
        first = self.choose.random() < 0.5  # else a `continue` would skip the counter
        with self.block():
            if first:
                self.line(f"{name} += 1")
            self.inside(
                Variable(name, "int", (), int(first), max(limit - 1, 0) + int(first), True),
                may_continue=first,
            )
            if not first:
                self.line(f"{name} += 1")
        self.scope.add(Variable(name, "int", (), 0, limit, True))

    def jump(self) -> None:
        """break or continue under a condition."""
        self.line(f"if {self.say.condition(self.scope)}:")
        with self.block():
            if self.choose.random() < 0.5:
                self.number()
            self.line(self.choose.choice(("break", "continue")) if self.may_continue else "break")

    def leave(self) -> None:
        """An early return under a condition, now and then."""
        if self.result == "number" and self.choose.random() < 0.6:
            self.line(f"if {self.say.condition(self.scope)}:")
            with self.block():
                self.line(f"return {self.number_result()}")

    # ------------------------------------------------------------ results

    def number_result(self) -> str:
        """A number made of most of what is in scope."""
        terms = ["0.0"]
        for item in self.scope.of_rank(0, 1, 2):
            if self.choose.random() < 0.7:
                weight = self.choose.choice(("", "0.5 * ", "1.5 * "))
                terms.append(weight + (f"np.sum({item.name} * {item.name})" if item.shape else item.name))
        terms += [text for text in held(self.scope, self.choose) if self.choose.random() < 0.3]
        if self.choose.random() < 0.3:
            terms.append(self.say.value(self.scope, ()))
        return " + ".join(terms)

    def returned(self) -> None:
        """The last statement."""
        if self.result == "number":
            self.line(f"return {self.number_result()}")
        elif self.result in ("array", "pair"):
            arrays = self.scope.of_rank(1, 2)
            array = self.choose.choice(arrays).name if arrays else "np.zeros(2)"
            self.line(
                f"return {array}" if self.result == "array" else f"return {self.number_result()}, {array}"
            )


def _assigned(lines: list[str]) -> set[str]:
    return {line.split()[0] for line in lines if len(line.split()) > 2 and line.split()[1] in ("=", "+=")}


def write_program(seed: int) -> Written:
    """The program of a seed."""
    choose = random.Random(seed)
    sizes = [choose.choice((1, 2, 3, 3, 4, 5)) for _ in range(2)]
    helpers: list[Helper] = []
    text = [HEADER]
    for number in range(choose.choice((0, 0, 1, 2))):
        text.append(_write_helper(choose, f"helper_{number}", sizes, helpers))
    scope = Scope(choose)
    parameters = [Variable(scope.fresh(0)), Variable(scope.fresh(1), "float", (sizes[0],))]
    for shape in ((), (sizes[0],), (sizes[1],), (sizes[0], sizes[1]), (sizes[0], sizes[0])):
        if choose.random() < 0.35:
            parameters.append(Variable(scope.fresh(len(shape)), "float", shape))
    if choose.random() < 0.4:
        value = choose.randrange(4)
        parameters.append(Variable(scope.fresh("int"), "int", (), value, value))
    if choose.random() < 0.15:
        parameters.append(Variable(scope.fresh("bool"), "bool"))
    for parameter in parameters:
        scope.add(parameter)
    result = choose.choices(("number", "array", "pair"), (10, 1, 1))[0]
    function = Function(choose, scope, helpers, result)
    function.statements(choose.randint(2, 8))
    function.returned()
    names = ", ".join(parameter.name for parameter in parameters)
    text.append("\n".join([f"def program({names}):", *function.lines, ""]))
    return Written(seed, "\n\n".join(text), tuple(parameters))


def _write_helper(choose: random.Random, name: str, sizes: list[int], helpers: list[Helper]) -> str:
    scope = Scope(choose)
    shapes = choose.choice(([()], [(), ()], [(sizes[0],)], [(sizes[0],), ()], [(sizes[0],), (sizes[1],)]))
    names = [scope.add(Variable(scope.fresh(len(shape)), "float", shape)).name for shape in shapes]
    updates = any(shapes) and choose.random() < 0.4
    function = Function(choose, scope, [], "nothing" if updates else "number")
    if updates:
        function.store()
    function.statements(choose.randint(1, 3))
    function.returned()
    helpers.append(Helper(name, tuple(shapes), None if updates else ()))
    return "\n".join([f"def {name}({', '.join(names)}):", *function.lines, ""])
